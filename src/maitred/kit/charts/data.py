"""What charts are made of: values in base units with their interval, the rows behind them and where those are listed.

A missing value is ``None`` and is drawn as a gap. Durations are seconds, shares lie between 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeVar

from maitred.base.errors import Invalid

Unit = Literal["seconds", "share", "count", "points", "ratio"]
Better = Literal["higher", "lower", ""]
Verdict = Literal["better", "worse", "same", "unknown"]
MOST_POINTS = 2_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Datum:
    """One value of a chart.

    Parameters
    ----------
    value
        In the chart's base unit; ``None`` where there is none.
    low, high
        Ends of the interval; one may be open.
    n
        Rows behind the value.
    drill
        Address in the console that lists those rows; empty where there is none.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    drill: str = ""

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise Invalid(f"{name} of {self.label!r} is not a number", "give None where there is no value")
        if self.drill and not inside(self.drill):
            raise Invalid(
                f"the drill of {self.label!r} leads outside the console", "give a path that begins with one /"
            )


@dataclass(frozen=True, slots=True)
class Point(Datum):
    """A value of one bucket of time."""

    at: date | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """What happened in one bucket: a release, a campaign, an outage."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Row(Datum):
    """A value of one team, topic, channel or person."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A whole and what it is made of; the parts are shown as shares of their sum."""

    label: str
    parts: tuple[Datum, ...]


@dataclass(frozen=True, slots=True)
class Cell(Datum):
    """A value of one hour of the week; Monday is day 0."""

    day: int = 0
    hour: int = 0


@dataclass(frozen=True, slots=True)
class Change(Datum):
    """A value before and after; what may be said about the difference comes from a test, not from the chart."""

    before: float | None = None
    before_n: int | None = None
    verdict: Verdict = "unknown"


@dataclass(frozen=True, slots=True)
class Step(Datum):
    """Share still waiting from a time on; ``n`` are those still at risk."""

    time: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One survival curve; ``median`` where the curve falls that far."""

    label: str
    steps: tuple[Step, ...]
    median: float | None = None


@dataclass(frozen=True, slots=True)
class Node(Datum):
    """A station of a process: ``value`` is the median stay in seconds, ``n`` the tickets that passed."""

    key: str = ""


@dataclass(frozen=True, slots=True)
class Edge(Datum):
    """A hand-over between two stations: ``value`` is the median time in seconds, ``n`` how often it happened."""

    source: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Part(Datum):
    """What one cause adds to a difference or takes from it."""


@dataclass(frozen=True, slots=True)
class Bin(Datum):
    """A class of a histogram; ``value`` is the number of rows between its edges."""

    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A named position on an axis, such as a median or a target."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a ticket's life in one state; ``whose`` turn it was decides the colour."""

    state: str
    start: datetime
    end: datetime
    whose: Literal["ours", "customer", "held", "nobody"] = "ours"
    drill: str = ""

    def __post_init__(self) -> None:
        if self.drill and not inside(self.drill):
            raise Invalid(
                f"the drill of {self.state!r} leads outside the console", "give a path that begins with one /"
            )


@dataclass(frozen=True, slots=True)
class Tick:
    """A message or deed within a ticket's life."""

    label: str
    at: datetime
    side: Literal["customer", "staff", "system"] = "staff"


@dataclass(frozen=True, slots=True)
class Goal(Datum):
    """A value with the target that was set for it."""

    target: float | None = None


def inside(address: str) -> bool:
    """Whether an address is a path of this console: no scheme, no other host."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()


def bounded(data: Sequence[T], points: int | None = None) -> tuple[T, ...]:
    """The data as they are, or a refusal where they are more than a chart can show."""
    if (len(data) if points is None else points) > MOST_POINTS:
        raise Invalid(f"a chart shows at most {MOST_POINTS} points", "use a coarser grain or fewer groups")
    return tuple(data)
