"""Exports as a Django app."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Exports as a Django app."""

    name = "maitred.kit.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"
