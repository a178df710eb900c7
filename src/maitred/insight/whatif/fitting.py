"""From a history to a fitted floor: the history is read once, every estimator looks at it, the scalars are tuned.

The door is ``fit``; ``assembling`` makes the world of what the estimators found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maitred.floor.fitted import FittedWorld
from maitred.floor.world import CHANNELS, LIVE
from maitred.insight.whatif.attendance import Attendance, attendance
from maitred.insight.whatif.effort import Efforts, efforts
from maitred.insight.whatif.history import History
from maitred.insight.whatif.past import DAY, TAKEN, WEEK, Past, past
from maitred.insight.whatif.promises import Promises, promises

Ints = NDArray[np.int64]

FEWEST_WEEKS = 8
_FEWEST_TICKETS = 120
_MOST_CLASSES = 60


@dataclass(frozen=True, slots=True)
class NotEnoughData:
    """The answer where something cannot be done yet: there are ``n`` of the ``needed``."""

    n: int
    needed: int
    what: str = "weeks of history"

    def document(self) -> dict[str, Any]:
        return {"verdict": "not_enough_data", "n": self.n, "needed": self.needed, "what": self.what}


@dataclass(frozen=True, slots=True)
class Reading:
    """A history read once: everything that a fit and a replay share."""

    history: History
    known: Past
    zones: tuple[str, ...]
    zone: str
    """Of the default schedule."""
    closed: tuple[date, ...]
    names: tuple[str, ...]
    """Of the classes."""
    pairs: tuple[tuple[int, int], ...]
    """(channel, group) of each class."""
    class_: Ints
    promised: Promises
    efforts: Efforts
    attendance: Attendance


def fit(history: History, *, weeks: int = 26, until: datetime | None = None) -> FittedWorld | NotEnoughData:
    """Fit a floor to the last weeks of a workspace.

    Parameters
    ----------
    history
        Canonical tables of one workspace (``history_of``).
    weeks
        How many weeks at most; at least 8 are needed.
    until
        The fit knows nothing of what happened later; by default the end of the history. Whole days (UTC) are read.

    Returns
    -------
    FittedWorld or NotEnoughData
        With every parameter's interval, its n and how it was got. The global scalars are tuned on the last eight weeks
        of the window.
    """
    end = midnight(until or history.as_of)
    read = reading(history, end, weeks)
    if isinstance(read, NotEnoughData):
        return read
    from maitred.insight.whatif.assembling import assembled
    from maitred.insight.whatif.tuning import tuned

    return tuned(assembled(read, window_of(read.known, end, weeks)), read)


def reading(history: History, end: int, weeks: int = 26) -> Reading | NotEnoughData:
    """Read a history up to ``end`` (epoch ms)."""
    known = past(history, end)
    full = _weeks(known, end)
    if full < FEWEST_WEEKS:
        return NotEnoughData(full, FEWEST_WEEKS)
    zone = _default_zone(history)
    zones = tuple(one or zone for one in known.agent_zones)
    closed = _closed(history)
    names, pairs, class_ = _classes(known, end - weeks * WEEK)
    if not names:
        return NotEnoughData(int(known.tickets.human.sum()), _FEWEST_TICKETS, "tickets")
    families = np.array([channel for channel, _ in pairs], np.int64)
    worked = efforts(history, known, class_, families, end - weeks * WEEK)
    first, last = day_of(end - min(weeks, full) * WEEK), day_of(end - 1)
    time, agent, begun = _deeds(known, worked)
    there = attendance(time, agent, begun, zones, first, last, closed)
    promised = promises(history, known, end - 1)
    return Reading(history, known, zones, zone, closed, names, pairs, class_, promised, worked, there)


def midnight(instant: datetime) -> int:
    return int(instant.timestamp() * 1000) // DAY * DAY


def _weeks(known: Past, end: int) -> int:
    """Whole weeks up to ``end`` since the history is complete: what lingered from before its start makes no week."""
    ago = (end - 1 - known.tickets.created) // WEEK
    counts = np.bincount(ago[ago >= 0])
    if not len(counts):
        return 0
    full = counts >= 0.25 * np.median(counts[counts > 0][:FEWEST_WEEKS])
    return int(np.argmin(full)) if not full.all() else int((end - int(known.tickets.created.min())) // WEEK)


def window_of(known: Past, end: int, weeks: int) -> tuple[int, int]:
    return end - min(weeks, _weeks(known, end)) * WEEK, end


def day_of(instant: int) -> date:
    return datetime.fromtimestamp(instant / 1000, UTC).date()


def _default_zone(history: History) -> str:
    rows = history.schedules.to_pylist()
    chosen = next((row for row in rows if row["is_default"]), rows[0] if rows else None)
    return str(chosen["tz"]) if chosen else "UTC"


def _closed(history: History) -> tuple[date, ...]:
    """Days on which every schedule is closed."""
    days: dict[date, set[str]] = {}
    for row in history.schedule_holidays.to_pylist():
        day = row["start_date"]
        while day <= row["end_date"]:
            days.setdefault(day, set()).add(row["schedule_id"])
            day += timedelta(days=1)
    everyone = max(1, history.schedules.num_rows)
    return tuple(sorted(day for day, of in days.items() if len(of) >= everyone))


def _classes(known: Past, since: int) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...], Ints]:
    """Channel x group where counts allow; what is rare joins the largest of its group that is live (or not) as well."""
    tickets = known.tickets
    fair = tickets.human & ~tickets.gone & (tickets.group >= 0)
    recent = fair & (tickets.created >= since)
    counts = np.zeros((len(CHANNELS), max(1, len(known.groups))), np.int64)
    np.add.at(counts, (tickets.channel[recent], tickets.group[recent]), 1)
    live = np.array([one in LIVE for one in CHANNELS])
    target: dict[tuple[int, int], tuple[int, int]] = {}
    kept = [
        (int(channel), int(group))
        for channel, group in np.argwhere(counts > 0)
        if counts[channel, group] >= _FEWEST_TICKETS
        or counts[channel, group] == counts[live == live[channel], group].max()
    ][:_MOST_CLASSES]
    for channel in range(len(CHANNELS)):
        for group in range(len(known.groups)):
            alike = [one for one in kept if one[1] == group and live[one[0]] == live[channel]]
            if (channel, group) in kept:
                target[channel, group] = (channel, group)
            elif alike:
                target[channel, group] = max(alike, key=lambda one: counts[one])
    table = np.full(counts.shape, -1, np.int64)
    for cell, whither in target.items():
        table[cell] = kept.index(whither)
    class_ = np.where(fair, table[tickets.channel, np.maximum(tickets.group, 0)], -1)
    names = tuple(f"{CHANNELS[channel]} · {known.group_names[group]}" for channel, group in kept)
    return names, tuple(kept), class_.astype(np.int64)


def _deeds(known: Past, worked: Efforts) -> tuple[Ints, Ints, Ints]:
    """What shows presence: (time, agent, instant from which they must have been there), by time."""
    work = known.segments
    usual = np.minimum(worked.seconds, 3_600.0) * 500.0
    start = np.where(work.taken >= 0, work.taken, np.maximum(work.begun, work.end - usual)).astype(np.int64)
    start = np.where(work.end - start > 2 * 3_600_000, work.end, start)
    taken = known.actions.what == TAKEN
    time = np.concatenate([work.end, known.actions.time[taken]])
    agent = np.concatenate([work.agent, known.actions.agent[taken]])
    begun = np.concatenate([start, known.actions.time[taken]])
    order = np.lexsort((agent, time))
    return time[order], agent[order], begun[order]
