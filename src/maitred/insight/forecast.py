"""Where will backlog and promises stand tonight and at the end of the week? With ranges that have proved right.

From an instant of a day, the past has as many cases as it has days: how the backlog went on from the same time of day
to the end of that day and of that week. The forecast is a mean of the same weekdays of the last weeks, recent ones
counting more; its range comes from the errors that the same rule made at every earlier day, and its coverage from
ranges stated then. For managers who decide at noon who stays, and on Wednesday whether the week can be saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from maitred.insight.calibration import NotEnoughData
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import NEVER, Evidence, Floats, Ints

Horizon = Literal["day", "week"]
FEWEST_DAYS: Final = 70
"""Whole days of the past without which nothing is forecast."""
FEWEST_ERRORS: Final = 20
LEVELS: Final = (0.8, 0.9)
_WEEKS = 8
_FADES = 0.75
"""Weight of a week over that of the week after it."""
_WIDER = 1.05
"""What errors that follow each other ask for beyond those that do not."""
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Backtest:
    """How the same rule did at earlier days: share of ranges that held, its mean error and that of last week's step."""

    n: int
    coverage_80: float
    coverage_90: float
    error: float
    error_naive: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """A figure at the end of a day or week: value, ranges by level, and how such forecasts did before."""

    what: Literal["backlog", "sla"]
    horizon: Horizon
    at: int
    ends: int
    now: float
    value: float
    ranges: tuple[tuple[float, float], ...]
    """Of 80 and 90 %."""
    backtest: Backtest


def backlog(
    evidence: Evidence, horizon: Horizon = "day", at: int | None = None, group: int | None = None
) -> Forecast | NotEnoughData:
    """Unsolved tickets at the end of the day or week (Sunday) of an instant.

    Parameters
    ----------
    at
        Seconds UTC; by default ``evidence.as_of``.
    group
        Position of the group that has the tickets at their creation; by default all.
    """
    when = evidence.as_of if at is None else at
    opened, closed = _flow(evidence, group)
    past = _Past(evidence, horizon, when)
    if past.origins < FEWEST_DAYS or len(opened) < FEWEST_DAYS:
        return NotEnoughData(min(past.origins, len(opened)), FEWEST_DAYS, "days of history and tickets")

    def unsolved(instants: Ints) -> Floats:
        begun = np.searchsorted(opened, instants, side="left")
        return (begun - np.searchsorted(closed, instants, side="left")).astype(np.float64)

    now = float(unsolved(np.array([when]))[0])
    steps = unsolved(past.ends) - unsolved(past.starts)
    found = _forecast(past, steps)
    if found is None:
        return NotEnoughData(past.origins, FEWEST_DAYS + FEWEST_ERRORS, "days of history")
    value, ranges, backtest = found
    held = tuple((max(0.0, now + low), max(0.0, now + high)) for low, high in ranges)
    return Forecast("backlog", horizon, when, past.end, now, max(0.0, now + value), held, backtest)


def sla(
    evidence: Evidence, horizon: Horizon = "day", at: int | None = None, group: int | None = None
) -> Forecast | NotEnoughData:
    """Share of the targets decided in the day or week of an instant that were kept, at its end (0 to 1).

    A target is decided when it is met, stopped or missed, whichever is first.
    """
    when = evidence.as_of if at is None else at
    decided, missed = _decisions(evidence, group, when)
    past = _Past(evidence, horizon, when)
    if past.origins < FEWEST_DAYS or len(decided) < 10 * FEWEST_DAYS:
        return NotEnoughData(
            min(past.origins, len(decided) // 10), FEWEST_DAYS, "days of history with ten targets each"
        )

    def between(instants: Ints, begin: Ints, end: Ints) -> Floats:
        first, last = (np.searchsorted(instants, one, side="left") for one in (begin, end))
        return (last - first).astype(np.float64)

    everything = between(decided, past.opens, past.ends)
    kept = 1 - between(missed, past.opens, past.ends) / np.maximum(everything, 1)
    so_far = between(decided, past.opens, past.starts)
    lost = between(missed, past.opens, past.starts)
    # what is known of the period at the instant, drawn to nothing known while little is decided
    known = 1 - (lost + 1) / (so_far + 10)
    steps = np.where(everything > 0, kept - known, np.nan)
    opens = np.array([past.open])
    here = between(decided, opens, np.array([when]))[0], between(missed, opens, np.array([when]))[0]
    base = float(1 - (here[1] + 1) / (here[0] + 10))
    found = _forecast(past, steps)
    if found is None:
        return NotEnoughData(past.origins, FEWEST_DAYS + FEWEST_ERRORS, "days of history with targets")
    value, ranges, backtest = found
    now = float(1 - here[1] / here[0]) if here[0] else float("nan")
    held = tuple((float(np.clip(base + low, 0, 1)), float(np.clip(base + high, 0, 1))) for low, high in ranges)
    return Forecast("sla", horizon, when, past.end, now, float(np.clip(base + value, 0, 1)), held, backtest)


class _Past:
    """For every whole day before an instant: the same time of that day, end and beginning of its day or week."""

    def __init__(self, evidence: Evidence, horizon: Horizon, at: int) -> None:
        days = evidence.days
        today = int(np.searchsorted(days.starts, at - 1, side="right")) - 1
        offset = at - int(days.starts[max(0, today)])
        starts = np.append(days.starts[: today + 1], days.starts[max(0, today)] + _DAY * np.arange(1, 8))
        weekday = (np.arange(len(starts)) + days.first.weekday()) % 7
        ahead = 1 if horizon == "day" else 7 - weekday
        back = 0 if horizon == "day" else weekday
        order = np.arange(today + 1)
        self.weekday = weekday[: today + 1]
        self.open = int(starts[max(0, today - int(np.broadcast_to(back, len(starts))[today]))])
        self.end = int(starts[today + int(np.broadcast_to(ahead, len(starts))[today])])
        ends = starts[np.minimum(order + np.broadcast_to(ahead, len(starts))[: today + 1], len(starts) - 1)]
        opens = starts[np.maximum(order - np.broadcast_to(back, len(starts))[: today + 1], 0)]
        whole = order < today
        self.origins = int((ends[whole] <= at).sum())
        self.starts, self.ends, self.opens = (starts[: today + 1] + offset)[whole], ends[whole], opens[whole]
        self.known = self.ends <= at
        self.days = order[whole]
        self.today, self.off = today, days.off[: today + 1]


def _forecast(past: _Past, steps: Floats) -> tuple[float, tuple[tuple[float, float], ...], Backtest] | None:
    """The step to come, its ranges from earlier errors, and a backtest of both from rolling origins.

    Shape of ``steps``: one for each past day; only those whose end lies before the instant are used.
    """
    value = np.full(past.today + 1, np.nan)
    scale = np.full(past.today + 1, np.nan)
    naive = np.full(past.today + 1, np.nan)
    for day in range(14, past.today + 1):
        value[day], scale[day], naive[day] = _rule(past, steps, day)
    days = past.days
    usable = past.known & ~np.isnan(steps) & ~np.isnan(value[days])
    error = np.where(usable, steps - value[days], np.nan)
    # errors of days like today: working days and days off are apart
    alike = past.off[days] == past.off[past.today]
    rated = error / scale[days]
    mine = np.flatnonzero(usable & alike & np.isfinite(rated))
    if len(mine) < FEWEST_ERRORS or np.isnan(value[past.today]):
        return None
    inside = _covered(past, rated, mine)
    if inside is None:
        return None
    ranges = tuple(_range(rated[mine], level, scale[past.today], value[past.today]) for level in LEVELS)
    away_naive = np.abs(steps[mine] - naive[days[mine]])
    backtest = Backtest(
        len(inside), float(inside[:, 0].mean()), float(inside[:, 1].mean()), float(np.abs(error[mine]).mean()),
        float(np.nanmean(away_naive)),
    )  # fmt: skip
    return float(value[past.today]), ranges, backtest


def _rule(past: _Past, steps: Floats, day: int) -> tuple[float, float, float]:
    """What the weeks before a day say about its step: weighted mean, spread, and the step a week ago."""
    # a step that had not ended on that day was not known
    before = np.arange(day - 7, max(-1, day - 7 * _WEEKS - 1), -7)
    before = before[(past.ends[before] <= past.starts[day - 1] + _DAY) & ~np.isnan(steps[before])]
    same = before[past.off[before] == past.off[day]]
    used = same if len(same) >= 2 else before
    if len(used) < 2:
        return np.nan, np.nan, np.nan
    weight = _FADES ** ((day - used) / 7)
    held = steps[used]
    middle = np.median(held)
    reach = 3 * max(1.4826 * float(np.median(np.abs(held - middle))), 1e-9)
    held = np.clip(held, middle - reach, middle + reach) if len(used) >= 4 else held
    near = steps[max(0, day - 56) : day]
    near = near[~np.isnan(near) & (past.ends[max(0, day - 56) : day] <= past.starts[day - 1] + _DAY)]
    own = float(np.sqrt(np.average((held - np.average(held, weights=weight)) ** 2, weights=weight)))
    pooled = float(np.std(near)) if len(near) > 3 else own
    return (
        float(np.average(held, weights=weight)),
        max(1e-9, (own * len(used) + 0.5 * pooled * 3) / (len(used) + 3)),
        float(steps[used[0]]),
    )


def _covered(past: _Past, rated: Floats, mine: Ints) -> np.ndarray | None:
    """Whether the ranges that would have been stated on each earlier day held, by level."""
    found = []
    for place in range(FEWEST_ERRORS, len(mine)):
        day = mine[place]
        before = mine[:place][past.ends[mine[:place]] <= past.starts[day]]
        if len(before) >= FEWEST_ERRORS:
            ends = [_range(rated[before], level, 1.0, 0.0) for level in LEVELS]
            found.append([low <= rated[day] <= high for low, high in ends])
    return np.array(found) if len(found) >= FEWEST_ERRORS // 2 else None


def _range(rated: Floats, level: float, scale: float, value: float) -> tuple[float, float]:
    """The range that holds a share of earlier errors, one more than there are counted (Vovk et al. 2005)."""
    n = len(rated)
    tail = max(0.0, (1 - level) / 2 * (n + 1) - 1) / max(n - 1, 1)
    low, high = np.quantile(rated, (tail, 1 - tail))
    return float(value + _WIDER * scale * low), float(value + _WIDER * scale * high)


def _flow(evidence: Evidence, group: int | None) -> tuple[Ints, Ints]:
    """Sorted instants at which tickets began to be unsolved, and at which they stopped."""
    tickets, solves = evidence.tickets, evidence.solves
    mine = np.ones(len(tickets), np.bool_) if group is None else tickets.group == group
    solved = mine[solves.ticket]
    again = solves.reopened_at[solved]
    gone = np.flatnonzero(mine & (tickets.excluded_at < NEVER))
    still = gone[_unsolved(evidence, gone)]
    opened = np.concatenate([tickets.created[mine], again[again < NEVER]])
    closed = np.concatenate([solves.solved_at[solved], tickets.excluded_at[still]])
    return np.sort(opened), np.sort(closed)


def _unsolved(evidence: Evidence, ticket: Ints) -> np.ndarray:
    """Which tickets were unsolved just before they left the helpdesk."""
    if not len(evidence.statuses.ticket) or not len(ticket):
        return np.ones(len(ticket), np.bool_)
    status = value_at(evidence.statuses, ticket, evidence.tickets.excluded_at[ticket] - 1)
    return np.asarray((status >= 0) & (status < 4), np.bool_)


def _decisions(evidence: Evidence, group: int | None, at: int) -> tuple[Ints, Ints]:
    """Sorted instants at which targets were decided before an instant, and those at which they were missed."""
    targets = evidence.targets
    mine = np.ones(len(targets.ticket), np.bool_)
    if group is not None:
        mine = evidence.tickets.group[targets.ticket] == group
    late = mine & (targets.due_at < targets.ended_at)
    decided = np.minimum(targets.due_at, targets.ended_at)[mine]
    missed = targets.due_at[late]
    return np.sort(decided[decided < at]), np.sort(missed[missed < at])
