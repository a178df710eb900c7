"""Did it work: designs, checks, regression to the mean, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from maitred.base.errors import Invalid
from maitred.insight.effect import effect
from maitred.insight.power import smallest_effect
from maitred.insight.tests.worlds import data, panel, series

NEVER = float("inf")
AT_ONCE = [6.0] * 10 + [np.nan] * 10
STAGGERED = [6.0, 8.0, 10.0] * 4 + [np.nan] * 8


def _never(starts: list[float]) -> list[float]:
    return [NEVER if np.isnan(one) else one for one in starts]


def _panel(dice: np.random.Generator, size: float, starts: list[float], growth: float = 0.0) -> tuple[object, float]:
    held, truth = panel(dice, size, _never(starts), growth=growth)
    given = held.numbers("treated_from")
    held.columns["treated_from"] = np.where(np.isinf(given), np.nan, given)
    return held, truth


def test_a_large_effect_is_seen_and_its_design_named() -> None:
    held, truth = _panel(np.random.default_rng(1), 0.12, AT_ONCE)
    found = effect(held, "share")  # type: ignore[arg-type]
    assert (found.design, found.verdict) == ("did", "improved")
    assert found.effect is not None and found.effect.low < truth < found.effect.high
    assert found.checks["pre_trend"]["passed"] is True
    assert found.checks["placebo_dates"] == {"n": 3, "share_as_large": 0.0}
    assert found.checks["leave_one_out"]["low"] <= found.effect.value <= found.checks["leave_one_out"]["high"]


def test_many_starts_are_a_staggered_design() -> None:
    held, truth = _panel(np.random.default_rng(2), 0.08, STAGGERED, 0.005)
    found = effect(held, "share")  # type: ignore[arg-type]
    assert found.design == "staggered"
    assert found.effect is not None and found.effect.low < truth < found.effect.high


def test_units_that_drifted_apart_before_are_no_proof() -> None:
    dice = np.random.default_rng(3)
    rows = [
        (f"u{u:02d}", t, 0.02 * t * (u < 10) + dice.normal(0, 0.01), 6.0 if u < 10 else np.nan)
        for u in range(20)
        for t in range(12)
    ]
    unit, t, value, start = (list(one) for one in zip(*rows, strict=True))
    found = effect(data(unit=unit, t=t, value=value, treated_from=start), "mean")
    assert (found.verdict, found.reason) == ("cannot_tell", "pre_trend")


def test_starts_that_never_were_show_how_large_chance_is() -> None:
    held, _ = _panel(np.random.default_rng(12), 0.0, AT_ONCE)
    found = effect(held, "share")  # type: ignore[arg-type]
    assert found.checks["placebo_dates"]["n"] == 3
    assert found.checks["placebo_dates"]["share_as_large"] > 0


def test_few_units_say_nothing() -> None:
    held, _ = _panel(np.random.default_rng(4), 0.3, [6.0] * 2 + [np.nan] * 3)
    found = effect(held, "share")  # type: ignore[arg-type]
    assert (found.verdict, found.effect) == ("not_enough_data", None)


def test_without_others_and_with_a_short_series_it_stays_a_description() -> None:
    held = data(unit=["a"] * 12, t=range(12), value=[1.0] * 6 + [2.0] * 6, treated_from=[6.0] * 12)
    found = effect(held, "mean")
    assert (found.design, found.verdict, found.reason) == ("before_after", "cannot_tell", "no_control")


def test_periods_by_which_units_were_chosen_are_no_baseline() -> None:
    held, _ = _panel(np.random.default_rng(5), 0.0, [2.0] * 10 + [np.nan] * 10)
    found = effect(held, "share", selected_on=(0, 1))  # type: ignore[arg-type]
    assert (found.verdict, found.reason) == ("cannot_tell", "regression_to_the_mean")


def test_a_unit_with_two_starts_is_refused() -> None:
    with pytest.raises(Invalid, match="more than one start"):
        effect(data(unit=["a", "a"], t=[0, 1], value=[1, 1], treated_from=[0, 1]), "mean")


def test_power_is_as_published() -> None:
    assert round(smallest_effect("share", base=0.88, treated=10, control=10, n=40), 3) == 0.091
    assert round(smallest_effect("share", base=0.88, treated=10, control=10, n=120), 3) == 0.053


@pytest.mark.slow
def test_without_an_effect_there_are_hardly_any_claims_and_intervals_cover() -> None:
    dice = np.random.default_rng(6)
    claims, hit = 0, 0
    for _ in range(600):
        found = effect(_panel(dice, 0.0, AT_ONCE)[0], "share")  # type: ignore[arg-type]
        claims += found.verdict in ("improved", "worsened")
        hit += found.effect is not None and found.effect.low <= 0 <= found.effect.high
    assert claims / 600 <= 0.065
    assert abs(hit / 600 - 0.95) <= 0.02


@pytest.mark.long
@pytest.mark.slow
def test_growing_effects_of_staggered_starts_are_neither_missed_nor_biased() -> None:
    dice = np.random.default_rng(7)
    hit, away, truths = 0, [], []
    for _ in range(500):
        held, truth = _panel(dice, 0.02, STAGGERED, 0.008)
        found = effect(held, "share")  # type: ignore[arg-type]
        assert found.effect is not None
        hit += found.effect.low <= truth <= found.effect.high
        away.append(found.effect.value - truth)
        truths.append(truth)
    assert abs(hit / 500 - 0.95) <= 0.025
    assert abs(np.mean(away)) <= 0.05 * np.mean(truths)


@pytest.mark.slow
def test_the_coached_worst_five_do_not_improve_by_themselves() -> None:
    dice = np.random.default_rng(8)
    improved = 0
    for _ in range(300):
        values = dice.binomial(40, np.clip(dice.normal(0.86, 0.02, 20), 0, 1)[:, None], (20, 8))
        worst = set(np.argsort(values[:, 3])[:5])
        rows = [(f"u{u:02d}", t, values[u, t], 40, 4.0 if u in worst else np.nan) for u in range(20) for t in range(8)]
        unit, t, value, n, start = (list(one) for one in zip(*rows, strict=True))
        held = data(unit=unit, t=t, value=value, n=n, treated_from=start)
        improved += effect(held, "share", selected_on=(3, 3)).verdict == "improved"
    assert improved / 300 <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("step", [0.0, 2.0])
def test_a_single_series_is_judged_with_its_season_and_its_memory(step: float) -> None:
    dice = np.random.default_rng(9)
    found = [effect(series(dice, step), "mean", season=12) for _ in range(500)]
    assert {one.design for one in found} == {"its"}
    hit = np.mean([one.effect is not None and one.effect.low <= step <= one.effect.high for one in found])
    assert 0.92 <= hit <= 0.98
    if step == 0:
        assert np.mean([one.verdict != "no_effect_shown" for one in found]) <= 0.08
