"""Whether a figure differs from its earlier self: the interval of the difference, and a verdict that may be unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from maitred.metrics import intervals
from maitred.metrics.catalogue import Metric
from maitred.metrics.estimates import Estimate
from maitred.metrics.intervals import Interval
from maitred.metrics.results import Difference, Verdict

FEWEST_DAYS = 14
"""Fewest days, both periods together, from which day-to-day noise of a count can be judged."""

_MATTERS_RATIO = 0.10
_MATTERS_ABSOLUTE = {"share": 0.05, "points": 5.0}


@dataclass(frozen=True, slots=True)
class Days:
    """The daily totals of a count over one period, every day of it present."""

    totals: Sequence[int]
    weekdays: Sequence[int]


def difference(metric: Metric, statistic: str, now: Estimate, before: Estimate, seed: int) -> Difference:
    """Now minus before for shares, quantiles, means and scores.

    Shares: Newcombe's hybrid of the two Wilson intervals. The others: bootstrap draws of both sides, each from its own
    distribution, with a seed that the question fixes.
    """
    if now.verdict != "ok" or before.verdict != "ok" or now.value is None or before.value is None:
        verdict: Verdict = "not_enough_data" if "not_enough_data" in (now.verdict, before.verdict) else "cannot_tell"
        return Difference(before.value, before.n, None, None, None, verdict, now.reason or before.reason)
    value = now.value - before.value
    if statistic == "share":
        interval = intervals.newcombe(
            now.value, Interval(now.low, now.high), before.value, Interval(before.low, before.high)
        )
    elif now.draws is None or before.draws is None:
        reason = "a snapshot is an exact count at one instant; a control chart says whether it is unusual"
        return Difference(before.value, before.n, value, None, None, "cannot_tell", reason)
    else:
        with np.errstate(invalid="ignore"):
            interval = intervals.draws_interval(now.draws(seed) - before.draws(seed + 1))
    return _judged(metric, before.value, before.n, value, interval)


def count_difference(metric: Metric, now: Estimate, before: Estimate, present: Days, past: Days) -> Difference:
    """Now minus before for counts, judged by how much days differ from other days of the same weekday.

    The variance of a day is estimated from both periods around their own means and common weekday effects, never below
    that of a Poisson count; days are taken as independent.
    """
    ratio = len(present.totals) / max(1, len(past.totals))
    earlier = float(before.value or 0) * ratio
    value = float(now.value or 0) - earlier
    days = len(present.totals) + len(past.totals)
    if days < FEWEST_DAYS or not past.totals:
        reason = f"{days} days do not show how much days differ; {FEWEST_DAYS} are needed"
        return Difference(earlier, before.n, value, None, None, "not_enough_data", reason)
    variance, freedom = _daily_variance(present, past)
    half = intervals.t_quantile(freedom) * sqrt(variance * (len(present.totals) + ratio * ratio * len(past.totals)))
    return _judged(metric, earlier, before.n, value, Interval(value - half, value + half))


def _daily_variance(present: Days, past: Days) -> tuple[float, int]:
    away = np.concatenate([np.asarray(one.totals, float) - np.mean(one.totals) for one in (present, past)])
    weekdays = np.concatenate([np.asarray(one.weekdays) for one in (present, past)])
    for weekday in np.unique(weekdays):
        away[weekdays == weekday] -= away[weekdays == weekday].mean()
    freedom = max(1, len(away) - 1 - len(np.unique(weekdays)))
    poisson = float(np.mean(np.abs(np.concatenate([present.totals, past.totals]))))
    return max(float(away @ away) / freedom, poisson), freedom


def _judged(metric: Metric, before: float, before_n: int, value: float, interval: Interval) -> Difference:
    low, high = interval.low, interval.high
    if low is not None and low > 0:
        verdict: Verdict = _direction(metric, up=True)
    elif high is not None and high < 0:
        verdict = _direction(metric, up=False)
    else:
        margin = _MATTERS_ABSOLUTE.get(metric.unit, abs(before) * _MATTERS_RATIO)
        small = low is not None and high is not None and -margin <= low and high <= margin
        verdict = "no_change" if small else "cannot_tell"
    return Difference(before, before_n, value, low, high, verdict)


def _direction(metric: Metric, *, up: bool) -> Verdict:
    if metric.direction is None:
        return "change"
    return "improved" if up == (metric.direction == "higher") else "worsened"
