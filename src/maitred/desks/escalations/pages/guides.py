"""The conflict guide with what came of it, and the templates of words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.escalations.pages import shared, wording
from maitred.desks.escalations.verbs.working import StepAndOutcome
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run


@require_http_methods(["GET", "HEAD", "POST"])
def guides(request: HttpRequest) -> HttpResponse:
    """Steps and templates."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    found = run("escalations.guides", actor, {})
    leads = shared.leads(actor)
    fields = forms.sent([
        Field("name", _("Name"), required=True),
        Field("audience", _("For"), "select", options=shared.options(wording.AUDIENCES)),
        Field("text", _("Words"), "textarea", required=True,
              help=_("{customer}, {owner}, {ticket} and {promise} are filled in from the case.")),
    ], request, problem)  # fmt: skip
    context = {
        "page": Frame("escalations", "error" if problem else "ok"), "nav_name": _("Escalations"),
        "title": _("Acknowledge, own, next step, time"), "tabs": shared.tabs(actor, "escalations_guides"),
        "leads": leads, "steps": [_step(one) for one in found.steps], "closed": found.closed,
        "templates": [{"one": one, "audience": wording.AUDIENCES[one.audience]} for one in found.templates],
        "fields": fields if leads else [], "problem": forms.problem(fields, problem),
    }  # fmt: skip
    return render(request, "escalations/guides.html", context, status=problem.status if problem else 200)


def _pressed(request: HttpRequest) -> str:
    actor, posted = shared.actor_of(request), request.POST
    do = posted.get("do", "")
    if do == "add":
        run("escalations.add_template", actor, {name: posted.get(name, "") for name in ("name", "audience", "text")})
        return _("The template is kept.")
    if do == "retire":
        run("escalations.retire_template", actor, {name: posted.get(name, "") for name in ("template", "version")})
        return _("The template is out of use.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _step(one: StepAndOutcome) -> dict[str, Any]:
    def part(value: float | None, low: float | None, high: float | None) -> str:
        if value is None:
            return _("too few")
        return f"{words.share(value, 0)} ({words.share(low or 0, 0)}–{words.share(high or 0, 0)})"

    name, help_ = wording.STEPS[one.step]
    return {"one": one, "name": name, "help": help_, "done": part(one.done_share, one.done_low, one.done_high),
            "left_out": part(one.left_out_share, one.left_out_low, one.left_out_high)}  # fmt: skip


guides.verb = "escalations.guides"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("escalations/guides/", guides, name="escalations_guides")]
