"""Sample payloads for connector tests: recorded and written API replies, found beside the repository or by
environment."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from maitred.connectors.decoded import Decoded


def maitred_shared_data() -> Path:
    """The folder of shared test data; skips the test where it is missing."""
    named = os.environ.get("MAITRED_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[5] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("shared test data is not here; name it in MAITRED_SHARED_DATA")
    return folder


def sample(name: str) -> Any:
    """One payload of the ``api`` folder, parsed."""
    return json.loads((maitred_shared_data() / "api" / name).read_text(encoding="utf-8"))


def records_of(payload: Any) -> list[Any]:
    """The records of an array, of an API page, or of a single object."""
    if isinstance(payload, list):
        return payload
    lists = [value for key, value in payload.items() if isinstance(value, list) and key in _LISTS]
    return lists[0] if lists else [payload]


_LISTS = frozenset(
    (
        *("tickets", "ticket_events", "audits", "comments", "users", "groups", "group_memberships", "organizations"),
        *("schedules", "holidays", "sla_policies", "satisfaction_ratings", "survey_responses", "ticket_metric_events"),
        *("results", "records", "activities_data"),
    )
)


def rows(decoded: Decoded, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Chosen columns of a decoded table, a tuple per row; instants as ISO text."""
    found = decoded.tables[table].select(list(columns)).to_pylist()
    return [tuple(_plain(row[column]) for column in columns) for row in found]


def row(decoded: Decoded, table: str) -> dict[str, Any]:
    """The one row of a table without its nulls; instants as ISO text."""
    (only,) = decoded.tables[table].to_pylist()
    return {name: _plain(value) for name, value in only.items() if value is not None}


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "hour") else value
