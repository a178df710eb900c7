"""A generated organisation, its tickets published, and somebody in each chair."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maitred.base import clock
from maitred.desks.quality.tests.reviewing import Desk
from maitred.floor.log import write_log
from maitred.kit.reading import opened
from maitred.kit.secrets.keyring import Keyring
from maitred.metrics.pipeline import import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.people.tests.floor import Floor, build
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import create

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A few hours after the generated log ends."""


@pytest.fixture(scope="session")
def quality_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("quality")
    write_log(folder / "log", 300, seed=3)
    home = folder / "workspace"
    create(home)
    found = open_workspace(home)
    import_and_publish(found, KINDS["fivetran-zendesk"](), folder / "log", name="demo")
    found.close()
    Keyring(home / "keys").create()
    yield home
    opened.forget()


@pytest.fixture
def quality_floor(db: None, quality_home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """Teams, people and accounts on the day on which the log ends; nobody is asked for a second factor."""
    settings.MAITRED_HOME = quality_home
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def desk(quality_floor: Floor) -> Desk:
    """The desk with a published scorecard."""
    made = Desk(quality_floor)
    made.publish()
    return made
