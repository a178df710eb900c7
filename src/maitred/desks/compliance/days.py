"""Calendars of packs: public holidays by country and region, with the organisation's own days as further versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from maitred.base.errors import BadInput
from maitred.desks.compliance.clocks import Calendar, CalendarVersion
from maitred.desks.compliance.reading_packs import Pack

YEARS = range(2010, 2051)
FIRST = date(2010, 1, 1)


@dataclass(frozen=True, slots=True)
class Own:
    """A day that differs, and from when on that is known."""

    day: date
    kind: str
    valid_from: date
    closes: time | None = None


def calendar_of(pack: Pack, own: Iterable[Own] = ()) -> Calendar:
    """The calendar of a pack: what the library knows, then a version for each day on which own days were entered.

    A day entered today counts for days from today on; what has passed stays as it was counted.
    """
    public = holidays_of(pack.calendar)
    days = sorted(own, key=lambda one: (one.valid_from, one.day))
    versions = [_version(FIRST, pack, public, ())]
    for first in sorted({one.valid_from for one in days}):
        versions.append(_version(max(first, FIRST), pack, public, [one for one in days if one.valid_from <= first]))
    return Calendar(pack.calendar, tuple(versions))


def told(pack: Pack, own: Iterable[Own]) -> str:
    """Which calendar that is, as a clock keeps it."""
    from importlib.metadata import version

    return f"{pack.calendar}, holidays {version('holidays')}, {len(list(own))} own"


@lru_cache(maxsize=32)
def holidays_of(name: str) -> frozenset[date]:
    """Public holidays of a country (``DE``) or a region of it (``GB-ENG``).

    Raises
    ------
    BadInput
        The library knows no such place.
    """
    import holidays

    country, _dash, region = name.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=region or None, years=YEARS)
    except NotImplementedError as error:
        raise BadInput(f"there is no calendar {name}", "name a country as DE, or a region as GB-ENG") from error
    return frozenset(found)


def _version(first: date, pack: Pack, public: frozenset[date], own: Iterable[Own]) -> CalendarVersion:
    closed = {one.day for one in own if one.kind == "closed"}
    opened = {one.day for one in own if one.kind == "open"}
    halves = {one.day: one.closes for one in own if one.kind == "half" and one.closes is not None}
    return CalendarVersion(first, pack.weekend, frozenset((public | closed) - opened), frozenset(opened), pack.opens,
                           pack.closes, halves)  # fmt: skip
