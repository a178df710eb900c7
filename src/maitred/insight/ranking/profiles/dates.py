"""Dates of jobs, and months counted from them: overlaps once, absurd dates not at all.

A date is a year, a year and a month, or a day. Months are numbered ``year * 12 + month - 1``; an interval of months is
half open and holds the month in which a job ended. A date of a year alone stands for its middle: a job that began in
such a year counts from July, one that ended in it counts to June, and the count is imprecise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

Month = int
"""``year * 12 + month - 1``."""

EARLIEST: Final = 1940
LONGEST_JOB: Final = 60 * 12
LARGEST: Final = 32_767

_OPEN: Final = frozenset(
    "present current currently now today ongoing date till-date heute jetzt aktuell laufend bis-heute actuel "
    "actuellement "
    "présent présente aujourd'hui aujourd’hui ce-jour à-ce-jour en-cours actual actualidad actualmente presente hoy "
    "atual atualmente presente hoje oggi attuale in-corso heden nu huidig obecnie heden-nu nuværende nå "
    "nuvarande".split()
)
_MONTHS: Final = (
    "january jan jänner januar janvier janv enero ene janeiro gennaio gen januari styczeń stycznia",
    "february feb februar février fevrier févr fevr febrero fevereiro fev febbraio febbr februari luty lutego",
    "march mar mär märz maerz mars marzo março marco maart mrt marzec marca",
    "april apr avril avr abril abr aprile kwiecień kwietnia",
    "may mai mayo maio maggio mag mei maj maja",
    "june jun juni juin junio junho giugno giu czerwiec czerwca",
    "july jul juli juillet juil julio julho luglio lug lipiec lipca",
    "august aug août aout agosto ago augustus augusti sierpień sierpnia",
    "september sep sept septembre septiembre setiembre setembro set settembre sett wrzesień września",
    "october oct oktober okt octobre octubre outubro out ottobre ott październik października",
    "november nov novembre noviembre novembro listopad listopada",
    "december dec dezember dez décembre decembre déc diciembre dic dezembro dicembre desember des grudzień grudnia",
)
MONTH_NAMES: Final = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

_ISO: Final = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ].*)?")
_MONTH_FIRST: Final = re.compile(r"(\d{1,2})[-/.](\d{4})")
_NAMED: Final = re.compile(r"([^\W\d_]+)\.?,?\s*(?:de\s+)?(?:'|’)?(\d{4})")
_DAY_NAMED: Final = re.compile(r"(?:\d{1,2}\.?\s+)?([^\W\d_]+)\.?\s+(?:\d{1,2},?\s+)?(\d{4})")


@dataclass(frozen=True, slots=True)
class When:
    """What one date says: a month, ``None`` for a job that goes on; ``exact`` unless only the year is known."""

    month: Month | None
    exact: bool = True
    year: int = 0

    @property
    def open(self) -> bool:
        return self.month is None


@dataclass(frozen=True, slots=True)
class Span:
    """The months of one job, half open; ``note`` says what kept it from being exact."""

    first: Month
    after: Month
    exact: bool
    open: bool
    note: str = ""

    @property
    def months(self) -> int:
        return self.after - self.first


@lru_cache(maxsize=65_536)
def read_date(text: str) -> When | None:
    """What a date says; None when it is none. The word for "today" in a dozen languages is an open end.

    >>> read_date("2019-04").month == 2019 * 12 + 3, read_date("2019").exact, read_date("März 2019").month % 12
    (True, False, 2)
    """
    words = text.strip().casefold()
    found = _ISO.fullmatch(words)
    if found:
        return _dated(int(found[1]), int(found[2]) if found[2] else None, int(found[3]) if found[3] else None)
    if re.sub(r"[\s_]+", "-", words.strip(". ")) in _OPEN:
        return When(None)
    found = _MONTH_FIRST.fullmatch(words)
    if found:
        return _dated(int(found[2]), int(found[1]), None)
    named = _NAMED.fullmatch(words) or _DAY_NAMED.fullmatch(words)
    if named and named[1] in MONTH_NAMES:
        return _dated(int(named[2]), MONTH_NAMES[named[1]], None)
    return None


def _dated(year: int, month: int | None, day: int | None) -> When | None:
    if month is None:
        return When(year * 12 + 6, exact=False, year=year)
    if not 1 <= month <= 12 or (day is not None and not _is_day(year, month, day)):
        return None
    return When(year * 12 + month - 1, year=year)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def span_of(start: str, end: str, as_of: date) -> Span | str:
    """The months of a job, or why they are unknown (empty when nothing was said).

    >>> span_of("2018", "2020", date(2026, 1, 31)).months
    24
    >>> span_of("2018-03", "", date(2018, 5, 2)).months
    3
    >>> span_of("2020-05", "2019-01", date(2026, 1, 31))
    'it ends before it begins'
    """
    start, end = start.strip(), end.strip()
    if not start and not end:
        return ""
    began = read_date(start) if start else None
    ended = read_date(end) if end else When(None)
    if start and began is None:
        return f"{_quoted(start)} is no date"
    if ended is None:
        return f"{_quoted(end)} is no date"
    if began is None or began.month is None:
        return "its beginning is not told"
    return _between(began, ended, as_of)


def _between(began: When, ended: When, as_of: date) -> Span | str:
    assert began.month is not None
    limit = as_of.year * 12 + as_of.month
    if not EARLIEST <= began.year <= as_of.year or (began.exact and began.month >= limit):
        return "it begins before 1940" if began.year < EARLIEST else "it begins after the day to which jobs count"
    if ended.month is None:
        after, exact, note = max(limit, began.month), began.exact, ""
    else:
        if (ended.year, ended.month if ended.exact and began.exact else 0) < (
            began.year,
            began.month if ended.exact and began.exact else 0,
        ):
            return "it ends before it begins"
        after, exact, note = ended.month + int(ended.exact), began.exact and ended.exact, ""
        if after > limit:
            after, note = limit, "its end lies in the future and counts to the day to which jobs count"
    first = began.month
    after = max(after, first)
    if after - first > LONGEST_JOB:
        return "it lasts more than sixty years"
    return Span(first, after, exact, ended.month is None, note)


def months_of(spans: Iterable[Span]) -> int:
    """The months of the union of these spans: a month in two jobs counts once.

    >>> months_of([Span(0, 12, True, False), Span(6, 18, True, False), Span(30, 31, True, False)])
    19
    """
    total, reached = 0, -1
    for one in sorted(spans, key=lambda one: one.first):
        if one.after > reached:
            total += one.after - max(one.first, reached)
            reached = one.after
    return min(total, LARGEST)


def _quoted(text: str) -> str:
    return f"“{text[:20]}”"
