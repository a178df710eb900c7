"""What an account's own words mean here: the map of its statuses and priorities, and what makes a ticket escalated.

``{"statuses": {RAW: ours}, "priorities": {RAW: ours}, "escalated": {"tags": [TAG], "fields": {KEY: [VALUE]}}}`` in the
settings of a source goes before what its connector makes of the words. Words are compared without regard to case. What
was loaded before a map was made or changed is brought in line with the next load; a word that is taken out of the map
keeps its meaning on stored records until they change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync.ledger import Source

if TYPE_CHECKING:
    from maitred.sync.loading import Loaded
    from maitred.sync.workspace import Workspace

Map = Mapping[str, Any]
SETTLED = "mapped"
"""The setting of a source that names the map in line with which its stored records are."""
_AT_ONCE = 50_000
_PAIRS = {
    "tickets": (("statuses", "status_raw", "status", ""), ("priorities", "priority_raw", "priority", "")),
    "ticket_events": (
        ("statuses", "old_raw", "old_value", "status"),
        ("statuses", "new_raw", "new_value", "status"),
        ("priorities", "old_raw", "old_value", "priority"),
        ("priorities", "new_raw", "new_value", "priority"),
    ),
}
"""Of each table: which words, the column of the raw word, the column of ours, and of which ``field``."""


def map_of(source: Source) -> Map:
    """The map of a source; empty where it has none."""
    found: Map = source.settings.get("mapping") or {}
    return found


def columns(name: str, mapping: Map) -> list[str]:
    """The columns of a table that a map reads or sets."""
    used = [column for _, raw, ours, _ in _PAIRS.get(name, ()) for column in (raw, ours)]
    if name == "ticket_events":
        used.append("field")
    if name == "tickets" and mapping.get("escalated"):
        used += ["tags", "custom", "is_escalated"]
    return list(dict.fromkeys(used))


def meant(name: str, rows: pa.Table, mapping: Map) -> pa.Table:
    """The rows of a table with the words of a map in their meaning; other tables and other words stay as they are."""
    if not mapping:
        return rows
    for part, raw, ours, field in _PAIRS.get(name, ()):
        words = mapping.get(part)
        if words:
            rows = _with(rows, ours, _translated(rows, raw, ours, field, words))
    if name == "tickets" and mapping.get("escalated"):
        rows = _with(rows, "is_escalated", _escalated(rows, mapping["escalated"]))
    return rows


def escalated(rule: Map, tags: Sequence[str], custom: Map) -> bool:
    """Whether a ticket with these tags and custom values is escalated by a rule.

    Examples
    --------
    >>> escalated({"tags": ["vip"]}, ["VIP", "shop"], {})
    True
    >>> escalated({"fields": {"27642": ["yes"]}}, [], {"27642": "no"})
    False
    """
    here = {tag.casefold() for tag in tags}
    if any(tag.casefold() in here for tag in rule.get("tags") or ()):
        return True
    fields = (rule.get("fields") or {}).items()
    return any(_word(custom.get(key)) in {value.casefold() for value in values} for key, values in fields)


def settle(workspace: Workspace, source: Source, done: Loaded) -> int:
    """Bring stored records in line with the source's map, once for each map; returns how many changed."""
    mapping = map_of(source)
    digest = hashlib.sha256(json.dumps(mapping, sort_keys=True).encode()).hexdigest()[:16] if mapping else ""
    if digest == source.settings.get(SETTLED, ""):
        return 0
    changed = sum(_settled(workspace, source, name, mapping, done) for name in _PAIRS) if mapping else 0
    settings = {**source.settings, SETTLED: digest}
    workspace.ledger.put_source(source.source_id, source.kind, settings)
    return changed


def _settled(workspace: Workspace, source: Source, name: str, mapping: Map, done: Loaded) -> int:
    from maitred.sync.loading import merge_again, stored_rows

    mine = pc.field("source_id") == source.source_id
    names = ["external_id", *columns(name, mapping)]
    rows = workspace.store.scan(name, None, names, where=mine)
    if not rows.num_rows:
        return 0
    moved = rows["external_id"].filter(_differing(rows, meant(name, rows, mapping))).combine_chunks()
    for place in range(0, len(moved), _AT_ONCE):
        some = moved.slice(place, _AT_ONCE)
        whole = stored_rows(workspace, name, mine & pc.field("external_id").isin(some))
        merge_again(workspace, name, meant(name, whole, mapping), done)
    return len(moved)


def _differing(before: pa.Table, after: pa.Table) -> pa.Array:
    """Which rows have another value in any column."""
    found = pa.chunked_array([pa.repeat(pa.scalar(False), before.num_rows)])
    for name in before.schema.names:
        if before[name] is not after[name] and before[name] != after[name]:
            one, other = before[name], after[name]
            same = pc.fill_null(pc.equal(one, other), False)
            both = pc.and_(pc.is_null(one), pc.is_null(other))
            found = pc.or_(found, pc.invert(pc.or_(same, both)))
    return found


def _translated(rows: pa.Table, raw: str, ours: str, field: str, words: Map) -> pa.ChunkedArray:
    """A column of ours with the words of a map in it, of rows of this field (of every row where it is empty)."""
    folded = pc.utf8_lower(rows[raw])
    keys = pa.array([word.lower() for word in words], pa.string())
    values = pa.array([str(value) for value in words.values()], pa.string())
    given = pc.take(values, pc.index_in(folded, value_set=keys))
    known = pc.is_valid(given)
    if field:
        known = pc.and_(known, pc.equal(rows["field"], field))
    if pc.any(pc.starts_with(rows[ours], "deleted")).as_py() or pc.any(pc.equal(rows[ours], "spam")).as_py():
        known = pc.and_(known, pc.fill_null(pc.invert(pc.is_in(rows[ours], pa.array(["deleted", "spam"]))), True))
    return pc.if_else(pc.fill_null(known, False), given, rows[ours])


def _escalated(rows: pa.Table, rule: Map) -> pa.Array:
    """Escalated by the rule, or as the helpdesk itself says."""
    tags, custom = rows["tags"].to_pylist(), rows["custom"].to_pylist()
    told = rows["is_escalated"].to_pylist()
    found = [
        True if escalated(rule, own or (), json.loads(more or "{}")) else now
        for own, more, now in zip(tags, custom, told, strict=True)
    ]
    return pa.array(found, pa.bool_())


def _with(rows: pa.Table, name: str, column: Any) -> pa.Table:
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, rows.schema.field(place), column)


def _word(value: Any) -> str:
    return str(value).casefold() if value is not None else ""
