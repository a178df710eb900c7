"""What a helpdesk holds of a run at an instant: which tickets are there, under which numbers, and their records.

Tickets of the hidden days are there only when they were still open at the first visible instant. Everything that the
tables and the vendor files tell is read from here, ticket by ticket, so that any range of tickets can be told alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property

import numba as nb
import numpy as np
from numpy.typing import NDArray

from maitred.canon.tables import STATUSES
from maitred.floor.customers import Population, population
from maitred.floor.latent import ms_of, origin
from maitred.floor.logbook import Kind
from maitred.floor.records import ids
from maitred.floor.run import Run
from maitred.floor.surveys import Surveys, surveys
from maitred.floor.world import World

_OPEN_BEFORE = STATUSES.index("solved")


@dataclass(frozen=True)
class Register:
    """The visible part of a run.

    Attributes
    ----------
    until
        The instant of the telling, in ms from the origin; nothing later is told.
    origin
        Epoch second of instant 0.
    log
        The engine's log as people recorded it (some plants change only what is written down).
    positions
        Positions in ``run.tickets`` of the visible tickets, in order of creation.
    rank
        The place of each of the run's tickets among the visible ones, -1 for the others.
    rows, bounds
        Log positions ticket by ticket, each ticket's in time order; ``rows[bounds[i]:bounds[i + 1]]`` are those of
        the visible ticket ``i``.
    """

    run: Run
    source: str
    until: int
    origin: int
    log: NDArray[np.void]
    positions: NDArray[np.int32]
    rank: NDArray[np.int64]
    rows: NDArray[np.int64]
    bounds: NDArray[np.int64]

    @property
    def world(self) -> World:
        return self.run.world

    @cached_property
    def population(self) -> Population:
        return population(self.world)

    @cached_property
    def surveys(self) -> Surveys:
        return surveys(self.run)

    @property
    def as_of(self) -> int:
        """Epoch second of the telling."""
        return self.origin + self.until // 1000

    @property
    def since(self) -> int:
        """Epoch second at which the organisation was set up, long before anything that is told."""
        return self.origin - 400 * 86_400

    def number(self, first: int, last: int) -> NDArray[np.int64]:
        """The helpdesk's numbers of the visible tickets in a range."""
        return np.arange(first, last, dtype=np.int64) + ids.TICKET

    def __len__(self) -> int:
        return len(self.positions)


def register(run: Run, source: str = "floor", until: datetime | None = None) -> Register:
    """The visible part of a run at an instant, by default the end of its last day."""
    world = run.world
    limit = ms_of(world, end(world) if until is None else min(until, end(world)))
    log = recorded(run)
    there = visible(run)
    there[run.tickets["created"] > limit] = False
    positions = np.flatnonzero(there).astype(np.int32)
    rank = np.full(len(run.tickets), -1, np.int64)
    rank[positions] = np.arange(len(positions))
    rows, bounds = _by_ticket(log["time"], log["ticket"], rank, len(positions), limit)
    return Register(run, source, limit, round(origin(world).timestamp()), log, positions, rank, rows, bounds)


def end(world: World) -> datetime:
    """The end of a world's last day."""
    return datetime.combine(world.start, time(), UTC) + timedelta(days=world.days)


def recorded(run: Run) -> NDArray[np.void]:
    """The log as the helpdesk shows it."""
    log = run.log
    for place, plant in enumerate(run.world.plants):
        if hasattr(plant, "recorded"):
            log = plant.recorded(run.world, log, place)
    return log


def visible(run: Run) -> NDArray[np.bool_]:
    """Which tickets a helpdesk shows: those created in the visible days, and older ones open at their beginning."""
    opening = ms_of(run.world, datetime.combine(run.world.start, time(), UTC))
    status = np.zeros(len(run.tickets), np.int32)
    changes = run.log[(run.log["kind"] == Kind.STATUS) & (run.log["time"] < opening)]
    status[changes["ticket"]] = changes["new"]
    shown: NDArray[np.bool_] = (run.tickets["created"] >= opening) | (status < _OPEN_BEFORE)
    return shown


def numbers(run: Run) -> NDArray[np.int64]:
    """The helpdesk's number of every ticket of a run, -1 for those that it does not show; shape (tickets,)."""
    there = visible(run)
    return np.where(there, np.cumsum(there) - 1 + ids.TICKET, -1)


@nb.njit(cache=True)
def _by_ticket(
    times: NDArray[np.int64], tickets: NDArray[np.int32], rank: NDArray[np.int64], count: int, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counting sort: the records of each ticket one after another, in the order of the log."""
    bounds = np.zeros(count + 1, np.int64)
    for place in range(len(tickets)):
        if tickets[place] >= 0 and rank[tickets[place]] >= 0 and times[place] <= limit:
            bounds[rank[tickets[place]] + 1] += 1
    for place in range(count):
        bounds[place + 1] += bounds[place]
    rows = np.empty(bounds[count], np.int64)
    free = bounds[:-1].copy()
    for place in range(len(tickets)):
        if tickets[place] >= 0 and rank[tickets[place]] >= 0 and times[place] <= limit:
            rows[free[rank[tickets[place]]]] = place
            free[rank[tickets[place]]] += 1
    return rows, bounds
