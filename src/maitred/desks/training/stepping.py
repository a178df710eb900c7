"""What somebody does next, and when a path is through: courses, milestones and practice in the order of their days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from maitred.base import clock
from maitred.desks.training import access, showing
from maitred.desks.training.models import Assignment, Enrolment, Practice
from maitred.desks.training.shapes import EnrolmentShown, MyTraining, NextStep
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds

_LAST = date(9999, 12, 31)


def of_actor(actor: Actor) -> MyTraining:
    """One's own steps; nobody's for an actor who is no person."""
    if actor.person is None:
        return MyTraining(None, None, (), 0)
    steps = sorted(_steps(actor, actor.person), key=lambda one: (one.due_on or _LAST, one.kind, one.id))
    done = access.visible_assignments(actor).filter(person=actor.person, state=Assignment.COMPLETED).count()
    return MyTraining(actor.person, steps[0] if steps else None, tuple(steps[1:]), done)


def enrolments(actor: Actor, rows: list[Enrolment]) -> tuple[EnrolmentShown, ...]:
    """Rows of people on paths as the verbs answer them."""
    led = showing.led_among(actor, [row.person_id for row in rows])
    found = []
    for row in rows:
        titles = showing.titles_of(actor, row.steps)
        found.append(showing.enrolment(actor, row, made_for(row), titles, led))
    return tuple(found)


def made_for(row: Enrolment) -> list[Assignment]:
    """The assignments that count for a path: its own, else one of the same course that was open or came later."""
    keys = [one["course"] for one in row.steps if one["kind"] == "course"]
    rows = access.assignments_of_person(row.person_id).filter(course__in=keys).exclude(state=Assignment.TAKEN_BACK)
    found: dict[int, Assignment] = {}
    for one in rows.order_by("pk"):
        since = one.closed_at is None or one.closed_at.date() >= row.start
        if one.enrolment_id == row.pk or (since and one.course_id not in found):
            found[one.course_id] = one
    return list(found.values())


def settle(actor: Actor, person: int) -> None:
    """Close the running paths of a person of which every step is reached or excused; inside a deed."""
    for row in access.running_enrolments(person):
        (shown,) = enrolments(actor, [row])
        if all(one.state in ("reached", "excused") for one in shown.steps):
            deeds.change(row, None, state=Enrolment.COMPLETED, closed_at=clock.now())


def _steps(actor: Actor, person: int) -> Iterator[NextStep]:
    today = showing.today()
    rows = access.visible_assignments(actor).filter(person=person, state__in=Assignment.OPEN)
    for row in rows:
        path = row.enrolment.path.title if row.enrolment else ""
        why = ", ".join(row.course.skills)
        yield NextStep(
            "course", row.course_id, row.course.title, row.due_on, row.due_on < today, row.course.minutes, path, why
        )
    paths = list(access.visible_enrolments(actor).filter(person=person, state=Enrolment.RUNNING))
    for shown in enrolments(actor, paths):
        for one in shown.steps:
            if one.kind == "milestone" and one.state != "reached":
                yield NextStep(
                    "milestone", shown.id, one.title, one.due_on, one.state == "overdue", None, shown.title, ""
                )
    for each in access.visible_practices(actor).filter(person=person, state=Practice.GIVEN):
        yield NextStep("practice", each.pk, each.title, None, False, None, "", "")
