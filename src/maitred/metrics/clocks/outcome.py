"""From the kernel's numbers back to facts: one table per kind of fact, texts as dictionaries of what occurs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import SLA_METRICS, STATUSES
from maitred.metrics.clocks import codes
from maitred.metrics.clocks.intake import Ints, Pool, Reference, flat, second, seconds_of
from maitred.metrics.facts import (
    ASSIGNMENT_FACTS,
    EPISODE_FACTS,
    SLA_FACTS,
    TICKET_FACTS,
    TURN_FACTS,
)

MERGED_TAG = "closed_by_merge"


class Writer:
    """Turns the kernel's numbers back into facts tables."""

    def __init__(
        self,
        ref: Reference,
        layer: int,
        tickets: pa.Table,
        pool: Pool,
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
            "created_at": _instants(seconds_of(self.source["created_at"])),
            "status": _choice(self._n("status"), STATUSES),
            "exclusion": self.exclusion,
            "is_open": pa.array(self._n("status") <= codes.HOLD),
            "handled_by": _choice(self._n("handled_by"), codes.HANDLED),
            "waiting_reply": pa.array(self.out64[codes.C64["waiting_since"]] != codes.NULL64),
            "csat_offered": pa.array(self._n("csat_offered") == 1),
            "csat_first": _choice(self._n("csat_first"), ("", "", "good", "bad")),
            "csat_last": _choice(self._n("csat_last"), ("", "", "good", "bad")),
            "as_of": _instants(np.full(n, second(self.ref.as_of), np.int64)),
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
            "ticket_key": flat(self.source["ticket_key"]).take(take),
            "ticket_id": flat(self.source["external_id"]).take(take),
        }

    def _dimensions(self, ticket: Any) -> dict[str, Any]:
        take = pa.array(ticket)
        return {
            "channel": flat(self.source["channel"]).take(take),
            "organization_id": flat(self.source["organization_id"]).take(take),
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
    known = pc.is_valid(flat(tickets["history_from"]))
    if events is None or pc.all(known).as_py():
        return known
    begun = events.filter(pc.equal(events["field"], "created"))["ticket_key"].combine_chunks()
    return pc.or_(known, pc.is_in(flat(tickets["ticket_key"]), value_set=begun))


def _exclusion(tickets: pa.Table, status: Any, tags: pa.Table | None) -> pa.Array:
    """``deleted``, ``merged``, ``spam`` or null, in this order of precedence."""
    n = tickets.num_rows
    code = np.zeros(n, np.int8)
    kind = flat(tickets["delete_kind"])
    code[(status == codes.SPAM) | _is(kind, "spam")] = 3
    merged = pc.is_valid(flat(tickets["merged_into_id"])).to_numpy(zero_copy_only=False) | _is(kind, "merged")
    if tags is not None and tags.num_rows:
        marked = tags.filter(pc.equal(tags["tag"], MERGED_TAG))["ticket_key"].combine_chunks()
        merged |= pc.is_in(flat(tickets["ticket_key"]), value_set=marked).to_numpy(zero_copy_only=False)
    code[merged | _tagged(flat(tickets["tags"]), n)] = 2
    removed = pc.is_valid(flat(tickets["deleted_at"])).to_numpy(zero_copy_only=False) & (code == 0)
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
        for column, want in zip((flat(c) for c in columns), schema, strict=True)
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
