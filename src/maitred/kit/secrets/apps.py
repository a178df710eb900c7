"""Secrets as a Django app."""

from django.apps import AppConfig


class SecretsConfig(AppConfig):
    """Secrets as a Django app."""

    name = "maitred.kit.secrets"
    label = "secrets"
    default_auto_field = "django.db.models.BigAutoField"
