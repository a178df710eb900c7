"""The canonical hash of a table: the same rows have the same hash on SQLite and on PostgreSQL, before and after.

SHA-256 over the columns' names and kinds, then one line of JSON per row, rows in the order of their key. Rows stream,
so that memory does not grow with the table.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper

from maitred.kit.backup.shapes import Column, Kind, Shape, neutral

BATCH = 2_000
"""Rows in memory at a time."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_LARGE = 1 << 63
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Hashed:
    """How many rows a table has, and their hash as 64 hexadecimal digits."""

    rows: int
    digest: str


def table_hash(connection: BaseDatabaseWrapper, shape: Shape) -> Hashed:
    """Hash one table.

    Parameters
    ----------
    shape
        Says which columns count and how they are read; their order does not matter.

    Examples
    --------
    ``table_hash(connection, of_model(Team))`` gives the same on two databases that hold the same teams.
    """
    columns = sorted(shape.columns, key=lambda one: one.name)
    total = hashlib.sha256(orjson.dumps([[one.name, one.kind.value] for one in columns]))
    plain = _plain_row(columns)
    count = 0
    for batch in read(connection, Shape(shape.table, shape.key, tuple(columns))):
        count += len(batch)
        total.update(b"".join(b"\n" + orjson.dumps(plain(row), default=str) for row in batch))
    return Hashed(count, total.hexdigest())


def table_hashes(connection: BaseDatabaseWrapper, shapes: Iterable[Shape]) -> dict[str, Hashed]:
    """Hash several tables, by name."""
    return {shape.table: table_hash(connection, shape) for shape in shapes}


def read(connection: BaseDatabaseWrapper, shape: Shape, after: tuple[Any, ...] | None = None) -> Iterator[list[Row]]:
    """The rows of a table in the order of their key, in batches, as neutral values.

    Parameters
    ----------
    after
        Only rows with a greater key.
    """
    made = [(place, use) for place, use in enumerate(map(neutral, shape.columns)) if use is not None]
    with connection.chunked_cursor() as cursor:
        cursor.execute(*_query(connection, shape, after))
        while rows := cursor.fetchmany(BATCH):
            yield [_neutral_row(row, made) for row in rows]


def _query(connection: BaseDatabaseWrapper, shape: Shape, after: tuple[Any, ...] | None) -> tuple[str, tuple[Any, ...]]:
    quoted = connection.ops.quote_name
    texts = {one.name for one in shape.columns if one.kind is Kind.TEXT}
    # The same order on both databases: by bytes, not by a language's alphabet.
    bytewise = ' COLLATE "C"' if connection.vendor == "postgresql" else ""
    keys = ", ".join(quoted(name) + (bytewise if name in texts else "") for name in shape.key)
    names = ", ".join(quoted(one.name) for one in shape.columns)
    where = f" WHERE ({keys}) > ({', '.join(['%s'] * len(after))})" if after else ""
    return f"SELECT {names} FROM {quoted(shape.table)}{where} ORDER BY {keys}", after or ()


def _neutral_row(row: Iterable[Any], made: list[tuple[int, Callable[[Any], Any]]]) -> Row:
    values = list(row)
    for place, use in made:
        if values[place] is not None:
            values[place] = use(values[place])
    return values


def _plain_row(columns: list[Column]) -> Callable[[Row], Row]:
    made = [(place, _PLAIN[one.kind]) for place, one in enumerate(columns) if one.kind in _PLAIN]
    return lambda row: _neutral_row(row, made)


def _plain_json(value: Any) -> Any:
    """JSON with one form per value: names sorted, whole numbers without a point, large ones as text."""
    if isinstance(value, dict):
        return {name: _plain_json(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_plain_json(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not -_LARGE <= value < _LARGE:
        return f"integer {value}"
    return value


_PLAIN: dict[Kind, Callable[[Any], Any]] = {
    Kind.INSTANT: lambda value: (value - _EPOCH) // _MICROSECOND,
    Kind.DAY: lambda value: value.isoformat(),
    Kind.TIME: lambda value: value.isoformat(),
    Kind.DURATION: lambda value: value // _MICROSECOND,
    Kind.DECIMAL: lambda value: format(value, "f"),
    Kind.JSON: lambda value: [_plain_json(value[0])],
    Kind.UUID: lambda value: value.hex,
    Kind.BYTES: lambda value: value.hex(),
}
