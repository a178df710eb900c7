"""The small organisation on a Monday morning, a published course, and people who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.service_levels.tests import looking
from maitred.kit.reading.opened import forget
from maitred.kit.verbs import run
from maitred.people.tests.floor import Floor, build

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Ask = Callable[..., Any]
Sign = Callable[[str], Client]
Later = Callable[[timedelta], None]


@pytest.fixture(scope="session")
def waves_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield looking.workspace(tmp_path_factory.mktemp("waves"), 2_500)
    forget()


@pytest.fixture
def home(waves_home: Path, settings: Any) -> Path:
    settings.MAITRED_HOME = waves_home
    return waves_home


@pytest.fixture
def house(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def ask(house: Floor) -> Ask:
    """Runs a verb as somebody: ``ask("lead", "training.courses")``."""
    return lambda name, verb, /, **given: run(verb, house.actor(name), given)


@pytest.fixture
def sign(house: Floor) -> Sign:
    return lambda name: looking.signed_in(house, name)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the clock on."""
    return lambda by: monkeypatch.setattr(clock, "now", lambda: NOW + by)


@pytest.fixture
def course(ask: Ask) -> Any:
    """A published course with dates."""
    return published(ask, "Refunds")


def published(ask: Ask, title: str, **changed: Any) -> Any:
    given = {"minutes": 40, "skills": ["Refunds"], "opens_on": "2026-01-01", "closes_on": "2026-06-30",
             "text": "## How\n\nAsk **first**."}  # fmt: skip
    made = ask("lead", "training.add_course", title=title, **{**given, **changed})
    return ask("lead", "training.publish_course", course=made.course.id, version=made.edition_version)


def questions(count: int = 2) -> list[dict[str, Any]]:
    choices = [{"key": "a", "text": "Yes", "right": True}, {"key": "b", "text": "No"}]
    return [{"key": f"q{one}", "kind": "single", "text": f"Question {one}?", "choices": choices, "why": "It is so"}
            for one in range(count)]  # fmt: skip


def opened(ask: Ask, course: int, **changed: Any) -> Any:
    """An open quiz of a course."""
    made = ask("lead", "training.add_quiz", course=course, title="Check", **{"questions": questions(), **changed})
    return ask("lead", "training.open_quiz", quiz=made.id, version=made.version)
