"""Tickets by the day on which they were created: the helpdesk's own count beside what is loaded and what is set aside.

The last weeks are counted day by day, what lies before them by month; a month that differs is counted day by day, too.
Tickets of a day of which the helpdesk counts more are fetched anew. What differs afterwards is told as a gap, with all
three numbers. Days are those of UTC; a day that is not over, or was not read to its end, is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.connectors.live import Daily, Undated
from maitred.sync import landing
from maitred.sync.standing import moment_of

if TYPE_CHECKING:
    from maitred.sync.engine import Run

RECENT_DAYS = 14
"""So many days are counted one by one, whatever their months say."""
MOST_ASKED = 400
"""Counts that are asked for in one reconcile; a month that differs beyond them is told as a whole."""
SETTLED = timedelta(hours=1)
"""A helpdesk's search knows a ticket so long after it was made."""
MOST_ASIDE = 20_000
KIND = "day-count"
_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)
_CREATED = ("created_at", "CreatedDate", "created")


@dataclass(frozen=True, slots=True)
class Counted:
    """One day, or a month that was not looked into further, and its three numbers.

    Attributes
    ----------
    day
        ``2026-03-02``, or ``2026-03`` for a whole month.
    expected
        Tickets that were created then, as the helpdesk counts them; deleted ones are not in it.
    loaded, quarantined
        Such tickets here, and records of tickets that were set aside.
    """

    day: str
    expected: int
    loaded: int
    quarantined: int

    @property
    def missing(self) -> int:
        """How many the helpdesk has more; below zero where it has fewer."""
        return self.expected - self.loaded - self.quarantined

    def told(self) -> str:
        """The sentence of a gap."""
        return (
            f"tickets created {'in' if len(self.day) == len('2026-03') else 'on'} {self.day}: the helpdesk counts "
            f"{self.expected}, here are {self.loaded} and {self.quarantined} set aside"
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison by day found.

    Attributes
    ----------
    first, last
        The days that were compared, both included; empty where none was.
    differing
        Days that differ after what was missing was fetched.
    refetched
        How many days were fetched anew because the helpdesk counted more.
    undated
        Records of tickets that were set aside and do not tell when they were created.
    unable
        Why the helpdesk's tickets cannot be counted by day; empty where they can.
    """

    counted_at: str
    first: str = ""
    last: str = ""
    differing: tuple[Counted, ...] = ()
    refetched: int = 0
    undated: int = 0
    unable: str = ""

    def as_json(self) -> dict[str, Any]:
        """For ``maitred sync status`` and the document of a reconcile."""
        return asdict(self)


def differing(run: Run) -> Compared:
    """Count, and tell which days differ; nothing is fetched.

    Raises
    ------
    Refused
        The helpdesk does not answer.
    """
    moment = clock.iso(clock.now())
    if not isinstance(run.connector, Daily):
        why = run.connector.not_by_day if isinstance(run.connector, Undated) else "its connector cannot count by day"
        return Compared(moment, unable=why)
    standing = run.ticket_standing()
    read_until = moment_of(standing.server_time)
    if standing.completed_at is None or read_until is None:
        return Compared(moment, unable="its tickets were never read to their end")
    ours = _Ours(run)
    until = (read_until - SETTLED).astimezone(UTC).date()
    first = run.account.since or ours.first or until
    if first >= until:
        return Compared(moment, undated=ours.undated)
    asking = _Asking(run, run.connector, ours)
    found = tuple(sorted(asking.search(first, until), key=lambda one: one.day))
    return Compared(moment, first.isoformat(), (until - _DAY).isoformat(), found, 0, ours.undated)


def missing(run: Run, found: Compared) -> tuple[list[str], int]:
    """Ids of the tickets of those days of which the helpdesk counts more, and how many days those are.

    Raises
    ------
    Refused
        The helpdesk does not answer.
    """
    connector, ids, days = run.connector, list[str](), 0
    for one in found.differing:
        if one.missing > 0 and isinstance(connector, Daily):
            days += 1
            for some in connector.created_between(run.reading(), *_span(one.day)):
                ids += some
                run.progress("ids", len(some))
            run.give_way()
    return ids, days


def settle(run: Run, before: Compared, refetched: int) -> Compared:
    """Count the days that differed once more, and tell what is left as gaps.

    Raises
    ------
    Refused
        The helpdesk does not answer.
    """
    left: tuple[Counted, ...] = ()
    if before.differing and isinstance(run.connector, Daily):
        asking = _Asking(run, run.connector, _Ours(run))
        again = (asking.counted(*_span(one.day), one.day) for one in before.differing)
        left = tuple(one for one in again if one.missing)
    after = replace(before, differing=left, refetched=refetched)
    run.standings.resolve(KIND, [one.day for one in left])
    for one in left:
        run.standings.gap(run.ticket_standing().stream, one.day, KIND, one.told())
    run.standings.remember(days=orjson.dumps(after.as_json()).decode())
    run.outcome.days = after.as_json()
    return after


class _Asking:
    """Counts of one comparison, of which so many are asked for."""

    def __init__(self, run: Run, connector: Daily, ours: _Ours) -> None:
        self._run, self._connector, self._ours, self._left = run, connector, ours, MOST_ASKED

    def search(self, first: date, until: date) -> Iterator[Counted]:
        """Days (or whole months) that differ, from the newest month back to the first ticket of all."""
        recent = max(first, until - RECENT_DAYS * _DAY)
        yield from self._each(recent, until)
        for begins, ends in _months(first, recent):
            whole = self._asked(begins, ends, begins.isoformat()[:7])
            if whole.missing and _is_whole(begins, ends) and self._left < (ends - begins).days:
                yield whole
            elif whole.missing:
                yield from self._each(begins, ends)

    def counted(self, begins: datetime, ends: datetime, name: str) -> Counted:
        """The three numbers of a time."""
        self._run.give_way()
        there = self._connector.count_between(self._run.reading(), begins, ends)
        here, aside = self._ours.between(begins.date(), ends.date())
        self._run.progress("days", 1)
        return Counted(name, there, here, aside)

    def _each(self, first: date, until: date) -> Iterator[Counted]:
        for place in range((until - first).days):
            day = first + place * _DAY
            found = self._asked(day, day + _DAY, day.isoformat())
            if found.missing:
                yield found

    def _asked(self, begins: date, ends: date, name: str) -> Counted:
        self._left -= 1
        return self.counted(_instant(begins), _instant(ends), name)


class _Ours:
    """When the tickets that are here were created, those that were set aside among them, as sorted days."""

    def __init__(self, run: Run) -> None:
        from maitred.sync.reconciling import tickets_of

        rows = tickets_of(run.workspace, run.account.slug, ["external_id", "created_at", "deleted_at", "delete_kind"])
        live = rows.filter(pc.and_(pc.is_null(rows["deleted_at"]), pc.is_null(rows["delete_kind"])))
        stamps = live["created_at"].cast(pa.timestamp("s", tz="UTC"), safe=False).cast(pa.int64()).to_numpy()
        self._loaded = np.sort(stamps // 86_400)
        asides = list(_set_aside(run, rows["external_id"].combine_chunks()))
        days = [(one - _EPOCH).days for one in asides if one is not None]
        self._aside = np.sort(np.array(days, np.int64))
        self.undated = sum(1 for one in asides if one is None)

    @property
    def first(self) -> date | None:
        """The first day on which a ticket was created."""
        return _EPOCH + int(self._loaded[0]) * _DAY if len(self._loaded) else None

    def between(self, begins: date, ends: date) -> tuple[int, int]:
        """Tickets that were loaded, and set aside, of days from one on and before another."""
        edges = [(begins - _EPOCH).days, (ends - _EPOCH).days]
        loaded, aside = np.searchsorted(self._loaded, edges), np.searchsorted(self._aside, edges)
        return int(loaded[1] - loaded[0]), int(aside[1] - aside[0])


def _set_aside(run: Run, known: pa.Array) -> Iterator[date | None]:
    """The day of each record of a ticket that was set aside and of which no other state is here; None where unknown."""
    slug, stream = run.account.slug, run.ticket_standing().stream
    here, seen = set(known.to_pylist()), set[object]()
    pages: dict[str, list[bytes]] = {}
    for sha, line, key in run.standings.set_aside(stream, MOST_ASIDE):
        if key in here or (key or (sha, line)) in seen:
            continue
        seen.add(key or (sha, line))
        if sha not in pages:
            pages = {sha: _lines(run, slug, stream, sha)}
        lines = pages[sha]
        yield _created(lines[line]) if line < len(lines) else None


def _lines(run: Run, slug: str, stream: str, sha: str) -> list[bytes]:
    try:
        return landing.read(run.workspace.landing, slug, stream, sha, "jsonl").splitlines()
    except (MaitredError, OSError):
        return []


def _created(line: bytes) -> date | None:
    with suppress(ValueError):
        record = orjson.loads(line)
        for name in _CREATED if isinstance(record, dict) else ():
            if isinstance(record.get(name), str):
                found = datetime.fromisoformat(record[name])
                return found.astimezone(UTC).date() if found.tzinfo else found.date()
    return None


def _months(first: date, until: date) -> Iterator[tuple[date, date]]:
    """The months from a day on and before another, the newest first; those at the ends may be parts."""
    ends = until
    while ends > first:
        begins = max(first, (ends - _DAY).replace(day=1))
        yield begins, ends
        ends = begins


def _is_whole(begins: date, ends: date) -> bool:
    return begins.day == 1 and ends.day == 1


def _span(name: str) -> tuple[datetime, datetime]:
    """The instants between which a day or a month lies."""
    if len(name) == len("2026-03"):
        begins = date.fromisoformat(f"{name}-01")
        return _instant(begins), _instant((begins + 31 * _DAY).replace(day=1))
    begins = date.fromisoformat(name)
    return _instant(begins), _instant(begins + _DAY)


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
