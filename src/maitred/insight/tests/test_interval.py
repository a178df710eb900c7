"""Intervals of single statistics: published values, thin data, clusters, and the order of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.base.errors import Invalid
from maitred.insight.interval import SMALLEST, interval
from maitred.insight.tests.worlds import data

SEED = 20


def test_wilson_is_as_published() -> None:
    found = interval(data(value=[1.0] * 27 + [0.0] * 3), "share")
    assert (round(found.low or 0, 3), round(found.high or 0, 3)) == (0.744, 0.965)
    assert round(interval(data(value=[1.0] * 60), "share").low or 0, 3) == 0.940


@pytest.mark.parametrize("statistic", SMALLEST)
def test_too_little_data_has_no_value_and_says_what_it_needs(statistic: Any) -> None:
    found = interval(data(value=[1.0] * (SMALLEST[statistic] - 1)), statistic)
    assert (found.value, found.low, found.high, found.verdict) == (None, None, None, "not_enough_data")
    assert found.needed == SMALLEST[statistic]
    assert interval(data(value=[1.0] * SMALLEST[statistic]), statistic).verdict == "ok"


def test_missing_values_are_no_rows() -> None:
    assert interval(data(value=[1.0] * 12 + [np.nan] * 5), "share").n == 12


def test_answers_that_belong_together_are_worth_less() -> None:
    values = [1.0] * 60 + [0.0] * 20
    apart = interval(data(value=values, cluster=[f"c{k}" for k in range(80)]), "share")
    together = interval(data(value=values, cluster=[f"c{k // 5}" for k in range(80)]), "share")
    assert interval(data(value=values), "share").low == apart.low
    assert (together.high or 0) - (together.low or 0) > 1.7 * ((apart.high or 0) - (apart.low or 0))


def test_a_score_of_recommendation_is_in_points() -> None:
    found = interval(data(value=[10.0] * 50 + [8.0] * 30 + [3.0] * 20), "nps")
    assert found.value == 30
    assert (found.low or 0) < 30 < (found.high or 0)
    classes = interval(data(value=[1.0] * 50 + [0.0] * 30 + [-1.0] * 20), "nps")
    assert (classes.value, classes.low, classes.high) == (found.value, found.low, found.high)


@pytest.mark.parametrize(("statistic", "value"), [("share", 2.0), ("nps", 11.0)])
def test_an_impossible_value_is_refused(statistic: Any, value: float) -> None:
    with pytest.raises(Invalid):
        interval(data(value=[value] * 60), statistic)


def _covered(statistic: Any, draw: Any, truth: float, sets: int, clustered: bool = False) -> float:
    dice = np.random.default_rng(SEED)
    hit = 0
    for _ in range(sets):
        found = interval(draw(dice), statistic)
        hit += (
            (found.low if found.low is not None else -np.inf)
            <= truth
            <= (found.high if found.high is not None else np.inf)
        )
    return hit / sets


def _clustered(dice: np.random.Generator) -> Any:
    chance = dice.beta(0.85 * 6, 0.15 * 6, 60)
    sizes = dice.poisson(3, 60) + 1
    owner = np.repeat(np.arange(60), sizes)
    value = (dice.random(len(owner)) < chance[owner]).astype(float)
    return data(value=value, cluster=[f"c{one}" for one in owner])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statistic", "draw", "truth", "low", "high"),
    [
        ("share", lambda dice: data(value=(dice.random(60) < 0.88).astype(float)), 0.88, 0.935, 0.965),
        ("share", _clustered, 0.85, 0.93, 0.97),
        ("nps", lambda dice: data(value=dice.choice([10.0, 8.0, 2.0], 80, p=[0.5, 0.3, 0.2])), 30.0, 0.935, 0.965),
        ("median", lambda dice: data(value=dice.lognormal(8, 1, 60)), float(np.exp(8)), 0.935, 0.975),
        ("p90", lambda dice: data(value=dice.lognormal(8, 1, 200)), float(np.exp(8 + 1.2815515655)), 0.935, 0.975),
        ("mean", lambda dice: data(value=dice.gamma(2.0, 3.0, 60)), 6.0, 0.93, 0.97),
    ],
    ids=["share", "clustered share", "nps", "median", "p90", "mean"],
)
def test_intervals_cover_what_they_say(statistic: Any, draw: Any, truth: float, low: float, high: float) -> None:
    covered = _covered(statistic, draw, truth, 2_000)
    assert low <= covered <= high, f"{covered:.4f}"
