"""Harmless oddities: what looks like a problem and is none. No finding may point at one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from maitred.floor.plants.planted import (
    FAMILIES,
    Concern,
    Planted,
    When,
    agent,
    classes,
    closing,
    instant,
    known,
    opening,
    people,
    topics,
    until,
)
from maitred.floor.world import Agent, Holiday, World


@dataclass(frozen=True, slots=True)
class Nothing(Planted):
    """A named window in which nothing was done. No byte of the history depends on it."""

    start: When
    end: When

    NEVER: ClassVar[tuple[str, ...]] = FAMILIES
    DECOY: ClassVar[bool] = True

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 36_500)
        return tuple(Concern(metric, (), start, last) for metric in ("arrivals#1", "solved#1", "frt.calendar#1"))


@dataclass(frozen=True, slots=True)
class SmallN(Planted):
    """A person who works so few hours that their figures jump: one shift a week, of ``minutes``."""

    agent: str
    minutes: int = 120

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "workload", "case_selection", "reopen", "satisfaction")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"minutes": (15, 720)}
    DECOY: ClassVar[bool] = True

    def alter(self, world: World) -> World:
        known(self, "agent", self.agent, people(world))
        return with_agents(world, {self.agent: self.shorter(agent(world, self.agent))})

    def shorter(self, one: Agent) -> Agent:
        """The person with the beginning of one shift only."""
        first = one.shifts[0]
        span = replace(first, end=min(first.end, first.start + self.minutes))
        return replace(one, shifts=(span,), breaks=(), contract=round(self.minutes / 2400, 3))

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, _ = self.window(world)
        return (Concern("solved#1", (("agent", self.agent),), start, until(world, start, None, 36_500)),)


@dataclass(frozen=True, slots=True)
class PartTimers(Planted):
    """People on part of a contract: they solve fewer tickets in fewer days, and not worse."""

    agents: tuple[str, ...]
    contract: float = 0.5

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "workload", "case_selection")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"contract": (0.1, 1)}
    DECOY: ClassVar[bool] = True

    def alter(self, world: World) -> World:
        for one in self.agents:
            known(self, "agents", one, people(world))
        return with_agents(world, {one: self.shorter(agent(world, one)) for one in self.agents})

    def shorter(self, one: Agent) -> Agent:
        """The person on the first so many of their shifts."""
        count = max(1, round(len(one.shifts) * self.contract))
        return replace(one, shifts=one.shifts[:count], contract=self.contract)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "cohort", "id": ",".join(self.agents)}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, _ = self.window(world)
        who = (("agents", ",".join(self.agents)),)
        return (Concern("solved#1", who, start, until(world, start, None, 36_500)),)


@dataclass(frozen=True, slots=True)
class Seasonality(Planted):
    """A topic has its months: twelve factors on its intensity, the same every year. It comes and goes slowly."""

    topic: str
    months: tuple[float, ...] = (0.85, 0.9, 1.0, 1.05, 1.1, 1.05, 0.95, 0.9, 1.0, 1.05, 1.1, 1.05)

    NEVER: ClassVar[tuple[str, ...]] = ("topic_surge", "topic_new", "volume")
    DECOY: ClassVar[bool] = True

    def alter(self, world: World) -> World:
        from maitred.floor.plants.planted import refused

        known(self, "topic", self.topic, topics(world))
        if len(self.months) != 12 or min(self.months) < 0:
            raise refused(self, "months", f"are {self.months}", "give twelve factors, none below 0")
        names = {one.name for one in classes(world, topic=self.topic)}
        found = tuple(replace(one, season=self.months) if one.name in names else one for one in world.classes)
        return replace(world, classes=found)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "topic", "id": self.topic}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        days = [opening(world) + timedelta(days=day) for day in range(world.days)]
        month = max({day.month for day in days}, key=lambda month: (abs(self.months[month - 1] - 1.0), month))
        first = next(day for day in days if day.month == month)
        last = next((day for day in days if day > first and day.month != month), closing(world))
        return (Concern("arrivals#1", (("topic", self.topic),), first, last),)


@dataclass(frozen=True, slots=True)
class Holidays(Planted):
    """Days on which few write: quiet, and busier the day after. Both are as they should be."""

    start: When
    days: int = 1
    name: str = "Holiday"

    NEVER: ClassVar[tuple[str, ...]] = ("volume", "speed", "backlog", "staffing_gap", "topic_surge")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"days": (1, 60)}
    DECOY: ClassVar[bool] = True

    def alter(self, world: World) -> World:
        first = instant(self.start).date()
        closed = Holiday(self.name, first, first + timedelta(days=self.days - 1))
        schedules = tuple(replace(one, holidays=(*one.holidays, closed)) for one in world.schedules)
        return replace(world, holidays=(*world.holidays, closed), schedules=schedules)

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start = instant(self.start)
        return (Concern("arrivals#1", (), start, until(world, start, start + timedelta(days=self.days), 60)),)


def with_agents(world: World, changed: dict[str, Agent]) -> World:
    """The world with some people changed, at their places."""
    return replace(world, agents=tuple(changed.get(one.id, one) for one in world.agents))
