"""Changes of cases, made in the fake organisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from maitred.connectors.doubling import Answer, Fault, Request
from maitred.connectors.live import Op, Refused
from maitred.connectors.salesforce.connector import CONNECTOR
from maitred.connectors.salesforce.double import BASE, Salesforce
from maitred.connectors.salesforce.double_account import AGENTS, QUEUES
from maitred.connectors.salesforce.tests.asked import Reading, asking
from maitred.connectors.salesforce.write import SalesforceWriter

MARK = "[maitred:abcd1234]"


@pytest.fixture
def desk() -> Iterator[Salesforce]:
    with Salesforce(tickets=6) as double:
        yield double


@pytest.fixture
def by(desk: Salesforce) -> Iterator[Reading]:
    with asking(desk) as opened:
        yield opened


WRITER = SalesforceWriter(pause=lambda seconds: None)


def first(desk: Salesforce) -> str:
    return next(iter(desk.organisation.rows["Case"]))


def test_fields_and_a_note_are_written_and_the_owner_stays_ours(desk: Salesforce, by: Reading) -> None:
    case = first(desk)
    seen = WRITER.see(by.api, by.account, [case, "5008d0000000999AAA"])
    assert set(seen) == {case} and seen[case].values["assignee"] in AGENTS
    ops = [
        Op("set", "status", "pending"), Op("set", "priority", "urgent"), Op("set", "group", QUEUES[1]),
        Op("set", "custom:Order_Number__c", "B-2"), Op("note", "note", "Asked the carrier"),
    ]  # fmt: skip
    desk.clock.advance(60)
    sent = WRITER.send(by.api, by.account, seen[case], ops, MARK)
    assert (sent.state, sent.why) == ("sent", "")
    row = desk.organisation.rows["Case"][case]
    assert (row["Status"], row["Priority"], row["OwnerId"]) == ("Waiting on Customer", "Critical", QUEUES[1])
    assert row["Order_Number__c"] == "B-2"
    now = WRITER.see(by.api, by.account, [case])[case]
    assert (now.stamp, now.values["status"], now.values["group"]) == (sent.stamp, "pending", QUEUES[1])
    assert now.values["assignee"] is None
    note = desk.organisation.rows["CaseComment"][str(sent.note)]
    assert note["IsPublished"] is False and MARK in note["CommentBody"]
    assert WRITER.note(by.api, by.account, case, MARK) == sent.note
    assert WRITER.note(by.api, by.account, case, "[maitred:00000000]") is None


def test_a_change_costs_the_requests_that_were_named(desk: Salesforce, by: Reading) -> None:
    by.account = replace(by.account, settings=CONNECTOR.probe(by.api, by.account).settings)
    case = first(desk)
    note, status = Op("note", "note", "Asked the carrier"), Op("set", "status", "hold")
    for ops in ([note], [status], [note, status, Op("set", "priority", "high"), Op("set", "subject", "Parcel")]):
        desk.clock.advance(60)
        desk.requests.clear()
        seen = WRITER.see(by.api, by.account, [case])[case]
        assert WRITER.send(by.api, by.account, seen, ops, MARK).state == "sent"
        assert len(desk.requests) == WRITER.requests(ops)


def test_a_case_that_moved_on_is_not_overwritten(desk: Salesforce, by: Reading) -> None:
    case = first(desk)
    seen = WRITER.see(by.api, by.account, [case])[case]
    desk.clock.advance(60)
    desk.mutate({"op": "edit", "case": case, "values": {"Priority": "Critical"}})
    changes = desk.heard(f"{BASE}/sobjects/Case/{case}")
    sent = WRITER.send(by.api, by.account, seen, [Op("set", "priority", "low")], MARK)
    assert sent.state == "conflict" and desk.heard(f"{BASE}/sobjects/Case/{case}") == changes


def test_another_change_within_the_second_of_the_last_one_is_not_overwritten(desk: Salesforce, by: Reading) -> None:
    case = first(desk)

    def edit(priority: str) -> None:
        desk.mutate({"op": "edit", "case": case, "values": {"Priority": priority}})

    edit("Low")
    seen = WRITER.see(by.api, by.account, [case])[case]
    edit("High")
    assert WRITER.see(by.api, by.account, [case])[case].stamp == seen.stamp
    assert WRITER.send(by.api, by.account, seen, [Op("set", "priority", "urgent")], MARK).state == "conflict"
    patient = SalesforceWriter(pause=lambda seconds: edit("Medium"))
    seen = patient.see(by.api, by.account, [case])[case]
    assert patient.send(by.api, by.account, seen, [Op("set", "priority", "urgent")], MARK).state == "conflict"
    assert desk.organisation.rows["Case"][case]["Priority"] == "Medium"


class Busy(Salesforce):
    """An organisation where somebody saves a case between our last look at it and our change."""

    def _change(self, request: Request) -> Answer:
        case, now = request.match.group(1), self.clock.epoch()
        self.organisation.change(case, {"Subject": "Changed by somebody"}, AGENTS[0], now)
        return super()._change(request)


def test_salesforce_itself_refuses_a_change_that_comes_too_late() -> None:
    with Busy(tickets=1) as desk, asking(desk) as by:
        case = first(desk)
        seen = WRITER.see(by.api, by.account, [case])[case]
        desk.clock.advance(60)
        sent = WRITER.send(by.api, by.account, seen, [Op("set", "priority", "urgent")], MARK)
        row = desk.organisation.rows["Case"][case]
    assert sent.state == "conflict" and row["Subject"] == "Changed by somebody" and row["Priority"] != "Critical"


def test_what_salesforce_does_not_have_is_refused_in_words(desk: Salesforce, by: Reading) -> None:
    case = first(desk)
    seen = WRITER.see(by.api, by.account, [case])[case]
    for op, why in (
        (Op("add_tags", "tags", ["vip"]), "no tags"),
        (Op("set", "status", "unheard"), "no status that means"),
        (Op("set", "priority", "unheard"), "no priority that means"),
        (Op("set", "assignee", QUEUES[0]), "no user of Salesforce"),
        (Op("set", "assignee", None), "one person or one queue"),
        (Op("set", "brand", "x"), "no field of a case"),
        (Op("set", "assignee", "0058d0000000999AAA"), "Owner ID"),
    ):
        sent = WRITER.send(by.api, by.account, seen, [op], MARK)
        assert sent.state == "failed" and why in sent.why, (op, sent.why)
    desk.mutate({"op": "delete", "case": case})
    binned = WRITER.see(by.api, by.account, [case])[case]
    assert WRITER.send(by.api, by.account, binned, [Op("set", "priority", "low")], MARK).state == "failed"


def test_a_case_that_somebody_holds_is_tried_again(desk: Salesforce, by: Reading) -> None:
    case = first(desk)
    desk.faults += [Fault("locked", BASE, times=2)]
    seen = WRITER.see(by.api, by.account, [case])[case]
    assert WRITER.send(by.api, by.account, seen, [Op("set", "subject", "Parcel")], MARK).state == "sent"
    desk.faults += [Fault("locked", BASE, times=9)]
    seen = WRITER.see(by.api, by.account, [case])[case]
    held = WRITER.send(by.api, by.account, seen, [Op("set", "subject", "Other")], MARK)
    assert (held.state, desk.organisation.rows["Case"][case]["Subject"]) == ("failed", "Parcel")


def test_a_note_whose_answer_is_lost_is_left_open_and_found_by_its_marker(desk: Salesforce, by: Reading) -> None:
    case = first(desk)
    seen = WRITER.see(by.api, by.account, [case])[case]
    desk.faults += [Fault("reset", f"{BASE}/sobjects/CaseComment")]
    ops = [Op("set", "subject", "Parcel"), Op("note", "note", "Asked the carrier")]
    with pytest.raises(Refused) as lost:
        WRITER.send(by.api, by.account, seen, ops, MARK)
    assert lost.value.sent and len(desk.heard(f"{BASE}/sobjects/CaseComment")) == 1
    desk.faults.clear()
    assert (WRITER.note(by.api, by.account, case, MARK) is None) == (
        len([row for row in desk.organisation.rows["CaseComment"].values() if MARK in row["CommentBody"]]) == 0
    )


def test_a_refused_note_after_a_change_is_left_open_too(desk: Salesforce, by: Reading) -> None:
    case = first(desk)
    seen = WRITER.see(by.api, by.account, [case])[case]
    desk.faults += [Fault("status", f"{BASE}/sobjects/CaseComment", value=400, times=2)]
    with pytest.raises(Refused) as refused:
        WRITER.send(by.api, by.account, seen, [Op("set", "subject", "A"), Op("note", "note", "B")], MARK)
    assert refused.value.sent
    seen = WRITER.see(by.api, by.account, [case])[case]
    assert WRITER.send(by.api, by.account, seen, [Op("note", "note", "B")], MARK).state == "failed"
