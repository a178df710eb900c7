"""How somebody's work went: clocks, targets, satisfaction and lasting solutions of one person or team, from the
catalogue.

Every figure is asked of the metrics of a publication with the reader's own scope; nothing is counted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import NoReverseMatch, reverse

from maitred.base.errors import Denied
from maitred.kit.reading import Reading
from maitred.metrics.catalogue import METRICS, Metric, resolve
from maitred.metrics.results import Row
from maitred.metrics.scope import Scope

WEEKS = 12
"""The period of the pages; the one before it, as long, is what it is compared with."""
External = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the pages: its metric (clocks without their hours) and the section it stands in."""

    name: str
    metric: str
    section: str
    clocked: bool = False

    def id(self, hours: str) -> str:
        """The metric's id in the hours of the reader."""
        return resolve(f"{self.metric}.{'business_all' if hours == 'business' else 'calendar'}"
                       if self.clocked else self.metric).id  # fmt: skip


MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure("first_reply", "frt", "speed", clocked=True),
        Measure("next_reply", "nrt", "speed", clocked=True),
        Measure("resolution", "full_resolution", "speed", clocked=True),
        Measure("targets", "sla.attainment", "targets"),
        Measure("satisfaction", "csat.rate@at_solve", "satisfaction"),
        Measure("durable", "durable_resolution.human", "targets"),
        Measure("reopened", "reopen_rate.transitions", "targets"),
    )
}


@dataclass(frozen=True, slots=True)
class Period:
    """The days that the figures are about, whole ones, and the zone that decides where they begin."""

    first: date
    last: date
    zone: str

    @classmethod
    def of(cls, found: Reading) -> Period:
        """The twelve weeks up to the last whole day of a publication."""
        last = found.as_of.astimezone(found.zone).date() - timedelta(days=1)
        return cls(last - timedelta(days=7 * WEEKS - 1), last, found.zone.key)


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One figure of a person or team.

    ``value``, ``low`` and ``high`` are null without enough data: ``needed`` rows make a value. ``before`` is the value
    of the twelve weeks before, ``difference`` now minus then with its interval and verdict. ``drill`` is the page that
    lists the rows, whose count is ``n``; empty where the reader sees counts only. Durations are seconds, shares 0 to 1.
    """

    measure: str
    metric: str
    unit: str
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    needed: int | None
    reason: str
    before: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    verdict: str
    drill: str


def of_people(
    found: Reading, agents: Iterable[External], scope: Scope, names: Sequence[str] = tuple(MEASURES)
) -> tuple[FigureShown, ...]:
    """The figures of helpdesk users who are one person."""
    words = sorted(f"{source}:{external}" for source, external in agents)
    if not words:
        return ()
    by = ("assignee",) if len(words) == 1 else ()
    return _asked(found, {"assignee": words}, by, scope, names)


def of_groups(
    found: Reading, groups: Iterable[External], scope: Scope, names: Sequence[str] = tuple(MEASURES)
) -> tuple[FigureShown, ...]:
    """The figures of helpdesk groups that are one team."""
    words = sorted(f"{source}:{external}" for source, external in groups)
    return _asked(found, {"group": words}, (), scope, names) if words else ()


def shown_metric(found: Reading, metric: str, scope: Scope) -> FigureShown:
    """A metric of everything that the reader sees."""
    period = Period.of(found)
    declared = METRICS[metric]
    rows = found.ask.show(metric, None, period.first.isoformat(), period.last.isoformat(), (), {}, "previous",
                          period.zone, scope=scope).rows  # fmt: skip
    return _shown(declared.name, declared, rows[0] if rows else None, {}, period, found, False, scope)


def _asked(
    found: Reading, where: Mapping[str, Sequence[str]], by: Sequence[str], scope: Scope, names: Sequence[str]
) -> tuple[FigureShown, ...]:
    period = Period.of(found)
    shown = []
    for name in names:
        metric = METRICS[MEASURES[name].id(found.hours)]
        if not set(where) <= set(metric.dimensions):
            continue
        try:
            rows = found.ask.show(
                metric.id, None, period.first.isoformat(), period.last.isoformat(), by, where, "previous", period.zone,
                scope=scope,
            ).rows  # fmt: skip
        except Denied:
            continue
        shown.append(_shown(name, metric, rows[0] if rows else None, where, period, found, bool(by), scope))
    return tuple(shown)


def _shown(
    name: str, metric: Metric, row: Row | None, where: Mapping[str, Sequence[str]], period: Period, found: Reading,
    of_person: bool, scope: Scope,
) -> FigureShown:  # fmt: skip
    statistic = metric.statistics[0]
    needed = metric.smallest_n(statistic, of_person)
    if row is None:
        return FigureShown(name, metric.id, metric.unit, statistic, None, None, None, 0, needed, "", None, None, None,
                           None, "not_enough_data", "")  # fmt: skip
    there: Any = row.comparison
    link = "" if scope.counts_only else drill(metric.id, where, period, found.publication.number)
    return FigureShown(
        name, metric.id, metric.unit, row.statistic, row.value, row.low, row.high, row.n,
        row.needed if row.value is None else None, row.reason,
        there.before if there else None, there.value if there else None, there.low if there else None,
        there.high if there else None, there.verdict if there else "", link,
    )  # fmt: skip


def drill(metric: str, where: Mapping[str, Sequence[str]], period: Period, publication: int, **more: str) -> str:
    """The page that lists the rows behind a figure; empty where no desk shows it."""
    name, _, version = metric.partition("#")
    try:
        path = reverse("drill", args=[name])
    except NoReverseMatch:
        return ""
    words = [(key, ",".join(values)) for key, values in where.items() if values]
    words += [("period", f"{period.first}..{period.last}"), ("pub", str(publication)), *more.items()]
    words += [("v", version)] if version not in ("", "1") else []
    return f"{path}?{urlencode(words, quote_via=quote, safe=',.:@')}"
