"""The register: the list by state, and the form that raises a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError
from maitred.desks.compliance import access
from maitred.desks.compliance.complaint_shapes import ComplaintListed, ComplaintRaised, ProposalShown
from maitred.desks.compliance.pages import shared, wording
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_PAGE = 50


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Complaints, the latest first."""
    actor = shared.actor_of(request)
    state, cursor = request.GET.get("state", "open"), request.GET.get("cursor")
    given: dict[str, Any] = {"limit": _PAGE, **({} if state == "all" else {"state": state}),
                             **({"cursor": cursor} if cursor else {})}  # fmt: skip
    page = run("compliance.complaints", actor, given)
    zone, here = shared.zone(), reverse("compliance_complaints")
    states = [("open", _("Open")), *((one, str(label)) for one, label in wording.STATES.items()), ("all", _("All"))]
    late = sum(one.overdue for one in page.items)
    context = {
        "page": Frame("compliance-complaints", "ok" if page.items else "empty"), "nav_name": _("Compliance"),
        "title": _heading(len(page.items), late, page.next), "tabs": shared.tabs(actor, "compliance_complaints"),
        "rows": [_row(one, zone) for one in page.items], "raises": shared.may(actor, Right.COMPLIANCE_RAISE),
        "states": [{"href": f"{here}?{urlencode({'state': one})}", "label": label, "here": one == state}
                   for one, label in states],
        "next": f"{here}?{urlencode({'state': state, 'cursor': page.next})}" if page.next else "",
    }  # fmt: skip
    return render(request, "compliance/complaints.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def raising(request: HttpRequest) -> HttpResponse:
    """Raise a complaint; from a proposal it takes over the ticket and when that was written."""
    actor = shared.actor_of(request)
    authorise(register()["compliance.complaint_new"], actor)
    number = request.GET.get("proposal", "")
    proposal = _proposal(actor, number) if number else None
    fields = _fields(actor, proposal, request.GET.get("ticket", ""))
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            made = _raised(request.POST, actor, proposal)
            told = {"reference": made.reference}
            messages.success(request, _("It is in the register. Its public reference is %(reference)s.") % told)
            if shared.may(actor, Right.COMPLIANCE_READ):
                return HttpResponseRedirect(reverse("compliance_complaints"))
            return HttpResponseRedirect(reverse("compliance"))
        except shared.REFUSALS as error:
            problem = error
            fields = forms.sent(fields, request, problem)
    context = {
        "page": Frame("compliance-new", "error" if problem else "ok"), "nav_name": _("Compliance"),
        "title": _("Raise a complaint"), "fields": fields, "problem": forms.problem(fields, problem),
        "button": _("Put it into the register"), "form_title": _("What it is about"),
        "back": reverse("compliance"), "back_name": _("Compliance"),
        "sense": _("Complaining costs nothing, and whom it is about has no part in handling it."),
    }  # fmt: skip
    return render(request, "compliance/form.html", context, status=problem.status if problem else 200)


def _proposal(actor: Actor, number: str) -> ProposalShown | None:
    page = run("compliance.proposals", actor, {"limit": 200})
    return next((one for one in page.items if str(one.id) == number), None)


def _raised(posted: Mapping[str, Any], actor: Actor, proposal: ProposalShown | None) -> ComplaintRaised:
    given: dict[str, Any] = {name: posted.get(name, "") for name in ("description", "product", "channel", "remedy")}
    if posted.get("subject"):
        given["subject"] = posted["subject"]
    found: ComplaintRaised
    if proposal is not None:
        found = run("compliance.confirm_proposal", actor, given | {"proposal": proposal.id,
                                                                    "version": proposal.version})  # fmt: skip
        return found
    texts = ("complainant_name", "complainant_contact", "jurisdiction", "kind", "immediate_action")
    given |= {name: posted[name] for name in texts if posted.get(name)}
    given |= {name: posted[name] for name in ("letter_on", "team") if posted.get(name)}
    given["tickets"] = [one for one in str(posted.get("tickets", "")).replace(",", " ").split() if one]
    given["regulated"] = posted.get("regulated") == "on"
    given["origin"] = "letter" if posted.get("letter_on") else "button"
    found = run("compliance.complaint_new", actor, given)
    return found


def _fields(actor: Actor, proposal: ProposalShown | None, ticket: str) -> list[Field]:
    people = [Option("", _("nobody in particular")), *(Option(str(key), name) for key, name in
                                                        access.people_to_name(actor))]  # fmt: skip
    first = [
        Field("description", _("What it is about"), "textarea", required=True),
        Field("remedy", _("What the complainant wants"), optional=True,
              help=_("Left empty, the register says that it was not stated.")),
        Field("product", _("Product or service"), required=True),
        Field("channel", _("Channel"), value="email", required=True, suggested=("email", "phone", "letter", "chat")),
        Field("subject", _("About whom of us"), "select", options=people),
    ]  # fmt: skip
    if proposal is not None:
        return first
    teams = [Option("", _("my team")), *(Option(str(key), name) for key, name in access.raisable_teams(actor))]
    kinds = [Option("general", _("general"), chosen=True), Option("psd", _("payment services")),
             Option("emd", _("electronic money"))]  # fmt: skip
    return [
        *first,
        Field("tickets", _("Tickets"), value=ticket, optional=True, help=_("Each as source:number, with spaces.")),
        Field("letter_on", _("A letter came on"), "date", optional=True,
              help=_("The earlier of this day and now counts; both are kept.")),
        Field("complainant_name", _("Who complains"), optional=True, help=_("Shown to handlers alone.")),
        Field("complainant_contact", _("How to reach them"), optional=True),
        Field("kind", _("Kind"), "select", options=kinds),
        Field("regulated", _("The product is regulated"), "check"),
        Field("jurisdiction", _("Country"), optional=True, help=_("Two letters, as GB.")),
        Field("team", _("Team"), "select", options=teams),
        Field("immediate_action", _("Done at once"), optional=True),
    ]  # fmt: skip


def _row(one: ComplaintListed, zone: Any) -> dict[str, Any]:
    return {"one": one, "href": reverse("compliance_complaint", args=[one.id]), "state": wording.STATES[one.state],
            "received": shared.moment(one.received_at, zone), "due": shared.moment(one.next_due_at, zone),
            "severity": wording.LEVELS.get(one.severity, "")}  # fmt: skip


def _heading(count: int, late: int, more: str | None) -> str:
    if late:
        said = ngettext("%(n)s complaint is overdue", "%(n)s complaints are overdue", late)
        return said % {"n": words.count(late)}
    if more:
        return _("More than %(n)s complaints") % {"n": words.count(count)}
    return (
        ngettext("%(n)s complaint", "%(n)s complaints", count) % {"n": words.count(count)}
        if count
        else _("There is no such complaint")
    )


listed.verb = "compliance.complaints"  # type: ignore[attr-defined]
raising.verb = "compliance.complaint_new"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("compliance/complaints/", listed, name="compliance_complaints"),
    path("compliance/complaints/new/", raising, name="compliance_new"),
]
