"""Quizzes and foreign lists through their verbs: nobody reads the key, nothing is half kept, nothing doubles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.desks.training.models import Assignment, Attempt, TrainingRecord
from maitred.desks.training.tests.conftest import Ask, opened, questions
from maitred.kit.audit.deeds import create, deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs.results import plain
from maitred.people.tests.floor import ROOT, Floor

HEAD = "email,course,completed_at,score\n"


def test_the_key_is_the_writers_and_what_somebody_chose_is_in_no_audit_row(ask: Ask, course: Any) -> None:
    quiz = opened(ask, course.course.id)
    begun = ask("agent", "training.begin_attempt", quiz=quiz.id)
    again = ask("agent", "training.begin_attempt", quiz=quiz.id)
    assert begun.attempt.id == again.attempt.id
    shown = json.dumps(plain(ask("agent", "training.show_quiz", quiz=quiz.id)))
    assert '"right"' not in shown and "It is so" not in shown and '"accepted"' not in shown
    with pytest.raises(Denied):
        ask("agent", "training.quiz_key", quiz=quiz.id)
    done = ask("agent", "training.submit_attempt", attempt=begun.attempt.id, version=1, answers={"q0": ["b"]})
    assert [(one.answer, one.right) for one in done.answers] == [(("No",), False), ((), False)]
    rows = json.dumps([row.diff for row in AuditRow._base_manager.filter(verb="training.submit_attempt")])
    assert "(hidden)" in rows and '"b"' not in rows
    with pytest.raises(Conflict, match="handed in"):
        ask("agent", "training.submit_attempt", attempt=begun.attempt.id, version=2, answers={})
    for name in ("mate", "lead2", "lead"):
        with pytest.raises(NotFound):
            ask(name, "training.submit_attempt", attempt=begun.attempt.id, version=2, answers={})
    assert ask("lead", "training.show_attempt", attempt=begun.attempt.id).answers
    with pytest.raises(NotFound):
        ask("lead2", "training.show_attempt", attempt=begun.attempt.id)


def test_a_quiz_is_opened_when_it_can_be_marked_and_then_stays(ask: Ask, course: Any) -> None:
    made = ask("lead", "training.add_quiz", course=course.course.id, title="Q", questions=[])
    assert [one.message for one in made.problems] == ["a quiz needs at least one question"]
    with pytest.raises(Invalid, match="cannot be opened"):
        ask("lead", "training.open_quiz", quiz=made.id, version=1)
    with pytest.raises(NotFound):
        ask("agent", "training.show_quiz", quiz=made.id)
    saved = ask("lead", "training.save_quiz", quiz=made.id, version=1, questions=questions())
    there = ask("lead", "training.open_quiz", quiz=made.id, version=saved.version)
    with pytest.raises(Conflict, match="stays as it is"):
        ask("lead", "training.save_quiz", quiz=made.id, version=there.version, questions=questions(3))
    assert ask("lead", "training.copy_quiz", quiz=made.id, title="Q 2").state == "draft"
    ask("lead", "training.close_quiz", quiz=made.id, version=there.version)
    with pytest.raises(Conflict, match="not open"):
        ask("agent", "training.begin_attempt", quiz=made.id)


@pytest.mark.parametrize("answers", [{"q9": ["a"]}, {"q0": ["z"]}, {"q0": ["a", "b"]}])
def test_an_answer_that_cannot_be_marked_is_refused_by_question(ask: Ask, course: Any, answers: Any) -> None:
    quiz = opened(ask, course.course.id)
    begun = ask("agent", "training.begin_attempt", quiz=quiz.id)
    with pytest.raises(Invalid, match="answers do not fit"):
        ask("agent", "training.submit_attempt", attempt=begun.attempt.id, version=1, answers=answers)
    assert Attempt._base_manager.get().state == "begun"


def test_an_analysis_tells_nothing_of_people_out_of_reach_while_they_are_few(
    house: Floor, ask: Ask, course: Any
) -> None:
    quiz = opened(ask, course.course.id)
    for name in ("agent", "agent", "other"):
        begun = ask(name, "training.begin_attempt", quiz=quiz.id)
        ask(name, "training.submit_attempt", attempt=begun.attempt.id, version=1, answers={"q0": ["a"]})
    seen = {name: ask(name, "training.quiz_analysis", quiz=quiz.id) for name in ("lead", "lead2", "manager")}
    assert {name: one.n for name, one in seen.items()} == {"lead": 1, "lead2": 1, "manager": 2}, "first attempts only"
    assert {one.remark for one in seen["manager"].items} == {"too_few"} and seen["manager"].reliability is None
    with deed(ROOT, "tests.many"):
        from maitred.people.models import Person

        for place in range(30):
            who = create(Person, name=f"P{place}")
            wrong = place % 3 == 0
            create(
                Attempt, quiz_id=quiz.id, person=who, number=1, state="submitted", points=2 - wrong, passed=not wrong,
                answers={"q0": ["a"], "q1": ["b" if wrong else "a"]}, right={"q0": True, "q1": not wrong},
                submitted_at=house.people["agent"].created_at,
            )  # fmt: skip
    found = ask("lead", "training.quiz_analysis", quiz=quiz.id)
    assert (found.n, [one.right for one in found.items]) == (32, [32, 20])
    assert found.items[1].difficulty.low < 20 / 32 < found.items[1].difficulty.high


def test_rows_with_wrong_names_wait_and_the_others_are_kept_once(house: Floor, ask: Ask, course: Any) -> None:
    mine = ask(
        "lead", "training.assign", course=course.course.id, people=[house.people["agent"].pk], due_on="2026-01-30"
    )
    text = f"{HEAD}AGENT@example.org,refunds,2026-01-05,80\nmat@example.org,Refunds,2026-01-05,90\n" \
           "other@example.org,Refunds,2026-01-05,90\nmate@example.org,Elsewhere,2025-12-01,\n"  # fmt: skip
    found = ask("lead", "training.stage_records", name="a.csv", content=text)
    assert (found.ready, found.there, found.completes, found.per_cent) == (2, 0, 1, True)
    told = [(one.row, [(each.field, each.suggestion) for each in one.wrong]) for one in found.repair]
    assert told == [(3, [("person", "Mate")]), (4, [("person", "")])], "a colleague elsewhere is nobody here"
    assert {one.title: one.course for one in found.courses} == {"refunds": course.course.id, "Elsewhere": None}
    assert not TrainingRecord._base_manager.exists()
    done = ask("lead", "training.confirm_import", listed=found.listed.id, version=1)
    assert (done.kept, done.left, done.completed, done.listed.state) == (2, 2, 1, "staged")
    assert Assignment._base_manager.get(pk=mine.assigned[0].id).state == "completed"
    mended = ask(
        "lead", "training.repair_record", listed=found.listed.id, version=2, row=3, person=house.people["mate"].pk
    )
    assert (mended.ready, len(mended.repair)) == (1, 1)
    ask("lead", "training.confirm_import", listed=found.listed.id, version=3)
    closed = ask("lead", "training.discard_import", listed=found.listed.id, version=4)
    assert (closed.listed.state, closed.listed.kept, closed.repair) == ("confirmed", 3, ())
    again = ask("lead", "training.stage_records", name="a.csv", content=text)
    assert (again.ready, again.there, len(again.repair)) == (0, 2, 2)
    over = ask("lead", "training.take_suggestions", listed=again.listed.id, version=1)
    assert (over.ready, over.there) == (0, 3)
    ask("lead", "training.confirm_import", listed=again.listed.id, version=2)
    assert TrainingRecord._base_manager.count() == 3
    assert [one.score for one in ask("agent", "training.records").items] == [0.8]
    assert len(ask("manager", "training.records").items) == 3 and not ask("lead2", "training.records").items
    names = json.dumps([row.diff for row in AuditRow._base_manager.filter(verb__startswith="training.")])
    assert "mat@example.org" not in names and "other@example.org" not in names


def test_a_list_is_its_readers_own_and_a_bad_one_is_refused(ask: Ask) -> None:
    found = ask("lead", "training.stage_records", name="a.csv", content=f"{HEAD}x@y.z,R,2026-01-01,\n")
    for name in ("manager", "lead2"):
        with pytest.raises(NotFound):
            ask(name, "training.show_import", listed=found.listed.id)
    with pytest.raises(Conflict, match="no row"):
        ask("lead", "training.confirm_import", listed=found.listed.id, version=1)
    for content in ("nothing", f"{HEAD}"):
        with pytest.raises(Invalid):
            ask("lead", "training.stage_records", name="b.csv", content=content)
    with pytest.raises(Denied):
        ask("agent", "training.stage_records", name="a.csv", content="x")
    ask("lead", "training.discard_import", listed=found.listed.id, version=1)
    with pytest.raises(MaitredError):
        ask("lead", "training.confirm_import", listed=found.listed.id, version=2)


def test_statements_of_five_thousand_people_are_kept_as_a_whole(house: Floor, ask: Ask, course: Any) -> None:
    """Known ones are kept in one deed; the wrong ones each have their line."""
    lines = [
        {"actor": {"mbox": f"mailto:{'agent' if one % 2 else f'nobody{one}'}@example.org"},
         "verb": {"id": "https://w3id.org/xapi/adl/verbs/completed"}, "object": {"id": f"https://x.example/{one}"},
         "timestamp": f"2025-{one % 12 + 1:02d}-01T00:00:00Z"}
        for one in range(5_000)
    ]  # fmt: skip
    text = "\n".join(json.dumps(one, separators=(",", ":")) for one in lines)
    assert len(text) < 1_000_000
    found = ask("lead", "training.stage_records", name="s.jsonl", content=text)
    assert (found.ready, found.listed.wrong, len(found.repair)) == (2_500, 2_500, 200)
    done = ask("lead", "training.confirm_import", listed=found.listed.id, version=1)
    assert (done.kept, done.left, TrainingRecord._base_manager.count()) == (2_500, 2_500, 2_500)
    rest = ask("lead", "training.show_import", listed=found.listed.id, first=2_401)
    assert [one.row for one in rest.repair] == list(range(4_801, 5_000, 2))
