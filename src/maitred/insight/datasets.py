"""Data sets out of a file: independent sets of equal columns, checked, in an order that does not depend on the rows'.

A CSV or Parquet file with one row per observation; a column ``set`` separates independent data sets. Empty cells are
missing values. What is wrong is told with file, row and field.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from maitred.base.errors import BadInput, UsageError
from maitred.metrics.intervals import Floats

SET = "set"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may or must be there: of finite numbers, of texts, or (``None``) of numbers where all cells are."""

    name: str
    number: bool | None = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set: equally long columns; numbers are floats with NaN for missing, texts are None where missing."""

    name: str
    columns: dict[str, Any]
    rows: int

    def numbers(self, name: str) -> Floats:
        """A column of numbers; all NaN where the file has no such column."""
        found: Floats = self.columns.get(name, np.full(self.rows, np.nan))
        return found

    def texts(self, name: str) -> list[str]:
        """A column of texts; the empty text where missing."""
        return [one or "" for one in self.columns[name]]

    def has(self, name: str) -> bool:
        """Whether the file has the column."""
        return name in self.columns

    def kept(self, there: Any) -> DataSet:
        """Only the rows marked true."""
        chosen = {
            name: values[there]
            if isinstance(values, np.ndarray)
            else [v for v, keep in zip(values, there, strict=True) if keep]
            for name, values in self.columns.items()
        }
        return DataSet(self.name, chosen, int(np.count_nonzero(there)))


def read(path: Path, wanted: Sequence[Column]) -> list[DataSet]:
    """The data sets of a file, ordered by name (numbers by value).

    Raises
    ------
    UsageError
        The file has a column nobody asked for, or lacks one.
    BadInput
        The file cannot be read, or a cell is no number; names row and field.
    """
    table = _table(path)
    known = {one.name: one for one in wanted}
    unknown = [name for name in table.column_names if name not in known and name != SET]
    if unknown:
        raise UsageError(
            f"{path.name} has a column {unknown[0]!r} that this does not use", f"columns: {_listed(wanted)}"
        )
    lacking = [one.name for one in wanted if one.required and one.name not in table.column_names]
    if lacking:
        raise UsageError(f"{path.name} has no column {lacking[0]!r}", f"columns: {_listed(wanted)}")
    columns = {
        name: _numbers(path, name, table[name]) if _numeric(known[name], table[name]) else _texts(table[name])
        for name in table.column_names
        if name != SET
    }
    names: list[str | None] = ["0"] * table.num_rows
    return [*_split(columns, _texts(table[SET]) if SET in table.column_names else names)]


def _listed(wanted: Sequence[Column]) -> str:
    return ", ".join(one.name if one.required else f"[{one.name}]" for one in [*wanted, Column(SET, required=False)])


def _table(path: Path) -> pa.Table:
    from pyarrow import csv, parquet

    if not path.is_file():
        raise BadInput(f"there is no file {path}", "name a CSV or Parquet file after --in")
    try:
        if path.suffix == ".parquet":
            return parquet.read_table(path)
        names = csv.open_csv(path).schema.names
        if len(set(names)) != len(names):
            raise BadInput(f"{path.name} names a column twice", "give each column a name of its own")
        texts = csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        )
        return csv.read_csv(path, convert_options=texts)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise BadInput(
            f"{path.name} cannot be read: {' '.join(str(error).split())[:200]}",
            "check that it is a whole CSV or Parquet file",
        ) from error


def _numeric(known: Column, column: pa.ChunkedArray) -> bool:
    """Whether a column is read as numbers."""
    if known.number is not None:
        return known.number
    if not pa.types.is_string(column.type):
        return bool(pa.types.is_floating(column.type) or pa.types.is_integer(column.type))
    try:
        column.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    return [None if one is None else str(one).strip() or None for one in column.to_pylist()]


def _numbers(path: Path, name: str, column: pa.ChunkedArray) -> Floats:
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        try:
            found: Floats = column.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
        except pa.ArrowInvalid as error:
            raise BadInput(f"{path.name}, field {name}: holds {column.type}, not numbers", "write numbers") from error
        return _finite(path, name, found)
    try:
        return _finite(path, name, column.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64))
    except pa.ArrowInvalid:
        pass
    return np.array([_number(path, name, place, one) for place, one in enumerate(column.to_pylist())], np.float64)


def _finite(path: Path, name: str, values: Floats) -> Floats:
    wrong = np.flatnonzero(np.isinf(values))
    if wrong.size:
        raise BadInput(
            f"{path.name}, row {int(wrong[0]) + 2}, field {name}: is not finite", "leave missing values empty"
        )
    return values


def _number(path: Path, name: str, place: int, text: str | None) -> float:
    if text is None or not text.strip():
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if math.isinf(value) or math.isnan(value):
        raise BadInput(
            f"{path.name}, row {place + 2}, field {name}: {text[:40]!r} is not a number", "leave missing values empty"
        )
    return value


def _split(columns: dict[str, Any], names: list[str | None]) -> Iterator[DataSet]:
    """Sets by name; rows in an order of their own, so that shuffled rows give the same answer to the bit."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name or "", []).append(place)
    keys = [
        columns[name] if isinstance(columns[name], np.ndarray) else _codes(columns[name]) for name in sorted(columns)
    ]
    for name in sorted(places, key=_natural):
        mine = np.array(places[name], np.int64)
        if keys:
            mine = mine[np.lexsort([key[mine] for key in keys])]
        yield DataSet(name, {column: _taken(values, mine) for column, values in columns.items()}, len(mine))


def _codes(texts: list[str | None]) -> np.ndarray[Any, Any]:
    order = {text: place for place, text in enumerate(sorted({one or "" for one in texts}))}
    return np.array([order[one or ""] for one in texts], np.int64)


def _taken(values: Any, places: np.ndarray[Any, Any]) -> Any:
    return values[places] if isinstance(values, np.ndarray) else [values[place] for place in places]


def _natural(name: str) -> tuple[int, float, str]:
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)
