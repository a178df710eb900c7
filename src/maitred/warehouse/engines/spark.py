"""The engine of more than one machine: any Spark Connect server (Apache Spark 4, Databricks, or Sail) by its client.

The server reads the same Delta tables at the same pinned versions. ``start_local`` runs a Sail server on loopback
inside this process for the life of one engine.

Known limits of Sail 0.7.2: no QUALIFY, no AT TIME ZONE operator (FROM_UTC_TIMESTAMP works), ``percentile_disc`` answers
a double, and ``sortWithinPartitions`` before ``mapInArrow`` is dropped; so the house's queries use integers, window
functions and plain grouping only, and a partition is sorted where its function runs. That function is pickled by
reference: a server on another machine must have this package installed.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
from sqlglot import exp

from maitred.base.errors import MaitredError, NotFound, UsageError, WarehouseDamaged
from maitred.warehouse.engines.pinned import plain, plain_schema
from maitred.warehouse.engines.reading import named_tables, values_for

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from maitred.warehouse.engines.engine import BatchFunction, DeltaPin, Value


T = TypeVar("T")


class SparkEngine:
    """Reads pinned Delta tables through one Spark Connect session of its own."""

    dialect = "spark"

    def __init__(self, address: str, server: Any = None) -> None:
        self._session = _connect(address)
        self._server = server
        self._pins: dict[str, DeltaPin] = {}
        self._views: dict[str, exp.Query] = {}
        self._made: set[str] = set()
        self._facts: dict[str, Any] = {}

    def register(self, pins: Iterable[DeltaPin]) -> None:
        for pin in pins:
            self._pins[pin.name] = pin
        self._views.clear()
        self._facts.clear()
        self._made.clear()

    def define(self, name: str, expression: exp.Query) -> None:
        if self._views.get(name) != expression:
            self._views[name] = expression
            self._made.discard(name)

    def knows(self, name: str) -> bool:
        return name in self._pins or name in self._views

    def schema(self, name: str) -> pa.Schema:
        from pyspark.sql.pandas.types import to_arrow_schema

        frame = self._frame_of(name)
        return plain_schema(to_arrow_schema(_opened(self._pins[name], lambda: frame.schema), timezone="UTC"))

    def query(self, expression: exp.Query, params: Mapping[str, Value] | None = None) -> pa.Table:
        frame = self._frame(expression, params)
        return plain(_answered(frame.toArrow))

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
        from pyspark.sql.pandas.types import from_arrow_schema

        rows = self._frame(expression, params)
        spread = rows.repartition(partitions, *key) if partitions else rows.repartition(*key)
        sorting = partial(_sorted_first, function, (*key, *order))
        mapped = spread.mapInArrow(sorting, from_arrow_schema(plain_schema(schema)))
        return _answered(mapped.toArrow).cast(schema)

    def close(self) -> None:
        try:
            self._session.stop()
        finally:
            if self._server is not None:
                self._server.stop()
                self._server = None

    def _frame(self, expression: exp.Query, params: Mapping[str, Value] | None) -> DataFrame:
        values = values_for(expression, params)
        self._make(expression)
        text = expression.sql(dialect="spark")
        return _answered(lambda: self._session.sql(text, args=dict(values) or None))

    def _frame_of(self, name: str) -> DataFrame:
        if name not in self._pins:
            raise NotFound(f"no table {name!r} in this publication", "import or sync the data it is made from")
        pin = self._pins[name]
        reader = self._session.read.format("delta").option("versionAsOf", pin.version)
        return _opened(pin, lambda: reader.load(pin.uri))

    def _make(self, expression: exp.Expr) -> None:
        """Create the temporary views that a query names, and those that they name."""
        for name in named_tables(expression) - self._made:
            if name in self._views:
                self._make(self._views[name])
                frame = self._session.sql(self._views[name].sql(dialect="spark"))
            else:
                frame = self._frame_of(name)
            made = partial(frame.createOrReplaceTempView, name)
            _opened(self._pins[name], made) if name in self._pins else _answered(made)
            self._made.add(name)


def _sorted_first(
    function: BatchFunction, columns: Sequence[str], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Sort one partition where its function runs: Sail drops a sort that the plan after it does not ask for."""
    rows = list(batches)
    if not rows:
        return function(iter(()))
    table = pa.Table.from_batches(rows).sort_by([(name, "ascending") for name in columns])
    return function(iter(table.combine_chunks().to_batches()))


def start_local() -> SparkEngine:
    """An engine over a Sail server that runs on loopback until the engine is closed.

    Raises
    ------
    UsageError
        The optional packages are not installed.
    """
    try:
        from pysail.spark import SparkConnectServer  # type: ignore[import-untyped]
    except ImportError as error:
        raise UsageError("spark=local needs the package pysail", "install maitred[spark]") from error
    os.environ.setdefault("RUST_LOG", "error")
    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    host, port = server.listening_address
    return SparkEngine(f"sc://{host}:{port}", server)


def _connect(address: str) -> SparkSession:
    try:
        with warnings.catch_warnings(), _named_main():
            warnings.simplefilter("ignore", FutureWarning)
            from pyspark.sql import SparkSession
            from pyspark.sql.connect.session import SparkSession as Connect  # noqa: F401
    except ImportError as error:
        raise UsageError(f"{address} needs the package pyspark-client", "install maitred[spark]") from error
    with _named_main():
        session = SparkSession.builder.remote(address).create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    return session


@contextmanager
def _named_main() -> Iterator[None]:
    """The Spark client takes a program without a file (a worker process, an embedded interpreter) for its own
    doctests."""
    main = sys.modules["__main__"]
    nameless = getattr(main, "__spec__", None) is None and not hasattr(main, "__file__")
    if nameless:
        main.__file__ = "maitred"
    try:
        yield
    finally:
        if nameless:
            del main.__file__


def _answered(work: Callable[[], T]) -> T:
    from pyspark.errors import PySparkException

    try:
        return work()
    except PySparkException as error:
        raise MaitredError("the Spark server refused a query", str(error).splitlines()[0]) from error


def _opened(pin: DeltaPin, work: Callable[[], T]) -> T:
    from pyspark.errors import PySparkException

    try:
        return work()
    except PySparkException as error:
        raise WarehouseDamaged(
            f"the Spark server cannot open table {pin.name!r} at version {pin.version}", str(error).splitlines()[0]
        ) from error
