"""Working time and leave as plain values: what a week holds, which days are free, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import available_timezones

from maitred.base.errors import Invalid

DAY_MINUTES = 24 * 60
MOST_WEEK_MINUTES = 80 * 60
"""More than this in a week is a slip of the pen, or ought to be one."""
LONGEST_LEAVE = 366
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Week:
    """Minutes by weekday, Monday first, from a day on up to another (not included)."""

    minutes: tuple[int, ...]
    first: date
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Away:
    """Days of leave, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last


def checked_week(minutes: Sequence[int], zone: str) -> tuple[int, ...]:
    """The minutes of a week, if such a week can be.

    Raises
    ------
    Invalid
        A day has more than 24 hours or less than none, the week more than 80, or the zone is unknown; names the field.
    """
    errors = []
    if len(minutes) != len(WEEKDAYS):
        errors.append(_wrong("minutes", f"seven numbers are needed, Monday first; {len(minutes)} were given", "length"))
    for name, one in zip(WEEKDAYS, minutes, strict=False):
        if not 0 <= one <= DAY_MINUTES:
            errors.append(_wrong(name, f"{name.title()} cannot hold {one / 60:g} hours; use 0 to 24", "hours"))
    total = sum(one for one in minutes if one > 0)
    if not errors and total > MOST_WEEK_MINUTES:
        what = f"the week comes to {total / 60:g} hours; more than {MOST_WEEK_MINUTES // 60} cannot be"
        errors.append(_wrong("minutes", what, "hours"))
    if zone not in available_timezones():
        errors.append(_wrong("zone", f"there is no time zone {zone!r}; write one like Europe/Berlin", "zone"))
    if errors:
        raise Invalid("these working hours cannot be", "mend what is named", tuple(errors))
    return tuple(int(one) for one in minutes)


def checked_leave(first: date, last: date, there: Iterable[Away]) -> Away:
    """Days of leave, if they can be.

    Raises
    ------
    Invalid
        They end before they begin, last longer than a year, or overlap leave that is there; names the field.
    """
    if last < first:
        what = f"the leave ends on {last}, before it begins on {first}; give a later last day"
        raise Invalid("this leave ends before it begins", "mend the days", (_wrong("last", what, "order"),))
    if (last - first).days >= LONGEST_LEAVE:
        what = "a leave of more than a year is entered year by year"
        raise Invalid("this leave is too long", "split it", (_wrong("last", what, "length"),))
    for one in there:
        if first <= one.last and one.first <= last:
            what = f"there is leave from {one.first} to {one.last} already; change or remove that one first"
            raise Invalid("two leaves overlap", "mend the days", (_wrong("first", what, "overlap"),))
    return Away(first, last)


def checked_shares(shares: Sequence[tuple[int, int]]) -> None:
    """Whether somebody's parts in teams add up.

    Parameters
    ----------
    shares
        Team and per cent of each.

    Raises
    ------
    Invalid
        A team is named twice, or the parts do not add up to 100.
    """
    teams = [team for team, _ in shares]
    if not shares:
        raise Invalid("no team is named", "name one", (_wrong("teams", "name at least one team", "missing"),))
    if len(set(teams)) != len(teams):
        raise Invalid("a team is named twice", "name it once", (_wrong("teams", "a team is named twice", "twice"),))
    total = sum(percent for _, percent in shares)
    if total != 100 or any(percent < 1 for _, percent in shares):
        what = f"a person is one person: the parts come to {total} per cent and must come to 100"
        raise Invalid("the parts of a person do not add up", "mend the parts", (_wrong("teams", what, "sum"),))


def available(weeks: Iterable[Week], away: Iterable[Away], first: date, days: int = 7) -> int | None:
    """Working seconds of some days, leave taken out; None where no working time is known for any of them.

    >>> from datetime import date
    >>> week = Week((480, 480, 480, 480, 480, 0, 0), date(2026, 1, 1))
    >>> available([week], [Away(date(2026, 1, 5), date(2026, 1, 5))], date(2026, 1, 5)) // 3600
    32
    """
    known, free = list(weeks), list(away)
    total, found = 0, False
    for step in range(days):
        day = first + timedelta(days=step)
        week = next((one for one in known if one.holds(day)), None)
        if week is None:
            continue
        found = True
        if not any(one.holds(day) for one in free):
            total += week.minutes[day.weekday()] * 60
    return total if found else None


def _wrong(field: str, message: str, code: str) -> dict[str, str]:
    return {"field": field, "message": message, "code": code}
