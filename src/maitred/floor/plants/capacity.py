"""Plants about how many people are there: hours with too few, leave at once, people who go, people who come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from maitred.floor.plants.planted import (
    Concern,
    Expectation,
    Planted,
    When,
    agent,
    drawn,
    group_names,
    instant,
    known,
    people,
    refused,
    until,
)
from maitred.floor.world import Agent, Missing, World


@dataclass(frozen=True, slots=True)
class Understaffed(Planted):
    """In some hours of the local day a share of a group's people is not there, for a while.

    ``hours`` are (from, to) in minutes of the local day, ``weekdays`` count from Monday = 0.
    """

    group: str
    start: When
    end: When | None = None
    share: float = 0.5
    hours: tuple[int, int] = (0, 1440)
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("staffing_gap", 21),)
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"share": (0.01, 1)}

    def alter(self, world: World) -> World:
        known(self, "group", self.group, group_names(world))
        if not 0 <= self.hours[0] < self.hours[1] <= 1440:
            raise refused(self, "hours", f"are {self.hours}", "give two minutes of the day, such as (1020, 1260)")
        return world

    def missing(self, world: World) -> tuple[Missing, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 36_500)
        if start >= last:
            return ()
        who = self.absent(world)
        return (Missing(self.id, who, start, last, self.hours, self.weekdays),) if who else ()

    def absent(self, world: World) -> tuple[str, ...]:
        """Those who are missing: a share of the people who work in these hours."""
        there = [id for id in people(world, self.group) if works(agent(world, id), self.hours, self.weekdays)]
        return share_of(world, self.id, there, self.share)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last, where = until(world, start, end, 42), (("group", self.group),)
        late = (*where, ("hours", f"{self.hours[0]}-{self.hours[1]}"))
        narrow = late if self.hours != (0, 1440) else where
        return (
            Concern("frt.calendar#1", narrow, start, last),
            Concern("truth.abandoned", narrow, start, last),
            Concern("backlog#1", where, start, last),
        )


@dataclass(frozen=True, slots=True)
class MassLeave(Planted):
    """A share of a group is away for whole days: a wave of illness, a strike, leave that nobody planned together."""

    group: str
    start: When
    end: When
    share: float = 0.4

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("speed", 7), Expectation("backlog", 10, False))
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"share": (0.01, 1)}

    def alter(self, world: World) -> World:
        known(self, "group", self.group, group_names(world))
        return world

    def missing(self, world: World) -> tuple[Missing, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 36_500)
        who = share_of(world, self.id, people(world, self.group), self.share)
        return (Missing(self.id, who, start, last),) if start < last else ()

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last, where = until(world, start, end, 42), (("group", self.group),)
        return tuple(Concern(metric, where, start, last) for metric in ("frt.calendar#1", "backlog#1", "solved#1"))


@dataclass(frozen=True, slots=True)
class Attrition(Planted):
    """People leave for good, one every ``every_days`` from ``at`` on; nobody takes their place.

    ``agents`` names them, or ``count`` of ``group`` are drawn.
    """

    at: When
    agents: tuple[str, ...] = ()
    group: str = ""
    count: int = 1
    every_days: float = 14.0

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("backlog", 42, False), Expectation("speed", 42, False))
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"count": (1, 100_000), "every_days": (0, 3650)}

    def alter(self, world: World) -> World:
        for one in self.agents:
            known(self, "agents", one, people(world))
        if self.group:
            known(self, "group", self.group, group_names(world))
        leaving = dict(self.leaving(world))
        agents = tuple(
            replace(one, left=_earlier(one, leaving[one.id])) if one.id in leaving else one for one in world.agents
        )
        return replace(world, agents=agents)

    def leaving(self, world: World) -> list[tuple[str, datetime]]:
        """Who goes, and when."""
        who: Sequence[str] = self.agents
        if not who:
            there = people(world, self.group)
            order = sorted(zip(drawn(world.seed, self.id, there), there, strict=True))
            who = [id for _, id in order[: self.count]]
        return [(id, instant(self.at) + place * timedelta(days=self.every_days)) for place, id in enumerate(who)]

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group} if self.group else {"type": "cohort", "id": ",".join(self.agents)}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 182)
        where = (("group", self.group),) if self.group else ()
        who = (("agents", ",".join(id for id, _ in self.leaving(world))),)
        return (Concern("backlog#1", where, start, last), Concern("solved#1", who, start, last))


def _earlier(one: Agent, at: datetime) -> date:
    day = at.date()
    return day if one.left is None else min(one.left, day)


@dataclass(frozen=True, slots=True)
class NewHires(Planted):
    """People join a group, slow at first: ``count`` of them in the manner of the people who are there."""

    group: str
    at: When
    count: int = 2
    ramp_weeks: float = 8.0
    speed: float = 0.0
    quality: float = 0.0

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "workload", "topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"count": (1, 100_000), "ramp_weeks": (0, 200)}

    def alter(self, world: World) -> World:
        known(self, "group", self.group, group_names(world))
        models = [agent(world, id) for id in people(world, self.group)]
        if not models:
            raise refused(
                self, "group", f"{self.group!r} has nobody whose shifts new people could take", "name another"
            )
        added = tuple(
            replace(
                models[place % len(models)],
                id=f"{self.id}-{place + 1:02d}",
                name=f"New colleague {place + 1}",
                hired=instant(self.at).date(),
                left=None,
                leave=(),
                ramp_weeks=self.ramp_weeks,
                speed=self.speed,
                quality=self.quality,
                parks=0.0,
                picks=0.0,
            )
            for place in range(self.count)
        )
        return replace(world, agents=world.agents + added)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last, where = until(world, start, end, 91), (("group", self.group),)
        return tuple(Concern(metric, where, start, last) for metric in ("backlog#1", "frt.calendar#1"))


def works(one: Agent, hours: tuple[int, int], weekdays: tuple[int, ...]) -> bool:
    """Whether any shift of a person touches these hours."""
    return any(span.weekday in weekdays and span.start < hours[1] and span.end > hours[0] for span in one.shifts)


def share_of(world: World, plant: str, there: Sequence[str], share: float) -> tuple[str, ...]:
    """A share of people, at least one of them, drawn by plant."""
    order = sorted(zip(drawn(world.seed, plant, there), there, strict=True))
    return tuple(sorted(id for _, id in order[: max(1, round(share * len(there)))])) if there else ()
