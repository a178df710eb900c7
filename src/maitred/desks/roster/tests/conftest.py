"""One generated organisation for the tests of the roster, large enough that loads and comparisons have values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.conftest import NOW
from maitred.kit.reading import opened
from maitred.people.tests.floor import Floor, build

Sign = Callable[[str], Client]


@pytest.fixture(scope="session")
def roster_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield looking.workspace(tmp_path_factory.mktemp("roster"), 5_000, seed=11)
    opened.forget()


@pytest.fixture
def floor(db: None, roster_home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """The organisation on the day on which the log ends; nobody is asked for a second factor."""
    settings.MAITRED_HOME = roster_home
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def empty(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """The organisation before anything was published."""
    from maitred.kit.secrets.keyring import Keyring
    from maitred.sync.workspace import create

    create(tmp_path / "workspace")
    Keyring(tmp_path / "workspace" / "keys").create()
    settings.MAITRED_HOME = tmp_path / "workspace"
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def sign(floor: Floor) -> Sign:
    """Gives the browser of somebody, signed in."""
    return lambda name: looking.signed_in(floor, name)
