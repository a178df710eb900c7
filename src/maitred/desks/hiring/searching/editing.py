"""What a person changes about the chips of a query, as short words that stand in a link: ``drop:2``, ``must:0``.

The chips keep the places that the reading gave them, so that a link can be read again: ``drop`` takes one away,
``must`` and ``may`` turn the filter on and off, ``any:1,2`` lets one of several suffice, ``each:1`` asks for it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from maitred.base.errors import Invalid

_FORM = re.compile(r"(drop|must|may|each|any):(\d{1,3}(?:,\d{1,3}){0,9})")
MOST_EDITS = 60

Chip = dict[str, Any]


def edited(chips: Sequence[Chip], edits: Iterable[str]) -> list[tuple[int, Chip]]:
    """The chips after the edits, each with the place that it has in the query.

    Raises
    ------
    Invalid
        An edit has no known form, or names a chip that is not there.
    """
    found: dict[int, Chip] = {place: dict(chip) for place, chip in enumerate(chips)}
    group = 1 + max((chip["any_of"] for chip in chips if chip.get("any_of") is not None), default=-1)
    for edit in edits:
        what, places = _read(edit, len(chips))
        for place in places:
            if place in found:
                _change(found, what, place, group)
        group += what == "any"
    return sorted(found.items())


def _read(edit: str, count: int) -> tuple[str, list[int]]:
    form = _FORM.fullmatch(edit)
    places = [int(one) for one in form.group(2).split(",")] if form else []
    if form is None or any(place >= count for place in places):
        what = f"{edit[:40]!r} changes nothing of this query"
        raise Invalid(what, "use the links beside the chips", ({"field": "edits", "message": what, "code": "misfit"},))
    return form.group(1), places


def _change(found: dict[int, Chip], what: str, place: int, group: int) -> None:
    if what == "drop":
        del found[place]
    elif what in ("must", "may"):
        found[place]["must"] = what == "must"
    else:
        found[place]["any_of"] = group if what == "any" else None
