"""Plants about one person's work: a change of quality or speed, a new role that has to be learnt, exhaustion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from maitred.floor.plants.planted import (
    Behaviour,
    Concern,
    Expectation,
    Planted,
    When,
    agent,
    closing,
    drawn,
    instant,
    known,
    people,
    until,
)
from maitred.floor.world import Missing, Switch, World

STEP = timedelta(days=7)


def steps(start: datetime, end: datetime, weeks: float) -> Iterator[tuple[datetime, float]]:
    """Instants a week apart and the share of the way that is done then; the last one is the whole."""
    done, at = 0.0, start
    while at < end:
        done = 1.0 if weeks <= 0 else min(1.0, ((at - start) / STEP + 1) / weeks)
        yield at, done
        if done >= 1.0:
            return
        at += STEP


def sick_days(world: World, plant: str, who: str, start: datetime, end: datetime, share: float) -> tuple[Missing, ...]:
    """Whole days off, drawn by day, so that a share of the days in the window is lost."""
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [first + timedelta(days=day) for day in range((end - first).days)]
    lots = drawn(world.seed, plant, [f"{who} {day:%Y-%m-%d}" for day in days])
    return tuple(
        Missing(plant, (who,), day, day + timedelta(days=1))
        for day, lot in zip(days, lots, strict=True)
        if lot < share and day >= start
    )


@dataclass(frozen=True, slots=True)
class AgentChange(Planted):
    """One person's work changes: ``speed`` (log multiplier of effort) and ``quality`` (logits) are shifts.

    ``shape`` is ``step`` or ``ramp`` (reached after ``weeks``); ``behaviours`` shifts the chances of the seven
    behaviours in replies; ``absence`` is the share of days lost on top. With an ``end`` all goes back then.
    """

    agent: str
    at: When
    end: When | None = None
    speed: float = 0.0
    quality: float = 0.0
    behaviours_by: tuple[float, ...] = ()
    absence: float = 0.0
    shape: Literal["step", "ramp"] = "step"
    weeks: float = 4.0

    NEVER: ClassVar[tuple[str, ...]] = ("topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {
        "speed": (-3, 3),
        "quality": (-6, 6),
        "absence": (0, 1),
        "weeks": (0, 200),
    }

    def alter(self, world: World) -> World:
        known(self, "agent", self.agent, people(world))
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        who = agent(world, self.agent)
        start, end = instant(self.at), self.last(world)
        path = list(steps(start, end, self.weeks if self.shape == "ramp" else 0.0))
        if end < closing(world):
            path.append((end, 0.0))
        return tuple(
            Switch(at, "agent", self.agent, field, base + share * shift, self.id)
            for at, share in path
            for field, base, shift in (("speed", who.speed, self.speed), ("quality", who.quality, self.quality))
            if shift
        )

    def missing(self, world: World) -> tuple[Missing, ...]:
        if not self.absence:
            return ()
        return sick_days(world, self.id, self.agent, instant(self.at), self.last(world), self.absence)

    def behaviours(self, world: World) -> tuple[Behaviour, ...]:
        if not self.behaviours_by:
            return ()
        usual = agent(world, self.agent).behaviours
        chances = tuple(
            min(1.0, max(0.0, chance + shift)) for chance, shift in zip(usual, self.behaviours_by, strict=False)
        )
        return (Behaviour(self.id, self.agent, instant(self.at), self.last(world), chances + usual[len(chances) :]),)

    def last(self, world: World) -> datetime:
        return until(world, instant(self.at), instant(self.end) if self.end else None, 36_500)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last, who = until(world, start, end, 91), (("agent", self.agent),)
        quality = ("reopen_rate.transitions#1", "csat.rate@at_solve#1") if self.quality else ()
        pace = ("solved#1",) if self.speed or self.absence else ()
        return tuple(Concern(metric, who, start, last) for metric in quality + pace)

    def expects(self, world: World) -> tuple[Expectation, ...]:
        return (Expectation("agent_quality", 28),) if self.quality < 0 else ()

    def nevers(self, world: World) -> tuple[str, ...]:
        return self.NEVER if self.quality < 0 else (*self.NEVER, "agent_quality")


@dataclass(frozen=True, slots=True)
class Ramp(Planted):
    """A person starts in a new role: slower and less sure at first, as usual again after some weeks."""

    agent: str
    at: When
    weeks: float = 8.0
    speed: float = 0.5
    quality: float = -0.4

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"weeks": (1, 200), "speed": (-3, 3), "quality": (-6, 6)}

    def alter(self, world: World) -> World:
        known(self, "agent", self.agent, people(world))
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        who, start = agent(world, self.agent), instant(self.at)
        path = [(start, 0.0), *((at + STEP, done) for at, done in steps(start, closing(world), self.weeks))]
        return tuple(
            Switch(at, "agent", self.agent, field, base + (1.0 - done) * shift, self.id)
            for at, done in path
            if at < closing(world)
            for field, base, shift in (("speed", who.speed, self.speed), ("quality", who.quality, self.quality))
            if shift
        )

    def window(self, world: World) -> tuple[datetime, datetime | None]:
        return instant(self.at), instant(self.at) + timedelta(weeks=self.weeks)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        return (Concern("solved#1", (("agent", self.agent),), start, until(world, start, end, 91)),)


@dataclass(frozen=True, slots=True)
class Burnout(Planted):
    """A person wears out over weeks: slower, worse, more often ill, short with customers."""

    agent: str
    at: When
    weeks: float = 8.0
    speed: float = 0.25
    quality: float = -1.0
    absence: float = 0.15

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("agent_quality", 70), Expectation("workload", 70, False))
    NEVER: ClassVar[tuple[str, ...]] = ("topic_surge", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {
        "weeks": (1, 200),
        "speed": (-3, 3),
        "quality": (-6, 6),
        "absence": (0, 1),
    }

    def alter(self, world: World) -> World:
        known(self, "agent", self.agent, people(world))
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        who = agent(world, self.agent)
        return tuple(
            Switch(at, "agent", self.agent, field, base + share * shift, self.id)
            for at, share in steps(instant(self.at), closing(world), self.weeks)
            for field, base, shift in (("speed", who.speed, self.speed), ("quality", who.quality, self.quality))
            if shift
        )

    def missing(self, world: World) -> tuple[Missing, ...]:
        half = instant(self.at) + timedelta(weeks=self.weeks / 2)
        if half >= closing(world):
            return ()
        return sick_days(world, self.id, self.agent, half, closing(world), self.absence)

    def behaviours(self, world: World) -> tuple[Behaviour, ...]:
        half = instant(self.at) + timedelta(weeks=self.weeks / 2)
        if half >= closing(world):
            return ()
        fewer = tuple(chance * 0.6 for chance in agent(world, self.agent).behaviours)
        return (Behaviour(self.id, self.agent, half, closing(world), fewer),)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last, who = until(world, start, end, 182), (("agent", self.agent),)
        metrics = ("reopen_rate.transitions#1", "csat.rate@at_solve#1", "solved#1")
        return tuple(Concern(metric, who, start, last) for metric in metrics)
