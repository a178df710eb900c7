"""Which accounts leave, when, and for how much of it support is to blame.

Each month an account leaves with the hazard

    h = expit(c0 + segment + c1 pain + c2 incident hours + c3 silence + renewal + plants)

``pain`` is what its people suffered from support: unhappy episodes of the last months, fading. Without pain the hazard
would be ``h0``; ``1 - h0 / h`` is the part of a loss that support could have prevented, and a loss whose draw falls
between ``h0`` and ``h`` would not have happened. Renewal dates gather the decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maitred.floor.customers import population
from maitred.floor.latent import ms_of
from maitred.floor.run import Run
from maitred.floor.streams import Purpose, uniforms
from maitred.floor.surveys import DAY, FEELINGS, Surveys, surveys

Floats = NDArray[np.float64]

MONTH: Final = 30
"""Days of a month of decisions."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """The coefficients of the hazard (see the module)."""

    pain: float = 0.8
    incident_hours: float = 0.02
    silence: float = 0.25
    """Of an account that did not write in three months."""
    renewal: float = 1.5
    elsewhen: float = -0.35
    """Shift in the other months, so that a year's losses stay about the same."""
    segment: float = 0.35
    """From one segment to the next smaller one."""
    fading: float = 0.6
    """What remains of last month's pain."""


LEAVING: Final = Leaving()


@dataclass(frozen=True, slots=True)
class Churn:
    """The truth about accounts.

    Attributes
    ----------
    hazard, without_pain
        By account and month; shape (accounts, months).
    left
        When an account left, ms from the origin; -1: it stayed.
    attributable
        ``1 - h0 / h`` of the month in which it left, 0 for those that stayed.
    preventable
        It would have stayed without its pain with support.
    lost
        Yearly revenue that went with it.
    pain
        By account and month.
    """

    hazard: Floats
    without_pain: Floats
    left: NDArray[np.int64]
    attributable: Floats
    preventable: NDArray[np.bool_]
    lost: Floats
    pain: Floats


def churn(run: Run, found: Surveys | None = None, leaving: Leaving = LEAVING) -> Churn:
    """Which accounts left in the visible days of a run."""
    found = surveys(run) if found is None else found
    people, world = population(run.world), run.world
    months = max(1, -(-world.days // MONTH))
    pain = _pain(run, found, months, leaving)
    base = np.log(world.customers.churn / (1 - world.customers.churn))
    middle = (len(world.customers.segments) - 1) / 2
    odds = base + leaving.segment * (people.segment.astype(np.float64) - middle)[:, None] + np.zeros_like(pain)
    odds += leaving.incident_hours * _incident_hours(run, months) + leaving.silence * _silence(run, months)
    odds += np.where(_renews(people.renewal, months, world.warmup), leaving.renewal, leaving.elsewhen)
    odds += _planted(run, months)
    calm, hazard = _expit(odds), _expit(odds + leaving.pain * pain)
    accounts = np.arange(len(people.segment), dtype=np.uint64)
    seed = np.uint64(world.seed)
    drawn = np.stack([uniforms(seed, int(Purpose.CHURN), accounts, month) for month in range(months)], axis=1)
    days = np.stack([uniforms(seed, int(Purpose.CHURN), accounts, 1_000 + m) for m in range(months)], axis=1)
    gone = drawn < hazard
    month = np.where(gone.any(axis=1), gone.argmax(axis=1), -1)
    rows, at = np.arange(len(month)), np.maximum(month, 0)
    left = ((world.warmup + at * MONTH + days[rows, at] * MONTH) * DAY).astype(np.int64)
    leaves = (month >= 0) & (left < (world.warmup + world.days) * DAY)
    share = 1 - calm[rows, at] / hazard[rows, at]
    return Churn(
        hazard,
        calm,
        np.where(leaves, left, -1),
        np.where(leaves, share, 0.0),
        leaves & (drawn[rows, at] >= calm[rows, at]),
        np.where(leaves, people.revenue, 0.0),
        pain,
    )


def _months(run: Run, ms: NDArray[np.int64]) -> NDArray[np.int64]:
    return (ms // DAY - run.world.warmup) // MONTH


def _pain(run: Run, found: Surveys, months: int, leaving: Leaving) -> Floats:
    """How far below the line between good and bad the episodes of an account fell, fading from month to month."""
    people = population(run.world)
    episodes = np.flatnonzero(found.episodes)
    account = people.account[run.tickets["customer"][episodes]].astype(np.int64)
    depth = np.maximum(0.0, FEELINGS.cuts[2] - found.satisfaction[episodes])
    fresh = _table(account, _months(run, run.tickets["solved"][episodes]), depth, len(people.segment), months)
    count = _table(account, _months(run, run.tickets["solved"][episodes]), None, len(people.segment), months)
    fresh = fresh / np.sqrt(np.maximum(count, 1.0))
    pain = np.zeros_like(fresh)
    last = np.zeros(len(fresh))
    for month in range(months):
        pain[:, month] = last
        last = leaving.fading * last + fresh[:, month]
    return pain


def _table(
    account: NDArray[np.int64], month: NDArray[np.int64], weight: Floats | None, accounts: int, months: int
) -> Floats:
    inside = (month >= 0) & (month < months)
    cell = account[inside] * months + month[inside]
    summed = np.bincount(cell, None if weight is None else weight[inside], accounts * months)
    return summed.reshape(accounts, months).astype(np.float64)


def _incident_hours(run: Run, months: int) -> Floats:
    """Hours of planted incidents that an account wrote about, counted in the months after."""
    people, world = population(run.world), run.world
    hours = np.zeros(len(world.plants) + 1)
    for place, plant in enumerate(world.plants):
        for extra in plant.extras(world):
            hours[place] = max(hours[place], min(72.0, (extra.end - extra.start).total_seconds() / 3600))
    tickets = run.tickets[run.tickets["cause"] >= 0]
    account = people.account[tickets["customer"]].astype(np.int64)
    found = np.zeros((len(people.segment), months))
    month = _months(run, tickets["created"]) + 1
    inside = (month >= 0) & (month < months)
    np.maximum.at(found, (account[inside], month[inside]), hours[tickets["cause"][inside]])
    return found


def _silence(run: Run, months: int) -> Floats:
    """Whether an account wrote nothing in the three months before."""
    people = population(run.world)
    account = people.account[run.tickets["customer"]].astype(np.int64)
    wrote = _table(account, _months(run, run.tickets["created"]), None, len(people.segment), months) > 0
    silent = np.zeros(wrote.shape)
    for month in range(3, months):
        silent[:, month] = ~wrote[:, month - 3 : month].any(axis=1)
    return silent


def _renews(renewal: NDArray[np.int64], months: int, warmup: int) -> NDArray[np.bool_]:
    """Whether the yearly renewal of an account falls into each month."""
    begin = (warmup + MONTH * np.arange(months)) * DAY
    year = 365 * DAY
    since = (begin[None, :] - renewal[:, None]) % year
    falls: NDArray[np.bool_] = (since == 0) | (since > year - MONTH * DAY)
    return falls


def _planted(run: Run, months: int) -> Floats:
    """Shifts that plants give to the log-odds, by the share of the month that they last."""
    people, world = population(run.world), run.world
    segments = [name for name, _, _ in world.customers.segments]
    found = np.zeros((len(people.segment), months))
    begin = (world.warmup + MONTH * np.arange(months)) * DAY
    for plant in world.plants:
        for one in plant.hazards(world) if hasattr(plant, "hazards") else ():
            start, end = ms_of(world, one.start), ms_of(world, one.end)
            overlap = np.minimum(end, begin + MONTH * DAY) - np.maximum(start, begin)
            shift = one.log_odds * np.clip(overlap / (MONTH * DAY), 0, 1)
            hit = np.ones(len(found), np.bool_)
            if one.account >= 0:
                hit = np.arange(len(found)) == one.account
            elif one.segment:
                hit = people.segment == segments.index(one.segment)
            found[hit] += shift
    return found


def _expit(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)
