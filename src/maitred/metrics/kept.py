"""Rows of metrics kept in memory, so that a process that stays answers many questions about one publication quickly.

The rows come from the query that every figure of the metric is made of, once, without period, filter, scope or cut;
what a question narrows is then looked up in sorted whole numbers. The samples are the same as the engine's own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count
from threading import RLock
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from maitred.metrics import composition, views
from maitred.metrics.catalogue import Metric
from maitred.metrics.catalogue.dimensions import PERIODS
from maitred.metrics.composition import Question
from maitred.metrics.intervals import Integers
from maitred.metrics.kept_rows import OPEN_END, Part, Rows, Texts, Tickets, narrowed
from maitred.metrics.scope import holders
from maitred.metrics.shelf import SHELF
from maitred.warehouse.engines import Engine

USUAL = ("group", "assignee", "priority", "channel", "sla_metric", "state", "age", "source", "station", "next")
"""Dimensions that are read at once; another one is read with the first question that names it."""
_NUMBERS = count()
_MOST_ROWS = 20_000_000


class Keeper:
    """The rows kept of one publication."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = RLock()
        self._number = next(_NUMBERS)

    def part(self, question: Question) -> Part | None:
        """The rows of a question in its window, scope and filters; None where the engine has to be asked."""
        rows = self.rows(question)
        return None if rows is None else narrowed(rows, question)

    def rows(self, question: Question) -> Rows | None:
        """All rows of a question's metric with the columns that it needs; None where the engine has to be asked."""
        return self._rows(question) if _is_kept(question.metric) else None

    def tickets(self, columns: Sequence[str]) -> Tickets:
        """Some texts of every ticket, to be found by ticket key."""
        key = (self._number, f"tickets {' '.join(columns)}")
        with self._lock:
            found = SHELF.taken(key)
            if not isinstance(found, Tickets):
                found = _tickets(self._engine, columns)
                SHELF.put(key, found)
            return found

    def _rows(self, question: Question) -> Rows | None:
        names = {name for name in (*question.by, *question.where) if name not in PERIODS}
        wanted = {question.metric.dimensions[name] for name in names}
        wanted |= {*holders(question.scope, question.metric)}
        key = (self._number, question.metric.id)
        found = SHELF.taken(key)
        if isinstance(found, Rows) and wanted <= {*found.columns}:
            return found
        with self._lock:
            found = SHELF.taken(key)
            if isinstance(found, Rows) and wanted <= {*found.columns}:
                return found
            more = wanted | ({*found.columns} if isinstance(found, Rows) else set())
            made = _read(self._engine, question, more | _usual(question.metric))
            if made is not None:
                SHELF.put(key, made)
            return made

    def holds(self, metric: str) -> bool:
        """Whether the rows of a metric, by its id, are kept at the moment."""
        return SHELF.taken((self._number, metric)) is not None

    def forget(self) -> None:
        """Drop what is kept of this publication."""
        SHELF.drop(self._number)


def keep(engine: Engine) -> Keeper:
    """Let an engine's questions be answered from kept rows; for a process that stays."""
    return engine.remembered("kept", lambda: Keeper(engine))


def keeper_of(engine: Engine) -> Keeper | None:
    """The keeper of an engine, if it has one."""
    return cast("Keeper | None", engine.remembered("kept", lambda: None))


def _is_kept(metric: Metric) -> bool:
    return metric.kind != "snapshot_duration" or metric.value == composition.AGE


def _usual(metric: Metric) -> set[str]:
    return {metric.dimensions[name] for name in USUAL if name in metric.dimensions}


# ---------------------------------------------------------------- reading


def _read(engine: Engine, question: Question, columns: Collection[str]) -> Rows | None:
    """All rows of the question's metric with some columns; None if they are too many to keep."""
    names = sorted({*columns} - {"source_id"})
    query = composition.unfiltered(question, names)
    table = engine.query(query.rows, query.params)
    if table.num_rows > _MOST_ROWS:
        return None
    at = _instants(table["at_instant"])
    order = np.argsort(at, kind="stable")
    several = len(question.sources.as_of) > 1
    clusters = _clusters(table, len(composition.clusters(question)) if question.metric.cluster else 0)
    value = table["value"].cast(pa.int64()).combine_chunks().fill_null(0).to_numpy(zero_copy_only=False)
    source = _texts(table["source_id"], order)
    found = {name: _texts(table[f"k{place}"], order) for place, name in enumerate(names)}
    return Rows(
        at=at[order],
        until=_instants(table["until_instant"])[order] if "until_instant" in table.column_names else None,
        state=table["state"].to_numpy().astype(np.int8)[order],
        value=_small(value)[order],
        columns=found | ({"source_id": source} if several or "source_id" in columns else {}),
        source=source,
        clusters=None if clusters is None else clusters[order],
        tickets=_small(table["ticket_key"].to_numpy())[order],
    )


def _tickets(engine: Engine, columns: Sequence[str]) -> Tickets:
    views.prepare(engine, "current_ticket_facts")
    names = ("source_id", *columns)
    query = exp.select(*(exp.column(name, quoted=True) for name in ("ticket_key", "ticket_id", *names)))
    table = engine.query(query.from_("current_ticket_facts"))
    keys = table["ticket_key"].to_numpy()
    order = np.argsort(keys, kind="stable")
    ids = table["ticket_id"].combine_chunks().take(pa.array(order))
    return Tickets(keys[order], ids, {name: _texts(table[name], order) for name in names})


def _instants(column: pa.ChunkedArray[Any]) -> Integers:
    """Microseconds; what has no end yet ends after everything."""
    numbers = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).combine_chunks()
    found: Integers = numbers.fill_null(int(OPEN_END)).to_numpy(zero_copy_only=False)
    return found


def _texts(column: pa.ChunkedArray[Any], order: NDArray[np.intp]) -> Texts:
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Texts(_small(codes)[order], tuple(encoded.dictionary.to_pylist()))


def _clusters(table: pa.Table, columns: int) -> Integers | None:
    """A small number for each cluster, in the order of the clusters."""
    from maitred.metrics.samples import cluster_codes

    return _small(np.unique(cluster_codes(table, columns), return_inverse=True)[1]) if columns else None


def _small(numbers: Integers) -> Integers:
    """The same numbers in as few bytes as hold them."""
    if not len(numbers):
        return numbers.astype(np.int16)
    least, most = int(numbers.min()), int(numbers.max())
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers
