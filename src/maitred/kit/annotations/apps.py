"""Notes on time charts as a Django app."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Notes on time charts as a Django app."""

    name = "maitred.kit.annotations"
    label = "annotations"
    default_auto_field = "django.db.models.BigAutoField"
