"""Roster as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RosterConfig(AppConfig):
    """Roster: people, teams and bots, what they carry and how their work goes."""

    name = "maitred.desks.roster"
    label = "roster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from maitred.desks.roster.pages.own_sections import register_own
        from maitred.desks.roster.sections import section
        from maitred.kit.access.rights import Right
        from maitred.kit.documents import contributions
        from maitred.kit.pages.nav import Entry, register

        register(Entry("people", 0, "roster", _("Roster"), "roster", Right.ROSTER_TEAMS, False, "r"))
        contributions.register("roster", 10, section)
        register_own()
