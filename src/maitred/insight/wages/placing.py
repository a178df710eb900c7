"""Where an offered range lies among what is paid: a sentence and places, never a verdict on a person.

Figures are annual US dollars. Hourly, weekly and monthly offers are brought to a year of 2,080 hours, as the survey
does. What was suppressed cannot be compared and is said to be unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from maitred.insight.wages.tables import RELEASE, Band, Release, Wage

Unit = Literal["year", "month", "week", "day", "hour"]
PER_YEAR: dict[str, float] = {"year": 1, "month": 12, "week": 52, "day": 260, "hour": 2_080}
NAMES = {10: "p10", 25: "p25", 50: "the median", 75: "p75", 90: "p90"}
_MEDIAN = 50
STALE_DAYS = 550
"""A survey older than this, since its publication, is called old beside every comparison."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one amount lies: ``above`` and ``below`` are the percentiles around it, ``None`` beyond the last."""

    amount: float
    above: int | None
    below: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A range among what is paid.

    ``sentence`` tells both ends; ``notices`` what to be careful with. Ends are ``None`` where nothing was offered, or
    where percentiles around them were suppressed.
    """

    low: Spot | None
    high: Spot | None
    sentence: str
    notices: tuple[str, ...]


def yearly(amount: float, unit: str) -> float:
    """An amount per unit as an amount per year; 2,080 hours, 260 days, 52 weeks, 12 months.

    Examples
    --------
    >>> yearly(25, "hour")
    52000.0
    """
    return float(amount * PER_YEAR[unit])


def spot(amount: float, band: Band) -> Spot:
    """Between which percentiles an annual amount lies.

    Examples
    --------
    >>> from maitred.insight.wages.tables import band
    >>> spot(65_000, band("43-1011", "0000000")).words
    'between p25 and the median'
    """
    known = [(share, wage) for share, wage in band.wages if wage.value is not None]
    below = next((share for share, wage in known if _under(amount, wage)), None)
    reached = [share for share, wage in known if wage.value is not None and amount >= wage.value]
    above = reached[-1] if reached else None
    return Spot(amount, above, below, _words(amount, above, below, dict(known)))


def placed(band: Band | None, low: float | None, high: float | None, unit: str = "year",
           today: date | None = None, release: Release = RELEASE) -> Placed:  # fmt: skip
    """Tell where an offered range lies in a band.

    Examples
    --------
    >>> from maitred.insight.wages.tables import band
    >>> placed(band("43-1011", "0000000"), 42_830, 65_000).sentence
    'from under p10 to under the median'
    """
    notices = _stale(today, release)
    if low is None and high is None:
        return Placed(None, None, "no range is offered", notices)
    if band is None or all(wage.value is None for _share, wage in band.wages):
        return Placed(None, None, "cannot tell: the survey has no wages for this occupation and area", notices)
    ends = [None if one is None else spot(yearly(one, unit), band) for one in (low, high)]
    told = notices + _behind(ends[0], ends[1]) + _gaps(band)
    return Placed(ends[0], ends[1], _sentence(ends[0], ends[1]), told)


def _under(amount: float, wage: Wage) -> bool:
    return wage.value is not None and amount < wage.value


def _words(amount: float, above: int | None, below: int | None, known: dict[int, Wage]) -> str:
    if above is not None and known[above].value == amount:
        return f"at {NAMES[above]}"
    if above is None and below is not None:
        return f"under {NAMES[below]}"
    if below is None and above is not None:
        return f"over {NAMES[above]}"
    return f"between {NAMES[above or 10]} and {NAMES[below or 90]}"


def _sentence(low: Spot | None, high: Spot | None) -> str:
    """Both ends in one line; an end between two percentiles is named by the one it does not reach."""
    if low is not None and high is not None:
        return f"from {_edge(low)} to {_edge(high)}"
    one, what = (low, "at least") if low is not None else (high, "up to")
    return f"{what} {one.words}" if one is not None else ""


def _edge(one: Spot) -> str:
    if one.words.startswith("at ") or one.below is None:
        return one.words
    return f"under {NAMES[one.below]}"


def _stale(today: date | None, release: Release) -> tuple[str, ...]:
    if today is None or (today - release.published).days <= STALE_DAYS:
        return ()
    return (f"the survey of {release.name} is old: it was published on {release.published.isoformat()}; wages moved",)


def _behind(low: Spot | None, high: Spot | None) -> tuple[str, ...]:
    """A range whose lowest is under p10 and whose highest does not reach the median was likely typed long ago."""
    if low is None or high is None or low.above is not None or high.below is None or high.below > _MEDIAN:
        return ()
    return ("the range begins under p10 and ends under the median: it may be of an earlier year, look at it again",)


def _gaps(band: Band) -> tuple[str, ...]:
    missing = [NAMES[share] for share, wage in band.wages if wage.value is None]
    capped = [NAMES[share] for share, wage in band.wages if wage.at_least]
    told = []
    if missing:
        told.append(f"the Bureau suppressed {', '.join(missing)}: they stay empty")
    if capped:
        told.append(f"{', '.join(capped)} stand at the survey's ceiling: they mean at least so much")
    return tuple(told)
