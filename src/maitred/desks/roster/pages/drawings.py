"""The pictures of the roster: loads against the own usual, and people beside each other, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.desks.roster.pages import wording
from maitred.desks.roster.shapes import Comparing, PersonListed
from maitred.kit import charts
from maitred.kit.access.actor import Actor
from maitred.kit.charts import Chart, Theme, remembered
from maitred.kit.verbs import run
from maitred.people.reach import figures_scope

NAMES = ("load", "compare")


@dataclass(frozen=True, slots=True)
class Slot:
    """A chart in a page and where its drawing comes from."""

    chart: Chart
    url: str


@require_safe
def drawing(request: HttpRequest, name: str) -> JsonResponse:
    """The drawing for the browser, in light or dark."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if name not in NAMES:
        raise Http404
    theme: Theme = "dark" if request.GET.get("theme") == "dark" else "light"
    chart = _loads(actor, request) if name == "load" else _compared(actor, request)
    key = ("roster", name, repr(chart.table), figures_scope(actor), get_language(), theme)
    return JsonResponse(remembered(key, lambda: chart.web(theme)))


def loads_slot(people: Sequence[PersonListed], team: str = "") -> Slot:
    """Loads of people as a chart of a page."""
    query = f"?{urlencode({'team': team})}" if team else ""
    return Slot(loads(people), reverse("roster_chart", args=["load"]) + query)


def compared_slot(shown: Comparing, team: str = "") -> Slot:
    """A comparison as a chart of a page."""
    query = urlencode({"measure": shown.measure, **({"team": team} if team else {})})
    return Slot(compared(shown), f"{reverse('roster_chart', args=['compare'])}?{query}")


def loads(people: Sequence[PersonListed]) -> Chart:
    """Each person's load over their own usual: 1 is a usual week; by name."""
    title = _("Load against the own usual")
    rows = []
    for one in people:
        it = one.load
        if it is None or it.value is None or not it.usual:
            continue
        low, high = (None if end is None else end / it.usual for end in (it.low, it.high))
        rows.append(charts.Row(one.name, it.value / it.usual, low, high, it.n, it.drill))
    if not rows:
        return charts.empty("dots_with_intervals", title, _("Nobody has a load with eight weeks of their own behind."))
    return charts.dots_with_intervals(
        rows, title=title, unit="ratio", measure=_("times the own usual"), target=1.0, head=_("Person"),
        note=_("1 is the middle of the own last twelve weeks; the line is what the open tickets may really take."),
    )  # fmt: skip


def compared(shown: Comparing) -> Chart:
    """People on one measure with the case mix made alike, by name."""
    title = str(wording.MEASURES[shown.measure])
    rows = [
        charts.Row(one.name, one.value if one.comparable else None, one.low if one.comparable else None,
                   one.high if one.comparable else None, one.n, one.drill)
        for one in shown.people
    ]  # fmt: skip
    if not rows:
        return charts.empty("dots_with_intervals", title, _("Fewer than two people have enough to be compared."))
    ratio = shown.kind == "duration"
    return charts.dots_with_intervals(
        rows, title=title, unit="ratio" if ratio else "share", head=_("Person"),
        measure=_("times the typical time of all") if ratio else "",
        note=_("Case mix made alike and drawn towards everybody's where few rows leave it open; by name."),
    )  # fmt: skip


def _loads(actor: Actor, request: HttpRequest) -> Chart:
    team = request.GET.get("team", "")
    shown = run("roster.people", actor, {"team": team} if team else {})
    return loads(shown.people)


def _compared(actor: Actor, request: HttpRequest) -> Chart:
    given = {name: request.GET[name] for name in ("measure", "team") if request.GET.get(name)}
    return compared(run("roster.compare", actor, given))


drawing.verb = "roster.people"  # type: ignore[attr-defined]
