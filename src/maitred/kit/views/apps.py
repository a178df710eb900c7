"""Saved views as a Django app."""

from django.apps import AppConfig


class ViewsConfig(AppConfig):
    """Saved views as a Django app."""

    name = "maitred.kit.views"
    label = "views"
    default_auto_field = "django.db.models.BigAutoField"
