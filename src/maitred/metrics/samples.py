"""Counted values per group: what an engine returns for a metric, sorted and cut into groups with numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import prod
from typing import Any, TypeAlias

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
    few_snapshots,
    one_by_one,
    snapshot_days,
    spells,
)
from maitred.metrics.intervals import Integers
from maitred.metrics.kept import keeper_of
from maitred.metrics.kept_rows import NEVER, Part, micros
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
    keeper = keeper_of(engine)
    part = None if keeper is None else keeper.part(question)
    if part is not None:
        return _of_kept(part, question)
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
    codes, keys = _codes(table, _names("d", len(question.by) - bool(question.period)))
    ends = _whole(table, "last_day", NEVER)
    return _snapshots(
        question, codes, keys, table["state"].to_numpy(), table["first_day"].to_numpy(), ends, table["n"].to_numpy()
    )


def _snapshots(
    question: Question, codes: Integers, keys: list[Key], state: Integers, first: Integers, end: Integers, n: Integers
) -> dict[Key, Sample]:
    """For each snapshot day the rows that began by then and end later, counted."""
    at = question.by.index(question.period) if question.period else None
    found = {}
    wanted = snapshot_days(question)
    numbers = np.array([(day - _EPOCH).days for _, day in wanted], np.int64)
    kept, left = (
        _running(numbers, codes[chosen], len(keys), first[chosen], end[chosen], n[chosen])
        for chosen in ((state != EXCLUDED) & (end > first), (state == EXCLUDED) & (end > first))
    )
    for place, (label, _) in enumerate(wanted):
        for key, alive, out in zip(keys, kept[place].tolist(), left[place].tolist(), strict=True):
            if alive or out or not question.by:
                named = key if at is None else (*key[:at], label, *key[at:])
                found[named] = Sample(np.ones(1, np.int64), np.array([alive]), np.zeros(1, np.int64), out)
    return found if question.by or found else {(): EMPTY}


def _running(
    numbers: Integers, codes: Integers, groups: int, first: Integers, end: Integers, n: Integers
) -> NDArray[np.int64]:
    """Rows alive at the end of each day (rows) in each group (columns): those begun less those ended."""
    width = max(1, groups)
    steps = np.zeros((len(numbers) + 1) * width)
    for days_, sign in ((first, 1), (end, -1)):
        places = np.searchsorted(numbers, days_, side="left") * width + codes
        steps += sign * np.bincount(places, n, len(steps))
    return np.cumsum(steps.reshape(-1, width), axis=0)[:-1, :groups].round().astype(np.int64)


def _of_kept(part: Part, question: Question) -> dict[Key, Sample]:
    """The same samples from kept rows."""
    metric = question.metric
    ones = np.ones(len(part.codes), np.int64)
    if part.spans is not None:
        if metric.kind == "snapshot_duration":
            return _ages_of_kept(part, question)
        return _snapshots(question, part.codes, part.keys, part.state, *part.spans, ones)
    if metric.cluster and metric.kind == "share":
        return _clustered_of_kept(part, question)
    if metric.cluster:
        found = dict(_grouped(part.codes, part.keys, part.state, part.value, ones, part.clusters))
    else:
        found = dict(_counted(part))
    return found if question.by or found else {(): EMPTY}


def _ages_of_kept(part: Part, question: Question) -> dict[Key, Sample]:
    """For each snapshot the ages of the rows alive at its instant."""
    assert part.spans is not None
    begins, ends = part.spans
    at = question.by.index(question.period) if question.period else None
    found: dict[Key, Sample] = {}
    for label, instant in few_snapshots(question):
        moment = micros(instant)
        alive = np.flatnonzero((begins <= moment) & (ends > moment))
        ages = (moment - part.value[alive]) // 1_000_000
        here = replace(part, codes=part.codes[alive], state=part.state[alive], value=ages, spans=None)
        for key, sample in _counted(here):
            if sample.n or sample.excluded or not question.by:
                found[key if at is None else (*key[:at], label, *key[at:])] = sample
    return found if question.by or found else {(): EMPTY}


def _counted(part: Part) -> Iterator[tuple[Key, Sample]]:
    """Samples of rows that are independent: how many rows have each value, by one sort of one word a row."""
    values = part.value.astype(np.int64)
    kept = part.state != EXCLUDED
    codes, values, late = part.codes[kept], values[kept], (part.state[kept] == CENSORED).astype(np.int64)
    excluded = np.bincount(part.codes[~kept], minlength=len(part.keys)).astype(np.int64)
    least = int(values.min()) if len(values) else 0
    span = (int(values.max()) - least + 1) if len(values) else 1
    if (len(part.keys) + 1) * span * 2 >= 2**62:
        yield from _grouped(part.codes, part.keys, part.state, part.value, np.ones(len(part.codes), np.int64), None)
        return
    words = np.sort((codes * span + (values - least)) * 2 + late)
    starts = np.flatnonzero(np.diff(words, prepend=-1))
    counts = np.diff(np.append(starts, len(words)))
    words = words[starts]
    late, groups, values = words % 2, words // 2 // span, words // 2 % span + least
    ends = np.searchsorted(groups, np.arange(len(part.keys) + 1), side="left")
    for code, key in enumerate(part.keys):
        here = slice(int(ends[code]), int(ends[code + 1]))
        n, censored = counts[here], late[here]
        yield key, Sample(values[here], n * (1 - censored), n * censored, int(excluded[code]))


def _clustered_of_kept(part: Part, question: Question) -> dict[Key, Sample]:
    assert part.clusters is not None
    valued = part.state != EXCLUDED
    codes, width = part.codes[valued], int(part.clusters.max()) + 1 if len(part.clusters) else 1
    values, groups = part.value[valued].astype(np.int64), len(part.keys)
    words = np.sort((codes * width + part.clusters[valued]) * 2 + values)
    pairs = words // 2
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    m = np.diff(np.append(starts, len(pairs)))
    s = np.add.reduceat(words % 2, starts) if len(starts) else np.empty(0, np.int64)
    owners = pairs[starts] // width

    def total(numbers: NDArray[Any]) -> list[int]:
        return [int(one) for one in np.bincount(owners, numbers, groups)]

    excluded = np.bincount(part.codes[~valued], minlength=groups)
    sums = [total(one) for one in (m, s, np.ones(len(m)), m * m, m * s, s * s)]
    found = {}
    for code, key in enumerate(part.keys):
        n, hits, clustered, mm, ms, ss = (one[code] for one in sums)
        found[key] = _share(n, hits, int(excluded[code]), ClusterSums(clustered, mm, ms, ss))
    return found if question.by or found else {(): _share(0, 0, 0, ClusterSums(0, 0, 0, 0))}


def _share(n: int, hits: int, excluded: int, sums: ClusterSums) -> Sample:
    values, counts = np.array([0, 1], np.int64), np.array([n - hits, hits], np.int64)
    return Sample(values, counts, np.zeros(2, np.int64), excluded, None, sums)


def _clustered_share(engine: Engine, question: Question) -> dict[Key, Sample]:
    query = cluster_sums(question)
    dimensions = _names("d", len(question.by))
    found = {}
    for row in engine.query(query.rows, query.params).to_pylist():
        n, hits, excluded, *sums = (row[name] or 0 for name in ("n", "hits", "excluded", "clusters", "mm", "ms", "ss"))
        found[tuple(row[name] for name in dimensions)] = _share(n, hits, excluded, ClusterSums(*sums))
    return found


def _cut(table: pa.Table, dimensions: int, cluster_columns: int) -> Iterator[tuple[Key, Sample]]:
    """Split a counted table into groups."""
    codes, keys = _codes(table, _names("d", dimensions))
    clusters_ = cluster_codes(table, cluster_columns) if cluster_columns else None
    values = _whole(table, "value", 0)
    yield from _grouped(codes, keys, table["state"].to_numpy(), values, table["n"].to_numpy(), clusters_)


def _grouped(
    codes: Integers, keys: list[Key], state: Integers, values: Integers, counts: Integers, clusters_: Integers | None
) -> Iterator[tuple[Key, Sample]]:
    """A sample for each key, in the order of values."""
    out = state == EXCLUDED
    excluded = np.bincount(codes[out], counts[out], len(keys)).astype(np.int64)
    kept = np.flatnonzero(~out)
    values = values[kept].astype(np.int64)
    late = (state[kept] == CENSORED).astype(np.int64)
    order = _order(codes[kept], values, late)
    values, late, groups, counts = values[order], late[order], codes[kept][order], counts[kept][order]
    named = None if clusters_ is None else clusters_[kept][order].astype(np.int64)
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
                None if named is None else named[part],
            ),
        )


def cluster_codes(table: pa.Table, columns: int) -> Integers:
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
    columns = []
    for name in names:
        encoded = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        columns.append((encoded.indices.to_numpy(), encoded.dictionary.to_pylist()))
    return combined(columns, table.num_rows)


def combined(columns: Sequence[tuple[Integers, list[str | int | None]]], rows: int) -> tuple[Integers, list[Key]]:
    """The same for columns that are places in a list of values each."""
    if not columns:
        return np.zeros(rows, np.int64), [()] if rows else []
    code = np.zeros(rows, np.int64)
    for indices, dictionary in columns:
        code = code * max(1, len(dictionary)) + indices
    dictionaries = [dictionary for _, dictionary in columns]
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
