"""Tickets set aside while customers wait: told of persons and groups, and never of pauses that wait for customers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maitred.insight.detectors.parked import DETECTORS
from maitred.insight.detectors.tests.office import Office, evidence, said, same_when_cut, without
from maitred.insight.evidence.tables import Evidence

(PARKED,) = DETECTORS
SINCE = 80


@pytest.fixture(scope="module")
def one_parks() -> Evidence:
    return evidence(Office(parks={2: (SINCE, 0.3)}))


def test_a_person_who_sets_tickets_aside_is_named_within_two_weeks(one_parks: Evidence) -> None:
    found = said(PARKED, one_parks)
    assert {one.subject.name for told in found.values() for one in told} == {"Agent 2"}
    assert SINCE < min(found) <= SINCE + 14
    last = found[max(found)][0]
    assert abs(last.since - SINCE) <= 3 and last.effect.shows() and last.n >= 8
    assert last.waiting > 24 and last.cause.kind == "parking" and len(last.tickets) >= 8


def test_a_group_that_sets_tickets_aside_is_named_and_none_of_its_people() -> None:
    found = said(PARKED, evidence(Office(parks=dict.fromkeys(range(4), (SINCE, 0.25)))))
    assert {one.subject.name for told in found.values() for one in told} == {"Billing"}
    assert min(found) <= SINCE + 4


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_waiting_for_customers_is_no_finding(seed: int) -> None:
    assert said(PARKED, evidence(Office(seed=seed, people=6))) == {}


def test_a_look_at_a_day_is_the_same_when_nothing_is_known_after_it(one_parks: Evidence) -> None:
    assert same_when_cut(PARKED, one_parks, 84)
    assert same_when_cut(PARKED, one_parks, 100)


def test_a_few_tickets_say_nothing() -> None:
    assert said(PARKED, evidence(Office(a_day=1, parks={2: (SINCE, 0.5)}))) == {}


def test_the_first_weeks_and_no_people_say_nothing() -> None:
    assert said(PARKED, evidence(Office(days=59, parks={2: (30, 0.5)})), first=1) == {}
    assert said(PARKED, evidence(replace(Office(), days=61, people=2, a_day=1))) == {}


def test_a_gap_of_a_month_is_no_change() -> None:
    assert said(PARKED, without(evidence(Office(seed=5)), 62, 92)) == {}
