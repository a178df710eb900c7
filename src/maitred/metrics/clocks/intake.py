"""From canonical columns to numbers: the rows of a batch of tickets as the kernel walks them.

All texts of a batch share one pool and are known by their number in it; no Python object is made per row.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.keys import ticket_keys
from maitred.canon.tables import STATUSES
from maitred.metrics.clocks import codes
from maitred.metrics.clocks.schedules import ScheduleBook

Ints = NDArray[np.int64]


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


def reference(
    source_id: str, users: pa.Table, book: ScheduleBook, as_of: datetime, bots: Sequence[str] = ()
) -> Reference:
    """Prepare the user list (columns ``external_id, role, active``) for look-ups by key."""
    ids = flat(users["external_id"])
    keys = ticket_keys(ids).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(keys, kind="stable")
    roles = flat(users["role"])
    staff = pc.is_in(roles, pa.array(["agent", "admin", "light"])).to_numpy(zero_copy_only=False)
    robots = pc.equal(roles, "bot").to_numpy(zero_copy_only=False)
    active = pc.fill_null(flat(users["active"]), True).to_numpy(zero_copy_only=False)
    kinds = np.full(len(ids), codes.UNRESOLVED, np.int8)
    kinds[active & pc.equal(roles, "end_user").to_numpy(zero_copy_only=False)] = codes.CUSTOMER
    kinds[staff] = codes.AGENT
    kinds[robots] = codes.BOT
    return Reference(source_id, book, as_of, keys[order], ids.take(pa.array(order)), kinds[order], frozenset(bots))


class Pool:
    """All texts of a batch by number: the first look-up of a column adds its distinct values."""

    def __init__(self) -> None:
        self._values: pa.Array = pa.array([], pa.string())

    def codes(self, column: pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
        """Numbers of a text column, -1 for null; shape (n,)."""
        array = flat(column)
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


def flat(column: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        if column.num_chunks == 1:
            return column.chunk(0)
        return column.combine_chunks()
    return column


def second(instant: datetime) -> int:
    return int(instant.timestamp() // 1)


def seconds_of(column: Any) -> Ints:
    """Whole epoch seconds of an instant column (fractions cut off)."""
    micros = pc.cast(flat(column), pa.int64()).to_numpy(zero_copy_only=False)
    seconds: Ints = np.floor_divide(micros, 1_000_000).astype(np.int64)
    return seconds


def ordered_tickets(tickets: pa.Table, as_of: int) -> pa.Table:
    created = seconds_of(tickets["created_at"])
    keys = tickets["ticket_key"].to_numpy()
    order = np.argsort(keys, kind="stable")
    order = order[created[order] <= as_of]
    if len(order) == len(keys) and (len(order) < 2 or bool(np.all(order[1:] > order[:-1]))):
        return tickets.combine_chunks()
    return tickets.take(pa.array(order)).combine_chunks()


def base_of(tickets: pa.Table, pool: Pool) -> dict[str, Any]:
    status = _mapped(tickets["status"], codes.STATUS, codes.OPEN)
    return {
        "created": seconds_of(tickets["created_at"]),
        "status": status,
        "requester": pool.codes(tickets["requester_id"]),
        "assignee": pool.codes(tickets["assignee_id"]),
        "priority": pool.codes(tickets["priority"]).astype(np.int64),
        "group": pool.codes(tickets["group_id"]).astype(np.int64),
    }


def _mapped(column: Any, numbers: dict[str, int], otherwise: int) -> Ints:
    """Numbers of a text column with few distinct values."""
    array = flat(column)
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


def rows_of(
    tables: dict[str, pa.Table], keys: Ints, created: Ints, as_of: int, ref: Reference, pool: Pool
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


def _event_rows(events: pa.Table | None, pool: Pool) -> dict[str, Any] | None:
    if events is None or not events.num_rows:
        return None
    names = flat(events["field"])
    names = names if pa.types.is_dictionary(names.type) else names.dictionary_encode()
    known: list[int] = []
    for name in names.dictionary.to_pylist():
        if name in ("created", "schedule", "macro"):
            known.append(_NO_FIELD)
        else:
            known.append(_FIELDS.get(name, codes.FIELD_OTHER + _stable(name)))
    fields = np.array(known or [0], np.int32)[names.indices.to_numpy(zero_copy_only=False)]
    words = flat(events["new_value"])
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
        "original": seconds_of(events["occurred_at"]),
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


def _message_rows(messages: pa.Table | None, pool: Pool) -> dict[str, Any] | None:
    if messages is None or not messages.num_rows:
        return None
    n = messages.num_rows
    return {
        "key": messages["ticket_key"].to_numpy(),
        "original": seconds_of(messages["sent_at"]),
        "class": np.full(n, codes.CLASS_COMMENT, np.int8),
        "field": np.zeros(n, np.int32),
        "tie": _ties(flat(messages["external_id"])),
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


def _target_rows(targets: pa.Table | None, pool: Pool) -> dict[str, Any] | None:
    if targets is None or not targets.num_rows:
        return None
    applied = pc.equal(flat(targets["type"]), "applied").to_numpy(zero_copy_only=False)
    cleared = pc.equal(flat(targets["type"]), "cleared").to_numpy(zero_copy_only=False)
    seconds = pc.fill_null(flat(targets["target_s"]), 0).to_numpy(zero_copy_only=False)
    business = pc.fill_null(flat(targets["in_business_hours"]), False).to_numpy(zero_copy_only=False)
    fields = _mapped(targets["metric"], _TARGET_METRIC, _NO_FIELD)
    return {
        "key": targets["ticket_key"].to_numpy(),
        "original": seconds_of(targets["at"]),
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
        "original": seconds_of(changes["valid_from"]),
        "class": np.full(n, codes.CLASS_SCHEDULE, np.int8),
        "field": np.where(value < 0, _NO_FIELD, 0),
        "tie": value,
        "value": value,
        "actor": np.full(n, -1, np.int32),
        "hint": np.full(n, codes.UNRESOLVED, np.int8),
        "public": np.zeros(n, np.bool_),
    }


def actor_types(pool: Pool, ref: Reference) -> NDArray[np.int8]:
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
