"""What an engine is: the protocol, the pin of a table version, and the choice of an engine by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from maitred.base.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

    from maitred.warehouse.engines.duckdb import Limits

T = TypeVar("T")
Value: TypeAlias = "str | int | bool | None"
BatchFunction: TypeAlias = "Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]"
"""Called once per partition; all rows of one key are in one partition, sorted by the key."""


@dataclass(frozen=True, slots=True)
class DeltaPin:
    """One table of a publication: its name in queries, where it lies, and the version to read."""

    name: str
    uri: str
    version: int


class Engine(Protocol):
    """Reads pinned tables and answers queries; both engines give the same numbers."""

    @property
    def dialect(self) -> str:
        """The sqlglot dialect that queries are written out in."""
        ...

    def register(self, pins: Iterable[DeltaPin]) -> None:
        """Make tables known by name and drop all views. Nothing is opened until a query names a table."""
        ...

    def define(self, name: str, expression: exp.Query) -> None:
        """Make a view known by name; it may name tables and other views."""
        ...

    def knows(self, name: str) -> bool:
        """Whether a table or view of that name was registered or defined."""
        ...

    def schema(self, name: str) -> pa.Schema:
        """The columns of a registered table at its pinned version.

        Raises
        ------
        NotFound
            No table of that name was registered.
        """
        ...

    def query(self, expression: exp.Query, params: Mapping[str, Value] | None = None) -> pa.Table:
        """Run one query; ``:name`` placeholders take their values from ``params``.

        Returns
        -------
        pyarrow.Table
            Plain types only: no dictionaries, views or large strings; instants ``timestamp[us, UTC]``; all nullable.

        Raises
        ------
        NotFound
            The query names a table that is not registered.
        WarehouseDamaged
            A pinned version cannot be read as it was published.
        """
        ...

    def remembered(self, name: str, make: Callable[[], T]) -> T:
        """A small fact about the registered tables, made once and forgotten when tables are registered anew."""
        ...

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
        """Run ``function`` over the rows of a query, partitioned by ``key`` and sorted by ``key`` and ``order``."""
        ...

    def close(self) -> None:
        """Let go of the session (and stop the server if the engine started one)."""
        ...


def open_engine(spec: str = "duckdb", *, folders: Sequence[str] = (), limits: Limits | None = None) -> Engine:
    """The engine that a command line names.

    Parameters
    ----------
    spec
        ``duckdb``, ``spark=local`` (starts a Sail server on loopback for the life of the engine) or
        ``spark=sc://HOST:PORT``.
    folders
        Folders that DuckDB may read beside those of the registered tables.
    limits
        Memory, threads and seconds for DuckDB.

    Raises
    ------
    UsageError
        The name is none of these, or the Spark client is not installed.
    """
    if spec == "duckdb":
        from maitred.warehouse.engines.duckdb import DuckDBEngine

        return DuckDBEngine(folders=folders, limits=limits)
    kind, _, address = spec.partition("=")
    if kind == "spark" and (address == "local" or address.startswith("sc://")):
        from maitred.warehouse.engines.spark import SparkEngine, start_local

        return start_local() if address == "local" else SparkEngine(address)
    raise UsageError(f"no engine is called {spec!r}", "use duckdb, spark=local or spark=sc://HOST:PORT")
