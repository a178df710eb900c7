"""Too much work for one: told of the person to whom it comes, and never because others are away or all have more."""

from __future__ import annotations

import pytest

from maitred.insight.detectors.tests.office import Office, evidence, said, same_when_cut, without
from maitred.insight.detectors.workload import DETECTORS
from maitred.insight.evidence.tables import Evidence

(WORKLOAD,) = DETECTORS
SINCE = 80


@pytest.fixture(scope="module")
def one_gets_most() -> Evidence:
    return evidence(Office(likes={2: (SINCE, 3.5)}))


def test_a_person_who_gets_twice_the_work_is_named(one_gets_most: Evidence) -> None:
    found = said(WORKLOAD, one_gets_most)
    assert {one.subject.name for told in found.values() for one in told} == {"Agent 2"}
    assert SINCE < min(found) <= SINCE + 10
    last = found[max(found)][0]
    assert last.effect.unit == "ratio" and last.effect.low > 1 and abs(last.since - SINCE) <= 3
    # of four people with weights 1, 1, 1 and 3.5 one has 54 % instead of 25 %
    assert 1.5 < last.effect.value < 2.9


@pytest.mark.parametrize("seed", [2, 3])
def test_colleagues_on_leave_and_part_time_are_no_finding(seed: int) -> None:
    office = Office(seed=seed, away={1: (70, 84)}, part={5: 0.4}, people=6)
    assert said(WORKLOAD, evidence(office)) == {}


def test_more_for_all_is_nobody_in_particular() -> None:
    found = said(WORKLOAD, evidence(Office(likes=dict.fromkeys(range(8), (SINCE, 2.0)))))
    assert not [one for told in found.values() for one in told if one.subject.type == "agent"]


def test_a_look_at_a_day_is_the_same_when_nothing_is_known_after_it(one_gets_most: Evidence) -> None:
    assert same_when_cut(WORKLOAD, one_gets_most, 90)
    assert same_when_cut(WORKLOAD, one_gets_most, 104)


def test_few_cases_a_gap_and_the_first_weeks_say_nothing() -> None:
    assert said(WORKLOAD, evidence(Office(a_day=1, likes={2: (SINCE, 9.0)}))) == {}
    assert said(WORKLOAD, evidence(Office(days=59, likes={2: (30, 9.0)})), first=1) == {}
    assert said(WORKLOAD, without(evidence(Office(seed=6)), 62, 92)) == {}
