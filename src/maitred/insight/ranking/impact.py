"""Does a stage of hiring let groups through at different rates, and is that more than chance?

Searches are strata: somebody is only ever compared with those who stood for the same post. For each group the rate at
which it was let through stands beside that of the group with the highest rate (the ratio, Mantel-Haenszel over
searches with the interval of Greenland and Robins, 1985), and an exact test compares it with everybody else in the
same searches: under no difference the number let through is a sum of hypergeometric counts, whose distribution is
convolved, not simulated. P values are corrected over everything that an audit looks at (Holm, 1979).

A group is flagged only if its ratio is below four fifths **and** its corrected p is below .05. The ratio alone says
little: with no difference at all it falls below four fifths in most single searches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FOUR_FIFTHS = 0.8
ALPHA = 0.05
FEWEST = 5
"""People of a group below which nothing is told of it: such groups are put together."""
LOWEST_POWER = 0.5
SOUGHT = 0.7
"""The ratio for which power is told."""
POOLED = "groups of fewer than five"
UNKNOWN = ""
Verdict = Literal["flag", "no_sign", "too_few", "reference"]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody who stood at a stage of a search: by dimension (``sex``), what they said of themselves; let through?"""

    search: str
    stage: str
    passed: bool
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One group at one stage.

    Attributes
    ----------
    n, passed, rate
        People, how many were let through, their share.
    ratio, low, high
        Rate beside that of the reference group within searches, with its 95 % interval; None where it cannot be told.
    p
        Exact, two-sided, against everybody else in the same searches; ``adjusted`` corrected over the whole audit.
    power
        Chance to find a true ratio of .7 here, at .05 without correction.
    """

    stage: str
    dimension: str
    group: str
    n: int
    passed: int
    rate: float
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    adjusted: float | None
    power: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class StageFigures:
    """One stage by one dimension; ``unknown`` said nothing of themselves and are in no group."""

    stage: str
    dimension: str
    n: int
    unknown: int
    searches: int
    reference: str
    figures: tuple[Figure, ...]
    verdict: Literal["flag", "no_sign", "too_few", "not_measurable"]


@dataclass(frozen=True, slots=True)
class _Part:
    """Counts of a group and of others by search."""

    n: NDArray[np.int64]
    passed: NDArray[np.int64]
    others: NDArray[np.int64]
    others_passed: NDArray[np.int64]


def impact(cases: Iterable[Case], dimensions: Sequence[str]) -> tuple[StageFigures, ...]:
    """Each stage by each dimension, in the order in which stages come.

    Parameters
    ----------
    cases
        Everybody who was decided about at a stage; whoever still waits is none.
    dimensions
        ``("sex", "race", "sex × race")``.

    Examples
    --------
    >>> some = [Case("a", "shortlist", one < 6, {"sex": "f" if one % 2 else "m"}) for one in range(12)]
    >>> impact(some, ["sex"])[0].verdict
    'too_few'
    """
    by_stage: dict[str, list[Case]] = defaultdict(list)
    for one in cases:
        by_stage[one.stage].append(one)
    found = [_stage(stage, name, rows) for stage, rows in by_stage.items() for name in dimensions]
    return _corrected(found)


def _stage(stage: str, dimension: str, rows: Sequence[Case]) -> StageFigures:
    known = [(one, one.groups.get(dimension, UNKNOWN)) for one in rows]
    unknown = sum(group == UNKNOWN for _, group in known)
    there = [(one, group) for one, group in known if group != UNKNOWN]
    named = _pooled(there)
    groups = sorted({group for _, group in named})
    searches = sorted({one.search for one, _ in named})
    if not named:
        return StageFigures(stage, dimension, len(rows), unknown, 0, "", (), "not_measurable")
    parts = {group: _part(named, group, searches) for group in groups}
    reference = _reference(parts)
    figures = tuple(_figure(stage, dimension, group, parts, reference) for group in groups)
    return StageFigures(stage, dimension, len(rows), unknown, len(searches), reference, figures, "no_sign")


def _pooled(rows: Sequence[tuple[Case, str]]) -> list[tuple[Case, str]]:
    """Groups of fewer than five put together; with the smallest other one where even together they are fewer."""
    sizes = Counter(group for _, group in rows)
    small = {group for group, n in sizes.items() if n < FEWEST}
    if not small:
        return list(rows)
    together = sum(sizes[group] for group in small)
    rest = sorted((n, group) for group, n in sizes.items() if group not in small)
    if together < FEWEST and rest:
        small.add(rest[0][1])
    return [(one, POOLED if group in small else group) for one, group in rows]


def _part(rows: Sequence[tuple[Case, str]], group: str, searches: Sequence[str]) -> _Part:
    place = {search: number for number, search in enumerate(searches)}
    counts = np.zeros((4, len(searches)), dtype=np.int64)
    for one, theirs in rows:
        row = 0 if theirs == group else 2
        counts[row, place[one.search]] += 1
        counts[row + 1, place[one.search]] += one.passed
    return _Part(counts[0], counts[1], counts[2], counts[3])


def _reference(parts: Mapping[str, _Part]) -> str:
    """The group with the highest rate; the larger one where two are equal."""
    return max(parts, key=lambda one: (_rate(parts[one]), int(parts[one].n.sum()), one))


def _rate(part: _Part) -> float:
    n = int(part.n.sum())
    return float(part.passed.sum() / n) if n else 0.0


def _figure(stage: str, dimension: str, group: str, parts: Mapping[str, _Part], reference: str) -> Figure:
    part = parts[group]
    n, passed = int(part.n.sum()), int(part.passed.sum())
    ratio, low, high = (1.0, None, None) if group == reference else _ratio(part, parts[reference])
    p = two_sided(part.n, part.others, part.passed + part.others_passed, passed) if len(parts) > 1 else None
    power = _power(part)
    few = n < FEWEST or power is None or power < LOWEST_POWER
    verdict: Verdict = "reference" if group == reference else "too_few" if few else "no_sign"
    return Figure(stage, dimension, group, n, passed, _rate(part), ratio, low, high, p, None, power, verdict)


def _ratio(part: _Part, other: _Part) -> tuple[float | None, float | None, float | None]:
    """Mantel-Haenszel ratio of rates with its interval; searches where one of the two is missing say nothing."""
    a, n1, b, n0 = (one.astype(float) for one in (part.passed, part.n, other.passed, other.n))
    both = (n1 > 0) & (n0 > 0)
    a, n1, b, n0 = a[both], n1[both], b[both], n0[both]
    total = n1 + n0
    above, below = float((a * n0 / total).sum()), float((b * n1 / total).sum())
    if below == 0.0:
        return None, None, None
    if above == 0.0:
        return 0.0, None, None
    spread = float(((n1 * n0 * (a + b) - a * b * total) / total**2).sum()) / (above * below)
    half = 1.959964 * sqrt(max(spread, 0.0))
    ratio = above / below
    return ratio, exp(log(ratio) - half), exp(log(ratio) + half)


def two_sided(n: NDArray[np.int64], others: NDArray[np.int64], passed: NDArray[np.int64], seen: int) -> float:
    """The exact chance of a count no likelier than ``seen``, where who was let through is by lot within each search.

    Parameters
    ----------
    n, others
        People of the group and of all others, by search.
    passed
        How many of both were let through, by search.

    Examples
    --------
    >>> round(two_sided(np.array([8]), np.array([9]), np.array([9]), 1), 4)  # scipy.stats.fisher_exact: .0034
    0.0034
    """
    first, chances = _distribution(n, others, passed)
    at = seen - first
    if not 0 <= at < len(chances):
        return 0.0
    return float(min(1.0, chances[chances <= chances[at] * (1 + 1e-7)].sum()))


def _distribution(n: NDArray[np.int64], others: NDArray[np.int64], passed: NDArray[np.int64]) -> tuple[int, Floats]:
    """The smallest count that can be, and the chances of it and of those above."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int((n + others).max(initial=0)) + 1)))])
    first, chances = 0, np.ones(1)
    for group, rest, through in zip(n.tolist(), others.tolist(), passed.tolist(), strict=True):
        low, high = max(0, through - rest), min(group, through)
        first += low
        if high > low:
            k = np.arange(low, high + 1)
            here = -(logs[k] + logs[group - k] + logs[through - k] + logs[rest - through + k])
            chances = np.convolve(chances, np.exp(here - here.max()))
            chances /= chances.sum()
    return first, chances


def _power(part: _Part) -> float | None:
    """Chance that the exact test, at .05, finds a group whose true rate is .7 of that of all others.

    By the normal curve over the counts by search, whose totals are taken as they are.
    """
    from scipy.stats import norm

    n, rest = part.n.astype(float), part.others.astype(float)
    total, through = n + rest, (part.passed + part.others_passed).astype(float)
    told = (total > 1) & (n > 0) & (rest > 0)
    n, rest, total, through = n[told], rest[told], total[told], through[told]
    variance = float((n * rest * through * (total - through) / (total**2 * (total - 1))).sum())
    if variance <= 0.0:
        return None
    rate = through / (rest + SOUGHT * n)
    moved = float((n * SOUGHT * rate - n * through / total).sum())
    edge = float(norm.isf(ALPHA / 2))
    shift = abs(moved) / sqrt(variance)
    return float(norm.sf(edge - shift) + norm.cdf(-edge - shift))


def _corrected(found: Sequence[StageFigures]) -> tuple[StageFigures, ...]:
    """Holm over every group that can be told of, in all stages and dimensions; then the verdicts."""
    places = [
        (row, at) for row, stage in enumerate(found) for at, one in enumerate(stage.figures)
        if one.p is not None and one.n >= FEWEST and one.power is not None and one.power >= LOWEST_POWER
    ]  # fmt: skip
    order = sorted(places, key=lambda place: _p(found, place))
    adjusted: dict[tuple[int, int], float] = {}
    least, left = 0.0, _tests(found, places)
    met: set[tuple[str, float]] = set()
    for place in order:
        key = _same(found, place)
        least = max(least, min(1.0, _p(found, place) * max(left, 1)))
        adjusted[place] = least
        if key not in met:
            met.add(key)
            left -= 1
    return tuple(_judged(stage, row, adjusted) for row, stage in enumerate(found))


def _p(found: Sequence[StageFigures], place: tuple[int, int]) -> float:
    p = found[place[0]].figures[place[1]].p
    return 1.0 if p is None else p


def _same(found: Sequence[StageFigures], place: tuple[int, int]) -> tuple[str, float]:
    """Two groups of one dimension are one test: each is all others of the other."""
    stage = found[place[0]]
    alone = str(place[1]) if len(stage.figures) > 2 else "both"
    return f"{stage.stage}:{stage.dimension}:{alone}", 0.0


def _tests(found: Sequence[StageFigures], places: Sequence[tuple[int, int]]) -> int:
    return len({_same(found, place) for place in places})


def _judged(stage: StageFigures, row: int, adjusted: Mapping[tuple[int, int], float]) -> StageFigures:
    figures = tuple(_flagged(one, adjusted.get((row, at))) for at, one in enumerate(stage.figures))
    if not figures:
        return stage
    verdicts = {one.verdict for one in figures}
    verdict = "flag" if "flag" in verdicts else "no_sign" if "no_sign" in verdicts else "too_few"
    return replace(stage, figures=figures, verdict=verdict)  # type: ignore[arg-type]


def _flagged(one: Figure, adjusted: float | None) -> Figure:
    low = one.ratio is not None and one.ratio < FOUR_FIFTHS
    flag = one.verdict == "no_sign" and low and adjusted is not None and adjusted < ALPHA
    return replace(one, adjusted=adjusted, verdict="flag" if flag else one.verdict)
