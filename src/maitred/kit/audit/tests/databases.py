"""A workspace with a database in a file, for tests that attack it, kill its writers, or write from several threads.

On PostgreSQL the test database itself stands in: every connection sees the same rows there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, connections

from maitred.site.workspace import DATABASE_FILE

COMMITS = pytest.mark.django_db(transaction=connection.vendor != "sqlite")
"""Marks a test that uses ``workspace``: its deeds are committed, in the file or in a database emptied after it."""


@contextmanager
def workspace(folder: Path, keys: Path) -> Iterator[Path]:
    """A workspace folder with a copy of some keys; on SQLite the connections of this process lead into its database."""
    home = folder / "home"
    home.mkdir()
    shutil.copytree(keys, home / "keys")
    if connection.vendor == "postgresql":
        yield home
        return
    with _filed(home / DATABASE_FILE):
        yield home


@contextmanager
def _filed(path: Path) -> Iterator[None]:
    """Every new connection goes to a file with the tables, indexes and triggers of the test database."""
    _copy_form(path)
    before = connections["default"]
    named, at = connections.settings["default"], {"NAME": str(path), "OPTIONS": _options()}
    kept = {name: named[name] for name in at}
    named.update(at)
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        named.update(kept)
        connections["default"] = before


def _copy_form(path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%%' ORDER BY rowid"
        )
        made = [text for (text,) in cursor.fetchall()]
    beside = sqlite3.connect(path)
    beside.executescript("PRAGMA journal_mode=WAL; BEGIN; " + ";\n".join(made) + "; COMMIT;")
    beside.close()


def _options() -> dict[str, object]:
    """As the product opens its database, without waiting for the disk: these tests do not cut the power."""
    from maitred.site import workspace as site

    options: dict[str, object] = site.database(Path("/nonexistent"))["OPTIONS"]
    return {**options, "init_command": f"{options['init_command']} PRAGMA synchronous=OFF;"}


def environment(home: Path) -> dict[str, str]:
    """What a process of its own needs to work in such a workspace."""
    own = {**os.environ, "MAITRED_HOME": str(home), "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
    own.pop("MAITRED_KEYS", None)
    if connection.vendor == "postgresql":
        at = connection.settings_dict
        own["MAITRED_DATABASE"] = f"postgresql://{at['USER']}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"
    return own
