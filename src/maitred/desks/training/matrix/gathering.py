"""From the roster's skills and a publication's contacts to matrix and gaps, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import numpy as np

from maitred.base.errors import NotFound
from maitred.desks.training import access as training
from maitred.desks.training.matrix import access, shapes
from maitred.desks.training.matrix.demand import WEEKS, Contacts, contacts
from maitred.desks.training.matrix.gaps import Gap, by_shortage, gap
from maitred.desks.training.models import SkillNeed
from maitred.desks.training.models.waves import DIMENSIONS
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import Reading, reading
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.people.reach import figures_scope

OLD_DAYS, OLD_CERTIFICATE_DAYS = 180, 730
"""After half a year products and rules have changed; a certificate says until when it holds, mostly two years."""
WANTED_LEVEL = 3
"""Works alone: what a skill that is bound by its name alone must be held at."""
_BY_NAME = ("channel", "group", "type")


def matrix(actor: Actor, team: int | None) -> shapes.SkillMatrix:
    """People by name, skills by name."""
    people = _people(actor, team)
    names: dict[str, str] = {}
    for one in people:
        for held in one.skills:
            names.setdefault(held.name.casefold(), held.name)
    for need in access.visible_needs(actor, Right.TRAINING_READ):
        names.setdefault(need.skill.casefold(), need.skill)
    skills = tuple(names[key] for key in sorted(names))
    rows = tuple(
        shapes.SkillRow(one.person, one.name, one.person == actor.person, _cells(one, skills)) for one in people
    )
    return shapes.SkillMatrix(skills, rows, OLD_DAYS, OLD_CERTIFICATE_DAYS)


def gaps(actor: Actor, team: int | None) -> shapes.Gaps:
    """Every skill with what it has to carry, the largest shortage first."""
    found = matrix(actor, team)
    needs = list(access.visible_needs(actor))
    with ExitStack() as stack:
        try:
            read: Reading | None = stack.enter_context(reading())
        except NotFound:
            read = None
        came = contacts(read, figures_scope(actor), DIMENSIONS) if read else None
        bound = {skill.casefold(): _bound(skill, needs, read, came) for skill in found.skills}
        made: list[tuple[Gap, int]] = []
        for skill in found.skills:
            kinds, level, _ = bound[skill.casefold()]
            holders, old = _holders(found, skill, level)
            made.append((_gap(skill, kinds, came, holders), old))
        old_of = {one.skill: old for one, old in made}
        courses = _courses(actor)
        shown = tuple(
            _shown(one, old_of[one.skill], bound[one.skill.casefold()], courses, read)
            for one in by_shortage(one for one, _ in made)
        )
        known = (read.as_of.astimezone(read.zone).date() - timedelta(days=1)) if read else None
        return shapes.Gaps(shown, WEEKS, came.how if came else "", read.publication.number if read else None, known)


def label(read: Reading | None, dimension: str, value: str) -> str:
    """A kind of contact by its name."""
    names = read.ask.labels(dimension, (value,)) if read else {}
    return names.get(value, value)


def known_values(actor: Actor, dimension: str) -> list[str] | None:
    """The values of a dimension that came in the last weeks; None before anything was published."""
    try:
        with reading() as read:
            return contacts(read, figures_scope(actor), DIMENSIONS).values(dimension)
    except NotFound:
        return None


def _people(actor: Actor, team: int | None) -> list[Any]:
    """The people of the roster, which is asked as anybody would ask it; nobody where that duty is not here."""
    if "roster.people" not in register():
        return []
    rows = run("roster.people", actor, {} if team is None else {"team": team}).people
    return [one for one in rows if one.kind == "human"]


def _cells(one: Any, skills: Sequence[str]) -> tuple[shapes.SkillCell, ...]:
    held = {each.name.casefold(): each for each in one.skills}
    found = []
    for skill in skills:
        each = held.get(skill.casefold())
        if each is None:
            found.append(shapes.SkillCell(skill, None, "", None, None, False))
            continue
        limit = OLD_CERTIFICATE_DAYS if each.evidence == "certificate" else OLD_DAYS
        found.append(
            shapes.SkillCell(skill, each.level, each.evidence, each.seen_on, each.days, each.days > limit)
        )  # fmt: skip
    return tuple(found)


def _bound(
    skill: str, needs: Iterable[SkillNeed], read: Reading | None, came: Contacts | None
) -> tuple[list[tuple[str, str]], int, str]:
    """Which contacts need a skill, at which level, and who says so: somebody, or the name that both have."""
    mine = [one for one in needs if one.skill.casefold() == skill.casefold()]
    if mine:
        return [(one.dimension, one.value) for one in mine], max(one.level for one in mine), "person"
    if came is None or read is None:
        return [], WANTED_LEVEL, ""
    alike = skill.casefold()
    found = []
    for dimension in _BY_NAME:
        values = came.values(dimension)
        names = read.ask.labels(dimension, values)
        found += [(dimension, one) for one in values if alike in (one.casefold(), names.get(one, "").casefold())]
    return found, WANTED_LEVEL, "name" if found else ""


def _gap(skill: str, kinds: list[tuple[str, str]], came: Contacts | None, holders: int) -> Gap:
    if not kinds:
        return gap(skill, None, np.zeros(0), holders)
    if came is None:
        return gap(skill, [], np.zeros(0), holders)
    like = came.like(kinds)
    took = came.seconds[like]
    return gap(skill, came.weekly(like), took[~np.isnan(took)], holders)


def _holders(found: shapes.SkillMatrix, skill: str, level: int) -> tuple[int, int]:
    """How many hold a skill at a level, and how many of them with old evidence only."""
    cells = [cell for row in found.rows for cell in row.cells if cell.skill == skill]
    good = [cell for cell in cells if cell.level is not None and cell.level >= level]
    return len(good), sum(cell.old for cell in good)


def _courses(actor: Actor) -> dict[str, list[shapes.CourseFor]]:
    found: dict[str, list[shapes.CourseFor]] = {}
    for row in training.visible_courses(actor).filter(retired=False).order_by("title", "pk"):
        for skill in row.skills:
            found.setdefault(str(skill).casefold(), []).append(shapes.CourseFor(row.pk, row.title))
    return found


def _shown(
    one: Gap, old: int, bound: tuple[list[tuple[str, str]], int, str], courses: dict[str, list[shapes.CourseFor]],
    read: Reading | None,
) -> shapes.GapShown:  # fmt: skip
    kinds, level, by = bound
    came, hours = one.contacts, one.hours
    return shapes.GapShown(
        one.skill, level, one.verdict, tuple(label(read, *kind) for kind in kinds), by,
        came.value if came else None, came.low if came else None, came.high if came else None, came.n if came else 0,
        one.holders, old, hours.value if hours else None, hours.low if hours else None, hours.high if hours else None,
        hours.n if hours else 0, tuple(courses.get(one.skill.casefold(), ())),
    )  # fmt: skip
