"""Whether a simulated floor is good enough to be asked: five lines, each passed or not, for every queue.

``floor.md`` section 8. A queue that fails one line is not calibrated and gives no what-if value; nothing here can be
told to look away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from maitred.insight.whatif.measures import MEASURES, Measure, Weeks

Floats = NDArray[np.float64]
Verdict = Literal["calibrated", "not_calibrated", "not_enough_data"]

SLA_POINTS = 0.03
WEEKS_INSIDE = 5 / 8
BACKLOG_WAPE = 0.20
RATIO = (0.8, 1.25)
FEWEST = 80
"""Tickets with a settled promise below which a queue is not judged."""
_TIE_SLA = 0.005
_TIE_BACKLOG = 0.05
"""Errors so small that losing against the naive forecast by them says nothing."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the gate: what was found, what passes, and whether it does."""

    name: str
    value: float
    passes: str
    passed: bool

    def document(self) -> dict[str, Any]:
        return {"line": self.name, "value": finite(self.value), "passes": self.passes, "passed": self.passed}


@dataclass(frozen=True, slots=True)
class Band:
    """One figure by week: what was, the simulated median and the 80 % and 90 % band; nan where nothing can be said."""

    measure: Measure
    actual: Floats
    median: Floats
    low: Floats
    high: Floats
    low_90: Floats
    high_90: Floats

    def document(self) -> dict[str, Any]:
        columns = ("actual", "median", "low", "high", "low_90", "high_90")
        return {
            "measure": self.measure,
            **{name: [finite(float(value)) for value in getattr(self, name)] for name in columns},
        }

    def inside_90(self) -> tuple[int, int]:
        """Weeks whose actual figure lies in the 90 % band, and weeks that can be judged."""
        known = np.isfinite(self.actual) & np.isfinite(self.median)
        good = known & (self.actual >= self.low_90 - _ROUNDING) & (self.actual <= self.high_90 + _ROUNDING)
        return int(good.sum()), int(known.sum())


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue's verdict with its lines and bands; ``failing`` is the first failed line, ``helps`` what would help."""

    name: str
    n: int
    verdict: Verdict
    failing: str
    helps: tuple[str, ...]
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]

    def band(self, measure: Measure) -> Band:
        return next(one for one in self.bands if one.measure == measure)

    def document(self) -> dict[str, Any]:
        return {
            "queue": self.name,
            "n": self.n,
            "verdict": self.verdict,
            "failing": self.failing or None,
            "helps": list(self.helps),
            "gate": [one.document() for one in self.lines],
            "weeks": [one.document() for one in self.bands],
        }


def judged(
    name: str,
    actual: Weeks,
    before: Weeks,
    simulated: Sequence[Weeks],
    *,
    estimated: bool,
    fitted_weeks: int,
) -> Queue:
    """Judge one queue.

    Parameters
    ----------
    actual, before
        The held-out weeks as they were, and as many weeks before them (the naive forecast).
    simulated
        The held-out weeks of every replication.
    estimated
        Whether effort had to be inferred.
    fitted_weeks
        Weeks behind the fit.
    """
    bands = tuple(_band(measure, actual, simulated) for measure in MEASURES)
    n = int(actual.n.sum())
    if n < FEWEST:
        return Queue(name, n, "not_enough_data", "", (f"{FEWEST} tickets with a promise in these weeks",), (), bands)
    lines = _lines(actual, before, simulated, {one.measure: one for one in bands})
    failed = [one for one in lines if not one.passed]
    helps = _helps(estimated, fitted_weeks) if failed else ()
    verdict: Verdict = "not_calibrated" if failed else "calibrated"
    return Queue(name, n, verdict, failed[0].name if failed else "", helps, lines, bands)


def _band(measure: Measure, actual: Weeks, simulated: Sequence[Weeks]) -> Band:
    runs = np.stack([getattr(one, measure) for one in simulated])
    low_90, low, median, high, high_90 = (_level(runs, q) for q in (0.05, 0.1, 0.5, 0.9, 0.95))
    return Band(measure, getattr(actual, measure), median, low, high, low_90, high_90)


def _level(runs: Floats, q: float) -> Floats:
    """Order statistic over replications, so that infinite waits are allowed; shape (weeks,)."""
    found = np.full(runs.shape[1], np.nan)
    for w in range(runs.shape[1]):
        values = np.sort(runs[~np.isnan(runs[:, w]), w])
        if len(values):
            place = q * (len(values) - 1)
            found[w] = values[int(np.floor(place)) if q < 0.5 else int(np.ceil(place))]
    return found


def _lines(actual: Weeks, before: Weeks, simulated: Sequence[Weeks], bands: dict[Measure, Band]) -> tuple[Line, ...]:
    sla, backlog = bands["sla"], bands["backlog"]
    error = abs(float(np.nanmean([one.whole_sla for one in simulated])) - actual.whole_sla)
    known = np.isfinite(sla.actual) & np.isfinite(sla.median)
    inside = known & (sla.actual >= sla.low - _ROUNDING) & (sla.actual <= sla.high + _ROUNDING)
    share = float(inside.sum() / max(1, known.sum()))
    wape = _wape(backlog.actual, backlog.median)
    ratio = float(np.median([one.whole_median for one in simulated])) / actual.whole_median
    naive_sla = float(np.nanmean(np.abs(before.sla - actual.sla)))
    own_sla = float(np.nanmean(np.abs(sla.median - actual.sla)))
    naive_backlog = _wape(actual.backlog, before.backlog)
    better = own_sla <= naive_sla + _TIE_SLA and wape <= naive_backlog + _TIE_BACKLOG
    return (
        Line("sla_mean", error, f"at most {SLA_POINTS}", error <= SLA_POINTS + _ROUNDING),
        Line("sla_weeks_in_band", share, f"at least {WEEKS_INSIDE}", share >= WEEKS_INSIDE - _ROUNDING),
        Line("backlog_wape", wape, f"at most {BACKLOG_WAPE}", wape <= BACKLOG_WAPE + _ROUNDING),
        Line("median_first_reply_ratio", ratio, f"{RATIO[0]} to {RATIO[1]}", RATIO[0] <= ratio <= RATIO[1]),
        Line(
            "beats_naive",
            max(own_sla - naive_sla, wape - naive_backlog),
            f"error above the naive one by at most {_TIE_SLA} (share in time) and {_TIE_BACKLOG} (backlog)",
            better,
        ),
    )


def _wape(actual: Floats, predicted: Floats) -> float:
    return float(np.abs(actual - predicted).sum() / max(1.0, np.abs(actual).sum()))


def _helps(estimated: bool, fitted_weeks: int) -> tuple[str, ...]:
    found = []
    if estimated:
        found.append("recorded handling times (time entries, calls or engagements)")
    found.append("a roster of who was planned when")
    if fitted_weeks < 26:
        found.append(f"more weeks of history ({fitted_weeks} of 26)")
    return tuple(found)


def finite(value: float) -> float | None:
    """The value, or nothing where it is not a number or has no end (JSON knows neither)."""
    return value if np.isfinite(value) else None
