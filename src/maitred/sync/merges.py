"""Which ticket took another one over: told by the history of the one that was closed, kept in its own row.

A helpdesk that merges tickets without saying so in the ticket (Zendesk) says it in an event ``merged``. A ticket that
is read again comes without it, so that the row is completed after each load that brought either of the two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync.ledger import Source

if TYPE_CHECKING:
    from maitred.sync.loading import Loaded
    from maitred.sync.workspace import Workspace

MERGED = "merged"
TAG = "closed_by_merge"
"""By which Zendesk marks the ticket that was closed."""


@dataclass(slots=True)
class Merges:
    """The tickets of a load of which a merge may tell."""

    tickets: set[str] = field(default_factory=set)

    def look(self, name: str, rows: pa.Table) -> None:
        """Remember tickets that an event says were merged, and those that carry the tag and do not say into which."""
        if name == "ticket_events":
            chosen = rows["ticket_id"].filter(pc.equal(rows["field"], MERGED))
        elif name == "tickets":
            open_ = pc.is_null(rows["merged_into_id"])
            chosen = rows["external_id"].filter(pc.and_(open_, _tagged(rows["tags"])))
        else:
            return
        self.tickets.update(chosen.to_pylist())

    def settle(self, workspace: Workspace, source: Source, done: Loaded) -> int:
        """Complete the stored rows of these tickets; returns how many changed."""
        from maitred.sync.loading import merge_again, stored_rows

        if not self.tickets or not workspace.store.exists("ticket_events"):
            return 0
        named = pa.array(sorted(self.tickets), pa.string())
        mine = (pc.field("source_id") == source.source_id) & pc.field("deleted_at").is_null()
        told = (pc.field("field") == MERGED) & pc.field("ticket_id").isin(named)
        events = workspace.store.scan(
            "ticket_events", None, ["ticket_id", "new_value", "occurred_at", "seq"], where=mine & told
        )
        into = {
            row["ticket_id"]: row["new_value"]
            for row in events.sort_by([("occurred_at", "ascending"), ("seq", "ascending")]).to_pylist()
            if row["new_value"]
        }
        if not into:
            return 0
        whole = stored_rows(workspace, "tickets", mine & pc.field("external_id").isin(pa.array(sorted(into))))
        targets = pa.array([into[ticket] for ticket in whole["external_id"].to_pylist()], pa.string())
        changed = pc.invert(pc.fill_null(pc.equal(whole["merged_into_id"], targets), False))
        place = whole.schema.get_field_index("merged_into_id")
        rows = whole.set_column(place, whole.schema.field(place), targets).filter(changed)
        if rows.num_rows:
            merge_again(workspace, "tickets", rows, done)
        return int(rows.num_rows)


def _tagged(tags: Any) -> pa.Array:
    """Which lists hold the tag."""
    column = tags.combine_chunks() if isinstance(tags, pa.ChunkedArray) else tags
    hits = pc.filter(pc.list_parent_indices(column), pc.equal(pc.list_flatten(column), TAG))
    return pc.is_in(pa.array(np.arange(len(column))), value_set=hits.cast(pa.int64()))
