"""Paths: what somebody new goes through, who is how far, and putting somebody on one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from maitred.base import clock
from maitred.base.errors import Invalid, MaitredError, NotFound
from maitred.desks.training.pages import home, shared, wording
from maitred.desks.training.shapes import EnrolmentShown, PathShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Paths and who is on one; the form that puts somebody on one is sent here."""
    actor = shared.actor_of(request)
    leads = shared.leads(actor)
    problem: MaitredError | None = None
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("path", "person", "start")}
        try:
            made = run("training.enrol", actor, given)
            messages.success(request, _("They are on it, and are told."))
            return HttpResponseRedirect(reverse("training_enrolment", args=[made.id]))
        except shared.REFUSALS as error:
            problem = error
    found = run("training.paths", actor, {})
    running = [one for one in found.enrolments if one.state == "running"]
    context = {
        "page": Frame("training", "error" if problem else "ok" if found.paths else "empty"),
        "nav_name": _("Training"), "title": _heading(running, bool(found.paths)),
        "tabs": shared.tabs(actor, "training_paths"), "leads": leads,
        "paths": [_path(one) for one in found.paths if leads or not one.retired],
        "rows": [home.enrolment_row(one) for one in found.enrolments],
        "people": run("training.people", actor, {}).people if leads else (), "today": clock.now().date().isoformat(),
        "problem": forms.told(problem) if problem else "", "given": request.POST,
    }  # fmt: skip
    return render(request, "training/paths.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def writing(request: HttpRequest) -> HttpResponse:
    """Write a path."""
    actor = shared.actor_of(request)
    authorise(register()["training.add_path"], actor)
    return _form(request, actor, None)


@require_http_methods(["GET", "HEAD", "POST"])
def editing(request: HttpRequest, path: int) -> HttpResponse:
    """Change a path for those who begin it from now on."""
    actor = shared.actor_of(request)
    authorise(register()["training.change_path"], actor)
    there = next((one for one in run("training.paths", actor, {}).paths if one.id == path), None)
    if there is None:
        raise NotFound(_("there is no such path"), _("see which there are"))
    return _form(request, actor, there)


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: HttpRequest, enrolment: int) -> HttpResponse:
    """Somebody on a path: each step with its day; milestones are reached here."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, actor, enrolment))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    one: EnrolmentShown = run("training.show_enrolment", actor, {"enrolment": enrolment})
    told = {"name": one.name, "n": one.reached, "of": len(one.steps), "title": one.title}
    title = (_("You reached %(n)s of %(of)s steps of %(title)s") if one.own
             else _("%(name)s reached %(n)s of %(of)s steps of %(title)s"))  # fmt: skip
    facts = [str(wording.PATH_STATES[one.state]), _("since %(day)s") % {"day": words.day(one.start)}]
    context = {
        "page": Frame("training", "ok", facts=facts), "nav_name": _("Training"), "title": title % told, "one": one,
        "steps": [_step(each) for each in one.steps], "problem": forms.told(problem) if problem else "",
        "page_of": shared.person_page(one.person),
    }  # fmt: skip
    return render(request, "training/enrolment.html", context, status=problem.status if problem else 200)


def _form(request: HttpRequest, actor: Actor, there: PathShown | None) -> HttpResponse:
    problem: MaitredError | None = None
    titles = {one.title.casefold(): one.id for one in run("training.courses", actor, {}).courses}
    if request.method == "POST":
        try:
            _saved(request, actor, there, titles)
            messages.success(request, _("The path is kept."))
            return HttpResponseRedirect(reverse("training_paths"))
        except shared.REFUSALS as error:
            problem = error
    told = "\n".join(f"{one.day}: {one.title}" for one in there.steps) if there else ""
    fields = [
        Field("title", _("Title"), value=there.title if there else "", required=True),
        Field("steps", _("Steps"), "textarea", told, required=True,
              help=_("One in each line: the days after the start, a colon, and the title of a course or what is "
                     "reached. 5: Answers the first ticket beside a colleague")),
    ]  # fmt: skip
    fields = forms.sent(fields, request, problem)
    context = {
        "page": Frame("training", "error" if problem else "ok"), "nav_name": _("Training"),
        "title": there.title if there else _("Write a path"), "fields": fields,
        "problem": forms.problem(fields, problem), "button": _("Keep the path"), "form_title": _("Steps and days"),
        "back": reverse("training_paths"), "back_name": _("Paths"), "version": there.version if there else "",
        "retire": there, "sense": _("Whoever is on it keeps the steps they have."),
    }  # fmt: skip
    return render(request, "training/form.html", context, status=problem.status if problem else 200)


def _saved(request: HttpRequest, actor: Actor, there: PathShown | None, titles: dict[str, int]) -> None:
    posted = request.POST
    if there is not None and posted.get("do") in ("retire", "restore"):
        run("training.change_path", actor, {"path": there.id, "version": posted.get("version", ""),
                                            "retired": posted["do"] == "retire"})  # fmt: skip
        return
    given = {"title": posted.get("title", ""), "steps": _steps(posted.get("steps", ""), titles)}
    if there is None:
        run("training.add_path", actor, given)
    else:
        run("training.change_path", actor, {"path": there.id, "version": posted.get("version", ""), **given})


def _steps(text: str, titles: dict[str, int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        day, colon, said = line.partition(":")
        if not colon or not day.strip().isdecimal():
            message = _("line %(n)s begins with no number of days and a colon") % {"n": number}
            raise Invalid(message, _("mend that line"), ({"field": "steps", "message": message, "code": "line"},))
        course = titles.get(said.strip().casefold())
        kind = {"kind": "course", "course": course} if course else {"kind": "milestone", "text": said.strip()}
        found.append({"day": int(day), **kind})
    return found


def _pressed(request: HttpRequest, actor: Actor, enrolment: int) -> str:
    posted = request.POST
    lock = {"enrolment": enrolment, "version": posted.get("version", "")}
    do = posted.get("do", "")
    if do in ("reach", "unreach"):
        run("training.reach_milestone", actor, {**lock, "place": posted.get("place", ""), "reached": do == "reach"})
        return _("It is reached.") if do == "reach" else _("It is open again.")
    if do == "leave":
        run("training.leave_path", actor, {**lock, "reason": posted.get("reason", "")})
        return _("They are off the path.")
    if do == "resume":
        run("training.resume_path", actor, lock)
        return _("They are on the path again.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _path(one: PathShown) -> dict[str, Any]:
    return {
        "one": one, "edit": reverse("training_path_edit", args=[one.id]),
        "steps": [f"{each.day}: {each.title}" for each in one.steps],
        "days": ngettext("%(n)s day", "%(n)s days", one.days) % {"n": one.days},
    }  # fmt: skip


def _step(one: Any) -> dict[str, Any]:
    return {
        "one": one, "due": words.day(one.due_on), "state": wording.STEP_STATES[one.state],
        "look": {"reached": "on", "overdue": "low"}.get(one.state, "off"),
        "reached": words.day(one.reached_on) if one.reached_on else "",
        "href": reverse("training_course", args=[one.course]) if one.course else "",
    }  # fmt: skip


def _heading(running: list[EnrolmentShown], any_path: bool) -> str:
    behind = sum(bool(one.overdue) for one in running)
    if behind:
        said = ngettext("%(n)s person is behind on a path", "%(n)s people are behind on a path", behind)
        return said % {"n": behind}
    if running:
        said = ngettext("%(n)s person is on a path, nobody is behind", "%(n)s people are on a path, nobody is behind",
                        len(running))  # fmt: skip
        return said % {"n": len(running)}
    return _("Nobody is on a path") if any_path else _("There is no path yet")


listed.verb = "training.paths"  # type: ignore[attr-defined]
writing.verb = "training.add_path"  # type: ignore[attr-defined]
editing.verb = "training.change_path"  # type: ignore[attr-defined]
enrolment.verb = "training.show_enrolment"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/paths/", listed, name="training_paths"),
    path("training/paths/new/", writing, name="training_path_new"),
    path("training/paths/<int:path>/", editing, name="training_path_edit"),
    path("training/path/<int:enrolment>/", enrolment, name="training_enrolment"),
]
