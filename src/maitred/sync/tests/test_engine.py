"""The live sync against a fake Zendesk on loopback: what is durable when, what a run leaves, who may run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from maitred.base.errors import Invalid, LeaseHeld, LeaseLost
from maitred.connectors.doubling import Fault
from maitred.connectors.salesforce.double import CLIENT, SECRET, Salesforce
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.sync import lease
from maitred.sync.engine import Outcome, refetch, status
from maitred.sync.opening import opened
from maitred.sync.standing import Standings, lease_of
from maitred.sync.tests.live import Reader, account_at

CREDENTIALS = {"email": EMAIL, "token": TOKEN}


@pytest.fixture
def zendesk() -> Iterator[Zendesk]:
    with Zendesk(tickets=60, page=25) as double:
        yield double


@pytest.fixture
def reader(zendesk: Zendesk, tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path / "home", account_at(zendesk, "zendesk", CREDENTIALS), zendesk)
    yield made
    made.close()


@pytest.fixture
def salesforce(tmp_path: Path) -> Iterator[Reader]:
    with Salesforce(40) as double:
        account = account_at(double, "salesforce", {"client_id": CLIENT, "client_secret": SECRET})
        made = Reader(tmp_path / "home", account, double)
        yield made
        made.close()


def clean(double: Zendesk, folder: Path) -> str:
    """The hash of one clean sync of what the double holds now."""
    double.faults.clear()
    other = Reader(folder, account_at(double, "zendesk", CREDENTIALS), double)
    assert other.sync().complete
    try:
        return other.digest()
    finally:
        other.close()


def by_stream(outcome: Outcome) -> dict[str, dict[str, object]]:
    return {each["stream"]: each for each in outcome.as_json()["streams"]}


def test_a_first_run_brings_in_everything_and_a_second_changes_nothing(reader: Reader, zendesk: Zendesk) -> None:
    first = reader.sync()
    before = reader.digest()
    second = reader.sync()
    assert first.complete and second.complete
    assert by_stream(first)["tickets"] | {"waited_s": 0} == {
        "stream": "tickets", "pages": 3, "records": 60, "loaded": 60, "superseded": 0, "quarantined": 0, "deleted": 0,
        "requests": 3, "retries": 0, "waited_s": 0, "complete": True, "reason": "",
    }  # fmt: skip
    assert second.publication in (None, first.publication)
    assert all(each.loaded == 0 for each in second.streams)
    assert reader.digest() == before


def test_what_is_counted_adds_up(reader: Reader, zendesk: Zendesk) -> None:
    reader.sync()
    zendesk.mutate({"op": "edit", "ticket": 3, "values": {"priority": "urgent"}})
    zendesk.clock.advance(120)
    outcome = reader.sync()
    for each in (*outcome.streams, *reader.sync().streams):
        assert each.records == each.loaded + each.superseded + each.quarantined, each
    assert by_stream(outcome)["tickets"]["loaded"] == 1


def test_a_run_that_is_stopped_goes_on_from_the_last_durable_page(reader: Reader, zendesk: Zendesk) -> None:
    stop = threading.Event()

    def watch(stream: str, records: int) -> None:
        if stream == "tickets":
            stop.set()

    outcome = reader.sync(stop=stop, progress=watch)
    assert not outcome.complete
    assert by_stream(outcome)["tickets"]["reason"] == "the sync was stopped: sync again to go on"
    asked = len(zendesk.heard("/api/v2/incremental/tickets"))
    assert reader.sync().complete
    assert len(zendesk.heard("/api/v2/incremental/tickets")) == asked + 2
    assert reader.digest() == clean(zendesk, reader.home.parent / "clean")


def test_a_stream_that_is_forbidden_leaves_the_others_alone_and_is_named(reader: Reader, zendesk: Zendesk) -> None:
    zendesk.faults.append(Fault("status", "/api/v2/macros", times=99, value=403))
    outcome = reader.sync()
    assert not outcome.complete
    assert "403" in str(by_stream(outcome)["macros"]["reason"])
    assert [each.stream for each in outcome.streams if not each.complete] == ["macros"]
    told = {each.stream: each.reason for each in status(reader.workspace, "zendesk").streams}
    assert "answered 403" in told["macros"] and told["tickets"] == ""


def test_a_stream_that_the_account_lacks_is_told_and_not_asked_for(reader: Reader, zendesk: Zendesk) -> None:
    zendesk.faults.append(Fault("status", "/api/v2/slas/policies", times=99, value=404))
    outcome = reader.sync()
    assert outcome.complete
    assert outcome.missing["slas_policies"] == "the account does not have it"
    assert "slas_policies" not in by_stream(outcome)


def test_a_revoked_key_ends_the_run_and_what_was_landed_stays(reader: Reader, zendesk: Zendesk) -> None:
    zendesk.faults.append(Fault("status", "/api/v2/incremental/ticket_events", times=99, value=401))
    outcome = reader.sync()
    streams = by_stream(outcome)
    assert not outcome.complete
    assert "give it a key that still holds" in str(streams["ticket_events"]["reason"])
    assert streams["tickets"]["loaded"] == 60
    assert streams["satisfaction_ratings"]["requests"] == 0
    zendesk.faults.clear()
    assert reader.sync().complete
    assert reader.digest() == clean(zendesk, reader.home.parent / "clean")


def test_an_address_that_is_no_zendesk_is_refused_with_what_to_do(reader: Reader, zendesk: Zendesk) -> None:
    zendesk.faults.append(Fault("html_200", "/", times=99))
    outcome = reader.sync()
    assert not outcome.complete
    assert "a page for a browser" in outcome.refusal
    assert reader.workspace.publication() is None


def test_one_process_reads_an_account_and_a_second_is_told_who(reader: Reader, zendesk: Zendesk) -> None:
    lock = reader.home / "sync-zendesk.lock"
    path = reader.workspace.ledger.path
    with lease.held(path, lock, "the first", 0, name=lease_of("zendesk"), doing="syncing zendesk"):
        with pytest.raises(LeaseHeld, match="the first is syncing zendesk"):
            reader.sync()
        assert status(reader.workspace, "zendesk").running == "the first"
    assert reader.sync().complete


def test_a_reader_that_was_overtaken_writes_nothing(reader: Reader, zendesk: Zendesk) -> None:
    reader.sync()
    path = reader.workspace.ledger.path
    with lease.held(path, reader.home / "sync-zendesk.lock", "old", 0, name=lease_of("zendesk")) as token:
        pass
    with closing(Standings(path, "zendesk", token)) as old:
        before = old.standing("tickets", "cursor")
        newer = lease.held(path, reader.home / "sync-zendesk.lock", "new", 0, name=lease_of("zendesk"))
        with newer, pytest.raises(LeaseLost, match="took its place"):
            old.end(before, complete=False, reason="too late")
        assert old.standing("tickets", "cursor") == before


def test_a_cursor_is_moved_on_only_from_where_its_reader_stood(reader: Reader, zendesk: Zendesk) -> None:
    reader.sync()
    path = reader.workspace.ledger.path
    with closing(Standings(path, "zendesk")) as standings:
        stood = standings.standing("tickets", "cursor")
        db = standings._db
        db.execute("UPDATE sync_stream SET version = version + 1 WHERE stream = 'tickets'")
        from maitred.connectors.live import Fetched

        page = Fetched([], {"v": 1, "after": "elsewhere"}, True, zendesk.clock.now())
        with pytest.raises(LeaseLost, match="moved on by somebody else"):
            standings.commit(1, stood, None, page)
        assert standings.standing("tickets", "cursor").cursor == stood.cursor


def test_what_a_whole_list_no_longer_names_is_marked_and_comes_back(reader: Reader, zendesk: Zendesk) -> None:
    reader.sync()
    before = reader.digest()
    groups = zendesk.held.lists["groups"]
    gone = groups.pop()
    outcome = reader.sync()
    assert by_stream(outcome)["groups"]["deleted"] == 1
    rows = reader.rows("groups", ["external_id", "deleted_at"])
    assert {row["external_id"] for row in rows if row["deleted_at"]} == {str(gone["id"])}
    groups.append(gone)
    assert reader.sync().complete
    assert reader.digest() == before


def test_a_record_that_cannot_be_read_is_set_aside_and_the_rest_kept(reader: Reader, zendesk: Zendesk) -> None:
    group = dict(zendesk.held.lists["groups"][0])
    zendesk.held.lists["groups"].append({**group, "id": None})
    zendesk.held.lists["groups"] += [{**group, "id": 5_000_000 + number} for number in range(9)]
    outcome = reader.sync()
    told = by_stream(outcome)["groups"]
    assert outcome.complete and told["quarantined"] == 1
    (row,) = reader.workspace.ledger.quarantine("zendesk")
    assert (row["stream"], row["code"], row["field"]) == ("groups", "missing_key", "id")
    again = reader.sync(retry_quarantine=True)
    assert again.complete and len(reader.workspace.ledger.quarantine("zendesk")) == 1


def test_a_stream_of_which_much_cannot_be_read_is_said_to_have_changed(reader: Reader, zendesk: Zendesk) -> None:
    for number in range(1, 31):
        zendesk.tickets[number]["created_at"] = "yesterday"
    outcome = reader.sync()
    assert not outcome.complete
    assert "their form has changed" in str(by_stream(outcome)["tickets"]["reason"])


def test_an_unknown_stream_is_refused_with_the_known_ones(reader: Reader) -> None:
    with pytest.raises(Invalid, match="has no stream calls") as error:
        reader.sync(streams=["calls"])
    assert "ticket_events" in error.value.remedy


def test_only_the_named_streams_are_read(reader: Reader, zendesk: Zendesk) -> None:
    outcome = reader.sync(streams=["groups"])
    assert [each.stream for each in outcome.streams] == ["groups"]
    assert not zendesk.heard("/api/v2/incremental/tickets")


def test_named_tickets_are_fetched_anew_without_moving_a_cursor(reader: Reader, zendesk: Zendesk) -> None:
    reader.sync()
    zendesk.mutate({"op": "edit", "ticket": 7, "values": {"priority": "urgent"}})
    with closing(Standings(reader.workspace.ledger.path, "zendesk")) as standings:
        before = standings.standings()
        with opened(reader.workspace, reader.account, pause=zendesk.clock.advance) as (connector, account, api):
            assert refetch(reader.workspace, connector, account, api, ["7"]) >= 2
        assert standings.standings() == before
    reader.sync(streams=["groups"])
    rows = reader.rows("tickets", ["external_id", "priority"])
    assert {row["priority"] for row in rows if row["external_id"] == "7"} == {"urgent"}


def test_the_health_of_an_account_is_one_document(reader: Reader, zendesk: Zendesk) -> None:
    reader.sync(reconcile=True)
    document = json.loads(json.dumps(status(reader.workspace, "zendesk").as_json()))
    assert document["complete"] and document["counted"] == document["expected"] == 60
    assert document["running"] == "" and document["gaps"] == []
    assert {one["bucket"]: one["per_minute"] for one in document["budget"]} == {"account": 700.0, "incremental": 10.0}
    tickets = next(one for one in document["streams"] if one["stream"] == "tickets")
    assert (tickets["records"], tickets["loaded"], tickets["quarantined"]) == (60, 60, 0)


# ---------------------------------------------------------------- reconciling


def test_a_reconcile_marks_what_is_gone_and_fetches_what_is_missing(salesforce: Reader) -> None:
    salesforce.sync()
    ids = [row["external_id"] for row in salesforce.rows("tickets", ["external_id"])]
    salesforce.double.mutate({"op": "purge", "case": ids[0]})
    outcome = salesforce.sync(reconcile=True)
    assert outcome.complete, outcome
    rows = {row["external_id"]: row for row in salesforce.rows("tickets", ["external_id", "deleted_at", "delete_kind"])}
    assert rows[ids[0]]["deleted_at"] is not None and rows[ids[0]]["delete_kind"] == "hard"
    assert sum(1 for row in rows.values() if row["deleted_at"] is None) == len(ids) - 1
    (stone,) = salesforce.rows("tombstones", ["external_id", "reason"])
    assert stone == {"external_id": f"tickets:{ids[0]}", "reason": "reconcile_missing"}
    health = status(salesforce.workspace, "salesforce")
    assert health.counted == health.expected == len(ids) - 1


def test_a_mass_delete_is_told_and_not_carried_out_until_it_is_accepted(salesforce: Reader) -> None:
    salesforce.sync()
    ids = [row["external_id"] for row in salesforce.rows("tickets", ["external_id"])]
    for case in ids[:12]:
        salesforce.double.mutate({"op": "purge", "case": case})
    outcome = salesforce.sync(reconcile=True)
    assert not outcome.complete and f"no longer has 12 of {len(ids)} tickets" in outcome.refusal
    assert all(row["deleted_at"] is None for row in salesforce.rows("tickets", ["deleted_at"]))
    assert "mass-delete" in [gap.kind for gap in status(salesforce.workspace, "salesforce").gaps]
    accepted = salesforce.sync(reconcile=True, accept_mass_delete=True)
    assert accepted.complete
    assert sum(1 for row in salesforce.rows("tickets", ["deleted_at"]) if row["deleted_at"]) == 12
    assert "mass-delete" not in [gap.kind for gap in status(salesforce.workspace, "salesforce").gaps]


def test_a_history_that_does_not_lead_to_the_ticket_is_fetched_anew(reader: Reader, zendesk: Zendesk) -> None:
    reader.sync()
    expected = reader.digest()
    zendesk.mutate({"op": "edit", "ticket": 9, "values": {"priority": "urgent"}})
    zendesk.clock.advance(120)
    reader.sync(streams=["tickets"])
    assert reader.digest() != expected
    outcome = reader.sync(streams=["ticket_events"])
    assert outcome.complete
    assert reader.digest() == clean(zendesk, reader.home.parent / "clean")
