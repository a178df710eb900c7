"""One ticket as the helpdesk knows it: its head, what was said, what happened. Who may see it is asked before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlglot import exp

from maitred.canon.keys import ticket_key
from maitred.metrics.asking import Asker
from maitred.warehouse.engines.engine import Value

HEAD = (
    "subject", "status", "priority", "type", "channel", "requester_id", "assignee_id", "group_id", "organization_id",
    "tags", "created_at", "updated_at", "due_at", "merged_into_id", "delete_kind",
)  # fmt: skip
MESSAGE = (
    "external_id",
    "author_id",
    "author_type",
    "is_public",
    "channel",
    "sent_at",
    "body_text",
    "attachments_count",
)
EVENT = ("occurred_at", "seq", "actor_id", "actor_type", "field", "old_value", "new_value", "via", "provenance")
_STAFF = ("agent", "admin")
MOST = 2_000
"""Messages or events of one ticket that are shown; a ticket with more says so."""


def head(ask: Asker, source: str, ticket: str) -> dict[str, Any] | None:
    """The ticket's own columns, or None where the source has no such ticket."""
    rows = _rows(ask, "tickets", HEAD, source, ticket, "external_id", ())
    return rows[0] if rows else None


def messages(ask: Asker, source: str, ticket: str) -> list[dict[str, Any]]:
    """What was said, in order; deleted messages are left out."""
    return _rows(ask, "messages", MESSAGE, source, ticket, "ticket_id", ("sent_at", "external_id"))


def events(ask: Asker, source: str, ticket: str) -> list[dict[str, Any]]:
    """What was changed, in order."""
    return _rows(ask, "ticket_events", EVENT, source, ticket, "ticket_id", ("occurred_at", "seq"))


def kinds(ask: Asker, source: str, ids: Iterable[str | None]) -> Mapping[str, str]:
    """What users are, by id: ``agent`` or ``customer``, as far as the helpdesk's list of users says."""
    wanted = sorted({one for one in ids if one})
    if not wanted or not ask.engine.knows("users"):
        return {}
    return ask.remembered(("kinds", source, *wanted), lambda: _kinds(ask, source, wanted))


def _kinds(ask: Asker, source: str, wanted: Sequence[str]) -> Mapping[str, str]:
    rows = _of_source(ask, source, wanted)
    return {row["external_id"]: "agent" if row["role"] in _STAFF else "customer" for row in rows if row["role"]}


def _of_source(ask: Asker, source: str, wanted: Sequence[str]) -> list[dict[str, Any]]:
    if ask.memory is not None:
        return [row for row in ask.users().those(wanted).to_pylist() if row["source_id"] == source]
    query = exp.select("external_id", "role").from_("users").where(
        exp.column("source_id").eq(exp.Placeholder(this="source_id")),
        exp.column("external_id").isin(*(exp.Placeholder(this=f"user_{place}") for place in range(len(wanted)))),
    )  # fmt: skip
    given: dict[str, Value] = {f"user_{place}": one for place, one in enumerate(wanted)}
    given["source_id"] = source
    found: list[dict[str, Any]] = ask.engine.query(query, given).to_pylist()
    return found


def said_by(ask: Asker, source: str, author: str, most: int = 100) -> list[str]:
    """The newest public messages of somebody, as stored."""
    return ask.remembered(("said_by", source, author, most), lambda: _said_by(ask, source, author, most))


def _said_by(ask: Asker, source: str, author: str, most: int) -> list[str]:
    if not ask.engine.knows("messages"):
        return []
    given: dict[str, Value] = {"source_id": source, "author_id": author}
    same: list[exp.Expr] = [exp.column(name).eq(exp.Placeholder(this=name)) for name in given]
    if "deleted_at" in ask.engine.schema("messages").names:
        same.append(exp.column("deleted_at").is_(exp.null()))
    query = exp.select("body_text").from_("messages").where(*same, exp.column("is_public"))
    newest = query.order_by(exp.column("sent_at").desc(), exp.column("external_id").desc()).limit(most)
    return [row["body_text"] or "" for row in ask.engine.query(newest, given).to_pylist()]


def people(ask: Asker, ids: Sequence[str | None]) -> Mapping[str, str]:
    """Names of users by id."""
    return ask.labels("assignee", ids)


def _rows(
    ask: Asker, table: str, columns: Sequence[str], source: str, ticket: str, named: str, order: Sequence[str]
) -> list[dict[str, Any]]:
    """Rows of one ticket; they stay the same as long as the publication is kept."""
    key = ("ticket", table, source, ticket)
    return ask.remembered(key, lambda: _read(ask, table, columns, source, ticket, named, order))


def _read(
    ask: Asker, table: str, columns: Sequence[str], source: str, ticket: str, named: str, order: Sequence[str]
) -> list[dict[str, Any]]:
    if not ask.engine.knows(table):
        return []
    there = set(ask.engine.schema(table).names)
    wanted: dict[str, Value] = {"source_id": source, "ticket_key": ticket_key(ticket), named: ticket}
    same: list[exp.Expr] = [exp.column(name, quoted=True).eq(exp.Placeholder(this=name)) for name in wanted]
    if "deleted_at" in there and table != "tickets":
        same.append(exp.column("deleted_at", quoted=True).is_(exp.null()))
    query = exp.select(*(exp.column(name, quoted=True) for name in columns if name in there)).from_(exp.to_table(table))
    query = query.where(*same)
    if order:
        query = query.order_by(*(exp.column(name, quoted=True).asc(nulls_first=False) for name in order))
    return [_plain(row) for row in ask.engine.query(query.limit(MOST), wanted).to_pylist()]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
        for name, value in row.items()
    }
