"""Who is new in a kept search since its owner was last told."""

from __future__ import annotations

from collections.abc import Sequence

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.hiring.models import SavedSearch
from maitred.desks.hiring.searching import engines
from maitred.desks.hiring.searching.editing import edited
from maitred.insight.ranking.chips import read
from maitred.insight.ranking.scoring import asked, weights

WATCHED = 50
"""So far down a kept search is watched."""


def present(query: str, edits: Sequence[str]) -> list[int]:
    """Keys of the people who stand in a search now, as far down as it is watched."""
    chips = [chip for _, chip in edited([one.told() for one in read(query).chips], edits)]
    if not chips:
        return []
    found = engines.index().search(asked(chips, weights()), WATCHED, clock.now().date())
    return [one.key for one in found.hits]


def fresh(row: SavedSearch) -> tuple[list[int], int]:
    """Who stands in a kept search now, and how many of them its owner was not told of; a broken one has nobody new."""
    try:
        now = present(row.query, row.edits)
    except MaitredError:
        return list(row.seen), 0
    return now, len(set(now) - set(row.seen))
