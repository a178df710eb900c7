"""One-to-ones: plan, move, hold, cancel, open again; lines of the agenda, notes, steps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.urls import reverse
from pydantic import AwareDatetime, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.desks.coaching import access, gathering, pairs, showing
from maitred.desks.coaching.access import OfTwo
from maitred.desks.coaching.models import Item, Note, OneToOne, Step
from maitred.desks.coaching.shapes import (
    FindingKey,
    ItemId,
    ItemKind,
    Key,
    NoteId,
    NoteShown,
    OneToOneId,
    OneToOneListed,
    OneToOneShown,
    OtherId,
    PersonId,
    Removed,
    Sentence,
    State,
    StepShown,
    Words,
    Written,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.commitments.models import Commitment
from maitred.kit.notices.telling import notify
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

Href = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400, pattern=r"^(/([^/\\].*)?)?$")]
_EXAMPLE: dict[str, Any] = {"one_to_one": 1, "version": 1}


@question(needs=Right.COACHING_READ, example={})
def one_to_ones(
    actor: Actor, person: PersonId | None = None, state: State | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[OneToOneListed]:
    """List one-to-ones, the newest first: one's own, and that there were some of the people whom one leads.

    Parameters
    ----------
    person
        Only those with this person.
    state
        Only those in this state.
    """
    rows = access.visible_one_to_ones(actor)
    if person is not None:
        rows = rows.filter(person=access.access_person(actor, person))
    if state is not None:
        rows = rows.filter(state=state)
    name = f"one-to-ones:{person}:{state}"
    return paged(rows, actor, name, cursor, limit, lambda row: showing.listed(actor, row), newest=True)


@question(needs=Right.COACHING_READ, example={"one_to_one": 1})
def show_one_to_one(actor: Actor, one_to_one: OneToOneId) -> OneToOneShown:
    """Show a one-to-one: agenda, notes and steps for the two of them; for those who lead them, that it was held."""
    return showing.one_to_one(actor, access.access_one_to_one(actor, one_to_one))


@action(needs=Right.COACHING_WRITE, example={"person": 7, "at": "2030-01-10T09:00:00Z"})
def plan_one_to_one(actor: Actor, person: PersonId, at: AwareDatetime, finding: FindingKey = "") -> OneToOneShown:
    """Plan a one-to-one with somebody whom one leads; they are told, and may add topics at once.

    Parameters
    ----------
    at
        When, with its zone.
    finding
        A finding of Today about the person that goes on the agenda.
    """
    two = pairs.pair(actor, person)
    _refuse_past(at)
    row = deeds.create(OneToOne, lead_id=two.lead, person=two.person, team_id=two.team, at=at)
    row = access.access_one_to_one(actor, row.pk)
    for line in gathering.findings(actor, two.person.pk) if finding else ():
        if line.key == f"finding:{finding}":
            _put(actor, row, line.kind, line.text, line.quote, line.href, line.key)
    _tell(two.person.pk, "A one-to-one with you was planned: add what you want to talk about", row)
    return showing.one_to_one(actor, row)


@action(needs=Right.COACHING_WRITE, example={**_EXAMPLE, "at": "2030-01-11T09:00:00Z"})
def move_one_to_one(actor: Actor, one_to_one: OneToOneId, at: AwareDatetime, version: Version) -> OneToOneShown:
    """Move a planned one-to-one to another time; the other is told."""
    row = _planned(actor, one_to_one)
    _refuse_past(at)
    deeds.change(row, version, at=at, reminded_at=None)
    other = row.person_id if actor.person == row.lead_id else row.lead_id
    _tell(other, "A one-to-one with you was moved", row)
    return showing.one_to_one(actor, row)


@action(needs=Right.COACHING_WRITE, example=_EXAMPLE)
def hold_one_to_one(actor: Actor, one_to_one: OneToOneId, version: Version) -> OneToOneShown:
    """Say that a one-to-one was held; its agenda stays as it was then."""
    row = _planned(actor, one_to_one)
    access.require_lead(actor, row)
    pairs.require_still(row)
    return showing.one_to_one(actor, deeds.change(row, version, state=OneToOne.HELD, closed_at=clock.now()))


@action(needs=Right.COACHING_WRITE, example={**_EXAMPLE, "reason": "on leave"})
def cancel_one_to_one(actor: Actor, one_to_one: OneToOneId, version: Version, reason: Sentence) -> OneToOneShown:
    """Cancel a planned one-to-one; the other is told that it is off, and both can read why."""
    row = _planned(actor, one_to_one)
    deeds.change(row, version, state=OneToOne.CANCELLED, closed_at=clock.now(), why=reason)
    other = row.person_id if actor.person == row.lead_id else row.lead_id
    _tell(other, "A one-to-one with you was cancelled", row)
    return showing.one_to_one(actor, row)


@action(needs=Right.COACHING_WRITE, example=_EXAMPLE)
def reopen_one_to_one(actor: Actor, one_to_one: OneToOneId, version: Version) -> OneToOneShown:
    """Undo that a one-to-one was held or cancelled: it is planned again."""
    row = _mine(actor, one_to_one)
    access.require_lead(actor, row)
    if row.state == OneToOne.PLANNED:
        raise Conflict(f"one-to-one {row.pk} is planned", "nothing is left to do")
    return showing.one_to_one(actor, deeds.change(row, version, state=OneToOne.PLANNED, closed_at=None, why=""))


@action(needs=Right.COACHING_WRITE, example={"one_to_one": 1, "text": "holidays in May"})
def add_item(
    actor: Actor, one_to_one: OneToOneId, text: Sentence, kind: ItemKind = "topic", quote: Words = "",
    href: Href = "", key: Key = "",
) -> OneToOneShown:  # fmt: skip
    """Put a line on the agenda of a planned one-to-one: a topic, praise, or something that the evidence proposed.

    Parameters
    ----------
    kind
        ``topic`` and ``praise`` need nothing else; the others come from ``coaching.agenda``.
    quote, href, key
        Words of the ticket, a page of this installation, and what it came from.
    """
    row = _planned(actor, one_to_one)
    _put(actor, row, kind, text, quote, href, key)
    return showing.one_to_one(actor, row)


@action(needs=Right.COACHING_WRITE, example={"item": 1, "version": 1})
def remove_item(actor: Actor, item: ItemId, version: Version) -> Removed:
    """Take a line off the agenda of a planned one-to-one; what the other put there stays."""
    row = access.access_item(actor, item)
    _refuse_closed(row.one_to_one)
    if row.by_id != actor.person:
        raise Conflict("the other put this on the agenda", "ask them to take it off")
    deeds.remove(row, version)
    return Removed(item, row.NOUN)


@action(needs=Right.COACHING_WRITE, example={"one_to_one": 1, "text": "asks for a quieter desk"})
def write_note(actor: Actor, one_to_one: OneToOneId, text: Written, shared: bool = False) -> NoteShown:
    """Write a note: for oneself alone, or shared with the other of the two.

    A note of one's own is read by nobody else, and stands in no export, search or audit row.
    """
    row = _mine(actor, one_to_one)
    made = deeds.create(Note, one_to_one=row, author_id=actor.person, shared=shared, text=text)
    return showing.note(row, made)


@action(needs=Right.COACHING_WRITE, example={"note": 1, "text": "asks for a quieter desk", "version": 1})
def change_note(
    actor: Actor, note: NoteId, version: Version, text: Written | None = None, shared: bool | None = None
) -> NoteShown:
    """Change one's note, or with whom it is shared."""
    row = access.access_note(actor, note)
    given: dict[str, Any] = {"text": text, "shared": shared}
    changed = deeds.change(row, version, **{name: one for name, one in given.items() if one is not None})
    return showing.note(row.one_to_one, changed)


@action(needs=Right.COACHING_WRITE, example={"note": 1, "version": 1})
def remove_note(actor: Actor, note: NoteId, version: Version) -> Removed:
    """Remove one's note for good; its words are kept nowhere."""
    row = access.access_note(actor, note)
    deeds.remove(row, version)
    return Removed(note, row.NOUN)


@action(
    needs=Right.COACHING_WRITE,
    example={"one_to_one": 1, "what": "answer two refunds with the new macro", "due": "2030-01-17T16:00:00Z"},
)
def add_step(
    actor: Actor,
    what: Sentence,
    due: AwareDatetime,
    one_to_one: OtherId | None = None,
    plan: OtherId | None = None,
    by: Literal["person", "lead"] = "person",
) -> StepShown:
    """Agree on a step: a promise with a date, on the list of whoever promised it.

    Parameters
    ----------
    one_to_one, plan
        At which of them it was agreed: name one.
    by
        Who promised it.
    """
    if (one_to_one is None) is (plan is None):
        raise _misfit("one_to_one", "name the one-to-one or the plan at which it was agreed, one of the two")
    row = _planned_or_held(actor, one_to_one) if one_to_one is not None else _own_plan(actor, plan or 0)
    pairs.require_still(row)
    if due <= clock.now():
        raise _misfit("due", "a step is for a time that has not passed: give a later one")
    promiser, other = (row.person, row.lead) if by == "person" else (row.lead, row.person)
    promise = deeds.create(
        Commitment, person=promiser, team_id=row.team_id, desk="coaching", to_kind="colleague", to_whom=other.name,
        what=what, due_at=due,
    )  # fmt: skip
    of = {"one_to_one": row} if isinstance(row, OneToOne) else {"plan": row}
    return showing.step(deeds.create(Step, commitment=promise, **of))


def _put(actor: Actor, row: OneToOne, kind: str, text: str, quote: str, href: str, key: str) -> None:
    deeds.create(
        Item, one_to_one=row, kind=kind, text=text, quote=quote, href=href, key=key, by_id=actor.person
    )  # fmt: skip


def _mine(actor: Actor, one_to_one: int) -> OneToOne:
    row = access.access_one_to_one(actor, one_to_one, Right.COACHING_WRITE)
    access.require_one_of_two(actor, row)
    return row


def _planned(actor: Actor, one_to_one: int) -> OneToOne:
    row = _mine(actor, one_to_one)
    _refuse_closed(row)
    return row


def _planned_or_held(actor: Actor, one_to_one: int) -> OneToOne:
    row = _mine(actor, one_to_one)
    if row.state == OneToOne.CANCELLED:
        raise Conflict(f"one-to-one {row.pk} was cancelled", "plan another one")
    return row


def _own_plan(actor: Actor, plan: int) -> OfTwo:
    row = access.access_plan(actor, plan, Right.COACHING_WRITE)
    access.require_one_of_two(actor, row)
    if row.state not in (row.DRAFT, row.RUNNING):
        raise Conflict(f"coaching plan {row.pk} is over", "make a new plan")
    return row


def _refuse_closed(row: OneToOne) -> None:
    if row.state != OneToOne.PLANNED:
        raise Conflict(f"one-to-one {row.pk} was {row.state} already", "open it again first, or plan another one")


def _refuse_past(at: datetime) -> None:
    if at <= clock.now():
        raise _misfit("at", "a one-to-one is planned for a time that has not passed: give a later one")


def _tell(person: int, text: str, row: OneToOne) -> None:
    account = access.account_of(person)
    if account is not None:
        notify(account, "due", text, reverse("coaching_talk", args=[row.pk]))


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
