"""Plants that bring contacts: an outage, a topic that swells, a release, a topic that nobody knew before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from maitred.floor.plants.planted import (
    Concern,
    Expectation,
    Planted,
    When,
    classes,
    group_names,
    instant,
    known,
    topics,
    until,
)
from maitred.floor.world import Extra, Switch, World

Shape = Literal["step", "ramp", "decay"]


@dataclass(frozen=True, slots=True)
class Outage(Planted):
    """Something breaks: contacts about one topic come on top for some hours, from customers in a bad mood.

    ``volume`` is the factor on top of the topic's ordinary intensity (4.0 makes it five times as much), ``accounts``
    the share of accounts that it hits, ``tone`` the shift of latent satisfaction.
    """

    topic: str
    at: When
    hours: float = 6.0
    volume: float = 4.0
    accounts: float = 0.3
    shape: Shape = "decay"
    tone: float = -0.8

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("topic_surge", 3),)
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {
        "hours": (0.25, 24 * 30),
        "volume": (0, 500),
        "accounts": (0.001, 1),
    }

    def alter(self, world: World) -> World:
        known(self, "topic", self.topic, topics(world))
        return world

    def extras(self, world: World) -> tuple[Extra, ...]:
        names = tuple(one.name for one in classes(world, topic=self.topic))
        start, end = self.window(world)
        assert end is not None
        return (Extra(self.id, names, start, end, self.volume, self.shape, self.accounts, tone=self.tone),)

    def window(self, world: World) -> tuple[datetime, datetime | None]:
        return instant(self.at), instant(self.at) + timedelta(hours=self.hours)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "topic", "id": self.topic}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 365)
        after = until(world, start, None, max(self.hours / 24, 2.0))
        topic = (("topic", self.topic),)
        groups = sorted({one.group for one in classes(world, topic=self.topic)})
        waits = tuple(Concern("frt.calendar#1", (("group", name),), start, after) for name in groups)
        return (Concern("arrivals#1", topic, start, last), *waits)


@dataclass(frozen=True, slots=True)
class TopicSurge(Planted):
    """More customers than usual write about one topic, from ``start`` to ``end`` (none: it lasts)."""

    topic: str
    start: When
    end: When | None = None
    volume: float = 1.5
    accounts: float = 1.0
    shape: Shape = "step"
    tone: float = -0.2

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("topic_surge", 5),)
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"volume": (0, 500), "accounts": (0.001, 1)}

    def alter(self, world: World) -> World:
        known(self, "topic", self.topic, topics(world))
        return world

    def extras(self, world: World) -> tuple[Extra, ...]:
        names = tuple(one.name for one in classes(world, topic=self.topic))
        start = instant(self.start)
        end = until(world, start, instant(self.end) if self.end else None, 36_500)
        if start >= end:
            return ()
        return (Extra(self.id, names, start, end, self.volume, self.shape, self.accounts, tone=self.tone),)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "topic", "id": self.topic}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        return (Concern("arrivals#1", (("topic", self.topic),), start, until(world, start, end, 28)),)


@dataclass(frozen=True, slots=True)
class Release(Planted):
    """A new version goes out: questions about its topics rise and die away, and answers fit less well for a while."""

    topic: str
    at: When
    days: float = 10.0
    volume: float = 1.0
    success: float = -0.4
    """Shift of the log-odds of a good outcome while it lasts."""
    tone: float = -0.1

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("topic_surge", 5),)
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality",)
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"days": (0.5, 120), "volume": (0, 500), "success": (-6, 6)}

    def alter(self, world: World) -> World:
        known(self, "topic", self.topic, topics(world))
        return world

    def window(self, world: World) -> tuple[datetime, datetime | None]:
        return instant(self.at), instant(self.at) + timedelta(days=self.days)

    def extras(self, world: World) -> tuple[Extra, ...]:
        names = tuple(one.name for one in classes(world, topic=self.topic))
        start, end = self.window(world)
        assert end is not None
        return (Extra(self.id, names, start, end, self.volume, "decay", tone=self.tone),)

    def switches(self, world: World) -> tuple[Switch, ...]:
        start, end = self.window(world)
        assert end is not None
        return tuple(
            Switch(at, "class", one.name, "success", one.success + shift, self.id)
            for at, shift in ((start, self.success), (end, 0.0))
            for one in classes(world, topic=self.topic)
        )

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "topic", "id": self.topic}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 365)
        topic = (("topic", self.topic),)
        return (
            Concern("arrivals#1", topic, start, last),
            Concern("reopen_rate.transitions#1", topic, start, last),
        )


@dataclass(frozen=True, slots=True)
class NewTopic(Planted):
    """A topic that did not exist: from ``at`` on, ``weekly`` tickets arrive in the manner of a known topic.

    ``like`` is the topic whose channels, efforts and profile it takes; ``group`` gets them, the same one when empty.
    """

    topic: str
    like: str
    at: When
    weekly: float = 20.0
    group: str = ""
    success: float = -0.5

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("topic_new", 7),)
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality",)
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"weekly": (0.01, 1e6), "success": (-6, 6)}

    def alter(self, world: World) -> World:
        known(self, "like", self.like, topics(world))
        if self.group:
            known(self, "group", self.group, group_names(world))
        models = classes(world, topic=self.like)
        whole = sum(one.weekly for one in models)
        added = tuple(
            replace(
                one,
                name=f"{self.topic}:{one.name}",
                topic=self.topic,
                group=self.group or one.group,
                weekly=self.weekly * one.weekly / whole,
                success=one.success + self.success,
                starts=instant(self.at),
                skills=(),
                bot=0.0,
            )
            for one in models
        )
        return replace(world, classes=world.classes + added)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "topic", "id": self.topic}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        return (Concern("arrivals#1", (("topic", self.topic),), start, until(world, start, end, 28)),)
