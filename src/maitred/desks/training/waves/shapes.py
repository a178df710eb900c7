"""What the verbs of waves take and answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

PlanId = Annotated[int, Names("wave-plan"), Field(ge=1, le=LARGEST)]
OtherId = Annotated[int, Field(ge=1, le=LARGEST)]
People = Annotated[list[OtherId], Field(min_length=1, max_length=200)]
MetricName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Amount = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
Weeks = Annotated[int, Field(ge=2, le=52)]
Settle = Annotated[int, Field(ge=1, le=8)]
Count = Annotated[int, Field(ge=1, le=6)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
SelectedOn = Literal["random", "volume", "worst_of", "volunteers", "other"]
State = Literal["draft", "running", "concluded", "given_up"]


@dataclass(frozen=True, slots=True)
class MemberShown:
    """A person in a wave and the team within which the lot was drawn; no name where the reader does not lead them."""

    person: int
    name: str
    team: int
    team_name: str


@dataclass(frozen=True, slots=True)
class WaveShown:
    """A wave: its first day, until when its course is due, who is in it; ``intervention`` once it is scheduled."""

    number: int
    start: date
    due_on: date
    people: tuple[MemberShown, ...]
    intervention: int | None
    assigned: bool


@dataclass(frozen=True, slots=True)
class PowerShown:
    """What could be seen, told before.

    ``smallest_seen`` is the smallest effect found in eight of ten such courses; null where none could be, and
    ``reason`` says why. ``seen`` says whether the smallest effect that matters is among them. ``basis``: ``replayed``
    on the people's own past, or by ``formula`` where there is too little of it. ``usual`` is their usual value, ``n``
    cases of a person in a week; ``treated`` people are compared with ``beside``, ``days`` are looked at together.
    """

    metric: str
    unit: str
    smallest_effect: float
    smallest_seen: float | None
    seen: bool
    basis: str
    reason: str
    usual: float | None
    n: float
    treated: int
    beside: int
    weeks: int
    days: int
    publication: int
    known_until: date


@dataclass(frozen=True, slots=True)
class ChecksShown:
    """What was checked beside the result; null where it could not be (see ``waves.judging.Checks``)."""

    pre_trend: float | None
    dates: int
    dates_as_large: float | None
    lots_as_large: float | None
    without_one_low: float | None
    without_one_high: float | None
    same_team: bool
    came_back: float | None


@dataclass(frozen=True, slots=True)
class ResultShown:
    """What became of it: ``improved``, ``worse``, ``no_real_change`` or ``cannot_tell``, with all that it rests on.

    Effects are good when positive; of durations they are shares of the usual time. ``metric`` names its version.
    """

    verdict: str
    reason: str
    effect: float | None
    low: float | None
    high: float | None
    smallest_seen: float | None
    n: int
    n_before: int
    treated: int
    beside: int
    days: int
    design: str
    checks: ChecksShown | None
    metric: str
    publication: int
    known_until: date


@dataclass(frozen=True, slots=True)
class WavesPreview:
    """Waves as they would be drawn with this seed, and what they could show; nothing is written."""

    course: int
    title: str
    waves: tuple[WaveShown, ...]
    seed: int
    judged_from: date
    power: PowerShown


@dataclass(frozen=True, slots=True)
class WavePlanListed:
    """A course in waves, in a list."""

    id: int
    course: int
    title: str
    metric: str
    start: date
    judged_from: date
    people: int
    waves: int
    state: str
    verdict: str
    due: bool
    version: int


@dataclass(frozen=True, slots=True)
class WavePlanShown:
    """A course in waves: what was fixed, who is in which wave, what could be seen, and what was seen.

    ``meanwhile`` are other changes within the same time, which may have done what the course seems to have done.
    """

    id: int
    course: int
    title: str
    by: int
    by_name: str
    metric: str
    metric_title: str
    unit: str
    direction: str
    smallest_effect: float
    start: date
    end: date
    judged_from: date
    weeks: int
    settle: int
    seed: int
    selected_on: str
    selected_from: date | None
    selected_to: date | None
    state: str
    knowing: bool
    why: str
    due: bool
    yours: bool
    waves: tuple[WaveShown, ...]
    power: PowerShown | None
    result: ResultShown | None
    meanwhile: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class StretchShown:
    """Some days: the mean of the first wave and how many cases, the mean of those who wait or stand beside."""

    first: date
    own: float | None
    n: int
    beside: float | None
    n_beside: int
    after: bool
    selected: bool


@dataclass(frozen=True, slots=True)
class WavesWay:
    """The weeks of a course in waves, for its drawing."""

    plan: int
    metric: str
    unit: str
    days: int
    stretches: tuple[StretchShown, ...]
    publication: int


def kept(shown: PowerShown | ResultShown) -> dict[str, Any]:
    """An answer as a row keeps it."""
    return {name: one.isoformat() if isinstance(one, date) else one for name, one in asdict(shown).items()}


def power_kept(held: dict[str, Any]) -> PowerShown:
    """What a row kept of what could be seen."""
    return PowerShown(**{**held, "known_until": date.fromisoformat(held["known_until"])})


def result_kept(held: dict[str, Any]) -> ResultShown:
    """What a row kept of what was seen."""
    checks = ChecksShown(**held["checks"]) if held["checks"] else None
    return ResultShown(**{**held, "known_until": date.fromisoformat(held["known_until"]), "checks": checks})
