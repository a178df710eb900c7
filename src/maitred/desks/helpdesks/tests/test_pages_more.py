"""The other pages of a connection: its words on real tickets, calls, letting go, records set aside, a mass deletion."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from maitred.connectors.zendesk.double import Zendesk
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.pages import lag
from maitred.desks.helpdesks.tests.conftest import Connect
from maitred.desks.helpdesks.tests.test_pages import Sign, counts, read, words
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import look
from maitred.kit.jobs.models import Job
from maitred.people.tests.floor import Floor

PAGE = "/helpdesks/zendesk/"


@pytest.fixture
def sign(floor: Floor) -> Sign:
    lag.forget()
    return lambda name: looking.signed_in(floor, name)


def there() -> Connection:
    return Connection._base_manager.get()


def test_words_are_shown_on_real_tickets_before_they_are_kept(sign: Sign, connect: Connect) -> None:
    assert connect().mapping == {}
    admin = sign("admin")
    assert look(admin, f"{PAGE}words/").marks["data-state"] == "empty"
    read(there())
    seen = look(admin, f"{PAGE}words/")
    raw = [one.get("value") for one in seen.all("//input[@name='statuses-raw']")]
    assert "solved" in raw
    chosen = {"statuses-raw": raw, "statuses": ["closed" if one == "solved" else "" for one in raw]}
    preview = admin.post(f"{PAGE}words/", {"do": "preview", "version": there().version, **chosen})
    assert b"would be read otherwise" in preview.content
    assert b"Keep this reading" in preview.content
    assert there().mapping == {}
    kept = admin.post(f"{PAGE}words/", {"do": "save", "version": there().version, **chosen})
    assert kept.status_code == 302
    assert there().mapping == {"statuses": {"solved": "closed"}}
    again = look(admin, f"{PAGE}words/").all("//select[@name='statuses']/option[@selected]")
    assert "closed" in [one.get("value") for one in again]


def test_who_only_reads_sees_words_without_choices(sign: Sign, connect: Connect) -> None:
    read(connect())
    seen = look(sign("manager"), f"{PAGE}words/")
    assert seen.status == 200
    assert not seen.all("//main//select")
    assert "solved" in words(seen)


def test_the_address_of_calls_is_shown_once(sign: Sign, connect: Connect) -> None:
    connect()
    admin = sign("admin")
    made = admin.post(f"{PAGE}settings/", {"do": "hook", "version": there().version})
    assert made.status_code == 200
    assert made["Cache-Control"] == "no-store"
    assert b"/hooks/zendesk/" in made.content
    assert "/hooks/zendesk/" not in look(admin, f"{PAGE}settings/").text
    entered = admin.post(f"{PAGE}settings/", {"do": "hook", "version": there().version, "secret": "s" * 32})
    assert b"s" * 32 not in entered.content
    assert "may call" in words(look(admin, f"{PAGE}settings/"))


def test_letting_go_is_shown_before_it_is_done(sign: Sign, connect: Connect) -> None:
    read(connect())
    admin = sign("admin")
    seen = look(admin, f"{PAGE}end/")
    assert "20 tickets stay here" in words(seen)
    assert Connection._base_manager.exists()
    done = admin.post(f"{PAGE}end/", {"version": there().version})
    assert done["Location"] == "/helpdesks/"
    assert not Connection._base_manager.exists()


def test_a_rate_that_is_no_number_is_refused_beside_its_field(sign: Sign, connect: Connect) -> None:
    connect()
    admin = sign("admin")
    given = {"do": "change", "version": there().version}
    refused = admin.post(f"{PAGE}settings/", {**given, "requests_per_minute": "many"})
    assert refused.status_code == 422
    assert b'aria-invalid="true"' in refused.content
    admin.post(f"{PAGE}settings/", {**given, "requests_per_minute": "40"})
    assert there().requests_per_minute == 40


def test_what_was_set_aside_says_why_and_what_helps(sign: Sign, connect: Connect, desk: Zendesk) -> None:
    ticket = desk.tickets[5]
    ticket["created_at"] = "no time at all"
    read(connect())
    seen = look(sign("admin"), f"{PAGE}aside/")
    assert seen.heading.endswith("set aside")
    (table,) = seen.all("//table[@data-total]")
    assert int(table.get("data-total")) >= 1
    assert "5" in " ".join(table.xpath("string(.//tbody)").split())
    assert "Mend the time" in words(seen)
    assert int(counts(look(sign("admin"), PAGE))["Set aside"]) >= 1
    sign("admin").post(f"{PAGE}aside/", {"do": "retry"})
    assert Job._base_manager.filter(kind="helpdesks.sync", arguments__retry_quarantine=True).exists()
    assert not look(sign("manager"), f"{PAGE}aside/").all("//form[@class='press']")


def test_a_mass_deletion_is_asked_about_and_can_be_accepted(sign: Sign, connect: Connect, home: Path) -> None:
    read(connect())
    with sqlite3.connect(home / "maitred.db") as db:
        db.execute(
            "INSERT INTO sync_gap (source_id, stream, subject, kind, message, found_at) VALUES "
            "('zendesk', 'tickets', 'mass', 'mass-delete', 'no longer has 900 of 1000 tickets', '2026-11-29T08:00:00Z')"
        )
    admin = sign("admin")
    assert "mark them as deleted" in words(look(admin, PAGE))
    admin.post(PAGE, {"do": "accept"})
    job = Job._base_manager.filter(kind="helpdesks.sync").get()
    assert json.loads(json.dumps(job.arguments)) | {"accept_mass_delete": True} == job.arguments
    assert "mark them as deleted" not in words(look(sign("manager"), PAGE))


def test_the_page_offers_what_installed_packages_bring(
    sign: Sign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = tmp_path / "helpbox-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: helpbox\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[maitred.connectors]\nhelpbox = page_helpbox:CONNECTOR\nunwell = page_unwell:CONNECTOR\n"
    )
    box = "class Box:\n    vendor = 'helpbox'\n    credentials = ('user', 'password')\n\nCONNECTOR = Box()\n"
    (tmp_path / "page_helpbox.py").write_text(box)
    (tmp_path / "page_unwell.py").write_text("raise RuntimeError('no such thing')\n")
    monkeypatch.syspath_prepend(tmp_path)
    admin = sign("admin")
    seen = look(admin, "/helpdesks/connect/")
    assert "/helpdesks/connect/helpbox/" in seen.links() and "/helpdesks/connect/unwell/" not in seen.links()
    assert "cannot be imported" in words(seen)
    assert "/helpdesks/connect/helpbox/" in look(admin, "/helpdesks/").links()
    form = look(admin, "/helpdesks/connect/helpbox/")
    kinds = {one.get("name"): one.get("type") for one in form.all("//form[@id='connect']//input")}
    assert (kinds["user"], kinds["password"]) == ("text", "password")
    assert "The installed package helpbox brings this connector." in words(form)
    assert look(admin, "/helpdesks/connect/nobody/").status == 404


def test_a_name_of_imported_files_comes_back_with_what_to_do(sign: Sign, desk: Zendesk) -> None:
    from maitred.desks.helpdesks import accounts

    with accounts.opened_workspace() as workspace:
        workspace.ledger.put_source("zendesk", "zendesk", {})
        workspace.ledger.put_source("shop", "eventlog", {})
    admin = sign("admin")
    given = {"url": desk.url, "email": "admin@desk.example", "token": "double-token", "allow_private_address": "on"}
    refused = admin.post("/helpdesks/connect/zendesk/", given)
    assert refused.status_code == 409 and b"were imported under the name zendesk" in refused.content
    other = admin.post("/helpdesks/connect/zendesk/", {**given, "slug": "shop", "onto_import": "on"})
    assert other.status_code == 409 and b"iles of eventlog were imported under the name shop" in other.content
    assert admin.post("/helpdesks/connect/zendesk/", {**given, "onto_import": "on"}).status_code == 302
