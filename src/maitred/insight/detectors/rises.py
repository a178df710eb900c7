"""Since when do bad events happen more often than expected? A causal scan of counts that may be few.

Every day the last 1 to 42 days are held against the twelve weeks before them, observed over expected. Counts of few
events are skewed, so they are compared by the signed root of the Poisson deviance, where a handful of events in a
small team is not mistaken for a change (McCullagh, Nelder 1989). The spread is that of the series' own past, drawn
towards that of all series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.scan import LASTS, LEARNING, Shift, unusual
from maitred.insight.evidence.tables import Days, Floats, Ints

BASELINE: Final = 84
WINDOWS: Final = (1, 2, 3, 5, 7, 10, 14, 18, 21, 28, 35, 42)
_LONGEST_ONSET = 56
_LONGEST = 70
_FEWEST_DAYS = 20
_FEWEST_EXPECTED = 4.0
_WANDERS = 0.08
"""Share of itself by which a level moves without being a change."""
_PRIOR_DAYS = 40.0


@dataclass(frozen=True, slots=True)
class Bar:
    """What a rise has to reach: standard errors, cases and events of the window, points of a share."""

    threshold: float = 4.6
    least_cases: int = 8
    least_bad: int = 5
    smallest: float = 0.03


def rises(bad: Floats, expected: Floats, cases: Floats, days: Days, bar: Bar) -> tuple[Shift, ...]:
    """Rises of daily series, shape (series, days), in order of the day on which they were seen.

    Parameters
    ----------
    bad, expected, cases
        Events, events expected of the case mix, and the cases that these are of.
    """
    sums = _Sums.of(bad, expected, cases, days)
    best, length = _best(sums, bar, np.arange(len(bad)))
    found: list[Shift] = []
    for place in np.flatnonzero((best >= bar.threshold).any(axis=1)):
        found += _course(sums, int(place), bar, best[place], length[place])
    return tuple(sorted(found, key=lambda one: (one.raised, one.series)))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Running sums over days, one column more than days."""

    bad: Floats
    expected: Floats
    cases: Floats
    square: Floats
    there: Floats
    pooled: Floats
    """Dispersion of all series together, by day."""

    @classmethod
    def of(cls, bad: Floats, expected: Floats, cases: Floats, days: Days) -> _Sums:
        """Sums without unusual days, expectations with their weekday."""
        used = ~unusual(days)[: bad.shape[1]]
        expected = expected * _weekdays(bad.sum(axis=0), expected.sum(axis=0), days)
        bad, expected, cases = bad * used, expected * used, cases * used
        square = np.divide(bad**2, expected, out=np.zeros_like(bad), where=expected > 1e-9)
        there = (expected > 1e-9).astype(np.float64)
        all_bad, all_expected, all_cases, all_square, all_there = (
            _running(one) for one in (bad, expected, cases, square, there)
        )
        level = all_bad / np.maximum(all_expected, 1e-9)
        away = np.maximum(all_square - level * all_bad, 0) / np.maximum(level, 1e-9)
        pooled = away.sum(axis=0) / np.maximum((all_there - 1).clip(0).sum(axis=0), 1)
        return cls(all_bad, all_expected, all_cases, all_square, all_there, np.clip(pooled, 0.7, 4.0))


def _weekdays(bad: Floats, expected: Floats, days: Days) -> Floats:
    """Of every day, how much more than expected its weekday brought in the eight weeks before, drawn to 1."""
    length = len(bad)
    weekday = (np.arange(length) + days.first.weekday()) % 7
    found = np.ones(length)
    for day in range(28, length):
        past = np.arange(max(day - 56, 0), day)
        same = past[weekday[past] == weekday[day]]
        level = bad[past].sum() / max(expected[past].sum(), 1e-9)
        usual = level * expected[same].sum()
        found[day] = (bad[same].sum() + 10) / (usual + 10)
    return found


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _best(sums: _Sums, bar: Bar, series: Ints) -> tuple[Floats, Ints]:
    """Per series and day the largest score over the windows that end there, and that window's length."""
    days = sums.bad.shape[1] - 1
    best = np.full((len(series), days), -np.inf)
    length = np.zeros(best.shape, np.int64)
    end = np.arange(1, days + 1)
    for window in WINDOWS:
        begin = np.maximum(end - window, 0)
        score = _score(sums, bar, series, np.maximum(begin - BASELINE, 0), begin, end)
        better = score > best
        best[better], length[better] = score[better], window
    best[:, :LEARNING] = -np.inf
    return best, length


def _score(sums: _Sums, bar: Bar, series: Ints, before: Ints, begin: Ints, end: Ints) -> Floats:
    """Standard errors by which the days from ``begin`` to ``end`` lie above those from ``before`` to ``begin``."""

    def over(values: Floats, first: Ints, last: Ints) -> Floats:
        part: Floats = values[series][:, last] - values[series][:, first]
        return part

    bad, expected, cases = (over(one, begin, end) for one in (sums.bad, sums.expected, sums.cases))
    was, usual, there = (over(one, before, begin) for one in (sums.bad, sums.expected, sums.there))
    level = (was + 0.5) / np.maximum(usual + 0.5, 1e-9)
    mean = level * expected
    own = np.maximum(over(sums.square, before, begin) - level * was, 0) / np.maximum(level, 1e-9)
    spread = (own + _PRIOR_DAYS * sums.pooled[begin]) / (np.maximum(there - 1, 0) + _PRIOR_DAYS)
    share = np.clip(mean / np.maximum(cases, 1e-9), 0, 0.5)
    spread = np.maximum(spread, 1 - share)
    error = np.sqrt(spread * (1 + expected / np.maximum(usual, 1e-9)) + mean * _WANDERS**2)
    seen = np.maximum(bad - 0.5, mean + 1e-9)
    deviance = 2 * (seen * np.log(seen / np.maximum(mean, 1e-9)) - (seen - mean))
    score: Floats = np.sqrt(np.maximum(deviance, 0)) / error
    points = (bad - mean) / np.maximum(cases, 1e-9)
    thin = (cases < bar.least_cases) | (bad < bar.least_bad) | (points < bar.smallest)
    score[thin | (there < _FEWEST_DAYS) | (level * usual < _FEWEST_EXPECTED)] = -np.inf
    return score


def _course(sums: _Sums, place: int, bar: Bar, scores: Floats, lengths: Ints) -> list[Shift]:
    """The rises of one series, one after the other."""
    found: list[Shift] = []
    first = 0
    while True:
        above = np.flatnonzero(scores[first:] >= bar.threshold)
        if not len(above):
            return found
        raised = first + int(above[0])
        since = _onset(sums, bar, place, raised, int(lengths[raised]))
        ended = _end(sums, place, since, raised)
        found.append(Shift(place, raised, since, ended, True, float(scores[raised])))
        if ended >= LASTS:
            return found
        first = ended + 21


def _onset(sums: _Sums, bar: Bar, place: int, raised: int, length: int) -> int:
    """The beginning of the window up to ``raised`` that stands out most."""
    window = np.arange(1, min(max(2 * length, 7), _LONGEST_ONSET) + 1)
    begin = np.maximum(raised + 1 - window, 0)
    end = np.full(len(begin), raised + 1)
    score = _score(sums, bar, np.array([place]), np.maximum(begin - BASELINE, 0), begin, end)[0]
    return int(begin[int(np.argmax(score))]) if np.isfinite(score).any() else raised + 1 - length


def _end(sums: _Sums, place: int, since: int, raised: int) -> int:
    """The last day on which a rise stands: until two weeks or more show less than a third of it."""
    bad, expected = sums.bad[place], sums.expected[place]
    before = max(since - BASELINE, 0)
    level = (bad[since] - bad[before] + 0.5) / max(expected[since] - expected[before] + 0.5, 1e-9)
    full = (bad[raised + 1] - bad[since]) / max(expected[raised + 1] - expected[since], 1e-9) - level
    for day in range(raised + 1, len(bad) - 1):
        if day - since >= _LONGEST:
            return day
        back = day - 13
        while back > since and level * (expected[day + 1] - expected[back]) < 5:
            back -= 1
        if back <= since:
            continue
        usual = expected[day + 1] - expected[back]
        left = (bad[day + 1] - bad[back]) / max(usual, 1e-9) - level
        if left < full / 3:
            return day
    return LASTS
