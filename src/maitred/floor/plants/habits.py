"""Plants about what people do to their figures: piles set aside, clocks that are stopped, easy cases first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from maitred.floor.plants.planted import (
    Concern,
    Expectation,
    Planted,
    When,
    agent,
    classes,
    closing,
    group_names,
    instant,
    known,
    people,
    refused,
    until,
)
from maitred.floor.world import Switch, World

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class HiddenPile(Planted):
    """Tickets are set to pending without a word to the customer: by one person, or by a whole group.

    ``share`` of the segments end so from ``start`` on. Open work looks small; customers wait.
    """

    start: When
    agent: str = ""
    group: str = ""
    end: When | None = None
    share: float = 0.2

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("parked", 28),)
    NEVER: ClassVar[tuple[str, ...]] = ("topic_surge", "topic_new", "volume", "improvement")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"share": (0, 1)}

    def alter(self, world: World) -> World:
        if bool(self.agent) == bool(self.group):
            raise refused(self, "agent", "and group are both given or both empty", "name one of the two")
        if self.agent:
            known(self, "agent", self.agent, people(world))
        else:
            known(self, "group", self.group, group_names(world))
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        kind, name = ("agent", self.agent) if self.agent else ("group", self.group)
        usual = agent(world, self.agent).parks if self.agent else 0.0
        start, end = instant(self.start), instant(self.end) if self.end else closing(world)
        begun = Switch(start, kind, name, "parks", self.share, self.id)  # type: ignore[arg-type]
        if end >= closing(world):
            return (begun,)
        return (begun, Switch(end, kind, name, "parks", usual, self.id))  # type: ignore[arg-type]

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent} if self.agent else {"type": "group", "id": self.group}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        who = (("agent", self.agent),) if self.agent else (("group", self.group),)
        last = until(world, start, end, 91)
        return (Concern("truth.parked", who, start, last), Concern("full_resolution.calendar#1", who, start, last))


@dataclass(frozen=True, slots=True)
class ClockGaming(Planted):
    """A person sets tickets to pending while customers wait for them, and to open again when taking them up.

    Nothing else changes: customers wait as long as before, clocks that pause in pending show less.
    """

    agent: str
    start: When
    end: When | None = None
    share: float = 0.5
    after_minutes: float = 15.0

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("parked", 28, False),)
    NEVER: ClassVar[tuple[str, ...]] = ("topic_surge", "topic_new", "volume", "improvement")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"share": (0, 1), "after_minutes": (1, 10_000)}

    def alter(self, world: World) -> World:
        known(self, "agent", self.agent, people(world))
        return world

    def recorded(self, world: World, log: NDArray[np.void], place: int) -> NDArray[np.void]:
        from maitred.floor.plants.parking import parked_waits

        start, end = self.window(world)
        window = (start, until(world, start, end, 36_500))
        who = [position for position, one in enumerate(world.agents) if one.id == self.agent]
        return parked_waits(world, log, place, window, share=self.share, minutes=self.after_minutes, agents=who)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        return (Concern("rwt.calendar#1", (("agent", self.agent),), start, until(world, start, end, 91)),)


@dataclass(frozen=True, slots=True)
class CherryPicking(Planted):
    """A person takes the easy tickets and passes hard ones on; ``picks`` is how strongly."""

    agent: str
    start: When
    end: When | None = None
    picks: float = 1.5

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("case_selection", 42),)
    NEVER: ClassVar[tuple[str, ...]] = ("topic_surge", "topic_new", "volume", "improvement")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"picks": (0, 100)}

    def alter(self, world: World) -> World:
        known(self, "agent", self.agent, people(world))
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        begun = Switch(instant(self.start), "agent", self.agent, "picks", self.picks, self.id)
        if self.end is None:
            return (begun,)
        return (begun, Switch(instant(self.end), "agent", self.agent, "picks", agent(world, self.agent).picks, self.id))

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        last, who = until(world, start, end, 91), (("agent", self.agent),)
        return (Concern("transfer_rate.out#1", who, start, last), Concern("truth.effort", who, start, last))


@dataclass(frozen=True, slots=True)
class SurveySteering(Planted):
    """A person sees to it that unhappy customers are not asked: ``share`` of their bad ratings never come in."""

    agent: str
    start: When
    end: When | None = None
    share: float = 0.7

    EXPECT: ClassVar[tuple[Expectation, ...]] = ()
    NEVER: ClassVar[tuple[str, ...]] = ("improvement", "topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"share": (0, 1)}

    def alter(self, world: World) -> World:
        known(self, "agent", self.agent, people(world))
        return world

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        return (Concern("csat.rate@at_solve#1", (("agent", self.agent),), start, until(world, start, end, 91)),)


@dataclass(frozen=True, slots=True)
class Reassignment(Planted):
    """A group passes tickets on more often than it used to: ``share`` of first segments end in another group."""

    group: str
    start: When
    end: When | None = None
    share: float = 0.2

    EXPECT: ClassVar[tuple[Expectation, ...]] = (
        Expectation("case_selection", 42, False),
        Expectation("speed", 42, False),
    )
    NEVER: ClassVar[tuple[str, ...]] = ("topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"share": (0, 1)}

    def alter(self, world: World) -> World:
        known(self, "group", self.group, group_names(world))
        if not classes(world, group=self.group):
            raise refused(self, "group", f"{self.group!r} gets no tickets of its own", "name another group")
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        mine = classes(world, group=self.group)
        begun = [Switch(instant(self.start), "class", one.name, "transfers", self.share, self.id) for one in mine]
        if self.end is not None:
            begun += [Switch(instant(self.end), "class", one.name, "transfers", one.transfers, self.id) for one in mine]
        return tuple(begun)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        return (Concern("transfer_rate.out#1", (("group", self.group),), start, until(world, start, end, 91)),)
