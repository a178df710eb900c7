"""Would the simulated floor have told the last eight weeks? Asked before it may tell the next ones.

The fit ends where the held-out weeks begin. The *conditional* runs get the arrivals and the presence that really were,
so only the floor model is judged, and the gate is theirs; the *full* runs have to forecast both, which shows what a
plan can expect. ``at_change`` holds out the weeks after a real change of staffing or of rules, predicts them from
before, and shows predicted against actual.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from maitred.floor.fitted import FittedWorld
from maitred.insight.whatif.assembling import policies_of
from maitred.insight.whatif.fitting import FEWEST_WEEKS, NotEnoughData, Reading, fit, reading
from maitred.insight.whatif.gate import Band, Queue, finite, judged
from maitred.insight.whatif.history import History
from maitred.insight.whatif.measures import MEASURES, Measure, weekly
from maitred.insight.whatif.past import DAY, WEEK
from maitred.insight.whatif.replaying import Replay, actual, conditional, full, replicated

Ints = NDArray[np.int64]
Mode = Literal["conditional", "full"]

VALID_DAYS = 14
TOTAL_NAME = "total"
_FIRST_SEED = 7_001


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the simulated floor said about weeks that it had not seen.

    Attributes
    ----------
    first, weeks
        First day of the held-out weeks, and how many they are.
    conditional, full
        Every queue's verdict and bands, the total last; only the conditional verdicts open the gate.
    fitted
        The fit that was judged, which knows nothing of the held-out weeks.
    replications
        Of each mode.
    change
        The day of a real change that was predicted from before, if asked for.
    """

    first: date
    weeks: int
    conditional: tuple[Queue, ...]
    full: tuple[Queue, ...]
    fitted: FittedWorld
    replications: int
    change: date | None = None

    @property
    def calibrated(self) -> tuple[str, ...]:
        """Names of the queues that passed; the total is one of them."""
        return tuple(one.name for one in self.conditional if one.verdict == "calibrated")

    def queue(self, name: str, mode: Mode = "conditional") -> Queue:
        chosen = self.conditional if mode == "conditional" else self.full
        return next(one for one in chosen if one.name == name)

    def document(self) -> dict[str, Any]:
        """Plain values for ``--json``."""
        return {
            "verdict": self.queue(TOTAL_NAME).verdict,
            "first": self.first.isoformat(),
            "weeks": self.weeks,
            "replications": self.replications,
            "change": self.change.isoformat() if self.change else None,
            "effort": self.fitted.effort,
            "calibrated": list(self.calibrated),
            "conditional": [one.document() for one in self.conditional],
            "full": [one.document() for one in self.full],
            "charts": [one.document() for one in charts(self)],
            "notes": list(self.fitted.notes),
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure of one queue by week, ready to be drawn as a line with a band; ``None`` where nothing can be said."""

    queue: str
    mode: Mode
    measure: Measure
    weeks: tuple[date, ...]
    actual: tuple[float | None, ...]
    median: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]

    def document(self) -> dict[str, Any]:
        columns = ("actual", "median", "low", "high")
        return {
            "queue": self.queue,
            "mode": self.mode,
            "measure": self.measure,
            "weeks": [day.isoformat() for day in self.weeks],
            **{name: list(getattr(self, name)) for name in columns},
        }


def backtest(
    history: History,
    *,
    weeks: int = 8,
    replications: int = 50,
    at_change: datetime | None = None,
    fit_weeks: int = 26,
    workers: int | None = None,
) -> Backtest | NotEnoughData:
    """Judge the simulated floor on weeks that its fit has not seen.

    Parameters
    ----------
    history
        Canonical tables of one workspace.
    weeks
        How many of the last weeks are held out.
    replications
        Runs of each mode.
    at_change
        Instead of the last weeks those from this instant on; the presence or the rules that are in force there are the
        actual ones, and the fit ends before.
    fit_weeks
        Weeks that the fit reads at most.
    workers
        Processes; by default one a core. The result does not depend on it.

    Returns
    -------
    Backtest or NotEnoughData
        At least 8 weeks must lie before the held-out ones.
    """
    last = int(history.as_of.timestamp() * 1000) // DAY * DAY
    start = last - weeks * WEEK if at_change is None else int(at_change.timestamp() * 1000) // DAY * DAY
    held_out = int(min(weeks, (last - start) // WEEK))
    if held_out < 1:
        return NotEnoughData(held_out, 1, "whole weeks after the change")
    fitted = fit(history, weeks=fit_weeks, until=datetime.fromtimestamp(start / 1000, UTC))
    if isinstance(fitted, NotEnoughData):
        return NotEnoughData(fitted.n, FEWEST_WEEKS, f"{fitted.what} before the held-out weeks")
    read = _held_out(history, fitted, start + held_out * WEEK, fit_weeks + weeks)
    if isinstance(read, NotEnoughData):
        return read
    if at_change is not None:
        fitted = replace(fitted, world=replace(fitted.world, policies=policies_of(read)))
    seeds = tuple(range(_FIRST_SEED, _FIRST_SEED + replications))
    processes = workers if workers is not None else os.cpu_count() or 1
    real = weekly(actual(read, fitted.effort_scale), start + WEEK * np.arange(held_out + 1), len(read.known.groups))
    before = weekly(
        actual(read, fitted.effort_scale), start - WEEK * np.arange(held_out, -1, -1), len(read.known.groups)
    )

    def judge(replay: Replay) -> tuple[Queue, ...]:
        runs = replicated(replay, seeds, processes)
        span = (fitted.last - fitted.first).days // 7 + 1
        names = (*read.known.group_names, TOTAL_NAME)
        return tuple(
            judged(
                name,
                real[k],
                before[k],
                [run[k] for run in runs],
                estimated=fitted.effort == "estimated",
                fitted_weeks=span,
            )
            for k, name in enumerate(names)
        )

    return Backtest(
        first=datetime.fromtimestamp(start / 1000, UTC).date(),
        weeks=held_out,
        conditional=judge(conditional(fitted, read, start, held_out)),
        full=judge(full(fitted, read, start, held_out)),
        fitted=fitted,
        replications=replications,
        change=at_change.date() if at_change is not None else None,
    )


def charts(result: Backtest, modes: Sequence[Mode] = ("conditional",)) -> tuple[Chart, ...]:
    """Every figure of every queue by week, for a line with a band."""
    starts = tuple(date.fromordinal(result.first.toordinal() + 7 * week) for week in range(result.weeks))
    return tuple(
        _chart(queue, mode, queue.band(measure), starts)
        for mode in modes
        for queue in (result.conditional if mode == "conditional" else result.full)
        for measure in MEASURES
    )


def _chart(queue: Queue, mode: Mode, band: Band, weeks: tuple[date, ...]) -> Chart:
    def column(name: str) -> tuple[float | None, ...]:
        return tuple(finite(float(value)) for value in getattr(band, name))

    return Chart(
        queue.name, mode, band.measure, weeks, column("actual"), column("median"), column("low"), column("high")
    )


def _held_out(history: History, fitted: FittedWorld, end: int, weeks: int) -> Reading | NotEnoughData:
    """The whole history up to ``end``, with tickets in the classes of the fit; effort and promises as fitted."""
    read = reading(history, end, weeks)
    if isinstance(read, NotEnoughData):
        return read
    names = [one.name for one in fitted.world.classes]
    place = np.array([names.index(name) if name in names else -1 for name in read.names], np.int64)
    fallback = _nearest(read, fitted)
    place = np.where(place >= 0, place, fallback)
    class_ = np.where(read.class_ >= 0, place[np.maximum(read.class_, 0)], -1)
    return replace(read, class_=class_.astype(np.int64), names=tuple(names))


def _nearest(read: Reading, fitted: FittedWorld) -> Ints:
    """For a class that is new in the held-out weeks: the largest fitted one of its group, -1 none."""
    found = []
    for _, group in read.pairs:
        name = read.known.group_names[group]
        alike = [k for k, one in enumerate(fitted.world.classes) if one.group == name]
        found.append(max(alike, key=lambda k: fitted.world.classes[k].weekly) if alike else -1)
    return np.array(found, np.int64)
