"""Compile the floor's engine and its pen ahead of their first use: ``python -m maitred.floor.warm``."""

from __future__ import annotations

from datetime import date

import numpy as np

from maitred.floor.engine import simulate
from maitred.floor.texts import TOPICS, Turns, names, subjects, write
from maitred.floor.world import Agent, Group, Schedule, TicketClass, World


def warm() -> None:
    """Simulate a day of nearly nothing and write one message: the machine code of both stays in the cache."""
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
    _written()


def _written() -> None:
    one = np.ones(1, np.int64)
    small = one.astype(np.int8)
    flags = one.astype(np.uint8)
    turns = Turns(
        one.astype(np.uint64),
        one,
        one.astype(np.int32),
        small,
        small,
        small,
        small,
        small,
        flags,
        flags,
        one,
        one,
        one > 0,
    )
    topics = [topic.slug for topic in TOPICS]
    write(turns, 1, topics)
    subjects(turns.topic, turns.key, turns.language)
    names("customer", one)


if __name__ == "__main__":
    warm()
