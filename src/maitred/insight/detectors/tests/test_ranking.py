"""Order of the list: harm times confidence, news last, seven shown, and what is in hand folded until it worsens."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.insight.detectors.joining import Joined
from maitred.insight.detectors.ranking import SHOWN, Handled, Placed, harm_of, rank, resting, routine
from maitred.insight.detectors.tests.test_joining import BILLING, PERSON, said

FOLDED = "seven others weigh more"


def placed(name: str, score: float, *, good: bool = False, new: bool = False, folded: str = "") -> Placed:
    family = "improvement" if good else "speed"
    return Placed(Joined(said(family, BILLING, good=good)), name, score, score, new, folded)


def test_seven_are_shown_and_the_rest_is_folded_with_the_reason() -> None:
    found = rank([placed(f"f{number}", number) for number in range(10)])
    assert [one.id for one in found] == [f"f{number}" for number in range(9, -1, -1)]
    assert [one.folded for one in found] == [""] * SHOWN + [FOLDED] * 3


def test_news_never_stands_above_harm() -> None:
    found = rank([placed("news", 900.0, good=True), placed("small", 0.1), placed("large", 10.0)])
    assert [one.id for one in found] == ["large", "small", "news"]


def test_new_ones_go_first_among_equal_scores_alone() -> None:
    found = rank([placed("a", 5.0), placed("b", 5.0, new=True), placed("c", 6.0)])
    assert [one.id for one in found] == ["c", "b", "a"]


def test_what_is_in_hand_takes_no_place_of_the_seven() -> None:
    found = rank([placed(f"f{number}", number, folded="assigned" if number > 7 else "") for number in range(10)])
    assert sum(not one.folded for one in found) == SHOWN
    assert [one.folded for one in found] == ["assigned"] * 2 + [""] * 7 + [FOLDED]


@given(st.permutations(range(12)), st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_the_order_does_not_depend_on_how_they_came(order: list[int], scores: list[int]) -> None:
    every = [placed(f"f{number:02d}", score, good=number % 4 == 0) for number, score in enumerate(scores)]
    assert rank([every[number] for number in order]) == rank(every)


def test_harm_is_waiting_and_revenue_at_its_price_and_at_least_the_floor() -> None:
    one = Joined(said("account_risk", BILLING, waiting=10.0, revenue=500.0))
    assert harm_of(one) == 10.0 + 500.0 / 25.0
    assert harm_of(one, money=50.0) == 20.0
    assert harm_of(Joined(said("sensitive_data", PERSON, waiting=1.0, floor=40.0))) == 40.0


@pytest.mark.parametrize(
    ("handled", "harm", "at", "why"),
    [
        (None, 100.0, 0, ""),
        (Handled("acknowledged", 100.0), 124.9, 0, "acknowledged"),
        (Handled("acknowledged", 100.0), 125.0, 0, ""),
        (Handled("assigned", 100.0), 60.0, 0, "assigned"),
        (Handled("snoozed", 100.0, until=50), 100.0, 49, "snoozed"),
        (Handled("snoozed", 100.0, until=50), 100.0, 50, ""),
        (Handled("snoozed", 100.0, until=50), 130.0, 10, ""),
        (Handled("known", 100.0), 900.0, 0, "known"),
        (Handled("done", 100.0), 900.0, 0, "done"),
    ],
)
def test_what_is_in_hand_rests_until_it_is_a_quarter_worse_or_its_date_comes(
    handled: Handled | None, harm: float, at: int, why: str
) -> None:
    assert resting(handled, harm, at) == why


@pytest.mark.parametrize(("family", "queue"), [("sla_due", True), ("data_health", True), ("speed", False)])
def test_queues_of_work_are_told_from_changes(family: str, queue: Any) -> None:
    assert routine(Joined(said(family, BILLING))) is queue
