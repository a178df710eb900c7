"""The small organisation on a Monday morning, planted conversations that the worker has read, and people who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.conversations.reading import working
from maitred.desks.conversations.tests.world import planted
from maitred.desks.service_levels.tests import looking
from maitred.kit.reading.opened import forget
from maitred.kit.verbs import run
from maitred.metrics.refresh import open_workspace
from maitred.people.tests.floor import Floor, build

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Ask = Callable[..., Any]
Sign = Callable[[str], Client]


@pytest.fixture(scope="session")
def talks_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = looking.workspace(tmp_path_factory.mktemp("talks"), 400, change=planted)
    read(made)
    yield made
    forget()


def read(home: Path) -> working.Done:
    """What the worker does, by this process alone."""
    with closing(open_workspace(home)) as workspace:
        publication = workspace.publication()
        assert publication is not None
        done = working.refresh(workspace, publication, ZoneInfo("America/New_York"), processes=1)
    assert done is not None
    return done


@pytest.fixture
def home(talks_home: Path, settings: Any) -> Path:
    settings.MAITRED_HOME = talks_home
    return talks_home


@pytest.fixture
def house(db: None, home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def ask(house: Floor) -> Ask:
    """Runs a verb as somebody: ``ask("lead", "conversations.watch")``."""
    return lambda name, verb, /, **given: run(verb, house.actor(name), given)


@pytest.fixture
def sign(house: Floor) -> Sign:
    return lambda name: looking.signed_in(house, name)
