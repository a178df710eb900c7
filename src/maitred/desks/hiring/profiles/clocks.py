"""Until when a profile may be found and kept: pure functions of dates, a basis and a place.

Two clocks run and the earlier day counts. Notice: whoever did not hand in their data themselves is told within thirty
days, or is hidden on day 25 and erased on day 30. Retention: the period of the basis and the place, from the last step
with the person; the table of periods is that of the checks of postings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from maitred.desks.hiring.postings import rules
from maitred.desks.hiring.postings.places import Spot, Where
from maitred.insight.ranking import places
from maitred.insight.ranking.columns import NEVER_HIDDEN

HIDDEN_ON: Final = 25
ERASED_ON: Final = 30
FROM_THE_PERSON: Final = frozenset({"applicant", "talent_pool", "employee", "synthetic"})
"""Bases whose data came from the person, or are nobody's."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of one profile that the clocks run from."""

    basis: str
    added_on: date
    last_step_on: date
    noticed_on: date | None = None
    consented_on: date | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """The last day on which a profile is found, the last on which it is kept, and the rule behind the second."""

    hide_after: date
    erase_after: date
    why: str


def until(dates: Dates, where: Where | None) -> Until:
    """The last days of a profile.

    >>> found = until(Dates("licensed", date(2026, 1, 1), date(2026, 1, 1)), None)
    >>> found.hide_after.isoformat(), found.erase_after.isoformat()
    ('2026-01-25', '2026-01-30')
    """
    kept, why = _kept(dates, where)
    if dates.basis in FROM_THE_PERSON or dates.noticed_on is not None:
        return Until(kept, kept, why)
    hide = dates.added_on + timedelta(days=HIDDEN_ON - 1)
    erase = dates.added_on + timedelta(days=ERASED_ON - 1)
    if kept <= hide:
        return Until(kept, kept, why)
    return Until(hide, min(erase, kept), "not told within 30 days of where their data come from")


def _kept(dates: Dates, where: Where | None) -> tuple[date, str]:
    period = rules.period(dates.basis, where)
    if period is None:
        return dates.last_step_on, f"there is no period for the basis {dates.basis}"
    begun = dates.last_step_on
    if dates.basis == "talent_pool" and dates.consented_on is not None:
        begun = max(begun, dates.consented_on)
    return min(begun + timedelta(days=period.days), NEVER_HIDDEN), period.source


@lru_cache(maxsize=65_536)
def where_of(city: int) -> Where | None:
    """The place of a row of the gazetteer, as rules name places; None where it is unknown."""
    if city < 0:
        return None
    found = places.cities()[city]
    region = found.admin1 if found.country == "US" else ""
    return Where("site", (Spot(found.country, region, found.name),))
