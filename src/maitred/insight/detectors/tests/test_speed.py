"""Waits that grow are found, with their cause; bad days, holidays and thin data are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from maitred.insight.detectors import speed
from maitred.insight.detectors.finding import Candidate, Moment, Watch
from maitred.insight.detectors.tests.desk import Desk
from maitred.insight.detectors.waits import BusinessClock
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

START = 91
SMALL = Desk(days=112, people=(5, 4), daily=(42.0, 34.0), minutes=16.0)


def looks(watch: Watch, evidence: Evidence, first: int = 56) -> list[tuple[int, Candidate]]:
    """All candidates of all days, with the day."""
    return [
        (day, one)
        for day in range(first, len(evidence.days))
        for one in watch(Moment(int(evidence.days.starts[day]) + 6 * HOUR, day)).candidates
    ]


def same(one: Sequence[Candidate], other: Sequence[Candidate]) -> bool:
    """Whether two looks say the same."""
    return [repr(replace(each, tickets=np.sort(each.tickets))) for each in one] == [
        repr(replace(each, tickets=np.sort(each.tickets))) for each in other
    ]


@cache
def gone() -> Evidence:
    return replace(SMALL, away=lambda person, day, hour: person in (0, 1) and day >= START).evidence()


def test_a_group_that_loses_two_of_five_people_waits_longer_because_of_them() -> None:
    evidence = gone()
    day, found = next(
        (day, one) for day, one in looks(speed.prepare(evidence), evidence, START) if one.subject.name == "Group 0"
    )
    assert day <= START + 10
    assert (found.cause.kind, found.cause.text[:33]) == ("staffing", "2 of 5 people have not worked sin")
    assert abs(found.since - START) <= 3
    assert found.effect.low > 1 and found.waiting > 0
    assert "takes" in found.title and found.title.endswith("April")
    assert found.metric == "frt.business_all#1" or "reply" in found.title or "Solving" in found.title


def test_what_is_said_of_one_group_is_not_said_of_its_channel_again() -> None:
    evidence = gone()
    assert {one.subject.type for _, one in looks(speed.prepare(evidence), evidence, START)} == {"group"}


def test_a_replay_says_what_a_look_at_that_day_would_have_said() -> None:
    evidence = gone()
    replayed = speed.prepare(evidence)
    for day in (START + 5, START + 9, START + 16):
        moment = Moment(int(evidence.days.starts[day]) + 6 * HOUR, day)
        live = speed.prepare(cut(evidence, moment.at))
        assert same(replayed(moment).candidates, live(moment).candidates)


def test_a_group_that_stops_answering_does_not_look_fast() -> None:
    evidence = replace(SMALL, away=lambda person, day, hour: person >= 5 and day >= START).evidence()
    found = [
        (day, one) for day, one in looks(speed.prepare(evidence), evidence, START) if one.subject.name == "Group 1"
    ]
    assert found[0][0] <= START + 5
    assert found[-1][1].effect.value > 3
    assert found[0][1].cause.text.startswith("4 of 4 people have not worked")


@pytest.mark.parametrize("seed", [2, 5])
def test_a_desk_with_holidays_and_nothing_wrong_is_left_alone(seed: int) -> None:
    evidence = replace(SMALL, seed=seed, days=150, minutes=13.0, holidays=(70, 105)).evidence()
    assert looks(speed.prepare(evidence), evidence) == []


def test_three_tickets_a_week_of_tickets_and_no_tickets_say_nothing() -> None:
    few = [
        {"created": MONDAY + day * DAY + 9 * HOUR, "group": 0, "first_reply_at": MONDAY + day * DAY + (10 + day) * HOUR,
         "first_reply_s": (1 + day) * HOUR}
        for day in (0, 1, 4)
    ]  # fmt: skip
    for tickets in ([], few):
        evidence = made(tickets=tickets, first_at=MONDAY, as_of=MONDAY + 100 * DAY)
        assert looks(speed.prepare(evidence), evidence) == []


def test_identical_waits_and_a_gap_of_a_month_say_nothing() -> None:
    tickets = [
        {"created": MONDAY + day * DAY + (9 + hour) * HOUR, "group": hour % 2, "channel": 0, "priority": 1,
         "first_reply_at": MONDAY + day * DAY + (9 + hour) * HOUR + 1800, "first_reply_s": 1800}
        for day in range(120) if day % 7 < 5 and not 70 <= day < 100 for hour in range(7)
    ]  # fmt: skip
    evidence = made(tickets=tickets, first_at=MONDAY, as_of=MONDAY + 120 * DAY)
    assert looks(speed.prepare(evidence), evidence) == []


def test_the_business_clock_counts_opening_hours_and_finds_the_instant_when_they_are_over() -> None:
    evidence = made(tickets=[{"created": MONDAY, "group": 0}], as_of=MONDAY + 30 * DAY)
    clock, ticket = BusinessClock(evidence), np.zeros(1, np.int64)
    friday = np.array([MONDAY + 4 * DAY + 16 * HOUR])
    assert clock.elapsed(ticket, friday, friday + 3 * DAY).tolist() == [HOUR + 7 * HOUR]
    assert clock.after(ticket, friday, np.array([2.0 * HOUR])).tolist() == [MONDAY + 7 * DAY + 10 * HOUR]


@pytest.mark.slow
def test_a_simulated_organisation_in_which_half_a_group_is_away_shows_it_and_nothing_before() -> None:
    from datetime import date, timedelta

    from maitred.floor.demo import company
    from maitred.floor.demo.size import SIZES, bare
    from maitred.floor.plants import MassLeave
    from maitred.insight.detectors.tests.worlds import evidence_of

    start = date(2025, 3, 3)
    away = start + timedelta(days=91)
    world = bare(SIZES["small"], 3, start, 120).plant(
        MassLeave("m", company.ORDERS, away.isoformat(), (away + timedelta(days=21)).isoformat(), 0.6)
    )
    evidence = evidence_of(world, texts=False)
    shift = (away - evidence.days.first).days
    said = looks(speed.prepare(evidence), evidence)
    mine = [(day, one) for day, one in said if one.subject.name == company.ORDERS and day > shift]
    assert mine and mine[0][0] <= shift + 10
    assert mine[0][1].cause.kind == "staffing"
    assert len({(one.subject.name, one.since) for day, one in said if day < shift}) <= 1
