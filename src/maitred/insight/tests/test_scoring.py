"""What a review comes to, on cases worked out by hand from the documented formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.insight.scoring import Item, item_of, problem_of, problems, score, value_of, weights

TONE = Item("tone", "Tone", "scale", 20, minimum=1, maximum=5, allows_na=True)
SOLVED = Item("solved", "Solved", "yes_no", 50)
GREETED = Item("greeted", "Greeted", "scale", 30, minimum=0, maximum=2)
SAFE = Item("safe", "Asked who it is", "scale", 50, minimum=1, maximum=5, critical=True)
CARD = (TONE, SOLVED, GREETED)


@pytest.mark.parametrize(("answer", "worth"), [(1.0, 0.0), (2.0, 0.25), (3.0, 0.5), (4.0, 0.75), (5.0, 1.0)])
def test_an_item_is_worth_its_place_on_its_scale(answer: float, worth: float) -> None:
    assert value_of(TONE, answer) == worth


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"tone": 5.0, "solved": "yes", "greeted": 2.0}, 100.0),
        ({"tone": 3.0, "solved": "yes", "greeted": 1.0}, 75.0),  # (0.5·20 + 1·50 + 0.5·30) / 100
        ({"tone": 1.0, "solved": "no", "greeted": 0.0}, 0.0),
        ({"tone": "na", "solved": "yes", "greeted": 1.0}, 81.25),  # (50 + 15) / 80
        ({"solved": "no", "greeted": 2.0}, 37.5),  # (0 + 30) / 80
        ({"tone": "na"}, None),
        ({}, None),
    ],
)
def test_a_review_is_the_weighted_mean_of_what_applies(answers: dict[str, float | str], expected: float | None) -> None:
    assert score(CARD, answers).score == (expected if expected is None else pytest.approx(expected))


def test_a_critical_item_under_half_of_its_scale_makes_the_review_nothing() -> None:
    card = (SAFE, Item("rest", "Rest", "yes_no", 50))
    assert score(card, {"safe": 2.9, "rest": "yes"}).score == 0.0
    assert score(card, {"safe": 2.9, "rest": "yes"}).failed == ("safe",)
    assert score(card, {"safe": 3.0, "rest": "yes"}).score == 75.0
    assert score(card, {"safe": 3.0, "rest": "yes"}).failed == ()


def test_a_critical_item_without_weight_still_counts_when_it_fails() -> None:
    card = (Item("safe", "Safe", "yes_no", 0, critical=True), Item("rest", "Rest", "yes_no", 100))
    assert score(card, {"safe": "no", "rest": "yes"}).score == 0.0
    assert score(card, {"safe": "yes", "rest": "yes"}).score == 100.0
    assert score(card, {"safe": "no"}).score == 0.0
    assert score(card, {"safe": "yes"}).score is None


def test_an_automatic_item_is_never_part_of_a_score() -> None:
    card = (Item("machine", "Machine", "yes_no", 100, source="automatic"), Item("rest", "Rest", "yes_no", 100))
    assert score(card, {"machine": "no", "rest": "yes"}).score == 100.0
    assert weights(card) == 100


@given(st.lists(st.tuples(st.floats(0.5, 100), st.floats(0, 1), st.booleans()), min_size=1, max_size=12))
def test_a_score_lies_between_its_worst_and_its_best_item(rows: list[tuple[float, float, bool]]) -> None:
    card = [Item(f"k{n}", f"K{n}", "scale", weight, allows_na=True) for n, (weight, _, _) in enumerate(rows)]
    answers: dict[str, float | str] = {f"k{n}": "na" if out else value for n, (_, value, out) in enumerate(rows)}
    there = [value for _, value, out in rows if not out]
    found = score(card, answers).score
    assert (found is None) is (not there)
    if found is not None:
        assert 100 * min(there) - 1e-6 <= found <= 100 * max(there) + 1e-6


@pytest.mark.parametrize(
    ("items", "code", "says"),
    [
        ((), "empty", "at least one item"),
        ((SOLVED, GREETED), "weights", "add up to 80, not to 100"),
        ((SOLVED, Item("solved", "Again", "yes_no", 50)), "double", "two items have the key solved"),
        ((Item("a", "Bad", "scale", 100, minimum=3, maximum=3),), "scale", "the end must be larger"),
        ((Item("a", "Bad", "scale", 100, anchors=((2.0, "two"),)),), "anchor", "2 is not on the scale"),
        ((Item("a", "A", "yes_no", 100), Item("b", "B", "yes_no", 0)), "idle", "changes nothing"),
        ((Item("m", "M", "yes_no", 100, source="automatic"),), "empty", "at least one item"),
    ],
)
def test_what_stands_against_a_scorecard_is_named(items: tuple[Item, ...], code: str, says: str) -> None:
    found = problems(items)
    assert any(one["code"] == code and says in one["message"] for one in found), found


def test_a_sound_scorecard_has_no_problem_and_survives_its_plain_form() -> None:
    assert problems(CARD) == ()
    anchored = Item("a", "A", "scale", 100, maximum=2, anchors=((0.0, "no"), (2.0, "yes")))
    assert item_of(anchored.plain()) == anchored
    thirds = [Item(f"k{n}", f"K{n}", "yes_no", 33.33) for n in range(3)]
    assert problems([*thirds[:2], Item("k9", "K9", "yes_no", 33.34)]) == ()


@pytest.mark.parametrize(
    ("item", "answer", "says"),
    [
        (TONE, 5.5, "from 1 to 5"), (TONE, "yes", "from 1 to 5"), (TONE, float("nan"), "from 1 to 5"),
        (SOLVED, "na", "always applies"), (SOLVED, 1.0, "yes or no"), (TONE, "na", ""), (SOLVED, "no", ""),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_its_item_is_named(item: Item, answer: float | str, says: str) -> None:
    found = problem_of(item, answer)
    assert says in found
    assert bool(found) is bool(says)
