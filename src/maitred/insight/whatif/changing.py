"""What if: the difference that a change would make, or no value at all.

Both worlds, as is and with the change, are simulated under common random numbers, so their difference is caused by the
change alone; the band is over replications and over draws of the fitted parameters. A queue that did not pass the gate
is answered with what failed, never with a number.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maitred.floor.fitted import FittedWorld, drawn
from maitred.insight.whatif.attendance import local_midnight
from maitred.insight.whatif.backtesting import TOTAL_NAME, VALID_DAYS, Backtest
from maitred.insight.whatif.fitting import NotEnoughData, Reading, reading
from maitred.insight.whatif.gate import finite
from maitred.insight.whatif.history import History
from maitred.insight.whatif.levers import FITTED_RANGE, Change, Targets
from maitred.insight.whatif.measures import MEASURES, Measure, Weeks
from maitred.insight.whatif.past import DAY
from maitred.insight.whatif.promises import Promises
from maitred.insight.whatif.replaying import Replay, full, once

Floats = NDArray[np.float64]

DRAWS = 20
_FIRST_SEED = 9_001
_WIDER = 1.5
"""Factor of the band's half-width beyond the fitted range."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure over the horizon: as is, with the change, and the difference with its 80 % band."""

    measure: Measure
    as_is: float
    changed: float
    difference: float
    low: float
    high: float

    def document(self) -> dict[str, Any]:
        columns = ("as_is", "changed", "difference", "low", "high")
        return {"measure": self.measure, **{name: finite(getattr(self, name)) for name in columns}}


@dataclass(frozen=True, slots=True)
class Effect:
    """What the change does to one queue."""

    queue: str
    differences: tuple[Difference, ...]

    def of(self, measure: Measure) -> Difference:
        return next(one for one in self.differences if one.measure == measure)


@dataclass(frozen=True, slots=True)
class Refused:
    """No value: which queue is not calibrated (or what has expired), the failing line, and what would help."""

    queue: str
    failing: str
    helps: tuple[str, ...]
    verdict: str = "not_calibrated"

    def document(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "queue": self.queue, "failing": self.failing, "helps": list(self.helps)}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer, with the backtest that it rests on.

    ``extrapolated`` says that the change leaves the fitted range by more than 30 %: the band is wider then.
    """

    change: Change
    effects: tuple[Effect, ...]
    extrapolated: bool
    replications: int
    draws: int
    weeks: int
    backtest: Backtest

    def queue(self, name: str) -> Effect:
        return next(one for one in self.effects if one.queue == name)

    def document(self) -> dict[str, Any]:
        return {
            "verdict": "extrapolated" if self.extrapolated else "ok",
            "change": repr(self.change),
            "weeks": self.weeks,
            "replications": self.replications,
            "parameter_draws": self.draws,
            "queues": [
                {"queue": one.queue, "differences": [two.document() for two in one.differences]} for one in self.effects
            ],
            "backtest": [one.document() for one in self.backtest.conditional],
        }


def what_if(
    fitted: FittedWorld,
    change: Change,
    *,
    history: History,
    backtest: Backtest,
    weeks: int = 8,
    replications: int = 50,
    draws: int = DRAWS,
    today: date | None = None,
    workers: int | None = None,
) -> WhatIf | Refused | NotEnoughData:
    """The difference that a change would make over the coming weeks.

    Parameters
    ----------
    fitted
        The fit of today.
    change
        One of ``levers``.
    history
        Where promises and memberships are read from.
    backtest
        The gate: every queue that the change touches has to have passed it, within the last 14 days.
    weeks
        Horizon.
    replications, draws
        Pairs of runs, and how many draws of the parameters they are spread over (the fit itself is the first).
    today
        By default the day after the fitted weeks.

    Returns
    -------
    WhatIf, Refused or NotEnoughData
        Only queues that passed the gate are in the answer.
    """
    refused = _refusal(fitted, change, backtest, today or fitted.last + timedelta(days=1))
    if refused is not None:
        return refused
    start = local_midnight(fitted.last + timedelta(days=1))
    read = reading(history, min(start, _end_of(history)))
    if isinstance(read, NotEnoughData):
        return read
    jobs = [(number % max(1, draws), _FIRST_SEED + number) for number in range(replications)]
    run = partial(_pair, fitted, change, read.promised, _changed_promises(read, change), read, start, weeks)
    pairs = _ordered(run, jobs, workers if workers is not None else os.cpu_count() or 1)
    reach = change.reach(fitted.world)
    extrapolated = reach > FITTED_RANGE + 1e-9
    names = (*read.known.group_names, TOTAL_NAME)
    effects = tuple(
        Effect(
            name, tuple(_difference(measure, [(a[k], b[k]) for a, b in pairs], extrapolated) for measure in MEASURES)
        )
        for k, name in enumerate(names)
        if name in backtest.calibrated
    )
    return WhatIf(change, effects, extrapolated, replications, max(1, draws), weeks, backtest)


def _refusal(fitted: FittedWorld, change: Change, backtest: Backtest, today: date) -> Refused | None:
    tested = backtest.first + timedelta(days=7 * backtest.weeks)
    if today > tested + timedelta(days=VALID_DAYS):
        reason = f"the backtest is older than {VALID_DAYS} days"
        return Refused(TOTAL_NAME, reason, ("run the backtest again",), "expired")
    for name in change.queues(fitted.world) or (TOTAL_NAME,):
        known = [one for one in backtest.conditional if one.name == name]
        if not known:
            return Refused(name, "no such queue", (), "not_calibrated")
        if known[0].verdict != "calibrated":
            return Refused(name, known[0].failing or known[0].verdict, known[0].helps, known[0].verdict)
    return None


def _pair(
    fitted: FittedWorld,
    change: Change,
    promised: Promises,
    changed_promises: Promises,
    read: Reading,
    start: int,
    weeks: int,
    job: tuple[int, int],
) -> tuple[tuple[Weeks, ...], tuple[Weeks, ...]]:
    """One pair of runs with equal seeds and equal parameters."""
    number, seed = job
    mine = drawn(fitted, number)
    as_is = replace(full(mine, read, start, weeks), promised=promised)
    world = change.apply(as_is.world)
    other = replace(
        as_is, world=world, promised=changed_promises, members=_members(as_is, len(fitted.world.agents), world)
    )
    return once(as_is, seed), once(other, seed)


def _members(replay: Replay, before: int, changed: Any) -> NDArray[np.int64]:
    """Memberships with those of the newcomers."""
    place = {group.name: k for k, group in enumerate(changed.groups)}
    fresh = [(k, place[name]) for k in range(before, len(changed.agents)) for name in changed.agents[k].groups]
    return np.concatenate([replay.members, np.array(fresh, np.int64).reshape(-1, 2)])


def _changed_promises(read: Reading, change: Change) -> Promises:
    """A change of targets also changes what is measured."""
    if not isinstance(change, Targets):
        return read.promised
    seconds = read.promised.seconds.copy()
    place = read.known.group_names.index(change.group)
    told = seconds[:, place] > 0
    seconds[:, place][told] = np.rint(seconds[:, place][told] * change.factor).astype(np.int64)
    return replace(read.promised, seconds=seconds)


def _ordered(
    run: Any, jobs: Sequence[tuple[int, int]], workers: int
) -> list[tuple[tuple[Weeks, ...], tuple[Weeks, ...]]]:
    if workers <= 1 or len(jobs) < 8:
        return [run(job) for job in jobs]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(run, jobs, chunksize=max(1, len(jobs) // (4 * workers))))


def _difference(measure: Measure, pairs: Sequence[tuple[Weeks, Weeks]], extrapolated: bool) -> Difference:
    before = np.array([_whole(one, measure) for one, _ in pairs])
    after = np.array([_whole(other, measure) for _, other in pairs])
    known = np.isfinite(before) & np.isfinite(after)
    if not known.any():
        nothing = float("nan")
        return Difference(measure, nothing, nothing, nothing, nothing, nothing)
    moved = after[known] - before[known]
    middle, low, high = (float(np.quantile(moved, q)) for q in (0.5, 0.1, 0.9))
    if extrapolated:
        low, high = middle - _WIDER * (middle - low), middle + _WIDER * (high - middle)
    return Difference(measure, float(np.median(before[known])), float(np.median(after[known])), middle, low, high)


def _whole(weeks: Weeks, measure: Measure) -> float:
    """One figure over the whole horizon."""
    if measure == "sla":
        return weeks.whole_sla
    if measure == "median":
        return weeks.whole_median
    values: Floats = getattr(weeks, measure)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _end_of(history: History) -> int:
    instant: datetime = history.as_of
    return int(instant.timestamp() * 1000) // DAY * DAY
