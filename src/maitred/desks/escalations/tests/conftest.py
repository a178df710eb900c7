"""The small organisation on a Monday morning, with a generated helpdesk, and people who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.escalations import tickets
from maitred.desks.service_levels.tests import looking
from maitred.kit.access.actor import operator
from maitred.kit.reading import published
from maitred.kit.reading.opened import forget
from maitred.kit.verbs import run
from maitred.people.tests.floor import Floor, build

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Ask = Callable[..., Any]
Sign = Callable[[str], Client]
Later = Callable[[timedelta], None]


@pytest.fixture(scope="session")
def escalated_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield looking.workspace(tmp_path_factory.mktemp("escalations"), 600)
    forget()


@pytest.fixture
def home(escalated_home: Path, settings: Any) -> Path:
    settings.MAITRED_HOME = escalated_home
    return escalated_home


@pytest.fixture
def house(db: None, home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def ask(house: Floor) -> Ask:
    """Runs a verb as somebody: ``ask("lead", "escalations.board")``."""
    return lambda name, verb, /, **given: run(
        verb, operator("tests") if name == "operator" else house.actor(name), given
    )


@pytest.fixture
def sign(house: Floor) -> Sign:
    return lambda name: looking.signed_in(house, name)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the clock on."""
    return lambda by: monkeypatch.setattr(clock, "now", lambda: NOW + by)


@pytest.fixture
def numbers(house: Floor) -> list[str]:
    """Tickets that the lead may open, of customers of their own each."""
    return of_different_customers(house, "lead")


def of_different_customers(house: Floor, name: str, most: int = 6) -> list[str]:
    with published(None) as ask:
        found = ask.engine.query(_query()).to_pylist()
    seen: set[str] = set()
    chosen = []
    for row in found:
        key = row["organization_id"] or row["requester_id"]
        if key in seen:
            continue
        try:
            tickets.reached(house.actor(name), "demo", row["external_id"])
        except Exception:  # noqa: BLE001  (out of reach of this reader)
            continue
        seen.add(key)
        chosen.append(row["external_id"])
        if len(chosen) == most:
            break
    return chosen


def _query() -> Any:
    from sqlglot import exp

    return (
        exp.select("external_id", "organization_id", "requester_id").from_("tickets").order_by("external_id").limit(400)
    )


@pytest.fixture
def raised(ask: Ask, numbers: list[str]) -> Any:
    """A case that the lead raised."""
    return escalate(ask, numbers[0])


def escalate(ask: Ask, ticket: str, name: str = "lead", **more: Any) -> Any:
    given = {"title": "Third wrong invoice", "declared_by": "customer", "severity": "high", **more}
    return ask(name, "escalations.raise_case", source="demo", ticket=ticket, **given)


def on_call(ask: Ask, house: Floor, *names: str, team: str = "Care") -> None:
    for place, name in enumerate(names, start=1):
        ask("manager", "escalations.put_on_call", team=house.teams[team].pk, person=house.people[name].pk,
            start="2026-01-01T08:00:00Z", end="2026-02-01T08:00:00Z", place=place)  # fmt: skip


def closed(ask: Ask, case: int, **more: Any) -> Any:
    """Take a case over and close it."""
    mine = ask("lead", "escalations.take_over", case=case, version=ask("lead", "escalations.show_case",
               case=case).case.version)  # fmt: skip
    given = {"cause": "slow", "outcome": "satisfied", "resolution": "They said thank you", **more}
    return ask("lead", "escalations.close_case", case=case, version=mine.case.version, **given)
