"""Interventions as a Django app."""

from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    """Interventions as a Django app."""

    name = "maitred.kit.interventions"
    label = "interventions"
    default_auto_field = "django.db.models.BigAutoField"
