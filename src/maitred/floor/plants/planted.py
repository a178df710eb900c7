"""What every plant has: an id, a window, a subject, what a detector should say about it, and hooks that do nothing.

A plant changes a world in up to six ways, all of them optional: switches, extra arrivals and missing people feed the
engine; ``alter`` changes parameters before the run; ``recorded`` and ``tabled`` change only what is written down.
Times are ISO texts or dates and become aware UTC instants; a text without a zone is UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from maitred.floor.world import Extra, Missing, Switch, TicketClass, World

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

When = str | date | datetime
TIMES = ("at", "start", "end")
"""Field names that hold an instant; ``waves`` holds several."""

FAMILIES = (
    "speed",
    "backlog",
    "staffing_gap",
    "volume",
    "topic_surge",
    "topic_new",
    "reopen",
    "satisfaction",
    "agent_quality",
    "case_selection",
    "workload",
    "parked",
    "account_risk",
    "sensitive_data",
    "bot_resolution",
    "sla_setup",
    "improvement",
)
"""Families of findings that stand for a change; routine ones (``sla_due`` …) never point at a plant."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A family of findings that should name this plant, ``days`` after its start at the latest."""

    family: str
    days: int
    must: bool = True


@dataclass(frozen=True, slots=True)
class Concern:
    """One figure that a plant moves: a metric of the catalogue, whose tickets, in which days (end excluded)."""

    metric: str
    population: tuple[tuple[str, str], ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Hazard:
    """A shift of the monthly log-odds of leaving, of one account, of a segment (``account`` -1) or of all."""

    plant: str
    start: datetime
    end: datetime
    log_odds: float
    account: int = -1
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """From ``start`` to ``end`` a person shows these behaviours (in the order of ``Agent.behaviours``)."""

    plant: str
    agent: str
    start: datetime
    end: datetime
    chances: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """The part that all plants share; ``id`` names it in the truth file and as ``cause``.

    Raises
    ------
    InvalidWorld
        A field has an impossible value, or (from ``alter``) names something that the world does not hold.
    """

    id: str

    EXPECT: ClassVar[tuple[Expectation, ...]] = ()
    NEVER: ClassVar[tuple[str, ...]] = ()
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {}
    DECOY: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not self.id:
            raise refused(self, "id", "is empty", "give the plant a name that is used once")
        for one in fields(self):
            object.__setattr__(self, one.name, _plain(self, one.name, getattr(self, one.name)))
        for name, (low, high) in self.BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise refused(self, name, f"is {value}", f"take a value from {low:g} to {high:g}")
        start, end = getattr(self, "start", None), getattr(self, "end", None)
        if start is not None and end is not None and start >= end:
            raise refused(self, "end", f"is {end:%Y-%m-%d %H:%M}", "let it come after the start")

    def switches(self, world: World) -> tuple[Switch, ...]:
        """Parameters that take a new value at an instant."""
        return ()

    def extras(self, world: World) -> tuple[Extra, ...]:
        """Arrivals on top of the ordinary ones."""
        return ()

    def missing(self, world: World) -> tuple[Missing, ...]:
        """People who do not work in a window."""
        return ()

    def alter(self, world: World) -> World:
        """The world with what the three above cannot say; refuses names that the world does not hold."""
        return world

    def recorded(self, world: World, log: NDArray[np.void], place: int) -> NDArray[np.void]:
        """The log as the helpdesk would show it; only what is written down changes, not what happened."""
        return log

    def tabled(self, world: World, tables: dict[str, pa.Table], place: int) -> dict[str, pa.Table]:
        """The canonical tables as they would arrive here."""
        return tables

    def hazards(self, world: World) -> tuple[Hazard, ...]:
        """What makes accounts leave more or less."""
        return ()

    def behaviours(self, world: World) -> tuple[Behaviour, ...]:
        """How people write for a while."""
        return ()

    def window(self, world: World) -> tuple[datetime, datetime | None]:
        """Start, and end where it has one."""
        start = getattr(self, "at", None) or getattr(self, "start", None) or opening(world)
        return start, getattr(self, "end", None)

    def subject(self, world: World) -> dict[str, str]:
        """``{"type": …, "id": …}`` in the words of the truth file."""
        return {"type": "workspace", "id": world.name}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        """The figures that it moves."""
        return ()

    def expects(self, world: World) -> tuple[Expectation, ...]:
        """Families of findings that should name it."""
        return self.EXPECT

    def nevers(self, world: World) -> tuple[str, ...]:
        """Families of findings that must not name its subject."""
        return self.NEVER


def _plain(plant: Planted, name: str, value: Any) -> Any:
    """Times as aware UTC instants, lists as tuples, so that equal plants have equal hashes."""
    if name in TIMES:
        return None if value is None else moment(plant, name, value)
    if name == "waves":
        waves = (value,) if isinstance(value, str | date) else value
        return tuple(moment(plant, name, one) for one in waves)
    return tuple(value) if isinstance(value, list) else value


def moment(plant: Planted, name: str, value: When) -> datetime:
    """An instant in UTC from ISO text, a date (its midnight) or a datetime."""
    try:
        given = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as wrong:
        raise refused(plant, name, f"is {value!r}", "write an instant such as 2026-03-03T09:00Z") from wrong
    if not isinstance(given, datetime):
        given = datetime.combine(given, time())
    return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)


def instant(value: When | None) -> datetime:
    """A time field after normalisation, as the instant that it is."""
    assert isinstance(value, datetime)
    return value


def refused(plant: Planted, name: str, what: str, remedy: str) -> Exception:
    """The error that names kind, plant and field."""
    from maitred.floor.checking import InvalidWorld

    return InvalidWorld(f"{type(plant).__name__} {plant.id!r}: {name} {what}", remedy)


def opening(world: World) -> datetime:
    """The first visible instant of a world."""
    return datetime.combine(world.start, time(), UTC)


def closing(world: World) -> datetime:
    """The end of a world's last day."""
    return opening(world) + timedelta(days=world.days)


def until(world: World, start: datetime, end: datetime | None, most: float) -> datetime:
    """The end of the days in which an effect is measured: at most so many days, never after the world."""
    last = min(closing(world), start + timedelta(days=most))
    return last if end is None else min(last, end)


def known(plant: Planted, name: str, value: str, names: Iterable[str]) -> str:
    """The value when the world holds it.

    Raises
    ------
    InvalidWorld
        It does not; the message names plant, field and some names that would fit.
    """
    there = sorted(set(names))
    if value in there:
        return value
    some = ", ".join(there[:6]) + (" …" if len(there) > 6 else "")
    raise refused(plant, name, f"names {value!r}, which this world does not hold", f"it holds {some or 'none'}")


def people(world: World, group: str = "") -> tuple[str, ...]:
    """Ids of the persons, of one group where it is named; bots are left out."""
    return tuple(one.id for one in world.agents if not one.is_bot and (not group or group in one.groups))


def group_names(world: World) -> tuple[str, ...]:
    return tuple(one.name for one in world.groups)


def topics(world: World) -> tuple[str, ...]:
    """Topics and their first levels: ``billing`` stands for all of ``billing/…``."""
    exact = {one.topic for one in world.classes}
    return tuple(sorted(exact | {topic.split("/")[0] for topic in exact}))


def under(topic: str, above: str) -> bool:
    """Whether a topic is the other one or lies below it."""
    return topic == above or topic.startswith(above + "/")


def classes(
    world: World,
    *,
    topic: str = "",
    group: str = "",
    keep: Callable[[TicketClass], bool] | None = None,
) -> tuple[TicketClass, ...]:
    """The classes of a topic, of a group, or that a test keeps."""
    return tuple(
        one
        for one in world.classes
        if (not topic or under(one.topic, topic)) and (not group or one.group == group) and (keep is None or keep(one))
    )


def agent(world: World, id: str) -> Any:
    """The ``Agent`` of that id."""
    return next(one for one in world.agents if one.id == id)


def drawn(seed: int, plant: str, ids: Sequence[str], turn: int = 0) -> list[float]:
    """One number in (0, 1) for each id, by plant; the same whatever else is drawn."""
    import hashlib

    def one(id: str) -> float:
        word = hashlib.sha256(f"{seed}|{plant}|{id}|{turn}".encode()).digest()
        return (int.from_bytes(word[:8], "big") + 0.5) / 2.0**64

    return [one(id) for id in ids]
