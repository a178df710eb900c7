"""From canonical rows of a batch of tickets to facts: tickets, SLA instances, turns, episodes, assignments.

``compute`` is a pure function of (rows, reference, as-of): any order of rows, any split of tickets into batches and any
engine that calls it give the same facts. It holds no Python object per event: columns become numbers, the compiled
kernel walks them, numbers become columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from maitred.metrics.clocks import codes
from maitred.metrics.clocks.intake import (
    Ints,
    Pool,
    Reference,
    actor_types,
    base_of,
    ordered_tickets,
    reference,
    rows_of,
    second,
)
from maitred.metrics.clocks.outcome import Writer
from maitred.metrics.clocks.schedules import ScheduleBook

__all__ = ["INPUTS", "Computed", "Reference", "compute", "reference"]

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


@dataclass(frozen=True, slots=True)
class Computed:
    """Facts of one batch, by table name of ``metrics.facts``; ``trace`` and ``rows`` only where asked for."""

    facts: dict[str, pa.Table]
    trace: Ints | None = None
    rows: dict[str, Any] = field(default_factory=dict)


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

    as_of = second(ref.as_of)
    tickets = ordered_tickets(tables["tickets"], as_of)
    keys = tickets["ticket_key"].to_numpy()
    pool = Pool()
    base = base_of(tickets, pool)
    rows = rows_of(tables, keys, base["created"], as_of, ref, pool)
    actor_base = actor_types(pool, ref)
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
    write = Writer(ref, layer, tickets, pool, out32, out64, tables)
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


def _arrays(book: ScheduleBook) -> tuple[Ints, ...]:
    return (book.offset, book.opens, book.closes, book.before, book.day_offset, book.day_index, book.day_base)
