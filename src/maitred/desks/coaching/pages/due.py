"""Coaching on Today: the plans that one leads whose follow-up day has come, so that their verdicts are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.desks.coaching.pages import home
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.pages import words
from maitred.kit.pages.home import Card, register
from maitred.kit.verbs import run

_MOST = 50
_SHOWN = 5


def register_card() -> None:
    """Put the card on the start page."""
    register(Card("coaching-due", 20, "coaching/due.html", made, Right.COACHING_READ))


def made(request: HttpRequest) -> Mapping[str, Any] | None:
    """The plans that are due, the longest due first; None where there is none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        found = run("coaching.plans", actor, {"state": "running", "limit": _MOST}).items
    except MaitredError:
        return None
    due = sorted(
        (one for one in found if one.due and one.lead == actor.person), key=lambda one: (one.follow_up, one.id)
    )
    if not due:
        return None
    said = ngettext("The follow-up of %(n)s coaching plan is due", "The follow-ups of %(n)s coaching plans are due",
                    len(due))  # fmt: skip
    return {"title": said % {"n": words.count(len(due))}, "rows": [home.plan_row(one) for one in due[:_SHOWN]],
            "more": max(0, len(due) - _SHOWN)}  # fmt: skip
