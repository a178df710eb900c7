"""Who can do what and how fresh that is, which work needs it, and where it is short."""

from __future__ import annotations

from maitred.base.errors import Conflict, NotFound
from maitred.desks.training.giving import misfit
from maitred.desks.training.matrix import access, gathering
from maitred.desks.training.matrix.shapes import (
    Dimension,
    Gaps,
    Level,
    NeedId,
    Needs,
    NeedShown,
    OtherId,
    SkillMatrix,
    SkillName,
    Value,
)
from maitred.desks.training.models import SkillNeed
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.reading import reading
from maitred.kit.verbs import Version, action, question

_SHOWN_VALUES = 8


@question(needs=Right.TRAINING_READ, example={})
def matrix(actor: Actor, team: OtherId | None = None) -> SkillMatrix:
    """Show people and skills with level, evidence and its age: one's own row, or those whom one leads, by name.

    Parameters
    ----------
    team
        Only those who are in this team or in one below it now.
    """
    return gathering.matrix(actor, team)


@question(needs=Right.TRAINING_LEAD, example={})
def gaps(actor: Actor, team: OtherId | None = None) -> Gaps:
    """List skills by shortage: contacts of a week that need each, who holds it, and hours of a week for each of them.

    Parameters
    ----------
    team
        Count only those as holders who are in this team or in one below it now.
    """
    return gathering.gaps(actor, team)


@question(needs=Right.TRAINING_LEAD, example={})
def skill_needs(actor: Actor) -> Needs:
    """List which contacts need which skill at which level."""
    return Needs(tuple(_shown(one) for one in access.visible_needs(actor)))


@action(needs=Right.TRAINING_LEAD, example={"skill": "Chat", "dimension": "channel", "value": "chat", "level": 3})
def need_skill(actor: Actor, skill: SkillName, dimension: Dimension, value: Value, level: Level = 3) -> NeedShown:
    """Say that contacts of one kind need a skill; without such a word a skill of the same name as the kind stands.

    Parameters
    ----------
    dimension, value
        The kind: ``channel`` and ``chat``, ``group`` and ``zendesk:11``.
    level
        What they need at least, 1 to 4.
    """
    known = gathering.known_values(actor, dimension)
    if known is not None and value not in known:
        few = ", ".join(known[:_SHOWN_VALUES]) or "none"
        raise misfit("value", f"no contact of the last weeks has {dimension} {value!r}; they have: {few}")
    there = access.visible_needs(actor).filter(skill__iexact=skill, dimension=dimension, value=value).first()
    if there is not None:
        raise Conflict(f"contacts of {dimension} {value} need {there.skill} already", "remove that word first")
    return _shown(deeds.create(SkillNeed, skill=skill, dimension=dimension, value=value, level=level))


@action(needs=Right.TRAINING_LEAD, example={"need": 1, "version": 1})
def drop_skill_need(actor: Actor, need: NeedId, version: Version) -> NeedShown:
    """Take back that contacts of one kind need a skill."""
    row = access.access_need(actor, need)
    shown = _shown(row)
    deeds.remove(row, version)
    return shown


def _shown(row: SkillNeed) -> NeedShown:
    try:
        with reading() as read:
            name = gathering.label(read, row.dimension, row.value)
    except NotFound:
        name = row.value
    return NeedShown(row.pk, row.skill, row.dimension, row.value, name, row.level, row.version)
