"""What an account is told as a Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What an account is told as a Django app."""

    name = "maitred.kit.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
