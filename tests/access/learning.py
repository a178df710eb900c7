"""Objects of training for the access matrix: one of every noun for every owner, in the state that a verb wants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from maitred.base import clock
from maitred.desks.training.models import (
    Assignment,
    Attempt,
    Course,
    CourseEdition,
    Enrolment,
    LearningPath,
    Practice,
    Quiz,
    RecordImport,
)
from maitred.kit.audit.deeds import create

if TYPE_CHECKING:
    from tests.access.things import Things

_QUESTION = {
    "key": "q1", "kind": "single", "text": "?", "accepted": [], "why": "",
    "choices": [{"key": "a", "text": "Yes", "right": True}, {"key": "b", "text": "No", "right": False}],
}  # fmt: skip
_CARD = {"name": "Card", "number": 1, "items": [{"key": "solved", "title": "Solved", "kind": "yes_no", "weight": 100}]}


def _course(things: Things, _: str, state: str) -> Any:
    row = create(
        Course, title=f"Course {things.number()}", minutes=30, opens_on=clock.now().date(), closes_on=date(2031, 1, 1)
    )
    published = {} if state == "draft" else {"state": "published", "published_at": clock.now()}
    create(CourseEdition, course=row, number=1, text="How", **published)
    return row


def _assignment(things: Things, owner: str, state: str) -> Any:
    course = _course(things, owner, "")
    closed = {"state": "excused", "closed_at": clock.now(), "why": "away"} if state == "closed" else {}
    return create(
        Assignment, course=course, edition=course.editions.get(), person=things.floor.people[owner],
        batch=f"{things.number():032x}", due_on=date(2030, 3, 29), **closed,
    )  # fmt: skip


def _path(things: Things, _: str, __: str) -> Any:
    steps = [{"kind": "milestone", "day": 5, "course": None, "text": "a ticket"}]
    return create(LearningPath, title=f"Path {things.number()}", steps=steps)


def _enrolment(things: Things, owner: str, state: str) -> Any:
    path, start = _path(things, owner, ""), clock.now().date()
    steps = [{**one, "due": (start + timedelta(days=one["day"])).isoformat(), "reached_on": ""} for one in path.steps]
    left = {"state": "left", "closed_at": clock.now(), "why": "another duty"} if state == "left" else {}
    return create(Enrolment, path=path, person=things.floor.people[owner], start=start, steps=steps, **left)


def _quiz(things: Things, owner: str, state: str) -> Any:
    opened = {} if state == "draft" else {"state": "open", "opened_at": clock.now()}
    course = _course(things, owner, "")
    return create(Quiz, course=course, title=f"Quiz {things.number()}", questions=[_QUESTION], **opened)


def _attempt(things: Things, owner: str, _: str) -> Any:
    return create(Attempt, quiz=_quiz(things, owner, ""), person=things.floor.people[owner], number=1)


def _import(things: Things, owner: str, _: str) -> Any:
    """A row that names nobody, and one about somebody of the lead's teams."""
    row = {"names": ["x"], "title": "C", "outcome": "completed", "at": "2026-01-01T00:00:00+00:00", "score": None}
    wrong = [{"field": "person", "message": "nobody", "person": None}]
    mate = things.floor.people["mate"].pk
    rows = [{**row, "number": 2, "who": "x", "person": None, "wrong": wrong},
            {**row, "number": 3, "who": "mate", "person": mate, "wrong": []}]  # fmt: skip
    return create(
        RecordImport, name="a.csv", form="csv", digest="0", by=things.floor.people[owner], rows=rows, total=2
    )  # fmt: skip


def _practice(things: Things, owner: str, state: str) -> Any:
    done: dict[str, Any] = {"state": state, "reply": "Sorry", "answered_at": clock.now()} if state else {}
    if state == "scored":
        done |= {"score": 100.0, "answers": {"solved": "yes"}, "scored_at": clock.now()}
    return create(
        Practice, person=things.floor.people[owner], title="Late", source_id="demo", ticket_id="1", card=_CARD,
        turns=[{"side": "customer", "text": "Where is it?"}], **done,
    )  # fmt: skip


MAKERS: dict[str, Callable[[Things, str, str], Any]] = {
    "course": _course,
    "course-assignment": _assignment,
    "training-path": _path,
    "enrolment": _enrolment,
    "quiz": _quiz,
    "quiz-attempt": _attempt,
    "training-import": _import,
    "practice": _practice,
}
SHARED = frozenset({"course", "training-path", "quiz"})
"""Nouns whose objects belong to nobody."""

STATES = {
    "training.save_course": "draft",
    "training.publish_course": "draft",
    "training.save_quiz": "draft",
    "training.open_quiz": "draft",
    "training.reopen_assignment": "closed",
    "training.resume_path": "left",
    "training.score_practice": "answered",
    "training.reopen_practice": "scored",
}

OWN = dict.fromkeys(
    (
        "training.begin_course", "training.complete_course", "training.submit_attempt", "training.answer_practice",
        "training.repair_record", "training.take_suggestions", "training.confirm_import", "training.discard_import",
    ),
    "self",
)  # fmt: skip
"""Verbs about what is one's own."""
