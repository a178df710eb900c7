"""How rows lie in a segment: which columns it keeps, of which width, in which order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import BadInput
from maitred.insight.ranking.columns import PROFILE_COLUMNS
from maitred.insight.ranking.scoring.asked import BITS

HIDDEN = "hide_after"
"""Days since 1970; the one column that is written anew when rows go: ``GONE`` hides one for good."""
GONE = np.iinfo(np.int32).min
COLUMNS: Mapping[str, np.dtype] = {
    "key": np.dtype(np.int64),
    "tie": np.dtype(np.int64),
    "role": np.dtype(np.int16),
    "role_p": np.dtype(np.int16),
    "months_support": np.dtype(np.int16),
    "months_total": np.dtype(np.int16),
    "months_lead": np.dtype(np.int16),
    "months_since_support": np.dtype(np.int16),
    "city": np.dtype(np.int32),
    "remote_ok": np.dtype(np.int8),
    "education": np.dtype(np.int8),
    "team_size": np.dtype(np.int16),
    "basis": np.dtype(np.int8),
}
"""Columns of one file each; the bits share one, column after column."""
WORDS = "bits"

Rows = dict[str, np.ndarray]


def rows_of(table: pa.Table) -> Rows:
    """The columns of a table of profiles as arrays, sorted by role, city and tie.

    Raises
    ------
    BadInput
        A column is missing or holds nothing.
    """
    missing = [name for name in PROFILE_COLUMNS.names if name not in table.schema.names]
    if missing:
        raise BadInput(f"these profiles have no column {missing[0]}", "give the columns of the profiles' table")
    table = table.select(PROFILE_COLUMNS.names)
    empty = [name for name in table.schema.names if table[name].null_count]
    if empty:
        raise BadInput(f"the column {empty[0]} has rows without a value", "extract these profiles again")
    found: Rows = {name: _array(table, name).astype(kind, copy=False) for name, kind in COLUMNS.items()}
    found[HIDDEN] = _array(table, HIDDEN).astype(np.int32, copy=False)
    found[WORDS] = np.empty((len(BITS), table.num_rows), np.int64)
    for place, name in enumerate(BITS):
        found[WORDS][place] = _array(table, name)
    return in_order(found)


def _array(table: pa.Table, name: str) -> np.ndarray:
    column = table[name]
    if name == HIDDEN:
        column = pc.cast(column, pa.int32())
    return np.asarray(column.combine_chunks().to_numpy(zero_copy_only=False))


def in_order(rows: Rows) -> Rows:
    """The same rows by ascending role, then city, then tie: whoever lives in one place stands together."""
    order = np.lexsort((rows["tie"], rows["city"], rows["role"]))
    if bool(np.all(order == np.arange(len(order)))):
        return rows
    return {name: (column[:, order] if name == WORDS else column[order]) for name, column in rows.items()}


def blocks_of(role: np.ndarray) -> list[tuple[int, int, int]]:
    """Role, first row and end of every block of one role."""
    if not len(role):
        return []
    starts = np.concatenate([[0], np.nonzero(np.diff(role))[0] + 1])
    ends = np.concatenate([starts[1:], [len(role)]])
    return [(int(role[begin]), int(begin), int(end)) for begin, end in zip(starts, ends, strict=True)]


def runs_of(rows: Rows) -> np.ndarray:
    """City and first row of every run of one role and one city."""
    role, city = rows["role"], rows["city"]
    if not len(role):
        return np.zeros((2, 0), np.int32)
    starts = np.concatenate([[0], np.nonzero((np.diff(role) != 0) | (np.diff(city) != 0))[0] + 1])
    return np.stack([city[starts], starts]).astype(np.int32)


def joined(parts: list[Rows]) -> Rows:
    """Rows of several segments in one order."""
    names = (*COLUMNS, HIDDEN, WORDS)
    axis = {name: (1 if name == WORDS else 0) for name in names}
    return in_order({name: np.concatenate([part[name] for part in parts], axis=axis[name]) for name in names})


def picked(rows: Rows, which: np.ndarray) -> Rows:
    """Some of the rows."""
    names = (*COLUMNS, HIDDEN, WORDS)
    return {name: (rows[name][:, which] if name == WORDS else rows[name][which]) for name in names}
