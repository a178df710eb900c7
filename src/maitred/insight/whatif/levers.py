"""What a manager may change in thought: people, rules, volume, work, promises; and what that does to a fitted floor.

A lever knows which queues it touches, because a queue that did not pass the gate answers nothing, and by how much it
leaves what was fitted, because beyond thirty percent an answer is an extrapolation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from maitred.floor.world import Agent, Policy, SlaPolicy, World

FITTED_RANGE = 0.30


class Change(Protocol):
    """One lever."""

    def queues(self, world: World) -> tuple[str, ...]:
        """The queues that feel it directly; empty: all."""
        ...

    def apply(self, world: World) -> World:
        """The world with it."""
        ...

    def reach(self, world: World) -> float:
        """How far it leaves the fitted range, as a relative change; 0 where nothing fitted is left."""
        ...


@dataclass(frozen=True, slots=True)
class People:
    """``count`` more people in a queue (fewer when negative), each working the weeks of the queue's people in turn.

    The newcomers work at typical speed from their first day.
    """

    group: str
    count: int

    def queues(self, world: World) -> tuple[str, ...]:
        return (self.group,)

    def apply(self, world: World) -> World:
        mine = _on_duty(world, self.group)
        if self.count < 0:
            leaving = {agent.id for agent in mine[self.count :]}
            agents = tuple(replace(one, shifts=()) if one.id in leaving else one for one in world.agents)
            return replace(world, agents=agents)
        typical = sum(one.speed for one in mine) / max(1, len(mine))
        fresh = tuple(
            replace(mine[k % len(mine)], id=f"new-{k}", name=f"New {k + 1}", groups=(self.group,), speed=typical)
            for k in range(self.count if mine else 0)
        )
        return replace(world, agents=world.agents + fresh)

    def reach(self, world: World) -> float:
        return abs(self.count) / max(1, len(_on_duty(world, self.group)))


@dataclass(frozen=True, slots=True)
class Routing:
    """Another routing policy in a queue."""

    group: str
    policy: Policy

    def queues(self, world: World) -> tuple[str, ...]:
        return (self.group,)

    def apply(self, world: World) -> World:
        groups = tuple(replace(one, policy=self.policy) if one.name == self.group else one for one in world.groups)
        return replace(world, groups=groups)

    def reach(self, world: World) -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Volume:
    """Arrivals times ``factor``, in one queue or (empty) in all: deflection, a campaign, a product fix."""

    factor: float
    group: str = ""

    def queues(self, world: World) -> tuple[str, ...]:
        return (self.group,) if self.group else ()

    def apply(self, world: World) -> World:
        classes = tuple(
            replace(one, weekly=one.weekly * self.factor) if self.group in ("", one.group) else one
            for one in world.classes
        )
        return replace(world, classes=classes)

    def reach(self, world: World) -> float:
        return abs(self.factor - 1.0)


@dataclass(frozen=True, slots=True)
class Effort:
    """Handling time times ``factor``, in one queue or (empty) in all: a macro, a tool, a training."""

    factor: float
    group: str = ""

    def queues(self, world: World) -> tuple[str, ...]:
        return (self.group,) if self.group else ()

    def apply(self, world: World) -> World:
        classes = tuple(
            replace(one, effort_median=one.effort_median * self.factor) if self.group in ("", one.group) else one
            for one in world.classes
        )
        return replace(world, classes=classes)

    def reach(self, world: World) -> float:
        return abs(self.factor - 1.0)


@dataclass(frozen=True, slots=True)
class Reopening:
    """Share of solved tickets that come back, times ``factor``, in one queue or (empty) in all."""

    factor: float
    group: str = ""

    def queues(self, world: World) -> tuple[str, ...]:
        return (self.group,) if self.group else ()

    def apply(self, world: World) -> World:
        # every bad outcome of a fitted floor reopens its ticket, so the share is the one lever
        classes = tuple(
            replace(one, reopens=min(1.0, one.reopens * self.factor)) if self.group in ("", one.group) else one
            for one in world.classes
        )
        return replace(world, classes=classes)

    def reach(self, world: World) -> float:
        return abs(self.factor - 1.0)


@dataclass(frozen=True, slots=True)
class Targets:
    """Reply targets times ``factor`` in one queue: who is served first under ``sla_due`` follows them."""

    group: str
    factor: float

    def queues(self, world: World) -> tuple[str, ...]:
        return (self.group,)

    def apply(self, world: World) -> World:
        found: list[SlaPolicy] = []
        for policy in world.policies:
            if policy.groups and self.group not in policy.groups:
                found.append(policy)
                continue
            others = tuple(name for name in policy.groups or _names(world) if name != self.group)
            if others:
                found.append(replace(policy, groups=others))
            targets = tuple(replace(one, seconds=max(1, round(one.seconds * self.factor))) for one in policy.targets)
            found.append(replace(policy, name=f"{policy.name} ({self.group})", groups=(self.group,), targets=targets))
        return replace(world, policies=tuple(found))

    def reach(self, world: World) -> float:
        return abs(self.factor - 1.0)


def _names(world: World) -> tuple[str, ...]:
    return tuple(one.name for one in world.groups)


def _on_duty(world: World, group: str) -> list[Agent]:
    return [one for one in world.agents if group in one.groups and one.shifts and not one.is_bot]
