"""Escalations on the start page: promises due, and cases that nobody said "mine" to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError
from maitred.desks.escalations.pages import shared
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right, covers
from maitred.kit.pages import words
from maitred.kit.pages.home import Card, register
from maitred.kit.pages.rows import RowAction
from maitred.kit.pages.rows import register as register_row
from maitred.kit.verbs import run

_SHOWN = 5


def register_card() -> None:
    """Put the card on the start page."""
    register(Card("escalations-due", 15, "escalations/due.html", made, Right.ESCALATIONS_READ))


def register_link(label: Any) -> None:
    """Offer raising on the page of a ticket."""
    register_row(RowAction("escalations", label, "escalations_raise", lambda actor: False, _of_ticket))


def made(request: HttpRequest) -> Mapping[str, Any] | None:
    """Cases without an owner by time left, then those whose promise is due soonest; None where there is none."""
    actor = shared.actor_of(request)
    try:
        found = run("escalations.board", actor, {})
    except MaitredError:
        return None
    where = shared.zone()
    promised = [one for one in found.active if one.next_promise is not None]
    rows = [shared.row(one, where) for one in (*found.declared, *promised)]
    if not rows:
        return None
    title = _("%(n)s escalations without an owner, %(m)s with a promise due")
    return {"title": title % {"n": words.count(len(found.declared)), "m": words.count(len(promised))},
            "rows": rows[:_SHOWN], "more": max(0, len(rows) - _SHOWN), "all": reverse("escalations")}  # fmt: skip


def _of_ticket(actor: Actor, source: str, ticket: str) -> str:
    if actor.person is None or not covers(actor, Right.ESCALATIONS_WRITE, person=actor.person):
        return ""
    return f"{reverse('escalations_raise')}?{urlencode({'source': source, 'ticket': ticket})}"
