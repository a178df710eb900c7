"""What the verbs of coaching take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

_Id = Field(ge=1, le=LARGEST)
OneToOneId = Annotated[int, Names("one-to-one"), _Id]
ItemId = Annotated[int, Names("agenda-item"), _Id]
NoteId = Annotated[int, Names("coaching-note"), _Id]
PlanId = Annotated[int, Names("coaching-plan"), _Id]
WhoseId = Annotated[int, Names("person"), _Id]
PersonId = Annotated[int, _Id]
OtherId = Annotated[int, _Id]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Written = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)]
FindingKey = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_.-]{1,64})?$")]
MetricName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Amount = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
ItemKind = Literal["topic", "praise", "finding", "feedback", "clock", "other"]
SelectedOn = Literal["random", "volume", "worst_of", "volunteers", "other"]
State = Literal["planned", "held", "cancelled"]
PlanState = Literal["draft", "running", "concluded", "given_up"]


@dataclass(frozen=True, slots=True)
class OneToOneListed:
    """That two people talk or talked; ``yours`` says whether the reader is one of them."""

    id: int
    lead: int
    lead_name: str
    person: int
    person_name: str
    at: datetime
    state: str
    yours: bool
    version: int


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of an agenda; ``item`` and ``version`` where somebody put it there, else it is proposed from evidence."""

    kind: str
    key: str
    text: str
    quote: str
    href: str
    item: int | None
    version: int
    by_person: bool


@dataclass(frozen=True, slots=True)
class AgendaShown:
    """What belongs on the agenda with one person, the own topics first.

    ``one_to_one`` is the next planned one of the two. ``praise_missing``: nothing yet says what went well.
    ``own_hidden`` counts topics that are for the two of them and not for the reader.
    """

    person: int
    name: str
    one_to_one: int | None
    at: datetime | None
    lines: tuple[LineShown, ...]
    beyond: tuple[str, ...]
    praise_missing: bool
    own_hidden: int


@dataclass(frozen=True, slots=True)
class NoteShown:
    """A note; ``shared``: both may read it, else its author alone."""

    id: int
    author: int
    author_name: str
    shared: bool
    text: str
    written: datetime
    version: int


@dataclass(frozen=True, slots=True)
class StepShown:
    """An agreed step: a promise; ``version`` is that of the promise, which the verbs of ``commitments`` take."""

    id: int
    commitment: int
    one_to_one: int | None
    plan: int | None
    person: int
    what: str
    due: datetime
    renegotiated: int
    state: str
    late: bool
    proof: str
    version: int


@dataclass(frozen=True, slots=True)
class OneToOneShown:
    """A one-to-one. Agenda, notes and steps are empty for whoever is not one of the two."""

    id: int
    lead: int
    lead_name: str
    person: int
    person_name: str
    at: datetime
    state: str
    why: str
    yours: bool
    leads: bool
    pair: bool
    agenda: AgendaShown | None
    notes: tuple[NoteShown, ...]
    steps: tuple[StepShown, ...]
    version: int


@dataclass(frozen=True, slots=True)
class ForeseenShown:
    """What a plan could show: the smallest effect that would be found in eight of ten such plans.

    Of durations effects are shares of the usual time. ``seen`` is false where the effect worth having is smaller than
    that, or nothing can be computed; ``reason`` says why. ``usual`` is the person's usual value in the metric's unit,
    from ``n`` cases a week. ``others`` is how many people they are compared with; ``bucket`` is ``week`` or ``day``.
    """

    metric: str
    unit: str
    smallest_effect: float
    smallest_seen: float | None
    seen: bool
    reason: str
    usual: float | None
    n: float
    others: int
    bucket: str
    publication: int
    known_until: date


@dataclass(frozen=True, slots=True)
class BucketShown:
    """A week or day: the person's usual value and n, and that of the others."""

    first: date
    own: float | None
    n: int
    others: float | None
    after: bool
    selected: bool


@dataclass(frozen=True, slots=True)
class VerdictShown:
    """What became of a plan: ``worked``, ``did_not`` or ``cannot_tell``, with effect, interval, n and what was seen.

    Effects are good when positive; of durations they are shares of the usual time.
    """

    verdict: str
    reason: str
    effect: float | None
    low: float | None
    high: float | None
    smallest_seen: float | None
    n: int
    n_before: int
    others: int
    bucket: str
    publication: int
    known_until: date


@dataclass(frozen=True, slots=True)
class PlanListed:
    """A plan in a list."""

    id: int
    lead: int
    lead_name: str
    person: int
    person_name: str
    goal: str
    metric: str
    start: date
    follow_up: date
    state: str
    verdict: str
    due: bool
    yours: bool
    version: int


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan with its goal, what could be seen when it began, and what was seen at the follow-up.

    ``goal`` in words and ``steps`` are for the two of them; others see the metric and its figures.
    """

    id: int
    lead: int
    lead_name: str
    person: int
    person_name: str
    goal: str
    metric: str
    title: str
    unit: str
    direction: str
    smallest_effect: float
    start: date
    follow_up: date
    judged_from: date
    selected_on: str
    selected_from: date | None
    selected_to: date | None
    state: str
    why: str
    due: bool
    yours: bool
    leads: bool
    foreseen: ForeseenShown | None
    verdict: VerdictShown | None
    steps: tuple[StepShown, ...]
    intervention: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Way:
    """The weeks or days of a plan, for its drawing."""

    plan: int
    metric: str
    unit: str
    bucket: str
    buckets: tuple[BucketShown, ...]
    publication: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Where coaching stands with one person: last and next one-to-one, open steps, plans; ``own``: the reader."""

    person: int
    name: str
    own: bool
    last: datetime | None
    next: datetime | None
    next_id: int | None
    next_with: str
    open_steps: int
    late_steps: int
    running: int
    due: int


@dataclass(frozen=True, slots=True)
class People:
    """One's people by name, and oneself."""

    people: tuple[PersonRow, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed."""

    id: int
    what: str


def plain_json(value: Any) -> Any:
    """A result as it is kept in a row: days as text."""
    if isinstance(value, dict):
        return {name: plain_json(one) for name, one in value.items()}
    return value.isoformat() if isinstance(value, date) else value
