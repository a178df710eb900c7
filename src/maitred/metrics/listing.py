"""The rows behind a figure: the query that lists them, their parts and orders, and one page of them out of kept rows.

Where rows are kept, they say which tickets stand on a page, and the engine reads those tickets only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from maitred.base.errors import UsageError
from maitred.metrics.catalogue import Metric
from maitred.metrics.composition import CENSORED, EXCLUDED, VALUED, Query, Question, is_snapshot, rows_of, snapshots
from maitred.metrics.intervals import Integers
from maitred.metrics.kept_rows import Rows, micros, picked

MOST = 500
"""Rows of a page that are worth finding like this; more are read in one go."""
ORDERS = ("", "at", "-at", "value", "-value")

PARTS: Mapping[str, tuple[str, int]] = {
    "met": ("value", 1),
    "missed": ("value", 0),
    "yes": ("value", 1),
    "no": ("value", 0),
    "ended": ("state", VALUED),
    "running": ("state", CENSORED),
}
"""Words for a part of the rows behind a figure: with the claim of a share or without, ended or still running."""


def parts_of(metric: Metric) -> tuple[str, ...]:
    """The parts that the rows of a metric fall into; none where they are not told apart."""
    if metric.kind == "share":
        return ("met", "missed") if metric.facts == "current_sla_facts" else ("yes", "no")
    return ("ended", "running") if metric.kind == "duration" and metric.censored else ()


def listed(
    question: Question,
    *,
    limit: int | None = None,
    offset: int = 0,
    part: str | None = None,
    sort: str = "",
    tickets: Sequence[int] | None = None,
) -> Query:
    """The rows that a figure counts: ids, instant, value, state, dimensions.

    Parameters
    ----------
    part
        One of ``parts_of`` keeps those rows only.
    sort
        ``value`` or ``at``, with ``-`` before it for descending; otherwise by source and ticket.
    tickets
        Keys of the only tickets whose rows are looked at.

    Raises
    ------
    UsageError
        The metric has no such part or order.
    """
    query = rows_of(question, among=tickets)
    keys = ["source_id", "ticket_id", *question.metric.row]
    columns = [*keys, "at_instant", "state", "value", *(f"d{place}" for place in range(len(question.by)))]
    order = [
        exp.column(name).asc(nulls_first=False)
        for name in ("source_id", "ticket_key", "ticket_id", *question.metric.row)
    ]
    if is_snapshot(question.metric):
        order.append(exp.column("snapshot_at").asc(nulls_first=False))
    if sort:
        order.insert(0, _sorted_by(sort))
    kept = [exp.column("state").neq(EXCLUDED), *_part(question.metric, part)]
    rows = exp.select(*columns).from_(query.rows.subquery("r")).where(*kept).order_by(*order)
    query.rows = rows if limit is None else rows.limit(limit).offset(offset)
    return query


def with_facts(question: Question, columns: Sequence[str]) -> Query:
    """The rows that a figure counts with columns of their facts, and ``value``; in no order."""
    own = {"source_id", "ticket_key", "ticket_id", *question.metric.row}
    query = rows_of(question, *(exp.column(name, quoted=True) for name in columns if name not in own))
    rows = exp.select(*(exp.column(name, quoted=True) for name in columns), "value").from_(query.rows.subquery("r"))
    return Query(rows.where(exp.column("state").neq(EXCLUDED)), query.params)


def refuse_unknown(metric: Metric, part: str | None, sort: str) -> None:
    """Refuse a part or an order that a metric does not have, without writing a query.

    Raises
    ------
    UsageError
        The metric has no such part or order.
    """
    _part(metric, part)
    if sort:
        _sorted_by(sort)


def _sorted_by(word: str) -> exp.Ordered:
    columns = {"value": "value", "at": "at_instant"}
    name = columns.get(word.removeprefix("-"))
    if name is None:
        raise UsageError(f"rows cannot be sorted by {word!r}", "use value or at, with - before it for descending")
    column = exp.column(name)
    return column.desc(nulls_first=False) if word.startswith("-") else column.asc(nulls_first=False)


def _part(metric: Metric, part: str | None) -> list[exp.Expr]:
    if part is None:
        return []
    if part not in parts_of(metric):
        known = ", ".join(parts_of(metric)) or "none"
        raise UsageError(f"{metric.id} has no part {part!r}", f"its parts: {known}")
    column, number = PARTS[part]
    return [exp.column(column).eq(exp.Literal.number(number))]


@dataclass(frozen=True, slots=True)
class Listed:
    """The tickets of a page, how many of their rows stand before it, and how many rows there are in all."""

    tickets: tuple[int, ...]
    before: int
    total: int


def find(rows: Rows, question: Question, limit: int, offset: int, part: str | None, sort: str) -> Listed | None:
    """One page of the rows that ``listed`` gives for the same words; None where it has to be asked.

    Rows of one ticket that the order does not tell apart stand side by side, so that it does not matter which is first.
    """
    if question.by or sort not in ORDERS or (part is not None and part not in parts_of(question.metric)):
        return None
    if question.metric.kind == "snapshot_duration":
        return None
    pick, at = picked(rows, question)
    state, value = pick(rows.state), pick(rows.value)
    counted = state != EXCLUDED
    if rows.until is not None:
        moment = micros(snapshots(question)[0][1])
        counted &= (at <= moment) & (pick(rows.until) > moment)
        at = np.zeros(len(at), np.int8)
    if part is not None:
        column, number = PARTS[part]
        counted &= (state if column == "state" else value) == number
    chosen = np.flatnonzero(counted)
    tickets, source = pick(rows.tickets)[chosen], _places(rows)[pick(rows.source.codes)[chosen]]
    by = {"at": at, "value": value}.get(sort.removeprefix("-"))
    first = None if by is None else by[chosen].astype(np.int64) * (-1 if sort.startswith("-") else 1)
    order = _ranked(first, source, tickets, offset + limit)
    wanted = np.unique(tickets[order[offset : offset + limit]])
    before = int(np.count_nonzero(np.isin(tickets[order[:offset]], wanted)))
    return Listed(tuple(wanted.tolist()), before, len(chosen))


def _places(rows: Rows) -> Integers:
    """The place of each source in the order of their names."""
    words = rows.source.words
    found = np.zeros(len(words) + 1, np.int64)
    found[[words.index(one) for one in sorted(words)]] = np.arange(len(words))
    return found


def _ranked(first: Integers | None, source: Integers, tickets: Integers, most: int) -> NDArray[np.intp]:
    """The places of the first rows in order, ``most`` of them."""
    leading = first if first is not None else (tickets if not source.any() else source)
    near = np.arange(len(tickets))
    if most < len(tickets):
        near = np.flatnonzero(leading <= np.partition(leading, most)[most])
    keys = (tickets[near], source[near]) if first is None else (tickets[near], source[near], first[near])
    return near[np.lexsort(keys)][:most]
