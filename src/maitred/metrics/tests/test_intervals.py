"""Intervals against published examples, closed forms, and what they promise: how often they hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from maitred.metrics import intervals
from maitred.metrics.catalogue import resolve
from maitred.metrics.estimates import estimate
from maitred.metrics.intervals import Integers, Interval
from maitred.metrics.samples import Sample

LEUKAEMIA = [6, 6, 6, 7, 10, 13, 16, 22, 23]
"""Remission weeks of the 6-MP arm that ended in relapse (Freireich 1963)."""
STILL_WELL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def counted(rows: list[int] | Integers) -> tuple[Integers, Integers]:
    values, counts = np.unique(np.asarray(rows, np.int64), return_counts=True)
    return values, counts.cumsum()


def holds(interval: Interval, truth: float) -> bool:
    return (interval.low is None or interval.low <= truth) and (interval.high is None or truth <= interval.high)


@pytest.mark.parametrize(
    ("good", "n", "low", "high"), [(60, 60, 0.940, 1.000), (27, 30, 0.744, 0.965), (0, 10, 0.0, 0.278)]
)
def test_wilson_gives_the_published_ends(good: int, n: int, low: float, high: float) -> None:
    interval = intervals.wilson(good, n)
    assert [interval.low, interval.high] == pytest.approx([low, high], abs=5e-4)


def test_clusters_of_one_row_give_the_plain_interval() -> None:
    assert intervals.wilson_clustered(27, 30, 30, 30, 27, 27) == intervals.wilson(27, 30)


def test_rows_that_repeat_within_clusters_widen_the_interval() -> None:
    plain = intervals.wilson(54, 60)
    doubled = intervals.wilson_clustered(54, 60, 30, mm=120, ms=108, ss=108)
    assert doubled.low is not None
    assert plain.low is not None
    assert doubled.low < intervals.wilson(27, 30).low < plain.low  # type: ignore[operator]


@pytest.mark.parametrize(("n", "percent"), [(8, 50), (40, 90), (41, 50), (80, 95), (1000, 90), (123_457, 50)])
def test_quantile_ranks_are_those_of_the_binomial(n: int, percent: int) -> None:
    q = percent / 100
    assert intervals.quantile_ranks(n, percent) == (int(binom.ppf(0.025, n, q)), int(binom.ppf(0.975, n, q)) + 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=60), st.sampled_from([50, 90, 95]))
def test_type_7_is_the_usual_linear_quantile(rows: list[int], percent: int) -> None:
    numerator, denominator = intervals.type7(*counted(rows), percent)
    assert numerator / denominator == pytest.approx(float(np.quantile(rows, percent / 100)))


def test_the_survival_curve_is_the_published_one() -> None:
    values = np.array(sorted({*LEUKAEMIA, *STILL_WELL}), np.int64)
    events = np.array([LEUKAEMIA.count(value) for value in values], np.int64)
    censored = np.array([STILL_WELL.count(value) for value in values], np.int64)
    curve = intervals.kaplan_meier(values, events, censored)
    published = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.surviving.tolist() == pytest.approx(published, abs=5e-5)
    assert intervals.survival_quantile(curve, 50) == 23
    assert intervals.survival_interval(curve, 50) == Interval(13, None)
    assert intervals.survival_quantile(curve, 90) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.sampled_from([50, 90]))
def test_without_censoring_the_curve_reads_an_order_statistic(rows: list[int], percent: int) -> None:
    values, cumulative = counted(rows)
    events = np.diff(cumulative, prepend=0)
    curve = intervals.kaplan_meier(values, events, np.zeros_like(events))
    rank = -(-len(rows) * percent // 100)
    assert intervals.survival_quantile(curve, percent) == sorted(rows)[rank - 1]


def test_newcombe_gives_the_published_difference() -> None:
    # Newcombe 1998, example (a): 56/70 against 48/80 gives 0.0524 to 0.3339
    first, second = intervals.wilson(56, 70), intervals.wilson(48, 80)
    found = intervals.newcombe(56 / 70, first, 48 / 80, second)
    assert [found.low, found.high] == pytest.approx([0.0524, 0.3339], abs=1e-4)


def test_the_same_seed_gives_the_same_interval() -> None:
    values, counts = np.arange(6), np.array([5, 9, 3, 2, 1, 1])
    assert intervals.mean_interval(values, counts, 7) == intervals.mean_interval(values, counts, 7)


def test_a_constant_mean_has_no_width() -> None:
    assert intervals.mean_interval(np.array([3]), np.array([20]), 1) == Interval(3.0, 3.0)


def test_rank_draws_are_the_bootstrap() -> None:
    rows = np.sort(np.random.default_rng(5).lognormal(8, 1, 61).astype(np.int64))
    drawn = intervals.quantile_draws(*counted(rows), 50, 61, seed=1)
    resampled = np.median(np.random.default_rng(2).choice(rows, (20_000, 61)), axis=1)
    for value in rows:
        assert np.mean(drawn <= value) == pytest.approx(np.mean(resampled <= value), abs=0.04)


@pytest.mark.parametrize("percent", [50, 90])
def test_order_statistic_intervals_hold_the_truth(percent: int) -> None:
    dice = np.random.default_rng(percent)
    truth = math.exp(8) if percent == 50 else math.exp(8 + 1.2815515655446004)
    sets = dice.lognormal(8, 1, (600, 60))
    held = [holds(intervals.quantile_interval(*counted(rows.astype(np.int64)), percent), truth) for rows in sets]
    assert 0.935 <= np.mean(held) <= 0.99


def test_survival_intervals_hold_the_truth_under_censoring() -> None:
    dice = np.random.default_rng(3)
    held = []
    for _ in range(600):
        times, cut = dice.lognormal(8, 1, 80), dice.uniform(0, 20_000, 80)
        seen, ended = np.minimum(times, cut).astype(np.int64), times <= cut
        values = np.unique(seen)
        counts = [np.array([np.sum((seen == value) & (ended == one)) for value in values]) for one in (True, False)]
        held.append(holds(intervals.survival_interval(intervals.kaplan_meier(values, *counts), 50), math.exp(8)))
    assert 0.93 <= np.mean(held) <= 0.975


def test_clustered_share_intervals_hold_the_truth() -> None:
    dice = np.random.default_rng(4)
    held = []
    for _ in range(800):
        rows = dice.integers(1, 8, 40)
        own = dice.beta(4, 1, 40)
        hits = dice.binomial(rows, own)
        interval = intervals.wilson_clustered(
            int(hits.sum()), int(rows.sum()), 40, int((rows**2).sum()), int((rows * hits).sum()), int((hits**2).sum())
        )
        held.append(holds(interval, 0.8))
    assert 0.93 <= np.mean(held) <= 0.98


def test_nps_intervals_hold_the_truth() -> None:
    dice = np.random.default_rng(6)
    held = [holds(intervals.nps_interval(*dice.multinomial(60, [0.5, 0.3, 0.2])), 30.0) for _ in range(800)]
    assert 0.93 <= np.mean(held) <= 0.975


def test_bootstrap_means_hold_the_truth() -> None:
    dice = np.random.default_rng(8)
    held = []
    for seed in range(300):
        values, counts = np.unique(dice.poisson(2.5, 80), return_counts=True)
        held.append(holds(intervals.mean_interval(values.astype(np.int64), counts.astype(np.int64), seed), 2.5))
    assert 0.91 <= np.mean(held) <= 0.98


def test_intervals_of_clustered_quantiles_hold_the_truth() -> None:
    dice = np.random.default_rng(9)
    held = []
    for _ in range(500):
        sizes = dice.integers(1, 7, 50)
        own = np.repeat(dice.normal(0, 0.8, 50), sizes)
        values = np.exp(8 + own + dice.normal(0, 0.6, sizes.sum())).astype(np.int64)
        order, clusters = np.argsort(values), np.repeat(np.arange(50), sizes)
        ones = np.ones(len(values), np.int64)
        sample = Sample(values[order], ones, 0 * ones, 0, clusters[order])
        found = estimate(resolve("nrt"), "median", sample, seed=1)
        held.append(holds(Interval(found.low, found.high), math.exp(8)))
    assert 0.925 <= np.mean(held) <= 0.99
