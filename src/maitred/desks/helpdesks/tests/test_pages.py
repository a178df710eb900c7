"""The pages of connections: what each reader finds there, in every state, and that every press does what it says."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.connectors.zendesk.double import Zendesk
from maitred.desks.helpdesks import accounts
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.pages import lag
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import Seen, look
from maitred.kit.jobs.models import Job
from maitred.metrics.pipeline import sync_and_publish
from maitred.people.tests.floor import Floor

Sign = Callable[[str], Client]
Connect = Callable[..., Connection]


@pytest.fixture
def sign(floor: Floor) -> Sign:
    lag.forget()
    return lambda name: looking.signed_in(floor, name)


def read(row: Connection, **options: Any) -> None:
    """Read a connected helpdesk to its end, as the worker does."""
    with accounts.opened_workspace() as workspace:
        sync_and_publish(workspace, accounts.account_of(row), **options)


def words(seen: Seen) -> str:
    return " ".join(seen.tree.xpath("string(//main)").split())


def counts(seen: Seen) -> dict[str, str]:
    """The numbers of a row of counts by their labels."""
    return {one.xpath("string(dt)"): one.xpath("string(dd)").strip() for one in seen.all("//dl[@class='counts']/div")}


def test_without_a_helpdesk_the_page_leads_to_the_first(sign: Sign) -> None:
    seen = look(sign("admin"), "/helpdesks/")
    assert (seen.status, seen.heading, seen.marks["data-state"]) == (200, "No helpdesk is connected yet", "empty")
    assert seen.links()[:3] == [f"/helpdesks/connect/{one}/" for one in ("zendesk", "freshdesk", "salesforce")]
    manager = look(sign("manager"), "/helpdesks/")
    assert "An administrator connects helpdesks" in words(manager)
    assert not manager.links()


@pytest.mark.parametrize("name", ["agent", "lead", "executive"])
def test_who_does_not_see_operation_sees_no_connection(sign: Sign, connect: Connect, name: str) -> None:
    connect()
    for page in ("", "zendesk/", "zendesk/settings/", "zendesk/aside/", "connect/", "connect/zendesk/"):
        assert look(sign(name), f"/helpdesks/{page}").status in (403, 404), page


def test_a_read_helpdesk_is_up_to_date_and_says_by_how_much_it_is_behind(sign: Sign, connect: Connect) -> None:
    read(connect(), reconcile=True)
    seen = look(sign("manager"), "/helpdesks/")
    assert (seen.heading, seen.marks["data-state"]) == ("zendesk is up to date", "ok")
    assert [one.get("data-connection-state") for one in seen.all("//section[@data-connection]")] == ["current"]
    assert "Nothing older than" in words(seen)
    assert counts(seen) | {"Behind": ""} == {
        "Behind": "", "Tickets here": "20", "Tickets there": "20", "Gaps": "0", "Set aside": "0",
    }  # fmt: skip


def test_every_page_says_how_far_the_data_are_behind(sign: Sign, connect: Connect) -> None:
    read(connect())
    agent = look(sign("agent"), "/settings/")
    told = {" ".join(one.text_content().split()) for one in agent.all("//ul[contains(@class, 'fresh')]/li")}
    assert len(told) == 1
    assert next(iter(told)).startswith("zendesk ")
    assert next(iter(told)).endswith(" behind")
    assert agent.links("//ul[contains(@class, 'fresh')]//a") == []
    manager = look(sign("manager"), "/settings/")
    assert set(manager.links("//ul[contains(@class, 'fresh')]//a")) == {"/helpdesks/zendesk/"}


def test_the_page_of_a_connection_accounts_for_every_stream(sign: Sign, connect: Connect) -> None:
    read(connect(), reconcile=True)
    seen = look(sign("auditor"), "/helpdesks/zendesk/")
    assert seen.status == 200
    assert seen.heading.startswith("zendesk: up to date, ")
    rows = {one.get("data-stream"): one for one in seen.all("//tr[@data-stream]")}
    assert {"tickets", "ticket_events", "users"} <= set(rows)
    cells = [" ".join(one.text_content().split()) for one in rows["tickets"].xpath("./*")]
    assert (cells[0], cells[1]) == ("Tickets", "complete")
    read_, loaded, older, aside = (int(one.replace(",", "")) for one in cells[4:8])
    assert loaded + older + aside >= read_ >= 20
    assert not seen.all("//form[@class='press']")


def test_the_page_says_which_days_have_another_number_of_tickets(sign: Sign, connect: Connect, home: Path) -> None:
    read(connect())
    assert "not yet; it is done every night" in words(look(sign("manager"), "/helpdesks/zendesk/"))
    read(Connection._base_manager.get(), reconcile=True)
    assert ": every day agrees" in words(look(sign("manager"), "/helpdesks/zendesk/"))
    db = sqlite3.connect(home / "maitred.db")
    (known,) = db.execute("SELECT days FROM sync_account").fetchone()
    day = {"day": "2026-03-02", "expected": 9, "loaded": 8, "quarantined": 0}
    db.execute("UPDATE sync_account SET days = ?", (json.dumps({**json.loads(known), "differing": [day]}),))
    db.commit()
    db.close()
    assert ": 1 day differs, see the gaps" in words(look(sign("manager"), "/helpdesks/zendesk/"))


def test_presses_ask_the_worker(sign: Sign, connect: Connect) -> None:
    connect()
    admin = sign("admin")
    for do, told in (("sync", {}), ("reconcile", {"reconcile": True}), ("retry", {"retry_quarantine": True})):
        answer = admin.post("/helpdesks/zendesk/", {"do": do})
        assert (answer.status_code, answer["Location"]) == (302, "/helpdesks/zendesk/")
        job = Job._base_manager.filter(kind="helpdesks.sync").order_by("-pk").first()
        assert job is not None
        assert {**job.arguments, **told} == job.arguments
    assert "reading waits for its turn" in words(look(admin, "/helpdesks/zendesk/"))
    assert look(admin, "/helpdesks/zendesk/").all("//*[@id='state'][@hx-get='/helpdesks/zendesk/state/']")


def test_a_pause_is_said_everywhere_and_can_be_ended(sign: Sign, connect: Connect) -> None:
    row = connect()
    admin = sign("admin")
    admin.post("/helpdesks/zendesk/", {"do": "pause", "version": row.version})
    seen = look(admin, "/helpdesks/zendesk/")
    assert seen.heading == "zendesk: paused"
    lag.forget()
    told = look(admin, "/helpdesks/zendesk/").all("//ul[contains(@class, 'fresh')]/li")
    assert {" ".join(one.text_content().split()) for one in told} == {"zendesk: paused"}
    stale = admin.post("/helpdesks/zendesk/", {"do": "resume", "version": row.version})
    assert stale.status_code == 409
    admin.post("/helpdesks/zendesk/", {"do": "resume", "version": Connection._base_manager.get().version})
    assert look(admin, "/helpdesks/zendesk/").heading != "zendesk: paused"


def test_a_revoked_key_is_said_with_what_to_do(sign: Sign, connect: Connect) -> None:
    row = connect()
    Connection._base_manager.filter(pk=row.pk).update(state="refused", why="the token was revoked")
    seen = look(sign("admin"), "/helpdesks/")
    assert (seen.heading, seen.marks["data-state"]) == ("zendesk needs you: signed out", "stale")
    assert "/helpdesks/zendesk/anew/" in seen.links()
    assert "/helpdesks/zendesk/anew/" not in look(sign("manager"), "/helpdesks/").links()


def test_connecting_shows_the_proof_and_never_the_secret(sign: Sign, desk: Zendesk) -> None:
    admin = sign("admin")
    form = look(admin, "/helpdesks/connect/zendesk/")
    assert {one.get("name") for one in form.all("//form[@id='connect']//input")} >= {"url", "email", "token", "slug"}
    given = {"url": desk.url, "email": "admin@desk.example", "token": "wrong-token", "allow_private_address": "on"}
    refused = admin.post("/helpdesks/connect/zendesk/", given)
    assert refused.status_code == 422
    assert "wrong-token" not in refused.content.decode()
    assert "Nothing was kept" in refused.content.decode()
    done = admin.post("/helpdesks/connect/zendesk/", {**given, "token": "double-token"})
    assert done["Location"] == "/helpdesks/zendesk/proof/"
    seen = look(admin, "/helpdesks/zendesk/proof/")
    assert seen.heading == "zendesk is connected"
    assert "maitred is admin@desk.example at" in words(seen)
    assert "every change of a ticket" in words(seen).lower()
    assert "double-token" not in seen.text + look(admin, "/helpdesks/zendesk/anew/").text


def test_a_form_that_lacks_something_says_so_beside_the_field(sign: Sign) -> None:
    answer = sign("admin").post("/helpdesks/connect/zendesk/", {"url": "ftp://x", "email": "a@b.example", "token": "t"})
    assert answer.status_code == 422
    assert b"this is no address" in answer.content.lower()
    assert b'aria-invalid="true"' in answer.content


def test_salesforce_asks_for_what_its_way_of_signing_in_needs(sign: Sign) -> None:
    admin = sign("admin")

    def names(query: str) -> set[str]:
        fields = look(admin, f"/helpdesks/connect/salesforce/{query}").all("//form[@id='connect']//*[@name]")
        return {one.get("name") for one in fields} & {"client_id", "client_secret", "jwt_key", "user"}

    assert names("") == {"client_id", "client_secret"}
    assert names("?way=certificate") == {"client_id", "jwt_key", "user"}


def test_the_first_steps_and_the_palette_lead_there(sign: Sign, connect: Connect) -> None:
    seen = look(sign("admin"), "/")
    assert seen.marks["data-state"] == "first-run"
    assert "/helpdesks/" in seen.links("//ol[@class='check']//a")
    assert "/helpdesks/" not in look(sign("agent"), "/").links("//ol[@class='check']//a")
    connect()
    assert "/helpdesks/zendesk/" in look(sign("manager"), "/palette/?q=zend").links()
    assert "/helpdesks/zendesk/" not in look(sign("agent"), "/palette/?q=zend").links()
