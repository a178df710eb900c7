"""Many series on one day, surveys weighted back, drivers side by side, and time until something ends."""

from __future__ import annotations

import numpy as np
import pytest

from maitred.base.errors import Invalid
from maitred.insight.drivers import drivers
from maitred.insight.multiplicity import adjusted, screen
from maitred.insight.nonresponse import weighted
from maitred.insight.survival import lasting
from maitred.insight.tests.worlds import WEEK, data, expit

# Weeks of remission of 21 patients under 6-MP (Freireich et al. 1963), and whether it ended
REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
ENDED = [1] * 9 + [0] * 12


def test_corrections_are_as_published() -> None:
    p = [0.01, 0.04, 0.03, 0.005]
    assert adjusted(p).round(4).tolist() == [0.02, 0.04, 0.04, 0.02]
    assert adjusted(p, "holm").round(4).tolist() == [0.03, 0.06, 0.06, 0.02]
    assert (adjusted(p, "by") >= adjusted(p)).all()


def _screened(dice: np.random.Generator, topics: int = 100) -> tuple[set[str], set[str]]:
    """Flagged and truly lifted topics of one day."""
    base, lifted = dice.lognormal(4.2, 0.4, topics), dice.random(topics) < 0.1
    mean = base[:, None] * WEEK[np.arange(57) % 7]
    mean[lifted, -1] *= 1.6
    value = dice.negative_binomial(mean / 0.3, 1 / 1.3)
    names = [f"t{topic:03d}" for topic in range(topics) for _ in range(57)]
    found = screen(data(series=names, t=np.tile(np.arange(57), topics), value=value.ravel()), 56)
    assert (found.tested, found.skipped) == (topics, 0)
    return {one.series for one in found.flagged}, {f"t{topic:03d}" for topic in np.flatnonzero(lifted)}


def test_a_lifted_topic_is_flagged_with_its_size() -> None:
    value = np.full(57, 40.0)
    value[56] = 90
    held = data(series=["a"] * 57 + ["b"] * 57, t=[*range(57)] * 2, value=[*value, *([40.0] * 56), 41.0])
    found = screen(held, 56)
    assert [one.series for one in found.flagged] == ["a"]
    assert found.flagged[0].direction == "up"
    assert 1 < found.flagged[0].effect.low < found.flagged[0].effect.value < 2.4


def test_a_series_with_a_short_past_is_skipped() -> None:
    found = screen(data(series=["new"] * 5, t=range(5), value=[1, 1, 1, 1, 50]), 4)
    assert (found.tested, found.skipped, found.flagged) == (0, 1, ())


@pytest.mark.slow
def test_among_the_flagged_few_are_false_and_most_lifted_topics_are_there() -> None:
    dice = np.random.default_rng(1)
    false = claimed = found = there = 0
    for _ in range(200):
        flagged, lifted = _screened(dice)
        false += len(flagged - lifted)
        claimed += len(flagged)
        found += len(flagged & lifted)
        there += len(lifted)
    assert false / claimed <= 0.12
    assert found / there >= 0.8


def _survey(dice: np.random.Generator) -> tuple[object, float]:
    channel, wait = dice.integers(0, 3, 1_500), dice.integers(0, 4, 1_500)
    value = (dice.random(1_500) < expit(1.6 + 0.4 * (channel == 1) - 0.5 * wait)).astype(float)
    answered = dice.random(1_500) < expit(-2.2 + 0.5 * wait + 0.3 * (channel == 2))
    shown = np.where(answered, value, np.nan)
    texts = {"channel": [str(one) for one in channel], "wait": [str(one) for one in wait]}
    return data(answered=answered.astype(float), value=shown, **texts), float(value.mean())


def test_weighting_mends_what_is_known_of_everybody() -> None:
    held, truth = _survey(np.random.default_rng(2))
    found = weighted(held, ["channel", "wait"])  # type: ignore[arg-type]
    assert found.value is not None and found.unadjusted is not None and found.low is not None and found.high is not None
    assert abs(found.value - truth) < abs(found.unadjusted - truth)
    assert found.low < truth < found.high


def test_a_cell_with_few_answers_joins_its_neighbour() -> None:
    topic = ["a"] * 60 + ["b"] * 3
    found = weighted(data(answered=[1.0] * 63, value=[1.0] * 60 + [0.0] * 3, topic=topic), ["topic"])
    assert found.cells == 1


def test_an_answer_without_a_value_is_refused() -> None:
    with pytest.raises(Invalid, match="without a value"):
        weighted(data(answered=[1.0] * 12, value=[np.nan] * 12), [])


@pytest.mark.slow
def test_weighted_intervals_cover_the_share_of_everybody_asked() -> None:
    dice = np.random.default_rng(3)
    hit, away = 0, []
    for _ in range(1_000):
        held, truth = _survey(dice)
        found = weighted(held, ["channel", "wait"])  # type: ignore[arg-type]
        assert found.value is not None and found.low is not None and found.high is not None
        hit += found.low <= truth <= found.high
        away.append(found.value - truth)
    assert 0.935 <= hit / 1_000 <= 0.975
    assert abs(np.mean(away)) <= 0.007


def _explained(dice: np.random.Generator, n: int = 800) -> object:
    wait = dice.exponential(2, n)
    topic = dice.choice(["a", "b", "c"], n)
    value = (dice.random(n) < expit(1.5 - 0.4 * wait + (topic == "b"))).astype(float)
    return data(csat=value, wait=wait, same=wait + dice.normal(0, 0.05, n), noise=dice.normal(0, 1, n), topic=[*topic])


def test_drivers_carry_their_effect_and_their_part_of_what_is_explained() -> None:
    found = drivers(_explained(np.random.default_rng(4)), "csat", ["wait", "noise", "topic"])  # type: ignore[arg-type]
    named = {one.name: one for one in found.drivers}
    assert found.model == "logistic"
    assert named["wait"].effect.high < 0
    assert named["noise"].effect.low < 0 < named["noise"].effect.high
    assert named["wait"].share > 0.5 > named["noise"].share
    levels = next(one.share for name, one in named.items() if name.startswith("topic="))
    assert named["wait"].share + named["noise"].share + levels == pytest.approx(1)


def test_numbers_that_say_the_same_are_one_driver() -> None:
    found = drivers(_explained(np.random.default_rng(5)), "csat", ["wait", "same"])  # type: ignore[arg-type]
    assert [one.together_with for one in found.drivers] == [("same",), ("wait",)]
    assert found.drivers[0].share == found.drivers[1].share == pytest.approx(1)


def test_a_linear_model_agrees_with_least_squares() -> None:
    dice = np.random.default_rng(6)
    x, z = dice.normal(0, 1, 200), dice.normal(0, 1, 200)
    y = 2 + 3 * x - z + dice.normal(0, 1, 200)
    found = drivers(data(y=y, x=x, z=z), "y", ["x", "z"])
    beta = np.linalg.lstsq(np.column_stack([np.ones(200), x, z]), y, rcond=None)[0]
    assert [one.effect.value for one in found.drivers] == pytest.approx(beta[1:].tolist())


def test_an_outcome_that_never_varies_has_no_drivers() -> None:
    assert drivers(data(y=[1.0] * 50, x=range(50)), "y", ["x"]).verdict == "cannot_tell"


def test_remission_lasts_as_published() -> None:
    found = lasting(np.array(REMISSION, float), np.array(ENDED, float), [6, 10, 23])
    assert [round(one.value, 4) for one in found.at] == [0.8571, 0.7529, 0.4482]
    assert [one.at_risk for one in found.at] == [21, 15, 6]
    assert (found.median, found.median_low, found.median_high) == (23.0, 13.0, None)


def test_before_the_first_end_nothing_is_lost_and_the_limit_is_exact() -> None:
    at = lasting(np.array(REMISSION, float), np.array(ENDED, float), [2]).at[0]
    assert (at.value, at.high, round(at.low, 3)) == (1.0, 1.0, round(0.025 ** (1 / 21), 3))


@pytest.mark.slow
def test_survival_intervals_cover() -> None:
    dice = np.random.default_rng(7)
    shares, medians = 0, 0
    for _ in range(1_500):
        real, seen = dice.exponential(6, 80), dice.uniform(0, 20, 80)
        found = lasting(np.minimum(real, seen), (real <= seen).astype(float), [4])
        shares += found.at[0].low <= np.exp(-4 / 6) <= found.at[0].high
        low = found.median_low if found.median_low is not None else np.inf
        medians += low <= 6 * np.log(2) <= (found.median_high if found.median_high is not None else np.inf)
    assert abs(shares / 1_500 - 0.95) <= 0.02
    assert abs(medians / 1_500 - 0.95) <= 0.025
