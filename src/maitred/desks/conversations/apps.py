"""Conversations as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Conversations: who waits, who was forgotten, and was the service timely, helpful and kind?"""

    name = "maitred.desks.conversations"
    label = "conversations"
    default_auto_field = "django.db.models.BigAutoField"
