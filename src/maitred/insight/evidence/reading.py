"""How canonical tables and facts are read into columns of numbers: seconds, positions of ids, positions of tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import TABLES
from maitred.insight.evidence.tables import NEVER, Codes, Flags, Ints, Names
from maitred.metrics.facts import FACTS


class Scan(Protocol):
    """Rows of one canonical table of one source that are not deleted, or None where there is no such table."""

    def __call__(self, table: str, columns: Sequence[str], where: Any = None, /) -> pa.Table | None: ...


class FactScan(Protocol):
    """Rows of one facts table of one source (``metrics.facts``)."""

    def __call__(self, table: str, columns: Sequence[str], /) -> pa.Table: ...


def read(scan: Scan, table: str, columns: Sequence[str], where: Any = None) -> pa.Table:
    """Columns of a canonical table; a missing table is empty, a missing column is null."""
    schema = TABLES[table].schema
    found = scan(table, columns, where)
    if found is None:
        return pa.schema([schema.field(name) for name in columns]).empty_table()
    for name in columns:
        if name not in found.column_names:
            found = found.append_column(name, pa.nulls(found.num_rows, schema.field(name).type))
    return found.select(list(columns))


def from_tables(tables: dict[str, pa.Table]) -> Scan:
    """A scan of tables that are at hand."""

    def scan(table: str, columns: Sequence[str], where: Any = None, /) -> pa.Table | None:
        rows = tables.get(table)
        if rows is None:
            return None
        if "deleted_at" in rows.column_names and table != "tickets":
            rows = rows.filter(pc.is_null(rows["deleted_at"]))
        if where is not None:
            rows = rows.filter(where)
        return rows.select([name for name in columns if name in rows.column_names])

    return scan


def no_facts(table: str, columns: Sequence[str], /) -> pa.Table:
    """Facts of a source without tickets."""
    return pa.schema([FACTS[table].field(name) for name in columns]).empty_table()


def flat(column: Any) -> Any:
    """A column as one array."""
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column


def seconds(column: Any) -> Ints:
    """Instants as seconds UTC, ``NEVER`` for null."""
    micros = pc.cast(flat(column), pa.int64())
    missing = micros.is_null().to_numpy(zero_copy_only=False)
    values = np.floor_divide(pc.fill_null(micros, 0).to_numpy(zero_copy_only=False), 1_000_000)
    return np.where(missing, NEVER, values).astype(np.int64)


def whole(column: Any, missing: int = -1) -> Ints:
    """Whole numbers, ``missing`` for null."""
    return np.asarray(pc.fill_null(pc.cast(flat(column), pa.int64()), missing).to_numpy(zero_copy_only=False))


def truths(column: Any) -> Flags:
    """Flags, false for null."""
    values = pc.fill_null(flat(column), False)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.bool_)


def encoded(column: Any) -> tuple[pa.Array, Codes]:
    """Distinct texts of a column and the place of each row's, -1 for null."""
    array = flat(column)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    places = pc.fill_null(pc.cast(array.indices, pa.int32()), -1).to_numpy(zero_copy_only=False)
    return pc.cast(array.dictionary, pa.string()), np.asarray(places, dtype=np.int32)


def positions(column: Any, values: Sequence[str] | pa.Array) -> Codes:
    """The place of each text of a column in ``values``; -1 for null and for what is not there."""
    words, places = encoded(column)
    wanted = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
    return mapped(pc.fill_null(pc.index_in(words, value_set=wanted), -1).to_numpy(zero_copy_only=False), places)


def mapped(by_word: Any, places: Codes) -> Codes:
    """What distinct values stand for, row by row; -1 where the row has none."""
    table = np.append(np.asarray(by_word, dtype=np.int32), np.int32(-1))
    return np.asarray(table[places], dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Found:
    """Which ticket key stands at which position."""

    keys: Ints
    order: Ints

    def of(self, keys: Any) -> Ints:
        """Positions of ticket keys, -1 where there is no such ticket."""
        asked = np.asarray(flat(keys).to_numpy(zero_copy_only=False) if hasattr(keys, "type") else keys, np.int64)
        if not len(self.keys):
            return np.full(len(asked), -1, dtype=np.int64)
        place = np.searchsorted(self.keys, asked)
        place[place == len(self.keys)] = 0
        return np.where(self.keys[place] == asked, self.order[place], -1).astype(np.int64)


def finder(keys: Ints) -> Found:
    """Look up tickets whose keys stand in order of position."""
    order = np.argsort(keys, kind="stable")
    return Found(keys[order], order.astype(np.int64))


def named(source: str, external: Sequence[str], names: Sequence[str | None]) -> Names:
    """Things of a source; what has no name is called by its id."""
    ids = tuple(f"{source}:{one}" for one in external)
    return Names(ids, tuple(external), tuple(name or one for name, one in zip(names, external, strict=True)))


def numeric(identity: str) -> tuple[int, int, str]:
    """Order of ids: numbers by size, then texts."""
    return (0, int(identity), "") if identity.isdecimal() else (1, 0, identity)
