"""A course that worked is news; volunteers, people sent for a bad month and groups that only recovered are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.insight.detectors.finding import Candidate, Moment
from maitred.insight.detectors.improvement import DETECTORS
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

START = 98


def team(
    seed: int = 1,
    days: int = 160,
    people: int = 14,
    *,
    faster: float = 1.0,
    fewer: float = 0.0,
    chosen: str = "any",
    trained: int = 5,
    wobble: float = 0.0,
) -> Evidence:
    """People of one group who solve four tickets a working day. Those trained on day ``START`` take ``faster`` times as
    long and have ``fewer`` reopenings (share). ``wobble``: how far months of one person differ by chance."""
    dice = np.random.default_rng(seed)
    months = dice.normal(0, 1, (people, days // 28 + 4)) * wobble
    skill = dice.normal(0, 0.2, people)
    last = START // 28 - 1
    order = {"any": np.arange(people), "worst": np.argsort(-months[:, last]), "best": np.argsort(skill)}[chosen]
    who = np.sort(order[:trained])
    month = (np.arange(days) + 28 - START % 28) // 28 - 1
    rows: list[tuple[int, int, int, bool]] = []
    for day in range(days):
        for person in range(people if day % 7 < 5 else 0):
            after = person in who and day >= START
            for _ in range(4):
                level = 8.5 + skill[person] + months[person, month[day]] + (np.log(faster) if after else 0)
                back = bool(dice.random() < 0.18 - (fewer if after else 0))
                at = MONDAY + day * DAY + 9 * HOUR + int(dice.integers(7 * HOUR))
                rows.append((at, person, int(np.exp(dice.normal(level, 0.7))), back))
    rows.sort()
    as_of = MONDAY + days * DAY
    solved, agent = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    back_at = np.where([row[3] for row in rows], solved + 2 * DAY, NEVER)
    return made(
        tickets={"created": solved - 8 * HOUR, "group": 0},
        solves={
            "ticket": np.arange(len(rows)), "agent": agent, "group": 0, "started_at": solved - 8 * HOUR,
            "solved_at": solved,
            "seconds": np.array([row[2] for row in rows]), "reopened_at": np.where(back_at < as_of, back_at, NEVER),
        },
        people=[
            {"training": "Empathy" if one in who else "", "trained_at": MONDAY + START * DAY if one in who else NEVER}
            for one in range(people)
        ],
        members=[{"ticket": one, "value": 0, "from_at": MONDAY - DAY} for one in range(people)],
        as_of=as_of,
    )  # fmt: skip


def told(evidence: Evidence, step: int = 1) -> list[tuple[int, Candidate]]:
    watch = DETECTORS[0].prepare(evidence)
    found = []
    for day in range(60, len(evidence.days), step):
        at = MONDAY + day * DAY + 6 * HOUR
        found += [(day, one) for one in watch(Moment(at, evidence.days.complete(at))).candidates]
    return found


def test_a_course_that_makes_faster_is_news_with_its_size() -> None:
    found = told(team(faster=0.65))
    assert found and {one.subject.external_id for _, one in found} == {"Empathy"}
    first, last = found[0], found[-1]
    assert START + 21 <= first[0] <= START + 42 and last[0] - first[0] <= 28
    one = last[1]
    assert one.good and one.metric == "episode_resolution.business_all#1"
    assert one.effect.low < 0.65 < one.effect.high < 1
    assert one.since == START and one.cause.kind == "training" and one.n >= 30


def test_a_course_that_makes_better_shows_in_reopenings() -> None:
    found = told(team(2, fewer=0.15))
    assert found and found[-1][1].metric == "reopen_rate.transitions#1"
    assert found[-1][1].effect.unit == "points" and found[-1][1].effect.high < 0


@pytest.mark.parametrize(("chosen", "wobble"), [("any", 0.0), ("best", 0.0), ("worst", 0.35)])
def test_a_course_that_does_nothing_is_no_news(chosen: str, wobble: float) -> None:
    for seed in (3, 4, 5):
        assert told(team(seed, chosen=chosen, wobble=wobble), step=7) == []


def test_a_course_for_everybody_or_for_two_cannot_be_judged() -> None:
    assert told(team(6, faster=0.5, trained=14), step=7) == []
    assert told(team(6, faster=0.5, trained=2), step=7) == []


def test_a_course_is_unknown_before_its_date() -> None:
    evidence = team(7, faster=0.6)
    assert all(day > START for day, _ in told(evidence))


@pytest.mark.parametrize("evidence", [made(), team(8, days=14)], ids=["nothing", "two weeks"])
def test_thin_data_say_nothing(evidence: Evidence) -> None:
    watch = DETECTORS[0].prepare(evidence)
    assert not watch(Moment(evidence.as_of, evidence.days.complete(evidence.as_of))).candidates


def test_a_look_at_an_earlier_instant_uses_nothing_later() -> None:
    evidence = team(9, faster=0.6)
    watch = DETECTORS[0].prepare(evidence)
    for day in (110, 124, 135):
        at = MONDAY + day * DAY + 11 * HOUR
        then = cut(evidence, at)
        there, again = (one(Moment(at, then.days.complete(at))) for one in (watch, DETECTORS[0].prepare(then)))
        assert [_plain(one) for one in there.candidates] == [_plain(one) for one in again.candidates]


def _plain(one: Candidate) -> tuple[Any, ...]:
    return one.subject, one.since, one.effect, one.n, one.title, one.tickets.tolist()


def replies(
    seed: int, *, since: int, until: int = 160, ratio: float = 0.4, people_after: int = 6, days: int = 160
) -> Evidence:
    """First replies of a group: ``ratio`` times as long from ``since`` to ``until``, by four people, then by more."""
    dice = np.random.default_rng(seed)
    tickets, turns = [], []
    for day in range(days):
        for place in range(24 if day % 7 < 5 else 0):
            at = MONDAY + day * DAY + 9 * HOUR + place * 600
            changed = since <= day < until
            wait = max(120, int(np.exp(dice.normal(7.6 + (np.log(ratio) if changed else 0), 0.6))))
            agent = int(dice.integers(people_after if changed else 4))
            known = at + wait < MONDAY + days * DAY
            tickets.append({
                "created": at, "group": 0, "channel": 0, "priority": 1, "first_reply_at": at + wait if known else NEVER,
                "first_reply_s": wait if known else -1, "first_reply_agent": agent if known else -1,
                "first_reply_group": 0 if known else -1,
            })  # fmt: skip
            turns.append({
                "ticket": len(tickets) - 1, "first": True, "opened_at": at,
                "answered_at": at + wait if known else NEVER, "agent": agent if known else -1, "group": 0,
                "seconds": wait, "calendar_s": wait,
            })  # fmt: skip
    moved = [{"ticket": one, "value": 0, "from_at": row["created"]} for one, row in enumerate(tickets)]
    return made(tickets=tickets, turns=turns, groups_of=moved, as_of=MONDAY + days * DAY)


def test_a_group_with_more_people_that_answers_sooner_for_weeks_is_news() -> None:
    found = told(replies(1, since=100))
    assert found and {one.detector for _, one in found} == {"improvement.group#1"}
    assert found[0][0] >= 120 and found[0][1].good
    assert abs(found[0][1].since - 100) <= 3
    assert found[0][1].cause.kind == "capacity" and found[0][1].effect.high < 1


def test_a_group_that_only_recovers_is_no_news() -> None:
    assert told(replies(2, since=70, until=100, ratio=2.5)) == []


def test_a_fall_that_follows_no_change_is_no_news() -> None:
    assert told(replies(3, since=100, people_after=4)) == []
