"""The alarm engine: its budget of false alarms, its delay, and that it never looks ahead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.base.errors import Invalid
from maitred.insight.change import changes
from maitred.insight.datasets import DataSet
from maitred.insight.tests.worlds import counts, data, shares

YEAR = 56 + 365


def _cut(held: DataSet, days: int) -> DataSet:
    return held.kept(held.numbers("t") < days)


def test_a_lift_is_found_with_its_day_its_direction_and_its_size() -> None:
    found = changes(counts(np.random.default_rng(1), 140, 1.6, 100), "count")
    assert found.verdict == "change"
    first = found.alarms[0]
    assert (first.direction, first.unit) == ("up", "ratio")
    assert 98 <= first.since <= first.t <= 106
    assert 1.2 < first.effect.low < first.effect.value < first.effect.high


def test_what_is_said_about_a_day_depends_on_no_later_day() -> None:
    held = counts(np.random.default_rng(2), 160, 1.4, 100)
    whole = changes(held, "count").alarms
    assert whole
    for days in (90, 104, 120, 140):
        cut = changes(_cut(held, days), "count").alarms
        assert cut == tuple(one for one in whole if one.t < days)


def test_a_share_needs_its_n_and_falls_in_points() -> None:
    found = changes(shares(np.random.default_rng(3), 150, 0.9, 0.7, 100), "share")
    assert found.alarms[0].direction == "down"
    assert -0.4 < found.alarms[0].effect.low < found.alarms[0].effect.high < 0
    with pytest.raises(Invalid, match="column n"):
        changes(data(t=range(80), value=[1.0] * 80), "share")


def test_holidays_are_left_out() -> None:
    held = counts(np.random.default_rng(4), 120)
    value = held.numbers("value").copy()
    value[100:106] = 0
    low = DataSet("0", {"t": held.numbers("t"), "value": value}, held.rows)
    assert changes(low, "count").alarms
    marked = {**low.columns, "holiday": np.isin(np.arange(120), range(100, 106)).astype(float)}
    assert changes(DataSet("0", marked, held.rows), "count").alarms == changes(held, "count").alarms == ()


@pytest.mark.parametrize(
    "held",
    [data(t=range(30), value=[5.0] * 30), data(t=range(100), value=[7.0] * 100), data(t=[], value=[])],
    ids=["a month", "all equal", "nothing"],
)
def test_thin_or_constant_series_raise_no_alarm(held: DataSet) -> None:
    assert changes(held, "count").verdict == "not_enough_data"


def test_a_gap_of_a_month_is_not_a_change() -> None:
    held = counts(np.random.default_rng(5), 160)
    gone = held.kept((held.numbers("t") < 90) | (held.numbers("t") >= 120))
    assert changes(gone, "count").alarms == ()


@pytest.mark.parametrize("value", [-1.0, 2.5])
def test_what_is_no_count_is_refused(value: float) -> None:
    with pytest.raises(Invalid, match="whole numbers"):
        changes(data(t=range(80), value=[value] * 80), "count")


def _alarms(draw: Any, kind: Any, sets: int) -> float:
    return float(np.mean([len(changes(draw(), kind).alarms) for _ in range(sets)]))


def _following(dice: np.random.Generator) -> DataSet:
    error = np.zeros(YEAR)
    for t in range(1, YEAR):
        error[t] = 0.5 * error[t - 1] + dice.normal()
    return data(t=range(YEAR), value=100 + error)


@pytest.mark.slow
def test_series_without_change_keep_to_the_budget() -> None:
    dice = np.random.default_rng(8)
    assert _alarms(lambda: counts(dice, YEAR), "count", 400) <= 1.2
    assert _alarms(lambda: shares(dice, YEAR), "share", 400) <= 1.2
    assert _alarms(lambda: _following(dice), "value", 400) <= 1.5


@pytest.mark.slow
@pytest.mark.parametrize("lift", [0.7, 1.3, 1.6])
def test_the_size_of_a_change_is_covered_although_it_was_picked_for_being_large(lift: float) -> None:
    dice = np.random.default_rng(10)
    found = [changes(counts(dice, 150, lift, 100), "count").alarms for _ in range(300)]
    sizes = [next(one.effect for one in alarms if one.t >= 100) for alarms in found if alarms and alarms[-1].t >= 100]
    assert np.mean([one.low <= lift <= one.high for one in sizes]) >= 0.88
    assert abs(np.mean([one.value for one in sizes]) - lift) <= 0.05


@pytest.mark.slow
def test_real_changes_are_found_within_days() -> None:
    dice = np.random.default_rng(9)

    def delays(draw: Any, kind: Any) -> list[float]:
        found = [changes(draw(), kind).alarms for _ in range(300)]
        return [min((one.t - 99 for one in alarms if one.t >= 100), default=999.0) for alarms in found]

    lifted = delays(lambda: counts(dice, 150, 1.3, 100), "count")
    fallen = delays(lambda: shares(dice, 150, 0.88, 0.80, 100), "share")
    assert np.median(lifted) <= 8
    assert np.median(fallen) <= 9
    assert np.mean(np.array(fallen) <= 14) >= 0.8
