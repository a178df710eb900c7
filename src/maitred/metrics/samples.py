"""Counted values per group: what an engine returns for a metric, sorted and cut into groups with numpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import prod
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maitred.metrics.composition import (
    CENSORED,
    EXCLUDED,
    Question,
    cluster_sums,
    clusters,
    counted,
    one_by_one,
    snapshot_days,
    spells,
)
from maitred.metrics.intervals import Integers
from maitred.warehouse.engines import Engine

Key: TypeAlias = "tuple[str | int | None, ...]"


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """Clusters with a value, and their sums of m², m·s and s² (rows m, value sum s)."""

    clusters: int
    mm: int
    ms: int
    ss: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows of one group, counted by value in ascending order; at a tie, values come before censored ones."""

    values: Integers
    events: Integers
    censored: Integers
    excluded: int
    clusters: Integers | None = None
    sums: ClusterSums | None = None

    @property
    def n(self) -> int:
        return int(self.events.sum() + self.censored.sum())


_LARGEST_TABLE = 4_000_000
_EPOCH = date(1970, 1, 1)

EMPTY = Sample(*(np.empty(0, np.int64),) * 3, excluded=0)


def samples(engine: Engine, question: Question) -> dict[Key, Sample]:
    """One sample per combination of dimension values; without dimensions always exactly one."""
    metric = question.metric
    if metric.kind == "snapshot_count":
        return _alive(engine, question)
    if metric.cluster and metric.kind == "share":
        return _clustered_share(engine, question)
    per_cluster = bool(metric.cluster)
    query = one_by_one(question) if per_cluster else counted(question)
    found = dict(
        _cut(engine.query(query.rows, query.params), len(question.by), len(clusters(question)) if per_cluster else 0)
    )
    return found if question.by or found else {(): EMPTY}


def _alive(engine: Engine, question: Question) -> dict[Key, Sample]:
    """Rows alive at the end of each snapshot day, by running sums over the days on which rows begin and end."""
    query = spells(question)
    table = engine.query(query.rows, query.params)
    at = question.by.index(question.period) if question.period else None
    codes, keys = _codes(table, _names("d", len(question.by) - (at is not None)))
    found = {}
    for label, day in snapshot_days(question):
        number = (day - _EPOCH).days
        alive = (table["first_day"].to_numpy() <= number) & (_whole(table, "last_day", 2**31) > number)
        kept, left = (
            np.bincount(codes[chosen], table["n"].to_numpy()[chosen], len(keys)).astype(np.int64)
            for chosen in (
                alive & (table["state"].to_numpy() != EXCLUDED),
                alive & (table["state"].to_numpy() == EXCLUDED),
            )
        )
        for key, n, out in zip(keys, kept.tolist(), left.tolist(), strict=True):
            if n or out or not question.by:
                named = key if at is None else (*key[:at], label, *key[at:])
                found[named] = Sample(np.ones(1, np.int64), np.array([n]), np.zeros(1, np.int64), out)
    return found if question.by or found else {(): EMPTY}


def _clustered_share(engine: Engine, question: Question) -> dict[Key, Sample]:
    query = cluster_sums(question)
    dimensions = _names("d", len(question.by))
    found = {}
    for row in engine.query(query.rows, query.params).to_pylist():
        n, hits, excluded, *sums = (row[name] or 0 for name in ("n", "hits", "excluded", "clusters", "mm", "ms", "ss"))
        values, counts = np.array([0, 1], np.int64), np.array([n - hits, hits], np.int64)
        key = tuple(row[name] for name in dimensions)
        found[key] = Sample(values, counts, np.zeros(2, np.int64), excluded, None, ClusterSums(*sums))
    return found


def _cut(table: pa.Table, dimensions: int, cluster_columns: int) -> Iterator[tuple[Key, Sample]]:
    """Split a counted table into groups."""
    codes, keys = _codes(table, _names("d", dimensions))
    state = table["state"].to_numpy()
    counts = table["n"].to_numpy()
    out = state == EXCLUDED
    excluded = np.bincount(codes[out], counts[out], len(keys)).astype(np.int64)
    kept = np.flatnonzero(~out)
    values = _whole(table, "value", 0)[kept]
    late = (state[kept] == CENSORED).astype(np.int64)
    order = _order(codes[kept], values, late)
    values, late, groups, counts = values[order], late[order], codes[kept][order], counts[kept][order]
    cluster_codes = _cluster_codes(table, cluster_columns)[kept][order] if cluster_columns else None
    ends = np.searchsorted(groups, np.arange(len(keys) + 1), side="left")
    for code, key in enumerate(keys):
        part = slice(int(ends[code]), int(ends[code + 1]))
        yield (
            key,
            Sample(
                values[part],
                counts[part] * (1 - late[part]),
                counts[part] * late[part],
                int(excluded[code]),
                None if cluster_codes is None else cluster_codes[part],
            ),
        )


def _cluster_codes(table: pa.Table, columns: int) -> Integers:
    """A number per cluster; one whole-number column is its own."""
    if columns == 1 and pa.types.is_integer(table["c0"].type):
        numbers: Integers = table["c0"].to_numpy()
        return numbers
    return _codes(table, _names("c", columns))[0]


def _whole(table: pa.Table, name: str, instead: int) -> Integers:
    """A column of whole numbers, with a number instead of null."""
    column = table[name].cast(pa.int64()).combine_chunks()
    found: Integers = np.where(column.is_null(), instead, column.fill_null(0))
    return found


def _names(stem: str, number: int) -> list[str]:
    return [f"{stem}{place}" for place in range(number)]


def _order(codes: Integers, values: Integers, late: Integers) -> NDArray[np.intp]:
    """Sort by group, value, and censored last; one machine word a row where the numbers fit."""
    if not len(values):
        return np.empty(0, np.intp)
    least = int(values.min())
    span = int(values.max()) - least + 1
    if (int(codes.max()) + 1) * span * 2 < 2**62:
        return np.argsort((codes * span + (values - least)) * 2 + late)
    return np.lexsort((late, values, codes))


def _codes(table: pa.Table, names: list[str]) -> tuple[Integers, list[Key]]:
    """A number for every distinct combination of the columns, from 0 up, and the combinations in that order."""
    if not names:
        return np.zeros(table.num_rows, np.int64), [()] if table.num_rows else []
    code = np.zeros(table.num_rows, np.int64)
    dictionaries = []
    for name in names:
        encoded = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        dictionary = encoded.dictionary.to_pylist()
        code = code * max(1, len(dictionary)) + encoded.indices.to_numpy()
        dictionaries.append(dictionary)
    distinct, dense = _dense(code, prod(max(1, len(dictionary)) for dictionary in dictionaries))
    return dense, [_decoded(one, dictionaries) for one in distinct.tolist()]


def _dense(code: Integers, size: int) -> tuple[Integers, Integers]:
    """The distinct codes in order, and each row's place among them; sorts only if a table of all codes is too big."""
    if size > _LARGEST_TABLE:
        distinct, places = np.unique(code, return_inverse=True)
        return distinct, places.astype(np.int64)
    there = np.zeros(size, bool)
    there[code] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[code]


def _decoded(code: int, dictionaries: list[list[str | int | None]]) -> Key:
    parts = []
    for dictionary in reversed(dictionaries):
        code, place = divmod(code, max(1, len(dictionary)))
        parts.append(dictionary[place])
    return tuple(reversed(parts))
