"""Axes: where they begin and end, which values are named on them and how, all worked out before drawing.

Labels are made here and not in the browser, so that a duration reads alike on an axis, in a table and on paper.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _

from maitred.kit.charts.data import Point, Unit
from maitred.kit.pages import words

MINUTE, HOUR = words.MINUTE, words.HOUR
_TIME_STEPS = (1, 2, 5, 10, 15, 30, *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)), *(HOUR * n for n in (1, 2, 4, 8, 12)))
_LEAST: dict[Unit, float] = {"seconds": 1.0, "share": 0.002, "count": 0.2, "points": 0.01, "ratio": 0.01}
"""Values nearer to each other than this stand on one line: an axis does not magnify what cannot be told."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of values from ``low`` to ``high`` with named positions."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]

    def scale(self, **more: Any) -> dict[str, Any]:
        return {"domain": [self.low, self.high], "nice": False, "zero": False, **more}

    def axis(self, **more: Any) -> dict[str, Any]:
        return {"values": list(self.ticks), "labelExpr": looked_up(self.ticks, self.labels), **more}

    def place(self, value: float) -> float:
        """Where a value lies, from 0 at the low end to 1 at the high one."""
        return (value - self.low) / (self.high - self.low)


def values(numbers: Iterable[float | None], unit: Unit, zero: bool = False, about: int = 5, room: float = 0.06) -> Axis:
    """An axis that shows all numbers; it begins at zero only where ``zero`` asks for it.

    Parameters
    ----------
    about
        How many positions to name.
    room
        Free space beyond the outermost numbers, as a share of their distance.
    """
    known = [one for one in numbers if one is not None] or [0.0, 1.0]
    low, high = min([*known, 0.0] if zero else known), max([*known, 0.0] if zero else known)
    least = max(_LEAST[unit], abs(high) * 1e-6)
    if high - low < least:
        gap = max(abs(high) * 0.1, least * 5)
        low, high = low - gap, high + gap
    gap = (high - low) * room
    low, high = _kept(low, low - gap, min(known), unit), high + gap
    if unit == "share" and max(known) <= 1:
        high = min(high, 1.0)
    step = _step(high - low, unit, about)
    first = math.ceil(low / step - 1e-9)
    ticks = tuple(round(n * step, 9) for n in range(first, math.floor(high / step + 1e-9) + 1))
    return Axis(low, high, ticks, tuple(_label(one, unit, step, max(abs(low), abs(high))) for one in ticks))


def buckets(points: Sequence[Point], about: int = 8) -> Axis:
    """An axis of time buckets by their position; dates in one form, with the year where it changes."""
    every = _every(points, about)
    ticks = tuple(range(0, len(points), every))
    labels, year = [], None
    for index in ticks:
        at = points[index].at
        labels.append(points[index].label if at is None else day(at, with_year=year not in (None, at.year)))
        year = at.year if at else year
    return Axis(-0.5, max(len(points), 1) - 0.5, ticks, tuple(labels))


def day(at: date, with_year: bool = False) -> str:
    """A day as an axis names it: 5 Nov."""
    return format_date(at, format="d MMM y" if with_year else "d MMM", locale=words.locale())


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Places moved apart to keep a gap, in their order, as near to where they were as a single pass allows."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    if not order:
        return moved
    over = moved[order[-1]] - max(1.0, places[order[-1]])
    limit = moved[order[-1]] - max(0.0, over)
    for index in reversed(order):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return moved


def looked_up(ticks: Sequence[float], labels: Sequence[str]) -> str:
    """A Vega expression that names a tick by its position among all; texts are JSON strings and stay texts."""
    return f"{json.dumps(list(labels))}[indexof({json.dumps(list(ticks))}, datum.value)]"


def _kept(low: float, wanted: float, least: float, unit: Unit) -> float:
    """Nothing lies below zero where no value does."""
    return max(0.0, wanted) if least >= 0 and low >= 0 else wanted


def _step(width: float, unit: Unit, about: int) -> float:
    rough = width / max(1, about)
    if unit == "seconds" and rough < _TIME_STEPS[-1] * 2:
        return next((float(one) for one in _TIME_STEPS if one >= rough * 0.8), 24.0 * HOUR)
    scale = HOUR if unit == "seconds" else 1.0
    power = 10.0 ** math.floor(math.log10(rough / scale))
    quarters = unit == "share" and power > 0.09
    choices = [power * one for one in ((1, 2.5, 5, 10) if quarters else (1, 2, 5, 10))]
    step = min(choices, key=lambda one: abs(math.log(one * scale / rough * 1.001)))
    return max(1.0, step) if unit == "count" else step * scale


def _label(tick: float, unit: Unit, step: float, far: float) -> str:
    if unit == "seconds":
        return _duration(round(tick), step, far)
    if unit == "share":
        return words.share(tick, 0 if step >= 0.01 - 1e-9 else 1)
    digits = 0 if step >= 1 else min(3, -math.floor(math.log10(step)))
    return words.number(tick, digits)


def _duration(tick: int, step: float, far: float) -> str:
    """Minutes while all are few; hours, with minutes only where a step is no whole hour, above."""
    sign, tick = ("−" if tick < 0 else ""), abs(tick)
    if not tick:
        return "0"
    if far < 2 * MINUTE:
        return sign + _("%(n)s s") % {"n": tick}
    if far < 100 * MINUTE and step >= MINUTE:
        return sign + _("%(n)s min") % {"n": tick // MINUTE}
    hours, rest = tick // HOUR, tick % HOUR // MINUTE
    if step < MINUTE:
        return sign + words.duration(tick)
    if not hours:
        return sign + _("%(n)s min") % {"n": rest}
    told = _("%(h)s h %(m)s min") if rest else _("%(h)s h")
    return sign + told % {"h": words.count(hours), "m": rest}


def _every(points: Sequence[Point], about: int) -> int:
    every = max(1, math.ceil(len(points) / about))
    days = [one.at for one in points if one.at is not None]
    daily = len(days) > 1 and (days[1] - days[0]).days == 1
    return math.ceil(every / 7) * 7 if daily and every > 3 else every


def looked_up_names(names: Mapping[str, str]) -> str:
    """A Vega expression that shows a name for each key of an axis of names."""
    return f"{json.dumps(list(names.values()))}[indexof({json.dumps(list(names))}, datum.value)]"
