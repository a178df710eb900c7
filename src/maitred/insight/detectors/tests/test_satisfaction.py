"""Satisfaction: a fall is named by its narrowest subject; another mix of answers and one person's fall are not one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.insight.detectors.finding import Candidate, Moment
from maitred.insight.detectors.satisfaction import DETECTORS
from maitred.insight.detectors.tests.solving import Desk, desk
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, MONDAY, made

ON = 100


def said(evidence: Evidence) -> dict[tuple[str, str], list[tuple[int, Candidate]]]:
    """What is said on every day, by subject."""
    watch = DETECTORS[0].prepare(evidence)
    found: dict[tuple[str, str], list[tuple[int, Candidate]]] = {}
    for days in range(1, len(evidence.days) + 1):
        for one in watch(Moment(MONDAY + days * DAY, days)).candidates:
            found.setdefault((one.subject.type, one.subject.name), []).append((days, one))
    return found


@pytest.mark.parametrize(
    ("subject", "shape"),
    [
        (("group", "Group 1"), lambda c: np.where((c.day >= ON) & (c.group == 1), 0.25, 0)),
        (("topic", "invoice"), lambda c: np.where((c.day >= ON) & (c.topic == 2), 0.25, 0)),
        (("channel", "chat"), lambda c: np.where((c.day >= ON) & (c.channel == 2), 0.25, 0)),
    ],
)
def test_a_fall_is_named_alone_within_weeks(subject: Any, shape: Any) -> None:
    found = said(desk(Desk(seed=2, days=130, answers=0.4, bad=shape)))
    assert list(found) == [subject]
    first, _ = found[subject][0]
    assert first <= ON + 14
    _, one = found[subject][-1]
    assert abs(one.since - ON) <= 4
    assert one.effect.low <= -25 <= one.effect.high
    assert one.effect.high < 0
    assert any("answered" in part for part in one.parts)
    assert len(one.tickets) >= 8


def test_another_mix_of_cases_is_no_fall() -> None:
    lots = np.random.default_rng(9)

    def harder(cases: Any) -> Any:
        return np.where((cases.day >= ON) & (cases.group == 1) & (lots.random(len(cases.day)) < 0.5), 4, cases.topic)

    assert said(desk(Desk(seed=2, days=130, answers=0.4, topic_share=harder))) == {}


def test_one_persons_fall_and_a_quiet_desk_say_nothing() -> None:
    alone = Desk(seed=3, days=130, answers=0.4, bad=lambda c: np.where((c.day >= ON) & (c.agent == 4), 0.5, 0))
    assert said(desk(alone)) == {}
    assert said(desk(Desk(seed=4, days=130, answers=0.4))) == {}


def test_thin_evidence_says_nothing() -> None:
    assert said(desk(Desk(days=7))) == {}
    assert said(desk(Desk(days=90, answers=0.0))) == {}
    assert said(made(as_of=MONDAY + 90 * DAY, first_at=MONDAY)) == {}
    three = made(
        tickets=[{"created": MONDAY + day * DAY} for day in range(3)],
        ratings=[{"ticket": day, "rated_at": MONDAY + (80 + day) * DAY, "group": 0} for day in range(3)],
        as_of=MONDAY + 90 * DAY,
    )
    assert said(three) == {}
    assert said(desk(Desk(seed=2, days=100, bad=lambda c: np.full(len(c.day), 1.0)))) == {}


def test_a_look_back_says_what_a_look_then_said() -> None:
    shape = Desk(seed=1, days=125, answers=0.4, bad=lambda c: np.where((c.day >= ON) & (c.topic == 2), 0.25, 0))
    evidence = desk(shape)
    watch = DETECTORS[0].prepare(evidence)
    for days in (70, 106, 112, 124):
        at = MONDAY + days * DAY + 6 * 3600
        then = DETECTORS[0].prepare(cut(evidence, at))(Moment(at, days))
        now = watch(Moment(at, days))
        assert [summary(one) for one in then.candidates] == [summary(one) for one in now.candidates]
        assert then.checked == now.checked


def summary(one: Candidate) -> Any:
    return (one.subject, one.since, one.title, one.n, round(one.effect.value, 6), one.tickets.tolist(), one.parts)
