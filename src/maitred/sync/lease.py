"""Leases: who may write to a workspace, or sync an account, until when, and the token by which its writes are known.

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


@dataclass(frozen=True, slots=True)
class _Seat:
    """A lease that somebody wants: its row and lock file, the name to enter, and for how long."""

    db: sqlite3.Connection
    name: str
    lock: Path
    holder: str
    expiry: float


@contextmanager
def held(
    database: Path,
    lock: Path,
    holder: str,
    wait: float,
    *,
    name: str = NAME,
    doing: str = "writing to this workspace",
    expiry: float = EXPIRY,
    beat: float | None = None,
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
    name, doing
        Which lease, and what its holder does, for the message.
    expiry, beat
        Seconds until the lease of a stopped holder ends, and between heartbeats (a sixth of it by default).

    Raises
    ------
    LeaseHeld
        Another process still holds it after ``wait`` seconds; the message names it.
    """
    with closing(_connect(database)) as db:
        seat = _Seat(db, name, lock, holder, expiry)
        _seated(seat)
        taken = _wait(seat, wait, doing)
        stop = threading.Event()
        every = expiry / BEATS if beat is None else beat
        pulse = threading.Thread(
            target=_beat, args=(database, name, taken.token, expiry, every, stop), name="maitred-lease", daemon=True
        )
        pulse.start()
        try:
            yield taken.token
        finally:
            stop.set()
            pulse.join()
            _release(seat, taken)


def _connect(database: Path) -> sqlite3.Connection:
    db = sqlite3.connect(database, timeout=1, isolation_level=None)
    db.execute("PRAGMA synchronous=NORMAL")  # after a power loss nobody is left to hold a lease
    return db


def _seated(seat: _Seat) -> None:
    """Make the row of the lease where there is none; one that is there is not written, so nobody is waited for."""
    if seat.db.execute("SELECT 1 FROM lease WHERE name = ?", (seat.name,)).fetchone() is not None:
        return
    try:
        seat.db.execute("INSERT OR IGNORE INTO lease VALUES (?, '', 0, 0)", (seat.name,))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise LeaseHeld(
            "the ledger is locked by a process that does not go on",
            "let that process go on or end it, and run the command again; nothing was lost",
        ) from error


def _wait(seat: _Seat, wait: float, doing: str) -> _Taken:
    deadline = time.monotonic() + wait
    while True:
        taken = _take(seat)
        if taken is not None:
            return taken
        if time.monotonic() >= deadline:
            row = seat.db.execute("SELECT holder FROM lease WHERE name = ?", (seat.name,)).fetchone()
            raise LeaseHeld(f"{row[0] or 'another process'} is {doing}", "wait for it, or give a longer --wait")
        time.sleep(PAUSE)


def _take(seat: _Seat) -> _Taken | None:
    """One try to take the lease; None while another holds it."""
    taken = _attempt(seat, seat.lock, lambda handle, expires: _stands(handle, seat.lock))
    if taken is not None or _expires(seat) > _now():
        return taken
    own = seat.lock.with_name(f".{seat.lock.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        return _attempt(seat, own, lambda handle, expires: expires <= _now() and _put(own, seat.lock))
    finally:
        own.unlink(missing_ok=True)


def _attempt(seat: _Seat, file: Path, free: Callable[[int, float], bool]) -> _Taken | None:
    """Lock the file and take the lease where it is ``free``, given the locked file and the lease's expiry."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    token = None
    try:
        if _locked(handle):
            token = _grant(seat, lambda expires: free(handle, expires))
    finally:
        if token is None:
            os.close(handle)
    return None if token is None else _Taken(token, handle)


def _grant(seat: _Seat, free: Callable[[float], bool]) -> int | None:
    """Count the token up and enter the holder if the lease is ``free`` inside the transaction; the new token."""
    db = seat.db
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:  # perhaps a holder stopped in mid-transaction
            return None
        raise
    try:
        token, expires = db.execute("SELECT token, expires FROM lease WHERE name = ?", (seat.name,)).fetchone()
        if not free(expires):
            return None
        db.execute(
            "UPDATE lease SET holder = ?, token = token + 1, expires = ? WHERE name = ? AND token = ?",
            (seat.holder, _now() + seat.expiry, seat.name, token),
        )
        db.execute("COMMIT")
        return int(token) + 1
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _beat(database: Path, name: str, token: int, expiry: float, every: float, stop: threading.Event) -> None:
    """Move the expiry on until told to stop or until the lease is another's."""
    with closing(_connect(database)) as db:
        mine = True
        while mine and not stop.wait(every):
            with suppress(sqlite3.Error):  # busy or a full disk: the next beat may come through, and the token tells
                moved = db.execute(
                    "UPDATE lease SET expires = ? WHERE name = ? AND token = ?", (_now() + expiry, name, token)
                )
                mine = moved.rowcount == 1


def _release(seat: _Seat, taken: _Taken) -> None:
    try:
        with suppress(sqlite3.Error):  # the free lock says it as well
            seat.db.execute(
                "UPDATE lease SET holder = '', expires = 0 WHERE name = ? AND token = ?", (seat.name, taken.token)
            )
    finally:
        os.close(taken.handle)


def _expires(seat: _Seat) -> float:
    return float(seat.db.execute("SELECT expires FROM lease WHERE name = ?", (seat.name,)).fetchone()[0])


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
