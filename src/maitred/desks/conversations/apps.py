"""Conversations as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConversationsConfig(AppConfig):
    """Conversations: who waits, who was forgotten, and was the service timely, helpful and kind?"""

    name = "maitred.desks.conversations"
    label = "conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The link in the navigation, the card on the start page, the sections of one's own page and of reports."""
        from maitred.desks.conversations.pages.forgotten import register_card
        from maitred.desks.conversations.pages.section import register_section
        from maitred.desks.conversations.sections import section
        from maitred.kit.access.rights import Right
        from maitred.kit.documents import contributions
        from maitred.kit.pages import nav

        entry = nav.Entry("operate", 30, "conversations", _("Conversations"), "conversations", Right.CONVERSATIONS_READ)
        nav.register(entry)
        register_section()
        register_card()
        contributions.register("conversations", 15, section)
