"""Reviews as detectors look at them: those of tickets drawn at random, and what each lost of the best score."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.reviews import POINTS, SCHEMA, TABLE
from maitred.insight.evidence.reading import Found, Scan, encoded, flat, positions, seconds, truths, whole
from maitred.insight.evidence.tables import Reviews

_COLUMNS: Final = (
    *("ticket_key", "agent_id", "bot", "reviewer_id", "scorecard_id", "scorecard_version", "points"),
    *("critical", "critical_failed", "submitted_at"),
)
_VERSIONS: Final = 100_000
_BEST: Final = 100 * POINTS


def reviews_of(scan: Scan, found: Found, people: pa.Array, as_of: int) -> tuple[Reviews, tuple[str, ...]]:
    """The reviews that count up to an instant, and the critical items that are named in them.

    Parameters
    ----------
    people
        Ids of users in order of position.
    """
    counts = (pc.field("kind") == "random") & (pc.field("state") == "submitted") & pc.field("points").is_valid()
    rows = scan(TABLE, _COLUMNS, counts)
    if rows is None or not rows.num_rows:
        return Reviews.none(), ()
    rows = rows.select(list(_COLUMNS)).cast(pa.schema([SCHEMA.field(name) for name in _COLUMNS]))
    ticket, at = found.of(rows["ticket_key"]), seconds(rows["submitted_at"])
    order = np.lexsort((ticket, at))
    order = order[(ticket[order] >= 0) & (at[order] <= as_of)]
    rows, ticket, at = rows.take(pa.array(order)).combine_chunks(), ticket[order], at[order]
    names, item = _failed(rows["critical_failed"])
    told = Reviews(
        ticket=ticket,
        person=positions(rows["agent_id"], people),
        bot=truths(rows["bot"]),
        reviewer=whole(rows["reviewer_id"]),
        card=whole(rows["scorecard_id"]) * _VERSIONS + whole(rows["scorecard_version"]),
        lost=1 - whole(rows["points"]) / _BEST,
        critical=whole(pc.list_value_length(flat(rows["critical"])), 0).astype(np.int32),
        item=item,
        submitted_at=at,
    )
    return told, names


def _failed(column: Any) -> tuple[tuple[str, ...], Any]:
    """The first failed item of each review by its position among all names."""
    first = pa.array([one[0] if one else None for one in column.to_pylist()], pa.string())
    names, place = encoded(first)
    return tuple(names.to_pylist()), place
