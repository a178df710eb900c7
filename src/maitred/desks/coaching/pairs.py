"""Who coaches whom: the lead of a team of the person, or of one above it, as the tree has them now."""

from __future__ import annotations

from dataclasses import dataclass

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.coaching import access
from maitred.desks.coaching.access import OfTwo
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.people import tree
from maitred.people.models import Person


@dataclass(frozen=True, slots=True)
class Pair:
    """The two, and the team of the person through which the one leads the other."""

    lead: int
    person: Person
    team: int


def pair(actor: Actor, person: int) -> Pair:
    """The actor and somebody whom they lead now.

    Raises
    ------
    Invalid
        It is the actor themselves, somebody who left, or the actor is no person.
    NotFound, Denied
        There is no such person within reach, or the actor leads nobody.
    """
    if actor.person is None:
        raise Invalid("a one-to-one is between two people, and you act as none", "sign in and do it there")
    if person == actor.person:
        raise _misfit("nobody plans this with themselves: name somebody whom you lead")
    if reach(actor, Right.COACHING_WRITE) is not Reach.SUBTREE:
        raise Denied("planning this is for those who lead", "ask your lead; you can add topics to what is planned")
    found = access.access_person(actor, person, Right.COACHING_WRITE)
    if found.left_on and found.left_on <= clock.now().date():
        raise _misfit(f"{found.name} left on {found.left_on.isoformat()}: name somebody who is here")
    led = tree.teams_of(found.pk) & actor.subtree
    if not led:
        raise NotFound(f"there is no person {person} whom you lead", "check the number, or ask who leads them")
    return Pair(actor.person, found, min(led))


def still(row: OfTwo) -> bool:
    """Whether the lead of a row still leads its person, who is still here."""
    if row.person.left_on and row.person.left_on <= clock.now().date():
        return False
    return bool(tree.teams_of(row.person_id) & tree.below(tree.places_of(row.lead_id).led))


def require_still(row: OfTwo) -> None:
    """Nothing new is agreed by two who are no pair any more.

    Raises
    ------
    Conflict
        The person left or has another lead.
    """
    if not still(row):
        raise Conflict(
            f"{row.lead.name} does not lead {row.person.name} any more",
            "end it; whoever leads them now plans anew",
        )


def _misfit(message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": "person", "message": message, "code": "misfit"},))
