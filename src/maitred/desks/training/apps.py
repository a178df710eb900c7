"""Training as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """Training: courses, quizzes, assignments, paths, practice, and whether it changed anything."""

    name = "maitred.desks.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The link in the navigation, the sections of people and reports, and what is due on the start page."""
        from maitred.desks.training.pages.due import register_card
        from maitred.desks.training.pages.section import register_section
        from maitred.desks.training.sections import section
        from maitred.kit.access.rights import Right
        from maitred.kit.documents import contributions
        from maitred.kit.pages import nav

        nav.register(nav.Entry("people", 40, "training", _("Training"), "training", Right.TRAINING_READ))
        register_section()
        register_card()
        contributions.register("training", 40, section)
