"""The filters of a page: they live in its address only, and every link carries them.

``parse`` reads them strictly: a known name with a value that means nothing is an error that names it and offers the
address without it; unknown names are ignored. The same address and publication give the same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from maitred.base.errors import UsageError

NAMES = ("period", "compare", "team", "channel", "priority", "hours", "pub")
"""What every link carries on; a page's own words (part, sort, page) are added by the page."""
DEFAULTS = {"period": "last-28d", "compare": "previous"}
_LISTS = ("team", "channel", "priority")
_LAST = re.compile(r"last-([1-9]\d{0,2})([dw])", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)
_LONGEST_DAYS = 3_700


class BadFilter(UsageError):
    """A filter of an address means nothing here.

    ``name`` is the filter, ``without`` the query string that leaves it out.
    """

    kind = "bad-filter"

    def __init__(self, name: str, given: str, remedy: str, without: str) -> None:
        super().__init__(f"{name}={_short(given)} means nothing here", remedy)
        self.name = name
        self.without = without


@dataclass(frozen=True, slots=True)
class Known:
    """What filters may say here: the choices of each list, and the instant up to which everything is known.

    ``choices`` hold ``(value, label)``; a value that the reader may not use is not among them, so that it is answered
    like one that does not exist.
    """

    as_of: datetime
    zone: ZoneInfo
    choices: Mapping[str, Sequence[tuple[str, str]]]
    hours: str = "business"

    @property
    def last_whole_day(self) -> date:
        """The last local day that has ended at as-of."""
        local = self.as_of.astimezone(self.zone)
        return (local + timedelta(seconds=1)).date() - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """Parsed filters.

    Parameters
    ----------
    first, last
        Local days of the period, both inclusive.
    compare
        ``previous``, ``year``, ``A..B`` or ``none``.
    hours
        ``business`` or ``calendar``: which clock durations are told in.
    publication
        A pinned one; None reads the newest.
    given
        The words as they stood in the address, without those that are the default.
    """

    first: date
    last: date
    compare: str
    team: tuple[str, ...]
    channel: tuple[str, ...]
    priority: tuple[str, ...]
    hours: str
    publication: int | None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def period(self) -> str:
        return self.given.get("period", DEFAULTS["period"])

    def query(self, **changes: str | int | None) -> str:
        """The query string with these filters, some changed; None takes one out. Starts with ``?`` unless empty."""
        words = {**self.given, **{name: None if one is None else str(one) for name, one in changes.items()}}
        kept = [(name, one) for name, one in words.items() if one is not None and DEFAULTS.get(name) != one]
        return f"?{urlencode(kept, quote_via=quote, safe=',.:@')}" if kept else ""

    def link(self, path: str, **changes: str | int | None) -> str:
        """An address with these filters."""
        return f"{path}{self.query(**changes)}"

    def pinned(self, number: int) -> Filters:
        """The same, bound to a publication."""
        return replace(self, publication=number, given={**self.given, "pub": str(number)})

    def shifted(self, known: Known, steps: int) -> str:
        """The period so many lengths earlier or later, as the word for the address."""
        away = timedelta(days=self.days * steps)
        last = min(self.last + away, known.last_whole_day)
        return f"{last - timedelta(days=self.days - 1)}..{last}"


def parse(params: Mapping[str, str], known: Known) -> Filters:
    """Read the filters of an address.

    Raises
    ------
    BadFilter
        A known name has a value that means nothing, or nothing to this reader.
    """
    given = {name: params[name] for name in NAMES if params.get(name, "") != ""}

    def refuse(name: str, remedy: str) -> BadFilter:
        rest = {key: one for key, one in params.items() if key != name and one}
        return BadFilter(name, given[name], remedy, f"?{urlencode(rest)}" if rest else "")

    period = given.get("period", DEFAULTS["period"])
    span = _period(period, known)
    if span is None:
        raise refuse("period", "use last-28d, this-week, 2026-Q4, 2026-11 or 2026-10-01..2026-10-28")
    compare = given.get("compare", DEFAULTS["compare"])
    if compare not in ("previous", "year", "none") and _span(compare) is None:
        raise refuse("compare", "use previous, year, none or two days like 2026-09-01..2026-09-28")
    hours = given.get("hours", known.hours)
    if hours not in ("business", "calendar"):
        raise refuse("hours", "use business or calendar")
    publication = given.get("pub")
    if publication is not None and not re.fullmatch(r"[1-9][0-9]{0,8}", publication):
        raise refuse("pub", "give the number of a publication")
    lists = {name: _listed(given.get(name, ""), known.choices.get(name, ())) for name in _LISTS}
    for name, found in lists.items():
        if found is None:
            raise refuse(name, f"choose a {name} from the list on the page")
    kept = {name: one for name, one in given.items() if DEFAULTS.get(name) != one}
    if kept.get("hours") == known.hours:
        del kept["hours"]
    chosen = {name: found or () for name, found in lists.items()}
    return Filters(*span, compare, chosen["team"], chosen["channel"], chosen["priority"], hours,
                   int(publication) if publication else None, kept)  # fmt: skip


def _period(word: str, known: Known) -> tuple[date, date] | None:
    last = known.last_whole_day
    today = known.as_of.astimezone(known.zone).date()
    if found := _LAST.fullmatch(word):
        days = int(found[1]) * (7 if found[2] == "w" else 1)
        return (last - timedelta(days=days - 1), last) if days <= _LONGEST_DAYS else None
    if word == "this-week":
        return today - timedelta(days=today.weekday()), today
    if word == "last-week":
        start = today - timedelta(days=today.weekday() + 7)
        return start, start + timedelta(days=6)
    if word == "this-month":
        return today.replace(day=1), today
    if found := _QUARTER.fullmatch(word):
        return _months(int(found[1]), int(found[2]) * 3 - 2, 3)
    if found := _MONTH.fullmatch(word):
        return _months(int(found[1]), int(found[2]), 1)
    return _span(word)


def _months(year: int, month: int, length: int) -> tuple[date, date] | None:
    try:
        after = date(year + (month + length - 1) // 12, (month + length - 1) % 12 + 1, 1)
        return date(year, month, 1), after - timedelta(days=1)
    except ValueError:
        return None


def _span(word: str) -> tuple[date, date] | None:
    found = _SPAN.fullmatch(word)
    if found is None:
        return None
    try:
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
    except ValueError:
        return None
    return (first, last) if first <= last and (last - first).days < _LONGEST_DAYS and first.year > 1970 else None


def _listed(word: str, choices: Collection[tuple[str, str]]) -> tuple[str, ...] | None:
    """The values of a list, or None where one of them is no choice."""
    values = tuple(dict.fromkeys(one for one in word.split(",") if one))
    known = {one for one, _ in choices}
    return values if all(one in known for one in values) else None


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
