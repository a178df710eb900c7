"""A hash of a table's content: the same for the same rows in any order and in any cut into files.

Each row becomes the MD5 of its columns, named and with their length, nulls left out (so that a column added later,
empty, changes nothing); the rows' hashes are added up in two halves of 64 bits. It tells damage and difference apart
from sameness; it is no proof against somebody who forges rows on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from maitred.warehouse.merging import session

_HALF = 1 << 64
_ENOUGH = 250_000


@dataclass(slots=True)
class Sum:
    """The hash of the rows seen so far."""

    high: int = 0
    low: int = 0
    rows: int = 0

    def add(self, rows: pa.Table, columns: Sequence[str]) -> None:
        if not rows.num_rows:
            return
        con = session()
        con.register("part", rows)
        high, low = con.execute(
            "SELECT sum(md5_number_upper(t)), sum(md5_number_lower(t)) "
            f"FROM (SELECT {_text(rows, columns)} AS t FROM part)"
        ).fetchall()[0]
        self.high = (self.high + int(high)) % _HALF
        self.low = (self.low + int(low)) % _HALF
        self.rows += rows.num_rows

    def hex(self) -> str:
        return f"{self.high:016x}{self.low:016x}"


def canonical_hash(parts: Iterable[pa.Table], columns: Sequence[str]) -> str:
    """Hash of the rows of a table that comes in parts.

    Parameters
    ----------
    columns
        What counts; their order does not.

    Returns
    -------
    str
        32 hexadecimal digits; of no rows, zeros.
    """
    total = Sum()
    for part in _joined(part.select(list(columns)) for part in parts):
        total.add(part, columns)
    return total.hex()


def _joined(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Small parts together: a query of its own for each would cost more than the rows."""
    waiting: list[pa.Table] = []
    rows = 0
    for part in parts:
        waiting.append(part)
        rows += part.num_rows
        if rows >= _ENOUGH:
            yield pa.concat_tables(waiting)
            waiting, rows = [], 0
    if waiting:
        yield pa.concat_tables(waiting)


def _text(rows: pa.Table, columns: Sequence[str]) -> str:
    """SQL for a row as unambiguous text: ``name:length:value`` of each column that is not null, by name."""
    pieces = []
    for name in sorted(columns):
        if rows[name].null_count == rows.num_rows:
            continue
        value = _shown(f'"{name}"', rows.schema.field(name).type)
        pieces.append(f"coalesce('{name}:' || strlen({value}) || ':' || {value}, '')")
    return f"concat({', '.join(pieces)})" if pieces else "''"


def _shown(column: str, kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return f"epoch_us({column})::VARCHAR"
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return f"hex({column})"
    if pa.types.is_list(kind):
        return f"to_json({column})::VARCHAR"
    return column if pa.types.is_string(kind) else f"{column}::VARCHAR"
