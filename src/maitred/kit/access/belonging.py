"""Rows that belong to a person and a team: which of them an actor reaches."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from maitred.base.errors import NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach

M = TypeVar("M", bound=Model)


def within(rows: QuerySet[M], actor: Actor, right: Right, *, person: str, team: str) -> QuerySet[M]:
    """Rows within the actor's reach: all; those of the subtree and one's own; one's own.

    Parameters
    ----------
    person, team
        Names of the columns that say whose row it is.
    """
    how = reach(actor, right)
    if how is Reach.ALL:
        return rows
    if how is Reach.NONE:
        return rows.none()
    own = Q(**{person: actor.person}) if actor.person is not None else Q(pk__in=())
    return rows.filter(own | Q(**{f"{team}__in": actor.subtree}) if how is Reach.SUBTREE else own)


def one(rows: QuerySet[M], key: int, noun: str) -> M:
    """The row, or the refusal that is the same for a foreign, an unknown and a guessed id.

    Raises
    ------
    NotFound
        There is none, or none for this actor.
    """
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound(f"there is no {noun} {key} that you may see", "check the number, or ask who may see it")
    return found
