"""The catalogue in the console: every metric, and a page that says what each means and how it is made."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages import charts, figures
from maitred.desks.service_levels.pages.opening import Opened, page
from maitred.desks.service_levels.pages.speed import tile
from maitred.desks.service_levels.pages.wording import dimension as dimension_words
from maitred.metrics import definition
from maitred.metrics.catalogue import METRICS


@page("metrics.list_metrics", ("q",))
def catalogue(opened: Opened) -> HttpResponse:
    """All metrics by name, with those that a word fits where one is given."""
    wanted = opened.own.get("q", "").casefold()[:80]
    found = [
        one for one in METRICS.values()
        if wanted in f"{one.id} {one.title} {one.meaning}".casefold()
    ]  # fmt: skip
    families = [
        {"title": next(iter(some)).title, "metrics": [_entry(opened, one) for one in some]}
        for some in (list(group) for _name, group in groupby(found, key=lambda one: one.name))
    ]
    context = {
        "title": _("%(n)s metrics, each with its definition and its tickets") % {"n": len(found)},
        "nav_name": _("Metrics"),
        "families": families,
        "wanted": wanted,
    }
    return opened.page("service_levels/catalogue.html", "metrics", context)


def _entry(opened: Opened, metric: Any) -> dict[str, Any]:
    name = metric.id.partition("#")[0]
    return {"id": metric.id, "href": opened.filters.link(reverse("metric_page", args=[name])), "unit": metric.unit,
            "basis": metric.basis, "meaning": metric.meaning, "default": metric.default}  # fmt: skip


_ASKED = ("median", "p90", "p95", "mean")
"""Statistics that a question names; counts, shares and scores are what their metric has anyway."""


@page("metrics.list_metrics", ("v", "statistic"))
def metric(opened: Opened, metric: str) -> HttpResponse:
    """One metric: its value in the period, definition, query, tests and distribution."""
    declared = figures.known_metric(metric, opened.own.get("v", ""))
    if declared is None:
        raise Http404
    tiles = [
        tile(opened, declared.id, one if one in _ASKED else None, str(figures.STATISTICS.get(one) or _("Value")))
        for one in declared.statistics[:2]
    ]
    try:
        query = definition.query(opened.found.ask, declared)
    except MaitredError as error:
        query = f"-- {error.what}"
    context: dict[str, Any] = {
        "title": declared.title if tiles[0].suppressed else f"{declared.title}: {tiles[0].value}",
        "nav_name": _("Metrics"),
        "metric": declared,
        "tiles": tiles,
        "query": query,
        "dimensions": [dimension_words(one) for one in declared.dimensions],
        "smallest": [(one, declared.smallest_n(one)) for one in declared.statistics if declared.smallest_n(one)],
        "distribution": charts.figure(opened, "distribution", metric=declared.id)
        if declared.unit == "seconds"
        else None,
        "trend": charts.figure(opened, "trend", metric=declared.id),
        "back": opened.filters.link(reverse("metrics_catalogue")),
        "tests": definition.tests(declared),
    }
    return opened.page("service_levels/metric.html", "metrics", context)
