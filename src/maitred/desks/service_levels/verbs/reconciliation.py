"""Where our numbers differ from the helpdesk's own: how many in which class, which tickets, and one ticket's values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from maitred.base.errors import NotFound
from maitred.desks.service_levels.verbs.figures import Publication, Text
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import published
from maitred.kit.verbs import question
from maitred.metrics.asking import Asker
from maitred.metrics.disclosure import rounded
from maitred.metrics.explaining import visible_ticket
from maitred.metrics.intervals import wilson, wilson_clustered
from maitred.metrics.reconciled import CLASSES, PAIRS, Reconciled, Row, of_ticket, place_of, reconciled
from maitred.metrics.scope import Scope
from maitred.people.reach import figures_scope, tickets_scope

ALARM = 0.01
"""More unexplained than one in a hundred is an alarm."""
FEWEST = 10
_EQUAL, _UNEXPLAINED = CLASSES.index("equal"), CLASSES.index("unexplained")
Reason = Literal[
    "equal", "schedule_mode", "rounding", "target_revised", "agent_created", "bot_reply", "reopened",
    "merged_or_deleted", "late_data", "role_changed", "schedule_edited", "vendor_null", "ours_null", "unexplained",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many values of a metric fall into a class."""

    reason: Reason
    count: int


@dataclass(frozen=True, slots=True)
class Match:
    """How far one metric of a source matches; ``metric`` is None for all of them together.

    ``match_rate`` is the share of values that are equal within a minute, with its interval; null below ten values.
    """

    source: str
    metric: str | None
    n: int
    match_rate: float | None
    low: float | None
    high: float | None
    unexplained: float | None
    alarm: bool
    classes: tuple[ClassCount, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Every source with values of its vendor: all metrics together first, then each."""

    publication: int
    rows: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Values of a class, those furthest apart first."""

    publication: int
    total: int
    rows: tuple[Row, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class TicketValues:
    """All values of one ticket beside the vendor's."""

    publication: int
    source: str
    ticket: str
    rows: tuple[Row, ...]


@question(needs=Right.METRICS_READ, example={})
def reconciliation(
    actor: Actor, source: Text | None = None, metric: Text | None = None, publication: Publication | None = None
) -> Matches:
    """Compare our numbers with those that the helpdesk computed itself, each difference in one class.

    Parameters
    ----------
    source
        One source; all that have values of their vendor unless given.
    metric
        One metric with its clock, such as ``frt.business``.
    """
    scope = figures_scope(actor)
    wanted = None if metric is None else place_of(metric)
    found: list[Match] = []
    with published(publication) as ask:
        for table in _tables(ask, source):
            found.extend(_matches(table, scope, wanted))
        return Matches(ask.publication.number, tuple(found))


@question(needs=Right.TICKETS_READ, example={"limit": 20})
def reconciliation_rows(
    actor: Actor,
    source: Text | None = None,
    metric: Text | None = None,
    reason: Reason | None = None,
    publication: Publication | None = None,
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> Differences:
    """List our values beside the vendor's, of the tickets that one may open; without a class all that are not equal.

    Parameters
    ----------
    reason
        The class, such as ``unexplained``.
    offset, limit
        Which rows; ``next`` of the answer is where the rest begins.
    """
    scope = tickets_scope(actor)
    wanted = None if metric is None else place_of(metric)
    with published(publication) as ask:
        tables = list(_tables(ask, source))
        chosen = [_chosen(table, scope, wanted, reason) for table in tables]
        number = ask.publication.number
    total = sum(len(one) for one in chosen)
    rows: list[Row] = []
    begin = offset
    for table, places in zip(tables, chosen, strict=True):
        rows.extend(table.rows(places[begin : begin + limit - len(rows)]))
        begin = max(0, begin - len(places))
    after = offset + len(rows)
    return Differences(number, total, tuple(rows), after if after < total and rows else None)


@question(needs=Right.TICKETS_READ, example={"source": "demo", "ticket": "10042"})
def reconciliation_of(actor: Actor, source: Text, ticket: Text, publication: Publication | None = None) -> TicketValues:
    """Show all values of one ticket beside the vendor's; none where the vendor told none."""
    scope = tickets_scope(actor)
    with published(publication) as ask:
        if source not in ask.publication.sources or not visible_ticket(ask.engine, scope, source, ticket):
            raise NotFound(f"there is no ticket {ticket} that you may see", "check the number, or ask who may see it")
        return TicketValues(ask.publication.number, source, ticket, of_ticket(ask, source, ticket))


def _tables(ask: Asker, source: str | None) -> list[Reconciled]:
    names = [source] if source else sorted(ask.publication.sources)
    return [reconciled(ask, name) for name in names]


def _matches(table: Reconciled, scope: Scope, wanted: int | None) -> list[Match]:
    seen = table.seen_by(scope)
    found = []
    if wanted is None and seen.any():
        found.append(_match(table, seen, None, scope))
    for place, (metric, clock) in enumerate(PAIRS):
        mine = seen & (table.pair == place)
        if wanted in (None, place) and mine.any():
            found.append(_match(table, mine, f"{metric}.{clock}", scope))
    return found


def _match(table: Reconciled, mine: np.ndarray, metric: str | None, scope: Scope) -> Match:
    counts = np.bincount(table.reason[mine], minlength=len(CLASSES)).tolist()
    n, equal, base = sum(counts), counts[_EQUAL], scope.round_counts_to
    unexplained = counts[_UNEXPLAINED] / n
    if metric is None:
        size = np.bincount(table.ticket[mine])
        hits = np.bincount(table.ticket[mine], weights=table.reason[mine] == _EQUAL)[size > 0].astype(np.int64)
        size = size[size > 0]
        sums = (int((size * size).sum()), int((size * hits).sum()), int((hits * hits).sum()))
        interval = wilson_clustered(equal, n, len(size), *sums)
    else:
        interval = wilson(equal, n)
    shares = [equal / n, interval.low, interval.high] if n >= FEWEST else [None] * 3
    shown = [None if one is None else round(one, 2) if base > 1 else one for one in (*shares, unexplained)]
    classes = tuple(
        ClassCount(name, rounded(count, base))  # type: ignore[arg-type]
        for name, count in zip(CLASSES, counts, strict=True)
        if count
    )
    return Match(
        table.source, metric, rounded(n, base), shown[0], shown[1], shown[2], shown[3], unexplained > ALARM, classes
    )


def _chosen(table: Reconciled, scope: Scope, wanted: int | None, reason: str | None) -> np.ndarray:
    """Places of the rows asked for, furthest apart first, then by ticket."""
    if scope.counts_only:
        return np.zeros(0, np.int64)
    keep = table.seen_by(scope)
    keep &= (table.reason != _EQUAL) if reason is None else (table.reason == CLASSES.index(reason))
    if wanted is not None:
        keep &= table.pair == wanted
    places = np.flatnonzero(keep)
    return places[np.argsort(-table.apart()[places], kind="stable")]
