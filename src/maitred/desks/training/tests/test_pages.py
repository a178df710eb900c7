"""The pages: what each reader finds, that every form does what it says without a script, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maitred.base.errors import Invalid
from maitred.desks.roster.models import SkillHeld
from maitred.desks.service_levels.tests.looking import look
from maitred.desks.training.models import Assignment, Attempt, Course, Enrolment, LearningPath, Quiz, RecordImport
from maitred.desks.training.pages import quiz_form
from maitred.desks.training.quiz_shapes import ChoiceGiven, QuestionGiven
from maitred.desks.training.tests.conftest import Ask, Later, Sign, opened
from maitred.people.tests.floor import Floor

HOSTILE = "<script>alert('x')</script>"
QUESTIONS = (
    "? Who signs?\n* The lead\n- Nobody\n! Two look at it\n\n?? Which?\n* A\n* B\n- C\n\n? How many?\n= two\n= 2\n"
)


@pytest.fixture
def press(sign: Sign) -> Callable[..., Any]:
    """Sends a form as somebody."""
    return lambda name, address, **given: sign(name).post(address, given)


@pytest.fixture
def give(house: Floor, ask: Ask, course: Any) -> Any:
    people = [house.people[one].pk for one in ("agent", "mate")]
    return ask("lead", "training.assign", course=course.course.id, people=people, due_on="2026-01-30")


def test_a_lead_finds_what_is_late_and_an_agent_their_next_step(sign: Sign, give: Any, later: Later, ask: Ask) -> None:
    seen = look(sign("lead"), "/training/")
    assert (seen.status, seen.marks["data-page"], seen.marks["data-state"]) == (200, "training", "ok")
    assert seen.heading == "2 courses are open, none is overdue"
    assert [" ".join(one.text_content().split()) for one in seen.all("//tbody/tr/th")] == ["Agent", "Mate"]
    assert len(seen.all("//a[contains(@class, 'pri')]")) == 1 and "/training/" in seen.links("//nav//a")
    mine = look(sign("agent"), "/training/")
    assert mine.heading == "Your next step: Refunds, until 30 Jan 2026"
    assert "Mate" not in mine.text and "/training/import/" not in mine.links() and not mine.all("//table")
    later(timedelta(days=40))
    assert look(sign("lead"), "/training/").heading == "2 courses are overdue"
    assert look(sign("agent"), "/training/").heading == "Your next step: Refunds, which was due on 30 Jan 2026"
    assert look(sign("other"), "/training/").heading == "You have nothing to do here"


@pytest.mark.parametrize("name", ["executive", "admin", "auditor", "partner"])
def test_the_desk_is_not_for_everybody(house: Floor, ask: Ask, sign: Sign, give: Any, name: str) -> None:
    quiz = opened(ask, give.course)
    client = sign(name)
    for address in ("/training/", "/training/courses/", f"/training/courses/{give.course}/", "/training/assign/",
                    f"/training/quizzes/{quiz.id}/", "/training/import/", "/training/paths/", "/training/practice/",
                    f"/training/assignments/{give.assigned[0].id}/", f"/training/assign/{give.batch}/"):  # fmt: skip
        assert look(client, address).status in (403, 404), address
    assert "/training/" not in look(client, "/").links("//nav//a")


def test_a_course_is_written_published_given_and_completed_by_its_forms(
    house: Floor, sign: Sign, press: Callable[..., Any]
) -> None:
    form = {"title": "Tone", "minutes": "20", "skills": "Tone, tone", "text": f"# Hi\n\n{HOSTILE}",
            "links": "Guide | https://guide.example/a"}  # fmt: skip
    assert press("lead", "/training/courses/new/", **{**form, "minutes": "x"}).status_code == 422
    done = press("lead", "/training/courses/new/", **form)
    row = Course._base_manager.get()
    address = f"/training/courses/{row.pk}/"
    assert (done.url, row.skills) == (address, ["Tone"])
    assert look(sign("lead"), "/training/courses/").heading == "1 course has no dates and cannot be assigned"
    press("lead", address, do="publish", version="1")
    seen = look(sign("lead"), address)
    assert "has no dates" in seen.text and seen.all("//div[@class='words']/h3") and HOSTILE not in seen.text
    assert seen.all("//a[@href='https://guide.example/a' and contains(@rel, 'noopener')]")
    days = {"opens_on": "2026-01-01", "closes_on": "2026-02-01"}
    press("lead", address, do="change", version="1", title="Tone", minutes="25", skills="Tone", **days)
    give = {"course": row.pk, "people": [house.people["agent"].pk, house.people["mate"].pk], "due_on": "2026-01-20"}
    preview = press("lead", "/training/assign/", do="preview", **give)
    assert preview.status_code == 200 and "2 people would be given Tone" in preview.content.decode()
    assert not Assignment._base_manager.exists() and preview.content.decode().count(" checked") == 2
    made = press("lead", "/training/assign/", do="assign", **give)
    mine = Assignment._base_manager.get(person=house.people["agent"])
    press("agent", address, do="complete", assignment=mine.pk, version="1")
    assert Assignment._base_manager.get(pk=mine.pk).state == "completed"
    assert "has not begun it" in look(sign("lead"), made.url).text
    press("lead", made.url)
    assert Assignment._base_manager.get(person=house.people["mate"]).state == "taken_back"
    one = f"/training/assignments/{mine.pk}/"
    press("lead", one, do="reopen", version="2")
    press("lead", one, do="move", version="3", due_on="2026-01-25")
    press("lead", one, do="excuse", version="4", reason="on leave")
    assert (seen := look(sign("agent"), one)).status == 200 and "on leave" in seen.text and not seen.all("//main//form")
    assert look(sign("mate"), one).status == 404
    assert press("lead", one, do="move", version="1", due_on="2026-01-25").status_code == 409


def test_questions_are_written_as_text_and_come_back_the_same() -> None:
    found = quiz_form.parsed(QUESTIONS)
    assert [(one["kind"], len(one["choices"]), one["accepted"]) for one in found] == [
        ("single", 2, []), ("multiple", 3, []), ("text", 0, ["two", "2"]),
    ]  # fmt: skip
    given = [QuestionGiven(**{**one, "choices": tuple(ChoiceGiven(**each) for each in one["choices"]),
                              "accepted": tuple(one["accepted"])}) for one in found]  # fmt: skip
    assert quiz_form.parsed(quiz_form.written(given)) == found
    for wrong in ("* first", "? Q\nanswer", "? Q\n*"):
        with pytest.raises(Invalid):
            quiz_form.parsed(wrong)


def test_a_quiz_is_written_opened_taken_and_looked_at(sign: Sign, press: Callable[..., Any], give: Any) -> None:
    new = f"/training/quizzes/new/?course={give.course}"
    form = {"course": give.course, "title": "Check", "pass_percent": "60", "questions": QUESTIONS}
    assert "Line 1 begins" in press("lead", new, **{**form, "questions": "hello"}).content.decode()
    edit = press("lead", new, **form).url
    quiz = Quiz._base_manager.get()
    press("lead", edit, do="open", version="1")
    address = f"/training/quizzes/{quiz.pk}/"
    press("agent", address, do="begin")
    seen = look(sign("agent"), address)
    assert len(seen.all("//input[@type='radio']")) == 2 and len(seen.all("//input[@type='checkbox']")) == 3
    assert "Two look at it" not in seen.text
    attempt = Attempt._base_manager.get()
    answers = {"q-q1": "a", "q-q2": ["a", "b"], "q-q3": " TWO "}
    done = press("agent", address, attempt=attempt.pk, version="1", **answers)
    assert look(sign("agent"), done.url).heading == "Passed: 3 of 3 right"
    assert Assignment._base_manager.get(pk=give.assigned[0].id).state == "completed"
    person = attempt.person_id
    for name, level, skill in (("agent", "4", "Refunds"), ("lead", "2", "Other"), ("lead", "2", "Refunds")):
        press(name, done.url, skill=skill, level=level)
    held = SkillHeld._base_manager.filter(person=person).values_list("name", "level", "evidence", "reference")
    assert list(held) == [("Refunds", 2, "quiz", "Check")], "the lead says so, and the quiz alone does not"
    analysis = look(sign("lead"), f"{address}analysis/")
    assert analysis.heading == "Too few to say: 1 of 20 people took it"
    assert look(sign("agent"), f"{address}analysis/").status == 403
    assert look(sign("agent"), edit).status == 403
    press("lead", edit, do="close", version="2")
    assert press("mate", address, do="begin").status_code == 409


def test_a_list_is_read_repaired_and_kept_by_its_forms(house: Floor, sign: Sign, give: Any) -> None:
    lead: Any = sign("lead")
    text = (
        f"person,course,completed_at\nAgnt,Refunds,2026-01-05\n{HOSTILE},Refunds,2026-01-05\n=1+1,Refunds,2026-01-05\n"
    )
    assert lead.post("/training/import/", {}).status_code == 422
    done = lead.post("/training/import/", {"file": SimpleUploadedFile("a.csv", text.encode())})
    row = RecordImport._base_manager.get()
    assert done.url == f"/training/import/{row.pk}/"
    seen = look(lead, done.url)
    assert seen.heading == "0 rows can be kept, 3 have to be repaired"
    assert "Perhaps Agent?" in seen.text and HOSTILE not in seen.text
    sheet = lead.get(f"{done.url}repair.csv").content.decode()
    assert sheet.splitlines()[1].startswith("2,person,nobody whom you lead is called Agnt,Agnt,Refunds,Agent")
    assert "'=1+1" in sheet
    lead.post(done.url, {"do": "suggestions", "version": "1"})
    lead.post(done.url, {"do": "repair", "version": "2", "row": "4", "person": house.people["mate"].pk})
    assert look(lead, done.url).heading == "2 rows can be kept, 1 has to be repaired"
    lead.post(done.url, {"do": "confirm", "version": "3"})
    assert {one.state for one in Assignment._base_manager.all()} == {"completed"}
    lead.post(done.url, {"do": "discard", "version": "4"})
    assert look(lead, done.url).heading == "2 records were kept"
    for name in ("manager", "lead2", "agent"):
        assert look(sign(name), done.url).status in (403, 404)


def test_a_path_is_written_begun_and_followed_by_its_forms(
    house: Floor, sign: Sign, press: Callable[..., Any], course: Any
) -> None:
    assert "Line 1 begins" in press("lead", "/training/paths/new/", title="P", steps="soon").content.decode()
    press("lead", "/training/paths/new/", title="First month", steps="7: refunds\n20: Answers alone\n")
    row = LearningPath._base_manager.get()
    assert [one["kind"] for one in row.steps] == ["course", "milestone"]
    done = press("lead", "/training/paths/", path=row.pk, person=house.people["agent"].pk, start="2026-01-05")
    on = Enrolment._base_manager.get()
    assert look(sign("lead"), done.url).heading == "Agent reached 0 of 2 steps of First month"
    press("lead", done.url, do="reach", version="1", place="1")
    assert look(sign("agent"), done.url).heading == "You reached 1 of 2 steps of First month"
    assert look(sign("lead2"), done.url).status == 404
    press("lead", done.url, do="leave", version="2", reason="another duty")
    press("lead", done.url, do="resume", version="3")
    press("lead", f"/training/paths/{row.pk}/", do="retire", version="1")
    assert (Enrolment._base_manager.get(pk=on.pk).state, LearningPath._base_manager.get().retired) == ("running", True)
    assert look(sign("agent"), "/training/paths/").status == 200
