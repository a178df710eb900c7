"""Compliance as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    """Compliance: what is due to whom by when, and which complaints are where?"""

    name = "maitred.desks.compliance"
    label = "compliance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The link in the navigation, the section of reports, and what is due on the start page."""
        from maitred.desks.compliance.pages.due import register_card
        from maitred.desks.compliance.sections import section
        from maitred.kit.access.rights import Right
        from maitred.kit.documents import contributions
        from maitred.kit.pages import nav

        nav.register(
            nav.Entry("operate", 60, "compliance", _("Compliance"), "compliance", Right.COMPLIANCE_ENTER)
        )  # fmt: skip
        register_card()
        contributions.register("compliance", 60, section)
