"""Changes of Freshdesk's tickets: what was seen is compared right before, and nobody else's tags are replaced."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from maitred.connectors.doubling import Fault
from maitred.connectors.freshdesk.double import Freshdesk
from maitred.connectors.freshdesk.double_account import ADMIN, AGENTS, GROUPS
from maitred.connectors.freshdesk.mapping import decode
from maitred.connectors.freshdesk.tests.asked import Reading, asking
from maitred.connectors.freshdesk.write import FreshdeskWriter
from maitred.connectors.live import Op, Refused, Seen, Sent

MARK = "[maitred:abcd1234]"
ONE = "/api/v2/tickets/3"
WRITER = FreshdeskWriter()


@pytest.fixture
def desk() -> Iterator[Freshdesk]:
    with Freshdesk(12) as double:
        double.mutate({"op": "edit", "ticket": 3, "values": {"status": 2, "priority": 1, "tags": ["shop"]}})
        double.clock.advance(60)
        yield double


@pytest.fixture
def by(desk: Freshdesk) -> Iterator[Reading]:
    with asking(desk) as found:
        yield found


def see(by: Reading, ticket: str = "3") -> Seen:
    return WRITER.see(by.api, by.account, [ticket])[ticket]


def send(by: Reading, seen: Seen, *ops: Op) -> Sent:
    return WRITER.send(by.api, by.account, seen, ops, MARK)


def written(desk: Freshdesk) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in desk.requests if one.method != "GET"]


def test_fields_and_tags_go_in_one_update_and_the_note_by_itself(desk: Freshdesk, by: Reading) -> None:
    seen = see(by)
    ops = (Op("set", "priority", "urgent"), Op("set", "status", "pending"), Op("set", "assignee", str(AGENTS[1])),
           Op("set", "group", str(GROUPS[1])), Op("set", "custom:cf_carrier", "DHL"), Op("add_tags", "tags", ["vip"]),
           Op("remove_tags", "tags", ["none"]), Op("note", "note", "Looked into <it> & more\nTwice"))  # fmt: skip
    asked = len(desk.requests)
    sent = send(by, seen, *ops)
    assert len(desk.requests) - asked == WRITER.requests(ops) - 1
    assert written(desk) == [("PUT", ONE), ("POST", f"{ONE}/notes")]
    ticket = desk.desk.tickets[3]
    assert (ticket.priority, ticket.status, ticket.agent, ticket.group) == (4, 3, AGENTS[1], GROUPS[1])
    assert (ticket.tags, ticket.custom) == (["shop", "vip"], {"cf_carrier": "DHL"})
    note = ticket.talk[-1]
    assert (note.text, note.private, note.user) == (f"Looked into <it> & more\nTwice\n\n{MARK}", True, ADMIN)
    assert sent == Sent("sent", "", see(by).stamp, str(note.number))
    assert WRITER.note(by.api, by.account, "3", MARK) == sent.note
    assert WRITER.note(by.api, by.account, "3", "[maitred:00000000]") is None


def test_what_was_written_is_read_as_an_internal_note_of_ours(desk: Freshdesk, by: Reading) -> None:
    send(by, see(by), Op("note", "note", "Looked into"))
    by.waiting = ["3"]
    rows = decode("conversations", by.all("conversations")[0].records).tables["messages"].to_pylist()
    (row,) = [one for one in rows if MARK in one["body_text"]]
    assert (row["direction"], row["author_id"], row["is_public"]) == ("internal", str(ADMIN), False)


@pytest.mark.parametrize(
    "change",
    [
        {"op": "edit", "ticket": 3, "values": {"priority": 2}},
        {"op": "edit", "ticket": 3, "values": {"tags": ["shop", "theirs"]}},
        {"op": "reply", "ticket": 3, "by": "customer"},
        {"op": "delete", "ticket": 3},
        {"op": "spam", "ticket": 3},
        {"op": "purge", "ticket": 3},
    ],
)
def test_a_ticket_that_moved_on_since_it_was_seen_is_left_as_it_is(
    desk: Freshdesk, by: Reading, change: dict[str, object]
) -> None:
    seen = see(by)
    desk.mutate(change)
    sent = send(by, seen, Op("set", "priority", "high"), Op("note", "note", "Mine"))
    assert sent.state == "conflict" and written(desk) == []


def test_a_change_within_the_second_of_the_stamp_is_seen_in_the_values(desk: Freshdesk, by: Reading) -> None:
    desk.mutate({"op": "edit", "ticket": 3, "values": {"subject": "First"}})
    seen = see(by)
    desk.mutate({"op": "edit", "ticket": 3, "values": {"tags": ["theirs"]}})
    assert see(by).stamp == seen.stamp
    assert send(by, seen, Op("add_tags", "tags", ["ours"])).state == "conflict"
    assert desk.desk.tickets[3].tags == ["theirs"]


def test_tags_are_merged_whatever_their_case(desk: Freshdesk, by: Reading) -> None:
    desk.mutate({"op": "edit", "ticket": 3, "values": {"tags": ["Shop", "VIP", "late"]}})
    ops = (Op("add_tags", "tags", ["shop", "ours"]), Op("remove_tags", "tags", ["vip"]))
    assert send(by, see(by), *ops).state == "sent"
    assert desk.desk.tickets[3].tags == ["Shop", "late", "ours"]


def test_tags_that_are_there_already_and_nothing_to_change_write_nothing(desk: Freshdesk, by: Reading) -> None:
    seen = see(by)
    assert send(by, seen, Op("add_tags", "tags", ["shop"])) == Sent("sent", "", seen.stamp)
    assert written(desk) == []


def test_a_rule_that_changes_the_ticket_at_once_is_told(desk: Freshdesk, by: Reading) -> None:
    rule = {"op": "edit", "ticket": 3, "values": {"priority": 1}}
    desk.faults = [Fault("meddle", ONE, nth=2, value=rule)]
    seen = see(by)
    desk.faults = [Fault("meddle", ONE, nth=2, value=rule)]
    sent = send(by, seen, Op("set", "priority", "high"))
    assert (sent.state, sent.why) == ("sent", "a rule or somebody changed priority at once")


@pytest.mark.parametrize(
    ("op", "why"),
    [
        (Op("set", "status", "new"), "no status that means 'new'"),
        (Op("set", "priority", None), "needs a priority"),
        (Op("set", "mood", "good"), "mood is no field"),
        (Op("set", "custom:cf_none", 1), "custom:cf_none is no field"),
        (Op("set", "group", "Sales"), "'Sales' is no id"),
        (Op("set", "group", "4711"), "group_id: It should be one of the possible values"),
        (Op("set", "status", "77"), "status: It should be one of the possible values"),
    ],
)
def test_what_freshdesk_does_not_take_fails_in_its_words_and_changes_nothing(
    desk: Freshdesk, by: Reading, op: Op, why: str
) -> None:
    before = see(by)
    sent = send(by, before, op, Op("note", "note", "Mine"))
    assert sent.state == "failed" and why in sent.why and see(by) == before


def test_tickets_in_the_bin_or_among_the_spam_are_locked_and_those_that_are_gone_not_seen(
    desk: Freshdesk, by: Reading
) -> None:
    for op, number in (("delete", 4), ("spam", 5), ("purge", 6)):
        desk.mutate({"op": op, "ticket": number})
    seen = WRITER.see(by.api, by.account, ["4", "5", "6", "7"])
    assert {key: one.locked for key, one in seen.items()} == {
        "4": "the ticket is in Freshdesk's bin",
        "5": "the ticket is marked as spam in Freshdesk",
        "7": None,
    }
    assert send(by, seen["4"], Op("set", "priority", "low")) == Sent("failed", "the ticket is in Freshdesk's bin")


def test_a_status_of_the_accounts_own_is_kept_as_its_number_and_can_be_put_back(desk: Freshdesk, by: Reading) -> None:
    for number, word in ((9, "open"), (6, "pending")):
        desk.mutate({"op": "edit", "ticket": 3, "values": {"status": number}})
        seen = see(by)
        assert (seen.values["status"], seen.values["status:label"]) == (word, str(number))
        assert send(by, seen, Op("set", "status", "solved")) == Sent("sent", "", see(by).stamp)
        assert send(by, see(by), Op("set", "status", str(number))).why == ""
        assert desk.desk.tickets[3].status == number


def test_where_the_note_is_refused_after_the_fields_were_changed_it_is_left_open_what_is_so(
    desk: Freshdesk, by: Reading
) -> None:
    desk.faults = [Fault("status", f"{ONE}/notes", value=403)]
    with pytest.raises(Refused) as refusal:
        send(by, see(by), Op("set", "priority", "high"), Op("note", "note", "Mine"))
    assert refusal.value.sent and desk.desk.tickets[3].priority == 3
    desk.faults = [Fault("status", f"{ONE}/notes", value=403)]
    assert send(by, see(by), Op("note", "note", "Mine")).state == "failed"


@pytest.mark.parametrize(
    ("kind", "value", "sent"), [("status", 502, True), ("reset", None, True), ("status", 401, False)]
)
def test_an_answer_that_leaves_it_open_is_raised_and_nothing_is_sent_twice(
    desk: Freshdesk, by: Reading, kind: str, value: int | None, sent: bool
) -> None:
    seen = see(by)
    desk.faults = [Fault(kind, f"{ONE}/notes", times=9, value=value)]
    with pytest.raises(Refused) as refusal:
        send(by, seen, Op("note", "note", "Mine"))
    assert refusal.value.sent is sent
    assert len(written(desk)) == (1 if sent else 2)


def test_a_change_that_was_turned_away_unread_is_made_once_the_pause_is_over(desk: Freshdesk, by: Reading) -> None:
    desk.faults = [Fault("status_429", f"{ONE}/notes", value="30")]
    assert send(by, see(by), Op("note", "note", "Mine")).state == "sent"
    assert by.purse.closed == [("write", 30.0)] and not desk.violations
    assert len([one for one in desk.desk.tickets[3].talk if MARK in one.text]) == 1
