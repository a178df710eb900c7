"""Scorecards: which there are, the editor of a draft, and versions that never change once they are published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from maitred.base.errors import Conflict, Invalid, MaitredError
from maitred.desks.quality.pages import carding, shared, wording
from maitred.desks.quality.verbs.shapes import EditionListed, ScorecardListed, ScorecardShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.verbs import run


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The scorecards by name, and the form for a new one."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            given = {name: request.POST.get(name, "") for name in ("name", "description")}
            made = run("quality.add_scorecard", actor, given)
            return redirect("quality_scorecard", made.id)
        except shared.REFUSALS as error:
            problem = error
    found: Sequence[ScorecardListed] = run("quality.scorecards", actor, {}).scorecards
    fields = [Field("name", _("Name"), required=True), Field("description", _("What it is for"), optional=True)]
    fields = forms.sent(fields, request, problem) if problem else fields
    used = [one for one in found if one.published and not one.retired]
    said = ngettext("%(n)s scorecard is in use", "%(n)s scorecards are in use", len(used))
    context = {
        **shared.shell(actor, "quality_scorecards"), "page": shared.frame("ok" if found else "empty", problem),
        "title": said % {"n": words.count(len(used))} if found else _("There is no scorecard yet"),
        "rows": [{"one": one, "href": reverse("quality_scorecard", args=[one.id])} for one in found],
        "fields": fields if shared.leads(actor) else (), "problem": forms.problem(fields, problem),
    }  # fmt: skip
    return shared.shown(request, "scorecards", context, problem)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, scorecard: int) -> HttpResponse:
    """One scorecard: its draft in the editor, or one of its versions to read."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    rows = 0
    if request.method == "POST":
        try:
            rows = carding.MORE if request.POST.get("do") == "more" else 0
            answer = _done(request, actor, scorecard)
            if not rows:
                return answer
        except shared.REFUSALS as error:
            problem = error
    number = request.GET.get("number", "")
    if number and not shared.number(number):
        return shared.wrong_word(request, "number", _("use a number from 1 on"))
    found: ScorecardShown = run(
        "quality.show_scorecard", actor, {"scorecard": scorecard, **({"number": number} if number else {})}
    )
    edits = found.state == "draft" and shared.leads(actor)
    context = {
        **shared.shell(actor, "quality_scorecards"), "page": shared.frame(problem=problem, facts=_facts(found)),
        "title": _title(found), "one": found, "edits": edits, "rows": carding.views(found, request, problem, rows)
        if edits else (), "items": [_item(each) for each in found.items],
        "problem": forms.told(problem) if problem else "", "errors": carding.loose(problem, found),
        "conflict": isinstance(problem, Conflict), "weights": words.number(found.weights, 2),
        "problems": [forms.sentence(each["message"]) for each in found.problems],
        "editions": [_edition(each, found) for each in found.editions],
        "name": _sent(request, problem, "name", found.name),
        "description": _sent(request, problem, "description", found.description),
        "may_revise": shared.leads(actor) and not any(each.state == "draft" for each in found.editions),
    }  # fmt: skip
    return shared.shown(request, "scorecard", context, problem)


def _done(request: HttpRequest, actor: Actor, scorecard: int) -> HttpResponse:
    posted = request.POST
    do = posted.get("do", "")
    back = HttpResponseRedirect(reverse("quality_scorecard", args=[scorecard]))
    if do in ("save", "more", "publish"):
        saved = _saved(request, actor, scorecard)
        if do == "publish":
            _publish(request, actor, saved)
        elif do == "save":
            messages.success(request, _("Saved."))
        return back
    if do == "revise":
        run("quality.revise_scorecard", actor, {"scorecard": scorecard})
        messages.success(request, _("A new version is begun. Reviews keep the one that they were made with."))
        return back
    if do in ("retire", "restore"):
        given = {"scorecard": scorecard, "version": posted.get("version", ""), "retired": do == "retire"}
        run("quality.retire_scorecard", actor, given)
        return back
    raise shared.no_such_button()


def _publish(request: HttpRequest, actor: Actor, saved: ScorecardShown) -> None:
    """Publish what was saved; what stands against it is told on the page of the draft."""
    try:
        run("quality.publish_scorecard", actor, {"scorecard": saved.id, "version": saved.version})
    except Invalid:
        messages.warning(request, _("Saved, and not published yet: see what is to be mended."))
        return
    messages.success(request, _("Published. Reviews are made with this version from now on."))


def _saved(request: HttpRequest, actor: Actor, scorecard: int) -> ScorecardShown:
    posted = request.POST
    given = {
        "scorecard": scorecard, "version": posted.get("version", ""), "items": carding.sent(posted),
        "name": posted.get("name", ""), "description": posted.get("description", ""),
    }  # fmt: skip
    saved: ScorecardShown = run("quality.save_scorecard", actor, given)
    return saved


def _title(found: ScorecardShown) -> str:
    told = {"name": found.name, "number": found.number}
    if found.retired:
        return _("%(name)s, version %(number)s: out of use") % told
    if found.state == "draft":
        return _("%(name)s, version %(number)s: a draft") % told
    return _("%(name)s, version %(number)s: in use") % told


def _facts(found: ScorecardShown) -> list[str]:
    n = sum(one.reviews for one in found.editions if one.number == found.number)
    said = ngettext("%(n)s review with this version", "%(n)s reviews with this version", n) % {"n": words.count(n)}
    if found.published_at is None:
        return [said]
    at = words.moment(found.published_at, shared.zone())
    return [_("published %(moment)s") % {"moment": at}, said]


def _item(item: Any) -> dict[str, Any]:
    scale = (
        f"{wording.plain(item.minimum)}–{wording.plain(item.maximum)}" if item.kind == "scale" else _("yes or no")
    )  # fmt: skip
    return {"item": item, "scale": scale, "weight": words.number(item.weight, 2),
            "anchors": [wording.answer(item, each.value) for each in item.anchors]}  # fmt: skip


def _edition(each: EditionListed, found: ScorecardShown) -> dict[str, Any]:
    path = reverse("quality_scorecard", args=[found.id])
    return {"one": each, "here": each.number == found.number, "href": f"{path}?number={each.number}",
            "reviews": words.count(each.reviews),
            "at": words.moment(each.published_at, shared.zone()) if each.published_at else ""}  # fmt: skip


def _sent(request: HttpRequest, problem: MaitredError | None, name: str, usual: str) -> str:
    return request.POST.get(name, usual) if problem else usual


listed.verb = "quality.scorecards"  # type: ignore[attr-defined]
one.verb = "quality.show_scorecard"  # type: ignore[attr-defined]
