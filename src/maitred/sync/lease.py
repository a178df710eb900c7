"""The one writer's lease: who may write to a workspace, until when, and the token by which its writes are known.

A row in the ledger names the holder; its heartbeat moves the expiry on. The locked file beside it is the quick sign of
death: whoever holds the lease holds the lock of the file that stands at the path *now*. A free lock means that the
holder died, and the lease is taken at once; an expired lease under a held lock means that the holder is stopped, and
the newcomer puts a locked file of its own in the place. Each taking counts the token up, so that a holder that wakes
up later is told from the present one.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from maitred.base import clock
from maitred.base.errors import LeaseHeld

NAME = "writer"
EXPIRY = float(os.environ.get("MAITRED_LEASE_EXPIRY") or 30)
"""Seconds after the last heartbeat at which a stopped holder loses the lease; the variable is for tests."""
BEATS = 6
"""Heartbeats within the time of expiry."""
PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class _Taken:
    token: int
    handle: int


@contextmanager
def held(
    database: Path, lock: Path, holder: str, wait: float, *, expiry: float = EXPIRY, beat: float | None = None
) -> Iterator[int]:
    """Hold the lease while the block runs; gives the token.

    Parameters
    ----------
    database
        The ledger, already brought to its present schema.
    lock
        The file whose lock is the sign of life.
    holder
        How the holder is named to those who have to wait.
    wait
        Seconds to wait for another holder.
    expiry, beat
        Seconds until the lease of a stopped holder ends, and between heartbeats (a sixth of it by default).

    Raises
    ------
    LeaseHeld
        Another process still holds it after ``wait`` seconds; the message names it.
    """
    with closing(_connect(database)) as db:
        taken = _wait(db, lock, holder, wait, expiry)
        stop = threading.Event()
        every = expiry / BEATS if beat is None else beat
        pulse = threading.Thread(
            target=_beat, args=(database, taken.token, expiry, every, stop), name="maitred-lease", daemon=True
        )
        pulse.start()
        try:
            yield taken.token
        finally:
            stop.set()
            pulse.join()
            _release(db, taken)


def _connect(database: Path) -> sqlite3.Connection:
    db = sqlite3.connect(database, timeout=1, isolation_level=None)
    db.execute("PRAGMA synchronous=NORMAL")  # after a power loss nobody is left to hold a lease
    return db


def _wait(db: sqlite3.Connection, lock: Path, holder: str, wait: float, expiry: float) -> _Taken:
    deadline = time.monotonic() + wait
    while True:
        taken = _take(db, lock, holder, expiry)
        if taken is not None:
            return taken
        if time.monotonic() >= deadline:
            other = db.execute("SELECT holder FROM lease WHERE name = ?", (NAME,)).fetchone()[0] or "another process"
            raise LeaseHeld(f"{other} is writing to this workspace", "wait for it, or give a longer --wait")
        time.sleep(PAUSE)


def _take(db: sqlite3.Connection, lock: Path, holder: str, expiry: float) -> _Taken | None:
    """One try to take the lease; None while another holds it."""
    taken = _attempt(db, lock, holder, expiry, lambda handle, expires: _stands(handle, lock))
    if taken is not None or _expires(db) > _now():
        return taken
    own = lock.with_name(f".{lock.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        return _attempt(db, own, holder, expiry, lambda handle, expires: expires <= _now() and _put(own, lock))
    finally:
        own.unlink(missing_ok=True)


def _attempt(
    db: sqlite3.Connection, file: Path, holder: str, expiry: float, free: Callable[[int, float], bool]
) -> _Taken | None:
    """Lock the file and take the lease where it is ``free``, given the locked file and the lease's expiry."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    token = None
    try:
        if _locked(handle):
            token = _grant(db, holder, expiry, lambda expires: free(handle, expires))
    finally:
        if token is None:
            os.close(handle)
    return None if token is None else _Taken(token, handle)


def _grant(db: sqlite3.Connection, holder: str, expiry: float, free: Callable[[float], bool]) -> int | None:
    """Count the token up and enter the holder if the lease is ``free`` inside the transaction; the new token."""
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:  # perhaps a holder stopped in mid-transaction
            return None
        raise
    try:
        token, expires = db.execute("SELECT token, expires FROM lease WHERE name = ?", (NAME,)).fetchone()
        if not free(expires):
            return None
        db.execute(
            "UPDATE lease SET holder = ?, token = token + 1, expires = ? WHERE name = ? AND token = ?",
            (holder, _now() + expiry, NAME, token),
        )
        db.execute("COMMIT")
        return int(token) + 1
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _beat(database: Path, token: int, expiry: float, every: float, stop: threading.Event) -> None:
    """Move the expiry on until told to stop or until the lease is another's."""
    with closing(_connect(database)) as db:
        mine = True
        while mine and not stop.wait(every):
            with suppress(sqlite3.Error):  # busy or a full disk: the next beat may come through, and the token tells
                moved = db.execute(
                    "UPDATE lease SET expires = ? WHERE name = ? AND token = ?", (_now() + expiry, NAME, token)
                )
                mine = moved.rowcount == 1


def _release(db: sqlite3.Connection, taken: _Taken) -> None:
    try:
        with suppress(sqlite3.Error):  # the free lock says it as well
            db.execute("UPDATE lease SET holder = '', expires = 0 WHERE name = ? AND token = ?", (NAME, taken.token))
    finally:
        os.close(taken.handle)


def _expires(db: sqlite3.Connection) -> float:
    return float(db.execute("SELECT expires FROM lease WHERE name = ?", (NAME,)).fetchone()[0])


def _now() -> float:
    return clock.now().timestamp()


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stands(handle: int, lock: Path) -> bool:
    """Whether the locked file is still the one at the path."""
    try:
        return os.path.samestat(os.fstat(handle), lock.stat())
    except FileNotFoundError:
        return False


def _put(own: Path, lock: Path) -> bool:
    own.replace(lock)
    return True
