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
        """The link in the navigation, the form of a finding's action, the section of a person, the card on Today."""
        from maitred.desks.coaching.pages.due import register_card
        from maitred.desks.coaching.pages.section import register_section
        from maitred.desks.coaching.sections import section
        from maitred.kit.access.rights import Right
        from maitred.kit.documents import contributions
        from maitred.kit.pages import acts, nav

        nav.register(nav.Entry("people", 30, "coaching", _("Coaching"), "coaching", Right.COACHING_READ))
        acts.register("plan_one_to_one", "coaching_plan_talk")
        contributions.register("coaching", 30, section)
        register_section()
        register_card()
