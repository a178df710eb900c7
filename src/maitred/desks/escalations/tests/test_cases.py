"""Cases by their verbs: raised, asked on, taken over, promised, handed over, closed with a cause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.escalations import watching
from maitred.desks.escalations.models import Alert, Case, CaseNote
from maitred.desks.escalations.tests.conftest import NOW, Ask, Later, closed, escalate, on_call
from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import change, deed
from maitred.kit.commitments.models import Commitment
from maitred.kit.notices.models import Notice
from maitred.people.tests.floor import Floor

SYSTEM = operator("tests")


def test_whoever_is_on_call_is_asked_and_has_a_deadline(ask: Ask, house: Floor, numbers: list[str]) -> None:
    on_call(ask, house, "mate", "agent")
    made = escalate(ask, numbers[0]).case
    assert made.owner is not None and made.owner.name == "Mate"
    assert (made.state, made.left_s, made.kind, made.declared_by) == ("declared", 3600, "internal", "customer")
    assert made.customer
    told = Notice._base_manager.filter(account=house.accounts["mate"])
    assert [one.url for one in told][-1] == f"/escalations/{made.id}/"


def test_whoever_is_away_is_passed_over_and_without_a_rota_the_lead_is_asked(
    ask: Ask, house: Floor, numbers: list[str]
) -> None:
    assert escalate(ask, numbers[0], "manager").case.owner.name == "Lead"
    on_call(ask, house, "mate", "agent")
    leave = {"person": house.people["mate"].pk, "first": "2026-01-05", "last": "2026-01-06"}
    ask("lead", "roster.add_leave", **leave)
    made = escalate(ask, numbers[1]).case
    assert made.owner.name == "Agent"
    rota = ask("agent", "escalations.rota")
    assert [(one.person.name, one.away) for one in rota.shifts] == [("Mate", True), ("Agent", False)]


def test_silence_asks_the_next_one_and_says_so(ask: Ask, house: Floor, numbers: list[str], later: Later) -> None:
    on_call(ask, house, "mate", "agent")
    made = escalate(ask, numbers[0]).case
    later(timedelta(hours=2))
    with deed(SYSTEM, "tests"):
        assert watching.pass_on(NOW + timedelta(hours=2)) == 1
        assert watching.pass_on(NOW + timedelta(hours=2)) == 0
    seen = ask("lead", "escalations.show_case", case=made.id)
    assert seen.case.owner.name == "Agent" and seen.case.left_s == 3600
    assert "nobody said in time" in ask("lead", "escalations.timeline", case=made.id).entries[-1].text
    mine = ask("agent", "escalations.take_over", case=made.id, version=seen.case.version)
    assert (mine.case.state, mine.case.left_s) == ("active", None)
    with deed(SYSTEM, "tests"):
        assert watching.pass_on(NOW + timedelta(days=9)) == 0


def test_an_owner_on_leave_is_stood_in_for(ask: Ask, house: Floor, numbers: list[str]) -> None:
    on_call(ask, house, "agent")
    made = escalate(ask, numbers[0]).case
    mine = ask("agent", "escalations.take_over", case=made.id, version=made.version)
    ask("lead", "escalations.name_deputy", case=made.id, version=mine.case.version, person=house.people["mate"].pk)
    ask("lead", "roster.add_leave", person=house.people["agent"].pk, first="2026-01-05", last="2026-01-09")
    assert ask("lead", "escalations.show_case", case=made.id).away
    with deed(SYSTEM, "tests"):
        assert watching.pass_on(NOW) == 1
    seen = ask("mate", "escalations.show_case", case=made.id)
    assert (seen.case.owner.name, seen.deputy.name, seen.away) == ("Mate", "Agent", False)


def test_one_customer_with_many_tickets_is_one_case(ask: Ask, raised: Any, numbers: list[str]) -> None:
    again = escalate(ask, numbers[0], severity="critical", what="They called")
    assert again.joined and again.case.id == raised.case.id and again.case.severity == "critical"
    case = Case._base_manager.get()
    with deed(SYSTEM, "tests"):
        from maitred.desks.escalations import tickets

        found = tickets.reached(SYSTEM, "demo", numbers[1])
        change(case, None, account_id=found.account, requester_id=found.requester)
    joined = escalate(ask, numbers[1])
    assert joined.joined and joined.case.tickets == 2
    assert [one.ticket for one in ask("lead", "escalations.show_case", case=raised.case.id).tickets] == numbers[:2]
    assert len(ask("lead", "escalations.of_ticket", source="demo", ticket=numbers[1]).cases) == 1


def test_a_promise_is_for_a_later_time_and_has_to_end_before_the_case_does(
    ask: Ask, house: Floor, raised: Any, later: Later
) -> None:
    case = raised.case.id
    with pytest.raises(Invalid):
        ask("lead", "escalations.promise", case=case, what="call back", due="2026-01-05T08:00:00Z")
    mine = ask("lead", "escalations.take_over", case=case, version=raised.case.version)
    seen = ask("lead", "escalations.promise", case=case, what="call back", due="2026-01-06T09:00:00Z")
    (promise,) = seen.promises
    assert (promise.state, promise.person.name, seen.case.next_promise.day) == ("open", "Lead", 6)
    made = Commitment._base_manager.get(pk=promise.commitment)
    assert (made.desk, made.to_kind, made.ticket_id) == ("escalations", "customer", seen.tickets[0].ticket)
    with pytest.raises(Conflict, match="a promise of this case is open"):
        closing = {"cause": "slow", "outcome": "accepted", "resolution": "done"}
        ask("lead", "escalations.close_case", case=case, version=mine.case.version, **closing)
    with deed(SYSTEM, "tests"):
        assert (watching.remind(NOW), watching.remind(NOW)) == (1, 0)
    later(timedelta(days=2))
    assert ask("lead", "escalations.board").active[0].late_promises == 1
    ask("lead", "commitments.keep", commitment=promise.commitment, proof="called at ten", version=1)
    done = ask("lead", "escalations.close_case", case=case, version=mine.case.version, **closing)
    assert (done.case.state, done.case.cause, done.promises[0].late) == ("resolved", "slow", True)


def test_nothing_is_closed_without_an_owner_a_cause_and_words(ask: Ask, raised: Any) -> None:
    given = {"case": raised.case.id, "version": raised.case.version, "cause": "slow", "outcome": "satisfied"}
    with pytest.raises(Conflict, match="nobody has said"):
        ask("lead", "escalations.close_case", **given, resolution="done")
    mine = ask("lead", "escalations.take_over", case=raised.case.id, version=raised.case.version)
    for wrong in ({"resolution": ""}, {"resolution": "x", "cause": "silence"}, {"resolution": "x", "outcome": ""}):
        with pytest.raises(Invalid):
            ask("lead", "escalations.close_case", **{**given, "version": mine.case.version, **wrong})
    with pytest.raises(Conflict):
        ask("lead", "escalations.close_case", **given, resolution="done")
    done = ask("lead", "escalations.close_case", **{**given, "version": mine.case.version}, resolution="done")
    with pytest.raises(Conflict, match="is closed"):
        ask("lead", "escalations.do_step", case=raised.case.id, step="own")
    back = ask("lead", "escalations.reopen_case", case=raised.case.id, version=done.case.version, reason="wrote again")
    assert (back.case.state, back.case.cause, back.resolution) == ("active", "", "")


def test_a_case_is_handed_over_and_is_theirs_when_they_say_so(ask: Ask, house: Floor, raised: Any) -> None:
    mine = ask("lead", "escalations.take_over", case=raised.case.id, version=raised.case.version)
    to = {"case": raised.case.id, "version": mine.case.version, "to": house.people["agent"].pk, "note": "Invoice 8812"}
    with pytest.raises(NotFound):
        ask("lead", "escalations.hand_over", **{**to, "to": house.people["other"].pk})
    over = ask("lead", "escalations.hand_over", **to)
    assert (over.case.state, over.case.owner.name, over.case.left_s) == ("declared", "Agent", 3600)
    theirs = ask("agent", "escalations.take_over", case=raised.case.id, version=over.case.version)
    assert theirs.case.state == "active" and not theirs.can_lead
    kinds = [one.kind for one in CaseNote._base_manager.order_by("pk")]
    assert kinds == ["raised", "taken", "handed_over", "taken"]


def test_the_helpdesk_and_we_naming_different_owners_is_said(ask: Ask, house: Floor, numbers: list[str]) -> None:
    names = set()
    for ticket in numbers:
        made = escalate(ask, ticket).case
        seen = ask("lead", "escalations.take_over", case=made.id, version=made.version)
        assignee = seen.tickets[0].assignee
        assert bool(seen.conflict) is bool(assignee)
        if seen.conflict:
            assert seen.conflict == ("Lead", assignee)
            names.add(assignee)
    assert names


def test_a_ticket_that_vanishes_stays_visible_as_such(ask: Ask, raised: Any) -> None:
    row = Case._base_manager.get().tickets.get()
    with deed(SYSTEM, "tests"):
        change(row, None, ticket_id="99999999")
        assert (watching.vanished(NOW), watching.vanished(NOW)) == (1, 0)
    seen = ask("lead", "escalations.show_case", case=raised.case.id).tickets[0]
    assert (seen.ticket, seen.there, seen.why) == ("99999999", "gone", "missing")
    assert ask("lead", "escalations.timeline", case=raised.case.id).entries[-1].kind == "gone"


def test_help_is_asked_for_and_given(ask: Ask, house: Floor, raised: Any) -> None:
    case = raised.case.id
    with pytest.raises(NotFound):
        ask("agent", "escalations.show_case", case=case)
    asked = ask("lead", "escalations.invite", case=case, person=house.people["agent"].pk, question="Fixed in 4.2?")
    (mine,) = ask("agent", "escalations.my_invites").invites
    assert (mine.question, mine.by) == ("Fixed in 4.2?", "Lead")
    with pytest.raises(NotFound):
        ask("mate", "escalations.answer_invite", invite=mine.id, version=1, join=True)
    joined = ask("agent", "escalations.answer_invite", invite=mine.id, version=1, join=True, note="yes")
    assert joined.invites[0].state == "joined" and asked.invites[0].state == "invited"
    assert ask("agent", "escalations.my_invites").invites == ()
    with pytest.raises(Conflict):
        ask("lead", "escalations.invite", case=case, person=house.people["agent"].pk, question="Again?")


def test_words_are_planned_from_a_template_and_nothing_is_sent(ask: Ask, raised: Any) -> None:
    case = raised.case.id
    text = "Dear {customer}, {owner} looks after {ticket}."
    made = ask("lead", "escalations.add_template", name="First", audience="customer", text=text)
    filled = ask("lead", "escalations.fill_template", case=case, template=made.id)
    assert raised.case.customer in filled.text and "Lead" in filled.text and "{" not in filled.text
    with pytest.raises(Invalid):
        ask("lead", "escalations.plan_message", case=case, audience="customer", due="2026-01-05T08:59:00Z", text="x")
    with pytest.raises(Invalid):
        ask("lead", "escalations.plan_message", case=case, audience="customer", due="2026-01-06T08:59:00Z")
    due = "2026-01-05T18:00:00Z"
    seen = ask("lead", "escalations.plan_message", case=case, audience="customer", due=due, template=made.id)
    (planned,) = seen.messages
    with deed(SYSTEM, "tests"):
        assert (watching.remind(NOW), watching.remind(NOW)) == (1, 0)
    told = ask("lead", "escalations.mark_told", message=planned.id, version=2)
    assert told.messages[0].state == "told"
    with pytest.raises(Conflict):
        ask("lead", "escalations.drop_message", message=planned.id, version=3)
    ask("lead", "escalations.retire_template", template=made.id, version=1)
    assert ask("lead", "escalations.guides").templates == ()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://u:p@tracker.example/1", "https://a b.example", "//x",
                                 "ftp://x.example/1", "https://x.example/\"><b", "https://[bad"])  # fmt: skip
def test_only_a_plain_link_leads_to_a_product_issue(ask: Ask, raised: Any, url: str) -> None:
    with pytest.raises(Invalid):
        ask("lead", "escalations.link_issue", case=raised.case.id, version=raised.case.version, url=url)


def test_a_product_issue_and_a_complaint_are_linked_and_both_stay(ask: Ask, raised: Any) -> None:
    given = {"case": raised.case.id, "version": raised.case.version}
    seen = ask("lead", "escalations.link_issue", **given, url="https://tracker.example/BUG-7", title="BUG-7")
    assert (seen.issue_url, seen.issue_title) == ("https://tracker.example/BUG-7", "BUG-7")
    given["version"] = seen.case.version
    seen = ask("lead", "escalations.link_complaint", **given, reference="C-2026-0007")
    assert (seen.case.complaint, seen.case.kind) == ("C-2026-0007", "internal")
    with pytest.raises(Invalid):
        ask("lead", "escalations.raise_case", source="demo", ticket="1", title="x", kind="complaint")


def test_guides_tell_nothing_of_few_cases_and_shares_of_many(ask: Ask, house: Floor, raised: Any) -> None:
    case = raised.case.id
    ask("lead", "escalations.do_step", case=case, step="acknowledge", note="called")
    with pytest.raises(Conflict):
        ask("lead", "escalations.do_step", case=case, step="acknowledge")
    assert [one.step for one in ask("lead", "escalations.show_case", case=case).steps if one.done_at] == ["acknowledge"]
    ask("lead", "escalations.undo_step", case=case, step="acknowledge")
    ask("lead", "escalations.do_step", case=case, step="time")
    closed(ask, case)
    found = {one.step: one for one in ask("lead", "escalations.guides").steps}
    assert (found["time"].done, found["time"].done_share, found["own"].left_out) == (1, None, 1)
    _many(house)
    found = {one.step: one for one in ask("manager", "escalations.guides").steps}
    assert found["time"].done == 13 and found["time"].done_share == pytest.approx(9 / 13)
    assert found["time"].done_low is not None and found["time"].done_low < 9 / 13


def _many(house: Floor) -> None:
    from maitred.desks.escalations.models import Step
    from maitred.kit.audit.deeds import create

    with deed(SYSTEM, "tests"):
        for number in range(12):
            made = create(
                Case, title=f"Case {number}", kind="internal", declared_by="agent", team=house.teams["Care"],
                acknowledge_by=NOW, acknowledged_at=NOW, state="resolved", resolved_at=NOW, cause="slow",
                outcome="satisfied" if number % 3 else "left", resolution="done",
            )  # fmt: skip
            create(Step, case=made, step="time")


def test_another_branch_and_others_learn_nothing_of_a_case(ask: Ask, raised: Any) -> None:
    for name in ("lead2", "agent", "mate", "other"):
        with pytest.raises(NotFound, match="there is no escalation"):
            ask(name, "escalations.show_case", case=raised.case.id)
        assert ask(name, "escalations.board").declared == ()
    assert ask("manager", "escalations.show_case", case=raised.case.id).can_lead
    for name in ("executive", "admin", "auditor", "partner"):
        with pytest.raises(Denied):
            ask(name, "escalations.board")


def test_a_ticket_that_one_may_not_open_cannot_be_raised(ask: Ask, numbers: list[str]) -> None:
    with pytest.raises(NotFound):
        escalate(ask, numbers[0], "other")
    with pytest.raises(NotFound):
        escalate(ask, "no-such-ticket")
    assert not Alert._base_manager.exists()


def test_what_the_helpdesk_knows_of_the_customer_stands_beside_and_their_worth_is_for_leads(
    ask: Ask, house: Floor, raised: Any
) -> None:
    case = raised.case.id
    ask("lead", "escalations.invite", case=case, person=house.people["agent"].pk, question="?")
    lead = ask("lead", "escalations.show_case", case=case).context
    agent = ask("agent", "escalations.show_case", case=case).context
    assert agent.revenue is None and lead.account == agent.account
    assert lead.tickets is None or lead.tickets >= 0
    closed(ask, case)
    again = escalate(ask, raised.case and ask("lead", "escalations.show_case", case=case).tickets[0].ticket)
    assert not again.joined
    assert [one.id for one in ask("lead", "escalations.show_case", case=again.case.id).context.earlier] == [case]


def test_the_timeline_joins_the_helpdesk_and_our_own_and_reading_it_is_audited(ask: Ask, raised: Any) -> None:
    from maitred.kit.audit.models import AuditRow

    ask("lead", "escalations.write_note", case=raised.case.id, text="They want a date")
    found = ask("lead", "escalations.timeline", case=raised.case.id)
    assert {one.source for one in found.entries} >= {"case", "helpdesk"}
    assert [one.at for one in found.entries] == sorted(one.at for one in found.entries)
    assert any(one.kind == "customer" for one in found.entries)
    assert AuditRow._base_manager.filter(verb="escalations.timeline").exists()


def test_a_change_at_the_helpdesk_is_only_looked_at_and_needs_a_connection(ask: Ask, raised: Any) -> None:
    given = {"case": raised.case.id, "reason": "taken over"}
    with pytest.raises(Invalid):
        ask("lead", "escalations.preview_writing", **given, ops=["tags+=vip"])
    with pytest.raises((NotFound, Conflict, Invalid)):
        ask("lead", "escalations.preview_writing", **given, ops=["priority=high"])
    with pytest.raises(Denied):
        ask("agent", "escalations.preview_writing", **given, ops=["priority=high"])
