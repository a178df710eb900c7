"""What the tests of secrets share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as site
from pytest_django import Settings

from maitred.kit.audit.tests.databases import workspace
from maitred.kit.secrets.keyring import folder_of

KEYS = folder_of(Path(site.MAITRED_HOME))


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A workspace whose deeds are really committed: a file on SQLite, the emptied test database on PostgreSQL."""
    request.getfixturevalue("_django_db_helper")
    with workspace(tmp_path, KEYS) as made:
        settings.MAITRED_HOME = made
        yield made
