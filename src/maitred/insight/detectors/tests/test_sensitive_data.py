"""Card numbers that arrive more often, people who ask for them, and numbers to be removed."""

from __future__ import annotations

from typing import Any

import numpy as np

from maitred.insight.detectors.sensitive_data import DETECTORS
from maitred.insight.detectors.tests.topic_streams import WEEK, said
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import AGENT, CUSTOMER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

CHANGES, ROUTINE = DETECTORS[:1], DETECTORS[1:]
START = 90
AGENTS = 6


def _evidence(
    *,
    usual: float = 0.01,
    since: float = 0.01,
    channel: int = -1,
    asks: tuple[tuple[int, int], ...] = (),
    seed: int = 1,
) -> Evidence:
    """Four months with 50 tickets a day; ``since`` is the share with a card number from ``START`` on (in one channel),
    ``asks`` says which person asks on which day."""
    generator = np.random.default_rng(seed)
    tickets: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for day in range(120):
        for _ in range(generator.poisson(50 * WEEK[day % 7])):
            created = MONDAY + day * DAY + int(generator.integers(8 * HOUR, 18 * HOUR))
            tickets.append({"created": created, "channel": int(generator.integers(0, 3))})
    tickets.sort(key=lambda row: row["created"])
    for place, row in enumerate(tickets):
        row["requester"] = AGENTS + place % 700
        day = (row["created"] - MONDAY) // DAY
        raised = day >= START and channel in (-1, row["channel"])
        card = generator.random() < (since if raised else usual)
        messages.append({"ticket": place, "sent_at": row["created"], "kind": CUSTOMER, "card": bool(card)})
    for person, day in asks:
        place = next(i for i, row in enumerate(tickets) if row["created"] >= MONDAY + day * DAY)
        at = tickets[place]["created"] + HOUR
        messages.append({"ticket": place, "sent_at": at, "kind": AGENT, "author": person, "asks_card": True})
    return made(tickets=tickets, messages=messages, as_of=MONDAY + 120 * DAY + 6 * HOUR)


def test_card_numbers_that_come_more_often_are_told_of_the_workspace() -> None:
    found = said(_evidence(since=0.08), CHANGES, 61, 119)
    assert {one.subject.type for _, one in found} == {"workspace"}
    assert START < found[0][0] <= START + 5
    later = next(one for day, one in found if day == START + 14)
    assert later.metric == "card_messages.rate"
    assert later.effect.unit == "points"
    assert later.effect.low < 7.0 < later.effect.high
    assert abs(later.since - START) <= 3


def test_a_channel_that_explains_it_is_named() -> None:
    found = said(_evidence(since=0.25, channel=2), CHANGES, 61, 119)
    assert {one.subject.id for day, one in found if day > START + 5} == {"channel:chat"}


def test_a_steady_share_says_nothing() -> None:
    for seed in range(2, 6):
        assert said(_evidence(usual=0.02, since=0.02, seed=seed), CHANGES, 0, 119) == []


def test_a_person_who_asks_once_is_told_and_forgotten_two_weeks_later() -> None:
    found = said(_evidence(asks=((3, START),)), CHANGES, 61, 119)
    assert {(one.subject.type, one.subject.external_id) for _, one in found} == {("agent", "1003")}
    assert [day for day, _ in found] == list(range(START + 1, START + 15))
    assert found[0][1].floor > 0
    assert found[0][1].effect.shows()
    assert found[0][1].n == 1


def test_many_people_who_ask_at_the_same_time_are_one_finding() -> None:
    found = said(_evidence(asks=tuple((person, START) for person in range(5))), CHANGES, START + 1, START + 2)
    assert [one.subject.type for _, one in found] == ["workspace"]


def test_numbers_to_be_removed_are_one_row() -> None:
    found = said(_evidence(usual=0.05, since=0.05), ROUTINE, START, START + 1)
    assert [one.family for _, one in found] == ["redaction_due"]
    assert found[0][1].n == len(found[0][1].tickets) > 5


def test_a_look_at_cut_evidence_says_the_same() -> None:
    evidence = _evidence(since=0.08, asks=((3, START),))
    for days in (START + 1, START + 10):
        shorter = cut(evidence, int(evidence.days.starts[days]) + 6 * HOUR)
        assert _told(evidence, days) == _told(shorter, days) != []


def _told(evidence: Evidence, days: int) -> list[tuple[object, ...]]:
    return [
        (one.family, one.subject, one.since, one.effect, one.n, one.title, tuple(one.tickets))
        for _, one in said(evidence, DETECTORS, days, days + 1)
    ]
