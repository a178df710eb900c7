"""The verdict on simulated people: nothing is claimed where nothing works, and what works is found where it can be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from maitred.desks.coaching.judging import Cases, Goal, foreseen, judged
from maitred.desks.coaching.tests.worlds import START, null_world, verdicts

LONG = {"scale": "ratio", "days_before": 300, "days_after": 63}
SHORT = {"scale": "ratio", "days_before": 100, "days_after": 42}


def calm(seed: int, gain: float, others: int = 12, days_after: int = 63) -> tuple[Cases, Goal]:
    """People who hardly differ from week to week, one of whom becomes faster by ``gain`` when the plan starts."""
    cases, goal = null_world(
        seed, scale="ratio", days_before=300, days_after=days_after, people=others + 1, per_day=12.0, slow=0.01
    )
    after = (cases.who == 0) & (cases.day >= START.toordinal())
    value = np.where(after, cases.value + np.log1p(-gain), cases.value)
    return replace(cases, value=value), goal


@pytest.mark.parametrize("world", [LONG, SHORT], ids=["weeks", "days"])
def test_of_the_worst_whom_nothing_helped_few_are_said_to_be_helped(world: dict[str, object]) -> None:
    found = Counter(verdicts(6, **world))
    assert found["worked"] <= 1
    assert found["cannot_tell"] >= 3


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["ratio", "share"])
@pytest.mark.parametrize(("before", "after"), [(300, 63), (100, 42)], ids=["weeks", "days"])
def test_worked_is_claimed_falsely_in_at_most_one_of_twenty_null_worlds(scale: str, before: int, after: int) -> None:
    found = Counter(verdicts(100, scale=scale, days_before=before, days_after=after))
    assert found["worked"] <= 5, found


def test_what_works_is_found_where_it_can_be_seen() -> None:
    found = [judged(*calm(seed, 0.45)) for seed in range(3)]
    assert sum(one.verdict == "worked" for one in found) >= 2
    held = [one for one in found if one.effect is not None and one.effect.low <= 0.45 <= one.effect.high]
    assert len(held) >= 2


def test_what_could_be_seen_is_told_before_and_holds_afterwards() -> None:
    cases, goal = calm(1, 0.0)
    gone = cases.day < START.toordinal()
    past = Cases(cases.day[gone], cases.value[gone], cases.who[gone])
    before, after = foreseen(past, goal), judged(cases, goal)
    assert before.smallest_seen is not None and after.smallest_seen is not None
    assert 0.5 < before.smallest_seen / after.smallest_seen < 2.0
    assert (before.width, before.others) == (7, 12)


def test_the_worst_are_never_helped_by_before_and_after_alone() -> None:
    cases, goal = calm(2, 0.6, others=3)
    found = judged(cases, goal)
    assert (found.verdict, found.reason) == ("cannot_tell", "regression_to_the_mean")
    assert foreseen(cases, goal).reason == "regression_to_the_mean"
    otherwise = judged(cases, replace(goal, selected=None))
    assert otherwise.verdict == "worked"


def test_where_nothing_is_left_before_the_selection_nothing_can_be_told() -> None:
    cases, goal = calm(3, 0.5)
    all_of_it = replace(goal, selected=(START - timedelta(days=400), START - timedelta(days=1)))
    found = judged(cases, all_of_it)
    assert (found.verdict, found.effect, found.reason) == ("cannot_tell", None, "regression_to_the_mean")


def test_a_plan_that_is_too_short_is_told_so_before() -> None:
    cases, goal = calm(4, 0.0)
    assert foreseen(cases, replace(goal, end=START + timedelta(days=5))).reason == "too_short"


def test_worse_is_no_success_and_is_named() -> None:
    found = judged(*calm(5, -0.9))
    assert (found.verdict, found.reason) == ("did_not", "worse")
    assert found.effect is not None and found.effect.high < 0


def test_nothing_is_said_without_cases_or_while_they_run() -> None:
    cases, goal = calm(6, 0.5)
    nobody = Cases(np.array([]), np.array([]), np.array([], np.int64))
    assert (judged(nobody, goal).verdict, judged(nobody, goal).reason) == ("cannot_tell", "no_data")
    assert foreseen(nobody, goal).smallest_seen is None
    assert judged(replace(cases, open=10_000), goal).reason == "still_open"


def test_an_effect_smaller_than_worth_having_is_no_success() -> None:
    cases, goal = calm(7, 0.0)
    found = judged(cases, replace(goal, smallest=0.9))
    assert (found.verdict, found.reason) == ("did_not", "")
    assert found.effect is not None and found.effect.high < 0.9
