"""What goes together with an outcome, and how much of it: effects side by side, each held against all others.

Yes-or-no outcomes get a logistic model and average marginal effects, others a linear one; effects are per unit of a
number, or of one level of a text against the most frequent level. ``share`` says how much of what is explained belongs
to a driver (Shapley value of the explained share; Grömping 2007), numbers that move together are one driver. An
association; not a promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Literal

import numpy as np

from maitred.insight.datasets import DataSet
from maitred.insight.multiplicity import Effect
from maitred.metrics.intervals import Floats, t_quantile

MOST = 10
"""Drivers up to which every order of entering is tried."""
_INFLATED = 5.0
_PER_COLUMN = 8


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver, or one level of it (``name`` is then ``column=level``); ``share`` is that of the whole column."""

    name: str
    effect: Effect
    share: float
    together_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drivers:
    """The drivers in the order asked for, and the share of the outcome's variation that they explain together."""

    n: int
    drivers: tuple[Driver, ...]
    explained: float | None
    model: Literal["linear", "logistic", "none"]
    verdict: Literal["ok", "not_enough_data", "cannot_tell"] = "ok"


@dataclass(frozen=True, slots=True)
class _Term:
    """The columns of the design that belong to one driver."""

    driver: str
    names: tuple[str, ...]
    columns: Floats


def drivers(data: DataSet, outcome: str, columns: Sequence[str]) -> Drivers:
    """Effects and shares of the columns on the outcome.

    Parameters
    ----------
    data
        The outcome (a number), the columns (numbers, or texts as levels), and perhaps ``cluster``, whose rows belong
        together. Rows with a missing value are left out.

    Notes
    -----
    Interval: cluster-robust sandwich with Student's t; marginal effects of the logistic model by the delta method.
    Numbers whose variance inflation is above 5 name each other in ``together_with``, and their share is that of all.
    """
    data = _whole(data, outcome, columns)
    y = data.numbers(outcome)
    terms = [_term(data, one) for one in columns]
    width = 1 + sum(term.columns.shape[1] for term in terms)
    if data.rows < max(20, _PER_COLUMN * width):
        return Drivers(data.rows, (), None, "none", "not_enough_data")
    yes_no = bool(np.isin(y, (0.0, 1.0)).all())
    if y.std() == 0 or any(term.columns.shape[1] == 0 or not term.columns.std(axis=0).all() for term in terms):
        return Drivers(data.rows, (), None, "none", "cannot_tell")
    design = np.column_stack([np.ones(data.rows), *(term.columns for term in terms)])
    cluster = _clusters(data)
    effects = (_marginal if yes_no else _linear)(design, y, cluster, _levels(terms))
    together = _together(terms)
    explained, shares = _shares(terms, y, yes_no, together)
    return Drivers(data.rows, _told(terms, effects, shares, together), explained, "logistic" if yes_no else "linear")


def _whole(data: DataSet, outcome: str, columns: Sequence[str]) -> DataSet:
    there = ~np.isnan(data.numbers(outcome))
    for one in columns:
        held = data.columns[one]
        there &= (
            ~np.isnan(held) if isinstance(held, np.ndarray) else np.array([text is not None for text in held], bool)
        )
    return data.kept(there)


def _term(data: DataSet, column: str) -> _Term:
    """A number as it is; a text as an indicator of each level but the most frequent."""
    held = data.columns[column]
    if isinstance(held, np.ndarray):
        return _Term(column, (column,), held[:, None])
    count = {level: held.count(level) for level in sorted(set(held))}
    usual = max(count, key=lambda level: count[level]) if count else ""
    levels = [level for level in count if level != usual]
    made = [np.array([one == level for one in held], np.float64) for level in levels]
    columns = np.column_stack(made) if made else np.empty((data.rows, 0))
    return _Term(column, tuple(f"{column}={level}" for level in levels), columns)


def _levels(terms: Sequence[_Term]) -> np.ndarray:
    """Which columns of the design (behind the intercept) switch between 0 and 1."""
    return np.array([bool(np.isin(c, (0.0, 1.0)).all()) for term in terms for c in term.columns.T], bool)


def _clusters(data: DataSet) -> np.ndarray:
    if not data.has("cluster"):
        return np.arange(data.rows)
    return np.unique(np.array(data.texts("cluster")), return_inverse=True)[1]


def _linear(design: Floats, y: Floats, cluster: np.ndarray, levels: np.ndarray) -> list[Effect]:
    """Least squares with cluster-robust errors (CR1)."""
    bread = np.linalg.pinv(design.T @ design)
    beta = bread @ (design.T @ y)
    variance = bread @ _meat(design * (y - design @ beta)[:, None], cluster) @ bread
    return _effects(beta[1:], np.sqrt(np.diag(variance)[1:]), cluster)


def _marginal(design: Floats, y: Floats, cluster: np.ndarray, levels: np.ndarray) -> list[Effect]:
    """Average marginal effects of a logistic model; of indicators the average step from 0 to 1."""
    beta, chance = _logistic(design, y)
    info = (chance * (1 - chance))[:, None]
    bread = np.linalg.pinv(design.T @ (design * info))
    variance = bread @ _meat(design * (y - chance)[:, None], cluster) @ bread
    size = np.empty(design.shape[1] - 1)
    error = np.empty_like(size)
    for place in range(1, design.shape[1]):
        slope = _step(design, beta, place) if levels[place - 1] else _tangent(design, beta, place)
        size[place - 1] = slope[0]
        error[place - 1] = np.sqrt(slope[1] @ variance @ slope[1])
    return _effects(size, error, cluster)


def _step(design: Floats, beta: Floats, place: int) -> tuple[float, Floats]:
    """Mean change of the chance from 0 to 1 of one column, and its gradient."""
    found, gradient = 0.0, np.zeros(len(beta))
    for value, sign in ((1.0, 1), (0.0, -1)):
        held = design.copy()
        held[:, place] = value
        chance = 1 / (1 + np.exp(-(held @ beta)))
        found += sign * float(chance.mean())
        gradient += sign * ((chance * (1 - chance))[:, None] * held).mean(axis=0)
    return found, gradient


def _tangent(design: Floats, beta: Floats, place: int) -> tuple[float, Floats]:
    """Mean slope of the chance along one column, and its gradient."""
    chance = 1 / (1 + np.exp(-(design @ beta)))
    slope = chance * (1 - chance)
    gradient = beta[place] * ((slope * (1 - 2 * chance))[:, None] * design).mean(axis=0)
    gradient[place] += slope.mean()
    return float(beta[place] * slope.mean()), gradient


def _logistic(design: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Maximum likelihood with a breath of ridge, so that perfect separation ends too."""
    ridge = np.full(design.shape[1], 1e-4)
    ridge[0] = 0.0
    beta = np.zeros(design.shape[1])
    chance = np.full(len(y), 0.5)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        hessian = design.T @ (design * (chance * (1 - chance))[:, None]) + np.diag(ridge + 1e-10)
        step = np.linalg.solve(hessian, design.T @ (y - chance) - ridge * beta)
        beta = beta + step * min(1.0, 5 / max(1e-9, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-9:
            break
    return beta, chance


def _meat(scores: Floats, cluster: np.ndarray) -> Floats:
    groups = int(cluster.max()) + 1
    summed = np.zeros((groups, scores.shape[1]))
    np.add.at(summed, cluster, scores)
    n, width = scores.shape
    factor = groups / max(1, groups - 1) * (n - 1) / max(1, n - width)
    return np.asarray(factor * summed.T @ summed)


def _effects(size: Floats, error: Floats, cluster: np.ndarray) -> list[Effect]:
    t = t_quantile(int(cluster.max()))
    return [Effect(float(s), float(s - t * e), float(s + t * e)) for s, e in zip(size, error, strict=True)]


def _together(terms: Sequence[_Term]) -> list[set[int]]:
    """Drivers whose numbers say nearly the same, by variance inflation and correlation, as sets of places."""
    sets = [{place} for place in range(len(terms))]
    numbers = [place for place, term in enumerate(terms) if term.columns.shape[1] == 1]
    if len(numbers) < 2:
        return sets
    among = np.atleast_2d(np.corrcoef(np.column_stack([terms[place].columns for place in numbers]).T))
    inflation = np.diag(np.linalg.pinv(among))
    high = [k for k in range(len(numbers)) if inflation[k] > _INFLATED]
    for a, b in combinations(high, 2):
        if abs(among[a, b]) > 0.5:
            first, second = (next(one for one in sets if numbers[k] in one) for k in (a, b))
            if first is not second:
                sets.remove(second)
                first |= second
    return sets


def _shares(
    terms: Sequence[_Term], y: Floats, yes_no: bool, together: Sequence[set[int]]
) -> tuple[float, dict[int, float]]:
    """The explained share, and each set's Shapley value as a part of it."""
    parts = [np.column_stack([terms[place].columns for place in sorted(one)]) for one in together]
    known: dict[frozenset[int], float] = {}

    def fit(inside: frozenset[int]) -> float:
        if inside not in known:
            known[inside] = _explained([parts[k] for k in sorted(inside)], y, yes_no and len(parts) <= MOST // 2)
        return known[inside]

    everyone = frozenset(range(len(parts)))
    total = fit(everyone)
    values = [_shapley(k, everyone, fit) if len(parts) <= MOST else total - fit(everyone - {k}) for k in everyone]
    whole = sum(values)
    return total, {place: (values[k] / whole if whole > 0 else 0.0) for k, one in enumerate(together) for place in one}


def _shapley(one: int, everyone: frozenset[int], fit: object) -> float:
    assert callable(fit)
    others = sorted(everyone - {one})
    n = len(everyone)
    found = 0.0
    for size in range(n):
        weight = factorial(size) * factorial(n - size - 1) / factorial(n)
        for inside in combinations(others, size):
            found += weight * (fit(frozenset(inside) | {one}) - fit(frozenset(inside)))
    return found


def _explained(parts: Sequence[Floats], y: Floats, logistic: bool) -> float:
    """R², or the explained share of deviance."""
    if not parts:
        return 0.0
    design = np.column_stack([np.ones(len(y)), *parts])
    if logistic:
        _, chance = _logistic(design, y)
        return 1 - _deviance(y, chance) / _deviance(y, np.full(len(y), y.mean()))
    beta, *_ = np.linalg.lstsq(design, y, rcond=None)
    return 1 - float(((y - design @ beta) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def _deviance(y: Floats, chance: Floats) -> float:
    chance = np.clip(chance, 1e-12, 1 - 1e-12)
    return -2 * float(y @ np.log(chance) + (1 - y) @ np.log(1 - chance))


def _told(
    terms: Sequence[_Term], effects: Sequence[Effect], shares: dict[int, float], together: Sequence[set[int]]
) -> tuple[Driver, ...]:
    found = []
    left = iter(effects)
    for place, term in enumerate(terms):
        same = next(one for one in together if place in one)
        others = tuple(terms[other].driver for other in sorted(same) if other != place)
        found += [Driver(name, next(left), shares[place], others) for name in term.names]
    return tuple(found)
