"""Labels and notes on tickets as a Django app."""

from django.apps import AppConfig


class MarksConfig(AppConfig):
    """Labels and notes on tickets as a Django app."""

    name = "maitred.kit.marks"
    label = "marks"
    default_auto_field = "django.db.models.BigAutoField"
