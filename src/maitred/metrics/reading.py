"""Facts as published: both layers of a source put together, at a pinned publication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

SLICE = 100_000


def facts(
    workspace: Workspace,
    publication: Publication,
    name: str,
    columns: Sequence[str],
    source_id: str,
    *,
    low: int | None = None,
    high: int | None = None,
) -> pa.Table:
    """Rows of a facts table for tickets of one source with ``low <= ticket_key <= high``, hidden rows left out."""
    mine = pc.field("source_id") == source_id
    layer = 2 * int(publication.sources[source_id]["number"])
    version = publication.tables[name]
    wanted = list(dict.fromkeys([*columns, "ticket_key"]))
    lower = workspace.store.scan(name, version, wanted, low=low, high=high, where=mine, partition=layer)
    upper = workspace.store.scan(name, version, wanted, low=low, high=high, where=mine, partition=layer + 1)
    hidden = workspace.store.scan(
        "ticket_facts",
        publication.tables["ticket_facts"],
        ["ticket_key"],
        low=low,
        high=high,
        where=mine,
        partition=layer + 1,
    )["ticket_key"]
    if len(hidden):
        lower = lower.filter(pc.invert(pc.is_in(lower["ticket_key"], value_set=hidden.combine_chunks())))
    return pa.concat_tables([lower, upper])


def key_slices(workspace: Workspace, publication: Publication, source_id: str) -> Iterator[tuple[int, int]]:
    """Ranges of ticket keys of about ``SLICE`` tickets that together cover a source."""
    keys = np.sort(facts(workspace, publication, "ticket_facts", ["ticket_key"], source_id)["ticket_key"].to_numpy())
    for start in range(0, len(keys), SLICE):
        part = keys[start : start + SLICE]
        yield int(part[0]), int(part[-1])
