"""What a table of the operational database looks like, told apart from the database that it stands in.

A value has one neutral Python form whichever database it comes from; from that form it is hashed and written. Columns
are known from the models; what no model knows (a table of an app that is gone) from the database's own description.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.dateparse import parse_date, parse_time

from maitred.base.errors import MaitredError

Neutral = Callable[[Any], Any]


class Kind(StrEnum):
    """What a column holds."""

    INTEGER = "integer"
    BOOLEAN = "boolean"
    REAL = "real"
    DECIMAL = "decimal"
    TEXT = "text"
    INSTANT = "instant"
    DAY = "day"
    TIME = "time"
    DURATION = "duration"
    JSON = "json"
    UUID = "uuid"
    BYTES = "bytes"


_KINDS = {
    Kind.INTEGER: "AutoField BigAutoField SmallAutoField IntegerField BigIntegerField SmallIntegerField "
    "PositiveIntegerField PositiveBigIntegerField PositiveSmallIntegerField",
    Kind.BOOLEAN: "BooleanField",
    Kind.REAL: "FloatField",
    Kind.DECIMAL: "DecimalField",
    Kind.TEXT: "CharField TextField SlugField FileField FilePathField GenericIPAddressField",
    Kind.INSTANT: "DateTimeField",
    Kind.DAY: "DateField",
    Kind.TIME: "TimeField",
    Kind.DURATION: "DurationField",
    Kind.JSON: "JSONField",
    Kind.UUID: "UUIDField",
    Kind.BYTES: "BinaryField",
}
_OF_FIELD = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_DECLARED = {
    "integer": Kind.INTEGER,
    "bigint": Kind.INTEGER,
    "bool": Kind.BOOLEAN,
    "real": Kind.REAL,
    "datetime": Kind.INSTANT,
    "date": Kind.DAY,
    "time": Kind.TIME,
    "blob": Kind.BYTES,
}
"""By the word with which SQLite keeps a column's type."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``places`` are the digits after the point of a decimal."""

    name: str
    kind: Kind
    places: int = 0
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: its columns by name, the key by which its rows are ordered, and the tables that its rows need."""

    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    needs: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        columns = [[one.name, one.kind.value, one.places, one.digits] for one in self.columns]
        return {"key": list(self.key), "columns": columns}

    @classmethod
    def from_json(cls, table: str, told: dict[str, Any]) -> Shape:
        columns = tuple(Column(name, Kind(kind), places, digits) for name, kind, places, digits in told["columns"])
        return cls(table, tuple(told["key"]), columns)


def of_models() -> list[Shape]:
    """The tables of all installed models, those first that others need."""
    return ordered([of_model(model) for model in stored_models()])


def stored_models() -> list[type[models.Model]]:
    """Every model that has a table of its own."""
    found = apps.get_models(include_auto_created=True)
    return [one for one in found if one._meta.managed and not one._meta.proxy and not one._meta.swapped]


def of_model(model: type[models.Model]) -> Shape:
    """The table of a model."""
    fields = list(model._meta.local_concrete_fields)
    key = tuple(str(field.column) for field in model._meta.pk_fields)
    needed = {
        one.related_model._meta.db_table
        for one in fields
        if isinstance(one, models.ForeignKey)
        and getattr(one, "db_constraint", False)
        and not isinstance(one.related_model, str)
    }
    columns = sorted((_column(field) for field in fields), key=lambda one: one.name)
    return Shape(model._meta.db_table, key, tuple(columns), frozenset(needed))


def of_database(connection: BaseDatabaseWrapper, leave: Collection[str] = ()) -> list[Shape]:
    """Every table that a database has, by name, as it stands there: perhaps older than the models."""
    known = {shape.table: shape for shape in map(of_model, stored_models())}
    with connection.cursor() as cursor:
        names = sorted(one.name for one in connection.introspection.get_table_list(cursor) if one.type != "v")
        return [_described(connection, cursor, name, known.get(name)) for name in names if name not in leave]


def ordered(shapes: Sequence[Shape]) -> list[Shape]:
    """Those first that others need; of those that need each other, by name."""
    return [shape for group in groups(shapes) for shape in group]


def groups(shapes: Sequence[Shape]) -> list[list[Shape]]:
    """The tables in the order of need; those that need each other, or themselves, stand together."""
    left = {shape.table: shape for shape in sorted(shapes, key=lambda one: one.table)}
    reached = {name: _reached(name, left) for name in left}
    done: list[list[Shape]] = []
    while left:
        free = next(name for name in left if all(name in reached[other] for other in reached[name] if other in left))
        ring = [name for name in left if name == free or (name in reached[free] and free in reached[name])]
        done.append([left.pop(name) for name in ring])
    return done


def is_ring(group: Sequence[Shape]) -> bool:
    """Whether rows of these tables may need rows that come after them."""
    return len(group) > 1 or group[0].table in group[0].needs


def neutral(column: Column) -> Neutral | None:
    """How a value of a column, as either database gives it, gets its neutral form; None where it already has it."""
    if column.kind is Kind.DECIMAL:
        return lambda value: _decimal(value, column.places, column.digits)
    return _NEUTRAL.get(column.kind)


def written(column: Column, connection: BaseDatabaseWrapper) -> Neutral | None:
    """How a neutral value is handed to a database; None where it is taken as it is."""
    ops = connection.ops
    if column.kind is Kind.JSON:
        return lambda value: ops.adapt_json_value(value[0], None)
    if connection.vendor == "postgresql":
        return None
    if column.kind is Kind.DECIMAL:
        return lambda value: ops.adapt_decimalfield_value(value, column.digits or None, column.places)
    return _ON_SQLITE.get(column.kind)


def _column(field: models.Field[Any, Any]) -> Column:
    held: Any = field
    while isinstance(held, models.ForeignKey):
        held = held.target_field
    kind = _OF_FIELD.get(held.get_internal_type())
    if kind is None:
        what = f"{field.model._meta.label}.{field.name} is a {held.get_internal_type()}, which a backup cannot carry"
        raise MaitredError(what, "add its kind to kit/backup/shapes.py")
    assert field.column is not None
    return Column(field.column, kind, getattr(held, "decimal_places", 0) or 0, getattr(held, "max_digits", 0) or 0)


def _described(connection: BaseDatabaseWrapper, cursor: Any, table: str, known: Shape | None) -> Shape:
    by_model = {one.name: one for one in known.columns} if known else {}
    found, key = (_in_sqlite if connection.vendor == "sqlite" else _in_postgresql)(connection, cursor, table)
    columns = sorted((by_model.get(one.name) or one for one in found), key=lambda one: one.name)
    return Shape(table, key or tuple(one.name for one in columns), tuple(columns))


def _in_sqlite(connection: BaseDatabaseWrapper, cursor: Any, table: str) -> tuple[list[Column], tuple[str, ...]]:
    # Django's own description fails at a table WITHOUT ROWID.
    cursor.execute(f"PRAGMA table_info({connection.ops.quote_name(table)})")
    rows = cursor.fetchall()
    columns = [Column(row[1], _DECLARED.get(row[2].lower().partition("(")[0].strip(), Kind.TEXT)) for row in rows]
    return columns, tuple(row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5])


def _in_postgresql(connection: BaseDatabaseWrapper, cursor: Any, table: str) -> tuple[list[Column], tuple[str, ...]]:
    told = connection.introspection.get_table_description(cursor, table)
    key = connection.introspection.get_primary_key_columns(cursor, table) or ()
    return [Column(one.name, _kind_of(connection, one)) for one in told], tuple(key)


def _kind_of(connection: BaseDatabaseWrapper, told: Any) -> Kind:
    try:
        found = connection.introspection.get_field_type(told.type_code, told)
    except KeyError:
        return Kind.TEXT
    name = found[0] if isinstance(found, tuple) else found
    return _OF_FIELD.get(str(name), Kind.TEXT)


def _reached(name: str, shapes: dict[str, Shape]) -> set[str]:
    found: set[str] = set()
    open_ = [name]
    while open_:
        for other in shapes[open_.pop()].needs:
            if other in shapes and other not in found:
                found.add(other)
                open_.append(other)
    return found


def _decimal(value: Any, places: int, digits: int) -> Decimal:
    # SQLite keeps decimals as floats; fifteen digits are what a float holds for sure.
    found = Context(prec=15).create_decimal_from_float(value) if isinstance(value, float) else Decimal(value)
    return found.quantize(Decimal(1).scaleb(-places), context=Context(prec=max(digits, 28))) if places else found


def _instant(value: Any) -> dt.datetime:
    found: dt.datetime = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)


def _duration(value: Any) -> dt.timedelta:
    return value if isinstance(value, dt.timedelta) else dt.timedelta(microseconds=value)


_NEUTRAL: dict[Kind, Neutral] = {
    Kind.BOOLEAN: bool,
    Kind.REAL: float,
    Kind.INSTANT: _instant,
    Kind.DAY: lambda value: parse_date(value) if isinstance(value, str) else value,
    Kind.TIME: lambda value: parse_time(value) if isinstance(value, str) else value,
    Kind.DURATION: _duration,
    Kind.JSON: lambda value: (
        json.loads(value) if isinstance(value, (str, bytes)) else value,
    ),  # JSON's null is a value
    Kind.UUID: lambda value: value if isinstance(value, UUID) else UUID(value),
    Kind.BYTES: bytes,
}
_ON_SQLITE: dict[Kind, Neutral] = {
    Kind.INSTANT: lambda value: str(value.replace(tzinfo=None)),
    Kind.DAY: str,
    Kind.TIME: str,
    Kind.DURATION: lambda value: value // dt.timedelta(microseconds=1),
    Kind.UUID: lambda value: value.hex,
}
