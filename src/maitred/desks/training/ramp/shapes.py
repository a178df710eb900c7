"""What the verb of ramp curves answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RampAt:
    """By a week of work, the share that works like the team, with its interval; ``at_risk`` were still followed."""

    week: int
    share: float
    low: float
    high: float
    at_risk: int
    step: bool


@dataclass(frozen=True, slots=True)
class RampCohort:
    """People who started within a half-year (no name: all of them).

    ``proficient`` of ``n`` work like their team; ``at`` is empty with fewer than ``needed``. ``median`` is the week by
    which half of them do, with its limits; null where it is not reached.
    """

    name: str
    n: int
    needed: int | None
    proficient: int
    at: tuple[RampAt, ...]
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class RampShown:
    """Curves per cohort of starters.

    Proficient is who, from a week on and for ``stay`` weeks, solves no less for each day of work than the lower edge
    (``percentile``) of what ``settled`` people of the team do, who have worked for ``settled_weeks`` or longer.
    ``too_new`` started and have not worked long enough to be looked at.
    """

    cohorts: tuple[RampCohort, ...]
    settled: int
    too_new: int
    stay: int
    percentile: int
    settled_weeks: int
    publication: int
    known_until: date
