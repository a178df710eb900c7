"""One simulated history: the engine's log and tickets, and what is made of them on demand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maitred.floor.world import World

if TYPE_CHECKING:
    import pyarrow as pa

ENGINE = "1.0"
"""Version of the engine's behaviour; a change of any result raises it and is told in the changelog."""


@dataclass(frozen=True)
class Run:
    """The result of one simulation.

    Attributes
    ----------
    world
        As planted (``World.planted``).
    log
        ``logbook.RECORD`` in total order; empty in counters mode.
    tickets
        ``logbook.TICKET``, in order of creation.
    counters
        Totals of the run by name: events, arrived, solved, open, abandoned, merged, busy_s, present_s.
    """

    world: World
    log: NDArray[np.void]
    tickets: NDArray[np.void]
    counters: dict[str, float]
    texts: bool = False
    given: World | None = None
    """The world before its plants altered it: what a run without one of them starts from."""

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        """Canonical Arrow tables by name (``canon.tables.TABLES``)."""
        from maitred.floor.records import tables

        return tables(self)

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What a helpdesk does not know: latent truths, accounts, plants."""
        from maitred.floor.truth import truth

        return truth(self)


def run(world: World, *, texts: bool = False, log: bool = True) -> Run:
    """Simulate a world; ``log=False`` keeps only tickets and counters (what-if)."""
    from maitred.floor import engine
    from maitred.floor.checking import check

    planted = world.planted()
    check(planted)
    raw = engine.simulate(planted, log=log)
    return Run(planted, raw.log, raw.tickets, raw.counters, texts, world)
