"""Tickets that read like a complaint: a person confirms each into the register or dismisses it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError
from maitred.desks.compliance.complaint_shapes import ProposalShown
from maitred.desks.compliance.pages import shared, wording
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """What waits for a look."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        posted = request.POST
        try:
            run("compliance.dismiss_proposal", actor, {
                "proposal": posted.get("proposal", ""), "version": posted.get("version", ""),
                "reason": posted.get("reason", ""),
            })  # fmt: skip
            messages.success(request, _("It is dismissed, and will not be proposed again."))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    cursor, here = request.GET.get("cursor"), reverse("compliance_proposals")
    page = run("compliance.proposals", actor, {"limit": _PAGE, **({"cursor": cursor} if cursor else {})})
    zone = shared.zone()
    state = "error" if problem else "ok" if page.items else "empty"
    context = {
        "page": Frame("compliance-proposals", state), "nav_name": _("Compliance"), "title": _heading(len(page.items)),
        "tabs": shared.tabs(actor, "compliance_proposals"), "rows": [_row(one, zone) for one in page.items],
        "problem": forms.told(problem) if problem else "",
        "next": f"{here}?{urlencode({'cursor': page.next})}" if page.next else "",
    }  # fmt: skip
    return render(request, "compliance/proposals.html", context, status=problem.status if problem else 200)


def _row(one: ProposalShown, zone: Any) -> dict[str, Any]:
    return {
        "one": one, "rule": wording.RULES[one.rule], "at": shared.moment(one.received_at, zone),
        "ticket": _ticket(one), "confirm": f"{reverse('compliance_new')}?{urlencode({'proposal': one.id})}",
    }  # fmt: skip


def _ticket(one: ProposalShown) -> str:
    """The page of the ticket, where the desk that has it is there."""
    try:
        return reverse("ticket", args=[one.source, one.ticket])
    except NoReverseMatch:
        return ""


def _heading(count: int) -> str:
    if not count:
        return _("Nothing waits for a look")
    said = ngettext("%(n)s ticket reads like a complaint", "%(n)s tickets read like a complaint", count)
    return said % {"n": words.count(count)}


listed.verb = "compliance.proposals"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("compliance/proposals/", listed, name="compliance_proposals")]
