"""Open work that piles up or creeps is found; growth at stable service, holidays and thin data are not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from maitred.insight.detectors import backlog
from maitred.insight.detectors.finding import Moment
from maitred.insight.detectors.open_work import open_work
from maitred.insight.detectors.tests.desk import Desk
from maitred.insight.detectors.tests.test_speed import looks, same
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

START = 91
SMALL = Desk(days=118, people=(5, 4), daily=(42.0, 34.0), minutes=16.0)


@cache
def short_of_people() -> Evidence:
    return replace(SMALL, away=lambda person, day, hour: person in (0, 1, 2) and day >= START).evidence()


def creeping(seed: int, days: int = 170, weeks: float = 8.0) -> Evidence:
    """Open tickets that grow threefold over weeks from day 90 while arrivals stay: each ticket stays open longer."""
    draw = np.random.default_rng(seed)
    tickets, statuses = [], []
    for day in range(days):
        for _ in range(draw.poisson(40 if day % 7 < 5 else 8)):
            at = int(MONDAY + day * DAY + draw.integers(8, 18) * HOUR)
            stays = 1.2 * DAY * 3.0 ** float(np.clip((day - 90) / (7 * weeks), 0, 1)) * draw.lognormal(-0.3, 0.8)
            tickets.append({"created": at, "group": 0})
            statuses.append((at, int(at + stays)))
    order = np.argsort([one["created"] for one in tickets], kind="stable")
    rows = []
    for place, old in enumerate(order):
        at, done = statuses[old]
        rows.append({"ticket": place, "value": 1, "from_at": at, "to_at": done})
        rows.append({"ticket": place, "value": 4, "from_at": done})
    end = MONDAY + days * DAY
    return cut(made(tickets=[tickets[old] for old in order], statuses=rows, first_at=MONDAY, as_of=end + 1), end)


def test_work_piles_up_where_three_of_five_people_are_gone() -> None:
    evidence = short_of_people()
    day, found = looks(backlog.prepare(evidence), evidence, START)[0]
    assert (found.subject.name, found.detector) == ("Group 0", "backlog.step#1")
    assert day <= START + 12 and abs(found.since - START) <= 3
    assert found.cause.text.startswith("3 of 5 people have not worked since 4 April")
    assert found.effect.low > 1 and found.n >= 8 and found.waiting > 100
    assert set(found.tickets.tolist()) <= set(open_work(evidence).now(0, int(evidence.days.starts[day])).tolist())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_creep_over_weeks_is_seen_with_its_beginning(seed: int) -> None:
    evidence = creeping(seed)
    found = looks(backlog.prepare(evidence), evidence)
    assert found and found[0][1].subject.name == "Billing"
    assert 90 + 14 <= found[0][0] <= 90 + 50
    creeps = [one for _, one in found if one.detector == "backlog.creep#1"]
    assert creeps and abs(creeps[0].since - 90) <= 14
    assert "crept to" in creeps[0].title


def test_growth_at_stable_service_is_no_finding() -> None:
    draw = np.random.default_rng(3)
    tickets: list[dict[str, int]] = []
    rows: list[dict[str, int]] = []
    for day in range(170):
        more = 1 + max(0, day - 80) * 0.012
        for at in sorted(draw.integers(8 * HOUR, 18 * HOUR, draw.poisson((40 if day % 7 < 5 else 8) * more))):
            begins = int(MONDAY + day * DAY + at)
            done = int(begins + 1.2 * DAY * draw.lognormal(-0.3, 0.8))
            rows.append({"ticket": len(tickets), "value": 1, "from_at": begins, "to_at": done})
            rows.append({"ticket": len(tickets), "value": 4, "from_at": done})
            tickets.append({"created": begins, "group": 0})
    evidence = made(tickets=tickets, statuses=rows, first_at=MONDAY, as_of=MONDAY + 170 * DAY)
    assert looks(backlog.prepare(evidence), evidence) == []


@pytest.mark.parametrize("seed", [2, 3])
def test_a_desk_with_holidays_and_nothing_wrong_is_left_alone(seed: int) -> None:
    evidence = replace(SMALL, seed=seed, days=150, minutes=14.0, holidays=(70, 105)).evidence()
    assert looks(backlog.prepare(evidence), evidence) == []


def test_a_replay_says_what_a_look_at_that_day_would_have_said() -> None:
    evidence = short_of_people()
    replayed = backlog.prepare(evidence)
    for day in (START + 6, START + 13, START + 20):
        moment = Moment(int(evidence.days.starts[day]) + 6 * HOUR, day)
        live = backlog.prepare(cut(evidence, moment.at))
        assert same(replayed(moment).candidates, live(moment).candidates)


def test_open_work_follows_status_group_and_deletion() -> None:
    at = MONDAY + 9 * HOUR
    evidence = made(
        tickets=[{"created": at, "group": 0}, {"created": at, "group": 0, "excluded_at": at + 2 * DAY}],
        statuses=[
            {"ticket": 0, "value": 1, "from_at": at, "to_at": at + 2 * DAY},
            {"ticket": 0, "value": 2, "from_at": at + 2 * DAY},
            {"ticket": 1, "value": 0, "from_at": at},
        ],
        groups_of=[
            {"ticket": 0, "value": 0, "from_at": at, "to_at": at + DAY},
            {"ticket": 0, "value": 1, "from_at": at + DAY},
        ],
        as_of=at + 5 * DAY,
    )
    work = open_work(evidence)
    assert work.opened[:, :4].tolist() == [[2, 1, 0, 0], [0, 1, 0, 0]]
    assert work.aside[1, :4].tolist() == [0, 0, 1, 1]
    assert work.now(0, at + DAY // 2).tolist() == [0, 1]


def test_three_tickets_and_no_tickets_say_nothing() -> None:
    rows = [{"ticket": place, "value": 1, "from_at": MONDAY + (60 + place) * DAY} for place in range(3)]
    tickets = [{"created": MONDAY + (60 + place) * DAY, "group": 0} for place in range(3)]
    for some, spans in (([], []), (tickets, rows)):
        evidence = made(tickets=some, statuses=spans, first_at=MONDAY, as_of=MONDAY + 100 * DAY)
        assert looks(backlog.prepare(evidence), evidence) == []
