"""The engine of one machine: DuckDB over the Parquet files of the pinned Delta versions, in a closed session.

The session reads only the folders of the registered tables, loads no extension, and its settings are locked. A table is
opened when the first query names it, so a query over one table never pays for the others.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
from sqlglot import exp

from maitred.base.errors import MaitredError, NotFound, WarehouseDamaged
from maitred.warehouse.engines.pinned import arrow_schema, open_pinned, plain
from maitred.warehouse.engines.reading import named_tables, values_for

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from duckdb import DuckDBPyConnection

    from maitred.warehouse.engines.engine import BatchFunction, DeltaPin, Value

T = TypeVar("T")

_BATCH_ROWS = 131_072
_SQL_TYPES: dict[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "REAL",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.binary(): "BLOB",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    pa.timestamp("us"): "TIMESTAMP",
    pa.list_(pa.string()): "VARCHAR[]",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one DuckDB session may use."""

    memory: str = "2GB"
    threads: int | None = None
    seconds: int = 30


class DuckDBEngine:
    """Reads pinned Delta tables with DuckDB; safe to use from several threads once tables are registered."""

    dialect = "duckdb"

    def __init__(self, folders: Sequence[str] = (), limits: Limits | None = None) -> None:
        self._folders = list(folders)
        self._limits = limits or Limits()
        self._pins: dict[str, DeltaPin] = {}
        self._tables: dict[str, DeltaTable] = {}
        self._views: dict[str, exp.Query] = {}
        self._made: set[str] = set()
        self._facts: dict[str, Any] = {}
        self._session: DuckDBPyConnection | None = None
        self._preparing = RLock()

    def register(self, pins: Iterable[DeltaPin]) -> None:
        for pin in pins:
            self._pins[pin.name] = pin
            self._tables.pop(pin.name, None)
        self._views.clear()
        self._facts.clear()
        self._forget_session()

    def define(self, name: str, expression: exp.Query) -> None:
        if self._views.get(name) != expression:
            self._views[name] = expression
            self._made.discard(name)

    def knows(self, name: str) -> bool:
        return name in self._pins or name in self._views

    def schema(self, name: str) -> pa.Schema:
        return arrow_schema(self._table(name))

    def query(self, expression: exp.Query, params: Mapping[str, Value] | None = None) -> pa.Table:
        values = values_for(expression, params)
        with self._preparing:
            self._make(expression)
            cursor = self._connection().cursor()
        try:
            return plain(cursor.sql(expression.sql(dialect="duckdb"), params=values or None).to_arrow_table())
        except _duckdb_errors() as error:
            raise MaitredError(
                f"DuckDB refused a query ({type(error).__name__})", str(error).splitlines()[0]
            ) from error
        finally:
            cursor.close()

    def remembered(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._facts:
            self._facts[name] = make()
        found: T = self._facts[name]
        return found

    def map_in_arrow(
        self,
        expression: exp.Query,
        function: BatchFunction,
        schema: pa.Schema,
        *,
        key: Sequence[str],
        order: Sequence[str] = (),
        partitions: int | None = None,
        params: Mapping[str, Value] | None = None,
    ) -> pa.Table:
        columns = [exp.column(name, quoted=True) for name in (*key, *order)]
        rows = self.query(exp.select("*").from_(expression.subquery("q")).order_by(*columns), params)
        batches = list(function(iter(rows.to_batches(max_chunksize=_BATCH_ROWS))))
        return pa.Table.from_batches(batches, schema)

    def close(self) -> None:
        self._forget_session()
        self._tables.clear()

    def _forget_session(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
        self._made.clear()

    def _connection(self) -> DuckDBPyConnection:
        if self._session is None:
            roots = [*self._folders, *(pin.uri for pin in self._pins.values())]
            self._session = _closed_session(roots, self._limits)
        return self._session

    def _table(self, name: str) -> DeltaTable:
        if name not in self._tables:
            if name not in self._pins:
                raise NotFound(f"no table {name!r} in this publication", "import or sync the data it is made from")
            self._tables[name] = open_pinned(self._pins[name])
        return self._tables[name]

    def _make(self, expression: exp.Expr) -> None:
        """Create the views that a query names, and those that they name."""
        for name in named_tables(expression) - self._made:
            if name in self._views:
                body: exp.Query = self._views[name]
                self._make(body)
            else:
                body = _reading(self._table(name))
            made = exp.Create(
                this=exp.Table(this=exp.to_identifier(name, quoted=True)), kind="VIEW", replace=True, expression=body
            )
            self._connection().execute(made.sql(dialect="duckdb"))
            self._made.add(name)


def _duckdb_errors() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _closed_session(roots: Sequence[str], limits: Limits) -> DuckDBPyConnection:
    """A connection that reads the given folders and nothing else, with locked settings."""
    import duckdb

    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "memory_limit": limits.memory,
        "threads": limits.threads or os.cpu_count() or 1,
        "temp_directory": str(Path(tempfile.gettempdir()) / f"maitred-{os.getpid()}"),
        "preserve_insertion_order": False,
    }
    connection = duckdb.connect(":memory:", config=config)
    folders = exp.Array(expressions=[exp.Literal.string(_folder(root)) for root in dict.fromkeys(roots)])
    for setting in (
        "SET GLOBAL TimeZone = 'UTC'",
        "SET GLOBAL parquet_metadata_cache = true",  # the files of a version never change
        f"SET GLOBAL max_execution_time = {limits.seconds * 1000:d}",
        f"SET GLOBAL allowed_directories = {folders.sql(dialect='duckdb')}",
        "SET GLOBAL enable_external_access = false",
        "SET GLOBAL lock_configuration = true",
    ):
        connection.execute(setting)
    return connection


def _folder(root: str) -> str:
    path = root.removeprefix("file://")
    return path if "://" in path else str(Path(path).resolve()) + "/"


def _reading(table: DeltaTable) -> exp.Query:
    """A query of a pinned version's rows with every column of its schema in its exact type.

    Columns that no file has (added to the table after its last write) read as null; a version without files reads as
    an empty table.
    """
    schema = arrow_schema(table)
    files = [_local(uri) for uri in table.file_uris()]
    empty = exp.select(*(exp.alias_(_cast(exp.null(), field), field.name, quoted=True) for field in schema))
    empty = empty.where(exp.false())
    if not files:
        return empty
    partitions = [schema.field(name) for name in table.metadata().partition_columns]
    rows = exp.select("*").from_(_read_parquet(files, partitions))
    complete = exp.Union(this=rows, expression=empty, distinct=False, by_name=True)
    return exp.select(
        *(exp.alias_(_cast(exp.column(field.name, quoted=True), field), field.name, quoted=True) for field in schema)
    ).from_(complete.subquery("complete"))


def _cast(value: exp.Expr, field: pa.Field[Any]) -> exp.Expr:
    if field.type not in _SQL_TYPES:
        raise WarehouseDamaged(f"column {field.name!r} has the type {field.type}, which no table of ours uses")
    return exp.cast(value, exp.DataType.build(_SQL_TYPES[field.type], dialect="duckdb"))


def _read_parquet(files: Sequence[str], partitions: Sequence[pa.Field[Any]]) -> exp.ReadParquet:
    def option(name: str, value: exp.Expr) -> exp.EQ:
        return exp.EQ(this=exp.column(name), expression=value)

    options = [option("union_by_name", exp.true()), option("hive_partitioning", exp.convert(bool(partitions)))]
    if partitions:
        types = [
            exp.PropertyEQ(
                this=exp.to_identifier(field.name, quoted=True), expression=exp.Literal.string(_SQL_TYPES[field.type])
            )
            for field in partitions
        ]
        options.append(option("hive_types", exp.Struct(expressions=types)))
    return exp.ReadParquet(expressions=[exp.Array(expressions=[exp.Literal.string(file) for file in files]), *options])


def _local(uri: str) -> str:
    return uri.removeprefix("file://")
