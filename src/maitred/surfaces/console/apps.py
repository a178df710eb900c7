"""The console as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages, sign-in, health."""

    name = "maitred.surfaces.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from maitred.people import sign_in_events

        sign_in_events.listen()
