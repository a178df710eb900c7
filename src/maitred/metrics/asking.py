"""Questions to the catalogue at one publication: opens the engine with the pinned tables, asks, closes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from maitred.metrics import queries
from maitred.metrics.labels import labels
from maitred.metrics.results import Result
from maitred.metrics.scope import Scope
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace
from maitred.warehouse.engines import DeltaPin, Engine, open_engine


@dataclass(frozen=True, slots=True)
class Asker:
    """An engine bound to a publication."""

    engine: Engine
    publication: Publication
    workspace: Workspace

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
        return queries.show(
            self.engine, metric, statistic, from_, to, by, where, compare, self.publication.number, zone, scope=scope
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
        *,
        scope: Scope,
    ) -> queries.Behind:
        """The rows behind a metric (see ``queries.tickets``)."""
        return queries.tickets(self.engine, metric, from_, to, by, where, zone, limit, offset, scope=scope)

    def labels(self, dimension: str, values: Iterable[str | None]) -> dict[str, str]:
        """Names of a dimension's values (see ``labels.labels``)."""
        return labels(self.workspace, self.publication, dimension, values)


def pins(workspace: Workspace, publication: Publication) -> list[DeltaPin]:
    """The tables of a publication at their versions."""
    return [DeltaPin(name, workspace.store.uri(name), version) for name, version in publication.tables.items()]


@contextmanager
def asking(workspace: Workspace, publication: Publication, engine: str | None = None) -> Iterator[Asker]:
    """Open an engine on a publication; the workspace's own unless another is named."""
    opened = open_engine(engine or workspace.settings.get("engine", "duckdb"))
    try:
        opened.register(pins(workspace, publication))
        yield Asker(opened, publication, workspace)
    finally:
        opened.close()
