"""Simple queues as worlds, replicated by the engine, with intervals: what the comparison with exact results is made of.

A case gives, for every ticket, its figures (wait, whether it waited …) and controls: functions of the drawn arrivals
and efforts alone, whose means are known exactly. Replications are regressed on their controls (Lavenberg, Welch 1981),
which leaves the estimate unbiased and takes most of the chance out of it. The strongest control is the wait in a queue
with one agent, as fast as all of them, fed by the same arrivals and efforts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from maitred.floor.engine import simulate
from maitred.floor.streams import Purpose, exponential, normal, uniform
from maitred.floor.world import Agent, Channel, EffortKind, Group, Policy, Schedule, Span, TicketClass, World

Floats = NDArray[np.float64]
HOUR = 3_600_000
ALWAYS = tuple(Span(day, 0, 1440) for day in range(7))
STORED = 100
"""Tickets whose figures are kept as one mean; the warm-up is cut at a multiple."""
EFFORT, EXCHANGES, PATIENCE = int(Purpose.EFFORT), int(Purpose.EXCHANGES), int(Purpose.PATIENCE)
ORGANISATION = int(Purpose.ORGANISATION)


def queue(
    agents: int,
    arrivals: float,
    days: int,
    seed: int,
    *,
    unit: int = HOUR,
    channel: Channel = "email",
    effort: EffortKind = "exponential",
    square_variation: float = 1.0,
    patience: float = 0.0,
    returns: float = 0.0,
    priorities: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 0.0),
    policy: Policy = "fifo",
    profile: tuple[float, ...] = (1.0,) * 168,
) -> World:
    """One group that never closes; mean effort 1 and ``arrivals`` in units of ``unit`` ms.

    ``patience`` is a rate, ``returns`` the probability that a customer answers at once, as a geometric number of
    exchanges.
    """
    sigma = math.sqrt(math.log(1 + square_variation))
    median = {"exponential": math.log(2), "fixed": 1.0, "lognormal": math.exp(-(sigma**2) / 2)}[effort]
    one = TicketClass(
        "all",
        channel,
        "any",
        "All",
        arrivals * 7 * 24 * HOUR / unit,
        profile,
        priorities=priorities,
        effort_kind=effort,
        effort_median=median * unit / 1000,
        effort_sigma=sigma,
        exchanges=returns / (1 - returns),
        reply_median=1e-6,
        reply_sigma=0.0,
        no_reply=0.0,
        patience=unit / 1000 / patience if patience else 0.0,
        success=40.0,
        reopens=0.0,
        recontacts=0.0,
        escalates=0.0,
        transfers=0.0,
        day_factor=0.0,
    )
    people = tuple(Agent(f"p{n}", f"Person {n}", ("All",), ALWAYS, breaks=(), absence=0.0) for n in range(agents))
    return World(
        name="Queue",
        start=date(2025, 1, 6),
        days=days,
        seed=seed,
        groups=(Group("All", "Always", policy),),
        classes=(one,),
        agents=people,
        schedules=(Schedule("Always", "UTC", ALWAYS),),
        warmup=0,
        close_days=1e5,
    )


@dataclass(frozen=True)
class Case:
    """A queue, what is known of it, and how to read that from the tickets of a run.

    Attributes
    ----------
    world
        Of (days, seed).
    exact
        Known value of each figure.
    read
        From tickets and world to figures, shape (tickets, figures), and controls with mean 0, (tickets, controls).
    tickets, replications
        Of one replication, and how many.
    rate
        Tickets per day.
    within
        Largest half-width of each figure's interval, relative to its exact value.
    """

    name: str
    world: Callable[[int, int], World]
    exact: tuple[float, ...]
    read: Callable[[NDArray[np.void], World], tuple[Floats, Floats]]
    tickets: int
    rate: float
    replications: int = 40
    within: tuple[float, ...] = (0.01,)


@dataclass(frozen=True)
class Found:
    """The estimates of a case with half-widths of 99 % intervals; ``cut`` is the share dropped as warm-up."""

    case: Case
    estimate: Floats
    half: Floats
    cut: float

    @property
    def inside(self) -> bool:
        return bool((np.abs(self.estimate - np.array(self.case.exact)) <= self.half).all())

    @property
    def sharp(self) -> bool:
        return bool((self.half <= np.array(self.case.within) * np.array(self.case.exact)).all())

    def told(self) -> str:
        rows = zip(self.estimate, self.half, self.case.exact, strict=True)
        figures = "  ".join(f"{value:.6f} +-{half / exact:.2%} ({exact:.6f})" for value, half, exact in rows)
        return f"{self.case.name:<28} cut {self.cut:.1%}  {figures}  {'' if self.inside else 'OUTSIDE'}"


def estimated(case: Case, first_seed: int, replications: int) -> Found:
    """Replicate a case, drop the warm-up by MSER-5 on the mean path, regress on the controls."""
    days = math.ceil(case.tickets / case.rate / 0.97) + 2
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda number: _replicate(case, days, first_seed + number), range(replications)))
    fives = np.mean([run[0] for run in runs], axis=0)
    cut = -(-5 * mser(fives) // STORED)
    means = np.array([run[1][cut:].mean(axis=0) for run in runs])
    figures = len(case.exact)
    estimate, half = regressed(means[:, :figures], means[:, figures:])
    return Found(case, estimate, half, cut * STORED / case.tickets)


def _replicate(case: Case, days: int, seed: int) -> tuple[Floats, Floats]:
    """Means of the first figure over fives, and of all figures and controls over ``STORED``."""
    world = case.world(days, seed)
    tickets = simulate(world, log=False).tickets
    figures, controls = case.read(tickets[: case.tickets + 1], world)
    table = np.concatenate([figures[: case.tickets], controls[: case.tickets]], axis=1)
    assert len(table) == case.tickets, "the run is too short"
    return table[:, 0].reshape(-1, 5).mean(axis=1), table.reshape(-1, STORED, table.shape[1]).mean(axis=1)


def mser(batches: Floats) -> int:
    """How many batch means to drop: the marginal standard error of what is left is least (White 1997)."""
    count = len(batches)
    left = np.arange(count, 0, -1)
    sums, squares = np.cumsum(batches[::-1])[::-1], np.cumsum(batches[::-1] ** 2)[::-1]
    error = (squares - sums**2 / left) / left**2.0
    return int(np.argmin(error[: count // 2]))


def regressed(figures: Floats, controls: Floats) -> tuple[Floats, Floats]:
    """Estimates at the controls' exact means, and half-widths of 99 % t intervals."""
    design = np.concatenate([np.ones((len(figures), 1)), controls], axis=1)
    weights, *_ = np.linalg.lstsq(design, figures, rcond=None)
    freedom = len(design) - design.shape[1]
    spread = ((figures - design @ weights) ** 2).sum(axis=0) / freedom
    unit = float(np.linalg.inv(design.T @ design)[0, 0])
    return weights[0], stats.t.ppf(0.995, freedom) * np.sqrt(spread * unit)


# ---------------------------------------------------------------- controls


def gaps(tickets: NDArray[np.void], unit: int = HOUR) -> Floats:
    """Time from each ticket's arrival to the next, in units."""
    found: Floats = np.diff(tickets["created"]) / unit
    return found


@nb.njit(cache=True, nogil=True)
def drawn_efforts(seed: np.uint64, keys: NDArray[np.uint64], returns: float) -> Floats:
    """Exponential effort of each ticket over all its visits, as the engine draws it."""
    made = np.zeros(len(keys))
    odds = returns / (1 - returns)
    for place in range(len(keys)):
        visit = 0
        while True:
            made[place] += exponential(seed, EFFORT, keys[place], visit)
            if uniform(seed, EXCHANGES, keys[place], visit) >= odds / (1 + odds):
                break
            visit += 1
    return made


@nb.njit(cache=True, nogil=True)
def drawn_lognormal(seed: np.uint64, keys: NDArray[np.uint64], sigma: float) -> Floats:
    """Log-normal effort with mean 1 of each ticket."""
    made = np.empty(len(keys))
    for place in range(len(keys)):
        made[place] = math.exp(sigma * normal(seed, EFFORT, keys[place], 0) - sigma * sigma / 2)
    return made


@nb.njit(cache=True, nogil=True)
def drawn_patience(seed: np.uint64, keys: NDArray[np.uint64]) -> Floats:
    made = np.empty(len(keys))
    for place in range(len(keys)):
        made[place] = exponential(seed, PATIENCE, keys[place], 0)
    return made


@nb.njit(cache=True, nogil=True)
def one_fast_agent(seed: np.uint64, gaps: Floats, work: Floats, rate: float, arrivals: float) -> Floats:
    """Waits for one agent (Lindley 1952), from its steady state on: ``rate`` contacts and ``arrivals`` per unit."""
    waits = np.empty(len(gaps))
    wait = 0.0
    if uniform(seed, ORGANISATION, 1, 0) < arrivals / rate:
        wait = exponential(seed, ORGANISATION, 2, 0) / (rate - arrivals)
    for place in range(len(gaps)):
        waits[place] = wait
        wait = max(0.0, wait + work[place] - gaps[place])
    return waits


def fast_controls(
    tickets: NDArray[np.void], world: World, agents: int, arrivals: float, longer: float, returns: float = 0.0
) -> Floats:
    """Gap, effort and the wait for one agent who is as fast as all, less their exact means (M/M/1)."""
    seed, apart = np.uint64(world.seed), gaps(tickets)
    work = drawn_efforts(seed, tickets["key"][:-1], returns)
    rate = agents * (1 - returns)
    load = arrivals / rate
    fast = one_fast_agent(seed, apart, work / agents, rate, arrivals)
    return np.stack(
        [
            apart - 1 / arrivals,
            work - 1 / (1 - returns),
            fast - load / (rate - arrivals),
            (fast > 0) - load,
            (fast > longer) - load * math.exp(-(rate - arrivals) * longer),
        ],
        axis=1,
    )


def waits(tickets: NDArray[np.void], unit: int = HOUR) -> Any:
    """Wait of each ticket but the last, in units."""
    return tickets["waited"][:-1] / unit
