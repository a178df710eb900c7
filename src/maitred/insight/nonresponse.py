"""What would everybody have said? A survey's mean, weighted back to all who were asked.

Post-stratification on what is known of everybody (topic, channel, wait, …): every cell counts by how many were asked in
it, not by how many answered. Cells with few answers are merged with their neighbours, last column first. What nobody's
answer can show, whether the silent differ from the answering of their own cell, stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from maitred.base.errors import Invalid
from maitred.insight.datasets import DataSet
from maitred.metrics.intervals import Floats

FEWEST = 5
"""Answers a cell needs to stand alone."""
SMALLEST = 10


@dataclass(frozen=True, slots=True)
class Weighted:
    """The weighted mean with its interval beside the plain mean; ``n`` answered."""

    n: int
    asked: int
    response_rate: float | None
    value: float | None
    low: float | None
    high: float | None
    unadjusted: float | None
    cells: int
    verdict: Literal["ok", "not_enough_data"] = "ok"


def weighted(data: DataSet, adjust: Sequence[str]) -> Weighted:
    """Weight the answers of a survey to all who were asked.

    Parameters
    ----------
    data
        ``answered`` (0 or 1), ``value`` (of those who answered), and the columns to adjust by.

    Raises
    ------
    Invalid
        ``answered`` is not 0 or 1, or somebody answered without a value.

    Notes
    -----
    ``sum W_c mean_c``, variance ``sum W_c² s_c² / n_c (1 - n_c / N_c)``, where two answers of the pooled variance
    steady every s², and Student's t with Satterthwaite's degrees of freedom. What weighting can and cannot mend: Little
    and Vartivarian 2005.
    """
    answered = data.numbers("answered")
    if not np.isin(answered, (0.0, 1.0)).all():
        raise Invalid("answered is 1 or 0", "one row for everybody who was asked")
    yes = answered == 1
    value = data.numbers("value")
    if np.isnan(value[yes]).any():
        raise Invalid("somebody answered without a value", "leave the value empty only where answered is 0")
    n, asked = int(yes.sum()), data.rows
    if n < SMALLEST:
        rate = n / asked if asked else None
        return Weighted(n, asked, rate, None, None, None, None, 0, "not_enough_data")
    cell = _merged([data.texts(one) for one in adjust], yes)
    plain = float(value[yes].mean())
    mean, low, high = _estimate(cell, yes, value)
    return Weighted(n, asked, n / asked, mean, low, high, plain, int(cell.max()) + 1)


def _merged(columns: Sequence[Sequence[str]], yes: np.ndarray) -> np.ndarray:
    """A cell for every row; cells with few answers join the others of the same beginning, at last all."""
    keys: list[tuple[str, ...]] = [*zip(*columns, strict=True)] if columns else [()] * len(yes)
    for depth in range(len(columns), 0, -1):
        count: dict[tuple[str, ...], int] = {}
        for key, answered in zip(keys, yes, strict=True):
            count[key] = count.get(key, 0) + int(answered)
        few = {key for key, answers in count.items() if answers < FEWEST and len(key) >= depth}
        # a neighbour joins, so that what is left over of a beginning has enough answers too
        for start in {key[: depth - 1] for key in few}:
            rest = sum(count[key] for key in few if key[: depth - 1] == start)
            others = sorted(
                (answers, key) for key, answers in count.items() if key[: depth - 1] == start and key not in few
            )
            for answers, key in others:
                if rest >= FEWEST:
                    break
                few.add(key)
                rest += answers
        keys = [key[: depth - 1] if key in few else key for key in keys]
    order = {key: place for place, key in enumerate(sorted(set(keys)))}
    return np.array([order[key] for key in keys], np.int64)


def _estimate(cell: np.ndarray, yes: np.ndarray, value: Floats) -> tuple[float, float, float]:
    from scipy.special import stdtrit

    asked = np.bincount(cell).astype(np.float64)
    n = np.bincount(cell[yes], minlength=len(asked)).astype(np.float64)
    asked, n, total, squares = (one[n > 0] for one in (asked, n, *_sums(cell, yes, value, len(asked))))
    mean = total / n
    weight = asked / asked.sum()
    variance = (squares - n * mean**2).clip(0) / np.maximum(n - 1, 1)
    pooled = float((variance * (n - 1).clip(0)).sum() / max(1.0, float((n - 1).clip(0).sum())))
    # a cell whose few answers agree is not without variance
    variance = ((n - 1).clip(0) * variance + 2 * pooled) / ((n - 1).clip(0) + 2)
    parts = weight**2 * variance / n * (1 - n / asked)
    whole = float(weight @ mean)
    spread = float(parts.sum())
    if spread <= 0:
        return whole, whole, whole
    freedom = spread**2 / float((parts**2 / np.maximum(n + 1, 1)).sum())
    half = float(stdtrit(freedom, 0.975)) * np.sqrt(spread)
    low, high = whole - half, whole + half
    if np.isin(value[yes], (0.0, 1.0)).all():
        low, high = max(0.0, low), min(1.0, high)
    return whole, float(low), float(high)


def _sums(cell: np.ndarray, yes: np.ndarray, value: Floats, cells: int) -> tuple[Floats, Floats]:
    total = np.bincount(cell[yes], value[yes], cells).astype(np.float64)
    squares = np.bincount(cell[yes], value[yes] ** 2, cells).astype(np.float64)
    return total, squares
