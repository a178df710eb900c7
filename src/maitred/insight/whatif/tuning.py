"""The last turn of a fit: the scalars that no single event shows, set so that simulated weeks move like the real ones.

Time that serves no ticket (hidden shrinkage) and work that takes longer than it seems (effort scale) act alike on a
queue, so one of them is tuned: shrinkage where effort was measured, the effort scale where it was estimated. Simulated
moments with common random numbers on the last eight fitted weeks: median first reply, share in time, backlog. The third
scalar of the page, the variance of the day factor, is already fitted by the same moment of daily counts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from maitred.floor.fitted import FittedWorld, Parameter
from maitred.insight.whatif.fitting import Reading
from maitred.insight.whatif.measures import TOTAL, Weeks, weekly
from maitred.insight.whatif.past import WEEK
from maitred.insight.whatif.replaying import actual, conditional, replicated

Floats = NDArray[np.float64]

WEEKS = 8
_SEEDS = (101, 102, 103, 104, 105)
_GRID = (-0.24, -0.12, 0.0, 0.12, 0.24)
_FINE = 0.06
_TRUST_MEASURED = 0.04
_TRUST_ESTIMATED = 0.35
_SMALLEST_QUEUE = 80


def tuned(fitted: FittedWorld, read: Reading) -> FittedWorld:
    """The fit with its scalar tuned; untouched where fewer than twelve weeks leave no room for it."""
    start = _midnight_of(fitted) - WEEKS * WEEK
    if start - 4 * WEEK < int(read.known.tickets.created.min()):
        return fitted
    edges = start + WEEK * np.arange(WEEKS + 1)
    real = weekly(actual(read), edges, len(read.known.groups))
    trust = _TRUST_MEASURED if fitted.effort == "measured" else _TRUST_ESTIMATED
    losses: dict[float, float] = {}

    def loss(shift: float) -> float:
        if shift not in losses:
            runs = replicated(conditional(_shifted(fitted, shift), read, start, WEEKS), _SEEDS)
            losses[shift] = _distance(real, runs) + (shift / trust) ** 2 / 4
        return losses[shift]

    best = min(_GRID, key=loss)
    step = _FINE
    while step >= 0.015:
        best = min((best - step, best, best + step), key=loss)
        step /= 2
    half = _half_width(losses, best)
    name = "shrinkage" if fitted.effort == "measured" else "effort_scale"
    done = _shifted(fitted, best)
    value = done.shrinkage if name == "shrinkage" else done.effort_scale
    scale = 1.0 - value if name == "shrinkage" else value
    low, high = value - half * scale, value + half * scale
    scalar = Parameter("", name, value, low, high, WEEKS, "tuned", "plain")
    return replace(done, parameters=(*done.parameters, scalar))


def _midnight_of(fitted: FittedWorld) -> int:
    from maitred.insight.whatif.attendance import local_midnight

    return local_midnight(fitted.world.start)


def _shifted(fitted: FittedWorld, shift: float) -> FittedWorld:
    """Everybody slower by ``exp(shift)``, said as hidden shrinkage or as effort scale."""
    if fitted.effort == "measured":
        return replace(fitted, shrinkage=1.0 - float(np.exp(-shift)))
    return replace(fitted, effort_scale=float(np.exp(shift)))


def _distance(real: tuple[Weeks, ...], runs: list[tuple[Weeks, ...]]) -> float:
    """Squared distance of the moments in units of what the gate allows, weighted by the queues' tickets."""
    total = weight = 0.0
    for k, queue in enumerate(real):
        n = float(queue.n.sum())
        if queue.group == TOTAL or n < _SMALLEST_QUEUE:
            continue
        mine = [run[k] for run in runs]
        median = _log_ratio(float(np.median([one.whole_median for one in mine])), queue.whole_median) / 0.2
        sla = (float(np.mean([one.whole_sla for one in mine])) - queue.whole_sla) / 0.03
        backlog = float(np.mean([one.backlog.mean() for one in mine]))
        level = _log_ratio(backlog + 1, float(queue.backlog.mean()) + 1) / 0.2
        total += n * (min(median**2, 25.0) + min(sla**2, 25.0) + min(level**2, 25.0))
        weight += n
    return total / weight if weight else 0.0


def _log_ratio(one: float, other: float) -> float:
    if not (np.isfinite(one) and np.isfinite(other)) or one <= 0 or other <= 0:
        return 1.0 if np.isfinite(one) != np.isfinite(other) else 0.0
    return float(np.log(one / other))


def _half_width(losses: dict[float, float], best: float) -> float:
    """Half the width of the shifts whose distance is within one of the best: the scalar's interval."""
    near = [shift for shift, value in losses.items() if value <= losses[best] + 1.0]
    return max(0.02, (max(near) - min(near)) / 2)
