"""Until when: times by which something is to happen, as people write them in English and German, as an instant.

A day without an hour lasts until its end, a span counts from the message, "working days" leave out Saturdays and
Sundays (not holidays). Where two readings are possible, the later one is taken: nobody is told late too early.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_suffix(".toml").read_bytes()
_END = time(23, 59, 59)
_NOON, _EVENING = time(12, 0), time(18, 0)
_FRIDAY = 4
_DAYS = {
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
    "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonnabend": 5,
    "sonntag": 6,
}  # fmt: skip
_MONTHS = (
    ("jan",), ("feb",), ("mar", "mär"), ("apr",), ("may", "mai"), ("jun",), ("jul",), ("aug",), ("sep",),
    ("oct", "okt"), ("nov",), ("dec", "dez"),
)  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14, "couple": 2, "few": 5, "several": 7,
    "ein": 1, "eine": 1, "einem": 1, "einer": 1, "eines": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "zwölf": 12, "vierzehn": 14, "paar": 5, "wenigen": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A time named in a sentence: where it stands, and its last instant in the zone of the writer."""

    start: int
    end: int
    until: datetime


def latest(said: str, sent: datetime) -> Named | None:
    """The latest time that a sentence names ahead of an instant, with the words; None where it names none.

    >>> latest("We call you within two hours.", datetime(2026, 3, 10, 10, 30)).until.isoformat()
    '2026-03-10T12:30:00'
    """
    found = [one for one in _named(said, sent) if one.until > sent]
    whole = [one for one in found if not any(_inside(one, other) for other in found if other is not one)]
    return max(whole, key=lambda one: (one.until, one.end - one.start), default=None)


def edition() -> bytes:
    """The rules as they stand, for whoever has to know whether they changed."""
    return SOURCE + Path(__file__).read_bytes()


def _inside(one: Named, other: Named) -> bool:
    same = (one.start, one.end) == (other.start, other.end)
    return not same and other.start <= one.start and one.end <= other.end


def _named(said: str, sent: datetime) -> Iterator[Named]:
    for pattern, until in _readers():
        for hit in pattern.finditer(said):
            at = until(hit, sent)
            if at is not None:
                yield Named(hit.start(), hit.end(), at)


Reader = Callable[[re.Match[str], datetime], datetime | None]


@cache
def _readers() -> tuple[tuple[re.Pattern[str], Reader], ...]:
    read: dict[str, dict[str, Any]] = tomllib.loads(SOURCE.decode("utf-8"))
    found = []
    for name, patterns in read["times"].items():
        for pattern in patterns:
            for part, filling in read["parts"].items():
                pattern = pattern.replace(f"{{{part}}}", filling)
            found.append((re.compile(pattern, re.IGNORECASE), _READ[name]))
    return tuple(found)


def _group(hit: re.Match[str], name: str) -> str:
    return (hit.groupdict().get(name) or "").lower()


def _at(day: date, moment: time, sent: datetime) -> datetime:
    return datetime.combine(day, moment, sent.tzinfo)


def _moment(hit: re.Match[str]) -> time:
    """The time of day that a hit names; the end of the day where it names none."""
    said = _group(hit, "hour") or _group(hit, "first")
    if said:
        return _hour(said) or _END
    part = _group(hit, "part")
    if part in ("morning", "noon", "früh", "vormittag", "mittag"):
        return _NOON
    return _EVENING if part in ("afternoon", "nachmittag") else _END


def _hour(said: str) -> time | None:
    if said in ("noon", "midday", "lunchtime", "lunch"):
        return _NOON
    if said in ("midnight", "mitternacht"):
        return _END
    found = re.match(r"(\d{1,2})(?::(\d\d))? ?([ap])?", said)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] == "p" and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _weekday(hit: re.Match[str], sent: datetime) -> datetime | None:
    said = _group(hit, "day")
    number = _DAYS.get(said, _DAYS.get(said[:3], 0))
    ahead = (number - sent.weekday()) % 7 or 7
    if "next" in hit.group().lower() and sent.weekday() + ahead < 7:
        ahead += 7
    return _at(sent.date() + timedelta(days=ahead), _moment(hit), sent)


def _bare(hit: re.Match[str], sent: datetime) -> datetime | None:
    """A weekday without a word in front, or with the number of its day."""
    late = _group(hit, "late")
    moment = _NOON if late in ("früh", "vormittag", "mittag") else _EVENING if late == "nachmittag" else _moment(hit)
    number = _DAYS.get(_group(hit, "day"), _DAYS.get(_group(hit, "day")[:3], 0))
    ahead = (number - sent.weekday()) % 7 or 7
    dom = _group(hit, "dom")
    for weeks in range(5) if dom else ():
        if (sent.date() + timedelta(days=ahead + 7 * weeks)).day == int(dom):
            ahead += 7 * weeks
            break
    return _at(sent.date() + timedelta(days=ahead), moment, sent)


def _near(hit: re.Match[str], sent: datetime) -> datetime | None:
    said = _group(hit, "day")
    ahead = 1 if said in ("tomorrow", "tmrw", "tmr", "morgen") else 2 if said == "übermorgen" else 0
    moment = _moment(hit)
    if said == "this morning":
        moment = _NOON
    elif said == "this afternoon":
        moment = _EVENING
    return _at(sent.date() + timedelta(days=ahead), moment, sent)


def _end_of(hit: re.Match[str], sent: datetime) -> datetime | None:
    unit = _group(hit, "unit") or _group(hit, "unit2")
    today = sent.date()
    if unit.startswith("mon"):
        return _at(today.replace(day=monthrange(today.year, today.month)[1]), _END, sent)
    return _at(today + timedelta(days=_to_friday(today)), _END, sent)


def _to_friday(day: date) -> int:
    """Days to the end of a working week; on a weekend to its Sunday."""
    return _FRIDAY - day.weekday() if day.weekday() <= _FRIDAY else 6 - day.weekday()


def _week(hit: re.Match[str], sent: datetime) -> datetime | None:
    today = sent.date()
    if _group(hit, "which").startswith(("this", "diese")):
        return _at(today + timedelta(days=_to_friday(today)), _END, sent)
    return _at(today + timedelta(days=7 - today.weekday() + _FRIDAY), _END, sent)


def _span(hit: re.Match[str], sent: datetime) -> datetime | None:
    said, unit = _group(hit, "n"), _group(hit, "unit")
    if not said and re.search(r"\b(?:days|tagen|weeks|wochen|hours|stunden|minutes|minuten|months|monaten)\b", unit):
        return None
    n = int(said) if said.isdecimal() else _NUMBERS.get(said, 1)
    if unit.startswith(("business", "working", "work", "weekday", "werk", "arbeit")):
        days = -(-n // 8) if "hour" in unit else n
        return _at(_working(sent.date(), days), _END, sent)
    if unit.startswith("min"):
        return sent + timedelta(minutes=n)
    if unit.startswith(("h", "st")):
        return sent + timedelta(hours=n)
    days = n * 7 if unit.startswith("w") else n * 31 if unit.startswith("mon") else n
    return _at(sent.date() + timedelta(days=days), _END, sent)


def _working(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= day.weekday() <= _FRIDAY
    return day


def _date(hit: re.Match[str], sent: datetime) -> datetime | None:
    month, year = _group(hit, "month"), _group(hit, "year")
    number = (
        int(month)
        if month.isdecimal()
        else next((at for at, names in enumerate(_MONTHS, 1) if month.startswith(names)), 0)
    )
    whole = int(year) + (2000 if len(year) == 2 else 0) if year else sent.year
    try:
        day = date(whole, number, int(_group(hit, "dom")))
        if not year and day < sent.date() - timedelta(days=180):
            day = day.replace(year=whole + 1)
    except ValueError:
        return None
    return _at(day, _moment(hit), sent)


def _clock(hit: re.Match[str], sent: datetime) -> datetime | None:
    moment = _hour(_group(hit, "hour"))
    return None if moment is None else _at(sent.date(), moment, sent)


def _today(_hit: re.Match[str], sent: datetime) -> datetime | None:
    return _at(sent.date(), _END, sent)


def _half_hour(_hit: re.Match[str], sent: datetime) -> datetime | None:
    return sent + timedelta(minutes=30)


def _weekend(_hit: re.Match[str], sent: datetime) -> datetime | None:
    return _at(sent.date() + timedelta(days=_to_friday(sent.date())), _END, sent)


def _or_two(hit: re.Match[str], sent: datetime) -> datetime | None:
    return _at(sent.date() + timedelta(days=14 if _group(hit, "unit") == "week" else 2), _END, sent)


_READ: dict[str, Reader] = {
    "weekday": _weekday, "bare": _bare, "weekend": _weekend, "or_two": _or_two, "date": _date, "near": _near,
    "today": _today, "end_of": _end_of, "week": _week, "span": _span, "half_hour": _half_hour, "clock": _clock,
}  # fmt: skip
