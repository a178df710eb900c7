"""The evidence of a workspace: one source at a pinned publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import TABLES
from maitred.insight.evidence.gathering import gather
from maitred.insight.evidence.reading import FactScan, Scan
from maitred.insight.evidence.tables import Evidence
from maitred.metrics.reading import facts
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace


def evidence_of_workspace(workspace: Workspace, publication: Publication, source: str) -> Evidence:
    """Everything that detectors look at, of one source of a publication.

    Parameters
    ----------
    workspace
        Opened with the facts tables (``metrics.refresh.open_workspace``).
    publication
        Says which version of each table is read, and until when the source speaks.
    source
        Its id in the publication.

    Raises
    ------
    KeyError
        The publication does not have the source.
    """
    told = publication.sources[source]
    known = workspace.ledger.source(source)
    bots: Sequence[str] = known.settings.get("bots", ()) if known is not None else ()
    as_of = datetime.fromisoformat(told["as_of"])
    return gather(
        _scan(workspace, publication, source), _facts(workspace, publication, source), source, as_of, bots=bots
    )


def _scan(workspace: Workspace, publication: Publication, source: str) -> Scan:
    def scan(table: str, columns: Sequence[str], where: Any = None, /) -> pa.Table | None:
        version = publication.tables.get(table)
        if version is None:
            return None
        condition = pc.field("source_id") == source
        if table != "tickets" and table in TABLES and "deleted_at" in TABLES[table].schema.names:
            condition = condition & pc.field("deleted_at").is_null()
        if where is not None:
            condition = condition & where
        return workspace.store.scan(table, version, columns, where=condition)

    return scan


def _facts(workspace: Workspace, publication: Publication, source: str) -> FactScan:
    def scan(table: str, columns: Sequence[str], /) -> pa.Table:
        return facts(workspace, publication, table, columns, source).select(list(columns))

    return scan
