"""What a whole list no longer names: rows of tables that only whole lists feed are marked as deleted.

A list is held against its own pages in landing, so that a list that came unchanged costs nothing and one of which a
page changed is still known whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from maitred.canon.tables import TABLES
from maitred.connectors import registry
from maitred.sync import landing
from maitred.sync.kinds import Kind
from maitred.sync.ledger import Source
from maitred.sync.loading import Loaded, remove_missing
from maitred.sync.workspace import Workspace

NEVER = frozenset({"users", "tickets", "messages", "ticket_events", "satisfaction", "sla_events", "ticket_schedules"})
"""Tables whose rows go only where the helpdesk says so."""


def missing_of_lists(
    workspace: Workspace, source: Source, kind: Kind, lists: Mapping[str, Sequence[str]], loaded: Loaded
) -> dict[str, int]:
    """Mark what complete lists no longer name; gives how many rows by stream.

    Parameters
    ----------
    lists
        Streams that were read whole, each with the hashes of its pages.
    """
    feeds = registry.feeds(kind.name)
    gone: dict[str, int] = {}
    tables = sorted({table for stream in lists for table in feeds[stream].feeds} - NEVER)
    for table in tables:
        streams = [stream for stream, about in feeds.items() if table in about.feeds]
        if not set(streams) <= set(lists):
            continue
        named = [
            rows["external_id"].combine_chunks()
            for stream in streams
            for digest in lists[stream]
            if (rows := _decoded(workspace, source, kind, stream, digest, table)) is not None
        ]
        ids = pa.concat_arrays(named) if named else pa.array([], TABLES[table].schema.field("external_id").type)
        count = remove_missing(workspace, source, table, ids, loaded)
        if count:
            gone[streams[0]] = gone.get(streams[0], 0) + count
    return gone


def _decoded(workspace: Workspace, source: Source, kind: Kind, stream: str, digest: str, table: str) -> pa.Table | None:
    body = landing.read(workspace.landing, source.source_id, stream, digest, kind.form)
    found = kind.decode(stream, body).tables.get(table)
    return found if found is not None and found.num_rows else None
