"""Conversations on one's own page: what waits on oneself and what was promised; nobody else sees it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maitred.base.errors import MaitredError
from maitred.desks.conversations.pages import home, shared
from maitred.desks.conversations.shapes import Mine
from maitred.kit.access.rights import Right
from maitred.kit.pages.person import Section, Subject, register
from maitred.kit.verbs import run

_MOST = 5


def register_section() -> None:
    """Put the section on the page."""
    register(
        Section("conversations", 15, _("Your conversations"), "conversations/parts/section.html", made,
                Right.CONVERSATIONS_READ)
    )  # fmt: skip


def made(request: HttpRequest, subject: Subject) -> Mapping[str, Any] | None:
    """One's own; None on anybody else's page."""
    if not subject.own:
        return None
    actor = shared.actor_of(request)
    try:
        found: Mine = run("conversations.mine", actor, {})
    except MaitredError:
        return None
    zone = ZoneInfo(found.known.zone)
    return {"rows": [home.row(actor, one, zone) for one in found.rows[:_MOST]], "more": max(0, found.total - _MOST),
            "href": reverse("conversations"), "behind": shared.behind(found.known)}  # fmt: skip
