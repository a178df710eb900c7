"""Hours with too few people are found by waits and heads; slow days, slow groups and thin data are not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from maitred.insight.detectors import staffing_gap
from maitred.insight.detectors.finding import Moment
from maitred.insight.detectors.staffing_gap import Band
from maitred.insight.detectors.tests.desk import Desk
from maitred.insight.detectors.tests.test_speed import looks, same
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

START = 91
SMALL = Desk(days=125, people=(6, 4), daily=(56.0, 34.0), minutes=15.0)


@cache
def thin_evenings() -> Evidence:
    return replace(
        SMALL, away=lambda person, day, hour: person in (0, 2) and day >= START and 15 <= hour < 20
    ).evidence()


def test_evenings_with_too_few_people_are_found_with_their_hours() -> None:
    evidence = thin_evenings()
    found = looks(staffing_gap.prepare(evidence), evidence, START)
    day, one = found[0]
    assert day <= START + 21 and one.subject.name == "Group 0" and abs(one.since - START) <= 5
    assert one.subject.hours is not None
    name, first, last = one.subject.hours
    assert name in ("weekday", "every day") and 13 <= first <= 18 and 18 <= last <= 22
    assert one.cause.kind == "staffing" and "people an hour work in these hours instead of" in one.cause.text
    assert one.effect.low > 1 and one.waiting > 0
    assert {candidate.subject.name for _, candidate in found} == {"Group 0"}


def test_a_replay_says_what_a_look_at_that_day_would_have_said() -> None:
    evidence = thin_evenings()
    replayed = staffing_gap.prepare(evidence)
    for day in (START + 9, START + 16, START + 30):
        moment = Moment(int(evidence.days.starts[day]) + 6 * HOUR, day)
        live = staffing_gap.prepare(cut(evidence, moment.at))
        assert same(replayed(moment).candidates, live(moment).candidates)


def test_a_group_that_is_slow_all_day_long_is_no_gap() -> None:
    evidence = replace(SMALL, away=lambda person, day, hour: person in (0, 1) and day >= START).evidence()
    assert looks(staffing_gap.prepare(evidence), evidence) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_desk_with_holidays_and_nothing_wrong_is_left_alone(seed: int) -> None:
    evidence = replace(SMALL, seed=seed, days=150, minutes=14.0, holidays=(70, 105)).evidence()
    assert looks(staffing_gap.prepare(evidence), evidence) == []


def test_three_tickets_and_no_tickets_say_nothing() -> None:
    few = [{"created": MONDAY + (60 + place) * DAY, "group": 0, "channel": 0} for place in range(3)]
    for tickets in ([], few):
        evidence = made(tickets=tickets, first_at=MONDAY, as_of=MONDAY + 100 * DAY)
        assert looks(staffing_gap.prepare(evidence), evidence) == []


def test_bands_are_spoken_of_as_a_roster_would() -> None:
    assert Band(7, 17, 21).words() == "on working days from 17 to 21"
    assert Band(0, 8, 12).words() == "on Mondays from 8 to 12"
    assert Band(8, 8, 12).hours() == ("every day", 8, 12)
