"""The picture of a finding: its metric for its subject by day, with its usual range and the day on which it began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.base.errors import MaitredError
from maitred.desks.today.pages import evidence
from maitred.desks.today.verbs.shapes import FindingShown
from maitred.kit import charts
from maitred.kit.access.actor import Actor
from maitred.kit.charts import Chart, Theme, remembered
from maitred.kit.pages import words
from maitred.kit.reading import reading
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.metrics.catalogue import Metric, resolve
from maitred.people.reach import figures_scope

TREND = "service_levels.trend"
_BEFORE_DAYS = 28
_LONGEST_DAYS = 360
_MOST_DAYS = 120
_UNITS: dict[str, charts.Unit] = {"seconds": "seconds", "share": "share"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A chart in a page and where its drawing comes from."""

    chart: Chart
    url: str


def slot(actor: Actor, one: FindingShown) -> Slot:
    """The chart for the finding's page."""
    return Slot(chart(actor, one), reverse("today_chart", args=[one.id]))


@require_safe
def drawing(request: HttpRequest, finding: str) -> JsonResponse:
    """The drawing for the browser, in light or dark."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    one: FindingShown = run("today.finding", actor, {"finding": finding})
    theme: Theme = "dark" if request.GET.get("theme") == "dark" else "light"
    key = ("today", one.id, one.publication, figures_scope(actor), get_language(), theme)
    return JsonResponse(remembered(key, lambda: chart(actor, one).web(theme)))


def chart(actor: Actor, one: FindingShown) -> Chart:
    """The way of the metric from four weeks before the onset on; what keeps it from being drawn stands in its place."""
    metric = _known(one.metric)
    title = _("%(what)s by day") % {"what": metric.title if metric else one.metric}
    if metric is None or TREND not in register():
        return charts.empty("control_chart", title, _("This metric is not drawn by day."))
    if not evidence.can_be_cut(one):
        told = _("The metric cannot be narrowed to %(subject)s; its tickets are listed below.")
        return charts.empty("control_chart", title, told % {"subject": one.subject.get("name") or one.subject["type"]})
    try:
        with reading() as found:
            today = found.as_of.astimezone(found.zone).date()
            return _drawn(actor, one, metric, today, found.zone, found.publication.number)
    except MaitredError as error:
        return charts.suppressed("control_chart", title, f"{error.what[:1].upper()}{error.what[1:]}.")


def _drawn(actor: Actor, one: FindingShown, metric: Metric, today: date, zone: ZoneInfo, publication: int) -> Chart:
    start = max(one.since - timedelta(days=_BEFORE_DAYS), today - timedelta(days=_LONGEST_DAYS))
    given = {
        "metric": metric.id, "start": start.isoformat(), "end": today.isoformat(), "where": evidence.asked(one),
        "zone": zone.key,
    }  # fmt: skip
    shown = run(TREND, actor, {**given, "bucket": "day"}) if (today - start).days < _MOST_DAYS else None
    by_day = shown is not None and 2 * sum(point.value is not None for point in shown.points) > len(shown.points)
    if shown is None or not by_day:
        shown = run(TREND, actor, {**given, "bucket": "week"})
    pattern = _("%(what)s by day") if by_day else _("%(what)s by week")
    title = pattern % {"what": metric.title}
    if not any(point.value is not None for point in shown.points):
        return charts.empty("control_chart", title, _("Each week alone has too few to tell."))
    unit = _UNITS.get(metric.unit, "count")
    points = [_point(one, point, publication) for point in shown.points]
    lines = {name: [getattr(point, name) for point in shown.points] for name in ("centre", "lower", "upper")}
    known: dict[str, Any] = {name: some for name, some in lines.items() if any(each is not None for each in some)}
    began = next((at for at, point in enumerate(shown.points) if point.start <= one.since.isoformat() <= point.end), 0)
    return charts.control_chart(
        points,
        title=title,
        unit=unit,
        annotations=[charts.Annotation(began, _("began, as estimated"))],
        unfinished_last=bool(shown.points and shown.points[-1].unfinished),
        **known,
    )


def _point(one: FindingShown, point: Any, publication: int) -> charts.Point:
    first, last = date.fromisoformat(point.start), date.fromisoformat(point.end)
    told = words.day(first) if first == last else f"{words.day(first)} – {words.day(last)}"
    return charts.Point(
        told, None if point.closed else point.value, point.low, point.high, point.n,
        evidence.rows_of(one, point.start, point.end, publication), at=first,
    )  # fmt: skip


def _known(metric: str) -> Metric | None:
    try:
        return resolve(metric)
    except MaitredError:
        return None


drawing.verb = "today.finding"  # type: ignore[attr-defined]
