"""The fake organisation as the connector asks it, and what the pages of a reading come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from maitred.connectors.api import HttpApi
from maitred.connectors.live import Account, Cursor, Fetched, Hint, Stream
from maitred.connectors.salesforce.connector import CONNECTOR
from maitred.connectors.salesforce.double import CLIENT, SECRET, Salesforce
from maitred.connectors.salesforce.mapping import decode

KEY = {"client_id": CLIENT, "client_secret": SECRET}
Pages = list[tuple[str, Fetched]]


@dataclass
class Purse:
    """A budget that lets everything go and writes down what it was told."""

    closed: list[tuple[str, float]] = field(default_factory=list)
    learnt: list[Hint] = field(default_factory=list)

    def take(self, bucket: str) -> None: ...

    def close(self, bucket: str, seconds: float) -> None:
        self.closed.append((bucket, seconds))

    def learn(self, hint: Hint) -> None:
        self.learnt.append(hint)


@dataclass
class Reading:
    api: HttpApi
    account: Account
    purse: Purse
    settings: Mapping[str, Any] = field(default_factory=dict)

    def todo(self, limit: int) -> list[str]:
        return []

    def stream(self, name: str) -> Stream:
        return next(one for one in CONNECTOR.streams(self.account) if one.name == name)

    def all(self, name: str, cursor: Cursor | None = None) -> list[Fetched]:
        """All pages of a stream from a cursor on."""
        return list(self.stream(name).pages(self, cursor))


@contextmanager
def asking(
    desk: Salesforce, credentials: Mapping[str, str] = KEY, settings: Mapping[str, Any] | None = None, **more: Any
) -> Iterator[Reading]:
    """Requests to the organisation without waiting."""
    purse = Purse()
    account = Account("salesforce", "salesforce", desk.url, credentials, settings or {}, **more)
    with httpx.Client(trust_env=False, timeout=5) as client:
        yield Reading(HttpApi(client, CONNECTOR, account, purse, pause=lambda seconds: None), account, purse)


def told(pages: Pages) -> dict[str, Any]:
    """What pages come to in canonical terms, newest row by key, in the form of the double's truth."""
    tickets: dict[str, Any] = {}
    events: dict[str, list[Any]] = {}
    messages: dict[str, Any] = {}
    for stream, page in pages:
        decoded = decode(stream, page.records)
        assert not decoded.bad, decoded.bad[:3]
        for table, rows in decoded.tables.items():
            for row in rows.to_pylist():
                _keep(table, row, tickets, events, messages)
    return {
        "tickets": {
            key: {one: row[one] for one in ("status", "priority", "assignee_id", "group_id", "merged_into_id")}
            for key, row in tickets.items()
        },
        "events": sorted(events.values(), key=str),
        "messages": {
            key: [row["ticket_id"], row["direction"], row["is_public"], row["body_text"]]
            for key, row in messages.items()
            if row["deleted_at"] is None
        },
    }


def _keep(table: str, row: dict[str, Any], tickets: Any, events: Any, messages: Any) -> None:
    key = row["external_id"]
    if table == "ticket_events":
        at = row["occurred_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
        events[key] = [row["ticket_id"], at, row["field"], row["old_value"], row["new_value"]]
    for wanted, kept in (("tickets", tickets), ("messages", messages)):
        if table == wanted and (key not in kept or row["source_updated_at"] >= kept[key]["source_updated_at"]):
            kept[key] = row


TOLD = ("Case", "CaseHistory", "EmailMessage", "CaseComment")


def whole(reading: Reading, cursors: Mapping[str, Cursor] | None = None) -> Pages:
    """Every page of the streams that make up the truth."""
    return [(name, page) for name in TOLD for page in reading.all(name, (cursors or {}).get(name))]


def ends(pages: Pages) -> dict[str, Cursor]:
    """Each stream's last cursor."""
    return {name: page.cursor for name, page in pages}
