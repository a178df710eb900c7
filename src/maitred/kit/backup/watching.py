"""A backup never older than a minute: ``maitred backup FILE --watch`` writes a new one whenever something changed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections

from maitred.kit.audit import heads
from maitred.kit.backup.backing import Report, backup
from maitred.kit.backup.copying import Tell, silent
from maitred.kit.backup.staging import LEDGER
from maitred.kit.secrets.waiting import patient

EVERY_SECONDS = 20.0
"""Between two looks. What a backup itself takes comes on top; one that takes longer than 40 s misses the minute."""


def watch(
    home: Path,
    target: Path,
    stop: threading.Event,
    done: Callable[[Report], None],
    tell: Tell = silent,
    *,
    every: float = EVERY_SECONDS,
    secret: str | None = None,
) -> None:
    """Back up now, and again whenever something changed, until told to stop.

    Parameters
    ----------
    done
        Called with the report of each backup.
    every
        Seconds between two looks.
    """
    before: tuple[int, int] | None = None
    with closing(sqlite3.connect(home / LEDGER, isolation_level=None)) as ledger:
        while True:
            if _seen(ledger) != before:
                with patient(connections[DEFAULT_DB_ALIAS]):
                    heads.sign_head()  # before the look: a head is a change of its own
                before = _seen(ledger)
                done(backup(home, target, tell, secret=secret))
            if stop.wait(every):
                return


def _seen(ledger: sqlite3.Connection) -> tuple[int, int]:
    """Two numbers that differ from the last ones whenever somebody else has written to one of the databases."""
    source = connections[DEFAULT_DB_ALIAS]
    snapshot = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
    asked = "PRAGMA data_version" if source.vendor == "sqlite" else snapshot
    with source.cursor() as cursor:
        cursor.execute(asked)
        operations = int(cursor.fetchone()[0])
    return operations, int(ledger.execute("PRAGMA data_version").fetchone()[0])
