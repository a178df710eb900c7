"""The start page: what changed, what waits for one, and until the first report is there the steps to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.base.errors import MaitredError
from maitred.kit.pages import home
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.surfaces.console import first_run


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The cards of the desks for whoever looks; where nothing is published yet, the way there."""
    actor = request.actor  # type: ignore[attr-defined]
    if not first_run.published():
        return render(request, "console/first_run.html", first_run.context(actor))
    shown = []
    for card in home.cards(actor):
        made = card.make(request)
        if made is not None:
            shown.append({"name": card.name, "template": card.template, **made})
    if shown and shown[0].get("leads"):  # one list says what needs the reader; the figures below stay figures
        for one in shown[1:]:
            one.pop("changed", None)
    lead = next((one["finding"] for one in shown if one.get("finding")), _("Nothing needs you here"))
    page = next((one["frame"] for one in shown if one.get("frame")), None) or Frame("today")
    state = next((one["state"] for one in shown if one.get("state")), "")
    if state and page.state == "ok":
        page = replace(page, state=state)
    context: dict[str, Any] = {
        "page": page, "title": lead, "nav_name": _("Today"), "cards": shown,
        "waiting": _waiting(actor), "steps": first_run.open_steps(actor),
    }  # fmt: skip
    return render(request, "console/today.html", context)


def _waiting(actor: Any) -> list[Any]:
    """One's own list, soonest first; empty for whoever has none."""
    try:
        return [*run("people.own_list", actor, {}).lines]
    except MaitredError:
        return []


@require_safe
def setting_up(request: HttpRequest) -> HttpResponse:
    """The steps to the first report with their proof, also once all are done."""
    return render(request, "console/first_run.html", first_run.context(request.actor))  # type: ignore[attr-defined]
