"""Work that has begun with the keys or the whole database waits longer for other writers than a page does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def patient(wrapper: BaseDatabaseWrapper, seconds: int = 60) -> Iterator[None]:
    """Wait longer than a request would for others who write: SQLite lets the next one in without any order."""
    if wrapper.vendor != "sqlite":
        yield
        return
    usual = int(wrapper.settings_dict["OPTIONS"].get("timeout", 5))
    with wrapper.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {seconds * 1000}")
    try:
        yield
    finally:
        with wrapper.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual * 1000}")
