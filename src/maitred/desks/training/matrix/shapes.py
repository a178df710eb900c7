"""What the verbs of the matrix and of gaps take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

NeedId = Annotated[int, Names("skill-need"), Field(ge=1, le=LARGEST)]
OtherId = Annotated[int, Field(ge=1, le=LARGEST)]
SkillName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Dimension = Literal["channel", "group", "priority", "type", "brand", "form"]
Level = Annotated[int, Field(ge=1, le=4)]


@dataclass(frozen=True, slots=True)
class SkillCell:
    """What a person holds of one skill, and what shows it; no level where nothing is known.

    ``old`` says that the evidence is older than the house trusts evidence of its kind.
    """

    skill: str
    level: int | None
    evidence: str
    seen_on: date | None
    days: int | None
    old: bool


@dataclass(frozen=True, slots=True)
class SkillRow:
    """One person with a cell for every skill."""

    person: int
    name: str
    own: bool
    cells: tuple[SkillCell, ...]


@dataclass(frozen=True, slots=True)
class SkillMatrix:
    """People by name and skills by name. Nobody is ranked, and nothing is added up over a person."""

    skills: tuple[str, ...]
    rows: tuple[SkillRow, ...]
    old_after_days: int
    old_certificate_after_days: int


@dataclass(frozen=True, slots=True)
class NeedShown:
    """That contacts of one kind need a skill at a level; ``label`` is the kind by its name."""

    id: int
    skill: str
    dimension: str
    value: str
    label: str
    level: int
    version: int


@dataclass(frozen=True, slots=True)
class Needs:
    """What needs which skill, by skill."""

    needs: tuple[NeedShown, ...]


@dataclass(frozen=True, slots=True)
class CourseFor:
    """A course that is for a skill."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class GapShown:
    """What a skill has to carry.

    ``verdict`` is ``ok``, ``nobody`` (nobody holds it; ``hours`` are those of the whole work) or why nothing can be
    told: ``no_volume``, ``no_effort``, ``unbound``. ``contacts`` are those of a week, with interval, out of ``n``;
    ``hours`` those of a week for each of the ``holders``, of whom ``old`` have only old evidence. ``bound_by`` says
    whether somebody bound the skill to work, or its name alone does.
    """

    skill: str
    level: int
    verdict: str
    bound_to: tuple[str, ...]
    bound_by: str
    contacts: float | None
    contacts_low: float | None
    contacts_high: float | None
    n: int
    holders: int
    old: int
    hours: float | None
    hours_low: float | None
    hours_high: float | None
    effort_n: int
    courses: tuple[CourseFor, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Skills by shortage, the largest first; ``how`` says whether effort was measured or estimated from gaps."""

    gaps: tuple[GapShown, ...]
    weeks: int
    how: str
    publication: int | None
    known_until: date | None
