"""Compliance as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Compliance: what is due to whom by when, and which complaints are where?"""

    name = "maitred.desks.compliance"
    label = "compliance"
    default_auto_field = "django.db.models.BigAutoField"
