"""Stale data and days that are missing are told; weekends, holidays and quiet sources are not."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from maitred.insight.detectors.data_health import DETECTORS
from maitred.insight.detectors.finding import Candidate, Moment
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made


def office(
    days: int, a_day: int = 20, without: tuple[int, ...] = (), silent: tuple[int, ...] = (), **more: Any
) -> Evidence:
    """Tickets and messages of every working day but some; ``silent`` days have tickets and no messages."""
    dice = np.random.default_rng(1)
    worked = [day for day in range(days) if day % 7 < 5 and day not in without]
    created = np.sort(
        [MONDAY + day * DAY + 9 * HOUR + int(dice.integers(8 * HOUR)) for day in worked for _ in range(a_day)]
    )
    spoken = ~np.isin((created - MONDAY) // DAY, silent)
    return made(
        tickets={"created": created},
        messages={"ticket": np.flatnonzero(spoken), "author": 0, "sent_at": created[spoken]},
        as_of=more.pop("as_of", MONDAY + days * DAY),
        **more,
    )


def seen(evidence: Evidence, at: int) -> list[Candidate]:
    watch = DETECTORS[0].prepare(evidence)
    return list(watch(Moment(at, evidence.days.complete(at))).candidates)


def test_data_that_end_two_working_days_ago_are_stale() -> None:
    evidence = office(87)  # until Wednesday
    at = MONDAY + 88 * DAY + 20 * HOUR
    found = seen(evidence, at)
    assert [one.detector for one in found] == ["data_health.stale#1"]
    assert found[0].since == 86
    assert "hours old" in found[0].title


def test_every_morning_of_a_sound_half_year_is_quiet() -> None:
    evidence = office(180, holidays=[date(2025, 4, 18), date(2025, 4, 21)], without=(102, 105))
    watch = DETECTORS[0].prepare(evidence)
    for day in range(3, 180):
        if day % 7 < 5:
            at = MONDAY + day * DAY + 6 * HOUR
            assert not watch(Moment(at, evidence.days.complete(at))).candidates, day


def test_missing_days_are_told_for_two_weeks() -> None:
    evidence = office(150, without=(100, 101))
    watch = DETECTORS[0].prepare(evidence)
    told = []
    for day in range(90, 130):
        at = MONDAY + day * DAY + 6 * HOUR
        told += [(day, one.detector, one.since) for one in watch(Moment(at, evidence.days.complete(at))).candidates]
    gaps = [day for day, name, since in told if name.startswith("data_health.gap") and since in (100, 101)]
    assert gaps and gaps[0] <= 106 and gaps[-1] <= 116


def test_messages_that_stopped_while_tickets_came_are_told() -> None:
    found = seen(office(120, silent=(113, 114, 115)), MONDAY + 116 * DAY + 6 * HOUR)
    assert [one.detector for one in found] == ["data_health.gap#1"]
    assert "No messages on 3 days" in found[0].title


def test_a_source_with_a_ticket_now_and_then_has_no_gaps() -> None:
    evidence = office(150, a_day=1, without=tuple(range(60, 66)))
    assert not [one for one in seen(evidence, MONDAY + 67 * DAY) if "gap" in one.detector]


@pytest.mark.parametrize("evidence", [made(), made(tickets=[{"created": MONDAY}] * 3)], ids=["nothing", "three"])
def test_hardly_any_data_say_nothing(evidence: Evidence) -> None:
    assert seen(evidence, MONDAY + 30 * DAY) == []


def test_a_look_at_an_earlier_instant_uses_nothing_later() -> None:
    evidence = office(150, without=(100, 101))
    watch = DETECTORS[0].prepare(evidence)
    for day in (95, 102, 103, 110, 120):
        at = MONDAY + day * DAY + 11 * HOUR
        then = cut(evidence, at)
        there = watch(Moment(at, evidence.days.complete(at)))
        assert there == DETECTORS[0].prepare(then)(Moment(at, then.days.complete(at)))
