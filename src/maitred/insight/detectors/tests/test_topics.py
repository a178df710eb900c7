"""Counting words and topics: shares of the day, own weekdays, own spread; and words that say something."""

from __future__ import annotations

import numpy as np

from maitred.insight.detectors import topic_new, topic_surge
from maitred.insight.detectors.tests.topic_streams import said
from maitred.insight.detectors.topic_counts import Contacts, scan
from maitred.insight.detectors.topic_words import first_of_case, openings
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.3, 0.25])


def _steady(seed: int, series: int = 400, days: int = 200) -> Contacts:
    generator = np.random.default_rng(seed)
    exposure = 100 * WEEK[np.arange(days) % 7]
    counts = generator.poisson(np.exp(generator.uniform(-2, 2, series))[:, None] * exposure / 100)
    return Contacts(counts[None].astype(np.float64), exposure[None])


def test_hundreds_of_steady_words_give_no_alarm_in_months() -> None:
    found = scan(_steady(1), (1, 2, 3, 5, 7, 10, 14), 6, 1.5)
    assert found.z.max() < 5.2
    assert (found.z > 4.5).any(axis=1).mean() < 0.01


def test_a_word_that_triples_stands_out_within_days() -> None:
    contacts = _steady(2, 50)
    contacts.counts[0, 7, 150:] += np.random.default_rng(3).poisson(8, 50)
    found = scan(contacts, (1, 2, 3, 5, 7, 10, 14), 6, 1.5)
    assert found.z[7, 150:155].max() > 5
    assert found.z[7, :150].max() < 4.5


def test_what_comes_later_changes_nothing_before() -> None:
    contacts = _steady(4, 30)
    whole = scan(contacts, (1, 3, 7), 6, 1.5)
    part = scan(Contacts(contacts.counts[..., :120], contacts.exposure[:, :120]), (1, 3, 7), 6, 1.5)
    np.testing.assert_allclose(whole.z[:, :120], part.z)


def test_a_busy_day_raises_no_word() -> None:
    generator = np.random.default_rng(5)
    exposure = 100 * WEEK[np.arange(150) % 7]
    exposure[120] *= 5
    counts = generator.poisson(0.05 * exposure, (100, 150))
    assert scan(Contacts(counts[None].astype(float), exposure[None]), (1, 2, 3), 6, 1.5).z[:, 118:125].max() < 4.5


def test_a_customer_counts_once_a_week_for_a_word() -> None:
    who = np.array([1, 1, 2, 1])
    assert first_of_case(who, np.zeros(4, np.int64), np.array([0, 2, 2, 20])).tolist() == [True, False, True, True]


def test_names_of_staff_the_own_name_and_the_calendar_are_no_words() -> None:
    days = range(20)
    evidence = made(
        tickets=[{"created": MONDAY + day * DAY + HOUR, "requester": 1 + day, "account": 0} for day in days],
        people=[{"name": "Bea Agent"}, *({"name": f"Zoe Customer{day}", "staff": False} for day in days)],
        accounts=[{"name": "Northwind"}],
        words=[["bea", "zoe", "northwind", "friday", "refund"] for _ in days],
    )
    assert _frequent(evidence) == ("refund",)


def test_spam_and_merged_tickets_do_not_count_once_it_is_known_that_day() -> None:
    rows = [
        {"created": MONDAY + HOUR, "excluded_at": MONDAY + 2 * HOUR},
        {"created": MONDAY + HOUR, "excluded_at": MONDAY + 3 * DAY},
        {"created": MONDAY + HOUR},
    ]
    evidence = made(tickets=rows, words=[["refund"]] * 3, as_of=MONDAY + 5 * DAY)
    assert openings(evidence).counts.tolist() == [False, True, True]


def _frequent(evidence: Evidence) -> tuple[str, ...]:
    told = openings(evidence)
    return tuple(told.names[word] for word in told.frequent)


def test_nothing_to_look_at_says_nothing() -> None:
    rows = [{"created": MONDAY + day * DAY + HOUR} for day in range(100)]
    for evidence in (
        made(),
        made(as_of=MONDAY + 100 * DAY),
        made(tickets=rows, as_of=MONDAY + 100 * DAY),
        made(tickets=rows, words=[["refund", "same"]] * 100, topics=["refund"] * 100, as_of=MONDAY + 100 * DAY),
    ):
        assert said(evidence, (*topic_surge.DETECTORS, *topic_new.DETECTORS), 0, len(evidence.days)) == []
