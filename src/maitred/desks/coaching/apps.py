"""Coaching as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoachingConfig(AppConfig):
    """Coaching: one-to-ones, plans, and whether they helped."""

    name = "maitred.desks.coaching"
    label = "coaching"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The link in the navigation."""
        from maitred.kit.access.rights import Right
        from maitred.kit.pages.nav import Entry, register

        register(Entry("people", 30, "coaching", _("Coaching"), "coaching", Right.COACHING_READ))
