"""Rule packs: what each says, from where, how sure that is, who looked at it; and days of the organisation's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.compliance.pages import shared, wording
from maitred.desks.compliance.shapes import DayShown, PackListed, PackShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

DAYS = {"closed": gettext_lazy("closed"), "open": gettext_lazy("open"), "half": gettext_lazy("closes early")}


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Packs, and the days on which the organisation differs from its calendars."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _day_pressed(request, actor))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    rows = run("compliance.packs", actor, {}).packs
    fields = _day_fields(sorted({one.calendar for one in rows}))
    fields = forms.sent(fields, request, problem) if problem else fields
    context = {
        "page": Frame("compliance-packs", "error" if problem else "ok"), "nav_name": _("Compliance"),
        "title": _heading(rows), "tabs": shared.tabs(actor, "compliance_packs"),
        "rows": [{"one": one, "href": reverse("compliance_pack", args=[one.pack])} for one in rows],
        "days": [_day(one) for one in run("compliance.days", actor, {}).days],
        "writes": shared.may(actor, Right.COMPLIANCE_WRITE), "fields": fields,
        "problem": forms.problem(fields, problem),
    }  # fmt: skip
    return render(request, "compliance/packs.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, pack: str) -> HttpResponse:
    """A pack; who of law looked at this version is written down here."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    fields = [
        Field("reviewed_by", _("Who of law looked at this version"), required=True),
        Field("reviewed_on", _("On which day"), "date", required=True),
    ]  # fmt: skip
    if request.method == "POST":
        posted = request.POST
        try:
            run("compliance.review_pack", actor, {"pack": pack, **{
                name: posted.get(name, "") for name in ("pin", "reviewed_by", "reviewed_on")}})  # fmt: skip
            messages.success(request, _("It is written down for exactly this version."))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
            fields = forms.sent(fields, request, problem)
    one: PackShown = run("compliance.show_pack", actor, {"pack": pack})
    context = {
        "page": Frame("compliance-pack", "error" if problem else "ok", facts=[one.pack.pin, one.pack.time_zone]),
        "nav_name": _("Compliance"), "title": one.pack.title, "one": one, "fields": fields,
        "writes": shared.may(actor, Right.COMPLIANCE_WRITE), "problem": forms.problem(fields, problem),
        "sources": [{"one": each, "mark": wording.SOURCES[each.mark]} for each in one.sources],
        "clocks": [{"one": each, "mark": wording.SOURCES[each.mark]} for each in one.clocks],
        "clauses": [{"one": each, "mark": wording.SOURCES[each.mark]} for each in one.clauses],
        "opens": shared.may(actor, Right.COMPLIANCE_READ),
    }  # fmt: skip
    return render(request, "compliance/pack.html", context, status=problem.status if problem else 200)


def _day_pressed(request: HttpRequest, actor: Actor) -> str:
    posted = request.POST
    if posted.get("do") == "remove":
        done = run("compliance.remove_day", actor, {"day": posted.get("day", ""),
                                                    "version": posted.get("version", "")})  # fmt: skip
    else:
        given = {name: posted.get(name, "") for name in ("calendar", "day", "kind", "name")}
        done = run("compliance.add_day", actor,
                   given | ({"closes": posted["closes"]} if posted.get("closes") else {}))  # fmt: skip
    said = ngettext("Kept; %(n)s deadline moved.", "Kept; %(n)s deadlines moved.", len(done.moved))
    return said % {"n": words.count(len(done.moved))}


def _day(one: DayShown) -> dict[str, Any]:
    return {"one": one, "day": words.day(one.day), "kind": DAYS[one.kind], "since": words.day(one.valid_from)}


def _day_fields(calendars: list[str]) -> list[Field]:
    return [
        Field("calendar", _("Calendar"), "select", options=[Option(one, one) for one in calendars]),
        Field("day", _("Day"), "date", required=True),
        Field("kind", _("On this day we are"), "select", options=[Option(one, label) for one, label in DAYS.items()]),
        Field("closes", _("Closes at"), "time", optional=True),
        Field("name", _("Name"), required=True),
    ]  # fmt: skip


def _heading(rows: tuple[PackListed, ...]) -> str:
    unseen = sum(bool(one.notice) for one in rows)
    if unseen:
        said = ngettext("%(n)s rule pack is not legally reviewed", "%(n)s rule packs are not legally reviewed", unseen)
        return said % {"n": words.count(unseen)}
    return ngettext("%(n)s rule pack", "%(n)s rule packs", len(rows)) % {"n": words.count(len(rows))}


listed.verb = "compliance.packs"  # type: ignore[attr-defined]
shown.verb = "compliance.show_pack"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("compliance/packs/", listed, name="compliance_packs"),
    path("compliance/packs/<str:pack>/", shown, name="compliance_pack"),
]
