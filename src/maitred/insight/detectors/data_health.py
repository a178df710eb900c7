"""Can today's data be trusted? For managers who must not read a quiet day into a broken connection.

Two rows: the newest event is older than agreed, measured at the instant of the look in time that is not off (then no
confident finding is made); and days on which nothing of a kind arrived where weekdays like it always had some.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.saying import when
from maitred.insight.detectors.scan import unusual
from maitred.insight.evidence.tables import Days, Evidence, Flags, Floats, Ints

LAG_S: Final = 86_400
"""Seconds, days off not counted, after which the newest event is older than agreed."""
STALE: Final = "data_health.stale#1"
GAP: Final = "data_health.gap#1"
FEWEST: Final = 10
"""Events that a day must usually have for their absence to say something."""
REMEMBERED: Final = 14
"""Days for which a gap is told."""
_BACK = 8
_SHORTEST = 14
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Stream:
    """One kind of rows: sorted instants, rows a day, and rows that a day of its kind usually has."""

    name: str
    at: Ints
    daily: Floats
    usual: Floats


def prepare(evidence: Evidence) -> Watch:
    """Rows of every kind by day, and the look at what is missing."""
    kinds = _streams(evidence)
    every = _stream("events", np.concatenate([one.at for one in kinds]), evidence.days)
    holes = {one.name: _holes(one, evidence.days) for one in (every, *kinds)}
    subject = Subject("workspace", evidence.source, evidence.source, evidence.source)

    def watch(moment: Moment) -> Looked:
        n = int(np.searchsorted(every.at, moment.at, side="left"))
        if n == 0:
            return Looked()
        checked = (Checked("data_health", "events", n),)
        stale = _stale(evidence, every, subject, moment, int(every.at[n - 1]), n)
        found = [stale] if stale is not None else []
        return Looked((*found, *_gaps(evidence, every, kinds, holes, subject, moment)), checked)

    return watch


def _streams(evidence: Evidence) -> tuple[_Stream, ...]:
    rows = {
        "tickets": evidence.tickets.created,
        "messages": evidence.messages.sent_at,
        "changes of status": evidence.statuses.from_at,
        "ratings": evidence.ratings.rated_at,
    }
    return tuple(_stream(name, at, evidence.days) for name, at in rows.items())


def _stream(name: str, at: Ints, days: Days) -> _Stream:
    at = np.sort(at)
    day = days.of(at)
    daily = np.bincount(day[day >= 0], minlength=len(days))[: len(days)].astype(np.float64)
    return _Stream(name, at, daily, _usual(daily, days))


def _usual(daily: Floats, days: Days) -> Floats:
    """The lower quartile of the same weekday over eight weeks before each day; 0 while there are fewer than three."""
    found = np.zeros(len(daily))
    for day in range(7, len(daily)):
        before = np.arange(day - 7, max(-1, day - 7 * _BACK - 1), -7)
        before = before[~days.off[before] | bool(days.off[day])]
        before = before[daily[before] > 0] if len(before) > 3 else before
        if len(before) >= 3:
            found[day] = np.quantile(daily[before], 0.25)
    return found


def _holes(stream: _Stream, days: Days) -> Flags:
    """Days without a row where there usually are enough; holidays and the days after them say nothing."""
    return np.asarray((stream.daily == 0) & (stream.usual >= FEWEST) & ~unusual(days) & ~days.off, np.bool_)


def _stale(
    evidence: Evidence, every: _Stream, subject: Subject, moment: Moment, newest: int, n: int
) -> Candidate | None:
    waited = _on(evidence.days, newest, moment.at)
    if waited <= LAG_S or n < FEWEST:
        return None
    usual = every.usual[max(0, moment.days - 28) : moment.days]
    if moment.days >= _SHORTEST and not (usual >= 1).any():
        return None
    since = min(int(evidence.days.of(np.array([newest]))[0]), max(0, len(evidence.days) - 1))
    hours = (moment.at - newest) / 3600
    title = f"The newest event is {hours:.0f} hours old: the data end on {when(evidence.days, since)}"
    size = Size(float(moment.at - newest), float(moment.at - newest), float(moment.at - newest), "seconds")
    cause = Cause("configuration", "nothing has been read from the helpdesk since", 0.7)
    return Candidate(
        "data_health", STALE, subject, "arrivals#1", since, size, n, title, 0.99, _NONE, cause=cause
    )  # fmt: skip


def _on(days: Days, begin: int, end: int) -> float:
    """Seconds between two instants on days that are not off; beyond the known days the week goes on as usual."""
    starts, off = days.starts, days.off
    if end > int(starts[-1]):
        more = np.arange(1, (end - int(starts[-1])) // 86_400 + 2)
        last = (len(days) - 1 + days.first.weekday() + more) % 7
        closed = np.array([_closed(days, weekday) for weekday in range(7)])
        starts, off = np.concatenate([starts, starts[-1] + 86_400 * more]), np.concatenate([off, closed[last]])
    until = np.append(starts[1:], max(end, int(starts[-1]) + 86_400))
    shared = np.minimum(until, end) - np.maximum(starts, begin)
    return float(np.maximum(shared, 0)[~off].sum())


def _closed(days: Days, weekday: int) -> bool:
    mine = days.off[(np.arange(len(days)) + days.first.weekday()) % 7 == weekday]
    return bool(len(mine)) and float(np.mean(mine)) > 0.5


def _gaps(
    evidence: Evidence,
    every: _Stream,
    kinds: tuple[_Stream, ...],
    holes: dict[str, Flags],
    subject: Subject,
    moment: Moment,
) -> Iterator[Candidate]:
    """One row for what is missing: all rows of a day, else rows of one kind while others came."""
    first = max(0, moment.days - REMEMBERED)
    for one in (every, *kinds):
        recent = np.flatnonzero(holes[one.name][first : moment.days]) + first
        if len(recent) == 0 or (one is not every and not _ends(one, recent, moment)):
            continue
        if one is every and one.daily[recent[-1] : moment.days].sum() == 0:
            continue
        days = len(recent)
        missing = float(one.usual[recent].sum())
        told = when(evidence.days, int(recent[0]))
        title = f"No {one.name} on {days} {'day' if days == 1 else 'days'} since {told} where there always are some"
        size = Size(-missing, -2 * missing, -1.0, "tickets")
        cause = Cause("configuration", f"about {missing:.0f} {one.name} are missing", 0.6)
        yield Candidate(
            "data_health", GAP, subject, "arrivals#1", int(recent[0]), size, days, title, 0.9, _NONE, cause=cause
        )  # fmt: skip
        return


def _ends(one: _Stream, recent: Ints, moment: Moment) -> bool:
    """Whether a kind of rows is really missing: two days of it, or one with rows on both sides."""
    return len(recent) >= 2 or bool(one.daily[recent[-1] + 1 : moment.days].sum() > 0)


DETECTORS: Final = (Detector(STALE, "data_health", prepare),)
"""What this module offers."""
