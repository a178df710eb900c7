"""The entrance: what waits for somebody, needs with what is left of them, requisitions with their stages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maitred.desks.hiring.models.pipeline import STAGES
from maitred.desks.hiring.pages import shared, wording
from maitred.desks.hiring.shapes import Counts, NeedShown, RequisitionShown
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_MOST = 100


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits, then needs and requisitions; counts alone for whoever does not hire."""
    actor = shared.actor_of(request)
    counted = run("hiring.counts", actor, {})
    if not shared.reads(actor):
        return render(request, "hiring/counts.html", _counts(request, counted))
    needs = run("hiring.needs", actor, {"state": "open", "limit": _MOST}).items
    asked = run("hiring.requisitions", actor, {"limit": _MOST}).items
    standing = [one for one in asked if one.state != "withdrawn"]
    context = {
        "page": Frame("hiring", "ok" if needs or asked else "empty"), "nav_name": _("Hiring"),
        "title": _title(needs, standing), "tabs": shared.tabs(actor, "hiring"),
        "needs": [need_row(one) for one in needs], "rows": [requisition_row(one) for one in standing],
        "stages": [wording.said(wording.STAGES, one) for one in STAGES],
        "waiting": waiting(actor), "counts": counted,
    }  # fmt: skip
    return render(request, "hiring/home.html", context)


def waiting(actor: Any) -> list[dict[str, Any]]:
    """What waits for a person: approvals, offers, scorecards, what candidates asked for."""
    found = []
    for one in run("hiring.requisitions", actor, {"state": "waiting", "limit": 20}).items:
        told = _("you wrote it: somebody else approves") if one.mine else _("approve it, or send it back")
        found.append({"href": reverse("hiring_requisition", args=[one.id]), "what": one.title, "told": told})
    for state in ("waiting", "approved", "made", "accepted"):
        for one in run("hiring.offers", actor, {"state": state, "limit": 20}).items:
            if one.hire is None:
                told = wording.said(wording.STATES, state)
                found.append({"href": reverse("hiring_offer", args=[one.id]), "what": f"{one.title}, {one.code}",
                              "told": _("offer: %(state)s") % {"state": told}})  # fmt: skip
    for one in run("hiring.objections", actor, {"limit": 20}).items:
        if one.state == "open":
            told = _("asked for something, answer until %(day)s") % {"day": words.day(one.due_on)}
            found.append({"href": reverse("hiring_candidate", args=[one.candidate]), "what": one.code, "told": told})
    return found


def need_row(one: NeedShown) -> dict[str, Any]:
    """A need in a list."""
    return {
        "one": one, "href": reverse("hiring_need", args=[one.id]), "by": words.day(one.by), "gap": wording.gap(one),
        "reason": wording.said(wording.NEED_REASONS, one.reason), "people": wording.people(one.headcount),
    }  # fmt: skip


def requisition_row(one: RequisitionShown) -> dict[str, Any]:
    """A requisition in a list."""
    counted = {each.stage: each.n for each in one.stages}
    return {
        "one": one, "href": reverse("hiring_requisition", args=[one.id]), "begin": words.day(one.begin_by),
        "state": wording.said(wording.STATES, one.state),
        "look": "on" if one.state in ("approved", "filled") else "off",
        "counts": [{"n": counted[stage], "name": wording.said(wording.STAGES, stage)} for stage in STAGES],
        "where": one.site or one.remote_areas,
    }  # fmt: skip


def _title(needs: Any, standing: Any) -> str:
    short = sum(one.short for one in needs)
    if not needs and not standing:
        return _("Nobody is being hired")
    if not short:
        return _("Every need is met")
    return ngettext("%(n)s person is still to be found", "%(n)s people are still to be found", short) % {"n": short}


def _counts(request: HttpRequest, counted: Counts) -> dict[str, Any]:
    actor = shared.actor_of(request)
    return {
        "page": Frame("hiring", "ok" if counted.needs or counted.requisitions else "empty"), "nav_name": _("Hiring"),
        "title": ngettext("%(n)s person is needed", "%(n)s people are needed", counted.people_needed)
        % {"n": counted.people_needed},
        "tabs": shared.tabs(actor, "hiring"), "counts": counted,
        "rows": [{"name": wording.said(wording.STAGES, one.stage), "n": one.n} for one in counted.stages],
    }  # fmt: skip


home.verb = "hiring.counts"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("hiring/", home, name="hiring")]
