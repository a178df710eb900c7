"""Questions to the catalogue at one publication: opens the engine with the pinned tables, asks, closes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from maitred.metrics import queries, users
from maitred.metrics.labels import labels
from maitred.metrics.results import Result
from maitred.metrics.scope import Scope
from maitred.metrics.users import Users
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace
from maitred.warehouse.engines import DeltaPin, Engine, open_engine

T = TypeVar("T")
USERS = ("users",)


class Memory(Protocol):
    """Keeps what was made for a key, as long as the publication is open."""

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer for a key, made now or before."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """An engine bound to a publication; with a memory, each question is computed once."""

    engine: Engine
    publication: Publication
    workspace: Workspace
    memory: Memory | None = None

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a key before, where there is a memory; the key must hold everything it depends on."""
        return make() if self.memory is None else self.memory.remembered(key, make)

    def show(
        self,
        metric: str,
        statistic: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        by: Sequence[str] = (),
        where: Mapping[str, Sequence[str]] | None = None,
        compare: str | None = None,
        zone: str = "UTC",
        *,
        scope: Scope,
    ) -> Result:
        """A metric's figures (see ``queries.show``)."""
        key = ("show", metric, statistic, from_, to, tuple(by), _frozen(where), compare, zone, scope)
        number = self.publication.number
        return self.remembered(
            key,
            lambda: queries.show(
                self.engine, metric, statistic, from_, to, by, where, compare, number, zone, scope=scope
            ),
        )

    def tickets(
        self,
        metric: str,
        from_: str | None = None,
        to: str | None = None,
        by: Sequence[str] = (),
        where: Mapping[str, Sequence[str]] | None = None,
        zone: str = "UTC",
        limit: int | None = None,
        offset: int = 0,
        part: str | None = None,
        sort: str = "",
        *,
        scope: Scope,
    ) -> queries.Behind:
        """The rows behind a metric (see ``queries.tickets``). Only pages of rows are remembered."""

        def make() -> queries.Behind:
            return queries.tickets(
                self.engine, metric, from_, to, by, where, zone, limit, offset, part, sort, scope=scope
            )

        if limit is None:
            return make()
        return self.remembered(
            ("tickets", metric, from_, to, tuple(by), _frozen(where), zone, limit, offset, part, sort, scope), make
        )

    def labels(self, dimension: str, values: Iterable[str | None]) -> dict[str, str]:
        """Names of a dimension's values (see ``labels.labels``)."""
        wanted = tuple(sorted({value for value in values if value}))
        return self.remembered(
            ("labels", dimension, wanted),
            lambda: labels(
                self.workspace, self.publication, dimension, wanted, None if self.memory is None else self.users
            ),
        )

    def users(self) -> Users:
        """All users of the publication, read once where there is a memory."""
        return self.remembered(USERS, lambda: users.read(self.workspace, self.publication))


def pins(workspace: Workspace, publication: Publication) -> list[DeltaPin]:
    """The tables of a publication at their versions."""
    return [DeltaPin(name, workspace.store.uri(name), version) for name, version in publication.tables.items()]


def opened(workspace: Workspace, publication: Publication, engine: str | None = None) -> Engine:
    """An engine on a publication's tables; the workspace's own unless another is named. Whoever opens it closes it."""
    made = open_engine(engine or workspace.settings.get("engine", "duckdb"))
    made.register(pins(workspace, publication))
    return made


@contextmanager
def asking(workspace: Workspace, publication: Publication, engine: str | None = None) -> Iterator[Asker]:
    """Open an engine on a publication for one piece of work (see ``opened``)."""
    found = opened(workspace, publication, engine)
    try:
        yield Asker(found, publication, workspace)
    finally:
        found.close()


def _frozen(where: Mapping[str, Sequence[str]] | None) -> Hashable:
    return tuple(sorted((name, tuple(values)) for name, values in (where or {}).items()))
