"""Candidates that speak of one thing become one finding; what has a cause of its own stays apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from maitred.insight.detectors.finding import Candidate, Size, Subject
from maitred.insight.detectors.joining import join

WORKSPACE = Subject("workspace", "z", "z", "z")
BILLING = Subject("group", "z:104", "104", "Billing")
TECHNICAL = Subject("group", "z:105", "105", "Technical")
TOPIC = Subject("topic", "topic:export", "export", "Export fails")
PERSON = Subject("agent", "z:1001", "1001", "Ada")


def inside(narrow: Subject, wide: Subject) -> bool:
    """Ada works in Billing; everything is in the workspace."""
    return wide == WORKSPACE != narrow or (narrow, wide) == (PERSON, BILLING)


def said(family: str, subject: Subject, tickets: Iterable[int] = (), since: int = 80, **more: Any) -> Candidate:
    return Candidate(
        family=family,
        detector=f"{family}.rule#1",
        subject=subject,
        metric="arrivals#1",
        since=since,
        effect=Size(2.0, 1.5, 2.5, "ratio"),
        n=40,
        title=f"{family} of {subject.name}",
        confidence=0.9,
        tickets=np.array(list(tickets), np.int64),
        **more,
    )


def kept(*candidates: Candidate, before: frozenset[tuple[str, str]] = frozenset()) -> list[tuple[str, str]]:
    """Family and subject of what is kept."""
    return sorted((one.kept.family, one.kept.subject.name) for one in join(candidates, inside, before))


def test_the_surge_of_a_topic_is_one_finding_whatever_it_fills() -> None:
    surge = said("topic_surge", TOPIC, range(100), waiting=50.0)
    others = (
        said("volume", WORKSPACE, range(40, 180), waiting=210.0),
        said("backlog", BILLING, range(20, 90), waiting=90.0),
        said("speed", BILLING, range(300, 400), since=82),
    )
    for order in ((surge, *others), (*others, surge), (others[2], surge, *others[:2])):
        (one,) = join(order, inside)
        assert one.kept == surge
        assert {other.family for other in one.related} == {"volume", "backlog", "speed"}
        assert one.waiting == 210.0


def test_a_person_inside_the_group_is_the_cause_when_the_onsets_agree() -> None:
    group = said("reopen", BILLING, range(100))
    person = said("agent_quality", PERSON, range(200, 230), since=83)
    assert kept(group, person) == [("agent_quality", "Ada")]
    assert kept(group, replace(person, since=84)) == [("agent_quality", "Ada"), ("reopen", "Billing")]


def test_the_work_of_people_of_another_group_is_something_else() -> None:
    assert len(kept(said("reopen", TECHNICAL, range(100)), said("agent_quality", PERSON, range(200, 230)))) == 2


def test_half_of_the_smaller_one_is_enough_and_less_is_not() -> None:
    wide = said("speed", BILLING, range(100), since=60)
    assert len(kept(wide, said("reopen", TECHNICAL, range(90, 110)))) == 1
    assert len(kept(wide, said("reopen", TECHNICAL, range(91, 111)))) == 2


def test_three_tickets_in_common_join_nothing() -> None:
    assert len(kept(said("speed", BILLING, range(3), since=60), said("reopen", TECHNICAL, range(3)))) == 2


def test_load_and_quality_with_one_onset_are_two_causes() -> None:
    assert len(kept(said("backlog", BILLING, range(50)), said("reopen", BILLING, range(100, 150)))) == 2


def test_a_topic_that_surges_after_a_lasting_one_has_a_finding_of_its_own() -> None:
    other = Subject("topic", "topic:invoice", "invoice", "Invoice")
    assert len(kept(said("topic_surge", TOPIC, range(50)), said("topic_surge", other, range(60, 110)))) == 2


def test_queues_of_work_and_news_are_never_joined_with_harm() -> None:
    speed = said("speed", BILLING, range(50))
    apart = [
        said(family, BILLING, range(50))
        for family in ("sla_due", "data_health", "sensitive_data", "account_risk")
    ] + [said("speed", BILLING, range(50), good=True), said("improvement", BILLING, range(50), good=True)]  # fmt: skip
    assert len(kept(speed, *apart)) == 1 + len(apart)


def test_two_rules_of_a_family_about_one_subject_are_one_finding() -> None:
    for family in ("speed", "account_risk", "data_health"):
        assert len(kept(said(family, BILLING, range(9)), said(family, BILLING, range(50, 60), since=20))) == 1


def test_what_was_kept_yesterday_stays_kept_when_as_near_to_the_cause() -> None:
    backlog, speed = said("backlog", BILLING, range(50)), said("speed", BILLING, range(50))
    assert kept(backlog, speed) == [("backlog", "Billing")]
    assert kept(backlog, speed, before=frozenset({("speed", BILLING.id)})) == [("speed", "Billing")]


def test_a_cause_that_is_found_later_takes_over() -> None:
    speed, surge = said("speed", BILLING, range(50)), said("topic_surge", TOPIC, range(50))
    assert kept(speed, surge, before=frozenset({("speed", BILLING.id)})) == [("topic_surge", "Export fails")]


def test_nothing_gives_nothing() -> None:
    assert join([], inside) == []
