"""Clocks on the wrong hours or changed promises: told of group or policy, and never where the hours fit the people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maitred.insight.detectors.sla_setup import DETECTORS
from maitred.insight.detectors.tests.office import Office, evidence, said, same_when_cut
from maitred.insight.evidence.tables import Evidence

(SETUP,) = DETECTORS
SINCE = 80


@pytest.fixture(scope="module")
def wrong_hours() -> Evidence:
    return evidence(Office(opens=lambda group, day: int(group == 1 and day >= SINCE)))


def test_a_group_whose_tickets_run_on_the_hours_of_another_is_named(wrong_hours: Evidence) -> None:
    found = said(SETUP, wrong_hours)
    assert {(one.subject.type, one.subject.name) for told in found.values() for one in told} == {("group", "Technical")}
    assert SINCE < min(found) <= SINCE + 3
    first = found[min(found)][0]
    assert first.since == SINCE and first.cause.kind == "configuration" and first.effect.shows()
    assert "Nights" in first.title and "Office" in first.title


def test_targets_cut_to_a_quarter_are_told_of_the_policy() -> None:
    seen = evidence(Office(promise=lambda day: 1.0 if day >= SINCE else 4.0))
    found = said(SETUP, seen)
    assert {(one.subject.type, one.subject.name) for told in found.values() for one in told} == {
        ("sla_policy", "Standard")
    }
    last = found[max(found)][0]
    assert last.effect.unit == "points" and last.effect.high < 0 and last.since == SINCE
    assert same_when_cut(SETUP, seen, 95)


def test_kinder_targets_are_no_finding() -> None:
    assert said(SETUP, evidence(Office(promise=lambda day: 9.0 if day >= SINCE else 4.0))) == {}


def test_a_schedule_that_fits_the_people_is_no_finding(wrong_hours: Evidence) -> None:
    hours = wrong_hours.schedules
    longer = tuple((start, end + 30) for start, end in hours.weeks[0])
    fitting = replace(wrong_hours, schedules=replace(hours, weeks=(hours.weeks[0], longer)))
    assert said(SETUP, fitting) == {}


def test_people_who_moved_with_their_schedule_are_no_finding(wrong_hours: Evidence) -> None:
    talk, start = wrong_hours.messages, int(wrong_hours.days.starts[SINCE])
    night = (talk.sent_at // 86_400) * 86_400 + talk.sent_at % (8 * 3600)
    at = np.where((talk.sent_at >= start) & (wrong_hours.tickets.group[talk.ticket] == 1), night, talk.sent_at)
    moved = replace(wrong_hours, messages=replace(talk, sent_at=at))
    assert said(SETUP, moved) == {}


def test_a_look_at_a_day_is_the_same_when_nothing_is_known_after_it(wrong_hours: Evidence) -> None:
    assert same_when_cut(SETUP, wrong_hours, 83)
    assert same_when_cut(SETUP, wrong_hours, 100)


@pytest.mark.parametrize("seed", [2, 3])
def test_nothing_wrong_stays_empty(seed: int) -> None:
    assert said(SETUP, evidence(Office(seed=seed, days=130))) == {}


def test_few_cases_and_the_first_weeks_say_nothing() -> None:
    few = Office(a_day=1, days=86, opens=lambda group, day: int(group == 1 and day >= SINCE))
    assert said(SETUP, evidence(few)) == {}
    early = Office(days=59, opens=lambda group, day: int(group == 1 and day >= 30))
    assert said(SETUP, evidence(early), first=1) == {}
