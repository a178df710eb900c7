"""What the verbs of the roster take and answer; field rules are applied here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from maitred.desks.roster.figures import FigureShown
from maitred.desks.roster.models import LONGEST_REFERENCE, LONGEST_SKILL, Leave, SkillHeld, WorkingTime
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import ABSENT, shown
from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

_ID = Field(ge=1, le=LARGEST)
PersonId = Annotated[int, Names("person"), _ID]
AccountId = Annotated[int, Names("account"), _ID]
TeamId = Annotated[int, Names("team"), _ID]
BotId = Annotated[int, Names("bot"), _ID]
LeaveId = Annotated[int, Names("leave"), _ID]
SkillId = Annotated[int, Names("skill-held"), _ID]
OtherId = Annotated[int, _ID]
Level = Annotated[int, Field(ge=1, le=4)]
SkillName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_SKILL)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_REFERENCE)]
Evidence = Literal["own_word", "observed", "review", "quiz", "certificate"]
LeaveKind = Literal["holiday", "sick", "family", "study", "other"]
Measured = Literal["satisfaction", "durable", "targets", "first_reply", "resolution"]
Minutes = Annotated[list[Annotated[int, Field(ge=-LARGEST, le=LARGEST)]], Field(max_length=14)]


@dataclass(frozen=True, slots=True)
class LoadShown:
    """What waits on somebody.

    ``value`` with ``low`` and ``high`` is the expected work of ``n`` open tickets in seconds, null where fewer than
    ``needed`` tickets of the past are known; ``how`` says whether the effort was ``measured`` or ``estimated``.
    ``hours`` are the working seconds of the coming week, ``share`` is load over them. ``usual`` is the median of the
    own last weeks; ``against_usual`` says ``above``, ``below``, ``same`` or ``cannot_tell``.
    """

    n: int
    value: float | None
    low: float | None
    high: float | None
    how: str
    known: int
    needed: int | None
    hours: float | None
    share: float | None
    usual: float | None
    usual_low: float | None
    usual_high: float | None
    weeks: int
    against_usual: str
    drill: str


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A team somebody is in now: since when, whether they lead it, and how much of their time belongs to it."""

    team: int
    name: str
    leads: bool
    percent: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SkillShown:
    """A skill with what shows it; ``days`` is how old the evidence is."""

    id: int
    name: str
    level: int
    evidence: str
    reference: str
    seen_on: date
    days: int
    said_by: int | None
    version: int


@dataclass(frozen=True, slots=True)
class WorkingTimeShown:
    """Minutes by weekday, Monday first, from a day on."""

    id: int
    zone: str
    minutes: tuple[int, ...]
    valid_from: date
    valid_to: date | None
    version: int


@dataclass(frozen=True, slots=True)
class LeaveShown:
    """Days away, both included; ``kind`` is there for the person and the privacy grant only."""

    id: int
    first: date
    last: date
    version: int
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class PersonListed:
    """One line of the roster."""

    person: int
    kind: str
    name: str
    places: tuple[PlaceShown, ...]
    shared: bool
    away_today: bool
    load: LoadShown | None
    skills: tuple[SkillShown, ...]


@dataclass(frozen=True, slots=True)
class RosterShown:
    """People and bots by name; nobody is ranked."""

    publication: int | None
    as_of: datetime | None
    people: tuple[PersonListed, ...]


@dataclass(frozen=True, slots=True)
class Shrunken:
    """A share made alike for its case mix and drawn towards that of everybody, as far as few answers leave it open."""

    value: float
    low: float
    high: float
    n: int
    people: int


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything the roster knows about one person, for whoever may see it. Opening another's page is recorded."""

    person: int
    name: str
    own: bool
    left_on: date | None
    shared: str
    publication: int | None
    as_of: datetime | None
    start: date | None
    end: date | None
    time_zone: str
    load: LoadShown | None
    figures: tuple[FigureShown, ...]
    satisfaction: Shrunken | None
    places: tuple[PlaceShown, ...]
    skills: tuple[SkillShown, ...]
    working: tuple[WorkingTimeShown, ...]
    leave: tuple[LeaveShown, ...]
    linked: bool
    version: int


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A team: its figures, what waits on all of its people together, and those of them whom the reader may see.

    ``people`` is how many humans stand behind the totals; below the smallest group that the reader may see there is no
    load.
    """

    team: int
    name: str
    above: int | None
    publication: int | None
    as_of: datetime | None
    start: date | None
    end: date | None
    people: int
    load: LoadShown | None
    figures: tuple[FigureShown, ...]
    listed: tuple[PersonListed, ...]
    below: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SideShown:
    """What one side solved alone, and how much of it lasted seven days."""

    side: str
    n: int
    durable: int | None
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class BotPage:
    """A bot: what it solved alone, how much of it lasted, what it handed over, and what a lasting solution costs.

    ``matched`` holds both sides on like tickets; ``verdict`` is ``bot_higher``, ``human_higher``, ``cannot_tell`` or
    ``not_enough_data``. ``bots`` is how many bots the figures are of: helpdesks do not say which bot solved a ticket.
    """

    bot: int
    name: str
    bots: int
    publication: int | None
    as_of: datetime | None
    start: date | None
    end: date | None
    figures: tuple[FigureShown, ...]
    alone: tuple[SideShown, ...]
    matched: tuple[SideShown, ...]
    verdict: str
    price: float | None
    cost: float | None
    cost_low: float | None
    cost_high: float | None


@dataclass(frozen=True, slots=True)
class OneCompared:
    """One person of a comparison: as counted, and with the case mix made alike and shrunken."""

    person: int
    name: str
    n: int
    raw: float
    value: float
    low: float
    high: float
    comparable: bool
    drill: str


@dataclass(frozen=True, slots=True)
class FewShown:
    """Somebody with too few rows to be compared."""

    person: int
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Comparing:
    """People by name, and the groups within which nobody can be told apart; ``told_apart`` holds (higher, lower).

    Durations are ratios to the typical time of all that are compared, shares those of their pooled mix.
    """

    measure: str
    metric: str
    unit: str
    kind: str
    publication: int
    start: date
    end: date
    needed: int
    n: int
    verdict: str
    people: tuple[OneCompared, ...]
    groups: tuple[tuple[int, ...], ...]
    told_apart: tuple[tuple[int, int], ...]
    few: tuple[FewShown, ...]
    mix: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who opened one's page."""

    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Lookers:
    """Who opened one's own page, the latest first."""

    looks: tuple[Looker, ...]


def skill(row: SkillHeld, today: date) -> SkillShown:
    return SkillShown(
        row.pk, row.name, row.level, row.evidence, row.reference, row.seen_on, max(0, (today - row.seen_on).days),
        row.said_by_id, row.version,
    )  # fmt: skip


def working(row: WorkingTime) -> WorkingTimeShown:
    return WorkingTimeShown(row.pk, row.zone, tuple(row.minutes), row.valid_from, row.valid_to, row.version)


def leave(actor: Actor, row: Leave) -> LeaveShown:
    """With its kind for the person and those who answer for privacy; others see that somebody is away, and not why."""
    kind: Any = shown(actor, "person.absence_reason", row.kind, own=row.person_id == actor.person)
    if kind is True:
        kind = ABSENT
    return LeaveShown(row.pk, row.first, row.last, row.version, kind)


@dataclass(frozen=True, slots=True)
class TeamListed:
    """A team with what waits on its people together; null where fewer stand behind it than the reader may see."""

    team: int
    name: str
    above: int | None
    people: int
    load: LoadShown | None


@dataclass(frozen=True, slots=True)
class TeamsShown:
    """The teams whose figures one may see, by name."""

    publication: int | None
    as_of: datetime | None
    teams: tuple[TeamListed, ...]
