"""Hiring as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class HiringConfig(AppConfig):
    """Hiring: from a need to a person who is up to speed."""

    name = "maitred.desks.hiring"
    label = "hiring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What the parts of the desk add to the house."""
        from maitred.desks.hiring.pages import registering as pipeline
        from maitred.desks.hiring.profiles import registering as profiles

        pipeline.register()
        profiles.register()
