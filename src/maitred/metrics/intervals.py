"""The interval of each statistic, from exact counts: what the statistics page prescribes, once, for every number shown.

Inputs are integers counted by an engine (values with their counts), so the same rows give the same interval on every
engine. Formulas: Wilson 1927; Newcombe 1998; exact order statistics (binomial ranks); Greenwood 1926 on the log(-log)
scale; Efron 1987 (BCa). SciPy is imported inside the functions to keep start-up short.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

LEVEL = 0.95
Z = 1.959963984540054
DRAWS = 2_000
_MANY = 1_000
TENTHS = {"median": 50, "p90": 90, "p95": 95}
"""Percent of each named quantile, exact in integers."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Lower and upper end; ``None`` where the data do not bound that side."""

    low: float | None
    high: float | None


def wilson(successes: int, n: float, quantile: float = Z, share: float | None = None) -> Interval:
    """Wilson's interval of a share, without continuity correction.

    >>> interval = wilson(27, 30)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.744, 0.965)
    """
    p = successes / n if share is None else share
    square = quantile * quantile
    centre = (p + square / (2 * n)) / (1 + square / n)
    half = quantile * sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def wilson_clustered(successes: int, n: int, clusters: int, mm: int, ms: int, ss: int) -> Interval:
    """Wilson's interval with an effective n, for rows that come in clusters (several targets of one ticket).

    Parameters
    ----------
    successes, n, clusters
        Rows with the claim, rows, clusters.
    mm, ms, ss
        Sums over clusters of m², m·s and s², where a cluster has m rows of which s have the claim.

    Notes
    -----
    ``var = G/(G-1) · sum (s - p·m)² / n²``, ``n_e = min(n, p(1-p)/var)``, t quantile with G-1 degrees of freedom. With
    one row in every cluster it is the plain interval; where all rows agree, the clusters are the effective n.
    """
    if clusters == n:
        return wilson(successes, n)
    p = successes / n
    effective = effective_n(p, n, clusters, ss - 2 * p * ms + p * p * mm)
    return wilson(successes, effective, t_quantile(clusters - 1), p)


def effective_n(p: float, n: int, clusters: int, squares: float) -> float:
    """How many independent rows know as much about a share as these clustered ones."""
    if clusters < 2:
        return 1.0
    variance = clusters / (clusters - 1) * squares / (n * n)
    return min(float(n), p * (1 - p) / variance) if variance > 1e-15 and 0 < p < 1 else float(clusters)


def t_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + LEVEL) / 2)) if freedom > 0 else inf


@lru_cache(maxsize=65_536)
def quantile_ranks(n: int, percent: int) -> tuple[int, int]:
    """1-based ranks of the order statistics that bound a quantile; 0 or n + 1 where nothing bounds it.

    ``binom.ppf(.025, n, q)`` and ``binom.ppf(.975, n, q) + 1``.
    """
    q = percent / 100
    return _binomial_quantile((1 - LEVEL) / 2, n, q), _binomial_quantile((1 + LEVEL) / 2, n, q) + 1


def _binomial_quantile(level: float, n: int, q: float) -> int:
    from scipy.special import bdtr, bdtrik

    guess = int(np.ceil(bdtrik(level, n, q)))
    return guess - 1 if guess > 0 and bdtr(guess - 1, n, q) >= level else guess


def type7(values: Integers, cumulative: Integers, percent: int) -> tuple[int, int]:
    """The type-7 quantile of counted values, as an exact fraction (numerator, denominator 100).

    Parameters
    ----------
    values, cumulative
        Distinct values in ascending order, and how many rows are not above each.
    """
    place = (int(cumulative[-1]) - 1) * percent
    rank, rest = divmod(place, 100)
    below = int(at_rank(values, cumulative, rank + 1))
    above = int(at_rank(values, cumulative, rank + 2)) if rest else below
    return 100 * below + rest * (above - below), 100


def at_rank(values: Integers, cumulative: Integers, rank: int) -> int:
    """The value of a 1-based rank."""
    return int(values[int(np.searchsorted(cumulative, rank, side="left"))])


def quantile_interval(values: Integers, cumulative: Integers, percent: int) -> Interval:
    """Exact order-statistic interval of a quantile; ties are kept."""
    n = int(cumulative[-1])
    low, high = quantile_ranks(n, percent)
    return Interval(
        at_rank(values, cumulative, low) if low >= 1 else None,
        at_rank(values, cumulative, high) if high <= n else None,
    )


def quantile_interval_effective(
    values: Integers, cumulative: Integers, percent: int, effective: float, clusters: int
) -> Interval:
    """Order-statistic interval of a quantile whose rows are worth only ``effective`` independent ones (Woodruff 1952).

    The share of rows not above the quantile gets a normal interval with the effective n, and its ends are read off the
    distribution.
    """
    n, q = int(cumulative[-1]), percent / 100
    half = t_quantile(clusters - 1) * sqrt(q * (1 - q) / effective) if clusters > 1 else inf
    low, high = np.floor(n * (q - half)), np.ceil(n * (q + half)) + 1
    return Interval(
        at_rank(values, cumulative, int(low)) if low >= 1 else None,
        at_rank(values, cumulative, int(high)) if high <= n else None,
    )


def quantile_draws(values: Integers, cumulative: Integers, percent: int, effective: float, seed: int) -> Floats:
    """Bootstrap draws of a type-7 quantile without resampling.

    The rank of the k-th smallest of n draws with replacement is known: uniform order statistics are Beta distributed.
    """
    n = int(cumulative[-1])
    size = max(2, min(n, round(effective)))
    rank, rest = divmod((size - 1) * percent, 100)
    generator = np.random.default_rng(seed)
    lower = generator.beta(rank + 1, size - rank, DRAWS)
    upper = lower + (1 - lower) * generator.beta(1, max(1, size - rank - 1), DRAWS)
    below, above = (_uniform(values, cumulative, place) for place in (lower, upper))
    return below + (rest / 100) * (above - below)


def _uniform(values: Integers, cumulative: Integers, place: Floats) -> Floats:
    n = int(cumulative[-1])
    ranks = np.minimum((place * n).astype(np.int64), n - 1) + 1
    return values[np.searchsorted(cumulative, ranks, side="left")].astype(np.float64)


@dataclass(frozen=True, slots=True)
class Survival:
    """A Kaplan-Meier curve at its event times, with the pivot that its intervals and draws are read from."""

    times: Integers | Floats
    surviving: Floats
    log_log: Floats
    error: Floats


def kaplan_meier(values: Integers | Floats, events: Integers, censored: Integers) -> Survival:
    """The curve from counts per distinct duration; at a tie, events come before censorings."""
    total = events + censored
    at_risk = total[::-1].cumsum()[::-1]
    here = events > 0
    times, ended, risk = values[here], events[here].astype(np.float64), at_risk[here].astype(np.float64)
    surviving: Floats = np.cumprod(1 - ended / risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(ended / (risk * (risk - ended)))
        log_log = np.log(-np.log(surviving))
        error = np.sqrt(variance) / np.abs(np.log(surviving))
    return Survival(times, surviving, log_log, error)


def survival_quantile(curve: Survival, percent: int) -> int | None:
    """The first time at which at least ``percent`` of the rows have ended; ``None`` when the curve never gets there."""
    reached = np.flatnonzero(curve.surviving <= 1 - percent / 100 + 1e-12)
    return int(curve.times[reached[0]]) if reached.size else None


def survival_interval(curve: Survival, percent: int) -> Interval:
    """Where the log(-log) Greenwood band crosses the quantile; an end that it never reaches is open."""
    pivot = _pivot(curve, percent)
    low, high = (_first(curve, pivot, level) for level in (-Z, Z))
    return Interval(low, high)


def survival_draws(curve: Survival, percent: int, seed: int) -> Floats:
    """Draws of a survival quantile by reading the same band at random levels; infinite where it is not reached."""
    pivot = _pivot(curve, percent)
    levels = np.random.default_rng(seed).standard_normal(DRAWS)
    places = np.searchsorted(pivot, levels, side="left")
    return np.append(curve.times.astype(np.float64), inf)[places]


def _pivot(curve: Survival, percent: int) -> Floats:
    """How many standard errors the curve is past the quantile, made non-decreasing."""
    goal = np.log(-np.log(1 - percent / 100))
    with np.errstate(invalid="ignore"):
        pivot = (curve.log_log - goal) / curve.error
    pivot[curve.surviving <= 0] = inf
    return np.maximum.accumulate(np.nan_to_num(pivot, nan=-inf, posinf=inf, neginf=-inf))


def _first(curve: Survival, pivot: Floats, level: float) -> int | None:
    place = int(np.searchsorted(pivot, level, side="left"))
    return int(curve.times[place]) if place < len(curve.times) else None


def mean_interval(values: Integers, counts: Integers, seed: int) -> Interval:
    """Bias-corrected accelerated bootstrap interval of a mean, from counted values; normal from 1,000 rows on."""
    from scipy.special import ndtr, ndtri

    n = int(counts.sum())
    mean = float(values @ counts) / n
    away = values - mean
    spread = float(counts @ away**2)
    if spread == 0:
        return Interval(mean, mean)
    if n >= _MANY:
        half = Z * sqrt(spread / (n - 1) / n)
        return Interval(mean - half, mean + half)
    draws = mean_draws(values, counts, seed)
    below = (np.count_nonzero(draws < mean) + np.count_nonzero(draws == mean) / 2) / DRAWS
    bias = float(ndtri(min(max(below, 1 / DRAWS), 1 - 1 / DRAWS)))
    acceleration = float(counts @ away**3) / (6 * spread**1.5)
    ends = [bias + z for z in (-Z, Z)]
    levels = [float(ndtr(bias + end / (1 - acceleration * end))) for end in ends]
    low, high = np.quantile(draws, levels)
    return Interval(float(low), float(high))


def mean_draws(values: Integers, counts: Integers, seed: int) -> Floats:
    """Bootstrap draws of a mean: resampled rows are multinomial counts of the distinct values."""
    n = int(counts.sum())
    draws = np.random.default_rng(seed).multinomial(n, counts / n, DRAWS)
    found: Floats = draws @ values.astype(np.float64) / n
    return found


def nps_interval(promoters: int, passives: int, detractors: int) -> Interval:
    """Interval of a net promoter score in points: one pseudo-answer of each class, normal interval of the mean."""
    n = promoters + passives + detractors + 3
    mean = (promoters - detractors) / n
    half = Z * sqrt(((promoters + detractors + 2) / n - mean * mean) / n)
    return Interval(max(-100.0, 100 * (mean - half)), min(100.0, 100 * (mean + half)))


def newcombe(p1: float, first: Interval, p2: float, second: Interval) -> Interval:
    """Interval of ``p1 - p2`` from the two Wilson intervals (hybrid score)."""
    l1, u1, l2, u2 = (end if end is not None else 0.0 for end in (first.low, first.high, second.low, second.high))
    difference = p1 - p2
    return Interval(
        difference - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2),
        difference + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2),
    )


def draws_interval(draws: Floats) -> Interval:
    """Percentile interval of bootstrap draws; an end among infinite draws is open."""
    ordered = np.sort(draws[~np.isnan(draws)])
    if ordered.size == 0:
        return Interval(None, None)
    low, high = (ordered[min(ordered.size - 1, max(0, round(level * ordered.size)))] for level in (0.025, 0.975))
    return Interval(*(float(end) if np.isfinite(end) else None for end in (low, high)))
