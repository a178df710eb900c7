"""Changes of cases on their way to Salesforce, where fields and note are two requests and a case has one owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maitred.connectors.doubling import Answer, Fault, Request, VirtualClock
from maitred.connectors.live import Refused
from maitred.connectors.salesforce.double import BASE, Salesforce
from maitred.connectors.salesforce.double_account import AGENTS, QUEUES, USER
from maitred.sync import journal, outbox, planning
from maitred.sync.changes import Change
from maitred.sync.tests.exchanging import Desk, child, ended, opened, ops

FIELDS = ("Status", "Priority", "OwnerId", "Subject", "Order_Number__c")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Salesforce(tickets=6) as double, opened(tmp_path / "home", double) as found:
        yield found


def cases(desk: Desk) -> dict[str, dict[str, Any]]:
    return {key: {field: row[field] for field in FIELDS} for key, row in desk.double.organisation.rows["Case"].items()}


def comments(desk: Desk) -> list[str]:
    return [row["CommentBody"] for row in desk.double.organisation.rows["CaseComment"].values()
            if row["CreatedById"] == USER]  # fmt: skip


def owned_by(desk: Desk, owner: str) -> str:
    return next(key for key, row in cases(desk).items() if row["OwnerId"].startswith(owner))


def whole(case: str) -> Change:
    return Change(case, ops(status="pending", priority="urgent", group=QUEUES[1], subject="Parcel", note=f"On {case}"))


def test_a_case_goes_to_a_queue_and_comes_back_to_who_had_it(desk: Desk) -> None:
    before, case = cases(desk), owned_by(desk, "005")
    plan = desk.carry_out(whole(case), Change("5008d0000000999AAA", ops(priority="low")), Change("7", ops(note="?")))
    assert [one.verdict for one in plan.tickets] == ["ready", "missing", "missing"]
    assert desk.states(plan) == {case: "verified"} and len(comments(desk)) == 1
    assert tuple(cases(desk)[case].values())[:4] == ("Waiting on Customer", "Critical", QUEUES[1], "Parcel")
    told = {one.field: (one.before, one.after) for one in journal.written(desk.workspace, plan.plan_id)}
    assert told["status"] == (before[case]["Status"], "pending") and told["assignee"] == (before[case]["OwnerId"], None)
    for _ in range(3):  # taken back, done again, taken back
        desk.double.clock.advance(60)
        plan = desk.undo(plan)
        desk.approve(plan)
        desk.drain()
        assert desk.states(plan) == {case: "verified"}
    assert cases(desk) == before and len(comments(desk)) == 1


def test_somebody_who_takes_the_case_meanwhile_keeps_it(desk: Desk) -> None:
    case = owned_by(desk, "005")
    plan = desk.plan(whole(case))
    desk.approve(plan)
    desk.double.clock.advance(60)
    other = next(agent for agent in AGENTS if agent != cases(desk)[case]["OwnerId"])
    desk.double.mutate({"op": "edit", "case": case, "values": {"OwnerId": other}})
    desk.double.clock.advance(60)
    desk.drain()
    assert desk.states(plan) == {case: "conflict"} and "assignee was" in desk.why(plan, case)
    assert cases(desk)[case]["OwnerId"] == other and comments(desk) == []


def test_another_word_of_the_same_meaning_is_an_edit_too(desk: Desk) -> None:
    case = owned_by(desk, "005")
    desk.double.organisation.rows["Case"][case]["Status"] = "Working"
    plan = desk.plan(Change(case, ops(status="hold")))
    desk.approve(plan)
    desk.double.organisation.rows["Case"][case]["Status"] = "Escalated"
    desk.drain()
    assert desk.states(plan) == {case: "conflict"} and "status was Working and is Escalated" in desk.why(plan, case)


def is_done_once(desk: Desk, case: str) -> None:
    assert comments(desk) == [comments(desk)[0]] and cases(desk)[case]["OwnerId"] == QUEUES[1]
    (plan,) = planning.plans(desk.workspace, "salesforce")
    assert desk.states(plan) == {case: "verified"}
    fields = [one.field for one in journal.written(desk.workspace, plan.plan_id)]
    assert sorted(fields) == ["assignee", "group", "note", "priority", "status", "subject"]


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [("stall", "Case", 3), ("status", "Case", 500), ("reset", "CaseComment", None), ("status", "CaseComment", 500)],
)
def test_a_lost_answer_to_fields_or_note_is_looked_for_first(tmp_path: Path, kind: str, path: str, value: Any) -> None:
    """After ``stall`` and ``reset`` the change was made, after ``status`` it was not."""
    with Salesforce(tickets=3) as double, opened(tmp_path / "home", double, timeout=1) as desk:
        case = owned_by(desk, "005")
        plan = desk.plan(whole(case))
        desk.approve(plan)
        double.clock.advance(60)
        where = f"{BASE}/sobjects/{path}" + (f"/{case}" if path == "Case" else "")
        double.faults += [Fault(kind, where, value=value)]
        assert desk.drain() == 0 and desk.states(plan) == {case: "unknown"}
        for _ in range(3):
            double.clock.advance(60)
            desk.drain()
        is_done_once(desk, case)


class Used(Salesforce):
    """The day's requests are used up with the first change of a case."""

    def _change(self, request: Request) -> Answer:
        self.quota = self.used
        return super()._change(request)


def test_requests_that_are_used_up_between_fields_and_note_delay_the_note_only(tmp_path: Path) -> None:
    with Used(tickets=3) as double, opened(tmp_path / "home", double) as desk:
        case = owned_by(desk, "005")
        plan = desk.plan(whole(case))
        desk.approve(plan)
        double.clock.advance(60)
        assert desk.drain() == 0 and desk.states(plan) == {case: "unknown"} and comments(desk) == []
        with pytest.raises(Refused):
            desk.drain()
        double.quota = 100_000
        desk.drain()
        is_done_once(desk, case)


class Ended(Salesforce):
    """The day's requests end with the first request that would change something."""

    def before(self, request: Request) -> Answer | None:
        if request.path.startswith(f"{BASE}/sobjects") and request.method != "GET":
            self.quota = self.used
        return super().before(request)


def test_requests_that_are_used_up_before_anything_was_changed_delay_all_of_it(tmp_path: Path) -> None:
    with Ended(tickets=3) as double, opened(tmp_path / "home", double) as desk:
        case = owned_by(desk, "005")
        for change in (whole(case), Change(case, ops(note="Only this"))):
            desk.double.quota = 100_000
            plan = desk.plan(change)
            desk.approve(plan)
            double.clock.advance(60)
            with pytest.raises(Refused):
                desk.drain()
            assert desk.states(plan) == {case: "pending"} and comments(desk) == []


@pytest.mark.parametrize("passing", [11, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 20) if n != 11)])
def test_a_sender_killed_before_any_of_its_requests_changes_a_case_once(tmp_path: Path, passing: int) -> None:
    with Salesforce(tickets=3, clock=VirtualClock(runs=True)) as double, opened(tmp_path / "home", double) as desk:
        before, case = cases(desk), owned_by(desk, "005")
        desk.approve(desk.plan(whole(case)))
        died = ended(child(desk.workspace.home, desk.account, f"fetch:{passing}"))
        while outbox.waiting(desk.workspace):
            assert ended(child(desk.workspace.home, desk.account)) == 0
        is_done_once(desk, case)
        (plan,) = planning.plans(desk.workspace, "salesforce")
        desk.approve(desk.undo(plan))
        desk.drain()
        assert cases(desk) == before and len(comments(desk)) == 1
        assert died == 137 or passing > 11
