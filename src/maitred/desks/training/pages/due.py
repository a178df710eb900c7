"""Training on Today: the courses in waves whose weeks have passed, so that they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.desks.training.pages import waves
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.pages import words
from maitred.kit.pages.home import Card, register
from maitred.kit.verbs import run

_MOST = 50
_SHOWN = 5


def register_card() -> None:
    """Put the card on the start page."""
    register(Card("training-due", 25, "training/due.html", made, Right.TRAINING_LEAD))


def made(request: HttpRequest) -> Mapping[str, Any] | None:
    """The courses in waves that can be judged by now, the longest first; None where there is none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        found = run("training.wave_plans", actor, {"state": "running", "limit": _MOST}).items
    except MaitredError:
        return None
    due = sorted((one for one in found if one.due), key=lambda one: (one.judged_from, one.id))
    if not due:
        return None
    said = ngettext("%(n)s course in waves can be judged", "%(n)s courses in waves can be judged", len(due))
    return {"title": said % {"n": words.count(len(due))}, "rows": [waves.plan_row(one) for one in due[:_SHOWN]],
            "more": max(0, len(due) - _SHOWN)}  # fmt: skip
