"""Ask for a metric, for the tickets behind it, for the reason of one ticket's number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field, StringConstraints

from maitred.base.errors import NotFound, UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up
from maitred.kit.access.rights import Right
from maitred.kit.audit.deeds import deed, note
from maitred.kit.reading import published
from maitred.kit.verbs import question
from maitred.kit.verbs.words import LARGEST
from maitred.metrics.results import Result, Row
from maitred.metrics.rows import described as described_rows
from maitred.people.reach import figures_scope, tickets_scope

GROUP = "metrics"
"""The verbs stand where the command line has its metrics."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_SPLIT = BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)
"""One word, or several with commas between them, where a list is asked for."""
Dimensions = Annotated[list[Text], Field(max_length=4), _SPLIT]
Filters = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^\w+=.+$", max_length=200)]],
    Field(max_length=500),
    BeforeValidator(lambda given: [given] if isinstance(given, str) else given),
]
Publication = Annotated[int, Field(ge=1, le=LARGEST)]
Zone = Annotated[str, StringConstraints(max_length=64)]


@dataclass(frozen=True, slots=True)
class MetricShown:
    """A metric of the catalogue."""

    id: str
    unit: str
    direction: str | None
    population: str
    attribution: str | None
    dimensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The metrics there are."""

    metrics: tuple[MetricShown, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: value, interval, n, verdict, and where its tickets are.

    ``value``, ``low`` and ``high`` are null without enough data; ``reason`` says why. ``names`` are what the helpdesk
    calls the ids in ``by``.
    """

    by: Mapping[str, str | None]
    names: Mapping[str, str]
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    excluded: int
    verdict: str
    reason: str
    before: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    difference_verdict: str
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A metric's answer at one publication."""

    metric: str
    unit: str
    publication: int | None
    time_zone: str
    start: str | None
    end: str | None
    rows: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a figure; ``total`` equals its n."""

    metric: str
    total: int
    rows: tuple[dict[str, Any], ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A ticket's clocks, or the ledger of one of them, second by second."""

    source: str
    ticket: str
    publication: int
    document: dict[str, Any]


@question(needs=Right.CATALOGUE_READ, example={})
def list_metrics(actor: Actor) -> Catalogue:
    """List the metrics and what they mean."""
    from maitred.metrics.catalogue import METRICS

    found = (metric.as_json() for metric in METRICS.values())
    names = MetricShown.__dataclass_fields__
    return Catalogue(
        tuple(MetricShown(**{key: _told(value) for key, value in one.items() if key in names}) for one in found)
    )


@question(needs=Right.METRICS_READ, example={"metric": "frt.business_all", "by": ["group"]})
def show(
    actor: Actor,
    metric: Text,
    statistic: Literal["median", "p90", "p95", "mean"] | None = None,
    start: Day | None = None,
    end: Day | None = None,
    by: Dimensions = [],  # noqa: B006  (validation hands in a copy)
    where: Filters = [],  # noqa: B006
    compare: Text | None = None,
    zone: Zone = "UTC",
    publication: Publication | None = None,
) -> Figures:
    """Show a metric: value, interval and n, for the part of the organisation that one may see.

    Figures of durations are seconds, of shares 0 to 1. The tickets behind a figure are asked for with
    ``metrics.tickets`` and the same metric, days and filters.

    Parameters
    ----------
    metric
        Id such as ``frt.business_all#1``, or a shorter form: ``frt`` (first reply time), ``full_resolution``,
        ``sla.attainment``, ``csat.rate``, ``reopen_rate``, ``backlog``; ``metrics.list_metrics`` names them all.
    statistic
        Of durations: the median unless given.
    start, end
        First and last local day, both inclusive.
    by
        Dimensions to cut by, such as ``group``, ``priority``, ``week``.
    where
        ``DIMENSION=VALUE`` to keep; several values of one dimension: any of them.
    compare
        ``previous``, ``year`` or ``A..B``: adds the difference from that period.
    zone
        Time zone of days, weeks and months.
    publication
        An older publication: as reported then.
    """
    scope = figures_scope(actor)
    kept = pairs(where)
    with published(publication) as ask:
        result = ask.show(metric, statistic, start, end, by, kept, compare, zone, scope=scope)
        names = {name: ask.labels(name, (row.by.get(name) for row in result.rows)) for name in by}
    words = {"start": start, "end": end, "zone": zone}
    rows = tuple(_figure(result, row, names, where, words, shown=not scope.counts_only) for row in result.rows)
    pinned = None if result.publication is None else int(result.publication)
    return Figures(result.metric, result.unit, pinned, zone, result.period[0], result.period[1], rows)


@question(needs=Right.METRICS_READ, example={"metric": "frt.business_all", "limit": 20})
def tickets(
    actor: Actor,
    metric: Text,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006
    zone: Zone = "UTC",
    publication: Publication | None = None,
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Field(ge=0, le=200)] = 50,
    part: Text | None = None,
    sort: Annotated[str, StringConstraints(max_length=20)] = "",
    described: bool = False,
) -> Behind:
    """List the rows behind a metric; their count is its n. Single rows are for those who may see figures of people.

    Parameters
    ----------
    part
        Only a part of them: ``met`` or ``missed`` of SLA targets, ``yes`` or ``no`` of other shares, ``ended`` or
        ``running`` of durations.
    sort
        ``value`` or ``at``, with ``-`` before it for descending; by source and ticket unless given.
    described
        Adds subject, state, person and group of each ticket, and the target of an SLA row.
    offset, limit
        Which rows; ``next`` of the answer is where the rest begins. With a limit of 0 they are only counted.
    """
    scope = figures_scope(actor)
    with published(publication) as ask:
        behind = ask.tickets(
            metric, start, end, (), pairs(where), zone, scope=scope, limit=limit, offset=offset, part=part, sort=sort
        )
        found = behind.rows.to_pylist()
        if described:
            reader = tickets_scope(actor)
            key = ("described", metric, start, end, tuple(where), zone, offset, limit, part, sort, scope, reader)
            found = ask.remembered(key, partial(described_rows, ask, found, reader))
    rows = tuple({name: _plain(value) for name, value in row.items()} for row in found)
    after = offset + len(rows)
    return Behind(behind.metric, behind.total, rows, after if after < behind.total and rows else None)


@question(needs=Right.TICKETS_READ, example={"ticket": "10042", "metric": "frt"})
def explain(
    actor: Actor, ticket: Text, metric: Text | None = None, source: Text | None = None,
    publication: Publication | None = None,
) -> Explained:  # fmt: skip
    """Explain one ticket: all its clocks, or the ledger of one of them. Reading it is audited.

    Parameters
    ----------
    ticket
        Its id in the helpdesk.
    metric
        A clock such as ``frt``; all of them, without ledgers, unless given.
    source
        Needed where several helpdesks have the ticket.
    """
    from maitred.metrics.explaining import explain as explained
    from maitred.metrics.explaining import visible_ticket

    scope = tickets_scope(actor)
    with published(publication) as ask:
        number = ask.publication.number
        names = [source] if source else sorted(ask.publication.sources)
        seen = [name for name in names if visible_ticket(ask.engine, scope, name, ticket)]
        if not seen:
            raise NotFound(f"there is no ticket {ticket} that you may see", "check the number, or ask who may see it")
        once = {"lasting": ask.remembered, "passing": looked_up}
        known = None if ask.memory is None else ask.users().those
        make = partial(explained, ask.workspace, ask.publication, ticket, metric, seen[0], known=known, **once)
        document = ask.remembered(("explained", seen[0], ticket, metric), make)
    with deed(actor, "metrics.explain"):
        note("read", "ticket", f"{seen[0]}:{ticket}", metric=metric or "")
    return Explained(seen[0], ticket, number, document)


def _figure(
    result: Result, row: Row, names: Mapping[str, Mapping[str, str]], where: list[str], words: Mapping[str, str | None],
    *, shown: bool,
) -> Figure:  # fmt: skip
    there = row.comparison
    named = {key: names[key][value] for key, value in row.by.items() if value and value in names.get(key, {})}
    return Figure(
        dict(row.by), named, row.statistic, row.value, row.low, row.high, row.n, row.excluded, row.verdict, row.reason,
        there.before if there else None, there.value if there else None, there.low if there else None,
        there.high if there else None, there.verdict if there else "",
        _evidence(result, row, where, words) if shown and not _cut_by_time(row) else None,
    )  # fmt: skip


def _evidence(result: Result, row: Row, where: list[str], words: Mapping[str, str | None]) -> str:
    """Where the rows behind this figure are listed."""
    kept = [*where, *(f"{name}={value if value is not None else 'none'}" for name, value in row.by.items())]
    pairs: list[tuple[str, str]] = [("metric", result.metric), *(("where", one) for one in kept)]
    pairs += [(name, value) for name, value in words.items() if value]
    if result.publication is not None:
        pairs.append(("publication", str(result.publication)))
    return f"/api/v1/metrics/tickets?{urlencode(pairs)}"


def _cut_by_time(row: Row) -> bool:
    return bool({"day", "week", "month"} & set(row.by))


def pairs(where: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in where:
        name, _, value = one.partition("=")
        if not value:
            raise UsageError(f"{one!r} is no filter", "write DIMENSION=VALUE")
        found.setdefault(name, []).append(value)
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _told(value: Any) -> Any:
    return tuple(value) if isinstance(value, (set, frozenset)) or type(value).__name__ == "list" else value
