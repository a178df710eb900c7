"""A process that sends changes and is killed at any moment: nothing is sent twice, lost, or written over others' work.

The fake helpdesk runs here, on a loopback socket; what it wrote down of each change is held against the journal.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maitred.connectors.doubling import VirtualClock
from maitred.connectors.zendesk.double import Zendesk
from maitred.sync import outbox
from maitred.sync.changes import Change
from maitred.sync.planning import Plan
from maitred.sync.tests.exchanging import AGENT, GROUP, Desk, child, ended, journaled, notes, opened, ops, shown, told
from maitred.sync.tests.support import KILLED

LABELS = ("fetch", "ledger.commit", "outbox.mark", "outbox.send", "outbox.sent", "outbox.verify")
THEIRS = "theirs"


@contextmanager
def a_desk(folder: Path, tickets: int) -> Iterator[Desk]:
    double = Zendesk(tickets=tickets, per_minute=10_000_000, clock=VirtualClock(runs=True))
    with double, opened(folder / "home", double) as desk:
        yield desk


def approved(desk: Desk) -> Plan:
    """Every ticket gets another priority, carrier and owner, a tag for another, and a note."""
    changes = []
    for number in range(1, len(desk.double.tickets) + 1):
        agent, group = AGENT + (number + 1) % 4, GROUP + (number + 1) % 2
        wanted = ops(
            priority="urgent", carrier=f"DHL {number}", assignee=str(agent), group=str(group), add=["vip"],
            remove=["shop"], note=f"Looked into {number}",
        )  # fmt: skip
        changes.append(Change(str(number), wanted))
    plan = desk.plan(*changes)
    assert len(plan.ready) == len(changes) == desk.approve(plan)
    return plan


def drained_under(desk: Desk, label: str) -> int:
    """Drain in children that die at the first, second, third ... passing of a step, then at ever later ones, until one
    ends by itself; returns how many died."""
    passing = deaths = 0
    while True:
        passing += max(1, passing // 4)
        if ended(child(desk.workspace.home, desk.account, f"{label}:{passing}")) == 0:
            return deaths
        deaths += 1
        assert deaths < 1_000


def killed_at_random(desk: Desk, dice: random.Random) -> int:
    """Start to drain, and kill at a random moment after the first requests came in; how the child ended."""
    heard = len(desk.double.requests)
    process = child(desk.workspace.home, desk.account)
    wait = threading.Event()
    while process.poll() is None and len(desk.double.requests) < heard + 1:
        wait.wait(0.005)
    wait.wait(dice.uniform(0, 0.5))
    process.kill()
    return ended(process)


def settled(desk: Desk) -> None:
    """What one more run without any accident has left open: nothing."""
    assert ended(child(desk.workspace.home, desk.account)) == 0
    assert outbox.waiting(desk.workspace) == {}


def is_whole(desk: Desk, plan: Plan) -> None:
    """Each change took place once, and is in the journal; each note is there once."""
    rows = outbox.rows(desk.workspace, plan.plan_id)
    assert {row.state for row in rows} == {"verified"}, [(row.ticket, row.state, row.why) for row in rows][:5]
    assert journaled(desk) == told(desk)
    texts = notes(desk)
    assert len(texts) == len(set(texts)) == len(rows) == len(plan.tickets)


def comes_back(desk: Desk, plan: Plan, before: object) -> None:
    """Taken back, the account is as it was, but for the notes."""
    back = desk.undo(plan)
    assert len(back.ready) == len(plan.tickets)
    desk.approve(back)
    settled(desk)
    assert set(desk.states(back).values()) == {"verified"} and shown(desk) == before
    assert journaled(desk) == told(desk) and len(notes(desk)) == len(plan.tickets)


def test_a_sender_that_is_killed_again_and_again_sends_each_change_once(tmp_path: Path) -> None:
    with a_desk(tmp_path, 10) as desk:
        before, plan = shown(desk), approved(desk)
        for fault in ("outbox.send:3", "outbox.sent:4", "ledger.commit:9"):
            assert ended(child(desk.workspace.home, desk.account, fault)) == 137
        settled(desk)
        is_whole(desk, plan)
        comes_back(desk, plan, before)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("label", LABELS)
def test_two_hundred_changes_killed_at_many_passings_of_a_step_take_place_once(tmp_path: Path, label: str) -> None:
    with a_desk(tmp_path, 200) as desk:
        before, plan = shown(desk), approved(desk)
        assert drained_under(desk, label) > 8
        settled(desk)
        is_whole(desk, plan)
        comes_back(desk, plan, before)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("label", LABELS)
def test_changes_killed_at_every_single_passing_of_a_step_take_place_once(tmp_path: Path, label: str) -> None:
    passing, died = 0, 137
    while died:
        passing += 1
        with a_desk(tmp_path / str(passing), 4) as desk:
            before, plan = shown(desk), approved(desk)
            died = ended(child(desk.workspace.home, desk.account, f"{label}:{passing}"))
            settled(desk)
            is_whole(desk, plan)
            comes_back(desk, plan, before)
    assert passing > 4


class Others(threading.Thread):
    """Others who edit tickets at random moments while ours are sent: one field, one tag or a note at a time."""

    def __init__(self, desk: Desk, seed: int) -> None:
        super().__init__(daemon=True)
        self.desk, self.dice = desk, random.Random(seed)
        self.ending = threading.Event()
        self.edited: set[str] = set()

    def run(self) -> None:
        count = 0
        double = self.desk.double
        while not self.ending.wait(self.dice.uniform(0.002, 0.03)):
            count += 1
            number = self.dice.randint(1, len(double.tickets) // 2)
            with double.lock:
                ticket = double.tickets[number]
                values = self.dice.choice((
                    {"priority": self.dice.choice(("low", "high"))}, {"tags": [*ticket["tags"], f"{THEIRS}-{count}"]},
                    {"tags": [tag for tag in ticket["tags"] if tag != "vip"]}, {"subject": f"Theirs {count}"},
                    {"assignee_id": None}, {},
                ))  # fmt: skip
                note = f"A note of theirs {count}" if not values else None
                double.mutate({"op": "edit", "ticket": number, "values": values, "note": note})
            self.edited.add(str(number))

    def end(self) -> None:
        self.ending.set()
        self.join()


def nothing_of_theirs_is_lost(desk: Desk, plan: Plan, others: Others) -> None:
    """The journal has what our user did and nothing else, each on top of the very value that was planned or told."""
    done = journaled(desk)
    assert done == told(desk)
    planned = {one.ticket: one.before for one in plan.tickets}
    for ticket, kind, field, before, _ in done:
        assert kind != "set" or planned[ticket][field] == before, (ticket, field)
        assert kind != "remove_tags" or before == ["shop"]
    texts = notes(desk)
    assert len(texts) == len(set(texts))
    for row in outbox.rows(desk.workspace, plan.plan_id):
        assert row.state in ("verified", "conflict")
        assert row.state == "verified" or row.ticket in others.edited, (row.ticket, row.why)
        is_noted = any(f"Looked into {row.ticket}\n" in text for text in texts)
        is_done = row.state == "verified" or "it was carried out" in row.why
        assert is_noted == is_done, (row.ticket, row.state, row.why)
    every = [tag for ticket in desk.double.tickets.values() for tag in ticket["tags"] if tag.startswith(THEIRS)]
    added = [
        tag for audits in desk.double.audits.values() for audit in audits for part in audit["child_events"]
        for tag in part.get("tags", ()) if tag.startswith(THEIRS)
    ]  # fmt: skip
    assert sorted(every) == sorted(set(added))


@pytest.mark.parametrize(
    ("tickets", "kills", "seed"),
    [(16, 1, 1), *(pytest.param(200, 5, seed, marks=(pytest.mark.slow, pytest.mark.long)) for seed in (2, 3, 4))],
)
def test_a_sender_killed_at_random_moments_among_others_edits_loses_none_and_overwrites_none(
    tmp_path: Path, tickets: int, kills: int, seed: int
) -> None:
    dice = random.Random(seed)
    with a_desk(tmp_path, tickets) as desk:
        plan = approved(desk)
        others = Others(desk, seed)
        others.start()
        try:
            died = 0
            for _ in range(kills):
                died += killed_at_random(desk, dice) in KILLED
            while outbox.waiting(desk.workspace):
                assert ended(child(desk.workspace.home, desk.account)) == 0
        finally:
            others.end()
        assert died and others.edited
        nothing_of_theirs_is_lost(desk, plan, others)
        back = desk.undo(plan)
        desk.approve(back)
        settled(desk)
        assert journaled(desk) == told(desk)
