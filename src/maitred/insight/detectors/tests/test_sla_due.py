"""The queue of promises that will probably be missed: counted with a range, only where chances have proved right."""

from __future__ import annotations

import numpy as np
import pytest

from maitred.insight.detectors.finding import Candidate, Looked, Moment
from maitred.insight.detectors.sla_due import DETECTORS
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made
from maitred.insight.tests.queues import queue


def look(evidence: Evidence, at: int) -> Looked:
    return DETECTORS[0].prepare(evidence)(Moment(at, evidence.days.complete(at)))


@pytest.fixture(scope="module")
def world() -> Evidence:
    return queue(1, a_day=60.0)


def test_probable_misses_are_counted_with_a_range(world: Evidence) -> None:
    watch = DETECTORS[0].prepare(world)
    found: list[tuple[int, Candidate]] = []
    for day in range(91, 149):
        at = MONDAY + day * DAY + 14 * HOUR
        found += [(at, one) for one in watch(Moment(at, world.days.complete(at))).candidates]
    assert len(found) > 5
    inside = []
    for at, one in found:
        assert one.family == "sla_due" and one.subject.type == "workspace"
        assert one.effect.unit == "tickets" and 1 <= one.effect.low < one.effect.value < one.effect.high
        assert len(one.tickets) >= 3
        targets = world.targets
        soon = (targets.started_at < at) & (targets.ended_at >= at) & (targets.due_at >= at)
        soon &= targets.due_at <= at + 30 * HOUR
        missed = int((soon & (targets.due_at < targets.ended_at)).sum())
        inside.append(one.effect.low - 0.5 <= missed <= one.effect.high + 0.5)
    assert np.mean(inside) >= 0.8


def test_where_chances_cannot_be_told_nothing_is_said() -> None:
    thin = queue(2, days=80, a_day=1.5)
    assert not look(thin, thin.as_of).candidates
    assert not look(made(), MONDAY + 90 * DAY).candidates


def test_nothing_is_said_while_learning(world: Evidence) -> None:
    assert look(world, MONDAY + 50 * DAY + 14 * HOUR) == Looked()


def test_a_look_at_an_earlier_instant_uses_nothing_later(world: Evidence) -> None:
    for day in (100, 121):
        at = MONDAY + day * DAY + 14 * HOUR
        there, then = look(world, at), look(cut(world, at), at)
        assert [(one.title, one.tickets.tolist(), round(one.waiting, 6)) for one in there.candidates] == [
            (one.title, one.tickets.tolist(), round(one.waiting, 6)) for one in then.candidates
        ]
