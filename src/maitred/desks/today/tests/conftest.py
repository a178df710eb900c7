"""The small organisation, on the morning of a look."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from maitred.base import clock
from maitred.people.tests.floor import Floor, build

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A Monday."""


@pytest.fixture
def floor(db: None, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """Teams, people and accounts, three hours after the look."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()
