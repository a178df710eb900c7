"""Courses: the list, one of them to read, to take and to write; every press works without a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.training.pages import home, shared, wording
from maitred.desks.training.shapes import CourseListed, CourseShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.safety.html import prose
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Courses by title."""
    actor = shared.actor_of(request)
    rows = run("training.courses", actor, {}).courses
    undated = sum(one.state != "retired" and (one.opens_on is None or one.closes_on is None) for one in rows)
    context = {
        "page": Frame("training", "ok" if rows else "empty"), "nav_name": _("Training"),
        "title": _heading(len(rows), undated), "tabs": shared.tabs(actor, "training_courses"),
        "rows": [_row(one) for one in rows], "leads": shared.leads(actor),
    }  # fmt: skip
    return render(request, "training/courses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def writing(request: HttpRequest) -> HttpResponse:
    """Begin a course."""
    actor = shared.actor_of(request)
    authorise(register()["training.add_course"], actor)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            made = run("training.add_course", actor, {**_facts(request.POST), **_pages(request.POST)})
            messages.success(request, _("The draft is kept. Publish it once it is ready."))
            return HttpResponseRedirect(reverse("training_course", args=[made.course.id]))
        except shared.REFUSALS as error:
            problem = error
    fields = forms.sent([*_fact_fields(actor, None), *_page_fields(None)], request, problem)
    context = {
        "page": Frame("training", "error" if problem else "ok"), "nav_name": _("Training"),
        "title": _("Write a course"), "fields": fields, "problem": forms.problem(fields, problem),
        "button": _("Keep the draft"), "form_title": _("What it is for, when it runs, what it says"),
        "back": reverse("training_courses"), "back_name": _("Courses"),
    }  # fmt: skip
    return render(request, "training/form.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, course: int) -> HttpResponse:
    """A course: what it says, one's own assignment, and for those who write how it is changed."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, actor, course))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    number = request.GET.get("number", "")
    one = run("training.show_course", actor, {"course": course, **({"number": number} if number else {})})
    context = {**_context(request, actor, one, problem), "problem": forms.told(problem) if problem else ""}
    return render(request, "training/course.html", context, status=problem.status if problem else 200)


def _context(
    request: HttpRequest, actor: Actor, one: CourseShown, problem: MaitredError | None
) -> dict[str, Any]:  # fmt: skip
    given = run("training.assignments", actor, {"course": one.course.id, "limit": 200}).items
    mine = next((each for each in given if each.own and each.state in ("assigned", "begun", "overdue")), None)
    draft = one.writes and one.edition_state == "draft"
    facts = [wording.minutes(one.course.minutes), _days(one.course), *one.course.skills]
    quizzes = [each for each in one.quizzes if one.writes or each.state == "open"]
    return {
        "page": Frame("training", "ok", facts=[each for each in facts if each]), "nav_name": _("Training"),
        "title": one.course.title, "one": one, "text": prose(one.text),
        "links": [{"title": each.title, "url": each.url, "host": urlsplit(each.url).hostname} for each in one.links],
        "mine": home.row(mine) if mine else None, "given": [home.row(each) for each in given if not each.own],
        "quizzes": [_quiz(each, one.writes) for each in quizzes], "must_pass": any(q.state == "open" for q in quizzes),
        "draft": draft, "fact_fields": forms.sent(_fact_fields(actor, one.course), request, problem)
        if one.writes else [],
        "page_fields": forms.sent(_page_fields(one), request, problem) if draft else [],
        "assign": f"{reverse('training_assign')}?{urlencode({'course': one.course.id})}"
        if one.writes and one.course.assignable else "",
        "quiz_new": f"{reverse('training_quiz_new')}?{urlencode({'course': one.course.id})}",
        "state": wording.COURSE_STATES.get(one.course.state, one.course.state),
    }  # fmt: skip


def _pressed(request: HttpRequest, actor: Actor, course: int) -> str:
    """Do what the pressed button says; returns what is said afterwards."""
    posted = request.POST
    do, lock = posted.get("do", ""), {"version": posted.get("version", "")}
    own = {"course": course, **lock}
    if do in ("begin", "complete"):
        run(f"training.{do}_course", actor, {"assignment": posted.get("assignment", ""), **lock})
        return _("It is begun.") if do == "begin" else _("It is completed.")
    if do == "change":
        run("training.change_course", actor, {**own, **_facts(posted)})
        return _("It is changed.")
    if do == "save":
        run("training.save_course", actor, {**own, **_pages(posted)})
        return _("The draft is kept.")
    if do == "publish":
        run("training.publish_course", actor, own)
        return _("It is published, and this version stays as it is.")
    if do == "revise":
        run("training.revise_course", actor, {"course": course})
        return _("The next version is begun as a copy.")
    if do in ("retire", "restore"):
        run("training.retire_course", actor, {**own, "retired": do == "retire"})
        return _("It is out of use.") if do == "retire" else _("It is in use again.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _facts(posted: Mapping[str, Any]) -> dict[str, Any]:
    skills = [one.strip() for one in str(posted.get("skills", "")).split(",") if one.strip()]
    days = {name: posted[name] for name in ("opens_on", "closes_on") if posted.get(name)}
    return {"title": posted.get("title", ""), "minutes": posted.get("minutes", ""), "skills": skills, **days}


def _pages(posted: Mapping[str, Any]) -> dict[str, Any]:
    links = []
    for line in str(posted.get("links", "")).splitlines():
        title, _bar, url = line.rpartition("|")
        if line.strip():
            links.append({"title": title.strip() or url.strip(), "url": url.strip()})
    return {"text": str(posted.get("text", "")).replace("\r\n", "\n"), "links": links}


def _fact_fields(actor: Actor, one: CourseListed | None) -> list[Field]:
    names = sorted({skill.name for each in _roster(actor) for skill in each.skills})
    return [
        Field("title", _("Title"), value=one.title if one else "", required=True),
        Field("minutes", _("Minutes that it takes"), "number", str(one.minutes) if one else "30", required=True),
        Field("skills", _("Skills that it is for"), value=", ".join(one.skills) if one else "", optional=True,
              help=_("As the roster calls them, with a comma between two."), suggested=names),
        Field("opens_on", _("First day"), "date", one.opens_on.isoformat() if one and one.opens_on else "",
              help=_("Without first and last day it cannot be assigned: before and after could not be told apart.")),
        Field("closes_on", _("Last day"), "date", one.closes_on.isoformat() if one and one.closes_on else ""),
    ]  # fmt: skip


def _page_fields(one: CourseShown | None) -> list[Field]:
    links = "\n".join(f"{each.title} | {each.url}" for each in one.links) if one else ""
    return [
        Field("text", _("What it says"), "textarea", one.text if one else "", optional=True,
              help=_("Markdown: # for a heading, * for a list, ** around what is bold.")),
        Field("links", _("Pages outside"), "textarea", links, optional=True,
              help=_("One in each line: title | https://address")),
    ]  # fmt: skip


def _roster(actor: Actor) -> tuple[Any, ...]:
    """People with their skills, where the roster is there."""
    if "roster.people" not in register():
        return ()
    try:
        return tuple(run("roster.people", actor, {}).people)
    except MaitredError:
        return ()


def _heading(count: int, undated: int) -> str:
    if undated:
        said = ngettext("%(n)s course has no dates and cannot be assigned",
                        "%(n)s courses have no dates and cannot be assigned", undated)  # fmt: skip
        return said % {"n": undated}
    return ngettext("%(n)s course", "%(n)s courses", count) % {"n": count} if count else _("There is no course yet")


def _row(one: CourseListed) -> dict[str, Any]:
    return {
        "one": one, "href": reverse("training_course", args=[one.id]), "minutes": wording.minutes(one.minutes),
        "days": _days(one), "skills": ", ".join(one.skills), "state": wording.COURSE_STATES.get(one.state, one.state),
        "look": {"open": "on", "draft": "off", "retired": "off"}.get(one.state, ""),
    }  # fmt: skip


def _days(one: CourseListed) -> str:
    if one.opens_on is None and one.closes_on is None:
        return ""
    if one.closes_on is None or one.opens_on is None:
        return words.day(one.opens_on or one.closes_on)  # type: ignore[arg-type]
    return f"{words.day(one.opens_on)} – {words.day(one.closes_on)}"


def _quiz(one: Any, writes: bool) -> dict[str, Any]:
    return {
        "one": one, "href": reverse("training_quiz", args=[one.id]), "state": wording.QUIZ_STATES[one.state],
        "edit": reverse("training_quiz_edit", args=[one.id]) if writes else "",
        "analysis": reverse("training_quiz_analysis", args=[one.id]) if writes and one.state != "draft" else "",
    }  # fmt: skip


listed.verb = "training.courses"  # type: ignore[attr-defined]
writing.verb = "training.add_course"  # type: ignore[attr-defined]
shown.verb = "training.show_course"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/courses/", listed, name="training_courses"),
    path("training/courses/new/", writing, name="training_course_new"),
    path("training/courses/<int:course>/", shown, name="training_course"),
]
