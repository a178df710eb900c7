"""A desk that solves, is rated and writes: evidence of half a year in which a test lets something get worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maitred.insight.evidence.tables import AGENT, NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

Shape = Callable[["Cases"], Any]
TOPICS = ("refund", "login", "invoice", "shipping", "bug")
_TOPIC_REOPEN = np.array([0.06, 0.03, 0.05, 0.08, 0.14])
_TOPIC_BAD = np.array([0.12, 0.06, 0.08, 0.16, 0.24])


@dataclass(frozen=True, slots=True)
class Cases:
    """The tickets of a desk; ``agent`` has ``group`` = position modulo groups."""

    day: Any
    group: Any
    agent: Any
    topic: Any
    channel: Any
    bot: Any


@dataclass(frozen=True, slots=True)
class Desk:
    """Parameters of a desk, and what a test adds to the chances of a case (arrays by ticket)."""

    seed: int = 1
    days: int = 150
    a_day: float = 120.0
    agents: int = 16
    groups: int = 3
    answers: float = 0.25
    reopened: Shape | None = None
    bad: Shape | None = None
    shorter: Shape | None = None
    slower: Shape | None = None
    macro: Shape | None = None
    who: Shape | None = None
    topic_share: Shape | None = None
    topics: bool = True
    bot_share: float = 0.0
    bot_fails: Shape | None = None
    extra: float = 0.0
    """Share of tickets whose requester writes again within the week anyway."""


def desk(one: Desk) -> Evidence:
    """Evidence of a desk; people of group ``g`` are ``g, g + groups, …``; the bot is the last person of staff."""
    random = np.random.default_rng(one.seed)
    per_day = random.poisson(np.where(np.arange(one.days) % 7 < 5, one.a_day * 1.25, one.a_day * 0.35))
    day = np.repeat(np.arange(one.days), per_day)
    n = len(day)
    created = MONDAY + day * DAY + (8 * HOUR + random.random(n) * 8 * HOUR).astype(np.int64)
    topic = random.choice(5, n, p=[0.25, 0.25, 0.2, 0.2, 0.1])
    group = random.integers(0, one.groups, n)
    agent = group + one.groups * random.integers(0, one.agents // one.groups, n)
    channel = random.choice([0, 1, 2], n, p=[0.5, 0.3, 0.2])
    bot = random.random(n) < one.bot_share
    cases = Cases(day, group, agent, topic, channel, bot)
    if one.topic_share is not None:
        topic = one.topic_share(cases)
        cases = Cases(day, group, agent, topic, channel, bot)
    if one.who is not None:
        agent = one.who(cases)
        cases = Cases(day, group, agent, topic, channel, bot)
    order = np.argsort(created, kind="stable")
    created = created[order]
    cases = Cases(*(getattr(cases, name)[order] for name in ("day", "group", "agent", "topic", "channel", "bot")))
    return _evidence(one, cases, created, random)


def _evidence(one: Desk, cases: Cases, created: Any, random: Any) -> Evidence:
    n = len(created)
    until = MONDAY + one.days * DAY
    topic, bot = cases.topic, cases.bot
    person = np.where(bot, one.agents, cases.agent)
    answered = created + (HOUR * np.exp(random.normal(0.5, 0.8, n) + _added(one.slower, cases, 0.0))).astype(np.int64)
    answered = np.where(bot, created + 30, answered)
    solved = answered + np.where(bot, 30, (HOUR * random.gamma(2.0, 5.0, n)).astype(np.int64))
    chance = np.where(bot, 0.10, _TOPIC_REOPEN[topic]) + _added(one.reopened, cases, 0.0)
    reopens = (random.random(n) < chance) & ~bot
    delay = (HOUR * np.minimum(random.gamma(1.2, 30.0, n), 160)).astype(np.int64)
    reopened = np.where(reopens, solved + delay, NEVER)
    again = np.flatnonzero(reopens)
    solved_again = reopened[again] + (HOUR * random.gamma(2.0, 8.0, len(again))).astype(np.int64)
    fails = bot & (random.random(n) < 0.12 + _added(one.bot_fails, cases, 0.0))
    writes = fails | (random.random(n) < one.extra)
    requester = 1000 + random.permutation(n)
    extra = np.flatnonzero(writes)
    comes = solved[extra] + (HOUR * random.gamma(1.5, 24.0, len(extra))).astype(np.int64)
    rated = random.random(n) < one.answers
    bad = random.random(n) < _TOPIC_BAD[topic] + _added(one.bad, cases, 0.0)
    rated_at = solved + (HOUR * random.gamma(1.5, 10.0, n)).astype(np.int64)
    length = np.exp(random.normal(5.6, 0.5, n) + random.normal(0, 0.3, n) - _added(one.shorter, cases, 0.0))
    macro = np.full(n, -1) if one.macro is None else one.macro(cases)

    def early(at: Any, *others: Any) -> dict[str, Any]:
        kept = at < until
        return {name: value[kept] for other in others for name, value in other.items()}

    all_created = np.concatenate([created, comes])
    order = np.argsort(all_created, kind="stable")
    order = order[all_created[order] < until]
    place = np.full(len(all_created), -1)
    place[order] = np.arange(len(order))
    again_topic = np.concatenate([topic, topic[extra]])[order]
    rows = place[:n]
    solves = {
        "ticket": np.concatenate([rows, rows[again]]),
        "agent": np.concatenate([person, person[again]]),
        "group": np.concatenate([cases.group, cases.group[again]]),
        "started_at": np.concatenate([created, reopened[again]]),
        "solved_at": np.concatenate([solved, solved_again]),
        "calendar_s": np.concatenate([solved - created, solved_again - reopened[again]]),
        "reopened_at": np.concatenate([np.where(reopened < until, reopened, NEVER), np.full(len(again), NEVER)]),
    }
    people = [{"name": f"Person {position}"} for position in range(one.agents)] + [{"name": "Helper", "bot": True}]
    return made(
        tickets={
            "external": order.astype(str).astype(object),
            "created": all_created[order],
            "channel": np.concatenate([cases.channel, cases.channel[extra]])[order],
            "requester": np.concatenate([requester, requester[extra]])[order],
            "group": np.concatenate([cases.group, cases.group[extra]])[order],
            "length": 100 + 200 * again_topic,
        },
        solves=early(solves["solved_at"], solves),
        ratings=early(
            rated_at[rated],
            {
                "ticket": rows[rated], "agent": person[rated], "group": cases.group[rated],
                "good": ~bad[rated], "rated_at": rated_at[rated],
            },
        ),
        offers=early(solved, {"ticket": rows, "offered_at": solved}),
        messages=early(
            answered,
            {
                "ticket": rows, "author": person, "kind": np.where(bot, 2, AGENT), "public": np.ones(n, np.bool_),
                "sent_at": answered, "length": np.maximum(length, 5).astype(np.int64),
            },
        ),
        turns=early(
            answered,
            {
                "ticket": rows, "first": np.zeros(n, np.bool_), "opened_at": created, "answered_at": answered,
                "agent": person, "group": cases.group, "seconds": answered - created,
                "calendar_s": answered - created,
            },
        ),
        macros=early(answered[macro >= 0], {"ticket": rows[macro >= 0], "macro": macro[macro >= 0],
                                            "agent": person[macro >= 0], "used_at": answered[macro >= 0]}),
        people=people,
        groups=[f"Group {position}" for position in range(one.groups)],
        topics=[TOPICS[code] if one.topics else None for code in again_topic],
        words=[(TOPICS[code], f"w{code}{position % 7}") for position, code in enumerate(again_topic)],
        first_at=MONDAY,
        as_of=until,
        office=None,
    )  # fmt: skip


def _added(shape: Shape | None, cases: Cases, otherwise: float) -> Any:
    return otherwise if shape is None else shape(cases)
