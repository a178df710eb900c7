"""The charts of the desk: sentence and table stand in the page, the drawing comes from an address of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages import drawings, keeping
from maitred.desks.service_levels.pages.opening import Opened, page
from maitred.kit.charts import Chart, Theme, remembered, suppressed
from maitred.people.reach import figures_scope, tickets_scope

OWN = ("metric", "statistic", "by", "of", "source", "ticket", "theme")
Builder = Callable[..., Chart]


@dataclass(frozen=True, slots=True)
class Slot:
    """A chart in a page and where its drawing comes from."""

    chart: Chart
    url: str


def figure(opened: Opened, name: str, **own: str) -> Slot:
    """A chart for a page; what keeps it from being drawn stands in its place."""
    url = opened.filters.link(reverse("service_levels_chart", args=[name]), **own, pub=str(opened.publication))
    return Slot(built(opened, name, **own), url)


def built(opened: Opened, name: str, **own: str) -> Chart:
    """The chart itself; a refusal becomes a chart that says why."""
    try:
        return drawings.BUILDERS[name](opened, **own)
    except MaitredError as error:
        return suppressed(name, _("Nothing to draw"), f"{error.what[:1].upper()}{error.what[1:]}.")


@page("metrics.show", OWN)
def drawing(opened: Opened, name: str) -> HttpResponse:
    """The drawing of a chart for the browser, in light or dark."""
    if name not in drawings.BUILDERS:
        raise Http404
    own = {key: word for key, word in opened.own.items() if key != "theme" and key in drawings.TAKES[name]}
    theme: Theme = "dark" if opened.own.get("theme") == "dark" else "light"
    noted = tuple(keeping.noted(opened)) if name == "trend" else ()
    key = (
        name,
        opened.publication,
        (figures_scope(opened.actor), tickets_scope(opened.actor)),
        get_language(),
        opened.filters.query(),
        tuple(sorted(own.items())),
        theme,
        noted,
    )
    return JsonResponse(remembered(key, lambda: built(opened, name, **own).web(theme)))
