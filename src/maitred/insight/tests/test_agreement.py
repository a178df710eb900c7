"""Krippendorff's alpha against his own worked examples, and the reviews that a reliability needs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import BadInput, UsageError
from maitred.insight.agreement import LEVELS, Level, alpha, needed, reliability_of

CODERS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
"""The reliability data of Krippendorff's example: four coders, twelve units, 7 values missing."""


def judged(coders: dict[str, str]) -> list[tuple[str, str, str]]:
    return [
        (f"u{place}", coder, "" if value == "." else value)
        for coder, values in coders.items()
        for place, value in enumerate(values.split(), 1)
    ]


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849),
                                                  ("ratio", 0.797)])  # fmt: skip
def test_the_worked_example_comes_out_to_three_decimals(level: Level, published: float) -> None:
    found = alpha(judged(CODERS), level)
    assert found.alpha is not None and round(found.alpha, 3) == published
    assert (found.units, found.values) == (11, 40)
    assert found.low is not None and found.high is not None and found.low < found.alpha < found.high


def test_two_coders_and_two_values() -> None:
    """Krippendorff's binary example: ten units, alpha 0.095."""
    coders = {"Meg": "0 1 0 0 0 0 0 0 1 0", "Owen": "1 1 1 0 0 1 0 0 0 0"}
    found = alpha(judged(coders), "nominal")
    assert found.alpha is not None and round(found.alpha, 3) == 0.095


def test_many_nominal_values_of_two_coders() -> None:
    """Krippendorff's nominal example: twelve units, alpha 0.692."""
    coders = {"Ben": "a a b b d c c c e d d a", "Gerry": "b a b b b c c c e d d d"}
    found = alpha(judged(coders), "nominal")
    assert found.alpha is not None and round(found.alpha, 3) == 0.692


def pairwise_alpha(rows: list[list[float]]) -> float:
    """By the definition over pairs, interval level, without matrices."""
    units = [row for row in rows if len(row) > 1]
    values = [value for row in units for value in row]
    within = sum(
        (a - b) ** 2 / (len(row) - 1) for row in units for i, a in enumerate(row) for j, b in enumerate(row) if i != j
    )
    among = sum((a - b) ** 2 for i, a in enumerate(values) for j, b in enumerate(values) if i != j)
    return 1 - (within / len(values)) / (among / (len(values) * (len(values) - 1)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), max_size=4), min_size=2, max_size=8))
def test_it_equals_its_definition_over_pairs(rows: list[list[int]]) -> None:
    told = [(f"u{u}", f"c{c}", str(value)) for u, row in enumerate(rows) for c, value in enumerate(row)]
    found = alpha(told, "interval")
    values = {value for row in rows if len(row) > 1 for value in row}
    if len(values) < 2:
        assert found.alpha is None
    else:
        assert found.alpha == pytest.approx(pairwise_alpha([[float(v) for v in row] for row in rows]))


def test_the_order_of_rows_does_not_matter() -> None:
    rows = judged(CODERS)
    first, second = alpha(rows, "ordinal"), alpha(rows[::-1], "ordinal")
    assert first.alpha == pytest.approx(second.alpha)


def test_equal_values_and_lone_ones_cannot_be_told() -> None:
    same = alpha(judged({"A": "1 1 1", "B": "1 1 1"}), "nominal")
    alone = alpha(judged({"A": "1 2 3"}), "interval")
    assert (same.alpha, same.low, same.units, same.values) == (None, None, 3, 6)
    assert (alone.alpha, alone.units, alone.values) == (None, 0, 0)


@pytest.mark.parametrize("level", LEVELS)
def test_the_interval_holds_the_true_agreement(level: Level) -> None:
    """Units drawn from a known table of judgements: intervals of samples hold the table's own alpha."""
    draw = np.random.default_rng(4)
    truth = draw.integers(1, 6, 4_000)
    table = [np.clip(truth + draw.choice([-1, 0, 0, 0, 1], 4_000), 1, 6) for _ in range(3)]
    own = alpha([(str(u), str(c), str(table[c][u])) for u in range(4_000) for c in range(3)], level).alpha
    held = 0
    for _ in range(60):
        chosen = draw.choice(4_000, 60, replace=False)
        found = alpha([(str(u), str(c), str(table[c][u])) for u in chosen for c in range(3)], level)
        assert found.low is not None and found.high is not None and own is not None
        held += found.low <= own <= found.high
    assert held >= 51


@pytest.mark.parametrize(
    ("rows", "level", "named"),
    [
        ([("a", "x", "1"), ("a", "x", "2")], "nominal", "row 2: coder x judged unit a twice"),
        ([("a", "x", "1"), ("a", "y", "good")], "interval", "row 2, field value: 'good' is no number"),
        ([("a", "x", "-1"), ("a", "y", "2")], "ratio", "row 1, field value: -1 is below 0"),
    ],
)
def test_what_is_wrong_is_named(rows: list[tuple[str, str, str]], level: Level, named: str) -> None:
    with pytest.raises(BadInput) as error:
        alpha(rows, level)
    assert named in str(error.value)


# ---------------------------------------------------------------- how many reviews


@pytest.mark.parametrize(
    ("wanted", "raters", "n"), [(0.8, None, 52), (0.2, None, 4), (0.2, 1, None), (0.5, 4, None), (0.19, 1, 35),
                                (0.49, 4, 221), (0.8, 100, 52), (0.01, None, 1)],
)  # fmt: skip
def test_so_many_reviews_are_needed(wanted: float, raters: int | None, n: int | None) -> None:
    found = needed(wanted, agent_sd=5, rater_sd=10, ticket_sd=15, raters=raters)
    assert (found.n, found.reachable) == (n, n is not None)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0.05, 0.95),
    st.floats(0.5, 20),
    st.floats(0, 20),
    st.floats(0.5, 20),
    st.one_of(st.none(), st.integers(1, 30)),
)
def test_the_number_is_the_smallest_that_reaches_it(
    wanted: float, agent: float, rater: float, ticket: float, raters: int | None
) -> None:
    spreads = {"agent_sd": agent, "rater_sd": rater, "ticket_sd": ticket, "raters": raters}
    found = needed(wanted, **spreads)  # type: ignore[arg-type]
    if found.n is None:
        assert reliability_of(10**9, **spreads) < wanted + 1e-6  # type: ignore[arg-type]
        return
    assert reliability_of(found.n, **spreads) >= wanted - 1e-6  # type: ignore[arg-type]
    if found.n > 1:
        assert reliability_of(found.n - 1, **spreads) < wanted + 1e-6  # type: ignore[arg-type]


def test_more_reviews_are_more_reliable() -> None:
    found = [reliability_of(n, agent_sd=5, rater_sd=10, ticket_sd=15) for n in range(1, 60)]
    assert all(a < b for a, b in pairwise(found))
    assert found[4] == pytest.approx(0.278, abs=0.001)


@pytest.mark.parametrize(
    ("flag", "given_"),
    [
        ("--reliability", {"reliability": 1.0}),
        ("--agent-sd", {"agent_sd": 0}),
        ("--rater-sd", {"rater_sd": -1}),
        ("--raters", {"raters": 0}),
    ],
)
def test_impossible_numbers_are_refused_by_their_flag(flag: str, given_: dict[str, float]) -> None:
    words = {"reliability": 0.8, "agent_sd": 5, "rater_sd": 10, "ticket_sd": 15, **given_}
    with pytest.raises(UsageError, match=flag):
        needed(words.pop("reliability"), **words)  # type: ignore[arg-type]
