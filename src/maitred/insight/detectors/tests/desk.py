"""A support desk simulated in a second, so that waits, queues and absences of a test are made by people and hours.

First come, first served within a group; people work their hours, fall ill now and then, and answer one thing at a time.
It shares nothing with the floor: what is found on both is not a quirk of either.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

HOURS = (8, 20)
"""Opening hours, Monday to Friday."""
WEEK = (1.2, 1.1, 1.0, 1.0, 0.9, 0.25, 0.2)
_BY_HOUR = np.array([1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 18, 16, 14, 15, 16, 16, 14, 12, 9, 7, 5, 4, 3, 2], float)


@dataclass
class Desk:
    """What happens at the desk; ``day`` counts from Monday 6 January 2025.

    ``away(person, day, hour)`` says who is missing, ``rate(group, day)`` multiplies arrivals, ``slower(group, day)``
    the work of a case.
    """

    seed: int = 1
    days: int = 120
    people: tuple[int, ...] = (6, 5, 4)
    daily: tuple[float, ...] = (60.0, 48.0, 36.0)
    minutes: float = 17.0
    ill: float = 0.03
    holidays: tuple[int, ...] = ()
    away: Callable[[int, int, int], bool] = lambda person, day, hour: False
    rate: Callable[[int, int], float] = lambda group, day: 1.0
    slower: Callable[[int, int], float] = lambda group, day: 1.0
    topics: Sequence[str] = ("invoice", "refund", "login", "crash")
    surging: Callable[[int], tuple[str, float]] = lambda day: ("", 1.0)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def evidence(self) -> Evidence:
        """Runs the desk."""
        return _run(self)


def _run(desk: Desk) -> Evidence:
    draw = np.random.default_rng(desk.seed)
    shut = {MONDAY // DAY + day for day in desk.holidays}
    tickets: list[dict[str, Any]] = []
    turns: list[dict[str, Any]] = []
    solves: list[dict[str, Any]] = []
    statuses: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    arrivals = sorted(_arrivals(desk, draw))
    first_person = 0
    for group, many in enumerate(desk.people):
        mine = [(at, topic, place) for place, (at, whose, topic) in enumerate(arrivals) if whose == group]
        _serve(
            desk, draw, group, range(first_person, first_person + many), mine, shut, turns, solves, statuses, messages
        )
        first_person += many
    firsts: dict[int, dict[str, Any]] = {
        one["ticket"]: one for one in sorted(turns, key=lambda one: -one["opened_at"]) if one["first"]
    }
    for place, (at, group, _topic) in enumerate(arrivals):
        one = firsts[place]
        tickets.append({
            "created": at, "group": group, "channel": place % 2, "priority": 1, "requester": 100 + place % 400,
            "policy": 0, "first_reply_at": one["answered_at"], "first_reply_s": one["seconds"],
            "first_reply_calendar_s": one["calendar_s"], "first_reply_agent": one["agent"],
            "first_reply_group": group,
        })  # fmt: skip
    closed = [date(2025, 1, 6) + timedelta(days=day) for day in desk.holidays]
    office = tuple((day * 1440 + HOURS[0] * 60, day * 1440 + HOURS[1] * 60) for day in range(5))
    end = MONDAY + desk.days * DAY
    return cut(made(
        tickets=tickets,
        turns=[one for one in turns if one["opened_at"] < end],
        solves=[one for one in solves if one["solved_at"] < end],
        statuses=[one for one in statuses if one["from_at"] < end],
        messages=[one for one in messages if one["sent_at"] < end],
        groups_of=[
            {"ticket": place, "value": group, "from_at": at, "to_at": NEVER, "by": -1}
            for place, (at, group, _) in enumerate(arrivals)
        ],
        groups=[f"Group {place}" for place in range(len(desk.people))],
        topics=[topic for _, _, topic in arrivals],
        office=office,
        holidays=closed,
        first_at=MONDAY,
        as_of=end + 1,
    ), end)  # fmt: skip


def _arrivals(desk: Desk, draw: np.random.Generator) -> list[tuple[int, int, str]]:
    found = []
    for day in range(desk.days):
        factor = WEEK[day % 7] * (0.35 if day in desk.holidays else 1.0) * (1.3 if day - 1 in desk.holidays else 1.0)
        topic_up, by = desk.surging(day)
        for group, daily in enumerate(desk.daily):
            mean = daily * factor * desk.rate(group, day) * draw.gamma(60, 1 / 60)
            for topic in desk.topics:
                share = mean / len(desk.topics) * (by if topic == topic_up else 1.0)
                hours = draw.choice(24, size=draw.poisson(share), p=_BY_HOUR / _BY_HOUR.sum())
                found += [(int(MONDAY + day * DAY + h * HOUR + draw.integers(HOUR)), group, topic) for h in hours]
    return found


def _serve(
    desk: Desk, draw: np.random.Generator, group: int, people: range, mine: list[tuple[int, str, int]], shut: set[int],
    turns: list[Any], solves: list[Any], statuses: list[Any], messages: list[Any],
) -> None:  # fmt: skip
    ill = draw.random((len(people), desk.days + 400)) < desk.ill
    shift = [(HOURS[0], HOURS[1] - 4) if place % 2 else (HOURS[0] + 4, HOURS[1]) for place in range(len(people))]
    free = [MONDAY] * len(people)

    @cache
    def hour_of(place: int, hours: int) -> int:
        """The first hour from one on in which a person is there; far away where they do not come back."""
        for _ in range(24 * 30):
            day, hour = hours // 24 - MONDAY // DAY, hours % 24
            begin, end = shift[place]
            if day % 7 >= 5 or hours // 24 in shut or ill[place, min(day, desk.days + 399)] or hour >= end:
                hours = (hours // 24 + 1) * 24 + begin
            elif hour < begin:
                hours = hours // 24 * 24 + begin
            elif desk.away(people[place], day, hour):
                hours += 1
            else:
                return hours
        return hours + 3000 * 24

    def works(place: int, at: int) -> int:
        hours = hour_of(place, at // HOUR)
        return at if hours == at // HOUR else hours * HOUR

    jobs = [(at, place, 0) for at, _, place in mine]
    heapq.heapify(jobs)
    since: dict[int, int] = {place: at for at, _, place in mine}
    last = MONDAY + (desk.days + 60) * DAY
    while jobs:
        ready, ticket, turn = heapq.heappop(jobs)
        if ready > last:
            continue
        begins = [(works(place, max(ready, free[place])), place) for place in range(len(people))]
        start, place = min(begins)
        if start > last:
            turns.append({"ticket": ticket, "first": turn == 0, "opened_at": ready, "group": group,
                          "answered_at": NEVER, "agent": -1, "seconds": -1, "calendar_s": -1})  # fmt: skip
            statuses.append({"ticket": ticket, "value": 1, "from_at": ready, "to_at": NEVER, "by": -1})
            continue
        took = desk.minutes * 60 * desk.slower(group, (ready - MONDAY) // DAY) * draw.lognormal(-0.3, 0.77)
        done = int(start + took)
        free[place] = done
        agent = people[place]
        turns.append({
            "ticket": ticket, "first": turn == 0, "opened_at": ready, "answered_at": done, "agent": agent,
            "group": group, "seconds": _business(ready, done, shut), "calendar_s": done - ready,
        })  # fmt: skip
        messages.append({"ticket": ticket, "author": agent, "kind": 1, "sent_at": done})
        asks = draw.random() < 0.4 and turn < 4
        statuses.append({"ticket": ticket, "value": 1, "from_at": ready, "to_at": done, "by": -1})
        statuses.append({"ticket": ticket, "value": 2 if asks else 4, "from_at": done, "to_at": NEVER, "by": agent})
        if asks:
            back = int(done + draw.lognormal(np.log(4 * HOUR), 1.2))
            statuses[-1]["to_at"] = back
            heapq.heappush(jobs, (back, ticket, turn + 1))
        else:
            solves.append({
                "ticket": ticket, "agent": agent, "group": group, "started_at": since[ticket], "solved_at": done,
                "seconds": _business(since[ticket], done, shut), "calendar_s": done - since[ticket],
            })  # fmt: skip


def _business(begin: int, end: int, shut: set[int]) -> int:
    total = 0
    for day in range(begin // DAY, end // DAY + 1):
        if (day - MONDAY // DAY) % 7 < 5 and day not in shut:
            total += max(0, min(end, day * DAY + HOURS[1] * HOUR) - max(begin, day * DAY + HOURS[0] * HOUR))
    return total
