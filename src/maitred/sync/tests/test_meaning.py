"""A map of an account's own words: how rows are read under it, and that stored records come in line with it once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from maitred.connectors import registry
from maitred.metrics.pipeline import import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.sync import meaning
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import Workspace, create

MAP = {
    "statuses": {"9": "hold", "Waiting on Vendor": "pending"},
    "priorities": {"3": "urgent"},
    "escalated": {"tags": ["vip"], "fields": {"cf_tier": ["gold"]}},
}


def ticket(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "status": 2, "priority": 1, "source": 1, "requester_id": 117, "tags": [],
        "created_at": "2026-03-02T08:15:30Z", "updated_at": "2026-03-03T09:40:05Z", "stats": {}, **more,
    }  # fmt: skip


def rows_of(*tickets: dict[str, Any]) -> pa.Table:
    return registry.decoder("freshdesk")("tickets", list(tickets)).tables["tickets"]


def test_words_of_the_map_go_before_the_connectors_and_others_stay() -> None:
    rows = rows_of(ticket(1, status=9, priority=3), ticket(2), ticket(3, status=9, deleted=True))
    found = meaning.meant("tickets", rows, MAP)
    assert found["status"].to_pylist() == ["hold", "open", "deleted"]
    assert found["priority"].to_pylist() == ["urgent", "low", "low"]
    assert found["status_raw"].to_pylist() == rows["status_raw"].to_pylist()
    assert found.schema == rows.schema


def test_a_ticket_is_escalated_by_tag_by_field_or_by_the_helpdesk_itself() -> None:
    rows = rows_of(
        ticket(1, tags=["VIP"]), ticket(2, custom_fields={"cf_tier": "Gold"}), ticket(3, is_escalated=True), ticket(4)
    )
    assert meaning.meant("tickets", rows, MAP)["is_escalated"].to_pylist() == [True, True, True, False]


def test_events_get_the_meaning_of_their_own_field_only() -> None:
    rows = pa.table(
        {
            "field": ["status", "priority", "group", "status"],
            "old_raw": ["2", "3", "9", None], "old_value": ["open", "high", "9", None],
            "new_raw": ["waiting on vendor", "9", "3", "9"], "new_value": ["open", "9", "3", "open"],
        }
    )  # fmt: skip
    found = meaning.meant("ticket_events", rows, MAP)
    assert found["new_value"].to_pylist() == ["pending", "9", "3", "hold"]
    assert found["old_value"].to_pylist() == ["open", "urgent", "9", None]


@pytest.mark.parametrize("mapping", [{}, {"statuses": {}}])
def test_an_empty_map_changes_nothing(mapping: dict[str, Any]) -> None:
    rows = rows_of(ticket(1))
    assert meaning.meant("tickets", rows, mapping).equals(rows)
    assert meaning.meant("users", rows, MAP) is rows


def read(workspace: Workspace, folder: Path, *tickets: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "tickets.jsonl").write_text("".join(json.dumps(one) + "\n" for one in tickets))
    import_and_publish(workspace, KINDS["freshdesk"](), folder)


def statuses(workspace: Workspace) -> dict[str, str]:
    publication = workspace.publication()
    assert publication is not None
    rows = workspace.store.scan("tickets", publication.tables["tickets"], ["external_id", "status"]).to_pylist()
    return {row["external_id"]: row["status"] for row in rows}


def test_stored_records_come_in_line_with_a_new_map_at_the_next_load_and_only_once(tmp_path: Path) -> None:
    create(tmp_path / "workspace")
    workspace = open_workspace(tmp_path / "workspace")
    try:
        read(workspace, tmp_path / "files", ticket(1, status=9), ticket(2))
        assert statuses(workspace) == {"1": "open", "2": "open"}
        known = workspace.ledger.source("freshdesk")
        assert known is not None
        workspace.ledger.put_source("freshdesk", "freshdesk", {**known.settings, "mapping": MAP})
        read(workspace, tmp_path / "files", ticket(1, status=9), ticket(2), ticket(3, status=9))
        assert statuses(workspace) == {"1": "hold", "2": "open", "3": "hold"}
        later = workspace.ledger.source("freshdesk")
        assert later is not None and later.settings[meaning.SETTLED]
        version = workspace.store.latest("tickets")
        read(workspace, tmp_path / "files", ticket(1, status=9), ticket(2), ticket(3, status=9))
        assert workspace.store.latest("tickets") == version
        read(workspace, tmp_path / "files", ticket(1, status=4, updated_at="2026-03-04T09:40:05Z"))
        assert statuses(workspace)["1"] == "solved"
    finally:
        workspace.close()
