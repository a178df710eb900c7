"""The dry run: what it shows of each ticket, that it changes nothing, and how it is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from maitred.base.errors import Invalid, NotFound
from maitred.connectors.live import Account, Op
from maitred.connectors.zendesk.connector import Zendesk as Connector
from maitred.connectors.zendesk.double import Zendesk
from maitred.sync import planning
from maitred.sync.changes import Change, Difference
from maitred.sync.tests.exchanging import AGENT, Desk, opened, ops, shown


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("planning") / "home"
    with Zendesk(tickets=12, per_minute=100_000) as double, opened(home, double) as found:
        yield found


def writings(desk: Desk) -> int:
    return len([each for each in desk.double.requests if each.method != "GET"])


def test_each_ticket_is_shown_as_it_is_and_as_it_would_be(desk: Desk) -> None:
    before, written = shown(desk), writings(desk)
    plan = desk.plan(
        Change("1", ops(priority="urgent", carrier="DHL", add=["vip", "shop"], remove=["none"], note="Hello"), "why"),
        Change("2", ops(assignee=str(AGENT + 3), status="pending")),
    )
    one, two = plan.tickets
    assert (one.verdict, one.reason, one.requests) == ("ready", "why", 2)
    assert one.differences == (
        Difference("priority", "normal", "urgent"), Difference("custom:27642", None, "DHL"),
        Difference("tags", ["shop"], ["shop", "vip"]), Difference("note", None, "Hello"),
    )  # fmt: skip
    assert Op("add_tags", "tags", ["vip"]) in one.ops and "remove_tags" not in {op.kind for op in one.ops}
    assert one.before == {"priority": "normal", "custom:27642": None, "tags": ["shop"]}
    assert two.differences[0] == Difference("assignee", str(AGENT + 2), str(AGENT + 3))
    assert (plan.requests, plan.minutes) == (4, 0.1) and plan.made_by == "ada" and plan.approved_by is None
    assert shown(desk) == before and writings(desk) == written


def test_what_cannot_or_need_not_be_sent_says_why(desk: Desk) -> None:
    desk.double.mutate({"op": "edit", "ticket": 10, "values": {"status": "closed"}})
    desk.double.mutate({"op": "delete", "ticket": 11})
    desk.carry_out(Change("9", ops(note="Once"), key="K9"))
    plan = desk.plan(
        Change("1", ops(priority="normal")),
        Change("2", ops(priority="low"), seen={"priority": "high", "status": "open"}),
        Change("3", ops(note="Hello"), seen={"status": "solved"}),
        Change("4", ops(add=["vip"]), seen={"tags": ["others"], "priority": "normal"}),
        Change("9", ops(note="Once"), key="K9"),
        Change("10", ops(priority="low")),
        Change("11", ops(priority="low")),
        Change("4711", ops(priority="low")),
        Change("no number", ops(priority="low")),
    )
    told = {one.ticket: (one.verdict, one.why) for one in plan.tickets}
    assert told["1"] == ("unchanged", "it is so already")
    assert told["2"] == ("conflict", "priority was high and is normal")
    assert told["3"] == ("conflict", "status was solved and is open")
    assert told["4"] == ("ready", "")
    assert told["9"][0] == "repeated" and "(verified)" in told["9"][1]
    assert told["10"][0] == "locked" and "closed" in told["10"][1]
    assert {told[one][0] for one in ("11", "4711", "no number")} == {"missing"}
    assert [one.ticket for one in plan.ready] == ["4"] and plan.requests == 2
    assert all(one.ops == () for one in plan.tickets if one.verdict != "ready")


def test_a_plan_is_stored_as_it_was_made_and_is_one_json_object(desk: Desk) -> None:
    plan = desk.plan(
        Change("5", ops(priority="low", add=["vip"], note="Hello"), "why", "K5"), Change("99", ops(note="x"))
    )
    assert planning.stored(desk.workspace, plan.plan_id) == plan
    body = json.loads(json.dumps(plan.as_json()))
    assert body["counts"] == {"missing": 1, "ready": 1} and body["approved_at"] is None and body["undoes"] is None
    first = body["tickets"][0]
    assert first["changes"][1] == {"field": "tags", "before": ["shop"], "after": ["shop", "vip"]}
    assert (first["key"], first["reason"], first["verdict"]) == ("K5", "why", "ready")
    assert planning.plans(desk.workspace, "zendesk")[0] == plan and planning.plans(desk.workspace, "other") == []
    assert len(planning.plans(desk.workspace, "zendesk", 1)) == 1
    with pytest.raises(NotFound, match="there is no plan 0815"):
        planning.stored(desk.workspace, "0815")


def test_two_hundred_and_fifty_tickets_are_read_with_three_requests(desk: Desk) -> None:
    asked = len(desk.double.requests)
    plan = desk.plan(*(Change(str(number), ops(note="Hello")) for number in range(1, 251)))
    assert len(desk.double.requests) - asked == 3 and len(plan.tickets) == 250


def test_the_time_it_takes_goes_by_what_the_account_may_use(desk: Desk) -> None:
    changes = [Change(str(number), ops(note="Hello")) for number in range(1, 9)]
    assert desk.plan(*changes).minutes == 0.2
    account = desk.account
    desk.account = replace(account, requests_per_minute=4)
    assert desk.plan(*changes).minutes == 4.0
    desk.account = account


def test_a_plan_of_nothing_asks_nothing(desk: Desk) -> None:
    asked = len(desk.double.requests)
    plan = desk.plan()
    assert (plan.tickets, plan.requests, plan.minutes) == ((), 0, 0.0) and len(desk.double.requests) == asked


class ReadOnly(Connector):
    def writer(self) -> Any:
        return None


def test_a_helpdesk_that_cannot_be_changed_is_refused(desk: Desk) -> None:
    account = Account("zendesk", "zendesk", desk.account.url, {})
    with pytest.raises(Invalid, match="are not changed by maitred"):
        planning.plan(desk.workspace, ReadOnly(), account, [Change("1", ops(note="x"))], api=desk.api, actor="ada")
    with pytest.raises(Invalid, match="nothing is to change"):
        desk.plan(Change("1", ()))
