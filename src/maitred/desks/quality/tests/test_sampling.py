"""Draws and assignments: what holds for any tickets, people and seeds."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maitred.base.errors import Invalid
from maitred.desks.quality.sampling import Candidate, assign, draw, shares, strata

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.sampled_from(["zendesk", "fresh"]),
        st.integers(1, 10_000).map(str),
        st.integers(1, 8),
        st.sampled_from(["email", "chat", ""]),
        st.sampled_from(["11", "12", ""]),
    ),
    min_size=1,
    max_size=150,
    unique_by=lambda one: one.key,
)
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
"""Lists of tickets take a while on a machine that has other things to do."""
BY = st.sampled_from([(), ("channel",), ("group",), ("person",), ("channel", "group")])


@patient
@given(CANDIDATES, BY, st.integers(0, 2**31), st.integers(0, 60))
def test_a_draw_takes_as_many_as_asked_with_the_chance_that_it_says(
    candidates: list[Candidate], by: tuple[str, ...], seed: int, more: int
) -> None:
    parts = strata(candidates, by)
    size = len(parts) + more
    drawn, told = draw(candidates, by, seed, size=size)
    assert len(drawn) == min(size, len(candidates)) == sum(one.drawn for one in told)
    assert len({one.candidate.key for one in drawn}) == len(drawn)
    for part in told:
        mine = [one for one in drawn if one.stratum == part.name]
        assert len(mine) == part.drawn >= 1
        assert {one.size for one in mine} == {len(parts[part.name])}
        assert {one.probability for one in mine} == {part.drawn / part.tickets}
    assert sum(1 / one.probability for one in drawn) == pytest.approx(len(candidates))


@patient
@given(CANDIDATES, BY, st.integers(0, 2**31))
def test_the_same_seed_draws_the_same_whatever_the_order(
    candidates: list[Candidate], by: tuple[str, ...], seed: int
) -> None:
    size = len(strata(candidates, by)) + 5
    shuffled = random.Random(1).sample(candidates, len(candidates))
    first, _ = draw(candidates, by, seed, size=size)
    second, _ = draw(shuffled, by, seed, size=size)
    assert {one.candidate.key for one in first} == {one.candidate.key for one in second}
    reviewers = [101, 102, 103]
    assert {(a.drawn.candidate.key, a.reviewer) for a in assign(first, reviewers, seed)} == {
        (a.drawn.candidate.key, a.reviewer) for a in assign(second, reviewers[::-1], seed)
    }


def test_every_ticket_has_the_same_chance() -> None:
    candidates = [Candidate("z", str(n), 1) for n in range(20)]
    seen = Counter(one.candidate.ticket for seed in range(2_000) for one in draw(candidates, (), seed, size=5)[0])
    assert set(seen) == {str(n) for n in range(20)}
    assert all(420 <= count <= 580 for count in seen.values())  # 500 expected, deviation 19


@patient
@given(CANDIDATES, st.integers(1, 6), st.integers(0, 2**31))
def test_so_many_of_each_person(candidates: list[Candidate], per_person: int, seed: int) -> None:
    drawn, _ = draw(candidates, (), seed, per_person=per_person)
    held, taken = Counter(one.about for one in candidates), Counter(one.candidate.about for one in drawn)
    assert taken == {about: min(per_person, count) for about, count in held.items()}


@patient
@given(CANDIDATES, st.integers(0, 2**31), st.integers(2, 6))
def test_reviewers_are_crossed_and_evenly_loaded(candidates: list[Candidate], seed: int, raters: int) -> None:
    drawn, _ = draw(candidates, (), seed, size=80)
    reviewers = [100 + n for n in range(raters)]
    found = assign(drawn, reviewers, seed)
    assert {one.drawn.candidate.key for one in found} == {one.candidate.key for one in drawn}
    load = Counter(dict.fromkeys(reviewers, 0)) + Counter(one.reviewer for one in found)
    assert max(load[one] for one in reviewers) - min(load[one] for one in reviewers) <= 1
    met = Counter((one.reviewer, one.drawn.candidate.about) for one in found)
    for about in {one.candidate.about for one in drawn}:
        counts = [met[one, about] for one in reviewers]
        assert max(counts) - min(counts) <= 1


@patient
@given(CANDIDATES, st.integers(0, 2**31))
def test_nobody_gets_their_own_tickets(candidates: list[Candidate], seed: int) -> None:
    drawn, _ = draw(candidates, (), seed, size=80)
    assert all(one.reviewer != one.drawn.candidate.about for one in assign(drawn, [1, 2, 3, 4], seed))


def test_open_reviews_count_as_load() -> None:
    drawn, _ = draw([Candidate("z", str(n), n) for n in range(10, 22)], (), 1, size=12)
    load = Counter(one.reviewer for one in assign(drawn, [1, 2, 3], 1, {1: 100, 2: 4}))
    assert load == {3: 8, 2: 4}


def test_a_draw_without_a_chance_for_everybody_is_refused() -> None:
    with pytest.raises(Invalid, match="3 tickets cannot be drawn from 4 strata"):
        shares({"a": 5, "b": 5, "c": 5, "d": 5}, 3)
    assert shares({"a": 1, "b": 100}, 50) == {"a": 1, "b": 49}


@pytest.mark.parametrize(("reviewers", "says"), [([], "no reviewer"), ([7], "no other reviewer for person 7")])
def test_an_assignment_needs_somebody_else(reviewers: list[int], says: str) -> None:
    drawn, _ = draw([Candidate("z", "1", 7)], (), 1, size=1)
    with pytest.raises(Invalid, match=says) as refused:
        assign(drawn, reviewers, 1)
    assert refused.value.errors[0]["field"] == "reviewers"
