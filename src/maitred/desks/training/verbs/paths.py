"""Onboarding paths: courses and milestones in order, each due so many days after the start; who is how far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, NotFound
from maitred.desks.training import access, giving, showing, stepping
from maitred.desks.training.models import Enrolment, LearningPath
from maitred.desks.training.shapes import (
    EnrolmentId,
    EnrolmentShown,
    OtherId,
    PathId,
    Paths,
    PathShown,
    Sentence,
    StepGiven,
    Steps,
    Title,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question

_STEPS: list[dict[str, Any]] = [{"kind": "milestone", "day": 5, "text": "Answers the first ticket beside a colleague"}]


@question(needs=Right.TRAINING_READ, example={})
def paths(actor: Actor, person: OtherId | None = None) -> Paths:
    """List paths by title, and who is on one: oneself and the people whom one leads.

    Parameters
    ----------
    person
        Only the paths of this person.
    """
    rows = access.visible_enrolments(actor)
    if person is not None:
        rows = rows.filter(person=access.access_person(actor, person))
    on = list(rows.order_by("state", "-start", "pk"))
    running = Counter(row.path_id for row in on if row.state == Enrolment.RUNNING)
    there = list(access.visible_paths(actor).order_by("title"))
    return Paths(tuple(_shown(actor, row, running[row.pk]) for row in there), stepping.enrolments(actor, on))


@question(needs=Right.TRAINING_READ, example={"enrolment": 1})
def show_enrolment(actor: Actor, enrolment: EnrolmentId) -> EnrolmentShown:
    """Show somebody's path: each step with its day, and what is reached."""
    return _one(actor, access.access_enrolment(actor, enrolment))


@action(needs=Right.TRAINING_LEAD, example={"title": "First month", "steps": _STEPS})
def add_path(actor: Actor, title: Title, steps: Steps) -> PathShown:
    """Write a path: courses and milestones, each with the day after the start on which it is due."""
    row = deeds.create(LearningPath, title=title, steps=_kept(actor, steps))
    return _shown(actor, row, 0)


@action(needs=Right.TRAINING_LEAD, example={"path": 1, "version": 1, "title": "First weeks"})
def change_path(
    actor: Actor, path: PathId, version: Version, title: Title | None = None, steps: Steps | None = None,
    retired: bool | None = None,
) -> PathShown:  # fmt: skip
    """Change a path for those who begin it from now on; whoever is on it keeps the steps they have."""
    row = access.access_path(actor, path)
    given: dict[str, Any] = {"title": title, "retired": retired}
    values = {name: one for name, one in given.items() if one is not None}
    if steps is not None:
        values["steps"] = _kept(actor, steps)
    deeds.change(row, version, **values)
    running = access.visible_enrolments(actor).filter(path=row, state=Enrolment.RUNNING).count()
    return _shown(actor, row, running)


@action(needs=Right.TRAINING_LEAD, example={"path": 1, "person": 7, "start": "2030-03-04"})
def enrol(actor: Actor, path: PathId, person: OtherId, start: date) -> EnrolmentShown:
    """Put somebody on a path from a day on; its courses are assigned, each until its day, and they are told.

    Parameters
    ----------
    person
        Whom, of those whom one leads.
    start
        The first day; the days of the steps are counted from it.
    """
    row = access.access_path(actor, path)
    if row.retired:
        raise Conflict(f"{row.title} is out of use", "take it back into use, or choose another path")
    found = access.led_people(actor).filter(pk=person).first()
    if found is None:
        raise NotFound(f"there is no person {person} whom you lead", "check the number, or ask who leads them")
    if any(one.path_id == row.pk for one in access.running_enrolments(found.pk)):
        raise Conflict(f"{found.name} is on {row.title} already", "let them finish, or take them off it first")
    steps = [{**one, "due": (start + timedelta(days=one["day"])).isoformat(), "reached_on": ""} for one in row.steps]
    team = access.teams_of((found.pk,)).get(found.pk)
    made = deeds.create(Enrolment, path=row, person=found, team_id=team, start=start, steps=steps)
    for one in steps:
        if one["kind"] == "course":
            given = giving.planned(actor, one["course"], (found.pk,), date.fromisoformat(one["due"]))
            giving.give(actor, given, enrolment=made, told=False)
    giving.tell((found.pk,), "You are on a path: see what comes next and why", reverse("training"))
    return _one(actor, access.access_enrolment(actor, made.pk))


@action(needs=Right.TRAINING_LEAD, example={"enrolment": 1, "version": 1, "place": 0})
def reach_milestone(
    actor: Actor, enrolment: EnrolmentId, version: Version, place: int, reached: bool = True
) -> EnrolmentShown:
    """Say that somebody reached a milestone of their path, or that they did not after all.

    Parameters
    ----------
    place
        Which step, counted from 0.
    """
    row = _led(actor, enrolment)
    if row.state == Enrolment.LEFT:
        raise Conflict(f"{row.person.name} is off {row.path.title}", "put them on it again")
    if not 0 <= place < len(row.steps) or row.steps[place]["kind"] != "milestone":
        raise giving.misfit("place", "there is no milestone at this place: choose one of the path")
    on = showing.today().isoformat() if reached else ""
    steps = [{**one, "reached_on": on} if index == place else one for index, one in enumerate(row.steps)]
    opened = {} if reached else {"state": Enrolment.RUNNING, "closed_at": None}
    deeds.change(row, version, steps=steps, **opened)
    stepping.settle(actor, row.person_id)
    return _one(actor, access.access_enrolment(actor, row.pk))


@action(needs=Right.TRAINING_LEAD, example={"enrolment": 1, "version": 1, "reason": "moved to another duty"})
def leave_path(actor: Actor, enrolment: EnrolmentId, version: Version, reason: Sentence) -> EnrolmentShown:
    """Take somebody off a path, and say why; courses that they were given stay until they are excused."""
    row = _led(actor, enrolment)
    if row.state != Enrolment.RUNNING:
        raise Conflict(f"{row.person.name} is not on {row.path.title} any more", "nothing is left to do")
    return _one(actor, deeds.change(row, version, state=Enrolment.LEFT, closed_at=clock.now(), why=reason))


@action(needs=Right.TRAINING_LEAD, example={"enrolment": 1, "version": 2})
def resume_path(actor: Actor, enrolment: EnrolmentId, version: Version) -> EnrolmentShown:
    """Undo that somebody was taken off a path."""
    row = _led(actor, enrolment)
    if row.state != Enrolment.LEFT:
        raise Conflict(f"{row.person.name} was not taken off {row.path.title}", "nothing is left to do")
    return _one(actor, deeds.change(row, version, state=Enrolment.RUNNING, closed_at=None, why=""))


def _led(actor: Actor, enrolment: int) -> Enrolment:
    row = access.access_enrolment(actor, enrolment, Right.TRAINING_LEAD)
    if not showing.led_among(actor, (row.person_id,)):
        raise Denied(f"who leads {row.person.name} decides this", "ask your own lead")
    return row


def _one(actor: Actor, row: Enrolment) -> EnrolmentShown:
    return stepping.enrolments(actor, [row])[0]


def _shown(actor: Actor, row: LearningPath, running: int) -> PathShown:
    return showing.path(row, showing.titles_of(actor, row.steps), running)


def _kept(actor: Actor, steps: Sequence[StepGiven]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    met: set[int] = set()
    for place, one in enumerate(steps):
        if one.kind == "course":
            if one.course is None:
                raise giving.misfit(f"steps.{place}.course", "name the course of this step")
            if one.course in met:
                raise giving.misfit(f"steps.{place}.course", "a course stands on a path once")
            met.add(access.access_course(actor, one.course).pk)
        elif not one.text:
            raise giving.misfit(f"steps.{place}.text", "say what is reached at this milestone")
        text = "" if one.kind == "course" else one.text
        found.append({"kind": one.kind, "day": one.day, "course": one.course if one.kind == "course" else None,
                      "text": text})  # fmt: skip
    return sorted(found, key=lambda step: step["day"])
