"""Compile the floor's engine ahead of its first use: ``python -m maitred.floor.warm``."""

from __future__ import annotations

from datetime import date

from maitred.floor.engine import simulate
from maitred.floor.world import Agent, Group, Schedule, TicketClass, World


def warm() -> None:
    """Simulate a day of nearly nothing: it compiles engine and arrivals, and leaves machine code in the cache."""
    world = World(
        "Warm",
        date(2025, 1, 6),
        1,
        1,
        (Group("all", "always"),),
        (TicketClass("mail", "email", "any", "all", 7.0, (1.0,) * 168),),
        (Agent("p0", "One", ("all",), ()),),
        (Schedule("always", "UTC", ()),),
        warmup=0,
    )
    simulate(world)


if __name__ == "__main__":
    warm()
