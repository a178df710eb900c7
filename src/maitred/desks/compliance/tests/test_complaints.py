"""The register: each stage is a gate, nobody handles their own line, silence closes nothing, and both dates stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.compliance.models import Case, Complaint
from maitred.desks.compliance.tests.conftest import ASSESSED, DECIDED, Ask, Later, new, step, until
from maitred.kit.audit.deeds import change, create, deed
from maitred.kit.audit.models import AuditRow
from maitred.people.models import GrantHeld
from maitred.people.tests.floor import ROOT, Floor


def test_a_lead_raises_a_complaint_and_is_told_its_reference_alone(ask: Ask, house: Floor) -> None:
    made = new(ask, "lead", tickets=["demo:100", "demo:101", "demo:100"], complainant_name="Ada Byron")
    assert made.reference.startswith("C-") and made.state == "received" and made.next_due_at.day == 7
    with pytest.raises(Denied):
        ask("lead", "compliance.show_complaint", complaint=made.id)
    shown = ask("privacy", "compliance.show_complaint", complaint=made.id)
    assert shown.tickets == ("demo:100", "demo:101") and shown.complainant_name == "Ada Byron"
    assert shown.unreviewed == ("Complaint handling after ISO 10002:2018",)


@pytest.mark.parametrize("name", ["agent", "executive", "admin", "auditor", "partner"])
def test_the_register_is_not_for_everybody(ask: Ask, name: str) -> None:
    with pytest.raises(Denied):
        new(ask, name)
    with pytest.raises(Denied):
        ask(name, "compliance.complaints")


def test_a_manager_reads_their_own_teams_without_who_complains(ask: Ask, house: Floor) -> None:
    care = new(ask, "lead", complainant_name="Ada Byron")
    step(ask, "ack", care.id, text="We have it", channel="email")
    step(ask, "assess", care.id, **ASSESSED, vulnerability="recently bereaved")
    from maitred.kit.verbs.results import plain

    seen = plain(ask("manager", "compliance.show_complaint", complaint=care.id))
    assert not {"complainant_name", "complainant_contact", "vulnerability"} & seen.keys()
    assert "bereaved" not in str(seen) and "Ada" not in str(seen)
    whole = plain(ask("privacy", "compliance.show_complaint", complaint=care.id))
    assert (whole["complainant_name"], whole["vulnerability"]) == ("Ada Byron", "recently bereaved")
    none = new(ask)  # of no team
    with pytest.raises(NotFound):
        ask("manager", "compliance.show_complaint", complaint=none.id)


def test_a_remedy_that_was_not_stated_says_so_and_a_product_is_needed(ask: Ask) -> None:
    made = new(ask, remedy="")
    assert ask("privacy", "compliance.show_complaint", complaint=made.id).remedy == "not stated"
    with pytest.raises(Invalid, match="product"):
        new(ask, product=" ")


def test_every_stage_waits_for_the_one_before_and_says_what_is_missing(ask: Ask) -> None:
    made = new(ask)
    for name, given in (("assess", ASSESSED), ("investigate", {}), ("decide", DECIDED)):
        with pytest.raises(Conflict, match="received"):
            step(ask, name, made.id, **given)
    with pytest.raises(Invalid) as wrong:
        step(ask, "ack", made.id, channel="email")
    assert [one["field"] for one in wrong.value.errors] == ["acknowledged_text"]
    step(ask, "ack", made.id, text="We have it", channel="email")
    with pytest.raises(Invalid) as wrong:
        step(ask, "assess", made.id, severity="high")
    assert {one["field"] for one in wrong.value.errors} == {"safety", "complexity", "impact", "immediate"}
    step(ask, "assess", made.id, **ASSESSED)
    with pytest.raises(Invalid, match="root_cause"):
        step(ask, "investigate", made.id, facts="Two charges")
    step(ask, "investigate", made.id, facts="Two charges", root_cause="system")
    with pytest.raises(Invalid, match="redress"):
        step(ask, "decide", made.id, **{**DECIDED, "redress": ""})
    done = step(ask, "decide", made.id, **DECIDED)
    assert (done.complaint.state, done.next, [one.missing for one in done.stages[:5]]) == ("decided", "close", [()] * 5)
    assert {one.status for one in done.clocks} == {"met"}


def test_a_regulated_complaint_needs_the_wording_of_its_pack(ask: Ask) -> None:
    made = new(ask, regulated=True, jurisdiction="GB")
    assert [one.split("@")[0] for one in made.packs] == ["iso.10002", "uk.fca.disp"]
    with pytest.raises(Invalid) as wrong:
        step(ask, "ack", made.id, text="We have it", channel="email")
    assert "time_limit" in wrong.value.errors[0]["message"]
    step(ask, "ack", made.id, text="We have it and answer within eight weeks.", channel="email")
    step(ask, "assess", made.id, **ASSESSED)
    step(ask, "investigate", made.id, facts="Two charges", root_cause="system")
    with pytest.raises(Invalid) as wrong:
        step(ask, "decide", made.id, **DECIDED)
    assert len(wrong.value.errors) == 3
    text = "You may refer to the Financial Ombudsman Service, www.financial-ombudsman.org.uk; its leaflet is enclosed."
    assert step(ask, "decide", made.id, **{**DECIDED, "text": text}).complaint.state == "decided"


def test_silence_closes_nothing_and_a_rejected_decision_stays_open(ask: Ask) -> None:
    found = until(ask, "decided")
    id_ = found.complaint.id
    with pytest.raises(Invalid, match="saying nothing"):
        step(ask, "close", id_, outcome="silence")
    with pytest.raises(Invalid, match="consent"):
        step(ask, "close", id_, outcome="accepted")
    rejected = step(ask, "reject", id_, reason="They want the full sum")
    assert (rejected.complaint.state, rejected.next) == ("rejected_open", "close")
    closed = step(ask, "close", id_, outcome="exhausted", note="The ombudsman decided")
    assert (closed.complaint.state, closed.ending) == ("closed", "exhausted")
    early = new(ask)
    with pytest.raises(Invalid, match="not decided"):
        step(ask, "close", early.id, outcome="exhausted")
    with pytest.raises(Invalid, match="withdrew"):
        step(ask, "close", early.id, outcome="withdrawn")
    gone = step(ask, "close", early.id, outcome="withdrawn", note="By telephone")
    assert "void" in {one.status for one in gone.clocks}


def test_a_complaint_that_is_opened_again_keeps_its_start_and_its_breach(ask: Ask, later: Later) -> None:
    made = new(ask)
    later(timedelta(days=40))
    step(ask, "ack", made.id, text="We have it", channel="email")
    step(ask, "assess", made.id, **ASSESSED)
    step(ask, "investigate", made.id, facts="Two charges", root_cause="system")
    step(ask, "decide", made.id, **DECIDED)
    closed = step(ask, "close", made.id, outcome="accepted", consent=True)
    assert {one.status for one in closed.clocks} == {"met_late"}
    later(timedelta(days=41))
    again = step(ask, "reopen", made.id, reason="New facts")
    assert (again.complaint.state, again.complaint.overdue) == ("investigated", True)
    (decision,) = [one for one in again.clocks if one.clock == "decision"]
    assert (decision.status, decision.breached, decision.started_at.day) == ("overdue", True, 5)
    assert "reopened" in [one.kind for one in decision.ledger]


def test_safety_is_told_at_once_and_vulnerability_is_kept_apart(ask: Ask, house: Floor) -> None:
    from maitred.kit.notices.models import Notice

    made = new(ask)
    step(ask, "ack", made.id, text="We have it", channel="email")
    shown = step(ask, "assess", made.id, **{**ASSESSED, "safety": True})
    assert shown.escalate and "complaint.safety" in [one.event for one in shown.history]
    texts = Notice._base_manager.filter(account=house.accounts["privacy"].pk).values_list("text", flat=True)
    assert any("Safety" in one for one in texts)


class TestObjectivity:
    """Nobody handles a complaint about themselves or their direct line."""

    @pytest.fixture
    def all_privacy(self, house: Floor) -> Floor:
        with deed(ROOT, "tests.grants"):
            for name in ("manager", "lead", "lead2", "agent", "mate", "other"):
                create(GrantHeld, account=house.accounts[name], grant="privacy", reason="for tests")
        return house

    def test_the_matrix_of_handler_subject_and_line_allows_no_self_handling(self, ask: Ask, all_privacy: Floor) -> None:
        lines = {"agent": {"agent", "lead"}, "mate": {"mate", "lead"}, "lead": {"lead", "manager", "agent", "mate"},
                 "other": {"other", "lead2"}, "manager": {"manager", "lead", "lead2", "privacy"}}  # fmt: skip
        refused: dict[str, set[str]] = {name: set() for name in lines}
        for subject in lines:
            made = new(ask, "privacy" if subject != "manager" else "mate", subject=all_privacy.people[subject].pk)
            for handler in ("manager", "lead", "lead2", "agent", "mate", "other", "privacy"):
                version = Complaint._base_manager.get(pk=made.id).version
                try:
                    ask(handler, "compliance.complaint_note", complaint=made.id, version=version, line="x")
                except (Denied, NotFound):
                    refused[subject].add(handler)
        assert refused == lines

    def test_neither_owner_nor_investigator_may_be_in_conflict(self, ask: Ask, all_privacy: Floor) -> None:
        people = all_privacy.people
        made = new(ask, subject=people["agent"].pk)
        for name in ("agent", "lead"):
            with pytest.raises(Denied):
                step(ask, "own", made.id, owner=people[name].pk)
        assert step(ask, "own", made.id, owner=people["other"].pk).complaint.owner == "Other"
        with pytest.raises(Invalid):
            step(ask, "own", made.id, owner=people["executive"].pk)
        step(ask, "ack", made.id, text="We have it", channel="email")
        step(ask, "assess", made.id, **ASSESSED)
        with pytest.raises(Denied):
            step(ask, "investigate", made.id, facts="x", root_cause="people", investigator=people["lead"].pk)

    def test_whom_it_is_about_does_not_even_see_it(self, ask: Ask, all_privacy: Floor) -> None:
        made = new(ask, subject=all_privacy.people["other"].pk, complainant_name="Ada Byron")
        with pytest.raises(NotFound):
            ask("other", "compliance.show_complaint", complaint=made.id)
        assert made.id not in [one.id for one in ask("other", "compliance.complaints").items]
        lead = ask("lead2", "compliance.show_complaint", complaint=made.id)
        assert lead.in_conflict and not lead.handles and str(lead.complainant_name) == "ABSENT"


def test_merging_takes_the_earliest_receipt_and_splitting_inherits_it(ask: Ask, later: Later) -> None:
    first = new(ask, letter_on="2026-01-02", tickets=["demo:1"])
    later(timedelta(days=1))
    second = new(ask, tickets=["demo:2"])
    version = Complaint._base_manager.get(pk=first.id).version
    whole = ask("privacy", "compliance.complaint_merge", complaint=first.id, version=version, into=second.id,
                reason="The same matter")  # fmt: skip
    assert whole.tickets == ("demo:2", "demo:1")
    assert {one.started_at.day for one in whole.clocks} == {2} and whole.moved
    part = ask("privacy", "compliance.complaint_split", complaint=second.id, version=whole.complaint.version,
               description="No reply", product="Shop")  # fmt: skip
    assert part.received_at == Case._base_manager.get(complaint=second.id).received_at


def test_complaining_costs_nothing_by_constraint(ask: Ask) -> None:
    from django.db import IntegrityError, transaction

    row = Complaint._base_manager.get(pk=new(ask).id)
    with pytest.raises(IntegrityError), transaction.atomic(), deed(ROOT, "tests.fee"):
        change(row, None, fee=5)


def test_no_word_of_a_complaint_stands_in_the_audit_log(ask: Ask) -> None:
    made = new(ask, description="zanzibar secret", complainant_name="Ada Byron")
    step(ask, "note", made.id, line="zanzibar line")
    text = "\n".join(str(one) for one in AuditRow._base_manager.values_list("diff", flat=True))
    assert "zanzibar" not in text and "Ada" not in text and made.reference in text


def test_a_stale_version_is_refused(ask: Ask) -> None:
    made = new(ask)
    step(ask, "note", made.id, line="one")
    with pytest.raises(Conflict):
        ask("privacy", "compliance.complaint_note", complaint=made.id, version=1, line="two")


def test_dates_that_cannot_be_are_refused(ask: Ask) -> None:
    for given in ({"received_at": "2027-01-01T00:00:00Z"}, {"letter_on": "2026-02-01"}, {"subject": 10**9}):
        with pytest.raises(Invalid):
            new(ask, **given)
