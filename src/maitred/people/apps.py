"""People as a Django app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from maitred.kit.access.actor import Actor
    from maitred.metrics.scope import Scope


class PeopleConfig(AppConfig):
    """Persons, teams, accounts, tokens."""

    name = "maitred.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the room below how to ask for a person's teams, for the tree, and for the tickets one may open."""
        from maitred.kit.access.scopes import set_scopes
        from maitred.kit.access.teams import set_kin
        from maitred.kit.access.whose import set_lookup
        from maitred.people.tree import above, below, teams_of_known

        set_lookup(teams_of_known)
        set_kin(above, below)
        set_scopes(_figures, _tickets)


def _figures(actor: Actor) -> Scope:
    from maitred.people.reach import figures_scope

    return figures_scope(actor)


def _tickets(actor: Actor) -> Scope:
    from maitred.people.reach import tickets_scope

    return tickets_scope(actor)
