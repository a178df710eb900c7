"""Requisitions: one to write, one to approve, its candidates by stage."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from maitred.base.errors import UsageError
from maitred.desks.hiring.models.pipeline import ENDS, STAGES
from maitred.desks.hiring.pages import home, shared, wording
from maitred.desks.hiring.pages.shared import Press
from maitred.desks.hiring.shapes import CandidateListed
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_PRESSES = {
    "approve": Press("hiring.approve_requisition", said=gettext_lazy("It is approved. Candidates can come in.")),
    "send_back": Press("hiring.send_back_requisition", ("version", "reason"), gettext_lazy("It is sent back.")),
    "withdraw": Press("hiring.withdraw_requisition", ("version", "reason"), gettext_lazy("It is taken back.")),
    "reopen": Press("hiring.reopen_requisition", said=gettext_lazy("It waits for approval again.")),
    "add": Press("hiring.add_candidate", ("profile", "basis", "source"), gettext_lazy("The candidate is in.")),
    "tell": Press(
        "hiring.tell_before", ("told_on", "where", "qualities", "other_way"), gettext_lazy("The notice is recorded.")
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def writing(request: HttpRequest) -> HttpResponse:
    """Ask for people for a need."""
    chosen = request.GET.get("need", "")
    open_needs = run("hiring.needs", shared.actor_of(request), {"state": "open", "limit": 100}).items
    if chosen and chosen not in {str(one.id) for one in open_needs}:
        raise UsageError(_("there is no open need %(need)s") % {"need": chosen[:20]}, _("choose one of the list"))
    needs = [Option(str(one.id), one.title, chosen=str(one.id) == chosen) for one in open_needs]
    roles = ["support.agent", "support.senior_agent", "support.lead", "support.supervisor", "support.manager",
             "support.head", "quality.analyst", "wfm.analyst", "trainer"]  # fmt: skip
    fields = [
        Field("need", _("For which need"), "select", options=needs),
        Field("title", _("Title"), required=True),
        Field("role", _("Role"), value="support.agent", required=True, suggested=roles),
        Field("headcount", _("How many people"), "number", "1", required=True),
        Field("site", _("Place"), optional=True, help=_("City and state or country, such as Austin, TX.")),
        Field("remote_areas", _("Areas for remote work"), optional=True),
        Field("pay_min", _("Pay from"), "number", required=True),
        Field("pay_max", _("Pay to"), "number", required=True),
        Field("currency", _("Currency"), value="USD", required=True),
        Field("pay_unit", _("For"), "select", options=[Option(one, told, chosen=one == "year") for one, told in (
            ("year", _("a year")), ("month", _("a month")), ("hour", _("an hour")))]),
        Field("ramp_weeks", _("Weeks until somebody new is up to speed"), "number", "8"),
        Field("days_to_hire", _("Days that hiring takes"), "number", "45"),
        Field("screening", _("Questions to everybody"), "textarea", optional=True,
              help=_("One in each line. People read the answers; none ends anything by itself.")),
    ]  # fmt: skip
    return shared.form(
        request, "hiring.open_requisition", fields, lambda: _values(request),
        lambda made: reverse("hiring_requisition", args=[made.id]), title=_("Ask for people"),
        button=_("Send it for approval"), said=_("It waits for somebody else's approval."),
        back=(reverse("hiring"), _("Pipeline")), sense=_("Somebody other than you approves it."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, requisition: int) -> HttpResponse:
    """A requisition: its need, pay and approval; candidates by stage."""
    done = shared.acting(request, _PRESSES, {"requisition": requisition})
    if isinstance(done, HttpResponseRedirect):
        return done
    actor = shared.actor_of(request)
    one = run("hiring.show_requisition", actor, {"requisition": requisition})
    stage = request.GET.get("stage", "")
    if stage and stage not in (*STAGES, *ENDS):
        raise UsageError(_("there is no stage %(stage)s") % {"stage": stage[:20]}, _("follow one of the links"))
    asked: dict[str, Any] = {"requisition": requisition, "limit": 50, **({"stage": stage} if stage else {})}
    if request.GET.get("cursor"):
        asked["cursor"] = request.GET["cursor"]
    found = run("hiring.candidates", actor, asked)
    context = {
        "page": Frame("hiring", "error" if done else "ok", facts=_facts(one)), "title": one.title, "one": one,
        "row": home.requisition_row(one), "need": reverse("hiring_need", args=[one.need]),
        "candidates": [candidate_row(each) for each in found.items], "next": found.next, "stage": stage,
        "stages": [{"name": wording.said(wording.STAGES, each.stage), "n": each.n, "stage": each.stage}
                   for each in one.stages if each.n],
        "notices": run("hiring.notices", actor, {"requisition": requisition}).items, "search": _search(requisition),
        "bases": wording.BASES.items(),
    }  # fmt: skip
    return shared.shown(request, "hiring/requisition.html", context, done)


def candidate_row(one: CandidateListed) -> dict[str, Any]:
    """A candidate in a list, by code."""
    return {
        "one": one, "href": reverse("hiring_candidate", args=[one.id]),
        "stage": wording.said(wording.STAGES, one.stage), "look": wording.LOOKS.get(one.stage, ""),
        "basis": wording.said(wording.BASES, one.basis),
        "since": words.day(one.since.date()),
    }  # fmt: skip


def _facts(one: Any) -> list[str]:
    found = [wording.people(one.headcount), one.site or one.remote_areas,
             wording.money(one.pay_min, one.pay_max, one.currency, one.pay_unit),
             _("search begins by %(day)s") % {"day": words.day(one.begin_by)},
             wording.said(wording.STATES, one.state)]  # fmt: skip
    return [each for each in found if each]


def _search(requisition: int) -> str:
    try:
        return f"{reverse('hiring_search')}?requisition={requisition}"
    except NoReverseMatch:
        return ""


def _values(request: HttpRequest) -> dict[str, Any]:
    names = ("need", "title", "role", "headcount", "site", "remote_areas", "pay_min", "pay_max", "currency",
             "pay_unit", "ramp_weeks", "days_to_hire")  # fmt: skip
    lines = [one.strip() for one in request.POST.get("screening", "").splitlines() if one.strip()]
    screening = [{"key": f"q{place}", "text": one} for place, one in enumerate(lines, start=1)]
    return {**shared.given(request, *names), "screening": screening}


writing.verb = "hiring.open_requisition"  # type: ignore[attr-defined]
shown.verb = "hiring.show_requisition"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("hiring/requisitions/new/", writing, name="hiring_requisition_new"),
    path("hiring/requisitions/<int:requisition>/", shown, name="hiring_requisition"),
]
