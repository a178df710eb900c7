"""Promises, decisions and interventions: one round of each, what they refuse, and who sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.canon.interventions import SCHEMA
from maitred.kit.audit.models import AuditRow
from maitred.kit.interventions.facts import facts
from maitred.kit.verbs import run
from maitred.people.tests.floor import Floor, build

pytestmark = pytest.mark.django_db
SOON = (clock.now() + timedelta(days=3)).isoformat()
LATER = (clock.now() + timedelta(days=5)).isoformat()
PROMISE = {"to_kind": "customer", "to_whom": "Northwind", "what": "send the corrected invoice", "due": SOON}
COURSE = {
    "kind": "course", "what": "refunds, part two", "units": ["team:3"], "start": "2026-01-05T08:00:00Z",
    "selected_on": "volume", "metric": "frt.business_all", "direction": "down", "smallest_effect": 300,
}  # fmt: skip


@pytest.fixture
def floor() -> Floor:
    return build()


def test_a_promise_is_renegotiated_kept_and_reopened(floor: Floor) -> None:
    agent = floor.actor("agent")
    made = run("commitments.promise", agent, PROMISE)
    assert (made.state, made.late, made.team) == ("open", False, floor.teams["Billing"].pk)
    moved = run("commitments.renegotiate", agent, {"commitment": made.id, "due": LATER, "version": 1})
    assert len(moved.earlier) == 1
    kept = run("commitments.keep", agent, {"commitment": made.id, "proof": "invoice 8812", "version": 2})
    assert (kept.state, kept.proof) == ("kept", "invoice 8812")
    with pytest.raises(Conflict, match="kept already"):
        run("commitments.break_promise", agent, {"commitment": made.id, "proof": "no", "version": 3})
    assert run("commitments.reopen", agent, {"commitment": made.id, "version": 3}).state == "open"


def test_a_promise_is_seen_by_its_owner_and_those_above_only(floor: Floor) -> None:
    made = run("commitments.promise", floor.actor("agent"), PROMISE)
    for name in ("agent", "lead", "manager"):
        assert [one.id for one in run("commitments.list_commitments", floor.actor(name), {}).items] == [made.id]
    for name in ("mate", "lead2"):
        assert run("commitments.list_commitments", floor.actor(name), {}).items == ()
        with pytest.raises(NotFound):
            run("commitments.keep", floor.actor(name), {"commitment": made.id, "proof": "x", "version": 1})
    with pytest.raises(Denied):
        run("commitments.list_commitments", floor.actor("executive"), {})


def test_nobody_promises_for_somebody_out_of_reach(floor: Floor) -> None:
    for_other = {**PROMISE, "person": floor.people["other"].pk}
    assert run("commitments.promise", floor.actor("lead2"), for_other).person == floor.people["other"].pk
    with pytest.raises(NotFound):
        run("commitments.promise", floor.actor("lead"), for_other)
    with pytest.raises(Invalid, match="has not passed"):
        run("commitments.promise", floor.actor("agent"), {**PROMISE, "due": "2020-01-01T00:00:00Z"})


def test_the_words_of_a_promise_are_sealed_in_the_audit_log(floor: Floor) -> None:
    run("commitments.promise", floor.actor("agent"), PROMISE)
    last = AuditRow._base_manager.order_by("-seq").values_list("diff", flat=True)[0]
    assert "Northwind" not in last
    assert "invoice" not in last


def test_a_decision_is_judged_once_and_the_verdict_can_be_taken_back(floor: Floor) -> None:
    lead = floor.actor("lead")
    words = {"question": "Staff or route?", "chosen": "staff", "metrics": ["frt"], "review_on": "2100-01-01"}
    made = run("decisions.record_decision", lead, words)
    assert made.metrics == ("frt.business_all#1",)
    judged = run("decisions.judge", lead, {"decision": made.id, "verdict": "cannot_tell", "note": "n 7", "version": 1})
    assert judged.verdict == "cannot_tell"
    with pytest.raises(Conflict, match="judged already"):
        run("decisions.judge", lead, {"decision": made.id, "verdict": "improved", "note": "n 7", "version": 2})
    assert run("decisions.take_back_verdict", lead, {"decision": made.id, "version": 2}).verdict == ""
    with pytest.raises(NotFound):
        run("decisions.show_decision", floor.actor("lead2"), {"decision": made.id})


def test_an_intervention_becomes_a_fact_with_its_expectation(floor: Floor) -> None:
    lead = floor.actor("lead")
    made = run("interventions.register", lead, COURSE)
    run("interventions.end", lead, {"intervention": made.id, "end": "2026-02-05T08:00:00Z", "version": 1})
    table = facts()
    assert table.schema == SCHEMA
    row = table.to_pylist()[0]
    assert (row["kind"], row["expected_metric"], row["smallest_effect"]) == ("course", "frt.business_all#1", 300.0)
    assert row["end"].isoformat() == "2026-02-05T08:00:00+00:00"


def test_half_an_expectation_and_an_unnamed_worst_period_are_refused(floor: Floor) -> None:
    lead = floor.actor("lead")
    with pytest.raises(Invalid, match="an expectation is"):
        run("interventions.register", lead, {**COURSE, "direction": ""})
    with pytest.raises(Invalid, match="say of which period"):
        run("interventions.register", lead, {**COURSE, "selected_on": "worst_of"})


def test_the_own_list_has_a_line_for_each_kind_the_next_due_first(floor: Floor) -> None:
    lead = floor.actor("lead")
    run("interventions.register", lead, COURSE)
    run("commitments.promise", lead, {**PROMISE, "due": LATER})
    run("commitments.promise", lead, PROMISE)
    run("decisions.record_decision", lead, {"question": "q", "chosen": "c", "review_on": "2100-01-01"})
    lines = run("people.own_list", lead, {}).lines
    assert [line.kind for line in lines] == ["commitment", "commitment", "intervention"]
    assert lines[0].due is not None
    assert lines[1].due is not None
    assert lines[0].due < lines[1].due
