"""Kept answers go when their day is over."""

from __future__ import annotations

from datetime import datetime

from maitred.kit.jobs.cleaning import cleaner
from maitred.kit.replies.once import purge


@cleaner("replies")
def drop_expired(now: datetime) -> int:
    """Delete the answers whose day was over at an instant."""
    return purge(now)
