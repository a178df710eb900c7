"""A map keeps the busiest stations and steps and counts the rest."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.insight.process import MOST_STATIONS, MOST_STEPS, Step, picture

names = st.sampled_from([f"station {number}" for number in range(25)])
some_steps = st.dictionaries(
    st.tuples(names, names), st.frozensets(st.integers(0, 50), min_size=1), min_size=1, max_size=120
).map(lambda found: [Step(a, b, 2 * len(who), who, 60.0, 50.0, 70.0) for (a, b), who in found.items()])


@settings(max_examples=30, deadline=None)
@given(some_steps)
def test_what_is_shown_and_what_is_left_make_the_whole(steps: list[Step]) -> None:
    found = picture(steps)
    assert sum(one.n for one in found.steps) + found.moves_left == sum(one.n for one in steps)
    assert len(found.steps) + found.steps_left == len(steps)
    assert len(found.stations) + found.stations_left == len({name for one in steps for name in (one.station, one.next)})
    assert len(found.stations) <= MOST_STATIONS and len(found.steps) <= MOST_STEPS
    assert found.tickets == len({ticket for one in steps for ticket in one.tickets})


@settings(max_examples=30, deadline=None)
@given(some_steps)
def test_steps_join_stations_that_are_shown(steps: list[Step]) -> None:
    found = picture(steps)
    shown = {one.name for one in found.stations}
    assert all({one.station, one.next} <= shown for one in found.steps)


def test_a_ticket_that_passes_twice_is_one_ticket() -> None:
    found = picture([Step("open", "pending", 3, frozenset({1, 2}), None, None, None)])
    assert [(one.name, one.tickets, one.arrivals) for one in found.stations] == [("pending", 2, 3), ("open", 2, 0)]


def test_no_steps_make_an_empty_map() -> None:
    found = picture([])
    assert (found.tickets, found.stations, found.steps) == (0, (), ())
