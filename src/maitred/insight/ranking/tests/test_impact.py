"""Fairness of stages: exact against published tests, quiet where nothing is planted, loud where something is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from maitred.insight.ranking.impact import FEWEST, POOLED, Case, impact, two_sided

DIMENSIONS = ("sex", "race", "sex × race")
_SEXES, _RACES = ("f", "m"), ("a", "b", "c", "d")


def world(seed: int, *, searches: int, people: int, passed: int, ratio: float = 1.0, stages: int = 1) -> list[Case]:
    """Searches with known truth: group ``a`` is let through at ``ratio`` of the rate of all others."""
    dice = np.random.default_rng(seed)
    found = []
    for stage in range(stages):
        for search in range(searches):
            sex = dice.integers(0, 2, people)
            race = dice.choice(4, people, p=(0.25, 0.35, 0.25, 0.15))
            weights = np.where(race == 0, ratio, 1.0)
            chance = passed / weights.sum() * weights
            through = dice.random(people) < chance if ratio < 1 else np.isin(
                np.arange(people), dice.choice(people, passed, replace=False)
            )  # fmt: skip
            found += [
                Case(f"s{search}", f"stage{stage}", bool(yes),
                     {"sex": _SEXES[s], "race": _RACES[r], "sex × race": f"{_SEXES[s]} {_RACES[r]}"})
                for s, r, yes in zip(sex, race, through, strict=True)
            ]  # fmt: skip
    return found


def flags(cases: list[Case]) -> list[tuple[str, str]]:
    told = impact(cases, DIMENSIONS)
    return [(one.dimension, one.group) for stage in told for one in stage.figures if one.verdict == "flag"]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 25), st.integers(1, 25), st.data())
def test_one_search_is_fishers_exact_test(n: int, others: int, data: st.DataObject) -> None:
    passed = data.draw(st.integers(0, n + others))
    seen = data.draw(st.integers(max(0, passed - others), min(n, passed)))
    table = np.array([[seen, n - seen], [passed - seen, others - passed + seen]])
    one = np.array([n]), np.array([others]), np.array([passed])
    assert two_sided(*one, seen) == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8), st.integers(0, 8)), min_size=1, max_size=4),
    st.integers(0, 999),
)
def test_several_searches_are_the_lots_drawn_within_each(rows: list[tuple[int, int, int]], seed: int) -> None:
    n, others = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    passed = np.minimum(np.array([row[2] for row in rows]), n + others)
    dice = np.random.default_rng(seed)
    drawn = sum(
        dice.hypergeometric(a, b, c, 4_000) if c else np.zeros(4_000, int)
        for a, b, c in zip(n, others, passed, strict=True)
    )
    seen = int(np.median(drawn)) + 1
    if seen > int(np.minimum(n, passed).sum()):
        return
    values, counts = np.unique(drawn, return_counts=True)
    share = dict(zip(values.tolist(), (counts / 4_000).tolist(), strict=True))
    near = sum(part for part in share.values() if part <= share.get(seen, 0.0) * 1.15 + 1e-3)
    less = sum(part for part in share.values() if part <= share.get(seen, 0.0) * 0.85 - 5e-3)
    assert less - 0.03 <= two_sided(n, others, passed, seen) <= near + 0.03


def test_the_pooled_ratio_compares_only_within_searches() -> None:
    """A search that lets few through and is full of one group makes no difference between groups (Simpson)."""
    cases = [Case("easy", "pick", one < 80, {"sex": "m" if one % 5 else "f"}) for one in range(100)]
    cases += [Case("hard", "pick", one < 10, {"sex": "f" if one % 5 else "m"}) for one in range(100)]
    stage = impact(cases, ["sex"])[0]
    women = next(one for one in stage.figures if one.group == "f")
    assert women.rate < 0.8 * stage.figures[1].rate
    assert women.ratio == pytest.approx(1.0) and women.verdict != "flag" and stage.searches == 2


def test_published_example_of_the_ratio_over_strata() -> None:
    """Two strata by hand: (10 of 20 | 15 of 20), (4 of 10 | 16 of 20); weights n1·n0/N."""
    cases = []
    for search, a, n1, b, n0 in (("x", 10, 20, 15, 20), ("y", 4, 10, 16, 20)):
        cases += [Case(search, "pick", one < a, {"sex": "f"}) for one in range(n1)]
        cases += [Case(search, "pick", one < b, {"sex": "m"}) for one in range(n0)]
    women = impact(cases, ["sex"])[0].figures[0]
    expected = (10 * 20 / 40 + 4 * 20 / 30) / (15 * 20 / 40 + 16 * 10 / 30)
    assert women.ratio == pytest.approx(expected) and women.low is not None and women.high is not None
    assert women.low < expected < women.high


def test_nothing_is_told_of_fewer_than_five_and_they_are_put_together() -> None:
    cases = [Case("a", "pick", one < 20, {"race": "ab"[one % 2]}) for one in range(60)]
    cases += [Case("a", "pick", False, {"race": name}) for name in "ccdde"]
    found = impact(cases, ["race"])[0]
    assert [one.group for one in found.figures] == ["a", "b", POOLED] and found.figures[2].n == FEWEST
    three = impact(cases[:63], ["race"])[0]
    assert all(one.n >= FEWEST for one in three.figures) and sum(one.n for one in three.figures) == 63


def test_whoever_said_nothing_is_counted_and_in_no_group() -> None:
    cases = [Case("a", "pick", one < 20, {"sex": "fm"[one % 2]} if one < 40 else {}) for one in range(60)]
    found = impact(cases, ["sex", "race"])
    assert (found[0].n, found[0].unknown, sum(one.n for one in found[0].figures)) == (60, 20, 40)
    assert (found[1].verdict, found[1].unknown, found[1].figures) == ("not_measurable", 60, ())


def test_four_fifths_alone_flags_nothing() -> None:
    cases = [Case("a", "pick", one < (6 if sex == "f" else 10), {"sex": sex}) for sex in "fm" for one in range(25)]
    women = impact(cases, ["sex"])[0].figures[0]
    assert women.ratio == pytest.approx(0.6) and women.p is not None and women.p > 0.05
    assert women.verdict in ("no_sign", "too_few")


def test_a_planted_difference_over_many_searches_is_flagged_with_its_group() -> None:
    found = flags(world(7, searches=20, people=200, passed=50, ratio=0.7))
    assert ("race", "a") in found and not any(group in ("b", "c", "d") for _, group in found)


def test_the_order_of_people_changes_nothing() -> None:
    cases = world(3, searches=4, people=80, passed=20)
    again = [cases[one] for one in np.random.default_rng(1).permutation(len(cases))]
    assert impact(cases, DIMENSIONS) == impact(again, DIMENSIONS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("searches", "people", "passed", "stages", "most"),
    [(1, 200, 50, 1, 0.06), (20, 200, 50, 1, 0.06), (8, 60, 12, 3, 0.06)],
)
def test_worlds_without_a_difference_are_flagged_in_no_more_than_six_of_a_hundred(
    searches: int, people: int, passed: int, stages: int, most: float
) -> None:
    made = [world(one, searches=searches, people=people, passed=passed, stages=stages) for one in range(300)]
    assert sum(bool(flags(one)) for one in made) / 300 <= most


@pytest.mark.slow
def test_a_true_ratio_of_seven_tenths_over_twenty_searches_is_found() -> None:
    made = [world(10_000 + one, searches=20, people=200, passed=50, ratio=0.7) for one in range(150)]
    assert sum(("race", "a") in flags(one) for one in made) / 150 >= 0.9


def test_the_interval_of_the_ratio_covers_the_truth() -> None:
    hits = []
    for one in range(400):
        dice = np.random.default_rng(20_000 + one)
        cases = [
            Case(f"s{search}", "pick", bool(dice.random() < (0.24 if name == "a" else 0.3)), {"race": name})
            for search in range(6) for name in "ab" for _ in range(60)
        ]  # fmt: skip
        stage = impact(cases, ["race"])[0]
        figure = next(each for each in stage.figures if each.group == "a")
        if figure.low is None or figure.high is None:  # chance made it the reference: seen from the other side
            other = next(each for each in stage.figures if each.group == "b")
            hits.append(other.low is not None and other.low <= 1 / 0.8 <= (other.high or 0.0))
        else:
            hits.append(figure.low <= 0.8 <= figure.high)
    assert sum(hits) / len(hits) >= 0.93
