"""May a machine's answer count? Its agreement with people, beside that of people with each other.

Cohen's kappa (1960) of pairs of answers; two people who judge the same case are interchangeable, so that each of their
pairs counts in both orders (Scott's pi then, the same as kappa where margins are equal). Intervals draw whole cases
again. Agreement in percent says little where nearly every answer is yes, so it is not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from maitred.insight.reviewing import Floats

SMALLEST = 50
"""Cases that two people judged before a machine's answer may count."""
SLACK = 0.10
"""How far below the agreement of people the machine's may lie, at the lower end of its interval."""
AGE = timedelta(days=90)
DROP = 0.01
_DRAWS = 2_000
_SEED = 20_260_501

Case = Sequence[tuple[str, str]]
"""The pairs of answers of one case."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Kappa with its 95 % interval and the cases behind it; ``None`` where it cannot be told."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a machine's answers count, and what is missing where they do not."""

    verified: bool
    why: str


def kappa(cases: Sequence[Case], *, alike: bool = False) -> Agreed:
    """Kappa of pairs of answers, by case.

    Parameters
    ----------
    alike
        Both answers of a pair come from people, none of whom is the first.

    Examples
    --------
    >>> kappa([[("yes", "yes")], [("no", "no")], [("yes", "no")], [("no", "no")]]).value
    0.5
    """
    tables = _tables(cases, alike)
    n = len(tables)
    if n == 0:
        return Agreed(None, None, None, 0)
    value = _kappas(tables.sum(axis=0)[None])[0]
    if not np.isfinite(value):
        return Agreed(None, None, None, n)
    if n == 1:
        return Agreed(float(value), None, None, n)
    low, high = np.quantile(_drawn(tables, _SEED), [0.025, 0.975])
    return Agreed(float(value), float(low), float(high), n)


def dropped(before: Sequence[Case], now: Sequence[Case]) -> bool:
    """Whether the machine agrees less with people now than before, at p < .01 (one-sided, both drawn again)."""
    first, second = _tables(before, alike=False), _tables(now, alike=False)
    if len(first) < SMALLEST // 2 or len(second) < SMALLEST // 2:
        return False
    higher = np.count_nonzero(_drawn(second, _SEED + 1) >= _drawn(first, _SEED))
    return bool((higher + 1) / (_DRAWS + 1) < DROP)


def standing(
    machine: Agreed, people: Agreed, newest: datetime | None, now: datetime, *, drifted: bool = False
) -> Standing:
    """Whether an automatic item is verified.

    It is when at least 50 cases were judged by two people, the lower end of its agreement with people is no more than
    .10 below the agreement of people with each other, the cases are younger than 90 days, and it has not drifted.
    """
    if people.n < SMALLEST or machine.n < SMALLEST:
        return Standing(False, f"{min(people.n, machine.n)} cases were judged by two people, {SMALLEST} are needed")
    if machine.low is None or people.value is None:
        return Standing(False, "the answers do not differ: agreement cannot be told")
    if newest is None or now - newest >= AGE:
        return Standing(False, f"the judged cases are older than {AGE.days} days")
    if machine.low < people.value - SLACK:
        told = f"agrees with people at {machine.low:.2f} or more, people with each other at {people.value:.2f}"
        return Standing(False, f"{told}: no more than {SLACK:.2f} below is needed")
    if drifted:
        return Standing(False, "it agrees less with people than before")
    return Standing(True, "")


def _tables(cases: Sequence[Case], alike: bool) -> Floats:
    """Counts of pairs, (cases, answers, answers); cases without a pair are left out."""
    words = sorted({one for case in cases for pair in case for one in pair})
    place = {word: number for number, word in enumerate(words)}
    paired = [case for case in cases if case]
    tables = np.zeros((len(paired), len(words), len(words)))
    for number, case in enumerate(paired):
        for first, second in case:
            tables[number, place[first], place[second]] += 1
    return (tables + tables.transpose(0, 2, 1)) / 2 if alike else tables


def _kappas(tables: Floats) -> Floats:
    total = tables.sum(axis=(1, 2))
    seen = np.einsum("dii->d", tables) / total
    chance = (tables.sum(axis=2) * tables.sum(axis=1)).sum(axis=1) / total**2
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = (seen - chance) / (1 - chance)
    return found


def _drawn(tables: Floats, seed: int) -> Floats:
    """Kappas of draws of cases; a draw in which all answers are the same agrees."""
    draw = np.random.default_rng(seed)
    n, kinds, _ = tables.shape
    counts = draw.multinomial(n, np.full(n, 1 / n), _DRAWS).astype(np.float64)
    found = _kappas((counts @ tables.reshape(n, -1)).reshape(_DRAWS, kinds, kinds))
    return np.where(np.isfinite(found), found, 1.0)
