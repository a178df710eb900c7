"""The mean of what was sampled: plain with its interval, and weighted by the chance with which each was drawn.

Horvitz and Thompson 1952 in Hájek's form, variance by strata with its finite population factor (Cochran, *Sampling
Techniques*, 1977, ch. 5A; for a part of the sample Särndal, Swensson and Wretman 1992, ch. 10). Strata of which one
case is in are put together before their variance is taken (Wolter 2007, ch. 2.5).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from maitred.insight.reviewing import Floats
from maitred.metrics import intervals

SMALLEST = 5


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its 95 % interval; all ``None`` below the smallest n, ``needed`` says how many that is.

    ``effective_n`` is how many equally likely cases the weighted ones are worth.
    """

    n: int
    value: float | None
    low: float | None
    high: float | None
    needed: int | None = None
    effective_n: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its value, its stratum, how many the stratum holds, and whether it is one of those asked about."""

    value: float
    stratum: Hashable
    size: int
    asked: bool = True


def plain(values: Sequence[float], floor: float = 0.0, ceiling: float = 100.0) -> Mean:
    """Mean with a t interval, kept inside what is possible.

    >>> plain([80.0, 90.0, 70.0, 85.0, 75.0]).value
    80.0
    """
    if len(values) < SMALLEST:
        return Mean(len(values), None, None, None, SMALLEST)
    found = np.asarray(values, np.float64)
    n, value = len(found), float(found.mean())
    half = intervals.t_quantile(n - 1) * float(found.std(ddof=1)) / sqrt(n)
    return Mean(n, value, max(value - half, floor), min(value + half, ceiling), None, float(n))


def weighted(cases: Sequence[Case], floor: float = 0.0, ceiling: float = 100.0) -> Mean:
    """Mean of the asked cases as the whole of their strata would have it.

    Parameters
    ----------
    cases
        Everything that was drawn and answered, asked or not: the others say how much varies between the draws.
        A case weighs its stratum's size over the cases in it, so that a stratum with unanswered ones keeps its weight.
    """
    asked = np.array([one.asked for one in cases], dtype=bool)
    n = int(asked.sum())
    if n < SMALLEST:
        return Mean(n, None, None, None, SMALLEST)
    values = np.array([one.value for one in cases])
    names = {one: place for place, one in enumerate(dict.fromkeys(one.stratum for one in cases))}
    stratum = np.array([names[one.stratum] for one in cases])
    held = np.bincount(stratum).astype(np.float64)
    sizes = np.zeros(len(held))
    np.maximum.at(sizes, stratum, [one.size for one in cases])
    sizes = np.maximum(sizes, held)
    weight = (sizes / held)[stratum]
    total = float(weight[asked].sum())
    value = float((weight * values)[asked].sum() / total)
    away = np.where(asked, weight * (values - value), 0.0) / total
    variance, freedom = _variance(away, *_collapsed(stratum, held, sizes))
    half = intervals.t_quantile(max(freedom, 1)) * sqrt(variance)
    spread = float(values[asked].var(ddof=1))
    worth = min(spread / variance, float(sizes.sum())) if variance > 0 and spread > 0 else float(n)
    return Mean(n, value, max(value - half, floor), min(value + half, ceiling), None, worth)


def _collapsed(stratum: np.ndarray, held: Floats, sizes: Floats) -> tuple[np.ndarray, Floats, Floats]:
    """Strata with one case become one together; a single such stratum joins the smallest of the others."""
    alone = np.flatnonzero(held == 1)
    if not len(alone):
        return stratum, held, sizes
    into = alone[0]
    if len(alone) == 1 and len(held) > 1:
        others = np.flatnonzero(held > 1)
        into = others[int(np.argmin(sizes[others]))]
    moved = np.where(np.isin(stratum, alone), into, stratum)
    known, again = np.unique(moved, return_inverse=True)
    joined = np.array([sizes[alone].sum() + (0 if into in alone else sizes[into]) if one == into else sizes[one]
                       for one in known])  # fmt: skip
    return again, np.bincount(again).astype(np.float64), joined


def _variance(away: Floats, stratum: np.ndarray, held: Floats, sizes: Floats) -> tuple[float, int]:
    sums, squares = np.bincount(stratum, away), np.bincount(stratum, away**2)
    several = held > 1
    within = squares[several] - sums[several] ** 2 / held[several]
    n = held[several]
    found = (1 - n / sizes[several]) * n / (n - 1) * np.maximum(within, 0.0)
    return float(found.sum()), int((n - 1).sum())
