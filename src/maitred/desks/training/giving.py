"""Give a course to people, and what follows when somebody completed it: for assigning, paths, quizzes and lists."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound
from maitred.desks.training import access, showing
from maitred.desks.training.models import Assignment, Course, CourseEdition, Enrolment
from maitred.desks.training.shapes import WouldBe
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds
from maitred.kit.notices.telling import notify
from maitred.people.models import Person


@dataclass(frozen=True, slots=True)
class Given:
    """A course as it can be assigned until a day, and what that does for each person."""

    course: Course
    edition: CourseEdition
    due_on: date
    people: tuple[tuple[Person, WouldBe], ...]


def planned(actor: Actor, course: int, people: Iterable[int], due_on: date) -> Given:
    """What assigning a course would do; nothing is written.

    Raises
    ------
    Invalid
        The course cannot be assigned, or not until that day; one of the people is the actor.
    NotFound
        One of the people is nobody whom the actor leads.
    """
    row = access.access_course(actor, course)
    edition = assignable(row, due_on)
    asked = list(dict.fromkeys(people))
    if actor.person is not None and actor.person in asked:
        raise misfit("people", "nobody assigns a course to themselves: your lead does it")
    found = {one.pk: one for one in access.led_people(actor).filter(pk__in=asked)}
    missing = [one for one in asked if one not in found]
    if missing:
        raise NotFound(f"there is no person {missing[0]} whom you lead", "check the number, or ask who leads them")
    there, done = access.open_assignments(row, asked), access.last_completed(row, asked)
    people_ = sorted(found.values(), key=lambda one: (one.name, one.pk))
    return Given(row, edition, due_on, tuple((one, _would(one, there, done)) for one in people_))


def assignable(course: Course, due_on: date) -> CourseEdition:
    """The edition in force of a course that can be assigned until a day.

    Raises
    ------
    Invalid
        It is a draft, out of use, without dates or over; the day has passed or lies outside of the course's days.
    """
    edition = access.published_editions([course.pk]).get(course.pk)
    why = showing.why_not(course, edition)
    if why or edition is None:
        what, _, remedy = why.partition(": ")
        raise Invalid(what, remedy, ({"field": "course", "message": why, "code": "misfit"},))
    if due_on < showing.today():
        raise misfit("due_on", "that day has passed: give a later one")
    if course.opens_on is not None and due_on < course.opens_on:
        raise misfit("due_on", f"{course.title} begins on {course.opens_on.isoformat()}: give a later day")
    if course.closes_on is not None and due_on > course.closes_on:
        raise misfit("due_on", f"{course.title} ends on {course.closes_on.isoformat()}: give an earlier day")
    return edition


def give(
    actor: Actor, given: Given, *, enrolment: Enrolment | None = None, told: bool = True
) -> tuple[str, list[Assignment]]:
    """Assign a course to those who have it not open already, and tell them; inside a deed."""
    batch = secrets.token_hex(16)
    taken = [person for person, would in given.people if would.does != "has_it"]
    teams = access.teams_of(one.pk for one in taken)
    made = [
        deeds.create(
            Assignment, course=given.course, edition=given.edition, person=one, team_id=teams.get(one.pk),
            by_id=actor.person, enrolment=enrolment, batch=batch, due_on=given.due_on,
        )
        for one in taken
    ]  # fmt: skip
    if told:
        text = f"You have a course until {given.due_on.isoformat()}: {given.course.title}"
        tell([row.person_id for row in made], text, reverse("training_course", args=[given.course.pk]))
    return batch, made


def complete(row: Assignment, version: int | None, at: datetime | None = None) -> Assignment:
    """Say that an open assignment was completed; inside a deed."""
    moment = at or clock.now()
    return deeds.change(row, version, state=Assignment.COMPLETED, completed_at=moment, closed_at=clock.now(), why="")


def tell(people: Sequence[int], text: str, link: str) -> None:
    """Tell people something who have an account."""
    accounts = [one.pk for one in access.accounts_of(people).values()]
    if accounts:
        notify(accounts, "due", text, link)


def misfit(field: str, message: str) -> Invalid:
    """A refusal about one field."""
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))


def _would(one: Person, there: dict[int, Assignment], done: dict[int, Assignment]) -> WouldBe:
    has, last = there.get(one.pk), done.get(one.pk)
    completed = last.completed_at.date() if last is not None and last.completed_at is not None else None
    does = "has_it" if has is not None else "again" if completed else "assign"
    return WouldBe(one.pk, one.name, does, has.due_on if has is not None else None, completed)
