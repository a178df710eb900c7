"""The engine's own containers: the heap of what is born in the loop, timers of constant delay, backlogs, sets of
agents.

A backlog is a doubly linked list through the tickets themselves, one for each (group, need, lane, priority, promise):
anything can leave it from anywhere at once, and it needs no room of its own. The heap orders by (time, rank of the
kind, sequence), packed into one word. Delays that are the same for all (closing, lapsing) are rings in order of time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe import numbers

from maitred.floor.jit import compiled, inlined
from maitred.floor.layout import (
    BUCKETS,
    HEAP,
    LANES,
    NEEDS,
    NOW,
    QUEUE_AREA,
    QUEUE_SINCE,
    QUEUED,
    RANK_SHIFT,
    SEQUENCE,
    SEQUENCES,
    TIME_SHIFT,
    WORDS,
)

_zeros: Any = numbers.trailing_zeros
ONE, NONE = np.uint64(1), np.uint64(0)
_55, _33, _0F, _01 = (
    np.uint64(0x5555555555555555),
    np.uint64(0x3333333333333333),
    np.uint64(0x0F0F0F0F0F0F0F0F),
    np.uint64(0x0101010101010101),
)
_U1, _U2, _U4, _U56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)


@inlined
def lowest(word: Any) -> Any:
    """Position of the lowest set bit."""
    return np.int64(_zeros(word))


@inlined
def counted(word: Any) -> Any:
    """Number of set bits."""
    word = word - ((word >> _U1) & _55)
    word = (word & _33) + ((word >> _U2) & _33)
    word = (word + (word >> _U4)) & _0F
    return np.int64((word * _01) >> _U56)


@inlined
def push(f: Any, time: int, rank: int, value: int) -> None:
    """Let something happen at ``time``."""
    n = f.n
    heap = f.heap
    key = (time << TIME_SHIFT) | (rank << RANK_SHIFT) | (n[SEQUENCE] & SEQUENCES)
    n[SEQUENCE] += 1
    place = n[HEAP]
    n[HEAP] = place + 1
    while place > 0:
        above = (place - 1) >> 1
        if heap[above].key <= key:
            break
        heap[place].key = heap[above].key
        heap[place].value = heap[above].value
        place = above
    heap[place].key = key
    heap[place].value = value


@inlined
def pop(f: Any) -> None:
    """Drop the first entry: its hole sinks to the bottom, and the last entry rises from there."""
    n = f.n
    heap = f.heap
    size = n[HEAP] - 1
    n[HEAP] = size
    if size == 0:
        return
    key, value = heap[size].key, heap[size].value
    place = 0
    child = 1
    while child + 1 < size:
        if heap[child + 1].key < heap[child].key:
            child += 1
        heap[place].key = heap[child].key
        heap[place].value = heap[child].value
        place = child
        child = 2 * place + 1
    if child < size:
        heap[place].key = heap[child].key
        heap[place].value = heap[child].value
        place = child
    while place > 0:
        above = (place - 1) >> 1
        if heap[above].key <= key:
            break
        heap[place].key = heap[above].key
        heap[place].value = heap[above].value
        place = above
    heap[place].key = key
    heap[place].value = value


@inlined
def later(ring: Any, n: Any, tail: int, time: int, ticket: int) -> None:
    """Append to a ring of constant delay."""
    entry = ring[n[tail] & (len(ring) - 1)]
    entry.time = time
    entry.ticket = ticket
    n[tail] += 1


@inlined
def put_bit(f: Any, row: int, agent: int, on: bool) -> None:
    """Set or clear one agent in one set."""
    place = row * f.n[WORDS] + (agent >> 6)
    bit = ONE << np.uint64(agent & 63)
    if on:
        f.words[place] |= bit
    else:
        f.words[place] &= ~bit


@inlined
def has_bit(f: Any, row: int, agent: int) -> Any:
    """Whether an agent is in a set."""
    return (f.words[row * f.n[WORDS] + (agent >> 6)] >> np.uint64(agent & 63)) & ONE != NONE


@inlined
def tick_area(f: Any, change: int) -> None:
    """Count waiting tickets over time (for Little's law) and change their number."""
    n = f.n
    n[QUEUE_AREA] += n[QUEUED] * (n[NOW] - n[QUEUE_SINCE])
    n[QUEUE_SINCE] = n[NOW]
    n[QUEUED] += change


@inlined
def queue_of(f: Any, ticket: int) -> Any:
    """(group, need, lane) of a ticket as one number."""
    t = f.tickets[ticket]
    c = f.classes[t.class_]
    need = f.needs[t.group * f.n[NEEDS] + c.need]
    return (t.group * f.n[NEEDS] + need) * LANES + c.lane


@compiled
def append(f: Any, ticket: int, base: int, bucket: int, front: bool) -> None:
    """Put a ticket at the end, or the front, of a backlog."""
    live = f.live[ticket]
    queue = f.queues[base * BUCKETS + bucket]
    live.bucket = bucket
    if queue.head < 0:
        live.next = -1
        live.previous = -1
        queue.head = ticket
        queue.tail = ticket
        f.full[base] |= ONE << np.uint64(bucket)
        lane = base % LANES
        group_need = base // LANES
        f.waiting[(group_need // f.n[NEEDS]) * LANES + lane] |= ONE << np.uint64(group_need % f.n[NEEDS])
    elif front:
        live.previous = -1
        live.next = queue.head
        f.live[queue.head].previous = ticket
        queue.head = ticket
    else:
        live.next = -1
        live.previous = queue.tail
        f.live[queue.tail].next = ticket
        queue.tail = ticket
    tick_area(f, 1)


@compiled
def leave(f: Any, ticket: int) -> None:
    """Take a ticket out of its backlog, wherever it stands."""
    live = f.live[ticket]
    base = queue_of(f, ticket)
    queue = f.queues[base * BUCKETS + live.bucket]
    if live.previous >= 0:
        f.live[live.previous].next = live.next
    else:
        queue.head = live.next
    if live.next >= 0:
        f.live[live.next].previous = live.previous
    else:
        queue.tail = live.previous
    if queue.head < 0:
        f.full[base] &= ~(ONE << np.uint64(live.bucket))
        if f.full[base] == NONE:
            lane = base % LANES
            group_need = base // LANES
            f.waiting[(group_need // f.n[NEEDS]) * LANES + lane] &= ~(ONE << np.uint64(group_need % f.n[NEEDS]))
    live.stamp += 1
    tick_area(f, -1)


@compiled
def keep_own(f: Any, agent: int, ticket: int) -> None:
    """Put a ticket at the end of an agent's own list."""
    a = f.agents[agent]
    live = f.live[ticket]
    live.next = -1
    live.previous = a.tail
    if a.tail >= 0:
        f.live[a.tail].next = ticket
    else:
        a.head = ticket
    a.tail = ticket
    tick_area(f, 1)


@compiled
def leave_own(f: Any, agent: int, ticket: int) -> None:
    """Take a ticket out of an agent's own list."""
    a = f.agents[agent]
    live = f.live[ticket]
    if live.previous >= 0:
        f.live[live.previous].next = live.next
    else:
        a.head = live.next
    if live.next >= 0:
        f.live[live.next].previous = live.previous
    else:
        a.tail = live.previous
    live.stamp += 1
    tick_area(f, -1)
