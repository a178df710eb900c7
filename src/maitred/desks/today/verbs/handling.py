"""Decide about a finding: acknowledge, snooze, assign, done, open again; and say whether it was of use."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from maitred.base import clock
from maitred.base.errors import Denied, Invalid
from maitred.desks.today import access
from maitred.desks.today.models import Feedback, Finding
from maitred.desks.today.verbs import shapes
from maitred.desks.today.verbs.shapes import FindingId, FindingShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.access.sharing import owner_of
from maitred.kit.access.whose import for_person
from maitred.kit.audit import deeds
from maitred.kit.commitments.models import Commitment
from maitred.kit.verbs import Version, action
from maitred.kit.verbs.words import LARGEST

SomeoneId = Annotated[int, Field(ge=1, le=LARGEST)]
Reason = Literal["not_true", "known", "too_small", "not_mine"]
_LONGEST_SENTENCE = 400


@action(needs=Right.COMMITMENTS_WRITE, example={"finding": "f_7c1e", "version": 1})
def acknowledge(actor: Actor, finding: FindingId, version: Version) -> FindingShown:
    """Say that one has seen it; it is folded until it is a quarter worse."""
    return _decided(actor, _mine(actor, finding), version, "acknowledged")


@action(needs=Right.COMMITMENTS_WRITE, example={"finding": "f_7c1e", "version": 1})
def snooze(actor: Actor, finding: FindingId, version: Version, until: AwareDatetime | None = None) -> FindingShown:
    """Fold it until a time, or until it changes.

    Parameters
    ----------
    until
        An instant to come; left out: until it is a quarter worse.
    """
    if until is not None:
        _refuse_past(until, "until")
    return _decided(actor, _mine(actor, finding), version, "snoozed", until=until)


@action(needs=Right.COMMITMENTS_WRITE, example={"finding": "f_7c1e", "due": "2030-01-10T16:00:00Z", "version": 1})
def assign(
    actor: Actor, finding: FindingId, due: AwareDatetime, version: Version, person: SomeoneId | None = None
) -> FindingShown:
    """Give it to somebody with a date; it stands on their own list, and is folded here until then.

    Parameters
    ----------
    due
        Until when.
    person
        Who is to see to it: oneself unless given, else somebody of the teams one leads who may see the finding.
    """
    row = _mine(actor, finding)
    _refuse_past(due, "due")
    owner, team = for_person(actor, Right.COMMITMENTS_WRITE, person)
    if row.person_id is not None and owner == row.person_id:
        raise Denied("nobody is given a finding about themselves", "see to it yourself, or plan a talk with them")
    task = promised(row, owner, team, row.title, due)
    return _decided(actor, row, version, "assigned", until=due, assignee_id=owner, commitment=task)


@action(needs=Right.COMMITMENTS_WRITE, example={"finding": "f_7c1e", "version": 1})
def done(actor: Actor, finding: FindingId, version: Version) -> FindingShown:
    """Say that what there was to do is done; it comes back when it is a quarter worse."""
    return _decided(actor, _mine(actor, finding), version, "done")


@action(needs=Right.COMMITMENTS_WRITE, example={"finding": "f_7c1e", "version": 1})
def take_back(actor: Actor, finding: FindingId, version: Version) -> FindingShown:
    """Take back what was decided: the finding is open again, and so is its place on the list."""
    return _decided(actor, _mine(actor, finding), version, "open")


@action(needs=Right.COMMITMENTS_WRITE, example={"finding": "f_7c1e", "useful": True, "version": 1})
def feedback(
    actor: Actor, finding: FindingId, useful: bool, version: Version, reason: Reason | None = None
) -> FindingShown:
    """Say whether a finding was of use; it teaches the detector's precision, never anybody's score.

    What is not true, known or too small is folded; whoever it is about may say so too, but folds nothing.

    Parameters
    ----------
    reason
        Why it was not.
    """
    row = access.access_finding(actor, finding)
    if useful is (reason is not None):
        what = "a reason goes with what was not useful, and with nothing else"
        raise Invalid(what, "mend it", ({"field": "reason", "message": what, "code": "misfit"},))
    _say(actor, row, useful, reason or "")
    if useful or reason == "not_mine" or _about_oneself(actor, row) or not _decides(actor):
        return shapes.alone(actor, row)
    return _decided(actor, row, version, "dismissed", why=reason)


def promised(row: Finding, owner: int, team: int | None, what: str, due: datetime) -> Commitment:
    """The task that a finding became: it stands on its owner's list like every promise."""
    source, ticket = _first_ticket(row)
    return deeds.create(
        Commitment,
        person_id=owner,
        team_id=team,
        desk="today",
        to_kind="colleague",
        to_whom=(row.subject_name or row.subject_type)[:120],
        what=what[:_LONGEST_SENTENCE],
        due_at=due,
        source_id=source,
        ticket_id=ticket,
    )


def handled(actor: Actor, finding: str) -> Finding:
    """A finding that the actor may decide about."""
    return _mine(actor, finding)


def _first_ticket(row: Finding) -> tuple[str, str]:
    tickets = row.document["evidence"].get("tickets") or ()
    source, _, own = row.subject_id.rpartition(":")
    return (source[:64], str(tickets[0])[:64]) if tickets and source and own else ("", "")


def _mine(actor: Actor, finding: str) -> Finding:
    row = access.access_finding(actor, finding)
    if _about_oneself(actor, row):
        raise Denied("nobody decides about a finding about themselves", "say whether it is true; your lead decides")
    if not _decides(actor):
        raise Denied("deciding about findings is for those who lead", "say whether it was useful instead")
    return row


def _about_oneself(actor: Actor, row: Finding) -> bool:
    return row.person_id is not None and row.person_id == actor.person


def _decides(actor: Actor) -> bool:
    return reach(actor, Right.COMMITMENTS_WRITE) >= Reach.SUBTREE


def _decided(actor: Actor, row: Finding, version: int, state: str, **more: Any) -> FindingShown:
    """Write what was decided; what an earlier decision left is cleared."""
    clean: dict[str, Any] = {"until": None, "assignee_id": None, "why": ""}
    values = {**clean, **more, "state": state, "harm_then": None if state == "open" else row.harm}
    by = {"decided_by_id": actor.account, "decided_at": clock.now()}
    return shapes.alone(actor, deeds.change(row, version, **values, **by))


def _say(actor: Actor, row: Finding, useful: bool, reason: str) -> None:
    account = owner_of(actor)
    there = access.feedback_of(row, account)
    if there is None:
        deeds.create(Feedback, finding=row, account_id=account, detector=row.detector, useful=useful, reason=reason)
    else:
        deeds.change(there, None, useful=useful, reason=reason)


def _refuse_past(moment: datetime, field: str) -> None:
    if moment <= clock.now():
        what = "this is for a time that has not passed"
        raise Invalid(what, "give a later instant", ({"field": field, "message": what, "code": "past"},))
