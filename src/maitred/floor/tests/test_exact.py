"""The closed forms give the printed figures and stay finite where a naive evaluation overflows."""

from __future__ import annotations

import math

import pytest

from maitred.floor.exact import (
    agents_needed,
    busy_without_limit,
    cobham,
    erlang_a,
    erlang_b,
    erlang_c,
    pollaczek_khinchine,
    returning,
)


@pytest.mark.parametrize(
    ("agents", "arrivals", "longer_than", "figures"),
    [
        (10, 9.0, 0.25, (0.668732, 0.668732, 0.520809)),
        (25, 22.0, 0.25, (0.433592, 0.144531, 0.204815)),
        (100, 95.0, 0.25, (0.506457, 0.101291, 0.145102)),
    ],
)
def test_erlang_c_gives_the_printed_figures(
    agents: int, arrivals: float, longer_than: float, figures: tuple[float, float, float]
) -> None:
    found = erlang_c(agents, arrivals)
    assert (found.waits, found.mean, found.longer(longer_than)) == pytest.approx(figures, abs=6e-7)


@pytest.mark.parametrize(
    ("agents", "arrivals", "patience", "figures"),
    [
        (10, 10.0, 0.5, (0.619655, 0.103913, 0.207826)),
        (10, 9.0, 0.5, (0.468942, 0.067012, 0.134023)),
        (50, 55.0, 0.25, (0.941042, 0.095833, 0.383331)),
        (5, 8.0, 2.0, (0.814775, 0.411977, 0.205989)),
    ],
)
def test_erlang_a_gives_the_printed_figures(
    agents: int, arrivals: float, patience: float, figures: tuple[float, float, float]
) -> None:
    found = erlang_a(agents, arrivals, patience)
    assert (found.waits, found.abandons, found.mean) == pytest.approx(figures, abs=6e-7)


def test_the_other_closed_forms_give_the_printed_figures() -> None:
    assert cobham(10, (3.0, 6.0)) == pytest.approx((0.095533, 0.955331), abs=6e-7)
    assert pollaczek_khinchine(0.8, 1.0, 2.0) == pytest.approx(6.0)
    assert pollaczek_khinchine(0.8, 1.0, 0.0) == pytest.approx(2.0)
    assert erlang_b(10, 9.0) == pytest.approx(0.167963, abs=6e-7)
    found = returning(10, 6.0, 0.25)
    assert (found.waits, found.mean) == pytest.approx((0.409180, 0.204590), abs=6e-7)


@pytest.mark.parametrize(("at", "busy"), [(6.0, 147.090), (12.0, 124.656), (18.0, 52.910)])
def test_a_wave_of_arrivals_gives_the_printed_numbers_busy(at: float, busy: float) -> None:
    def wave(time: float) -> float:
        return 50 + 30 * math.sin(2 * math.pi * time / 24)

    assert busy_without_limit(wave, 2.0, at) == pytest.approx(busy, abs=6e-4)


def test_a_step_of_arrivals_fills_the_floor_exponentially() -> None:
    found = busy_without_limit(lambda time: 5.0 if time >= 0 else 0.0, 2.0, 3.0, edges=(0.0,))
    assert found == pytest.approx(10 * (1 - math.exp(-1.5)), rel=1e-12)


def test_thousands_of_agents_overflow_nothing() -> None:
    assert 0 < erlang_c(5000, 4950.0).waits < 1
    assert 0 < erlang_b(5000, 5000.0) < 0.02
    found = erlang_a(3000, 3300.0, 0.2)
    assert found.busy + found.abandons * 3300.0 == pytest.approx(3300.0, rel=1e-9)


def test_patience_that_hardly_ever_ends_is_erlang_c() -> None:
    assert erlang_a(10, 9.0, 1e-5).mean == pytest.approx(erlang_c(10, 9.0).mean, rel=1e-3)


def test_one_agent_with_exponential_effort_agrees_by_both_ways() -> None:
    assert pollaczek_khinchine(0.8, 1.0, 1.0) == pytest.approx(erlang_c(1, 0.8).mean)


def test_priorities_together_wait_as_long_as_without_them() -> None:
    first, second = cobham(10, (3.0, 6.0))
    assert (3 * first + 6 * second) / 9 == pytest.approx(erlang_c(10, 9.0).mean)


def test_more_than_can_be_served_has_no_steady_state() -> None:
    with pytest.raises(ValueError, match="more than 10 agents"):
        erlang_c(10, 10.0)
    with pytest.raises(ValueError, match="below 1"):
        returning(10, 1.0, 1.0)
    with pytest.raises(ValueError, match="above 0"):
        erlang_a(10, 9.0, 0.0)


def test_agents_needed_are_the_fewest_that_reach_the_share() -> None:
    needed = agents_needed(100.0, 10.0, 0.01, 0.8)
    assert 1 - erlang_c(needed, 100.0, 10.0).longer(0.01) >= 0.8
    assert 1 - erlang_c(needed - 1, 100.0, 10.0).longer(0.01) < 0.8
