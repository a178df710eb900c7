"""How fair are reviews to those who are reviewed? Who is truly lowest is told no more surely than reviews allow."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from maitred.insight.reviewing import Floats, reviewed
from maitred.insight.tests.test_reviewing import _levels, _world

PEOPLE, LOWEST = 20, 5


def _chances(levels: Floats, seed: int) -> Floats:
    """Chance of each to be among the lowest five, by what is told: level and interval."""
    deviation = (levels[:, 2] - levels[:, 1]) / (2 * 1.96)
    drawn = np.random.default_rng(seed).normal(levels[:, 0], deviation, (4_000, len(levels)))
    return np.asarray((drawn.argsort(axis=1).argsort(axis=1) < LOWEST).mean(axis=0))


def _slope(said: Floats, true: Floats) -> float:
    """Slope of a logistic regression of what is on what was said; 1 where it was said rightly."""
    from scipy.optimize import minimize

    said = np.clip(said, 1e-4, 1 - 1e-4)
    log_odds, sign = np.log(said / (1 - said)), 2 * true - 1

    def unlikely(one: Floats) -> float:
        return float(np.log1p(np.exp(-sign * (one[0] + one[1] * log_odds))).mean())

    found = minimize(unlikely, [0.0, 1.0])
    return float(found.x[1])


@pytest.mark.slow
@pytest.mark.parametrize("each", [5, 12])
def test_the_lowest_quarter_is_told_as_surely_as_reviews_allow_and_raw_means_are_surer(each: int) -> None:
    said, true, named = [], [], []
    for seed in range(5_000, 5_150):
        rows, own, _ = _world(seed, PEOPLE, each=each)
        lowest = own.argsort().argsort() < LOWEST
        raw = np.array([np.mean([score for one, _, score in rows if one == f"a{n:02}"]) for n in range(PEOPLE)])
        named.append(lowest[raw.argsort()[:LOWEST]].mean())
        said.append(_chances(_levels(reviewed(rows)), seed))
        true.append(lowest)
    chances, were = np.concatenate(said), np.concatenate(true).astype(np.float64)
    assert 0.85 <= _slope(chances, were) <= 1.2
    for low in np.arange(0.0, 1.0, 0.2):
        inside = (chances >= low) & (chances < low + 0.2)
        share = were[inside].mean()
        luck = np.sqrt(share * (1 - share) / inside.sum())
        assert abs(chances[inside].mean() - share) <= 0.03 + 2 * luck
    assert np.mean(named) <= {5: 0.65, 12: 0.78}[each], "a list of the lowest five by raw means is often wrong"


@pytest.mark.slow
def test_of_people_told_apart_by_reviews_hardly_any_stand_the_wrong_way_round() -> None:
    wrong = []
    for seed in range(6_000, 6_060):
        rows, own, _ = _world(seed, PEOPLE)
        found = reviewed(rows)
        levels = _levels(found)[:, 0]
        for one, other in combinations(range(PEOPLE), 2):
            if not any({f"a{one:02}", f"a{other:02}"} <= set(group) for group in found.groups):
                wrong.append((levels[one] - levels[other]) * (own[one] - own[other]) < 0)
    assert len(wrong) > 500
    assert np.mean(wrong) <= 0.025
