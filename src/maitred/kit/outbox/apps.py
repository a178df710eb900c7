"""The outbox as a Django app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The outbox as a Django app."""

    name = "maitred.kit.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
