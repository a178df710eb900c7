"""Whether a metric moved: its figures by day or week over a period, with control limits learned from the time before.

Days on which the organisation was closed, buckets with too little data and the bucket that is not over yet are shown
but not judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from maitred.base.errors import UsageError
from maitred.insight import control
from maitred.metrics import flow
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import Metric, resolve
from maitred.metrics.results import Row
from maitred.metrics.scope import Scope
from maitred.metrics.windows import buckets, midnight, window

Bucket = Literal["day", "week"]

MOST_DAYS = 60
"""Longer periods are shown by week unless days are asked for."""

_USUAL_DAYS = 28
_LONGEST: dict[Bucket, int] = {"day": 400, "week": 1_500}
_BASELINE: dict[Bucket, int] = {"day": 56, "week": 7 * 40}
_SNAPSHOTS_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One day or week: the figure with interval and n, what was expected, and the rules that it breaks.

    ``unfinished``: it is not over at as-of, or the period cuts it; ``closed``: nothing arrived anywhere. Neither is
    judged.
    """

    start: str
    end: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unfinished: bool
    closed: bool
    centre: float | None
    lower: float | None
    upper: float | None
    signal: tuple[str, ...]
    direction: str | None


@dataclass(frozen=True, slots=True)
class Trend:
    """A metric's way through a period.

    Parameters
    ----------
    chart
        ``p`` for shares, ``u`` for counts, ``xmr`` for other figures; ``by_ratio`` when logarithms are charted.
    centre
        Level of the baseline; the points carry their own, with season and dependence in them.
    baseline_points, provisional, learned_from
        Buckets behind the limits; fewer than 40; ``before`` the period, or the ``whole`` series where that was too
        short; null without limits.
    verdict
        ``change`` if a point of the period breaks a rule, ``no_change`` if none does, ``cannot_tell`` without limits.
    direction, better
        Of the latest run of signals; whether customers are better off with it, where the metric says.
    since
        First day of the bucket in which that run began.
    season, follows, dispersion
        Weekdays were taken out; correlation with the bucket before (0: none to speak of); how much wider the limits
        are than the chart's own.
    false_signal_every
        Points per false signal where nothing happens: the price of the rules.
    """

    metric: str
    unit: str
    statistic: str
    publication: int
    as_of: str
    time_zone: str
    start: str
    end: str
    bucket: str
    points: tuple[TrendPoint, ...]
    chart: str
    by_ratio: bool
    centre: float | None
    baseline_points: int
    provisional: bool
    learned_from: str | None
    verdict: str
    direction: str | None
    better: bool | None
    since: str | None
    season: bool
    follows: float
    dispersion: float | None
    false_signal_every: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A bucket on the calendar and what was measured in it."""

    label: str
    last: date
    row: Row | None
    unfinished: bool
    closed: bool

    @property
    def usable(self) -> float | None:
        if self.unfinished or self.closed or self.row is None:
            return None
        return self.row.value


def trend(
    ask: Asker,
    scope: Scope,
    metric: str,
    statistic: str | None,
    start: str | None,
    end: str | None,
    where: Mapping[str, Sequence[str]],
    zone: str,
    bucket: Bucket | None,
) -> Trend:
    """The trend of a metric (see ``verbs.speed.trend``)."""
    declared = resolve(metric)
    as_of = flow.sources(ask.engine).latest
    first, last = _days(start, end, zone, as_of)
    chosen: Bucket = bucket or ("day" if (last - first).days < MOST_DAYS else "week")
    if (last - first).days >= _LONGEST[chosen]:
        raise UsageError(f"{(last - first).days + 1} days are too many by {chosen}", "choose week, or a shorter period")
    begin = _monday(first) if chosen == "week" else first
    places = _measured(ask, scope, declared, statistic, where, zone, chosen, begin, last, as_of)
    baseline = next((at for at, one in enumerate(places) if one.label >= begin.isoformat()), len(places))
    kind = _kind(declared, places)
    ratios, snapshot = declared.unit == "seconds", declared.kind.startswith("snapshot")
    made = control.chart(
        [one.usable for one in places],
        kind,
        baseline,
        exposure=None if kind == "u" or snapshot else [float(one.row.n) if one.row else 0.0 for one in places],
        weekdays=[date.fromisoformat(one.label).weekday() for one in places] if chosen == "day" else None,
        ratios=ratios,
    )
    points = tuple(_point(one, mark, declared) for one, mark in zip(places, made.points, strict=True))[baseline:]
    latest = next((point for point in reversed(points) if point.signal), None) if made.verdict == "change" else None
    return Trend(
        declared.id, declared.unit, statistic or declared.statistics[0], ask.publication.number, as_of.isoformat(),
        zone, first.isoformat(), last.isoformat(), chosen, points, kind, ratios and kind == "xmr", made.centre,
        made.baseline, made.provisional, made.learned_from, made.verdict, latest.direction if latest else None,
        _better(declared, latest), None if made.since is None else places[made.since].label, made.season,
        round(made.follows, 4), made.dispersion, control.FALSE_SIGNAL_EVERY,
    )  # fmt: skip


def _days(start: str | None, end: str | None, zone: str, as_of: datetime) -> tuple[date, date]:
    """The period's days, up to as-of; four weeks unless it has a beginning."""
    asked = window(start, end, zone)
    latest = as_of.astimezone(asked.zone).date()
    last = min(asked.last or latest, latest)
    first = asked.first or last - timedelta(days=_USUAL_DAYS - 1)
    if first > last:
        raise UsageError(f"nothing is known yet from {first} on", f"the data ends on {latest}")
    return first, last


def _measured(
    ask: Asker, scope: Scope, metric: Metric, statistic: str | None, where: Mapping[str, Sequence[str]], zone: str,
    bucket: Bucket, begin: date, last: date, as_of: datetime,
) -> list[_Place]:  # fmt: skip
    """Every bucket of baseline and period from the first one with data."""
    calendar = buckets(bucket, begin - timedelta(days=_BASELINE[bucket]), last)
    step = _SNAPSHOTS_AT_ONCE if metric.kind == "snapshot_duration" else len(calendar)
    rows: dict[str | None, Row] = {}
    for at in range(0, len(calendar), step):
        part = calendar[at : at + step]
        found = ask.show(
            metric.id, statistic, part[0][0], part[-1][1].isoformat(), (bucket,), where, None, zone, scope=scope
        )
        rows |= {row.by[bucket]: row for row in found.rows}
    closed = _closed(ask, scope, zone, calendar) if bucket == "day" and metric.kind == "count" else frozenset()
    places = [
        _Place(label, day, rows.get(label), _unfinished(label, day, bucket, as_of, zone), label in closed)
        for label, day in calendar
    ]
    if not any(one.row is not None and one.row.n for one in places):
        places = [replace(one, row=None) for one in places]
    started = next((at for at, one in enumerate(places) if one.row is not None and one.row.n), 0)
    began = min(started + 1 if started else 0, next(at for at, one in enumerate(places) if one.last >= begin))
    return places[began:]


def _closed(ask: Asker, scope: Scope, zone: str, calendar: list[tuple[str, date]]) -> frozenset[str]:
    """Days on which no ticket arrived at all."""
    found = ask.show(
        "arrivals", None, calendar[0][0], calendar[-1][1].isoformat(), ("day",), None, None, zone, scope=scope
    )
    return frozenset(row.by["day"] or "" for row in found.rows if not row.n)


def _unfinished(label: str, last: date, bucket: Bucket, as_of: datetime, zone: str) -> bool:
    whole = date.fromisoformat(label) + timedelta(days=6 if bucket == "week" else 0)
    return last < whole or midnight(whole + timedelta(days=1), ZoneInfo(zone)) > as_of


def _kind(metric: Metric, places: list[_Place]) -> control.Kind:
    if metric.kind == "share":
        return "p"
    counted = metric.kind == "count" and all((one.usable or 0) >= 0 for one in places)
    return "u" if counted else "xmr"


def _point(one: _Place, mark: control.Point, metric: Metric) -> TrendPoint:
    row, lower = one.row, mark.lower
    if lower is not None and metric.unit != "points" and metric.name != "net_flow":
        lower = max(0.0, lower)
    return TrendPoint(
        one.label, one.last.isoformat(), row.value if row else None, row.low if row else None,
        row.high if row else None, row.n if row else 0, one.unfinished, one.closed, mark.centre, lower, mark.upper,
        mark.signal.rules if mark.signal else (), mark.signal.direction if mark.signal else None,
    )  # fmt: skip


def _better(metric: Metric, latest: TrendPoint | None) -> bool | None:
    if latest is None or metric.direction is None:
        return None
    return (latest.direction == "up") == (metric.direction == "higher")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
