"""Why a figure differs between two periods: how much each part of the mix moved it, and how much each part's own level.

A figure that is a weighted mean of its parts, ``sum(share_k * level_k)``, changes because shares move (mix) and because
levels move (rate). Both are taken at the average of the two periods, so nothing is left over as interaction and the
order of the periods does not matter (Kitagawa 1955). Mix is measured against the average figure: a part that grows
raises the figure if its level lies above it. All sums are exact: they are made of fractions and rounded at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np

from maitred.metrics.intervals import DRAWS, Floats, Interval, draws_interval

Verdict = Literal["change", "no_change", "cannot_tell"]
Category: TypeAlias = "str | None"

OTHER = "other"
MOST_PARTS = 8
FEWEST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Part:
    """One category in one period.

    Parameters
    ----------
    n
        Rows, which make its share of the period.
    level
        Its own figure; null when there are no rows.
    variance
        Of the level, as far as chance goes.
    worth
        Independent rows that know as much as these (below n where rows come in clusters).
    """

    n: int
    level: float | None
    variance: float
    worth: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What one category did to the figure: ``mix + rate = total``, each with an interval."""

    category: Category
    n_before: int
    n_now: int
    share_before: float
    share_now: float
    level_before: float | None
    level_now: float | None
    mix: float
    mix_interval: Interval
    rate: float
    rate_interval: Interval
    total: float
    total_interval: Interval
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The difference, now minus before, and its parts, largest first and the rest last; parts add up to it exactly."""

    before: float
    now: float
    difference: float
    interval: Interval
    mix: float
    mix_interval: Interval
    rate: float
    rate_interval: Interval
    effects: tuple[Effect, ...]
    merged: int
    """Categories that stand together as ``other``."""


def decompose(
    before: Mapping[Category, Part],
    now: Mapping[Category, Part],
    seed: int,
    *,
    together: frozenset[Category] = frozenset(),
) -> Decomposition | None:
    """The difference of two periods by category; nothing if either has no rows.

    Parameters
    ----------
    before, now
        Parts by category; categories may be missing in either.
    seed
        Of the bootstrap draws.
    together
        Categories that are never shown alone; they join those with fewer than ``FEWEST_ROWS`` rows in either period
        and those behind the ``MOST_PARTS`` largest as ``other``.
    """
    nothing = Part(0, None, 0.0, 0.0)
    both = {name: (before.get(name, nothing), now.get(name, nothing)) for name in {**before, **now}}
    totals = tuple(sum(pair[side].n for pair in both.values()) for side in (0, 1))
    if 0 in totals:
        return None
    small = {name for name, pair in both.items() if max(one.n for one in pair) < FEWEST_ROWS} | (together & set(both))
    alone = _effects({name: pair for name, pair in both.items() if name not in small}, both)
    ranked = sorted(alone, key=lambda name: (-abs(alone[name][0] + alone[name][1]), name is None, name or ""))
    kept = ranked[:MOST_PARTS]
    rest = [pair for name, pair in both.items() if name not in kept]
    parts: dict[Category, tuple[Part, Part]] = {name: both[name] for name in kept}
    if rest:
        parts[_unused(OTHER, kept)] = (pooled([one for one, _ in rest]), pooled([two for _, two in rest]))
    return _result(parts, seed, len(rest))


def pooled(parts: Sequence[Part]) -> Part:
    """Several parts as one: its level is the mean of theirs, weighted by their rows."""
    there = [(part, Fraction(part.level)) for part in parts if part.level is not None and part.n]
    n = sum(part.n for part, _ in there)
    if not n:
        return Part(0, None, 0.0, 0.0)
    level = sum((own * part.n for part, own in there), Fraction(0)) / n
    worth = sum(part.worth for part, _ in there)
    within = sum((part.n / n) ** 2 * part.variance for part, _ in there)
    between = sum(part.n / n * float(own - level) ** 2 for part, own in there) / max(worth, 1.0)
    return Part(n, float(level), within + between, worth)


def _unused(name: str, taken: Sequence[Category]) -> str:
    return name if name not in taken else f"{name} (rest)"


def _result(parts: Mapping[Category, tuple[Part, Part]], seed: int, merged: int) -> Decomposition:
    exact = _effects(parts, parts)
    names = list(parts)
    mixes, rates, ends = _draws([parts[name] for name in names], seed)
    figures = [_figure([pair[side] for pair in parts.values()]) for side in (0, 1)]
    totals = [sum(pair[side].n for pair in parts.values()) for side in (0, 1)]
    effects = []
    for place, name in enumerate(names):
        one, two = parts[name]
        mix, rate = exact[name]
        interval = draws_interval(mixes[:, place] + rates[:, place])
        effects.append(
            Effect(
                name, one.n, two.n, one.n / totals[0], two.n / totals[1], one.level, two.level,
                float(mix), draws_interval(mixes[:, place]), float(rate), draws_interval(rates[:, place]),
                float(mix + rate), interval, _verdict(interval, float(figures[0])),
            )
        )  # fmt: skip
    return Decomposition(
        float(figures[0]), float(figures[1]), float(figures[1] - figures[0]), draws_interval(ends),
        float(sum((mix for mix, _ in exact.values()), Fraction(0))), draws_interval(mixes.sum(axis=1)),
        float(sum((rate for _, rate in exact.values()), Fraction(0))), draws_interval(rates.sum(axis=1)),
        tuple(effects), merged,
    )  # fmt: skip


def _effects(
    parts: Mapping[Category, tuple[Part, Part]], everything: Mapping[Category, tuple[Part, Part]]
) -> dict[Category, tuple[Fraction, Fraction]]:
    """Mix and rate of each part, exactly, where ``everything`` makes the totals."""
    totals = [sum(pair[side].n for pair in everything.values()) for side in (0, 1)]
    average = sum((_figure([pair[side] for pair in everything.values()]) for side in (0, 1)), Fraction(0)) / 2
    found = {}
    for name, (one, two) in parts.items():
        shares = Fraction(one.n, totals[0]), Fraction(two.n, totals[1])
        levels = _levels(one, two)
        mix = (shares[1] - shares[0]) * ((levels[0] + levels[1]) / 2 - average)
        rate = (shares[0] + shares[1]) / 2 * (levels[1] - levels[0])
        found[name] = (mix, rate)
    return found


def _levels(one: Part, two: Part) -> tuple[Fraction, Fraction]:
    """Levels of both periods; a part that is missing in one has the other's, so that all it does is mix."""
    first, second = (None if part.level is None else Fraction(part.level) for part in (one, two))
    either = first if first is not None else second if second is not None else Fraction(0)
    return (first if first is not None else either, second if second is not None else either)


def _figure(parts: Sequence[Part]) -> Fraction:
    total = sum(part.n for part in parts)
    weighted = (Fraction(part.level) * part.n for part in parts if part.level is not None and part.n)
    return sum(weighted, Fraction(0)) / total


def _draws(pairs: Sequence[tuple[Part, Part]], seed: int) -> tuple[Floats, Floats, Floats]:
    """Draws of mix and rate by part, and of the difference: shares are multinomial, levels normal."""
    generator = np.random.default_rng(seed)
    shares, levels = [], []
    for side in (0, 1):
        n = np.array([pair[side].n for pair in pairs], float)
        worth = max(2, round(sum(pair[side].worth for pair in pairs)))
        shares.append(generator.multinomial(worth, n / n.sum(), DRAWS) / worth)
        own = np.array([float(_levels(*pair)[side]) for pair in pairs])
        spread = np.sqrt(np.array([pair[side].variance if pair[side].n else 0.0 for pair in pairs]))
        levels.append(own + spread * generator.standard_normal((DRAWS, len(pairs))))
    for place, (one, two) in enumerate(pairs):
        if not one.n or not two.n:
            levels[0 if not one.n else 1][:, place] = levels[1 if not one.n else 0][:, place]
    figures = [(share * level).sum(axis=1) for share, level in zip(shares, levels, strict=True)]
    average = (figures[0] + figures[1])[:, None] / 2
    mix = (shares[1] - shares[0]) * ((levels[0] + levels[1]) / 2 - average)
    rate = (shares[0] + shares[1]) / 2 * (levels[1] - levels[0])
    return mix, rate, figures[1] - figures[0]


def _verdict(interval: Interval, before: float) -> Verdict:
    low, high = interval.low, interval.high
    if low is None or high is None:
        return "cannot_tell"
    if low > 0 or high < 0:
        return "change"
    margin = MATTERS * max(abs(before), 1e-9)
    return "no_change" if -margin <= low and high <= margin else "cannot_tell"


MATTERS = 0.02
"""A part that moves the figure by less than this share of it does not matter."""
