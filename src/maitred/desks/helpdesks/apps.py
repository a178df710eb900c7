"""Helpdesks as a Django app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from maitred.kit.access.actor import Actor
    from maitred.kit.pages.freshness import Behind


class HelpdesksConfig(AppConfig):
    """Helpdesks: connections, how far each was read, what its words mean, changes of tickets."""

    name = "maitred.desks.helpdesks"
    label = "helpdesks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let a rotation of keys find what is sealed here."""
        from maitred.desks.helpdesks.accounts import at
        from maitred.kit.secrets.rotation import COLUMNS, Column

        COLUMNS.append(Column("helpdesks.Connection", "credentials", lambda row: at(row.pk, "credentials")))
        COLUMNS.append(Column("helpdesks.Connection", "hook", lambda row: at(row.pk, "hook")))
        _shown()


def _shown() -> None:
    """The link in the navigation, and how far the data are behind on every page."""
    from maitred.kit.access.rights import Right
    from maitred.kit.pages import freshness, rows
    from maitred.kit.pages.nav import Entry, register
    from maitred.kit.pages.rows import RowAction

    register(Entry("foot", 0, "helpdesks", _("Connectors"), "helpdesks", Right.OPERATION_READ))
    freshness.register("helpdesks", _behind)
    rows.register(RowAction("helpdesks", _("Change at the helpdesk…"), "helpdesks_rows", _offers, _change_of))


def _behind() -> Sequence[Behind]:
    from maitred.desks.helpdesks.pages.lag import behind

    return behind()


def _offers(actor: Actor) -> bool:
    from maitred.desks.helpdesks.pages.changes import offered

    return offered(actor)


def _change_of(actor: Actor, source: str, ticket: str) -> str:
    from maitred.desks.helpdesks.pages.changes import of_ticket

    return of_ticket(actor, source, ticket)
