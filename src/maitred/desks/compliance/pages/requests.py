"""Requests of data subjects: the list with what is due, and one with the forms that take it on."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from maitred.base import clock
from maitred.base.errors import MaitredError, NotFound
from maitred.desks.compliance.pages import home, shared
from maitred.desks.compliance.request_shapes import RequestShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import ABSENT
from maitred.kit.access.rights import Right
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_PAGE = 50
KINDS = {
    "access": gettext_lazy("access"), "rectification": gettext_lazy("rectification"),
    "erasure": gettext_lazy("erasure"), "restriction": gettext_lazy("restriction"),
    "portability": gettext_lazy("portability"), "objection": gettext_lazy("objection"),
    "no_automated_decision": gettext_lazy("no decision by a machine alone"),
}  # fmt: skip
STATES = {"received": gettext_lazy("received"), "verified": gettext_lazy("identity proved"),
          "fulfilled": gettext_lazy("fulfilled"), "refused": gettext_lazy("refused")}  # fmt: skip
METHODS = {
    "signed_in": gettext_lazy("signed in with us"), "known_address": gettext_lazy("answered from a known address"),
    "questions": gettext_lazy("answered questions"), "document_seen": gettext_lazy("document seen, no copy kept"),
    "representative": gettext_lazy("a representative with authority"),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Requests by state, and the form that writes one down."""
    actor, problem = shared.actor_of(request), None
    fields = _new_fields()
    if request.method == "POST":
        try:
            names = ("kind", "jurisdiction", "channel", "letter_on", "subject_name", "subject_contact", "wants")
            given = {name: request.POST[name] for name in names if request.POST.get(name)}
            made = run("compliance.request_new", actor, given)
            messages.success(request, _("It is written down as %(reference)s.") % {"reference": made.reference})
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
            fields = forms.sent(fields, request, error)
    state, cursor, here = request.GET.get("state", "open"), request.GET.get("cursor"), reverse("compliance_requests")
    asked: dict[str, Any] = {
        "limit": _PAGE,
        **({} if state == "all" else {"state": state}),
        **({"cursor": cursor} if cursor else {}),
    }
    page = run("compliance.requests", actor, asked)
    choices = [("open", _("Open")), *((one, str(label)) for one, label in STATES.items()), ("all", _("All"))]
    context = {
        "page": Frame("compliance-requests", "error" if problem else "ok" if page.items else "empty"),
        "nav_name": _("Compliance"), "title": _heading(page.items), "tabs": shared.tabs(actor, "compliance_requests"),
        "rows": [_row(one) for one in page.items], "fields": fields, "problem": forms.problem(fields, problem),
        "raises": shared.may(actor, Right.COMPLIANCE_RAISE),
        "states": [{"href": f"{here}?{urlencode({'state': one})}", "label": label, "here": one == state}
                   for one, label in choices],
        "next": f"{here}?{urlencode({'state': state, 'cursor': page.next})}" if page.next else "",
    }  # fmt: skip
    return render(request, "compliance/requests.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, number: int) -> HttpResponse:
    """One request; every press does one thing."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            _press(request, actor, number)
            messages.success(request, _("It is kept."))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    one: RequestShown = run("compliance.show_request", actor, {"data_request": number})
    now, zone = clock.now(), shared.zone()
    rows: list[tuple[Any, Any]] = [
        (_("Article"), one.article), (_("Whose it is"), one.subject_name),
        (_("How to reach them"), one.subject_contact),
        (_("What is asked for"), "" if one.wants == "-" else one.wants), (_("Channel"), one.channel),
        (_("Identity"), METHODS.get(one.method, "")), (_("Answer"), one.answer),
        (_("Others who were told"), ", ".join(one.recipients)),
    ]  # fmt: skip
    context = {
        "page": Frame("compliance-request", "error" if problem else "ok"), "nav_name": _("Compliance"), "one": one,
        "title": _("Request %(reference)s: %(kind)s") % {"reference": one.reference, "kind": KINDS[one.kind]},
        "state": STATES[one.state], "told": [row for row in rows if row[1] and row[1] is not ABSENT],
        "clocks": [home.row(each, now, zone) for each in one.clocks], "problem": forms.told(problem) if problem else "",
        "open": one.handles and one.state in ("received", "verified"),
        "methods": [{"value": value, "label": label} for value, label in METHODS.items()],
    }  # fmt: skip
    return render(request, "compliance/request.html", context, status=problem.status if problem else 200)


def _press(request: HttpRequest, actor: Actor, number: int) -> None:
    posted, do = request.POST, request.POST.get("do", "")
    own: dict[str, Any] = {"data_request": number, "version": posted.get("version", "")}
    if do in ("proved", "not_proved"):
        run("compliance.request_verify", actor, own | {"method": posted.get("method", ""), "proved": do == "proved"})
    elif do in ("extend", "refuse"):
        run(f"compliance.request_{do}", actor, own | {"reason": posted.get("reason", "")})
    elif do == "fulfil":
        told = [one.strip() for one in posted.get("recipients", "").splitlines() if one.strip()]
        run("compliance.request_fulfil", actor, own | {"answer": posted.get("answer", ""), "recipients": told})
    else:
        raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _new_fields() -> list[Field]:
    return [
        Field("kind", _("What is asked for"), "select", options=[Option(*one) for one in KINDS.items()]),
        Field("jurisdiction", _("Whose law"), "select", options=[Option("EU", "EU"), Option("GB", "GB")]),
        Field("channel", _("Channel"), value="email", required=True),
        Field("letter_on", _("A letter came on"), "date", optional=True),
        Field("subject_name", _("Whose it is"), optional=True, help=_("Shown to handlers alone.")),
        Field("subject_contact", _("How to reach them"), optional=True),
        Field("wants", _("In their words"), "textarea", optional=True),
    ]  # fmt: skip


def _row(one: RequestShown) -> dict[str, Any]:
    due = min((each.due_at for each in one.clocks if each.due_at), default=None)
    late = any(each.status == "overdue" for each in one.clocks)
    return {"one": one, "href": reverse("compliance_request", args=[one.id]), "kind": KINDS[one.kind],
            "state": STATES[one.state], "due": shared.moment(due, shared.zone()), "late": late}  # fmt: skip


def _heading(rows: tuple[RequestShown, ...]) -> str:
    late = sum(any(each.status == "overdue" for each in one.clocks) for one in rows)
    if late:
        return ngettext("%(n)s request is overdue", "%(n)s requests are overdue", late) % {"n": words.count(late)}
    if not rows:
        return _("There is no such request")
    return ngettext("%(n)s request", "%(n)s requests", len(rows)) % {"n": words.count(len(rows))}


listed.verb = "compliance.requests"  # type: ignore[attr-defined]
shown.verb = "compliance.show_request"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("compliance/requests/", listed, name="compliance_requests"),
    path("compliance/requests/<int:number>/", shown, name="compliance_request"),
]
