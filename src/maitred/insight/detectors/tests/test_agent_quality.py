"""A person's work: several weak signals are one finding; groups, styles, hard cases and beginners are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from maitred.insight.detectors import reopen, satisfaction
from maitred.insight.detectors.agent_quality import DETECTORS
from maitred.insight.detectors.finding import Candidate, Detector, Moment
from maitred.insight.detectors.tests.solving import Desk, desk
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, MONDAY, made

ON = 100


def said(evidence: Evidence, detector: Detector = DETECTORS[0]) -> dict[str, list[tuple[int, Candidate]]]:
    """What is said on every day, by name."""
    watch = detector.prepare(evidence)
    found: dict[str, list[tuple[int, Candidate]]] = {}
    for days in range(1, len(evidence.days) + 1):
        for one in watch(Moment(MONDAY + days * DAY, days)).candidates:
            found.setdefault(one.subject.name, []).append((days, one))
    return found


def by(agent: int, much: float) -> Callable[[Any], Any]:
    return lambda cases: np.where((cases.day >= ON) & (cases.agent == agent), much, 0)


WEAK = Desk(seed=2, days=135, reopened=by(4, 0.1), bad=by(4, 0.15), shorter=by(4, 0.3), slower=by(4, 0.4))


def test_weak_signals_of_one_person_are_one_finding_with_its_parts() -> None:
    evidence = desk(WEAK)
    found = said(evidence)
    assert list(found) == ["Person 4"]
    first, _ = found["Person 4"][0]
    assert first <= ON + 21
    _, one = found["Person 4"][-1]
    assert abs(one.since - ON) <= 7
    assert len(one.parts) >= 3
    assert one.metric == "reopen_rate.transitions#1"
    assert one.effect.low <= 10 <= one.effect.high
    assert one.subject.type == "agent"
    assert one.n >= 8
    assert one.waiting > 0
    of_person = set(evidence.solves.ticket[evidence.solves.agent == 4].tolist())
    assert set(one.tickets.tolist()) <= of_person
    assert said(evidence, reopen.DETECTORS[0]) == {}
    assert said(evidence, satisfaction.DETECTORS[0]) == {}


def test_what_the_whole_group_does_is_nobodys_fault() -> None:
    def group(much: float) -> Callable[[Any], Any]:
        return lambda cases: np.where((cases.day >= ON) & (cases.group == 1), much, 0)

    assert said(desk(Desk(seed=3, days=130, reopened=group(0.12), bad=group(0.2), shorter=group(0.3)))) == {}


def test_style_alone_hard_cases_beginners_and_part_timers_are_no_findings() -> None:
    assert said(desk(Desk(seed=4, days=130, shorter=by(4, 0.6), slower=by(4, 0.6)))) == {}
    hard = Desk(seed=5, days=130, who=lambda c: np.where((c.day >= ON) & (c.topic == 4) & (c.group == 1), 4, c.agent))
    assert said(desk(hard)) == {}

    def beginner(cases: Any) -> Any:
        return np.where((cases.agent == 4) & (cases.day < ON), 7, cases.agent)

    assert said(desk(Desk(seed=6, days=130, who=beginner, reopened=by(4, 0.2), bad=by(4, 0.3)))) == {}

    def rarely(cases: Any) -> Any:
        return np.where((cases.agent == 4) & (cases.day % 14 > 0), 7, cases.agent)

    assert said(desk(Desk(seed=7, days=130, who=rarely, reopened=by(4, 0.1), bad=by(4, 0.1)))) == {}
    assert said(desk(Desk(seed=8, days=130))) == {}


def test_thin_evidence_says_nothing() -> None:
    assert said(desk(Desk(days=7))) == {}
    assert said(made(as_of=MONDAY + 90 * DAY, first_at=MONDAY)) == {}
    assert said(desk(Desk(seed=2, days=100, answers=0.0))) == {}
    one_solve = made(
        tickets=[{"created": MONDAY}], solves=[{"ticket": 0, "agent": 0, "group": 0, "solved_at": MONDAY + 60}],
        as_of=MONDAY + 90 * DAY,
    )  # fmt: skip
    assert said(one_solve) == {}


def test_a_look_back_says_what_a_look_then_said() -> None:
    evidence = desk(WEAK)
    watch = DETECTORS[0].prepare(evidence)
    for days in (80, 108, 115, 121, 134):
        at = MONDAY + days * DAY + 6 * 3600
        then = DETECTORS[0].prepare(cut(evidence, at))(Moment(at, days))
        now = watch(Moment(at, days))
        assert [summary(one) for one in then.candidates] == [summary(one) for one in now.candidates]
        assert then.checked == now.checked


def summary(one: Candidate) -> Any:
    return (one.subject, one.since, one.title, one.n, round(one.effect.value, 6), one.tickets.tolist(), one.parts)
