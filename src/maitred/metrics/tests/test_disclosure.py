"""Counts only: no cell of few people, none that the total and the rest give away, nothing that a filter brings back."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import Denied
from maitred.metrics.disclosure import Cell, coarse, disclosed, hidden_cells, rounded
from maitred.metrics.queries import show, tickets
from maitred.metrics.results import Difference, Result, Row
from maitred.metrics.scope import Scope
from maitred.metrics.tests.oracle import Oracle
from maitred.warehouse.engines import Engine

EXECUTIVE = Scope.organisation(minimum_people=3)
SPAN: dict[str, Any] = {"from_": "2024-02-01", "to": "2024-12-15"}
MINIMUM = 3
PEOPLE = st.frozensets(st.integers(0, 9), min_size=0, max_size=8)
LINE = st.dictionaries(st.tuples(st.sampled_from("abcdefgh")), PEOPLE, max_size=8)
TABLE = st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), PEOPLE, max_size=16)
SOME = st.frozensets(st.sampled_from("abcd")), st.frozensets(st.sampled_from("wxyz"))


def together(cells: Any, people: dict[Cell, frozenset[int]]) -> set[int]:
    return set().union(*(people[cell] for cell in cells))


def coarser(people: dict[Cell, frozenset[int]], kept: tuple[int, ...]) -> dict[Cell, frozenset[int]]:
    found: dict[Cell, frozenset[int]] = {}
    for cell, some in people.items():
        part = tuple(cell[place] for place in kept)
        found[part] = found.get(part, frozenset()) | some
    return found


@given(people=LINE)
def test_no_cell_of_a_list_follows_from_the_total_and_the_rest(people: dict[Cell, frozenset[int]]) -> None:
    hidden = hidden_cells(people, MINIMUM)
    assert all(len(people[cell]) >= MINIMUM for cell in set(people) - hidden)
    if len(together(people, people)) < MINIMUM:
        assert hidden == set(people)
    elif hidden:
        assert len(hidden) >= 2
        assert len(together(hidden, people)) >= MINIMUM


@given(people=LINE)
def test_no_more_is_hidden_than_the_small_ones_and_the_next(people: dict[Cell, frozenset[int]]) -> None:
    small = {cell for cell, some in people.items() if len(some) < MINIMUM}
    hidden = hidden_cells(people, MINIMUM)
    assert small <= hidden
    if not small:
        assert not hidden
    assert len(hidden - small) <= MINIMUM


@given(people=TABLE)
def test_no_cell_of_a_table_follows_from_a_visible_total_and_the_rest_of_its_line(
    people: dict[Cell, frozenset[int]],
) -> None:
    hidden = hidden_cells(people, MINIMUM)
    for axis in (0, 1):
        totals = hidden_cells(coarser(people, (axis,)), MINIMUM)
        for total in set(coarser(people, (axis,))) - totals:
            line = [cell for cell in people if cell[axis] == total[0]]
            away = [cell for cell in line if cell in hidden]
            assert all(len(people[cell]) >= MINIMUM for cell in line if cell not in hidden)
            assert not away or len(line) == 1 or len(away) >= 2
            assert not away or len(together(away, people)) >= MINIMUM
        assert all((cell[axis],) not in totals for cell in set(people) - hidden)


def answer(people: dict[Cell, frozenset[int]], wanted: dict[int, frozenset[str]]) -> frozenset[Cell] | None:
    """The cells that a filter picks, or None where the answer is withheld; told apart by what it filters."""
    kept = tuple(wanted)
    hidden = hidden_cells(coarser(people, kept), MINIMUM)
    picked = frozenset(
        cell for cell in people if all(cell[place] in values for place, values in wanted.items()) and people[cell]
    )
    withheld = any(tuple(cell[place] for place in kept) in hidden for cell in picked)
    return None if withheld else picked


@settings(max_examples=150)
@given(
    people=TABLE, first=st.tuples(*SOME), narrower=st.tuples(*SOME), places=st.sampled_from([(), (0,), (1,), (0, 1)])
)
def test_two_requests_that_differ_by_few_people_are_the_same_or_one_is_withheld(
    people: dict[Cell, frozenset[int]],
    first: tuple[frozenset[str], ...],
    narrower: tuple[frozenset[str], ...],
    places: tuple[int, ...],
) -> None:
    wide = answer(people, {place: first[place] for place in places})
    narrow = answer(people, {0: narrower[0] & (first[0] if 0 in places else narrower[0]), 1: narrower[1]})
    if wide is None or narrow is None or not narrow <= wide:
        return
    assert narrow == wide or len(together(wide - narrow, people)) >= MINIMUM


def test_three_dimensions_hide_what_a_coarser_table_hides() -> None:
    people: dict[Cell, frozenset[int]] = {(a, b, c): frozenset(range(4)) for a in "xy" for b in "pq" for c in "mn"}
    people["z", "p", "m"] = frozenset({9})
    hidden = hidden_cells(people, MINIMUM)
    for kept in (kept for size in (1, 2) for kept in combinations(range(3), size)):
        gone = hidden_cells(coarser(people, kept), MINIMUM)
        assert bool(gone) is (0 in kept)
        assert all(cell in hidden for cell in people if tuple(cell[place] for place in kept) in gone)


@given(st.integers(-1000, 1000), st.sampled_from([1, 5, 10]))
def test_a_rounded_count_is_the_nearest_multiple(number: int, base: int) -> None:
    assert rounded(number, base) % base == 0
    assert abs(rounded(number, base) - number) * 2 <= base


def row(value: Any, statistic: str = "share", n: int = 13, **other: Any) -> Row:
    words: dict[str, Any] = {"low": None, "high": None, "excluded": 3, "verdict": "ok"} | other
    return Row(words.pop("by", {}), statistic, value, n=n, **words)


def test_a_coarse_figure_does_not_tell_its_counts() -> None:
    told = coarse(
        row(8 / 13, low=0.35523, high=0.82291, numerator=8, censored=2, method="wilson, 7 clusters"), "share", 5
    )
    assert (told.value, told.low, told.high, told.n, told.excluded) == (0.62, 0.36, 0.82, 15, 5)
    assert (told.numerator, told.censored, told.method) == (10, 0, "wilson")


@pytest.mark.parametrize(
    ("found", "unit", "value"),
    [
        (row(3607, "median"), "seconds", 3600),
        (row(1234, "count"), "tickets", 1235),
        (row(-33, "count"), "tickets", -35),
        (row(31.58, "nps"), "points", 32.0),
        (row(2.3461538, "mean"), "per_ticket", 2.3),
        (row(None, "median"), "seconds", None),
    ],
    ids=lambda one: str(one) if isinstance(one, str) else "",
)
def test_each_kind_of_figure_has_its_own_coarseness(found: Row, unit: str, value: Any) -> None:
    assert coarse(found, unit, 5).value == value


def test_a_hidden_cell_says_nothing_of_its_size_or_past() -> None:
    past = Difference(10.0, 41, 3.0, 1.0, 4.0, "worsened")
    rows = tuple(row(7, "count", 37, by={"group": name}, comparison=past) for name in "abc")
    result = Result("arrivals#1", "tickets", 1, "UTC", (None, None), (None, None), rows)
    a, b, c = disclosed(result, Scope.organisation(), {("a",)}, {("b",)}).rows
    assert (a.value, a.n, a.excluded, a.verdict) == (None, 0, 0, "not_enough_data")
    assert a.reason.startswith("fewer than 5 people")
    assert a.comparison is not None
    assert a.comparison == b.comparison
    assert (a.comparison.before, a.comparison.before_n) == (None, 0)
    assert b.value == 5
    assert c.comparison is not None
    assert (c.comparison.before_n, c.comparison.value) == (40, 5.0)


def test_a_share_with_too_few_rows_takes_the_next_smallest_along() -> None:
    few = row(None, n=4, by={"group": "a"}, verdict="not_enough_data", needed=10)
    rows = (few, row(0.5, n=80, by={"group": "b"}), row(0.5, n=31, by={"group": "c"}))
    result = Result("csat.rate#1", "share", 1, "UTC", (None, None), None, rows)
    assert [one.value for one in disclosed(result, Scope.organisation(), ()).rows] == [None, 0.5, None]


def test_an_executive_reads_multiples_of_five_and_no_ticket(duck: Engine) -> None:
    for metric in ("frt", "csat.rate", "backlog", "net_flow"):
        rows = show(duck, metric, by=("channel",), scope=EXECUTIVE, **SPAN).rows
        assert rows
        assert all(found.n % 5 == 0 and found.excluded % 5 == 0 and found.censored % 5 == 0 for found in rows)
        with pytest.raises(Denied, match="tickets behind a figure"):
            tickets(duck, metric, scope=EXECUTIVE, **SPAN)


def test_a_day_with_few_people_is_hidden_and_every_visible_one_has_enough(duck: Engine, oracle: Oracle) -> None:
    rows = oracle.rows("arrivals#1")
    mine = rows[~rows.out & (rows["at"] >= "2024-03-04") & (rows["at"] < "2024-03-18")]
    people = mine["source_id"] + ":" + mine["first_assignee_id"]
    behind = people.groupby(mine["at"].dt.strftime("%Y-%m-%d")).nunique().to_dict()
    few = {day for day, number in behind.items() if number < MINIMUM}
    found = show(duck, "arrivals", by=("day",), from_="2024-03-04", to="2024-03-17", scope=EXECUTIVE).rows
    hidden = {one.by["day"] for one in found if one.value is None}
    assert few
    assert few <= hidden < set(behind)
    assert all(one.n == 0 and one.reason.startswith("fewer than 3 people") for one in found if one.value is None)


def test_a_filter_cannot_open_what_the_cut_hides(duck: Engine) -> None:
    words: dict[str, Any] = {"scope": Scope.organisation(minimum_people=9), **SPAN}
    cut = show(duck, "arrivals", by=("source", "group"), **words).rows
    assert any(one.value is None for one in cut)
    for one in cut[::3]:
        where = {name: [value or "none"] for name, value in one.by.items()}
        alone = show(duck, "arrivals", where=where, **words).rows[0]
        part = show(duck, "arrivals", by=("source",), where={"group": where["group"]}, **words).rows
        assert alone.value == one.value
        assert [other.value for other in part if other.by["source"] == one.by["source"]] == [one.value]


def test_with_everybody_behind_every_cell_only_the_numbers_get_coarse(duck: Engine) -> None:
    exact = show(duck, "arrivals", by=("channel",), scope=Scope.everything()).rows
    told = show(duck, "arrivals", by=("channel",), scope=EXECUTIVE).rows
    assert [one.value for one in told] == [rounded(int(one.value or 0), 5) for one in exact]


def test_a_metric_that_is_not_of_people_is_still_judged_by_them(duck: Engine) -> None:
    assert show(duck, "nps", scope=Scope.organisation(minimum_people=4)).rows[0].value is not None
    assert show(duck, "nps", scope=Scope.organisation(minimum_people=40)).rows[0].value is None
