"""Do these people, teams or bots differ, once their cases are made alike? Adjusted, shrunken, and told apart or not.

A random effect per subject on top of the case mix: shares on the logit scale, durations on the log scale. The spread of
the subjects is never plugged in: answers are averages over a grid of spreads, weighted by restricted likelihood times
spread (Morris 1983; Li and Lahiri 2010), which keeps intervals honest where the spread is near zero. Values are
standardised to the pooled mix of the set; nobody is ranked, and who cannot be told apart stands in one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from maitred.base.errors import Invalid
from maitred.insight.datasets import DataSet
from maitred.metrics.intervals import Floats, Integers

Kind = Literal["share", "duration"]
WRONG_SIGN = 0.0125
"""Highest chance of the wrong sign, for each pair told apart and for their mean."""
OVERLAP = 0.2
_RANGE = {"share": 3.0, "duration": 3.0}
_SPREADS = 16
_EDGE = 6.0
_STEP = 0.02
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject: as counted, shrunken with its interval; ``comparable`` is false where the cases hardly overlap."""

    subject: str
    n: int
    raw: float
    shrunken: float
    low: float
    high: float
    comparable: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """All subjects by name, the pairs told apart (higher, lower), and the groups that cannot be told apart."""

    n: int
    between_sd: float | None
    subjects: tuple[Subject, ...]
    told_apart: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, ...], ...]
    verdict: Literal["ok", "not_enough_data"] = "ok"


@dataclass(frozen=True, slots=True)
class _Cells:
    """Rows summed by subject and case: ``owner`` and ``case`` of each cell, its rows, and the sum of its values."""

    names: list[str]
    owner: Integers
    case: Integers
    n: Floats
    total: Floats
    design: Floats
    mix: Floats


@dataclass(frozen=True, slots=True)
class _Posterior:
    """For each spread: its weight, and the mean and variance of every subject's effect, with those of the mix."""

    weights: Floats
    spreads: Floats
    mean: Floats
    variance: Floats
    baseline: Floats
    """Standardised values on the grid of shifts, spread by spread."""


def compare(data: DataSet, kind: Kind, adjust: Sequence[str] = ()) -> Comparison:
    """Compare the subjects of a data set.

    Parameters
    ----------
    data
        ``subject``, ``value`` (0 or 1; seconds above 0), and the columns to adjust for.
    kind
        ``share``: values are shares of the pooled mix. ``duration``: ratios to the team's typical time (geometric).

    Raises
    ------
    Invalid
        A value is outside what the kind allows.
    """
    there = ~np.isnan(data.numbers("value")) & np.array([bool(one) for one in data.texts("subject")], bool)
    data = data.kept(there)
    values = data.numbers("value")
    if kind == "share" and not np.isin(values, (0.0, 1.0)).all():
        raise Invalid("a share is made of the values 0 and 1", "give 1 for yes and 0 for no")
    if kind == "duration" and not (values > 0).all():
        raise Invalid("a duration is above 0", "leave missing durations empty")
    names = sorted(set(data.texts("subject")))
    if len(names) < 2:
        return Comparison(data.rows, None, (), (), (), "not_enough_data")
    outcome = np.log(values) if kind == "duration" else values
    cells = _cells(data, names, outcome, adjust)
    return _share(cells) if kind == "share" else _duration(cells, data, outcome, adjust)


def _cells(data: DataSet, names: list[str], outcome: Floats, adjust: Sequence[str]) -> _Cells:
    order = {name: place for place, name in enumerate(names)}
    owner = np.array([order[one] for one in data.texts("subject")], np.int64)
    texts = [data.texts(column) for column in adjust]
    keys = [*zip(*texts, strict=True)] if texts else [()] * data.rows
    cases = sorted(set(keys))
    place = {case: number for number, case in enumerate(cases)}
    case = np.array([place[key] for key in keys], np.int64)
    both, codes = np.unique(owner * len(cases) + case, return_inverse=True)
    n = np.bincount(codes).astype(np.float64)
    total = np.bincount(codes, outcome).astype(np.float64)
    mix = np.bincount(case, minlength=len(cases)) / data.rows
    return _Cells(names, both // len(cases), both % len(cases), n, total, _design(cases), mix)


def _design(cases: Sequence[tuple[str, ...]]) -> Floats:
    """An intercept, and an indicator for every level of every column but its first."""
    columns = [np.ones(len(cases))]
    for place in range(len(cases[0])):
        for level in sorted({case[place] for case in cases})[1:]:
            columns.append(np.array([case[place] == level for case in cases], np.float64))
    return np.column_stack(columns)


def _comparable(cells: _Cells) -> NDArray[np.bool_]:
    """Whether a subject's cases cover at least a fifth of the pooled mix."""
    covered = np.bincount(cells.owner, cells.mix[cells.case], len(cells.names))
    return covered >= OVERLAP


def _spreads(top: float) -> tuple[Floats, Floats]:
    """Spreads from almost none to the top, denser below, with the width that each stands for."""
    grid = top * (np.arange(1, _SPREADS + 1) / _SPREADS) ** 1.7
    edges = np.concatenate([[0.0], (grid[1:] + grid[:-1]) / 2, [top]])
    return grid, np.diff(edges)


def _share(cells: _Cells) -> Comparison:
    grid, width = _spreads(1.8)
    shifts = np.arange(-_EDGE, _EDGE + _STEP / 2, _STEP)
    starting: tuple[Floats, Floats] | None = None
    logs, density, means, variances, baselines = [], [], [], [], []
    for spread in grid[::-1]:
        fit = _laplace(cells, float(spread), starting)
        starting = (fit.fixed, fit.effects)
        posterior = _effects_on_grid(cells, fit, float(spread), shifts)
        linear = cells.design @ fit.fixed
        baselines.append(_expit(linear[:, None] + shifts).T @ cells.mix)
        logs.append(fit.log_likelihood)
        density.append(posterior)
        mean = posterior @ shifts
        means.append(mean)
        variances.append(posterior @ shifts**2 - mean**2)
    weight = _normalised(np.array(logs[::-1]), grid * width)
    stacked = [np.stack(one[::-1]) for one in (density, means, variances, baselines)]
    return _shares_told(cells, shifts, grid, weight, *stacked)


def _shares_told(
    cells: _Cells,
    shifts: Floats,
    grid: Floats,
    weight: Floats,
    density: Floats,
    mean: Floats,
    variance: Floats,
    baseline: Floats,
) -> Comparison:
    """Values, intervals and pairs from the density of every subject's effect under every spread."""
    values = np.einsum("t,tik,tk->i", weight, density, baseline)
    places = np.linspace(0.0, 1.0, 2_001)
    low, high = np.empty(len(values)), np.empty(len(values))
    mixed = np.zeros((len(values), len(places)))
    for chance, dense, base in zip(weight, density, baseline, strict=True):
        if chance > 1e-5:
            reached = np.interp(places, base, np.arange(len(base)), left=-1.0, right=float(len(base)))
            below = np.concatenate([np.zeros((len(values), 1)), dense.cumsum(axis=1)], axis=1)
            mixed += chance * _read(below, reached + 1)
    for row in range(len(values)):
        low[row], high[row] = np.interp((0.025, 0.975), _rising(mixed[row]), places)
    n = np.bincount(cells.owner, cells.n)
    raw = np.bincount(cells.owner, cells.total) / n
    clear = _comparable(cells)
    subjects = tuple(
        Subject(name, int(n[i]), float(raw[i]), float(values[i]), float(low[i]), float(high[i]), bool(clear[i]))
        for i, name in enumerate(cells.names)
    )
    wrong = _wrong(weight, mean, variance)
    pairs = _told_apart(wrong, values, clear)
    return _comparison(cells, float(weight @ grid), subjects, pairs)


def _read(below: Floats, places: Floats) -> Floats:
    """Rows of a table read at fractional places."""
    places = np.clip(places, 0, below.shape[1] - 1)
    first = np.minimum(places.astype(np.int64), below.shape[1] - 2)
    rest = places - first
    return np.asarray(below[:, first] * (1 - rest) + below[:, first + 1] * rest)


def _rising(values: Floats) -> Floats:
    found: Floats = np.maximum.accumulate(values) + np.arange(len(values)) * 1e-12
    return found


@dataclass(frozen=True, slots=True)
class _Fit:
    """The joint mode under one spread, and what is not sure about the fixed effects."""

    fixed: Floats
    effects: Floats
    log_likelihood: float
    extra: Floats
    """Variance that the fixed effects add to each subject's standardised logit."""


def _laplace(cells: _Cells, spread: float, starting: tuple[Floats, Floats] | None) -> _Fit:
    """Newton steps for fixed effects and subjects together, then the restricted likelihood of the spread."""
    design = cells.design[cells.case]
    subjects, width = len(cells.names), cells.design.shape[1]
    if starting is None:
        share = (cells.total.sum() + 0.5) / (cells.n.sum() + 1)
        starting = np.concatenate([[np.log(share / (1 - share))], np.zeros(width - 1)]), np.zeros(subjects)
    fixed, effects = starting
    ridge = np.full(width, 1e-3)
    ridge[0] = 0.0
    for _ in range(60):
        chance = _expit(design @ fixed + effects[cells.owner])
        info = cells.n * chance * (1 - chance) + 1e-12
        away = cells.total - cells.n * chance
        slope = design.T @ away - ridge * fixed
        pull = np.bincount(cells.owner, away, subjects) - effects / spread**2
        own = np.bincount(cells.owner, info, subjects) + 1 / spread**2
        cross = np.zeros((width, subjects))
        np.add.at(cross.T, cells.owner, design * info[:, None])
        schur = design.T @ (design * info[:, None]) + np.diag(ridge + 1e-9) - (cross / own) @ cross.T
        step = np.linalg.solve(schur, slope - cross @ (pull / own))
        turn = (pull - cross.T @ step) / own
        most = max(float(np.abs(step).max()), float(np.abs(turn).max()))
        scale = min(1.0, 2.0 / most) if most > 0 else 1.0
        fixed, effects = fixed + scale * step, effects + scale * turn
        if most < 1e-8:
            break
    linear = design @ fixed + effects[cells.owner]
    likelihood = float(cells.total @ linear - cells.n @ np.logaddexp(0, linear))
    likelihood -= float(effects @ effects) / (2 * spread**2) + subjects * np.log(spread) + 0.5 * float(ridge @ fixed**2)
    likelihood -= 0.5 * float(np.log(own).sum()) + 0.5 * float(np.linalg.slogdet(schur)[1])
    at_mix = _standardising(cells, fixed)
    gradient = at_mix[:, None] - cross / own
    extra = np.einsum("pi,pq,qi->i", gradient, np.linalg.inv(schur), gradient)
    return _Fit(fixed, effects, likelihood, np.maximum(extra, 0.0))


def _standardising(cells: _Cells, fixed: Floats) -> Floats:
    """The design of the pooled mix, weighted by how much each case moves the standardised value."""
    chance = _expit(cells.design @ fixed)
    weight = cells.mix * chance * (1 - chance)
    found: Floats = weight @ cells.design / weight.sum()
    return found


def _effects_on_grid(cells: _Cells, fit: _Fit, spread: float, shifts: Floats) -> Floats:
    """Density of each subject's effect on a grid, widened by what is not sure about the fixed effects."""
    linear = (cells.design @ fit.fixed)[cells.case]
    logs = np.zeros((len(cells.names), len(shifts)))
    each = cells.total[:, None] * (linear[:, None] + shifts) - cells.n[:, None] * np.logaddexp(
        0, linear[:, None] + shifts
    )
    np.add.at(logs, cells.owner, each)
    logs -= shifts**2 / (2 * spread**2)
    dense = np.exp(logs - logs.max(axis=1, keepdims=True))
    dense /= dense.sum(axis=1, keepdims=True)
    below = np.concatenate([np.zeros((len(dense), 1)), dense.cumsum(axis=1)], axis=1)
    widened = np.zeros_like(below)
    places = np.arange(below.shape[1], dtype=np.float64)
    for node, chance in zip(_NODES, _WEIGHTS, strict=True):
        moved = np.sqrt(fit.extra) * node / _STEP
        for row in range(len(dense)):
            widened[row] += chance * np.interp(places - moved[row], places, below[row])
    found: Floats = np.diff(widened, axis=1)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _duration(cells: _Cells, data: DataSet, outcome: Floats, adjust: Sequence[str]) -> Comparison:
    """Normal arithmetic on logs: everything but the spread integrates in closed form."""
    design = cells.design[cells.case]
    n = np.bincount(cells.owner, cells.n)
    subjects, width = len(cells.names), design.shape[1]
    residual, freedom = _within(cells, outcome, design)
    if freedom < 1 or residual <= 0:
        return Comparison(data.rows, None, (), (), (), "not_enough_data")
    top = max(0.05, 4 * float(np.std(np.bincount(cells.owner, cells.total) / n)))
    grid, steps = _spreads(top)
    logs, mean, variance = np.empty(len(grid)), np.empty((len(grid), subjects)), np.empty((len(grid), subjects))
    cross = np.zeros((width, subjects))
    np.add.at(cross.T, cells.owner, design * cells.n[:, None])
    gram = design.T @ (design * cells.n[:, None])
    pulled = design.T @ cells.total
    sums = np.bincount(cells.owner, cells.total, subjects)
    for place, spread in enumerate(grid):
        own = n / residual + 1 / spread**2
        schur = gram / residual - (cross / residual / own) @ cross.T / residual + np.eye(width) * 1e-9
        right = pulled / residual - cross / residual @ (sums / residual / own)
        fixed = np.linalg.solve(schur, right)
        mean[place] = (sums - cross.T @ fixed) / residual / own
        inverse = np.linalg.inv(schur)
        gradient = cross / residual / own
        variance[place] = 1 / own + np.einsum("pi,pq,qi->i", gradient, inverse, gradient)
        fit = float(sums @ (sums / residual / own)) / residual + float(right @ fixed)
        logs[place] = -0.5 * (np.log(own * spread**2).sum() + np.linalg.slogdet(schur)[1] - fit)
    weight = _normalised(logs, grid * steps)
    return _durations_told(cells, weight, grid, mean, variance, freedom)


def _durations_told(
    cells: _Cells, weight: Floats, grid: Floats, mean: Floats, variance: Floats, freedom: int
) -> Comparison:
    from scipy.special import stdtr

    values = weight @ mean
    spread = np.sqrt(variance)
    n = np.bincount(cells.owner, cells.n)
    overall = float(cells.total.sum() / cells.n.sum())
    raw = np.exp(np.bincount(cells.owner, cells.total) / n - overall)
    clear = _comparable(cells)
    subjects = []
    for i, name in enumerate(cells.names):
        places = np.linspace((mean[:, i] - 5 * spread[:, i]).min(), (mean[:, i] + 5 * spread[:, i]).max(), 301)
        below = weight @ stdtr(freedom, (places - mean[:, i, None]) / spread[:, i, None])
        low, high = np.interp((0.025, 0.975), _rising(below), places)
        ends = [float(np.exp(end)) for end in (values[i], low, high)]
        subjects.append(Subject(name, int(n[i]), float(raw[i]), ends[0], ends[1], ends[2], bool(clear[i])))
    pairs = _told_apart(_wrong(weight, mean, variance), values, clear)
    return _comparison(cells, float(weight @ grid), tuple(subjects), pairs)


def _within(cells: _Cells, outcome: Floats, design: Floats) -> tuple[float, int]:
    """Variance of one log duration inside subject and case, and its degrees of freedom.

    Cells hold sums; the squares come from the rows. Subjects and fixed effects are taken out by least squares on cells.
    """
    subjects = len(cells.names)
    means = cells.total / cells.n
    full = np.concatenate([np.eye(subjects)[cells.owner], design[:, 1:]], axis=1)
    root = np.sqrt(cells.n)
    fitted, *_ = np.linalg.lstsq(full * root[:, None], means * root, rcond=None)
    lack = float(cells.n @ (means - full @ fitted) ** 2)
    inside = float(outcome @ outcome - cells.n @ means**2)
    freedom = len(outcome) - int(np.linalg.matrix_rank(full * root[:, None]))
    return (max(0.0, inside) + lack) / max(1, freedom), freedom


def _normalised(logs: Floats, prior: Floats) -> Floats:
    weight = np.exp(logs - logs.max()) * prior
    return np.asarray(weight / weight.sum())


def _wrong(weight: Floats, mean: Floats, variance: Floats) -> Floats:
    """Chance that the first of each pair is not above the second."""
    from scipy.special import ndtr

    apart = mean[:, :, None] - mean[:, None, :]
    width = np.sqrt(variance[:, :, None] + variance[:, None, :])
    found: Floats = np.einsum("t,tij->ij", weight, ndtr(-apart / width))
    return found


def _told_apart(wrong: Floats, values: Floats, clear: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Pairs (higher, lower), surest first, while each and their running mean stay below the limit."""
    pairs = sorted(
        (float(wrong[i, j]), i, j)
        for i in range(len(values))
        for j in range(len(values))
        if i != j and clear[i] and clear[j] and wrong[i, j] <= WRONG_SIGN
    )
    found: list[tuple[int, int]] = []
    total = 0.0
    for chance, i, j in pairs:
        total += chance
        if total / (len(found) + 1) > WRONG_SIGN:
            break
        found.append((i, j))
    return found


def _comparison(
    cells: _Cells, between: float, subjects: tuple[Subject, ...], pairs: list[tuple[int, int]]
) -> Comparison:
    names = cells.names
    told = tuple(sorted((names[i], names[j]) for i, j in pairs))
    return Comparison(int(cells.n.sum()), between, subjects, told, groups(names, told))


def groups(names: Sequence[str], told_apart: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Largest sets of names of which no two were told apart (maximal cliques, Bron and Kerbosch with pivots).

    >>> groups(["a", "b", "c"], [("a", "c")])
    (('a', 'b'), ('b', 'c'))
    """
    apart = {frozenset(pair) for pair in told_apart}
    near = {one: {other for other in names if other != one and frozenset((one, other)) not in apart} for one in names}
    found: list[tuple[str, ...]] = []

    def grow(inside: set[str], open_: set[str], done: set[str]) -> None:
        if not open_ and not done:
            found.append(tuple(sorted(inside)))
            return
        pivot = max(sorted(open_ | done), key=lambda one: len(near[one] & open_))
        for one in sorted(open_ - near[pivot]):
            grow(inside | {one}, open_ & near[one], done & near[one])
            open_ = open_ - {one}
            done = done | {one}

    grow(set(), set(names), set())
    return tuple(sorted(found))


def _expit(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-values)))
