"""One figure from one sample: value, interval, verdict, and the draws that a difference is judged by.

Without censored rows a quantile is type 7 with the exact order-statistic interval. With them it is read off the
Kaplan-Meier curve: the first time by which that share has ended, with the log(-log) Greenwood interval; an end that the
curve never reaches is open. Clustered rows (turns of one ticket) widen either by their effective n.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt

import numpy as np

from maitred.metrics import intervals
from maitred.metrics.catalogue import Metric
from maitred.metrics.intervals import Floats, Integers, Interval
from maitred.metrics.results import Verdict
from maitred.metrics.samples import Sample


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure without its labels; ``draws`` gives random values of it for the interval of a difference."""

    value: float | int | None
    low: float | int | None = None
    high: float | int | None = None
    n: int = 0
    excluded: int = 0
    censored: int = 0
    numerator: int | None = None
    verdict: Verdict = "ok"
    needed: int | None = None
    reason: str = ""
    method: str = ""
    draws: Callable[[int], Floats] | None = None


def estimate(metric: Metric, statistic: str, sample: Sample, seed: int, of_people: bool = False) -> Estimate:
    """The figure of one statistic of one sample, in the metric's unit."""
    found = _counted(metric, statistic, sample, seed, of_people)
    return found if metric.per == 1 else _in_units(found, metric.per)


def _in_units(found: Estimate, per: int) -> Estimate:
    """What was told in parts of a unit, in units."""
    value, low, high = (None if one is None else one / per for one in (found.value, found.low, found.high))
    draws = None if found.draws is None else partial(_drawn_in_units, found.draws, per)
    return replace(found, value=value, low=low, high=high, draws=draws)


def _drawn_in_units(draws: Callable[[int], Floats], per: int, seed: int) -> Floats:
    return draws(seed) / per


def _counted(metric: Metric, statistic: str, sample: Sample, seed: int, of_people: bool) -> Estimate:
    n, needed = sample.n, metric.smallest_n(statistic, of_people)
    if n < needed:
        return Estimate(
            None,
            n=n,
            excluded=sample.excluded,
            censored=int(sample.censored.sum()),
            verdict="not_enough_data",
            needed=needed,
        )
    if statistic == "count":
        return Estimate(int(sample.values @ sample.events), n=n, excluded=sample.excluded, method="exact count")
    if statistic == "share":
        return _share(sample, n)
    if statistic == "nps":
        return _nps(sample, n)
    if statistic == "mean":
        return _mean(sample, n, seed)
    whole = metric.unit == "seconds"
    return _quantile(sample, n, intervals.TENTHS[statistic], whole)


def _share(sample: Sample, n: int) -> Estimate:
    successes = int(sample.values @ sample.events)
    sums = sample.sums
    if sums is None or sums.clusters == n:
        interval, method = intervals.wilson(successes, n), "wilson"
    else:
        interval = intervals.wilson_clustered(successes, n, sums.clusters, sums.mm, sums.ms, sums.ss)
        method = f"wilson, {sums.clusters} clusters"
    return Estimate(successes / n, interval.low, interval.high, n, sample.excluded, numerator=successes, method=method)


def _nps(sample: Sample, n: int) -> Estimate:
    promoters, passives, detractors = (int(sample.events[sample.values == score].sum()) for score in (1, 0, -1))
    interval = intervals.nps_interval(promoters, passives, detractors)
    draws = partial(_nps_draws, promoters, passives, detractors)
    value = 100 * (promoters - detractors) / n
    return Estimate(
        value, interval.low, interval.high, n, sample.excluded, method="normal, 3 pseudo-answers", draws=draws
    )


def _nps_draws(promoters: int, passives: int, detractors: int, seed: int) -> Floats:
    scores = np.array([1, 0, -1], np.int64)
    return 100 * intervals.mean_draws(scores, np.array([promoters, passives, detractors], np.int64), seed)


def _mean(sample: Sample, n: int, seed: int) -> Estimate:
    interval = intervals.mean_interval(sample.values, sample.events, seed)
    value = float(sample.values @ sample.events) / n
    draws = partial(intervals.mean_draws, sample.values, sample.events)
    return Estimate(
        value,
        interval.low,
        interval.high,
        n,
        sample.excluded,
        method="normal" if n >= 1_000 else "bootstrap bca",
        draws=draws,
    )


def _quantile(sample: Sample, n: int, percent: int, whole: bool) -> Estimate:
    if sample.censored.any():
        return _survival_quantile(sample, n, percent)
    cumulative = sample.events.cumsum()
    numerator, denominator = intervals.type7(sample.values, cumulative, percent)
    value = _half_up(numerator, denominator) if whole else numerator / denominator
    effective, clusters = _effective(sample, n, numerator / denominator)
    if clusters == n:
        interval, method = intervals.quantile_interval(sample.values, cumulative, percent), "type 7, order statistics"
    else:
        interval = intervals.quantile_interval_effective(sample.values, cumulative, percent, effective, clusters)
        method = f"type 7, order statistics with effective n, {clusters} clusters"
    draws = partial(intervals.quantile_draws, sample.values, cumulative, percent, effective)
    return Estimate(value, interval.low, interval.high, n, sample.excluded, method=method, draws=draws)


def _survival_quantile(sample: Sample, n: int, percent: int) -> Estimate:
    censored = int(sample.censored.sum())
    curve = intervals.kaplan_meier(sample.values, sample.events, sample.censored)
    value = intervals.survival_quantile(curve, percent)
    at = value if value is not None else int(sample.values[-1])
    effective, clusters = _effective(sample, n, at)
    method = "kaplan-meier, greenwood log-log"
    if clusters != n:
        wider = curve.error * sqrt(n / effective)
        curve = intervals.Survival(curve.times, curve.surviving, curve.log_log, wider)
        method += f" with effective n, {clusters} clusters"
    interval = intervals.survival_interval(curve, percent) if len(curve.times) else Interval(None, None)
    if value is None:
        return Estimate(
            None,
            interval.low,
            None,
            n,
            sample.excluded,
            censored,
            verdict="cannot_tell",
            reason=f"not reached: too many are still running for {percent} % to have ended",
            method=method,
        )
    draws = partial(intervals.survival_draws, curve, percent)
    return Estimate(value, interval.low, interval.high, n, sample.excluded, censored, method=method, draws=draws)


def _effective(sample: Sample, n: int, at: float) -> tuple[float, int]:
    """Effective n of the share of rows not above ``at``, and the number of clusters."""
    if sample.clusters is None:
        return float(n), n
    counts = sample.events + sample.censored
    _, codes = np.unique(sample.clusters, return_inverse=True)
    rows: Integers = np.bincount(codes, counts).astype(np.int64)
    below = np.bincount(codes, counts * (sample.values <= at))
    clusters = len(rows)
    if clusters == n:
        return float(n), n
    share = float(below.sum()) / n
    squares = float(((below - share * rows) ** 2).sum())
    return max(1.0, intervals.effective_n(share, n, clusters, squares)), clusters


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
