"""Courses: what there is to learn; a draft, published once it is ready, never changed afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, NotFound
from maitred.desks.training import access, showing
from maitred.desks.training.models import Course, CourseEdition
from maitred.desks.training.shapes import (
    CourseId,
    Courses,
    CourseShown,
    CourseState,
    Effort,
    Links,
    Number,
    Prose,
    Skills,
    Title,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question

_EXAMPLE: dict[str, Any] = {"title": "Refunds without a manager", "minutes": 40, "skills": ["Refunds"]}


@question(needs=Right.TRAINING_READ, example={})
def courses(actor: Actor, state: CourseState | None = None) -> Courses:
    """List courses by title: what each is for, when it runs, how long it takes, who has it open or late.

    Parameters
    ----------
    state
        Only those in this state.
    """
    rows = list(access.visible_courses(actor).order_by("title"))
    published = access.published_editions(row.pk for row in rows)
    counted = showing.counted(actor)
    listed = [showing.course(row, published.get(row.pk), counted) for row in rows]
    if not access.writes(actor):
        listed = [one for one in listed if one.number is not None]
    return Courses(tuple(one for one in listed if state is None or one.state == state))


@question(needs=Right.TRAINING_READ, example={"course": 1})
def show_course(actor: Actor, course: CourseId, number: Number | None = None) -> CourseShown:
    """Show a course: what one version of it says, else the draft for those who write, else the version in force.

    Parameters
    ----------
    number
        The version to show; assignments keep the one they were made with.
    """
    row = access.access_course(actor, course)
    there = access.editions(actor, row)
    wanted = next((one for one in there if number is None or one.number == number), None)
    if wanted is None:
        what = f"version {number} of course" if number is not None else "published version of course"
        raise NotFound(f"there is no {what} {course} that you may see", "see which there are")
    return showing.course_shown(actor, row, wanted)


@action(needs=Right.TRAINING_LEAD, example=_EXAMPLE)
def add_course(
    actor: Actor, title: Title, minutes: Effort, skills: Skills = (), opens_on: date | None = None,
    closes_on: date | None = None, text: Prose = "", links: Links = (),
) -> CourseShown:  # fmt: skip
    """Begin a course as a draft; it can be assigned once it is published and has dates.

    Parameters
    ----------
    minutes
        How long it takes.
    skills
        Which skills of the roster it is for, by name.
    opens_on, closes_on
        First and last day on which it is taken.
    text
        Its pages in Markdown; links and pictures in it are shown as words.
    links
        Pages outside, each with its title.
    """
    _refuse_days(opens_on, closes_on)
    row = deeds.create(
        Course, title=title, minutes=minutes, skills=_once(skills), opens_on=opens_on, closes_on=closes_on
    )  # fmt: skip
    edition = deeds.create(CourseEdition, course=row, number=1, text=text, links=_kept(links))
    return showing.course_shown(actor, row, edition)


@action(needs=Right.TRAINING_LEAD, example={"course": 1, "version": 1, "minutes": 45})
def change_course(
    actor: Actor, course: CourseId, version: Version, title: Title | None = None, minutes: Effort | None = None,
    skills: Skills | None = None, opens_on: date | None = None, closes_on: date | None = None,
) -> CourseShown:  # fmt: skip
    """Change what a course is called, what it is for, when it runs and how long it takes; what is left out stays."""
    row = access.access_course(actor, course)
    _refuse_days(opens_on or row.opens_on, closes_on or row.closes_on)
    given: dict[str, Any] = {"title": title, "minutes": minutes, "opens_on": opens_on, "closes_on": closes_on}
    values = {name: one for name, one in given.items() if one is not None}
    if skills is not None:
        values["skills"] = _once(skills)
    deeds.change(row, version, **values)
    return showing.course_shown(actor, row, access.editions(actor, row)[0])


@action(needs=Right.TRAINING_LEAD, example={"course": 1, "version": 1, "text": "## Refunds"})
def save_course(actor: Actor, course: CourseId, version: Version, text: Prose, links: Links = ()) -> CourseShown:
    """Save the draft of what a course says; ``version`` is that of the draft."""
    row = access.access_course(actor, course)
    edition = deeds.change(_draft(actor, row), version, text=text, links=_kept(links))
    return showing.course_shown(actor, row, edition)


@action(needs=Right.TRAINING_LEAD, example={"course": 1, "version": 1})
def publish_course(actor: Actor, course: CourseId, version: Version) -> CourseShown:
    """Publish the draft: from now on it is what people are given, and it never changes again."""
    row = access.access_course(actor, course)
    draft = _draft(actor, row)
    if not draft.text.strip() and not draft.links:
        raise _misfit("text", f"{row.title} says nothing yet: write its pages or add a link")
    by = {"published_at": clock.now(), "published_by_id": actor.person}
    return showing.course_shown(actor, row, deeds.change(draft, version, state=CourseEdition.PUBLISHED, **by))


@action(needs=Right.TRAINING_LEAD, example={"course": 1})
def revise_course(actor: Actor, course: CourseId) -> CourseShown:
    """Begin the next version of a course as a copy of the one in force; assignments keep the version they have."""
    row = access.access_course(actor, course)
    last = access.editions(actor, row)[0]
    if last.state == CourseEdition.DRAFT:
        raise Conflict(f"{row.title} has a draft already", "change that one, or publish it first")
    edition = deeds.create(CourseEdition, course=row, number=last.number + 1, text=last.text, links=last.links)
    return showing.course_shown(actor, row, edition)


@action(needs=Right.TRAINING_LEAD, example={"course": 1, "version": 1, "retired": True})
def retire_course(actor: Actor, course: CourseId, version: Version, retired: bool = True) -> CourseShown:
    """Take a course out of use, or back; what was assigned stays as it is."""
    row = deeds.change(access.access_course(actor, course), version, retired=retired)
    return showing.course_shown(actor, row, access.editions(actor, row)[0])


def _draft(actor: Actor, row: Course) -> CourseEdition:
    found = access.editions(actor, row)[0]
    if found.state != CourseEdition.DRAFT:
        raise Conflict(f"version {found.number} of {row.title} is published and stays as it is", "begin the next one")
    return found


def _refuse_days(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise _misfit("closes_on", f"the last day is before the first, {first.isoformat()}: mend one of them")


def _once(skills: Skills) -> list[str]:
    """Each skill once, whatever its case; the first spelling stays."""
    return list({one.casefold(): one for one in reversed(skills)}.values())[::-1]


def _kept(links: Links) -> list[dict[str, str]]:
    found = []
    for place, one in enumerate(links):
        try:
            parts = urlsplit(one.url)
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        except ValueError:
            fits = False
        if not fits or any(sign.isspace() or not sign.isprintable() for sign in one.url):
            raise _misfit(f"links.{place}.url", "a link begins with https:// or http:// and a host")
        found.append({"title": one.title, "url": one.url})
    return found


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
