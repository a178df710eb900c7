"""Explanations: terms add up exactly, states say what is known, and the smallest change really lifts."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.insight.ranking.columns import Features, features_of
from maitred.insight.ranking.explaining import explain, postings_for, smallest_change
from maitred.insight.ranking.explaining.terms import told
from maitred.insight.ranking.scoring import asked, weights
from maitred.insight.ranking.scoring import values as worth
from maitred.insight.ranking.tests.pools import chip, pool, query
from maitred.insight.ranking.vocabulary import TOOLS

SEEDS = st.integers(0, 10_000)
ROWS = features_of(pool(200, seed=17))
PLACES = st.integers(0, len(ROWS) - 1)


@dataclass(frozen=True)
class Cited:
    field: str
    start: int
    end: int
    text: str
    about: str


@settings(max_examples=60, deadline=None)
@given(SEEDS, PLACES)
def test_the_points_of_all_terms_are_the_score(seed: int, place: int) -> None:
    looked = asked(query(seed), weights())
    found = explain(ROWS[place], looked)
    assert sum(one.points for one in found.terms) == found.score == worth.score(ROWS[place], looked)
    assert all(one.points == one.weight * one.value for one in found.terms)
    assert found.score <= found.max_score
    assert all((one.state == "met") == (one.value == 1000) for one in found.terms if one.state != "unknown")


@settings(max_examples=60, deadline=None)
@given(SEEDS, PLACES, st.floats(0, 1))
def test_the_smallest_change_reaches_the_score_that_was_wanted(seed: int, place: int, share: float) -> None:
    found = explain(ROWS[place], asked(query(seed), weights()))
    wanted = int(found.score + share * (found.max_score - found.score))
    changes = smallest_change(found, wanted)
    assert changes is not None
    assert found.score + sum(one.points for one in changes) >= wanted
    assert len({one.feature for one in changes}) == len(changes)
    assert all(one.to_value <= 1000 for one in changes)


def test_what_cannot_be_reached_is_said_to_be_so() -> None:
    found = explain(ROWS[0], asked(query(3), weights()))
    assert smallest_change(found, found.max_score + 1) is None
    assert smallest_change(found, found.score) == ()


def test_missing_members_are_named_and_evidence_is_that_of_the_chip() -> None:
    looked = asked([chip("tool", {"id": TOOLS[0].id}), chip("tool", {"id": TOOLS[1].id})], weights())
    row = Features(key=1, tie=1, tools_dated=0b01)
    cited = [
        Cited("work[0].summary", 5, 12, "Zendesk", f"tool:{TOOLS[0].id}"),
        Cited("work[0].position", 0, 5, "Agent", "role"),
    ]
    found = explain(row, looked, cited)
    assert found.missing == (f"tool:{TOOLS[1].id}",)
    term = next(one for one in found.terms if one.feature == "tools")
    assert [quote.text for quote in term.evidence] == ["Zendesk"]
    assert [part.state for part in term.parts] == ["met", "missing"]
    assert told(found)["terms"][0]["points"] == term.points


def test_a_must_that_cannot_be_told_is_named() -> None:
    found = explain(Features(key=1, tie=1), asked([chip("years_min", 3, must=True)], weights()))
    assert "years_min" in found.cannot_tell
    assert found.removed_by == ()


def test_a_person_sees_the_jobs_they_fit_and_not_those_whose_musts_they_miss() -> None:
    row = Features(key=1, tie=1, tools_dated=0b01, months_support=60)
    fits = asked([chip("tool", {"id": TOOLS[0].id}), chip("years_min", 4)], weights())
    half = asked([chip("tool", {"id": TOOLS[1].id}), chip("years_min", 4)], weights())
    misses = asked([chip("tool", {"id": TOOLS[1].id}, must=True)], weights())
    found = postings_for(row, [("half", half), ("misses", misses), ("fits", fits)])
    assert [one.posting for one in found] == ["fits", "half"]
    assert found[0].share > found[1].share
