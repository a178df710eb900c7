"""Opening a Delta table at its pinned version, and the Arrow shapes that every engine hands back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from maitred.base.errors import WarehouseDamaged

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from maitred.warehouse.engines.engine import DeltaPin

_UNREADABLE_AS_PARQUET = frozenset({"deletionVectors", "columnMapping"})
_PLAIN: dict[pa.DataType, pa.DataType] = {
    pa.large_string(): pa.string(),
    pa.string_view(): pa.string(),
    pa.large_binary(): pa.binary(),
}


def open_pinned(pin: DeltaPin) -> DeltaTable:
    """The table at its pinned version.

    Raises
    ------
    WarehouseDamaged
        The version cannot be opened, or its Parquet files alone do not say which rows live.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        table = DeltaTable(pin.uri, version=pin.version)
    except (DeltaError, OSError, ValueError) as error:
        raise WarehouseDamaged(
            f"table {pin.name!r} cannot be opened at version {pin.version}",
            "run `maitred verify` to see what is missing",
        ) from error
    features = _UNREADABLE_AS_PARQUET & set(table.protocol().reader_features or ())
    if features:
        raise WarehouseDamaged(
            f"table {pin.name!r} uses {', '.join(sorted(features))}, so its files alone would show wrong rows",
            "turn the feature off and rewrite the table, or read it with a Spark engine",
        )
    return table


def arrow_schema(table: DeltaTable) -> pa.Schema:
    """The columns of a Delta table in plain Arrow types."""
    return plain_schema(pa.schema(table.schema().to_arrow()))  # type: ignore[arg-type]


def plain(table: pa.Table) -> pa.Table:
    """The same rows in plain types, so that two engines' answers compare equal."""
    schema = plain_schema(table.schema)
    return table if schema.equals(table.schema, check_metadata=True) else table.cast(schema)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema with every type made plain, all fields nullable and no metadata."""
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if isinstance(kind, pa.DictionaryType):
        return _plain_type(kind.value_type)
    if isinstance(kind, pa.ListType | pa.LargeListType):
        return pa.list_(_plain_type(kind.value_type))
    if isinstance(kind, pa.TimestampType):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    if isinstance(kind, pa.Decimal128Type) and kind.scale == 0:
        return pa.int64()
    return _PLAIN.get(kind, kind)
