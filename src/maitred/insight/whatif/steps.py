"""Whether a history holds a real change that a backtest can be held against: another promise, or a step in staffing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.insight.whatif.history import History

WEEK_S = 7 * 86_400
BEFORE, AFTER = 9, 2
"""Whole weeks that a change needs before it, to be fitted on, and after it, to be judged on."""
STEADY = 4
"""Weeks on each side over which people are counted."""
STEP = 0.15
"""Smallest relative change of the number of people that counts as a step."""


@dataclass(frozen=True, slots=True)
class Change:
    """A real change: since when, of which kind, and what it is in words."""

    at: datetime
    kind: Literal["promise", "staffing"]
    says: str


def real_change(history: History) -> Change | None:
    """The newest change of a promise, else the largest step in the number of people at work; None where there is none.

    A promise has changed where a policy or one of its targets begins inside the history. A staffing step is a week from
    which on, over four weeks, at least 15 % more or fewer people act than over the four before.
    """
    if not history.tickets.num_rows:
        return None
    first = pc.min(history.tickets["created_at"]).as_py()
    earliest, latest = first + timedelta(weeks=BEFORE), history.as_of - timedelta(weeks=AFTER)
    return _promise(history, earliest, latest) or _staffing(history, first, earliest, latest)


def _promise(history: History, earliest: datetime, latest: datetime) -> Change | None:
    begun = [
        (row["valid_from"], row["name"])
        for row in history.sla_policies.to_pylist()
        if row["deleted_at"] is None and row["valid_from"] is not None and earliest <= row["valid_from"] <= latest
    ]
    if not begun:
        return None
    at, name = max(begun, key=lambda one: (one[0], one[1] or ""))
    return Change(at, "promise", f"policy {name} has been in force since {at.date()}")


def _staffing(history: History, first: datetime, earliest: datetime, latest: datetime) -> Change | None:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    start += timedelta(days=(7 - start.weekday()) % 7)
    people = _people(history, start)
    best: Change | None = None
    largest = STEP
    for week in range(STEADY, len(people) - STEADY + 1):
        at = start + timedelta(weeks=week)
        before, after = people[week - STEADY : week].mean(), people[week : week + STEADY].mean()
        if before <= 0 or not earliest <= at <= latest or abs(after / before - 1) < largest:
            continue
        largest = abs(after / before - 1)
        best = Change(at, "staffing", f"{after:.0f} people a week at work since {at.date()}, {before:.0f} before")
    return best


def _people(history: History, start: datetime) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many agents act in each whole week since ``start``."""
    agents = history.users.filter(pc.is_in(history.users["role"], value_set=pa.array(["agent", "admin"])))
    acted = [
        (history.ticket_events["actor_id"], history.ticket_events["occurred_at"]),
        (history.messages["author_id"], history.messages["sent_at"]),
    ]
    weeks = int((history.as_of - start).total_seconds() // WEEK_S)
    pairs = []
    for who, when in acted:
        place = pc.index_in(who, value_set=agents["external_id"].combine_chunks())
        seconds = pc.divide(pc.cast(when, pa.int64()), 1_000_000).to_numpy() - int(start.timestamp())
        known = pc.is_valid(place).to_numpy() & (seconds >= 0) & (seconds < weeks * WEEK_S)
        numbers = pc.fill_null(place, 0).to_numpy().astype(np.int64)
        pairs.append((seconds[known] // WEEK_S) * max(1, agents.num_rows) + numbers[known])
    distinct = np.unique(np.concatenate(pairs))
    return np.bincount(distinct // max(1, agents.num_rows), minlength=max(0, weeks)).astype(np.int64)
