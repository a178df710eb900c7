"""Bots: solves that do not last are seen, by reopening or a new ticket; a sound bot is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from maitred.insight.detectors.bot_resolution import DETECTORS, solved_by_bot
from maitred.insight.detectors.durable import contacted_again
from maitred.insight.detectors.finding import Candidate, Moment
from maitred.insight.detectors.tests.solving import Desk, desk
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import AGENT, BOT, NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, MONDAY, made

ON = 100


def said(evidence: Evidence) -> list[tuple[int, Candidate]]:
    """What is said on every day."""
    watch = DETECTORS[0].prepare(evidence)
    days = range(1, len(evidence.days) + 1)
    return [(day, one) for day in days for one in watch(Moment(MONDAY + day * DAY, day)).candidates]


def bot(seed: int, **shape: Any) -> Evidence:
    return desk(Desk(seed=seed, days=130, bot_share=0.2, extra=0.06, **shape))


def test_a_fall_of_what_lasts_is_seen_within_days_of_its_first_weeks() -> None:
    evidence = bot(1, bot_fails=lambda c: np.where(c.day >= ON, 0.25, 0))
    found = said(evidence)
    assert {one.subject.name for _, one in found} == {"Helper"}
    first, _ = found[0]
    assert first <= ON + 14
    _, one = found[-1]
    assert abs(one.since - ON) <= 5
    # a quarter more fail, of which one in twelve would have written again anyway
    assert one.effect.low <= -22 <= one.effect.high
    assert one.metric == "durable_resolution.bot#1"
    assert set(one.tickets.tolist()) <= set(evidence.solves.ticket[evidence.solves.agent == 16].tolist())
    assert "wrote again" in one.parts[0]


def test_a_bot_of_which_most_never_lasts_is_named_for_its_level() -> None:
    found = said(bot(2, bot_fails=lambda c: np.full(len(c.day), 0.6)))
    assert found
    assert found[-1][1].effect.high < -25
    assert "against" in found[-1][1].title


def test_a_sound_bot_and_thin_evidence_say_nothing() -> None:
    assert said(bot(3)) == []
    assert said(desk(Desk(days=7, bot_share=0.2))) == []
    assert said(desk(Desk(days=90))) == []
    assert said(made(as_of=MONDAY + 90 * DAY, first_at=MONDAY)) == []


def test_a_bot_solves_where_no_person_wrote_before() -> None:
    evidence = made(
        tickets=[{"created": MONDAY + place, "requester": 5} for place in range(3)],
        people=[{"name": "Person"}, {"name": "Helper", "bot": True}],
        messages=[
            {"ticket": 0, "author": 1, "kind": BOT, "public": True, "sent_at": MONDAY + 10},
            {"ticket": 1, "author": 0, "kind": AGENT, "public": True, "sent_at": MONDAY + 10},
            {"ticket": 2, "author": 1, "kind": BOT, "public": True, "sent_at": MONDAY + 10},
        ],
        solves=[
            {"ticket": 0, "agent": 1, "solved_at": MONDAY + 20},
            {"ticket": 1, "agent": 1, "solved_at": MONDAY + 21},
            {"ticket": 2, "agent": -1, "solved_at": MONDAY + 22},
        ],
    )
    assert solved_by_bot(evidence).tolist() == [1, -1, 1]


def test_a_new_ticket_of_the_requester_within_a_week_is_a_new_contact() -> None:
    evidence = made(
        tickets=[
            {"created": MONDAY, "requester": 5},
            {"created": MONDAY + 2 * DAY, "requester": 5},
            {"created": MONDAY + 3 * DAY, "requester": 6},
            {"created": MONDAY + 12 * DAY, "requester": 6},
        ],
        solves=[
            {"ticket": 0, "agent": 0, "solved_at": MONDAY + DAY},
            {"ticket": 2, "agent": 0, "solved_at": MONDAY + 4 * DAY},
        ],
    )
    assert contacted_again(evidence).tolist() == [MONDAY + 2 * DAY, NEVER]


def test_a_look_back_says_what_a_look_then_said() -> None:
    evidence = bot(1, bot_fails=lambda c: np.where(c.day >= ON, 0.25, 0))
    watch = DETECTORS[0].prepare(evidence)
    for days in (70, 107, 112, 129):
        at = MONDAY + days * DAY + 6 * 3600
        then = DETECTORS[0].prepare(cut(evidence, at))(Moment(at, days))
        now = watch(Moment(at, days))
        assert [summary(one) for one in then.candidates] == [summary(one) for one in now.candidates]
        assert then.checked == now.checked


def summary(one: Candidate) -> Any:
    return (one.subject, one.since, one.title, one.n, round(one.effect.value, 6), one.tickets.tolist(), one.parts)
