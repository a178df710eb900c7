"""Figures of verbs in words, with their marks and the way to their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maitred.base.errors import UsageError
from maitred.desks.service_levels.pages.opening import Opened
from maitred.desks.service_levels.verbs.figures import Figure, Figures
from maitred.kit.pages import words
from maitred.kit.pages.figures import FigureView, marks, too_few
from maitred.kit.pages.filters import Filters
from maitred.metrics.catalogue import METRICS, Metric, resolve

TITLES: Mapping[str, Any] = {
    "frt": gettext_lazy("First reply"),
    "nrt": gettext_lazy("Next reply"),
    "full_resolution": gettext_lazy("Full resolution"),
    "first_resolution": gettext_lazy("First resolution"),
    "rwt": gettext_lazy("Requester wait"),
    "sla": gettext_lazy("Targets met"),
    "backlog": gettext_lazy("Backlog"),
    "csat": gettext_lazy("Satisfaction"),
    "reopen_rate": gettext_lazy("Reopened"),
    "arrivals": gettext_lazy("Arrivals"),
    "solved": gettext_lazy("Solved"),
}
"""Short names for headings; the catalogue's title stands for the others."""

STATISTICS = {
    "median": gettext_lazy("median"),
    "p90": gettext_lazy("90th percentile"),
    "p95": gettext_lazy("95th percentile"),
    "mean": gettext_lazy("mean"),
    "share": "",
    "count": "",
    "nps": "",
}
_TONES = {
    "improved": "better",
    "worsened": "worse",
    "no_change": "same",
    "cannot_tell": "unknown",
    "not_enough_data": "unknown",
    "change": "same",
}


def title(metric: Metric) -> str:
    """What a page calls a metric."""
    short = metric.name in TITLES and (metric.clock or metric.variant in ("", "rate", "attainment", "transitions"))
    return str(TITLES[metric.name]) if short else metric.title


def timed(name: str, filters: Filters) -> str:
    """The id of a clock in the hours that the page is in: ``frt`` → ``frt.business_all``."""
    return f"{name}.{'business_all' if filters.hours == 'business' else 'calendar'}"


def unit_of(metric: Metric, statistic: str) -> str:
    """The unit in which a value is written."""
    if metric.kind == "mean" and statistic == "mean":
        return "score"
    return metric.unit if metric.unit in ("seconds", "share", "points") else "count"


def drill(opened: Opened, metric: str, **own: str | None) -> str:
    """The address that lists the rows behind a figure, with the page's filters."""
    name, _hash, version = metric.partition("#")
    more = {"v": version if version not in ("", "1") else None, **own}
    return opened.filters.link(reverse("drill", args=[name]), **more)


def view(
    opened: Opened, shown: Figures, row: Figure, label: str = "", cell: Mapping[str, str | None] | None = None
) -> FigureView:
    """One figure.

    Parameters
    ----------
    cell
        What the drill is narrowed to beside the page's filters; the dimensions that the row is cut by unless given.
    """
    metric = METRICS[shown.metric]
    unit = unit_of(metric, row.statistic)
    narrowed = {
        name: value if value is not None else "none" for name, value in (row.by if cell is None else cell).items()
    }
    usual = row.statistic == metric.statistics[0]
    href = drill(opened, shown.metric, statistic=None if usual else row.statistic, **narrowed)
    exact = row.statistic == "count"
    attributes = marks(
        shown.metric,
        unit_mark(metric, row),
        row.value,
        row.low,
        row.high,
        row.n,
        href,
        exact=exact,
        why="no-data" if row.n == 0 else "min-n",
    )
    label = label or title(metric)
    if row.value is None:
        return FigureView(label, _why(metric, row), "", "", marks=attributes, suppressed=True)
    text, tone = change(row, unit)
    return FigureView(
        label=label,
        value=words.value(row.value, unit, row.low, row.high),
        interval=_("exact count") if exact and row.n == row.value else words.interval(row.low, row.high, unit),
        n=words.n(row.n)
        if not exact or row.n != row.value
        else _("as of the last day")
        if "backlog" in shown.metric
        else "",
        note=_("%(n)s not counted") % {"n": words.count(row.excluded)}
        if row.excluded and metric.kind == "share"
        else "",
        change=text,
        tone=tone,
        marks=attributes,
        drill=href,
    )


def unit_mark(metric: Metric, row: Figure) -> str:
    """The unit as marks name it."""
    return (
        metric.unit
        if metric.unit in ("seconds", "share", "points")
        else "count"
        if row.statistic == "count"
        else metric.unit
    )


def change(row: Figure, unit: str) -> tuple[str, str]:
    """The difference from the earlier period in words, and its tone for the customer."""
    if not row.difference_verdict:
        return "", ""
    tone = _TONES.get(row.difference_verdict, "unknown")
    if row.difference is None or row.before is None:
        return _("change cannot be told"), "unknown"
    ends = words.interval(row.difference_low, row.difference_high, unit, signed=True)
    told = {
        "before": words.value(row.before, unit, row.low, row.high),
        "difference": words.difference(row.difference, unit, row.difference_low, row.difference_high),
        "ends": ends,
    }
    if row.difference_verdict == "no_change":
        return _("no real change, was %(before)s") % told, tone
    if row.difference_verdict == "cannot_tell":
        return (
            _("cannot tell, was %(before)s (%(difference)s, %(ends)s)")
            if ends
            else _("cannot tell, was %(before)s (%(difference)s)")
        ) % told, tone
    return (
        _("%(difference)s (%(ends)s), was %(before)s") if ends else _("%(difference)s, was %(before)s")
    ) % told, tone


def part(opened: Opened, metric: str, label: str, name: str, count: int, **cell: str) -> FigureView:
    """A part of the rows behind a figure as a figure of its own: an exact count."""
    href = drill(opened, metric, part=name, **cell)
    attributes = marks(metric, "count", count, None, None, count, href, exact=True)
    return FigureView(label, words.count(count), "", "", marks=attributes, drill=href)


def sentence(row: Figure, metric: Metric, zone_words: str = "") -> str:
    """The finding that a page begins with: what changed in a metric, or that nothing did."""
    unit = unit_of(metric, row.statistic)
    name = title(metric)
    if row.value is None:
        return _("Too little data on %(what)s to tell") % {"what": words.inside(name)}
    told = {
        "what": name,
        "low": words.inside(name),
        "now": words.value(row.value, unit, row.low, row.high),
        "n": words.count(row.n),
    }
    if not row.difference_verdict or row.before is None or row.difference is None:
        return _("%(what)s: %(now)s (n %(n)s)") % told
    told["before"] = words.value(row.before, unit, row.low, row.high)
    if row.difference_verdict == "no_change":
        return _("No real change in %(low)s (%(now)s, n %(n)s)") % told
    if row.difference_verdict in ("cannot_tell", "not_enough_data"):
        return _("Cannot tell whether %(low)s changed (%(now)s, n %(n)s)") % told
    if row.difference > 0:
        return _("%(what)s rose from %(before)s to %(now)s") % told
    return _("%(what)s fell from %(before)s to %(now)s") % told


def label_of(row: Figure, name: str) -> str:
    """What the helpdesk calls the value that a row is cut by."""
    value = row.by.get(name)
    if value is None:
        return _("none")
    told = row.names.get(name) or value
    return told.replace("_", " ") if name in ("channel", "sla_metric") else told


def known_metric(name: str, version: str = "") -> Metric | None:
    """The metric of an address: its id without the version, which stands apart; None where there is none."""
    exact = METRICS.get(f"{name}#{version or '1'}")
    if exact is not None or version:
        return exact
    try:
        return resolve(name)
    except UsageError:
        return None


def _why(metric: Metric, row: Figure) -> str:
    if row.reason:
        return row.reason
    needed = metric.smallest_n(row.statistic, "assignee" in row.by)
    return too_few(row.n, needed if row.n < needed else None)
