"""Changes of Zendesk's tickets, and the fake account that they are made in."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import pytest

from maitred.connectors.api import HttpApi
from maitred.connectors.live import Account, Hint, Op, Reply
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.connectors.zendesk.mapping import decode
from maitred.connectors.zendesk.write import ZendeskWriter

MARK = "[maitred:abcd1234]"
WRITER = ZendeskWriter()
START = {"start_time": "0"}


class Open:
    """Signs in as the double wants it, and lets every request go at once."""

    def authorize(self, account: Account, api: Any, stale: bool) -> Mapping[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()}

    def hints(self, path: str, headers: Mapping[str, str]) -> Sequence[Hint]:
        return ()

    def exhausted(self, reply: Reply) -> None:
        return None

    def take(self, bucket: str) -> None: ...
    def close(self, bucket: str, seconds: float) -> None: ...
    def learn(self, hint: Hint) -> None: ...


@pytest.fixture
def desk() -> Iterator[Zendesk]:
    with Zendesk(tickets=12, page=5, exports_per_minute=100) as double:
        yield double


@pytest.fixture
def account(desk: Zendesk) -> Account:
    return Account("zendesk", "zendesk", desk.url, {})


@pytest.fixture
def api(account: Account) -> Iterator[HttpApi]:
    with httpx.Client(trust_env=False, timeout=5) as client:
        yield HttpApi(client, Open(), account, Open(), pause=lambda seconds: None)  # type: ignore[arg-type]


def test_fields_tags_and_a_note_go_in_one_request_and_leave_other_tags(
    desk: Zendesk, account: Account, api: HttpApi
) -> None:
    seen = WRITER.see(api, account, ["3", "99"])
    assert list(seen) == ["3"] and seen["3"].values["tags"] == ["shop"]
    ops = [Op("set", "priority", "urgent"), Op("add_tags", "tags", ["vip"]), Op("set", "custom:27642", "DHL"),
           Op("note", "note", "Looked into"), Op("set", "assignee", "360001000101")]  # fmt: skip
    sent = WRITER.send(api, account, seen["3"], ops, MARK)
    assert sent.state == "sent" and sent.note == WRITER.note(api, account, "3", MARK)
    after = WRITER.see(api, account, ["3"])["3"]
    assert (after.values["priority"], after.values["tags"]) == ("urgent", ["shop", "vip"])
    assert (after.values["assignee"], after.values["custom:27642"]) == ("360001000101", "DHL")
    assert after.stamp == sent.stamp and len([one for one in desk.requests if one.method == "PUT"]) == 1
    assert desk.audits[3][-1]["child_events"][-1]["public"] is False


def test_a_ticket_that_moved_on_is_left_as_it_is(desk: Zendesk, account: Account, api: HttpApi) -> None:
    seen = WRITER.see(api, account, ["3"])["3"]
    desk.mutate({"op": "edit", "ticket": 3, "values": {"tags": ["shop", "theirs"]}})
    assert WRITER.send(api, account, seen, [Op("remove_tags", "tags", ["shop"])], MARK).state == "conflict"
    assert desk.tickets[3]["tags"] == ["shop", "theirs"] and WRITER.note(api, account, "3", MARK) is None


def test_what_zendesk_does_not_take_fails_without_a_change(desk: Zendesk, account: Account, api: HttpApi) -> None:
    seen = WRITER.see(api, account, ["3"])["3"]
    for op in (Op("set", "status", "closed"), Op("set", "mood", "good"), Op("set", "group", "Sales")):
        assert WRITER.send(api, account, seen, [op], MARK).state == "failed"
    desk.tickets[4]["status"] = "closed"
    locked = WRITER.send(api, account, WRITER.see(api, account, ["4"])["4"], [Op("set", "priority", "low")], MARK)
    assert locked.state == "failed" and "closed" in locked.why
    assert not [one for one in desk.requests if one.method == "PUT"]


def test_the_doubles_export_is_whole_and_says_what_its_truth_says(desk: Zendesk, api: HttpApi) -> None:
    tickets, cursor = list[Any](), dict[str, str](START)
    while True:
        body = api.get("api/v2/incremental/tickets/cursor.json", cursor).body
        tickets += body["tickets"]
        cursor = {"cursor": body["after_cursor"]}
        if body["end_of_stream"]:
            break
    events = {one["id"]: one for one in _timed(api)}
    truth = desk.truth()
    decoded = decode("tickets", tickets)
    rows = decoded.tables["tickets"].to_pylist()
    assert decoded.bad == [] and {row["external_id"]: row["status"] for row in rows} == {
        key: one["status"] for key, one in truth["tickets"].items()
    }
    told = decode("ticket_events", list(events.values()))
    assert told.bad == []
    assert sorted(row["body_text"] for row in told.tables["messages"].to_pylist()) == sorted(
        body for _, _, body in truth["messages"].values()
    )
    changes = [row for row in told.tables["ticket_events"].to_pylist() if row["field"] == "status"]
    assert sorted((row["ticket_id"], row["old_value"] or "", row["new_value"]) for row in changes) == sorted(
        (ticket, old or "", new) for ticket, _, old, new in truth["statuses"]
    )


def _timed(api: HttpApi) -> Iterator[Any]:
    where: dict[str, Any] = {**START, "include": "comment_events"}
    while True:
        body = api.get("api/v2/incremental/ticket_events.json", where).body
        yield from body["ticket_events"]
        if body["end_of_stream"]:
            return
        where = {**where, "start_time": body["end_time"]}
