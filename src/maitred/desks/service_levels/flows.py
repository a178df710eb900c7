"""Where work is and where its time went: states of solved tickets, ages of open ones, steps between stations, and how
long it takes until something ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt

import numpy as np

from maitred.base.errors import Denied, UsageError
from maitred.insight import process, survival
from maitred.metrics import flow, intervals
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import Metric, resolve
from maitred.metrics.catalogue.dimensions import PERIODS
from maitred.metrics.disclosure import rounded
from maitred.metrics.estimates import Estimate, estimate
from maitred.metrics.flow import Labels, Station
from maitred.metrics.samples import EMPTY, Sample
from maitred.metrics.scope import Scope
from maitred.metrics.windows import window

_HOUR = 3_600
_FEWEST = 8
_USUAL_DAYS = 28
_LONGEST_BY_DAY = 120


@dataclass(frozen=True, slots=True)
class StateTime:
    """One state: its hours over all tickets, its share of them, and the median per ticket in seconds."""

    state: str
    hours: float
    share: float
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TimeRow:
    """Solved tickets of one value (null: without), their hours in all, and the states, which add up to them."""

    value: str | None
    name: str | None
    n: int
    hours: float
    states: tuple[StateTime, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class TimeByState:
    """Where the time of solved tickets went; ``total`` over all of them, ``rows`` by ``by`` in order of names."""

    publication: int
    as_of: str
    time_zone: str
    start: str | None
    end: str | None
    by: str | None
    total: TimeRow
    rows: tuple[TimeRow, ...]
    excluded: int
    approximated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgeRow:
    """Open tickets of one value by age; ``ages`` in the order of ``bands``, null where few people stand behind."""

    value: str | None
    name: str | None
    n: int | None
    ages: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class BacklogDay:
    """Unsolved tickets at the end of a day or week."""

    day: str
    n: int | None


@dataclass(frozen=True, slots=True)
class BacklogAges:
    """Tickets unsolved at as-of by age, and their number over time."""

    publication: int
    as_of: str
    time_zone: str
    by: str
    bands: tuple[str, ...]
    total: AgeRow
    rows: tuple[AgeRow, ...]
    bucket: str
    series: tuple[BacklogDay, ...]


@dataclass(frozen=True, slots=True)
class MapStation:
    """A station; ``share`` of the tickets passed it."""

    id: str
    name: str
    tickets: int
    arrivals: int
    share: float


@dataclass(frozen=True, slots=True)
class MapStep:
    """A step; ``median`` are the seconds at ``station`` before it (null below the smallest n)."""

    station: str
    next: str
    n: int
    tickets: int
    share: float
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """The way of solved tickets. What is not shown is counted: stations and steps left, and moves on those steps."""

    publication: int
    as_of: str
    time_zone: str
    start: str | None
    end: str | None
    of: str
    tickets: int
    stations: tuple[MapStation, ...]
    steps: tuple[MapStep, ...]
    stations_left: int
    steps_left: int
    moves_left: int
    verdict: str


@dataclass(frozen=True, slots=True)
class CurveStep:
    """From ``at`` seconds on, ``value`` of the tickets are still running."""

    at: int
    value: float
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """How many were still running just before ``at``."""

    at: int
    n: int


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """The Kaplan-Meier curve of a duration; the median and its limits are null where they are not reached."""

    metric: str
    publication: int
    as_of: str
    time_zone: str
    start: str | None
    end: str | None
    n: int
    ended: int
    censored: int
    excluded: int
    steps: tuple[CurveStep, ...]
    at_risk: tuple[AtRisk, ...]
    median: float | None
    median_low: float | None
    median_high: float | None
    verdict: str
    needed: int | None
    method: str


@dataclass(frozen=True, slots=True)
class DistributionBin:
    """How many ended from ``low`` up to, but not including, ``high`` (null: no upper end)."""

    low: int
    high: int | None
    n: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How values are spread; ``censored`` rows are still running and in no bin, but they count for median and p90."""

    metric: str
    unit: str
    publication: int
    as_of: str
    time_zone: str
    start: str | None
    end: str | None
    n: int
    censored: int
    excluded: int
    scale: str
    bins: tuple[DistributionBin, ...]
    median: float | None
    median_low: float | None
    median_high: float | None
    p90: float | None
    p90_low: float | None
    p90_high: float | None
    verdict: str


APPROXIMATED = (
    "queue: a person has begun with the first public reply; notes and changes before it are not seen as a beginning",
    "queue: the whole business time up to there counts, even if the ticket was pending or on hold meanwhile",
    "hand_off: measured in wall time and scaled to the share of business time that the ticket was ours",
    "closed_hours: only while the ticket was new or open; pending and hold are in wall time",
)
"""What the parts of ``time_by_state`` do not measure exactly; their sum is exact."""

Where = Mapping[str, Sequence[str]]


def time_by_state(
    ask: Asker, scope: Scope, start: str | None, end: str | None, where: Where, zone: str, by: str | None
) -> TimeByState:
    """Time of solved tickets by state (see ``verbs.flow.time_by_state``)."""
    if by in (*PERIODS, "state"):
        raise UsageError(f"time by state cannot be cut by {by}", "cut by group, priority, channel, account or team")
    dimensions = (by, "state") if by else ("state",)
    found = flow.sampled(ask.engine, flow.TIME_BY_STATE, start, end, dimensions, where, zone, scope)
    hidden = _hidden_values(ask, scope, start, end, dimensions, where, zone)
    cut: dict[str | None, dict[str | None, Sample]] = {}
    for key, sample in found.items():
        cut.setdefault(key[0] if by else None, {})[key[-1]] = sample
    whole: dict[str | None, Sample] = {
        state: _together([sample for key, sample in found.items() if key[-1] == state]) for state in flow.STATES
    }
    total = _time_row(None, whole, scope, hidden=hidden is None)
    rows = tuple(
        _time_row(value, cut[value], scope, hidden=hidden is None or value in hidden)
        for value in sorted(cut, key=lambda one: (one is None, one or ""))
    ) if by else ()  # fmt: skip
    names = ask.labels(by, cut) if by else {}
    return TimeByState(
        ask.publication.number, flow.sources(ask.engine).latest.isoformat(), zone, start, end, by, total,
        tuple(replace(row, name=names.get(row.value or "")) for row in rows),
        rounded(max(sample.excluded for sample in whole.values()), scope.round_counts_to), APPROXIMATED,
    )  # fmt: skip


def _together(samples: Sequence[Sample]) -> Sample:
    """Several samples as one."""
    if not samples:
        return EMPTY
    values, places = np.unique(np.concatenate([one.values for one in samples]), return_inverse=True)
    events = np.bincount(places, np.concatenate([one.events for one in samples]), len(values)).astype(np.int64)
    return Sample(values, events, np.zeros(len(values), np.int64), sum(one.excluded for one in samples))


def _hidden_values(
    ask: Asker, scope: Scope, start: str | None, end: str | None, dimensions: tuple[str, ...], where: Where, zone: str
) -> frozenset[str | None] | None:
    """Values that a scope of counts only does not show; None if it shows nothing at all."""
    if not scope.counts_only:
        return frozenset()
    whole = flow.shown(ask.engine, flow.SOLVED_TICKETS, start, end, (), where, zone, scope).rows
    if not whole[0].n:
        return None
    if len(dimensions) == 1:
        return frozenset()
    by = dimensions[0]
    rows = flow.shown(ask.engine, flow.SOLVED_TICKETS, start, end, (by,), where, zone, scope).rows
    return frozenset(row.by[by] for row in rows if not row.n)


def _time_row(value: str | None, states: Mapping[str | None, Sample], scope: Scope, *, hidden: bool) -> TimeRow:
    n = max((sample.n for sample in states.values()), default=0)
    seconds = {state: int(one.values @ one.events) for state in flow.STATES if (one := states.get(state, EMPTY))}
    total = sum(seconds.values())
    if hidden or not n:
        return TimeRow(value, None, 0, 0.0, (), "not_enough_data")
    parts = []
    for state in flow.STATES:
        middle = estimate(flow.TIME_BY_STATE, "median", states.get(state, EMPTY), 0)
        share = seconds[state] / total if total else 0.0
        parts.append(StateTime(state, seconds[state] / _HOUR, share, middle.value, middle.low, middle.high))
    row = TimeRow(value, None, n, total / _HOUR, tuple(parts), "ok" if n >= _FEWEST else "not_enough_data")
    return _coarse_time(row, scope)


def _coarse_time(row: TimeRow, scope: Scope) -> TimeRow:
    if not scope.counts_only:
        return row
    states = tuple(
        StateTime(
            one.state, float(round(one.hours)), round(one.share, 2),
            *(None if end is None else float(rounded(int(end), 60)) for end in (one.median, one.low, one.high)),
        )
        for one in row.states
    )  # fmt: skip
    return replace(row, n=rounded(row.n, scope.round_counts_to), hours=float(round(row.hours)), states=states)


def backlog_ages(
    ask: Asker, scope: Scope, where: Where, zone: str, by: str, start: str | None, end: str | None
) -> BacklogAges:
    """The backlog by age (see ``verbs.flow.backlog_ages``)."""
    if by in (*PERIODS, "age"):
        raise UsageError(f"the backlog at one instant cannot be cut by {by}", "cut by group, priority or channel")
    cells = flow.shown(ask.engine, flow.BACKLOG_AGES, None, None, (by, "age"), where, zone, scope).rows
    counted: dict[str | None, dict[str | None, int | None]] = {}
    for row in cells:
        counted.setdefault(row.by[by], {})[row.by["age"]] = _count(row.value)
    names = ask.labels(by, counted)
    ordered = sorted(counted, key=lambda one: (one is None, names.get(one or "", one or "")))
    bucket, series = _series(ask, scope, where, zone, start, end)
    return BacklogAges(
        ask.publication.number, flow.sources(ask.engine).latest.isoformat(), zone, by, flow.AGE_BANDS,
        _ages(None, None, _all_ages(ask, scope, where, zone, counted)),
        tuple(_ages(value, names.get(value or ""), counted[value]) for value in ordered), bucket, series,
    )  # fmt: skip


def _all_ages(
    ask: Asker, scope: Scope, where: Where, zone: str, counted: Mapping[str | None, Mapping[str | None, int | None]]
) -> dict[str | None, int | None]:
    """Open tickets by age over all values; asked for where some values are hidden, else the sum of them."""
    if scope.counts_only:
        rows = flow.shown(ask.engine, flow.BACKLOG_AGES, None, None, ("age",), where, zone, scope).rows
        return {row.by["age"]: _count(row.value) for row in rows}
    return {band: sum(ages.get(band) or 0 for ages in counted.values()) for band in flow.AGE_BANDS}


def _count(value: float | None) -> int | None:
    return None if value is None else int(value)


def _ages(value: str | None, name: str | None, bands: Mapping[str | None, int | None]) -> AgeRow:
    ages = tuple(bands.get(band, 0) for band in flow.AGE_BANDS)
    known = [one for one in ages if one is not None]
    return AgeRow(value, name, sum(known) if len(known) == len(ages) else None, ages)


def _series(
    ask: Asker, scope: Scope, where: Where, zone: str, start: str | None, end: str | None
) -> tuple[str, tuple[BacklogDay, ...]]:
    """Unsolved tickets at the end of every day, of every week in longer periods; four weeks unless asked otherwise."""
    asked = window(start, end, zone)
    latest = flow.sources(ask.engine).latest.astimezone(asked.zone).date()
    last: date = min(asked.last or latest, latest)
    first = asked.first or last - timedelta(days=_USUAL_DAYS - 1)
    if first > last:
        raise UsageError(f"nothing is known yet from {first} on", f"the data ends on {latest}")
    bucket = "day" if (last - first).days < _LONGEST_BY_DAY else "week"
    found = ask.show("backlog", None, first.isoformat(), last.isoformat(), (bucket,), where, None, zone, scope=scope)
    return bucket, tuple(BacklogDay(row.by[bucket] or "", _count(row.value)) for row in found.rows)


def process_map(
    ask: Asker, scope: Scope, start: str | None, end: str | None, where: Where, zone: str, of: Station
) -> ProcessMap:
    """The way of solved tickets (see ``verbs.flow.process_map``)."""
    _refuse_counts_only(scope, "the way of single tickets is")
    metric = flow.steps(of)
    found = flow.sampled(ask.engine, metric, start, end, ("station", "next"), where, zone, scope)
    made = process.picture([_step(metric, key, sample) for key, sample in found.items() if sample.n])
    names = ask.labels("group", (one.name for one in made.stations)) if of == "group" else {}
    whole = made.tickets or 1
    return ProcessMap(
        ask.publication.number, flow.sources(ask.engine).latest.isoformat(), zone, start, end, of, made.tickets,
        tuple(
            MapStation(one.name, names.get(one.name, one.name), one.tickets, one.arrivals, one.tickets / whole)
            for one in made.stations
        ),
        tuple(
            MapStep(one.station, one.next, one.n, len(one.tickets), len(one.tickets) / whole, one.median, one.low,
                    one.high)
            for one in made.steps
        ),
        made.stations_left, made.steps_left, made.moves_left,
        "ok" if made.tickets >= _FEWEST else "not_enough_data",
    )  # fmt: skip


def _step(metric: Metric, key: Labels, sample: Sample) -> process.Step:
    middle = estimate(metric, "median", sample, 0)
    tickets = frozenset(np.unique(sample.clusters).tolist()) if sample.clusters is not None else frozenset()
    return process.Step(key[0] or "", key[1] or "", sample.n, tickets, middle.value, middle.low, middle.high)


def survival_curve(
    ask: Asker, scope: Scope, metric: str, start: str | None, end: str | None, where: Where, zone: str
) -> SurvivalCurve:
    """The curve of a duration (see ``verbs.speed.survival``)."""
    declared, sample = _duration(ask, scope, metric, start, end, where, zone)
    n, censored = sample.n, int(sample.censored.sum())
    enough = n >= _FEWEST
    widened, method = _widened(sample)
    values, events, late = _merged(sample)
    made = survival.curve(values, events, late, widened)
    steps = tuple(CurveStep(one.at, one.value, one.low, one.high, one.at_risk) for one in made.steps) if enough else ()
    times = _times(values) if enough else ()
    risk = survival.at_risk(values, events, late, times) if times else ()
    limits = made.median_interval
    return SurvivalCurve(
        declared.id, ask.publication.number, flow.sources(ask.engine).latest.isoformat(), zone, start, end, n,
        n - censored, censored, sample.excluded, steps,
        tuple(AtRisk(at, left) for at, left in zip(times, risk, strict=True)),
        made.median if enough else None, limits.low if enough else None, limits.high if enough else None,
        "ok" if enough else "not_enough_data", None if enough else _FEWEST, method,
    )  # fmt: skip


def _duration(
    ask: Asker, scope: Scope, metric: str, start: str | None, end: str | None, where: Where, zone: str
) -> tuple[Metric, Sample]:
    _refuse_counts_only(scope, "how single tickets are spread is")
    declared = resolve(metric)
    if declared.kind not in ("duration", "mean"):
        raise UsageError(f"{declared.id} is no duration or count per ticket", "look at its trend")
    return declared, flow.sampled(ask.engine, declared, start, end, (), where, zone, scope)[()]


def _refuse_counts_only(scope: Scope, what: str) -> None:
    if scope.counts_only:
        raise Denied(f"{what} not part of what you may see", "look at the figures and their trend")


def _merged(sample: Sample) -> tuple[intervals.Integers, intervals.Integers, intervals.Integers]:
    """Counts by distinct value; rows of clusters come one by one."""
    values, places = np.unique(sample.values, return_inverse=True)
    events, censored = (
        np.bincount(places, counts, len(values)).astype(np.int64) for counts in (sample.events, sample.censored)
    )
    return values, events, censored


def _widened(sample: Sample) -> tuple[float, str]:
    """How much wider clusters make the band, judged at the middle."""
    method = "kaplan-meier, greenwood log-log"
    if sample.clusters is None or not sample.n:
        return 1.0, method
    counts = sample.events + sample.censored
    _, codes = np.unique(sample.clusters, return_inverse=True)
    rows = np.bincount(codes, counts)
    if len(rows) == sample.n:
        return 1.0, method
    middle = np.median(np.repeat(sample.values, counts))
    below = np.bincount(codes, counts * (sample.values <= middle))
    share = float(below.sum()) / sample.n
    worth = intervals.effective_n(share, sample.n, len(rows), float(((below - share * rows) ** 2).sum()))
    return sqrt(sample.n / max(1.0, worth)), f"{method} with effective n, {len(rows)} clusters"


def _times(values: intervals.Integers) -> tuple[int, ...]:
    """Up to seven times at which it is said how many are left."""
    longest = int(values[-1]) if values.size else 0
    inside = [edge for edge in survival.DURATION_EDGES if edge <= longest]
    return tuple(inside[:: max(1, -(-len(inside) // 7))])


def distribution(
    ask: Asker, scope: Scope, metric: str, start: str | None, end: str | None, where: Where, zone: str
) -> Distribution:
    """How values are spread (see ``verbs.speed.distribution``)."""
    declared, sample = _duration(ask, scope, metric, start, end, where, zone)
    durations = declared.unit == "seconds"
    values, events, censored = _merged(sample)
    enough = sample.n >= _FEWEST
    found = survival.bins(values, events, durations=durations) if enough else ()
    middle, high = (estimate(declared, one, sample, 0) for one in ("median", "p90"))
    return Distribution(
        declared.id, declared.unit, ask.publication.number, flow.sources(ask.engine).latest.isoformat(), zone, start,
        end, sample.n, int(censored.sum()), sample.excluded, "log" if durations else "linear",
        tuple(DistributionBin(one.low, one.high, one.n) for one in found), *_ends(middle), *_ends(high),
        "ok" if enough else "not_enough_data",
    )  # fmt: skip


def _ends(one: Estimate) -> tuple[float | None, float | None, float | None]:
    return one.value, one.low, one.high
