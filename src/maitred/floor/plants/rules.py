"""Plants about rules: how work is routed, what is promised, what the bot may do, when the doors are open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from maitred.floor.plants.planted import (
    Concern,
    Expectation,
    Planted,
    When,
    classes,
    closing,
    group_names,
    instant,
    known,
    refused,
    until,
)
from maitred.floor.world import POLICIES, Missing, Policy, Schedule, SlaPolicy, Span, Switch, World

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RoutingChange(Planted):
    """From a day on a group chooses its next ticket by another policy."""

    group: str
    at: When
    policy: Policy
    pick_bias: float | None = None
    load_limit: int | None = None

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"pick_bias": (0, 100), "load_limit": (0, 10_000)}

    def alter(self, world: World) -> World:
        known(self, "group", self.group, group_names(world))
        known(self, "policy", self.policy, POLICIES)
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        given = (
            ("policy", POLICIES.index(self.policy)),
            ("pick_bias", self.pick_bias),
            ("load_limit", self.load_limit),
        )
        return tuple(
            Switch(instant(self.at), "group", self.group, field, float(value), self.id)
            for field, value in given
            if value is not None
        )

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last, where = until(world, start, end, 56), (("group", self.group),)
        return tuple(Concern(metric, where, start, last) for metric in ("frt.calendar#1", "backlog#1"))

    def expects(self, world: World) -> tuple[Expectation, ...]:
        return (Expectation("speed", 21, must=False),)


@dataclass(frozen=True, slots=True)
class PolicyChange(Planted):
    """A service-level policy gets a new version: targets times ``factor``, from ``at`` on.

    ``pending`` is the share of waits that people record as waiting for the customer from then on in the policy's
    groups, although they are not: what happens stays the same, what the clocks see does not.
    """

    policy: str
    at: When
    factor: float = 1.0
    pending: float = 0.0
    after_minutes: float = 30.0
    """A wait is recorded as pending when it has lasted so long."""

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {
        "factor": (0.01, 100),
        "pending": (0, 1),
        "after_minutes": (1, 10_000),
    }

    def alter(self, world: World) -> World:
        known(self, "policy", self.policy, [one.name for one in world.policies])
        at = instant(self.at)
        policies: list[SlaPolicy] = []
        for one in world.policies:
            covers = (one.since is None or one.since < at) and (one.until is None or one.until > at)
            if one.name != self.policy or self.factor == 1.0 or not covers:
                policies.append(one)
                continue
            targets = tuple(replace(goal, seconds=max(60, round(goal.seconds * self.factor))) for goal in one.targets)
            policies += [replace(one, until=at), replace(one, targets=targets, since=at)]
        return replace(world, policies=tuple(policies))

    def recorded(self, world: World, log: NDArray[np.void], place: int) -> NDArray[np.void]:
        if not self.pending:
            return log
        from maitred.floor.plants.parking import parked_waits

        kept = [one for one in world.policies if one.name == self.policy]
        names = {name for one in kept for name in (one.groups or group_names(world))}
        queues = [position for position, one in enumerate(world.groups) if one.name in names]
        window = (instant(self.at), closing(world))
        return parked_waits(world, log, place, window, share=self.pending, minutes=self.after_minutes, queues=queues)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "sla_policy", "id": self.policy}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        if not self.pending:
            return ()
        start, end = self.window(world)
        names = {name for one in world.policies if one.name == self.policy for name in one.groups}
        which = (("groups", ",".join(sorted(names))),) if names else ()
        return (Concern("rwt.calendar#1", which, start, until(world, start, end, 56)),)

    def expects(self, world: World) -> tuple[Expectation, ...]:
        return (Expectation("parked", 28, must=self.pending >= 0.2),) if self.pending else ()


@dataclass(frozen=True, slots=True)
class BotChange(Planted):
    """A new version of a bot: it answers another share, is wrong another share, or is offered more (``offered``)."""

    bot: str
    at: When
    containment: float | None = None
    wrong: float | None = None
    latency: float | None = None
    offered: float | None = None
    """Share of the tickets of its classes that it sees first."""

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {
        "containment": (0, 1),
        "wrong": (0, 1),
        "latency": (0, 86_400),
        "offered": (0, 1),
    }

    def alter(self, world: World) -> World:
        known(self, "bot", self.bot, [one.agent for one in world.bots])
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        at = instant(self.at)
        given = (("containment", self.containment), ("wrong", self.wrong), ("latency", self.latency))
        own = [Switch(at, "bot", self.bot, field, value, self.id) for field, value in given if value is not None]
        if self.offered is not None:
            seen = classes(world, keep=lambda one: one.bot > 0)
            own += [Switch(at, "class", one.name, "bot", self.offered, self.id) for one in seen]
        return tuple(own)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "bot", "id": self.bot}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last, which = until(world, start, end, 91), (("bot", self.bot),)
        metrics = ("durable_resolution.bot#1", "handoff_rate#1")
        return tuple(Concern(metric, which, start, last) for metric in metrics)

    def expects(self, world: World) -> tuple[Expectation, ...]:
        before = next((one for one in world.bots if one.agent == self.bot), None)
        worse = self.wrong is not None and before is not None and self.wrong > before.wrong
        return (Expectation("bot_resolution", 28),) if worse else ()


@dataclass(frozen=True, slots=True)
class HoursChange(Planted):
    """A schedule gets other hours from a day on: promises are counted in them, and nobody works outside them.

    People of the schedule's zone keep their shifts inside the new hours; new hours are staffed by nobody until shifts
    say so.
    """

    schedule: str
    at: When
    spans: tuple[Span, ...]

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new")

    def alter(self, world: World) -> World:
        known(self, "schedule", self.schedule, [one.name for one in world.schedules])
        if not self.spans:
            raise refused(self, "spans", "is empty", "give the hours of each weekday")
        old = next(one for one in world.schedules if one.name == self.schedule)
        new = replace(old, name=self.name(), spans=self.spans)
        at = instant(self.at)
        policies: list[SlaPolicy] = []
        for one in world.policies:
            if one.schedule != self.schedule:
                policies.append(one)
                continue
            policies += [replace(one, until=at), replace(one, schedule=new.name, since=at)]
        return replace(world, schedules=(*world.schedules, new), policies=tuple(policies))

    def name(self) -> str:
        """The new schedule's name."""
        return f"{self.schedule} from {instant(self.at):%Y-%m-%d}"

    def missing(self, world: World) -> tuple[Missing, ...]:
        old = next(one for one in world.schedules if one.name == self.schedule)
        following = {one.name for one in world.groups if one.schedule == self.schedule}
        who = tuple(
            one.id
            for one in world.agents
            if not one.is_bot and one.zone == old.zone and following.intersection(one.groups)
        )
        lost = closed(old, self.spans)
        return tuple(
            Missing(self.id, who, instant(self.at), closing(world), (start, end), (weekday,))
            for weekday, start, end in lost
        )

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "schedule", "id": self.schedule}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 56)
        groups = [one.name for one in world.groups if one.schedule == self.schedule]
        return tuple(Concern("frt.calendar#1", (("group", name),), start, last) for name in groups)

    def expects(self, world: World) -> tuple[Expectation, ...]:
        return (Expectation("sla_setup", 28, must=False), Expectation("speed", 28, must=False))


def closed(old: Schedule, spans: tuple[Span, ...]) -> list[tuple[int, int, int]]:
    """(weekday, from, to) of the hours that were open and no longer are."""
    found: list[tuple[int, int, int]] = []
    for weekday in range(7):
        before = {minute for one in old.spans if one.weekday == weekday for minute in range(one.start, one.end)}
        after = {minute for one in spans if one.weekday == weekday for minute in range(one.start, one.end)}
        gone = sorted(before - after)
        for minute in gone:
            if found and found[-1][0] == weekday and found[-1][2] == minute:
                found[-1] = (weekday, found[-1][1], minute + 1)
            else:
                found.append((weekday, minute, minute + 1))
    return found
