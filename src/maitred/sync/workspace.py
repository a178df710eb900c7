"""The workspace folder: where everything of one installation lives, and who may write to it at the moment.

Nothing inside stores the folder's own path, so that it can be copied or moved. One writer at a time holds the lock; a
killed writer's lock is released by the operating system, readers never wait.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from maitred.base import clock
from maitred.base.errors import LeaseHeld, MaitredError, WorkspaceMissing
from maitred.canon.tables import TABLES
from maitred.sync import landing, publications
from maitred.sync.ledger import Ledger
from maitred.warehouse.store import Spec, Store

SETTINGS = "maitred.json"
_OWN = frozenset(
    {"landing", "publications", "warehouse", "maitred.db", "maitred.db-wal", "maitred.db-shm", f".{SETTINGS}.part"}
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
        """Hold the one writer's lock while the block runs.

        Raises
        ------
        LeaseHeld
            Another process still holds it after ``wait`` seconds; the message names it.
        """
        path = self.home / "writer.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            deadline = time.monotonic() + wait
            while not _locked(handle):
                if time.monotonic() >= deadline:
                    holder = os.pread(handle, 500, 0).decode(errors="replace").strip() or "another process"
                    raise LeaseHeld(f"{holder} is writing to this workspace", "wait for it, or give a longer --wait")
                time.sleep(0.1)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{what} (process {os.getpid()}, since {clock.iso(clock.now())})".encode(), 0)
            landing.sweep(self.landing)
            self.back_to_published()
            yield
            os.ftruncate(handle, 0)
        finally:
            os.close(handle)

    def back_to_published(self) -> bool:
        """Undo what a writer did that ended before it published; its landed pages wait to be loaded again.

        So that a publication never shows half of another import. Returns whether there was something to undo.
        """
        published = self.publication()
        versions = published.tables if published else {}
        ahead = [name for name in self.store.specs if (self.store.latest(name) or 0) != versions.get(name, 0)]
        undone = self.ledger.unsettle() > 0
        for name in ahead:
            undone |= self.store.restore(name, versions.get(name, 0))
        return undone


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def create(home: Path, engine: str = "duckdb") -> None:
    """Make an empty workspace; leaves an existing one as it is.

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
    beside.write_text(json.dumps({"format": 1, "engine": engine}, indent=1))
    beside.replace(home / SETTINGS)
    landing.sync_directory(home)
