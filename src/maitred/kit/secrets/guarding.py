"""What keeps a rotation of keys and those who seal values apart: nobody seals with a key that is about to go.

On SQLite a deed holds the only write lock from its beginning. On PostgreSQL those who seal share a lock until their
transaction ends, and the rotation takes it alone before it looks for the last time.
"""

from __future__ import annotations

from django.db import connection

_LOCK = 7_301_002


def hold() -> None:
    """Before a value is sealed: no rotation ends until the transaction that goes on here has."""
    if connection.in_atomic_block and connection.vendor == "postgresql":
        _lock("pg_advisory_xact_lock_shared")


def alone() -> None:
    """Wait until everybody who is sealing has ended; call it inside a transaction, which holds on to it."""
    if connection.vendor == "postgresql":
        _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_LOCK])
