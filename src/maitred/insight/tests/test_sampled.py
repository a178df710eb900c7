"""The mean of a sample: plain, and weighted by strata; worked by hand, and drawn many times from a known whole."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from maitred.insight.sampled import Case, plain, weighted


def test_a_plain_mean_has_the_t_interval_of_the_book() -> None:
    found = plain([80.0, 90.0, 70.0, 85.0, 75.0])
    half = 2.776445 * sqrt(62.5 / 5)
    assert found.value == 80.0
    assert found.low == pytest.approx(80 - half, abs=1e-4)
    assert found.high == pytest.approx(80 + half, abs=1e-4)


def test_below_five_cases_there_is_no_mean_but_how_many_it_takes() -> None:
    assert plain([80.0] * 4).value is None
    assert plain([80.0] * 4).needed == 5
    assert weighted([Case(80.0, "x", 10)] * 4).needed == 5


def test_an_interval_never_leaves_the_scale() -> None:
    found = plain([100.0, 100.0, 100.0, 100.0, 0.0])
    assert found.high == 100.0
    assert found.low is not None and found.low >= 0.0


def test_weights_and_variance_of_two_strata_by_hand() -> None:
    cases = [Case(v, "mail", 90) for v in (80.0, 90.0, 100.0)] + [Case(v, "chat", 10) for v in (40.0, 60.0)]
    found = weighted(cases)
    assert found.value == pytest.approx(0.9 * 90 + 0.1 * 50)
    variance = 0.81 * (1 - 3 / 90) * 100 / 3 + 0.01 * (1 - 2 / 10) * 200 / 2
    assert found.low == pytest.approx(86 - 3.182446 * sqrt(variance), abs=1e-3)
    assert found.effective_n == pytest.approx(np.var([80, 90, 100, 40, 60], ddof=1) / variance)


def test_equal_chances_give_the_plain_mean() -> None:
    cases = [Case(float(v), "all", 10_000) for v in (70, 80, 90, 60, 100, 85)]
    assert weighted(cases).value == pytest.approx(plain([one.value for one in cases]).value)


def test_a_fully_reviewed_whole_has_no_doubt_left() -> None:
    found = weighted([Case(float(v), "all", 6) for v in (70, 80, 90, 60, 100, 85)])
    assert found.low == found.high == found.value


def test_strata_with_one_case_are_put_together() -> None:
    cases = [Case(float(v), f"s{v}", 20) for v in (70, 80, 90, 60, 100, 85)]
    found = weighted(cases)
    assert found.low is not None and found.high is not None and found.value is not None
    assert found.low < found.value < found.high
    with_one = [*[Case(float(v), "big", 100) for v in (70, 80, 90, 60, 75)], Case(10.0, "lone", 5)]
    assert weighted(with_one).low is not None


def _covered(rounds: int, seed: int) -> tuple[float, float]:
    draw = np.random.default_rng(seed)
    sizes, centres = (600, 300, 100), (85.0, 70.0, 50.0)
    whole = [np.clip(draw.normal(c, 12, n), 0, 100) for c, n in zip(centres, sizes, strict=True)]
    truth = float(np.concatenate(whole).mean())
    hit, error = 0, 0.0
    for _ in range(rounds):
        cases = [
            Case(float(v), place, len(part))
            for place, part in enumerate(whole)
            for v in draw.choice(part, 12, replace=False)
        ]
        found = weighted(cases)
        assert found.value is not None and found.low is not None and found.high is not None
        hit += found.low <= truth <= found.high
        error += found.value - truth
    return hit / rounds, error / rounds


def test_unequal_chances_do_not_bend_the_mean() -> None:
    covered, bias = _covered(300, 3)
    assert 0.91 <= covered <= 0.98
    assert abs(bias) < 0.5


@pytest.mark.slow
def test_the_interval_covers_95_percent() -> None:
    covered, bias = _covered(4_000, 4)
    assert 0.935 <= covered <= 0.965
    assert abs(bias) < 0.15


def test_a_part_of_the_sample_is_covered_too() -> None:
    draw = np.random.default_rng(9)
    values, mine = np.clip(draw.normal(78, 14, 800), 0, 100), draw.random(800) < 0.2
    truth, hit = float(values[mine].mean()), 0
    for _ in range(300):
        rows = draw.choice(800, 120, replace=False)
        found = weighted([Case(float(values[n]), "all", 800, bool(mine[n])) for n in rows])
        assert found.low is not None and found.high is not None
        hit += found.low <= truth <= found.high
    assert 0.91 <= hit / 300 <= 0.985
