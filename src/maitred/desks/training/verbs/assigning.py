"""Assign courses until a day, take that back, begin, complete, excuse; one's own next step."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from maitred.base import clock
from maitred.base.errors import Conflict, Denied
from maitred.desks.training import access, giving, showing, stepping
from maitred.desks.training.models import Assignment
from maitred.desks.training.shapes import (
    Assigned,
    AssigningPreview,
    AssignmentId,
    AssignmentShown,
    AssignmentState,
    Batch,
    Led,
    LedPerson,
    MyTraining,
    OtherId,
    People,
    Sentence,
    TakenBack,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

_EXAMPLE: dict[str, Any] = {"course": 1, "people": [7, 9], "due_on": "2030-03-29"}
_ONE: dict[str, Any] = {"assignment": 1, "version": 1}


@question(needs=Right.TRAINING_READ, example={})
def my_training(actor: Actor) -> MyTraining:
    """Show one's own next step and what comes after it: courses, milestones of a path, practice, by their day."""
    return stepping.of_actor(actor)


@question(needs=Right.TRAINING_READ, example={})
def assignments(
    actor: Actor, person: OtherId | None = None, course: OtherId | None = None, state: AssignmentState | None = None,
    batch: Batch | None = None, cursor: Cursor = None, limit: Limit = 50,
) -> Page[AssignmentShown]:  # fmt: skip
    """List assignments, the newest first: one's own, and those of the people whom one leads.

    Parameters
    ----------
    person
        Only those of this person.
    course
        Only those of this course.
    state
        Only those in this state; ``open`` are the assigned, begun and overdue ones.
    batch
        Only those that were made in this go.
    """
    rows = access.visible_assignments(actor)
    if person is not None:
        rows = rows.filter(person=access.access_person(actor, person))
    if course is not None:
        rows = rows.filter(course=access.access_course(actor, course))
    if state is not None:
        rows = rows.filter(_in_state(state))
    if batch is not None:
        rows = rows.filter(batch=batch)
    led = showing.led_among(actor, list(rows.values_list("person", flat=True).distinct()))
    name = f"course-assignments:{person}:{course}:{state}:{batch}"
    return paged(rows, actor, name, cursor, limit, lambda row: showing.assignment(actor, row, led), newest=True)


@question(needs=Right.TRAINING_READ, example={"assignment": 1})
def show_assignment(actor: Actor, assignment: AssignmentId) -> AssignmentShown:
    """Show that somebody has a course to do: until when, and what became of it."""
    return showing.assignment(actor, access.access_assignment(actor, assignment))


@question(needs=Right.TRAINING_LEAD, example={})
def people(actor: Actor) -> Led:
    """List the people to whom one can give something to learn, by name."""
    return Led(tuple(LedPerson(one.pk, one.name) for one in access.led_people(actor)))


@question(needs=Right.TRAINING_LEAD, example=_EXAMPLE)
def preview_assigning(actor: Actor, course: OtherId, people: People, due_on: date) -> AssigningPreview:
    """Tell what assigning would do, for each person; nothing is written.

    Whoever has the course open already is left out; whoever completed it before would do it again, and it is said.

    Parameters
    ----------
    course
        A published course with dates.
    people
        Whom, of those whom one leads.
    due_on
        Until when; within the days of the course.
    """
    given = giving.planned(actor, course, people, due_on)
    would = tuple(one for _, one in given.people)
    count = sum(one.does != "has_it" for one in would)
    hours = round(count * given.course.minutes / 60, 2)
    return AssigningPreview(given.course.pk, given.course.title, due_on, would, count, len(would) - count, hours)


@action(needs=Right.TRAINING_LEAD, example=_EXAMPLE)
def assign(actor: Actor, course: OtherId, people: People, due_on: date) -> Assigned:
    """Assign a course to people until a day; they are told, and ``take_back`` undoes it.

    Parameters
    ----------
    course, people, due_on
        As in ``training.preview_assigning``.
    """
    given = giving.planned(actor, course, people, due_on)
    batch, made = giving.give(actor, given)
    if not made:
        raise Conflict(f"all of them have {given.course.title} open already", "nothing is left to do")
    left = tuple(one for _, one in given.people if one.does == "has_it")
    led = frozenset(row.person_id for row in made)
    return Assigned(batch, course, due_on, tuple(showing.assignment(actor, row, led) for row in made), left)


@action(needs=Right.TRAINING_LEAD, example={"batch": "0" * 32})
def take_back(actor: Actor, batch: Batch) -> TakenBack:
    """Undo an assignment of many: those who had not begun are free of it, what was begun or completed stays."""
    led = access.led_people(actor).values("pk")
    rows = list(access.visible_assignments(actor, Right.TRAINING_LEAD).filter(batch=batch, person__in=led))
    mine = [row for row in rows if row.state == Assignment.ASSIGNED]
    if not mine:
        raise Conflict("nothing of it can be taken back", "it was begun, completed or taken back already")
    now = clock.now()
    for row in mine:
        deeds.change(row, None, state=Assignment.TAKEN_BACK, closed_at=now)
    return TakenBack(batch, len(mine), sum(row.state in (Assignment.BEGUN, Assignment.COMPLETED) for row in rows))


@action(needs=Right.TRAINING_WRITE, example=_ONE)
def begin_course(actor: Actor, assignment: AssignmentId, version: Version) -> AssignmentShown:
    """Begin a course that one was given."""
    row = _own(actor, assignment)
    if row.state != Assignment.ASSIGNED:
        raise Conflict(f"course assignment {row.pk} is {row.state.replace('_', ' ')}", "nothing is left to do")
    return showing.assignment(actor, deeds.change(row, version, state=Assignment.BEGUN, begun_at=clock.now()))


@action(needs=Right.TRAINING_WRITE, example=_ONE)
def complete_course(actor: Actor, assignment: AssignmentId, version: Version) -> AssignmentShown:
    """Say that one completed a course; one with an open quiz is completed by passing it."""
    row = _own(actor, assignment)
    _refuse_closed(row)
    left = access.quizzes_to_pass(row)
    if left:
        raise Conflict(f"{row.course.title} ends with a quiz: {left[0].title}", "pass it, and the course is completed")
    done = giving.complete(row, version)
    stepping.settle(actor, row.person_id)
    return showing.assignment(actor, done)


@action(needs=Right.TRAINING_LEAD, example={**_ONE, "reason": "on parental leave"})
def excuse(actor: Actor, assignment: AssignmentId, version: Version, reason: Sentence) -> AssignmentShown:
    """Excuse somebody from a course, and say why; the person can read it."""
    row = _led(actor, assignment)
    _refuse_closed(row)
    changed = deeds.change(row, version, state=Assignment.EXCUSED, closed_at=clock.now(), why=reason)
    stepping.settle(actor, row.person_id)
    return showing.assignment(actor, changed)


@action(needs=Right.TRAINING_LEAD, example={**_ONE, "due_on": "2030-03-29"})
def move_due(actor: Actor, assignment: AssignmentId, version: Version, due_on: date) -> AssignmentShown:
    """Give somebody another day for a course; they are reminded of the new one."""
    row = _led(actor, assignment)
    _refuse_closed(row)
    giving.assignable(row.course, due_on)
    return showing.assignment(actor, deeds.change(row, version, due_on=due_on, reminded_at=None))


@action(needs=Right.TRAINING_LEAD, example=_ONE)
def reopen_assignment(actor: Actor, assignment: AssignmentId, version: Version) -> AssignmentShown:
    """Undo that an assignment was completed, excused or taken back: it is open again."""
    row = _led(actor, assignment)
    if row.state in Assignment.OPEN:
        raise Conflict(f"course assignment {row.pk} is open", "nothing is left to do")
    if row.person_id in access.open_assignments(row.course, (row.person_id,)):
        raise Conflict(f"{row.person.name} has {row.course.title} open again since", "use that one")
    state = Assignment.BEGUN if row.begun_at else Assignment.ASSIGNED
    return showing.assignment(
        actor, deeds.change(row, version, state=state, completed_at=None, closed_at=None, why="")
    )  # fmt: skip


def _own(actor: Actor, assignment: int) -> Assignment:
    row = access.access_assignment(actor, assignment, Right.TRAINING_WRITE)
    if actor.person is None or row.person_id != actor.person:
        raise Denied(f"course assignment {row.pk} is {row.person.name}'s", "whoever has it begins and completes it")
    return row


def _led(actor: Actor, assignment: int) -> Assignment:
    row = access.access_assignment(actor, assignment, Right.TRAINING_LEAD)
    if not showing.led_among(actor, (row.person_id,)):
        raise Denied(f"who leads {row.person.name} decides this", "ask your own lead")
    return row


def _refuse_closed(row: Assignment) -> None:
    if row.state not in Assignment.OPEN:
        raise Conflict(f"course assignment {row.pk} is {row.state.replace('_', ' ')}", "open it again first")


def _in_state(state: str) -> Q:
    if state == "open":
        return Q(state__in=Assignment.OPEN)
    if state == "overdue":
        return Q(state__in=Assignment.OPEN, due_on__lt=showing.today())
    if state in Assignment.OPEN:
        return Q(state=state, due_on__gte=showing.today())
    return Q(state=state)
