"""Which engine finds the people: the index of this workspace, SQL on its table, or a Spark server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from maitred.base.errors import NotFound, UsageError
from maitred.desks.hiring.profiles import table
from maitred.insight.ranking.index import FOLDER, Found, Index, oracle, spread
from maitred.insight.ranking.scoring import Asked, asked, weights

if TYPE_CHECKING:
    from maitred.warehouse.engines import Engine

EMBEDDED, SQL, SPARK = "embedded", "sql", "spark"


class Finder(Protocol):
    """Finds the best for a query."""

    @property
    def name(self) -> str: ...

    def find(self, asked: Asked, limit: int, as_of: date) -> Found: ...

    def warm(self) -> None:
        """Load what the first search would otherwise wait for."""
        ...


@dataclass(frozen=True, slots=True)
class Embedded:
    """The index that lies in the workspace."""

    index: Index
    name: str = EMBEDDED

    def find(self, asked: Asked, limit: int, as_of: date) -> Found:
        return self.index.search(asked, limit, as_of)

    def warm(self) -> None:
        self.index.warm()
        self.index.search(_usual(), 1, date(2000, 1, 1))


@dataclass(frozen=True, slots=True)
class Asking:
    """An engine that reads the table: by SQL, or by the kernel on its batches."""

    engine: Engine
    name: str
    version: int

    def find(self, asked: Asked, limit: int, as_of: date) -> Found:
        ask = oracle.search if self.name == SQL else spread.search
        return ask(self.engine, asked, limit, as_of, version=self.version)

    def warm(self) -> None:
        _usual()


def _usual() -> Asked:
    """A query of every kind, read once so that the tables behind it are there."""
    from maitred.insight.ranking import chips

    chips.warm()
    words = "Customer support manager, 5 years with Zendesk near Austin, TX, fluent Spanish, bachelor"
    return asked([chip.told() for chip in chips.read(words).chips], weights())


@lru_cache(maxsize=4)
def _index(folder: Path) -> Index:
    return Index.open(folder)


def index() -> Index:
    """The index of the workspace, opened once in a process; it follows what others write."""
    return _index(Path(settings.MAITRED_HOME) / FOLDER)


@contextmanager
def finder(engine: str) -> Iterator[Finder]:
    """The engine that a command line names, for the time of the block.

    Raises
    ------
    UsageError
        No engine is called so.
    NotFound
        The engine reads the table, and nobody was imported yet.
    """
    if engine == EMBEDDED:
        yield Embedded(index())
        return
    if engine != SQL and not engine.startswith("spark="):
        what = f"no engine of hiring search is called {engine!r}"
        raise UsageError(what, "use embedded, sql, spark=local or spark=sc://HOST:PORT")
    from maitred.warehouse.engines import DeltaPin, open_engine

    held = table.table()
    if not held.exists():
        raise NotFound("there are no profiles to search", "import some with `maitred hiring profiles import`")
    opened = open_engine("duckdb" if engine == SQL else engine)
    try:
        opened.register([DeltaPin(oracle.TABLE, held.uri, held.version())])
        yield Asking(opened, SQL if engine == SQL else SPARK, index().version)
    finally:
        opened.close()
