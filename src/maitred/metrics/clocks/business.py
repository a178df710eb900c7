"""Compiled lookups of business time: open seconds before an instant, its inverse, and spans over schedule changes.

``sched`` below is the tuple of flat arrays of a ``ScheduleBook`` (``offset, opens, closes, before, day_offset,
day_index, day_base``); a schedule number of -1 means that none is in force: no second of it counts.
"""

from __future__ import annotations

from maitred.metrics.clocks.compiled import compiled, inlined

DAY = 86_400


@compiled
def open_before(sched, k, t):
    """Open seconds of schedule ``k`` before instant ``t`` (the cumulative function F)."""
    offset, opens, closes, before, day_offset, day_index, day_base = sched
    if k < 0:
        return 0
    lo = offset[k]
    hi = offset[k + 1]
    if hi == lo:
        return 0
    day = t // DAY - day_base[k]
    if day < 0:
        return 0
    last_day = day_offset[k + 1] - day_offset[k] - 1
    if day > last_day:
        day = last_day
    i = lo + day_index[day_offset[k] + day]
    while i + 1 < hi and opens[i + 1] <= t:
        i += 1
    if i < lo:
        return 0
    end = closes[i]
    return before[i] + (t if t < end else end) - opens[i]


@compiled
def reached(sched, k, seconds):
    """The earliest instant at which schedule ``k`` has been open for ``seconds`` (the inverse of F); -1 if never."""
    offset, opens, closes, before, day_offset, day_index, day_base = sched
    if k < 0:
        return -1
    lo = offset[k]
    hi = offset[k + 1]
    if hi == lo:
        return -1
    if seconds <= 0:
        return opens[lo]
    a = lo
    b = hi - 1
    while a < b:  # the last interval with fewer than `seconds` open before it
        middle = (a + b + 1) // 2
        if before[middle] < seconds:
            a = middle
        else:
            b = middle - 1
    if before[a] + closes[a] - opens[a] < seconds:
        return -1
    return opens[a] + seconds - before[a]


@inlined
def span_all(sched, change_at, change_to, changes, a, b):
    """Business seconds of ``[a, b)``, each part measured by the schedule in force then."""
    if b <= a:
        return 0
    if changes == 1:
        k = change_to[0]
        return open_before(sched, k, b) - open_before(sched, k, a)
    total = 0
    for c in range(changes):
        start = change_at[c]
        end = change_at[c + 1] if c + 1 < changes else b
        if start < a or c == 0:
            start = a
        if end > b:
            end = b
        if end > start:
            k = change_to[c]
            total += open_before(sched, k, end) - open_before(sched, k, start)
    return total


@inlined
def span_last(sched, k, a, b):
    """Business seconds of ``[a, b)`` measured throughout by schedule ``k``, the one in force at its end."""
    if b <= a:
        return 0
    return open_before(sched, k, b) - open_before(sched, k, a)
