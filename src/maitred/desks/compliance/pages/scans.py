"""Card numbers where none should be: scans, and the places of what they found, with four digits at most."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError
from maitred.desks.compliance.pages import shared
from maitred.desks.compliance.shapes import ScanListed, ScanShown
from maitred.kit.access.rights import Right
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

STORES = {
    "all": gettext_lazy("everything"), "tables": gettext_lazy("tables"), "landing": gettext_lazy("landing"),
    "database": gettext_lazy("database"), "logs": gettext_lazy("logs"), "exports": gettext_lazy("exports"),
    "indexes": gettext_lazy("indexes"), "media": gettext_lazy("names of files"), "backups": gettext_lazy("backups"),
    "other": gettext_lazy("other files"),
}  # fmt: skip
KINDS = {"card": gettext_lazy("card number"), "security_code": gettext_lazy("security code"),
         "track": gettext_lazy("magnetic stripe")}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The latest scans, and a button that asks for one."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    fields = [Field("store", _("Where to look"), "select", options=[Option(*one) for one in STORES.items()])]
    if request.method == "POST":
        try:
            run("compliance.scan", actor, {"store": request.POST.get("store", "all")})
            messages.success(request, _("It is asked for. The worker looks, and the result stands here."))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
            fields = forms.sent(fields, request, problem)
    rows = run("compliance.scans", actor, {}).scans
    zone = shared.zone()
    state = "error" if problem else "ok" if rows else "empty"
    context = {
        "page": Frame("compliance-scans", state), "nav_name": _("Compliance"),
        "title": _heading(next((one for one in rows if one.state == "done"), None)),
        "tabs": shared.tabs(actor, "compliance_scans"), "rows": [_row(one, zone) for one in rows], "fields": fields,
        "writes": shared.may(actor, Right.COMPLIANCE_WRITE), "problem": forms.problem(fields, problem),
    }  # fmt: skip
    return render(request, "compliance/scans.html", context, status=problem.status if problem else 200)


@require_safe
def shown(request: HttpRequest, scan: int) -> HttpResponse:
    """What one scan found."""
    actor = shared.actor_of(request)
    one: ScanShown = run("compliance.show_scan", actor, {"scan": scan})
    context = {
        "page": Frame("compliance-scan", "ok" if one.findings else "empty"), "nav_name": _("Compliance"),
        "title": _heading(one.scan), "row": _row(one.scan, shared.zone()), "one": one,
        "rows": [{"one": each, "store": STORES.get(each.store, each.store), "kind": KINDS.get(each.kind, each.kind)}
                 for each in one.findings],
    }  # fmt: skip
    return render(request, "compliance/scan.html", context)


def _row(one: ScanListed, zone: Any) -> dict[str, Any]:
    return {"one": one, "href": reverse("compliance_scan", args=[one.id]), "store": STORES.get(one.store, one.store),
            "at": shared.moment(one.finished_at or one.asked_at, zone), "items": words.count(one.items),
            "found": words.count(one.found)}  # fmt: skip


def _heading(one: ScanListed | None) -> str:
    if one is None:
        return _("No scan was made yet")
    if one.state != "done":
        return _("The scan is waiting for the worker")
    if not one.found:
        return _("No card number was found")
    said = ngettext("%(n)s number was found where none should be", "%(n)s numbers were found where none should be",
                    one.found)  # fmt: skip
    return said % {"n": words.count(one.found)}


listed.verb = "compliance.scans"  # type: ignore[attr-defined]
shown.verb = "compliance.show_scan"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("compliance/scans/", listed, name="compliance_scans"),
    path("compliance/scans/<int:scan>/", shown, name="compliance_scan"),
]
