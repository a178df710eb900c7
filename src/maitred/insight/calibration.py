"""Do probabilities mean what they say? Fitting them, correcting them on later cases, and holding them to what came.

A logistic model with a ridge, Platt's correction on cases later than the training, and the table that decides whether a
probability may be shown: ten bins with Wilson intervals, slope and intercept, Brier score against the base rate and
against a simple rule. Cases of one cluster (looks at one ticket) count as one where sureness is concerned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from maitred.metrics.intervals import Floats, Integers, wilson, wilson_clustered

SLOPES: Final = (0.8, 1.25)
"""Calibration slopes outside which a probability is not shown."""
_BINS = 10
_STEPS = 15
_SURE = 1e-6


@dataclass(frozen=True, slots=True)
class NotEnoughData:
    """The answer where something cannot be told yet: there are ``n`` of the ``needed``."""

    n: int
    needed: int
    what: str

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {"verdict": "not_enough_data", "n": self.n, "needed": self.needed, "what": self.what}


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of about one probability: what was said on average, the share that came, and its 95 % interval."""

    said: float
    came: float
    low: float
    high: float
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How probabilities fared on cases later than those they were learned from.

    ``slope`` 1 and ``intercept`` 0 are right. Brier scores: the model's, the base rate's, the simple rule's.
    """

    bins: tuple[Bin, ...]
    slope: float
    intercept: float
    brier: float
    brier_base: float
    brier_simple: float
    n: int
    clusters: int
    lift: float
    """Share of the bad tenth said first that came bad, over the same of the simple rule's order."""

    @property
    def shown(self) -> bool:
        """Whether the probability may be shown: slope within limits, and better than base rate and simple rule."""
        return SLOPES[0] <= self.slope <= SLOPES[1] and self.brier < min(self.brier_base, self.brier_simple)

    @property
    def reason(self) -> str:
        """Why it is not shown; empty where it is."""
        if not SLOPES[0] <= self.slope <= SLOPES[1]:
            return f"calibration slope {self.slope:.2f} is outside {SLOPES[0]} to {SLOPES[1]}"
        if self.brier >= self.brier_base:
            return "no better than the base rate"
        return "no better than the simple rule" if self.brier >= self.brier_simple else ""


Chances = Callable[[Floats], Floats]


def logistic(features: Floats, came: Floats, ridge: float = 1.0) -> Chances:
    """Fit log odds as a weighted sum of features (standardised inside), by Newton's method.

    Parameters
    ----------
    features
        Shape (cases, features); constant columns are harmless.
    came
        1 where it came, else 0.
    ridge
        Penalty on squared standardised coefficients, never on the intercept.

    Returns
    -------
    Chances
        Probabilities of further cases.
    """
    centre, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)

    def design(cases: Floats) -> Floats:
        return np.column_stack([np.ones(len(cases)), np.clip((cases - centre) / scale, -6, 6)])

    beta = _newton(design(features), came, ridge)
    return lambda cases: _expit(design(cases) @ beta)


def platt(said: Floats, came: Floats, clusters: Integers) -> Chances:
    """Correct probabilities by slope and intercept of their log odds (Platt 2000), learned on later cases.

    Drawn to no correction, so that few clusters correct little: cases of one cluster weigh as one.
    """
    weight = np.full(len(said), len(np.unique(clusters)) / max(len(said), 1))
    offset = _logit(said)
    beta = _newton(np.column_stack([np.ones(len(said)), offset]), came, 4.0, weight, offset)
    return lambda chances: _expit(beta[0] + max(0.05, 1 + float(beta[1])) * _logit(chances))


def judged(said: Floats, came: Floats, simple: Floats, clusters: Integers) -> Calibration:
    """Hold probabilities to what came.

    Parameters
    ----------
    said, came
        Probabilities and outcomes (0 or 1).
    simple
        Probabilities by the simple rule.
    clusters
        Number of the cluster of each case.
    """
    base = float(came.mean())
    intercept, slope = _line(said, came)
    return Calibration(
        _table(said, came, clusters),
        slope,
        intercept,
        float(np.mean((said - came) ** 2)),
        base * (1 - base),
        float(np.mean((simple - came) ** 2)),
        len(said),
        len(np.unique(clusters)),
        _lift(said, simple, came),
    )


def curve(order: Floats, came: Floats) -> Chances:
    """Probabilities that never fall as a number rises (isotonic regression): what a simple order is worth."""
    from scipy.optimize import isotonic_regression

    places = np.argsort(order, kind="stable")
    fitted = np.asarray(isotonic_regression(came[places]).x, np.float64)
    x = order[places]
    return lambda cases: np.clip(np.interp(cases, x, fitted), 1e-4, 1 - 1e-4)


def _newton(
    design: Floats, came: Floats, ridge: float, weight: Floats | None = None, offset: Floats | None = None
) -> Floats:
    """Coefficients of a logistic model; the first column is the intercept, which no ridge draws."""
    beta = np.zeros(design.shape[1])
    weight = np.ones(len(came)) if weight is None else weight
    known = np.zeros(len(came)) if offset is None else offset
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    for _ in range(_STEPS):
        chance = _expit(design @ beta + known)
        spread = weight * np.maximum(chance * (1 - chance), _SURE)
        hessian = (design.T * spread) @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(hessian, design.T @ (weight * (came - chance)) - penalty * beta)
        beta = beta + step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-5:
            break
    return beta


def _line(said: Floats, came: Floats) -> tuple[float, float]:
    """Intercept and slope of the outcomes' log odds on the log odds that were said (Cox 1958)."""
    beta = _newton(np.column_stack([np.ones(len(said)), _logit(said)]), came, 0.0)
    return float(beta[0]), float(beta[1])


def _table(said: Floats, came: Floats, clusters: Integers) -> tuple[Bin, ...]:
    """Ten bins of equally many cases; ties stay together."""
    edges = np.unique(np.quantile(said, np.linspace(0, 1, _BINS + 1)[1:-1]))
    place = np.searchsorted(edges, said, side="right")
    found = []
    for one in np.unique(place):
        mine = place == one
        found.append(_bin(said[mine], came[mine], clusters[mine]))
    return tuple(found)


def _bin(said: Floats, came: Floats, clusters: Integers) -> Bin:
    _, codes = np.unique(clusters, return_inverse=True)
    m = np.bincount(codes)
    s = np.bincount(codes, came)
    n, hits = len(said), round(float(came.sum()))
    sums = (int(m @ m), round(float(m @ s)), round(float(s @ s)))
    interval = wilson(hits, n) if len(m) < 2 else wilson_clustered(hits, n, len(m), *sums)
    low, high = interval.low or 0.0, 1.0 if interval.high is None else interval.high
    return Bin(float(said.mean()), hits / n, low, high, n, len(m))


def _lift(said: Floats, simple: Floats, came: Floats) -> float:
    first = max(1, len(said) // 10)
    mine, theirs = (float(came[np.argsort(-order, kind="stable")[:first]].mean()) for order in (said, simple))
    return mine / max(theirs, 1 / first)


def _expit(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float64)


def _logit(chance: Floats) -> Floats:
    kept = np.clip(chance, 1e-5, 1 - 1e-5)
    return np.asarray(np.log(kept / (1 - kept)), np.float64)
