"""Whether a series still behaves as it did: a control chart with limits from a baseline, for people to look at.

Three charts with one arithmetic. ``xmr`` for figures of any kind, ``p`` for shares with their denominators, ``u`` for
counts: each point's distance from its expectation is measured in the chart's own standard deviations, so that weekday
season, over-dispersion (Laney) and dependence on the point before are handled alike. The chart explains; it is no
alarm. Its four rules together give a false signal about once in ``FALSE_SIGNAL_EVERY`` points.

Formulas: Wheeler (XmR, median moving range), Laney 2002 (p' and u'), Nelson 1984 (rules).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from maitred.metrics.intervals import Floats, Integers

Kind = Literal["xmr", "p", "u"]
Verdict = Literal["change", "no_change", "cannot_tell"]
Rule = Literal["beyond_limit", "nine_on_one_side", "six_in_a_row", "two_of_three"]

SMALLEST_BASELINE = 20
FIRM_BASELINE = 40
FALSE_SIGNAL_EVERY = 118
"""Points per false signal of all rules together, for independent normal data with known limits.

With limits learned from 56 points it is 80 to 120 by kind of chart, and about 60 where points follow each other.
"""

_SEASON_NEEDS = 28
_OVERDISPERSED = 1.2
_MEAN_RANGE = 1.128
_MEDIAN_RANGE = 3 / 3.14
_CONSTANT = 3
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Signal:
    """What a point breaks; ``first`` is where the pattern that it completes began."""

    rules: tuple[Rule, ...]
    direction: Literal["up", "down"]
    first: int


@dataclass(frozen=True, slots=True)
class Point:
    """What was expected of a point, its limits, and its signal; all null for a gap or without limits."""

    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    signal: Signal | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart.

    Parameters
    ----------
    points
        One for each value of the series.
    centre
        The level of the baseline; null without limits.
    baseline
        Points that the limits were learned from; ``provisional`` below ``FIRM_BASELINE``.
    learned_from
        ``before`` for the baseline asked for, ``whole`` where it was too short and the whole series had to do.
    since
        Index at which the latest run of signals began.
    dispersion
        How much wider than the chart's own standard deviation the limits are (1 for none; ``xmr``: its sigma).
    season, follows
        Whether weekdays were taken out; how far a point follows the one before (0: not told apart from none).
    """

    points: tuple[Point, ...]
    centre: float | None
    baseline: int
    provisional: bool
    learned_from: Literal["before", "whole"] | None
    verdict: Verdict
    since: int | None = None
    dispersion: float | None = None
    season: bool = False
    follows: float = 0.0


def chart(
    values: Sequence[float | None],
    kind: Kind,
    baseline: int,
    *,
    exposure: Sequence[float] | None = None,
    weekdays: Sequence[int] | None = None,
    ratios: bool = False,
) -> Chart:
    """Limits and signals of a series.

    Parameters
    ----------
    values
        In order of time; ``None`` is a gap (closed, unfinished, too little data) and is skipped by limits and rules.
    kind
        ``xmr`` for figures, ``p`` for shares, ``u`` for counts.
    baseline
        How many of the first points the limits are learned from; the verdict is about the others.
    exposure
        Denominators of shares; what counts are counted over (1 unless given); rows behind other figures, which vary
        the more the fewer there are.
    weekdays
        Weekday of each point, to take the weekly season out where more than four weeks of baseline show it. Figures
        of weekdays on which they never vary (nothing but zero at weekends) are gaps.
    ratios
        Chart the logarithm: for durations, which differ by ratios. Ignored unless all values are above zero.

    Examples
    --------
    >>> found = chart([10, 11] * 15 + [30], "xmr", 30)
    >>> found.verdict, found.since, found.points[30].signal.rules
    ('change', 30, ('beyond_limit',))
    """
    there = np.array([value is not None for value in values], bool)
    series = np.array([0.0 if value is None else value for value in values], float)
    if kind == "xmr" and weekdays is not None:
        there &= ~_standing(series, there, baseline, np.asarray(weekdays))
    log = ratios and kind == "xmr" and bool((series[there] > 0).all())
    if log:
        series[there] = np.log(series[there])
    learn, learned_from = _baseline(there, baseline)
    if learned_from is None:
        return Chart(tuple(Point() for _ in values), None, int(learn.sum()), True, None, "cannot_tell")
    weights = np.ones(len(series)) if exposure is None else np.asarray(exposure, float)
    expected, level, season = _expected(series, kind, learn, weights, weekdays)
    unit = _unit(expected, kind, weights, learn)
    away = np.where(there, (series - expected) / unit, 0.0)
    follows = _follows(away, there, learn)
    predicted, alone = _predicted(away, there, follows)
    sigma = _sigma(away - predicted, kind, learn & ~alone if follows else learn, season)
    widths = np.where(alone, sigma / np.sqrt(1 - follows**2), sigma)
    flat = sigma <= _TINY
    broken = {} if flat else _signals(np.where(there, (away - predicted) / np.maximum(widths, _TINY), 0.0), there)
    points = tuple(
        _point(place, expected + predicted * unit, 3 * widths * unit, kind, log, broken.get(place))
        if there[place] and not flat
        else Point()
        for place in range(len(series))
    )
    judged = {place: one for place, one in broken.items() if place >= baseline}
    used = int(learn.sum())
    return Chart(
        points,
        float(np.exp(level)) if log else level,
        used,
        used < FIRM_BASELINE,
        learned_from,
        "cannot_tell" if flat or not there[baseline:].any() else "change" if judged else "no_change",
        _since(judged),
        float(sigma),
        season,
        follows,
    )


def _standing(series: Floats, there: np.ndarray, baseline: int, weekdays: Integers) -> np.ndarray:
    """Points on weekdays on which the baseline never varies."""
    found = np.zeros(len(series), bool)
    before = there & (np.arange(len(series)) < baseline)
    for day in range(7):
        mine = series[before & (weekdays == day)]
        if len(mine) >= _CONSTANT and bool((mine == mine[0]).all()):
            found |= weekdays == day
    return found if not (found | ~there).all() else np.zeros(len(series), bool)


def _baseline(there: np.ndarray, baseline: int) -> tuple[np.ndarray, Literal["before", "whole"] | None]:
    before = there & (np.arange(len(there)) < baseline)
    if before.sum() >= SMALLEST_BASELINE:
        return before, "before"
    return (there, "whole") if there.sum() >= SMALLEST_BASELINE else (before, None)


def _expected(
    series: Floats, kind: Kind, learn: np.ndarray, weights: Floats, weekdays: Sequence[int] | None
) -> tuple[Floats, float, bool]:
    """What each point is expected to be, the overall level, and whether weekdays make a difference."""
    level = float(np.average(series[learn], weights=weights[learn] if kind == "p" else None))
    if kind == "u":
        level = float(series[learn].sum() / weights[learn].sum())
    flat = level * weights if kind == "u" else np.full(len(series), level)
    if weekdays is None or learn.sum() <= _SEASON_NEEDS:
        return flat, level, False
    effects = _weekday_effects(series / (weights if kind == "u" else 1.0), level, learn, np.asarray(weekdays))
    seasonal = level + effects[np.asarray(weekdays)]
    if kind == "p":
        seasonal = np.clip(seasonal, 0.0, 1.0)
    if kind == "u":
        seasonal = np.maximum(seasonal, 0.0) * weights
    return seasonal, level, bool(effects.any())


def _weekday_effects(series: Floats, level: float, learn: np.ndarray, weekdays: Integers) -> Floats:
    """Mean distance of each weekday from the level, shrunken by how much of it is noise."""
    effects, noise = np.zeros(7), []
    days = [day for day in range(7) if (learn & (weekdays == day)).sum() >= 2]
    for day in days:
        mine = series[learn & (weekdays == day)]
        effects[day] = mine.mean() - level
        noise.append(mine.var(ddof=1) / len(mine))
    between = float(np.var(effects[days], ddof=1)) if len(days) > 2 else 0.0
    shrink = max(0.0, 1 - float(np.mean(noise)) / between) if between > 0 else 0.0
    found: Floats = effects * shrink
    return found


def _unit(expected: Floats, kind: Kind, weights: Floats, learn: np.ndarray) -> Floats:
    """The standard deviation that the chart's own distribution gives each point; never zero."""
    if kind == "xmr":
        precise: Floats = np.sqrt(max(1.0, float(weights[learn].mean())) / np.maximum(weights, 1.0))
        return precise
    if kind == "u":
        wide: Floats = np.sqrt(np.maximum(expected, 0.5 / learn.sum()))
        return wide
    total = float(weights[learn].sum())
    share = (expected * total + 0.5) / (total + 1)
    found: Floats = np.sqrt(share * (1 - share) / np.maximum(weights, 1.0))
    return found


def _follows(away: Floats, there: np.ndarray, learn: np.ndarray) -> float:
    """Correlation with the point before, or 0 where chance could make it."""
    mine = away - away[learn].mean()
    pairs = learn[1:] & learn[:-1] & there[1:] & there[:-1]
    spread = float((mine[learn] ** 2).mean())
    if pairs.sum() < SMALLEST_BASELINE - 1 or spread <= _TINY:
        return 0.0
    found = float((mine[1:] * mine[:-1])[pairs].mean() / spread)
    return float(np.clip(found, -0.95, 0.95)) if abs(found) > 1.8 / np.sqrt(learn.sum()) else 0.0


def _predicted(away: Floats, there: np.ndarray, follows: float) -> tuple[Floats, np.ndarray]:
    """How far each point is expected away because the one before was, and which points have none before."""
    alone = np.ones(len(away), bool)
    alone[1:] = ~there[:-1]
    predicted = np.zeros(len(away))
    predicted[1:] = follows * away[:-1]
    predicted[alone] = 0.0
    return predicted, alone


def _sigma(left: Floats, kind: Kind, learn: np.ndarray, season: bool) -> float:
    """Spread between neighbours, in the chart's own units; a season learned from the same points costs freedom."""
    ranges = np.abs(np.diff(left[learn]))
    if not ranges.size:
        return 0.0
    n = int(learn.sum())
    lost = float(np.sqrt(n / max(1, n - 6))) if season else 1.0
    usual = float(ranges.mean()) / _MEAN_RANGE * lost
    if kind == "xmr":
        return float(np.median(ranges)) / _MEDIAN_RANGE * lost or usual
    return usual if usual > _OVERDISPERSED else 1.0


def _signals(scaled: Floats, there: np.ndarray) -> dict[int, Signal]:
    """Signals by place; every rule looks back only."""
    places = np.flatnonzero(there)
    scores = scaled[places]
    found: dict[int, Signal] = {}
    for end in range(len(scores)):
        broken = list(_broken(scores[: end + 1]))
        if broken:
            rules = tuple(rule for rule, _, _ in broken)
            first = min(begin for _, begin, _ in broken)
            found[int(places[end])] = Signal(rules, "up" if broken[0][2] else "down", int(places[first]))
    return found


def _broken(scores: Floats) -> Iterator[tuple[Rule, int, bool]]:
    """The rules that the last point breaks: rule, where its pattern begins, whether it is upwards."""
    last, end = float(scores[-1]), len(scores) - 1
    if abs(last) > 3:
        yield "beyond_limit", end, last > 0
    if end >= 8 and bool((scores[-9:] > 0).all() or (scores[-9:] < 0).all()):
        yield "nine_on_one_side", _side_begins(scores), last > 0
    steps = np.diff(scores[-6:])
    if end >= 5 and bool((steps > 0).all() or (steps < 0).all()):
        yield "six_in_a_row", end - 5, bool(steps[-1] > 0)
    near = scores[-3:]
    far = np.flatnonzero(near * np.sign(last) > 2)
    if end >= 2 and abs(last) > 2 and len(far) >= 2:
        yield "two_of_three", end - 2 + int(far[0]), last > 0


def _side_begins(scores: Floats) -> int:
    """Where the run on the last point's side of the centre began."""
    other = np.flatnonzero(np.sign(scores) != np.sign(scores[-1]))
    return int(other[-1]) + 1 if other.size else 0


def _since(signals: dict[int, Signal]) -> int | None:
    """Where the latest run of signals began: one direction, each pattern touching the one after it."""
    begin: int | None = None
    way = ""
    for place in sorted(signals, reverse=True):
        one = signals[place]
        if begin is None:
            begin, way = one.first, one.direction
        elif one.direction == way and place >= begin - 1:
            begin = min(begin, one.first)
        else:
            break
    return begin


def _point(place: int, centres: Floats, halves: Floats, kind: Kind, log: bool, signal: Signal | None) -> Point:
    centre, half = float(centres[place]), float(halves[place])
    lower, upper = centre - half, centre + half
    if kind != "xmr":
        centre, lower = max(0.0, centre), max(0.0, lower)
    if kind == "p":
        centre, upper = min(1.0, centre), min(1.0, upper)
    if log:
        centre, lower, upper = (float(np.exp(end)) for end in (centre, lower, upper))
    return Point(centre, lower, upper, signal)
