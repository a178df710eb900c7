"""How long starters need until they work like their team."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.base.errors import NotFound
from maitred.desks.training.pages import shared
from maitred.desks.training.pages import wave_wording as wording
from maitred.desks.training.ramp.shapes import RampCohort, RampShown
from maitred.kit import charts
from maitred.kit.access.actor import Actor
from maitred.kit.charts import Chart, Theme
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_WEEK_S = 7 * 86_400.0
_TOLD = (4, 8, 12, 26)


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Curves and a table of all cohorts."""
    actor = shared.actor_of(request)
    try:
        found: RampShown | None = run("training.ramp", actor, {})
    except NotFound:
        found = None
    facts = [_("known until %(day)s") % {"day": words.day(found.known_until)}] if found else []
    context = {
        "page": Frame("training", "ok" if found and found.cohorts else "empty", facts=facts), "nav_name": _("Training"),
        "title": wording.ramp(found) if found else _("Nothing has been published yet"),
        "tabs": shared.tabs(actor, "training_ramp"), "found": found,
        "rows": [_row(one) for one in found.cohorts] if found else [],
        "chart": chart(found) if found and found.cohorts else None, "chart_url": reverse("training_ramp_chart"),
    }  # fmt: skip
    return render(request, "training/ramp.html", context)


@require_safe
def drawing(request: HttpRequest) -> JsonResponse:
    """The drawing for the browser, in light or dark."""
    actor: Actor = shared.actor_of(request)
    found: RampShown = run("training.ramp", actor, {})
    theme: Theme = "dark" if request.GET.get("theme") == "dark" else "light"
    key = ("training-ramp", found.publication, actor.person, found.cohorts, get_language(), theme)
    return JsonResponse(charts.remembered(key, lambda: chart(found).web(theme)))


def chart(found: RampShown) -> Chart:
    """The share that does not work like the team yet, by weeks of work."""
    title = _("Starters who are not up to speed yet, by weeks of work")
    curves = [
        charts.Curve(wording.cohort(one), _steps(one), None if one.median is None else one.median * _WEEK_S)
        for one in found.cohorts if one.needed is None
    ]  # fmt: skip
    if not curves:
        return charts.suppressed("survival", title, _("Fewer than five people started together."))
    return charts.survival(curves, title=title, head=_("Started"))


def _steps(one: RampCohort) -> tuple[charts.Step, ...]:
    start = charts.Step("", 1.0, n=one.n, time=0.0)
    rest = [
        charts.Step("", 1 - each.share, 1 - each.high, 1 - each.low, n=each.at_risk, time=each.week * _WEEK_S)
        for each in one.at if each.step
    ]  # fmt: skip
    return (start, *rest)


def _row(one: RampCohort) -> dict[str, object]:
    ends = {"low": _week(one.low), "high": _week(one.high)}
    return {
        "one": one, "name": wording.cohort(one), "median": _week(one.median),
        "ends": _("%(low)s to %(high)s") % ends if one.median is not None else "",
        "at": [{"week": each.week, "share": words.share(each.share, 0), "n": each.at_risk,
                "ends": words.interval(each.low, each.high, "share")} for each in one.at if each.week in _TOLD],
    }  # fmt: skip


def _week(week: float | None) -> str:
    return _("not reached") if week is None else _("week %(n)s") % {"n": words.number(week, 0)}


shown.verb = "training.ramp"  # type: ignore[attr-defined]
drawing.verb = "training.ramp"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/ramp/", shown, name="training_ramp"),
    path("charts/training/ramp.json", drawing, name="training_ramp_chart"),
]
