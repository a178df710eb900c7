"""How good is somebody's work by the reviews of it, once reviewers' severity and luck are taken out?

A review's score is taken as ``mean + agent + reviewer + rest`` with normal agents (spread A), reviewers (B) and rests
(C: the ticket, and whatever else differs). The spreads are not plugged in: everything is averaged over a grid of
``A / C`` and ``B / C`` with the restricted likelihood (Patterson and Thompson 1971; mixed model equations as in Searle,
Casella and McCulloch, *Variance Components*, 1992, ch. 7) times ``A / C`` (Li and Lahiri 2010), ``C`` integrated out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from maitred.insight.compare import groups

Floats: TypeAlias = NDArray[np.float64]
SMALLEST_REVIEWS, SMALLEST_AGENTS, SMALLEST_RATERS = 30, 5, 2
_WIDEST = 3.0
_AGENT_STEPS, _RATER_STEPS = 28, 20
_LEVELS = (0.025, 0.5, 0.975)
_WRONG = 0.0125
_MOST_PAIRED = 80


@dataclass(frozen=True, slots=True)
class Range:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Person:
    """One agent: reviews, level at the reviewers' common severity (shrunken), and how reliable the raw mean is."""

    n: int
    raters: int
    level: Range
    reliability: Range


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the reviews of many agents by several reviewers tell.

    Attributes
    ----------
    why
        Why nothing can be told; empty where it can. Everything else is empty then.
    agent, rater, ticket
        The spreads A, B and C as standard deviations, in points of score.
    people
        By agent.
    severity
        By reviewer: how much higher (+) or lower (-) than the reviewers' common severity.
    groups
        Agents within which nobody can be told apart from anybody; one agent may stand in several.
    """

    why: str
    agent: Range | None = None
    rater: Range | None = None
    ticket: Range | None = None
    people: Mapping[str, Person] | None = None
    severity: Mapping[str, Range] | None = None
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Table:
    """Counts and sums of reviews by agent (rows) and reviewer (columns)."""

    agents: list[str]
    raters: list[str]
    counts: Floats
    sums: Floats
    squares: float

    @property
    def n(self) -> int:
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True)
class _Grid:
    """The mixed model solved at each pair of ratios: points first.

    ``weight`` adds up to 1. ``fixed`` are the mean and the reviewers, ``inverse`` their covariance in units of
    ``rest``, the variance of the rest; ``held`` are the diagonal entries of the agents' equations.
    """

    weight: Floats
    agent: Floats
    rater: Floats
    rest: Floats
    fixed: Floats
    inverse: Floats
    held: Floats


def reviewed(reviews: Sequence[tuple[str, str, float]]) -> Reviewed:
    """What reviews ``(agent, reviewer, score)`` tell about agents, reviewers and themselves.

    At least 30 reviews of 5 agents by 2 reviewers are needed, and reviewers must share agents: where each agent has a
    reviewer of their own, severity and quality cannot be told from each other.

    Examples
    --------
    >>> reviewed([("ana", "rob", 80.0)]).why
    'there are 1 reviews, 30 are needed'
    """
    table = _table(reviews)
    why = _refusal(table)
    if why:
        return Reviewed(why)
    grid = _solved(table)
    levels, noise, lean = _levels(table, grid)
    deviation = np.sqrt(noise * grid.rest[:, None])
    spread = np.sqrt(grid.rest)
    return Reviewed(
        "",
        _quantiles(grid.agent * spread, grid.weight),
        _quantiles(grid.rater * spread, grid.weight),
        _quantiles(spread, grid.weight),
        _people(table, grid, levels, deviation),
        _severity(table, grid),
        _groups(table, grid, levels, lean),
    )


def _table(reviews: Sequence[tuple[str, str, float]]) -> _Table:
    agents = sorted({agent for agent, _, _ in reviews})
    raters = sorted({rater for _, rater, _ in reviews})
    row, column = {one: n for n, one in enumerate(agents)}, {one: n for n, one in enumerate(raters)}
    counts, sums = np.zeros((len(agents), len(raters))), np.zeros((len(agents), len(raters)))
    middle = float(np.mean([score for _, _, score in reviews])) if reviews else 0.0
    for agent, rater, score in reviews:
        counts[row[agent], column[rater]] += 1
        sums[row[agent], column[rater]] += score
    squares = float(sum((score - middle) ** 2 for _, _, score in reviews))
    return _Table(agents, raters, counts, sums, squares)


def _refusal(table: _Table) -> str:
    if table.n < SMALLEST_REVIEWS:
        return f"there are {table.n} reviews, {SMALLEST_REVIEWS} are needed"
    if len(table.agents) < SMALLEST_AGENTS:
        return f"{len(table.agents)} people were reviewed, {SMALLEST_AGENTS} are needed"
    if len(table.raters) < SMALLEST_RATERS:
        return "one reviewer alone cannot be told from the people reviewed: a second one is needed"
    if not _linked(table.counts > 0):
        return "reviewers share too few people: severity and quality cannot be told apart"
    if not table.squares > 0:
        return "all reviews have the same score"
    return ""


def _linked(met: NDArray[np.bool_]) -> bool:
    """Whether all reviewers are connected through people they share."""
    reached = np.zeros(met.shape[1], dtype=bool)
    reached[0] = True
    for _ in range(met.shape[1]):
        reached = met[met[:, reached].any(axis=1)].any(axis=0) | reached
    return bool(reached.all())


def _ratios(steps: int) -> tuple[Floats, Floats]:
    """Ratios of spreads, denser near 0, and how much of the line each stands for."""
    middle = (np.arange(steps) + 0.5) / steps
    return _WIDEST * middle**2, 2 * _WIDEST * middle / steps


def _solved(table: _Table) -> _Grid:
    """Solve the mixed model equations at each point of the grid; agents' equations, being diagonal, are absorbed."""
    agent, agent_part = _ratios(_AGENT_STEPS)
    rater, rater_part = _ratios(_RATER_STEPS)
    agents, raters = (one.ravel() for one in np.meshgrid(agent, rater, indexing="ij"))
    parts = np.outer(agent_part, rater_part).ravel()
    counts, middle = table.counts, table.sums.sum() / table.counts.sum()
    sums = table.sums - middle * counts
    per_agent = counts.sum(axis=1)
    held = per_agent + 1 / agents[:, None] ** 2
    joined = np.column_stack([per_agent, counts])
    whole = np.zeros((joined.shape[1], joined.shape[1]))
    whole[0, 0], whole[0, 1:], whole[1:, 0] = counts.sum(), counts.sum(axis=0), counts.sum(axis=0)
    whole[1:, 1:] = np.diag(counts.sum(axis=0))
    given = np.concatenate([[sums.sum()], sums.sum(axis=0)])
    left = whole - np.einsum("ai,pa,aj->pij", joined, 1 / held, joined)
    spots = np.arange(1, joined.shape[1])
    left[:, spots, spots] += (1 / raters**2)[:, None]
    right = given - np.einsum("ai,pa,a->pi", joined, 1 / held, sums.sum(axis=1))
    inverse = np.linalg.inv(left)
    fixed = np.einsum("pij,pj->pi", inverse, right)
    own = (sums.sum(axis=1) - fixed @ joined.T) / held
    residual = table.squares - fixed @ given - own @ sums.sum(axis=1)
    size = np.linalg.slogdet(left)[1] + np.log(held).sum(axis=1)
    size += 2 * len(table.agents) * np.log(agents) + 2 * len(table.raters) * np.log(raters)
    logs = -0.5 * (size + (table.n - 1) * np.log(residual)) + np.log(agents) + np.log(parts)
    weight = np.exp(logs - logs.max())
    fixed[:, 0] += middle
    return _Grid(weight / weight.sum(), agents, raters, residual / (table.n - 3), fixed, inverse, held)


def _levels(table: _Table, grid: _Grid) -> tuple[Floats, Floats, Floats]:
    """Level of each agent at common severity: mean and variance by point and agent, and how it leans on the fixed."""
    counts, per_agent = table.counts, table.counts.sum(axis=1)
    raters = counts.shape[1]
    lean = np.empty((len(grid.weight), len(per_agent), raters + 1))
    lean[:, :, 0] = 1 - per_agent / grid.held
    lean[:, :, 1:] = 1 / raters - counts / grid.held[:, :, None]
    mean = table.sums.sum(axis=1) / grid.held + np.einsum("pai,pi->pa", lean, grid.fixed)
    noise = 1 / grid.held + np.einsum("pai,pij,paj->pa", lean, grid.inverse, lean)
    return mean, noise, lean


def _people(table: _Table, grid: _Grid, levels: Floats, deviation: Floats) -> dict[str, Person]:
    per_agent = table.counts.sum(axis=1)
    shares = ((table.counts / per_agent[:, None]) ** 2).sum(axis=1)
    agent, rater = grid.agent[:, None] ** 2, grid.rater[:, None] ** 2
    reliability = agent / (agent + rater * shares + 1 / per_agent)
    low, _, high = _mixed(levels, deviation, grid.weight)
    mean = grid.weight @ levels
    return {
        name: Person(
            int(per_agent[place]),
            int((table.counts[place] > 0).sum()),
            Range(float(mean[place]), float(low[place]), float(high[place])),
            _quantiles(reliability[:, place], grid.weight),
        )
        for place, name in enumerate(table.agents)
    }


def _severity(table: _Table, grid: _Grid) -> dict[str, Range]:
    raters = len(table.raters)
    away = np.eye(raters) - 1 / raters
    mean = grid.fixed[:, 1:] @ away
    noise = np.einsum("ij,pik,kj->pj", away, grid.inverse[:, 1:, 1:], away)
    low, _, high = _mixed(mean, np.sqrt(noise * grid.rest[:, None]), grid.weight)
    value = grid.weight @ mean
    return {name: Range(float(value[n]), float(low[n]), float(high[n])) for n, name in enumerate(table.raters)}


def _groups(table: _Table, grid: _Grid, levels: Floats, lean: Floats) -> tuple[tuple[str, ...], ...]:
    """Who cannot be told apart: pairs count as told while the chance of the wrong sign stays below 1.25 %."""
    from scipy.special import ndtr

    if len(table.agents) > _MOST_PAIRED:
        return ()
    first, second = np.triu_indices(len(table.agents), 1)
    wrong = np.zeros(len(first))
    for point in np.flatnonzero(grid.weight > 1e-6 * grid.weight.max()):
        across = lean[point, first] - lean[point, second]
        noise = np.einsum("ki,ij,kj->k", across, grid.inverse[point], across)
        noise += 1 / grid.held[point, first] + 1 / grid.held[point, second]
        ahead = (levels[point, first] - levels[point, second]) / np.sqrt(noise * grid.rest[point])
        wrong += grid.weight[point] * ndtr(-ahead)
    wrong = np.minimum(wrong, 1 - wrong)
    ordered = np.argsort(wrong, kind="stable")
    running = np.cumsum(wrong[ordered]) / np.arange(1, len(ordered) + 1)
    told = ordered[(wrong[ordered] <= _WRONG) & (running <= _WRONG)]
    pairs = [(table.agents[first[one]], table.agents[second[one]]) for one in told]
    return groups(table.agents, pairs)


def _quantiles(values: Floats, weight: Floats) -> Range:
    """Median and 95 % interval of values with weights."""
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) - weight[order] / 2
    low, middle, high = np.interp(_LEVELS, reached, values[order])
    return Range(float(middle), float(low), float(high))


def _mixed(mean: Floats, deviation: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Quantiles of mixtures of normals, by halving; shapes (points, things)."""
    from scipy.special import ndtr

    kept = weight > 1e-7 * weight.max()
    mean, deviation, weight = mean[kept], deviation[kept], weight[kept] / weight[kept].sum()
    found = []
    for level in _LEVELS:
        low, high = (mean - 8 * deviation).min(axis=0), (mean + 8 * deviation).max(axis=0)
        for _ in range(50):
            middle = (low + high) / 2
            below = weight @ ndtr((middle - mean) / deviation) < level
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        found.append((low + high) / 2)
    return found[0], found[1], found[2]
