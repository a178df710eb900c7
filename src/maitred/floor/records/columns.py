"""Canonical tables from columns: the common ones filled in, everything in the exact order and type of the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.keys import ticket_keys
from maitred.canon.tables import INSTANT, TABLES

EPOCH = 0


def instants(seconds: NDArray[np.int64]) -> pa.Array:
    """Epoch seconds as instants; negative ones are null."""
    return pa.array(seconds * 1_000_000, mask=seconds < 0).view(INSTANT)


def instant(second: int, rows: int) -> pa.Array:
    """The same instant in every row."""
    return pa.repeat(pa.scalar(second * 1_000_000, pa.int64()), rows).view(INSTANT)


def months(seconds: NDArray[np.int64]) -> pa.Array:
    """``YYYYMM`` of epoch seconds, in UTC."""
    month = seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return pa.array(((1970 + month // 12) * 100 + month % 12 + 1).astype(np.int32))


def flags(values: NDArray[np.bool_]) -> pa.Array:
    """Booleans as an Arrow column."""
    return pa.array(values, pa.bool_())


def chosen(words: pa.Array, places: NDArray[Any]) -> pa.Array:
    """Words by their place; a negative place is null."""
    return words.take(pa.array(places, mask=places < 0)) if len(places) else words[:0]


def conform(name: str, source: str, rows: int, columns: Mapping[str, Any]) -> pa.Table:
    """One canonical table.

    Parameters
    ----------
    name
        Its name in ``canon.tables.TABLES``.
    source
        ``source_id`` of every row.
    rows
        How many.
    columns
        Arrays by column name. ``ticket_key`` follows from the ticket's id, the month from its instant; a missing
        list is empty, ``custom`` an empty object, everything else null. The load's own columns say that nothing was
        loaded yet.

    Raises
    ------
    ValueError
        A column that may not be null is missing or holds a null.
    """
    table = TABLES[name]
    known: dict[str, Any] = dict(columns)
    blank = instant(EPOCH, rows)
    known.setdefault("source_id", pa.repeat(source, rows))
    known.setdefault("raw_hash", pa.repeat(pa.scalar(b"", pa.binary()), rows))
    known.setdefault("load_seq", pa.array(np.zeros(rows, np.int64)))
    known.setdefault("first_seen_at", blank)
    known.setdefault("last_synced_at", blank)
    if table.ticket_bound and "ticket_key" not in known:
        known["ticket_key"] = ticket_keys(known["external_id" if name == "tickets" else "ticket_id"])
    if table.partition is not None and table.partition_of is not None and table.partition not in known:
        micros = pc.cast(known[table.partition_of], pa.int64()).to_numpy(zero_copy_only=False)
        known[table.partition] = months(micros // 1_000_000)
    nulls: dict[Any, Any] = {}
    arrays = []
    for field in table.schema:
        array = known.get(field.name)
        if array is None:
            if field.name == "custom":
                array = pa.repeat("{}", rows)
            elif pa.types.is_list(field.type):
                array = pa.array([[]] * rows, field.type)
            else:
                array = nulls.setdefault(field.type, pa.nulls(rows, field.type))
        if array.type != field.type:
            array = pc.cast(array, field.type)
        if not field.nullable and array.null_count:
            raise ValueError(f"{name}.{field.name} may not be null")
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=table.schema)
