"""What is decided about a finding: by whom, what it folds, which task it makes, and what feedback does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.today.board import decided
from maitred.desks.today.models import Feedback, Finding
from maitred.desks.today.tests.conftest import NOW
from maitred.desks.today.tests.looked import AGENT, BILLING, TECHNICAL, finding, keep
from maitred.kit.audit.models import AuditRow
from maitred.kit.commitments.models import Commitment
from maitred.kit.verbs import run
from maitred.people.tests.floor import Floor

DUE = "2026-01-12T16:00:00Z"


@pytest.fixture
def looked(floor: Floor) -> Floor:
    keep(finding("f_billing", BILLING, 1), finding("f_technical", TECHNICAL, 2),
         finding("f_agent", AGENT, 3, family="agent_quality"))  # fmt: skip
    return floor


def folded(floor: Floor, name: str = "manager") -> dict[str, str]:
    return {one.id: one.why for one in run("today.list", floor.actor(name), {}).folded}


@pytest.mark.parametrize(("verb", "why"), [("acknowledge", "acknowledged"), ("snooze", "snoozed"), ("done", "done")])
def test_what_a_lead_decides_folds_it_for_everybody(looked: Floor, verb: str, why: str) -> None:
    run(f"today.{verb}", looked.actor("lead"), {"finding": "f_billing", "version": 1})
    assert folded(looked) == {"f_billing": why}
    row = AuditRow._base_manager.get(verb=f"today.{verb}")
    assert (row.object_type, row.object_id) == ("finding", "f_billing")


def test_the_list_of_a_look_carries_what_was_decided(looked: Floor) -> None:
    run("today.done", looked.actor("lead"), {"finding": "f_billing", "version": 1})
    told = decided([finding("f_billing", BILLING, 1), finding("f_technical", TECHNICAL, 2)], NOW)
    assert [(one["id"], one["rank"], one["shown"], one.get("folded")) for one in told] == [
        ("f_technical", 1, True, None), ("f_billing", 2, False, "done"),
    ]  # fmt: skip


def test_a_snooze_ends_at_its_time(looked: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    until = clock.iso(NOW + timedelta(days=1))
    run("today.snooze", looked.actor("lead"), {"finding": "f_billing", "version": 1, "until": until})
    assert folded(looked) == {"f_billing": "snoozed"}
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=1, minutes=1))
    assert folded(looked) == {}


def test_a_date_that_has_passed_is_refused(looked: Floor) -> None:
    lead = looked.actor("lead")
    for verb, field in (("snooze", "until"), ("assign", "due")):
        given = {"finding": "f_billing", "version": 1, field: "2020-01-01T00:00:00Z"}
        with pytest.raises(Invalid):
            run(f"today.{verb}", lead, given)


def test_taking_back_opens_it_again(looked: Floor) -> None:
    lead = looked.actor("lead")
    run("today.done", lead, {"finding": "f_billing", "version": 1})
    run("today.take_back", lead, {"finding": "f_billing", "version": 2})
    assert folded(looked) == {}


def test_a_stale_version_is_refused(looked: Floor) -> None:
    run("today.acknowledge", looked.actor("lead"), {"finding": "f_billing", "version": 1})
    with pytest.raises(Conflict):
        run("today.done", looked.actor("manager"), {"finding": "f_billing", "version": 1})


def test_a_lead_of_another_branch_cannot_decide(looked: Floor) -> None:
    with pytest.raises(NotFound):
        run("today.acknowledge", looked.actor("lead2"), {"finding": "f_billing", "version": 1})


def test_nobody_decides_about_a_finding_about_themselves(looked: Floor) -> None:
    with pytest.raises(Denied, match="about themselves"):
        run("today.acknowledge", looked.actor("agent"), {"finding": "f_agent", "version": 1})


@pytest.mark.parametrize("name", ["executive", "auditor"])
def test_who_does_not_lead_does_not_decide(looked: Floor, name: str) -> None:
    with pytest.raises((Denied, NotFound)):
        run("today.acknowledge", looked.actor(name), {"finding": "f_billing", "version": 1})


def test_assigning_puts_it_on_the_list_of_its_owner(looked: Floor) -> None:
    mate = looked.people["mate"].pk
    given = {"finding": "f_billing", "due": DUE, "person": mate, "version": 1}
    shown = run("today.assign", looked.actor("lead"), given)
    assert (shown.state, shown.assignee) == ("assigned", mate)
    (line,) = run("people.own_list", looked.actor("mate"), {}).lines
    assert line.what.startswith("First reply in Billing")
    assert folded(looked) == {"f_billing": "assigned"}
    assert Commitment._base_manager.get().ticket_id == "1"


def test_nobody_is_given_a_finding_about_themselves_nor_work_of_another_branch(looked: Floor) -> None:
    lead = looked.actor("lead")
    with pytest.raises(Denied):
        run("today.assign", lead, {"finding": "f_agent", "due": DUE, "person": looked.people["agent"].pk, "version": 1})
    other = looked.people["other"].pk
    with pytest.raises(NotFound):
        run("today.assign", lead, {"finding": "f_billing", "due": DUE, "person": other, "version": 1})


def test_an_action_is_looked_at_first_and_then_becomes_a_task(looked: Floor) -> None:
    lead = looked.actor("lead")
    asked = {"finding": "f_billing", "action": "change_roster"}
    seen = run("today.act_preview", lead, asked)
    assert (seen.what[:16], seen.commitment, seen.changes_the_helpdesk) == ("Move two people:", None, False)
    assert not Commitment._base_manager.exists()
    done = run("today.act", lead, {**asked, "due": DUE, "version": 1})
    assert Commitment._base_manager.get(pk=done.commitment).what == seen.what
    assert folded(looked) == {"f_billing": "assigned"}


def test_an_action_that_is_not_offered_is_refused(looked: Floor) -> None:
    with pytest.raises(Invalid, match="does not offer"):
        run("today.act_preview", looked.actor("lead"), {"finding": "f_billing", "action": "roll_back_bot"})


@pytest.mark.parametrize("reason", ["not_true", "known", "too_small"])
def test_what_was_not_useful_is_folded_with_its_reason(looked: Floor, reason: str) -> None:
    given = {"finding": "f_billing", "useful": False, "reason": reason, "version": 1}
    run("today.feedback", looked.actor("lead"), given)
    assert folded(looked) == {"f_billing": reason}


def test_what_is_not_mine_stays_for_the_others(looked: Floor) -> None:
    given = {"finding": "f_billing", "useful": False, "reason": "not_mine", "version": 1}
    run("today.feedback", looked.actor("lead"), given)
    assert folded(looked) == {}


def test_whom_it_is_about_may_say_that_it_is_not_true_and_folds_nothing(looked: Floor) -> None:
    given = {"finding": "f_agent", "useful": False, "reason": "not_true", "version": 1}
    run("today.feedback", looked.actor("agent"), given)
    assert folded(looked) == {}
    assert Feedback._base_manager.get().reason == "not_true"


def test_saying_it_again_replaces_what_was_said(looked: Floor) -> None:
    lead = looked.actor("lead")
    run("today.feedback", lead, {"finding": "f_billing", "useful": True, "version": 1})
    run("today.feedback", lead, {"finding": "f_billing", "useful": False, "reason": "known", "version": 1})
    assert [(one.useful, one.reason) for one in Feedback._base_manager.all()] == [(False, "known")]
    (one,) = [one for one in run("today.detectors", lead, {}).detectors if one.n]
    assert (one.right, one.n) == (1, 1)


@pytest.mark.parametrize("given", [{"useful": True, "reason": "known"}, {"useful": False}])
def test_a_reason_goes_with_what_was_not_useful(looked: Floor, given: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        run("today.feedback", looked.actor("lead"), {"finding": "f_billing", "version": 1, **given})


def test_earlier_findings_about_the_same_subject_are_similar_cases(looked: Floor) -> None:
    keep(finding("f_again", BILLING, since="2026-01-02"), publication=2, as_of="2026-01-20T06:00:00Z")
    found = run("today.alike", looked.actor("lead"), {"finding": "f_again"}).findings
    assert [one.id for one in found] == ["f_billing"]
    assert Finding._base_manager.get(pk="f_again").first_seen > Finding._base_manager.get(pk="f_billing").first_seen
