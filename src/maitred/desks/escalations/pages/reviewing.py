"""What was learned: the list of a month, the review of a case, and what is changed because of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base import clock
from maitred.base.errors import MaitredError, NotFound
from maitred.desks.escalations.pages import shared, wording
from maitred.desks.escalations.verbs.reviewing import MonthShown, PostMortemShown
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """The list of a month."""
    actor = shared.actor_of(request)
    where = shared.zone()
    asked = request.GET.get("month", "")
    bad = bool(asked) and not re.fullmatch(r"20\d{2}-(0[1-9]|1[0-2])", asked)
    found: MonthShown = run("escalations.month", actor, {} if bad or not asked else {"month": asked})
    first = date.fromisoformat(f"{found.month}-01")
    n = len(found.cases)
    title = ngettext("%(n)s escalation was closed in %(month)s", "%(n)s escalations were closed in %(month)s", n)
    context = {
        "page": Frame("escalations", "error" if bad else "ok" if found.cases else "empty"),
        "nav_name": _("Escalations"), "title": title % {"n": words.count(n), "month": found.month},
        "tabs": shared.tabs(actor, "escalations_month"), "found": found,
        "problem": _("%(month)s is no month; write it as 2026-11. This month is shown.") % {"month": asked[:20]}
        if bad else "",
        "rows": [{**shared.row(one.case, where), "review": one} for one in found.cases],
        "causes": [{"name": wording.CAUSES[one.cause], "one": one} for one in found.causes],
        "kept": _kept(found), "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (first + timedelta(days=32)).strftime("%Y-%m"),
    }  # fmt: skip
    return render(request, "escalations/month.html", context, status=422 if bad else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def writing(request: HttpRequest, case: int) -> HttpResponse:
    """Write the review of a case."""
    actor = shared.actor_of(request)
    authorise(register()["escalations.write_post_mortem"], actor)
    about = run("escalations.show_case", actor, {"case": case})
    if about.post_mortem is not None and request.method != "POST":
        return HttpResponseRedirect(reverse("escalations_post_mortem", args=[about.post_mortem]))
    problem: MaitredError | None = None
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("happened", "why", "learned")}
        try:
            made = run("escalations.write_post_mortem", actor, {"case": case, **given})
            messages.success(request, _("The review is kept."))
            return HttpResponseRedirect(reverse("escalations_post_mortem", args=[made.id]))
        except shared.REFUSALS as error:
            problem = error
    fields = forms.sent(_fields("", "", ""), request, problem)
    context = {
        "page": Frame("escalations", "error" if problem else "ok"), "nav_name": _("Escalations"),
        "title": _("What do we learn from “%(title)s”?") % {"title": about.case.title}, "fields": fields,
        "problem": forms.problem(fields, problem), "case": about.case,
    }  # fmt: skip
    return render(request, "escalations/review_form.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, post_mortem: int) -> HttpResponse:
    """A review with what is changed because of it."""
    actor = shared.actor_of(request)
    where = shared.zone()
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, post_mortem))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    found: PostMortemShown = run("escalations.show_post_mortem", actor, {"post_mortem": post_mortem})
    draft = found.state == "draft"
    fields = forms.sent(_fields(found.happened, found.why, found.learned), request, problem)
    due = shared.field_time(clock.now() + timedelta(days=14), where)
    actions = [
        Field("what", _("What is changed"), required=True), Field("person", _("Who does it"), "select",
                                                                   options=shared.people(actor)),
        Field("due", _("Until"), "datetime-local", due, required=True),
        Field("kind", _("Registered as a change of"), "select", options=shared.options(wording.CHANGES),
              help=_("Registered, its effect can be judged, and charts show it.")),
    ]  # fmt: skip
    context = {
        "page": Frame("escalations", "error" if problem else "ok", facts=[_("finished") if not draft else _("draft")]),
        "nav_name": _("Escalations"), "title": found.case.title, "found": found, "draft": draft, "fields": fields,
        "action_fields": forms.sent(actions, request, problem), "problem": forms.told(problem) if problem else "",
        "row": shared.row(found.case, where),
        "actions_": [{"one": one, "due": words.day(one.due.astimezone(where).date()),
                      "state": wording.PROMISES[one.state], "look": {"kept": "on"}.get(one.state,
                      "low" if one.late else "off")} for one in found.actions],
    }  # fmt: skip
    return render(request, "escalations/review.html", context, status=problem.status if problem else 200)


def _pressed(request: HttpRequest, post_mortem: int) -> str:
    actor, posted = shared.actor_of(request), request.POST
    do = posted.get("do", "")
    lock = {"post_mortem": post_mortem, "version": posted.get("version", "")}
    if do == "change":
        given = {name: posted.get(name, "") for name in ("happened", "why", "learned")}
        run("escalations.change_post_mortem", actor, {**lock, **given})
        return _("The review is kept.")
    if do == "action":
        given = {name: posted[name] for name in ("what", "person", "kind") if posted.get(name)}
        given["due"] = shared.instant(posted.get("due", ""), shared.zone())
        run("escalations.add_action", actor, {"post_mortem": post_mortem, **given})
        return _("It stands on their list.")
    if do == "kept":
        given = {name: posted.get(name, "") for name in ("commitment", "version", "proof")}
        run("commitments.keep", actor, given)
        return _("It is done.")
    if do == "finish":
        run("escalations.finish_post_mortem", actor, lock)
        return _("The review is finished.")
    if do == "reopen":
        run("escalations.reopen_post_mortem", actor, lock)
        return _("The review can be changed again.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _fields(happened: str, why: str, learned: str) -> list[Field]:
    return [
        Field("happened", _("What happened, in order"), "textarea", happened, required=True),
        Field("why", _("Why it could happen"), "textarea", why, required=True,
              help=_("Causes, not the guilty: what made it likely, and why nobody noticed.")),
        Field("learned", _("What we learn"), "textarea", learned, optional=True),
    ]  # fmt: skip


def _kept(found: MonthShown) -> str:
    if not found.promises:
        return _("No promise ended in these cases.")
    told: dict[str, Any] = {"kept": words.count(found.kept), "n": words.count(found.promises)}
    if found.kept_share is None:
        return _("%(kept)s of %(n)s promises were kept in time; too few for a share.") % told
    told |= {"share": words.share(found.kept_share, 0), "low": words.share(found.kept_low or 0, 0),
             "high": words.share(found.kept_high or 0, 0)}  # fmt: skip
    return _("%(kept)s of %(n)s promises were kept in time: %(share)s (%(low)s to %(high)s).") % told


month.verb = "escalations.month"  # type: ignore[attr-defined]
writing.verb = "escalations.write_post_mortem"  # type: ignore[attr-defined]
review.verb = "escalations.show_post_mortem"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("escalations/learned/", month, name="escalations_month"),
    path("escalations/<int:case>/review/", writing, name="escalations_review"),
    path("escalations/learned/<int:post_mortem>/", review, name="escalations_post_mortem"),
]
