"""Counted values per group: what an engine returns for a metric, sorted and cut into groups with numpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.metrics.composition import CENSORED, EXCLUDED, Question, cluster_sums, counted
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


EMPTY = Sample(*(np.empty(0, np.int64),) * 3, excluded=0)


def samples(engine: Engine, question: Question) -> dict[Key, Sample]:
    """One sample per combination of dimension values; without dimensions always exactly one."""
    metric = question.metric
    per_cluster = bool(metric.cluster) and metric.kind == "duration"
    query = counted(question, per_cluster=per_cluster)
    found = dict(_cut(engine.query(query.rows, query.params), len(question.by), len(metric.cluster) + 1 if per_cluster else 0))
    if metric.cluster and metric.kind == "share":
        found = _with_sums(engine, question, found)
    return found if question.by or found else {(): EMPTY}


def _with_sums(engine: Engine, question: Question, found: dict[Key, Sample]) -> dict[Key, Sample]:
    query = cluster_sums(question)
    rows = engine.query(query.rows, query.params).to_pylist()
    dimensions = [f"d{place}" for place in range(len(question.by))]
    sums = {
        tuple(row[name] for name in dimensions): ClusterSums(*(int(row[name] or 0) for name in ("clusters", "mm", "ms", "ss")))
        for row in rows
    }
    return {
        key: Sample(sample.values, sample.events, sample.censored, sample.excluded, None, sums.get(key))
        for key, sample in found.items()
    }


def _cut(table: pa.Table, dimensions: int, clusters: int) -> Iterator[tuple[Key, Sample]]:
    """Split a counted table into groups."""
    codes, keys = _codes(table, [f"d{place}" for place in range(dimensions)])
    state = table["state"].to_numpy()
    counts = table["n"].to_numpy()
    out = state == EXCLUDED
    excluded = np.bincount(codes[out], counts[out], len(keys)).astype(np.int64)
    kept = np.flatnonzero(~out)
    values = pc.fill_null(table["value"], 0).to_numpy()[kept]
    late = (state[kept] == CENSORED).astype(np.int64)
    order = _order(codes[kept], values, late)
    values, late, groups, counts = values[order], late[order], codes[kept][order], counts[kept][order]
    cluster_codes = _codes(table, [f"c{place}" for place in range(clusters)])[0][kept][order] if clusters else None
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


def _order(codes: Integers, values: Integers, late: Integers) -> NDArray[np.intp]:
    """Sort by group, value, and censored last; one machine word a row where the numbers fit."""
    if not len(values):
        return np.empty(0, np.intp)
    least = int(values.min())
    span = int(values.max()) - least + 1
    if (int(codes.max()) + 1) * span * 2 < 2**62:
        return np.argsort((codes * span + (values - least)) * 2 + late, kind="stable")
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
    distinct, dense = np.unique(code, return_inverse=True)
    return dense.astype(np.int64), [_decoded(int(one), dictionaries) for one in distinct]


def _decoded(code: int, dictionaries: list[list[str | int | None]]) -> Key:
    parts = []
    for dictionary in reversed(dictionaries):
        code, place = divmod(code, max(1, len(dictionary)))
        parts.append(dictionary[place])
    return tuple(reversed(parts))
