"""Has something changed? The alarm engine: causal, seasonal, and kept to a budget of false alarms.

Each day is measured against level and weekday learned from the days before it, in units of the spread that those days
had; two one-sided cumulative sums (CUSUM, k = 0.5, self-starting after Hawkins 1987) say when the days add up to a
change. The threshold follows from the wanted number of false alarms a year by simulating series in which nothing
changes, with the same baseline, season and correlation. After an alarm a new level is learned; the season is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numba as nb
import numpy as np

from maitred.base.errors import Invalid
from maitred.insight.datasets import DataSet
from maitred.insight.multiplicity import Effect
from maitred.metrics.intervals import Floats

Kind = Literal["count", "share", "value"]
SHORTEST = 20
"""Baseline points below which nothing can be said."""
RELEARN = 21
_ALLOWANCE, _CLIP = 0.5, 4.0
_PATHS, _YEAR = 2_000, 365
_CAUTION = 0.7
"""Share of the budget aimed at: what remains is for series that are less normal than simulated ones."""
_PICKED = 1.25
"""How much wider an interval is because its days were picked; measured so that lifts of 1.3 and 1.6 are covered."""
_STEADY = 10.0
"""Days of pooled spread that steady the spread of one weekday."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """At ``t`` the change was sure; it began about ``since``. ``unit`` says how to read the effect.

    ``ratio``: level after over before; ``share``: difference of shares; ``value``: difference.
    """

    t: float
    direction: Literal["up", "down"]
    since: float
    effect: Effect
    unit: Literal["ratio", "share", "value"]


@dataclass(frozen=True, slots=True)
class Changes:
    """The alarms in order of time, and the verdict."""

    alarms: tuple[Alarm, ...]
    verdict: Literal["change", "no_change", "not_enough_data"]
    needed: int | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class _Series:
    """A series on whole days: transformed values (NaN: none), their precision, and each day's place in the season."""

    first: float
    values: Floats
    precision: Floats
    phase: np.ndarray
    raw: Floats
    n: Floats
    log: bool


def changes(
    data: DataSet, kind: Kind, season: int = 7, baseline: int = 56, false_alarms_per_year: float = 1.0
) -> Changes:
    """Alarms of a daily series.

    Parameters
    ----------
    data
        ``t`` (whole days from any number on), ``value`` (a count, successes of ``n``, or any number), ``holiday`` (1:
        the day is left out).
    season
        Days of the season; 1 for none.
    baseline
        First days, from which alone is learned.
    false_alarms_per_year
        How many false alarms a year are accepted for this series.

    Raises
    ------
    Invalid
        Two rows have one day, a count is negative or not whole, or a share has more successes than n.
    """
    if season < 1 or baseline < 1 or false_alarms_per_year <= 0:
        raise Invalid("season, baseline and budget must be above 0", "give for instance --season 7 --baseline 56")
    series = _series(data, kind, season)
    there = ~np.isnan(series.values)
    if int(there[:baseline].sum()) < max(SHORTEST, 2 * season) or len(there) <= baseline:
        return Changes((), "not_enough_data", max(SHORTEST, 2 * season))
    if np.nanstd(series.values[:baseline]) < 1e-12:
        return Changes((), "not_enough_data", None)
    follows = _follows(series, season, baseline)
    threshold = _threshold(min(baseline, 400), season, round(follows, 1), round(false_alarms_per_year, 4))
    marks, since, level = _watch(
        series.values, series.precision, series.phase, season, baseline, follows, threshold, RELEARN
    )
    alarms = tuple(_alarm(series, kind, int(at), int(marks[at]), int(since[at]), level) for at in np.flatnonzero(marks))
    return Changes(alarms, "change" if alarms else "no_change", None, threshold)


def _series(data: DataSet, kind: Kind, season: int) -> _Series:
    t, value, n = data.numbers("t"), data.numbers("value"), data.numbers("n")
    there = ~np.isnan(t)
    t, value, n = t[there], value[there], n[there] if data.has("n") else np.ones(int(there.sum()))
    holiday = data.numbers("holiday")[there] == 1
    if (t % 1).any() or len(np.unique(t)) < len(t):
        raise Invalid("each whole day t has one row", "give one value a day")
    if len(t) == 0:
        return _Series(0.0, np.empty(0), np.empty(0), np.empty(0, np.int64), np.empty(0), np.empty(0), False)
    _checked(kind, value, n, data.has("n"))
    first, length = t.min(), int(np.ptp(t)) + 1
    place = (t - first).astype(np.int64)
    raw, of = np.full(length, np.nan), np.full(length, np.nan)
    raw[place], of[place] = value, n
    raw[place[holiday]] = np.nan
    if kind == "share":
        raw[~(of > 0)] = np.nan
    values, precision, log = _transformed(kind, raw, of)
    return _Series(float(first), values, precision, (np.arange(length) + int(first)) % season, raw, of, log)


def _checked(kind: Kind, value: Floats, n: Floats, has_n: bool) -> None:
    known = ~np.isnan(value)
    if kind == "count" and ((value[known] < 0).any() or (value[known] % 1).any()):
        raise Invalid("counts are whole numbers from 0 on", "give --kind value for other numbers")
    if kind == "share" and not has_n:
        raise Invalid("a share needs the column n", "value is the number of successes, n of answers")
    if kind == "share" and (value[known] > n[known]).any():
        raise Invalid("a share has more successes than n", "value is the number of successes, n of answers")


def _transformed(kind: Kind, raw: Floats, of: Floats) -> tuple[Floats, Floats, bool]:
    """Values of nearly steady spread, and the square root of their precision."""
    ones = np.ones(len(raw))
    if kind == "count":
        return 2 * np.sqrt(raw + 0.375), ones, False
    if kind == "share":
        chance = (raw + 0.375) / (of + 0.75)
        return 2 * np.arcsin(np.sqrt(chance.clip(0, 1))), np.sqrt(np.where(of > 0, of, 1.0)), False
    known = raw[~np.isnan(raw)]
    if len(known) and (known > 0).all():
        return np.log(raw), ones, True
    return raw, ones, False


def _follows(series: _Series, season: int, baseline: int) -> float:
    """How far a residual of the baseline follows the one before; 0 where that cannot be told from none."""
    residual = _residuals(series.values[:baseline], series.precision[:baseline], series.phase[:baseline], season)
    pairs = ~np.isnan(residual[1:]) & ~np.isnan(residual[:-1])
    n = int(pairs.sum())
    if n < SHORTEST - 1:
        return 0.0
    first, second = residual[:-1][pairs], residual[1:][pairs]
    found = float(first @ second / np.sqrt((first @ first) * (second @ second)))
    # what is lost by taking level and season out of so few points
    found += (1 + found * season) / n
    return float(np.clip(found, -0.5, 0.9)) if abs(found) > 1.8 / np.sqrt(n) else 0.0


def _residuals(values: Floats, precision: Floats, phase: np.ndarray, season: int) -> Floats:
    found = np.full(len(values), np.nan)
    for place in range(season):
        mine = (phase == place) & ~np.isnan(values)
        if mine.any():
            found[mine] = (values[mine] - np.average(values[mine], weights=precision[mine] ** 2)) * precision[mine]
    return found


@nb.njit(cache=True)
def _watch(values, precision, phase, season, baseline, follows, threshold, relearn):  # type: ignore[no-untyped-def]
    """Marks (+1, -1) at alarms, the onset of each, and the level expected of every day.

    Sums over the days of the present level: per place in the season the weighted values, their weights and the weighted
    squares. A day's own value enters them only after it was judged.
    """
    days = len(values)
    marks = np.zeros(days, np.int8)
    since = np.zeros(days, np.int64)
    expected = np.full(days, np.nan)
    total, weight, square, count = np.zeros(season), np.zeros(season), np.zeros(season), np.zeros(season)
    shape = np.zeros(season)
    carried = False
    level, known, learning = 0.0, 0.0, baseline
    # spread: pooled and by weekday, from one-step residuals
    pooled, pooled_n = 0.0, 0.0
    own, own_n = np.zeros(season), np.zeros(season)
    up, down, up_zero, down_zero, before = 0.0, 0.0, 0, 0, 0.0
    scale = 1.0 / np.sqrt(1.0 - follows * follows)
    for day in range(days):
        x, w, j = values[day], precision[day] * precision[day], phase[day]
        if np.isnan(x):
            before = 0.0
            continue
        if learning > 0 and not carried and day < baseline:
            total[j] += w * x
            weight[j] += w
            square[j] += w * x * x
            count[j] += 1
            if day == baseline - 1 or _none_left(values, day, baseline):
                level, known = total.sum() / weight.sum(), count.sum()
                for k in range(season):
                    shape[k] = (total[k] / weight[k] - level) if weight[k] > 0 else 0.0
                    if count[k] > 1:
                        own[k] = square[k] - total[k] * total[k] / weight[k]
                        own_n[k] = count[k] - 1
                pooled, pooled_n = own.sum(), max(1.0, own_n.sum())
                learning = 0
                up_zero = down_zero = day + 1
            continue
        if learning > 0:
            # a new level after an alarm; the season is carried over
            total[0] += w * (x - shape[j])
            weight[0] += w
            count[0] += 1
            learning -= 1
            if learning == 0:
                level, known = total[0] / weight[0], count[0]
                up = down = before = 0.0
                up_zero = down_zero = day + 1
            continue
        expected[day] = level + shape[j]
        variance = (own[j] + _STEADY * pooled / pooled_n) / (own_n[j] + _STEADY)
        # a level from few days is unsure, and so is a weekday from few weeks
        seen = max(1.0, count[j]) if not carried else known
        z = (x - expected[day]) * precision[day] / np.sqrt(variance * (1.0 + 1.0 / seen))
        e = (z - follows * before) * scale if follows != 0.0 else z
        before = z
        e = min(_CLIP, max(-_CLIP, e))
        up = max(0.0, up + e - _ALLOWANCE)
        down = max(0.0, down - e - _ALLOWANCE)
        if up == 0.0:
            up_zero = day + 1
        if down == 0.0:
            down_zero = day + 1
        if up > threshold or down > threshold:
            marks[day] = 1 if up > down else -1
            since[day] = up_zero if up > down else down_zero
            carried = True
            learning = relearn
            total[:], weight[:], count[:] = 0.0, 0.0, 0.0
            up = down = before = 0.0
            continue
        # the day joins what was learned
        r = (x - expected[day]) * precision[day]
        own[j] += r * r
        own_n[j] += 1
        pooled += r * r
        pooled_n += 1
        if carried:
            total[0] += w * (x - shape[j])
            weight[0] += w
            count[0] += 1
            level, known = total[0] / weight[0], count[0]
        else:
            total[j] += w * x
            weight[j] += w
            count[j] += 1
            known += 1
            level = total.sum() / weight.sum()
            for k in range(season):
                if weight[k] > 0:
                    shape[k] = total[k] / weight[k] - level
    return marks, since, expected


@nb.njit(cache=True)
def _none_left(values, day, baseline):  # type: ignore[no-untyped-def]
    """Whether no value of the baseline comes after this day."""
    later = day + 1
    while later < baseline and np.isnan(values[later]):
        later += 1
    return later >= baseline


@lru_cache(maxsize=512)
def _threshold(baseline: int, season: int, follows: float, budget: float) -> float:
    """The threshold at which series without change give so many alarms a year (times ``_CAUTION``), by bisection."""
    paths = _null(baseline, season, follows)
    low, high = 2.0, 14.0
    for _ in range(11):
        middle = (low + high) / 2
        if _alarms(paths, season, baseline, follows, middle) > _CAUTION * budget:
            low = middle
        else:
            high = middle
    return high


def _null(baseline: int, season: int, follows: float) -> Floats:
    """Normal series that follow themselves as asked, a baseline and a year long; always the same."""
    dice = np.random.default_rng((baseline, season, round(10 * follows) + 100))
    noise = dice.standard_normal((_PATHS, baseline + _YEAR))
    paths = noise.copy()
    for day in range(1, paths.shape[1]):
        paths[:, day] = follows * paths[:, day - 1] + np.sqrt(1 - follows**2) * noise[:, day]
    return paths


def _alarms(paths: Floats, season: int, baseline: int, follows: float, threshold: float) -> float:
    return float(_count(paths, season, baseline, follows, threshold, RELEARN)) / len(paths)


@nb.njit(cache=True)
def _count(paths, season, baseline, follows, threshold, relearn):  # type: ignore[no-untyped-def]
    """Alarms in all paths together, each path with the correlation that its own baseline shows."""
    days = paths.shape[1]
    phase = np.arange(days) % season
    ones = np.ones(days)
    total = 0
    for path in range(len(paths)):
        marks, _, _ = _watch(paths[path], ones, phase, season, baseline, follows, threshold, relearn)
        for day in range(days):
            if marks[day] != 0:
                total += 1
    return total


def _alarm(series: _Series, kind: Kind, at: int, mark: int, since: int, expected: Floats) -> Alarm:
    since = min(since, at)
    inside = _clearest(series, expected, since, at)
    history = ~np.isnan(series.values[:since])
    before = int(history.sum())
    weight = series.precision[inside] ** 2
    shift = float(np.average(series.values[inside] - expected[inside], weights=weight))
    spread = _spread(series, since)
    error = spread * float(
        np.sqrt(1 / weight.sum() + 1 / max(1.0, float((series.precision[:since][history] ** 2).sum())))
    )
    # picked for being large, and its days for standing out: less sure, and drawn back by what chance adds
    error *= _PICKED
    share = max(0.4, 1 - (error / shift) ** 2) if shift != 0 else 1.0
    base = float(np.average(expected[inside], weights=weight))
    ends = [shift * share + sign * 1.959963984540054 * error for sign in (0, -1, 1)]
    found = [_natural(kind, series.log, base, end, spread) for end in ends]
    unit: Literal["ratio", "share", "value"] = (
        "ratio" if kind == "count" or series.log else "share" if kind == "share" else "value"
    )
    assert before > 0
    return Alarm(
        series.first + at,
        "up" if mark > 0 else "down",
        series.first + since,
        Effect(found[0], found[1], found[2]),
        unit,
    )


def _clearest(series: _Series, expected: Floats, since: int, at: int) -> np.ndarray:
    """The last days up to the alarm that stand out most: the onset may lie a few quiet days too early."""
    there = np.zeros(len(series.values), bool)
    there[since : at + 1] = True
    there &= ~np.isnan(series.values) & ~np.isnan(expected)
    days = np.flatnonzero(there)[::-1]
    weight = series.precision[days] ** 2
    away = np.cumsum((series.values[days] - expected[days]) * weight)
    best = int(np.argmax(away**2 / np.cumsum(weight)))
    found = np.zeros(len(series.values), bool)
    found[days[: best + 1]] = True
    return found


def _spread(series: _Series, until: int) -> float:
    """Standard deviation of one day of precision 1, from day-to-day differences a season apart, robustly."""
    values, season = series.values[:until], int(series.phase.max()) + 1
    away = (values[season:] - values[:-season]) / np.sqrt(
        1 / series.precision[season:until] ** 2 + 1 / series.precision[: until - season] ** 2
    )
    away = away[~np.isnan(away)]
    return float(1.4826 * np.median(np.abs(away))) if len(away) >= SHORTEST // 2 else float(np.nanstd(values))


def _natural(kind: Kind, log: bool, base: float, shift: float, spread: float) -> float:
    """A shift of the transformed level in words that people use."""
    if kind == "count":
        level, moved = (
            max(1e-9, ((base + part) / 2) ** 2 + spread**2 / 4 - 0.375) for part in (0.0, max(shift, -base))
        )
        return moved / level
    if kind == "share":
        level, moved = (float(np.sin(np.clip(base + part, 0, np.pi) / 2) ** 2) for part in (0.0, shift))
        return moved - level
    return float(np.exp(shift)) if log else shift
