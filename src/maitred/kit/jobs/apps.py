"""Jobs as a Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs as a Django app."""

    name = "maitred.kit.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
