"""Rows of metrics kept in memory, so that a process that stays answers many questions about one publication quickly.

The rows come from the query that every figure of the metric is made of, once, without period, filter, scope or cut;
what a question narrows is then looked up in sorted whole numbers. The samples are the same as the engine's own.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from threading import Lock, RLock
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from maitred.metrics import composition, views
from maitred.metrics.catalogue import Metric
from maitred.metrics.catalogue.dimensions import IDENTIFIED, PERIODS
from maitred.metrics.composition import Question
from maitred.metrics.intervals import Integers
from maitred.metrics.scope import NOBODY, External, holders
from maitred.metrics.windows import bucket_numbers
from maitred.warehouse.engines import Engine

Key: TypeAlias = "tuple[str | int | None, ...]"
Flags: TypeAlias = "NDArray[np.bool_]"

USUAL = ("group", "assignee", "priority", "channel", "sla_metric", "state", "age", "source")
"""Dimensions that are read at once; another one is read with the first question that names it."""
_NUMBERS = count()
OPEN_END = np.iinfo(np.int64).max
_MOST_ROWS = 20_000_000
_NOT_KEPT = ("ticket_steps_group", "ticket_steps_status")
"""Views with many rows a ticket, asked by one page only."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts: a number for each row, -1 for none, and the texts by number."""

    codes: Integers
    words: tuple[str, ...]

    def among(self, wanted: Collection[str]) -> Flags:
        """By number, and for none at the end: whether it is one of the words."""
        return np.array([word in wanted for word in self.words] + [False])


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a metric that have an instant, by that instant; of snapshot counts also when each row ends."""

    at: Integers
    until: Integers | None
    state: Integers
    value: Integers
    columns: dict[str, Texts]
    source: Texts
    clusters: Integers | None

    @property
    def bytes(self) -> int:
        arrays = [self.at, self.until, self.state, self.value, self.clusters, self.source.codes]
        distinct = {id(one.codes): one.codes for one in self.columns.values()}
        return sum(one.nbytes for one in (*arrays, *distinct.values()) if one is not None)


@dataclass(frozen=True, slots=True)
class Tickets:
    """All tickets by their keys, with some texts of each."""

    keys: Integers
    ids: pa.Array[Any]
    columns: dict[str, Texts]

    @property
    def bytes(self) -> int:
        return int(self.keys.nbytes + self.ids.nbytes + sum(one.codes.nbytes for one in self.columns.values()))

    def with_keys(self, keys: Collection[int]) -> list[dict[str, Any]]:
        """The tickets that have one of the keys, each with its source, id and texts."""
        wanted = np.array(sorted({*keys}), np.int64)
        low, high = (np.searchsorted(self.keys, wanted, side=side) for side in ("left", "right"))
        places = [place for a, b in zip(low.tolist(), high.tolist(), strict=True) for place in range(a, b)]
        return [{"ticket_id": self.ids[place].as_py(), **self._texts(place)} for place in places]

    def _texts(self, place: int) -> dict[str, Any]:
        numbers = ((name, one.words, int(one.codes[place])) for name, one in self.columns.items())
        return {name: words[number] if number >= 0 else None for name, words, number in numbers}


@dataclass(frozen=True, slots=True)
class Part:
    """The rows that a question looks at: a number per combination of its dimensions, the combinations, the rows."""

    codes: Integers
    keys: list[Key]
    at: Integers
    until: Integers | None
    state: Integers
    value: Integers
    clusters: Integers | None


class Keeper:
    """The rows kept of one publication."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = RLock()
        self._number = next(_NUMBERS)

    def part(self, question: Question) -> Part | None:
        """The rows of a question in its window, scope and filters; None where the engine has to be asked."""
        if not _is_kept(question.metric):
            return None
        rows = self._rows(question)
        return None if rows is None else _part(rows, question)

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
            more = wanted | ({*found.columns} if found is not None else set())
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


class Shelf:
    """What this process keeps of all publications together, up to a number of bytes; the longest unused goes first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._rows: OrderedDict[tuple[int, str], Rows | Tickets] = OrderedDict()
        self._lock = Lock()

    def taken(self, key: tuple[int, str]) -> Rows | Tickets | None:
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
            return self._rows.get(key)

    def put(self, key: tuple[int, str], rows: Rows | Tickets) -> None:
        with self._lock:
            self._rows[key] = rows
            self._rows.move_to_end(key)
            total = sum(one.bytes for one in self._rows.values())
            while total > self.most and self._rows:
                total -= self._rows.popitem(last=False)[1].bytes

    def drop(self, keeper: int) -> None:
        with self._lock:
            for key in [key for key in self._rows if key[0] == keeper]:
                del self._rows[key]


def _share_of_memory() -> int:
    """An eighth of the machine's memory, one gibibyte at most."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        memory = 4 * 2**30
    return min(2**30, memory // 8)


SHELF = Shelf(_share_of_memory())


def keep(engine: Engine) -> Keeper:
    """Let an engine's questions be answered from kept rows; for a process that stays."""
    return engine.remembered("kept", lambda: Keeper(engine))


def keeper_of(engine: Engine) -> Keeper | None:
    """The keeper of an engine, if it has one."""
    return cast("Keeper | None", engine.remembered("kept", lambda: None))


def _is_kept(metric: Metric) -> bool:
    return metric.kind != "snapshot_duration" and metric.facts not in _NOT_KEPT


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


# ---------------------------------------------------------------- looking up


def _part(rows: Rows, question: Question) -> Part:
    snapshot = rows.until is not None
    low, high = (0, len(rows.at)) if snapshot else _span(rows, question)
    here = slice(low, high)
    chosen = _chosen(rows, question, here)

    def pick(column: Integers) -> Integers:
        return column[here] if chosen is None else column[here][chosen]

    at = pick(rows.at)
    codes, keys = _keys(rows, question, pick, at)
    return Part(
        codes=codes,
        keys=keys,
        at=at,
        until=None if rows.until is None else pick(rows.until),
        state=pick(rows.state),
        value=pick(rows.value),
        clusters=None if rows.clusters is None else pick(rows.clusters),
    )


def _span(rows: Rows, question: Question) -> tuple[int, int]:
    start, end = question.window.start, question.window.end
    low = 0 if start is None else int(np.searchsorted(rows.at, micros(start), side="left"))
    high = len(rows.at) if end is None else int(np.searchsorted(rows.at, micros(end), side="left"))
    return low, max(low, high)


def micros(instant: datetime) -> int:
    """Microseconds since 1970, exactly."""
    passed = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _chosen(rows: Rows, question: Question, here: slice) -> NDArray[np.intp] | None:
    """The places of the rows that scope and filters keep; None for all of them."""
    flags = [*_visible(rows, question, here)]
    flags += [_one_of(rows, question, name, values, here) for name, values in question.where.items()]
    if not flags:
        return None
    kept = flags[0]
    for one in flags[1:]:
        kept = kept & one
    return np.flatnonzero(kept)


def _visible(rows: Rows, question: Question, here: slice) -> list[Flags]:
    """The conditions of a scope, as ``composition`` writes them."""
    scope, metric = question.scope, question.metric
    found: list[Flags] = []
    if scope.restricted:
        either = [_belongs(rows, column, ids, here) for column, ids in holders(scope, metric).items()]
        found.append(np.logical_or.reduce(either))
    if scope.people_dimensions is not None and "assignee" in composition.apart(question):
        column = metric.dimensions["assignee"]
        nobody = rows.columns[column].codes[here] == -1
        found.append(nobody | _belongs(rows, column, scope.people_dimensions, here))
    return found


def _belongs(rows: Rows, column: str, ids: Collection[External], here: slice) -> Flags:
    """Whether the column holds one of the ids of the row's own source."""
    codes, sources = rows.columns[column].codes[here], rows.source.codes[here]
    found = np.zeros(len(codes), bool)
    for number, source in enumerate(rows.source.words):
        own = {external for name, external in ids if name == source}
        if own:
            same = rows.columns[column].among(own)[codes]
            found |= same & (sources == number) if len(rows.source.words) > 1 else same
    return found


def _one_of(rows: Rows, question: Question, name: str, values: Sequence[str], here: slice) -> Flags:
    """Whether the dimension is one of a filter's words; ids may carry their source."""
    column = rows.columns[question.metric.dimensions[name]]
    codes = column.codes[here]
    found = np.zeros(len(codes), bool)
    plain: set[str] = set()
    for value in values:
        source, _, rest = value.partition(":")
        if value == NOBODY:
            found |= codes == -1
        elif name in IDENTIFIED and source in question.sources.as_of and rest:
            found |= _belongs(rows, question.metric.dimensions[name], {(source, rest)}, here)
        else:
            plain.add(value)
    return found | column.among(plain)[codes] if plain else found


def _keys(
    rows: Rows, question: Question, pick: Callable[[Integers], Integers], at: Integers
) -> tuple[Integers, list[Key]]:
    """A number for every combination of the dimensions that occurs, and the combinations in that order."""
    from maitred.metrics.samples import combined

    dimensions: list[tuple[Integers, list[str | int | None]]] = []
    for name in question.by:
        if name in PERIODS:
            if rows.until is None:
                dimensions.append(_buckets(name, question, at))
        else:
            dimensions.append(_labels(rows, question, name, pick))
    return combined(dimensions, len(at))


def _buckets(name: str, question: Question, at: Integers) -> tuple[Integers, list[str | int | None]]:
    numbers = bucket_numbers(name, at, question.window, question.sources.latest)  # type: ignore[arg-type]
    least = int(numbers.min()) if len(numbers) else 0
    most = int(numbers.max()) if len(numbers) else 0
    return numbers - least, [*range(least, most + 1)]


def _labels(
    rows: Rows, question: Question, name: str, pick: Callable[[Integers], Integers]
) -> tuple[Integers, list[str | int | None]]:
    """The codes of a dimension from 0 on, the last of them for none; ids carry their source where there are several."""
    column = rows.columns[question.metric.dimensions[name]]
    codes = pick(column.codes).astype(np.int64)
    if name not in IDENTIFIED or len(question.sources.as_of) < 2:
        return np.where(codes < 0, len(column.words), codes), [*column.words, None]
    sources, many = rows.source.words, len(column.words)
    words: list[str | int | None] = [f"{source}:{word}" for source in sources for word in column.words]
    both = pick(rows.source.codes).astype(np.int64) * many + codes
    return np.where(codes < 0, len(words), both), [*words, None]


def days(instants: Integers, question: Question) -> Integers:
    """The local day of each instant, counted from 1970 on; what never ends has a day after all others."""
    ends = instants != OPEN_END
    whole = replace(question.window, first=None, last=None)
    found = bucket_numbers("day", np.where(ends, instants, 0), whole, question.sources.latest)
    return np.where(ends, found, 2**31)
