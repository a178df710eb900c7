"""Curves against the remission data that every textbook prints, and bins that lose nothing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.insight.survival import MOST_BINS, MOST_STEPS, at_risk, bins, curve
from maitred.metrics.intervals import Integers

ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
RUNNING = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks in remission under 6-mercaptopurine (Freireich et al. 1963): relapsed, and still in remission."""


def counted(ended: list[int], running: list[int]) -> tuple[Integers, Integers, Integers]:
    values = sorted({*ended, *running})
    return (
        np.array(values, np.int64),
        np.array([ended.count(value) for value in values], np.int64),
        np.array([running.count(value) for value in values], np.int64),
    )


def test_the_curve_of_the_remission_data() -> None:
    found = curve(*counted(ENDED, RUNNING))
    assert [step.at for step in found.steps] == [6, 7, 10, 13, 16, 22, 23]
    assert [round(step.value, 4) for step in found.steps] == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert [step.at_risk for step in found.steps] == [21, 17, 15, 12, 11, 7, 6]
    assert (found.n, found.censored, found.median) == (21, 12, 23)


def test_the_band_is_the_published_one() -> None:
    """The log(-log) limits that R's ``survfit(conf.type = "log-log")`` prints for these data."""
    found = curve(*counted(ENDED, RUNNING))
    limits = {step.at: (step.low, step.high) for step in found.steps}
    for at, low, high in ((6, 0.620, 0.952), (10, 0.503, 0.889), (23, 0.188, 0.680)):
        assert limits[at][0] == pytest.approx(low, abs=1e-3)
        assert limits[at][1] == pytest.approx(high, abs=1e-3)
    assert found.median_interval.low == 13
    assert found.median_interval.high is None


def test_a_median_that_is_not_reached_is_null() -> None:
    found = curve(*counted([5, 6], [10] * 20))
    assert (found.median, found.median_interval.high) == (None, None)


def test_nothing_ended_is_a_curve_without_steps() -> None:
    found = curve(*counted([], [3, 4]))
    assert (found.steps, found.n, found.censored, found.median) == ((), 2, 2, None)


def test_how_many_were_at_risk_at_any_time() -> None:
    assert at_risk(*counted(ENDED, RUNNING), [0, 6, 7, 23, 36]) == (21, 21, 17, 6, 0)


spans = st.lists(st.integers(0, 500_000), min_size=1, max_size=300)


@settings(max_examples=30, deadline=None)
@given(spans)
def test_without_censoring_the_curve_is_the_share_that_lasted_longer(ended: list[int]) -> None:
    found = curve(*counted(ended, []))
    for step in found.steps:
        assert step.value == pytest.approx(sum(value > step.at for value in ended) / len(ended), abs=1e-9)
    assert len(found.steps) <= MOST_STEPS


@settings(max_examples=30, deadline=None)
@given(spans, spans)
def test_a_curve_falls_and_stays_inside_its_band(ended: list[int], running: list[int]) -> None:
    found = curve(*counted(ended, running))
    values = [step.value for step in found.steps]
    assert values == sorted(values, reverse=True)
    for step in found.steps:
        if step.low is not None and step.high is not None:
            assert 0 <= step.low <= step.value + 1e-12 and step.value - 1e-12 <= step.high <= 1


@settings(max_examples=30, deadline=None)
@given(spans, st.booleans())
def test_every_value_is_in_exactly_one_bin(values: list[int], durations: bool) -> None:
    numbers, counts, _ = counted(values, [])
    found = bins(numbers, counts, durations=durations)
    assert sum(one.n for one in found) == len(values)
    assert len(found) <= MOST_BINS
    for one in found:
        assert one.n == sum(one.low <= value and (one.high is None or value < one.high) for value in values)
    assert all(one.high == two.low for one, two in pairwise(found))
