"""Hiring on the start page: scorecards that wait for the reader, approvals and offers that wait for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.desks.hiring.pages import home, shared
from maitred.kit.access.rights import Right
from maitred.kit.pages import words
from maitred.kit.pages.home import Card, register
from maitred.kit.verbs import run

_SHOWN = 5


def register_card() -> None:
    """Put the card on the start page."""
    register(Card("hiring-due", 27, "hiring/due.html", made, Right.HIRING_PANEL))


def made(request: HttpRequest) -> Mapping[str, Any] | None:
    """The reader's open scorecards first, then what waits for anybody who hires; None where nothing waits."""
    actor = shared.actor_of(request)
    try:
        found = run("hiring.interviews", actor, {"state": "planned", "limit": 50}).items
        rows = [
            {"href": reverse("hiring_interview", args=[one.id]), "what": one.code,
             "told": _("interview of %(day)s without your scorecard") % {"day": words.day(one.starts_at.date())}}
            for one in found if one.waits
        ]  # fmt: skip
        rows += home.waiting(actor) if shared.reads(actor) else []
    except MaitredError:
        return None
    if not rows:
        return None
    said = ngettext("%(n)s thing in hiring waits", "%(n)s things in hiring wait", len(rows)) % {"n": len(rows)}
    return {"title": said, "rows": rows[:_SHOWN], "more": max(0, len(rows) - _SHOWN)}
