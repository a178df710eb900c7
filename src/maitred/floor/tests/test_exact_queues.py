"""The engine, run as fourteen queues whose behaviour is known exactly, agrees with what is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from maitred.floor.engine import simulate
from maitred.floor.exact import (
    busy_without_limit,
    cobham,
    erlang_a,
    erlang_b,
    erlang_c,
    pollaczek_khinchine,
    returning,
)
from maitred.floor.tests.queueing import (
    ALWAYS,
    HOUR,
    Case,
    Floats,
    Found,
    drawn_efforts,
    drawn_lognormal,
    drawn_patience,
    estimated,
    fast_controls,
    gaps,
    mser,
    queue,
    regressed,
    waits,
)
from maitred.floor.tests.worlds import small_world
from maitred.floor.world import World

Rows = NDArray[np.void]
Reading = Callable[[Rows, World], tuple[Floats, Floats]]
FAST = HOUR // 10
"""The unit of queues with one agent, so that many contacts fit into few years."""


def erlang_c_case(agents: int, arrivals: float, tickets: int) -> Case:
    longer = 0.25
    known = erlang_c(agents, arrivals)

    def read(rows: Rows, world: World) -> tuple[Floats, Floats]:
        wait = waits(rows)
        return np.stack([wait, wait > 0, wait > longer], axis=1), fast_controls(rows, world, agents, arrivals, longer)

    return Case(
        f"M/M/{agents}, lambda {arrivals:g}",
        lambda days, seed: queue(agents, arrivals, days, seed),
        (known.mean, known.waits, known.longer(longer)),
        read,
        tickets,
        arrivals * 24,
        within=(0.01, 0.01, 0.02),
    )


def erlang_a_case(agents: int, arrivals: float, patience: float, tickets: int) -> Case:
    known = erlang_a(agents, arrivals, patience)

    def read(rows: Rows, world: World) -> tuple[Floats, Floats]:
        wait, keys, seed = waits(rows), rows["key"][:-1], np.uint64(world.seed)
        figures = np.stack([wait, wait > 0, rows["abandoned"][:-1] == 1], axis=1)
        work, bears = drawn_efforts(seed, keys, 0.0), drawn_patience(seed, keys)
        return figures, np.stack([gaps(rows) - 1 / arrivals, work - 1, bears - 1], axis=1)

    return Case(
        f"M/M/{agents}+M, lambda {arrivals:g}, theta {patience:g}",
        lambda days, seed: queue(agents, arrivals, days, seed, channel="phone", patience=patience),
        (known.mean, known.waits, known.abandons),
        read,
        tickets,
        arrivals * 24,
        within=(0.01, 0.01, 0.01),
    )


def priorities_case(tickets: int) -> Case:
    def read(rows: Rows, world: World) -> tuple[Floats, Floats]:
        wait, urgent = waits(rows), rows["priority"][:-1] == 3
        return np.stack([wait * urgent * 3, wait * ~urgent * 1.5], axis=1), fast_controls(rows, world, 10, 9.0, 0.25)

    mix = (0.0, 2 / 3, 0.0, 1 / 3)
    return Case(
        "M/M/10, two priorities",
        lambda days, seed: queue(10, 9.0, days, seed, priorities=mix, policy="priority"),
        cobham(10, (3.0, 6.0)),
        read,
        tickets,
        9 * 24,
        within=(0.01, 0.01),
    )


def returning_case(tickets: int) -> Case:
    share = 0.25
    known = returning(10, 6.0, share)

    def read(rows: Rows, world: World) -> tuple[Floats, Floats]:
        """Wait of a visit; whether somebody waited who came once, which is no matter of how long the wait was."""
        wait, once = waits(rows), rows["exchanges"][:-1] == 0
        figures = np.stack([wait * (1 - share), (wait > 0) * once / (1 - share)], axis=1)
        return figures, fast_controls(rows, world, 10, 6.0, 0.25, share)

    return Case(
        "M/M/10, a quarter returns",
        lambda days, seed: queue(10, 6.0, days, seed, returns=share),
        (known.mean, known.waits),
        read,
        tickets,
        6 * 24,
        within=(0.01, 0.01),
    )


def single_lognormal_case(tickets: int) -> Case:
    sigma = math.sqrt(math.log(3))

    def read(rows: Rows, world: World) -> tuple[Floats, Floats]:
        work, apart = drawn_lognormal(np.uint64(world.seed), rows["key"][:-1], sigma), gaps(rows, FAST)
        controls = np.stack([apart - 1.25, apart**2 - 2 * 1.25**2, work - 1, work**2 - 3], axis=1)
        return waits(rows, FAST)[:, None], controls

    return Case(
        "M/G/1, lambda .8, cv^2 2",
        lambda days, seed: queue(1, 0.8, days, seed, unit=FAST, effort="lognormal", square_variation=2.0),
        (pollaczek_khinchine(0.8, 1.0, 2.0),),
        read,
        tickets,
        0.8 * 240,
    )


def single_fixed_case(tickets: int) -> Case:
    def read(rows: Rows, world: World) -> tuple[Floats, Floats]:
        apart = gaps(rows, FAST)
        neighbours = apart * np.roll(apart, 1)
        neighbours[0] = 1.25**2
        controls = np.stack([apart - 1.25, apart**2 - 2 * 1.25**2, neighbours - 1.25**2], axis=1)
        return waits(rows, FAST)[:, None], controls

    return Case(
        "M/D/1, lambda .8",
        lambda days, seed: queue(1, 0.8, days, seed, unit=FAST, effort="fixed"),
        (pollaczek_khinchine(0.8, 1.0, 0.0),),
        read,
        tickets,
        0.8 * 240,
    )


def loss_case(tickets: int) -> Case:
    """Callers who bear a millisecond are turned away."""

    def read(rows: Rows, world: World) -> tuple[Floats, Floats]:
        work = drawn_efforts(np.uint64(world.seed), rows["key"][:-1], 0.0)
        lost = (rows["abandoned"][:-1] == 1).astype(np.float64)
        return lost[:, None], np.stack([gaps(rows) - 1 / 9, work - 1], axis=1)

    return Case(
        "M/M/10/10, lambda 9",
        lambda days, seed: queue(10, 9.0, days, seed, channel="phone", patience=3_600_000.0),
        (erlang_b(10, 9.0),),
        read,
        tickets,
        9 * 24,
    )


CASES = (
    erlang_c_case(10, 9.0, 50_000),
    erlang_c_case(25, 22.0, 170_000),
    erlang_c_case(100, 95.0, 650_000),
    erlang_a_case(10, 10.0, 0.5, 120_000),
    erlang_a_case(10, 9.0, 0.5, 150_000),
    erlang_a_case(50, 55.0, 0.25, 300_000),
    erlang_a_case(5, 8.0, 2.0, 40_000),
    priorities_case(100_000),
    single_lognormal_case(350_000),
    returning_case(90_000),
    loss_case(50_000),
    single_fixed_case(100_000),
)


@pytest.mark.long
@pytest.mark.slow
def test_the_engine_agrees_with_the_closed_forms_of_queues() -> None:
    found = [estimated(case, 1_000 * (place + 1), case.replications) for place, case in enumerate(CASES)]
    told = "\n".join(one.told() for one in found)
    assert all(one.sharp for one in found), told
    missed = [one for one in found if not one.inside]
    assert len(missed) <= 1, told
    again: list[Found] = [estimated(one.case, 500_000, 60) for one in missed]
    assert all(one.inside for one in again), told + "\n\n" + "\n".join(one.told() for one in again)


@pytest.mark.slow
def test_a_wave_of_arrivals_keeps_as_many_busy_as_is_exact() -> None:
    """M_t/M/infinity: three hundred agents never are enough to be all busy; the number busy is Poisson."""

    def wave(hour: float) -> float:
        return 50 + 30 * math.sin(2 * math.pi * hour / 24)

    def mean(hour: float) -> float:
        rise = 30 * 24 / (2 * math.pi) * (math.cos(2 * math.pi * hour / 24) - math.cos(2 * math.pi * (hour + 1) / 24))
        return 50 + rise

    profile = tuple(mean(float(hour)) for hour in range(24)) * 7
    hours, days, replications = (6, 12, 18), 82, 20
    seen = np.empty((replications, len(hours), days - 2))
    for number in range(replications):
        world = _scaled(queue(300, 50.0, days, 2_000 + number, profile=profile))
        tickets = simulate(world, log=False).tickets
        assert tickets["waited"].max() == 0
        begun, over = np.sort(tickets["created"]), np.sort(tickets["solved"][tickets["solved"] >= 0])
        for place, hour in enumerate(hours):
            at = (np.arange(2, days) * 24 + hour) * HOUR
            seen[number, place] = np.searchsorted(begun, at, "right") - np.searchsorted(over, at, "right")
    for place, hour in enumerate(hours):
        exact = busy_without_limit(wave, 2.0, float(hour))
        means = seen[:, place].mean(axis=1)
        estimate, half = regressed(means[:, None], np.zeros((replications, 0)))
        assert half[0] < 0.01 * exact
        assert abs(estimate[0] - exact) <= half[0], (hour, estimate[0], half[0], exact)
        counts = seen[:, place].ravel()
        dispersion = float(((counts - counts.mean()) ** 2).sum() / counts.mean())
        assert 0.005 <= stats.chi2.cdf(dispersion, len(counts) - 1) <= 0.995


def _scaled(world: World) -> World:
    """Efforts twice as long."""
    one = world.classes[0]
    return replace(world, classes=(replace(one, effort_median=2 * one.effort_median),))


@pytest.mark.slow
def test_queue_rate_and_wait_from_separate_counters_agree_by_littles_law() -> None:
    """On a floor of all channels, with transfers, reopenings and breaks, that is open around the clock.

    Without a bot: the seconds with it are a wait of the customer, but in no queue.
    """
    base = small_world(days=728)
    people = tuple(one if one.is_bot else replace(one, shifts=ALWAYS) for one in base.agents[3:])
    busier = tuple(replace(one, weekly=4 * one.weekly, bot=0.0) for one in base.classes)
    world = replace(base, agents=people, classes=busier)
    raw = simulate(world, log=False)
    assert raw.counters["delayed"] > 10_000
    time = (world.warmup + world.days) * 86_400.0
    length = raw.counters["queue_area_s"] / time
    rate = raw.counters["waits"] / time
    wait = float(raw.tickets["waited"].sum()) / 1000 / raw.counters["waits"]
    assert length == pytest.approx(rate * wait, rel=0.002)


def test_the_warm_up_of_a_path_is_found() -> None:
    noise = np.random.default_rng(5).normal(size=4_000)
    path = noise + np.where(np.arange(4_000) < 300, 4.0, 0.0)
    assert 295 <= mser(path) <= 320
    assert mser(noise) < 400


def test_controls_leave_the_estimate_in_place_and_narrow_its_interval() -> None:
    draws = np.random.default_rng(6).normal(size=(60, 2))
    figures = 3.0 + draws[:, :1] + 0.1 * draws[:, 1:]
    plain, wide = regressed(figures, np.zeros((60, 0)))
    estimate, narrow = regressed(figures, draws[:, :1])
    assert abs(plain[0] - 3.0) < wide[0]
    assert abs(estimate[0] - 3.0) < narrow[0]
    assert narrow[0] < wide[0] / 5
