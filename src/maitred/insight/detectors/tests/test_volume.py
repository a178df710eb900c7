"""A jump of arrivals from which service suffers is found; weekdays, holidays, drift and thin data are not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from maitred.insight.detectors import volume
from maitred.insight.detectors.finding import Moment
from maitred.insight.detectors.tests.desk import Desk
from maitred.insight.detectors.tests.test_speed import looks, same
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

START = 91
SMALL = Desk(days=112, people=(5, 4), daily=(42.0, 34.0), minutes=16.0)


@cache
def jumped() -> Evidence:
    return replace(SMALL, rate=lambda group, day: 1.8 if group == 1 and day >= START else 1.0).evidence()


@cache
def about_refunds() -> Evidence:
    return replace(SMALL, surging=lambda day: ("refund", 3.2) if day >= START else ("", 1.0)).evidence()


def test_a_jump_in_one_group_is_named_with_its_group() -> None:
    evidence = jumped()
    found = looks(volume.prepare(evidence), evidence, START)
    day, one = found[0]
    assert day <= START + 8 and one.subject.name == "Group 1" and abs(one.since - START) <= 2
    assert {candidate.subject.name for _, candidate in found} == {"Group 1"}
    assert one.metric == "arrivals#1" and one.effect.unit == "ratio" and one.effect.low > 1
    assert found[-1][1].effect.value == pytest.approx(1.8, abs=0.4)
    assert one.cause.kind == "volume" and "tickets a day instead of" in one.cause.text


def test_a_jump_that_lies_in_a_topic_gives_the_topics_tickets() -> None:
    evidence = about_refunds()
    _, one = looks(volume.prepare(evidence), evidence, START)[-1]
    assert one.subject.type == "workspace"
    assert "about refund" in one.cause.text
    names = [evidence.topic_names[evidence.topics[ticket]] for ticket in one.tickets]
    assert names.count("refund") > 0.9 * len(names)


def test_a_replay_says_what_a_look_at_that_day_would_have_said() -> None:
    evidence = jumped()
    replayed = volume.prepare(evidence)
    for day in (START + 5, START + 9, START + 16):
        moment = Moment(int(evidence.days.starts[day]) + 6 * HOUR, day)
        live = volume.prepare(cut(evidence, moment.at))
        assert same(replayed(moment).candidates, live(moment).candidates)


@pytest.mark.parametrize("seed", [2, 3])
def test_weekdays_holidays_and_a_slow_drift_are_no_finding(seed: int) -> None:
    drifting = replace(SMALL, seed=seed, days=150, holidays=(70, 105), rate=lambda group, day: 1 + day * 0.001)
    evidence = drifting.evidence()
    assert looks(volume.prepare(evidence), evidence) == []


def test_more_tickets_that_are_answered_as_fast_are_no_finding() -> None:
    quick = replace(SMALL, minutes=3.0, rate=lambda group, day: 1.5 if group == 1 and day >= START else 1.0)
    evidence = quick.evidence()
    assert looks(volume.prepare(evidence), evidence) == []


def test_three_tickets_and_no_tickets_say_nothing() -> None:
    few = [{"created": MONDAY + (60 + place) * DAY, "group": 0, "channel": 0} for place in range(3)]
    for tickets in ([], few):
        evidence = made(tickets=tickets, first_at=MONDAY, as_of=MONDAY + 100 * DAY)
        assert looks(volume.prepare(evidence), evidence) == []
