"""Which promises an actor reaches: one's own, those of the teams one leads."""

from __future__ import annotations

from django.db.models import QuerySet

from maitred.kit.access import belonging
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.commitments.models import Commitment


def visible_commitments(actor: Actor, right: Right = Right.COMMITMENTS_READ) -> QuerySet[Commitment]:
    """Promises within reach."""
    return belonging.within(Commitment._base_manager.all(), actor, right, person="person_id", team="team_id")


def access_commitment(actor: Actor, commitment: int) -> Commitment:
    """One promise that the actor may change."""
    return belonging.one(visible_commitments(actor, Right.COMMITMENTS_WRITE), commitment, "commitment")


def own_commitments(person: int) -> QuerySet[Commitment]:
    """The open promises of one person, the next due first."""
    return Commitment._base_manager.filter(person=person, state="open").order_by("due_at", "pk")
