"""The fake account, read as the sync engine reads it: records by stream, cursors to go on from, changed tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from maitred.connectors.api import HttpApi
from maitred.connectors.live import Account, Cursor, Fetched, Hint
from maitred.connectors.zendesk.connector import CONNECTOR
from maitred.connectors.zendesk.double import Zendesk
from maitred.connectors.zendesk.mapping import decode

STREAMS = {one.name: one for one in CONNECTOR.streams(Account("z", "zendesk", "", {}))}
Record = dict[str, Any]


class Purse:
    """A budget that lets everything go."""

    def take(self, bucket: str) -> None: ...
    def close(self, bucket: str, seconds: float) -> None: ...
    def learn(self, hint: Hint) -> None: ...


@dataclass
class Reader:
    """A reader of the account; ``kept`` holds records by stream and id, ``waiting`` tickets that changed."""

    api: HttpApi
    account: Account
    kept: dict[str, dict[str, Record]] = field(default_factory=dict)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Mapping[str, Any]:
        return {}

    def todo(self, limit: int) -> list[str]:
        return self.waiting[:limit]

    def pages(self, stream: str, cursor: Cursor | None = None) -> Iterator[Fetched]:
        for page in STREAMS[stream].pages(self, cursor):
            self.waiting = [one for one in self.waiting if one not in page.done]
            yield page

    def read(self, *streams: str) -> None:
        """Go on with these streams (all where none is named) from where they stood."""
        for name in streams or STREAMS:
            kept = self.kept.setdefault(name, {})
            if STREAMS[name].kind == "full":
                kept.clear()
            for page in self.pages(name, self.cursors.get(name)):
                self._keep(name, kept, page)
            assert page.complete, name

    def _keep(self, name: str, kept: dict[str, Record], page: Fetched) -> None:
        for record in page.records:
            key = f"{record.get('schedule_id', '')}:{record['id']}" if name == "holidays" else str(record["id"])
            if name == "tickets" and kept.get(key) != record and key not in self.waiting:
                self.waiting.append(key)
            kept[key] = record
        self.cursors[name] = orjson.loads(orjson.dumps(page.cursor))
        self.gaps += [page.gap] if page.gap else []

    def rows(self, stream: str, table: str) -> list[Record]:
        """Canonical rows of what was read; nothing of it was set aside."""
        decoded = decode(stream, list(self.kept[stream].values()))
        assert decoded.bad == [], decoded.bad[:3]
        rows: list[Record] = decoded.tables[table].to_pylist()
        return rows


@contextmanager
def reader(desk: Zendesk, **more: Any) -> Iterator[Reader]:
    """A reader that waits for nothing."""
    account = Account("zendesk", "zendesk", desk.url, desk.credentials, **more)
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield Reader(HttpApi(client, CONNECTOR, account, Purse(), pause=lambda seconds: None), account)


@contextmanager
def living(tickets: int = 40, page: int = 15, **more: Any) -> Iterator[Zendesk]:
    """A fake account whose limits are out of the way."""
    with Zendesk(tickets, page=page, exports_per_minute=100_000, per_minute=100_000, **more) as desk:
        yield desk
