"""Which promises will probably be missed soon? A queue of work for whoever plans the next hours.

One row for the workspace: how many running targets will be missed within the next working day, with a range, the most
probable ones first. Chances come from ``insight.risk`` and are used only where they have proved right; where too little
is known, nothing is said.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from maitred.insight.calibration import NotEnoughData
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.evidence.tables import Evidence, Ints
from maitred.insight.risk import BreachRisk, prepared

NAME: Final = "sla_due.probable#1"
METRIC: Final = "sla.breaches#1"
AHEAD_S: Final = 30 * 3600
"""Targets that run out within this time are due soon."""
PROBABLE: Final = 0.5
_DAY = 86_400
FEWEST: Final = 3
"""Probable misses from which the queue is listed."""


def prepare(evidence: Evidence) -> Watch:
    """Chances of the running clocks, and the look at those due soon."""
    look = prepared(evidence)

    def watch(moment: Moment) -> Looked:
        if moment.days < LEARNING:
            return Looked()
        found = look(moment.at)
        if isinstance(found, NotEnoughData):
            return Looked((), (Checked("sla_due", "running targets", 0),))
        checked = (Checked("sla_due", "running targets", len(found.targets)),)
        one = _candidate(evidence, found, moment) if found.shown else None
        return Looked(() if one is None else (one,), checked)

    return watch


def _candidate(evidence: Evidence, found: BreachRisk, moment: Moment) -> Candidate | None:
    soon = found.due <= moment.at + AHEAD_S
    probable = found.targets[soon & (found.probability >= PROBABLE)]
    mean, low, high = found.expected(soon)
    if len(probable) < FEWEST or low < 1:
        return None
    tickets = _distinct(evidence.targets.ticket[probable].astype(np.int64))
    days = evidence.days
    title = (
        f"{mean:.0f} of {int(soon.sum())} promises due by tomorrow will probably be missed ({low:.0f} to {high:.0f})"
    )
    lift = found.calibration.lift
    return Candidate(
        "sla_due",
        NAME,
        Subject("workspace", evidence.source, evidence.source, evidence.source),
        METRIC,
        max(0, min(int(days.of(np.array([moment.at - 1]))[0]), len(days) - 1)),
        Size(mean, low, high, "tickets"),
        len(probable),
        title,
        0.9,
        tickets[:2_000],
        waiting=_beyond(evidence, found, mean),
        cause=Cause("unknown", f"the first tenth of this order is missed {lift:.1f} times as often as the oldest", 0.0),
        where={"sla_metric": ",".join(_metrics(evidence, probable))},
    )


def _distinct(tickets: Ints) -> Ints:
    _, first = np.unique(tickets, return_index=True)
    return np.asarray(tickets[np.sort(first)], np.int64)


def _beyond(evidence: Evidence, found: BreachRisk, mean: float) -> float:
    """Customer-hours a week of waiting beyond the usual: more misses than in the last four weeks, by what they last."""
    targets = evidence.targets
    lately = found.at - 28 * _DAY
    missed = (targets.due_at < np.minimum(targets.ended_at, found.at)) & (targets.due_at >= lately)
    known = missed & (targets.ended_at < found.at)
    late = (targets.ended_at - targets.due_at)[known]
    hours = float(np.median(late)) / 3600 if len(late) >= FEWEST else 1.0
    usual = float(missed.sum()) / 28 * AHEAD_S / _DAY
    return 5 * max(0.0, mean - 1.4 * usual) * hours


def _metrics(evidence: Evidence, targets: Ints) -> list[str]:
    return sorted({evidence.target_names[int(one)] for one in evidence.targets.metric[targets]})


DETECTORS: Final = (Detector(NAME, "sla_due", prepare),)
"""What this module offers."""
