"""Puts rows, publication and pure logic together for the verbs: loads, places, lines of the roster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date

from maitred.base import clock
from maitred.base.errors import NotFound
from maitred.desks.roster import access, figures, hours, shapes
from maitred.desks.roster.load import Load, Usual, differs, load, usual
from maitred.desks.roster.models import Leave, WorkingTime
from maitred.desks.roster.shapes import LoadShown, PersonListed, PlaceShown
from maitred.desks.roster.waiting import Waiting, waiting
from maitred.kit.access.actor import Actor
from maitred.kit.reading import Reading, reading
from maitred.people.models import Membership, Person

External = tuple[str, str]
BACKLOG = "backlog#1"


@contextmanager
def published() -> Iterator[Reading | None]:
    """The newest publication; None where nothing has been published yet."""
    with ExitStack() as stack:
        try:
            found: Reading | None = stack.enter_context(reading())
        except NotFound:
            found = None
        yield found


def today() -> date:
    """The day on which leave and working time are looked at, in UTC."""
    return clock.now().date()


def listed(actor: Actor, people: Sequence[Person], found: Reading | None) -> tuple[PersonListed, ...]:
    """Lines of the roster for people that one has reached already, in the order in which they are given."""
    keys = [one.pk for one in people]
    agents, marks, skills = access.agents_of(keys), access.shared(keys), access.skills_of(keys)
    weeks, leaves, homes = access.weeks_of(keys), access.leaves_of(keys, today()), access.homes(keys)
    percents = access.shares_of(keys)
    work = waiting(found.ask) if found else Waiting()
    return tuple(
        PersonListed(
            one.pk, one.kind, one.name,
            places(homes.get(one.pk, []), {key: share.percent for key, share in percents.items()}),
            one.pk in marks,
            any(row.first <= today() <= row.last for row in leaves.get(one.pk, [])),
            None if one.kind == "bot" or one.pk in marks
            else load_of(found, work, agents.get(one.pk, frozenset()), weeks.get(one.pk, []), leaves.get(one.pk, [])),
            tuple(shapes.skill(row, today()) for row in skills.get(one.pk, [])),
        )
        for one in people
    )  # fmt: skip


def places(rows: Iterable[Membership], percents: dict[int, int]) -> tuple[PlaceShown, ...]:
    """Memberships as verbs answer them."""
    names = access.team_names()
    return tuple(
        PlaceShown(row.team_id, names.get(row.team_id, ""), row.leads, percents.get(row.pk, 100), row.valid_from,
                   row.valid_to)
        for row in rows
    )  # fmt: skip


def load_of(
    found: Reading | None, work: Waiting, agents: frozenset[External], weeks: Sequence[WorkingTime],
    leaves: Sequence[Leave],
) -> LoadShown | None:  # fmt: skip
    """What waits on one person, against the own usual; None before a publication, or without a helpdesk user."""
    if found is None or not agents:
        return None
    spans = [hours.Week(tuple(row.minutes), row.valid_from, row.valid_to) for row in weeks]
    away = [hours.Away(row.first, row.last) for row in leaves]
    start = found.as_of.astimezone(found.zone).date()
    free = hours.available(spans, away, start)
    now = load(work.kinds(agents), work.known, free)
    return load_shown(found, work, now, usual(work.weeks(agents) if now.value is not None else []), agents)


def load_shown(
    found: Reading, work: Waiting, now: Load, past: Usual, agents: Iterable[External], link: bool = True
) -> LoadShown:
    """A load as verbs answer it."""
    words = sorted(f"{source}:{external}" for source, external in agents)
    day = found.as_of.astimezone(found.zone).date()
    period = figures.Period(day, day, found.zone.key)
    return LoadShown(
        now.n, now.value, now.low, now.high, work.how or "", now.known, now.needed if now.value is None else None,
        now.hours, now.share, past.value, past.low, past.high, past.weeks, differs(now, past),
        figures.drill(BACKLOG, {"assignee": words}, period, found.publication.number) if link and words else "",
    )  # fmt: skip
