"""The commands of connected helpdesks, against a fake Zendesk: connect, sync, status, plan, send, undo."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maitred.connectors.doubling import Fault
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from tests.house import House

TICKETS = 20


@pytest.fixture(scope="module")
def desk() -> Iterator[Zendesk]:
    with Zendesk(TICKETS, exports_per_minute=100_000, per_minute=100_000) as double:
        yield double


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A workspace without a connection."""
    made = House(tmp_path_factory.mktemp("empty") / "workspace")
    assert made.run("init").code == 0
    return made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, desk: Zendesk) -> House:
    """A workspace whose connected Zendesk was read once and may be written to."""
    folder = tmp_path_factory.mktemp("connected")
    (folder / "token").write_text(f"{TOKEN}\n")
    made = House(folder / "workspace")
    assert made.run("init").code == 0
    answer = made.run(*words(desk, f"file:{folder / 'token'}"))
    assert answer.code == 0, answer.err
    SAID.update(connect=answer, first=made.ask("sync", "zendesk", "--once"))
    allow(made)
    return made


def allow(house: House) -> None:
    """Let tickets be changed over the connection."""
    version = str(house.ask("helpdesks", "show", "zendesk")["version"])
    house.ask("helpdesks", "allow-write-back", "zendesk", "--version", version, "--reason", "tags")


SAID: dict[str, Any] = {}
"""What the first commands of the shared workspace said."""


def words(desk: Zendesk, token: str, *more: str) -> list[str]:
    return [
        "connect", "zendesk", "--url", desk.url, "--email", EMAIL, "--token", token, "--allow-private-address",
        "--requests-per-minute", "10000", *more,
    ]  # fmt: skip


def bytes_of(home: Path) -> Iterator[tuple[Path, bytes]]:
    for path in home.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def test_connect_tells_rights_streams_and_history_and_keeps_the_secret_sealed(house: House) -> None:
    answer = SAID["connect"]
    assert "signed in" in answer.out and "every change of a ticket" in answer.out and "ticket_events" in answer.out
    document = house.ask("helpdesks", "show", "zendesk")
    assert document["state"] == "connected" and TOKEN not in json.dumps(document) + answer.out + answer.err
    assert [path for path, body in bytes_of(house.home) if TOKEN.encode() in body] == []


def test_what_connect_refuses_is_told_and_not_kept(
    empty: House, desk: Zendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_TOKEN", TOKEN)
    before = len(desk.requests)
    literal = empty.run(*words(desk, TOKEN))
    assert literal.code == 2 and "--token takes no secret literally" in literal.err and TOKEN not in literal.err
    private = empty.run(*(word for word in words(desk, "env:DESK_TOKEN") if word != "--allow-private-address"))
    assert private.code == 1 and len(desk.requests) == before
    monkeypatch.setenv("DESK_TOKEN", "withdrawn")
    answer = empty.run(*words(desk, "env:DESK_TOKEN"), "--json")
    assert answer.code == 1 and "401" in answer.err and "withdrawn" not in answer.err + answer.out
    assert json.loads(answer.out)["error"]["type"].endswith("not-connected")
    assert empty.ask("helpdesks", "list")["items"] == []


def test_salesforce_signs_in_one_way_or_the_other(empty: House) -> None:
    for more in ((), ("--jwt-key", "key.pem"), ("--client-secret", "env:HOME", "--jwt-key", "key.pem", "--user", "u")):
        answer = empty.run("connect", "salesforce", "--url", "https://a.example", "--client-id", "x", *more)
        assert answer.code == 2 and "--client-secret, or --jwt-key and --user" in answer.err


def test_commands_without_a_connection_say_what_to_do(empty: House, tmp_path: Path) -> None:
    answer = empty.run("sync", "--once")
    assert answer.code == 1 and "maitred connect" in answer.err
    assert empty.run("sync", "nobody", "--once").code == 1
    assert empty.ask("sync", "status") == {"accounts": []}
    (tmp_path / "changes.json").write_text('[{"ticket": "1", "ops": ["status=pending"]}]')
    assert empty.run("writeback", "plan", str(tmp_path / "changes.json")).code == 2


def test_sync_reads_everything_once_and_its_document_adds_up(house: House) -> None:
    first = SAID["first"]
    assert first["complete"] is True and first["account"] == "zendesk" and first["publication"] is not None
    streams = {one["stream"]: one for one in first["streams"]}
    assert streams["tickets"]["records"] == TICKETS
    wanted = {"stream", "pages", "records", "loaded", "superseded", "quarantined", "deleted", "requests", "retries",
              "waited_s", "complete", "reason"}  # fmt: skip
    assert wanted <= set(streams["tickets"])
    for one in first["streams"]:
        assert one["records"] == one["loaded"] + one["superseded"] + one["quarantined"], one
    assert len(house.exported("tickets", "--source", "zendesk")) == TICKETS


def test_status_tells_each_stream_and_how_far_it_is(house: House) -> None:
    (told,) = house.ask("sync", "status")["accounts"]
    assert (told["slug"], told["vendor"], told["state"]) == ("zendesk", "zendesk", "connected")
    assert {"tickets", "ticket_events", "users"} <= {one["stream"] for one in told["streams"]}
    shown = house.run("sync", "status")
    assert shown.code == 0 and "zendesk (zendesk, connected)" in shown.out and "ticket_events" in shown.out


def test_reconcile_and_single_streams_are_options_of_sync(house: House) -> None:
    only = house.ask("sync", "zendesk", "--stream", "tickets")
    assert [one["stream"] for one in only["streams"]] == ["tickets"] and only["complete"] is True
    compared = house.ask("sync", "zendesk", "--reconcile")
    assert compared["complete"] is True and compared["days"]["differing"] == [] and compared["days"]["first"]
    (told,) = house.ask("sync", "status")["accounts"]
    assert told["days"] == compared["days"]
    assert "has as many tickets here as there" in house.run("sync", "status").out
    unknown = house.run("sync", "zendesk", "--stream", "nothing")
    assert unknown.code == 1 and "no stream nothing" in unknown.err


def test_a_sync_that_cannot_reach_its_end_exits_with_1_and_names_the_stream(house: House, desk: Zendesk) -> None:
    desk.faults.append(Fault("status", "/api/v2/incremental/ticket_events", times=1_000, value=403))
    try:
        answer = house.run("sync", "--once", "--json")
    finally:
        desk.faults.clear()
    assert answer.code == 1
    streams = {one["stream"]: one for one in json.loads(answer.out)["streams"]}
    assert not streams["ticket_events"]["complete"] and streams["tickets"]["complete"]
    assert "ticket_events" in answer.err and TOKEN not in answer.err + answer.out


def test_a_sync_that_is_asked_to_end_stops_at_a_page_and_is_finished_by_the_next(house: House, desk: Zendesk) -> None:
    desk.faults.append(Fault("stall", "/api/v2/incremental/", times=1_000, value=0.5))
    named = {"MAITRED_HOME": str(house.home), "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
    command = [sys.executable, "-m", "maitred", "sync", "zendesk", "--once"]
    before = len(desk.heard("/api/v2/incremental/"))
    running = subprocess.Popen(command, env={**os.environ, **named}, stderr=subprocess.PIPE, text=True)
    while len(desk.heard("/api/v2/incremental/")) == before and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=120)
    desk.faults.clear()
    assert running.returncode == 1 and "stopped" in err and "Traceback" not in err
    assert house.ask("sync", "zendesk", "--once")["complete"] is True


def test_connecting_and_reading_leave_their_rows_in_the_audit_log(house: House) -> None:
    rows = house.ask("audit", "rows", "--limit", "200")["items"]
    assert {"helpdesks.connect", "helpdesks.allow_write_back", "sync"} <= {row["verb"] for row in rows}
    assert TOKEN not in json.dumps(rows)


# ---------------------------------------------------------------- changes


def solved_tickets(desk: Zendesk) -> list[str]:
    return [str(one["id"]) for one in desk.tickets.values() if one["status"] == "solved"]


def planned(house: House, file: Path, body: Any) -> dict[str, Any]:
    file.write_text(json.dumps(body))
    document: dict[str, Any] = house.ask("writeback", "plan", str(file))
    return document


def test_changes_are_planned_sent_and_taken_back(house: House, desk: Zendesk, tmp_path: Path) -> None:
    ticket = solved_tickets(desk)[0]
    changes = [{"ticket": ticket, "ops": ["tags+=vip", "status=pending"]}]
    body = {"account": "zendesk", "reason": "carrier", "changes": changes}
    plan = planned(house, tmp_path / "changes.json", body)
    assert plan["counts"] == {"ready": 1}
    assert {one["field"] for one in plan["tickets"][0]["changes"]} == {"status", "tags"}
    assert desk.tickets[int(ticket)]["status"] == "solved"
    sent = house.ask("writeback", "send", plan["plan"])
    assert [one["state"] for one in sent["tickets"]] == ["verified"]
    assert desk.tickets[int(ticket)]["status"] == "pending" and "vip" in desk.tickets[int(ticket)]["tags"]
    assert house.ask("writeback", "send", plan["plan"])["tickets"][0]["state"] == "verified", "sent once"
    back = house.ask("writeback", "undo", plan["plan"])
    assert back["undoes"] == plan["plan"]
    assert house.run("writeback", "send", back["plan"]).code == 0
    assert desk.tickets[int(ticket)]["status"] == "solved" and "vip" not in desk.tickets[int(ticket)]["tags"]


def test_a_change_that_does_not_come_through_exits_with_1(house: House, desk: Zendesk, tmp_path: Path) -> None:
    ticket = solved_tickets(desk)[-1]
    plan = planned(house, tmp_path / "changes.json", [{"ticket": ticket, "ops": ["status=pending"]}])
    desk.clock.advance(5)
    desk.update(int(ticket), {"status": "hold"}, 360001000100, desk.clock.epoch())
    answer = house.run("writeback", "send", plan["plan"])
    assert answer.code == 1 and "conflict" in answer.err and ticket in answer.err
    assert desk.tickets[int(ticket)]["status"] == "hold"


@pytest.mark.parametrize("text", ["not json", '{"changes": 7}', '[{"ticket": "1", "ops": [7]}]', '[{"ticket": "1"}]'])
def test_a_file_that_is_no_list_of_changes_is_refused(house: House, tmp_path: Path, text: str) -> None:
    file = tmp_path / "changes.json"
    file.write_text(text)
    answer = house.run("writeback", "plan", str(file))
    assert answer.code == 1 and "Traceback" not in answer.err


def test_a_plan_that_is_not_there_is_named(house: House) -> None:
    for command in ("send", "undo"):
        answer = house.run("writeback", command, "0123456789ab")
        assert answer.code == 1 and "there is no plan 0123456789ab" in answer.err


def test_a_revoked_key_is_shown_by_status_and_a_later_sync_takes_it_back(house: House, desk: Zendesk) -> None:
    desk.faults.append(Fault("status", "/api/v2/", times=1_000, value=401))
    try:
        assert house.run("sync", "zendesk", "--once").code == 1
    finally:
        desk.faults.clear()
    told = house.ask("sync", "status")["accounts"][0]
    assert told["state"] == "refused" and "401" in told["why"]
    shown = house.run("sync", "status")
    assert "zendesk (zendesk, refused)" in shown.out and "401" in shown.err
    assert house.ask("sync", "zendesk", "--once")["complete"] is True
    assert house.ask("sync", "status")["accounts"][0]["state"] == "connected"
    assert house.ask("helpdesks", "show", "zendesk")["write_back"] is False, "changes are allowed anew by a person"
    allow(house)


# ---------------------------------------------------------------- which connectors there are, and names in use

BOX = """
import base64
from maitred.connectors.zendesk.connector import Zendesk
from maitred.connectors.zendesk.mapping import decode
from maitred.connectors.streams import ZENDESK

class Box(Zendesk):
    vendor = 'helpbox'
    feeds = ZENDESK
    decode = staticmethod(decode)

CONNECTOR = Box()
"""


@pytest.fixture
def boxed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that brings a connector, and one whose connector cannot be imported."""
    about = tmp_path / "helpbox-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: helpbox\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[maitred.connectors]\nhelpbox = cli_helpbox:CONNECTOR\nunwell = cli_unwell:CONNECTOR\n"
    )
    (tmp_path / "cli_helpbox.py").write_text(BOX)
    (tmp_path / "cli_unwell.py").write_text("raise RuntimeError('no such thing')\n")
    monkeypatch.syspath_prepend(tmp_path)


def test_connect_lists_the_connectors_of_installed_packages(boxed: None, empty: House) -> None:
    found = {one["vendor"]: one for one in empty.ask("connect", "list")["connectors"]}
    assert list(found)[:3] == ["zendesk", "freshdesk", "salesforce"]
    assert found["zendesk"]["package"] == "maitred" and ["email", "token"] in found["zendesk"]["signs_in"]
    assert (found["helpbox"]["package"], found["helpbox"]["signs_in"]) == ("helpbox", [["email", "token"]])
    assert "cannot be imported" in found["unwell"]["problem"] and found["unwell"]["signs_in"] == []
    assert "helpbox" in empty.run("connect", "list").out


def test_a_helpdesk_of_a_package_is_connected_by_its_own_words(
    boxed: None, tmp_path: Path, desk: Zendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = House(tmp_path / "workspace")
    assert made.run("init").code == 0
    monkeypatch.setenv("DESK_TOKEN", TOKEN)
    common = ["connect", "other", "helpbox", "--url", desk.url, "--allow-private-address", "--plain", f"email={EMAIL}"]
    literal = made.run(*common, "--secret", f"token={TOKEN}")
    assert literal.code == 2 and TOKEN not in literal.err
    told = made.ask(*common, "--secret", "token=env:DESK_TOKEN")
    assert (told["slug"], told["vendor"], told["state"]) == ("helpbox", "helpbox", "connected")


def test_a_name_under_which_files_were_imported_is_told_with_what_to_do(
    tmp_path: Path, desk: Zendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = House(tmp_path / "workspace")
    assert made.run("init").code == 0
    monkeypatch.setenv("DESK_TOKEN", TOKEN)
    folder = tmp_path / "files"
    folder.mkdir()
    ticket = {"id": 1, "status": "open", "created_at": "2026-03-02T08:15:30Z", "updated_at": "2026-03-02T09:00:00Z"}
    (folder / "tickets.jsonl").write_text(json.dumps(ticket) + "\n")
    assert made.run("import", "zendesk", str(folder)).code == 0
    before = len(desk.requests)
    taken = made.run(*words(desk, "env:DESK_TOKEN"))
    assert taken.code == 1 and "files of zendesk were imported under the name zendesk" in taken.err
    assert "--name" in taken.err and "--onto-import" in taken.err and len(desk.requests) == before
    assert made.ask("helpdesks", "list")["items"] == []
    assert made.run(*words(desk, "env:DESK_TOKEN", "--name", "live")).code == 0
    assert made.run(*words(desk, "env:DESK_TOKEN", "--onto-import")).code == 0
    assert {one["slug"] for one in made.ask("helpdesks", "list")["items"]} == {"live", "zendesk"}
