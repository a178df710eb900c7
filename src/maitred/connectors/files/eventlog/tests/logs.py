"""Small logs for the tests of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from maitred.connectors.files.eventlog.decode import DecodedLog, decode_log
from maitred.connectors.files.eventlog.mapping import Mapping
from maitred.connectors.files.eventlog.roles import Roles

ROLES = Roles("case", "activity", "time", "actor")
REPOSITORY = Path(__file__).parents[6]


def table(text: str) -> pa.Table:
    """A table of texts from lines of words parted by ``|``; the first line names the columns."""
    lines = [[word.strip() for word in line.split("|")] for line in text.strip().splitlines()]
    columns = list(zip(*lines[1:], strict=True)) or [()] * len(lines[0])
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(lines[0], columns, strict=True)})


def decoded(text: str, toml: str = 'time_zone = "UTC"', roles: Roles = ROLES) -> DecodedLog:
    """A small log decoded with a map."""
    return decode_log(table(text), roles, Mapping.from_text(toml, "map.toml"))


def events(log: DecodedLog, field: str | None = None) -> list[dict[str, Any]]:
    """Its events, of one field if named, in order."""
    rows: list[dict[str, Any]] = log.decoded.tables["ticket_events"].to_pylist()
    return [row for row in rows if field is None or row["field"] == field]


def changes(log: DecodedLog, field: str) -> list[tuple[Any, ...]]:
    """Time of day, old and new value of each event of a field."""
    return [(f"{row['occurred_at']:%H:%M}", row["old_value"], row["new_value"]) for row in events(log, field)]


def only_ticket(log: DecodedLog) -> dict[str, Any]:
    """The one ticket of a log."""
    (ticket,) = log.decoded.tables["tickets"].to_pylist()
    return dict(ticket)
