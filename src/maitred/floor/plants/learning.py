"""Plants that are meant to help: training in waves, coaching, a macro; with the ways in which people come to them.

Who is chosen matters: ``random`` allows a plain comparison, ``worst_last_month`` brings regression to the mean on
purpose, ``volunteers`` are better than the others to begin with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import ClassVar, Literal

from maitred.floor.plants.planted import (
    Behaviour,
    Concern,
    Expectation,
    Planted,
    When,
    agent,
    classes,
    closing,
    drawn,
    group_names,
    instant,
    known,
    opening,
    people,
    refused,
    topics,
    until,
)
from maitred.floor.world import Switch, World

Selection = Literal["random", "worst_last_month", "volunteers"]
SELECTIONS: tuple[Selection, ...] = ("random", "worst_last_month", "volunteers")
HALVING = timedelta(days=7)
MONTH = timedelta(days=28)
EFFORT = "truth.effort"
"""Mean seconds of handling per ticket: known to the simulation only, so no metric of the catalogue."""


@dataclass(frozen=True, slots=True)
class Training(Planted):
    """A course in waves: those of a wave work faster (``effort`` below 0) or better (``quality``) from its day on.

    Either ``agents`` names who takes part, or ``count`` people of ``group`` (empty: of all) are chosen by
    ``selection``. Waves share them in turn. With ``half_life`` (days) the effect wears off; ``behaviours_by`` shifts
    the seven behaviours of replies. The effect holds for all of a person's work.
    """

    agents: tuple[str, ...] = ()
    waves: tuple[When, ...] = ()
    effort: float = 0.0
    """Shift of the logarithm of effort: -0.10 saves about a tenth."""
    quality: float = 0.0
    behaviours_by: tuple[float, ...] = ()
    half_life: float = 0.0
    group: str = ""
    count: int = 0
    selection: Selection = "random"

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("improvement", 42),)
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"effort": (-3, 3), "quality": (-6, 6), "half_life": (0, 10_000)}

    def alter(self, world: World) -> World:
        if not self.waves:
            raise refused(self, "waves", "is empty", "give the day of each wave")
        if self.selection not in SELECTIONS:
            raise refused(self, "selection", f"is {self.selection!r}", f"take one of {', '.join(SELECTIONS)}")
        if not self.agents and not self.count:
            raise refused(self, "agents", "is empty", "name people, or say how many (count) and how they are chosen")
        for one in self.agents:
            known(self, "agents", one, people(world))
        if self.group:
            known(self, "group", self.group, group_names(world))
        return world

    def cohort(self, world: World) -> tuple[tuple[str, datetime], ...]:
        """Who takes part, and from when."""
        waves = sorted(instant(one) for one in self.waves)
        who = self.agents or chosen(world, self, self.group, self.count, self.selection, waves[0])
        return tuple((one, waves[place % len(waves)]) for place, one in enumerate(who))

    def switches(self, world: World) -> tuple[Switch, ...]:
        return tuple(
            switch
            for id, at in self.cohort(world)
            for switch in lasting(world, self.id, id, at, self.effort, self.quality, self.half_life)
        )

    def behaviours(self, world: World) -> tuple[Behaviour, ...]:
        return shifted(world, self.id, self.cohort(world), self.behaviours_by)

    def window(self, world: World) -> tuple[datetime, datetime | None]:
        return min(instant(one) for one in self.waves), None

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "cohort", "id": ",".join(id for id, _ in self.cohort(world))}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        cohort = self.cohort(world)
        start = max(at for _, at in cohort)
        who = (("agents", ",".join(id for id, _ in cohort)),)
        last = until(world, start, None, 91)
        metrics = (*((EFFORT,) if self.effort else ()), *(("reopen_rate.transitions#1",) if self.quality else ()))
        return tuple(Concern(metric, who, start, last) for metric in metrics)

    def expects(self, world: World) -> tuple[Expectation, ...]:
        return self.EXPECT if self.effort < 0 or self.quality > 0 else ()


@dataclass(frozen=True, slots=True)
class Coaching(Planted):
    """One person is coached from a day on; the effect comes at once and wears off when ``half_life`` says so.

    Without ``agent`` one person of ``group`` is chosen by ``selection``.
    """

    at: When
    agent: str = ""
    quality: float = 0.4
    effort: float = 0.0
    behaviours_by: tuple[float, ...] = ()
    half_life: float = 0.0
    group: str = ""
    selection: Selection = "worst_last_month"

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"effort": (-3, 3), "quality": (-6, 6), "half_life": (0, 10_000)}

    def alter(self, world: World) -> World:
        if self.selection not in SELECTIONS:
            raise refused(self, "selection", f"is {self.selection!r}", f"take one of {', '.join(SELECTIONS)}")
        if self.agent:
            known(self, "agent", self.agent, people(world))
        if self.group:
            known(self, "group", self.group, group_names(world))
        return world

    def person(self, world: World) -> str:
        """Who is coached."""
        return self.agent or chosen(world, self, self.group, 1, self.selection, instant(self.at))[0]

    def switches(self, world: World) -> tuple[Switch, ...]:
        who, at = self.person(world), instant(self.at)
        return lasting(world, self.id, who, at, self.effort, self.quality, self.half_life)

    def behaviours(self, world: World) -> tuple[Behaviour, ...]:
        return shifted(world, self.id, [(self.person(world), instant(self.at))], self.behaviours_by)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.person(world)}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, who = instant(self.at), (("agent", self.person(world)),)
        last = until(world, start, None, 91)
        metrics = (*(("reopen_rate.transitions#1",) if self.quality else ()), *((EFFORT,) if self.effort else ()))
        return tuple(Concern(metric, who, start, last) for metric in metrics)

    def expects(self, world: World) -> tuple[Expectation, ...]:
        return (Expectation("improvement", 56, must=False),) if self.quality > 0 or self.effort < 0 else ()


@dataclass(frozen=True, slots=True)
class MacroPublished(Planted):
    """A canned answer for a topic: replies take less effort, and the outcome gets better or worse.

    ``effort`` shifts the logarithm of effort, ``success`` the log-odds of a good outcome, for all who answer the topic
    in ``group`` (empty: everywhere).
    """

    topic: str
    at: When
    effort: float = -0.25
    success: float = 0.0
    group: str = ""
    end: When | None = None
    title: str = ""

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"effort": (-3, 3), "success": (-6, 6)}

    def alter(self, world: World) -> World:
        known(self, "topic", self.topic, topics(world))
        if self.group:
            known(self, "group", self.group, group_names(world))
        if not classes(world, topic=self.topic, group=self.group):
            raise refused(self, "group", f"{self.group!r} answers nothing about {self.topic}", "name another group")
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        import math

        ends = [(instant(self.end), 0.0)] if self.end else []
        return tuple(
            Switch(at, "class", one.name, field, value, self.id)
            for at, share in [(instant(self.at), 1.0), *ends]
            for one in classes(world, topic=self.topic, group=self.group)
            for field, value in (
                ("effort", math.exp(share * self.effort)),
                ("success", one.success + share * self.success),
            )
        )

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "macro", "id": self.title or self.id}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 91)
        which: tuple[tuple[str, str], ...] = (("topic", self.topic),)
        if self.group:
            which = (*which, ("group", self.group))
        metrics = (*((EFFORT,) if self.effort else ()), *(("reopen_rate.transitions#1",) if self.success else ()))
        return tuple(Concern(metric, which, start, last) for metric in metrics)

    def expects(self, world: World) -> tuple[Expectation, ...]:
        if self.success < 0:
            return (Expectation("reopen", 28),)
        return (Expectation("improvement", 56, must=False),)


def lasting(
    world: World, plant: str, id: str, at: datetime, effort: float, quality: float, half_life: float
) -> tuple[Switch, ...]:
    """An effect on a person from an instant on, which halves every ``half_life`` days (0: stays)."""
    who = agent(world, id)
    weeks = int((closing(world) - at) / HALVING) + 1 if half_life and at < closing(world) else 1
    return tuple(
        Switch(at + week * HALVING, "agent", id, field, base + shift * _left(7.0 * week, half_life), plant)
        for week in range(weeks)
        for field, base, shift in (("speed", who.speed, effort), ("quality", who.quality, quality))
        if shift
    )


def _left(days: float, half_life: float) -> float:
    return float(0.5 ** (days / half_life)) if half_life else 1.0


def shifted(
    world: World, plant: str, cohort: Iterable[tuple[str, datetime]], shifts: tuple[float, ...]
) -> tuple[Behaviour, ...]:
    """Shown behaviours of people from an instant on."""
    if not shifts:
        return ()
    end = closing(world)
    found = []
    for id, at in cohort:
        usual = agent(world, id).behaviours
        moved = tuple(min(1.0, max(0.0, one + by)) for one, by in zip(usual, shifts, strict=False))
        found.append(Behaviour(plant, id, at, end, moved + usual[len(moved) :]))
    return tuple(found)


def chosen(
    world: World, plant: Planted, group: str, count: int, selection: Selection, before: datetime
) -> tuple[str, ...]:
    """People for a measure, by the rule; ``worst_last_month`` looks at the 28 days before it."""
    there = people(world, group)
    if selection == "random":
        score = dict(zip(there, drawn(world.seed, plant.id, there), strict=True))
    elif selection == "volunteers":
        noise = dict(zip(there, drawn(world.seed, plant.id, there), strict=True))
        score = {id: agent(world, id).speed - agent(world, id).quality - noise[id] for id in there}
    else:
        score = dict(last_month(before_plant(world, plant), before))
    return tuple(sorted(there, key=lambda id: (score.get(id, 0.0), id))[:count])


def before_plant(world: World, plant: Planted) -> World:
    """The world with only what was planted before; its history up to this plant is the same."""
    earlier = []
    for one in world.plants:
        if one.id == plant.id:
            break
        earlier.append(one)
    return replace(world, plants=tuple(earlier))


@lru_cache(maxsize=64)
def last_month(world: World, before: datetime) -> tuple[tuple[str, float], ...]:
    """Share of good outcomes of each person in the four weeks before an instant, shrunk by four average cases.

    One run of the world up to then; equal worlds are looked at once.
    """
    import numpy as np

    from maitred.floor.engine import simulate

    days = max(1, (before - opening(world)).days)
    past = replace(world, days=min(world.days, days))
    tickets = simulate(past, log=False).tickets
    end = round((before - opening(world) + timedelta(days=world.warmup)).total_seconds() * 1000)
    start = end - MONTH // timedelta(milliseconds=1)
    kept = tickets[(tickets["solved"] >= start) & (tickets["solved"] < end) & (tickets["solver"] >= 0)]
    good = kept["good"] == 1
    overall = float(np.mean(good)) if len(kept) else 0.5
    found = []
    for place, one in enumerate(world.agents):
        mine = good[kept["solver"] == place]
        found.append((one.id, (float(mine.sum()) + 4 * overall) / (len(mine) + 4)))
    return tuple(found)
