"""Which stored secrets an actor may know of: their names, never their values."""

from __future__ import annotations

from django.db.models import QuerySet

from maitred.base.errors import NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.secrets.models import StoredSecret


def visible_secrets(actor: Actor) -> QuerySet[StoredSecret]:
    """All of them for those who look after the installation, else none."""
    every = StoredSecret._base_manager.all()
    return every if reach(actor, Right.CONFIGURATION_READ) is Reach.ALL else every.none()


def access_secret(actor: Actor, name: str) -> StoredSecret:
    """One by its name.

    Raises
    ------
    NotFound
        There is none, or not for this actor.
    """
    found = visible_secrets(actor).filter(name=name).first()
    if found is None:
        raise NotFound(f"there is no secret {name}", "`secrets list` shows the names")
    return found
