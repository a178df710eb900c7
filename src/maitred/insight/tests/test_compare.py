"""Comparing people on like cases: coverage, shrinkage, who is told apart, and what is never said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.base.errors import Invalid
from maitred.insight.compare import compare, groups
from maitred.insight.tests.worlds import data, people


@pytest.mark.parametrize("kind", ["share", "duration"])
def test_every_subject_is_shrunken_towards_the_others_and_named_in_order(kind: Any) -> None:
    held, _ = people(np.random.default_rng(3), kind, 0.4)
    found = compare(held, kind, ["topic"])
    assert [one.subject for one in found.subjects] == sorted(one.subject for one in found.subjects)
    raw = np.array([one.raw for one in found.subjects])
    shrunken = np.array([one.shrunken for one in found.subjects])
    assert np.ptp(shrunken) < np.ptp(raw)
    assert all(one.low < one.shrunken < one.high for one in found.subjects)


@pytest.mark.parametrize("kind", ["share", "duration"])
def test_the_order_of_rows_changes_nothing(kind: Any, tmp_path: Any) -> None:
    from maitred.insight.datasets import Column, read

    held, _ = people(np.random.default_rng(4), kind, 0.4, subjects=6)
    rows = [
        f"{s},{v},{t}"
        for s, v, t in zip(held.texts("subject"), held.numbers("value"), held.texts("topic"), strict=True)
    ]
    answers = []
    for order in (rows, rows[::-1]):
        (tmp_path / "rows.csv").write_text("subject,value,topic\n" + "\n".join(order))
        columns = (Column("subject", number=False), Column("value"), Column("topic", number=False))
        answers.append(compare(read(tmp_path / "rows.csv", columns)[0], kind, ["topic"]))
    assert answers[0] == answers[1]


def test_equal_people_are_one_group() -> None:
    held, _ = people(np.random.default_rng(5), "share", 0.0)
    found = compare(held, "share", ["topic"])
    assert found.told_apart == ()
    assert found.groups == (tuple(f"s{k:02d}" for k in range(15)),)


def test_people_who_differ_much_are_told_apart_the_right_way_round() -> None:
    values = [1.0] * 190 + [0.0] * 10 + [1.0] * 100 + [0.0] * 100
    found = compare(data(subject=["ana"] * 200 + ["ben"] * 200, value=values), "share")
    assert found.told_apart == (("ana", "ben"),)
    assert found.groups == (("ana",), ("ben",))


def test_who_has_only_cases_of_their_own_is_not_compared() -> None:
    topics = ["night"] * 100 + ["day"] * 900
    held = data(subject=["ana"] * 100 + ["ben"] * 450 + ["cem"] * 450, value=[0.0, 1.0] * 500, topic=topics)
    assert [one.comparable for one in compare(held, "share", ["topic"]).subjects] == [False, True, True]


def test_a_single_subject_is_no_comparison() -> None:
    assert compare(data(subject=["ana"] * 40, value=[1.0] * 40), "share").verdict == "not_enough_data"


@pytest.mark.parametrize(("kind", "value"), [("share", 0.5), ("duration", 0.0)])
def test_an_impossible_value_is_refused(kind: Any, value: float) -> None:
    with pytest.raises(Invalid):
        compare(data(subject=["a", "b"], value=[value, 1.0]), kind)


def test_groups_are_all_largest_sets_of_which_no_two_were_told_apart() -> None:
    assert groups(["a", "b", "c", "d"], [("a", "d")]) == (("a", "b", "c"), ("b", "c", "d"))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "spread", "width"), [("share", 0.4, 0.015), ("duration", 0.2, 0.02)])
def test_intervals_cover_and_shrinking_beats_the_raw_figures(kind: Any, spread: float, width: float) -> None:
    dice = np.random.default_rng(6)
    hit, error, raw, pairs, wrong = [], 0.0, 0.0, 0, 0
    for _ in range(400):
        held, truth = people(dice, kind, spread, each=40 if kind == "share" else 25)
        found = compare(held, kind, ["topic"])
        hit += [one.low <= true <= one.high for one, true in zip(found.subjects, truth, strict=True)]
        error += sum(abs(one.shrunken - true) for one, true in zip(found.subjects, truth, strict=True))
        raw += sum(abs(one.raw - true) for one, true in zip(found.subjects, truth, strict=True))
        real = dict(zip((one.subject for one in found.subjects), truth, strict=True))
        pairs += len(found.told_apart)
        wrong += sum(real[a] < real[b] for a, b in found.told_apart)
    assert abs(np.mean(hit) - 0.95) <= width, f"{np.mean(hit):.4f}"
    assert error / raw <= 0.75
    assert wrong <= 0.05 * max(pairs, 20)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["share", "duration"])
def test_in_a_world_of_equals_hardly_ever_anybody_is_told_apart(kind: Any) -> None:
    dice = np.random.default_rng(7)
    told = [bool(compare(people(dice, kind, 0.0)[0], kind, ["topic"]).told_apart) for _ in range(300)]
    assert np.mean(told) <= 0.06
