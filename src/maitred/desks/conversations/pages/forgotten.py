"""Customers who were forgotten, on the start page: they wait far beyond what is usual, and somebody can take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.desks.conversations.pages import home, shared
from maitred.desks.conversations.shapes import Watched
from maitred.kit.access.rights import Right
from maitred.kit.pages import words
from maitred.kit.pages.home import Card, register
from maitred.kit.verbs import run

_SHOWN = 5


def register_card() -> None:
    """Put the card on the start page."""
    register(Card("conversations-forgotten", 15, "conversations/forgotten.html", made, Right.CONVERSATIONS_READ))


def made(request: HttpRequest) -> Mapping[str, Any] | None:
    """Those within reach who wait longest beyond what is usual; None where nobody does."""
    actor = shared.actor_of(request)
    try:
        found: Watched = run("conversations.watch", actor, {"reason": ["forgotten"]})
    except MaitredError:
        return None
    if not found.total:
        return None
    said = ngettext("%(n)s customer was forgotten", "%(n)s customers were forgotten", found.total)
    zone = ZoneInfo(found.known.zone)
    return {
        "title": said % {"n": words.count(found.total)},
        "rows": [home.row(actor, one, zone) for one in found.rows[:_SHOWN]], "more": max(0, found.total - _SHOWN),
        "href": f"{reverse('conversations')}?reason=forgotten",
    }  # fmt: skip
