"""The small organisation on a Monday morning with two people who hire, and people who stand for a post."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.hiring.models import Profile, ProfileImport
from maitred.desks.hiring.pipeline.naming import Named
from maitred.desks.hiring.profiles import sealing
from maitred.desks.service_levels.tests import looking
from maitred.kit.audit.deeds import create, deed
from maitred.kit.verbs import run
from maitred.people.models import GrantHeld
from maitred.people.tests.floor import ROOT, Floor, build

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Ask = Callable[..., Any]
Sign = Callable[[str], Client]
Later = Callable[[timedelta], None]
PEOPLE = {
    7001: Named("Ada Quill", "ada@people.example", "job board export", "applicant"),
    7002: Named("Ben Okafor", "ben@people.example", "former colleagues", "talent_pool"),
    7003: Named("Cleo <b>Ruiz</b>", "cleo@people.example", "referral", "referral"),
    7004: Named("Dov Levi", "dov@people.example", "careers page", "applicant"),
}


@pytest.fixture
def house(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """The organisation; ``manager`` and ``lead2`` hold the grant."""
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    floor = build()
    with deed(ROOT, "tests.hiring"):
        for name in ("manager", "lead2"):
            create(GrantHeld, account=floor.accounts[name], grant="hiring", reason="hires for the team")
    return floor


@pytest.fixture
def people(house: Floor, settings: Any) -> None:
    """Names and contacts in the vault, as an import puts them there."""
    with deed(ROOT, "tests.vault"):
        batch = create(ProfileImport, source="tests", basis="applicant", settled=True)
        for key, one in PEOPLE.items():
            day = NOW.date()
            create(
                Profile, key=key, source=one.source, external_id=str(key), basis="applicant", document="x",
                contact=sealing.sealed_contact(key, sealing.Contact(one.name, one.email)), digest="x", batch=batch,
                as_of=day, added_on=day, last_step_on=day, hide_after=day + timedelta(days=90),
                erase_after=day + timedelta(days=180),
            )  # fmt: skip


@pytest.fixture
def ask(house: Floor) -> Ask:
    """Runs a verb as somebody: ``ask("manager", "hiring.needs")``."""
    return lambda name, verb, /, **given: run(verb, house.actor(name), given)


@pytest.fixture
def sign(house: Floor) -> Sign:
    return lambda name: looking.signed_in(house, name)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the clock on."""
    return lambda by: monkeypatch.setattr(clock, "now", lambda: NOW + by)


def needed(ask: Ask, **changed: Any) -> Any:
    """A need for two people that a forecast shows."""
    given = {
        "title": "Mornings in Billing", "headcount": 2, "by": "2026-09-01", "reason": "gap", "forecast": "run-41",
        "gap": 46.0, "gap_low": 31.0, "gap_high": 60.0, "gap_unit": "hours",
        "alternatives": [{"kind": "overtime", "weighed": "covers six hours a week until spring"}],
    }  # fmt: skip
    return ask("manager", "hiring.open_need", **{**given, **changed})


def asked_for(ask: Ask, need: int | None = None, **changed: Any) -> Any:
    """A requisition that waits."""
    given = {
        "need": need or needed(ask).id, "title": "Support manager", "role": "support.manager", "headcount": 1,
        "pay_min": 60_000, "pay_max": 82_000, "currency": "USD", "site": "Austin, TX",
        "screening": [{"key": "nights", "text": "Which evenings could you work?"}],
    }  # fmt: skip
    return ask("manager", "hiring.open_requisition", **{**given, **changed})


def approved(ask: Ask, **changed: Any) -> Any:
    """A requisition that somebody else approved."""
    made = asked_for(ask, **changed)
    return ask("lead2", "hiring.approve_requisition", requisition=made.id, version=made.version)


def picked(ask: Ask, requisition: int, profile: int = 7001, **changed: Any) -> Any:
    """Somebody on the shortlist."""
    given = {"basis": "applicant", "reason": "evidence", "words": "led a team of ten for four years"}
    return ask("manager", "hiring.pick", requisition=requisition, profile=profile, **{**given, **changed})
