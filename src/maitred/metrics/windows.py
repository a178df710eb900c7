"""Periods and calendar buckets in the report time zone, as integers that both engines compute alike.

The zone decides buckets only, never durations. Zone rules come from Python's ``zoneinfo``: a query gets the offsets of
the window as literals, so two engines with different zone data still agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from maitred.base.errors import UsageError

Period = Literal["day", "week", "month"]

_EPOCH = date(1970, 1, 1)
_MICROS_A_DAY = 86_400_000_000
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """Local days ``first``..``last``, both inclusive; ``None`` leaves that side open."""

    first: date | None
    last: date | None
    zone: ZoneInfo

    @property
    def start(self) -> datetime | None:
        """The first instant inside."""
        return None if self.first is None else midnight(self.first, self.zone)

    @property
    def end(self) -> datetime | None:
        """The first instant after it."""
        return None if self.last is None else midnight(self.last + timedelta(days=1), self.zone)


def window(first: date | str | None, last: date | str | None, zone: str = "UTC") -> Window:
    """The window that ``--from`` and ``--to`` name.

    Raises
    ------
    UsageError
        A date or the zone cannot be read, or the window ends before it starts.
    """
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"{zone!r} is not a time zone", "use an IANA name such as Europe/Lisbon") from error
    found = Window(_date(first), _date(last), where)
    if found.first and found.last and found.last < found.first:
        raise UsageError(f"the period ends ({found.last}) before it starts ({found.first})")
    return found


def earlier(current: Window, compare: str) -> Window:
    """The window to compare with: ``previous`` (same length, just before), ``year`` (same dates a year before) or
    ``A..B``.

    Raises
    ------
    UsageError
        The word is none of these, or ``previous`` and ``year`` have no bounded window to start from.
    """
    if ".." in compare:
        first, _, last = compare.partition("..")
        return window(first, last, current.zone.key)
    if compare not in ("previous", "year"):
        raise UsageError(f"cannot compare with {compare!r}", "use previous, year, or two dates as A..B")
    if current.first is None or current.last is None:
        raise UsageError(f"--compare {compare} needs a period", "give --from and --to")
    if compare == "year":
        return Window(_a_year_before(current.first), _a_year_before(current.last), current.zone)
    days = current.last - current.first + timedelta(days=1)
    return Window(current.first - days, current.last - days, current.zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day starts; where midnight does not exist, the first instant after the gap."""
    local = datetime.combine(day, time(), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _first_of(day, instant - timedelta(hours=3), instant + timedelta(hours=3), zone)


def bucket_sql(period: Period, at: exp.Expr, current: Window, latest: datetime) -> exp.Expr:
    """An integer that names the local day, ISO week or month of an instant (see ``bucket_label``)."""
    day = _local_day(at, current, latest)
    if period == "day":
        return day
    if period == "week":
        return exp.IntDiv(
            this=exp.paren(exp.Add(this=day, expression=exp.Literal.number(3))), expression=exp.Literal.number(7)
        )
    when = exp.cast(exp.DateFromUnixDate(this=exp.cast(day, "int")), "date")
    hundred = exp.Mul(this=exp.Year(this=when), expression=exp.Literal.number(100))
    return exp.Add(this=hundred, expression=exp.Month(this=when.copy()))


def bucket_numbers(period: Period, instants: NDArray[np.int64], current: Window, latest: datetime) -> NDArray[np.int64]:
    """The numbers of ``bucket_sql`` for instants in microseconds."""
    steps = _steps(current, latest)
    since, offsets = (np.array(part, np.int64) for part in zip(*steps, strict=True))
    day = (instants + offsets[np.searchsorted(since[1:], instants, side="right")]) // _MICROS_A_DAY
    if period == "day":
        return day
    if period == "week":
        return (day + 3) // 7
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (1970 + months // 12) * 100 + months % 12 + 1


def bucket_label(period: Period, bucket: int) -> str:
    """``2024-03-08`` for a day, the Monday for a week, ``2024-03`` for a month."""
    if period == "month":
        return f"{bucket // 100:04d}-{bucket % 100:02d}"
    days = bucket if period == "day" else bucket * 7 - 3
    return (_EPOCH + timedelta(days=days)).isoformat()


def buckets(period: Period, first: date, last: date) -> list[tuple[str, date]]:
    """Label and last day of every bucket that a span of days touches, cut at the span's end."""
    found: dict[str, date] = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        found[_label_of(period, day)] = day
    return list(found.items())


def _label_of(period: Period, day: date) -> str:
    if period == "month":
        return f"{day.year:04d}-{day.month:02d}"
    return (day if period == "day" else day - timedelta(days=day.weekday())).isoformat()


def _local_day(at: exp.Expr, current: Window, latest: datetime) -> exp.Expr:
    micros: exp.Expr = exp.UnixMicros(this=at)
    offset = _offset_sql(micros, current, latest)
    shifted = exp.paren(exp.Add(this=micros.copy(), expression=offset)) if offset else micros
    return exp.IntDiv(this=shifted, expression=exp.Literal.number(_MICROS_A_DAY))


def _offset_sql(micros: exp.Expr, current: Window, latest: datetime) -> exp.Expr | None:
    """The zone's offset in microseconds, newest first since most rows are recent."""
    steps = _steps(current, latest)
    if len(steps) == 1:
        return exp.Literal.number(steps[0][1]) if steps[0][1] else None
    cases = [
        exp.If(this=exp.GTE(this=micros.copy(), expression=exp.Literal.number(since)), true=exp.Literal.number(offset))
        for since, offset in reversed(steps[1:])
    ]
    return exp.Case(ifs=cases, default=exp.Literal.number(steps[0][1]))


def _steps(current: Window, latest: datetime) -> list[tuple[int, int]]:
    start = current.start or _EARLIEST
    return _transitions(start, max(min(current.end or latest, latest), start), current.zone)


@lru_cache(maxsize=256)
def _transitions(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[int, int]]:
    """(instant in microseconds, offset in microseconds) from the start on, one entry per change of offset."""

    def offset(instant: datetime) -> int:
        found = instant.astimezone(zone).utcoffset()
        return int(found.total_seconds()) * 1_000_000 if found else 0

    found = [(_micros(start), offset(start))]
    day = start
    while day < end:
        following = day + timedelta(days=1)
        if offset(following) != found[-1][1]:
            found.append((_micros(_change(day, following, offset)), offset(following)))
        day = following
    return found


def _change(before: datetime, after: datetime, offset: object) -> datetime:
    """The first second with the later offset, by halving."""
    assert callable(offset)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        before, after = (before, middle) if offset(middle) == offset(after) else (middle, after)
    return after


def _first_of(day: date, before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    return _change(before, after, lambda instant: instant.astimezone(zone).date() >= day)


def _micros(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000


def _date(value: date | str | None) -> date | None:
    if value is None or isinstance(value, date):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise UsageError(f"{value!r} is not a date", "write it as 2024-03-31")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"{value!r} is not a date", "write it as 2024-03-31") from error


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
