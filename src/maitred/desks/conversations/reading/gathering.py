"""Which conversations changed since they were read, and what has to be known to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.keys import ticket_keys
from maitred.desks.conversations.reading import table
from maitred.insight.text.turns import Kind, Said, Talk
from maitred.sync.publications import Publication
from maitred.sync.screen import Known
from maitred.sync.workspace import Workspace

Ints = NDArray[np.int64]
HABIT = 60
"""Newest messages of an agent from which is told what they always write."""
_KEYS = ("source_id", "external_id", "ticket_key", "load_seq", "sent_at", "deleted_at")
_BODY = (
    "source_id", "external_id", "ticket_id", "ticket_key", "load_seq", "author_id", "author_type", "is_public",
    "sent_at", "deleted_at", "body_text",
)  # fmt: skip
_STAFF = ("agent", "admin")
_USER = ("source_id", "external_id", "name", "email", "phone", "role", "time_zone", "locale")


@dataclass(frozen=True, slots=True)
class Due:
    """Tickets to be read, and those whose readings are to go: keys by month and helpdesk.

    The month is that in which the ticket began; one that began earlier than it was read with is in both, in two months.
    """

    read: Mapping[int, Mapping[str, Ints]]
    gone: Mapping[int, Mapping[str, Ints]]
    messages: int = 0

    @property
    def months(self) -> list[int]:
        return sorted({*self.read, *self.gone})


@dataclass(slots=True)
class People:
    """The users of the helpdesks, as far as reading needs them."""

    by_id: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    bots: frozenset[tuple[str, str]] = frozenset()

    def kind(self, source: str, author: str | None, told: str, requester: str | None) -> Kind:
        """Who somebody is on a ticket (see the clocks' own rule)."""
        if told in ("customer", "agent", "bot", "system"):
            return told  # type: ignore[return-value]
        if (source, author or "") in self.bots:
            return "bot"
        role = (self.by_id.get((source, author or "")) or {}).get("role")
        if role in _STAFF:
            return "agent"
        return "customer" if role or (author and author == requester) else "unknown"

    def known(self, source: str, ids: Sequence[str]) -> Known:
        """What the record says of the people in a conversation."""
        rows = [self.by_id[source, one] for one in ids if (source, one) in self.by_id]
        names, emails, phones = (
            tuple(str(one[name]) for one in rows if one[name]) for name in ("name", "email", "phone")
        )
        return Known(names=names, emails=emails, phones=phones)


def due(workspace: Workspace, publication: Publication, rules: str) -> Due:
    """Compare the messages of a publication with what was read of them."""
    now = _messages(workspace, publication)
    was = _readings(workspace.home)
    sources = sorted({*now["source_id"].unique().to_pylist(), *was["source_id"].unique().to_pylist()})
    read: dict[int, dict[str, Ints]] = {}
    gone: dict[int, dict[str, Ints]] = {}
    count = 0
    for source in sources:
        mine, theirs = (rows.filter(pc.equal(rows["source_id"], source)) for rows in (now, was))
        keys, marks, months = _fingerprints(mine)
        old, old_marks, old_months = _fingerprints(theirs, rules)
        same = _same(keys, (marks, months), old, (old_marks, old_months))
        leaves = ~np.isin(old, keys[same])
        for month in np.unique(months[~same]):
            read.setdefault(int(month), {})[source] = keys[~same & (months == month)]
        for month in np.unique(old_months[leaves]):
            gone.setdefault(int(month), {})[source] = old[leaves & (old_months == month)]
        count += int(np.isin(mine["ticket_key"].to_numpy(), keys[~same]).sum())
    return Due(read, gone, count)


def _same(keys: Ints, now: Sequence[Any], old: Ints, was: Sequence[Any]) -> NDArray[np.bool_]:
    """Which tickets have the same marks as before."""
    if not len(old):
        return np.zeros(len(keys), np.bool_)
    place = np.minimum(np.searchsorted(old, keys), len(old) - 1)
    same: NDArray[np.bool_] = old[place] == keys
    for here, there in zip(now, was, strict=True):
        same &= here == there[place]
    return same


def talks(
    workspace: Workspace, publication: Publication, source: str, keys: Ints, people: People
) -> Iterator[tuple[list[dict[str, Any]], Talk]]:
    """The conversations of some tickets of a helpdesk with the rows of their messages, so many tickets at a time."""
    ends = {"low": int(keys.min()), "high": int(keys.max()), "keys": keys, "where": pc.field("source_id") == source}
    rows = workspace.store.scan("messages", publication.tables["messages"], _BODY, **ends)
    order = [(name, "ascending") for name in ("ticket_key", "ticket_id", "sent_at", "external_id")]
    rows = rows.filter(pc.is_null(rows["deleted_at"])).sort_by(order)
    heads = _heads(workspace, publication, keys)
    held: list[dict[str, Any]] = []
    for row in rows.to_pylist():
        if held and held[0]["ticket_id"] != row["ticket_id"]:
            if talk := _talk(held, heads, people):
                yield held, talk
            held = []
        held.append(row)
    if held and (talk := _talk(held, heads, people)):
        yield held, talk


def people_of(workspace: Workspace, publication: Publication) -> People:
    """The users, read once."""
    known = {name: workspace.ledger.source(name) for name in publication.sources}
    bots = {(name, str(bot)) for name, one in known.items() if one for bot in one.settings.get("bots", ())}
    if "users" not in publication.tables:
        return People({}, frozenset(bots))
    rows = workspace.store.scan("users", publication.tables["users"], _USER).to_pylist()
    return People({(one["source_id"], one["external_id"]): one for one in rows}, frozenset(bots))


def habits(workspace: Workspace, publication: Publication, people: People) -> dict[str, tuple[str, ...]]:
    """The newest public messages of every agent, by ``source:author``."""
    names = ("source_id", "author_id", "author_type", "is_public", "sent_at", "ticket_key", "external_id", "deleted_at")
    rows = workspace.store.scan("messages", publication.tables["messages"], names)
    rows = rows.filter(pc.and_(rows["is_public"], pc.is_null(rows["deleted_at"])))
    authors = (
        pc.binary_join_element_wise(rows["source_id"], pc.fill_null(rows["author_id"], ""), ":")
        .dictionary_encode()
        .combine_chunks()
    )
    listed = authors.dictionary.to_pylist()
    staff = np.array([_is_staff(people, one) for one in listed], np.bool_)
    code = authors.indices.to_numpy(zero_copy_only=False)
    told = np.flatnonzero(staff[code]) if len(code) else np.zeros(0, np.int64)
    sent = rows["sent_at"].cast(pa.int64()).to_numpy()
    order = told[np.lexsort((-sent[told], code[told]))]
    rank = np.arange(len(order)) - np.searchsorted(code[order], code[order], side="left")
    chosen = rows.take(pa.array(order[rank < HABIT]))
    if not chosen.num_rows:
        return {}
    keys = np.unique(chosen["ticket_key"].to_numpy())
    body = workspace.store.scan(
        "messages",
        publication.tables["messages"],
        ("source_id", "external_id", "author_id", "body_text"),
        low=int(keys[0]),
        high=int(keys[-1]),
        where=pc.field("external_id").isin(chosen["external_id"].combine_chunks()),
    )
    found: dict[str, list[str]] = {}
    for one in sorted(body.to_pylist(), key=lambda row: row["external_id"]):
        found.setdefault(f"{one['source_id']}:{one['author_id']}", []).append(one["body_text"] or "")
    return {name: tuple(texts[:HABIT]) for name, texts in found.items()}


def _is_staff(people: People, named: str) -> bool:
    source, _, author = named.partition(":")
    return people.kind(source, author, "", None) == "agent"


def _messages(workspace: Workspace, publication: Publication) -> pa.Table:
    if "messages" not in publication.tables:
        return pa.schema(
            [table.SCHEMA.field(name) for name in ("source_id", "external_id", "ticket_key", "load_seq", "sent_at")]
        ).empty_table()
    rows = workspace.store.scan("messages", publication.tables["messages"], _KEYS)
    return rows.filter(pc.is_null(rows["deleted_at"]))


def _readings(home: Path) -> pa.Table:
    names = ("source_id", "external_id", "ticket_key", "load_seq", "sent_at", "rules", "begun_month")
    found = table.store(home)
    if not found.exists(table.NAME):
        return pa.schema([table.SCHEMA.field(name) for name in names]).empty_table()
    return pa.concat_tables([pa.schema([table.SCHEMA.field(name) for name in names]).empty_table(),
                             *(part.select(list(names)) for part in found.batches(table.NAME, None))])  # fmt: skip


def _fingerprints(rows: pa.Table, rules: str | None = None) -> tuple[Ints, NDArray[np.uint64], Ints]:
    """Of each ticket: its key, a mark of its messages in their present state, the month in which it began.

    Readings by other rules have marks of their own, so that they never equal anything.
    """
    if not rows.num_rows:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.int64)
    key = rows["ticket_key"].to_numpy()
    ids = np.asarray(ticket_keys(rows["external_id"])).astype(np.int64).view(np.uint64)
    mark = _mixed(ids ^ _mixed(rows["load_seq"].to_numpy().astype(np.int64).view(np.uint64)))
    if rules is not None:
        other = np.asarray(pc.not_equal(rows["rules"], rules))
        mark[other] ^= np.uint64(0x9E3779B97F4A7C15)
    order = np.argsort(key, kind="stable")
    keys, first = np.unique(key[order], return_index=True)
    with np.errstate(over="ignore"):
        marks = np.add.reduceat(mark[order], first)
    sent = rows["sent_at"].cast(pa.int64()).to_numpy()[order]
    begun = np.minimum.reduceat(sent, first)
    months = pc.add(pc.multiply(pc.year(times := pa.array(begun, pa.timestamp("us", tz="UTC"))), 100), pc.month(times))
    return keys, marks, months.to_numpy(zero_copy_only=False).astype(np.int64)


def _mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Bits spread evenly (splitmix64, Steele and others 2014)."""
    with np.errstate(over="ignore"):
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: NDArray[np.uint64] = value ^ (value >> np.uint64(31))
    return found


def _heads(workspace: Workspace, publication: Publication, keys: Ints) -> dict[tuple[str, str], dict[str, Any]]:
    names = ("source_id", "external_id", "subject", "requester_id", "deleted_at")
    rows = workspace.store.scan(
        "tickets", publication.tables["tickets"], names, low=int(keys.min()), high=int(keys.max()), keys=keys
    )
    return {(one["source_id"], one["external_id"]): one for one in rows.to_pylist()}


def _talk(
    rows: Sequence[Mapping[str, Any]], heads: Mapping[tuple[str, str], Mapping[str, Any]], people: People
) -> Talk | None:
    """A conversation; None where its ticket is deleted or not known."""
    source, ticket = rows[0]["source_id"], rows[0]["ticket_id"]
    head = heads.get((source, ticket))
    if head is None or head["deleted_at"] is not None:
        return None
    requester = head["requester_id"]
    ids = sorted({one["author_id"] for one in rows if one["author_id"]} | ({requester} if requester else set()))
    said = tuple(
        Said(
            one["external_id"], people.kind(source, one["author_id"], one["author_type"], requester), one["is_public"],
            one["sent_at"], one["body_text"] or "", f"{source}:{one['author_id'] or ''}",
            *_habit_of_time(people, source, one["author_id"]),
        )
        for one in rows
    )  # fmt: skip
    return Talk(said, str(head["subject"] or ""), people.known(source, ids))


def _habit_of_time(people: People, source: str, author: str | None) -> tuple[str, str | None]:
    """The zone in which somebody tells times (empty: the organisation's), and their language."""
    user = people.by_id.get((source, author or "")) or {}
    return user.get("time_zone") or "", (user.get("locale") or "")[:2].lower() or None
