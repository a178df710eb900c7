"""Data sets with a known truth, drawn anew from a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from maitred.insight.datasets import DataSet
from maitred.metrics.intervals import Floats

WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.4])
STRATA = np.array([0.0, 0.7, -0.5])


def data(**columns: Any) -> DataSet:
    """A data set of columns; lists of text stay text."""
    made = {
        name: list(values)
        if isinstance(values, list) and values and isinstance(values[0], str)
        else np.array(values, float)
        for name, values in columns.items()
    }
    return DataSet("0", made, len(next(iter(made.values()))))


def expit(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-values)))


def people(
    dice: np.random.Generator, kind: str, spread: float, subjects: int = 15, each: int = 40
) -> tuple[DataSet, Floats]:
    """People with cases of three topics, unevenly spread, and what each would reach on the pooled mix."""
    effects = dice.normal(0, spread, subjects)
    mixes = dice.dirichlet(np.full(3, 3.0), subjects)
    subject = np.repeat(np.arange(subjects), each)
    topic = np.concatenate([dice.choice(3, each, p=mix) for mix in mixes])
    names = {"subject": [f"s{one:02d}" for one in subject], "topic": [f"t{one}" for one in topic]}
    if kind == "share":
        value = (dice.random(len(subject)) < expit(2 + effects[subject] + STRATA[topic])).astype(float)
        mix = np.bincount(topic, minlength=3) / len(topic)
        truth = np.array([float(mix @ expit(2 + STRATA + one)) for one in effects])
        return data(value=value, **names), truth
    value = np.exp(8 + effects[subject] + STRATA[topic] + dice.normal(0, 1, len(subject)))
    return data(value=value, **names), np.exp(effects)


def counts(dice: np.random.Generator, days: int, lift: float = 1.0, at: int = 0, scatter: float = 1.4) -> DataSet:
    """Daily counts of about 60 with weekdays, over-dispersed, lifted from a day on."""
    mean = 60 * WEEK[np.arange(days) % 7] * 7 / WEEK.sum()
    mean[at:] *= lift
    return data(t=range(days), value=dice.negative_binomial(mean / (scatter - 1), 1 / scatter))


def shares(dice: np.random.Generator, days: int, before: float = 0.88, after: float = 0.88, at: int = 0) -> DataSet:
    """About 34 ratings a day."""
    n = dice.poisson(34, days) + 1
    chance = np.full(days, before)
    chance[at:] = after
    return data(t=range(days), value=dice.binomial(n, chance), n=n)


def panel(
    dice: np.random.Generator, effect: float, starts: list[float], periods: int = 12, growth: float = 0.0
) -> tuple[DataSet, float]:
    """Shares of about 40 ratings by unit and period; the mean effect over the treated unit-periods."""
    level = dice.normal(0.8, 0.03, len(starts))
    rows: dict[str, list[Any]] = {"unit": [], "t": [], "value": [], "n": [], "treated_from": []}
    felt = []
    for unit, start in enumerate(starts):
        for t in range(periods):
            moved = effect + growth * (t - start) if start <= t else 0.0
            if start <= t:
                felt.append(moved)
            n = int(dice.poisson(40)) + 1
            chance = float(np.clip(level[unit] + dice.normal(0, 0.01) + moved, 0, 1))
            for name, value in zip(rows, (f"u{unit:02d}", t, dice.binomial(n, chance), n, start), strict=True):
                rows[name].append(value)
    return data(**rows), float(np.mean(felt)) if felt else 0.0


def series(dice: np.random.Generator, step: float, periods: int = 60, start: int = 40) -> DataSet:
    """One series with slope, a season of 12 and errors that follow each other by 0.4, with a step."""
    error = np.zeros(periods)
    for t in range(1, periods):
        error[t] = 0.4 * error[t - 1] + dice.normal()
    days = np.arange(periods)
    value = 10 + 0.02 * days + np.sin(2 * np.pi * days / 12) + error + step * (days >= start)
    return data(unit=["all"] * periods, t=days, value=value, treated_from=np.full(periods, start))
