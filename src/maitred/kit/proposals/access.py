"""The only way to proposals: one's own, whichever assistant made them."""

from __future__ import annotations

from django.db.models import QuerySet

from maitred.base.errors import NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.proposals.models import Proposal


def visible_proposals(actor: Actor) -> QuerySet[Proposal]:
    """Proposals in the actor's name; the operator sees all."""
    rows = Proposal._base_manager.all()
    if reach(actor, Right.PROPOSALS_ANSWER) is Reach.ALL:
        return rows
    return rows.filter(account=actor.account) if actor.account else rows.none()


def access_proposal(actor: Actor, proposal: int) -> Proposal:
    """One of them.

    Raises
    ------
    NotFound
        There is none, or it is in somebody else's name.
    """
    found = visible_proposals(actor).filter(pk=proposal).first()
    if found is None:
        raise NotFound(f"there is no proposal {proposal} that you may see", "check the number")
    return found


def proposals_by(actor: Actor) -> QuerySet[Proposal]:
    """What this very token, or this operator, proposed."""
    return Proposal._base_manager.filter(proposed_by=actor.name)
