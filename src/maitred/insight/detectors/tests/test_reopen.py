"""Reopenings: what gets worse is named once, by its narrowest subject; what is as it was stays silent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.insight.detectors.finding import Candidate, Moment
from maitred.insight.detectors.reopen import DETECTORS
from maitred.insight.detectors.tests.solving import Desk, desk
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, MONDAY, made

ON = 100


def said(evidence: Evidence, last: int | None = None) -> dict[tuple[str, str], list[tuple[int, Candidate]]]:
    """What is said on every day, by subject."""
    watch = DETECTORS[0].prepare(evidence)
    found: dict[tuple[str, str], list[tuple[int, Candidate]]] = {}
    for days in range(1, (last or len(evidence.days)) + 1):
        at = MONDAY + days * DAY
        for one in watch(Moment(at, days)).candidates:
            found.setdefault((one.subject.type, one.subject.name), []).append((days, one))
    return found


def new_macro(cases: Any) -> Any:
    return np.where((cases.day >= ON) & (cases.topic == 0) & (np.arange(len(cases.day)) % 2 == 0), 0, -1)


@pytest.mark.parametrize(
    ("subject", "shape", "points"),
    [
        (("group", "Group 1"), lambda c: np.where((c.day >= ON) & (c.group == 1), 0.12, 0), 12),
        (("topic", "invoice"), lambda c: np.where((c.day >= ON) & (c.topic == 2), 0.12, 0), 12),
        (("agent", "Person 4"), lambda c: np.where((c.day >= ON) & (c.agent == 4), 0.2, 0), 20),
    ],
)
def test_what_comes_back_more_often_is_named_alone_within_days(subject: Any, shape: Any, points: float) -> None:
    found = said(desk(Desk(seed=4, days=130, reopened=shape)))
    assert list(found) == [subject]
    first, one = found[subject][0]
    assert first <= ON + 17
    assert abs(one.since - ON) <= 4
    _, last = found[subject][-1]
    # a solve is watched for seven days and some reopenings come later
    assert last.effect.low <= points <= last.effect.high * 1.15
    assert last.effect.shows()
    assert last.n >= 8
    assert last.waiting > 0


def test_a_new_macro_is_held_against_the_tickets_without_it() -> None:
    evidence = desk(Desk(seed=5, days=130, macro=new_macro, reopened=lambda c: np.where(new_macro(c) >= 0, 0.15, 0)))
    found = said(evidence)
    assert list(found) == [("macro", "Macro 0")]
    days, one = found[("macro", "Macro 0")][-1]
    assert one.cause.kind == "macro"
    used = set(evidence.macros.ticket.tolist())
    assert set(one.tickets.tolist()) <= used
    assert len(one.tickets) >= 8


def test_harmless_macros_hard_cases_and_quiet_desks_say_nothing() -> None:
    hard = Desk(seed=6, days=130, who=lambda c: np.where((c.day >= ON) & (c.topic == 4) & (c.group == 1), 4, c.agent))
    assert said(desk(hard)) == {}
    assert said(desk(Desk(seed=7, days=130, macro=lambda c: np.where((c.day >= ON) & (c.topic == 4), 0, -1)))) == {}
    assert said(desk(Desk(seed=8, days=130))) == {}


def test_a_person_whose_ratings_fall_too_is_left_to_agent_quality() -> None:
    worse = {
        "reopened": lambda c: np.where((c.day >= ON) & (c.agent == 4), 0.2, 0),
        "bad": lambda c: np.where((c.day >= ON) & (c.agent == 4), 0.4, 0),
    }
    found = said(desk(Desk(seed=4, days=130, answers=0.5, **worse)))  # type: ignore[arg-type]
    assert ("agent", "Person 4") not in found


def test_thin_evidence_says_nothing() -> None:
    three = made(
        tickets=[{"created": MONDAY + day * DAY} for day in range(3)],
        solves=[
            {"ticket": day, "agent": 0, "solved_at": MONDAY + day * DAY + 60, "reopened_at": MONDAY + 9 * DAY}
            for day in range(3)
        ],
        as_of=MONDAY + 90 * DAY,
    )  # fmt: skip
    assert said(three) == {}
    assert said(desk(Desk(days=7))) == {}
    assert said(made(as_of=MONDAY + 90 * DAY, first_at=MONDAY)) == {}
    same = desk(Desk(seed=2, days=100, reopened=lambda c: np.full(len(c.day), 1.0)))
    assert said(same) == {}


def test_a_look_back_says_what_a_look_then_said() -> None:
    shape = Desk(
        *(4, 125), reopened=lambda c: np.where((c.day >= ON) & (c.topic == 2), 0.15, 0), macro=new_macro, topics=True
    )
    evidence = desk(shape)
    watch = DETECTORS[0].prepare(evidence)
    for days in (70, 104, 109, 114, 124):
        at = MONDAY + days * DAY + 6 * 3600
        then = DETECTORS[0].prepare(cut(evidence, at))(Moment(at, days))
        now = watch(Moment(at, days))
        assert [summary(one) for one in then.candidates] == [summary(one) for one in now.candidates]
        assert [(one.series, one.n) for one in then.checked] == [(one.series, one.n) for one in now.checked]


def summary(one: Candidate) -> Any:
    return (one.subject, one.since, one.title, one.n, round(one.effect.value, 6), one.tickets.tolist())
