"""Loads: what open tickets are expected to take, learned from tickets that were open before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import Invalid
from maitred.desks.roster.load import FEWEST, Kind, Load, Looked, differs, estimate_for, learned, load, usual

CHAT: Kind = ("due", "chat", "11")
IDLE: Kind = ("idle", "email", "11")
seconds = st.floats(0.0, 50_000.0)


def rows(kind: Kind, values: list[float]) -> list[Looked]:
    return [Looked(kind, value, f"{kind}:{place}") for place, value in enumerate(values)]


def test_a_waiting_ticket_counts_by_how_often_such_tickets_come_back() -> None:
    known = learned(rows(IDLE, [0.0] * 30 + [1_200.0] * 10))
    found = estimate_for(IDLE, known)
    assert found is not None
    assert (found.returns, found.each, found.mean) == (0.25, 1_200.0, 300.0)
    assert load([IDLE, IDLE], known).value == pytest.approx(600.0)


def test_a_thin_kind_is_read_from_the_wider_one() -> None:
    known = learned(rows(CHAT, [600.0] * 5) + rows(("due", "chat", "12"), [300.0] * 40))
    found = estimate_for(CHAT, known)
    assert found is not None
    assert (found.kind, found.n) == (("due", "chat"), 45)


def test_too_little_past_is_said_and_no_number_given() -> None:
    found = load([CHAT, IDLE], learned(rows(CHAT, [600.0] * (FEWEST - 1))), 36_000)
    assert (found.n, found.value, found.low, found.high, found.known, found.needed) == (2, None, None, None, 29, FEWEST)
    assert found.share is None


def test_no_open_ticket_is_no_load_and_not_an_unknown_one() -> None:
    found = load([], {}, 0)
    assert (found.value, found.low, found.high, found.share) == (0.0, 0.0, 0.0, None)


def test_a_ticket_seen_on_many_days_counts_once() -> None:
    same = [Looked(CHAT, 900.0, "t1") for _ in range(100)]
    found = learned(same)[CHAT]
    assert found.n == 1
    assert estimate_for(CHAT, learned(same)) is None


def test_effort_below_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="not below nothing"):
        learned([Looked(CHAT, -1.0)])


@given(st.lists(seconds, min_size=FEWEST, max_size=60), st.integers(0, 30), st.integers(0, 30))
def test_loads_add_up_and_hold_their_value(values: list[float], first: int, second: int) -> None:
    known = learned(rows(CHAT, values))
    one, other, both = (load([CHAT] * many, known) for many in (first, second, first + second))
    assert both.value == pytest.approx((one.value or 0) + (other.value or 0))
    assert both.low is not None
    assert both.high is not None
    assert both.value is not None
    assert 0 <= both.low <= both.value + 1e-6 <= both.high + 2e-6


@given(st.permutations(range(40)), st.lists(seconds, min_size=40, max_size=40))
def test_the_order_of_the_past_does_not_matter(order: list[int], values: list[float]) -> None:
    past = rows(CHAT, values)
    one, other = learned(past)[CHAT], learned([past[place] for place in order])[CHAT]
    assert (one.n, one.mean, one.error) == pytest.approx((other.n, other.mean, other.error))


def test_the_range_holds_what_tickets_really_take() -> None:
    """400 worlds with known effort: the load of 40 tickets lies in its range in about 95 % of them."""
    dice = np.random.default_rng(8)

    def took(size: int) -> np.ndarray:
        return dice.binomial(1, 0.6, size) * dice.gamma(2.0, 600.0, size)

    inside = 0
    for _ in range(400):
        found = load([CHAT] * 40, learned(rows(CHAT, list(took(120)))))
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= took(40).sum() <= found.high
    assert 0.925 <= inside / 400 <= 0.975


def test_the_usual_is_the_middle_of_the_own_weeks_with_its_exact_interval() -> None:
    found = usual([float(week) for week in range(1, 13)])
    assert (found.weeks, found.value, found.low, found.high) == (12, 6.5, 3.0, 10.0)
    few = usual([1.0] * 7)
    assert (few.value, few.low, few.high, few.needed) == (None, None, None, 8)


@pytest.mark.parametrize(
    ("low", "high", "said"), [(11.0, 20.0, "above"), (0.0, 2.0, "below"), (2.0, 12.0, "same")]
)  # fmt: skip
def test_a_load_differs_where_the_intervals_do_not_meet(low: float, high: float, said: str) -> None:
    past = usual([float(week) for week in range(1, 13)])
    assert differs(Load(3, (low + high) / 2, low, high), past) == said
    assert differs(Load(3, None, None, None), past) == "cannot_tell"
    assert differs(Load(3, low, low, high), usual([])) == "cannot_tell"
