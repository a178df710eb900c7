"""Cut evidence knows what was known then, and positions stay what they are."""

from __future__ import annotations

import numpy as np
import pytest

from maitred.insight.evidence.cutting import cut, value_at
from maitred.insight.evidence.tables import NEVER
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made


def test_made_evidence_has_every_default() -> None:
    evidence = made()
    assert len(evidence.tickets) == 0
    assert len(evidence.days) == 1
    assert evidence.newest == 0
    assert evidence.words.starts.tolist() == [0]


def test_rows_may_be_whole_columns() -> None:
    evidence = made(tickets={"created": MONDAY + np.arange(5) * DAY, "group": 1})
    assert evidence.tickets.group.tolist() == [1] * 5
    assert evidence.tickets.first_reply_at.tolist() == [NEVER] * 5
    assert len(evidence.days) == 5
    assert evidence.days.off.tolist() == [False] * 5


def test_saturdays_and_holidays_of_the_default_schedule_are_off() -> None:
    first = made().days.first
    evidence = made(holidays=[first], as_of=MONDAY + 6 * DAY)
    assert evidence.days.off.tolist() == [True, False, False, False, False, True, True]


def test_a_misspelt_field_is_told() -> None:
    with pytest.raises(ValueError, match="Tickets has no gruop"):
        made(tickets=[{"created": MONDAY, "gruop": 1}])


def test_what_came_later_is_not_known_yet() -> None:
    evidence = made(
        tickets=[
            {"created": MONDAY, "first_reply_at": MONDAY + 2 * HOUR, "first_reply_s": 60, "first_reply_agent": 1},
            {"created": MONDAY + 1, "excluded_at": MONDAY + HOUR},
            {"created": MONDAY + DAY},
        ],
        solves=[{"ticket": 0, "solved_at": MONDAY + 1800, "seconds": 5, "reopened_at": MONDAY + DAY}],
        turns=[{"ticket": 0, "opened_at": MONDAY, "answered_at": MONDAY + 2 * HOUR, "agent": 1, "group": 1}],
        groups_of=[
            {"ticket": 0, "value": 0, "from_at": MONDAY, "to_at": MONDAY + HOUR},
            {"ticket": 0, "value": 1, "from_at": MONDAY + HOUR},
        ],
        people=[{"name": "Ann"}, {"name": "Bo", "training": "Calm", "trained_at": MONDAY + DAY}],
        words=[["refund", "card"], ["card"], ["new"]],
        topics=["refund", None, "other"],
    )
    then = cut(evidence, MONDAY + HOUR)
    assert len(then.tickets) == 2
    assert then.tickets.first_reply_at.tolist() == [NEVER, NEVER]
    assert then.tickets.first_reply_s.tolist() == [-1, -1]
    assert then.tickets.excluded_at.tolist() == [NEVER, NEVER]
    assert then.solves.reopened_at.tolist() == [NEVER]
    assert then.turns.group.tolist() == [0]
    assert then.turns.agent.tolist() == [-1]
    assert then.people.training == ("", "")
    assert then.words.names == ("card", "refund")
    assert then.topic_names == ("refund",)
    assert then.as_of == MONDAY + HOUR
    assert then.newest == MONDAY + 1800 or then.newest == MONDAY + 1
    assert len(then.days) == 1


def test_a_field_is_looked_up_at_many_instants() -> None:
    spans = made(
        groups_of=[
            {"ticket": 0, "value": 4, "from_at": 10},
            {"ticket": 0, "value": 5, "from_at": 20},
            {"ticket": 2, "value": 6, "from_at": 5},
        ]
    ).groups_of
    asked = np.array([2, 0, 0, 0, 1, 0])
    at = np.array([100, 9, 10, 19, 50, 20])
    assert value_at(spans, asked, at).tolist() == [6, -1, 4, 4, -1, 5]
