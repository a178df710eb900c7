"""Do reviewers see the same? Several judge the same tickets, blind to each other; then agreement, severity, drift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from pydantic import AwareDatetime, Field

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound
from maitred.desks.quality import access, telling, tickets
from maitred.desks.quality.models import Review, Session
from maitred.desks.quality.sampling import Candidate
from maitred.desks.quality.verbs import agreeing
from maitred.desks.quality.verbs.draws import work
from maitred.desks.quality.verbs.scorecards import in_force
from maitred.desks.quality.verbs.shapes import (
    CalibrationId,
    CalibrationListed,
    Calibrations,
    CalibrationShown,
    CardId,
    Name,
    PersonId,
    TicketGiven,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.reading import published
from maitred.kit.verbs import Version, action, question
from maitred.people import tree
from maitred.people.reach import tickets_scope

Picked = Annotated[tuple[TicketGiven, ...], Field(min_length=1, max_length=200)]
Reviewers = Annotated[tuple[PersonId, ...], Field(min_length=2, max_length=30)]
_EXAMPLE = {
    "name": "June", "scorecard": 1, "tickets": [{"source": "demo", "ticket": "10042"}], "reviewers": [1, 2],
}  # fmt: skip


@action(needs=Right.QUALITY_LEAD, example=_EXAMPLE)
def calibrate(
    actor: Actor,
    name: Name,
    scorecard: CardId,
    tickets: Picked,
    reviewers: Reviewers,
    closes_at: AwareDatetime | None = None,
) -> CalibrationShown:
    """Begin a calibration: each reviewer judges each ticket; nobody sees the others' answers until it is closed.

    Parameters
    ----------
    reviewers
        Two or more people who may review, none of whom answered one of the tickets.
    closes_at
        When it is closed by itself; it is also closed once everybody has submitted.
    """
    edition = in_force(actor, scorecard)
    if closes_at is not None and closes_at <= clock.now():
        _refuse("closes_at", "a calibration closes at a time that has not passed", "past")
    people = _reviewers(actor, reviewers)
    cases = _cases(actor, tickets)
    for one in cases:
        if one.about in people:
            _refuse("reviewers", f"ticket {one.ticket} was answered by one of the reviewers", "own")
    led = tree.places_of(actor.person).led if actor.person is not None else frozenset()
    made = deeds.create(
        Session,
        name=name,
        edition=edition,
        closes_at=closes_at,
        made_by_id=actor.person,
        team_id=min(led, default=None),
    )
    teams = access.teams_of({one.about for one in cases})
    for one in cases:
        for person in people:
            deeds.create(
                Review, kind="calibration", edition=edition, session=made, source_id=one.source, ticket_id=one.ticket,
                about_id=one.about, team_id=teams.get(one.about), reviewer_id=person, blind=True, due_at=closes_at,
            )  # fmt: skip
    telling.given(dict.fromkeys(people, len(cases)))
    return shown(actor, made)


@question(needs=Right.QUALITY_READ, example={})
def calibrations(actor: Actor) -> Calibrations:
    """List calibrations within reach, the newest first."""
    rows = list(access.visible_sessions(actor).order_by("-pk")[:200])
    reviews = access.in_sessions([one.pk for one in rows])
    return Calibrations(tuple(_listed(one, [each for each in reviews if each.session_id == one.pk]) for one in rows))


@question(needs=Right.QUALITY_READ, example={"calibration": 1})
def show_calibration(actor: Actor, calibration: CalibrationId) -> CalibrationShown:
    """Show a calibration: who is how far; once it is closed, agreement per item, severity, and change since the last.

    Nothing of it is ever part of a score.
    """
    return shown(actor, access.access_session(actor, calibration))


@action(needs=Right.QUALITY_LEAD, example={"calibration": 1, "version": 1})
def close_calibration(actor: Actor, calibration: CalibrationId, version: Version) -> CalibrationShown:
    """Close a calibration: what was submitted by now is compared, and shown to those who took part."""
    row = access.led_session(actor, calibration)
    if row.state == Session.CLOSED:
        raise Invalid(f"the calibration {row.name} is closed already", "see what came of it")
    return shown(actor, deeds.change(row, version, state=Session.CLOSED, closed_at=clock.now()))


def shown(actor: Actor, row: Session) -> CalibrationShown:
    """A calibration as far as it may be seen by now."""
    reviews = access.in_sessions([row.pk])
    keys = sorted({(one.source_id, one.ticket_id) for one in reviews})
    names = {one.reviewer_id: one.reviewer.name for one in reviews}
    progress = tuple(
        work(person, name, [one for one in reviews if one.reviewer_id == person])
        for person, name in sorted(names.items(), key=lambda pair: (pair[1], pair[0]))
    )
    over = row.state == Session.CLOSED
    before = access.session_before(actor, row) if over else None
    result = agreeing.compared(row, reviews, access.in_sessions([before.pk]) if before else []) if over else None
    return CalibrationShown(
        row.pk, row.name, row.state, row.edition.scorecard_id, row.edition.scorecard.name, row.edition.number,
        tuple(TicketGiven(*key) for key in keys), progress, row.closes_at, row.closed_at,
        result.agreement if result else (), result.overall if result else None, result.severity if result else (),
        result.judged if result else (), result.drift if result else (), before.pk if before else None, row.version,
    )  # fmt: skip


def _reviewers(actor: Actor, wanted: Sequence[int]) -> list[int]:
    known = access.refuse_unknown(actor, wanted, "reviewers")
    able = access.may_review(known)
    for one in wanted:
        if one not in able:
            _refuse("reviewers", f"{known[one].name} has no account that may review", "account")
    if len({*wanted}) < 2:
        _refuse("reviewers", "a calibration needs two different reviewers", "few")
    return sorted({*wanted})


def _cases(actor: Actor, wanted: Sequence[TicketGiven]) -> list[Candidate]:
    keys = {(one.source, one.ticket) for one in wanted}
    persons = access.persons_behind(access.people_within(actor))
    with published(None) as ask:
        found = tickets.named(ask, tickets_scope(actor), keys, persons)
    for source, ticket in sorted(keys):
        if found.get((source, ticket)) is None:
            raise NotFound(f"there is no ticket {ticket} of {source} that you may have reviewed", "check the number")
    return [one for _, one in sorted(found.items()) if one is not None]


def _listed(row: Session, reviews: Sequence[Review]) -> CalibrationListed:
    states = Counter(one.state for one in reviews)
    return CalibrationListed(
        row.pk, row.name, row.state, row.edition.scorecard.name, row.edition.number,
        len({(one.source_id, one.ticket_id) for one in reviews}), len({one.reviewer_id for one in reviews}),
        states["submitted"], len(reviews), row.closes_at, row.closed_at, row.version,
    )  # fmt: skip


def _refuse(field: str, message: str, code: str) -> None:
    raise Invalid(message, "mend it", ({"field": field, "message": message, "code": code},))
