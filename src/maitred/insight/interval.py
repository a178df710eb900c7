"""How sure is this number? Share, mean, median, 90th percentile and net promoter score of a sample, with intervals.

Methods are those of ``metrics.intervals``; rows may come in clusters (several answers of one customer), which widens
the interval. Below the smallest n there is no value, only how many rows it would need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from maitred.base.errors import Invalid
from maitred.insight.datasets import DataSet
from maitred.metrics import intervals
from maitred.metrics.intervals import Floats, Interval

Statistic = Literal["share", "mean", "median", "p90", "nps"]
SMALLEST: dict[Statistic, int] = {"share": 10, "mean": 10, "median": 8, "p90": 40, "nps": 30}
_QUANTILES = {"median": 0.5, "p90": 0.9}
_PROMOTER, _DETRACTOR, _TOP = 9, 6, 10


@dataclass(frozen=True, slots=True)
class Sure:
    """A statistic with its interval; all null where there is too little data (``needed`` says how much)."""

    n: int
    value: float | None
    low: float | None
    high: float | None
    verdict: Literal["ok", "not_enough_data"] = "ok"
    needed: int | None = None
    clusters: int | None = None


def interval(data: DataSet, statistic: Statistic) -> Sure:
    """The statistic of the column ``value``, clustered by the column ``cluster`` where there is one.

    Parameters
    ----------
    data
        ``value``: 0 or 1 for a share; 0 to 10, or the classes -1, 0, 1, for ``nps`` (in points, -100 to 100).

    Raises
    ------
    Invalid
        A value is outside what the statistic allows.

    Notes
    -----
    Sources: Wilson 1927, with an effective n under clusters; exact order statistics, bootstrap of clusters for
    clustered quantiles; Efron 1987 (BCa) for means.
    """
    values = data.numbers("value")
    there = ~np.isnan(values)
    values = values[there]
    clusters = _clusters(data, there)
    n = len(values)
    if n < SMALLEST[statistic]:
        return Sure(n, None, None, None, "not_enough_data", SMALLEST[statistic])
    value, found = _found(values, clusters, statistic)
    groups = None if clusters is None else int(clusters.max()) + 1
    return Sure(n, value, found.low, found.high, clusters=groups)


def _clusters(data: DataSet, there: np.ndarray) -> np.ndarray | None:
    if not data.has("cluster"):
        return None
    names = np.array(data.texts("cluster"), dtype=object)[there]
    return np.unique(names.astype(str), return_inverse=True)[1]


def _found(values: Floats, clusters: np.ndarray | None, statistic: Statistic) -> tuple[float, Interval]:
    if statistic == "share":
        return share(values, clusters)
    if statistic == "nps":
        return nps(values, clusters)
    if statistic == "mean":
        return mean(values, clusters)
    return quantile(values, clusters, _QUANTILES[statistic])


def share(values: Floats, clusters: np.ndarray | None = None) -> tuple[float, Interval]:
    """Share of ones and its Wilson interval.

    >>> value, found = share(np.array([1.0] * 27 + [0.0] * 3))
    >>> round(found.low, 3), round(found.high, 3)
    (0.744, 0.965)
    """
    if not np.isin(values, (0.0, 1.0)).all():
        raise Invalid("a share is made of the values 0 and 1", "give 1 for yes and 0 for no")
    n, successes = len(values), int(values.sum())
    if clusters is None:
        return successes / n, intervals.wilson(successes, n)
    m = np.bincount(clusters)
    s = np.bincount(clusters, values)
    sums = (int(m @ m), int(m @ s), int(s @ s))
    return successes / n, intervals.wilson_clustered(successes, n, len(m), *sums)


def nps(values: Floats, clusters: np.ndarray | None = None) -> tuple[float, Interval]:
    """Net promoter score in points; clustered answers widen the interval by their design effect."""
    classes = _classes(values)
    promoters, passives, detractors = (int((classes == one).sum()) for one in (1, 0, -1))
    n = len(classes)
    value = 100 * (promoters - detractors) / n
    plain = intervals.nps_interval(promoters, passives, detractors)
    if clusters is None or plain.low is None or plain.high is None:
        return value, plain
    groups = int(clusters.max()) + 1
    if groups < 2:
        return value, Interval(-100.0, 100.0)
    away = np.bincount(clusters, classes - classes.mean())
    between = groups / (groups - 1) * float(away @ away) / n**2
    alone = float(classes.var()) / n
    wider = np.sqrt(max(1.0, between / alone)) if alone > 0 else 1.0
    wider *= intervals.t_quantile(groups - 1) / intervals.Z
    centre = (plain.low + plain.high) / 2
    half = (plain.high - plain.low) / 2 * wider
    return value, Interval(max(-100.0, centre - half), min(100.0, centre + half))


def _classes(values: Floats) -> Floats:
    if np.isin(values, (-1.0, 0.0, 1.0)).all() and (values < 0).any():
        return values
    if not ((values >= 0) & (values <= _TOP)).all():
        raise Invalid("an answer of a net promoter score is 0 to 10", "or give the classes -1, 0 and 1")
    return np.where(values >= _PROMOTER, 1.0, np.where(values <= _DETRACTOR, -1.0, 0.0))


def mean(values: Floats, clusters: np.ndarray | None = None) -> tuple[float, Interval]:
    """Mean with a bias-corrected accelerated bootstrap interval, of clusters where there are any."""
    from scipy.special import ndtr, ndtri

    value = float(values.mean())
    sizes, sums = _parts(values, clusters)
    groups = len(sizes)
    if groups < 2:
        return value, Interval(None, None)
    away = (sums - value * sizes) / sizes.mean()
    if not away.any():
        return value, Interval(value, value)
    counts = _draws(groups)
    drawn = (counts @ sums) / (counts @ sizes)
    below = np.clip(
        (np.count_nonzero(drawn < value) + np.count_nonzero(drawn == value) / 2) / len(drawn), 5e-4, 1 - 5e-4
    )
    bias = float(ndtri(below))
    acceleration = float((away**3).sum() / (6 * (away**2).sum() ** 1.5))
    # quantiles of t in place of the normal's: what percentile intervals lack in small samples
    t = intervals.t_quantile(groups - 1)
    ends = [bias + sign * t for sign in (-1, 1)]
    levels = [float(ndtr(bias + end / (1 - acceleration * end))) for end in ends]
    low, high = np.quantile(drawn, levels)
    return value, Interval(float(low), float(high))


def quantile(values: Floats, clusters: np.ndarray | None, q: float) -> tuple[float, Interval]:
    """Type-7 quantile with its exact order-statistic interval; clustered: percentile bootstrap of clusters."""
    ordered = np.sort(values)
    value = float(np.quantile(ordered, q))
    if clusters is not None and int(clusters.max()) + 1 < len(values):
        return value, _clustered_quantile(values, clusters, q)
    low, high = intervals.quantile_ranks(len(values), round(100 * q))
    ends = (float(ordered[low - 1]) if low >= 1 else None, float(ordered[high - 1]) if high <= len(ordered) else None)
    return value, Interval(*ends)


def _clustered_quantile(values: Floats, clusters: np.ndarray, q: float) -> Interval:
    """Weighted quantiles of resampled clusters, from one sort."""
    groups = int(clusters.max()) + 1
    if groups < 2:
        return Interval(None, None)
    order = np.argsort(values, kind="stable")
    ordered, owner = values[order], clusters[order]
    found = np.empty(intervals.DRAWS)
    for place, counts in enumerate(_draws(groups)):
        weight = np.cumsum(counts[owner])
        found[place] = ordered[np.searchsorted(weight, q * weight[-1], side="left").clip(0, len(ordered) - 1)]
    low, high = np.quantile(found, (0.025, 0.975))
    return Interval(float(low), float(high))


def _parts(values: Floats, clusters: np.ndarray | None) -> tuple[Floats, Floats]:
    if clusters is None:
        return np.ones(len(values)), values
    return np.bincount(clusters).astype(np.float64), np.bincount(clusters, values).astype(np.float64)


def _draws(groups: int) -> np.ndarray:
    """How often each of so many clusters is drawn; the same for equal numbers, so equal questions get equal answers."""
    return np.random.default_rng(groups).multinomial(groups, np.full(groups, 1 / groups), intervals.DRAWS)
