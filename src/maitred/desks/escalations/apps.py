"""Escalations as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    """Escalations: who is about to be lost, who owns it, what was promised, and did we learn from it?"""

    name = "maitred.desks.escalations"
    label = "escalations"
    default_auto_field = "django.db.models.BigAutoField"
