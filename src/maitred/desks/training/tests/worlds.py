"""Worlds with known truth: people with a level of their own and slow ups and downs, taught in waves or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from maitred.desks.training.waves.lots import drawn
from maitred.desks.training.waves.table import Cases, Design

START = date(2026, 6, 1)
_BEFORE, _BAD_WEEKS, _SETTLE = 30, 4, 1


@dataclass(frozen=True)
class World:
    """What a world is made of: ``size`` is the effect, which grows by ``growth`` a week; ``worst`` of twice as many."""

    people: int = 10
    others: int = 0
    waves: int = 2
    gap: int = 13
    per_week: float = 10.0
    size: float = 0.0
    growth: float = 0.0
    slow: float = 0.1
    worst: bool = False
    share: bool = True
    matters: float = 0.05


def world(seed: int, made: World) -> tuple[Cases, Design, float]:
    """Cases, what was fixed before, and the mean effect that was planted over treated people and weeks."""
    dice = np.random.default_rng(seed)
    weeks = np.arange(-_BEFORE, made.gap * max(1, made.waves - 1))
    pool = 2 * made.people if made.worst else made.people + made.others
    mean = _means(dice, pool, weeks, made)
    counts = dice.poisson(made.per_week, mean.shape)
    before = {(one, at): _values(dice, counts[one, at], mean[one, at], made) for one in range(pool)
              for at in np.flatnonzero(weeks < 0).tolist()}  # fmt: skip
    order = _order(pool, weeks, before, made)
    design = _design(seed, made)
    rows: list[tuple[float, np.ndarray, int]] = []
    planted: list[float] = []
    for place, one in enumerate(order):
        for at, week in enumerate(weeks.tolist()):
            level, moved = _taught(mean[one, at], week, place, design, made)
            planted += [level - mean[one, at]] if moved else []
            values = before[one, at] if week < 0 else _values(dice, counts[one, at], level, made)
            rows.append((START.toordinal() + 7.0 * week, values, place))
    day = np.concatenate([first + np.arange(len(values)) % 5 for first, values, _ in rows])
    who = np.concatenate([np.full(len(values), place) for _, values, place in rows])
    cases = Cases(day, np.concatenate([values for _, values, _ in rows]), who)
    return cases, design, float(np.mean(planted)) if planted else 0.0


def _means(dice: np.random.Generator, pool: int, weeks: np.ndarray, made: World) -> np.ndarray:
    level = dice.normal(0.0, 0.25, pool)
    moves = np.zeros((pool, len(weeks)))
    for at in range(len(weeks)):
        moves[:, at] = (0.6 * moves[:, at - 1] if at else 0.0) + dice.normal(0.0, made.slow, pool)
    found = level[:, None] + moves + 0.1 * np.sin(2 * np.pi * weeks / 26)
    return np.asarray(1 / (1 + np.exp(-(found + 1.5)))) if made.share else found


def _values(dice: np.random.Generator, count: int, mean: float, made: World) -> np.ndarray:
    if made.share:
        return (dice.random(count) < mean).astype(np.float64)
    return mean + dice.normal(0.0, 1.0, count)


def _order(pool: int, weeks: np.ndarray, before: dict[tuple[int, int], np.ndarray], made: World) -> Sequence[int]:
    """Those who are taught first in the list, with worst those of the last weeks; then colleagues beside them."""
    most = made.people + (made.others if made.waves == 1 else 0)
    if not made.worst:
        return range(most)
    bad = np.flatnonzero((weeks < 0) & (weeks >= -_BAD_WEEKS)).tolist()
    seen = [np.concatenate([before[one, at] for at in bad]) for one in range(pool)]
    return [int(one) for one in np.argsort([values.mean() if len(values) else 9.0 for values in seen])][:most]


def _design(seed: int, made: World) -> Design:
    teams = tuple(one % 2 for one in range(made.people))
    lots = drawn(dict(enumerate(teams)), made.waves, seed)
    starts = tuple(START + timedelta(weeks=made.gap * one) for one in range(made.waves))
    end = starts[-1] if made.waves > 1 else START + timedelta(weeks=made.gap)
    picked = (START - timedelta(weeks=_BAD_WEEKS), START - timedelta(days=1)) if made.worst else None
    others = made.others if made.waves == 1 else 0
    waves = tuple(lots[one] for one in range(made.people))
    return Design("share" if made.share else "mean", True, made.matters, starts, end, _SETTLE, waves, teams, others,
                  picked, seed)  # fmt: skip


def _taught(mean: float, week: int, place: int, design: Design, made: World) -> tuple[float, bool]:
    if place >= made.people:
        return mean, False
    wave = design.waves[place]
    since = week - made.gap * (wave - 1) - _SETTLE
    if since < 0 or (made.waves > 1 and wave == made.waves):
        return mean, False
    level = mean + made.size + made.growth * since
    return (float(np.clip(level, 0.0, 1.0)) if made.share else level), True
