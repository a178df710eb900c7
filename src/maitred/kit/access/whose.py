"""Whose a new record is: oneself, or somebody within reach, with the team they are in now.

The tree of teams belongs to a room above; it hands in how to ask it (``set_lookup``).
"""

from __future__ import annotations

from collections.abc import Callable

from maitred.base.errors import Invalid, NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right, covers

Lookup = Callable[[int], "frozenset[int] | None"]
"""A person's present teams, or None where there is no such person."""

_lookup: list[Lookup] = []


def set_lookup(lookup: Lookup) -> None:
    """Say how a person's present teams are found."""
    _lookup[:] = [lookup]


def for_person(actor: Actor, right: Right, person: int | None) -> tuple[int, int | None]:
    """The person a record is for, and their team (the first by id; none for somebody without a team).

    Raises
    ------
    NotFound
        There is no such person, or none within reach.
    Invalid
        Nobody is named and the actor is no person.
    """
    wanted = actor.person if person is None else person
    if wanted is None:
        errors = ({"field": "person", "message": "name the person it is for", "code": "missing"},)
        raise Invalid("this needs a person, and you act as none", "name one", errors)
    teams = _lookup[0](wanted)
    if teams is None or not covers(actor, right, person=wanted, teams=teams):
        raise NotFound(f"there is no person {wanted} that you may see", "check the number, or ask who may see it")
    return wanted, min(teams, default=None)
