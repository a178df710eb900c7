"""One search from the words to the list with reasons."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from maitred.base.errors import Invalid
from maitred.desks.hiring.models import Profile
from maitred.desks.hiring.profiles import access as vault
from maitred.desks.hiring.profiles.sealing import document_of
from maitred.desks.hiring.search_shapes import Chip, ResultShown
from maitred.desks.hiring.searching import access, allowed, engines, keywords, showing
from maitred.desks.hiring.searching.editing import edited
from maitred.desks.hiring.searching.engines import Finder
from maitred.desks.hiring.searching.made import Looked, Wish
from maitred.insight.ranking.chips import Reading, read
from maitred.insight.ranking.columns import Features
from maitred.insight.ranking.index import Found, Hit
from maitred.insight.ranking.scoring import Asked, Weights, asked, weights
from maitred.insight.ranking.scoring.values import passes
from maitred.kit.access.actor import Actor

MOST_BY_DATE = 300


def look(actor: Actor, finder: Finder, wish: Wish) -> Looked:
    """Read the query, find the people, and give the reasons.

    Raises
    ------
    Invalid
        The query holds nothing but words that a search for people must not use.
    """
    begun, computing = time.perf_counter(), time.process_time()
    reading = read(wish.query)
    told = [chip.told() for chip in reading.chips]
    _refuse_only_blocked(reading)
    places, chips = _placed(edited(told, wish.edits))
    looked = asked(chips, weights(), musts=wish.musts)
    found, partial = _found(finder, looked, wish)
    cpu_ms = (time.process_time() - computing) * 1000
    checks = tuple(allowed.checks(wish.requisition, [*map(dict, looked.chips), *_site(wish)], looked.weights))
    ranked = not any(one.level == "E" for one in checks)
    if ranked:
        shown = results(looked, found.hits), results(looked, found.cannot_tell)
    else:
        shown = _by_date(actor, looked, wish), ()
    ms = (time.perf_counter() - begun) * 1000
    return Looked(
        wish, reading, tuple(dict(chip) for chip in looked.chips), places, looked, found, finder.name, ranked, partial,
        checks, shown[0], shown[1], round(ms, 3), round(cpu_ms, 3),
    )  # fmt: skip


def _refuse_only_blocked(reading: Reading) -> None:
    if reading.blocked and not reading.chips:
        words = ", ".join(f"{one.text!r}" for one in reading.blocked)
        what = f"this search says nothing but what no search for people may ask: {words}"
        raise Invalid(what, reading.blocked[0].reason, ({"field": "query", "message": what, "code": "blocked"},))


def _placed(chips: Sequence[tuple[int, Chip]]) -> tuple[tuple[int, ...], list[Chip]]:
    return tuple(place for place, _ in chips), [chip for _, chip in chips]


def _site(wish: Wish) -> list[Chip]:
    return allowed.of_site(wish.requisition.site) if wish.requisition is not None else []


def _found(finder: Finder, looked: Asked, wish: Wish) -> tuple[Found, bool]:
    """Nobody where nothing was asked; more than a page where phrases are looked for in documents."""
    if not looked.chips:
        index = engines.index()
        return Found(index.version, index.rows, (), (), 0, ()), False
    if not keywords.asks_for_words(looked):
        return finder.find(looked, wish.limit, wish.as_of), False
    wide = finder.find(looked, keywords.MOST_OPENED, wish.as_of)
    hits, partial = keywords.with_words(wide.hits, looked, wish.limit, _documents)
    others, also = keywords.with_words(wide.cannot_tell, looked, len(wide.cannot_tell), _documents)
    made = Found(wide.version, wide.rows, tuple(hits), tuple(others), wide.considered, wide.removed)
    return made, partial or also


def _documents(keys: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    return {key: document_of(row) for key, row in vault.by_keys(keys).items()}


def results(looked: Asked, hits: Sequence[Hit]) -> tuple[ResultShown, ...]:
    """Hits with their reasons, in their order; somebody whose row of the vault is gone is left out."""
    if not hits:
        return ()
    keys = [one.key for one in hits]
    held = vault.by_keys(keys)
    rows = engines.index().features(keys)
    there = [one for one in hits if one.key in held and one.key in rows]
    return tuple(
        showing.result(place, held[one.key], rows[one.key], looked) for place, one in enumerate(there, start=1)
    )


def _by_date(actor: Actor, looked: Asked, wish: Wish) -> tuple[ResultShown, ...]:
    """Who came last of those who pass the musts, without a score."""
    newest = access.newest_profiles(actor, wish.as_of, MOST_BY_DATE)
    rows = engines.index().features([one.pk for one in newest])
    passing = [one for one in newest if one.pk in rows and _passes(rows[one.pk], looked)]
    return tuple(showing.unranked(place, one) for place, one in enumerate(passing[: wish.limit], start=1))


def _passes(row: Features, looked: Asked) -> bool:
    roles = looked.asked_roles()
    return not passes(row, looked)[0] and (roles is None or row.role in roles)


def again(row: Any) -> tuple[Asked, Wish]:
    """A logged search as it was asked."""
    wish = Wish(row.query, row.limit, row.as_of, tuple(row.edits), tuple(row.musts))
    return asked(row.chips, _weights_of(row), musts=row.musts), wish


def _weights_of(row: Any) -> Weights:
    return weights(row.weights_name)


def found_again(looked: Asked, wish: Wish) -> Found:
    """The same search on the index as it is now."""
    return _found(engines.Embedded(engines.index()), looked, wish)[0]


def name_of(row: Profile) -> str:
    """The id that a profile's source gave it."""
    return row.external_id
