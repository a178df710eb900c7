"""The first page of Speed & SLA: what changed in the chosen clock, the period's figures, the same by a dimension."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages import charts, keeping, tabs, wording
from maitred.desks.service_levels.pages.bodies import answered
from maitred.desks.service_levels.pages.figures import label_of, sentence, timed, title, view
from maitred.desks.service_levels.pages.opening import Opened, chosen, page
from maitred.desks.service_levels.verbs.figures import Figures
from maitred.kit.pages.figures import FigureView
from maitred.metrics.catalogue import METRICS, resolve

CLOCKS = ("frt", "nrt", "full_resolution", "first_resolution", "rwt")
DIMENSIONS = ("group", "channel", "priority", "assignee", "account", "type", "brand", "source")
OWN = ("clock", "by", "statistic")


@page("metrics.show", OWN, keeps=answered)
def speed(opened: Opened) -> HttpResponse:
    """What changed, the figures, and the table by a dimension."""
    clock = chosen(opened, "clock", CLOCKS, "frt")
    by = chosen(opened, "by", DIMENSIONS, "group")
    metric = resolve(timed(clock, opened.filters))
    first = ask(opened, metric.id)
    row = first.rows[0]
    context: dict[str, Any] = {
        "title": sentence(row, metric),
        "nav_name": _("Speed & SLA"),
        "keep": keeping.of(opened, opened.words(metric=metric.id, compare=compared(opened))),
        "tabs": tabs.of(opened, "speed"),
        "tiles": tiles(opened),
        "clock": clock,
        "clocks": [
            (title(resolve(timed(one, opened.filters))), _of_clock(opened, one), one == clock) for one in CLOCKS
        ],
        "by": by,
        "trend": charts.figure(opened, "trend", metric=metric.id),
        "attained": charts.figure(opened, "attainment"),
        "states": charts.figure(opened, "states"),
        "table": table(opened, metric.id, by),
        "dimensions": [(one, wording.dimension(one), one == by) for one in DIMENSIONS if one in metric.dimensions],
        "exports": exports(opened, "cut", clock=clock, by=by),
        "reports": [
            (form, opened.filters.link(reverse("service_levels_download", args=[form]))) for form in ("pdf", "pptx")
        ],
    }
    return opened.page("service_levels/speed.html", "service_levels", context)


def _of_clock(opened: Opened, clock: str) -> str:
    """The page at another clock, with everything else that the address says."""
    return opened.filters.link(opened.request.path, **{**opened.own, "clock": None if clock == "frt" else clock})


def tiles(opened: Opened) -> list[FigureView]:
    """The figures at the top: two of the first reply, then what else a manager looks at first."""
    asked = (
        (timed("frt", opened.filters), "median", _("First reply, median")),
        (timed("frt", opened.filters), "p90", _("First reply, 90th percentile")),
        (timed("nrt", opened.filters), "median", _("Next reply, median")),
        (timed("full_resolution", opened.filters), "median", _("Full resolution, median")),
        ("sla.attainment", None, _("Targets met")),
        ("backlog", None, _("Backlog at the end")),
    )
    return [tile(opened, metric, statistic, label) for metric, statistic, label in asked]


def tile(opened: Opened, metric: str, statistic: str | None, label: str) -> FigureView:
    """One figure; what cannot be answered with these filters says so in its place."""
    try:
        shown = ask(opened, metric, statistic=statistic)
    except MaitredError as error:
        declared = resolve(metric)
        marks = {"data-metric": declared.id, "data-suppressed": "role" if error.status == 403 else "no-data"}
        return FigureView(label, error.what, "", "", marks=marks, suppressed=True)
    return view(opened, shown, shown.rows[0], label)


def ask(opened: Opened, metric: str, **more: Any) -> Figures:
    """A metric over the page's period, filters and comparison."""
    compare = compared(opened)
    more = {name: value for name, value in more.items() if value is not None}
    found: Figures = opened.ask("metrics.show", **opened.words(metric=metric, compare=compare, **more))
    return found


def compared(opened: Opened) -> str | None:
    """The comparison as verbs take it."""
    return None if opened.filters.compare == "none" else opened.filters.compare


def table(opened: Opened, metric: str, by: str) -> dict[str, Any]:
    """Median and 90th percentile by a dimension, by name; nothing is ordered by value."""
    declared = METRICS[metric]
    if by not in declared.dimensions:
        return {"rows": [], "why": _("This clock is not cut that way.")}
    try:
        medians, tails = ask(opened, metric, by=[by]), ask(opened, metric, by=[by], statistic="p90")
    except MaitredError as error:
        return {"rows": [], "why": f"{error.what[:1].upper()}{error.what[1:]}."}
    rows = [
        {"label": label_of(middle, by), "median": view(opened, medians, middle), "p90": view(opened, tails, tail)}
        for middle, tail in zip(medians.rows, tails.rows, strict=True)
    ]
    return {
        "rows": sorted(rows, key=lambda one: str(one["label"]).casefold()),
        "why": "",
        "head": wording.dimension(by),
    }


def exports(opened: Opened, table_name: str, **own: str) -> list[tuple[str, str]]:
    """Links to a table as a file."""
    path = reverse("service_levels_export", args=[table_name, "csv"])
    return [(form, opened.filters.link(path.removesuffix("csv") + form, **own)) for form in ("csv", "xlsx", "parquet")]
