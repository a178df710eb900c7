"""Worlds in which nothing works: people with a level of their own, slow ups and downs, and cases around them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from maitred.desks.coaching.judging import Cases, Goal
from maitred.insight.goals import Scale

START = date(2026, 6, 1)


def null_world(
    seed: int, *, scale: Scale, days_before: int, days_after: int, people: int = 10, per_day: float = 6.0,
    picked_days: int = 28, slow: float = 0.15,
) -> tuple[Cases, Goal]:  # fmt: skip
    """Cases in which nobody changes for good; the person is the worst of the last weeks before the start.

    ``slow`` is the size of ups and downs that last for weeks: what makes the worst come back by themselves.
    """
    draws = np.random.default_rng(seed)
    days = np.arange(-days_before, days_after)
    level = draws.normal(0.0, 0.25, people)
    weeks = len(days) // 7 + 2
    waves = np.zeros((people, weeks))
    for week in range(weeks):
        waves[:, week] = (0.6 * waves[:, week - 1] if week else 0.0) + draws.normal(0.0, slow, people)
    rows = [_of(draws, who, level[who], waves[who], days, per_day, scale) for who in range(people)]
    picked = (START - timedelta(days=picked_days), START - timedelta(days=1))
    worst = int(np.argmax([_badness(row, scale, picked_days) for row in rows]))
    order = [worst, *(who for who in range(people) if who != worst)]
    day = np.concatenate([rows[who][0] for who in order]) + START.toordinal()
    value = np.concatenate([rows[who][1] for who in order])
    names = np.concatenate([np.full(len(rows[who][0]), place) for place, who in enumerate(order)])
    goal = Goal(scale, scale == "share", 0.1, START, START + timedelta(days=days_after), picked)
    return Cases(day.astype(np.float64), value, names), goal


def _of(
    draws: np.random.Generator, who: int, level: float, waves: np.ndarray, days: np.ndarray, per_day: float,
    scale: Scale,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    weekend = days % 7 >= 5
    counts = draws.poisson(np.where(weekend, 0.0, per_day))
    day = np.repeat(days, counts)
    mean = level + waves[(day - days[0]) // 7] + 0.1 * np.sin(2 * np.pi * day / 90)
    if scale == "share":
        return day, (draws.random(len(day)) < 1 / (1 + np.exp(mean - 1.5))).astype(np.float64)
    return day, 7.0 + mean + draws.normal(0.0, 1.0, len(day))


def _badness(row: tuple[np.ndarray, np.ndarray], scale: Scale, picked_days: int) -> float:
    day, value = row
    seen = value[(day >= -picked_days) & (day < 0)].mean()
    return float(-seen if scale == "share" else seen)


def verdicts(count: int, **world: object) -> Iterator[str]:
    """The verdict in each of so many worlds."""
    from maitred.desks.coaching.judging import judged

    for seed in range(count):
        cases, goal = null_world(seed, **world)  # type: ignore[arg-type]
        yield judged(cases, goal).verdict
