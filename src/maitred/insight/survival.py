"""How long until it ends, open ones included: the Kaplan-Meier curve with its band, and the distribution of what ended.

Formulas: Kaplan and Meier 1958; Greenwood 1926 on the log(-log) scale, so that the band stays within 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maitred.metrics.intervals import (
    Floats,
    Integers,
    Interval,
    Survival,
    Z,
    kaplan_meier,
    survival_interval,
    survival_quantile,
)

MOST_STEPS = 200
MOST_BINS = 40

_M, _H, _D = 60, 3_600, 86_400
DURATION_EDGES = (
    0, 10, 20, 30, _M, 2 * _M, 3 * _M, 5 * _M, 10 * _M, 15 * _M, 20 * _M, 30 * _M, 45 * _M,
    _H, 5_400, 2 * _H, 3 * _H, 4 * _H, 6 * _H, 8 * _H, 12 * _H, 16 * _H,
    _D, 36 * _H, 2 * _D, 3 * _D, 4 * _D, 5 * _D, 7 * _D, 10 * _D, 14 * _D, 21 * _D, 30 * _D, 45 * _D, 60 * _D,
    90 * _D, 120 * _D, 180 * _D, 365 * _D, 730 * _D,
)  # fmt: skip
"""Edges that people know from clocks and calendars, each about one and a half times the one before."""


@dataclass(frozen=True, slots=True)
class Step:
    """From ``at`` on, the share still running, with the pointwise band; ``at_risk`` were running just before."""

    at: int
    value: float
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve: steps in order of time, and the median with its limits (null: not reached)."""

    steps: tuple[Step, ...]
    n: int
    censored: int
    median: int | None
    median_interval: Interval


@dataclass(frozen=True, slots=True)
class Bin:
    """How many ended from ``low`` up to, but not including, ``high``; null: no upper end."""

    low: int
    high: int | None
    n: int


def curve(values: Integers, events: Integers, censored: Integers, widened: float = 1.0) -> Curve:
    """The curve of counted durations.

    Parameters
    ----------
    values, events, censored
        Distinct durations in ascending order, how many ended at each and how many were still running then.
    widened
        Factor of the standard error, above 1 where rows come in clusters.

    Examples
    --------
    >>> found = curve(np.array([6, 7]), np.array([1, 1]), np.array([1, 0]))
    >>> [round(step.value, 3) for step in found.steps], found.median
    ([0.667, 0.0], 7)
    """
    n, left = int(events.sum() + censored.sum()), int(censored.sum())
    if not events.any():
        return Curve((), n, left, None, Interval(None, None))
    made = kaplan_meier(values, events, censored)
    made = Survival(made.times, made.surviving, made.log_log, made.error * widened)
    risk = (events + censored)[::-1].cumsum()[::-1][events > 0]
    low, high = _band(made)
    places = _thinned(len(made.times))
    steps = tuple(
        Step(int(made.times[i]), float(made.surviving[i]), _number(low[i]), _number(high[i]), int(risk[i]))
        for i in places
    )
    return Curve(steps, n, left, survival_quantile(made, 50), survival_interval(made, 50))


def at_risk(values: Integers, events: Integers, censored: Integers, times: Sequence[int]) -> tuple[int, ...]:
    """How many were still running just before each time."""
    total = np.concatenate([[0], (events + censored).cumsum()])
    before = np.searchsorted(values, np.asarray(times, np.int64), side="left")
    return tuple(int(total[-1] - total[place]) for place in before)


def bins(values: Integers, counts: Integers, *, durations: bool) -> tuple[Bin, ...]:
    """At most ``MOST_BINS`` bins that hold every value once: edges of clock and calendar, or equal whole steps."""
    there = counts > 0
    if not there.any():
        return ()
    values, counts = values[there], counts[there]
    edges = _duration_edges(values) if durations else _equal_edges(values)
    places = np.searchsorted(edges, values, side="right") - 1
    held = np.bincount(places, counts, len(edges)).astype(np.int64)
    last = len(edges) - 1
    return tuple(
        Bin(int(edges[i]), None if i == last else int(edges[i + 1]), int(held[i]))
        for i in range(len(edges))
        if i < last or held[i]
    )


def _band(made: Survival) -> tuple[Floats, Floats]:
    with np.errstate(invalid="ignore", over="ignore"):
        low = np.exp(-np.exp(made.log_log + Z * made.error))
        high = np.exp(-np.exp(made.log_log - Z * made.error))
    return low, high


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _thinned(steps: int) -> Integers:
    """Places of at most ``MOST_STEPS`` steps, evenly spread, the first and the last among them."""
    if steps <= MOST_STEPS:
        return np.arange(steps, dtype=np.int64)
    return np.unique(np.linspace(0, steps - 1, MOST_STEPS).round().astype(np.int64))


def _duration_edges(values: Integers) -> Integers:
    edges = np.array(DURATION_EDGES, np.int64)
    first = int(np.searchsorted(edges, max(0, int(values[0])), side="right")) - 1
    last = int(np.searchsorted(edges, int(values[-1]), side="right"))
    return edges[first : last + 1]


def _equal_edges(values: Integers) -> Integers:
    low, high = int(values[0]), int(values[-1])
    step = -(-(high - low + 1) // (MOST_BINS - 1))
    return np.arange(low, high + step + 1, step, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class At:
    """The share that lasts beyond a time, with its limits and how many were still running just before it."""

    t: float
    value: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True, slots=True)
class Lasting:
    """The curve at the times asked for, and the median with its limits; null: not reached."""

    n: int
    events: int
    at: tuple[At, ...]
    median: float | None
    median_low: float | None
    median_high: float | None


def lasting(durations: Floats, ended: Floats, times: Sequence[float]) -> Lasting:
    """Kaplan-Meier estimates of single durations.

    Parameters
    ----------
    durations, ended
        How long each lasted, and 1 where it ended, 0 where it was still running then.
    times
        At which the curve is read.

    Notes
    -----
    Greenwood on the log(-log) scale. Before the first end and after the last of all, where that band does not exist,
    the exact limit of none out of n.

    Examples
    --------
    >>> found = lasting(np.array([6.0, 6, 6, 7, 10]), np.array([1.0, 1, 1, 1, 0]), [6])
    >>> round(found.at[0].value, 3), found.median
    (0.4, 6.0)
    """
    values, codes = np.unique(durations, return_inverse=True)
    events = np.bincount(codes, ended, len(values)).round().astype(np.int64)
    censored = np.bincount(codes, minlength=len(values)) - events
    running = np.concatenate([(events + censored)[::-1].cumsum()[::-1], [0]])
    made = kaplan_meier(values, events, censored) if events.any() else None
    at = tuple(_at(made, values, running, float(time)) for time in times)
    median, low, high = _median(made)
    return Lasting(len(durations), int(events.sum()), at, median, low, high)


def _at(made: Survival | None, values: Floats, running: Integers, time: float) -> At:
    risk = int(running[np.searchsorted(values, time, side="left")])
    place = -1 if made is None else int(np.searchsorted(made.times, time, side="right")) - 1
    if made is None or place < 0:
        return At(time, 1.0, 0.025 ** (1 / max(1, int(running[0]))), 1.0, risk)
    value = float(made.surviving[place])
    if value <= 0:
        last = int(running[np.searchsorted(values, made.times[place], side="left")])
        return At(time, 0.0, 0.0, 1 - 0.025 ** (1 / last), risk)
    low, high = (float(end[place]) for end in _band(made))
    return At(time, value, low, high, risk)


def _median(made: Survival | None) -> tuple[float | None, float | None, float | None]:
    """The first time at which half have ended, and where the band crosses a half."""
    if made is None:
        return None, None, None
    low, high = _band(made)
    gone = made.surviving <= 0
    ends = (made.surviving, np.where(gone, 0.0, low), np.where(gone, 0.0, high))
    value, first, last = (np.flatnonzero(end <= 0.5 + 1e-12) for end in ends)
    return tuple(float(made.times[one[0]]) if one.size else None for one in (value, first, last))  # type: ignore[return-value]
