"""Give a course to people: chosen, previewed, given; what was given in one go is taken back from the same page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from maitred.base import clock
from maitred.base.errors import MaitredError, NotFound
from maitred.desks.training.pages import home, shared, wording
from maitred.desks.training.shapes import AssigningPreview, WouldBe
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise


@require_http_methods(["GET", "HEAD", "POST"])
def giving(request: HttpRequest) -> HttpResponse:
    """Choose a course, people and a day; see what it does; give it."""
    actor = shared.actor_of(request)
    authorise(register()["training.assign"], actor)
    problem: MaitredError | None = None
    found: AssigningPreview | None = None
    if request.method == "POST":
        given = {"course": request.POST.get("course", ""), "people": request.POST.getlist("people"),
                 "due_on": request.POST.get("due_on", "")}  # fmt: skip
        try:
            if request.POST.get("do") == "assign":
                made = run("training.assign", actor, given)
                said = ngettext("%(n)s person has it now.", "%(n)s people have it now.", len(made.assigned))
                messages.success(request, said % {"n": len(made.assigned)})
                return HttpResponseRedirect(reverse("training_batch", args=[made.batch]))
            found = run("training.preview_assigning", actor, given)
        except shared.REFUSALS as error:
            problem = error
    fields = _fields(request, actor)
    fields = forms.sent(fields, request, problem)
    context = {
        "page": Frame("training", "error" if problem else "ok"), "nav_name": _("Training"),
        "title": _heading(found) if found else _("Give a course to people"), "fields": fields,
        "problem": forms.problem(fields, problem), "found": found,
        "rows": [_would(one) for one in (found.people if found else ())],
        "hours": words.number(found.hours, 1) if found else "",
    }  # fmt: skip
    return render(request, "training/assign.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest, batch: str) -> HttpResponse:
    """What was given in one go, and taking it back."""
    actor = shared.actor_of(request)
    authorise(register()["training.take_back"], actor)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            done = run("training.take_back", actor, {"batch": batch})
            said = ngettext(
                "It is taken back from %(n)s person.", "It is taken back from %(n)s people.", done.taken_back
            )
            messages.success(request, said % {"n": done.taken_back})
            return HttpResponseRedirect(reverse("training"))
        except shared.REFUSALS as error:
            problem = error
    rows = [one for one in run("training.assignments", actor, {"batch": batch, "limit": 200}).items if not one.own]
    if not rows:
        raise NotFound(_("there is no such assignment that you may see"), _("look at what is open"))
    free = sum(one.state in ("assigned", "overdue") and one.begun_at is None for one in rows)
    told = {"title": rows[0].title, "n": len(rows)}
    context = {
        "page": Frame("training", "ok"), "nav_name": _("Training"), "rows": [home.row(one) for one in rows],
        "title": ngettext("%(n)s person was given %(title)s", "%(n)s people were given %(title)s", len(rows)) % told,
        "free": free, "problem": forms.told(problem) if problem else "",
    }  # fmt: skip
    return render(request, "training/batch.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, assignment: int) -> HttpResponse:
    """One assignment, for whoever leads its person: excuse, give another day, open again."""
    actor = shared.actor_of(request)
    found = run("training.show_assignment", actor, {"assignment": assignment})
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, actor, assignment))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    told = {"name": found.name, "title": found.title}
    context = {
        "page": Frame("training", "ok", facts=[str(wording.STATES.get(found.state, found.state))]),
        "nav_name": _("Training"), "title": _("%(title)s, for %(name)s") % told, "row": home.row(found),
        "open": found.state in ("assigned", "begun", "overdue"), "problem": forms.told(problem) if problem else "",
        "batch": reverse("training_batch", args=[found.batch]),
    }  # fmt: skip
    return render(request, "training/assignment.html", context, status=problem.status if problem else 200)


def _pressed(request: HttpRequest, actor: Actor, assignment: int) -> str:
    posted = request.POST
    lock = {"assignment": assignment, "version": posted.get("version", "")}
    do = posted.get("do", "")
    if do == "excuse":
        run("training.excuse", actor, {**lock, "reason": posted.get("reason", "")})
        return _("They are excused, and can read why.")
    if do == "move":
        run("training.move_due", actor, {**lock, "due_on": posted.get("due_on", "")})
        return _("It is due on another day.")
    if do == "reopen":
        run("training.reopen_assignment", actor, lock)
        return _("It is open again.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _fields(request: HttpRequest, actor: Actor) -> list[Field]:
    asked = request.POST or request.GET
    courses = run("training.courses", actor, {}).courses
    people = run("training.people", actor, {}).people
    people_asked = {*asked.getlist("people"), *asked.getlist("person")}
    due = (clock.now().date() + timedelta(days=28)).isoformat()
    chosen = next((each for each in courses if str(each.id) == asked.get("course")), None)
    if chosen is not None and chosen.closes_on is not None:
        due = min(date.fromisoformat(due), chosen.closes_on).isoformat()
    return [
        Field("course", _("Course"), "select", required=True, options=[
            Option(str(each.id), each.title, chosen=str(each.id) == asked.get("course"))
            for each in courses if each.assignable
        ], help=_("Only published courses with dates stand here.")),
        Field("due_on", _("Until"), "date", asked.get("due_on", due), required=True),
        Field("people", _("For whom"), "checks", options=[
            Option(str(each.id), each.name, chosen=str(each.id) in people_asked) for each in people
        ]),
    ]  # fmt: skip


def _would(one: WouldBe) -> dict[str, Any]:
    day = one.due_on or one.completed_on
    return {
        "one": one, "does": wording.DOES[one.does], "look": "off" if one.does == "has_it" else "on",
        "day": words.day(day) if day else "",
    }  # fmt: skip


def _heading(found: AssigningPreview) -> str:
    told = {"n": found.assigned, "title": found.title}
    return (
        ngettext("%(n)s person would be given %(title)s", "%(n)s people would be given %(title)s", found.assigned)
        % told
    )


giving.verb = "training.assign"  # type: ignore[attr-defined]
batch.verb = "training.take_back"  # type: ignore[attr-defined]
one.verb = "training.show_assignment"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/assign/", giving, name="training_assign"),
    path("training/assign/<slug:batch>/", batch, name="training_batch"),
    path("training/assignments/<int:assignment>/", one, name="training_assignment"),
]
