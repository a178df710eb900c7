"""Waits that are recorded as waiting for the customer although they are not: a rewriting of the log's statuses.

What happened stays as it was: the same messages at the same instants by the same people. Only STATUS records are added
or changed, so clocks that pause in pending show less than customers waited.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from maitred.canon.tables import STATUSES
from maitred.floor.logbook import SYSTEM, Kind
from maitred.floor.plants.planted import opening
from maitred.floor.world import World

OPEN, PENDING, NEW = STATUSES.index("open"), STATUSES.index("pending"), STATUSES.index("new")
MILLISECOND = timedelta(milliseconds=1)


def parked_waits(
    world: World,
    log: NDArray[np.void],
    place: int,
    window: tuple[datetime, datetime],
    *,
    share: float,
    minutes: float,
    agents: Sequence[int] = (),
    queues: Sequence[int] = (),
) -> NDArray[np.void]:
    """The log with a share of long waits recorded as pending.

    Parameters
    ----------
    log
        ``logbook.RECORD`` in total order.
    place
        Position of the plant: the ``cause`` of the records added.
    window
        Waits that begin in it, the end excluded.
    share, minutes
        Which part of the waits that last longer than so many minutes; drawn by ticket and turn.
    agents, queues
        Only waits that end with one of these people, or in one of these groups; empty: all.
    """
    if not len(log):
        return log
    began, ended = waits(log)
    lag = round(minutes * 60_000)
    low, high = (round((one - opening(world) + timedelta(days=world.warmup)) / MILLISECOND) for one in window)
    start = log["time"][began]
    chosen = (start >= low) & (start < high) & (log["time"][ended] - start > lag)
    if len(agents):
        chosen &= np.isin(log["new"][ended], np.asarray(agents))
    if len(queues):
        chosen &= np.isin(log["queue"][ended], np.asarray(queues))
    began, ended = began[chosen], ended[chosen]
    lots = _lots(world.seed, place, log["ticket"][began], log["time"][began])
    began, ended = began[lots < share], ended[lots < share]
    return _rewritten(log, place, began, ended, lag, by_person=len(agents) > 0)


def waits(log: NDArray[np.void]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the record that begins a wait of a customer (CREATED or a STATUS to open) and of the ASSIGNED
    to a person that ends it, with nothing between them that changes the status."""
    kinds = log["kind"]
    begins = (kinds == Kind.CREATED) | ((kinds == Kind.STATUS) & (log["new"] == OPEN) & (log["old"] != NEW))
    ends = (kinds == Kind.ASSIGNED) & (log["new"] >= 0)
    others = (kinds == Kind.STATUS) | (kinds == Kind.ABANDONED) | (kinds == Kind.MERGED)
    rows = np.flatnonzero(begins | ends | others)
    rows = rows[np.argsort(log["ticket"][rows], kind="stable")]
    first, second = rows[:-1], rows[1:]
    pairs = begins[first] & ends[second] & (log["ticket"][first] == log["ticket"][second])
    return first[pairs], second[pairs]


def _lots(seed: int, place: int, ticket: NDArray[np.int32], time: NDArray[np.int64]) -> NDArray[np.float64]:
    from maitred.floor.streams import Purpose, uniforms

    keys = (ticket.astype(np.uint64) << np.uint64(32)) ^ time.astype(np.uint64)
    drawn: NDArray[np.float64] = uniforms(np.uint64(seed), int(Purpose.PARK), keys, 1_000_000 + place)
    return drawn


def _rewritten(
    log: NDArray[np.void],
    place: int,
    began: NDArray[np.int64],
    ended: NDArray[np.int64],
    lag: int,
    *,
    by_person: bool,
) -> NDArray[np.void]:
    """The log with pending from ``lag`` after each beginning up to its end."""
    if not len(began):
        return log
    changed = log.copy()
    was = np.where(log["kind"][began] == Kind.CREATED, NEW, OPEN)
    pausing = changed[ended].copy()
    pausing["time"] = log["time"][began] + lag
    pausing["old"], pausing["new"] = was, PENDING
    resuming = changed[ended].copy()
    resuming["old"], resuming["new"] = PENDING, OPEN
    for added in (pausing, resuming):
        added["kind"], added["value"], added["turn"], added["cause"] = int(Kind.STATUS), 0, -1, place
    who = log["new"][ended] if by_person else SYSTEM
    pausing["actor"], resuming["actor"] = who, who
    fitting = _status_at_end(log, ended)
    changed["old"][fitting[fitting >= 0]] = PENDING
    return _ordered(np.concatenate((changed, pausing, resuming[fitting < 0])))


def _status_at_end(log: NDArray[np.void], ended: NDArray[np.int64]) -> NDArray[np.int64]:
    """Position of the STATUS new -> open that comes with each ASSIGNED, -1 where there is none."""
    rows = np.flatnonzero((log["kind"] == Kind.STATUS) & (log["old"] == NEW) & (log["new"] == OPEN))
    if not len(rows):
        return np.full(len(ended), -1, dtype=np.int64)
    keys, wanted = _key(log, rows), _key(log, ended)
    order = np.argsort(keys, kind="stable")
    place = np.minimum(np.searchsorted(keys[order], wanted), len(rows) - 1)
    nearest = order[place]
    return np.where(keys[nearest] == wanted, rows[nearest], -1)


def _key(log: NDArray[np.void], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ticket and time in one word; times of a world stay below 2^37 ms, four years."""
    key: NDArray[np.int64] = (log["ticket"][rows].astype(np.int64) << 37) | log["time"][rows]
    return key


def _ordered(log: NDArray[np.void]) -> NDArray[np.void]:
    """By time, then kind, then the order in which they were."""
    return log[np.lexsort((np.arange(len(log)), log["kind"], log["time"]))]
