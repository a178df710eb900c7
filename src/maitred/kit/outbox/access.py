"""Which effects an actor may meet: all or none."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from maitred.base.errors import NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.outbox.models import Effect


def visible_effects(actor: Actor) -> QuerySet[Effect]:
    """Every effect, for those who see the configuration."""
    sees = reach(actor, Right.CONFIGURATION_READ) is Reach.ALL
    return Effect._base_manager.all() if sees else Effect._base_manager.none()


def access_effect(actor: Actor, effect: int) -> Effect:
    """One effect.

    Raises
    ------
    NotFound
        It does not exist, or not for this actor.
    """
    found = visible_effects(actor).filter(pk=effect).first()
    if found is None:
        raise NotFound(f"there is no effect {effect}", "list the outbox to see which there are")
    return found


def counted() -> dict[str, int]:
    """How many effects there are in each state; tells nothing of any of them."""
    found = Effect._base_manager.values_list("state").annotate(Count("pk"))
    return {**{state: 0 for state, _ in Effect.STATES}, **dict(found)}
