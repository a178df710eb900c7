"""What a change is made of: the difference between two periods split by a dimension into mix and rate, exactly.

Shares and means are split as they are. A median is no mean of its parts, so of durations it is the share of tickets
slower than the earlier period's median that is split; it moves with the median, and its parts add up. Counts have no
mix: their parts are differences of counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from maitred.base.errors import UsageError
from maitred.insight import decomposition
from maitred.insight.decomposition import FEWEST_ROWS, MOST_PARTS, OTHER, Decomposition, Effect, Part
from maitred.metrics import flow, intervals
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import Metric, resolve
from maitred.metrics.catalogue.dimensions import PERIODS
from maitred.metrics.comparison import Days, count_difference
from maitred.metrics.disclosure import rounded
from maitred.metrics.estimates import Estimate
from maitred.metrics.results import Difference, Row
from maitred.metrics.samples import Sample
from maitred.metrics.scope import Scope, hides_others
from maitred.metrics.windows import Window, earlier, window

Category: TypeAlias = "str | None"
_EPOCH = date(1970, 1, 1)
_MEASURES = {"duration": "share_slower", "share": "share", "mean": "mean", "nps": "nps", "count": "count"}
_STEPS = {"share_slower": 0.01, "share": 0.01, "mean": 0.1, "nps": 1.0}


@dataclass(frozen=True, slots=True)
class ChangePart:
    """What one value of the dimension did to the difference: ``mix + rate = total``, each with its interval.

    ``category`` is null for rows without a value; ``other`` stands for ``merged`` small ones. Levels are null below
    the smallest n. Of counts there is no mix.
    """

    category: str | None
    name: str | None
    other: bool
    n_before: int
    n_now: int
    share_before: float
    share_now: float
    level_before: float | None
    level_now: float | None
    mix: float | None
    mix_low: float | None
    mix_high: float | None
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    total: float
    total_low: float | None
    total_high: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """The difference of a metric between two periods, and the parts it is made of.

    Parameters
    ----------
    now, before, difference, low, high, verdict
        Of the metric itself: the median of durations.
    measure
        What the parts add up to: ``share``, ``mean``, ``nps``, ``count``, or ``share_slower``: of the tickets, those
        that took longer than ``threshold``, the earlier period's median; open ones count by their Kaplan-Meier share.
    measured_before, measured_now, measured_difference
        The weighted mean of the parts in each period; the difference equals the sum of the parts.
    mix, rate
        Sums of the parts: how much moved because the mix of tickets moved, and how much because parts themselves did.
    parts
        The eight largest, then the rest as one.
    coarse
        Numbers are rounded for a reader of counts only, so sums may be off in the last digit.
    reason
        Why there are no parts, where there are none.
    """

    metric: str
    unit: str
    publication: int
    time_zone: str
    start: str | None
    end: str | None
    before_start: str | None
    before_end: str | None
    by: str
    now: float | None
    before: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: str
    n_now: int
    n_before: int
    measure: str
    threshold: float | None
    measured_before: float | None
    measured_now: float | None
    measured_difference: float | None
    measured_low: float | None
    measured_high: float | None
    mix: float | None
    mix_low: float | None
    mix_high: float | None
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    parts: tuple[ChangePart, ...]
    merged: int
    coarse: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question in the words of the query layer."""

    ask: Asker
    scope: Scope
    metric: Metric
    now: Window
    before: Window
    by: str
    where: Mapping[str, Sequence[str]]
    zone: str

    @property
    def seed(self) -> int:
        words = (self.metric.id, _texts(self.now), _texts(self.before), self.by, sorted(self.where.items()))
        return int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:8], "big")


def what_changed(
    ask: Asker,
    scope: Scope,
    metric: str,
    start: str,
    end: str,
    compare: str,
    by: str,
    where: Mapping[str, Sequence[str]],
    zone: str,
) -> WhatChanged:
    """The parts of a difference (see ``verbs.speed.what_changed``)."""
    declared = resolve(metric)
    _refuse(declared, by)
    now = window(start, end, zone)
    asked = _Asked(ask, scope, declared, now, earlier(now, compare), by, where, zone)
    if declared.kind == "count" and not scope.counts_only:
        return _counts(asked, None)
    total = ask.show(declared.id, None, start, end, (), where, compare, zone, scope=scope).rows[0]
    return _counts(asked, total) if declared.kind == "count" else _levels(asked, total)


def _refuse(metric: Metric, by: str) -> None:
    if metric.kind not in _MEASURES:
        raise UsageError(f"{metric.id} is a snapshot and has no parts of a period", "ask for backlog_ages")
    if by in PERIODS:
        raise UsageError(f"a difference between periods has no parts by {by}", "look at the trend")
    if by == "assignee":
        raise UsageError("a change is not split by person", "cut by group, priority, channel or another dimension")


def _levels(asked: _Asked, total: Row) -> WhatChanged:
    """Of figures that are weighted means of their parts."""
    there = total.comparison
    threshold = there.before if there and asked.metric.kind == "duration" else None
    if there is None or total.value is None or there.before is None:
        return _answer(asked, total, threshold, None, (), "one of the periods has too little data for a figure")
    before, now = (
        {name: _part(asked.metric, sample, threshold) for name, sample in _samples(asked, period, (asked.by,)).items()}
        for period in (asked.before, asked.now)
    )
    found = decomposition.decompose(before, now, asked.seed, together=_unspoken(asked, {*before, *now}))
    if found is None:
        return _answer(asked, total, threshold, None, (), "one of the periods has no rows")
    names = asked.ask.labels(asked.by, (one.category for one in found.effects))
    parts = tuple(_change(one, names, asked, found) for one in found.effects)
    return _answer(asked, total, threshold, found, parts, "")


def _samples(asked: _Asked, period: Window, by: tuple[str, ...]) -> dict[Category, Sample]:
    first, last = _texts(period)
    found = flow.sampled(asked.ask.engine, asked.metric, first, last, by, asked.where, asked.zone, asked.scope)
    return {key[0]: sample for key, sample in found.items()}


def _part(metric: Metric, sample: Sample, threshold: float | None) -> Part:
    n = sample.n
    if not n:
        return Part(0, None, 0.0, 0.0)
    worth = _worth(sample, n, threshold)
    if metric.kind == "duration":
        assert threshold is not None
        level, variance = _slower(sample, threshold)
        return Part(n, level, variance * n / worth if 0 < level < 1 else _smooth(level, worth), worth)
    mean = float(sample.values @ sample.events) / n
    if metric.kind == "share":
        return Part(n, mean, mean * (1 - mean) / worth if 0 < mean < 1 else _smooth(mean, worth), worth)
    factor = 100.0 if metric.kind == "nps" else 1.0 / metric.per
    spread = float(sample.events @ (sample.values - mean) ** 2) / max(1, n - 1)
    return Part(n, factor * mean, factor**2 * spread / worth, worth)


def _slower(sample: Sample, threshold: float) -> tuple[float, float]:
    """The Kaplan-Meier share still running after a time, and Greenwood's variance of it."""
    risk = (sample.events + sample.censored)[::-1].cumsum()[::-1].astype(float)
    here = (sample.events > 0) & (sample.values <= threshold)
    ended, at_risk = sample.events[here].astype(float), risk[here]
    surviving = float(np.prod(1 - ended / at_risk))
    with np.errstate(divide="ignore"):
        hazard = float(np.sum(ended / (at_risk * (at_risk - ended)))) if surviving > 0 else 0.0
    return surviving, surviving**2 * hazard


def _smooth(level: float, n: float) -> float:
    """Variance of a share of 0 or 1, with two rows of each kind added (Agresti and Coull 1998)."""
    p = (level * n + 2) / (n + 4)
    return p * (1 - p) / (n + 4)


def _worth(sample: Sample, n: int, threshold: float | None) -> float:
    """Independent rows that know as much as these do."""
    sums = sample.sums
    if sums is not None:
        p = float(sample.values @ sample.events) / n
        squares = sums.ss - 2 * p * sums.ms + p * p * sums.mm
        return intervals.effective_n(p, n, sums.clusters, squares) if sums.clusters != n else float(n)
    if sample.clusters is None:
        return float(n)
    counts = sample.events + sample.censored
    _, codes = np.unique(sample.clusters, return_inverse=True)
    rows = np.bincount(codes, counts)
    above = np.bincount(codes, counts * (sample.values > (threshold or 0)))
    share = float(above.sum()) / n
    return max(1.0, intervals.effective_n(share, n, len(rows), float(((above - share * rows) ** 2).sum())))


def _unspoken(asked: _Asked, names: Iterable[Category]) -> frozenset[Category]:
    """Values that a scope of counts only, or one that hides others' judgements, does not show alone in a period."""
    if not asked.scope.counts_only and not hides_others(asked.scope, asked.metric):
        return frozenset()
    spoken: list[set[Category]] = []
    for period in (asked.before, asked.now):
        first, last = _texts(period)
        rows = asked.ask.show(
            asked.metric.id, None, first, last, (asked.by,), asked.where, None, asked.zone, scope=asked.scope
        ).rows
        spoken.append({row.by[asked.by] for row in rows if row.n})
    return frozenset(set(names) - (spoken[0] & spoken[1]))


def _change(one: Effect, names: Mapping[str, str], asked: _Asked, found: Decomposition) -> ChangePart:
    other = bool(found.merged) and one is found.effects[-1]
    made = ChangePart(
        one.category, names.get(one.category or ""), other, one.n_before, one.n_now, one.share_before, one.share_now,
        one.level_before if one.n_before >= FEWEST_ROWS else None, one.level_now if one.n_now >= FEWEST_ROWS else None,
        one.mix, one.mix_interval.low, one.mix_interval.high, one.rate, one.rate_interval.low, one.rate_interval.high,
        one.total, one.total_interval.low, one.total_interval.high, one.verdict,
    )  # fmt: skip
    return _coarse_part(made, asked)


def _counts(asked: _Asked, total: Row | None) -> WhatChanged:
    """Of counts: differences by value, each judged by how much days differ; ``total`` where parts may be hidden."""
    if total is not None and not total.n:
        return _answer(asked, total, None, None, (), "one of the periods has too little data for a figure")
    hidden = _hidden(asked)
    before, now = (_daily(asked, period, hidden) for period in (asked.before, asked.now))
    names = {**before, **now}
    ratio = _length(asked.now, asked) / _length(asked.before, asked)
    sizes = {name: sum(now.get(name, ())) - ratio * sum(before.get(name, ())) for name in names}
    small = {name for name in names if max(_rows(before, name), _rows(now, name)) < FEWEST_ROWS} - {OTHER}
    ranked = sorted(
        set(names) - small - ({OTHER} if hidden else set()), key=lambda name: (-abs(sizes[name]), name or "")
    )
    kept = ranked[:MOST_PARTS]
    rest = [name for name in names if name not in kept]
    parts = [_count_part(asked, [name], before, now, other=False) for name in kept]
    if rest:
        parts.append(_count_part(asked, rest, before, now, other=True))
    labels = asked.ask.labels(asked.by, kept)
    shown = tuple(replace(part, name=labels.get(part.category or "")) for part in parts)
    whole = _count_part(asked, list(names), before, now, other=False)
    whole = _coarse_part(whole, asked)
    answer = _answer(asked, total or _row_of(whole), None, None, tuple(_coarse_part(part, asked) for part in shown), "")
    return replace(
        answer, measured_before=whole.level_before, measured_now=whole.level_now, measured_difference=whole.total,
        measured_low=whole.total_low, measured_high=whole.total_high, merged=len(rest) if rest else 0,
    )  # fmt: skip


def _hidden(asked: _Asked) -> frozenset[Category]:
    if not asked.scope.counts_only:
        return frozenset()
    periods = (asked.before, asked.now)
    return _unspoken(asked, [name for one in periods for name in _samples(asked, one, (asked.by,))])


def _row_of(whole: ChangePart) -> Row:
    """The difference of a count as the figure itself shows it."""
    there = Difference(
        whole.level_before,
        whole.n_before,
        whole.total,
        whole.total_low,
        whole.total_high,
        whole.verdict,  # type: ignore[arg-type]
    )
    return Row({}, "count", whole.level_now, None, None, whole.n_now, 0, "ok", comparison=there)


def _daily(asked: _Asked, period: Window, hidden: frozenset[Category]) -> dict[Category, list[int]]:
    """Totals of every day by value; hidden values as one."""
    first, last = _texts(period)
    found = flow.sampled(
        asked.ask.engine, asked.metric, first, last, (asked.by, "day"), asked.where, asked.zone, asked.scope
    )
    days: dict[Category, list[int]] = {}
    for (name, day), sample in found.items():
        own = days.setdefault(OTHER if name in hidden else name, [0] * _length(period, asked))
        own[int(day or 0) - (_first(period) - _EPOCH).days] += int(sample.values @ sample.events)
    return days


def _count_part(
    asked: _Asked, names: Sequence[Category], before: Mapping[Category, list[int]], now: Mapping[Category, list[int]],
    *, other: bool,
) -> ChangePart:  # fmt: skip
    sums = []
    for period, found in ((asked.before, before), (asked.now, now)):
        totals = np.sum([found[name] for name in names if name in found] or [[0] * _length(period, asked)], axis=0)
        weekdays = [(_first(period) + timedelta(days=day)).weekday() for day in range(len(totals))]
        sums.append(Days([int(one) for one in totals], weekdays))
    counts = [sum(days.totals) for days in sums]
    made = count_difference(asked.metric, Estimate(counts[1]), Estimate(counts[0]), sums[1], sums[0])
    everything = [sum(sum(days) for days in found.values()) or 1 for found in (before, now)]
    return ChangePart(
        OTHER if other else names[0], None, other, counts[0], counts[1], counts[0] / everything[0],
        counts[1] / everything[1], made.before, float(counts[1]), None, None, None, made.value, made.low, made.high,
        made.value or 0.0, made.low, made.high, _plain(made.verdict),
    )  # fmt: skip


def _rows(found: Mapping[Category, list[int]], name: Category) -> int:
    return sum(abs(one) for one in found.get(name, ()))


def _first(period: Window) -> date:
    if period.first is None:
        raise UsageError("a comparison of counts needs periods with a beginning", "give start and end")
    return period.first


def _length(period: Window, asked: _Asked) -> int:
    """Days of a period up to as-of."""
    latest = flow.sources(asked.ask.engine).latest.astimezone(period.zone).date()
    return max(1, (min(period.last or latest, latest) - _first(period)).days + 1)


def _plain(verdict: str) -> str:
    return "change" if verdict in ("improved", "worsened") else verdict


def _answer(
    asked: _Asked, total: Row, threshold: float | None, found: Decomposition | None, parts: tuple[ChangePart, ...],
    reason: str,
) -> WhatChanged:  # fmt: skip
    there, measure = total.comparison, _MEASURES[asked.metric.kind]
    made = WhatChanged(
        asked.metric.id, asked.metric.unit, asked.ask.publication.number, asked.zone, *_texts(asked.now),
        *_texts(asked.before), asked.by, total.value, there.before if there else None, there.value if there else None,
        there.low if there else None, there.high if there else None, there.verdict if there else "not_enough_data",
        total.n, there.before_n if there else 0, measure, threshold, None, None, None, None, None, None, None, None,
        None, None, None, parts, 0, asked.scope.counts_only, reason,
    )  # fmt: skip
    if found is None:
        return made
    near = _rounding(asked)
    return replace(
        made, measured_before=near(found.before), measured_now=near(found.now),
        measured_difference=near(found.difference), measured_low=near(found.interval.low),
        measured_high=near(found.interval.high), mix=near(found.mix), mix_low=near(found.mix_interval.low),
        mix_high=near(found.mix_interval.high), rate=near(found.rate), rate_low=near(found.rate_interval.low),
        rate_high=near(found.rate_interval.high), merged=found.merged,
    )  # fmt: skip


def _coarse_part(part: ChangePart, asked: _Asked) -> ChangePart:
    """A part as a scope of counts only may have it."""
    base = asked.scope.round_counts_to
    if not asked.scope.counts_only:
        return part
    near = _rounding(asked)
    return replace(
        part, n_before=rounded(part.n_before, base), n_now=rounded(part.n_now, base),
        share_before=round(part.share_before, 2), share_now=round(part.share_now, 2),
        level_before=near(part.level_before), level_now=near(part.level_now), mix=near(part.mix),
        mix_low=near(part.mix_low), mix_high=near(part.mix_high), rate=near(part.rate), rate_low=near(part.rate_low),
        rate_high=near(part.rate_high), total=near(part.total) or 0.0, total_low=near(part.total_low),
        total_high=near(part.total_high),
    )  # fmt: skip


def _rounding(asked: _Asked) -> Callable[[float | None], float | None]:
    """Rounds figures for a reader of counts only, and leaves them as they are for others."""
    step = _STEPS.get(_MEASURES[asked.metric.kind], float(asked.scope.round_counts_to or 1))

    def near(value: float | None) -> float | None:
        if value is None or not asked.scope.counts_only:
            return value
        return round(round(value / step) * step, 6)

    return near


def _texts(period: Window) -> tuple[str | None, str | None]:
    return tuple(None if day is None else day.isoformat() for day in (period.first, period.last))  # type: ignore[return-value]
