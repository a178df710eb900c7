"""Has a daily series moved, since when, and by how much? One causal scan for every family of detectors.

Each day the last 1 to 28 days are held against the eight weeks before them, for every possible onset (a scan with two
windows, after Page 1954 and Siegmund, Venkatraman 1995). Weekdays are taken out by what was seen before the day,
holidays and the day after are left out, the spread is that of the series' own past days (so over-dispersion and the way
days follow each other are in it), and a level may wander a little without being a change. The value at a day uses that
day and those before it only; so a look at any instant answers as it would have then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import erfc, sqrt
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from maitred.insight.evidence.tables import Days, Floats, Ints

Kind = Literal["mean", "share", "count"]
LEARNING: Final = 60
"""Days after the first ticket before which nothing is said."""
LASTS: Final = 1 << 30
"""End of a shift that is not over."""
_FOLLOWS = 0.9
_WANDERS: Final[dict[Kind, float]] = {"mean": 0.04, "share": 0.008, "count": 0.05}
"""Standard deviation by which a level moves by itself: log units, share, relative."""
_FEWEST_DAYS = 20
_FEWEST_CASES = 30
_LONGEST = 56
_CALM = 7
_HARDLY: Final = 0.1
_DRAWN: Final = 30.0
"""Days by which a series' own experience is drawn to that of all series."""
_PICKED = 1.15
"""What the interval of an effect is widened by for having been picked for its size."""
_ROOT: Final = sqrt(2)
_NINETY: Final = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Rule:
    """How a family looks at its series.

    Parameters
    ----------
    kind
        ``mean`` of values on a scale of even spread (log seconds), ``share`` of cases, ``count`` of cases.
    threshold
        Standard errors from which a window counts as a change; unless given 4.0 for means, which follow each other
        from day to day, and 3.6 for shares and counts.
    least_cases
        Cases that the window needs (of a count: the count itself).
    smallest
        Effect that matters: a ratio for counts and logs (1.2), points from 0 to 1 for shares.
    """

    kind: Kind
    direction: Literal["up", "down", "both"] = "both"
    threshold: float = 0.0
    least_cases: int = 8
    smallest: float = 0.0
    windows: tuple[int, ...] = (1, 2, 3, 5, 7, 10, 14, 21, 28, 42)
    baseline: int = 56

    @property
    def enough(self) -> float:
        """The threshold in force."""
        return self.threshold or (4.0 if self.kind == "mean" else 3.6)


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of one series: seen once day ``raised`` is over, begun on day ``since``, over after day ``ended``."""

    series: int
    raised: int
    since: int
    ended: int
    up: bool
    z: float

    def stands(self, days: int) -> bool:
        """Whether it is there for somebody who knows the first ``days`` days."""
        return self.raised < days <= self.ended


@dataclass(frozen=True, slots=True)
class Sized:
    """How large a shift is: level before and after on the natural scale, the effect with its 90 % interval, cases.

    The effect is a ratio for counts and means of logs, and a difference in percentage points for shares.
    """

    before: float
    after: float
    value: float
    low: float
    high: float
    n: int

    def shows(self, kind: Kind) -> bool:
        """Whether the interval leaves "no effect" out."""
        none = 0.0 if kind == "share" else 1.0
        return self.n > 0 and not self.low <= none <= self.high


def daily(
    day: Ints, subject: NDArray[np.integer], subjects: int, days: int, values: Floats | None = None
) -> tuple[Floats, Floats]:
    """Sums and counts by subject and day, shape (subjects, days); rows outside either are left out.

    >>> daily(np.array([0, 0, 1]), np.array([0, 0, 0]), 1, 2, np.array([2.0, 4.0, 1.0]))[0].tolist()
    [[6.0, 1.0]]
    """
    inside = (day >= 0) & (day < days) & (subject >= 0) & (subject < subjects)
    place = subject[inside].astype(np.int64) * days + day[inside]
    counts = np.bincount(place, minlength=subjects * days).reshape(subjects, days).astype(np.float64)
    if values is None:
        return counts, counts.copy()
    sums = np.bincount(place, weights=values[inside], minlength=subjects * days).reshape(subjects, days)
    return np.asarray(sums, np.float64), np.asarray(counts, np.float64)


def shifts(total: Floats, weight: Floats, days: Days, rule: Rule) -> tuple[Shift, ...]:
    """Changes of many daily series, in order of the day on which they were seen.

    Parameters
    ----------
    total, weight
        Shape (series, days). Sum of values and number of cases; of counts the count, and 1 or the exposure.
    """
    series = _steady(total, weight, days, rule)
    found: list[Shift] = []
    scores, lengths = _scores(series, rule)
    for place in np.flatnonzero((scores >= rule.enough).any(axis=1)):
        found += _course(series.only(int(place)), int(place), rule, scores[place], lengths[place])
    return tuple(sorted(found, key=lambda one: (one.raised, one.series)))


def size(total: Floats, weight: Floats, days: Days, rule: Rule, shift: Shift, until: int) -> Sized:
    """The effect of a shift as known after the first ``until`` days."""
    mine = slice(shift.series, shift.series + 1)
    one = _steady(total[mine, :until], weight[mine, :until], _first(days, until), rule)
    return _sized(one, rule, shift.since, min(until, shift.ended + 1))


def _first(days: Days, until: int) -> Days:
    return Days(days.zone, days.first, days.starts[:until], days.off[:until])


@dataclass(frozen=True, slots=True)
class _Series:
    """Daily values without weekday (``x``), their weight (0: left out; of counts the weekday's share: a quiet day says
    little), and the cases behind them."""

    x: Floats
    w: Floats
    cases: Floats
    hits: Floats

    def only(self, place: int) -> _Series:
        mine = slice(place, place + 1)
        return _Series(self.x[mine].copy(), self.w[mine].copy(), self.cases[mine], self.hits[mine])


def unusual(days: Days) -> NDArray[np.bool_]:
    """Days off that are not off every week (holidays), and the first working day after each; causal."""
    weekday = (np.arange(len(days)) + days.first.weekday()) % 7
    often = np.zeros(7)
    seen = np.zeros(7)
    found = np.zeros(len(days), np.bool_)
    behind = False
    for day in range(len(days)):
        place = weekday[day]
        regular = seen[place] > 0 and often[place] / seen[place] > 0.5
        if days.off[day]:
            found[day] = not regular and (seen[place] > 0 or place < 5)
            behind = behind or bool(found[day])
        elif behind:
            found[day], behind = True, False
        often[place] += days.off[day]
        seen[place] += 1
    return found


def _steady(total: Floats, weight: Floats, days: Days, rule: Rule) -> _Series:
    """Values of one scale, weekdays taken out by the days before (recent weeks count more), holidays left out."""
    count = rule.kind == "count"
    value = np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)
    w = np.where(weight > 0, 1.0, 0.0) if count else weight.astype(np.float64).copy()
    w[:, unusual(days)[: total.shape[1]]] = 0.0
    x, share = value.copy(), np.ones_like(value)
    series, length = total.shape
    weekday = (np.arange(length) + days.first.weekday()) % 7
    by_day, of_day = np.zeros((series, 7)), np.zeros((series, 7))
    square = np.zeros(series)
    fades = 0.5 ** (1 / 70)
    low_before = np.zeros(series, np.bool_)
    for day in range(length):
        place = weekday[day]
        all_w = of_day.sum(axis=1)
        level = np.divide(by_day.sum(axis=1), all_w, out=np.zeros(series), where=all_w > 0)
        mean = np.divide(by_day, of_day, out=np.repeat(level[:, None], 7, 1), where=of_day > 0)
        spread = np.divide(square, all_w, out=np.zeros(series), where=all_w > 0)
        known = of_day[:, place]
        if count:
            # multiplicative: a weekday has its share of the level; drawn to 1 while little is known
            trust = known / (known + 1.0)
            factor = 1 + trust * (np.divide(mean[:, place], level, out=np.ones(series), where=level > 0) - 1)
            factor = np.maximum(factor, 0.05)
            expected = level * factor
            x[:, day] = value[:, day] / factor
            share[:, day] = factor
            noise = np.sqrt(np.maximum(expected, 1.0) + spread)
        else:
            between = np.maximum(((mean - level[:, None]) ** 2 * of_day).sum(axis=1) / np.maximum(all_w, 1e-9), 0)
            noise_w = np.divide(spread * 7, all_w, out=np.full(series, np.inf), where=all_w > 0)
            trust = np.maximum(0.0, 1 - np.divide(noise_w, between, out=np.ones(series), where=between > 0))
            expected = level + trust * (mean[:, place] - level)
            x[:, day] = value[:, day] - trust * (mean[:, place] - level)
            noise = np.sqrt(np.divide(spread, np.maximum(w[:, day], 1.0)))
        away = value[:, day] - expected
        if count:
            low = (all_w > 14) & (away < -2.5 * noise) & (expected > 4)
            w[low_before & (w[:, day] > 0), day] = 0.0
            low_before = low
        kept = w[:, day]
        held = np.where(all_w > 14, expected + np.clip(away, -4 * noise, 4 * noise), value[:, day])
        away = held - expected
        by_day *= fades
        of_day *= fades
        square *= fades
        by_day[:, place] += kept * held
        of_day[:, place] += kept
        square += kept * (np.maximum(0.0, away**2 - np.maximum(expected, 0)) if count else kept * away**2)
        if count:  # a day on which hardly anything comes says nothing
            w[factor < _HARDLY, day] = 0.0
    cases = total if count else weight
    return _Series(x, w * share, cases.astype(np.float64), total)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Running sums over days, one column more than days."""

    w: Floats
    wx: Floats
    wxx: Floats
    n: Floats
    x: Floats
    lag: Floats
    lag_n: Floats
    cases: Floats


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _sums(series: _Series) -> _Sums:
    there = (series.w > 0).astype(np.float64)
    x = np.where(there > 0, series.x, 0.0)
    both = np.zeros_like(x)
    both[:, 1:] = there[:, 1:] * there[:, :-1]
    product = np.zeros_like(x)
    product[:, 1:] = x[:, 1:] * x[:, :-1] * both[:, 1:]
    return _Sums(
        _running(series.w),
        _running(series.w * x),
        _running(series.w * x * x),
        _running(there),
        _running(x),
        _running(product),
        _running(both),
        _running(series.cases * there),
    )


def _scores(series: _Series, rule: Rule) -> tuple[Floats, Ints]:
    """Per series and day the largest score over the windows that end there, and the window's length."""
    best = np.full(series.x.shape, -np.inf)
    length = np.zeros(series.x.shape, np.int64)
    sums = _sums(series)
    for window in rule.windows:
        score = _score(sums, rule, window)
        better = score > best
        best[better] = score[better]
        length[better] = window
    best[:, :LEARNING] = -np.inf
    return best, length


def _score(sums: _Sums, rule: Rule, window: int) -> Floats:
    """How many standard errors the last ``window`` days lie from the weeks before, for every last day."""
    days = sums.w.shape[1] - 1
    end = np.arange(1, days + 1)
    begin = np.maximum(end - window, 0)
    before = np.maximum(begin - rule.baseline, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        pre, post, error = _contrast(sums, rule, before, begin, end)
        score: Floats = (post - pre) / error
        if rule.kind == "share":
            score = _nearer(score, pre, post, error)
        score = score / _surprised(score, window)
    cases = sums.cases[:, end] - sums.cases[:, begin]
    if rule.direction == "down" or rule.direction == "both":
        away = -score if rule.direction == "down" else np.abs(score)
    else:
        away = score
    thin = (
        (cases < rule.least_cases)
        | (sums.n[:, begin] - sums.n[:, before] < _FEWEST_DAYS)
        | (sums.cases[:, begin] - sums.cases[:, before] < _FEWEST_CASES)
        | (sums.n[:, end] - sums.n[:, end - 1] < 1)
        | (_small(pre, post, rule))
        | ~np.isfinite(away)
    )
    away[thin] = -np.inf
    return away


def _nearer(score: Floats, pre: Floats, post: Floats, error: Floats) -> Floats:
    """The middle of the plain score and that on the arcsine scale: few cases of a rare thing have a heavy tail."""
    level = np.clip(pre, 0.005, 0.995)
    away = 2 * (np.arcsin(np.sqrt(np.clip(post, 0, 1))) - np.arcsin(np.sqrt(level)))
    steady = away * np.sqrt(level * (1 - level)) / error
    return np.where(np.abs(steady) < np.abs(score), (steady + score) / 2, score)


def _surprised(score: Floats, window: int) -> Floats:
    """By how much a series' own past scores were wider than standard errors should be, at least 1.

    Scores that end within the window under question are left out, and a single day counts at most as three.
    """
    known = np.isfinite(score)
    square = np.cumsum(np.where(known, np.clip(score, -3, 3) ** 2, 0.0), axis=1)
    count = np.cumsum(known, axis=1).astype(np.float64)
    back = window + 1
    if square.shape[1] <= back:
        return np.ones_like(score)
    past, n = np.zeros_like(square), np.zeros_like(count)
    past[:, back:], n[:, back:] = square[:, :-back], count[:, :-back]
    of_all = past.sum(axis=0) / np.maximum(n.sum(axis=0), 1)
    pooled = np.where(n.sum(axis=0) > 50, np.maximum(of_all, 1.0), 1.0)
    drawn: Floats = np.sqrt(np.maximum(1.0, (past + _DRAWN * pooled) / (n + _DRAWN)))
    return drawn


def _small(pre: Floats, post: Floats, rule: Rule) -> NDArray[np.bool_]:
    """Whether the difference is less than what matters; ``pre`` and ``post`` are on the scale of the score."""
    away = np.abs(post - pre)
    if rule.kind == "share":
        return np.asarray(away < rule.smallest, np.bool_)
    least = np.log(max(rule.smallest, 1.0))
    if rule.kind == "mean":
        return np.asarray(away < least, np.bool_)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(
            np.abs(2 * (np.log(np.maximum(post, 1e-9)) - np.log(np.maximum(pre, 1e-9)))) < least, np.bool_
        )


def _contrast(sums: _Sums, rule: Rule, before: Ints, begin: Ints, end: Ints) -> tuple[Floats, Floats, Floats]:
    """Level before, level after and the standard error of their difference; of counts on the scale of square roots."""

    def over(values: Floats, first: Ints, last: Ints) -> Floats:
        part: Floats = values[:, last] - values[:, first]
        return part

    w_pre, w_post = over(sums.w, before, begin), over(sums.w, begin, end)
    n_pre, n_post = over(sums.n, before, begin), over(sums.n, begin, end)
    pre, post = over(sums.wx, before, begin) / w_pre, over(sums.wx, begin, end) / w_post
    variance = np.maximum(over(sums.wxx, before, begin) - w_pre * pre**2, 0) / np.maximum(n_pre - 1, 1)
    plain = over(sums.x, before, begin) / np.maximum(n_pre, 1)
    follows = _follows(over(sums.lag, before, begin), over(sums.lag_n, before, begin), plain, variance, w_pre, n_pre)
    if rule.kind == "share":
        smooth = (pre * w_pre + 0.5) / (w_pre + 1)
        variance = np.maximum(variance, smooth * (1 - smooth))
    wander = _WANDERS[rule.kind]
    if rule.kind == "count":
        variance = np.maximum(variance, np.maximum(pre, 0.05))
        dispersion = variance / np.maximum(pre, 0.05)
        error = np.sqrt(
            dispersion * (_inflated(follows, n_post) / w_post + _inflated(follows, n_pre) / w_pre) / 4
            + (wander / 2) ** 2 * np.maximum(pre, 0.05)
        )
        return np.sqrt(np.maximum(pre, 0)), np.sqrt(np.maximum(post, 0)), error
    error = np.sqrt(variance * (_inflated(follows, n_post) / w_post + _inflated(follows, n_pre) / w_pre) + wander**2)
    return pre, post, error


def _follows(lag: Floats, lag_n: Floats, mean: Floats, variance: Floats, w: Floats, n: Floats) -> Floats:
    """How far a day follows the one before (lag-1 correlation), at least 0, drawn down while days are few."""
    daily_variance = variance * n / np.maximum(w, 1e-9)
    found = np.where(
        (lag_n > 5) & (daily_variance > 1e-12),
        (lag / np.maximum(lag_n, 1) - mean**2) / np.maximum(daily_variance, 1e-12),
        0.0,
    )
    trusted: Floats = np.clip(found + (1 + 4 * found) / np.maximum(n, 1), 0.0, _FOLLOWS)
    return trusted


def _inflated(follows: Floats, n: Floats) -> Floats:
    """By what the variance of a mean of ``n`` days grows when each follows the one before."""
    n = np.maximum(n, 1)
    full = (1 + follows) / (1 - follows)
    part = 2 * follows * (1 - follows**n) / (n * (1 - follows) ** 2)
    return np.maximum(1.0, full - part)


def _course(series: _Series, place: int, rule: Rule, scores: Floats, lengths: Ints) -> list[Shift]:
    """The shifts of one series, one after the other: what is over leaves the past that the next is held against."""
    found: list[Shift] = []
    first = 0
    score, length = scores.copy(), lengths
    last = series.x.shape[1]
    while True:
        above = np.flatnonzero(score[first:] >= rule.enough)
        if len(above) == 0:
            return found
        raised = first + int(above[0])
        since, z, up = _onset(series, rule, raised, int(length[raised]))
        ended, settled = _end(series, rule, since, raised, up)
        found.append(Shift(place, raised, since, ended, up, z))
        if ended >= last:
            return found
        # a bump is no past; a new level begins a new one
        series.w[:, (0 if settled else since) : (since if settled else ended + 1)] = 0.0
        first = ended + 1
        again, lengths_again = _scores(series, rule)
        score, length = again[0], lengths_again[0]


def _onset(series: _Series, rule: Rule, raised: int, length: int) -> tuple[int, float, bool]:
    """The first day of the window that stands out most, over all lengths up to twice the one that was seen."""
    sums = _sums(series)
    best, since, up = -np.inf, raised, True
    end = np.array([raised + 1])
    for window in range(1, min(max(2 * length, 4), 42) + 1):
        begin = end - window
        if begin[0] < _FEWEST_DAYS:
            break
        before = np.maximum(begin - rule.baseline, 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            pre, post, error = _contrast(sums, rule, before, begin, end)
            z = float((post - pre)[0, 0] / error[0, 0])
        right = rule.direction == "both" or (z > 0) == (rule.direction == "up")
        starts_there = series.w[0, begin[0]] > 0
        if np.isfinite(z) and right and starts_there and abs(z) > best:
            best, since, up = abs(z), int(begin[0]), z > 0
    return since, best, up


def _end(series: _Series, rule: Rule, since: int, raised: int, up: bool) -> tuple[int, bool]:
    """The last day on which a shift still stands, and whether it ended by becoming the new level.

    It is over when the last two weeks (or all of it, where that is less) lie within what days of the old level do, and
    nearer to the old level than to the new one.
    """
    days = series.x.shape[1]
    last = min(since + _LONGEST, days - 1)
    day = np.arange(raised + 1, last + 1)
    if len(day) == 0:
        return LASTS, False
    sums, sign = _sums(series), 1 if up else -1
    before = np.full(len(day), max(since - rule.baseline, 0))
    begin = np.full(len(day), since)
    back = np.maximum(since, day + 1 - np.clip(day - raised + 2, _CALM // 2, 2 * _CALM))
    with np.errstate(invalid="ignore", divide="ignore"):
        pre, post, _ = _contrast(sums, rule, before, begin, np.full(len(day), raised + 1))
        _, recent, error = _contrast(sums, rule, before, back, day + 1)
        full, left = sign * (post - pre)[0], sign * (recent - pre)[0]
        calm = (left < full / 3) & (left < 1.5 * error[0]) & (sums.n[0, day + 1] - sums.n[0, back] >= 3)
    over = np.flatnonzero(calm)
    if len(over):
        return int(day[over[0]]), False
    return (last, True) if last - since >= _LONGEST else (LASTS, False)


def _sized(series: _Series, rule: Rule, since: int, until: int) -> Sized:
    sums = _sums(series)
    begin, end = np.array([since]), np.array([max(until, since + 1)])
    before = np.maximum(begin - rule.baseline, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        pre, post, error = (float(part[0, 0]) for part in _contrast(sums, rule, before, begin, end))
    if not np.isfinite(error) or not np.isfinite(post) or not np.isfinite(pre):
        return Sized(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
    n = int((sums.cases[0, end] - sums.cases[0, begin])[0])
    moved = [
        post - pre + (part - abs(post - pre) / error) * error * (1 if post > pre else -1)
        for part in unpicked(abs(post - pre) / error, rule.enough)
    ]
    moved = [moved[0], min(moved[1:]), max(moved[1:])]
    if rule.kind == "share":
        ends = [100 * part for part in moved]
        return Sized(pre, post, ends[0], ends[1], ends[2], n)
    if rule.kind == "mean":
        ends = [float(np.exp(part)) for part in moved]
        return Sized(float(np.exp(pre)), float(np.exp(post)), ends[0], ends[1], ends[2], n)
    pre = max(pre, 1e-6)
    ends = [max(pre + part, 0.0) ** 2 / pre**2 for part in moved]
    return Sized(pre**2, post**2, ends[0], ends[1], ends[2], n)


@lru_cache(maxsize=4096)
def unpicked(z: float, threshold: float) -> tuple[float, float, float]:
    """Estimate and 90 % interval of a score that is only seen because it passed a threshold.

    Solves P(Z > z | Z > threshold; m) = .5, .05, .95 for the mean m of a normal score (conditional likelihood, Ghosh,
    Zou, Wright 2008), each no nearer to 0 than a tenth of the score.
    """
    if z >= threshold + 4 or z <= 0:
        half = _NINETY * _PICKED
        return z, max(z - half, 0.1 * z), z + half
    floor = min(threshold, z - 0.05)

    def chance(mean: float) -> float:
        # scaled so that both tails stay above 0
        return erfc((z - mean) / _ROOT) / erfc((floor - mean) / _ROOT)

    def solved(wanted: float) -> float:
        low, high = -4.0, z + 4.0
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if chance(middle) < wanted else (low, middle)
        return low

    estimate, least, most = solved(0.5), solved(0.05), solved(0.95)
    wide = _PICKED - 1
    return (
        max(estimate, 0.3 * z),
        max(least - wide * (estimate - least), 0.1 * z),
        max(most + wide * (most - estimate), 0.4 * z),
    )
