"""A small published log, and the organisation that works on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maitred.kit.marks.tests.publishing import publish
from maitred.people.tests.floor import Floor, build


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a few generated tickets."""
    home = tmp_path_factory.mktemp("marks") / "workspace"
    publish(tmp_path_factory.mktemp("log"), home, 80)
    return home


@pytest.fixture
def floor(db: None, published: Path, settings: Any) -> Floor:
    settings.MAITRED_HOME = published
    return build()
