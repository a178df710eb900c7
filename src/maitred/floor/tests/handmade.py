"""Floors for tests of the engine, with arrivals and shifts written by hand: a row each, in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maitred.floor.arrivals import ARRIVAL
from maitred.floor.engine import Raw, simulate
from maitred.floor.logbook import Kind
from maitred.floor.shifts import PRESENCE
from maitred.floor.world import (
    Agent,
    Channel,
    Extra,
    Group,
    Missing,
    Schedule,
    SlaPolicy,
    Span,
    Switch,
    TicketClass,
    World,
)

Rows = NDArray[np.void]
ALWAYS = Schedule("always", "UTC", tuple(Span(day, 0, 1440) for day in range(7)))
FLAT = (1.0,) * 168
DAY = 86_400


def kind(name: str, channel: Channel = "email", group: str = "A", **changes: Any) -> TicketClass:
    """A class without chance: 100 seconds of work, one segment, always well; keywords replace fields."""
    made = TicketClass(
        name,
        channel,
        "topic",
        group,
        10.0,
        FLAT,
        effort_kind="fixed",
        effort_median=100.0,
        exchanges=0.0,
        success=40.0,
        escalates=0.0,
        transfers=0.0,
    )
    return replace(made, **changes)


def person(name: str, *groups: str, **changes: Any) -> Agent:
    return replace(Agent(name, name, groups or ("A",), ()), **changes)


def floor(classes: Iterable[TicketClass], agents: Iterable[Agent], groups: Iterable[Group] = (), **more: Any) -> World:
    """A week from Monday 6 January 2025 without warm-up."""
    made = World(
        "Hand",
        date(2025, 1, 6),
        7,
        5,
        tuple(groups) or (Group("A", "always", policy="fifo"),),
        tuple(classes),
        tuple(agents),
        (ALWAYS,),
        warmup=0,
    )
    return replace(made, **more)


def tickets(*rows: tuple[float, int, int]) -> Rows:
    """(second, class, priority) of each arrival, in order."""
    made = np.zeros(len(rows), ARRIVAL)
    for place, (second, class_, priority) in enumerate(rows):
        key = (class_ << 40) + place
        made[place] = (round(second * 1000), key, class_, place % 7, -1, priority, 0)
    return made


def shifts(*rows: tuple[int, float, float]) -> Rows:
    """(agent, from second, to second) of each shift."""
    return presence(
        *((agent, at, name) for agent, on, off in rows for at, name in ((on, "SHIFT_ON"), (off, "SHIFT_OFF")))
    )


def presence(*rows: tuple[int, float, str]) -> Rows:
    """(agent, second, name of the kind)."""
    made = np.zeros(len(rows), PRESENCE)
    for place, (agent, second, name) in enumerate(rows):
        made[place] = (round(second * 1000), agent, 0, 0, int(Kind[name]))
    return made[np.lexsort((made["agent"], made["kind"], made["time"]))]


def all_week(world: World) -> Rows:
    """Everybody who is no bot, the whole time."""
    people = [place for place, agent in enumerate(world.agents) if not agent.is_bot]
    return shifts(*((place, 0.0, float(world.days * DAY)) for place in people))


def played(world: World, arrivals: Rows, roster: Rows | None = None, *, log: bool = True) -> Raw:
    return simulate(world, log=log, arrivals=arrivals, presence=all_week(world) if roster is None else roster)


def of_kind(raw: Raw, *names: str) -> Rows:
    return raw.log[np.isin(raw.log["kind"], [int(Kind[name]) for name in names])]


def taken(raw: Raw) -> list[tuple[float, int, int]]:
    """(second, ticket, agent) of each taking up by somebody."""
    rows = of_kind(raw, "ASSIGNED")
    return [(row["time"] / 1000, int(row["ticket"]), int(row["new"])) for row in rows if row["new"] >= 0]


def order(raw: Raw) -> list[int]:
    """Tickets in the order in which they were taken up."""
    return [ticket for _, ticket, _ in taken(raw)]


def seconds(raw: Raw, name: str, ticket: int | None = None) -> list[float]:
    """When something happened."""
    rows = of_kind(raw, name)
    return [row["time"] / 1000 for row in rows if ticket is None or row["ticket"] == ticket]


def promise(**seconds_by_priority: int) -> SlaPolicy:
    """First replies around the clock."""
    from maitred.floor.world import Target

    return SlaPolicy(
        "promise",
        "always",
        tuple(Target("first_reply", name, value, business_hours=False) for name, value in seconds_by_priority.items()),
    )


@dataclass(frozen=True, slots=True)
class Turned:
    """A plant that only switches parameters."""

    id: str
    turns: tuple[tuple[float, str, str, str, float], ...]
    """(second after the start, kind, name, field, value)."""

    def switches(self, world: World) -> tuple[Switch, ...]:
        start = datetime(world.start.year, world.start.month, world.start.day, tzinfo=UTC).timestamp()
        return tuple(
            Switch(datetime.fromtimestamp(start + second, UTC), what, name, field, value, self.id)  # type: ignore[arg-type]
            for second, what, name, field, value in self.turns
        )

    def extras(self, world: World) -> tuple[Extra, ...]:
        return ()

    def missing(self, world: World) -> tuple[Missing, ...]:
        return ()

    def alter(self, world: World) -> World:
        return world
