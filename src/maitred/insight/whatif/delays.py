"""Durations that are only partly seen: a customer's answer, patience in a queue, and the work hidden in a gap.

For the fit. Open tickets and answered calls are censored, never dropped: product-limit curves (Kaplan, Meier 1958) and
censored likelihoods. Work is inferred from gaps as a mixture: with some probability the gap is the work alone, else
idle time comes on top; gaps beyond the idle threshold are cut off and the likelihood knows it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_LARGEST = 6_000
"""Rows that a likelihood is taken over; more are thinned evenly, which costs a percent of precision."""


@dataclass(frozen=True, slots=True)
class Answering:
    """When customers answer: log-normal ``median`` and ``sigma`` of those who do, ``never`` the share who do not.

    ``product_limit`` is the Kaplan-Meier median of all, infinite when it is not reached.
    """

    median: float
    sigma: float
    never: float
    product_limit: float
    n: int
    answered: int


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds of one segment: log-normal ``median`` and ``sigma``; ``busy`` is the share of gaps without idle time."""

    median: float
    sigma: float
    busy: float
    idle: float
    n: int
    error: float
    """Standard error of the log of the median."""


def answering(seconds: Floats, answered: Flags) -> Answering:
    """Fit the delay of answers with a share of people who never answer.

    Parameters
    ----------
    seconds, answered
        Time from being asked to the answer, or to now where there is none yet; shape (n,).
    """
    seconds, answered = _thinned(np.maximum(seconds, 1.0), answered)
    n, k = len(seconds), int(answered.sum())
    if k < 5:
        return Answering(14_400.0, 1.3, 0.08, float("inf"), n, k)
    logs = np.log(seconds)
    mean, sd = float(logs[answered].mean()), max(0.2, float(logs[answered].std()))

    def cost(theta: Floats) -> float:
        mu, sigma, never = theta[0], np.exp(theta[1]), 1 / (1 + np.exp(-theta[2]))
        z = (logs - mu) / sigma
        seen = np.log1p(-never) + norm.logpdf(z[answered]) - np.log(sigma)
        open_ = np.log(never + (1 - never) * norm.sf(z[~answered]) + 1e-300)
        # a weak prior at one no-reply in twelve: without late censoring the share is hardly identified
        return float(-seen.sum() - open_.sum() - np.log(never + 1e-12) * 0.5 - np.log1p(-never) * 5.5)

    start = np.array([mean, np.log(sd), np.log((n - k + 0.5) / (k + 0.5))])
    found = minimize(cost, start, method="Nelder-Mead", options={"maxiter": 600, "xatol": 1e-3, "fatol": 1e-3}).x
    return Answering(
        median=float(np.exp(found[0])),
        sigma=float(np.exp(found[1])),
        never=float(1 / (1 + np.exp(-found[2]))),
        product_limit=product_limit_median(seconds, answered),
        n=n,
        answered=k,
    )


def product_limit_median(seconds: Floats, ended: Flags) -> float:
    """Kaplan-Meier median; infinite where the curve stays above one half.

    >>> product_limit_median(np.array([6.0, 7.0, 10.0]), np.array([True, True, False]))
    7.0
    """
    order = np.lexsort((~ended, seconds))
    at_risk = len(seconds) - np.arange(len(seconds))
    curve = np.cumprod(1.0 - ended[order] / at_risk)
    below = np.flatnonzero(curve <= 0.5)
    return float(seconds[order][below[0]]) if len(below) else float("inf")


def patience(waited: Floats, left: Flags) -> tuple[float, float]:
    """Mean patience in seconds (exponential, those who were served are censored), and the relative standard error.

    Notes
    -----
    Maximum likelihood: total time waited over the number who left. 0 (endless) where fewer than five left.
    """
    k = int(left.sum())
    return (float(waited.sum()) / k, float(1 / np.sqrt(k))) if k >= 5 else (0.0, 0.0)


def measured(seconds: Floats) -> Work:
    """Work from recorded handling times: median of the log-normal by the mean of logs, robust against a few slips."""
    logs = np.log(np.maximum(seconds[seconds > 0], 1.0))
    if len(logs) < 5:
        return Work(420.0, 0.8, 1.0, 0.0, len(logs), 0.5)
    centre = float(np.median(logs))
    spread = max(0.05, 1.4826 * float(np.median(np.abs(logs - centre))))
    kept = logs[np.abs(logs - centre) < 5 * spread]
    sigma = float(kept.std(ddof=1))
    return Work(float(np.exp(kept.mean())), max(0.05, sigma), 1.0, 0.0, len(logs), sigma / np.sqrt(len(kept)))


def inferred(gaps: Floats, cut: float) -> Work:
    """Work from gaps between actions.

    Parameters
    ----------
    gaps
        Seconds from the earliest instant at which the work can have begun to its end, shape (n,). Best are those of
        people who had something waiting: what looks like idle time is then rare.
    cut
        Gaps from this many seconds on are not read: a break or a walk lies in them.

    Notes
    -----
    Density of a gap: ``p LN(g) + (1-p) (LN * Exp)(g)``, divided by its mass below ``cut``. The convolution is taken on
    a grid of idle times at the quantiles of the exponential.
    """
    gaps = gaps[(gaps >= 1.0) & (gaps < cut)]
    n = len(gaps)
    if n < 30:
        return Work(420.0, 0.8, 0.5, 0.0, n, 0.6)
    gaps = _spread(np.sort(gaps))
    logs = np.log(gaps)
    levels = (np.arange(12) + 0.5) / 12

    def parts(theta: Floats) -> tuple[float, float, float, Floats]:
        busy = 1 / (1 + np.exp(-theta[2]))
        return theta[0], np.exp(theta[1]), busy, -np.log1p(-levels) * np.exp(theta[3])

    def cost(theta: Floats) -> float:
        mu, sigma, busy, idle = parts(theta)
        alone = np.exp(-0.5 * ((logs - mu) / sigma) ** 2) / (sigma * gaps)
        rest = np.maximum(gaps[:, None] - idle[None, :], 1e-9)
        late = np.exp(-0.5 * ((np.log(rest) - mu) / sigma) ** 2) / (sigma * rest)
        late[gaps[:, None] <= idle[None, :]] = 0.0
        inside = norm.cdf((np.log(cut) - mu) / sigma)
        within = norm.cdf((np.log(np.maximum(cut - idle, 1e-9)) - mu) / sigma).mean()
        mass = busy * inside + (1 - busy) * within
        density = (busy * alone + (1 - busy) * late.mean(axis=1)) / (np.sqrt(2 * np.pi) * max(mass, 1e-12))
        # where work waits most gaps hold no idle time: the prior keeps the two parts apart
        prior = 0.5 * ((theta[1] + 0.3) / 0.4) ** 2 + 0.5 * ((theta[2] - 2.0) / 0.8) ** 2
        return float(-np.log(density + 1e-300).sum() + prior)

    middle = float(np.median(logs))
    start = np.array([middle - 0.1, np.log(max(0.3, float(logs.std()))), 1.0, middle])
    found = minimize(cost, start, method="Nelder-Mead", options={"maxiter": 800, "xatol": 2e-3, "fatol": 1e-2}).x
    mu, sigma, busy, idle = parts(found)
    error = float(sigma / np.sqrt(max(1.0, n * busy))) + 0.05
    return Work(float(np.exp(mu)), float(sigma), float(busy), float(idle.mean()), n, error)


def _spread(values: Floats) -> Floats:
    if len(values) <= _LARGEST:
        return values
    return values[np.linspace(0, len(values) - 1, _LARGEST).astype(np.int64)]


def _thinned(seconds: Floats, flags: Flags) -> tuple[Floats, Flags]:
    if len(seconds) <= _LARGEST:
        return seconds, flags
    order = np.lexsort((flags, seconds))
    kept = order[np.linspace(0, len(order) - 1, _LARGEST).astype(np.int64)]
    return seconds[kept], flags[kept]


def speeds(logs: Floats, agent: Ints, agents: int) -> tuple[Floats, Floats, float]:
    """Log speed of each agent by random effects, its standard deviation, and the spread between agents.

    Parameters
    ----------
    logs
        Log seconds with the class's own median taken off, shape (n,).
    agent
        Who worked, shape (n,).

    Notes
    -----
    ``a ~ N(0, tau²)``: posterior mean and variance averaged over a grid of tau weighted by restricted likelihood times
    tau (Li, Lahiri 2010), as everywhere else in ``insight``. Effects are not centred: fast people do more segments, so
    their plain mean lies above the mean segment that the class's median stands for.
    """
    counts = np.bincount(agent, minlength=agents).astype(np.float64)
    sums = np.bincount(agent, weights=logs, minlength=agents)
    means = np.divide(sums, counts, out=np.zeros(agents), where=counts > 0)
    noise = float(((logs - means[agent]) ** 2).sum() / max(1.0, len(logs) - (counts > 0).sum())) or 1e-6
    seen = counts > 0
    variance = noise / np.maximum(counts, 1e-9)
    grid = np.linspace(0.01, 1.0, 60)
    shrunk, second, weights = np.zeros((60, agents)), np.zeros((60, agents)), np.full(60, -np.inf)
    for place, tau in enumerate(grid):
        total = tau**2 + variance[seen]
        centre = float((means[seen] / total).sum() / (1 / total).sum())
        weights[place] = (
            -0.5 * np.log(total).sum()
            - 0.5 * np.log((1 / total).sum())
            - 0.5 * ((means[seen] - centre) ** 2 / total).sum()
            + np.log(tau)
        )
        share = tau**2 / (tau**2 + variance)
        shrunk[place] = centre + np.where(seen, share * (means - centre), 0.0)
        second[place] = tau**2 * (1 - np.where(seen, share, 0.0))
    chance = np.exp(weights - weights.max())
    chance /= chance.sum()
    mean = chance @ shrunk
    spread = chance @ (second + shrunk**2) - mean**2
    return mean, np.sqrt(np.maximum(spread, 0.0)), float(chance @ grid)
