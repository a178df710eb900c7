"""The console as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    """Pages, sign-in, health."""

    name = "maitred.surfaces.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from maitred.kit.access.rights import Right
        from maitred.kit.pages.nav import Entry, register
        from maitred.people import sign_in_events

        sign_in_events.listen()
        register(
            Entry("", 0, "today", _("Today"), "start", filtered=True, key="t"),
            Entry("foot", 10, "proposals", _("Proposals"), "proposals", Right.PROPOSALS_ANSWER),
            Entry("foot", 20, "views", _("Saved views"), "views", Right.VIEWS_READ),
            Entry("foot", 15, "members", _("Members"), "members", Right.MEMBERS_READ),
            Entry("foot", 22, "audit", _("Audit log"), "audit", Right.AUDIT_READ),
            Entry("foot", 25, "system", _("System"), "system", Right.OPERATION_READ),
            Entry("foot", 30, "settings", _("Settings"), "settings"),
        )
