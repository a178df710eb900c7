"""The one shape in which decoders hand over rows: a canonical table without the load bookkeeping, plus ``_line``.

Every decoder ends here, so that a loader may rely on column names, order, types and nullability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.keys import ticket_keys
from maitred.canon.tables import BOOKKEEPING, TABLES

Array: TypeAlias = "pa.Array[Any]"
Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"

LINE = "_line"
_DEFAULTS: dict[str, str] = {"custom": "{}"}


@cache
def decoded_schema(table: str) -> pa.Schema:
    """The columns that a decoder returns for a canonical table, in order, with ``_line int64`` last."""
    canonical = TABLES[table]
    left_out = {"source_id", *BOOKKEEPING, canonical.partition}
    fields: list[Any] = [field for field in canonical.schema if field.name not in left_out]
    return pa.schema([*fields, pa.field(LINE, pa.int64(), nullable=False)])


def conform(table: str, columns: Mapping[str, Column], lines: Sequence[int] | Array) -> pa.Table:
    """Bring decoded columns into exactly the schema of ``decoded_schema(table)``.

    Parameters
    ----------
    table
        Name of a canonical table.
    columns
        Arrays of one length by canonical column name. Missing columns are filled: ``ticket_key`` from the ticket's id,
        lists empty, ``custom`` with an empty object, everything else with nulls. Columns that the schema lacks are
        left out.
    lines
        For each row the number of its record inside the page, counted from 0.

    Raises
    ------
    KeyError
        The table is unknown, or a column that may not be null is missing altogether.
    ValueError
        A column that may not be null holds a null.
    """
    schema = decoded_schema(table)
    line_numbers: Any = lines if isinstance(lines, pa.Array) else pa.array(lines, pa.int64())
    arrays = [_column(table, field, columns, line_numbers) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _column(table: str, field: Any, columns: Mapping[str, Column], lines: Any) -> Any:
    if field.name == LINE:
        return lines
    if field.name in columns:
        array = _cast(columns[field.name], field.type)
    elif field.name == "ticket_key":
        array = ticket_keys(_cast(columns["external_id" if table == "tickets" else "ticket_id"], pa.string()))
    else:
        array = _filling(table, field, len(lines))
    if not field.nullable and array.null_count:
        raise ValueError(f"{table}.{field.name} may not be null")
    return array


def _cast(array: Column, kind: Any) -> Any:
    whole: Any = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return whole if whole.type == kind else pc.cast(whole, kind)


def _filling(table: str, field: Any, rows: int) -> Any:
    if pa.types.is_list(field.type):
        return pa.array([[]] * rows, field.type)
    if field.nullable:
        return pa.nulls(rows, field.type)
    if field.name in _DEFAULTS:
        return pa.repeat(_DEFAULTS[field.name], rows)
    raise KeyError(f"{table}.{field.name} was not decoded")
