"""Item analysis against numpy and against worlds with a known answer; marking, and what cannot be said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.desks.training.item_analysis import FEWEST, Analysis, Sheet, analysed, correlation, kr20
from maitred.desks.training.marking import Choice, Question, is_right, marked, problems

LETTERS = "abcd"


def questions(count: int) -> list[Question]:
    """Questions of four answers, of which the first is right."""
    choices = tuple(Choice(key, f"Answer {key}", key == "a") for key in LETTERS)
    return [Question(f"q{one}", "single", f"Question {one}", choices) for one in range(count)]


def sheets(table: np.ndarray) -> list[Sheet]:
    """A table of people by items as sheets; whoever is wrong takes the second answer."""
    asked = questions(table.shape[1])
    answers = [{one.key: ["a" if hit else "b"] for one, hit in zip(asked, row, strict=True)} for row in table]
    return [Sheet(one, marked(asked, one)) for one in answers]


def world(seed: int, people: int, items: int, loading: float = 1.2) -> np.ndarray:
    """Right and wrong of people whose ability drives every item but the last, which is guessed."""
    draws = np.random.default_rng(seed)
    ability = draws.normal(0, 1, (people, 1))
    hard = np.linspace(-1, 1, items)
    chance = 1 / (1 + np.exp(-loading * (ability - hard)))
    chance[:, -1] = 0.5
    return (draws.random((people, items)) < chance).astype(int)


tables = st.integers(0, 2**31).flatmap(
    lambda seed: st.tuples(st.integers(2, 60), st.integers(2, 8)).map(
        lambda size: np.random.default_rng(seed).integers(0, 2, size)
    )
)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_reliability_and_discrimination_are_what_numpy_says(table: np.ndarray) -> None:
    total, k = table.sum(axis=1), table.shape[1]
    found = kr20(table.tolist())
    if total.var() == 0:
        assert found is None
    else:
        assert found is not None
        alpha = k / (k - 1) * (1 - table.var(axis=0).sum() / total.var())
        assert found.value == pytest.approx(alpha) and found.low <= found.value <= found.high
    answer = analysed(questions(k), sheets(table))
    for place, one in enumerate(answer.items):
        own, rest = table[:, place], total - table[:, place]
        assert one.right == own.sum() and sum(each.n for each in one.taken) == len(table)
        if len(table) < FEWEST:
            assert (one.difficulty, one.discrimination, one.remark) == (None, None, "too_few")
        elif own.var() and rest.var():
            assert one.discrimination is not None
            assert one.discrimination.value == pytest.approx(np.corrcoef(own, rest)[0, 1], abs=1e-9)


def test_a_guessed_question_is_told_from_those_that_measure() -> None:
    """Of 300 people the five items that ability drives discriminate, the guessed one does not."""
    answer = analysed(questions(6), sheets(world(7, 300, 6)))
    told = [one.remark for one in answer.items]
    assert told[:5] == ["fine"] * 5 and told[5] in ("weak", "cannot_tell")
    assert answer.reliability is not None and answer.reliability.low > 0.3


def test_a_wrong_key_shows_as_a_negative_discrimination() -> None:
    table = world(11, 200, 6)
    table[:, 2] = 1 - table[:, 2]
    answer = analysed(questions(6), sheets(table))
    assert answer.items[2].remark == "key_suspect"
    right, wrong = answer.items[2].taken[:2]
    assert right.others is not None and wrong.others is not None and wrong.others > right.others


def test_remarks_need_the_whole_interval() -> None:
    few: Analysis = analysed(questions(3), sheets(np.ones((FEWEST - 1, 3), dtype=int)))
    assert (few.reliability, {one.remark for one in few.items}) == (None, {"too_few"})
    twenty = analysed(questions(3), sheets(np.ones((FEWEST, 3), dtype=int)))
    assert {one.remark for one in twenty.items} == {"cannot_tell"}, "20 of 20 may still be nine in ten"
    many = analysed(questions(3), sheets(np.ones((200, 3), dtype=int)))
    assert {one.remark for one in many.items} == {"too_easy"} and many.items[0].unused == ("b", "c", "d")
    none = analysed(questions(3), sheets(np.zeros((60, 3), dtype=int)))
    assert {one.remark for one in none.items} == {"too_hard"}


@pytest.mark.slow
def test_the_intervals_hold_what_they_promise() -> None:
    """Of 600 worlds of 40 people about 95 in 100 intervals hold the value of a very large world."""
    truth = world(1, 400_000, 6)
    rest = truth.sum(axis=1) - truth[:, 2]
    r = np.corrcoef(truth[:, 2], rest)[0, 1]
    k = truth.shape[1]
    alpha = k / (k - 1) * (1 - truth.var(axis=0).sum() / truth.sum(axis=1).var())
    hits = np.zeros(2)
    for seed in range(600):
        table = world(1_000 + seed, 40, 6)
        found = correlation(table[:, 2].tolist(), (table.sum(axis=1) - table[:, 2]).tolist())
        whole = kr20(table.tolist())
        hits += [found is not None and found.low <= r <= found.high,
                 whole is not None and whole.low <= alpha <= whole.high]  # fmt: skip
    assert (hits >= 0.92 * 600).all() and (hits <= 0.985 * 600).all(), hits / 600


def test_answers_are_right_by_their_meaning_and_not_by_their_spelling() -> None:
    text = Question("q", "text", "Who?", accepted=("Straße 1", "lead"))
    assert is_right(text, ["  STRASSE  1 "]) and is_right(text, ["Lead"])
    assert not is_right(text, []) and not is_right(text, ["lead", "lead"]) and not is_right(text, [""])
    several = Question("m", "multiple", "Which?", tuple(Choice(key, key, key in "ab") for key in LETTERS))
    assert is_right(several, ["b", "a"])
    assert not is_right(several, ["a"]) and not is_right(several, ["a", "b", "c"]) and not is_right(several, [])


def test_a_quiz_that_cannot_be_marked_is_told_where() -> None:
    assert [one["code"] for one in problems([])] == ["empty"]
    two_right = Question("a", "single", "?", (Choice("x", "X", True), Choice("y", "Y", True)))
    alike = Question("a", "multiple", "?", (Choice("x", " Same"), Choice("y", "same ")))
    nothing = Question("b", "text", "?", accepted=(" ",))
    found = [(one["field"], one["code"]) for one in problems([two_right, alike, nothing])]
    assert found == [
        ("questions.0.choices", "key"), ("questions.1.key", "double"), ("questions.1.choices", "double"),
        ("questions.1.choices", "key"), ("questions.2.accepted", "empty"),
    ]  # fmt: skip
