"""History where a helpdesk keeps none for others to read: what differs between two states of a ticket that were seen.

A changed field gives one event at the later state's time; how much earlier it may have been is its uncertainty.
Nothing is invented in between: what happened and was undone between two looks is not known. A change of status whose
instant the helpdesk proves by itself is left to that proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base import clock
from maitred.canon.tables import TABLES
from maitred.sync.ledger import Source
from maitred.sync.loading import Loaded, distinct, hash_rows
from maitred.sync.workspace import Workspace

FIELDS = {
    "status": "status",
    "priority": "priority",
    "assignee": "assignee_id",
    "group": "group_id",
    "type": "type",
    "tags": "tags",
    "subject": "subject",
    "requester": "requester_id",
    "organization": "organization_id",
}
"""Fields of events with the ticket's column."""
_AFTER_OTHERS = 2_000
_STATE = ("ticket_key", "external_id", "updated_at", "load_seq", "raw_ref", *FIELDS.values())


@dataclass(frozen=True, slots=True)
class Before:
    """The state before a load: the version of the tickets, and up to which instant it spoke."""

    version: int | None
    as_of: datetime | None


def before(workspace: Workspace, source: Source) -> Before:
    """Remember where things stood; to be called by the one writer before it loads."""
    told = source.settings.get("as_of")
    return Before(
        workspace.store.latest("tickets") if workspace.store.exists("tickets") else None,
        datetime.fromisoformat(told.replace("Z", "+00:00")) if told else None,
    )


def add_differences(workspace: Workspace, source: Source, was: Before, loaded: Loaded) -> int:
    """Add the events that follow from what a load changed; returns how many."""
    if was.version is None or "tickets" not in loaded.tables:
        return 0
    keys = loaded.keys()
    mine = pc.field("source_id") == source.source_id
    old = {
        row["ticket_key"]: row
        for row in workspace.store.scan("tickets", was.version, _STATE, keys=keys, where=mine).to_pylist()
    }
    if not old:
        return 0
    new = workspace.store.scan("tickets", None, _STATE, keys=keys, where=mine).to_pylist()
    proven = _proven(workspace, source, keys)
    events = [
        event
        for row in new
        if row["ticket_key"] in old
        for event in _between(old[row["ticket_key"]], row, was.as_of, proven.get(row["ticket_key"], []))
    ]
    if events:
        rows = _table(source, events)
        workspace.store.merge("ticket_events", rows)
        loaded.tables.add("ticket_events")
        loaded.changed.append(distinct(rows["ticket_key"].to_numpy()))
    return len(events)


def _proven(workspace: Workspace, source: Source, keys: Any) -> dict[int, list[tuple[datetime, str]]]:
    """Changes of status whose instant is known, by ticket."""
    if not workspace.store.exists("ticket_events"):
        return {}
    where = (
        (pc.field("source_id") == source.source_id)
        & (pc.field("field") == "status")
        & (pc.field("provenance") != "snapshot_diff")
    )
    rows = workspace.store.scan(
        "ticket_events", None, ["ticket_key", "occurred_at", "new_value"], keys=keys, where=where
    )
    found: dict[int, list[tuple[datetime, str]]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["ticket_key"], []).append((row["occurred_at"], row["new_value"]))
    return found


def _between(
    old: Mapping[str, Any], new: Mapping[str, Any], as_of: datetime | None, proven: list[tuple[datetime, str]]
) -> list[dict[str, Any]]:
    """The events between two states of a ticket."""
    at = new["updated_at"]
    since = old["updated_at"] if as_of is None else max(old["updated_at"], min(as_of, at))
    found = []
    for place, (field, column) in enumerate(FIELDS.items()):
        left, right = _value(old[column]), _value(new[column])
        told = field == "status" and any(old["updated_at"] < when <= at and word == right for when, word in proven)
        if left == right or told:
            continue
        found.append(
            {
                "external_id": f"{new['external_id']}:diff:{field}:{int(at.timestamp() * 1000)}",
                "source_updated_at": at,
                "load_seq": new["load_seq"],
                "raw_ref": new["raw_ref"],
                "ticket_key": new["ticket_key"],
                "ticket_id": new["external_id"],
                "occurred_at": at,
                "seq": _AFTER_OTHERS + place,
                "actor_type": "unknown",
                "field": field,
                "old_value": left,
                "new_value": right,
                "provenance": "snapshot_diff",
                "uncertainty_s": max(int((at - since).total_seconds()), 0),
                "occurred_month": at.year * 100 + at.month,
            }
        )
    return found


def _value(value: Any) -> str | None:
    if isinstance(value, list):
        return orjson.dumps(sorted(value)).decode()
    return None if value is None else str(value)


def _table(source: Source, events: list[dict[str, Any]]) -> pa.Table:
    now = clock.now()
    common = {"source_id": source.source_id, "first_seen_at": now, "last_synced_at": now, "raw_hash": b""}
    rows = pa.Table.from_pylist([{**common, **event} for event in events], schema=TABLES["ticket_events"].schema)
    return hash_rows(rows)
