"""A plan: made with what could be seen before anything is written, begun, and judged at its follow-up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base import clock
from maitred.base.errors import MaitredError, NotFound
from maitred.desks.coaching.pages import shared, wording
from maitred.desks.coaching.pages.talk import promised
from maitred.desks.coaching.shapes import ForeseenShown, PlanShown, Way
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

_NAMES = ("person", "goal", "metric", "smallest_effect", "start", "follow_up", "selected_on", "selected_from",
          "selected_to")  # fmt: skip
_UNITS: dict[str, charts.Unit] = {"seconds": "seconds", "share": "share"}
_USUAL_WEEKS = 9
_USUAL_METRIC = "frt.business_all#1"
_BAD_TIME_DAYS = 28


@require_http_methods(["GET", "HEAD", "POST"])
def making(request: HttpRequest) -> HttpResponse:
    """The form of a plan; the first press shows what could be seen, the second writes the draft down."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authorise(register()["coaching.add_plan"], actor)
    problem: MaitredError | None = None
    seen: ForeseenShown | None = None
    given = _given(request)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "add":
                made = run("coaching.add_plan", actor, given)
                messages.success(request, _("The draft is written down. Its goal stands still once you begin it."))
                return HttpResponseRedirect(reverse("coaching_plan", args=[made.id]))
            seen = run("coaching.preview_plan", actor, {name: one for name, one in given.items() if name != "goal"})
        except shared.REFUSALS as error:
            problem = error
    fields = _kept(_fields(actor, request.POST or request.GET), request, problem)
    context = {
        "page": Frame("coaching", "error" if problem else "ok"), "title": _("A plan that can be judged"),
        "nav_name": _("Coaching"), "fields": fields, "problem": forms.problem(fields, problem),
        "seen": seen, "seen_said": wording.foreseen(seen) if seen else "",
        "seen_grounds": wording.grounds(seen.n, seen.others, seen.bucket) if seen else "",
        "button": _("See what could be seen"),
        "sense": _("Nothing is written yet. How they were chosen decides what can be said at the end."),
    }  # fmt: skip
    return render(request, "coaching/plan_form.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, plan: int) -> HttpResponse:
    """A plan: what could be seen, its steps, its way, its verdict."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _done(request, actor, plan))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    one: PlanShown = run("coaching.show_plan", actor, {"plan": plan})
    context = {**_context(actor, one), "problem": forms.told(problem) if problem else ""}
    return render(request, "coaching/plan.html", context, status=problem.status if problem else 200)


@require_safe
def drawing(request: HttpRequest, plan: int) -> JsonResponse:
    """The drawing for the browser, in light or dark."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    one: PlanShown = run("coaching.show_plan", actor, {"plan": plan})
    theme: Theme = "dark" if request.GET.get("theme") == "dark" else "light"
    key = ("coaching", plan, one.version, actor.person, get_language(), theme, _publication())
    return JsonResponse(charts.remembered(key, lambda: chart(actor, one).web(theme)))


def chart(actor: Actor, one: PlanShown) -> Chart:
    """The person's way by week or day beside that of the others, with the start; a reason where nothing is drawn."""
    title = _("%(what)s before and after the start") % {"what": one.title}
    try:
        found: Way = run("coaching.way", actor, {"plan": one.id})
    except MaitredError as error:
        return charts.suppressed("control_chart", title, f"{error.what[:1].upper()}{error.what[1:]}.")
    if not any(each.own is not None for each in found.buckets):
        return charts.empty("control_chart", title, _("No week or day of theirs has enough cases."))
    points = [charts.Point(words.day(each.first), each.own, n=each.n, at=each.first) for each in found.buckets]
    notes = [charts.Annotation(place, _("start")) for place, each in enumerate(found.buckets) if each.after][:1]
    picked = [place for place, each in enumerate(found.buckets) if each.selected]
    notes += [charts.Annotation(picked[0], _("chosen by these days"))] if picked else []
    usual = [(each.own, each.n) for each in found.buckets if each.own is not None and not (each.after or each.selected)]
    centre = sum(own * n for own, n in usual) / sum(n for _own, n in usual) if usual else None
    beside = any(each.others is not None for each in found.buckets)
    note = _("It is judged against the others over the same days; they are not drawn.") if beside else ""
    return charts.control_chart(
        points, title=title, unit=_UNITS.get(one.unit, "count"), annotations=notes, centre=centre, note=note
    )  # fmt: skip


def _context(actor: Actor, one: PlanShown) -> dict[str, Any]:
    zone = shared.zone()
    names = {one.lead: one.lead_name, one.person: one.person_name}
    own = actor.person == one.person
    seen = one.foreseen
    if seen is None and one.state == "draft" and one.leads:
        try:
            seen = run("coaching.foresee", actor, {"plan": one.id})
        except MaitredError:
            seen = None
    facts = [str(wording.PLAN_STATES[one.state]), f"{words.day(one.start)} – {words.day(one.follow_up)}", one.metric,
             _("with %(name)s") % {"name": one.lead_name if own else one.person_name}]  # fmt: skip
    return {
        "page": Frame("coaching", facts=facts), "title": wording.plan_heading(one, own=own),
        "nav_name": _("Coaching"), "one": one, "wanted": wording.size(one.smallest_effect, one.unit),
        "selected": wording.SELECTED[one.selected_on][0],
        "selected_days": f"{words.day(one.selected_from)} – {words.day(one.selected_to)}"
        if one.selected_from and one.selected_to else "",
        "seen": seen, "seen_said": wording.foreseen(seen) if seen else "",
        "seen_grounds": wording.grounds(seen.n, seen.others, seen.bucket) if seen else "",
        "usual": words.value(seen.usual, one.unit) if seen and seen.usual is not None else "",
        "verdict": wording.VERDICTS[one.verdict.verdict] if one.verdict else "",
        "effect": wording.effect(one.verdict, one) if one.verdict else "",
        "why": wording.reason(one.verdict.reason) if one.verdict else "",
        "could": wording.size(one.verdict.smallest_seen, one.unit) if one.verdict else "",
        "metric_href": _metric_page(one.metric), "judged_from": words.day(one.judged_from),
        "steps": shared.steps(one.steps, names, zone), "due": shared.in_a_week(zone).date().isoformat(),
        "open": one.yours and one.state in ("draft", "running"), "back": reverse("coaching_person", args=[one.person]),
        "chart": chart(actor, one), "chart_url": reverse("coaching_chart", args=[one.id]), "me": actor.person,
    }  # fmt: skip


def _done(request: HttpRequest, actor: Actor, key: int) -> str:
    posted = request.POST
    do = posted.get("do", "")
    lock = {"plan": key, "version": posted.get("version", "")}
    if do in ("kept", "broken", "later"):
        return promised(posted, actor, do)
    if do == "step":
        due = shared.instant(posted.get("due", ""), shared.zone())
        given = {"plan": key, "what": posted.get("what", ""), "due": due, "by": posted.get("by", "person")}
        run("coaching.add_step", actor, given)
        return _("Agreed. It stands on the list of whoever promised it.")
    if do == "begin":
        run("coaching.begin_plan", actor, lock)
        return _("It began. The goal stands still from now on.")
    if do == "conclude":
        run("coaching.conclude_plan", actor, lock)
        return _("It is judged. The verdict is below.")
    if do == "give_up":
        run("coaching.give_up_plan", actor, {**lock, "reason": posted.get("reason", "")})
        return _("It is given up, without a verdict.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _given(request: HttpRequest) -> dict[str, Any]:
    """The words of the form as the verb takes them; a share of the usual time is typed in per cent."""
    posted = request.POST
    found = {name: posted[name].strip() for name in _NAMES if posted.get(name, "").strip()}
    if found.get("selected_on") != "worst_of":
        found = {name: one for name, one in found.items() if name not in ("selected_from", "selected_to")}
    amount = found.get("smallest_effect", "").replace(",", ".")
    try:
        scale = 100.0 if goal_metric(found.get("metric", "")).unit in ("seconds", "share") else 1.0
        found["smallest_effect"] = str(float(amount) / scale)
    except (ValueError, MaitredError):
        pass
    return found


def _kept(fields: list[Field], request: HttpRequest, problem: MaitredError | None) -> list[Field]:
    """The fields with what was sent, also after a preview."""
    if request.method != "POST":
        return fields
    from maitred.base.errors import Invalid

    return forms.sent(fields, request, problem or Invalid("", ""))


def _fields(actor: Actor, asked: Any) -> list[Field]:
    rows = [one for one in run("coaching.people", actor, {}).people if not one.own]
    person = asked.get("person", "")
    today = clock.now().astimezone(shared.zone()).date()
    start = today + timedelta(days=1)
    bad = today - timedelta(days=_BAD_TIME_DAYS)
    usual = asked.get("metric", _USUAL_METRIC)
    metrics = [Option(one.id, f"{one.title} ({one.id.partition('#')[0]})", "", one.id == usual)
               for one in goals()]  # fmt: skip
    chosen = asked.get("selected_on", "")
    return [
        Field("person", _("With"), "select",
              options=[Option(str(one.person), one.name, "", str(one.person) == person) for one in rows]),
        Field("goal", _("What is to be different"), value=asked.get("goal", ""), required=True,
              help=_("One sentence, for the two of you.")),
        Field("metric", _("Seen in"), "select", options=metrics, help=_("A metric that is told for one person.")),
        Field("smallest_effect", _("Smallest change worth having"), "number", "10", required=True,
              help=_("Per cent of the usual time, points of a share, else in the metric's unit.")),
        Field("start", _("Start"), "date", start.isoformat(), required=True),
        Field("follow_up", _("Follow-up"), "date", (start + timedelta(weeks=_USUAL_WEEKS)).isoformat(), required=True),
        Field("selected_on", _("Why this person?"), "radios", required=True,
              options=[Option(name, label, says, name == chosen) for name, (label, says) in wording.SELECTED.items()]),
        Field("selected_from", _("The bad time: first day"), "date", bad.isoformat(), optional=True),
        Field("selected_to", _("The bad time: last day"), "date", today.isoformat(), optional=True),
    ]  # fmt: skip


def _metric_page(metric: str) -> str:
    from django.urls import NoReverseMatch

    try:
        return reverse("metric_page", args=[metric.partition("#")[0]])
    except NoReverseMatch:
        return ""


def _publication() -> int:
    from maitred.kit.reading import reading

    try:
        with reading() as found:
            return found.publication.number
    except MaitredError:
        return 0


making.verb = "coaching.add_plan"  # type: ignore[attr-defined]
shown.verb = "coaching.show_plan"  # type: ignore[attr-defined]
drawing.verb = "coaching.way"  # type: ignore[attr-defined]
