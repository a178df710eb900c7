"""The catalogue: every metric that the facts can feed, declared once, found by its id or a shorter form of it."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from maitred.base.errors import UsageError
from maitred.metrics.catalogue import (
    assignment,
    bots,
    quality_of_service,
    replies,
    resolution,
    reviews,
    satisfaction,
    sla,
    volume,
)
from maitred.metrics.catalogue.metric import Metric

FAMILIES: dict[str, tuple[Metric, ...]] = {
    "Replies": replies.METRICS,
    "Resolution": resolution.METRICS,
    "Volume": volume.METRICS,
    "Service levels": sla.METRICS,
    "Quality of service": quality_of_service.METRICS,
    "Bots": bots.METRICS,
    "Assignment": assignment.METRICS,
    "Satisfaction": satisfaction.METRICS,
    "Reviews": reviews.METRICS,
}
"""Declared metrics by family, in the order in which pages list them."""

METRICS: dict[str, Metric] = {metric.id: metric for family in FAMILIES.values() for metric in family}
"""Every declared metric by its pinned id."""

DEFAULT_CLOCK = "business_all"
"""The schedule mode that an id without one means."""

__all__ = ["FAMILIES", "METRICS", "Metric", "resolve"]


def resolve(metric_id: str) -> Metric:
    """The metric that an id or a shorter form of it names.

    Version, attribution and variant may be left out where the catalogue has a default.

    >>> resolve("frt").id
    'frt.business_all#1'
    >>> resolve("csat.rate").id
    'csat.rate@at_solve#1'

    Raises
    ------
    UsageError
        No metric has that id, or a name alone leaves several open; the message names the near ones.
    """
    found = _forms().get(metric_id.strip())
    if found is None:
        raise UsageError(f"no metric is called {metric_id!r}", _advice(metric_id))
    return found


@cache
def _forms() -> dict[str, Metric]:
    """Every accepted spelling. A spelling that would fit several metrics goes to the default one, if it is alone."""
    claims: dict[str, list[Metric]] = {}
    for metric in METRICS.values():
        for form in _spellings(metric):
            claims.setdefault(form, []).append(metric)
    forms = {}
    for form, metrics in claims.items():
        chosen = metrics if len(metrics) == 1 else [metric for metric in metrics if metric.default]
        if len(chosen) == 1:
            forms[form] = chosen[0]
    return forms


def _spellings(metric: Metric) -> set[str]:
    variant = f".{metric.variant}" if metric.variant else ""
    attribution = f"@{metric.attribution}" if metric.attribution else ""
    stems = {metric.name + variant + attribution}
    if metric.default:
        stems |= {metric.name, metric.name + variant, metric.name + attribution}
    if metric.variant == DEFAULT_CLOCK:
        stems.add(metric.name + attribution)
    return stems | {f"{stem}#{metric.version}" for stem in stems}


def _advice(metric_id: str) -> str:
    stem = metric_id.partition("#")[0]
    family = sorted(metric.id for metric in METRICS.values() if metric.name == stem.partition("@")[0].partition(".")[0])
    near = family or get_close_matches(stem, _forms(), n=3, cutoff=0.5)
    return f"did you mean {', '.join(near[:6])}?" if near else "see `maitred metrics list`"
