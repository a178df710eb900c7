"""On call: who is asked first, second and so on, for which team, and who would be asked now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from maitred.base import clock
from maitred.base.errors import Conflict
from maitred.desks.escalations import access, calling
from maitred.desks.escalations.models import Shift
from maitred.desks.escalations.shapes import OtherId, ShiftId, Who
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.notices.telling import notify
from maitred.kit.verbs import Version, action, question

MOST = 200
LONGEST = timedelta(days=92)
Place = Annotated[int, Field(ge=1, le=9)]


@dataclass(frozen=True, slots=True)
class ShiftShown:
    """A turn on call; ``away`` says that the roster has the person away today."""

    id: int
    team: int
    team_name: str
    person: Who
    start: datetime
    end: datetime
    place: int
    now: bool
    away: bool
    version: int


@dataclass(frozen=True, slots=True)
class AskedNow:
    """Who would be asked now for a team, in order; nobody who is away."""

    team: int
    team_name: str
    people: tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class Rota:
    """Turns that are not over, and who would be asked now for each team that one leads."""

    shifts: tuple[ShiftShown, ...]
    asked: tuple[AskedNow, ...]


@question(needs=Right.ESCALATIONS_READ, example={})
def rota(actor: Actor) -> Rota:
    """Show who is on call now and later, and who would be asked now: whoever is away is passed over."""
    now = clock.now()
    gone = calling.away()
    shifts = tuple(_shown(one, now, gone) for one in access.visible_shifts(actor, now)[:MOST])
    asked = []
    for team in access.led_teams(actor)[:50]:
        those = calling.asked(team.pk, now)[:5]
        asked.append(AskedNow(team.pk, team.name, tuple(Who(one.pk, one.name) for one in those)))
    return Rota(shifts, tuple(asked))


@action(
    needs=Right.ESCALATIONS_LEAD,
    example={"team": 2, "person": 7, "start": "2030-01-07T08:00:00Z", "end": "2030-01-14T08:00:00Z"},
)
def put_on_call(
    actor: Actor, team: OtherId, person: OtherId, start: AwareDatetime, end: AwareDatetime, place: Place = 1
) -> ShiftShown:
    """Put somebody on call for a team and those below it.

    Parameters
    ----------
    place
        1 is asked first, 2 when the first is away or does not answer in time.
    """
    row = access.access_team(actor, team)
    who = access.access_colleague(actor, person)
    now = clock.now()
    if end <= max(start, now):
        raise calling.misfit("end", "a turn ends after it starts, and not in the past")
    if end - start > LONGEST:
        raise calling.misfit("end", "a turn lasts three months at most")
    taken = access.overlapping(row.pk, place, start, end).select_related("person").first()
    if taken is not None:
        raise Conflict(
            f"{taken.person.name} is number {place} on call for {row.name} then", "choose another time or place"
        )
    made = deeds.create(Shift, team=row, person=who, start=start, end=end, place=place)
    told = f"You are on call for {row.name} from {start.date().isoformat()}"
    accounts = access.accounts_of((who.pk,))
    if accounts:
        notify(accounts, "due", told, "/escalations/on-call/")
    return _shown(made, now, calling.away())


@action(needs=Right.ESCALATIONS_LEAD, example={"shift": 1, "version": 1})
def take_off_call(actor: Actor, shift: ShiftId, version: Version) -> ShiftShown:
    """Take a turn on call back."""
    row = access.access_shift(actor, shift)
    shown = _shown(row, clock.now(), frozenset())
    deeds.remove(row, version)
    return shown


def _shown(row: Shift, now: datetime, gone: frozenset[int]) -> ShiftShown:
    return ShiftShown(
        row.pk, row.team_id, row.team.name, Who(row.person_id, row.person.name), row.start, row.end, row.place,
        row.start <= now < row.end, row.person_id in gone, row.version,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Whom one may hand a case to or ask for help, by name."""

    people: tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class AskedOfMe:
    """A question that waits for one's answer."""

    id: int
    case: int
    title: str
    question: str
    by: str
    version: int


@dataclass(frozen=True, slots=True)
class MyInvites:
    """Questions that wait for one's answer."""

    invites: tuple[AskedOfMe, ...]


@question(needs=Right.ESCALATIONS_WRITE, example={})
def people(actor: Actor) -> Colleagues:
    """List whom one may hand a case to or ask for help: those within reach, and those of one's own teams and above."""
    return Colleagues(tuple(Who(one.pk, one.name) for one in access.colleagues(actor)[:MOST]))


@question(needs=Right.ESCALATIONS_READ, example={})
def my_invites(actor: Actor) -> MyInvites:
    """List the questions of colleagues that wait for one's own answer."""
    rows = access.invites_of(actor.person)[:MOST] if actor.person is not None else ()
    return MyInvites(tuple(
        AskedOfMe(one.pk, one.case_id, one.case.title, one.question, one.by.name if one.by else "", one.version)
        for one in rows
    ))  # fmt: skip
