"""Searches and results as verbs answer them."""

from __future__ import annotations

from collections.abc import Sequence

from maitred.desks.hiring import search_shapes as shapes
from maitred.desks.hiring.models import Profile, SavedSearch, SearchRun
from maitred.desks.hiring.profiles.sealing import document_of
from maitred.desks.hiring.searching.made import Looked
from maitred.insight.ranking.columns import Features
from maitred.insight.ranking.explaining import Change, Explained, explain
from maitred.insight.ranking.profiles import extract
from maitred.insight.ranking.scoring import Asked


def explained(held: Profile, row: Features, looked: Asked) -> Explained:
    """The score of somebody taken apart; the words are read again from their document, and forgotten."""
    return explain(row, looked, extract(document_of(held), as_of=held.as_of).evidence)


def result(place: int, held: Profile, row: Features, looked: Asked) -> shapes.ResultShown:
    """One person with the reasons."""
    found = explained(held, row, looked)
    return shapes.ResultShown(
        place, held.external_id, found.score, found.max_score, found.missing, _terms(found), held.pk, held.source,
        held.basis, found.cannot_tell, found.removed_by,
    )  # fmt: skip


def unranked(place: int, held: Profile) -> shapes.ResultShown:
    """One person where nobody may be ranked."""
    return shapes.ResultShown(place, held.external_id, 0, 0, (), (), held.pk, held.source, held.basis)


def _terms(found: Explained) -> tuple[shapes.TermTold, ...]:
    return tuple(
        shapes.TermTold(
            one.feature, one.chip, one.value, one.weight, one.points, one.state,
            tuple(shapes.Evidence(q.field, q.start, q.end, q.text) for q in one.evidence), one.chips,
            tuple(shapes.PartTold(p.chip, p.what, p.state, p.value) for p in one.parts),
        )
        for one in found.terms
    )  # fmt: skip


def changes(found: Sequence[Change] | None) -> tuple[shapes.ChangeTold, ...] | None:
    """The smallest change, or None where none suffices."""
    if found is None:
        return None
    return tuple(shapes.ChangeTold(one.feature, one.from_value, one.to_value, one.points, one.months) for one in found)


def removed(looked: Looked) -> tuple[shapes.Removed, ...]:
    """What each filter removed."""
    rows = zip(looked.asked.groups, looked.found.removed, looked.found.shares(), strict=True)
    return tuple(shapes.Removed(chips[0], round(share, 6), count, chips) for chips, count, share in rows)


def search(looked: Looked, code: str) -> shapes.SearchShown:
    """A search that was just made."""
    everybody = (*looked.results, *looked.cannot_tell)
    return shapes.SearchShown(
        search_id=code,
        query=looked.reading.query,
        chips=looked.chips,
        blocked=tuple(one.told() for one in looked.reading.blocked),
        not_understood=looked.reading.not_understood,
        engine=looked.engine,
        weights=shapes.WeightsTold(looked.asked.weights.name, looked.asked.weights.sha256),
        index=shapes.IndexTold(looked.found.version, looked.found.rows),
        considered=looked.found.considered,
        removed_by_must=removed(looked),
        partial=looked.partial,
        ms=looked.ms,
        cpu_ms=looked.cpu_ms,
        results=looked.results,
        cannot_tell=looked.cannot_tell,
        ranked=looked.ranked,
        checks=looked.checks,
        synthetic=any(one.basis == "synthetic" for one in everybody),
        as_of=looked.wish.as_of,
        places=looked.places,
    )


def listed(row: SearchRun) -> shapes.SearchListed:
    """A row of the log."""
    return shapes.SearchListed(
        row.code, row.number, row.at, row.viewer, row.query, row.engine,
        shapes.WeightsTold(row.weights_name, row.weights_sha256),
        shapes.IndexTold(row.index_version, row.index_rows), row.considered, len(row.results), row.ranked,
        row.requisition_id,
    )  # fmt: skip


def saved(row: SavedSearch) -> shapes.SavedShown:
    """A kept search."""
    return shapes.SavedShown(row.pk, row.version, row.name, row.query, tuple(row.edits), row.alert, row.looked_at)
