"""Cases passed on: told of the person who does it, and never of a lead's moves, a group's habit or a few cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maitred.insight.detectors.case_selection import DETECTORS, stations
from maitred.insight.detectors.peers import staff
from maitred.insight.detectors.tests.office import Office, evidence, said, same_when_cut, without
from maitred.insight.evidence.tables import Evidence

(SELECTION,) = DETECTORS
SINCE = 80


@pytest.fixture(scope="module")
def one_passes_on() -> Evidence:
    return evidence(Office(passes={2: (SINCE, 0.8)}))


def test_a_person_who_passes_hard_cases_on_is_named(one_passes_on: Evidence) -> None:
    found = said(SELECTION, one_passes_on)
    assert {one.subject.name for told in found.values() for one in told} == {"Agent 2"}
    assert SINCE < min(found) <= SINCE + 12
    last = found[max(found)][0]
    assert last.metric == "transfer_rate.out#1" and last.cause.kind == "selection"
    assert last.effect.unit == "points" and last.effect.low > 0 and last.n >= 8 and abs(last.since - SINCE) <= 3


def test_a_habit_of_the_whole_group_is_nobody_in_particular() -> None:
    assert said(SELECTION, evidence(Office(passes=dict.fromkeys(range(4), (SINCE, 0.8))))) == {}


@pytest.mark.parametrize("seed", [2, 3])
def test_leave_and_part_time_are_no_selection(seed: int) -> None:
    assert said(SELECTION, evidence(Office(seed=seed, away={1: (70, 90)}, part={5: 0.4}, people=6))) == {}


def test_a_look_at_a_day_is_the_same_when_nothing_is_known_after_it(one_passes_on: Evidence) -> None:
    assert same_when_cut(SELECTION, one_passes_on, 92)
    assert same_when_cut(SELECTION, one_passes_on, 104)


def test_few_cases_a_gap_and_the_first_weeks_say_nothing() -> None:
    assert said(SELECTION, evidence(Office(a_day=1, passes={2: (SINCE, 0.9)}))) == {}
    assert said(SELECTION, evidence(Office(days=59, passes={2: (30, 0.9)})), first=1) == {}
    assert said(SELECTION, without(evidence(Office(seed=6)), 62, 92)) == {}


def test_a_ticket_counts_once_for_each_person_who_had_it(one_passes_on: Evidence) -> None:
    crew = staff(one_passes_on)
    found = stations(one_passes_on, crew)
    pairs = found.ticket * len(crew) + found.person
    assert len(np.unique(pairs)) == len(pairs)


def test_what_a_third_person_moves_is_not_handed_on(one_passes_on: Evidence) -> None:
    spans = one_passes_on.assignees
    lead = np.full(len(spans.by), 7, np.int32)
    moved = replace(one_passes_on, assignees=replace(spans, by=lead))
    crew = staff(moved)
    found = stations(moved, crew)
    others = (found.person != 7) & found.handed
    assert not others.any() or set(spans.value[np.isin(spans.ticket, found.ticket[others])].tolist()) >= {7}
