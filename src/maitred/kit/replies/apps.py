"""Replies as a Django app."""

from django.apps import AppConfig


class RepliesConfig(AppConfig):
    """Replies as a Django app."""

    name = "maitred.kit.replies"
    label = "replies"
    default_auto_field = "django.db.models.BigAutoField"
