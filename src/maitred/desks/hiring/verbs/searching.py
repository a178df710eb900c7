"""Search people for a job, with the reason of every place in the list; every search is written down in a chain."""

from __future__ import annotations

from datetime import date

from maitred.base import clock
from maitred.desks.hiring.models import SearchRun
from maitred.desks.hiring.pipeline import access as pipeline
from maitred.desks.hiring.profiles import access as vault
from maitred.desks.hiring.search_shapes import (
    ChainTold,
    Edits,
    EngineName,
    IndexTold,
    Openings,
    OpeningShown,
    PageSize,
    ProfileName,
    Query,
    Replayed,
    SearchCode,
    SearchListed,
    SearchShown,
    Slots,
    WhyNot,
)
from maitred.desks.hiring.searching import access, allowed, engines, log, running, showing
from maitred.desks.hiring.searching.made import Looked, Wish
from maitred.desks.hiring.shapes import OtherId
from maitred.insight.ranking.columns import Features
from maitred.insight.ranking.explaining import Explained, postings_for, smallest_change
from maitred.insight.ranking.index import Found
from maitred.insight.ranking.scoring import Asked, asked, weights
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.verbs import Cursor, Limit, Page, action, question
from maitred.kit.verbs.results import paged

_LOOKED_FOR = 1_000
"""So far down a place in the list is told."""


@action(needs=Right.HIRING_READ, example={"query": "Customer Support Manager with 4 years of experience in Austin, TX"})
def search(
    actor: Actor,
    query: Query,
    limit: PageSize = 10,
    edits: Edits = (),
    musts: Slots = (),
    as_of: date | None = None,
    engine: EngineName = "embedded",
    requisition: OtherId | None = None,
) -> SearchShown:
    """Search people by a sentence and rank them by reasons that anyone can read.

    Parameters
    ----------
    edits
        Changes of the chips: ``drop:2``, ``must:0``, ``may:0``, ``any:1,2``, ``each:1``.
    musts
        Slots whose chips are musts, such as ``tool``.
    as_of
        The day on which people may be found; today without it.
    requisition
        The requisition that it is for: then the checks of its place decide whether people may be ranked.
    """
    row = None if requisition is None else pipeline.access_requisition(actor, requisition)
    wish = Wish(query, limit, as_of or clock.now().date(), edits, musts, row)
    with engines.finder(engine) as finder:
        looked = running.look(actor, finder, wish)
    return showing.search(looked, kept(actor, looked).code)


def kept(actor: Actor, looked: Looked) -> SearchRun:
    """The row of the log of a search that was made."""
    wish, found = looked.wish, looked.found
    values = {
        "query": looked.reading.query, "edits": list(wish.edits), "musts": list(wish.musts),
        "chips": list(looked.chips), "blocked": [one.told() for one in looked.reading.blocked],
        "not_understood": list(looked.reading.not_understood),
        "requisition_id": wish.requisition.pk if wish.requisition else None, "ranked": looked.ranked,
        "engine": looked.engine, "weights_name": looked.asked.weights.name,
        "weights_sha256": looked.asked.weights.sha256, "index_version": found.version, "index_rows": found.rows,
        "as_of": wish.as_of, "limit": wish.limit, "considered": found.considered, "removed": list(found.removed),
        "partial": looked.partial, "max_score": looked.asked.max_score,
        "results": [[one.key, one.score] for one in looked.results],
        "cannot_tell": [[one.key, one.score] for one in looked.cannot_tell],
    }  # fmt: skip
    return log.keep(actor.name, values)


@question(needs=Right.HIRING_READ, example={"profile": "p000017", "search": "s_0123456789"})
def why_not(actor: Actor, profile: ProfileName, search: SearchCode) -> WhyNot:
    """Say where somebody stands in a search, and what keeps them from the page.

    Parameters
    ----------
    profile
        The id that the profile's source gave it, or its key.
    search
        The id of a search of the log; it is asked again of the index as it is now.
    """
    row = access.access_search(actor, search)
    held = vault.profile_by_id(actor, profile, None)
    looked, wish = running.again(row)
    found = running.found_again(looked, wish)
    features = engines.index().features([held.pk]).get(held.pk)
    result = None if features is None else showing.result(0, held, features, looked)
    taken = None if features is None else showing.explained(held, features, looked)
    state = _state(features, taken, looked, wish, found, held.pk)
    worst = found.hits[-1] if found.hits else None
    wanted = None
    if state == "lower" and worst is not None and features is not None:
        wanted = worst.score + (features.tie > worst.tie)
    rank = _rank(held.pk, looked, wish, found) if state in ("on_page", "lower") else None
    change = smallest_change(taken, wanted) if taken is not None and wanted is not None else None
    return WhyNot(
        row.code, held.external_id, state, rank, result, wanted, showing.changes(change), tuple(row.chips),
        IndexTold(found.version, found.rows), row.index_version, row.query,
    )  # fmt: skip


def _state(row: Features | None, taken: Explained | None, looked: Asked, wish: Wish, found: Found, key: int) -> str:
    if row is None or taken is None:
        return "not_indexed"
    if any(one.key == key for one in found.hits):
        return "on_page"
    roles = looked.asked_roles()
    if row.hide_after < wish.as_of:
        return "hidden"
    if roles is not None and row.role not in roles:
        return "other_role"
    if taken.removed_by:
        return "removed"
    return "cannot_tell" if any(_open(one, taken) for one in looked.groups) else "lower"


def _open(group: tuple[int, ...], taken: Explained) -> bool:
    return bool(set(group) & set(taken.open_chips))


def _rank(key: int, looked: Asked, wish: Wish, found: Found) -> int | None:
    places = {one.key: place for place, one in enumerate(found.hits, start=1)}
    if key in places:
        return places[key]
    wide = engines.index().search(looked, _LOOKED_FOR, wish.as_of)
    return next((place for place, one in enumerate(wide.hits, start=1) if one.key == key), None)


@question(needs=Right.HIRING_READ, example={"search": "s_0123456789"})
def replay_search(actor: Actor, search: SearchCode) -> Replayed:
    """Ask a search of the log again and say whether it gives the same people in the same order.

    Parameters
    ----------
    search
        The id of a search of the log.
    """
    row = access.access_search(actor, search)
    looked, wish = running.again(row)
    found = running.found_again(looked, wish)
    now = [[one.key, one.score] for one in found.hits]
    then = {key for key, _ in row.results}
    return Replayed(
        row.code,
        same=now == row.results if row.ranked else True,
        same_index=found.version == row.index_version,
        same_weights=looked.weights.sha256 == row.weights_sha256,
        index_then=row.index_version,
        index_now=found.version,
        left=len(then - {key for key, _ in now}),
        came=len({key for key, _ in now} - then),
    )


@question(needs=Right.HIRING_READ, example={})
def searches(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[SearchListed]:
    """List the log of searches, the newest first."""
    return paged(access.visible_searches(actor), actor, "searches", cursor, limit, showing.listed, newest=True)


@question(needs=Right.HIRING_AUDIT, example={})
def check_search_log(actor: Actor) -> ChainTold:
    """Check that the log of searches is whole: every row follows from the one before, and none was changed."""
    rows, bad = log.examined()
    return ChainTold(bad is None, rows, bad)


@question(needs=Right.HIRING_READ, example={"profile": "p000017"})
def openings_for(actor: Actor, profile: ProfileName) -> Openings:
    """List the approved requisitions that somebody fits, the best first, by the title and the place that they ask for.

    Parameters
    ----------
    profile
        The id that the profile's source gave it, or its key.
    """
    held = vault.profile_by_id(actor, profile, None)
    row = engines.index().features([held.pk]).get(held.pk)
    open_ = {str(one.pk): one for one in access.open_requisitions(actor)}
    wanted = [(name, asked(_chips_of(one.role, one.site), weights())) for name, one in open_.items()]
    found = postings_for(row, wanted) if row is not None else []
    return Openings(
        held.external_id,
        tuple(
            OpeningShown(int(one.posting), open_[one.posting].title, one.found.score, one.found.max_score,
                         round(one.share, 4), one.asks_first, one.found.missing)
            for one in found
        ),
    )  # fmt: skip


def _chips_of(role: str, site: str) -> list[dict[str, object]]:
    from maitred.insight.ranking.vocabulary import ROLES

    known = {one.id: one for one in ROLES}
    title = [{"slot": "title", "value": {"role": role, "label": known[role].label}}] if role in known else []
    return [*title, *allowed.of_site(site)]
