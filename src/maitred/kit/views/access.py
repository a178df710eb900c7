"""Which saved views an actor sees, and which of them are theirs to change."""

from __future__ import annotations

from django.db.models import QuerySet

from maitred.kit.access import belonging, sharing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.views.models import SavedView


def visible_views(actor: Actor) -> QuerySet[SavedView]:
    """One's own views and those that are shared with one."""
    return sharing.shared_with(SavedView._base_manager.all(), actor, Right.VIEWS_READ)


def access_view(actor: Actor, view: int) -> SavedView:
    """One view that the actor sees."""
    return belonging.one(visible_views(actor), view, "view")


def own_views(actor: Actor) -> QuerySet[SavedView]:
    """The views that the actor may change."""
    return sharing.owned_by(SavedView._base_manager.all(), actor)


def access_own_view(actor: Actor, view: int) -> SavedView:
    """One view that the actor may change."""
    return belonging.one(own_views(actor), view, "view")
