"""Old values of events: what a field held before, told by the vendor or folded from the ticket's earlier events.

Rows are stored as their record tells them, so that loading in any order gives the same table; the fold belongs to the
reader, who has whole tickets before him (docs/decisions/0001-old-values-are-read.md).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_ORDER = ("ticket_key", "field", "occurred_at", "seq", "external_id")


def folded(events: pa.Table) -> pa.Table:
    """Events of whole tickets with ``old_value`` filled and events that change nothing left out.

    Parameters
    ----------
    events
        Rows of the canonical table ``ticket_events`` of one source with all events of each ticket; needs
        ``ticket_key``, ``field``, ``occurred_at``, ``seq``, ``external_id``, ``old_value``, ``new_value``.

    Returns
    -------
    pyarrow.Table
        The same columns, ordered by ticket, instant, sequence and id. Creations and activities are always kept.
    """
    if not events.num_rows:
        return events
    rows = events.sort_by([(name, "ascending") for name in _ORDER]).combine_chunks()
    key, field, new = rows["ticket_key"], rows["field"], rows["new_value"]
    same = pc.and_(pc.equal(key[1:], key[:-1]), pc.equal(field[1:], field[:-1]))
    follows = pa.chunked_array([pa.array([False]), *same.chunks])
    before = pa.chunked_array([pa.nulls(1, pa.string()), *new[:-1].chunks])
    earlier = pc.if_else(follows, before, pa.scalar(None, pa.string()))
    old = pc.coalesce(rows["old_value"], earlier)
    place = rows.schema.get_field_index("old_value")
    rows = rows.set_column(place, rows.schema.field(place), old)
    unchanged = pc.or_(
        pc.fill_null(pc.equal(old, new), False),
        pc.and_(pc.is_null(old), pc.is_null(new)),
    )
    always = pc.or_(pc.equal(field, "created"), pc.starts_with(field, "custom:activity"))
    kept = rows.filter(pc.or_(always, pc.invert(unchanged)))
    return kept.sort_by([(name, "ascending") for name in ("ticket_key", "occurred_at", "seq", "external_id")])
