"""Which promises will probably be missed? The chance of each running SLA clock to run out before it is stopped.

A discrete-time hazard of the clocks that ran before: from looks at past instants, a logistic model of what was known at
the look (how much of the target is used up, how much business time is left, how busy the group is, channel, priority,
who has the ticket, whose turn it is) is learned on older cases, corrected on later ones, and held to still later ones.
A chance that does not mean what it says is not shown. For whoever plans the day, and for the work queue of due targets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from maitred.insight import calibration
from maitred.insight.calibration import Calibration, Chances, NotEnoughData
from maitred.insight.evidence.tables import Evidence, Flags, Floats, Ints
from maitred.insight.open_tickets import Open
from maitred.insight.running import Clocks

FEWEST_MISSED: Final = 60
"""Misses (and clocks that were kept) among the past without which no chance is stated."""
_CUTS = (0.3, 0.44, 0.58, 0.72, 0.86)
"""Where the past is cut, as shares of the looks."""
_RIDGE = 10.0
_DAY, _WEEK = 86_400, 7 * 86_400
WITHIN: Final = 7
"""Days within which an escalation is foreseen."""
_LONGEST = 40 * _DAY
_MOST = 16_000
_KEPT = 4
"""Weeks for which a model is kept."""
_BACK = 14 * _DAY
"""Looks younger than this at a training are left out: their slow outcomes are not known yet."""


@dataclass(frozen=True, slots=True)
class BreachRisk:
    """The clocks running at an instant, most probable miss first.

    ``targets`` are positions in ``Evidence.targets``; ``due`` is when each runs out if nothing pauses it (``NEVER``: it
    is paused). ``spread`` is by what the variance of a count of misses exceeds that of independent ones.
    """

    at: int
    targets: Ints
    probability: Floats
    due: Ints
    calibration: Calibration
    spread: float

    @property
    def shown(self) -> bool:
        """Whether the chances may be shown."""
        return self.calibration.shown

    def expected(self, kept: Flags | None = None) -> tuple[float, float, float]:
        """How many of these will be missed: mean and 90 % range."""
        chance = self.probability if kept is None else self.probability[kept]
        mean = float(chance.sum())
        half = 1.645 * float(np.sqrt(self.spread * (chance * (1 - chance)).sum()))
        return mean, max(0.0, mean - half), min(float(len(chance)), mean + half)


def breach_risk(evidence: Evidence, at: int | None = None) -> BreachRisk | NotEnoughData:
    """Chances of the clocks running at an instant, learned from what was known before it.

    Parameters
    ----------
    at
        Seconds UTC; by default ``evidence.as_of``.
    """
    return prepared(evidence)(evidence.as_of if at is None else at)


def prepared(evidence: Evidence) -> Callable[[int], BreachRisk | NotEnoughData]:
    """The same for many instants: past looks are taken once, models are learned every four weeks and kept."""
    clocks = Clocks(evidence)
    past = _looks(clocks)
    anchors: dict[int, _Fitted | NotEnoughData] = {}
    first = int(evidence.days.starts[0])

    def learned(week: int) -> _Fitted | NotEnoughData:
        if week not in anchors:
            anchors[week] = _judged(past, first + week * _WEEK)
        return anchors[week]

    def look(at: int) -> BreachRisk | NotEnoughData:
        week = (at - first) // _WEEK
        fitted = learned(week // _KEPT * _KEPT)
        if isinstance(fitted, NotEnoughData):
            fitted = learned(week)
        if isinstance(fitted, NotEnoughData):
            return fitted
        running = clocks.running(at)
        instants = np.full(len(running), at, np.int64)
        seen = clocks.seen(running, instants)
        chance = fitted.chances(seen.features) if len(running) else np.empty(0)
        order = np.argsort(-chance, kind="stable")
        due = clocks.due(running, instants, seen.left)
        return BreachRisk(at, running[order], chance[order], due[order], fitted.calibration, fitted.spread)

    return look


@dataclass(frozen=True, slots=True)
class _Fitted:
    chances: Chances
    calibration: Calibration
    spread: float


@dataclass(frozen=True, slots=True)
class _Looks:
    """Past looks at running clocks, by instant: what was seen, what came (1 missed) and when that was known."""

    target: Ints
    at: Ints
    features: Floats
    age: Floats
    came: Floats
    known: Ints
    ticket: Ints

    def only(self, kept: Flags | Ints) -> _Looks:
        return _Looks(
            self.target[kept],
            self.at[kept],
            self.features[kept],
            self.age[kept],
            self.came[kept],
            self.known[kept],
            self.ticket[kept],
        )


def _looks(clocks: Clocks) -> _Looks:
    """Each running clock at fixed times of every day, with its outcome where that is known by now."""
    evidence = clocks.evidence
    grid = clocks.instants()
    first = np.searchsorted(grid, clocks.started, side="right")
    over = np.minimum(np.minimum(clocks.ended, clocks.missed), np.minimum(clocks.started + _LONGEST, evidence.as_of))
    many = np.maximum(np.searchsorted(grid, over, side="right") - first, 0)
    target = np.repeat(np.arange(len(many)), many)
    place = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
    at = grid[place]
    order = np.lexsort((target, at))
    target, at = target[order], at[order]
    seen = clocks.seen(target, at)
    missed = clocks.missed[target] < clocks.ended[target]
    known = np.minimum(clocks.missed, clocks.ended)[target]
    ticket = clocks.ticket[target].astype(np.int64)
    age = (at - clocks.started[target]).astype(np.float64)
    return _Looks(target, at, seen.features, age, missed.astype(np.float64), known, ticket)


def _judged(past: _Looks, anchor: int, back: int = _BACK) -> _Fitted | NotEnoughData:
    """Learn from what was known at an instant; judge on later looks, which neither fit nor correction saw."""
    usable = np.flatnonzero((past.known < anchor) & (past.at < anchor - back))
    used = past.only(usable[-_MOST:])
    groups = len(np.unique(used.target[used.came > 0])), len(np.unique(used.target[used.came == 0]))
    if min(groups) < FEWEST_MISSED:
        return NotEnoughData(min(groups), FEWEST_MISSED, "cases that came and that did not in the past")
    parts = _parts(used)
    if any(min(part.came.sum(), (1 - part.came).sum()) < 10 for part in parts):
        return NotEnoughData(
            int(min(part.came.sum() for part in parts)), 10, "cases that came in each part of the past"
        )
    raw, simple = _ahead(parts)
    held = [_mended(raw[:place], parts[1 : place + 1])(raw[place]) for place in range(1, len(raw))]
    looked, said = _joined(parts[2:]), np.concatenate(held)
    found = calibration.judged(said, looked.came, np.concatenate(simple[1:]), looked.ticket)
    fitted = calibration.logistic(used.features, used.came, _RIDGE)
    mended = _mended(raw, parts[1:])
    return _Fitted(lambda cases: mended(fitted(cases)), found, _spread(looked, said))


def _parts(used: _Looks) -> list[_Looks]:
    """The past cut by time: the first part is only learned from, each later one is judged from those before it."""
    edges = [0, *np.searchsorted(used.at, [used.at[int(one * (len(used.at) - 1))] for one in _CUTS]), len(used.at)]
    return [used.only(np.arange(one, other)) for one, other in pairwise(edges)]


def _ahead(parts: list[_Looks]) -> tuple[list[Floats], list[Floats]]:
    """Of each part but the first what a model of those before it says, and what 'oldest first' would."""
    raw, simple = [], []
    for place in range(1, len(parts)):
        before = _joined(parts[:place])
        raw.append(calibration.logistic(before.features, before.came, _RIDGE)(parts[place].features))
        simple.append(calibration.curve(before.age, before.came)(parts[place].age))
    return raw, simple


def _mended(raw: list[Floats], parts: list[_Looks]) -> Chances:
    """Platt's correction from parts that the models which spoke about them had not seen."""
    seen = _joined(parts)
    return calibration.platt(np.concatenate(raw), seen.came, seen.ticket)


def _joined(parts: list[_Looks]) -> _Looks:
    names = _Looks.__slots__
    return _Looks(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _spread(last: _Looks, said: Floats) -> float:
    """Over-dispersion of the number of misses among the clocks seen at one instant."""
    _, place = np.unique(last.at, return_inverse=True)
    away = np.bincount(place, last.came - said)
    expected = np.bincount(place, said * (1 - said))
    kept = expected > 0.25
    return max(1.0, float((away[kept] ** 2).sum() / expected[kept].sum())) if kept.any() else 1.0


@dataclass(frozen=True, slots=True)
class EscalationRisk:
    """Open tickets at an instant, most probable escalation within ``WITHIN`` days first."""

    at: int
    tickets: Ints
    probability: Floats
    calibration: Calibration

    @property
    def shown(self) -> bool:
        """Whether the chances may be shown."""
        return self.calibration.shown


def escalation_risk(evidence: Evidence, escalated_at: Ints, at: int | None = None) -> EscalationRisk | NotEnoughData:
    """Chances of the open tickets to be escalated within a week, learned from escalations before the instant.

    Parameters
    ----------
    escalated_at
        For each ticket the instant of its first escalation, ``NEVER`` where there was none; who records escalations
        says so, the helpdesk's records do not.
    at
        Seconds UTC; by default ``evidence.as_of``.
    """
    when = evidence.as_of if at is None else at
    count = int((escalated_at < when).sum())
    if count < FEWEST_MISSED:
        return NotEnoughData(count, FEWEST_MISSED, "escalations in the past")
    tickets = Open(evidence)
    grid = np.arange(int(evidence.days.starts[0]) + _DAY, when - WITHIN * _DAY, _DAY, dtype=np.int64)
    looks = [_escalations(tickets, escalated_at, int(one)) for one in grid]
    past = _joined([one for one in looks if len(one.at)]) if looks else None
    fitted = _judged(past, when, 0) if past is not None else NotEnoughData(0, FEWEST_MISSED, "days of history")
    if isinstance(fitted, NotEnoughData):
        return fitted
    running = tickets.running(when)
    running = running[escalated_at[running] >= when]
    chance = fitted.chances(tickets.seen(running, when)) if len(running) else np.empty(0)
    order = np.argsort(-chance, kind="stable")
    return EscalationRisk(when, running[order], chance[order], fitted.calibration)


def _escalations(tickets: Open, escalated_at: Ints, at: int) -> _Looks:
    """The open tickets at an instant that nobody had escalated, and whether somebody did within a week."""
    running = tickets.running(at)
    running = running[escalated_at[running] >= at]
    came = (escalated_at[running] < at + WITHIN * _DAY).astype(np.float64)
    instant = np.full(len(running), at, np.int64)
    age = (at - tickets.evidence.tickets.created[running]).astype(np.float64)
    return _Looks(running, instant, tickets.seen(running, at), age, came, instant + WITHIN * _DAY - 1, running)
