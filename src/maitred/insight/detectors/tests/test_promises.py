"""Forgotten customers and broken words are told one by one; a slow group and a paused ticket are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.insight.detectors.finding import Candidate, Moment
from maitred.insight.detectors.promises import DETECTORS
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import AGENT, CUSTOMER, NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

PENDING, SOLVED = 2, 4


def desk(
    days: int = 100,
    forgotten: tuple[int, ...] = (),
    touched: tuple[int, ...] = (),
    promised: tuple[int, ...] = (),
    kept: tuple[int, ...] = (),
    paused: tuple[int, ...] = (),
    slow_from: int = 10_000,
) -> Evidence:
    """Ten tickets each working day, answered and solved within hours, but some; named tickets are the day's first."""
    dice = np.random.default_rng(1)
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("tickets", "turns", "messages", "statuses", "solves")
    }
    ticket = -1
    for day in range(days):
        for place in range(10 if day % 7 < 5 else 0):
            ticket += 1
            at = MONDAY + day * DAY + 9 * HOUR + place * 1800
            first = place == 0
            wait = int(dice.integers(1200, 3 * HOUR)) + (20 * DAY if day >= slow_from else 0)
            left = first and day in (*forgotten, *touched)
            answer = NEVER if left or at + wait >= MONDAY + days * DAY else at + wait
            rows["tickets"].append({"created": at, "group": 0})
            rows["messages"].append({"ticket": ticket, "author": 1, "kind": CUSTOMER, "sent_at": at})
            rows["turns"].append({
                "ticket": ticket, "first": True, "opened_at": at, "answered_at": answer, "ended_at": answer, "group": 0,
                "seconds": -1 if answer == NEVER else wait, "calendar_s": -1 if answer == NEVER else wait, "agent": 0,
            })  # fmt: skip
            rows["statuses"].append({"ticket": ticket, "value": 1, "from_at": at, "to_at": NEVER})
            if left and day in touched:
                rows["messages"].append(
                    {"ticket": ticket, "author": 0, "kind": AGENT, "public": False, "sent_at": at + 2 * HOUR}
                )
            if answer < NEVER:
                word = first and day in (*promised, *kept, *paused)
                rows["messages"].append({
                    "ticket": ticket, "author": 0, "kind": AGENT, "sent_at": answer,
                    "promise_at": answer + DAY if word else NEVER,
                })  # fmt: skip
                if first and day in kept:
                    rows["messages"].append(
                        {"ticket": ticket, "author": 0, "kind": AGENT, "sent_at": answer + 20 * HOUR}
                    )
                if not word or day in paused:
                    rows["statuses"][-1]["to_at"] = answer
                    value = PENDING if word else SOLVED
                    rows["statuses"].append({"ticket": ticket, "value": value, "from_at": answer})
    everything: Any = {name: rows[name] for name in ("tickets", "turns", "messages", "statuses")}
    moved = [{"ticket": one, "value": 0, "from_at": row["created"]} for one, row in enumerate(rows["tickets"])]
    return made(**everything, groups_of=moved, as_of=MONDAY + days * DAY)


def seen(evidence: Evidence, at: int) -> list[Candidate]:
    return list(DETECTORS[0].prepare(evidence)(Moment(at, evidence.days.complete(at))).candidates)


END = MONDAY + 95 * DAY + 16 * HOUR


def test_a_customer_whom_everybody_overtook_is_told_with_the_ticket() -> None:
    found = seen(desk(forgotten=(91,)), END)
    assert [one.detector for one in found] == ["escalation.forgotten#1"]
    assert found[0].subject.type == "ticket" and found[0].n == 1
    assert found[0].effect.shows() and found[0].waiting > 4
    assert found[0].since == 91


def test_several_of_a_group_are_one_row() -> None:
    found = seen(desk(forgotten=(78, 80, 85, 88)), END)
    assert [(one.subject.type, one.n) for one in found] == [("group", 4)]
    assert "4 customers in Billing" in found[0].title


def test_a_ticket_with_an_internal_note_is_not_forgotten() -> None:
    assert seen(desk(touched=(91,)), END) == []


def test_a_group_that_is_slow_for_everybody_has_no_forgotten_ones() -> None:
    assert seen(desk(slow_from=88), END) == []


def test_a_word_that_was_not_kept_is_told_and_no_other() -> None:
    found = seen(desk(promised=(92,), kept=(91,), paused=(93,)), END)
    assert [one.detector for one in found] == ["escalation.broken_promise#1"]
    assert found[0].subject.type == "ticket" and found[0].since == 93


def test_a_broken_word_is_told_for_a_week() -> None:
    evidence = desk(promised=(84,))
    told = [day for day in range(80, 100) if seen(evidence, MONDAY + day * DAY + 16 * HOUR)]
    assert told[0] == 85 and told[-1] in (91, 92)


def test_a_desk_where_all_are_answered_is_quiet() -> None:
    evidence = desk()
    watch = DETECTORS[0].prepare(evidence)
    for day in range(60, 100):
        at = MONDAY + day * DAY + 6 * HOUR
        assert not watch(Moment(at, evidence.days.complete(at))).candidates


@pytest.mark.parametrize("evidence", [made(), desk(days=7, forgotten=(1,))], ids=["nothing", "a week"])
def test_thin_data_say_nothing(evidence: Evidence) -> None:
    assert seen(evidence, evidence.as_of) == []


def test_a_look_at_an_earlier_instant_uses_nothing_later() -> None:
    evidence = desk(forgotten=(80, 91), promised=(85, 92))
    for day in (83, 86, 94, 96):
        at = MONDAY + day * DAY + 15 * HOUR
        assert [(one.title, one.effect, one.waiting) for one in seen(evidence, at)] == [
            (one.title, one.effect, one.waiting) for one in seen(cut(evidence, at), at)
        ]
