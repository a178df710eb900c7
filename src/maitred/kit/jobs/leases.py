"""Leases in the operational database: who holds a name, until when, and the token that the holder's writes carry.

For the worker: one lease per job, and one per effect of the outbox while it is being sent. A holder whose process is
gone from this very machine loses its lease at once; any other one when it expires.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from maitred.base import clock
from maitred.kit.jobs.models import Lease

EXPIRY = float(os.environ.get("MAITRED_LEASE_EXPIRY") or 30)
"""Seconds after the last heartbeat at which a lease ends; the variable is for tests."""
BEAT = float(os.environ.get("MAITRED_LEASE_BEAT") or 5)
"""Seconds between heartbeats."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that was taken: its name and the token that proves the taking."""

    name: str
    token: int


def take(name: str, holder: str, *, expiry: float = EXPIRY, floor: int = 0) -> Held | None:
    """Take a lease that is free, expired or whose holder is gone; a compare-and-set that counts the token up.

    Parameters
    ----------
    holder
        As ``myself`` names it.
    floor
        A token that is known to have been given out; the new one is larger.

    Returns
    -------
    Held or None
        ``None`` while another holds it.
    """
    with transaction.atomic():
        row, _ = Lease._base_manager.get_or_create(name=name)
        if not free(row):
            return None
        token = max(row.token, floor) + 1
        until = clock.now() + timedelta(seconds=expiry)
        hit = Lease._base_manager.filter(name=name, token=row.token, expires_at=row.expires_at).update(
            holder=holder, token=token, expires_at=until
        )
        return Held(name, token) if hit else None


def beat(held: Held, expiry: float = EXPIRY) -> bool:
    """Move the expiry on; ``False`` once the lease is another's."""
    until = clock.now() + timedelta(seconds=expiry)
    return Lease._base_manager.filter(name=held.name, token=held.token).update(expires_at=until) == 1


def release(held: Held) -> None:
    """Give a lease back, unless it is another's by now. The row stays, since its token must not restart."""
    Lease._base_manager.filter(name=held.name, token=held.token).update(holder="", expires_at=None)


def drop(held: Held) -> None:
    """Give a lease back for good: its row goes too. For names whose next taking knows a floor for its token."""
    Lease._base_manager.filter(name=held.name, token=held.token).delete()


def holds(held: Held) -> bool:
    """Whether the lease is still this taking's and has not expired."""
    return Lease._base_manager.filter(name=held.name, token=held.token, expires_at__gt=clock.now()).exists()


def free(lease: Lease | None) -> bool:
    """Whether nobody holds a lease any more: given back, expired, or its holder's process is gone."""
    if lease is None or lease.expires_at is None or lease.expires_at <= clock.now():
        return True
    return gone(lease.holder)


def myself() -> str:
    """This process as a holder: ``host/machine/process/start``; a process number that is used again does not match."""
    pid = os.getpid()
    return f"{socket.gethostname()[:80]}/{_machine()}/{pid}/{_start(pid)}"


def gone(holder: str) -> bool:
    """Whether a holder was a process of this machine that no longer runs; ``False`` where that cannot be known."""
    try:
        host, machine, pid, start = holder.rsplit("/", 3)
        number = int(pid)
    except ValueError:
        return False
    if (host, machine) != (socket.gethostname()[:80], _machine()):
        return False
    return not _alive(number) or _start(number) != start


class Heartbeat:
    """Keeps a lease alive from a thread with a connection of its own; ``lost`` is set once it is another's."""

    def __init__(self, held: Held, *, expiry: float = EXPIRY, every: float = BEAT) -> None:
        self.held, self.expiry, self.every = held, expiry, every
        self.lost = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lease {held.name}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self.lost.is_set() and not self._stop.wait(self.every):
                with suppress(DatabaseError):  # busy or away: the next beat may come through, and the token tells
                    if not beat(self.held, self.expiry):
                        self.lost.set()
        finally:
            connection.close()


@cache
def _machine() -> str:
    """What a process number is valid within: this start of the machine and this container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        return f"{boot}-{str(Path('/proc/self/ns/pid').readlink())[5:-1]}"
    except OSError:
        return "-"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _stat(pid).startswith("Z")


def _start(pid: int) -> str:
    """When a process began, in ticks since the machine's start; empty where the system does not say."""
    fields = _stat(pid).split()
    return fields[19] if len(fields) > 19 else ""


def _stat(pid: int) -> str:
    """A process's state and what follows it; the name before it may hold anything, so it is cut off."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].strip()
    except OSError:
        return ""
