"""What the change log of a source tells: values of fields over time, tags, topics, ratings and uses of macros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from maitred.insight.evidence.changes import Changed, spans_of
from maitred.insight.evidence.reading import (
    Found,
    Scan,
    encoded,
    flat,
    mapped,
    named,
    positions,
    read,
    seconds,
    truths,
    whole,
)
from maitred.insight.evidence.tables import NEVER, STATUSES, Codes, Ints, Macros, Names, Spans, Words
from maitred.insight.evidence.texts import coded

COLUMNS = ("ticket_key", "occurred_at", "seq", "actor_id", "field", "old_value", "new_value")
FIELDS = ("status", "group", "assignee", "satisfaction", "macro", "tags", "merged")
TOPIC_TAG = r"^(?:topic|contact[_-]?reason|thema|kontaktgrund)[_:/.\- ]+(?P<topic>.+)$"
TOPIC_FIELD = r"(?i)\b(?:topic|contact[ _-]?reason|reason for contact|thema|kontaktgrund)\b"
GONE = ("deleted", "spam")


@dataclass(frozen=True, slots=True)
class Log:
    """Changes of one field with positions instead of ids, in order of ticket, time and place inside the instant."""

    ticket: Ints
    at: Ints
    seq: Ints
    by: Codes
    old: pa.Array
    new: pa.Array

    def changed(self, places: Any) -> Changed:
        """The changes with values as codes; ``places`` turns texts into codes."""
        return Changed(self.ticket, self.at, self.seq, places(self.new), places(self.old), self.by)


def logs_of(scan: Scan, found: Found, people: pa.Array, fields: tuple[str, ...], as_of: int) -> dict[str, Log]:
    """The change log field by field, up to an instant.

    Parameters
    ----------
    people
        Ids of users in order of position.
    fields
        Fields that are wanted (canonical names).
    """
    wanted = pc.field("field").isin(list(fields))
    rows = read(scan, "ticket_events", COLUMNS, wanted)
    ticket, at = found.of(rows["ticket_key"]), seconds(rows["occurred_at"])
    names, field = encoded(rows["field"])
    listed = names.to_pylist()
    seq, by = whole(rows["seq"], 0), positions(rows["actor_id"], people)
    order = np.lexsort((seq, at, ticket))
    order = order[(ticket[order] >= 0) & (at[order] <= as_of)]
    logs = {}
    for name in fields:
        place = listed.index(name) if name in listed else -2
        mine = order[field[order] == place]
        take = pa.array(mine)
        old, new = (flat(rows[column].take(take)) for column in ("old_value", "new_value"))
        logs[name] = Log(ticket[mine], at[mine], seq[mine], by[mine], old, new)
    return logs


def statuses_of(log: Log, created: Ints, now: Any) -> Spans:
    """Stretches of one status; ``now`` are the tickets' present ones."""
    return spans_of(log.changed(lambda column: positions(column, STATUSES)), created, positions(now, STATUSES), 0)


def values_of(log: Log, created: Ints, now: Any, ids: pa.Array) -> Spans:
    """Stretches of one group or assignee."""
    return spans_of(log.changed(lambda column: positions(column, ids)), created, positions(now, ids))


def excluded_of(scan: Scan, logs: dict[str, Log], found: Found, facts: pa.Table, ticket: Ints) -> Ints:
    """When tickets of the population's outside were deleted, marked as spam or merged away.

    Parameters
    ----------
    facts
        ``ticket_facts`` with ``exclusion`` and ``excluded_at``; ``ticket`` holds their positions.
    """
    count = len(found.keys)
    excluded = np.full(count, NEVER, dtype=np.int64)
    outside = facts["exclusion"].is_valid().to_numpy(zero_copy_only=False)
    excluded[ticket[outside]] = seconds(facts["excluded_at"])[outside]
    out = np.zeros(count, dtype=np.bool_)
    out[ticket[outside]] = True
    told = [logs["merged"], _having(logs["tags"], "closed_by_merge")]
    for log in told:
        open_yet = out & (excluded == NEVER)
        first = np.full(count, NEVER, dtype=np.int64)
        np.minimum.at(first, log.ticket, log.at)
        excluded = np.where(open_yet, np.minimum(excluded, first), excluded)
    missing = out & (excluded == NEVER)
    if missing.any():
        rows = read(scan, "tickets", ("ticket_key", "updated_at", "deleted_at"))
        place = found.of(rows["ticket_key"])
        last = np.full(count, NEVER, dtype=np.int64)
        last[place] = np.minimum(seconds(rows["deleted_at"]), seconds(rows["updated_at"]))
        excluded = np.where(missing, last, excluded)
    return excluded.astype(np.int64)


def macros_of(scan: Scan, log: Log, source: str) -> tuple[Macros, Names]:
    """Uses of macros, and the macros in the order of their first use."""
    order = np.lexsort((log.seq, log.ticket, log.at))
    ids, code = encoded(log.new.take(pa.array(order)))
    external = [one or "" for one in ids.to_pylist()]
    listed = read(scan, "macros", ("external_id", "name")).to_pylist()
    names = {row["external_id"]: row["name"] for row in listed}
    used = read(scan, "ticket_events", ("new_value", "new_raw"), pc.field("field") == "macro")
    pairs = used.group_by(["new_value", "new_raw"]).aggregate([]).to_pylist()
    titles = {row["new_value"]: row["new_raw"] for row in pairs if row["new_raw"]}
    called = [names.get(one) or titles.get(one) for one in external]
    return Macros(log.ticket[order], code, log.by[order], log.at[order]), named(source, external, called)


def tags_of(log: Log, created: Ints, now: Any) -> Words:
    """Tags of each ticket at its creation, else before the first change, else as they are."""
    count = len(created)
    first = np.ones(len(log.ticket), dtype=np.bool_)
    first[1:] = log.ticket[1:] != log.ticket[:-1]
    ticket, at = log.ticket[first], log.at[first]
    take = pa.array(np.flatnonzero(first))
    told = np.zeros(count, dtype=np.bool_)
    told[ticket] = True
    born = pa.array(at <= created[ticket]) if len(ticket) else pa.array([], pa.bool_())
    listed = pc.if_else(born, log.new.take(take), log.old.take(take))
    owner, words = _listed(listed, ticket)
    present = flat(now)
    parent = pc.list_parent_indices(present).to_numpy(zero_copy_only=False).astype(np.int64)
    silent = ~told[parent]
    owners = np.concatenate([owner, parent[silent]])
    texts = pa.concat_arrays([words, pc.list_flatten(present).filter(pa.array(silent)).cast(pa.string())])
    return coded(pa.array(owners, pa.int64()), texts, count)


def topics_of(
    scan: Scan, found: Found, log: Log, created: Ints, tickets: pa.Table, as_of: int
) -> tuple[Codes, tuple[str, ...], Ints]:
    """What the helpdesk itself says a ticket is about: a tag like ``topic_refund``, or a field called topic.

    Returns
    -------
    tuple
        Code of each ticket (-1 none), topics in the order in which they became known, and when each was known.
    """
    told = [_tag_topics(log), _field_topics(scan, found, as_of), _present_topics(scan, log, tickets, created)]
    owner = np.concatenate([one[0] for one in told])
    at = np.maximum(np.concatenate([one[1] for one in told]), created[owner] if len(owner) else owner)
    texts = pa.concat_arrays([one[2] for one in told])
    rank = np.repeat(np.arange(len(told)), [len(one[0]) for one in told])
    order = np.lexsort((at, rank, owner))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = owner[order][1:] != owner[order][:-1]
    chosen = order[first]
    known_at = np.full(len(created), NEVER, dtype=np.int64)
    known_at[owner[chosen]] = at[chosen]
    names, place = encoded(texts.take(pa.array(chosen)))
    known = np.full(len(names), NEVER, dtype=np.int64)
    np.minimum.at(known, place, at[chosen])
    listed = names.to_pylist()
    ranked = sorted(range(len(listed)), key=lambda one: (int(known[one]), listed[one]))
    code = np.full(len(listed), -1, dtype=np.int32)
    code[ranked] = np.arange(len(ranked))
    topics = np.full(len(created), -1, dtype=np.int32)
    topics[owner[chosen]] = mapped(code, place)
    return topics, tuple(listed[one] for one in ranked), known_at


_Told = tuple[Ints, Ints, pa.Array]
"""Ticket, instant and topic, row by row."""


def _tag_topics(log: Log) -> _Told:
    has = np.flatnonzero(truths(pc.match_substring_regex(pc.fill_null(log.new, ""), r"(?i)topic|reason|thema|grund")))
    row, words = _listed(log.new.take(pa.array(has)), has)
    topic = pc.struct_field(pc.extract_regex(words, TOPIC_TAG), "topic")
    hit = topic.is_valid().to_numpy(zero_copy_only=False)
    return log.ticket[row[hit]], log.at[row[hit]], topic.filter(pa.array(hit))


def _field_topics(scan: Scan, found: Found, as_of: int) -> _Told:
    fields = [f"custom:{one}" for one in _topic_fields(scan)]
    if not fields:
        return _none()
    rows = read(scan, "ticket_events", COLUMNS, pc.field("field").isin(fields))
    ticket, at = found.of(rows["ticket_key"]), seconds(rows["occurred_at"])
    texts = flat(rows["new_value"])
    kept = (ticket >= 0) & (at <= as_of) & truths(pc.greater(pc.utf8_length(pc.fill_null(texts, "")), 0))
    return ticket[kept], at[kept], texts.filter(pa.array(kept))


def _present_topics(scan: Scan, log: Log, tickets: pa.Table, created: Ints) -> _Told:
    """Topics of tickets whose log tells neither tags nor the field, as known since their creation."""
    told = [_none()]
    silent = np.ones(len(created), dtype=np.bool_)
    silent[log.ticket] = False
    present = flat(tickets["tags"])
    parent = pc.list_parent_indices(present).to_numpy(zero_copy_only=False).astype(np.int64)
    topic = pc.struct_field(pc.extract_regex(pc.list_flatten(present).cast(pa.string()), TOPIC_TAG), "topic")
    hit = topic.is_valid().to_numpy(zero_copy_only=False) & silent[parent]
    told.append((parent[hit], created[parent[hit]], topic.filter(pa.array(hit))))
    custom = pc.fill_null(flat(tickets["custom"]), "{}")
    for field in _topic_fields(scan):
        value = pc.struct_field(pc.extract_regex(custom, rf'"{field}":"(?P<topic>[^"]+)"'), "topic")
        place = np.flatnonzero(value.is_valid().to_numpy(zero_copy_only=False))
        told.append((place, created[place], value.take(pa.array(place))))
    return (
        np.concatenate([one[0] for one in told]).astype(np.int64),
        np.concatenate([one[1] for one in told]).astype(np.int64),
        pa.concat_arrays([one[2] for one in told]),
    )


def _topic_fields(scan: Scan) -> list[str]:
    rows = read(scan, "ticket_fields", ("external_id", "name"))
    hit = truths(pc.match_substring_regex(pc.fill_null(flat(rows["name"]), ""), TOPIC_FIELD))
    return sorted(flat(rows["external_id"]).filter(pa.array(hit)).to_pylist())


def _none() -> _Told:
    nothing = np.empty(0, dtype=np.int64)
    return nothing, nothing, pa.array([], pa.string())


def _listed(lists: Any, owner: Ints) -> tuple[Ints, pa.Array]:
    """Tags of JSON lists, each with its owner."""
    texts, place = encoded(lists)
    words = [_tags(one) for one in texts.to_pylist()]
    sizes = np.append(np.array([len(one) for one in words], dtype=np.int64), 0)
    whole_list = pa.array([word for one in words for word in one], pa.string())
    begin = np.append(np.cumsum(sizes[:-1]) - sizes[:-1], 0)
    count = sizes[place]
    nth = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(owner, count).astype(np.int64), whole_list.take(pa.array(np.repeat(begin[place], count) + nth))


def _tags(text: str | None) -> list[str]:
    if not text:
        return []
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = text.split()
    return [str(one) for one in found] if isinstance(found, list) else []


def _having(log: Log, tag: str) -> Log:
    mine = np.flatnonzero(truths(pc.match_substring(pc.fill_null(log.new, ""), f'"{tag}"')))
    take = pa.array(mine)
    return Log(log.ticket[mine], log.at[mine], log.seq[mine], log.by[mine], log.old.take(take), log.new.take(take))
