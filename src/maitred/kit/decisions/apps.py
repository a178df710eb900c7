"""Decision records as a Django app."""

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    """Decision records as a Django app."""

    name = "maitred.kit.decisions"
    label = "decisions"
    default_auto_field = "django.db.models.BigAutoField"
