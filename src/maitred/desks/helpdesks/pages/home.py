"""The list of connected helpdesks: how each does, by how much it is behind, and what it needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.desks.helpdesks.pages import connect, shared, standing, wording
from maitred.desks.helpdesks.verbs.shapes import StatusShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

MOST = 50


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every connected helpdesk; without one, the way to the first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    known = run("helpdesks.list", actor, {"limit": MOST}).items
    rows = [_row(actor, run("helpdesks.status", actor, {"connection": one.slug})) for one in known]
    states = [(str(row["name"]), row["state"]) for row in rows]
    context = {
        "page": Frame("helpdesks", _state([one.name for _name, one in states])),
        "title": wording.heading(states),
        "nav_name": _("Connectors"),
        "rows": rows,
        "vendors": connect.offered(),
        "may": shared.may(actor),
    }
    return render(request, "helpdesks/home.html", context)


def _state(names: list[str]) -> str:
    if not names:
        return "empty"
    return "stale" if any(one in wording.NEED_SOMEBODY for one in names) else "ok"


def _row(actor: Actor, one: StatusShown) -> dict[str, Any]:
    known = one.connection
    anew = reverse("helpdesk_anew", args=[known.slug]) if shared.may(actor) else ""
    facts = standing.facts(one, run("helpdesks.runs", actor, {"connection": known.slug}).runs)
    return {
        "slug": known.slug,
        "name": known.slug,
        "vendor": shared.guide_of(known.vendor).title,
        "address": known.url,
        "href": reverse("helpdesk", args=[known.slug]),
        "state": wording.state(facts, shared.zone(), anew),
        "counts": standing.counts(one, facts),
    }


listed.verb = "helpdesks.list"  # type: ignore[attr-defined]
