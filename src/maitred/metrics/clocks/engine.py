"""From canonical rows of a batch of tickets to facts: tickets, SLA instances, turns, episodes, assignments.

``compute`` is a pure function of (rows, reference, as-of): any order of rows, any split of tickets into batches and any
engine that calls it give the same facts. It holds no Python object per event: columns become numbers, the compiled
kernel walks them, numbers become columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.keys import ticket_keys
from maitred.canon.tables import SLA_METRICS, STATUSES
from maitred.metrics.clocks import codes
from maitred.metrics.clocks.schedules import ScheduleBook
from maitred.metrics.facts import (
    ASSIGNMENT_FACTS,
    EPISODE_FACTS,
    SLA_FACTS,
    TICKET_FACTS,
    TURN_FACTS,
)

Ints = NDArray[np.int64]

TICKET_INPUT = (
    "ticket_key",
    "external_id",
    "created_at",
    "status",
    "priority",
    "requester_id",
    "assignee_id",
    "group_id",
    "channel",
    "type",
    "organization_id",
    "brand_id",
    "form_id",
    "merged_into_id",
    "tags",
    "history_from",
    "deleted_at",
    "delete_kind",
)
EVENT_INPUT = ("ticket_key", "occurred_at", "seq", "actor_id", "actor_type", "field", "new_value")
MESSAGE_INPUT = ("ticket_key", "external_id", "sent_at", "author_id", "author_type", "is_public")
TARGET_INPUT = ("ticket_key", "at", "actor_id", "metric", "type", "target_s", "in_business_hours")
SCHEDULE_INPUT = ("ticket_key", "schedule_id", "valid_from")
TAG_INPUT = ("ticket_key", "tag")
INPUTS: dict[str, tuple[str, ...]] = {
    "tickets": TICKET_INPUT,
    "ticket_events": EVENT_INPUT,
    "messages": MESSAGE_INPUT,
    "sla_events": TARGET_INPUT,
    "ticket_schedules": SCHEDULE_INPUT,
    "ticket_tags": TAG_INPUT,
}
"""The canonical columns that the engine reads, by table."""

MERGED_TAG = "closed_by_merge"


@dataclass(frozen=True, slots=True)
class Reference:
    """What all tickets of a source share.

    ``user_keys`` is sorted; ``user_ids`` and ``user_types`` (codes of ``codes.ACTOR``) stand in the same order.
    """

    source_id: str
    book: ScheduleBook
    as_of: datetime
    user_keys: Ints
    user_ids: pa.Array
    user_types: NDArray[np.int8]
    bots: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Computed:
    """Facts of one batch, by table name of ``metrics.facts``; ``trace`` and ``rows`` only where asked for."""

    facts: dict[str, pa.Table]
    trace: Ints | None = None
    rows: dict[str, Any] = field(default_factory=dict)


def reference(
    source_id: str, users: pa.Table, book: ScheduleBook, as_of: datetime, bots: Sequence[str] = ()
) -> Reference:
    """Prepare the user list (columns ``external_id, role, active``) for look-ups by key."""
    ids = _flat(users["external_id"])
    keys = ticket_keys(ids).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(keys, kind="stable")
    roles = _flat(users["role"])
    staff = pc.is_in(roles, pa.array(["agent", "admin", "light"])).to_numpy(zero_copy_only=False)
    robots = pc.equal(roles, "bot").to_numpy(zero_copy_only=False)
    active = pc.fill_null(_flat(users["active"]), True).to_numpy(zero_copy_only=False)
    kinds = np.full(len(ids), codes.UNRESOLVED, np.int8)
    kinds[active & pc.equal(roles, "end_user").to_numpy(zero_copy_only=False)] = codes.CUSTOMER
    kinds[staff] = codes.AGENT
    kinds[robots] = codes.BOT
    return Reference(source_id, book, as_of, keys[order], ids.take(pa.array(order)), kinds[order], frozenset(bots))


def compute(tables: dict[str, pa.Table], ref: Reference, *, layer: int = 0, trace: bool = False) -> Computed:
    """Compute all facts of the given tickets.

    Parameters
    ----------
    tables
        ``tickets`` with the other tables of ``INPUTS`` for the same tickets (columns as listed there, any row order;
        rows of tickets that are not in ``tickets`` are ignored; a missing table is empty).
    ref
        Users, schedules and as-of of the source.
    layer
        Written into the ``layer`` column (see ``metrics.facts``).
    trace
        Also return the kernel's marks, from which the ledger is built.
    """
    from maitred.metrics.clocks import kernel

    as_of = _second(ref.as_of)
    tickets = _tickets(tables["tickets"], as_of)
    keys = tickets["ticket_key"].to_numpy()
    pool = _Pool()
    base = _base(tickets, pool)
    rows = _rows(tables, keys, base["created"], as_of, ref, pool)
    actor_base = _actor_types(pool, ref)
    order, offset = kernel.ordered(
        len(keys), rows["ticket"], rows["at"], rows["class"], rows["original"], rows["tie"], rows["field"]
    )
    names = ("at", "original", "class", "field", "tie", "value", "actor", "hint", "public")
    ordered = tuple(rows[name][order] for name in names)
    n, r = len(keys), len(order)
    out32 = np.full((len(codes.COLUMNS32), n), codes.NULL32, np.int32)
    out32[codes.C32["nrt_n"] : codes.C32["csat_offered"] + 1] = 0
    out64 = np.full((len(codes.COLUMNS64), n), codes.NULL64, np.int64)
    targets = int(np.count_nonzero((rows["field"] >= codes.FIELD_TARGET) & (rows["field"] < codes.FIELD_OTHER)))
    comments = int(np.count_nonzero(rows["class"] == codes.CLASS_COMMENT))
    statuses = int(np.count_nonzero(rows["field"] == codes.FIELD_STATUS))
    groups = int(np.count_nonzero(rows["field"] == codes.FIELD_GROUP))
    sla = np.empty(
        (len(codes.SLA_COLUMNS), targets + 3 * comments + 8 * statuses + groups + 8 if targets else 1), np.int64
    )
    turns = np.empty((len(codes.TURN_COLUMNS), comments + 1), np.int64)
    episodes = np.empty((len(codes.EPISODE_COLUMNS), statuses + n + 1), np.int64)
    stations = np.empty((len(codes.ASSIGNMENT_COLUMNS), int(np.count_nonzero(rows["field"] == 1)) + 1), np.int64)
    marks = np.empty((len(codes.TRACE_COLUMNS), 6 * r + 4 * n + 4 if trace else 0), np.int64)
    cursor = np.zeros(5, np.int64)
    kernel.walk_tickets(
        (
            actor_base,
            base["requester"],
            base["assignee"],
            base["created"],
            base["status"],
            base["priority"],
            base["group"],
        ),
        ordered,
        offset,
        _arrays(ref.book),
        ref.book.default,
        as_of,
        out32,
        out64,
        sla,
        turns,
        episodes,
        stations,
        marks,
        cursor,
    )
    write = _Writer(ref, layer, tickets, pool, out32, out64, tables)
    facts = {
        "ticket_facts": write.tickets(),
        "sla_facts": write.sla(sla[:, : cursor[0]]),
        "turn_facts": write.turns(turns[:, : cursor[1]]),
        "episode_facts": write.episodes(episodes[:, : cursor[2]]),
        "assignment_facts": write.assignments(stations[:, : cursor[3]]),
    }
    if not trace:
        return Computed(facts)
    return Computed(
        facts, marks[:, : cursor[4]], {"rows": dict(zip(names, ordered, strict=True)), "pool": pool.texts()}
    )


# ---------------------------------------------------------------- in


class _Pool:
    """All texts of a batch by number: the first look-up of a column adds its distinct values."""

    def __init__(self) -> None:
        self._values: pa.Array = pa.array([], pa.string())

    def codes(self, column: pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
        """Numbers of a text column, -1 for null; shape (n,)."""
        array = _flat(column)
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        words = array.dictionary
        places = pc.index_in(words, value_set=self._values)
        if places.null_count:
            fresh = words.filter(pc.is_null(places))
            self._values = pa.concat_arrays([self._values, pc.cast(fresh, pa.string())])
            places = pc.index_in(words, value_set=self._values)
        numbers = places.to_numpy(zero_copy_only=False).astype(np.int32)
        indices = pc.fill_null(array.indices, -1).to_numpy(zero_copy_only=False)
        if not len(numbers):
            return np.full(len(indices), -1, np.int32)
        return np.where(indices < 0, np.int32(-1), numbers[indices]).astype(np.int32)

    def texts(self) -> pa.Array:
        return self._values


def _flat(column: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        if column.num_chunks == 1:
            return column.chunk(0)
        return column.combine_chunks()
    return column


def _second(instant: datetime) -> int:
    return int(instant.timestamp() // 1)


def _seconds(column: Any) -> Ints:
    """Whole epoch seconds of an instant column (fractions cut off)."""
    micros = pc.cast(_flat(column), pa.int64()).to_numpy(zero_copy_only=False)
    seconds: Ints = np.floor_divide(micros, 1_000_000).astype(np.int64)
    return seconds


def _tickets(tickets: pa.Table, as_of: int) -> pa.Table:
    created = _seconds(tickets["created_at"])
    keys = tickets["ticket_key"].to_numpy()
    order = np.argsort(keys, kind="stable")
    order = order[created[order] <= as_of]
    if len(order) == len(keys) and (len(order) < 2 or bool(np.all(order[1:] > order[:-1]))):
        return tickets.combine_chunks()
    return tickets.take(pa.array(order)).combine_chunks()


def _base(tickets: pa.Table, pool: _Pool) -> dict[str, Any]:
    status = _mapped(tickets["status"], codes.STATUS, codes.OPEN)
    return {
        "created": _seconds(tickets["created_at"]),
        "status": status,
        "requester": pool.codes(tickets["requester_id"]),
        "assignee": pool.codes(tickets["assignee_id"]),
        "priority": pool.codes(tickets["priority"]).astype(np.int64),
        "group": pool.codes(tickets["group_id"]).astype(np.int64),
    }


def _mapped(column: Any, numbers: dict[str, int], otherwise: int) -> Ints:
    """Numbers of a text column with few distinct values."""
    array = _flat(column)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    known = np.array([numbers.get(word, otherwise) for word in array.dictionary.to_pylist()] or [otherwise], np.int64)
    indices = pc.fill_null(array.indices, -1).to_numpy(zero_copy_only=False)
    return np.where(indices < 0, otherwise, known[indices])


_FIELDS = {
    "status": codes.FIELD_STATUS,
    "assignee": codes.FIELD_ASSIGNEE,
    "group": codes.FIELD_GROUP,
    "priority": codes.FIELD_PRIORITY,
    "sla_policy": codes.FIELD_POLICY,
    "satisfaction": codes.FIELD_RATING,
    "escalated": codes.FIELD_ESCALATED,
}
_TARGET_METRIC = {name: codes.FIELD_TARGET + number for name, number in codes.METRIC.items()}
_NO_FIELD = -1


def _rows(
    tables: dict[str, pa.Table], keys: Ints, created: Ints, as_of: int, ref: Reference, pool: _Pool
) -> dict[str, Any]:
    parts = [
        _event_rows(tables.get("ticket_events"), pool),
        _message_rows(tables.get("messages"), pool),
        _target_rows(tables.get("sla_events"), pool),
        _schedule_rows(tables.get("ticket_schedules"), ref.book),
    ]
    found = [part for part in parts if part is not None]
    types = {
        "key": np.int64,
        "original": np.int64,
        "class": np.int8,
        "field": np.int32,
        "tie": np.int64,
        "value": np.int64,
        "actor": np.int32,
        "hint": np.int8,
        "public": np.bool_,
    }
    rows: dict[str, Any] = {
        name: np.concatenate([part[name] for part in found]).astype(kind) if found else np.empty(0, kind)
        for name, kind in types.items()
    }
    place = np.searchsorted(keys, rows["key"])
    place[place == len(keys)] = 0
    mine = (keys[place] == rows["key"]) if len(keys) else np.zeros(len(place), np.bool_)
    mine &= (rows["original"] <= as_of) & (rows["field"] != _NO_FIELD)
    if not bool(mine.all()):
        rows = {name: column[mine] for name, column in rows.items()}
        place = place[mine]
    rows["ticket"] = place.astype(np.int64)
    rows["at"] = np.maximum(rows["original"], created[place]) if len(place) else rows["original"]
    return rows


def _event_rows(events: pa.Table | None, pool: _Pool) -> dict[str, Any] | None:
    if events is None or not events.num_rows:
        return None
    names = _flat(events["field"])
    names = names if pa.types.is_dictionary(names.type) else names.dictionary_encode()
    known: list[int] = []
    for name in names.dictionary.to_pylist():
        if name in ("created", "schedule"):
            known.append(_NO_FIELD)
        else:
            known.append(_FIELDS.get(name, codes.FIELD_OTHER + _stable(name)))
    fields = np.array(known or [0], np.int32)[names.indices.to_numpy(zero_copy_only=False)]
    words = _flat(events["new_value"])
    words = words if pa.types.is_dictionary(words.type) else words.dictionary_encode()
    value = pool.codes(words).astype(np.int64)
    distinct = words.dictionary
    indices = pc.fill_null(words.indices, -1).to_numpy(zero_copy_only=False)
    for number, translate in (
        (codes.FIELD_STATUS, _status_codes),
        (codes.FIELD_RATING, _rating_codes),
        (codes.FIELD_ESCALATED, _flag_codes),
    ):
        chosen = np.flatnonzero(fields == number)
        if len(chosen):
            table, null = translate(distinct)
            picked = indices[chosen]
            value[chosen] = np.where(picked < 0, null, table[picked]) if len(table) else null
    no_status = (fields == codes.FIELD_STATUS) & (value < 0)
    fields = np.where(no_status, _NO_FIELD, fields)
    return {
        "key": events["ticket_key"].to_numpy(),
        "original": _seconds(events["occurred_at"]),
        "class": np.full(len(fields), codes.CLASS_FIELD, np.int8),
        "field": fields,
        "tie": events["seq"].to_numpy().astype(np.int64),
        "value": value,
        "actor": pool.codes(events["actor_id"]),
        "hint": _mapped(events["actor_type"], codes.ACTOR, codes.UNRESOLVED),
        "public": np.zeros(len(fields), np.bool_),
    }


def _stable(name: str) -> int:
    """A number for a field name that does not depend on the batch."""
    import zlib

    return zlib.crc32(name.encode()) % 1_000_000_000


def _status_codes(words: pa.Array) -> tuple[Ints, int]:
    where = pc.fill_null(pc.index_in(words, value_set=pa.array(STATUSES)), -1)
    return where.to_numpy(zero_copy_only=False).astype(np.int64), -1


def _rating_codes(words: pa.Array) -> tuple[Ints, int]:
    """Code of each rating in the lowest three bits, the wording above them (another wording is another value)."""
    code = np.full(len(words), codes.RATING_OTHER, np.int64)
    code[pc.starts_with(words, "good").to_numpy(zero_copy_only=False)] = codes.RATING_GOOD
    code[pc.starts_with(words, "bad").to_numpy(zero_copy_only=False)] = codes.RATING_BAD
    code[pc.equal(words, "offered").to_numpy(zero_copy_only=False)] = codes.RATING_OFFERED
    nothing = pc.is_in(words, pa.array(["unoffered", ""])).to_numpy(zero_copy_only=False)
    code[nothing] = codes.RATING_NONE
    return np.where(code == codes.RATING_NONE, 0, code + 8 * np.arange(1, len(words) + 1)), codes.RATING_NONE


def _flag_codes(words: pa.Array) -> tuple[Ints, int]:
    return pc.is_in(words, pa.array(["true", "1", "internal"])).to_numpy(zero_copy_only=False).astype(np.int64), 0


def _message_rows(messages: pa.Table | None, pool: _Pool) -> dict[str, Any] | None:
    if messages is None or not messages.num_rows:
        return None
    n = messages.num_rows
    return {
        "key": messages["ticket_key"].to_numpy(),
        "original": _seconds(messages["sent_at"]),
        "class": np.full(n, codes.CLASS_COMMENT, np.int8),
        "field": np.zeros(n, np.int32),
        "tie": _ties(_flat(messages["external_id"])),
        "value": np.zeros(n, np.int64),
        "actor": pool.codes(messages["author_id"]),
        "hint": _mapped(messages["author_type"], codes.ACTOR, codes.UNRESOLVED),
        "public": messages["is_public"].to_numpy(zero_copy_only=False).astype(np.bool_),
    }


def _ties(ids: pa.Array) -> Ints:
    """Order of comments inside one instant: by number where ids are numbers, else by text."""
    keys: Ints = ticket_keys(ids).to_numpy(zero_copy_only=False).astype(np.int64)
    texts = np.flatnonzero(keys < 0)
    if len(texts):
        words = ids.take(pa.array(texts))
        keys[texts] = pc.rank(words, sort_keys="ascending", tiebreaker="dense").to_numpy().astype(np.int64) - (1 << 62)
    return keys


def _target_rows(targets: pa.Table | None, pool: _Pool) -> dict[str, Any] | None:
    if targets is None or not targets.num_rows:
        return None
    applied = pc.equal(_flat(targets["type"]), "applied").to_numpy(zero_copy_only=False)
    cleared = pc.equal(_flat(targets["type"]), "cleared").to_numpy(zero_copy_only=False)
    seconds = pc.fill_null(_flat(targets["target_s"]), 0).to_numpy(zero_copy_only=False)
    business = pc.fill_null(_flat(targets["in_business_hours"]), False).to_numpy(zero_copy_only=False)
    fields = _mapped(targets["metric"], _TARGET_METRIC, _NO_FIELD)
    return {
        "key": targets["ticket_key"].to_numpy(),
        "original": _seconds(targets["at"]),
        "class": np.full(len(applied), codes.CLASS_FIELD, np.int8),
        "field": np.where(applied | cleared, fields, _NO_FIELD),
        "tie": np.zeros(len(applied), np.int64),
        "value": np.where(applied, 2 * seconds + business, -1),
        "actor": pool.codes(targets["actor_id"]),
        "hint": np.full(len(applied), codes.UNRESOLVED, np.int8),
        "public": np.zeros(len(applied), np.bool_),
    }


def _schedule_rows(changes: pa.Table | None, book: ScheduleBook) -> dict[str, Any] | None:
    if changes is None or not changes.num_rows:
        return None
    n = changes.num_rows
    value = _mapped(changes["schedule_id"], book.number, -1)
    return {
        "key": changes["ticket_key"].to_numpy(),
        "original": _seconds(changes["valid_from"]),
        "class": np.full(n, codes.CLASS_SCHEDULE, np.int8),
        "field": np.where(value < 0, _NO_FIELD, 0),
        "tie": value,
        "value": value,
        "actor": np.full(n, -1, np.int32),
        "hint": np.full(n, codes.UNRESOLVED, np.int8),
        "public": np.zeros(n, np.bool_),
    }


def _actor_types(pool: _Pool, ref: Reference) -> NDArray[np.int8]:
    """Type of every text taken as an actor id: system, bot, agent, customer, or still to be resolved per ticket."""
    words = pool.texts()
    kinds = np.full(max(1, len(words)), codes.UNRESOLVED, np.int8)
    if not len(words):
        return kinds
    keys = ticket_keys(words).to_numpy(zero_copy_only=False).astype(np.int64)
    if len(ref.user_keys):
        place = np.searchsorted(ref.user_keys, keys)
        place[place == len(ref.user_keys)] = 0
        found = ref.user_keys[place] == keys
        same = pc.equal(words, ref.user_ids.take(pa.array(place))).to_numpy(zero_copy_only=False)
        kinds[found & same] = ref.user_types[place][found & same]
    if ref.bots:
        kinds[pc.is_in(words, pa.array(sorted(ref.bots))).to_numpy(zero_copy_only=False)] = codes.BOT
    kinds[pc.match_substring_regex(words, r"^(0|-[0-9]+)$").to_numpy(zero_copy_only=False)] = codes.SYSTEM
    return kinds


def _arrays(book: ScheduleBook) -> tuple[Ints, ...]:
    return (book.offset, book.opens, book.closes, book.before, book.day_offset, book.day_index, book.day_base)


# ---------------------------------------------------------------- out


class _Writer:
    """Turns the kernel's numbers back into facts tables."""

    def __init__(
        self,
        ref: Reference,
        layer: int,
        tickets: pa.Table,
        pool: _Pool,
        out32: Any,
        out64: Any,
        tables: dict[str, pa.Table],
    ) -> None:
        self.ref, self.layer, self.source, self.out32, self.out64 = ref, layer, tickets, out32, out64
        self.words = pool.texts()
        self.exclusion = _exclusion(tickets, out32[codes.C32["status"]], tables.get("ticket_tags"))
        self.history_complete = _history_complete(tickets, tables.get("ticket_events"))

    def tickets(self) -> pa.Table:
        n = self.source.num_rows
        given: dict[str, Any] = {
            **self._keys(np.arange(n)),
            "created_at": _instants(_seconds(self.source["created_at"])),
            "status": _choice(self._n("status"), STATUSES),
            "exclusion": self.exclusion,
            "is_open": pa.array(self._n("status") <= codes.HOLD),
            "handled_by": _choice(self._n("handled_by"), codes.HANDLED),
            "waiting_reply": pa.array(self.out64[codes.C64["waiting_since"]] != codes.NULL64),
            "csat_offered": pa.array(self._n("csat_offered") == 1),
            "csat_first": _choice(self._n("csat_first"), ("", "", "good", "bad")),
            "csat_last": _choice(self._n("csat_last"), ("", "", "good", "bad")),
            "as_of": _instants(np.full(n, _second(self.ref.as_of), np.int64)),
            **self._touch_classes(),
            **{name: self.source[name] for name in ("channel", "type", "requester_id", "organization_id")},
            **{name: self.source[name] for name in ("brand_id", "form_id")},
            "history_complete": self.history_complete,
        }
        columns = []
        for column in TICKET_FACTS:
            if column.name in given:
                columns.append(given[column.name])
            elif column.name in codes.C64:
                columns.append(_instants(self.out64[codes.C64[column.name]]))
            elif pa.types.is_string(column.type):
                columns.append(_texts(self._n(column.name), self.words))
            else:
                columns.append(_numbers(self._n(column.name), column.nullable))
        return _table(columns, TICKET_FACTS)

    def sla(self, rows: Ints) -> pa.Table:
        by = dict(zip(codes.SLA_COLUMNS, rows, strict=True))
        order = np.lexsort((by["applied_at"], by["started_at"], by["metric"], by["ticket"]))
        by = {name: column[order] for name, column in by.items()}
        ticket = by["ticket"]
        given = {
            **self._keys(ticket),
            "metric": _choice(by["metric"], SLA_METRICS),
            "instance": pa.array(_numbering(ticket * 8 + by["metric"]), pa.int32()),
            "policy": _texts(by["policy"], self.words),
            "priority": _texts(by["priority"], self.words),
            "clock": _choice(by["business"], ("calendar", "business")),
            "end_reason": _choice(by["end_reason"], codes.END_REASONS),
            "verdict_all": _choice(by["verdict_all"], codes.VERDICTS),
            "verdict_last": _choice(by["verdict_last"], codes.VERDICTS),
            "group_id": _texts(by["group_id"], self.words),
            "assignee_id": _texts(by["assignee_id"], self.words),
            **self._dimensions(ticket),
        }
        return _finish(given, by, SLA_FACTS)

    def turns(self, rows: Ints) -> pa.Table:
        by = dict(zip(codes.TURN_COLUMNS, rows, strict=True))
        given = {
            **self._keys(by["ticket"]),
            "turn": pa.array(_numbering(by["ticket"]), pa.int32()),
            "kind": _choice(by["next"], ("first", "next")),
            "answered_by": _texts(by["answered_by"], self.words),
            "group_id": _texts(by["group_id"], self.words),
            "priority": _texts(by["priority"], self.words),
            **self._dimensions(by["ticket"]),
        }
        return _finish(given, by, TURN_FACTS)

    def episodes(self, rows: Ints) -> pa.Table:
        by = dict(zip(codes.EPISODE_COLUMNS, rows, strict=True))
        given = {
            **self._keys(by["ticket"]),
            "episode": pa.array(_numbering(by["ticket"]), pa.int32()),
            **{name: _texts(by[name], self.words) for name in ("solver_id", "group_id", "assignee_id", "priority")},
            **self._dimensions(by["ticket"]),
        }
        return _finish(given, by, EPISODE_FACTS)

    def assignments(self, rows: Ints) -> pa.Table:
        by = dict(zip(codes.ASSIGNMENT_COLUMNS, rows, strict=True))
        given = {
            **self._keys(by["ticket"]),
            "station": pa.array(_numbering(by["ticket"]), pa.int32()),
            **{name: _texts(by[name], self.words) for name in ("assignee_id", "group_id", "priority")},
            "handed_on_unsolved": pa.array(by["handed_on_unsolved"] == 1),
            **self._dimensions(by["ticket"]),
        }
        return _finish(given, by, ASSIGNMENT_FACTS)

    def _n(self, name: str) -> Any:
        return self.out32[codes.C32[name]]

    def _keys(self, ticket: Any) -> dict[str, Any]:
        take = pa.array(ticket)
        n = len(ticket)
        return {
            "layer": pa.array(np.full(n, self.layer, np.int32)),
            "source_id": _choice(np.zeros(n, np.int8), (self.ref.source_id,)),
            "ticket_key": _flat(self.source["ticket_key"]).take(take),
            "ticket_id": _flat(self.source["external_id"]).take(take),
        }

    def _dimensions(self, ticket: Any) -> dict[str, Any]:
        take = pa.array(ticket)
        return {
            "channel": _flat(self.source["channel"]).take(take),
            "organization_id": _flat(self.source["organization_id"]).take(take),
            "exclusion": self.exclusion.take(take),
        }

    def _touch_classes(self) -> dict[str, Any]:
        status = self._n("status")
        finished = (status == codes.SOLVED) | (status == codes.CLOSED)
        replies = self._n("public_agent_replies")
        first, last = self._n("csat_first"), self._n("csat_last")
        return {
            "one_touch": pa.array(finished & (replies == 1) & (self._n("reopens_transitions") == 0)),
            "two_touch": pa.array(finished & (replies == 2)),
            "multi_touch": pa.array(finished & (replies > 2)),
            "csat_good_to_bad": pa.array((first == codes.RATING_GOOD) & (last == codes.RATING_BAD)),
            "csat_bad_to_good": pa.array((first == codes.RATING_BAD) & (last == codes.RATING_GOOD)),
        }


def _history_complete(tickets: pa.Table, events: pa.Table | None) -> pa.Array:
    """Whether a change log reaches back to the creation: the source says so, or tells the creation itself."""
    known = pc.is_valid(_flat(tickets["history_from"]))
    if events is None or pc.all(known).as_py():
        return known
    begun = events.filter(pc.equal(events["field"], "created"))["ticket_key"].combine_chunks()
    return pc.or_(known, pc.is_in(_flat(tickets["ticket_key"]), value_set=begun))


def _exclusion(tickets: pa.Table, status: Any, tags: pa.Table | None) -> pa.Array:
    """``deleted``, ``merged``, ``spam`` or null, in this order of precedence."""
    n = tickets.num_rows
    code = np.zeros(n, np.int8)
    kind = _flat(tickets["delete_kind"])
    code[(status == codes.SPAM) | _is(kind, "spam")] = 3
    merged = pc.is_valid(_flat(tickets["merged_into_id"])).to_numpy(zero_copy_only=False) | _is(kind, "merged")
    if tags is not None and tags.num_rows:
        marked = tags.filter(pc.equal(tags["tag"], MERGED_TAG))["ticket_key"].combine_chunks()
        merged |= pc.is_in(_flat(tickets["ticket_key"]), value_set=marked).to_numpy(zero_copy_only=False)
    code[merged | _tagged(_flat(tickets["tags"]), n)] = 2
    removed = pc.is_valid(_flat(tickets["deleted_at"])).to_numpy(zero_copy_only=False) & (code == 0)
    code[(status == codes.DELETED) | removed] = 1
    return _choice(code, ("", "deleted", "merged", "spam"))


def _is(column: Any, word: str) -> Any:
    return pc.fill_null(pc.equal(column, word), False).to_numpy(zero_copy_only=False)


def _tagged(tags: Any, n: int) -> Any:
    """Tickets whose tag list names the merge."""
    found = np.zeros(n, np.bool_)
    words = pc.list_flatten(tags)
    hits = pc.fill_null(pc.equal(words, MERGED_TAG), False).to_numpy(zero_copy_only=False)
    if hits.any():
        found[pc.list_parent_indices(tags).to_numpy()[hits]] = True
    return found


def _numbering(group: Any) -> Any:
    """1, 2, 3 ... inside each run of equal values; shape (n,)."""
    if not len(group):
        return np.empty(0, np.int32)
    place = np.arange(len(group))
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    return (place - np.repeat(starts, np.diff(np.r_[starts, len(group)])) + 1).astype(np.int32)


def _finish(given: dict[str, Any], by: dict[str, Any], schema: pa.Schema) -> pa.Table:
    columns = []
    for column in schema:
        if column.name in given:
            columns.append(given[column.name])
        elif pa.types.is_timestamp(column.type):
            columns.append(_instants(by[column.name]))
        else:
            columns.append(_numbers(by[column.name], column.nullable))
    return _table(columns, schema)


def _table(columns: list[Any], schema: pa.Schema) -> pa.Table:
    arrays = [
        column if column.type == want.type or pa.types.is_dictionary(column.type) else pc.cast(column, want.type)
        for column, want in zip((_flat(c) for c in columns), schema, strict=True)
    ]
    return pa.table(arrays, names=schema.names)


def _instants(seconds: Any) -> pa.Array:
    missing = seconds == codes.NULL64
    micros = np.where(missing, 0, seconds) * 1_000_000
    return pa.array(micros, pa.int64(), mask=missing if missing.any() else None).view(pa.timestamp("us", tz="UTC"))


def _numbers(values: Any, nullable: bool) -> pa.Array:
    if not nullable:
        return pa.array(values)
    missing = (
        (values == codes.NULL32) | (values == codes.NULL64) if values.dtype == np.int64 else values == codes.NULL32
    )
    return pa.array(values, mask=missing if missing.any() else None)


def _texts(numbers: Any, words: pa.Array) -> pa.Array:
    """Texts of pool numbers (negative: null), with a dictionary of only what occurs."""
    missing = numbers < 0
    used = np.zeros(max(1, len(words)), np.bool_)
    used[np.where(missing, 0, numbers)] = True
    if missing.all():
        return pa.DictionaryArray.from_arrays(pa.nulls(len(numbers), pa.int32()), pa.array([], pa.string()))
    chosen = np.flatnonzero(used)
    place = np.cumsum(used) - 1
    indices = pa.array(place[np.where(missing, 0, numbers)].astype(np.int32), mask=missing if missing.any() else None)
    return pa.DictionaryArray.from_arrays(indices, words.take(pa.array(chosen)))


def _choice(numbers: Any, words: Sequence[str]) -> pa.Array:
    """Words by number; the empty word stands for null."""
    empty = np.array([word == "" for word in words])
    missing = empty[numbers] | (numbers < 0)
    indices = pa.array(np.where(missing, 0, numbers).astype(np.int32), mask=missing if missing.any() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words)))
