"""The other way round: which open jobs a person fits, by the same values and weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from maitred.insight.ranking.columns import Features
from maitred.insight.ranking.explaining.terms import Cited, Explained, explain
from maitred.insight.ranking.scoring.asked import Asked
from maitred.insight.ranking.scoring.values import passes


@dataclass(frozen=True, slots=True)
class Opening:
    """An open job that somebody fits so far; ``asks_first`` when a must of it cannot be told from the profile."""

    posting: str
    found: Explained
    asks_first: bool

    @property
    def share(self) -> float:
        """Of all points of this job, those that the person has."""
        return self.found.score / self.found.max_score if self.found.max_score else 0.0


def postings_for(
    row: Features, postings: Iterable[tuple[str, Asked]], cited: Iterable[Cited] = (), limit: int = 20
) -> list[Opening]:
    """The jobs that somebody fits, the best first, without those whose musts they miss.

    Scores of two jobs ask for different things, so that jobs are ordered by the share of points, then by their name.
    """
    quotes = list(cited)
    found = []
    for name, asked in postings:
        explained = explain(row, asked, quotes)
        if not explained.removed_by:
            found.append(Opening(name, explained, bool(passes(row, asked)[1])))
    found.sort(key=lambda one: (-one.found.score * 1_000_000 // max(1, one.found.max_score), one.posting))
    return found[:limit]
