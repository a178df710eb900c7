"""The door of the numbers: a metric over a period, cut and filtered, with interval and n, and the rows behind it.

For every desk and surface: no page, command or report computes a number of its own. A figure and its drill-down come
from the same composed rows, so their counts agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import Denied, UsageError
from maitred.metrics import disclosure, listing, views
from maitred.metrics.catalogue import Metric, resolve
from maitred.metrics.catalogue.dimensions import PERIODS
from maitred.metrics.comparison import Days, count_difference, difference
from maitred.metrics.composition import CENSORED, Question, apart, behind, sources_of
from maitred.metrics.estimates import Estimate, estimate
from maitred.metrics.kept import keeper_of
from maitred.metrics.listing import PARTS, listed, refuse_unknown
from maitred.metrics.results import Difference, Result, Row
from maitred.metrics.samples import EMPTY, Key, Sample, samples
from maitred.metrics.scope import FEWEST_OTHERS, External, Scope, hides_others, permit_rows
from maitred.metrics.windows import Window, bucket_label, buckets, earlier, window
from maitred.warehouse.engines import Engine

Labels: TypeAlias = "tuple[str | None, ...]"


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a figure: ``total`` of them in all, ``rows`` the page asked for.

    Columns: ``source_id``, ``ticket_id``, what else names a row, ``at`` (the instant of the time basis), ``value``,
    ``censored``, and one column per dimension.
    """

    metric: str
    total: int
    rows: pa.Table


def show(
    engine: Engine,
    metric: str | Metric,
    statistic: str | Sequence[str] | None = None,
    from_: date | str | None = None,
    to: date | str | None = None,
    by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None,
    compare: str | None = None,
    publication: int | str | None = None,
    zone: str = "UTC",
    *,
    scope: Scope,
) -> Result:
    """A metric's figures.

    Parameters
    ----------
    engine
        With the publication's tables registered.
    metric
        Id or a shorter form of it.
    statistic
        ``median``, ``p90`` or ``p95`` for durations (several may be asked at once), also ``mean`` for counts per
        ticket; other metrics have one statistic only. The metric's usual one unless given.
    from_, to
        Local days, both inclusive; open when left out.
    by, where
        Dimensions to cut by, and values to keep (several values of one dimension: any of them; ``none``: rows without).
    compare
        ``previous``, ``year`` or ``A..B``: adds the difference from that period to each row.
    publication
        Named in the answer.
    zone
        Report time zone; decides calendar buckets and where days begin and end.
    scope
        What of it the reader may see; a scope of counts only gives coarse figures without small cells.

    Returns
    -------
    Result
        Rows sorted by their dimension values; without ``by`` exactly one row for each statistic.

    Raises
    ------
    UsageError
        A word of the question is not one that this metric knows.
    Denied
        The scope cannot answer it (see ``scope.permit``).
    """
    asked = _question(engine, metric, window(from_, to, zone), by, where, scope)
    statistics = _statistics(asked.metric, statistic)
    past = replace(asked, window=earlier(asked.window, compare)) if compare else None
    if past and asked.period:
        raise UsageError(f"a comparison cannot be cut by {asked.period}", "compare without it, or look at the trend")
    found = _labelled(engine, asked)
    figures = {
        (labels, one): _estimate(asked, one, labels, found[labels]) for one in statistics for labels in _sorted(found)
    }
    differences = _differences(engine, asked, past, figures) if past else {}
    result = Result(
        metric=asked.metric.id,
        unit=asked.metric.unit,
        publication=publication,
        time_zone=zone,
        period=_days(asked.window),
        compared=_days(past.window) if past else None,
        rows=tuple(_row(asked, *key, figure, differences.get(key)) for key, figure in figures.items()),
    )
    if hides_others(scope, asked.metric):
        then = _with_few_others(engine, past) if past else frozenset()
        return disclosure.withheld(result, _with_few_others(engine, asked), then, FEWEST_OTHERS)
    if not scope.counts_only:
        return result
    return disclosure.disclosed(result, scope, _hidden(engine, asked), _hidden(engine, past) if past else frozenset())


def tickets(
    engine: Engine,
    metric: str | Metric,
    from_: date | str | None = None,
    to: date | str | None = None,
    by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None,
    zone: str = "UTC",
    limit: int | None = None,
    offset: int = 0,
    part: str | None = None,
    sort: str = "",
    *,
    scope: Scope,
) -> Behind:
    """The rows behind ``show`` of the same words; ``total`` equals its n (the sum of all n, when cut by dimensions).

    ``part`` keeps some of them (see ``listing.parts_of``), and ``total`` counts those; ``sort`` orders them. With a
    ``limit`` of 0 they are only counted, and ``rows`` has no columns.

    Raises
    ------
    UsageError
        A word of the question is not one that this metric knows.
    Denied
        The scope cannot answer it, or shows counts only.
    """
    asked = _question(engine, metric, window(from_, to, zone), by, where, scope)
    permit_rows(scope, asked.metric)
    if hides_others(scope, asked.metric):
        _refuse_others(engine, asked)
    if limit == 0:
        refuse_unknown(asked.metric, part, sort)
        return Behind(asked.metric.id, _total(engine, asked, part), pa.table({}))
    page = _found(engine, asked, limit, offset, part, sort)
    if page is not None:
        query = listed(asked, part=part, sort=sort, tickets=page.tickets)
        rows = engine.query(query.rows, query.params).slice(page.before, limit)
        return Behind(asked.metric.id, page.total, _readable(rows, asked))
    query = listed(asked, limit=limit, offset=offset, part=part, sort=sort)
    rows = engine.query(query.rows, query.params)
    total = rows.num_rows if limit is None and not offset else _total(engine, asked, part)
    return Behind(asked.metric.id, total, _readable(rows, asked))


def _found(
    engine: Engine, asked: Question, limit: int | None, offset: int, part: str | None, sort: str
) -> listing.Listed | None:
    """Where a page stands in kept rows; None where there are none."""
    keeper = keeper_of(engine)
    if keeper is None or limit is None or limit > listing.MOST:
        return None
    rows = keeper.rows(asked)
    return None if rows is None else listing.find(rows, asked, limit, offset, part, sort)


def _question(
    engine: Engine,
    metric: str | Metric,
    period: Window,
    by: Sequence[str],
    where: Mapping[str, Sequence[str]] | None,
    scope: Scope,
) -> Question:
    declared = resolve(metric) if isinstance(metric, str) else metric
    views.prepare(engine, declared.facts)
    sources = engine.remembered("sources", partial(sources_of, engine))
    return Question(declared, period, sources, scope, tuple(by), dict(where or {}))


def _statistics(metric: Metric, statistic: str | Sequence[str] | None) -> tuple[str, ...]:
    if statistic is None:
        return metric.statistics[:1]
    asked = (statistic,) if isinstance(statistic, str) else tuple(statistic)
    for one in asked:
        if one not in metric.statistics:
            raise UsageError(f"{metric.id} has no {one!r}", f"use {', '.join(metric.statistics)}")
    return asked


def _labelled(engine: Engine, asked: Question) -> dict[Labels, Sample]:
    """Samples by dimension values as pages show them, with buckets in which nothing happened counted as zero."""
    found = {_labels(asked, key): sample for key, sample in samples(engine, asked).items()}
    if asked.metric.statistics == ("count",) and asked.by == (asked.period,) and asked.window.first is not None:
        latest = asked.sources.latest.astimezone(asked.window.zone).date()
        last = min(asked.window.last or latest, latest)
        every = buckets(asked.period, asked.window.first, last)  # type: ignore[arg-type]
        found = {(label,): EMPTY for label, _ in every} | found
    return found


def _labels(asked: Question, key: Key) -> Labels:
    def label(name: str, value: str | int | None) -> str | None:
        if name in PERIODS and isinstance(value, int):
            return bucket_label(name, value)  # type: ignore[arg-type]
        return None if value is None else str(value)

    return tuple(label(name, value) for name, value in zip(asked.by, key, strict=True))


def _hidden(engine: Engine, asked: Question) -> frozenset[Labels]:
    """The cells of a question that fewer than the scope's minimum of people stand behind, or that would give one away.

    Judged on all rows of the period, told apart by what the filters look at: a filter picks among cells that are
    visible without it, and cannot make a new one.
    """
    people, inside = _people(engine, asked)
    known = {cell: some - {None} for cell, some in people.items()}
    hidden = disclosure.hidden_cells(known, asked.scope.minimum_people)
    return frozenset(cell[: len(asked.by)] for cell in hidden if inside[cell])


def _with_few_others(engine: Engine, asked: Question) -> frozenset[Labels]:
    """The cells behind which stand people outside the reader's reach, but fewer of them than must.

    Those within reach are left out first: the reader could take their rows away. A row of nobody known is another's.
    """
    people, inside = _people(engine, asked)
    others = {cell: some - _named(asked) for cell, some in people.items()}
    hidden = disclosure.hidden_cells({cell: some for cell, some in others.items() if some}, FEWEST_OTHERS)
    return frozenset(cell[: len(asked.by)] for cell in hidden if inside[cell])


def _refuse_others(engine: Engine, asked: Question) -> None:
    people, inside = _people(engine, asked)
    if any(inside[cell] and some - _named(asked) for cell, some in people.items()):
        raise Denied(
            "among the rows behind this figure are judgements of people whom you do not lead",
            "filter by the people that you lead, or look at the figure itself",
        )


def _named(asked: Question) -> frozenset[External | None]:
    return frozenset(asked.scope.people_dimensions or ())


def _people(engine: Engine, asked: Question) -> tuple[dict[Labels, set[External | None]], dict[Labels, bool]]:
    """Who stands behind each cell (None: nobody known), and whether the filters keep it."""
    query = behind(asked)
    wider = replace(asked, by=apart(asked), where={})
    people: dict[Labels, set[External | None]] = {}
    inside: dict[Labels, bool] = {}
    for *key, kept, source, person in _tuples(engine.query(query.rows, query.params)):
        cell = _labels(wider, tuple(key))
        inside[cell] = bool(kept)
        people.setdefault(cell, set()).add(None if person is None else (source, person))
    return people, inside


def _tuples(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _sorted(found: Mapping[Labels, Sample]) -> list[Labels]:
    return sorted(found, key=lambda labels: [(label is None, label or "") for label in labels])


def _estimate(asked: Question, statistic: str, labels: Labels, sample: Sample) -> Estimate:
    return estimate(asked.metric, statistic, sample, _seed(asked, statistic, labels), of_people="assignee" in asked.by)


def _seed(asked: Question, statistic: str, labels: Labels) -> int:
    """Fixed by the question, so that the same question gives the same interval."""
    words = (asked.metric.id, statistic, _days(asked.window), asked.by, sorted(asked.where.items()), labels)
    return int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:8], "big")


def _differences(
    engine: Engine, asked: Question, past: Question, figures: Mapping[tuple[Labels, str], Estimate]
) -> dict[tuple[Labels, str], Difference]:
    before = _labelled(engine, past)
    counting = asked.metric.kind == "count"
    present_days, past_days = (_daily(engine, one) if counting else {} for one in (asked, past))
    found = {}
    for (labels, statistic), now in figures.items():
        then = _estimate(past, statistic, labels, before.get(labels, EMPTY))
        if counting:
            days = (present_days.get(labels, _no_days(asked)), past_days.get(labels, _no_days(past)))
            found[labels, statistic] = count_difference(asked.metric, now, then, *days)
        else:
            found[labels, statistic] = difference(asked.metric, statistic, now, then, _seed(asked, statistic, labels))
    return found


def _daily(engine: Engine, asked: Question) -> dict[Labels, Days]:
    """Daily totals per group, with zeros where nothing happened."""
    daily = samples(engine, replace(asked, by=(*asked.by, "day")))
    totals: dict[Labels, dict[str | None, int]] = {}
    for key, sample in daily.items():
        *labels, day = _labels(replace(asked, by=(*asked.by, "day")), key)
        totals.setdefault(tuple(labels), {})[day] = int(sample.values @ sample.events)
    every = _every_day(asked)
    weekdays = [day.weekday() for day in every]
    return {labels: Days([days.get(day.isoformat(), 0) for day in every], weekdays) for labels, days in totals.items()}


def _no_days(asked: Question) -> Days:
    every = _every_day(asked)
    return Days([0] * len(every), [day.weekday() for day in every])


def _every_day(asked: Question) -> list[date]:
    latest = asked.sources.latest.astimezone(asked.window.zone).date()
    first, last = asked.window.first, min(asked.window.last or latest, latest)
    if first is None:
        raise UsageError("a comparison of counts needs periods with a beginning", "give --from")
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]


def _row(asked: Question, labels: Labels, statistic: str, found: Estimate, compared: Difference | None) -> Row:
    return Row(
        by=dict(zip(asked.by, labels, strict=True)),
        statistic=statistic,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        excluded=found.excluded,
        verdict=found.verdict,
        censored=found.censored,
        numerator=found.numerator,
        needed=found.needed,
        reason=found.reason,
        method=found.method,
        comparison=compared,
    )


def _days(period: Window) -> tuple[str | None, str | None]:
    return tuple(None if day is None else day.isoformat() for day in (period.first, period.last))  # type: ignore[return-value]


def _total(engine: Engine, asked: Question, part: str | None) -> int:
    found = samples(engine, asked).values()
    if part is None:
        return sum(sample.n for sample in found)
    column, number = PARTS[part]
    if column == "state":
        return sum(int((sample.censored if number == CENSORED else sample.events).sum()) for sample in found)
    return sum(int(sample.events[sample.values == number].sum()) for sample in found)


def _readable(rows: pa.Table, asked: Question) -> pa.Table:
    """Drill-down rows with the words of the question as column names."""
    columns: dict[str, Any] = {name: rows[name] for name in ("source_id", "ticket_id", *asked.metric.row)}
    per = asked.metric.per
    value = rows["value"] if per == 1 else pc.divide(pc.cast(rows["value"], pa.float64()), float(per))
    columns |= {
        "at": rows["at_instant"],
        "value": value,
        "censored": pc.equal(rows["state"], pa.scalar(CENSORED, pa.int32())),
    }
    for place, name in enumerate(asked.by):
        values = rows[f"d{place}"]
        columns[name] = values if pa.types.is_string(values.type) else _bucket_labels(name, values)
    return pa.table(columns)


def _bucket_labels(name: str, buckets_found: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    labels = [None if bucket is None else bucket_label(name, bucket) for bucket in buckets_found.to_pylist()]  # type: ignore[arg-type]
    return pa.chunked_array([pa.array(labels, pa.string())])
