"""The small organisation on a Monday morning, people who ask, and a complaint on its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.service_levels.tests import looking
from maitred.kit.verbs import run
from maitred.people.tests.floor import Floor, build

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Ask = Callable[..., Any]
Sign = Callable[[str], Client]
Later = Callable[[timedelta], None]
ASSESSED = {"severity": "medium", "safety": False, "complexity": "low", "impact": "One customer", "immediate": False}
DECIDED = {
    "decision": "upheld", "reasons": "It was charged twice", "redress": "A refund of 20", "alternatives": "none",
    "recourse": "If you are not satisfied, you can turn to the arbitration board.", "text": "We were wrong.",
}  # fmt: skip


@pytest.fixture
def house(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def ask(house: Floor) -> Ask:
    """Runs a verb as somebody: ``ask("privacy", "compliance.due")``."""
    return lambda name, verb, /, **given: run(verb, house.actor(name), given)


@pytest.fixture
def sign(house: Floor) -> Sign:
    return lambda name: looking.signed_in(house, name)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the clock on."""
    return lambda by: monkeypatch.setattr(clock, "now", lambda: NOW + by)


def new(ask: Ask, name: str = "privacy", **changed: Any) -> Any:
    """A complaint just raised."""
    given = {"description": "Charged twice", "product": "Shop", "channel": "email", "remedy": "A refund"}
    return ask(name, "compliance.complaint_new", **{**given, **changed})


def step(ask: Ask, name: str, id_: int, **given: Any) -> Any:
    """The next stage of a complaint, with the version it has now."""
    version = ask("privacy", "compliance.show_complaint", complaint=id_).complaint.version
    return ask("privacy", f"compliance.complaint_{name}", complaint=id_, version=version, **given)


def until(ask: Ask, state: str, **changed: Any) -> Any:
    """A complaint taken up to a state."""
    made = new(ask, **changed)
    found = ask("privacy", "compliance.show_complaint", complaint=made.id)
    for name, given in (("ack", {"text": "We have it", "channel": "email"}), ("assess", ASSESSED),
                        ("investigate", {"facts": "Two charges", "root_cause": "system"}), ("decide", DECIDED),
                        ("close", {"outcome": "accepted", "consent": True})):  # fmt: skip
        if found.complaint.state == state:
            break
        found = step(ask, name, made.id, **given)
    return found
