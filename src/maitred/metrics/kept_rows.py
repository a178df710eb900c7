"""Rows of a metric in memory, and what a question narrows of them, looked up in sorted whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maitred.metrics import composition
from maitred.metrics.catalogue.dimensions import IDENTIFIED, PERIODS
from maitred.metrics.composition import Question
from maitred.metrics.intervals import Integers
from maitred.metrics.scope import NOBODY, External, holders
from maitred.metrics.windows import bucket_numbers

Key: TypeAlias = "tuple[str | int | None, ...]"
Flags: TypeAlias = "NDArray[np.bool_]"
Pick: TypeAlias = "Callable[[Integers], Integers]"
OPEN_END = np.iinfo(np.int64).max
NEVER = 2**31 - 1
"""The day on which ends what never ends."""


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
    """All rows of a metric that have an instant, by that instant; of snapshots also when each row ends.

    ``tickets`` are the keys of their tickets. Of snapshots of an age, ``value`` is the instant from which it counts.
    """

    at: Integers
    until: Integers | None
    state: Integers
    value: Integers
    columns: dict[str, Texts]
    source: Texts
    clusters: Integers | None
    tickets: Integers
    days: dict[str, tuple[Integers, Integers]] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        arrays = [self.at, self.until, self.state, self.value, self.clusters, self.source.codes, self.tickets]
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
    state: Integers
    value: Integers
    clusters: Integers | None = None
    spans: tuple[Integers, Integers] | None = None
    """Of snapshots: the days on which each row begins and ends for counts, the instants for ages."""


def narrowed(rows: Rows, question: Question) -> Part:
    """The rows of a question in its window, scope and filters, told apart by its dimensions."""
    pick, at = picked(rows, question)
    codes, keys = _keys(rows, question, pick, at)
    return Part(
        codes=codes,
        keys=keys,
        state=pick(rows.state),
        value=pick(rows.value),
        clusters=None if rows.clusters is None else pick(rows.clusters),
        spans=_spans(rows, question, pick),
    )


def picked(rows: Rows, question: Question) -> tuple[Pick, Integers]:
    """What takes the question's rows out of a column, and their instants; of snapshots rows of any time."""
    low, high = (0, len(rows.at)) if rows.until is not None else _span(rows, question)
    here = slice(low, high)
    chosen = _chosen(rows, question, here)

    def pick(column: Integers) -> Integers:
        return column[here] if chosen is None else column[here][chosen]

    return pick, pick(rows.at)


def _spans(rows: Rows, question: Question, pick: Pick) -> tuple[Integers, Integers] | None:
    if rows.until is None:
        return None
    if question.metric.kind == "snapshot_duration":
        return pick(rows.at), pick(rows.until)
    zone = question.window.zone.key
    if zone not in rows.days:
        rows.days[zone] = (days(rows.at, question).astype(np.int32), days(rows.until, question).astype(np.int32))
    first, end = rows.days[zone]
    return pick(first), pick(end)


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


def _keys(rows: Rows, question: Question, pick: Pick, at: Integers) -> tuple[Integers, list[Key]]:
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
    numbers = bucket_numbers(name, at, question.window, question.horizon)  # type: ignore[arg-type]
    least = int(numbers.min()) if len(numbers) else 0
    most = int(numbers.max()) if len(numbers) else 0
    return numbers - least, [*range(least, most + 1)]


def _labels(rows: Rows, question: Question, name: str, pick: Pick) -> tuple[Integers, list[str | int | None]]:
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
    return np.where(ends, found, NEVER)
