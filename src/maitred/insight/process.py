"""The way that work takes: stations and the steps between them, cut down to what a picture can show.

What is left out is counted, so that the picture says how much of the work it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_STATIONS = 15
MOST_STEPS = 40


@dataclass(frozen=True, slots=True)
class Step:
    """A step between two stations: how often, on which tickets, and the median time at the first before it."""

    station: str
    next: str
    n: int
    tickets: frozenset[int]
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Station:
    """A station, and how many tickets and steps arrived there."""

    name: str
    tickets: int
    arrivals: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The largest stations and steps; the rest in numbers."""

    tickets: int
    stations: tuple[Station, ...]
    steps: tuple[Step, ...]
    stations_left: int
    steps_left: int
    moves_left: int


def picture(steps: Sequence[Step]) -> Picture:
    """The map of these steps: stations by tickets, then steps between them by how often they happen.

    Examples
    --------
    >>> found = picture([Step("new", "open", 2, frozenset({1, 2}), 60.0, None, None)])
    >>> found.tickets, [station.name for station in found.stations]
    (2, ['open', 'new'])
    """
    stations = sorted(_stations(steps), key=lambda one: (-one.tickets, -one.arrivals, one.name))
    kept = stations[:MOST_STATIONS]
    names = {one.name for one in kept}
    inside = [one for one in steps if {one.station, one.next} <= names]
    shown = sorted(inside, key=lambda one: (-one.n, one.station, one.next))[:MOST_STEPS]
    return Picture(
        len(frozenset[int]().union(*(one.tickets for one in steps))),
        tuple(kept),
        tuple(shown),
        len(stations) - len(kept),
        len(steps) - len(shown),
        sum(one.n for one in steps) - sum(one.n for one in shown),
    )


def _stations(steps: Sequence[Step]) -> list[Station]:
    seen: dict[str, set[int]] = {}
    arrivals: dict[str, int] = {}
    for one in steps:
        for name in (one.station, one.next):
            seen.setdefault(name, set()).update(one.tickets)
        arrivals[one.next] = arrivals.get(one.next, 0) + one.n
    return [Station(name, len(tickets), arrivals.get(name, 0)) for name, tickets in seen.items()]
