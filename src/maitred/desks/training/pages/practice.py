"""Practice: picked from a ticket and read masked before it is given, answered, scored."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.training.pages import shared, wording
from maitred.desks.training.practice_shapes import PracticeListed, PracticePreview, PracticeShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

STATES: dict[str, wording.Words] = {
    "given": gettext_lazy("waits for a reply"), "answered": gettext_lazy("waits for a look"),
    "scored": gettext_lazy("looked at"),
}  # fmt: skip


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Practice of one's own and of the people whom one leads."""
    actor = shared.actor_of(request)
    rows = run("training.practices", actor, {"limit": 100}).items
    waits = sum(one.state == "answered" and one.leads for one in rows)
    mine = sum(one.state == "given" and one.own for one in rows)
    if waits:
        title = ngettext("%(n)s reply waits for a look", "%(n)s replies wait for a look", waits) % {"n": waits}
    elif mine:
        title = ngettext("%(n)s ticket waits for your reply", "%(n)s tickets wait for your reply", mine) % {"n": mine}
    else:
        title = _("Nothing waits here")
    context = {
        "page": Frame("training", "ok" if rows else "empty"), "nav_name": _("Training"), "title": title,
        "tabs": shared.tabs(actor, "training_practice"), "rows": [_row(one) for one in rows],
        "leads": shared.leads(actor),
    }  # fmt: skip
    return render(request, "training/practices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def giving(request: HttpRequest) -> HttpResponse:
    """Pick a ticket, read it masked, give it."""
    actor = shared.actor_of(request)
    authorise(register()["training.set_practice"], actor)
    problem: MaitredError | None = None
    found: PracticePreview | None = None
    if request.method == "POST":
        names = ("person", "source", "ticket", "scorecard", "title")
        given = {name: request.POST.get(name, "") for name in names}
        try:
            if request.POST.get("do") == "give":
                made = run("training.set_practice", actor, given)
                messages.success(request, _("It is given, and they are told."))
                return HttpResponseRedirect(reverse("training_practice_one", args=[made.practice.id]))
            found = run("training.preview_practice", actor, {name: given[name] for name in ("source", "ticket")})
        except shared.REFUSALS as error:
            problem = error
    fields = forms.sent(_fields(request, actor), request, problem)
    context = {
        "page": Frame("training", "error" if problem else "ok"), "nav_name": _("Training"),
        "title": _("Read it as they would see it") if found else _("Pick a ticket to practise on"), "fields": fields,
        "problem": forms.problem(fields, problem), "found": found,
    }  # fmt: skip
    return render(request, "training/practice_give.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, practice: int) -> HttpResponse:
    """A practice: what was said, the reply, the score."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, actor, practice))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    one: PracticeShown = run("training.show_practice", actor, {"practice": practice})
    context = {
        "page": Frame("training", "ok", facts=[str(STATES[one.practice.state])]), "nav_name": _("Training"),
        "title": _title(one), "one": one, "items": [_item(each, request) for each in one.items],
        "card": _("%(name)s, version %(n)s") % {"name": one.card, "n": one.number},
        "reply": request.POST.get("reply", one.reply), "problem": forms.told(problem) if problem else "",
        "writes": one.practice.own and one.practice.state != "scored",
        "scores": one.practice.leads and one.practice.state == "answered",
        "undoes": one.practice.leads and one.practice.state == "scored",
    }  # fmt: skip
    return render(request, "training/practice.html", context, status=problem.status if problem else 200)


def _pressed(request: HttpRequest, actor: Actor, practice: int) -> str:
    posted = request.POST
    lock = {"practice": practice, "version": posted.get("version", "")}
    do = posted.get("do", "")
    if do == "answer":
        run("training.answer_practice", actor, {**lock, "reply": posted.get("reply", "")})
        return _("Your reply is kept.")
    if do == "score":
        answers = {name.removeprefix("i-"): posted[name] for name in posted if name.startswith("i-") and posted[name]}
        run("training.score_practice", actor, {**lock, "answers": answers, "comment": posted.get("comment", "")})
        return _("It is scored, and they are told.")
    if do == "reopen":
        run("training.reopen_practice", actor, lock)
        return _("It can be scored again.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _fields(request: HttpRequest, actor: Actor) -> list[Field]:
    asked = request.POST or request.GET
    cards = run("quality.scorecards", actor, {}).scorecards if "quality.scorecards" in register() else ()
    ready = [(str(one.id), one.name) for one in cards if one.published and not one.retired]
    people = [(str(one.id), one.name) for one in run("training.people", actor, {}).people]
    return [
        Field("source", _("Helpdesk"), value=asked.get("source", "demo"), required=True),
        Field("ticket", _("Ticket"), value=asked.get("ticket", ""), required=True),
        Field("title", _("What the learner sees as its title"), value=asked.get("title", ""), required=True),
        Field("person", _("For whom"), "select", options=_options(people, asked.get("person"))),
        Field("scorecard", _("Scored on"), "select", options=_options(ready, asked.get("scorecard")),
              help=_("Published scorecards of quality.")),
    ]  # fmt: skip


def _options(rows: list[tuple[str, str]], chosen: str | None) -> list[Option]:
    return [Option(value, label, chosen=value == chosen) for value, label in rows]


def _row(one: PracticeListed) -> dict[str, Any]:
    return {
        "one": one, "href": reverse("training_practice_one", args=[one.id]), "state": STATES[one.state],
        "look": {"scored": "on", "answered": "low"}.get(one.state, "off"),
        "score": words.number(one.score, 0) if one.score is not None else "",
    }  # fmt: skip


def _item(one: Any, request: HttpRequest) -> dict[str, Any]:
    given = request.POST.get(f"i-{one.key}", "" if one.answer is None else one.answer)
    said = {"yes": _("yes"), "no": _("no"), "na": _("does not apply")}
    shown = one.answer if one.answer is None else said.get(str(one.answer), f"{one.answer:g}"
                                                          if isinstance(one.answer, float) else one.answer)  # fmt: skip
    return {"one": one, "name": f"i-{one.key}", "given": given, "answer": shown}


def _title(one: PracticeShown) -> str:
    if one.practice.score is None:
        return one.practice.title
    return _("%(title)s: %(n)s of 100") % {"title": one.practice.title, "n": words.number(one.practice.score, 0)}


listed.verb = "training.practices"  # type: ignore[attr-defined]
giving.verb = "training.set_practice"  # type: ignore[attr-defined]
shown.verb = "training.show_practice"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/practice/", listed, name="training_practice"),
    path("training/practice/give/", giving, name="training_practice_give"),
    path("training/practice/<int:practice>/", shown, name="training_practice_one"),
]
