"""Courses, assignments and paths through their verbs: who gives what to whom, what is refused, what is undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.desks.training import jobs
from maitred.desks.training.models import Assignment, CourseEdition, Enrolment
from maitred.desks.training.tests.conftest import Ask, Later, opened, published
from maitred.kit.audit.deeds import deed
from maitred.kit.notices.models import Notice
from maitred.kit.verbs import run
from maitred.people.tests.floor import ROOT, Floor


@pytest.fixture
def give(house: Floor, ask: Ask, course: Any) -> Callable[..., Any]:
    """Assigns the course as the lead: ``give("agent", "mate")``."""

    def do(*names: str, due: str = "2026-01-30", key: int = 0) -> Any:
        people = [house.people[one].pk for one in names]
        return ask("lead", "training.assign", course=key or course.course.id, people=people, due_on=due)

    return do


def test_a_course_without_dates_is_not_assigned_and_the_sentence_says_why(house: Floor, ask: Ask) -> None:
    made = published(ask, "Undated", opens_on=None, closes_on=None)
    assert not made.course.assignable and "no dates" in made.course.why_not
    given = {"course": made.course.id, "people": [house.people["agent"].pk], "due_on": "2026-01-30"}
    for verb in ("training.preview_assigning", "training.assign"):
        with pytest.raises(Invalid, match="has no dates.*before from after"):
            ask("lead", verb, **given)
    ask(
        "lead",
        "training.change_course",
        course=made.course.id,
        version=1,
        opens_on="2026-01-01",
        closes_on="2026-02-01",
    )
    assert ask("lead", "training.assign", **given).assigned


def test_a_draft_a_retired_one_and_a_day_outside_are_refused(house: Floor, ask: Ask, course: Any) -> None:
    draft = ask("lead", "training.add_course", title="Draft", minutes=5, opens_on="2026-01-01", closes_on="2026-02-01")
    people = [house.people["agent"].pk]
    for key, due, told in ((draft.course.id, "2026-01-30", "draft"), (course.course.id, "2026-01-04", "has passed"),
                           (course.course.id, "2026-07-01", "ends on 2026-06-30")):  # fmt: skip
        with pytest.raises(Invalid, match=told):
            ask("lead", "training.assign", course=key, people=people, due_on=due)
    ask("lead", "training.retire_course", course=course.course.id, version=1)
    with pytest.raises(Invalid, match="out of use"):
        ask("lead", "training.assign", course=course.course.id, people=people, due_on="2026-01-30")
    assert ask("agent", "training.courses").courses[0].state == "retired"
    assert [one.title for one in ask("agent", "training.courses").courses] == ["Refunds"], "drafts are the writers'"
    with pytest.raises(NotFound):
        ask("agent", "training.show_course", course=draft.course.id)


def test_a_published_edition_stays_and_assignments_keep_theirs(ask: Ask, course: Any, give: Callable[..., Any]) -> None:
    first = give("agent")
    with pytest.raises(Conflict, match="published"):
        ask("lead", "training.save_course", course=course.course.id, version=1, text="other")
    draft = ask("lead", "training.revise_course", course=course.course.id)
    saved = ask("lead", "training.save_course", course=course.course.id, version=draft.edition_version, text="## New")
    assert ask("agent", "training.show_course", course=course.course.id).number == 1
    ask("lead", "training.publish_course", course=course.course.id, version=saved.edition_version)
    assert ask("agent", "training.show_course", course=course.course.id).text == "## New"
    assert (first.assigned[0].number, give("mate").assigned[0].number) == (1, 2)
    assert CourseEdition._base_manager.get(course=course.course.id, number=1).text.startswith("## How")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//x.example", "https://", "https://a b", "https://u:p@x.example"]
)
def test_a_link_that_leads_elsewhere_than_to_a_host_is_refused(ask: Ask, url: str) -> None:
    with pytest.raises(Invalid):
        ask("lead", "training.add_course", title="L", minutes=5, links=[{"title": "x", "url": url}])


def test_a_preview_says_for_each_what_would_happen_and_writes_nothing(
    house: Floor, ask: Ask, course: Any, give: Callable[..., Any]
) -> None:
    give("agent", due="2026-01-20")
    people = [house.people[one].pk for one in ("agent", "mate", "below")]
    given = {"course": course.course.id, "people": people, "due_on": "2026-01-30"}
    found = ask("lead", "training.preview_assigning", **given)
    assert [(one.name, one.does) for one in found.people] == [
        ("Agent", "has_it"), ("Below", "assign"), ("Mate", "assign"),
    ]  # fmt: skip
    assert (found.assigned, found.left_out, found.hours) == (2, 1, 1.33)
    assert Assignment._base_manager.count() == 1
    made = ask("lead", "training.assign", **given)
    assert ([one.name for one in made.assigned], [one.name for one in made.left_out]) == (["Below", "Mate"], ["Agent"])
    told = Notice._base_manager.filter(account=house.accounts["mate"])
    assert [(one.text, one.url) for one in told] == [
        ("You have a course until 2026-01-30: Refunds", f"/training/courses/{course.course.id}/")
    ]
    with pytest.raises(Conflict, match="open already"):
        ask("lead", "training.assign", **given)


def test_many_are_taken_back_but_not_what_was_begun(ask: Ask, house: Floor, give: Callable[..., Any]) -> None:
    made = give("agent", "mate", "below")
    mine = next(one for one in made.assigned if one.name == "Agent")
    ask("agent", "training.begin_course", assignment=mine.id, version=1)
    for name in ("lead2", "agent"):
        with pytest.raises((Conflict, Denied)):
            ask(name, "training.take_back", batch=made.batch)
    back = ask("lead", "training.take_back", batch=made.batch)
    assert (back.taken_back, back.stayed) == (2, 1)
    states = dict(Assignment._base_manager.values_list("person__name", "state"))
    assert states == {"Agent": "begun", "Mate": "taken_back", "Below": "taken_back"}
    with pytest.raises(Conflict):
        ask("lead", "training.take_back", batch=made.batch)
    assert give("mate").assigned, "it can be assigned again"


def test_people_begin_and_complete_their_own_and_leads_excuse(
    house: Floor, ask: Ask, give: Callable[..., Any], later: Later
) -> None:
    mine, mates = sorted(give("agent", "mate").assigned, key=lambda one: one.name)
    for name in ("lead", "mate"):
        with pytest.raises((Denied, NotFound)):
            ask(name, "training.complete_course", assignment=mine.id, version=1)
    with pytest.raises(Conflict, match="changed by somebody else"):
        ask("agent", "training.begin_course", assignment=mine.id, version=7)
    begun = ask("agent", "training.begin_course", assignment=mine.id, version=1)
    done = ask("agent", "training.complete_course", assignment=mine.id, version=begun.version)
    assert (done.state, done.late) == ("completed", False)
    excused = ask("lead", "training.excuse", assignment=mates.id, version=1, reason="on leave")
    assert (excused.state, ask("mate", "training.assignments").items[0].why) == ("excused", "on leave")
    again = ask("lead", "training.reopen_assignment", assignment=mates.id, version=2)
    later(timedelta(days=40))
    (row,) = ask("lead", "training.assignments", state="overdue").items
    assert (again.state, row.id, row.state, row.late) == ("assigned", mates.id, "overdue", True)
    moved = ask("lead", "training.move_due", assignment=mates.id, version=3, due_on="2026-03-01")
    assert (moved.state, moved.late) == ("assigned", False)


def test_each_sees_their_own_and_leads_their_tree(house: Floor, ask: Ask, give: Callable[..., Any]) -> None:
    made = give("agent", "mate").assigned
    seen = {
        name: len(ask(name, "training.assignments").items) for name in ("agent", "other", "lead", "lead2", "manager")
    }
    assert seen == {"agent": 1, "other": 0, "lead": 2, "lead2": 0, "manager": 2}
    with pytest.raises(NotFound):
        ask("lead2", "training.excuse", assignment=made[0].id, version=1, reason="x")
    for name in ("executive", "admin", "auditor", "partner"):
        with pytest.raises(Denied):
            ask(name, "training.assignments")
    outside = house.people["other"].pk
    for person, kind in ((outside, NotFound), (house.people["lead"].pk, Invalid)):
        with pytest.raises(kind):
            ask("lead", "training.assign", course=made[0].course, people=[person], due_on="2026-01-30")
    with pytest.raises(Denied):
        ask("agent", "training.assign", course=made[0].course, people=[house.people["mate"].pk], due_on="2026-01-30")


def test_the_next_step_is_the_one_that_is_due_first(house: Floor, ask: Ask, give: Callable[..., Any]) -> None:
    assert ask("agent", "training.my_training").next is None
    give("agent", due="2026-02-28")
    other = published(ask, "Tone", skills=[])
    give("agent", due="2026-01-10", key=other.course.id)
    found = ask("agent", "training.my_training")
    assert (found.next.title, [one.title for one in found.steps]) == ("Tone", ["Refunds"])
    assert (found.steps[0].why, found.steps[0].minutes) == ("Refunds", 40)
    assert run("training.my_training", ROOT, {}).person is None


def test_a_course_with_a_quiz_is_completed_by_passing_it(ask: Ask, course: Any, give: Callable[..., Any]) -> None:
    quiz = opened(ask, course.course.id)
    (mine,) = give("agent").assigned
    with pytest.raises(Conflict, match="ends with a quiz: Check"):
        ask("agent", "training.complete_course", assignment=mine.id, version=1)
    for answers, passed in (({"q0": ["a"]}, False), ({"q0": ["a"], "q1": ["a"]}, True)):
        begun = ask("agent", "training.begin_attempt", quiz=quiz.id)
        done = ask("agent", "training.submit_attempt", attempt=begun.attempt.id, version=1, answers=answers)
        assert (done.attempt.passed, done.completed_course) == (passed, passed)
    assert Assignment._base_manager.get().state == "completed"


def test_everybody_is_reminded_once(house: Floor, give: Callable[..., Any], later: Later, ask: Ask) -> None:
    give("agent", "mate")
    Notice._base_manager.all().delete()
    worker: Any = SimpleNamespace(deed=lambda name: deed(ROOT, name))
    jobs.remind(worker)
    assert not Notice._base_manager.exists()
    later(timedelta(days=23))
    for _ in range(2):
        jobs.remind(worker)
    told = Notice._base_manager.values_list("account__username", "text")
    assert sorted(told) == [(name, "A course of yours is due on 2026-01-30: Refunds") for name in ("agent", "mate")]


def steps(course: int) -> list[dict[str, Any]]:
    return [{"kind": "milestone", "day": 20, "text": "Answers alone"}, {"kind": "course", "day": 7, "course": course}]


def test_somebody_on_a_path_sees_each_step_with_its_day_until_all_are_reached(
    house: Floor, ask: Ask, course: Any, later: Later
) -> None:
    path = ask("lead", "training.add_path", title="First month", steps=steps(course.course.id))
    assert [(one.title, one.day) for one in path.steps] == [("Refunds", 7), ("Answers alone", 20)]
    on = ask("lead", "training.enrol", path=path.id, person=house.people["agent"].pk, start="2026-01-05")
    assert [(one.title, one.due_on.isoformat(), one.state) for one in on.steps] == [
        ("Refunds", "2026-01-12", "ahead"), ("Answers alone", "2026-01-25", "ahead"),
    ]  # fmt: skip
    mine = ask("agent", "training.my_training")
    assert (mine.next.title, mine.next.path, mine.steps[0].kind) == ("Refunds", "First month", "milestone")
    with pytest.raises(Conflict, match="is on First month already"):
        ask("lead", "training.enrol", path=path.id, person=house.people["agent"].pk, start="2026-01-05")
    ask("lead", "training.change_path", path=path.id, version=1, steps=steps(course.course.id)[:1])
    later(timedelta(days=9))
    assert [one.state for one in ask("agent", "training.show_enrolment", enrolment=on.id).steps] == ["overdue", "ahead"]
    ask("agent", "training.complete_course", assignment=on.steps[0].assignment, version=1)
    with pytest.raises((Denied, NotFound)):
        ask("agent", "training.reach_milestone", enrolment=on.id, version=1, place=1)
    with pytest.raises(Invalid):
        ask("lead", "training.reach_milestone", enrolment=on.id, version=1, place=0)
    done = ask("lead", "training.reach_milestone", enrolment=on.id, version=1, place=1)
    assert (done.state, done.reached) == ("completed", 2)
    back = ask("lead", "training.reach_milestone", enrolment=on.id, version=done.version, place=1, reached=False)
    assert (back.state, back.reached) == ("running", 1)
    left = ask("lead", "training.leave_path", enrolment=on.id, version=back.version, reason="another duty")
    assert ask("lead", "training.resume_path", enrolment=on.id, version=left.version).state == "running"
    assert ask("lead2", "training.paths").enrolments == ()


def test_a_path_whose_course_ends_before_its_day_is_not_begun(house: Floor, ask: Ask) -> None:
    short = published(ask, "Short", closes_on="2026-01-08")
    path = ask("lead", "training.add_path", title="P", steps=steps(short.course.id))
    with pytest.raises(Invalid, match="ends on 2026-01-08"):
        ask("lead", "training.enrol", path=path.id, person=house.people["agent"].pk, start="2026-01-05")
    assert not Enrolment._base_manager.exists() and not Assignment._base_manager.exists()
    for wrong in ([{"kind": "course", "day": 1}], [{"kind": "milestone", "day": 1}], [*steps(short.course.id)[1:]] * 2):
        with pytest.raises(MaitredError):
            ask("lead", "training.add_path", title="Q", steps=wrong)
