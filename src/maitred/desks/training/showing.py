"""Rows of courses, assignments and paths as the verbs answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from maitred.base import clock
from maitred.desks.training import access, shapes
from maitred.desks.training.models import Assignment, Course, CourseEdition, Enrolment, LearningPath, Quiz
from maitred.kit.access.actor import Actor


def today() -> date:
    """The day of now, in the zone of the machine's records."""
    return clock.now().date()


def why_not(course: Course, edition: CourseEdition | None) -> str:
    """Why a course cannot be assigned; empty where it can."""
    if course.retired:
        return f"{course.title} is out of use: take it back into use, or choose another course"
    if edition is None:
        return f"{course.title} is a draft: publish it first"
    if course.opens_on is None or course.closes_on is None:
        return (
            f"{course.title} has no dates: say from when until when it runs, "
            "for without them nobody can tell before from after"
        )
    if course.closes_on < today():
        return f"{course.title} ended on {course.closes_on.isoformat()}: give it another last day"
    return ""


def course(row: Course, edition: CourseEdition | None, counted: Mapping[int, tuple[int, int]]) -> shapes.CourseListed:
    """A course in a list."""
    why = why_not(row, edition)
    is_open, overdue = counted.get(row.pk, (0, 0))
    return shapes.CourseListed(
        row.pk, row.title, tuple(row.skills), row.minutes, row.opens_on, row.closes_on, _state(row, edition),
        edition.number if edition else None, not why, why, is_open, overdue, row.version,
    )  # fmt: skip


def counted(actor: Actor) -> dict[int, tuple[int, int]]:
    """Open and overdue assignments by course, as far as the reader sees them."""
    found: dict[int, tuple[int, int]] = {}
    rows = access.visible_assignments(actor).filter(state__in=Assignment.OPEN)
    for key, due in rows.values_list("course", "due_on"):
        is_open, overdue = found.get(key, (0, 0))
        found[key] = (is_open + 1, overdue + (due < today()))
    return found


def course_shown(actor: Actor, row: Course, edition: CourseEdition) -> shapes.CourseShown:
    """A course with one of its versions."""
    there = access.editions(actor, row)
    published = next((one for one in there if one.state == CourseEdition.PUBLISHED), None)
    quizzes = access.visible_quizzes(actor).filter(course=row).order_by("pk")
    return shapes.CourseShown(
        course(row, published, counted(actor)), edition.number, edition.state, edition.version, edition.text,
        tuple(shapes.LinkGiven(**one) for one in edition.links),
        tuple(shapes.CourseEditionListed(one.number, one.state, one.published_at) for one in there),
        tuple(quiz(one) for one in quizzes), access.writes(actor),
    )  # fmt: skip


def quiz(row: Quiz) -> shapes.QuizListed:
    """A quiz in the list of a course."""
    return shapes.QuizListed(row.pk, row.title, row.state, len(row.questions), row.pass_percent)


def state_of(row: Assignment) -> str:
    """The state of an assignment in which its day counts."""
    return "overdue" if row.state in Assignment.OPEN and row.due_on < today() else row.state


def assignment(actor: Actor, row: Assignment, led: frozenset[int] | None = None) -> shapes.AssignmentShown:
    """An assignment; ``led`` are the people whom the actor leads, where that is known already."""
    leads = row.person_id in (led if led is not None else led_among(actor, (row.person_id,)))
    done = row.completed_at.date() if row.completed_at else None
    late = done > row.due_on if done else state_of(row) == "overdue"
    return shapes.AssignmentShown(
        row.pk, row.person_id, row.person.name, row.person_id == actor.person, row.course_id, row.course.title,
        row.edition.number, row.course.minutes, row.due_on, state_of(row), late, row.batch,
        row.enrolment.path.title if row.enrolment else "", row.begun_at, row.completed_at, row.why, leads, row.version,
    )  # fmt: skip


def led_among(actor: Actor, people: Sequence[int]) -> frozenset[int]:
    """Those of some people whom the actor leads."""
    return frozenset(access.led_people(actor).filter(pk__in=set(people)).values_list("pk", flat=True))


def path(row: LearningPath, titles: Mapping[int, str], running: int) -> shapes.PathShown:
    """A path with its steps."""
    steps = tuple(
        shapes.PathStepShown(one["kind"], one["day"], one["course"], step_title(one, titles)) for one in row.steps
    )
    days = max((one.day for one in steps), default=0)
    return shapes.PathShown(row.pk, row.title, steps, days, row.retired, running, row.version)


def step_title(step: Mapping[str, Any], titles: Mapping[int, str]) -> str:
    """What a step is called: the course's title now, or the milestone's words."""
    return titles.get(step["course"], "") if step["kind"] == "course" else str(step["text"])


def titles_of(actor: Actor, steps: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Titles of the courses of steps."""
    keys = {one["course"] for one in steps if one["kind"] == "course"}
    return dict(access.visible_courses(actor).filter(pk__in=keys).values_list("pk", "title"))


def enrolment(
    actor: Actor, row: Enrolment, made: Sequence[Assignment], titles: Mapping[int, str], led: frozenset[int]
) -> shapes.EnrolmentShown:
    """Somebody on a path. ``made`` are the assignments of the path's courses."""
    by_course = {one.course_id: one for one in made}
    steps = tuple(
        _step(place, one, step_title(one, titles), by_course.get(one["course"])) for place, one in enumerate(row.steps)
    )
    return shapes.EnrolmentShown(
        row.pk, row.path_id, row.path.title, row.person_id, row.person.name, row.person_id == actor.person, row.start,
        row.state, steps, sum(one.state == "reached" for one in steps), sum(one.state == "overdue" for one in steps),
        row.why, row.person_id in led, row.version,
    )  # fmt: skip


def _step(place: int, one: Mapping[str, Any], title: str, made: Assignment | None) -> shapes.EnrolmentStep:
    due = date.fromisoformat(one["due"])
    reached = date.fromisoformat(one["reached_on"]) if one.get("reached_on") else None
    if made is not None and made.completed_at is not None:
        reached = made.completed_at.date()
    excused = made is not None and made.state == Assignment.EXCUSED
    state = "reached" if reached else "excused" if excused else "overdue" if due < today() else "ahead"
    return shapes.EnrolmentStep(
        place, one["kind"], one["course"], title, due, reached, state, made.pk if made else None,
        state_of(made) if made else "",
    )  # fmt: skip


def _state(row: Course, edition: CourseEdition | None) -> str:
    if row.retired:
        return "retired"
    if edition is None:
        return "draft"
    first, last = row.opens_on, row.closes_on
    return "closed" if (first and today() < first) or (last and last < today()) else "open"
