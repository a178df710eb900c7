"""The workspace folder: where everything of one installation lives, and who may write to it at the moment.

Nothing inside stores the folder's own path, so that it can be copied or moved. One writer at a time holds the lease
(see ``lease``); a killed writer's is free at once, a stopped writer's after its expiry, and readers never wait.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from maitred.base import clock
from maitred.base.errors import MaitredError, WorkspaceMissing
from maitred.canon.tables import TABLES
from maitred.sync import landing, lease, publications
from maitred.sync.ledger import Fence, Ledger
from maitred.warehouse.store import Spec, Store
from maitred.warehouse.watch import Watch, new_files

SETTINGS = "maitred.json"
_OWN = frozenset(
    {
        "landing",
        "publications",
        "warehouse",
        "keys",
        "maitred.db",
        "maitred.db-wal",
        "maitred.db-shm",
        "operations.db",
        "operations.db-wal",
        "operations.db-shm",
        f".{SETTINGS}.part",
    }
)
"""What a workspace consists of before its settings are written: left by an interrupted start, it is taken up again."""
_TIME_COLUMN = {
    "ticket_events": "occurred_at",
    "messages": "sent_at",
    "sla_events": "at",
    "tickets": "created_at",
    "ticket_schedules": "valid_from",
}


def canonical_specs() -> list[Spec]:
    """How the canonical tables are stored."""
    specs = []
    for table in TABLES.values():
        stats: tuple[str, ...] = ()
        if table.ticket_bound:
            moment = _TIME_COLUMN.get(table.name)
            stats = ("ticket_key", *([moment] if moment else []))
        order = (*stats, "seq") if "seq" in table.schema.names else stats
        specs.append(Spec(table.name, table.schema, table.partition, order, stats))
    return specs


class Workspace:
    """An opened workspace."""

    def __init__(self, home: Path, specs: list[Spec]) -> None:
        if not (home / SETTINGS).is_file():
            raise WorkspaceMissing(
                f"there is no workspace in {home}", "make one with `maitred init`, or set MAITRED_HOME"
            )
        self.home = home
        self.settings: dict[str, Any] = json.loads((home / SETTINGS).read_text())
        self.landing = home / "landing"
        self.publications = home / "publications"
        self.store = Store(home / "warehouse", specs)
        self._ledger: Ledger | None = None

    @property
    def ledger(self) -> Ledger:
        if self._ledger is None:
            self._ledger = Ledger(self.home / "maitred.db")
        return self._ledger

    def close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def publication(self, number: int | None = None) -> publications.Publication | None:
        """The newest publication, or the pinned one; None where nothing has been published."""
        if number is None:
            return publications.current(self.publications, self.ledger)
        return publications.pinned(self.publications, self.ledger, number)

    @contextmanager
    def writing(self, what: str, wait: float = 60.0) -> Iterator[None]:
        """Hold the one writer's lease while the block runs; what a writer before it left unpublished is undone.

        Raises
        ------
        LeaseHeld
            Another process still holds it after ``wait`` seconds; the message names it.
        LeaseLost
            This process was stopped for longer than the lease lasts, and another has become the writer.
        """
        holder = f"{what} (process {os.getpid()}, since {clock.iso(clock.now())})"
        ledger = self.ledger
        with lease.held(ledger.path, self.home / "writer.lock", holder, wait) as token:
            watch = self.store.watch = Watch(str(token), ledger.guard)
            ledger.fence = Fence(token, lambda tables: self._attest(tables, watch))
            try:
                landing.sweep(self.landing)
                publications.sweep(self.publications)
                self.back_to_published()
                yield
            finally:
                ledger.fence = self.store.watch = None
                _give_back_memory()

    def _attest(self, tables: dict[str, int], watch: Watch) -> list[tuple[str, str, str]]:
        """The files that this writer added to the tables, with their SHA-256."""
        added = [
            (name, file.path)
            for name, version in sorted(tables.items())
            for file in new_files(self.store.root, name, version, watch)
        ]
        with ThreadPoolExecutor(2) as pool:
            sums = list(pool.map(lambda each: file_hash(self.store.root / each[0] / each[1]), added))
        return [(name, path, digest) for (name, path), digest in zip(added, sums, strict=True)]

    def back_to_published(self) -> bool:
        """Undo what a writer did that ended before it published; its landed pages wait to be loaded again.

        So that a publication never shows half of another import. Returns whether there was something to undo.
        """
        published = self.publication()
        versions = published.tables if published else {}
        undone = self.ledger.unsettle() > 0
        for name in self.store.specs:
            version = versions.get(name, 0)
            if (self.store.latest(name) or 0) != version:
                undone |= self.store.restore(name, version)
            elif self.store.watch is not None:
                self.store.watch.base[name] = version
        return undone


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as body:
        return hashlib.file_digest(body, "sha256").hexdigest()


def _give_back_memory() -> None:
    """Return freed memory to the system: a worker that writes again and again would seem to grow by a half."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, others return memory by themselves
    if trim is not None:
        trim(0)


def create(home: Path, engine: str = "duckdb", options: Mapping[str, Any] | None = None) -> None:
    """Make an empty workspace; leaves an existing one as it is. ``options`` go into its settings.

    Raises
    ------
    MaitredError
        The path has characters that the table format cannot take, or the folder holds something else.
    """
    if any(sign in str(home) for sign in "[]*"):
        raise MaitredError(f"a workspace path may not contain [ ] or *: {home}", "choose another folder")
    if (home / SETTINGS).is_file():
        return
    if home.exists() and any(path.name not in _OWN for path in home.iterdir()):
        raise MaitredError(f"{home} is not empty and not a workspace", "choose another folder")
    (home / "landing").mkdir(parents=True, exist_ok=True)
    (home / "publications").mkdir(exist_ok=True)
    (home / "warehouse").mkdir(exist_ok=True)
    Ledger(home / "maitred.db").close()
    beside = home / f".{SETTINGS}.part"
    beside.write_text(json.dumps({"format": 1, "engine": engine, **(options or {})}, indent=1))
    beside.replace(home / SETTINGS)
    landing.sync_directory(home)
