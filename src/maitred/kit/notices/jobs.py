"""Notices go when they are old."""

from __future__ import annotations

from datetime import datetime

from maitred.kit.jobs.cleaning import cleaner
from maitred.kit.notices.telling import forget


@cleaner("notices")
def drop_old(now: datetime) -> int:
    """Delete the notices that were kept long enough at an instant."""
    return forget(now)
