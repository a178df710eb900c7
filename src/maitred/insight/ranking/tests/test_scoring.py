"""Values are those of the table, scores are their weighted sums, and the compiled search finds exactly the best."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import BadInput, UsageError
from maitred.insight.ranking import scoring
from maitred.insight.ranking.columns import Features, features_of
from maitred.insight.ranking.index import Index
from maitred.insight.ranking.scoring import asked, weights
from maitred.insight.ranking.scoring import values as worth
from maitred.insight.ranking.scoring.weights import FEATURES, read
from maitred.insight.ranking.tests import reference
from maitred.insight.ranking.tests.pools import AS_OF, chip, pool, query
from maitred.insight.ranking.vocabulary import ROLES, TOOLS

SEEDS = st.integers(0, 10_000)
ROWS = features_of(pool(300, seed=7))


def _row(**known: Any) -> Features:
    return Features(key=1, tie=1, **known)


def _value(feature: str, chips: list[dict[str, Any]], **known: Any) -> int:
    return worth.values(_row(**known), asked(chips, weights()))[feature].value


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, len(ROWS) - 1))
def test_every_value_is_that_of_the_slow_reading_of_the_table(seed: int, place: int) -> None:
    chips: list[Mapping[str, Any]] = list(query(seed))
    found = worth.values(ROWS[place], asked(chips, weights()))
    assert {name: one.value for name, one in found.items()} == reference.values(ROWS[place], chips)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(1, 40))
def test_the_compiled_search_finds_exactly_the_best(index: Index, people: pa.Table, seed: int, limit: int) -> None:
    chips: list[Mapping[str, Any]] = [{**one, "must": False} for one in query(seed) if not one["not"]]
    found = index.search(asked(chips, weights()), limit, AS_OF)
    everybody = reference.ranked(features_of(people), chips, weights().of, AS_OF)
    assert [(one.score, one.tie) for one in found.hits] == everybody[:limit]
    assert found.considered == len(everybody)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_filters_remove_count_and_leave_open_as_each_profile_says(index: Index, people: pa.Table, seed: int) -> None:
    looked = asked(query(seed), weights())
    found = index.search(looked, 10, AS_OF)
    roles = None if looked.asked_roles() is None else set(looked.asked_roles().tolist())  # type: ignore[union-attr]
    seen = [row for row in features_of(people) if row.hide_after >= AS_OF and (roles is None or row.role in roles)]
    states = [(row, *worth.passes(row, looked)) for row in seen]
    open_ = sorted((-worth.score(row, looked), row.tie) for row, failed, unknown in states if unknown and not failed)
    closed = sorted((-worth.score(row, looked), row.tie) for row, failed, unknown in states if not unknown + failed)
    assert [(-one.score, one.tie) for one in found.hits] == closed[:10]
    assert [(-one.score, one.tie) for one in found.cannot_tell] == open_[:20]
    assert list(found.removed) == [sum(g in failed for _, failed, _ in states) for g in range(len(looked.modes))]


@pytest.mark.parametrize(
    ("have", "value"), [("support.manager", 1000), ("support.senior_manager", 700), ("support.supervisor", 700),
                        ("support.agent", 450), ("cx.manager", 250), ("trainer", 0)]
)  # fmt: skip
def test_a_role_is_worth_what_its_distance_says(have: str, value: int) -> None:
    number = next(role.number for role in ROLES if role.id == have)
    assert _value("role", [chip("title", {"role": "support.manager"})], role=number, role_p=1000) == value
    assert _value("role", [chip("title", {"role": "support.manager"})], role=number, role_p=500) == value // 2


@pytest.mark.parametrize(("months", "value"), [(48, 1000), (480, 1000), (47, 972), (36, 664), (12, 0), (-1, 400)])
def test_more_years_than_asked_are_no_bonus_and_each_missing_month_costs(months: int, value: int) -> None:
    assert _value("years", [chip("years_min", 4, of="support")], months_support=months) == value


def test_somebody_who_led_for_an_unknown_time_stands_above_one_of_whom_nothing_is_known() -> None:
    chips = [chip("lead_years_min", 2)]
    assert _value("lead_years", chips, team_size=8) == 500
    assert _value("lead_years", chips) == 400


def test_a_tool_used_in_a_job_counts_more_than_one_in_a_list() -> None:
    chips = [chip("tool", {"id": TOOLS[0].id}), chip("tool", {"id": TOOLS[1].id})]
    assert _value("tools", chips, tools_dated=0b01) == 500
    assert _value("tools", chips, tools_dated=0b01, tools_listed=0b11) == 700
    assert _value("tools", [{**one, "any_of": 0} for one in chips], tools_dated=0b10) == 1000


def test_a_list_of_everything_shows_nothing_of_any_of_it() -> None:
    chips = [chip("tool", {"id": TOOLS[0].id})]
    assert _value("tools", chips, tools_listed=2**15 - 1) == 400
    assert _value("tools", chips, tools_listed=2**16 - 1) == 0
    assert _value("tools", chips, tools_listed=2**16 - 1, tools_dated=1) == 1000


def test_long_experience_stands_for_a_degree_where_the_query_says_so() -> None:
    degree = chip("education_min", {"id": "bachelor", "rank": 3})
    chips = [{**degree, "or_equivalent": True}, chip("years_min", 3, of="support")]
    assert _value("education", [degree, chips[1]], education=0, months_support=60) == 0
    assert _value("education", chips, education=0, months_support=60) == 1000
    assert _value("education", chips, education=2, months_support=59) == 600
    assert _value("education", chips, months_support=59) == 400


def test_a_maximum_of_years_never_moves_a_score() -> None:
    chips = [chip("years_min", 3, of="support")]
    beside = [*chips, chip("years_max", 5, must=True)]
    for row in ROWS[:50]:
        assert worth.score(row, asked(chips, weights())) == worth.score(row, asked(beside, weights()))
        assert worth.passes(row, asked(beside, weights())) == ([], [])


def test_the_weights_file_names_every_feature_and_its_digest_is_of_its_bytes() -> None:
    found = weights("support-1")
    path = Path(scoring.__file__).with_name("support-1.toml")
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert tuple(found.of) == FEATURES
    assert all(0 <= one <= 100 for one in found.of.values())
    assert "never on past hires" in found.fitted_on


def test_weights_that_are_no_whole_numbers_are_refused() -> None:
    path = Path(scoring.__file__).with_name("support-1.toml")
    with pytest.raises(BadInput):
        read(path.read_bytes().replace(b"role = 27", b"role = 27.5"))


def test_a_slot_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="shoe_size"):
        asked([chip("shoe_size", 44)], weights())
