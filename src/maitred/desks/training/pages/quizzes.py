"""Quizzes: written as text, taken, handed in, and looked at question by question."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import Invalid, MaitredError, NotFound
from maitred.desks.training.pages import quiz_form, shared, wording
from maitred.desks.training.quiz_shapes import AttemptListed, AttemptShown, ItemShown, QuizKey, QuizShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_LEVELS: tuple[tuple[int, wording.Words], ...] = (
    (1, gettext_lazy("1 with help")), (2, gettext_lazy("2 alone in usual cases")),
    (3, gettext_lazy("3 alone in hard cases")), (4, gettext_lazy("4 teaches it")),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, quiz: int) -> HttpResponse:
    """A quiz to take: begun, answered, handed in."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return _taken(request, actor, quiz)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    one: QuizShown = run("training.show_quiz", actor, {"quiz": quiz})
    begun = next((each for each in one.attempts if each.id == one.mine), None)
    told = {"n": len(one.questions), "percent": one.pass_percent}
    context = {
        "page": Frame("training", "ok", facts=[_("%(n)s questions, passed at %(percent)s per cent") % told]),
        "nav_name": _("Training"), "title": _title(one), "one": one, "begun": begun,
        "course": reverse("training_course", args=[one.course]), "attempts": [_attempt(each) for each in one.attempts],
        "problem": forms.told(problem) if problem else "", "questions": _asked(one, request),
        "edit": reverse("training_quiz_edit", args=[quiz]) if one.writes else "",
        "analysis": reverse("training_quiz_analysis", args=[quiz]) if one.writes else "",
    }  # fmt: skip
    return render(request, "training/quiz.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def result(request: HttpRequest, attempt: int) -> HttpResponse:
    """What an attempt came to, question by question; whoever leads the person may take it as evidence of a skill."""
    actor = shared.actor_of(request)
    one: AttemptShown = run("training.show_attempt", actor, {"attempt": attempt})
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            _evidence(request, actor, one)
            messages.success(request, _("It stands on the roster, with this quiz as what shows it."))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    context = {
        "page": Frame("training", "ok"), "nav_name": _("Training"), "title": _result(one), "one": one,
        "course": reverse("training_course", args=[one.course]), "quiz": reverse("training_quiz", args=[one.quiz]),
        "evident": one.leads and one.attempt.passed and one.skills and "roster.set_skill" in register(),
        "levels": _LEVELS, "problem": forms.told(problem) if problem else "",
    }  # fmt: skip
    return render(request, "training/attempt.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def writing(request: HttpRequest) -> HttpResponse:
    """Begin a quiz of a course."""
    actor = shared.actor_of(request)
    authorise(register()["training.add_quiz"], actor)
    return _form(request, actor, None)


@require_http_methods(["GET", "HEAD", "POST"])
def editing(request: HttpRequest, quiz: int) -> HttpResponse:
    """A quiz with its key: changed while it is a draft, opened, closed, copied."""
    actor = shared.actor_of(request)
    return _form(request, actor, run("training.quiz_key", actor, {"quiz": quiz}))


@require_safe
def analysis(request: HttpRequest, quiz: int) -> HttpResponse:
    """Which questions tell something."""
    found = run("training.quiz_analysis", shared.actor_of(request), {"quiz": quiz})
    enough = found.n >= found.needed
    facts = [_("first attempts of %(n)s people") % {"n": words.count(found.n)}]
    context = {
        "page": Frame("training", "ok" if enough else "empty", facts=facts), "nav_name": _("Training"),
        "title": wording.analysis_heading(found), "one": found, "enough": enough,
        "said": wording.reliability(found), "rows": [_item(one) for one in found.items],
        "quiz": reverse("training_quiz_edit", args=[quiz]), "course": reverse("training_course", args=[found.course]),
    }  # fmt: skip
    return render(request, "training/analysis.html", context)


def _evidence(request: HttpRequest, actor: Actor, one: AttemptShown) -> None:
    """Say on the roster that somebody has a skill at a level that the lead chose."""
    if not one.leads or not one.attempt.passed or request.POST.get("skill") not in one.skills:
        raise Invalid(_("this quiz shows no such skill of theirs"), _("choose a skill of its course"))
    day = one.attempt.submitted_at.date().isoformat() if one.attempt.submitted_at else None
    run("roster.set_skill", actor, {
        "person": one.attempt.person, "name": request.POST["skill"], "level": request.POST.get("level", ""),
        "evidence": "quiz", "reference": one.quiz_title, "seen_on": day,
    })  # fmt: skip


def _taken(request: HttpRequest, actor: Actor, quiz: int) -> HttpResponse:
    if request.POST.get("do") == "begin":
        run("training.begin_attempt", actor, {"quiz": quiz})
        return HttpResponseRedirect(request.path)
    answers = {
        name.removeprefix("q-"): [one for one in request.POST.getlist(name) if one.strip()]
        for name in request.POST if name.startswith("q-")
    }  # fmt: skip
    given = {"attempt": request.POST.get("attempt", ""), "version": request.POST.get("version", ""), "answers": answers}
    done = run("training.submit_attempt", actor, given)
    if done.completed_course:
        messages.success(request, _("Passed, and the course is completed."))
    return HttpResponseRedirect(reverse("training_attempt", args=[done.attempt.id]))


def _form(request: HttpRequest, actor: Actor, there: QuizKey | None) -> HttpResponse:
    problem: MaitredError | None = None
    course = str(there.course) if there else (request.POST or request.GET).get("course", "")
    if request.method == "POST":
        try:
            made, said = _pressed(request, actor, course, there)
            messages.success(request, said)
            return HttpResponseRedirect(reverse("training_quiz_edit", args=[made.id]))
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    fields = forms.sent(_fields(there), request, problem)
    context = {
        "page": Frame("training", "error" if problem else "ok"), "nav_name": _("Training"), "there": there,
        "title": there.title if there else _("Write a quiz"), "fields": fields, "course": course,
        "problem": forms.problem(fields, problem), "changing": there is None or there.state == "draft",
        "state": wording.QUIZ_STATES[there.state] if there else "",
        "back": reverse("training_course", args=[int(course)]) if course.isdecimal() else reverse("training_courses"),
        "analysis": reverse("training_quiz_analysis", args=[there.id]) if there and there.state != "draft" else "",
        "take": reverse("training_quiz", args=[there.id]) if there and there.state == "open" else "",
    }  # fmt: skip
    return render(request, "training/quiz_form.html", context, status=problem.status if problem else 200)


def _pressed(
    request: HttpRequest, actor: Actor, course: str, there: QuizKey | None
) -> tuple[QuizKey, str]:  # fmt: skip
    posted, do = request.POST, request.POST.get("do", "save")
    if there is not None and do in ("open", "close"):
        given = {"quiz": there.id, "version": posted.get("version", "")}
        said = _("It is open.") if do == "open" else _("It is closed.")
        return run(f"training.{do}_quiz", actor, given), said
    if there is not None and do == "copy":
        return run("training.copy_quiz", actor, {"quiz": there.id, "title": posted.get("title", "")}), _(
            "It is copied."
        )
    given = {"title": posted.get("title", ""), "pass_percent": posted.get("pass_percent", ""),
             "questions": quiz_form.parsed(posted.get("questions", ""))}  # fmt: skip
    if there is None:
        return run("training.add_quiz", actor, {"course": course, **given}), _("The draft is kept.")
    lock = {"quiz": there.id, "version": posted.get("version", "")}
    return run("training.save_quiz", actor, {**lock, **given}), _("The draft is kept.")


def _fields(there: QuizKey | None) -> list[Field]:
    return [
        Field("title", _("Title"), value=there.title if there else "", required=True),
        Field("pass_percent", _("Per cent that are needed to pass"), "number",
              str(there.pass_percent if there else 80), required=True),
        Field("questions", _("Questions"), "textarea", quiz_form.written(there.questions) if there else "",
              required=True, help=_("? asks, ?? asks for several, * is right, - is wrong, = is a text that counts as "
                                    "right, ! says why. One in each line.")),
    ]  # fmt: skip


def _asked(one: QuizShown, request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"one": each, "name": f"q-{each.key}", "kind": "checkbox" if each.kind == "multiple" else "radio",
         "given": request.POST.getlist(f"q-{each.key}")}
        for each in one.questions
    ]  # fmt: skip


def _attempt(one: AttemptListed) -> dict[str, Any]:
    return {
        "one": one, "href": reverse("training_attempt", args=[one.id]),
        "state": "" if one.passed is None else _("passed") if one.passed else _("not passed"),
        "look": "on" if one.passed else "off",
        "day": words.day(one.submitted_at.date()) if one.submitted_at else "",
    }  # fmt: skip


def _item(one: ItemShown) -> dict[str, Any]:
    return {
        "one": one, "difficulty": wording.bounded(one.difficulty, share=True),
        "discrimination": wording.bounded(one.discrimination), "remark": wording.REMARKS[one.remark],
        "look": wording.REMARK_LOOKS.get(one.remark, "off"),
        "taken": [{"one": each, "others": words.share(each.others, 0) if each.others is not None else words.NOTHING}
                  for each in one.taken],
    }  # fmt: skip


def _title(one: QuizShown) -> str:
    if one.state == "closed":
        return _("%(title)s is closed") % {"title": one.title}
    return one.title


def _result(one: AttemptShown) -> str:
    told = {"points": one.attempt.points, "n": one.attempt.questions, "title": one.quiz_title}
    if one.attempt.passed is None:
        return _("%(title)s is begun") % {"title": one.quiz_title}
    said = _("Passed: %(points)s of %(n)s right") if one.attempt.passed else _("Not passed: %(points)s of %(n)s right")
    return said % told


shown.verb = "training.show_quiz"  # type: ignore[attr-defined]
result.verb = "training.show_attempt"  # type: ignore[attr-defined]
writing.verb = "training.add_quiz"  # type: ignore[attr-defined]
editing.verb = "training.quiz_key"  # type: ignore[attr-defined]
analysis.verb = "training.quiz_analysis"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/quizzes/new/", writing, name="training_quiz_new"),
    path("training/quizzes/<int:quiz>/", shown, name="training_quiz"),
    path("training/quizzes/<int:quiz>/edit/", editing, name="training_quiz_edit"),
    path("training/quizzes/<int:quiz>/analysis/", analysis, name="training_quiz_analysis"),
    path("training/attempts/<int:attempt>/", result, name="training_attempt"),
]
