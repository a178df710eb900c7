"""Roster as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class RosterConfig(AppConfig):
    """Roster: people, teams and bots, what they carry and how their work goes."""

    name = "maitred.desks.roster"
    label = "roster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from maitred.desks.roster.pages.own_sections import register_own

        # register(Entry("people", 0, "roster", _("Roster"), "roster", Right.ROSTER_TEAMS, False, "r"))
        register_own()
