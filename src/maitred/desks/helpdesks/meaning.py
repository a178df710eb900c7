"""What a helpdesk's own words mean here: is a map in order, and what would it change on tickets that were read.

The map (``sync.meaning``) is the account's own and goes before the connector's. The preview is made by the function
that the loader uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maitred.base.errors import Invalid
from maitred.sync import meaning

if TYPE_CHECKING:
    import pyarrow as pa

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
MOST_WORDS = 200
_LONGEST = 200
_SHOWN = 5
_WORDS = {"statuses": STATUSES, "priorities": PRIORITIES}
_COLUMNS = {"statuses": ("status_raw", "status"), "priorities": ("priority_raw", "priority")}


@dataclass(frozen=True, slots=True)
class Meant:
    """One word of the helpdesk: what it means now, what it would mean, how many tickets have it, a few of them."""

    what: str
    raw: str
    before: str
    after: str
    tickets: int
    examples: tuple[str, ...]


def checked(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A map in order, without what says nothing.

    Raises
    ------
    Invalid
        It names the part and the word that does not fit.
    """
    unknown = sorted(set(mapping) - {*_WORDS, "escalated"})
    if unknown:
        raise _misfit(f"{unknown[0]!r} is no part of a map; there are statuses, priorities and escalated")
    found: dict[str, Any] = {name: _words(name, mapping.get(name) or {}) for name in _WORDS}
    found["escalated"] = _escalated(mapping.get("escalated") or {})
    return {name: part for name, part in found.items() if part}


def previewed(tickets: pa.Table, mapping: Mapping[str, Any]) -> list[Meant]:
    """What a map would change on these tickets, the most frequent words first; words that stay are told too.

    Parameters
    ----------
    tickets
        Columns as ``columns`` names them.
    """
    after = meaning.meant("tickets", tickets, mapping)
    found = [one for name in _WORDS for one in _of_words(tickets, after, name)]
    if mapping.get("escalated"):
        found += _of_escalation(tickets, after)
    return sorted(found, key=lambda one: (one.what, -one.tickets, one.raw))


def columns(mapping: Mapping[str, Any]) -> list[str]:
    """The columns of tickets that a preview of this map reads."""
    return ["external_id", *meaning.columns("tickets", mapping)]


def read(text: str) -> dict[str, Any]:
    """A map from its JSON text.

    Raises
    ------
    Invalid
        It is no JSON object.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _misfit("the map is not JSON") from error
    if not isinstance(found, dict):
        raise _misfit("the map is no JSON object")
    return found


def _words(name: str, given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping) or len(given) > MOST_WORDS:
        raise _misfit(f"{name} is an object of at most {MOST_WORDS} words")
    known = _WORDS[name]
    found = {}
    for raw, ours in given.items():
        if not str(raw).strip() or len(str(raw)) > _LONGEST:
            raise _misfit(f"a word of {name} has 1 to {_LONGEST} characters")
        if ours not in known:
            raise _misfit(f"{raw!r} cannot mean {ours!r}; {name} are {', '.join(known)}")
        found[str(raw).strip()] = str(ours)
    return found


def _escalated(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping) or set(given) - {"tags", "fields"}:
        raise _misfit('escalated is {"tags": [TAG], "fields": {KEY: [VALUE]}}')
    tags, fields = given.get("tags") or [], given.get("fields") or {}
    if not _texts(tags) or not isinstance(fields, Mapping) or not all(_texts(one) for one in fields.values()):
        raise _misfit('escalated is {"tags": [TAG], "fields": {KEY: [VALUE]}}')
    told: dict[str, Any] = {"tags": [*tags], "fields": {str(key): [*values] for key, values in fields.items()}}
    return {name: part for name, part in told.items() if part}


def _texts(value: Any) -> bool:
    fits = isinstance(value, list | tuple) and len(value) <= MOST_WORDS
    return fits and all(isinstance(one, str) and 0 < len(one) <= _LONGEST for one in value)


def _of_words(before: pa.Table, after: pa.Table, name: str) -> Iterator[Meant]:
    """Each word of the helpdesk with what it means on these tickets before and after."""
    import pyarrow as pa
    import pyarrow.compute as pc

    raw, ours = _COLUMNS[name]
    told = pa.table(
        {"id": before["external_id"], "raw": before[raw], "before": before[ours], "after": after[ours]}
    ).filter(pc.is_valid(before[raw]))
    for row in told.group_by(["raw", "before", "after"]).aggregate([("id", "count"), ("id", "min")]).to_pylist():
        same = pc.and_(pc.equal(told["raw"], row["raw"]), _equal(told["before"], row["before"]))
        examples = told.filter(pc.and_(same, _equal(told["after"], row["after"])))["id"].slice(0, _SHOWN).to_pylist()
        words = (row["raw"], row["before"] or "", row["after"] or "")
        yield Meant(name, *words, row["id_count"], tuple(sorted(examples)))


def _equal(column: pa.ChunkedArray, value: str | None) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    return pc.is_null(column) if value is None else pc.fill_null(pc.equal(column, value), False)


def _of_escalation(before: pa.Table, after: pa.Table) -> Iterator[Meant]:
    found: dict[tuple[str, str], list[str]] = {}
    pairs = zip(before["is_escalated"].to_pylist(), after["is_escalated"].to_pylist(), strict=True)
    for ticket, (now, then) in zip(before["external_id"].to_pylist(), pairs, strict=True):
        found.setdefault((_yes(now), _yes(then)), []).append(ticket)
    for (now_, then_), ids in found.items():
        yield Meant("escalated", "", now_, then_, len(ids), tuple(sorted(ids[:_SHOWN])))


def _yes(value: bool | None) -> str:
    return "yes" if value else "no"


def _misfit(message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": "mapping", "message": message, "code": "misfit"},))
