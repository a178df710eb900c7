"""Commitments as a Django app."""

from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    """Commitments as a Django app."""

    name = "maitred.kit.commitments"
    label = "commitments"
    default_auto_field = "django.db.models.BigAutoField"
