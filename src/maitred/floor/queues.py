"""The engine's own containers: the heap of what is born in the loop, timers of constant delay, backlogs, sets of
agents.

A backlog is a doubly linked list through the tickets themselves, one for each (group, need, lane, priority, promise):
anything can leave it from anywhere at once, and it needs no room of its own. The heap orders by (time, rank of the
kind, sequence), packed into one word. What is more than a slice of two minutes away waits in a ring of slices: the
heap stays small, and what is overtaken meanwhile (most of customers' patience) never enters it. Delays that are the
same for all (closing, lapsing) are rings in order of time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe import numbers

from maitred.floor.jit import compiled, inlined
from maitred.floor.layout import (
    AT_AGENT,
    AT_PATIENCE,
    BUCKETS,
    LANES,
    RANK_SHIFT,
    SEQUENCES,
    SLICE_SHIFT,
    SLICES,
    TIME_SHIFT,
)
from maitred.floor.memory import (
    agent_at,
    class_at,
    closing_at,
    full_at,
    heap_at,
    lapsing_at,
    live_at,
    need_at,
    node_at,
    queue_at,
    slice_at,
    ticket_at,
    waiting_at,
    word_at,
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
    key = (time << TIME_SHIFT) | (rank << RANK_SHIFT) | (f.sequence & SEQUENCES)
    f.sequence += 1
    if time < f.opened:
        push_key(f, key, value)
    else:
        put_off(f, key, value)


@compiled
def push_key(f: Any, key: int, value: int) -> None:
    """Into the heap: from the bottom to where it belongs."""
    place = f.heap
    f.heap = place + 1
    while place > 0:
        above = (place - 1) >> 1
        if heap_at(f, above).key <= key:
            break
        heap_at(f, place).key = heap_at(f, above).key
        heap_at(f, place).value = heap_at(f, above).value
        place = above
    heap_at(f, place).key = key
    heap_at(f, place).value = value


@compiled
def put_off(f: Any, key: int, value: int) -> None:
    """Into its slice, or the last one of the ring, from which it is put off again."""
    at = f.free
    if at >= 0:
        f.free = node_at(f, at).next
    else:
        at = f.nodes
        f.nodes += 1
    ahead = min((key >> (TIME_SHIFT + SLICE_SHIFT)) - f.slice, SLICES - 1)
    head = slice_at(f, (f.slice + ahead) & (SLICES - 1))
    node = node_at(f, at)
    node.key = key
    node.value = value
    node.next = head.value
    head.value = at


@compiled
def open_slice(f: Any) -> None:
    """The next slice goes into the heap, but for what no longer means anything."""
    head = slice_at(f, f.slice & (SLICES - 1))
    at = np.int64(head.value)
    head.value = -1
    f.slice += 1
    f.opened = f.slice << SLICE_SHIFT
    while at >= 0:
        node = node_at(f, at)
        following, key, value = node.next, node.key, node.value
        node.next = f.free
        f.free = at
        at = following
        if key >> TIME_SHIFT >= f.opened:
            put_off(f, key, value)
        elif means_something(f, key, value):
            push_key(f, key, value)
        else:
            f.stale += 1


@inlined
def means_something(f: Any, key: int, value: int) -> Any:
    """Whether what was expected of an agent, or of a waiting customer, has not been overtaken."""
    rank = (key >> RANK_SHIFT) & 7
    if rank == AT_AGENT:
        return agent_at(f, value & 0xFFFFFFFF).stamp == value >> 32
    if rank == AT_PATIENCE:
        return live_at(f, value & 0xFFFFFFFF).stamp == value >> 32
    return True


@inlined
def pop(f: Any) -> None:
    """Drop the first entry: its hole sinks to the bottom, and the last entry rises from there."""
    size = f.heap - 1
    f.heap = size
    if size == 0:
        return
    key, value = heap_at(f, size).key, heap_at(f, size).value
    place = 0
    child = 1
    while child + 1 < size:
        if heap_at(f, child + 1).key < heap_at(f, child).key:
            child += 1
        heap_at(f, place).key = heap_at(f, child).key
        heap_at(f, place).value = heap_at(f, child).value
        place = child
        child = 2 * place + 1
    if child < size:
        heap_at(f, place).key = heap_at(f, child).key
        heap_at(f, place).value = heap_at(f, child).value
        place = child
    while place > 0:
        above = (place - 1) >> 1
        if heap_at(f, above).key <= key:
            break
        heap_at(f, place).key = heap_at(f, above).key
        heap_at(f, place).value = heap_at(f, above).value
        place = above
    heap_at(f, place).key = key
    heap_at(f, place).value = value


@inlined
def close_later(f: Any, ticket: int) -> None:
    """A solved ticket closes after some days, unless the world ends before."""
    if f.now + f.close_ms >= f.end:
        return
    entry = closing_at(f, f.close_tail & (f.closing_room - 1))
    entry.time = f.now + f.close_ms
    entry.ticket = ticket
    f.close_tail += 1


@inlined
def lapse_later(f: Any, ticket: int, delay: int) -> None:
    """A pending ticket lapses after a delay that is the same for all, unless the world ends before."""
    if f.now + delay >= f.end:
        return
    entry = lapsing_at(f, f.lapse_tail & (f.lapsing_room - 1))
    entry.time = f.now + delay
    entry.ticket = ticket
    f.lapse_tail += 1


@inlined
def put_bit(f: Any, row: int, agent: int, on: bool) -> None:
    """Set or clear one agent in one set."""
    place = row * f.words + (agent >> 6)
    bit = ONE << np.uint64(agent & 63)
    if on:
        word_at(f, place).bits |= bit
    else:
        word_at(f, place).bits &= ~bit


@inlined
def has_bit(f: Any, row: int, agent: int) -> Any:
    """Whether an agent is in a set."""
    return (word_at(f, row * f.words + (agent >> 6)).bits >> np.uint64(agent & 63)) & ONE != NONE


@inlined
def tick_area(f: Any, change: int) -> None:
    """Count waiting tickets over time (for Little's law) and change their number."""
    f.queue_area += f.queued * (f.now - f.queue_since)
    f.queue_since = f.now
    f.queued += change


@inlined
def queue_of(f: Any, ticket: int) -> Any:
    """(group, need, lane) of a ticket as one number."""
    t = ticket_at(f, ticket)
    c = class_at(f, t.class_)
    need = need_at(f, t.group * f.needs + c.need).value
    return (t.group * f.needs + need) * LANES + c.lane


@compiled
def append(f: Any, ticket: int, base: int, bucket: int, front: bool) -> None:
    """Put a ticket at the end, or the front, of a backlog."""
    live = live_at(f, ticket)
    queue = queue_at(f, base * BUCKETS + bucket)
    live.bucket = bucket
    if queue.head < 0:
        live.next = -1
        live.previous = -1
        queue.head = ticket
        queue.tail = ticket
        full_at(f, base).bits |= ONE << np.uint64(bucket)
        lane = base % LANES
        group_need = base // LANES
        waiting_at(f, (group_need // f.needs) * LANES + lane).bits |= ONE << np.uint64(group_need % f.needs)
    elif front:
        live.previous = -1
        live.next = queue.head
        live_at(f, queue.head).previous = ticket
        queue.head = ticket
    else:
        live.next = -1
        live.previous = queue.tail
        live_at(f, queue.tail).next = ticket
        queue.tail = ticket
    tick_area(f, 1)


@compiled
def leave(f: Any, ticket: int) -> None:
    """Take a ticket out of its backlog, wherever it stands."""
    live = live_at(f, ticket)
    base = queue_of(f, ticket)
    queue = queue_at(f, base * BUCKETS + live.bucket)
    if live.previous >= 0:
        live_at(f, live.previous).next = live.next
    else:
        queue.head = live.next
    if live.next >= 0:
        live_at(f, live.next).previous = live.previous
    else:
        queue.tail = live.previous
    if queue.head < 0:
        full_at(f, base).bits &= ~(ONE << np.uint64(live.bucket))
        if full_at(f, base).bits == NONE:
            lane = base % LANES
            group_need = base // LANES
            waiting_at(f, (group_need // f.needs) * LANES + lane).bits &= ~(ONE << np.uint64(group_need % f.needs))
    live.stamp += 1
    tick_area(f, -1)


@compiled
def keep_own(f: Any, agent: int, ticket: int) -> None:
    """Put a ticket at the end of an agent's own list."""
    a = agent_at(f, agent)
    live = live_at(f, ticket)
    live.next = -1
    live.previous = a.tail
    if a.tail >= 0:
        live_at(f, a.tail).next = ticket
    else:
        a.head = ticket
    a.tail = ticket
    tick_area(f, 1)


@compiled
def leave_own(f: Any, agent: int, ticket: int) -> None:
    """Take a ticket out of an agent's own list."""
    a = agent_at(f, agent)
    live = live_at(f, ticket)
    if live.previous >= 0:
        live_at(f, live.previous).next = live.next
    else:
        a.head = live.next
    if live.next >= 0:
        live_at(f, live.next).previous = live.previous
    else:
        a.tail = live.previous
    live.stamp += 1
    tick_area(f, -1)
