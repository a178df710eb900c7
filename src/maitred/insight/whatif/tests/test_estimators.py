"""Each estimator against numbers drawn from known parameters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.insight.whatif.attendance import attendance
from maitred.insight.whatif.delays import answering, inferred, measured, patience, product_limit_median, speeds
from maitred.insight.whatif.promises import OpenTime
from maitred.insight.whatif.volume import offsets, volumes

FIRST = date(2025, 1, 6)
DAYS = 182
DAY = 86_400_000
BASE = int(datetime(2025, 1, 6, tzinfo=UTC).timestamp() * 1000)


def arrivals(
    rng: np.random.Generator, weekly: tuple[float, ...], factor: float, growth: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Tickets on weekdays from 8 to 18 with a gamma day factor."""
    times, classes = [], []
    for day in range(DAYS):
        shared = rng.gamma(1 / factor**2, factor**2) * (1 + growth * (day - DAYS) / 365.25)
        for k, level in enumerate(weekly):
            if day % 7 < 5:
                n = rng.poisson(level / 5 * shared)
                times.append(BASE + day * DAY + 8 * 3_600_000 + rng.integers(0, 36_000_000, n))
                classes.append(np.full(n, k))
    return np.concatenate(times), np.concatenate(classes)


def test_weekly_volume_and_day_factor_are_found() -> None:
    time, class_ = arrivals(np.random.default_rng(11), (300.0, 900.0), 0.15)
    found = volumes(time, class_, [0, 0], ["UTC", "UTC"], FIRST, FIRST + timedelta(days=DAYS - 1))
    assert found.classes[0].weekly == pytest.approx(300, rel=0.06)
    assert found.classes[1].weekly == pytest.approx(900, rel=0.05)
    assert all(one.low < one.weekly < one.high for one in found.classes)
    assert found.day_factor == pytest.approx(0.15, abs=0.03)
    assert found.trend == 0.0
    assert sum(found.classes[0].profile) == pytest.approx(1.0)
    assert sum(found.classes[0].profile[:8]) < 0.02


def test_growth_that_stands_out_is_a_trend_and_the_level_is_that_of_the_end() -> None:
    time, class_ = arrivals(np.random.default_rng(12), (2_000.0,), 0.05, growth=0.8)
    found = volumes(time, class_, [0], ["UTC"], FIRST, FIRST + timedelta(days=DAYS - 1))
    assert found.trend == pytest.approx(0.8, abs=0.2)
    assert found.classes[0].weekly == pytest.approx(2_000, rel=0.05)


def test_an_incident_teaches_nothing_about_ordinary_volume() -> None:
    time, class_ = arrivals(np.random.default_rng(13), (500.0,), 0.1)
    flood = BASE + 58 * DAY + 9 * 3_600_000 + np.arange(400) * 1_000
    found = volumes(
        np.r_[time, flood],
        np.r_[class_, np.zeros(400, np.int64)],
        [0],
        ["UTC"],
        FIRST,
        FIRST + timedelta(days=DAYS - 1),
    )
    assert found.excluded == (FIRST + timedelta(days=58),)
    assert found.classes[0].weekly == pytest.approx(500, rel=0.05)


def test_local_time_follows_summer_time() -> None:
    winter, summer = (int(datetime(2025, month, 15, tzinfo=UTC).timestamp() * 1000) for month in (1, 7))
    assert offsets(np.array([winter, summer]), "Europe/Berlin").tolist() == [3_600_000, 7_200_000]


def test_answers_are_fitted_with_those_that_never_come() -> None:
    rng = np.random.default_rng(21)
    delay = np.exp(np.log(14_400) + 1.3 * rng.standard_normal(4_000))
    delay[rng.random(4_000) < 0.1] = np.inf
    until = rng.uniform(3 * 86_400, 7 * 86_400, 4_000)
    found = answering(np.minimum(delay, until), delay <= until)
    assert found.median == pytest.approx(14_400, rel=0.08)
    assert found.sigma == pytest.approx(1.3, rel=0.05)
    assert found.never == pytest.approx(0.1, abs=0.02)
    assert found.product_limit > found.median


def test_patience_counts_the_waits_of_those_who_were_served() -> None:
    rng = np.random.default_rng(22)
    bears, wait = rng.exponential(300, 5_000), rng.exponential(100, 5_000)
    found, error = patience(np.minimum(bears, wait), bears < wait)
    assert found == pytest.approx(300, rel=0.08)
    assert error < 0.05
    assert patience(np.array([10.0]), np.array([False])) == (0.0, 0.0)


def test_the_product_limit_median_is_open_where_too_few_ended() -> None:
    assert product_limit_median(np.array([5.0, 6.0, 7.0]), np.array([True, False, False])) == np.inf


def test_measured_work_shrugs_off_slips_of_the_pen() -> None:
    rng = np.random.default_rng(23)
    seconds = np.exp(np.log(420) + 0.8 * rng.standard_normal(3_000))
    seconds[:10] = 900_000
    found = measured(seconds)
    assert found.median == pytest.approx(420, rel=0.05)
    assert found.sigma == pytest.approx(0.8, rel=0.05)


@pytest.mark.parametrize("share", [0.75, 0.9])
def test_work_is_told_from_idle_time_in_gaps(share: float) -> None:
    rng = np.random.default_rng(24)
    gap = np.exp(np.log(420) + 0.7 * rng.standard_normal(4_000))
    idle = np.where(rng.random(4_000) < share, 0.0, rng.exponential(600, 4_000))
    found = inferred(gap + idle, 2_700.0)
    assert found.median == pytest.approx(420, rel=0.2)
    assert float(np.median(gap + idle)) > found.median


def test_speeds_shrink_and_keep_the_mean_of_people() -> None:
    rng = np.random.default_rng(25)
    true = rng.normal(0.0, 0.2, 20)
    agent = rng.integers(0, 20, 6_000)
    mean, sd, spread = speeds(true[agent] + 0.8 * rng.standard_normal(6_000), agent, 20)
    assert float(np.mean(np.abs(mean - true) < 1.96 * sd)) >= 0.85
    assert spread == pytest.approx(0.2, abs=0.08)
    few, _, _ = speeds(np.array([2.0, *rng.normal(0, 0.8, 200)]), np.array([0, *rng.integers(1, 5, 200)]), 5)
    assert abs(few[0]) < 1.0


def shift(day: int, minute: int, zone: str = "Europe/Berlin") -> int:
    wall = datetime(2025, 1, 6) + timedelta(days=day, minutes=minute)
    return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def test_a_usual_week_with_its_break_and_its_absence_is_found_across_summer_time() -> None:
    rng = np.random.default_rng(26)
    times, missed, expected = [], 0, 0
    for day in range(DAYS):
        if day % 7 >= 5:
            continue
        expected += 1
        if rng.random() < 0.1:
            missed += 1
            continue
        minute = 540 + float(rng.exponential(2))
        while minute < 1_020:
            pause = 780 <= minute < 825
            minute = 825 + float(rng.exponential(2)) if pause else minute
            times.append(shift(day, 0) + int(minute * 60_000))
            minute += float(rng.lognormal(2.2, 0.5))
    time = np.array(times)
    there = attendance(
        time, np.zeros(len(time), np.int64), time, ["Europe/Berlin"], FIRST, FIRST + timedelta(days=DAYS - 1)
    )
    usual = there.usual[0]
    assert usual is not None
    assert {(one.start, one.end) for one in usual.spans} == {(540, 1_020)}
    assert len(usual.spans) == 5
    assert len(usual.breaks) == 1
    assert abs(usual.breaks[0][0] - 240) <= 5 and abs(usual.breaks[0][1] - 45) <= 10
    assert usual.absence == pytest.approx(missed / expected, abs=0.06)
    assert len(there.sessions) == expected - missed
    assert there.sessions[0].on in {shift(day, 540) for day in range(3)}


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 40 * 86_400_000), st.integers(1, 20 * 3_600_000))
def test_open_time_and_its_inverse_agree(at: int, length: int) -> None:
    opens = BASE + np.arange(60) * DAY + 8 * 3_600_000
    closes = opens + 10 * 3_600_000
    clock = OpenTime(opens, closes, np.arange(60) * 10 * 3_600_000)
    start = np.array([BASE + at])
    due = clock.reached(clock.elapsed(start) + length)
    assert int(clock.elapsed(due)[0] - clock.elapsed(start)[0]) == length
    assert int(due[0]) >= int(start[0])
