"""A course in waves: lots and what they could show before anything is scheduled, and the verdict afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base import clock
from maitred.base.errors import Invalid, MaitredError, NotFound
from maitred.desks.training.pages import shared
from maitred.desks.training.pages import wave_wording as wording
from maitred.desks.training.waves.shapes import PowerShown, WavePlanListed, WavePlanShown, WaveShown, WavesPreview
from maitred.insight.goals import goal_metric, goals
from maitred.kit import charts
from maitred.kit.access.actor import Actor
from maitred.kit.charts import Chart, Theme
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_NAMES = ("metric", "smallest_effect", "start", "weeks", "settle", "waves", "selected_on", "selected_from",
          "selected_to", "seed")  # fmt: skip
_UNITS: dict[str, charts.Unit] = {"seconds": "seconds", "share": "share"}
_USUAL_METRIC = "csat.rate@at_solve#1"
_BAD_DAYS = 28


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Courses in waves, the newest first."""
    actor = shared.actor_of(request)
    rows = run("training.wave_plans", actor, {}).items
    due = sum(one.due for one in rows)
    context = {
        "page": Frame("training", "ok" if rows else "empty"), "nav_name": _("Training"), "title": _heading(rows, due),
        "tabs": shared.tabs(actor, "training_wave_plans"), "rows": [plan_row(one) for one in rows],
        "courses": [{"title": one.title, "href": reverse("training_waves_new", args=[one.id])}
                    for one in run("training.courses", actor, {}).courses if one.assignable],
    }  # fmt: skip
    return render(request, "training/wave_plans.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def making(request: HttpRequest, course: int) -> HttpResponse:
    """The form of waves; the first press draws lots and shows what could be seen, the second keeps them as a draft."""
    actor = shared.actor_of(request)
    authorise(register()["training.plan_waves"], actor)
    about = run("training.show_course", actor, {"course": course}).course
    problem: MaitredError | None = None
    seen: WavesPreview | None = None
    if request.method == "POST":
        given = {"course": course, **_given(request)}
        try:
            if request.POST.get("do") == "keep":
                made = run("training.plan_waves", actor, given)
                messages.success(request, _("The waves are kept. Nothing is scheduled yet."))
                return HttpResponseRedirect(reverse("training_waves", args=[course, made.id]))
            if request.POST.get("do") == "draw":
                given.pop("seed", None)
            seen = run("training.preview_waves", actor, given)
        except shared.REFUSALS as error:
            problem = error
    fields = _fields(actor)
    if request.method == "POST":
        fields = forms.sent(fields, request, problem or Invalid("", ""))
    context = {
        "page": Frame("training", "error" if problem else "ok"), "nav_name": _("Training"),
        "title": _("%(title)s in waves that can be judged") % {"title": about.title}, "course": about,
        "people": fields[:1], "fields": fields[1:], "problem": forms.problem(fields, problem), "seen": seen,
        "waves": _waves(seen.waves) if seen else [], "power": _power(seen.power, _people(seen.waves)) if seen else None,
        "back": reverse("training_course", args=[course]),
    }  # fmt: skip
    return render(request, "training/waves_form.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, course: int, plan: int) -> HttpResponse:
    """Waves: what could be seen, who is in which, what became of it."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _done(request, actor, plan))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    one: WavePlanShown = run("training.show_wave_plan", actor, {"plan": plan})
    if one.course != course:
        raise NotFound(f"there is no wave plan {plan} of course {course}", "go back and choose it from the list")
    context = {**_context(actor, one), "problem": forms.told(problem) if problem else ""}
    return render(request, "training/waves.html", context, status=problem.status if problem else 200)


@require_safe
def drawing(request: HttpRequest, plan: int) -> JsonResponse:
    """The drawing for the browser, in light or dark."""
    actor = shared.actor_of(request)
    one: WavePlanShown = run("training.show_wave_plan", actor, {"plan": plan})
    theme: Theme = "dark" if request.GET.get("theme") == "dark" else "light"
    way = run("training.wave_way", actor, {"plan": plan})
    key = ("training-waves", plan, one.version, way.publication, actor.person, get_language(), theme)
    return JsonResponse(charts.remembered(key, lambda: chart(actor, one).web(theme)))


def chart(actor: Actor, one: WavePlanShown) -> Chart:
    """The first wave's weeks with the start; a reason where nothing is drawn."""
    title = _("%(what)s of the first wave, before and after") % {"what": one.metric_title}
    try:
        found = run("training.wave_way", actor, {"plan": one.id})
    except MaitredError as error:
        return charts.suppressed("control_chart", title, forms.sentence(error.what))
    rows = found.stretches
    if not any(each.own is not None for each in rows):
        return charts.empty("control_chart", title, _("No week of theirs has cases."))
    points = [charts.Point(words.day(each.first), each.own, n=each.n, at=each.first) for each in rows]
    notes = [charts.Annotation(place, _("start")) for place, each in enumerate(rows) if each.after][:1]
    picked = [place for place, each in enumerate(rows) if each.selected]
    notes += [charts.Annotation(picked[0], _("chosen by these days"))] if picked else []
    usual = [(each.own, each.n) for each in rows if each.own is not None and not (each.after or each.selected)]
    centre = sum(own * n for own, n in usual) / sum(n for _own, n in usual) if usual else None
    beside = [each.beside for each in rows]
    return charts.control_chart(
        points, title=title, unit=_UNITS.get(one.unit, "count"), annotations=notes, centre=centre,
        previous=beside if any(value is not None for value in beside) else (),
        note=_("The pale line: those who wait, or stand beside them."),
    )  # fmt: skip


def _context(actor: Actor, one: WavePlanShown) -> dict[str, Any]:
    people = _people(one.waves)
    facts = [str(wording.STATES[one.state]), f"{words.day(one.start)} – {words.day(one.end)}", one.metric,
             ngettext("%(n)s person", "%(n)s people", people) % {"n": people}]  # fmt: skip
    result = one.result
    return {
        "page": Frame("training", facts=facts), "nav_name": _("Training"), "title": wording.heading(one), "one": one,
        "wanted": wording.size(one.smallest_effect, one.unit), "waves": _waves(one.waves),
        "power": _power(one.power, people) if one.power else None,
        "selected": wording.SELECTED[one.selected_on][0],
        "selected_days": f"{words.day(one.selected_from)} – {words.day(one.selected_to)}"
        if one.selected_from and one.selected_to else "",
        "verdict": wording.VERDICTS[result.verdict] if result else "",
        "effect": wording.effect(result, one.unit) if result else "",
        "why": wording.reason(result.reason) if result else "",
        "could": wording.size(result.smallest_seen, one.unit) if result else "",
        "checks": wording.checks(result.checks, one.unit) if result else [],
        "judged_from": words.day(one.judged_from), "metric_href": _metric_page(one.metric),
        "known": words.day(result.known_until) if result else "", "chart": chart(actor, one),
        "chart_url": reverse("training_waves_chart", args=[one.id]),
        "back": reverse("training_course", args=[one.course]), "open": one.yours and one.state in ("draft", "running"),
    }  # fmt: skip


def _done(request: HttpRequest, actor: Actor, key: int) -> str:
    posted = request.POST
    lock = {"plan": key, "version": posted.get("version", "")}
    do = posted.get("do", "")
    if do == "schedule":
        run("training.schedule_waves", actor, {**lock, "knowing": posted.get("knowing") == "on"})
        return _("It is scheduled. Each wave gets its course on its first day.")
    if do == "judge":
        run("training.judge_waves", actor, lock)
        return _("It is judged. The verdict is below.")
    if do == "give_up":
        run("training.give_up_waves", actor, {**lock, "reason": posted.get("reason", "")})
        return _("It is given up, without a verdict.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _given(request: HttpRequest) -> dict[str, Any]:
    """The words of the form as the verb takes them; a share of the usual time is typed in per cent."""
    posted = request.POST
    found: dict[str, Any] = {name: posted[name].strip() for name in _NAMES if posted.get(name, "").strip()}
    found["people"] = [int(one) for one in posted.getlist("people") if one.isdigit()]
    if found.get("selected_on") != "worst_of":
        found = {name: one for name, one in found.items() if name not in ("selected_from", "selected_to")}
    amount = str(found.get("smallest_effect", "")).replace(",", ".")
    try:
        scale = 100.0 if goal_metric(str(found.get("metric", ""))).unit in ("seconds", "share") else 1.0
        found["smallest_effect"] = str(float(amount) / scale)
    except (ValueError, MaitredError):
        pass
    return found


def _fields(actor: Actor) -> list[Field]:
    people = [one for one in run("training.matrix", actor, {}).rows if not one.own]
    today = clock.now().astimezone(shared.zone()).date()
    start = today + timedelta(days=7 - today.weekday())
    metrics = [Option(one.id, f"{one.title} ({one.id.partition('#')[0]})", "", one.id == _USUAL_METRIC)
               for one in goals()]  # fmt: skip
    return [
        Field("people", _("Who takes it"), "checks", options=[Option(str(one.person), one.name) for one in people]),
        Field("metric", _("Seen in"), "select", options=metrics, help=_("A metric that is told for one person.")),
        Field("smallest_effect", _("Smallest change that matters"), "number", "5", required=True,
              help=_("Per cent of the usual time, points of a share, else in the metric's unit.")),
        Field("start", _("First day of the first wave"), "date", start.isoformat(), required=True),
        Field("waves", _("Waves"), "number", "2", required=True,
              help=_("People are dealt into them by lot, team by team. The last one is the comparison.")),
        Field("weeks", _("Weeks between two starts"), "number", "13", required=True),
        Field("settle", _("Weeks in which the course is taken"), "number", "2", required=True,
              help=_("They count neither as before nor as after.")),
        Field("selected_on", _("Why these people?"), "radios", required=True,
              options=[Option(name, label, says) for name, (label, says) in wording.SELECTED.items()]),
        Field("selected_from", _("The bad days: first"), "date", (today - timedelta(_BAD_DAYS)).isoformat(),
              optional=True),
        Field("selected_to", _("The bad days: last"), "date", today.isoformat(), optional=True),
    ]  # fmt: skip


def _waves(rows: tuple[WaveShown, ...]) -> list[dict[str, Any]]:
    return [{"one": one, "start": words.day(one.start), "due": words.day(one.due_on)} for one in rows]


def _power(found: PowerShown, people: int) -> dict[str, Any]:
    return {"one": found, "said": wording.power(found, people), "grounds": wording.grounds(found)}


def _people(rows: tuple[WaveShown, ...]) -> int:
    return sum(len(one.people) for one in rows)


def plan_row(one: WavePlanListed) -> dict[str, Any]:
    """A plan as a line of a list."""
    return {
        "one": one, "href": reverse("training_waves", args=[one.course, one.id]), "start": words.day(one.start),
        "judged_from": words.day(one.judged_from), "state": wording.STATES[one.state],
        "verdict": wording.VERDICTS.get(one.verdict, ""),
    }  # fmt: skip


def _heading(rows: Any, due: int) -> str:
    if due:
        return ngettext("%(n)s course can be judged now", "%(n)s courses can be judged now", due) % {"n": due}
    return ngettext("%(n)s course in waves", "%(n)s courses in waves", len(rows)) % {"n": len(rows)} if rows else _(
        "No course is given in waves yet")  # fmt: skip


def _metric_page(metric: str) -> str:
    try:
        return reverse("metric_page", args=[metric.partition("#")[0]])
    except NoReverseMatch:
        return ""


listed.verb = "training.wave_plans"  # type: ignore[attr-defined]
making.verb = "training.plan_waves"  # type: ignore[attr-defined]
shown.verb = "training.show_wave_plan"  # type: ignore[attr-defined]
drawing.verb = "training.wave_way"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/waves/", listed, name="training_wave_plans"),
    path("training/courses/<int:course>/waves/new/", making, name="training_waves_new"),
    path("training/courses/<int:course>/waves/<int:plan>/", shown, name="training_waves"),
    path("charts/training/waves/<int:plan>.json", drawing, name="training_waves_chart"),
]
