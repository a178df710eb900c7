"""What holds on every floor: nothing is lost, nobody overloaded, and the log says what the tickets say."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from maitred.floor.arrivals import ARRIVAL
from maitred.floor.engine import Raw, simulate
from maitred.floor.logbook import Intent, Kind
from maitred.floor.run import ENGINE
from maitred.floor.tests.handmade import all_week, floor, kind, of_kind, person, played, promise, shifts, tickets
from maitred.floor.tests.worlds import small_world
from maitred.floor.world import POLICIES, Bot, Group, Policy, World

NEW, OPEN, PENDING, SOLVED, CLOSED = 0, 1, 2, 4, 5
SEEDS = (1, 2, 3)


def busy_world(seed: int, policy: Policy = "sla_due", **changes: Any) -> World:
    """Everything at once, with too few people: a bot, transfers, parking, picking, patience, re-contacts."""
    world = small_world(seed=seed, **changes)
    lively = {"mail": 800.0, "chat": 300.0, "call": 300.0, "form": 150.0}
    classes = tuple(
        replace(
            one, weekly=lively[one.name], transfers=0.1, escalates=0.08, success=1.0, bot=0.25, topic="billing/refund"
        )
        for one in world.classes
    )
    social = replace(classes[0], name="post", channel="social", weekly=60.0, patience=3_600.0, bot=0.0)
    mail = replace(classes[0], patience=30_000.0)
    chat = replace(classes[1], reply_median=200.0, exchanges=1.5)
    agents = tuple(
        replace(agent, parks=0.05 * (place == 1), picks=1.0 * (place == 2), ramp_weeks=8.0, hired=world.start)
        for place, agent in enumerate(world.agents)
    )
    groups = tuple(replace(group, policy=policy, load_limit=40, pick_bias=1.0) for group in world.groups)
    return replace(world, classes=(mail, chat, *classes[2:], social), agents=agents, groups=groups)


@cache
def busy_run(seed: int, policy: Policy = "sla_due") -> Raw:
    return simulate(busy_world(seed, policy))


def test_the_same_world_gives_the_same_bytes() -> None:
    first, again = busy_run(1), simulate(busy_world(1))
    assert first.log.tobytes() == again.log.tobytes()
    assert first.tickets.tobytes() == again.tickets.tobytes()
    assert first.counters == again.counters


def test_another_seed_gives_another_floor() -> None:
    assert busy_run(1).tickets.tobytes() != busy_run(2).tickets.tobytes()


def test_without_a_log_tickets_and_counters_are_the_same() -> None:
    counted = simulate(busy_world(1), log=False)
    assert len(counted.log) == 0
    assert counted.tickets.tobytes() == busy_run(1).tickets.tobytes()
    assert counted.counters == busy_run(1).counters


@pytest.mark.parametrize("policy", POLICIES)
def test_another_routing_meets_the_same_arrivals(policy: Policy) -> None:
    names = ["key", "created", "class_", "customer"]
    first, other = busy_run(1).tickets, busy_run(1, policy).tickets
    ours, theirs = (np.sort(rows[rows["parent"] < 0][names], order=names) for rows in (first, other))
    assert (ours == theirs).all()


def test_another_routing_meets_the_same_efforts_and_answers() -> None:
    """With people who are all alike, every first segment takes the same time whoever does it and whenever."""
    world = floor(
        [kind("m", effort_kind="lognormal", exchanges=1.0, reply_median=500.0)], [person(f"p{n}") for n in range(3)]
    )
    arrivals = tickets(*((70.0 * n, 0, n % 4) for n in range(300)))
    efforts, delays = [], []
    for policy in ("fifo", "priority", "round_robin"):
        raw = played(replace(world, groups=(replace(world.groups[0], policy=policy),)), arrivals)
        messages = of_kind(raw, "AGENT_MESSAGE")
        efforts.append({row["ticket"]: row["value"] for row in messages[::-1]})
        asked = {row["ticket"]: row["time"] for row in messages[::-1] if row["new"] == Intent.ANSWER}
        answered = {row["ticket"]: row["time"] for row in of_kind(raw, "CUSTOMER_MESSAGE")[::-1]}
        delays.append({ticket: answered[ticket] - at for ticket, at in asked.items() if ticket in answered})
    assert efforts[0] == efforts[1] == efforts[2]
    assert delays[0] == delays[1] == delays[2]
    assert len(delays[0]) > 50


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("policy", POLICIES)
def test_what_arrived_is_solved_open_abandoned_or_merged(seed: int, policy: Policy) -> None:
    counters = busy_run(seed, policy).counters
    parts = ("solved", "open", "abandoned", "merged")
    rows = busy_run(seed, policy).tickets
    assert counters["arrived"] == sum(counters[name] for name in parts) == len(rows)
    assert counters["open"] == (rows["status"] < SOLVED).sum()
    assert counters["abandoned"] == (rows["abandoned"] == 1).sum()
    assert counters["solved"] == (rows["solved"] >= 0).sum() - counters["abandoned"]
    assert all(counters[name] > 0 for name in parts)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_log_is_in_total_order(seed: int) -> None:
    log = busy_run(seed).log
    time, kinds = log["time"], log["kind"].astype(np.int64)
    assert (np.diff(time) >= 0).all()
    assert (np.diff(kinds)[np.diff(time) == 0] >= 0).all()
    assert time[0] >= 0
    assert time[-1] < (56 + 7) * 86_400_000


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("policy", ["sla_due", "sticky", "pull_pick"])
def test_every_tickets_log_folds_to_its_row(seed: int, policy: Policy) -> None:
    raw = busy_run(seed, policy)
    folded = [Folded() for _ in raw.tickets]
    for row in raw.log.tolist():
        if row[1] >= 0:
            folded[row[1]].take(row)
    for found, row in zip(folded, raw.tickets, strict=True):
        found.agree(row)


class Folded:
    """A ticket as its records tell it."""

    def __init__(self) -> None:
        self.status, self.assignee, self.group, self.priority = NEW, -1, -1, -1
        self.created = self.first_reply = self.solved = -1
        self.effort = 0.0
        self.reopens = self.exchanges = self.escalated = self.abandoned = self.turn = self.merged = 0
        self.parent, self.solver, self.good, self.cards = -1, -1, -1, 0

    def take(self, row: tuple[int, ...]) -> None:
        time, _, actor, old, new, value, turn, _, kind_, queue = row
        what = Kind(kind_)
        if turn >= 0:
            assert turn == self.turn, "turns are numbered without gaps"
            self.turn += 1
        if what is Kind.CREATED:
            self.created, self.parent, self.group, self.priority = time, old, new, value
        elif what is Kind.STATUS:
            assert old == self.status
            self.status = new
            self.effort += value
            self.solved = time if new == SOLVED else (-1 if new == OPEN else self.solved)
            if new == SOLVED:
                self.solver = actor if actor >= 0 else self.solver
        elif what is Kind.ASSIGNED:
            assert old == self.assignee
            self.assignee = new
        elif what is Kind.GROUP:
            assert old == self.group
            self.group = new
        elif what is Kind.PRIORITY:
            assert old == self.priority
            self.priority = new
        elif what is Kind.AGENT_MESSAGE:
            self.effort += value
            self.first_reply = time if self.first_reply < 0 else self.first_reply
            self.exchanges += new in (Intent.ANSWER, Intent.ASK_CARD) and value > 0
            self.good = old if new == Intent.SOLVE else self.good
        elif what is Kind.AGENT_NOTE:
            self.effort += value
        elif what is Kind.CUSTOMER_MESSAGE:
            self.reopens += value == Intent.REOPEN
        elif what is Kind.ESCALATED:
            self.escalated += 1
        elif what is Kind.ABANDONED:
            self.abandoned = 1
        elif what is Kind.MERGED:
            self.merged = 1
        assert queue >= 0

    def agree(self, row: np.void) -> None:
        told = (self.status, self.assignee, self.group, self.priority, self.created, self.first_reply, self.solved)
        kept = ("status", "assignee", "group", "priority", "created", "first_reply", "solved")
        assert told == tuple(row[name] for name in kept)
        counted = (self.parent, self.reopens, self.escalated, self.abandoned)
        assert counted == tuple(row[name] for name in ("parent", "reopens", "escalated", "abandoned"))
        assert abs(self.effort - row["effort"] / 1000) <= 0.5 * (self.turn + 5)
        assert self.exchanges <= row["exchanges"] <= self.exchanges + 2
        if row["good"] >= 0:
            assert row["good"] == self.good


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_starts_work_outside_a_shift_or_in_a_break(seed: int) -> None:
    present: dict[int, bool] = defaultdict(bool)
    started = 0
    raw = busy_run(seed)
    rows = raw.log[np.isin(raw.log["kind"], [Kind.ASSIGNED, *range(20, 24)])]
    order = np.lexsort((np.arange(len(rows)), rows["kind"] < 20, rows["time"]))
    for _, _, actor, _, new, _, _, _, what, _ in rows[order].tolist():
        if what == Kind.ASSIGNED:
            if actor >= 0 and actor == new and actor != 6:
                assert present[actor], "shifts of the same instant come first"
                started += 1
        else:
            present[actor] = what in (Kind.SHIFT_ON, Kind.BREAK_OFF)
    assert started > 1_000


@pytest.mark.parametrize("channel", ["email", "phone", "chat"])
def test_nobody_works_on_more_than_they_can(channel: Any) -> None:
    """Without answers and hand-overs, what is assigned and not yet solved is what somebody works on."""
    people = [person(f"p{n}", concurrency=n + 1) for n in range(3)]
    world = floor([kind("c", channel, effort_kind="lognormal")], people, chat_slowdown=0.3)
    raw = played(world, tickets(*((10.0 * n, 0, n % 4) for n in range(800))))
    rows = of_kind(raw, "ASSIGNED", "AGENT_MESSAGE")
    ends = rows["kind"] == Kind.AGENT_MESSAGE
    most: dict[int, int] = defaultdict(int)
    now: dict[int, int] = defaultdict(int)
    for row in rows[np.lexsort((~ends, rows["time"]))]:
        agent = int(row["actor"])
        now[agent] += 1 if row["kind"] == Kind.ASSIGNED else -1
        most[agent] = max(most[agent], now[agent])
    limits = {agent: agent + 1 if channel == "chat" else 1 for agent in range(3)}
    assert dict(most) == limits
    assert raw.counters["solved"] == 800


@pytest.mark.parametrize("seed", SEEDS)
def test_only_bad_outcomes_bring_customers_back(seed: int) -> None:
    raw = busy_run(seed)
    outcome = {}
    back = 0
    children = raw.tickets[raw.tickets["parent"] >= 0]
    social = raw.tickets["class_"] == 4
    for row in of_kind(raw, "AGENT_MESSAGE", "CUSTOMER_MESSAGE"):
        ticket = int(row["ticket"])
        if row["kind"] == Kind.AGENT_MESSAGE and row["new"] == Intent.SOLVE:
            outcome[ticket] = int(row["old"])
        elif row["kind"] == Kind.CUSTOMER_MESSAGE and row["value"] == Intent.REOPEN:
            assert outcome[ticket] == 0
            back += 1
    followed = [int(one["parent"]) for one in children if not social[int(one["parent"])]]
    assert all(outcome[parent] == 0 or raw.tickets["reopens"][parent] > 0 for parent in followed)
    assert back > 50
    assert len(followed) > 20


def test_a_perfect_floor_is_never_written_to_again() -> None:
    world = busy_world(1)
    classes = tuple(replace(one, success=60.0, bot=0.0, patience=0.0) for one in world.classes)
    raw = simulate(replace(world, classes=classes))
    assert raw.counters["children"] == 0
    assert raw.tickets["reopens"].sum() == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_waiting_agrees_with_the_number_waiting(seed: int) -> None:
    """Little's law on separate counters: those still waiting at the end are in the one and not in the other."""
    world = replace(busy_world(seed), days=120)
    agents = tuple(replace(agent, absence=0.0) for agent in world.agents)
    classes = tuple(replace(one, weekly=one.weekly / 12, bot=0.0) for one in world.classes)
    counters = simulate(replace(world, agents=agents, classes=classes), log=False).counters
    assert counters["waited_s"] == pytest.approx(counters["queue_area_s"], rel=0.02)


def test_more_work_than_people_can_do_piles_up_and_is_said() -> None:
    world = floor([kind("m")], [person("p")])
    raw = played(world, tickets(*((60.0 * n, 0, 1) for n in range(7 * 1_440))))
    assert raw.counters["unstable"] == 1
    assert raw.counters["load.A"] == pytest.approx(100 / 60, rel=0.01)
    assert raw.counters["backlog.A"] == pytest.approx(7 * 1_440 * 0.4, rel=0.01)
    calm = played(world, tickets(*((150.0 * n, 0, 1) for n in range(4_000))))
    assert calm.counters["unstable"] == 0


def test_one_more_person_never_hurts() -> None:
    """Paired weeks with the same arrivals: share of calls answered within a minute, but for one in a hundred."""
    worse = better = weeks = 0
    for seed in range(10):
        call = kind("c", "phone", effort_kind="lognormal", effort_median=200.0, patience=400.0)
        world = floor([call], [person(f"p{n}") for n in range(9)], days=70, seed=seed)
        arrivals = poisson(seed, 70 * 86_400, 30.0)
        fewer = played(world, arrivals, shifts(*((n, 0, 70 * 86_400) for n in range(8))), log=False)
        more = played(world, arrivals, all_week(world), log=False)
        for week in range(10):
            worse += answered(more, week) < answered(fewer, week)
            better += answered(more, week) > answered(fewer, week)
            weeks += 1
    assert worse <= 0.01 * weeks
    assert better > 0.9 * weeks


def answered(raw: Raw, week: int) -> float:
    rows = raw.tickets[raw.tickets["created"] // (7 * 86_400_000) == week]
    return float(((rows["abandoned"] == 0) & (rows["waited"] <= 60_000)).mean())


def poisson(seed: int, length: float, gap: float) -> Any:
    times = np.cumsum(np.random.default_rng(seed).exponential(gap, int(length / gap * 1.2)))
    made = np.zeros(int((times < length).sum()), ARRIVAL)
    made["time"], made["key"], made["cause"] = times[: len(made)] * 1000, np.arange(len(made)), -1
    return made


def test_arrays_that_are_too_small_grow_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    from maitred.floor import compiled

    monkeypatch.setattr(compiled, "RECORDS", 1)
    monkeypatch.setattr(compiled, "SPARE", 0.1)
    cramped = simulate(busy_world(1))
    assert cramped.log.tobytes() == busy_run(1).log.tobytes()
    assert cramped.tickets.tobytes() == busy_run(1).tickets.tobytes()


def test_tickets_from_before_the_origin_are_the_backlog_to_begin_with() -> None:
    world = floor([kind("m")], [person("p")])
    raw = played(world, tickets((-7_200, 0, 1), (-60, 0, 1), (10, 0, 1)))
    assert raw.tickets["created"].tolist() == [-7_200_000, -60_000, 10_000]
    assert raw.tickets["waited"].tolist() == [7_200_000, 160_000, 190_000]


def test_a_ticket_takes_at_most_120_bytes_in_the_loop_and_a_record_40() -> None:
    from maitred.floor.layout import LIVE
    from maitred.floor.logbook import RECORD, TICKET

    assert LIVE.itemsize + TICKET.itemsize <= 120
    assert RECORD.itemsize == 40


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("sla_due", "26bd97a49fec9e15"), ("sticky", "8a048f6aa53e7430"), ("least_loaded", "230825bcb9eca3af")],
)
def test_the_engine_gives_the_histories_of_its_version(policy: Policy, expected: str) -> None:
    """Another result is another version of the engine (``run.ENGINE``), told in the changelog."""
    groups = (Group("A", "always", policy=policy, escalates_to="B"), Group("B", "always", policy=policy, tier=2))
    lively: dict[str, Any] = {
        "effort_kind": "lognormal",
        "exchanges": 0.7,
        "success": 1.0,
        "escalates": 0.1,
        "no_reply": 0.1,
    }
    classes = (
        kind("m", patience=20_000.0, **lively),
        kind("c", "chat", patience=300.0, reply_median=90.0, bot=0.3, **lively),
        kind("t", "phone", patience=200.0, transfers=0.1, **lively),
        kind("s", "social", patience=900.0, **lively),
    )
    people = (person("p0", parks=0.1), person("p1", picks=1.0), person("p2", "B", "A"), person("bot", is_bot=True))
    world = floor(classes, people, groups, bots=(Bot("bot"),), policies=(promise(normal=7_200, urgent=900),))
    raw = played(world, tickets(*((97.0 * n, n % 4, n % 3) for n in range(4_000))))
    assert ENGINE == "1.0"
    assert hashlib.sha256(raw.log.tobytes() + raw.tickets.tobytes()).hexdigest()[:16] == expected
