"""A real django-helpdesk is synced into a workspace by the installed package, and what is there is what it holds."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import host
import pytest

from maitred.base.egress import allowed
from maitred.connectors import registry
from maitred.connectors.live import Account
from maitred.metrics.pipeline import sync_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.sync.workspace import Workspace, create

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("installed")]
STATUSES = {"Open": "open", "Reopened": "open", "Resolved": "solved", "Closed": "closed", "Duplicate": "closed"}
PRIORITIES = {1: "urgent", 2: "high", 3: "normal", 4: "low", 5: "low"}
Row = dict[str, Any]


def account(url: str, password: str = host.PASSWORD) -> Account:
    entry = allowed("127.0.0.1", "127.0.0.0/8", (urlsplit(url).port or 0,))
    key = {"user": host.STAFF, "password": password}
    return Account("shop", "django-helpdesk", url, key, {"page": 10}, requests_per_minute=6_000, allow=(entry,))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    create(tmp_path / "home")
    opened = open_workspace(tmp_path / "home")
    yield opened
    opened.close()


def rows(workspace: Workspace, table: str) -> list[Row]:
    """A published table."""
    publication = workspace.publication()
    assert publication is not None
    columns = [name for name in workspace.store.specs[table].schema.names if not name.endswith("_month")]
    found: list[Row] = workspace.store.scan(table, publication.tables[table], columns).to_pylist()
    return found


def sent(url: str, method: str, body: Mapping[str, Any] | None = None) -> int:
    """What a person does by the helpdesk's own API."""
    signed = base64.b64encode(f"{host.STAFF}:{host.PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {signed}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, content, headers, method=method), timeout=30) as reply:
        return int(reply.status)


def test_the_installed_package_is_offered(installed: Path) -> None:
    assert "django-helpdesk" in registry.vendors()
    assert registry.connector("django-helpdesk").vendor == "django-helpdesk"
    assert list(registry.feeds("django-helpdesk")) == ["tickets"]


def test_what_is_published_is_what_the_helpdesk_holds(helpdesk: host.Helpdesk, workspace: Workspace) -> None:
    outcome = sync_and_publish(workspace, account(helpdesk.url)).as_json()
    (stream,) = outcome["streams"]
    assert outcome["complete"] and (stream["records"], stream["quarantined"]) == (24, 0)
    tickets = {row["external_id"]: row for row in rows(workspace, "tickets")}
    assert tickets.keys() == helpdesk.truth["tickets"].keys()
    for key, true in helpdesk.truth["tickets"].items():
        row = tickets[key]
        assert row["subject"] == true["subject"] and row["status"] == STATUSES[true["status"]]
        assert row["priority"] == PRIORITIES[true["priority"]]
        assert (row["assignee_id"], row["group_id"]) == (str(true["assignee"]), str(true["queue"]))
        assert row["merged_into_id"] == (str(true["merged_into"]) if true["merged_into"] else None)
        assert row["created_at"].isoformat() == true["opened"]
        assert row["channel"] == ("email" if true["by_mail"] else "web")
    events = [
        row for row in rows(workspace, "ticket_events") if row["field"] == "status" and row["provenance"] == "native"
    ]
    found = [[row["ticket_id"], row["occurred_at"].isoformat(), row["new_value"]] for row in events]
    assert sorted(found) == sorted([one, at, STATUSES[label]] for one, at, label in helpdesk.truth["changes"])
    assert len(rows(workspace, "messages")) == helpdesk.truth["messages"]
    assert sum(row["spent_s"] for row in rows(workspace, "time_entries")) == helpdesk.truth["spent_s"]
    publication = workspace.publication()
    assert publication is not None and publication.rows["ticket_facts"] == 24


def test_what_changes_afterwards_is_followed(helpdesk: host.Helpdesk, workspace: Workspace) -> None:
    here = account(helpdesk.url)
    assert sync_and_publish(workspace, here).publication is not None
    assert sync_and_publish(workspace, here).publication is None  # nothing is new
    made = {"queue": 1, "title": "One more", "description": "Where is it?", "submitter_email": "new@shop.example",
            "priority": 3}  # fmt: skip
    assert sent(f"{helpdesk.url}/api/tickets/", "POST", made) == 201
    sync_and_publish(workspace, here)
    new = next(row for row in rows(workspace, "tickets") if row["subject"] == "One more")
    told = {"ticket": int(new["external_id"]), "user": 1, "comment": "On its way", "public": True, "new_status": 3}
    assert sent(f"{helpdesk.url}/api/followups/", "POST", told) == 201
    sync_and_publish(workspace, here)
    said = [row for row in rows(workspace, "messages") if row["ticket_id"] == new["external_id"]]
    assert [(row["direction"], row["body_text"]) for row in sorted(said, key=lambda row: row["sent_at"])] == [
        ("in", "Where is it?"),
        ("out", "On its way"),
    ]
    assert next(row for row in rows(workspace, "tickets") if row["subject"] == "One more")["status"] == "solved"
    assert sent(f"{helpdesk.url}/api/tickets/{new['external_id']}/", "DELETE") == 204
    outcome = sync_and_publish(workspace, here, reconcile=True, accept_mass_delete=True)
    assert outcome.complete
    gone = {row["external_id"] for row in rows(workspace, "tickets") if row["deleted_at"] is not None}
    assert gone == {new["external_id"]}


def test_it_is_found_where_it_is_mounted(helpdesk: host.Helpdesk, workspace: Workspace) -> None:
    bare = helpdesk.url.removesuffix("/helpdesk")
    assert bare != helpdesk.url
    outcome = sync_and_publish(workspace, account(bare)).as_json()
    assert outcome["complete"] and outcome["streams"][0]["records"] == 24


def test_a_wrong_password_is_told_in_words(helpdesk: host.Helpdesk, workspace: Workspace) -> None:
    outcome = sync_and_publish(workspace, account(helpdesk.url, "another")).as_json()
    assert not outcome["complete"] and outcome["publication"] is None
    assert "answered 403" in str(outcome) and "another" not in str(outcome)
