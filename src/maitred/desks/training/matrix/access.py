"""The only way to what needs which skill: for everybody who plans training."""

from __future__ import annotations

from django.db.models import QuerySet

from maitred.desks.training.models import SkillNeed
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach


def visible_needs(actor: Actor, right: Right = Right.TRAINING_LEAD) -> QuerySet[SkillNeed]:
    """What needs which skill, by skill: for the whole house, since contacts come to all of it."""
    rows = SkillNeed._base_manager.order_by("skill", "dimension", "value", "pk")
    return rows if reach(actor, right) is not Reach.NONE else rows.none()


def access_need(actor: Actor, need: int) -> SkillNeed:
    """One of them."""
    return one(visible_needs(actor), need, "skill need")
