"""What has been landed, loaded, set aside and published: the operational record of a workspace.

Plain DB-API on SQLite with numbered migrations of its own. A row here is written only after the bytes it speaks of are
durable; every other room asks here, and nothing else may advance a page from landed to loaded.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maitred.base import clock, faults
from maitred.base.errors import LeaseHeld, LeaseLost, WarehouseDamaged
from maitred.sync.exchange_tables import CLAIMS, EXCHANGE
from maitred.sync.lease import NAME
from maitred.sync.live_tables import DAYS, LIVE

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE sync_source (
        number INTEGER PRIMARY KEY AUTOINCREMENT, source_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
        settings TEXT NOT NULL, created_at TEXT NOT NULL
    );
    CREATE TABLE sync_page (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, source_id TEXT NOT NULL, stream TEXT NOT NULL, sha256 TEXT NOT NULL,
        file TEXT NOT NULL, first_row INTEGER NOT NULL, row_count INTEGER NOT NULL, bytes INTEGER NOT NULL,
        landed_at TEXT NOT NULL, loaded INTEGER NOT NULL DEFAULT 0, rows_loaded INTEGER NOT NULL DEFAULT 0,
        rows_superseded INTEGER NOT NULL DEFAULT 0, rows_quarantined INTEGER NOT NULL DEFAULT 0,
        UNIQUE (source_id, stream, sha256)
    );
    CREATE INDEX sync_page_unloaded ON sync_page (source_id, loaded, seq);
    CREATE TABLE sync_quarantine (
        id INTEGER PRIMARY KEY AUTOINCREMENT, source_id TEXT NOT NULL, stream TEXT NOT NULL, page INTEGER NOT NULL,
        file TEXT NOT NULL, row_number INTEGER NOT NULL, record_key TEXT, code TEXT NOT NULL, field TEXT NOT NULL,
        message TEXT NOT NULL, first_seen TEXT NOT NULL, resolved_at TEXT, at_landing INTEGER NOT NULL DEFAULT 0,
        UNIQUE (page, row_number, code, field)
    );
    CREATE INDEX sync_quarantine_open ON sync_quarantine (source_id, resolved_at, code);
    CREATE TABLE sync_finding (
        source_id TEXT NOT NULL, page INTEGER NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL,
        confidence TEXT NOT NULL, detector TEXT NOT NULL, occurrences INTEGER NOT NULL
    );
    CREATE TABLE sync_publication (
        number INTEGER PRIMARY KEY, made_at TEXT NOT NULL, digest TEXT NOT NULL
    );
    """,
    """
    ALTER TABLE sync_page ADD COLUMN published INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sync_page ADD COLUMN rows_published INTEGER NOT NULL DEFAULT 0;
    UPDATE sync_page SET published = loaded, rows_published = rows_loaded;
    ALTER TABLE sync_publication ADD COLUMN dropped_at TEXT;
    """,
    """
    ALTER TABLE sync_page ADD COLUMN last_run INTEGER NOT NULL DEFAULT 0;
    """,
    """
    CREATE TABLE lease (
        name TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL, expires REAL NOT NULL
    );
    INSERT INTO lease VALUES ('writer', '', 0, 0);
    CREATE TABLE sync_file (
        table_name TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (table_name, path)
    ) WITHOUT ROWID
    """,
    EXCHANGE,
    LIVE,
    DAYS,
    CLAIMS,
)


_SETTLE = "UPDATE sync_page SET published = 1, rows_published = rows_loaded WHERE loaded = 1 AND published = 0"


@dataclass(frozen=True, slots=True)
class LandedPage:
    """A page that is durable in landing."""

    seq: int
    source_id: str
    stream: str
    sha256: str
    file: str
    first_row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where records come from. ``settings``: ``bots`` (user ids), ``as_of`` (instant or absent), ``report_zone`` ..."""

    source_id: str
    kind: str
    settings: dict[str, Any]
    number: int


@dataclass(frozen=True, slots=True)
class Fence:
    """What the ledger of a writer checks in each of its transactions, and before a publication.

    Attributes
    ----------
    token
        The lease's token as this writer took it.
    attest
        Given the table versions to be published: makes sure that they are this writer's work, and returns their new
        files as (table, path, SHA-256).
    name
        Which lease: the writer's, or an account's.
    """

    token: int
    attest: Callable[[dict[str, int]], list[tuple[str, str, str]]]
    name: str = NAME


class Ledger:
    """The operational record; one connection, used by one thread.

    With a ``fence`` set every transaction that changes something is refused once the lease is another's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fence: Fence | None = None
        try:
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
        except sqlite3.DatabaseError as error:
            raise WarehouseDamaged(f"{path.name} cannot be opened ({error})", "restore it from a backup") from error
        self._migrate()

    def close(self) -> None:
        self._db.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """For modules of this room that keep further tables in the same database."""
        return self._db

    def _migrate(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise WarehouseDamaged(
                f"{self.path.name} was written by a newer maitred (schema {version}, known {len(MIGRATIONS)})",
                "use that version",
            )
        if version < len(MIGRATIONS):
            with self.transaction() as db:
                version = db.execute("PRAGMA user_version").fetchone()[0]  # another process may have been first
                for script in MIGRATIONS[version:]:
                    for statement in script.split(";"):
                        db.execute(statement)
                db.execute(f"PRAGMA user_version={len(MIGRATIONS)}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing of it, and nothing where the lease is another's; durable once it is left."""
        self._begin()
        try:
            self.guard()
            yield self._db
            faults.step("ledger.commit")
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _begin(self) -> None:
        """Wait for whoever writes; half a minute is longer than any of our transactions takes.

        Raises
        ------
        LeaseHeld
            Somebody stands still in the midst of writing.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise LeaseHeld(
                f"{self.path.name} has been locked for half a minute by a process that does not go on",
                "let that process go on or end it, and run the command again; nothing was lost",
            ) from error

    def guard(self) -> None:
        """Make sure that the lease under which this ledger writes is still its own.

        Raises
        ------
        LeaseLost
            Another process has taken it; the message names it where it still holds it.
        """
        if self.fence is None:
            return
        holder, token = self._db.execute(
            "SELECT holder, token FROM lease WHERE name = ?", (self.fence.name,)
        ).fetchone()
        if token != self.fence.token:
            raise LeaseLost(
                f"this process stood still for so long that {holder or 'another one'} took its place"
                f"{' as the writer' if self.fence.name == NAME else ''}",
                "run the command again; what it did since is not shown",
            )

    # ------------------------------------------------------------ sources

    def source(self, source_id: str) -> Source | None:
        row = self._db.execute(
            "SELECT source_id, kind, settings, number FROM sync_source WHERE source_id = ?", (source_id,)
        ).fetchone()
        return None if row is None else Source(row[0], row[1], json.loads(row[2]), row[3])

    def sources(self) -> list[Source]:
        rows = self._db.execute("SELECT source_id, kind, settings, number FROM sync_source ORDER BY source_id")
        return [Source(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]

    def put_source(self, source_id: str, kind: str, settings: dict[str, Any]) -> None:
        with self.transaction() as db:
            db.execute(
                "INSERT INTO sync_source (source_id, kind, settings, created_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (source_id) DO UPDATE SET kind = excluded.kind, settings = excluded.settings",
                (source_id, kind, json.dumps(settings, sort_keys=True), clock.iso(clock.now())),
            )

    # ------------------------------------------------------------ pages

    def land(
        self,
        source_id: str,
        stream: str,
        sha256: str,
        file: str,
        first_row: int,
        rows: int,
        size: int,
        findings: Iterable[tuple[str, str, str, str, int]] = (),
        bad: Iterable[tuple[int, str, str, str, str | None]] = (),
        run: int = 0,
    ) -> tuple[LandedPage, bool]:
        """Record a durable page of an import; returns it and whether it is new.

        ``findings`` = (kind, field, confidence, detector, n); ``bad`` = records that could not be landed (row number,
        code, field, message, key).
        """
        with self.transaction() as db:
            return recorded(db, source_id, stream, sha256, file, first_row, rows, size, findings, bad, run)

    def unloaded(self, source_id: str) -> list[LandedPage]:
        """Landed pages that still have to be loaded, in the order in which they were landed."""
        rows = self._db.execute(
            "SELECT seq, source_id, stream, sha256, file, first_row, row_count FROM sync_page "
            "WHERE source_id = ? AND loaded = 0 ORDER BY seq",
            (source_id,),
        )
        return [LandedPage(*row) for row in rows]

    def next_run(self, source_id: str) -> int:
        """The number of an import of a source, counted from 1."""
        row = self._db.execute("SELECT max(last_run) FROM sync_page WHERE source_id = ?", (source_id,)).fetchone()
        return int(row[0] or 0) + 1

    def met_again(self, source_id: str, stream: str, sha256: str, run: int) -> tuple[int, bool] | None:
        """A page of an import that was landed before: its sequence number and whether it is loaded; None if new.

        A page that the import before this one did not have is put last and loaded again: its source went back to an
        older state, which is now the newest word.
        """
        with self.transaction() as db:
            return seen_again(db, source_id, stream, sha256, run)

    def page_counts(self, seqs: Sequence[int]) -> dict[int, tuple[int, int, int]]:
        """Rows loaded, superseded and quarantined of pages by their sequence number."""
        found = {}
        for seq in seqs:
            row = self._db.execute(
                "SELECT rows_loaded, rows_superseded, rows_quarantined FROM sync_page WHERE seq = ?", (seq,)
            ).fetchone()
            if row is not None:
                found[seq] = (row[0], row[1], row[2])
        return found

    def loaded_among(self, seqs: Sequence[int]) -> list[int]:
        """Those of the pages that are loaded."""
        found = []
        for seq in seqs:
            row = self._db.execute("SELECT loaded FROM sync_page WHERE seq = ?", (seq,)).fetchone()
            if row is not None and row[0]:
                found.append(seq)
        return found

    def mark_loaded(
        self, counts: Iterable[tuple[int, int, int]], bad: Iterable[tuple[Any, ...]], seqs: Sequence[int]
    ) -> None:
        """Pages are in the warehouse: their counts and what was set aside, in one transaction.

        ``counts`` = (seq, records loaded, records quarantined), the rest counts as superseded; ``bad`` = (source_id,
        stream, page, file, row, key, code, field, message).
        """
        moment = clock.iso(clock.now())
        with self.transaction() as db:
            for seq in seqs:
                db.execute("DELETE FROM sync_quarantine WHERE page = ? AND at_landing = 0", (seq,))
            db.executemany(
                "INSERT OR IGNORE INTO sync_quarantine (source_id, stream, page, file, row_number, record_key, code, "
                "field, message, first_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(*row, moment) for row in bad],
            )
            db.executemany(
                "UPDATE sync_page SET loaded = 1, rows_loaded = rows_loaded + ?1, rows_quarantined = ?2 + "
                "(SELECT count(*) FROM sync_quarantine WHERE page = ?3 AND at_landing = 1) WHERE seq = ?3",
                [(loaded, aside, seq) for seq, loaded, aside in counts],
            )
            db.executemany(
                "UPDATE sync_page SET rows_superseded = max(0, row_count - rows_loaded - rows_quarantined) "
                "WHERE seq = ?",
                [(seq,) for seq, _, _ in counts],
            )

    def unland(self, seqs: Sequence[int]) -> None:
        """Forget pages that cannot be read as they were asked to be; only such as were never loaded."""
        with self.transaction() as db:
            for seq in seqs:
                db.execute("DELETE FROM sync_quarantine WHERE page = ?", (seq,))
                db.execute("DELETE FROM sync_page WHERE seq = ? AND loaded = 0", (seq,))

    def retry(self, pages: Iterable[int]) -> None:
        """Load these pages again (what they already brought in stays as it is)."""
        with self.transaction() as db:
            db.executemany("UPDATE sync_page SET loaded = 0, published = 0 WHERE seq = ?", [(seq,) for seq in pages])

    def quarantined_pages(self, source_id: str) -> list[int]:
        """Pages that hold records which were set aside."""
        rows = self._db.execute(
            "SELECT DISTINCT page FROM sync_quarantine WHERE source_id = ? AND resolved_at IS NULL", (source_id,)
        )
        return [row[0] for row in rows]

    def settle(self) -> None:
        """What is loaded stands: the warehouse shows it, or it changed nothing there."""
        with self.transaction() as db:
            db.execute(_SETTLE)

    def unsettle(self) -> int:
        """Pages whose load never reached a publication have to be loaded again; returns how many."""
        with self.transaction() as db:
            return db.execute(
                "UPDATE sync_page SET loaded = 0, rows_loaded = rows_published WHERE loaded = 1 AND published = 0"
            ).rowcount

    def orphans(self, source_id: str) -> list[tuple[int, str]]:
        """Pages with rows whose ticket was missing, and that ticket's id."""
        rows = self._db.execute(
            "SELECT DISTINCT page, record_key FROM sync_quarantine "
            "WHERE source_id = ? AND code = 'orphan' AND resolved_at IS NULL",
            (source_id,),
        )
        return [(row[0], row[1]) for row in rows]

    def quarantine(self, source_id: str | None = None) -> list[dict[str, Any]]:
        """What is set aside and why, oldest first."""
        query = (
            "SELECT source_id, stream, file, row_number, record_key, code, field, message, first_seen "
            "FROM sync_quarantine WHERE resolved_at IS NULL"
        )
        names = ("source", "stream", "file", "row", "key", "code", "field", "message", "first_seen")
        values: tuple[Any, ...] = ()
        if source_id is not None:
            query, values = query + " AND source_id = ?", (source_id,)
        rows = self._db.execute(query + " ORDER BY source_id, stream, file, row_number, id", values)
        return [dict(zip(names, row, strict=True)) for row in rows]

    # ------------------------------------------------------------ publications

    def publication(self, number: int | None = None) -> tuple[int, str, str] | None:
        """Number, moment and digest of a publication (the newest by default)."""
        if number is None:
            row = self._db.execute(
                "SELECT number, made_at, digest FROM sync_publication ORDER BY number DESC LIMIT 1"
            ).fetchone()
        else:
            row = self._db.execute(
                "SELECT number, made_at, digest FROM sync_publication WHERE number = ? AND dropped_at IS NULL",
                (number,),
            ).fetchone()
        return None if row is None else (row[0], row[1], row[2])

    def publications(self) -> list[tuple[int, str, str]]:
        """Those that can still be read, oldest first."""
        rows = self._db.execute(
            "SELECT number, made_at, digest FROM sync_publication WHERE dropped_at IS NULL ORDER BY number"
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def publish(
        self,
        number: int,
        digest: str,
        place: Callable[[], None] = lambda: None,
        files: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        """Flip to a publication; what is loaded is published with it.

        Parameters
        ----------
        place
            Puts the durable manifest under its name; called inside the transaction, so that a writer without the lease
            cannot replace another's.
        files
            New data files as (table, path, SHA-256).
        """
        with self.transaction() as db:
            db.execute(
                "INSERT INTO sync_publication (number, made_at, digest) VALUES (?, ?, ?)",
                (number, clock.iso(clock.now()), digest),
            )
            db.execute(_SETTLE)
            db.executemany("INSERT OR REPLACE INTO sync_file (table_name, path, sha256) VALUES (?, ?, ?)", files)
            place()

    def file_hashes(self) -> dict[tuple[str, str], str]:
        """SHA-256 of the published data files by (table, path)."""
        rows = self._db.execute("SELECT table_name, path, sha256 FROM sync_file")
        return {(row[0], row[1]): row[2] for row in rows}

    def forget_files(self, table: str, paths: Iterable[str]) -> None:
        """These data files are deleted."""
        with self.transaction() as db:
            db.executemany("DELETE FROM sync_file WHERE table_name = ? AND path = ?", [(table, path) for path in paths])

    def pages(self) -> Iterator[LandedPage]:
        """Every landed page, in the order in which they were landed."""
        rows = self._db.execute(
            "SELECT seq, source_id, stream, sha256, file, first_row, row_count FROM sync_page ORDER BY seq"
        )
        return (LandedPage(*row) for row in rows)

    def drop_publications(self, numbers: Iterable[int]) -> None:
        """These publications can no longer be read: their files are about to go."""
        moment = clock.iso(clock.now())
        with self.transaction() as db:
            db.executemany(
                "UPDATE sync_publication SET dropped_at = ? WHERE number = ?", [(moment, n) for n in numbers]
            )

    def check(self) -> str:
        """SQLite's own integrity check: ``ok`` or what is wrong."""
        return str(self._db.execute("PRAGMA integrity_check").fetchone()[0])


def recorded(
    db: sqlite3.Connection,
    source_id: str,
    stream: str,
    sha256: str,
    file: str,
    first_row: int,
    rows: int,
    size: int,
    findings: Iterable[tuple[str, str, str, str, int]],
    bad: Iterable[tuple[int, str, str, str, str | None]],
    run: int,
) -> tuple[LandedPage, bool]:
    """What ``Ledger.land`` does, inside a transaction of the caller's."""
    known = db.execute(
        "SELECT seq FROM sync_page WHERE source_id = ? AND stream = ? AND sha256 = ?", (source_id, stream, sha256)
    ).fetchone()
    if known is not None:
        return LandedPage(known[0], source_id, stream, sha256, file, first_row, rows), False
    moment = clock.iso(clock.now())
    seq = db.execute(
        "INSERT INTO sync_page (source_id, stream, sha256, file, first_row, row_count, bytes, landed_at, "
        "last_run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (source_id, stream, sha256, file, first_row, rows, size, moment, run),
    ).lastrowid
    assert seq is not None
    db.executemany(
        "INSERT INTO sync_finding VALUES (?, ?, ?, ?, ?, ?, ?)", [(source_id, seq, *finding) for finding in findings]
    )
    db.executemany(
        "INSERT OR IGNORE INTO sync_quarantine (source_id, stream, page, file, row_number, code, field, "
        "message, record_key, first_seen, at_landing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        [(source_id, stream, seq, file, *fault, moment) for fault in bad],
    )
    return LandedPage(seq, source_id, stream, sha256, file, first_row, rows), True


def seen_again(db: sqlite3.Connection, source_id: str, stream: str, sha256: str, run: int) -> tuple[int, bool] | None:
    """What ``Ledger.met_again`` does, inside a transaction of the caller's."""
    page = db.execute(
        "SELECT seq, last_run, loaded FROM sync_page WHERE source_id = ? AND stream = ? AND sha256 = ?",
        (source_id, stream, sha256),
    ).fetchone()
    if page is None:
        return None
    seq, seen, loaded = page
    before = db.execute(
        "SELECT max(last_run) FROM sync_page WHERE source_id = ? AND stream = ? AND last_run < ?",
        (source_id, stream, run),
    ).fetchone()[0]
    if before is not None and seen < before:
        last = db.execute("SELECT max(seq) FROM sync_page").fetchone()[0] + 1
        db.execute("UPDATE sync_quarantine SET page = ? WHERE page = ?", (last, seq))
        db.execute("UPDATE sync_finding SET page = ? WHERE page = ?", (last, seq))
        db.execute(
            "UPDATE sync_page SET seq = ?, loaded = 0, published = 0, rows_loaded = 0, rows_published = 0 "
            "WHERE seq = ?",
            (last, seq),
        )
        db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'sync_page'", (last,))
        seq, loaded = last, 0
    db.execute("UPDATE sync_page SET last_run = ? WHERE seq = ?", (run, seq))
    return int(seq), bool(loaded)
