"""Quality as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    """Quality: scorecards, samples, reviews, feedback and contest, calibration, checks."""

    name = "maitred.desks.quality"
    label = "quality"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The link in the navigation, the section on the page of a person and in reports."""
        from maitred.desks.quality.pages.section import register_section
        from maitred.desks.quality.sections import section
        from maitred.kit.access.rights import Right
        from maitred.kit.documents import contributions
        from maitred.kit.pages.nav import Entry, register

        register(Entry("people", 20, "quality", _("Quality"), "quality", Right.QUALITY_READ, key="q"))
        contributions.register("quality", 20, section)
        register_section()
