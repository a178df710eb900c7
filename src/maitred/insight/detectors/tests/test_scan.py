"""The scan says of a day what it would have said then, leaves holidays out, and finds onset, end and size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.insight.detectors.scan import (
    LASTS,
    LEARNING,
    Kind,
    Rule,
    Shift,
    Sized,
    daily,
    shifts,
    size,
    unpicked,
    unusual,
)
from maitred.insight.evidence.tables import Days, Floats

SEASON = np.array([1.3, 1.2, 1.1, 1.0, 1.0, 0.4, 0.3])
RULES: dict[Kind, Rule] = {
    "count": Rule("count", "up", smallest=1.2),
    "share": Rule("share", "up", smallest=0.03),
    "mean": Rule("mean", "up", smallest=1.2),
}


def days_of(length: int, *holidays: int, weekends: bool = False) -> Days:
    """Local days from Monday 6 January 2025; ``weekends``: those are off too."""
    off = np.isin(np.arange(length), holidays) | (weekends & (np.arange(length) % 7 > 4))
    return Days("UTC", date(2025, 1, 6), np.arange(length, dtype=np.int64) * 86_400, off)


def counts(lots: np.random.Generator, level: float, length: int, series: int = 1) -> Floats:
    return lots.poisson(level * SEASON[np.arange(length) % 7], (series, length)).astype(np.float64)


def drawn(kind: Kind, seed: int, length: int, change: int, times: float) -> tuple[Floats, Floats]:
    """Three series of a kind that rise on a day: totals and weights."""
    lots = np.random.default_rng(seed)
    rises = np.where(np.arange(length) >= change, times, 1.0)
    cases = counts(lots, 15, length, 3)
    if kind == "count":
        return lots.poisson(15 * SEASON[np.arange(length) % 7] * rises, (3, length)).astype(float), np.ones((3, length))
    if kind == "share":
        return lots.binomial(cases.astype(int), np.minimum(0.1 * rises, 0.9)).astype(float), cases
    noise = np.sqrt(cases) * lots.standard_normal(cases.shape)
    return cases * (8 + np.log(rises)) + noise, cases


def known_at(found: tuple[Shift, ...], until: int) -> list[tuple[int, int, int, bool, float, int]]:
    """What shifts are to somebody who knows the first days alone."""
    return [
        (one.series, one.raised, one.since, one.up, round(one.z, 9), one.ended if one.ended < until else LASTS)
        for one in found
        if one.raised < until
    ]


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(sorted(RULES)),
    seed=st.integers(0, 10**6),
    until=st.integers(65, 149),
    times=st.sampled_from([0.4, 1.0, 1.8, 3.0]),
    direction=st.sampled_from(["up", "down", "both"]),
)
def test_what_is_said_of_a_day_depends_on_no_later_day(
    kind: Kind, seed: int, until: int, times: float, direction: str
) -> None:
    total, weight = drawn(kind, seed, 150, 80 + seed % 40, times)
    days = days_of(150, 75, 76, 110)
    rule = Rule(kind, direction, threshold=3.5, smallest=RULES[kind].smallest)  # type: ignore[arg-type]
    early = days_of(until, 75, 76, 110)
    whole = shifts(total, weight, days, rule)
    assert known_at(whole, until) == known_at(shifts(total[:, :until], weight[:, :until], early, rule), until)
    for one in whole:
        if one.raised < until:
            shown = size(total, weight, days, rule, one, until)
            assert shown == size(total[:, :until], weight[:, :until], early, rule, one, until)
            assert shown.low <= shown.value <= shown.high


def test_a_subject_that_comes_later_changes_nothing_about_those_that_are_there() -> None:
    total, weight = drawn("count", 5, 200, 120, 1.5)
    days = days_of(200)
    alone = shifts(total, weight, days, RULES["count"])
    assert alone
    later = np.zeros((4, 200))
    later[:, 190:] = 3.0
    more = shifts(np.vstack([total, later]), np.ones((7, 200)), days, RULES["count"])
    assert [one for one in more if one.series < 3 and one.raised < 190] == [one for one in alone if one.raised < 190]


def test_a_holiday_and_the_day_after_it_are_no_change() -> None:
    lots = np.random.default_rng(4)
    total = counts(lots, 40, 160)
    total[0, 100:102] *= 5
    one = np.ones_like(total)
    assert [shift.raised for shift in shifts(total, one, days_of(160), RULES["count"])] == [100]
    assert shifts(total, one, days_of(160, 100), RULES["count"]) == ()


def test_days_off_every_week_are_usual_and_the_working_day_after_a_holiday_is_not() -> None:
    days = days_of(40, 32, weekends=True)  # a Friday
    assert np.flatnonzero(unusual(days)).tolist() == [32, 35]


def test_weekday_peaks_are_no_change() -> None:
    season = np.array([4.0, 1, 1, 1, 1, 0.1, 0.1])
    total = np.random.default_rng(9).poisson(20 * season[np.arange(250) % 7], (5, 250)).astype(float)
    assert shifts(total, np.ones_like(total), days_of(250), Rule("count", "both", smallest=1.2)) == ()


@pytest.mark.parametrize("kind", sorted(RULES))
def test_identical_values_empty_days_and_no_series_say_nothing(kind: Kind) -> None:
    days, rule = days_of(120), RULES[kind]
    with np.errstate(all="raise"):
        assert shifts(np.full((2, 120), 20.0), np.full((2, 120), 20.0), days, rule) == ()
        assert shifts(np.zeros((2, 120)), np.zeros((2, 120)), days, rule) == ()
        assert shifts(np.zeros((0, 120)), np.zeros((0, 120)), days, rule) == ()
    few = np.zeros((1, 120))
    few[0, 100:103] = 1.0
    assert shifts(few, few, days, rule) == ()


@pytest.mark.parametrize("kind", sorted(RULES))
def test_a_week_and_learning_time_say_nothing(kind: Kind) -> None:
    total, weight = drawn(kind, 1, 7, 3, 9.0)
    assert shifts(total, weight, days_of(7), RULES[kind]) == ()
    total, weight = drawn(kind, 1, LEARNING, 30, 9.0)
    assert shifts(total, weight, days_of(LEARNING), RULES[kind]) == ()


def test_the_size_of_a_shift_without_cases_shows_nothing() -> None:
    empty = np.zeros((1, 120))
    found = size(empty, empty, days_of(120), RULES["share"], Shift(0, 100, 95, LASTS, True, 5.0), 101)
    assert found.n == 0
    assert not found.shows("share")


def test_a_gap_of_a_month_is_no_change() -> None:
    total, weight = drawn("mean", 3, 200, 999, 1.0)
    total[:, 100:130], weight[:, 100:130] = 0.0, 0.0
    assert shifts(total, weight, days_of(200), Rule("mean", "both", smallest=1.2)) == ()


@pytest.mark.parametrize("kind", sorted(RULES))
def test_a_bump_has_its_onset_and_its_end(kind: Kind) -> None:
    total, weight = drawn(kind, 2, 220, 120, 3.0)
    calm_total, calm_weight = drawn(kind, 3, 220, 999, 1.0)
    total[:, 136:], weight[:, 136:] = calm_total[:, 136:], calm_weight[:, 136:]
    found = shifts(total, weight, days_of(220), RULES[kind])
    assert [one.series for one in sorted(found, key=lambda one: one.series)] == [0, 1, 2]
    for one in found:
        assert 120 <= one.raised <= 130
        assert abs(one.since - 120) <= 2
        assert 136 <= one.ended <= 150
        assert one.stands(one.raised + 1) and one.stands(one.ended)
        assert not one.stands(one.raised) and not one.stands(one.ended + 1)


def test_a_level_that_stays_is_the_new_level_after_eight_weeks() -> None:
    total, weight = drawn("count", 6, 320, 120, 2.0)
    found = shifts(total, weight, days_of(320), RULES["count"])
    assert len(found) == 3
    assert all(one.ended == one.since + 56 for one in found)


def test_only_the_direction_that_was_asked_for_is_told() -> None:
    total, weight = drawn("mean", 8, 150, 110, 0.3)
    assert shifts(total, weight, days_of(150), RULES["mean"]) == ()
    assert {one.up for one in shifts(total, weight, days_of(150), Rule("mean", "both"))} == {False}


def test_what_barely_passed_the_threshold_is_told_smaller_than_it_looks() -> None:
    estimate, low, high = unpicked(4.3, 4.2)
    assert 0 < low < estimate < high
    assert estimate < 3.5
    plain, low, high = unpicked(12.0, 4.2)
    assert plain == 12.0
    assert 12 - low == pytest.approx(high - 12)


def test_estimates_grow_with_the_score() -> None:
    found = [unpicked(float(z), 4.2)[0] for z in np.arange(4.2, 9, 0.05)]
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(found))


def test_rows_outside_the_days_or_without_a_subject_are_left_out() -> None:
    total, weight = daily(np.array([-1, 0, 3, 1]), np.array([0, 0, 0, -1]), 1, 2, np.array([9.0, 2.0, 9.0, 9.0]))
    assert (total.tolist(), weight.tolist()) == ([[2.0, 0.0]], [[1.0, 0.0]])


@dataclass(frozen=True)
class Setting:
    """A kind of series to simulate: how it is drawn, steady and with a change on day 150, and the true effect."""

    kind: Kind
    draw: Callable[[np.random.Generator, bool], tuple[Floats, Floats]]
    truth: float
    false_alarms: float
    """A series-year, at most."""
    found: float
    """Share of changes found, at least."""
    covered: float
    """Share of 90 % intervals that contain the truth, at least."""
    onset: float = 3.0
    """Days by which the onset is off, in the median, at most."""


LENGTH, SERIES, CHANGE = 250, 150, 150


def _counts(level: float, spread: float) -> Callable[[np.random.Generator, bool], tuple[Floats, Floats]]:
    def draw(lots: np.random.Generator, changed: bool) -> tuple[Floats, Floats]:
        times = np.where(changed & (np.arange(LENGTH) >= CHANGE), 1.6, 1.0)
        unrest = lots.gamma(1 / spread, spread, (SERIES, LENGTH)) if spread else 1.0
        level_of = level * SEASON[np.arange(LENGTH) % 7] * times * unrest
        return lots.poisson(level_of, (SERIES, LENGTH)).astype(float), np.ones((SERIES, LENGTH))

    return draw


def _shares(cases: float) -> Callable[[np.random.Generator, bool], tuple[Floats, Floats]]:
    def draw(lots: np.random.Generator, changed: bool) -> tuple[Floats, Floats]:
        chance = np.where(changed & (np.arange(LENGTH) >= CHANGE), 0.24, 0.12)
        weight = lots.poisson(cases, (SERIES, LENGTH))
        return lots.binomial(weight, chance).astype(float), weight.astype(float)

    return draw


def _means(cases: float, follows: float, spread: float) -> Callable[[np.random.Generator, bool], tuple[Floats, Floats]]:
    def draw(lots: np.random.Generator, changed: bool) -> tuple[Floats, Floats]:
        weight = lots.poisson(cases * SEASON[np.arange(LENGTH) % 7], (SERIES, LENGTH)).astype(float)
        level = np.zeros((SERIES, LENGTH))
        for day in range(1, LENGTH):
            new = np.sqrt(1 - follows**2) * spread * lots.standard_normal(SERIES)
            level[:, day] = follows * level[:, day - 1] + new
        rise = np.log(2) * (changed & (np.arange(LENGTH) >= CHANGE))
        noise = np.sqrt(weight) * 1.2 * lots.standard_normal((SERIES, LENGTH))
        return weight * (8 + level + rise) + noise, weight

    return draw


SETTINGS = {
    "count, 5 a day": Setting("count", _counts(5, 0), 1.6, 0.4, 0.6, 0.85),
    "count, 20 a day": Setting("count", _counts(20, 0), 1.6, 0.4, 0.95, 0.85),
    "count, 20 a day, unrest": Setting("count", _counts(20, 0.03), 1.6, 0.4, 0.95, 0.85),
    "count, 80 a day, unrest": Setting("count", _counts(80, 0.03), 1.6, 0.4, 0.95, 0.85),
    "share, 3 cases a day": Setting("share", _shares(3), 12.0, 0.5, 0.5, 0.75, onset=6.0),
    "share, 20 cases a day": Setting("share", _shares(20), 12.0, 0.4, 0.9, 0.75),
    "mean, 5 a day": Setting("mean", _means(5, 0, 0), 2.0, 0.3, 0.7, 0.85),
    "mean, days follow (0.5)": Setting("mean", _means(20, 0.5, 0.3), 2.0, 0.9, 0.85, 0.8),
    "mean, days follow (0.8)": Setting("mean", _means(40, 0.8, 0.3), 2.0, 2.4, 0.85, 0.7),
}


@dataclass(frozen=True)
class Measured:
    false_alarms: float
    found: float
    delay: float
    late: float
    onset: float
    covered: float
    empty: int
    """Intervals that contain "no effect"."""


def measured(setting: Setting, seed: int = 1) -> Measured:
    """False alarms a series-year, share of changes found, days to them (median, 90th percentile), error of the onset
    (median), share of intervals that contain the truth on the day of finding."""
    lots, days, rule = np.random.default_rng(seed), days_of(LENGTH), RULES[setting.kind]
    calm = shifts(*setting.draw(lots, False), days, rule)
    total, weight = setting.draw(lots, True)
    first: dict[int, Shift] = {}
    for one in shifts(total, weight, days, rule):
        if one.raised >= CHANGE:
            first.setdefault(one.series, one)
    sizes: list[Sized] = [size(total, weight, days, rule, one, one.raised + 1) for one in first.values()]
    delays = [one.raised - CHANGE for one in first.values()]
    return Measured(
        len(calm) / SERIES / ((LENGTH - LEARNING) / 365),
        len(first) / SERIES,
        float(np.median(delays)),
        float(np.quantile(delays, 0.9)),
        float(np.median([abs(one.since - CHANGE) for one in first.values()])),
        float(np.mean([one.low <= setting.truth <= one.high for one in sizes])),
        sum(not one.shows(setting.kind) for one in sizes),
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_false_alarms_delay_and_intervals_keep_what_the_decision_says(name: str) -> None:
    setting = SETTINGS[name]
    told = measured(setting)
    assert told.false_alarms <= setting.false_alarms
    assert told.found >= setting.found
    assert told.onset <= setting.onset
    assert told.covered >= setting.covered
    assert told.empty == 0
