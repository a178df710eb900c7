"""Known subjects that swell are told within days by their tickets; busy days and single writers are not."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from maitred.floor.plants.demand import Outage, TopicSurge
from maitred.floor.world import World
from maitred.insight.detectors import topic_new, topic_surge
from maitred.insight.detectors.tests.topic_streams import Extra, Stream, invented, said, stream, utterances
from maitred.insight.detectors.tests.worlds import evidence_of
from maitred.insight.evidence.tables import Evidence

START = 91
DETECTORS = (*topic_surge.DETECTORS, *topic_new.DETECTORS)


def _found(told: Stream, subject: int, tickets: np.ndarray, first: int, last: int) -> tuple[float, float]:
    """Precision and recall of tickets."""
    true = told.since(subject, first, last)
    both = len(np.intersect1d(true, tickets))
    return both / len(tickets), both / len(true)


@pytest.mark.parametrize("labelled", [0.0, 0.5, 1.0])
def test_a_subject_that_triples_is_told_within_three_days_by_its_tickets(labelled: float) -> None:
    told = stream([Extra(2, START, 10, 12.0)], labelled=labelled)
    found = said(told.evidence, DETECTORS, 61, 115)
    assert {one.family for _, one in found} == {"topic_surge"}
    assert len({one.subject.id for _, one in found}) == 1
    days, last = found[0][0], found[-1][0]
    assert START < days <= START + 3
    assert START + 10 <= last <= START + 15
    middle = next(one for day, one in found if day == START + 6)
    assert abs(middle.since - START) <= 1
    precision, recall = _found(told, 2, middle.tickets, START, START + 5)
    assert precision > 0.9
    assert recall > 0.9
    assert middle.effect.low < 3.2 < middle.effect.high
    assert middle.effect.shows()
    assert middle.waiting > 50


def test_a_topic_of_the_helpdesk_is_named_by_it() -> None:
    told = stream([Extra(2, START, 10, 12.0)], labelled=1.0)
    _, one = said(told.evidence, DETECTORS, START, START + 5)[0]
    assert one.subject.external_id == "topic 2"
    assert one.subject.id == "topic:topic 2"


def test_an_outage_of_a_day_is_told_the_next_morning_and_over_after_days() -> None:
    told = stream([Extra(3, START, 1, 25.0)])
    found = said(told.evidence, DETECTORS, 61, 115)
    assert [day for day, _ in found] == list(range(START + 1, START + 5))
    assert {one.cause.kind for _, one in found} == {"incident"}
    assert {one.since for _, one in found} == {START}


@pytest.mark.parametrize(
    "told",
    [
        stream(seed=3),
        stream(seed=4, labelled=1.0),
        stream(seed=5, busy={91: 4.0, 92: 3.0}),
        stream([Extra(2, START, 6, 12.0)], seed=6, one_customer=True),
        stream([Extra(2, START, 10, 0.6)], seed=7),
        stream([Extra(2, day, 7, 0.5 * (day - 60) / 7) for day in range(63, 120, 7)], seed=2, labelled=1.0),
        stream([Extra(2, day, 3, 6.0) for day in (22, 53, 81, 112)], seed=2),
        stream(seed=9, busy={day: 1 + 0.01 * day for day in range(120)}),
    ],
    ids=[
        "nothing",
        "nothing, with topics",
        "busy days for all",
        "one customer",
        "a handful",
        "drift",
        "begin of the month",
        "growth",
    ],
)
def test_nothing_is_told_of(told: Stream) -> None:
    assert said(told.evidence, DETECTORS, 0, 119) == []


def test_little_data_says_nothing() -> None:
    assert said(stream(days=8).evidence, DETECTORS, 0, 8) == []
    assert said(stream([Extra(2, 30, 10, 12.0)], days=45).evidence, DETECTORS, 0, 45) == []
    quiet = stream([Extra(1, START, 3, 1.0)], daily=0.3)
    assert said(quiet.evidence, DETECTORS, 0, 119) == []


def test_a_month_without_contacts_is_no_surge() -> None:
    told = stream(seed=8, busy=dict.fromkeys(range(60, 90), 0.0))
    assert said(told.evidence, DETECTORS, 0, 119) == []


def test_a_look_at_cut_evidence_says_the_same() -> None:
    from maitred.insight.evidence.cutting import cut

    told = stream([Extra(2, START, 10, 12.0), Extra(9, START + 3, 20, 4.0)], labelled=0.4)
    for days in (START + 2, START + 8, START + 14):
        at = int(told.evidence.days.starts[days]) + 6 * 3600
        assert _told(told.evidence, days) == _told(cut(told.evidence, at), days)


def _told(evidence: Evidence, days: int) -> list[tuple[object, ...]]:
    return [
        (one.family, one.subject, one.since, one.effect, one.n, one.title, one.waiting, tuple(one.tickets))
        for _, one in said(evidence, DETECTORS, days, days + 1)
    ]


def test_one_subject_in_two_languages_is_told_once() -> None:
    foreign = frozenset((3, 4, 5))

    def say(one: int, generator: np.random.Generator) -> list[str]:
        words = invented(one, generator)
        return [word.replace("usual", "wort") for word in words] if one in foreign else words

    told = stream([Extra(2, START, 10, 14.0), Extra(3, START, 10, 14.0)], say=say, foreign=foreign)
    found = said(told.evidence, DETECTORS, 61, START + 8)
    assert len({one.subject.id for _, one in found}) == 1
    assert set(told.subject[found[-1][1].tickets[:20]]) == {2, 3}


@pytest.mark.slow
def test_what_is_planted_on_a_simulated_floor_is_told_within_three_days() -> None:
    opening = date(2026, 5, 8)

    def at(day: int) -> str:
        return f"{opening + timedelta(days=day)}T09:00Z"

    world = World.demo("small", 104, days=150).plant(
        Outage("o1", topic="billing/payment_failed", at=at(80), hours=6, volume=40.0, accounts=0.5),
        TopicSurge("s1", topic="account/password_reset", start=at(110), end=at(130), volume=2.0),
    )
    evidence = evidence_of(world)
    shift = (opening - evidence.days.first).days
    found = said(evidence, DETECTORS, 61, len(evidence.days))
    onsets = {one.since - shift for _, one in found}
    for planted in (80, 110):
        assert any(abs(onset - planted) <= 3 for onset in onsets)
        assert any(planted < day - shift <= planted + 5 and abs(one.since - shift - planted) <= 3 for day, one in found)


@pytest.mark.slow
def test_surges_in_what_real_customers_wrote_are_told() -> None:
    by_label = utterances()
    labels = sorted(by_label)[:20]
    hits = false = 0
    for seed in range(101, 109):

        def say(one: int, generator: np.random.Generator) -> list[str]:
            texts = by_label[labels[(one + 3 * seed) % len(labels)]]  # noqa: B023
            return sorted({word for text in generator.choice(len(texts), 3) for word in texts[text]})

        told = stream([Extra(5, START, 10, 8.0)], seed=seed, daily=80, subjects=20, say=say)
        found = said(told.evidence, DETECTORS, 61, 115)
        early = [one for day, one in found if START < day <= START + 6]
        right = [one for one in early if _found(told, 5, one.tickets, one.since, START + 9)[0] > 0.5]
        hits += bool(right)
        false += len({one.subject.id for _, one in found} - {one.subject.id for one in right})
    assert hits >= 6
    assert false <= 2
