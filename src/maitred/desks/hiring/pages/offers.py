"""Offers: the list, one to write beside its range, one to approve, make, answer, and to link to a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError
from maitred.desks.hiring.pages import shared, wording
from maitred.desks.hiring.pages.shared import Press
from maitred.desks.hiring.pipeline import access
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register

_PRESSES = {
    "change": Press("hiring.change_offer", ("version", "amount", "start", "outside_why"),
                    gettext_lazy("It is changed, and waits for approval.")),
    "approve": Press("hiring.approve_offer", said=gettext_lazy("The offer is approved.")),
    "send_back": Press("hiring.send_back_offer", ("version", "reason"), gettext_lazy("The offer is sent back.")),
    "make": Press("hiring.make_offer", said=gettext_lazy("The offer was made.")),
    "accept": Press("hiring.answer_offer", ("version", "words"), gettext_lazy("They said yes."), {"accepted": True}),
    "decline": Press("hiring.answer_offer", ("version", "words"), gettext_lazy("They said no."), {"accepted": False}),
    "withdraw": Press("hiring.withdraw_offer", ("version", "reason"), gettext_lazy("The offer is taken back.")),
    "hire": Press("hiring.hire", ("version", "person", "started_on", "path"), gettext_lazy("They are hired.")),
}  # fmt: skip


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Offers, the newest first, and how long those who were hired needed."""
    actor = shared.actor_of(request)
    given = {"cursor": request.GET["cursor"]} if request.GET.get("cursor") else {}
    found = run("hiring.offers", actor, {"limit": 50, **given})
    open_ = sum(one.state in ("waiting", "approved", "made") for one in found.items)
    told = ngettext("%(n)s offer is open", "%(n)s offers are open", open_) % {"n": open_}
    context = {
        "page": Frame("hiring", "ok" if found.items else "empty"), "nav_name": _("Hiring"), "next": found.next,
        "title": told if open_ else _("No offer is open"), "tabs": shared.tabs(actor, "hiring_offers"),
        "rows": [_row(one) for one in found.items], "ramp": run("hiring.hire_ramp", actor, {}),
    }  # fmt: skip
    return render(request, "hiring/offers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def writing(request: HttpRequest, candidate: int) -> HttpResponse:
    """Write an offer beside the range that was published."""
    actor = shared.actor_of(request)
    one = run("hiring.show_candidate", actor, {"candidate": candidate}).candidate
    asked = run("hiring.show_requisition", actor, {"requisition": one.requisition})
    published = wording.money(asked.pay_min, asked.pay_max, asked.currency, asked.pay_unit)
    fields = [
        Field("amount", _("Amount"), "number", required=True, help=_("Published: %(range)s.") % {"range": published}),
        Field("start", _("First day"), "date", required=True),
        Field("outside_why", _("Why outside of the range"), optional=True),
    ]
    return shared.form(
        request, "hiring.draft_offer", fields,
        lambda: {"candidate": candidate, **shared.given(request, "amount", "start", "outside_why")},
        lambda made: reverse("hiring_offer", args=[made.id]), title=_("Offer to %(code)s") % {"code": one.code},
        button=_("Send it for approval"), said=_("It waits for somebody else's approval."),
        back=(reverse("hiring_candidate", args=[candidate]), one.code), sense=_("Somebody other than you approves it."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, offer: int) -> HttpResponse:
    """An offer with the next step as a button."""
    done = shared.acting(request, _PRESSES, {"offer": offer})
    if isinstance(done, HttpResponseRedirect):
        return done
    actor = shared.actor_of(request)
    one = run("hiring.show_offer", actor, {"offer": offer})
    accepted = one.state == "accepted" and one.hire is None
    context = {
        "page": Frame("hiring", "error" if done else "ok", facts=[one.title, wording.said(wording.STATES, one.state)]),
        "title": _("Offer to %(code)s") % {"code": one.code}, "row": _row(one), "one": one,
        "candidate": reverse("hiring_candidate", args=[one.candidate]),
        "people": access.colleagues(actor)[:500] if accepted else [], "paths": _paths(request) if accepted else [],
        "enrolment": _enrolment(one),
    }  # fmt: skip
    return shared.shown(request, "hiring/offer.html", context, done)


def _row(one: Any) -> dict[str, Any]:
    return {
        "one": one, "href": reverse("hiring_offer", args=[one.id]), "state": wording.said(wording.STATES, one.state),
        "amount": wording.money(one.amount, one.amount, one.currency, one.pay_unit), "start": words.day(one.start),
        "range": wording.money(one.range_min, one.range_max, one.currency, one.pay_unit),
        "look": "on" if one.state in ("approved", "made", "accepted") else "off",
    }  # fmt: skip


def _paths(request: HttpRequest) -> list[Any]:
    if "training.paths" not in register():
        return []
    try:
        return [one for one in run("training.paths", shared.actor_of(request), {}).paths if not one.retired]
    except MaitredError:
        return []


def _enrolment(one: Any) -> str:
    if one.hire is None or one.hire.enrolment is None or "training.enrol" not in register():
        return ""
    return reverse("training_enrolment", args=[one.hire.enrolment])


listed.verb = "hiring.offers"  # type: ignore[attr-defined]
writing.verb = "hiring.draft_offer"  # type: ignore[attr-defined]
shown.verb = "hiring.show_offer"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("hiring/offers/", listed, name="hiring_offers"),
    path("hiring/candidates/<int:candidate>/offer/", writing, name="hiring_offer_new"),
    path("hiring/offers/<int:offer>/", shown, name="hiring_offer"),
]
