"""Where the live reading of an account stands: cursors, children still to be read, runs, gaps; part of the ledger.

Everything is written under the account's lease and in one transaction per page: the page, its cursor, its children.
A cursor is only ever moved on from the one that the reader started at.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from maitred.base import clock
from maitred.base.errors import LeaseLost
from maitred.connectors.live import Concerned, Cursor, Fetched, Stream
from maitred.connectors.page import Record
from maitred.sync.ledger import Fence, Ledger, recorded, seen_again

_COLUMNS = (
    "stream, kind, cursor, version, complete, completed_at, reason, server_time, pages, records, requests, listed"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one stream stands. ``listed`` names the pages of the last whole list of a stream of kind ``full``."""

    stream: str
    kind: str
    cursor: Cursor | None = None
    version: int = 0
    complete: bool = False
    completed_at: str | None = None
    reason: str = ""
    server_time: str | None = None
    pages: int = 0
    records: int = 0
    requests: int = 0
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that may be missing: a second with too many records, a day without its file, a ticket that differs."""

    stream: str
    subject: str
    kind: str
    message: str
    found_at: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is durable in landing, ready to be written into the ledger."""

    stream: str
    kind: str
    sha256: str
    rows: int
    size: int
    findings: Sequence[tuple[str, str, str, str, int]] = ()
    bad: Sequence[tuple[int, str, str, str, str | None]] = ()
    parents: Sequence[tuple[str, str, bytes]] = ()
    """Records whose children have to be read: (stream of the children, id, what tells a changed one)."""


@dataclass(slots=True)
class Tally:
    """What one stream did in one run."""

    stream: str
    pages: int = 0
    records: int = 0
    loaded: int = 0
    superseded: int = 0
    quarantined: int = 0
    deleted: int = 0
    requests: int = 0
    retries: int = 0
    waited_s: float = 0.0
    complete: bool = False
    reason: str = ""
    shas: list[str] = field(default_factory=list)


class Standings:
    """One connection to the ledger for the reader of one account; to be used by one thread."""

    def __init__(self, path: Path, source_id: str, token: int | None = None) -> None:
        self.source_id = source_id
        self._ledger = Ledger(path)
        if token is not None:
            self._ledger.fence = Fence(token, lambda tables: [], lease_of(source_id))
        self._db: sqlite3.Connection = self._ledger.connection

    def close(self) -> None:
        self._ledger.close()

    # ------------------------------------------------------------ streams

    def standing(self, stream: str, kind: str) -> Standing:
        """Where a stream stands; at its beginning where it was never read."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM sync_stream WHERE source_id = ? AND stream = ?", (self.source_id, stream)
        ).fetchone()
        return Standing(stream, kind) if row is None else _standing(row)

    def standings(self) -> list[Standing]:
        """Every stream that was ever read."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM sync_stream WHERE source_id = ?", (self.source_id,))
        return [_standing(row) for row in rows]

    def commit(self, run: int, before: Standing, page: Page | None, fetched: Fetched) -> tuple[Standing, int | None]:
        """Write one page down with the cursor that leads on, and what it says of children; durable on return.

        Gives where the stream stands now, and the page's sequence number where it has to be loaded.

        Parameters
        ----------
        before
            Where the stream stood when the page was asked for.
        page
            The landed page; None where it has no records.

        Raises
        ------
        LeaseLost
            Another process reads this account by now, or has moved this stream on.
        """
        moment = clock.iso(clock.now())
        fresh = None
        with self._ledger.transaction() as db:
            if page is not None:
                fresh = self._page(db, page, run)
                self._children(db, page.parents)
            onward = _dumped(fetched.cursor)
            after = Standing(
                before.stream,
                before.kind,
                fetched.cursor,
                before.version + 1,
                fetched.complete,
                moment if fetched.complete else before.completed_at,
                "",
                fetched.server_time.isoformat(),
                before.pages + 1,
                before.records + len(fetched.records),
                before.requests + fetched.requests,
                before.listed,
            )
            self._put(db, before, after, onward, moment)
            db.execute(
                "INSERT INTO sync_fetch (source_id, run, stream, sha256, records, cursor_before, cursor_after, "
                "requests, server_time, landed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self.source_id, run, before.stream, page.sha256 if page else "", len(fetched.records),
                    None if before.cursor is None else _dumped(before.cursor), onward, fetched.requests,
                    after.server_time, moment,
                ),
            )  # fmt: skip
            db.executemany(
                "UPDATE sync_child SET done = 1 WHERE source_id = ? AND stream = ? AND parent = ?",
                [(self.source_id, before.stream, parent) for parent in fetched.done],
            )
            if fetched.gap:
                self._gap(db, before.stream, fetched.gap, "source", fetched.gap)
        return after, fresh

    def keep(self, page: Page, run: int) -> int | None:
        """Write down a page that moves no cursor (tickets that were fetched anew); its number where it is to load."""
        with self._ledger.transaction() as db:
            return self._page(db, page, run)

    def _page(self, db: sqlite3.Connection, page: Page, run: int) -> int | None:
        known = seen_again(db, self.source_id, page.stream, page.sha256, run)
        if known is not None:
            return None if known[1] else known[0]
        landed, _ = recorded(
            db, self.source_id, page.stream, page.sha256, page.stream, 1, page.rows, page.size, page.findings,
            page.bad, run,
        )  # fmt: skip
        return landed.seq

    def end(self, standing: Standing, *, complete: bool, reason: str, listed: str | None = None) -> None:
        """How a stream ended in this run."""
        with self._ledger.transaction() as db:
            db.execute(
                "INSERT INTO sync_stream (source_id, stream, kind, version, complete, reason, changed_at, listed) "
                "VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, coalesce(?7, '')) ON CONFLICT (source_id, stream) DO UPDATE SET "
                "complete = ?4, reason = ?5, changed_at = ?6, listed = coalesce(?7, listed)",
                (
                    self.source_id, standing.stream, standing.kind, int(complete), reason, clock.iso(clock.now()),
                    listed,
                ),
            )  # fmt: skip

    def forget(self, stream: str) -> None:
        """Read a stream from its beginning at its next turn."""
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE sync_stream SET cursor = NULL, complete = 0, version = version + 1 "
                "WHERE source_id = ? AND stream = ?",
                (self.source_id, stream),
            )

    def _put(self, db: sqlite3.Connection, before: Standing, after: Standing, cursor: str, moment: str) -> None:
        values = (
            cursor, after.version, int(after.complete), after.completed_at, after.reason, after.server_time,
            after.pages, after.records, after.requests, moment,
        )  # fmt: skip
        moved = db.execute(
            "UPDATE sync_stream SET cursor = ?, version = ?, complete = ?, completed_at = ?, reason = ?, "
            "server_time = ?, pages = ?, records = ?, requests = ?, changed_at = ? "
            "WHERE source_id = ? AND stream = ? AND version = ?",
            (*values, self.source_id, before.stream, before.version),
        ).rowcount
        if moved:
            return
        new = db.execute(
            "INSERT INTO sync_stream (cursor, version, complete, completed_at, reason, server_time, pages, records, "
            "requests, changed_at, source_id, stream, kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (source_id, stream) DO NOTHING",
            (*values, self.source_id, before.stream, before.kind),
        ).rowcount
        if not new:
            raise LeaseLost(f"stream {before.stream} was moved on by somebody else", "sync again; nothing is lost")

    # ------------------------------------------------------------ children

    def _children(self, db: sqlite3.Connection, parents: Iterable[tuple[str, str, bytes]]) -> None:
        rows = list(parents)
        if not rows:
            return
        (last,) = db.execute(
            "SELECT coalesce(max(added), 0) FROM sync_child WHERE source_id = ?", (self.source_id,)
        ).fetchone()
        db.executemany(
            "INSERT INTO sync_child (source_id, stream, parent, state, added) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (source_id, stream, parent) DO UPDATE SET state = excluded.state, added = excluded.added, "
            "done = 0 WHERE state <> excluded.state",
            [
                (self.source_id, stream, parent, state, last + place)
                for place, (stream, parent, state) in enumerate(rows, 1)
            ],
        )

    def todo(self, stream: str, limit: int) -> list[str]:
        """Parents whose children are still to be read, the longest waiting first."""
        rows = self._db.execute(
            "SELECT parent FROM sync_child WHERE source_id = ? AND stream = ? AND done = 0 ORDER BY added LIMIT ?",
            (self.source_id, stream, limit),
        )
        return [row[0] for row in rows]

    def waiting(self) -> dict[str, int]:
        """How many parents each stream of children still has to read."""
        rows = self._db.execute(
            "SELECT stream, count(*) FROM sync_child WHERE source_id = ? AND done = 0 GROUP BY stream",
            (self.source_id,),
        )
        return dict(rows.fetchall())

    # ------------------------------------------------------------ gaps

    def gap(self, stream: str, subject: str, kind: str, message: str) -> None:
        """Note that something may be missing; the same thing is noted once."""
        with self._ledger.transaction() as db:
            self._gap(db, stream, subject, kind, message)

    def _gap(self, db: sqlite3.Connection, stream: str, subject: str, kind: str, message: str) -> None:
        db.execute(
            "INSERT INTO sync_gap (source_id, stream, subject, kind, message, found_at) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (source_id, stream, subject, kind) DO UPDATE SET message = excluded.message, "
            "resolved_at = NULL",
            (self.source_id, stream, subject, kind, message, clock.iso(clock.now())),
        )

    def gaps(self) -> list[Gap]:
        """What may be missing, the oldest first."""
        rows = self._db.execute(
            "SELECT stream, subject, kind, message, found_at FROM sync_gap "
            "WHERE source_id = ? AND resolved_at IS NULL ORDER BY number",
            (self.source_id,),
        )
        return [Gap(*row) for row in rows]

    def resolve(self, kind: str, but: Iterable[str] = ()) -> None:
        """Gaps of a kind are closed, but for those subjects."""
        kept = set(but)
        with self._ledger.transaction() as db:
            rows = db.execute(
                "SELECT number, subject FROM sync_gap WHERE source_id = ? AND kind = ? AND resolved_at IS NULL",
                (self.source_id, kind),
            ).fetchall()
            db.executemany(
                "UPDATE sync_gap SET resolved_at = ? WHERE number = ?",
                [(clock.iso(clock.now()), number) for number, subject in rows if subject not in kept],
            )

    # ------------------------------------------------------------ runs and the account

    def begin(self, vendor: str) -> int:
        """A new run; its number, larger than that of every run before."""
        with self._ledger.transaction() as db:
            db.execute(
                "INSERT INTO sync_account (source_id, vendor) VALUES (?, ?) ON CONFLICT (source_id) DO NOTHING",
                (self.source_id, vendor),
            )
            run = db.execute(
                "INSERT INTO sync_run (source_id, started_at) VALUES (?, ?)",
                (self.source_id, clock.iso(clock.now())),
            ).lastrowid
        assert run is not None
        return run

    def over(self, run: int, complete: bool, document: Mapping[str, Any]) -> None:
        """A run has ended."""
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE sync_run SET ended_at = ?, complete = ?, document = ? WHERE number = ?",
                (clock.iso(clock.now()), int(complete), json.dumps(document), run),
            )

    def runs(self, limit: int = 20) -> list[dict[str, Any]]:
        """The last runs, newest first: number, start, end, whether complete, and what each stream did."""
        rows = self._db.execute(
            "SELECT number, started_at, ended_at, complete, document FROM sync_run WHERE source_id = ? "
            "ORDER BY number DESC LIMIT ?",
            (self.source_id, limit),
        )
        return [
            {
                "run": row[0],
                "started_at": row[1],
                "ended_at": row[2],
                "complete": None if row[3] is None else bool(row[3]),
                **(json.loads(row[4]) if row[4] else {}),
            }
            for row in rows
        ]

    def last_run(self) -> int:
        """The number of the newest run; 0 before the first."""
        row = self._db.execute(
            "SELECT coalesce(max(number), 0) FROM sync_run WHERE source_id = ?", (self.source_id,)
        ).fetchone()
        return int(row[0])

    def remember(self, **values: str | int | None) -> None:
        """Set what is known of the account, by the columns of ``sync_account``."""
        known = ("probed_at", "probe", "counted", "counted_at", "reconciled_at", "days")
        names = [name for name in known if name in values]
        with self._ledger.transaction() as db:
            db.execute(
                f"UPDATE sync_account SET {', '.join(f'{name} = ?' for name in names)} WHERE source_id = ?",
                (*(values[name] for name in names), self.source_id),
            )

    def account(self) -> dict[str, Any]:
        """What is known of the account; empty where it was never read."""
        row = self._db.execute(
            "SELECT vendor, probed_at, probe, counted, counted_at, reconciled_at, days FROM sync_account "
            "WHERE source_id = ?",
            (self.source_id,),
        ).fetchone()
        if row is None:
            return {}
        names = ("vendor", "probed_at", "probe", "counted", "counted_at", "reconciled_at", "days")
        return {**dict(zip(names, row, strict=True)), "probe": json.loads(row[2]), "days": json.loads(row[6])}

    def counts(self, run_from: int = 0) -> dict[str, tuple[int, int, int, int]]:
        """Records by stream: (landed, loaded, superseded, quarantined), of pages met since a run."""
        rows = self._db.execute(
            "SELECT stream, sum(row_count), sum(rows_loaded), sum(rows_superseded), sum(rows_quarantined) "
            "FROM sync_page WHERE source_id = ? AND last_run >= ? AND loaded = 1 GROUP BY stream",
            (self.source_id, run_from),
        )
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}

    def set_aside(self, stream: str, limit: int) -> list[tuple[str, int, str | None]]:
        """Records of a stream that are set aside, the newest first: page, line in it from 0, and key if it has one."""
        rows = self._db.execute(
            "SELECT DISTINCT p.sha256, q.row_number - p.first_row, q.record_key FROM sync_quarantine q "
            "JOIN sync_page p ON p.seq = q.page WHERE q.source_id = ? AND q.stream = ? AND q.resolved_at IS NULL "
            "ORDER BY q.page DESC LIMIT ?",
            (self.source_id, stream, limit),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def unloaded(self) -> int:
        """Records that are landed and not loaded."""
        row = self._db.execute(
            "SELECT coalesce(sum(row_count), 0) FROM sync_page WHERE source_id = ? AND loaded = 0", (self.source_id,)
        ).fetchone()
        return int(row[0])

    def holder(self) -> str:
        """Who reads this account at the moment; empty where nobody does."""
        row = self._db.execute(
            "SELECT holder FROM lease WHERE name = ? AND expires > ?",
            (lease_of(self.source_id), clock.now().timestamp()),
        ).fetchone()
        return str(row[0]) if row else ""

    def buckets(self) -> list[dict[str, Any]]:
        """The budget: each bucket's rate and until when it is closed."""
        rows = self._db.execute(
            "SELECT bucket, per_minute, closed_until FROM sync_bucket WHERE source_id = ? ORDER BY bucket",
            (self.source_id,),
        )
        now = clock.now().timestamp()
        return [{"bucket": row[0], "per_minute": row[1], "closed_s": max(0.0, round(row[2] - now, 1))} for row in rows]


def lease_of(source_id: str) -> str:
    """The name of an account's lease."""
    return f"sync:{source_id}"


def parents_of(records: Sequence[Record], streams: Sequence[Stream]) -> list[tuple[str, str, bytes]]:
    """What a page of parents says to each stream of their children; the newest state of each where it comes twice."""
    states: dict[tuple[str, str], bytes] = {}
    for record in records:
        key = record.get("id", record.get("Id")) if isinstance(record, dict) else None
        if key is None:
            continue
        for stream in streams:
            told = stream.concern(record) if isinstance(stream, Concerned) else record
            if told is not None:
                states[stream.name, str(key)] = hashlib.sha256(orjson.dumps(told, default=str)).digest()[:8]
    return [(stream, parent, state) for (stream, parent), state in states.items()]


def _standing(row: Sequence[Any]) -> Standing:
    cursor = None if row[2] is None else json.loads(row[2])
    return Standing(row[0], row[1], cursor, row[3], bool(row[4]), *row[5:])


def _dumped(cursor: Mapping[str, Any]) -> str:
    return json.dumps(cursor, sort_keys=True, separators=(",", ":"))


def moment_of(text: str | None) -> datetime | None:
    """An instant as the ledger keeps it."""
    return None if not text else datetime.fromisoformat(text.replace("Z", "+00:00"))
