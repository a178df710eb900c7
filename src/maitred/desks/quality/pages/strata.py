"""The strata of a sample in words: channels as they are, groups and people by their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maitred.base.errors import MaitredError
from maitred.desks.quality.verbs.shapes import Stratum
from maitred.kit.access.actor import Actor
from maitred.kit.reading import reading
from maitred.kit.verbs import run

_BETWEEN = " · "
_PEOPLE = 200


def named(actor: Actor, strata: Sequence[Stratum], by: Sequence[str]) -> Callable[[str], str]:
    """How the names of some strata are told; an id that the reader has no name for stays."""
    parts = [dict(zip(by, one.name.split(_BETWEEN), strict=False)) for one in strata]
    known = {
        "person": _people(actor) if "person" in by else {},
        "group": _groups({part["group"] for part in parts if part.get("group")}) if "group" in by else {},
    }

    def told(name: str) -> str:
        words = name.split(_BETWEEN)
        if len(words) != len(by):
            return name
        return _BETWEEN.join(known.get(what, {}).get(word, word) for what, word in zip(by, words, strict=True))

    return told


def _people(actor: Actor) -> dict[str, str]:
    return {str(one.id): one.name for one in run("people.list_people", actor, {"limit": _PEOPLE}).items}


def _groups(ids: set[str]) -> dict[str, str]:
    try:
        with reading() as found:
            return {key: name for key, name in found.ask.labels("group", sorted(ids)).items() if name}
    except MaitredError:
        return {}
