"""Hiring as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class HiringConfig(AppConfig):
    """Hiring: from a need to a person who is up to speed."""

    name = "maitred.desks.hiring"
    label = "hiring"
    default_auto_field = "django.db.models.BigAutoField"
