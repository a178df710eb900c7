"""The fake Freshdesk as the connector asks it, and what the pages of a reading come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from maitred.connectors.api import HttpApi
from maitred.connectors.freshdesk.connector import CONNECTOR
from maitred.connectors.freshdesk.double import KEY, Freshdesk
from maitred.connectors.freshdesk.mapping import decode
from maitred.connectors.live import Account, Connector, Cursor, Fetched, Hint, Stream

Pages = list[tuple[str, Fetched]]


@dataclass
class Purse:
    """A budget that lets everything go and writes down what it was told; closing it lets the double's time pass."""

    desk: Freshdesk
    closed: list[tuple[str, float]] = field(default_factory=list)
    learnt: list[Hint] = field(default_factory=list)

    def take(self, bucket: str) -> None: ...

    def close(self, bucket: str, seconds: float) -> None:
        self.closed.append((bucket, seconds))
        self.desk.clock.advance(seconds)

    def learn(self, hint: Hint) -> None:
        self.learnt.append(hint)


@dataclass
class Reading:
    """What streams read with. ``waiting``: tickets whose conversations are to be read, as the engine keeps them."""

    api: HttpApi
    account: Account
    purse: Purse
    settings: Mapping[str, Any] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def todo(self, limit: int) -> list[str]:
        return self.waiting[:limit]

    def stream(self, name: str) -> Stream:
        return next(one for one in CONNECTOR.streams(self.account) if one.name == name)

    def pages(self, name: str, cursor: Cursor | None = None) -> Iterator[Fetched]:
        """Pages of a stream from a cursor on; parents are done with once their page was taken."""
        for page in self.stream(name).pages(self, cursor):
            self.waiting = [one for one in self.waiting if one not in page.done]
            yield page

    def all(self, name: str, cursor: Cursor | None = None) -> list[Fetched]:
        return list(self.pages(name, cursor))


@contextmanager
def asking(desk: Freshdesk, key: str = KEY, **more: Any) -> Iterator[Reading]:
    """Requests to the account without waiting."""
    purse = Purse(desk)
    connector: Connector = CONNECTOR
    account = Account("freshdesk", "freshdesk", desk.url, {"key": key}, **more)
    with httpx.Client(trust_env=False, timeout=10) as client:
        yield Reading(HttpApi(client, connector, account, purse, pause=lambda seconds: None), account, purse)


def whole(reading: Reading, cursors: Mapping[str, Cursor] | None = None) -> Pages:
    """Every page of the streams that make up the truth; conversations of every ticket that came."""
    pages: Pages = []
    for name in ("contacts", "tickets", "conversations", "satisfaction_ratings"):
        if name == "conversations":
            reading.waiting = sorted(
                {str(one["id"]) for told, page in pages if told == "tickets" for one in page.records}
            )
        pages += [(name, page) for page in reading.all(name, (cursors or {}).get(name))]
    return pages


def ends(pages: Pages) -> dict[str, Cursor]:
    """Each stream's last cursor."""
    return {name: page.cursor for name, page in pages}


def ids(pages: list[Fetched]) -> list[int]:
    return [record["id"] for page in pages for record in page.records]


def told(pages: Pages) -> dict[str, Any]:
    """What pages come to in canonical terms, the newest row by key, in the form of the double's truth."""
    kept: dict[str, dict[str, Any]] = {"tickets": {}, "messages": {}, "satisfaction": {}, "users": {}}
    for stream in dict.fromkeys(name for name, _ in pages):
        decoded = decode(stream, [record for name, page in pages if name == stream for record in page.records])
        assert not decoded.bad, decoded.bad[:3]
        for table, rows in decoded.tables.items():
            for row in rows.to_pylist() if table in kept else ():
                known = kept[table].get(row["external_id"])
                if known is None or row["source_updated_at"] >= known["source_updated_at"]:
                    kept[table][row["external_id"]] = row
    fields = ("status", "priority", "group_id", "assignee_id", "requester_id", "tags")
    return {
        "tickets": {
            key: {**{one: row[one] for one in fields}, "deleted": row["delete_kind"] == "soft"}
            for key, row in kept["tickets"].items()
        },
        "messages": {
            key: [row["ticket_id"], row["direction"], row["is_public"], row["body_text"]]
            for key, row in kept["messages"].items()
        },
        "ratings": {
            key: {one: row[one] for one in ("ticket_id", "score_raw", "is_good")}
            for key, row in kept["satisfaction"].items()
        },
        "contacts": {
            key: {"name": row["name"], "suspended": row["suspended"], "deleted": row["delete_kind"] == "soft"}
            for key, row in kept["users"].items()
        },
    }
