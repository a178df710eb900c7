"""Escalations as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EscalationsConfig(AppConfig):
    """Escalations: who is about to be lost, who owns it, what was promised, and did we learn from it?"""

    name = "maitred.desks.escalations"
    label = "escalations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The link in the navigation, the card, the section of reports, and where findings and tickets lead to."""
        from maitred.desks.escalations.pages.due import register_card, register_link
        from maitred.desks.escalations.sections import section
        from maitred.kit.access.rights import Right
        from maitred.kit.documents import contributions
        from maitred.kit.pages import acts, nav

        nav.register(nav.Entry("operate", 30, "escalations", _("Escalations"), "escalations", Right.ESCALATIONS_READ))
        register_card()
        register_link(_("Escalate…"))
        contributions.register("escalations", 35, section)
        for action in ("escalate", "take_over"):
            acts.register(action, "escalations_raise")
