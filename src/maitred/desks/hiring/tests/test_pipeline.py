"""Needs, requisitions and candidates: who may, what is refused, and that every step is a person's with a reason."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from django.db import IntegrityError, transaction

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks import hiring
from maitred.desks.hiring.models import Candidate, Requisition, StageEvent
from maitred.desks.hiring.tests.conftest import Ask, Later, approved, asked_for, needed, picked
from maitred.kit.access.actor import operator
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.people.tests.floor import Floor

DESK = Path(hiring.__file__).parent


def test_a_need_carries_its_gap_with_interval_and_what_else_was_weighed(ask: Ask) -> None:
    one = needed(ask)
    assert (one.gap_low, one.gap, one.gap_high, one.gap_unit, one.forecast) == (31.0, 46.0, 60.0, "hours", "run-41")
    assert one.alternatives[0].kind == "overtime" and (one.headcount, one.short, one.author) == (2, 2, "Manager")
    assert [row.id for row in ask("lead2", "hiring.needs").items] == [one.id]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"gap": 70.0}, "gap"), ({"forecast": ""}, "gap"), ({"gap_unit": "euros"}, "gap_unit"),
        ({"by": "2026-01-05"}, "by"),
        ({"alternatives": []}, "alternatives"), ({"reason": "exception"}, "why"), ({"gap_low": None}, "gap"),
        ({"headcount": 0}, "headcount"),
    ],
)  # fmt: skip
def test_a_need_that_says_too_little_is_refused_by_the_field(ask: Ask, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        needed(ask, **changed)
    assert refused.value.errors[0]["field"] == field


def test_an_exception_is_a_need_with_a_reason_and_a_name(ask: Ask) -> None:
    plain = dict.fromkeys(("gap", "gap_low", "gap_high"))
    one = needed(
        ask, reason="exception", why="the founder's friend", forecast="", gap_unit="", alternatives=[], **plain
    )
    assert (one.reason, one.why, one.author) == ("exception", "the founder's friend", "Manager")


def test_a_need_is_taken_back_and_opened_again(ask: Ask) -> None:
    one = needed(ask)
    gone = ask("manager", "hiring.withdraw_need", need=one.id, version=one.version, reason="overtime covers it")
    with pytest.raises(Conflict):
        asked_for(ask, one.id)
    back = ask("lead2", "hiring.reopen_need", need=one.id, version=gone.version)
    assert (gone.state, back.state) == ("withdrawn", "open") and asked_for(ask, one.id).state == "waiting"


def test_the_search_begins_as_long_before_the_day_as_ramp_and_hiring_take(ask: Ask) -> None:
    one = asked_for(ask, ramp_weeks=8, days_to_hire=45)
    assert one.begin_by == date(2026, 9, 1) - timedelta(weeks=8, days=45)


def test_nobody_approves_what_they_wrote(ask: Ask, house: Floor) -> None:
    one = asked_for(ask)
    with pytest.raises(Denied):
        ask("manager", "hiring.approve_requisition", requisition=one.id, version=one.version)
    done = ask("lead2", "hiring.approve_requisition", requisition=one.id, version=one.version)
    assert (done.state, done.approver) == ("approved", "Lead2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Requisition._base_manager.filter(pk=one.id).update(approver_name=f"account:{house.accounts['manager'].pk}")


def test_a_changed_requisition_waits_again_for_somebody_other_than_who_changed_it(ask: Ask) -> None:
    one = approved(ask)
    changed = ask("lead2", "hiring.change_requisition", requisition=one.id, version=one.version, pay_max=90_000)
    assert (changed.state, changed.approver, changed.author) == ("waiting", "", "Lead2")
    with pytest.raises(Denied):
        ask("lead2", "hiring.approve_requisition", requisition=one.id, version=changed.version)
    back = ask(
        "manager", "hiring.send_back_requisition", requisition=one.id, version=changed.version, reason="too wide"
    )  # fmt: skip
    assert (back.state, back.closed_why) == ("sent_back", "too wide")


def test_the_command_line_writes_for_somebody_and_approves_only_for_others(house: Floor, ask: Ask) -> None:
    root, need = operator("ana"), needed(ask).id
    given = {"need": need, "title": "Agent", "role": "support.agent", "headcount": 1, "pay_min": 1, "pay_max": 2,
             "currency": "EUR", "site": "Lisbon"}  # fmt: skip
    own = run("hiring.open_requisition", root, given)
    with pytest.raises(Denied):
        run("hiring.approve_requisition", root, {"requisition": own.id, "version": 1})
    others = run("hiring.open_requisition", root, {**given, "author": house.people["lead2"].pk})
    assert run("hiring.approve_requisition", root, {"requisition": others.id, "version": 1}).state == "approved"


def test_nobody_comes_in_before_the_requisition_is_approved(ask: Ask) -> None:
    one = asked_for(ask)
    with pytest.raises(Conflict):
        ask("manager", "hiring.add_candidate", requisition=one.id, profile=7001, basis="applicant")


def test_every_step_is_an_event_with_a_person_and_a_reason(ask: Ask, later: Later) -> None:
    one = picked(ask, approved(ask).id)
    later(timedelta(days=3))
    gone = ask("lead2", "hiring.reject_candidate", candidate=one.candidate.id, version=one.candidate.version,
               reason="chose_others", words="another had led a larger team")  # fmt: skip
    assert [(step.before, step.after, step.reason, step.by) for step in gone.steps] == [
        ("", "applied", "came_in", "Manager"), ("applied", "shortlisted", "evidence", "Manager"),
        ("shortlisted", "rejected", "chose_others", "Lead2"),
    ]  # fmt: skip
    back = ask("manager", "hiring.reopen_candidate", candidate=one.candidate.id, version=gone.candidate.version,
               words="the other one said no")  # fmt: skip
    assert (back.candidate.stage, len(back.steps)) == ("shortlisted", 4)
    log = AuditRow.objects.filter(verb="hiring.reject_candidate").get()
    assert "larger team" not in str(log.diff) and "chose_others" in str(log.diff)


def test_a_candidate_who_wants_no_more_is_withdrawn_and_can_come_back(ask: Ask) -> None:
    one = picked(ask, approved(ask).id).candidate
    gone = ask("manager", "hiring.withdraw_candidate", candidate=one.id, version=one.version, reason="other_offer")
    with pytest.raises(Conflict):
        ask("manager", "hiring.shortlist", candidate=one.id, version=gone.candidate.version, reason="other", words="x")
    back = ask("manager", "hiring.reopen_candidate", candidate=one.id, version=gone.candidate.version, words="asked")
    assert (gone.candidate.stage, back.candidate.stage) == ("withdrawn", "shortlisted")


def test_whoever_is_not_picked_is_passed_over_by_name_with_a_reason(ask: Ask) -> None:
    one = ask("manager", "hiring.add_candidate", requisition=approved(ask).id, profile=7002, basis="talent_pool")
    given = {"candidate": one.candidate.id, "version": one.candidate.version}
    with pytest.raises(Invalid):
        ask("manager", "hiring.pass_over", **given, reason="must_missing", words="")
    gone = ask("manager", "hiring.pass_over", **given, reason="must_missing", words="no evidence of leading a team")
    assert gone.candidate.stage == "not_picked"


def test_somebody_too_near_decides_nothing_and_does_not_lift_it_themselves(ask: Ask, house: Floor) -> None:
    one, me = picked(ask, approved(ask).id).candidate, house.people["manager"].pk
    ask("manager", "hiring.declare_interest", candidate=one.id, person=me, words="a former neighbour")
    with pytest.raises(Denied):
        ask("manager", "hiring.reject_candidate", candidate=one.id, version=one.version, reason="other", words="no")
    with pytest.raises(Denied):
        ask("manager", "hiring.release_interest", candidate=one.id, person=me, reason="it was nothing")
    assert ask("manager", "hiring.show_candidate", candidate=one.id).decides is False
    ask("lead2", "hiring.release_interest", candidate=one.id, person=me, reason="it was somebody else")
    assert ask("manager", "hiring.show_candidate", candidate=one.id).decides is True


def test_answers_to_screening_questions_end_nothing(ask: Ask) -> None:
    one = picked(ask, approved(ask).id).candidate
    given = {"candidate": one.id, "version": one.version}
    kept = ask("manager", "hiring.record_answers", **given, answers={"nights": "none at all"})
    assert (kept.answers, kept.candidate.stage) == ({"nights": "none at all"}, "shortlisted")
    with pytest.raises(Invalid):
        ask("manager", "hiring.record_answers", candidate=one.id, version=one.version + 1, answers={"age": "50"})


def test_where_candidates_are_told_before_a_ranking_is_used_ten_working_days_later(ask: Ask, later: Later) -> None:
    one = approved(ask, site="New York, NY")
    assert one.notice_needed
    with pytest.raises(Conflict, match="nobody was told"):
        picked(ask, one.id, search="s_01", place=1, score=80_000)
    told = ask("manager", "hiring.tell_before", requisition=one.id, told_on="2026-01-05", where="the posting",
               qualities="years, tools", other_way="write to us")  # fmt: skip
    assert told.usable_from == date(2026, 1, 19)
    assert picked(ask, one.id, 7002).candidate.stage == "shortlisted", "without the ranking nothing is in the way"
    with pytest.raises(Conflict, match="2026-01-19"):
        picked(ask, one.id, search="s_01", place=1, score=80_000)
    later(timedelta(days=14))
    assert picked(ask, one.id, search="s_01", place=1, score=80_000).search == "s_01"


def test_a_name_is_shown_on_request_and_each_look_is_kept(ask: Ask, people: None) -> None:
    one = picked(ask, approved(ask).id, 7003)
    assert "Cleo" not in str(one)
    found = ask("lead2", "hiring.name_candidate", candidate=one.candidate.id)
    assert (found.name, found.email) == ("Cleo <b>Ruiz</b>", "cleo@people.example")
    assert AuditRow.objects.filter(verb="hiring.name_candidate").count() == 1


@pytest.mark.parametrize("name", ["agent", "lead", "executive", "admin", "auditor", "partner", "privacy"])
def test_candidates_are_not_there_for_whoever_lacks_the_grant(ask: Ask, name: str) -> None:
    one = picked(ask, approved(ask).id).candidate
    for verb, given in (
        ("show_candidate", {"candidate": one.id}),
        ("needs", {}),
        ("name_candidate", {"candidate": one.id}),
    ):
        with pytest.raises((Denied, NotFound)):
            ask(name, f"hiring.{verb}", **given)


def test_whoever_reads_counts_sees_counts_and_nobody(ask: Ask) -> None:
    picked(ask, approved(ask).id)
    found = ask("executive", "hiring.counts")
    assert (found.needs, found.people_needed, found.requisitions) == (1, 2, 1)
    assert {one.stage: one.n for one in found.stages}["shortlisted"] == 1
    with pytest.raises(Denied):
        ask("agent", "hiring.counts")


def test_the_command_line_decides_nothing_about_people(ask: Ask) -> None:
    one = approved(ask)
    with pytest.raises(Invalid):
        run("hiring.add_candidate", operator("ana"), {"requisition": one.id, "profile": 7001, "basis": "applicant"})


def test_no_verb_takes_several_candidates_and_only_verbs_with_a_person_and_a_reason_end_a_way() -> None:
    verbs = {name: verb for name, verb in register().items() if name.startswith("hiring.")}
    assert len(verbs) > 20
    several = [
        (name, each) for name, verb in verbs.items() for each, one in verb.parameters.items()
        if each in ("candidates", "profiles", "people") and verb.kind == "action"
    ]  # fmt: skip
    assert [one for one in several if one[0] not in ("hiring.plan_interview",)] == []
    enders = {"hiring.pass_over", "hiring.reject_candidate", "hiring.withdraw_candidate"}
    for name in enders:
        assert {"candidate", "version", "reason"} <= set(verbs[name].parameters), name
        assert get_type_hints(verbs[name].function)["candidate"] is int
    ended = {place for place in _stage_words() if place[1] in ("not_picked", "rejected", "withdrawn")}
    assert {name for name, _ in ended} == {"pass_over", "reject_candidate", "withdraw_candidate"}


def _stage_words() -> set[tuple[str, str]]:
    """Every call of ``stepping.step`` in the desk: the function around it and the stage that it names."""
    found = set()
    for path in DESK.rglob("*.py"):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for function in [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.FunctionDef)]:
            for call in [one for one in ast.walk(function) if isinstance(one, ast.Call)]:
                if ast.unparse(call.func).endswith("stepping.step"):
                    stage = call.args[3]
                    found.add((function.name, str(stage.value) if isinstance(stage, ast.Constant) else "(computed)"))
    return found


def test_a_stage_changes_in_one_place_only() -> None:
    places = set()
    for path in DESK.rglob("*.py"):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for call in [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call)]:
            name = ast.unparse(call.func)
            named = {word.arg for word in call.keywords}
            if name in ("deeds.change", "deeds.create") and "stage" in named:
                places.add(path.relative_to(DESK).as_posix())
            assert not (name == "deeds.change" and "StageEvent" in ast.unparse(call)), path
    assert places == {"pipeline/stepping.py"}


def test_steps_of_candidates_have_a_person_in_the_table_itself(ask: Ask) -> None:
    one = picked(ask, approved(ask).id).candidate
    with pytest.raises(IntegrityError), transaction.atomic():
        StageEvent._base_manager.filter(candidate=one.id).update(by=None)
    assert Candidate._base_manager.get(pk=one.id).stage == "shortlisted"
