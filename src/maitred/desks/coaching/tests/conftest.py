"""The small organisation with a workspace, on the morning on which its log ends; two people in the middle of things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.service_levels.tests import looking
from maitred.kit.audit.deeds import create, deed
from maitred.kit.reading import opened
from maitred.kit.verbs import run
from maitred.people.models import HelpdeskIdentity
from maitred.people.tests.floor import ROOT, Floor, build

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A Monday, a few hours after the generated log ends."""
Ask = Callable[..., Any]
Sign = Callable[[str], Client]


@pytest.fixture(scope="session")
def coaching_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield looking.workspace(tmp_path_factory.mktemp("coaching"), 2_500)
    opened.forget()


@pytest.fixture
def house(db: None, coaching_home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    settings.MAITRED_HOME = coaching_home
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    floor = build()
    with deed(ROOT, "tests.users"):
        for own in range(1006, 1015):
            create(HelpdeskIdentity, person=floor.people["agent"], source_id="demo", external_id=str(own))
    return floor


@pytest.fixture
def ask(house: Floor) -> Ask:
    """Runs a verb as somebody: ``ask("lead", "coaching.people")``."""
    return lambda name, verb, **given: run(verb, house.actor(name), given)


@pytest.fixture
def sign(house: Floor) -> Sign:
    return lambda name: looking.signed_in(house, name)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock on."""
    return lambda by: monkeypatch.setattr(clock, "now", lambda: NOW + by)


def at(days: float = 1.0) -> str:
    """An instant so many days from now, as JSON has it."""
    return clock.iso(NOW + timedelta(days=days))


def goal(house: Floor, **changed: Any) -> dict[str, Any]:
    """A plan with the agent."""
    return {
        "person": house.people["agent"].pk, "goal": "first replies within the hour", "metric": "frt.business_all",
        "smallest_effect": 0.15, "start": "2026-01-06", "follow_up": "2026-03-10", "selected_on": "volume", **changed,
    }  # fmt: skip
