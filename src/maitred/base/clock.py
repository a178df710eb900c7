"""The only source of the present moment; everything else takes instants as arguments."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def iso(instant: datetime) -> str:
    """An instant as ``YYYY-MM-DDTHH:MM:SSZ`` (whole seconds, cut off)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
