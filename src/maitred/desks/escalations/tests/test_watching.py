"""The watch: forgotten customers are raised, alerts keep to their limit, the lot guards complaints, erasing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.base.errors import Conflict, Denied
from maitred.desks.escalations import watching
from maitred.desks.escalations.erasing import erase, erase_customer
from maitred.desks.escalations.models import Alert, Case, Policy
from maitred.desks.escalations.tests.conftest import Ask, escalate
from maitred.insight.calibration import Calibration, NotEnoughData
from maitred.insight.escalation import learning
from maitred.insight.escalation.seeing import Seen
from maitred.insight.evidence.opening import evidence_of_workspace
from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import create, deed
from maitred.kit.reading import published
from maitred.people.models import Person
from maitred.people.tests.floor import Floor

SYSTEM = operator("tests")


@pytest.fixture
def evidence(house: Floor) -> Any:
    with published(None) as ask:
        return evidence_of_workspace(ask.workspace, ask.publication, "demo")


@pytest.fixture
def policy(house: Floor) -> Policy:
    with deed(SYSTEM, "tests"):
        return watching.new_policy(alerts_a_day=2, hold_out=0.2, forgotten_a_day=2, forgotten_hours=1)


def test_forgotten_customers_are_raised_within_the_limit_and_once(ask: Ask, evidence: Any, policy: Policy) -> None:
    with deed(SYSTEM, "tests"):
        first = watching.raise_forgotten(SYSTEM, evidence, policy)
        again = watching.raise_forgotten(SYSTEM, evidence, policy)
    assert len(first) <= 2 and again == []
    for row in Case._base_manager.all():
        assert (row.declared_by, row.severity, row.state) == ("rule", "high", "declared")
    assert Alert._base_manager.filter(rule="forgotten").count() == len(first)


def test_a_thin_history_is_told_and_nothing_is_foreseen(ask: Ask, evidence: Any, policy: Policy) -> None:
    found = watching.learn(evidence)
    assert isinstance(found, NotEnoughData)
    with deed(SYSTEM, "tests"):
        watching.keep(found, policy)
    card = ask("lead", "escalations.risk_card")
    assert (card.verdict, card.n, card.needed, card.table) == ("not_enough_data", 0, 60, ())
    with pytest.raises(Denied):
        ask("agent", "escalations.risk_card")


def _learned(evidence: Any) -> learning.Learned:
    """A model that says the same of everybody, and is shown."""
    seen = Seen(evidence, np.full(len(evidence.tickets), 1 << 62))
    tickets = seen.live(evidence.as_of)
    table = seen.table(tickets, evidence.as_of)
    model = learning.Model("logistic", lambda values: np.full(len(values), 0.5), np.zeros(table.values.shape[1]),
                           table.group)  # fmt: skip
    judged = Calibration((), 1.0, 0.0, 0.1, 0.2, 0.2, 100, 100, 2.0)
    none = learning.looks(evidence, seen.escalated_at, 0)
    return learning.Learned(model, judged, learning.Ahead(none, none.came, none.came, ()), 100)


def test_alerts_keep_to_the_limit_of_a_day_and_are_acted_on(ask: Ask, evidence: Any, policy: Policy) -> None:
    found = _learned(evidence)
    with deed(SYSTEM, "tests"):
        made = watching.foresee(evidence, found, policy)
        assert watching.foresee(evidence, found, policy) == []
    assert 0 < len(made) <= 2
    rows = list(Alert._base_manager.filter(held_out=False))
    told = ask("manager", "escalations.alerts").items
    assert len(told) <= len(rows)
    for one in told:
        taken = ask("manager", "escalations.acknowledge_alert", alert=one.id, version=1)
        off = ask("manager", "escalations.disagree", alert=one.id, version=taken.version)
        with pytest.raises(Conflict):
            ask("manager", "escalations.snooze_alert", alert=one.id, version=off.version, until="2026-01-06T08:00:00Z")
        back = ask("manager", "escalations.bring_back", alert=one.id, version=off.version)
        assert back.state == "new"
    assert ask("manager", "escalations.risk_card").told == len(rows)


def test_a_person_is_erased_and_the_case_stays(ask: Ask, house: Floor, numbers: list[str]) -> None:
    made = escalate(ask, numbers[0]).case
    with deed(SYSTEM, "tests"):
        stand_in = create(Person, name="")
        counts = erase(house.people["lead"].pk, stand_in.pk)
    assert counts["replaced"] >= 2
    row = Case._base_manager.get(pk=made.id)
    assert row.raised_by_id == stand_in.pk
    with deed(SYSTEM, "tests"):
        erase_customer(row.source_id, row.requester_id)
    row.refresh_from_db()
    assert (row.customer, row.title, row.requester_id) == ("", "erased", "")
