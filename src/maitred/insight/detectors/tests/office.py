"""A small office by hand: two groups of people who answer, ask back, pass on and solve, with one thing wrong or none.

Not the floor: a second, much simpler source of evidence, so that detectors are not built for one simulator's habits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from maitred.insight.detectors.finding import Candidate, Detector, Moment
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import AGENT, CUSTOMER, Evidence, Names, Schedules, Spans
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

OPEN, PENDING, SOLVED = 1, 2, 4
EASY, HARD = ("where", "parcel"), ("crash", "export")


@dataclass(frozen=True)
class Office:
    """How people work; ``since`` of each oddity is a day. People are numbered, the first half is in group 0."""

    seed: int = 1
    days: int = 110
    people: int = 8
    a_day: int = 60
    hands_on: float = 0.06
    parks: dict[int, tuple[int, float]] = field(default_factory=dict)
    """Person: (since, share of tickets set to pending without a word)."""
    passes: dict[int, tuple[int, float]] = field(default_factory=dict)
    """Person: (since, share of hard tickets passed on)."""
    likes: dict[int, tuple[int, float]] = field(default_factory=dict)
    """Person: (since, how many times as many tickets as before)."""
    away: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Person: (from, to) of leave."""
    part: dict[int, float] = field(default_factory=dict)
    """Person: share of working days."""
    opens: Callable[[int, int], int] = lambda group, day: 0
    """Schedule of a group's tickets that are created on a day: 0 office, 1 nights."""
    promise: Callable[[int], float] = lambda day: 4.0
    """Hours promised for the first reply on a day."""


class _Rows:
    def __init__(self) -> None:
        self.of: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **row: Any) -> None:
        self.of.setdefault(table, []).append(row)


def evidence(office: Office) -> Evidence:
    """What the helpdesk would show of it."""
    lots = np.random.default_rng(office.seed)
    rows = _Rows()
    words: list[tuple[str, ...]] = []
    for day in range(office.days):
        if day % 7 > 4:
            continue
        there = [one for one in range(office.people) if _works(office, one, day)]
        for at in sorted(MONDAY + day * DAY + 9 * HOUR + lots.integers(0, 8 * HOUR, lots.poisson(office.a_day))):
            _ticket(office, lots, rows, words, day, int(at), there)
    tables: dict[str, Any] = rows.of
    return made(
        **tables,
        words=words,
        people=[{"name": f"Agent {one}"} for one in range(office.people)] + [{"name": "Customer", "staff": False}],
        schedules=_schedules(),
        first_at=MONDAY,
        as_of=MONDAY + office.days * DAY,
    )


def _works(office: Office, one: int, day: int) -> bool:
    first, last = office.away.get(one, (0, 0))
    if first <= day < last:
        return False
    return (day * 7 + one) % 5 < 5 * office.part.get(one, 1.0)


def _ticket(
    office: Office, lots: Any, rows: _Rows, words: list[tuple[str, ...]], day: int, at: int, there: list[int]
) -> None:
    number = len(words)
    group = int(lots.random() < 0.5)
    half = office.people // 2
    mine = [one for one in there if (one >= half) == bool(group)] or [group * half]
    hard = bool(lots.random() < 0.4)
    words.append((*(HARD if hard else EASY), f"w{number % 7}"))
    weight = np.array([_weight(office, one, day) for one in mine])
    who = int(lots.choice(mine, p=weight / weight.sum()))
    customer = office.people
    rows.add("groups_of", ticket=number, value=group, from_at=at, by=customer)
    rows.add("of_ticket", ticket=number, value=office.opens(group, day), from_at=at, by=-1)
    rows.add("statuses", ticket=number, value=0, from_at=at, to_at=(now := at + 600), by=customer)
    rows.add("messages", ticket=number, author=customer, kind=CUSTOMER, sent_at=at, length=200)
    holder, since = who, now
    if len(mine) > 1 and _passes(office, lots, who, day, hard):
        rows.add("assignees", ticket=number, value=who, from_at=now, to_at=now + 900, by=who)
        holder = int(lots.choice([one for one in mine if one != who]))
        since = now + 900
    rows.add("assignees", ticket=number, value=holder, from_at=since, by=holder)
    parked = holder in office.parks and day >= office.parks[holder][0] and lots.random() < office.parks[holder][1]
    work = int(lots.lognormal(0, 0.5) * (5400 if hard else 1800))
    replied = since + work
    turn = {"ticket": number, "first": True, "opened_at": at, "group": group}
    if parked:
        rows.add("statuses", ticket=number, value=OPEN, from_at=now, to_at=since + 300, by=holder)
        back = since + 300 + int(lots.lognormal(0, 0.5) * 4 * DAY)
        rows.add("statuses", ticket=number, value=PENDING, from_at=since + 300, to_at=back, by=holder)
        replied = back + work
        rows.add("statuses", ticket=number, value=OPEN, from_at=back, to_at=replied, by=holder)
    else:
        rows.add("statuses", ticket=number, value=OPEN, from_at=now, to_at=replied, by=holder)
    frt = {"first_reply_at": replied, "first_reply_agent": holder, "first_reply_group": group}
    seconds = replied - at
    rows.add("turns", **turn, answered_at=replied, agent=holder, seconds=seconds, calendar_s=seconds)
    for _ in range(3 if hard else 1):
        rows.add("messages", ticket=number, author=holder, kind=AGENT, sent_at=replied, length=300)
    done = replied
    if lots.random() < 0.3:
        answered = replied + int(lots.lognormal(0, 1) * DAY)
        rows.add("statuses", ticket=number, value=PENDING, from_at=replied, to_at=answered, by=holder)
        done = answered + work
        rows.add("statuses", ticket=number, value=OPEN, from_at=answered, to_at=done, by=customer)
        rows.add("messages", ticket=number, author=customer, kind=CUSTOMER, sent_at=answered, length=80)
        rows.add("messages", ticket=number, author=holder, kind=AGENT, sent_at=done, length=300)
        rows.add(
            "turns",
            ticket=number,
            opened_at=answered,
            answered_at=done,
            agent=holder,
            group=group,
            seconds=work,
            calendar_s=work,
        )
    rows.add("statuses", ticket=number, value=SOLVED, from_at=done, by=holder)
    rows.add(
        "solves",
        ticket=number,
        agent=holder,
        group=group,
        started_at=at,
        solved_at=done,
        seconds=done - at,
        calendar_s=done - at,
    )
    promised = int(office.promise(day) * HOUR)
    rows.add(
        "targets",
        ticket=number,
        metric=0,
        policy=0,
        group=group,
        seconds=promised,
        started_at=at,
        due_at=at + promised,
        ended_at=replied,
    )
    rows.add(
        "tickets",
        created=at,
        channel=0,
        priority=1,
        requester=customer,
        group=group,
        policy=0,
        first_reply_s=seconds,
        first_reply_calendar_s=seconds,
        length=200,
        **frt,
    )


def _weight(office: Office, one: int, day: int) -> float:
    since, times = office.likes.get(one, (0, 1.0))
    return times if day >= since else 1.0


def _passes(office: Office, lots: Any, who: int, day: int, hard: bool) -> bool:
    since, share = office.passes.get(who, (0, 0.0))
    return bool(lots.random() < (share if hard and share and day >= since else office.hands_on))


def _schedules() -> Schedules:
    names = Names(("zendesk:1", "zendesk:2"), ("1", "2"), ("Office", "Nights"))
    office = tuple((day * 1440 + 540, day * 1440 + 1140) for day in range(5))
    nights = tuple((day * 1440, day * 1440 + 480) for day in range(5))
    none = np.empty(0, np.int64)
    holidays: frozenset[date] = frozenset()
    spans = Spans(none, none.astype(np.int32), none, none, none.astype(np.int32))
    return Schedules(names, ("UTC", "UTC"), (office, nights), (holidays, holidays), 0, spans)


def said(detector: Detector, seen: Evidence, first: int = 60, last: int | None = None) -> dict[int, list[Candidate]]:
    """What a detector says at six in the morning of each day."""
    watch = detector.prepare(seen)
    until = len(seen.days) if last is None else last
    found = {}
    for day in range(first, until):
        moment = Moment(int(seen.days.starts[day]) + 6 * HOUR, day)
        if told := list(watch(moment).candidates):
            found[day] = told
    return found


def told_apart(one: Candidate) -> tuple[Any, ...]:
    """A candidate as a value that can be compared."""
    numbers = (round(one.effect.value, 6), round(one.effect.low, 6), round(one.waiting, 6))
    return (one.subject, one.since, one.n, one.title, *numbers, tuple(one.tickets.tolist()))


def same_when_cut(detector: Detector, seen: Evidence, day: int) -> bool:
    """Whether the look at a day says the same on evidence that ends there."""
    at = int(seen.days.starts[day]) + 6 * HOUR
    moment = Moment(at, day)
    full = detector.prepare(seen)(moment).candidates
    live = detector.prepare(cut(seen, at))(moment).candidates
    return [told_apart(one) for one in full] == [told_apart(one) for one in live]


def without(seen: Evidence, first: int, last: int) -> Evidence:
    """The evidence with a gap: no tickets' messages or statuses between two days."""
    start, end = int(seen.days.starts[first]), int(seen.days.starts[last])

    def kept(table: Any, column: str) -> Any:
        at = getattr(table, column)
        mask = (at < start) | (at >= end)
        return replace(table, **{name: getattr(table, name)[mask] for name in table.__dataclass_fields__})

    return replace(
        seen,
        messages=kept(seen.messages, "sent_at"),
        statuses=kept(seen.statuses, "from_at"),
        turns=kept(seen.turns, "opened_at"),
        assignees=kept(seen.assignees, "from_at"),
        solves=kept(seen.solves, "solved_at"),
    )
