"""Needs: one to write, one to look at."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from maitred.desks.hiring.pages import home, shared, wording
from maitred.desks.hiring.pages.shared import Press
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_PRESSES = {
    "withdraw": Press("hiring.withdraw_need", ("version", "reason"), gettext_lazy("The need is taken back.")),
    "reopen": Press("hiring.reopen_need", ("version",), gettext_lazy("The need is open again.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def writing(request: HttpRequest) -> HttpResponse:
    """Say that people are short; from a finding it opens with its name."""
    finding = request.GET.get("finding", "")[:80]
    fields = [
        Field("title", _("What is short"), value="", required=True),
        Field("headcount", _("How many people"), "number", "1", required=True),
        Field("by", _("Up to speed by"), "date", required=True),
        Field("reason", _("Why"), "select", options=[Option(name, told, chosen=name == "gap")
                                                     for name, told in wording.NEED_REASONS.items()]),
        Field("why", _("In words"), optional=True, help=_("An exception has its reason here, with your name.")),
        Field("forecast", _("Run of the staffing forecast"), optional=True),
        Field("gap", _("What is missing"), "number", optional=True),
        Field("gap_low", _("At least (80 % interval)"), "number", optional=True),
        Field("gap_high", _("At most (80 % interval)"), "number", optional=True),
        Field("gap_unit", _("Unit"), "select", options=[Option("", "–"), Option("hours", _("hours a week")),
                                                        Option("points", _("points of the SLA"))]),
        *(Field(f"alternative-{name}", told, optional=True, help=_("What was weighed, and what came of it."))
          for name, told in wording.ALTERNATIVES.items() if name != "other"),
    ]  # fmt: skip
    return shared.form(
        request, "hiring.open_need", fields, lambda: _values(request, finding),
        lambda made: reverse("hiring_need", args=[made.id]), title=_("People are short"),
        button=_("Write the need"), said=_("The need is written. Ask for people for it next."),
        back=(reverse("hiring"), _("Pipeline")),
        sense=_("A gap has both ends of its interval, and says what else was weighed."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, need: int) -> HttpResponse:
    """A need with what is left of it."""
    done = shared.acting(request, _PRESSES, {"need": need})
    if isinstance(done, HttpResponseRedirect):
        return done
    actor = shared.actor_of(request)
    one = run("hiring.show_need", actor, {"need": need})
    asked = run("hiring.requisitions", actor, {"need": need, "limit": 50}).items
    context = {
        "page": Frame("hiring", "error" if done else "ok", facts=[
            wording.people(one.headcount), _("by %(day)s") % {"day": words.day(one.by)},
            wording.said(wording.STATES, one.state), one.author,
        ]),
        "title": one.title, "row": home.need_row(one), "one": one,
        "alternatives": [(wording.said(wording.ALTERNATIVES, each.kind), each.weighed) for each in one.alternatives],
        "rows": [home.requisition_row(each) for each in asked],
        "ask": f"{reverse('hiring_requisition_new')}?{urlencode({'need': need})}" if one.state == "open" else "",
    }  # fmt: skip
    return shared.shown(request, "hiring/need.html", context, done)


def _values(request: HttpRequest, finding: str) -> dict[str, Any]:
    names = ("title", "headcount", "by", "reason", "why", "forecast", "gap", "gap_low", "gap_high", "gap_unit")
    weighed = [
        {"kind": name, "weighed": words_} for name in wording.ALTERNATIVES
        if (words_ := request.POST.get(f"alternative-{name}", "").strip())
    ]  # fmt: skip
    return {**shared.given(request, *names), "alternatives": weighed, **({"finding": finding} if finding else {})}


writing.verb = "hiring.open_need"  # type: ignore[attr-defined]
shown.verb = "hiring.show_need"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("hiring/needs/new/", writing, name="hiring_need_new"),
    path("hiring/needs/<int:need>/", shown, name="hiring_need"),
]
