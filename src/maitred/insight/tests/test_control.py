"""Control charts against textbook values, planted changes, and how often they cry wolf where nothing happens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.insight.control import FIRM_BASELINE, SMALLEST_BASELINE, Chart, chart


def numbers(seed: int, n: int) -> list[float]:
    return list(np.random.default_rng(seed).normal(100, 10, n))


def test_limits_of_independent_values_are_three_point_one_four_median_ranges() -> None:
    values = numbers(3, 60)
    found = chart(values, "xmr", 50)
    assert found.follows == 0
    last = found.points[-1]
    assert last.upper == pytest.approx(np.mean(values[:50]) + 3.14 * np.median(np.abs(np.diff(values[:50]))))
    assert last.lower == pytest.approx(np.mean(values[:50]) - 3.14 * np.median(np.abs(np.diff(values[:50]))))


def test_a_share_has_limits_by_its_denominator() -> None:
    found = chart([0.8] * 40 + [0.5], "p", 40, exposure=[100.0] * 41)
    last = found.points[-1]
    assert last.upper == pytest.approx(0.8 + 3 * np.sqrt(0.16 / 100), abs=1e-3)
    assert last.signal is not None and last.signal.rules == ("beyond_limit",)
    assert (found.verdict, found.since, last.signal.direction) == ("change", 40, "down")


def test_a_count_has_poisson_limits() -> None:
    counts = list(np.random.default_rng(1).poisson(50, 50).astype(float))
    found = chart([*counts, 120.0], "u", 50)
    last = found.points[-1]
    assert found.dispersion == 1
    assert last.upper == pytest.approx(np.mean(counts) + 3 * np.sqrt(np.mean(counts)))
    assert found.verdict == "change"


def test_shares_that_vary_more_than_chance_get_wider_limits() -> None:
    dice = np.random.default_rng(5)
    shares = dice.normal(0.8, 0.04, 60).clip(0, 1)
    found = chart(list(shares), "p", 60, exposure=[1000.0] * 60)
    assert found.dispersion is not None and found.dispersion == pytest.approx(0.04 / np.sqrt(0.16 / 1000), rel=0.3)


def test_nine_on_one_side_is_a_change_since_its_first_point() -> None:
    values = [*numbers(7, 50), 112.0, 108, 111, 109, 112, 108, 110, 111, 109]
    found = chart(values, "xmr", 50)
    signal = found.points[58].signal
    assert signal is not None and "nine_on_one_side" in signal.rules
    assert found.since is not None and 48 <= found.since <= 50


def test_six_rising_points_are_a_signal() -> None:
    found = chart([*numbers(8, 40), 90.0, 94, 98, 102, 106, 110], "xmr", 40)
    signal = found.points[45].signal
    assert signal is not None and "six_in_a_row" in signal.rules and signal.direction == "up"


def test_two_of_three_far_points_are_a_signal() -> None:
    found = chart([*numbers(3, 40), 124.0, 100, 125], "xmr", 40)
    signal = found.points[42].signal
    assert signal is not None and "two_of_three" in signal.rules


def test_a_gap_has_no_point_and_breaks_nothing() -> None:
    values: list[float | None] = [*numbers(4, 40), None, 100.0]
    found = chart(values, "xmr", 40)
    assert found.points[40].centre is None and found.points[40].signal is None
    assert found.points[41].centre is not None


def test_too_short_a_series_has_no_limits() -> None:
    found = chart(numbers(1, SMALLEST_BASELINE - 1), "xmr", 10)
    assert (found.verdict, found.learned_from, found.centre) == ("cannot_tell", None, None)
    assert all(point.centre is None for point in found.points)


def test_a_short_baseline_is_provisional_and_borrows_the_whole_series() -> None:
    assert chart(numbers(1, 30), "xmr", 25).provisional
    assert not chart(numbers(1, FIRM_BASELINE + 5), "xmr", FIRM_BASELINE).provisional
    assert chart(numbers(1, 30), "xmr", 5).learned_from == "whole"


def test_a_series_without_any_variation_raises_no_alarm() -> None:
    found = chart([5.0] * 50, "xmr", 40)
    assert (found.verdict, found.since) == ("cannot_tell", None)


def test_a_weekly_season_is_taken_out_before_judging() -> None:
    dice = np.random.default_rng(2)
    days = [day % 7 for day in range(84)]
    level = np.array([60, 50, 50, 50, 45, 12, 10])
    counts = [float(one) for one in dice.poisson(level[days])]
    found = chart(counts, "u", 56, weekdays=days)
    assert found.season and found.verdict == "no_change"
    assert found.points[56].centre == pytest.approx(60, rel=0.15)
    busy_saturday = chart([*counts[:75], 60.0, *counts[76:]], "u", 56, weekdays=days)
    assert busy_saturday.points[75].signal is not None


def test_weekdays_on_which_nothing_varies_are_gaps_and_do_not_narrow_the_limits() -> None:
    days = [day % 7 for day in range(84)]
    work = numbers(6, 84)
    with_zeros = [0.0 if day > 4 else value for day, value in zip(days, work, strict=True)]
    found = chart(with_zeros, "xmr", 56, weekdays=days)
    without = chart(
        [None if day > 4 else value for day, value in zip(days, work, strict=True)], "xmr", 56, weekdays=days
    )
    assert found.points == without.points
    assert all(found.points[place].centre is None for place, day in enumerate(days) if day > 4)


def test_a_figure_of_few_rows_has_wider_limits() -> None:
    found = chart(numbers(3, 60), "xmr", 50, exposure=[100.0] * 58 + [25.0, 400.0])
    widths = [(point.upper or 0) - (point.lower or 0) for point in found.points[-3:]]
    assert widths[1] == pytest.approx(2 * widths[0]) and widths[2] == pytest.approx(widths[0] / 2)


def test_points_that_follow_each_other_are_judged_by_the_step() -> None:
    dice = np.random.default_rng(9)
    walk = [100.0]
    for _ in range(119):
        walk.append(100 + 0.9 * (walk[-1] - 100) + dice.normal(0, 3))
    found = chart(walk, "xmr", 60)
    assert found.follows > 0.5
    assert sum(point.signal is not None for point in found.points[60:]) <= 3


def test_durations_are_charted_by_ratio() -> None:
    dice = np.random.default_rng(4)
    values = [float(one) for one in np.exp(dice.normal(8, 0.3, 60))]
    found = chart(values, "xmr", 50, ratios=True)
    last = found.points[-1]
    assert last.lower is not None and last.upper is not None and last.centre is not None
    assert last.lower > 0
    assert last.upper / last.centre == pytest.approx(last.centre / last.lower)


def test_false_signals_are_as_rare_as_stated() -> None:
    """With a baseline of 56 estimated limits are somewhat worse than the stated price of known ones."""
    dice = np.random.default_rng(12)
    points = signals = 0
    for _ in range(60):
        found = chart(list(dice.normal(0, 1, 116)), "xmr", 56)
        points += 60
        signals += sum(point.signal is not None for point in found.points[56:])
    assert signals / points < 0.035


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(1, 1000), min_size=45, max_size=70), st.integers(40, 44))
def test_a_point_is_judged_by_what_came_before_it(values: list[float], baseline: int) -> None:
    whole = chart(values, "xmr", baseline)
    for end in range(baseline + 1, len(values) + 1, 7):
        part = chart(values[:end], "xmr", baseline)
        assert part.points == whole.points[:end]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=45, max_size=60), st.floats(-10, 10), st.floats(0.5, 20))
def test_the_unit_of_a_figure_does_not_decide(values: list[float], shift: float, scale: float) -> None:
    values = [round(value, 3) for value in values]

    def places(found: Chart) -> list[int]:
        return [place for place, point in enumerate(found.points) if point.signal]

    first = chart(values, "xmr", 40)
    if first.dispersion and first.dispersion > 0.01:
        moved = chart([value * 8 + 16 for value in values], "xmr", 40)
        assert places(moved) == places(first)
