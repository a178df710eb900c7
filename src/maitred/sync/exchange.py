"""The tables of what is sent to helpdesks and of what they report: plans, outbox, journal, webhook deliveries.

They lie in the ledger's database, and are written over connections of their own, since neither a person who approves
nor a helpdesk that calls waits for the writer of the warehouse.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from maitred.base import faults
from maitred.sync.workspace import Workspace

OPEN = ("pending", "sending", "sent", "unknown")
"""States of a row of the outbox that is not at its end."""


@contextmanager
def opened(workspace: Workspace) -> Iterator[sqlite3.Connection]:
    """A connection of one's own to the ledger's database, at its present schema."""
    path = workspace.ledger.path
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=FULL")
        yield db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of the block or nothing of it; durable once it is left."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        faults.step("ledger.commit")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
