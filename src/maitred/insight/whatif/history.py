"""What a workspace remembers of its floor, as Arrow tables: the one input of a fit and of a backtest.

``history_of`` asks whoever holds the tables for the columns that are read here, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import TABLES

Scan = Callable[[str, Sequence[str]], "pa.Table | None"]
"""``scan(table, columns)``: the rows that are not deleted of one canonical table, or ``None`` where there is none."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "tickets": (
        *("external_id", "ticket_key", "created_at", "status", "priority", "channel", "requester_id", "group_id"),
        *("assignee_id", "parent_id", "merged_into_id", "tags", "is_escalated", "deleted_at"),
    ),
    "ticket_events": (
        *("ticket_key", "occurred_at", "seq", "actor_id", "actor_type", "field", "old_value", "new_value"),
    ),
    "messages": ("ticket_key", "author_id", "author_type", "is_public", "sent_at"),
    "users": ("external_id", "name", "role", "active", "time_zone", "created_at"),
    "groups": ("external_id", "name"),
    "group_members": ("user_id", "group_id", "valid_from", "valid_to"),
    "satisfaction": ("ticket_key", "kind", "score_5", "is_good", "offered_at", "rated_at"),
    "sla_policies": ("external_id", "name", "position", "filter", "active", "valid_from", "valid_to", "deleted_at"),
    "sla_targets": (
        *("policy_id", "metric", "priority", "target_s", "business_hours", "schedule_id"),
        *("valid_from", "valid_to", "deleted_at"),
    ),
    "schedules": ("external_id", "name", "tz", "is_default"),
    "schedule_intervals": ("schedule_id", "weekday", "start_min", "end_min"),
    "schedule_holidays": ("schedule_id", "name", "start_date", "end_date"),
    "ticket_schedules": ("ticket_key", "schedule_id"),
    "time_entries": ("ticket_key", "user_id", "spent_s", "executed_at"),
    "calls": ("ticket_key", "agent_id", "started_at", "answered_at", "ended_at", "talk_s", "wrap_s", "outcome"),
    "engagements": ("ticket_key", "agent_id", "started_at", "answered_at", "ended_at", "talk_s", "wrap_s", "outcome"),
}
"""The columns that are read, by table."""


@dataclass(frozen=True, slots=True)
class History:
    """Canonical tables of one workspace; each has at least the columns of ``COLUMNS``. ``as_of``: data are complete
    until then."""

    tickets: pa.Table
    ticket_events: pa.Table
    messages: pa.Table
    users: pa.Table
    groups: pa.Table
    group_members: pa.Table
    satisfaction: pa.Table
    sla_policies: pa.Table
    sla_targets: pa.Table
    schedules: pa.Table
    schedule_intervals: pa.Table
    schedule_holidays: pa.Table
    ticket_schedules: pa.Table
    time_entries: pa.Table
    calls: pa.Table
    engagements: pa.Table
    as_of: datetime


def history_of(scan: Scan, *, as_of: datetime | None = None) -> History:
    """The history behind a reader of canonical tables.

    Parameters
    ----------
    scan
        Called once for each table of ``COLUMNS``; a missing table counts as empty.
    as_of
        Until when the data are complete; by default the last thing that happened in them.

    Examples
    --------
    >>> history_of(lambda table, columns: None, as_of=datetime(2025, 1, 6, tzinfo=UTC)).tickets.num_rows
    0
    """
    tables = {name: _read(scan, name) for name in COLUMNS}
    return History(**tables, as_of=as_of or _last(tables))


def history_from(tables: dict[str, pa.Table], *, as_of: datetime | None = None) -> History:
    """The history in tables that are at hand, such as those of a simulated run."""
    return history_of(lambda name, columns: tables.get(name), as_of=as_of)


def emptied(history: History, *names: str) -> History:
    """The same history as if some of its tables had never been kept.

    >>> len(fields(History))
    17
    """
    kept = {one.name: getattr(history, one.name) for one in fields(History)}
    return History(**{name: value.slice(0, 0) if name in names else value for name, value in kept.items()})


def _read(scan: Scan, name: str) -> pa.Table:
    schema = TABLES[name].schema
    wanted = COLUMNS[name]
    found = scan(name, wanted)
    if found is None:
        return pa.table({column: pa.array([], schema.field(column).type) for column in wanted})
    missing = [column for column in wanted if column not in found.column_names]
    for column in missing:
        found = found.append_column(column, pa.nulls(found.num_rows, schema.field(column).type))
    return found.select(list(wanted)).combine_chunks()


def _last(tables: dict[str, pa.Table]) -> datetime:
    ends = [
        pc.max(tables[name][column]).as_py()
        for name, column in (("tickets", "created_at"), ("ticket_events", "occurred_at"), ("messages", "sent_at"))
        if tables[name].num_rows
    ]
    return max((end for end in ends if end is not None), default=datetime(1970, 1, 1, tzinfo=UTC))
