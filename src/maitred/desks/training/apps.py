"""Training as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Training: courses, quizzes, assignments, paths, practice, and whether it changed anything."""

    name = "maitred.desks.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The section on the page of a person."""
        from maitred.desks.training.pages.section import register_section

        register_section()
