"""The worker reads a connected helpdesk, follows up its calls, and sends what was approved."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.connectors.doubling import Fault
from maitred.connectors.live import Accepted
from maitred.connectors.zendesk.double import Zendesk
from maitred.desks.helpdesks import access, accounts, connecting, jobs, writing
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.tests.conftest import CREDENTIALS, TICKETS
from maitred.kit.access.actor import Actor
from maitred.kit.audit.deeds import change, create, deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.jobs.models import Job, Schedule
from maitred.kit.jobs.running import Run
from maitred.kit.jobs.worker import work
from maitred.kit.verbs import run
from maitred.people.models import GroupLink
from maitred.people.tests.floor import ROOT, Floor, build
from maitred.sync import inbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def floor(read_home: Path, transactional_db: None) -> Floor:
    return build()


@pytest.fixture
def read(floor: Floor, desk: Zendesk) -> Connection:
    """A Zendesk that was read once and may be asked as fast as it answers; what comes round by itself rests."""
    work(once=True)
    Schedule._base_manager.update(enabled=False)
    Job._base_manager.all().delete()
    given = {
        "vendor": "zendesk", "url": desk.url, "credentials": CREDENTIALS, "allow_private_address": True,
        "requests_per_minute": 10_000,
    }  # fmt: skip
    return connecting.connect(floor.actor("admin"), given)


def asked(admin: Actor, verb: str, **more: Any) -> Job:
    """Ask for a job and let the worker do what is due."""
    job = run(f"helpdesks.{verb}", admin, {"connection": "zendesk", **more}).job
    work(once=True)
    return Job._base_manager.get(pk=job)


def counted() -> int:
    with accounts.opened_workspace() as workspace:
        publication = workspace.publication()
        return publication.rows["tickets"] if publication else 0


def test_a_reading_loads_and_publishes_every_ticket_and_tells_how_it_went(
    home: Path, transactional_db: None, desk: Zendesk
) -> None:
    floor = build()
    work(once=True)
    given = {
        "vendor": "zendesk", "url": desk.url, "credentials": CREDENTIALS, "allow_private_address": True,
        "requests_per_minute": 10_000,
    }  # fmt: skip
    connecting.connect(floor.actor("admin"), given)
    job = asked(floor.actor("admin"), "sync")
    assert job.state == "done", job.error
    assert counted() == TICKETS
    status = run("helpdesks.status", floor.actor("manager"), {"connection": "zendesk"})
    streams = {one["stream"]: one for one in status.sync["streams"]}
    assert streams["tickets"]["complete"] and streams["tickets"]["records"] >= TICKETS
    assert status.doing == () and status.outbox == {}
    uses = [row for row in AuditRow._base_manager.filter(verb="helpdesks.sync") if "use" in str(row.diff)]
    assert uses, "the use of the secrets stands in the audit log"


def test_a_round_asks_for_one_reading_of_each_connection_and_no_second_one(read: Connection) -> None:

    row = Job._base_manager.create(kind="helpdesks.round", run_at=clock.now(), actor="tests", created_at=clock.now())
    turn = Run(row, threading.Event(), lambda *_: None)
    jobs.round_(turn)
    jobs.round_(turn)
    assert [one.arguments for one in access.open_jobs("zendesk", "helpdesks.sync")] == [{"slug": "zendesk"}]
    jobs.nightly(turn)
    assert [one.arguments.get("reconcile") for one in access.open_jobs("zendesk")] == [None, True]


def test_a_paused_connection_is_left_alone(read: Connection, floor: Floor, desk: Zendesk) -> None:
    admin = floor.actor("admin")
    job = run("helpdesks.sync", admin, {"connection": "zendesk"}).job
    run("helpdesks.pause", admin, {"connection": "zendesk", "version": read.version})
    before = len(desk.requests)
    work(once=True)
    assert Job._base_manager.get(pk=job).state == "done"
    assert len(desk.requests) == before
    assert access.running_connections() == []


def test_a_reading_that_is_refused_fails_with_its_reason_and_is_tried_again(
    read: Connection, floor: Floor, desk: Zendesk
) -> None:
    desk.role = "agent"
    with deed(ROOT, "tests.other"):
        sealed = accounts.sealed_credentials("zendesk", {"token": "withdrawn"})
        change(Connection._base_manager.get(), None, credentials=sealed)
    job = asked(floor.actor("admin"), "sync")
    assert job.state == "queued" and job.error.startswith("sync-incomplete")
    assert "withdrawn" not in job.error


def turned(verb: str) -> Run:
    row = Job._base_manager.create(kind=verb, run_at=clock.now(), actor="tests", created_at=clock.now())
    return Run(row, threading.Event(), lambda *_: None)


def test_a_key_that_is_revoked_during_a_reading_leaves_the_connection_refused(
    writing_allowed: None, floor: Floor, desk: Zendesk
) -> None:
    desk.faults.append(Fault("status", "/api/v2/incremental/", times=99, value=401))
    assert asked(floor.actor("admin"), "sync").error.startswith("sync-incomplete")
    row = Connection._base_manager.get()
    assert row.state == "refused" and "401" in row.why and row.write_back is False
    shown = run("helpdesks.status", floor.actor("manager"), {"connection": "zendesk"})
    assert shown.connection.state == "refused" and "401" in shown.connection.why
    assert "401" in shown.sync["last_run"]["signed_out"]
    jobs.round_(turned("helpdesks.round"))
    assert not [one for one in access.open_jobs("zendesk", "helpdesks.sync") if one.state == "queued" and not one.error]
    with pytest.raises(Conflict, match="not connected"):
        run("helpdesks.sync", floor.actor("admin"), {"connection": "zendesk"})


def test_a_refused_helpdesk_is_tried_every_night_and_connected_once_it_lets_us_in(
    read: Connection, floor: Floor, desk: Zendesk
) -> None:
    desk.faults.append(Fault("status", "/api/v2/", times=99, value=401))
    asked(floor.actor("admin"), "sync")
    assert Connection._base_manager.get().state == "refused"
    Job._base_manager.all().delete()
    desk.faults.clear()
    jobs.nightly(turned("helpdesks.nightly"))
    work(once=True)
    row = Connection._base_manager.get()
    assert (row.state, row.why) == ("connected", "")


def test_a_call_that_finds_us_signed_out_leaves_the_connection_refused(
    read: Connection, floor: Floor, desk: Zendesk
) -> None:
    with accounts.opened_workspace() as workspace:
        inbox.receive(workspace, "zendesk", Accepted("call-1", ("3",)), b"{}", clock.now())
    desk.faults.append(Fault("status", "/api/v2/tickets/show_many", times=99, value=401))
    asked(floor.actor("admin"), "sync")
    row = Connection._base_manager.get()
    assert row.state == "refused" and "401" in row.why


def test_a_reading_to_its_end_takes_back_what_is_said_against_a_connection(
    read: Connection, floor: Floor, desk: Zendesk
) -> None:
    with deed(ROOT, "tests.other"):
        change(Connection._base_manager.get(), None, why="it did not answer")
    assert asked(floor.actor("admin"), "sync").state == "done"
    row = Connection._base_manager.get()
    assert (row.state, row.why) == ("connected", "")


def test_a_call_leads_to_the_ticket_as_the_helpdesk_has_it_now(read: Connection, floor: Floor, desk: Zendesk) -> None:
    desk.update(3, {"priority": "urgent"}, 360001000100, desk.clock.epoch())
    with accounts.opened_workspace() as workspace:
        inbox.receive(workspace, "zendesk", Accepted("call-1", ("3",)), b"{}", clock.now())
    Schedule._base_manager.filter(name="helpdesks.exchange").update(
        enabled=True, next_run_at=clock.now() - timedelta(minutes=1)
    )
    work(once=True)
    with accounts.opened_workspace() as workspace:
        assert inbox.waiting(workspace, "zendesk").tickets == 0
        publication = workspace.publication()
        assert publication is not None
        rows = workspace.store.scan("tickets", publication.tables["tickets"], ["external_id", "priority"]).to_pylist()
    assert {row["external_id"]: row["priority"] for row in rows}["3"] == "urgent"


# ---------------------------------------------------------------- words


def test_a_map_of_words_is_looked_at_on_the_real_tickets_before_it_is_kept(read: Connection, floor: Floor) -> None:
    admin, manager = floor.actor("admin"), floor.actor("manager")
    told = '{"statuses": {"SOLVED": "closed"}, "escalated": {"tags": ["nobody-has-it"]}}'
    found = run("helpdesks.preview_mapping", manager, {"connection": "zendesk", "mapping": told})
    words = {(one.what, one.raw): one for one in found.words}
    word = words["statuses", "solved"]
    assert (word.before, word.after) == ("solved", "closed") and word.tickets > 0 and word.examples
    assert found.tickets == TICKETS and found.would >= word.tickets
    assert Connection._base_manager.get().mapping == {}
    wanted = {"connection": "zendesk", "version": read.version, "mapping": {"statuses": {"solved": "closed"}}}
    kept = run("helpdesks.set_mapping", admin, wanted)
    assert kept.mapping == {"statuses": {"solved": "closed"}}
    assert accounts.account_of(Connection._base_manager.get()).settings["mapping"] == kept.mapping
    assert asked(admin, "sync").state == "done"
    found = run("helpdesks.preview_mapping", manager, {"connection": "zendesk"})
    assert found.would == 0
    assert {one.after for one in found.words if one.raw == "solved"} == {"closed"}
    with pytest.raises(Invalid, match="cannot mean 'waiting'"):
        run("helpdesks.set_mapping", admin,
            {"connection": "zendesk", "version": kept.version, "mapping": {"statuses": {"x": "waiting"}}})  # fmt: skip


# ---------------------------------------------------------------- changes


@pytest.fixture
def writing_allowed(read: Connection, floor: Floor) -> None:
    """An admin allowed changes of its tickets."""
    told = {"connection": "zendesk", "version": read.version, "reason": "tags of escalations"}
    run("helpdesks.allow_write_back", floor.actor("admin"), told)


def ticket_of(desk: Zendesk, group: int) -> str:
    """A solved ticket of a group."""
    mine = (one for one in desk.tickets.values() if one["group_id"] == group)
    return next(str(one["id"]) for one in mine if one["status"] == "solved")


def groups(desk: Zendesk) -> list[int]:
    return sorted({int(one["group_id"]) for one in desk.tickets.values()})


def linked(floor: Floor, desk: Zendesk) -> tuple[str, str]:
    """Tickets of a group that the lead leads, and of one that another leads."""
    mine, other = groups(desk)[:2]
    with deed(ROOT, "tests.groups"):
        create(GroupLink, team=floor.teams["Billing"], source_id="zendesk", external_id=str(mine))
        create(GroupLink, team=floor.teams["Technical"], source_id="zendesk", external_id=str(other))
    return ticket_of(desk, mine), ticket_of(desk, other)


def preview(actor: Actor, *tickets: str, ops: tuple[str, ...] = ("tags+=vip", "note=Called back")) -> Any:
    told = {"connection": "zendesk", "tickets": [*tickets], "ops": [*ops], "reason": "asked by the customer"}
    return run("helpdesks.preview", actor, told)


def test_a_change_is_looked_at_approved_sent_read_back_and_taken_back(
    writing_allowed: None, floor: Floor, desk: Zendesk
) -> None:
    lead = floor.actor("lead")
    ticket, _ = linked(floor, desk)
    tags = list(desk.tickets[int(ticket)]["tags"])
    plan = preview(lead, ticket)
    assert plan.ready == 1 and {one.field for one in plan.tickets[0].changes} == {"tags", "note"}
    assert desk.tickets[int(ticket)]["tags"] == tags, "a dry run changes nothing"
    run("helpdesks.approve", lead, {"plan": plan.plan})
    assert desk.tickets[int(ticket)]["tags"] == tags, "an approval waits for the worker"
    work(once=True)
    assert "vip" in desk.tickets[int(ticket)]["tags"]
    after = run("helpdesks.plan", lead, {"plan": plan.plan})
    assert after.states == {"verified": 1} and after.approved_by == lead.name
    with pytest.raises(Conflict, match="approved before"):
        run("helpdesks.approve", lead, {"plan": plan.plan})
    back = run("helpdesks.undo", lead, {"plan": plan.plan})
    assert back.undoes == plan.plan and any("note stays" in one for one in back.remarks)
    run("helpdesks.approve", lead, {"plan": back.plan})
    work(once=True)
    assert desk.tickets[int(ticket)]["tags"] == tags
    assert {one.plan for one in run("helpdesks.plans", lead, {"connection": "zendesk"}).plans} == {plan.plan, back.plan}


def test_a_ticket_out_of_reach_is_neither_looked_at_nor_changed_nor_shown(
    writing_allowed: None, floor: Floor, desk: Zendesk
) -> None:
    mine, other = linked(floor, desk)
    before = len(desk.requests)
    with pytest.raises(NotFound):
        preview(floor.actor("lead"), mine, other)
    assert len(desk.requests) == before
    plan = preview(floor.actor("lead2"), other)
    for verb in ("plan", "undo", "approve"):
        with pytest.raises(NotFound, match="there is no plan"):
            run(f"helpdesks.{verb}", floor.actor("lead"), {"plan": plan.plan})
    for name in ("agent", "admin", "auditor", "executive"):
        with pytest.raises(Denied):
            preview(floor.actor(name), mine)


def test_what_somebody_else_changed_since_is_a_conflict_and_stays(
    writing_allowed: None, floor: Floor, desk: Zendesk
) -> None:
    lead = floor.actor("lead")
    ticket, _ = linked(floor, desk)
    plan = preview(lead, ticket, ops=("priority=urgent",))
    desk.clock.advance(5)
    desk.update(int(ticket), {"priority": "low"}, 360001000100, desk.clock.epoch())
    run("helpdesks.approve", lead, {"plan": plan.plan})
    work(once=True)
    assert desk.tickets[int(ticket)]["priority"] == "low"
    assert run("helpdesks.plan", lead, {"plan": plan.plan}).states == {"conflict": 1}


def test_nothing_is_planned_or_sent_where_changes_are_switched_off(
    read: Connection, floor: Floor, desk: Zendesk
) -> None:
    ticket, _ = linked(floor, desk)
    with pytest.raises(Denied, match="switched off"):
        preview(floor.actor("lead"), ticket)
    told = {"connection": "zendesk", "version": read.version, "reason": "tags"}
    allowed = run("helpdesks.allow_write_back", floor.actor("admin"), told)
    plan = preview(floor.actor("lead"), ticket)
    run("helpdesks.approve", floor.actor("lead"), {"plan": plan.plan})
    run("helpdesks.forbid_write_back", floor.actor("admin"), {"connection": "zendesk", "version": allowed.version})
    work(once=True)
    assert "vip" not in desk.tickets[int(ticket)]["tags"]


@pytest.mark.parametrize("text", ["status", "tags=vip", "status+=open", "=x", ""])
def test_a_change_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        writing.op(text)
