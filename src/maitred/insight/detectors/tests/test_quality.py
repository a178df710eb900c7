"""Reviewed quality: a fall of a group or bot is named; severity, scorecards, one person and quiet desks are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from maitred.insight.detectors.finding import Candidate, Detector, Moment
from maitred.insight.detectors.quality import DETECTORS
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

SCORES, CRITICAL = DETECTORS
ON = 120
GROUPS, EACH, REVIEWERS, BOT = 3, 6, 4, 18


@dataclass(frozen=True, slots=True)
class Desk:
    """Reviews of eighteen people in three groups and of a bot; what is planted shifts scores or lets items fail."""

    seed: int
    days: int = 170
    a_day: int = 10
    shift: Any = None
    failing: Any = None
    card: Any = None


def desk(wanted: Desk) -> Evidence:
    dice = np.random.default_rng(wanted.seed)
    n = wanted.days * wanted.a_day
    day = np.repeat(np.arange(wanted.days), wanted.a_day)
    person = dice.integers(0, BOT + 3, n).clip(max=BOT)
    group = np.where(person == BOT, -1, person // EACH)
    reviewer = dice.integers(0, REVIEWERS, n)
    rows = {"day": day, "person": person, "group": group, "reviewer": reviewer}
    score = 85 + dice.normal(0, 5, BOT + 1)[person] + dice.normal(0, 8, REVIEWERS)[reviewer] + dice.normal(0, 12, n)
    score = score + (wanted.shift(rows) if wanted.shift else 0)
    fails = dice.random(n) < 0.06 + (wanted.failing(rows) if wanted.failing else 0)
    score = np.where(fails, 0, np.clip(score, 0, 100))
    at = MONDAY + day * DAY + 9 * HOUR
    tickets = {"created": at, "group": np.maximum(group, 0), "first_reply_at": at + 60, "first_reply_group": group}
    reviews = {
        "ticket": np.arange(n), "person": person, "bot": person == BOT, "reviewer": 500 + reviewer,
        "card": wanted.card(rows) if wanted.card else np.full(n, 100_001), "lost": 1 - score / 100,
        "critical": np.ones(n), "item": np.where(fails, 0, -1), "submitted_at": at + 8 * HOUR,
    }  # fmt: skip
    names = ("A", "B", "C")
    return made(tickets=tickets, reviews=reviews, groups=names, review_items=("identity",),
                as_of=MONDAY + wanted.days * DAY)  # fmt: skip


def said(evidence: Evidence, detector: Detector = SCORES) -> dict[tuple[str, str], list[tuple[int, Candidate]]]:
    """What is said on every day, by subject."""
    watch = detector.prepare(evidence)
    found: dict[tuple[str, str], list[tuple[int, Candidate]]] = {}
    for days in range(1, len(evidence.days) + 1):
        for one in watch(Moment(MONDAY + days * DAY, days)).candidates:
            found.setdefault((one.subject.type, one.subject.external_id), []).append((days, one))
    return found


def since_on(column: str, value: int, by: float) -> Any:
    """A shift of one subject from the day on."""
    return lambda rows: np.where((rows["day"] >= ON) & (rows[column] == value), by, 0)


def test_a_groups_fall_is_named_alone_with_its_size() -> None:
    evidence = desk(Desk(1, shift=since_on("group", 1, -25)))
    found = said(evidence)
    assert list(found) == [("group", "101")]
    first, _ = found["group", "101"][0]
    last, one = found["group", "101"][-1]
    assert ON < first <= ON + 35
    assert abs(one.since - ON) <= 7
    assert one.effect.low <= -23.5 <= one.effect.high < 0
    assert one.metric == "iqs.mean#1"
    assert dict(one.where) == {"group": "zendesk:101"}
    assert one.n == int(((evidence.days.of(evidence.reviews.submitted_at) >= one.since) & _of_group(evidence, 1)).sum())
    assert "instead of" in one.title
    assert last == len(evidence.days)


def test_a_bots_fall_is_of_the_bot() -> None:
    found = said(desk(Desk(0, shift=since_on("person", BOT, -25))))
    assert list(found) == [("bot", "1018")]
    assert found["bot", "1018"][-1][1].metric == "iqs.bot#1"


def test_critical_items_that_fail_more_often_are_told_with_the_item() -> None:
    found = said(desk(Desk(2, failing=since_on("group", 1, 0.35))), CRITICAL)
    assert list(found) == [("group", "101")]
    one = found["group", "101"][-1][1]
    assert one.effect.low <= 35 <= one.effect.high
    assert one.effect.low > 0
    assert "most often failed: identity" in one.parts


@pytest.mark.parametrize(
    "wanted",
    [
        Desk(1),
        Desk(1, shift=since_on("reviewer", 1, -25)),
        Desk(1, shift=since_on("person", 7, -40)),
        Desk(1, shift=lambda rows: np.where(rows["day"] >= ON, -20, 0)),
        Desk(1, shift=since_on("group", 1, -20),
             card=lambda rows: np.where((rows["day"] >= ON) & (rows["group"] == 1), 100_002, 100_001)),
        Desk(1, a_day=1, shift=since_on("group", 1, -25)),
    ],
    ids=["nothing", "a strict reviewer", "one person", "everywhere", "a new scorecard", "few reviews"],
)  # fmt: skip
def test_what_is_no_fall_of_a_group_is_not_said(wanted: Desk) -> None:
    evidence = desk(wanted)
    assert said(evidence) == said(evidence, CRITICAL) == {}


def test_a_look_back_says_what_was_said_then() -> None:
    evidence = desk(Desk(1, shift=since_on("group", 1, -25)))
    late = SCORES.prepare(evidence)
    for days in (ON + 10, ON + 20, ON + 40):
        at = MONDAY + days * DAY
        now = SCORES.prepare(cut(evidence, at))(Moment(at, days)).candidates
        then = late(Moment(at, days)).candidates
        assert [(one.title, one.effect, one.n, one.since) for one in now] == [
            (one.title, one.effect, one.n, one.since) for one in then
        ]


@pytest.mark.slow
def test_desks_without_a_change_stay_silent_and_large_falls_are_seen() -> None:
    quiet = [said(desk(Desk(seed)), one) for seed in range(40) for one in DETECTORS]
    assert sum(map(len, quiet)) <= 2
    falls = [said(desk(Desk(seed, shift=since_on("group", 1, -25)))) for seed in range(12)]
    assert sum(("group", "101") in one for one in falls) >= 10
    failing = [said(desk(Desk(seed, failing=since_on("group", 1, 0.35))), CRITICAL) for seed in range(12)]
    assert sum(("group", "101") in one for one in failing) >= 11


def _of_group(evidence: Evidence, group: int) -> Any:
    return evidence.tickets.first_reply_group[evidence.reviews.ticket] == group
