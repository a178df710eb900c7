"""The table of readings: one row a message, keyed by it, and marked with the rules by which it was read.

It lies beside the warehouse (``readings/`` of the workspace), because it follows from it: no publication waits for it,
no backup holds it, and it is made anew where it is missing. It holds places in the stored message, and the author's own
words only in their masked form.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import FLAG, FLOAT8, INSTANT, INT4, INT8, TEXT, TEXTS
from maitred.insight.text.turns import Read
from maitred.warehouse.store import Spec, Store

FOLDER = "readings"
NAME = "message_readings"
SCHEMA = pa.schema(
    [
        pa.field("source_id", TEXT, nullable=False),
        pa.field("external_id", TEXT, nullable=False),
        pa.field("ticket_id", TEXT, nullable=False),
        pa.field("ticket_key", INT8, nullable=False),
        pa.field("load_seq", INT8, nullable=False),
        pa.field("rules", TEXT, nullable=False),
        pa.field("author_id", TEXT),
        pa.field("kind", TEXT, nullable=False),
        pa.field("is_public", FLAG, nullable=False),
        pa.field("sent_at", INSTANT, nullable=False),
        pa.field("flag", TEXT, nullable=False),
        pa.field("own", INT4, nullable=False),
        pa.field("language", TEXT),
        pa.field("language_p", FLOAT8, nullable=False),
        pa.field("unhappy", FLOAT8),
        pa.field("present", TEXTS, nullable=False),
        pa.field("absent", TEXTS, nullable=False),
        pa.field("shown", TEXT, nullable=False),
        pa.field("promises", TEXT, nullable=False),
        pa.field("says_done", FLAG, nullable=False),
        pa.field("masked", TEXT, nullable=False),
        pa.field("begun_month", INT4, nullable=False),
    ]
)
"""``present`` and ``absent`` are behaviours that were called for; ``shown`` and ``promises`` are JSON with places in
the stored message; ``begun_month`` is the month of the ticket's first message, so that a ticket stands in one part."""
SPEC = Spec(NAME, SCHEMA, "begun_month", ("ticket_key", "sent_at"), ("ticket_key", "sent_at"))


def store(home: Path) -> Store:
    """The tables below ``readings/``."""
    return Store(home / FOLDER, [SPEC])


def version(home: Path) -> int | None:
    """The version of the table; None where nothing was read yet."""
    return store(home).latest(NAME)


def of_tickets(home: Path, keys: Collection[int], columns: Sequence[str]) -> pa.Table:
    """Readings of some tickets, by their keys, in the order in which they were sent."""
    found = store(home)
    wanted = np.unique(np.array(sorted(keys), np.int64))
    if not len(wanted) or not found.exists(NAME):
        return pa.schema([SCHEMA.field(name) for name in columns]).empty_table()
    rows = found.scan(NAME, None, columns, low=int(wanted[0]), high=int(wanted[-1]), keys=wanted)
    order = [(name, "ascending") for name in ("source_id", "ticket_key", "sent_at", "external_id") if name in columns]
    return rows.sort_by(order) if order else rows


def row(read: Read, **more: Any) -> dict[str, Any]:
    """A reading as a row; ``more`` is what the message itself says."""
    judged = {
        verdict: [one.behaviour for one in read.seen if one.verdict == verdict] for verdict in ("present", "absent")
    }
    shown = [
        {"b": one.behaviour, "v": one.verdict, "why": one.why, "at": [[each.start, each.end] for each in one.spans]}
        for one in read.seen
        if one.verdict != "not_called_for"
    ]
    promised = [
        {"s": one.start, "e": one.end, "ts": one.time_start, "te": one.time_end, "due": int(one.due_at.timestamp()),
         "k": one.kind}
        for one in read.promises
    ]  # fmt: skip
    return {
        **more, "flag": read.flag, "own": read.own, "language": read.language, "language_p": read.language_p,
        "unhappy": read.unhappy, "present": judged["present"], "absent": judged["absent"],
        "shown": json.dumps(shown, separators=(",", ":")), "promises": json.dumps(promised, separators=(",", ":")),
        "says_done": read.says_done, "masked": read.masked,
    }  # fmt: skip


def replace(home: Path, month: int, rows: pa.Table, gone: Mapping[str, Sequence[int]], note: dict[str, str]) -> int:
    """Put rows of a month in, in place of what it has of tickets that are ``gone`` (keys by helpdesk)."""
    found = store(home)
    parts = list(found.partition(NAME, month)) if found.exists(NAME) else []
    kept = [_without(part, gone) for part in parts]
    whole = pa.concat_tables([SCHEMA.empty_table(), *kept, rows.cast(SCHEMA)])
    return found.commit_files(NAME, found.write_files(NAME, whole), [month], note)


def _without(part: pa.Table, gone: Mapping[str, Sequence[int]]) -> pa.Table:
    for source, keys in gone.items():
        theirs = pc.and_(
            pc.equal(part["source_id"], source), pc.is_in(part["ticket_key"], value_set=pa.array(keys, INT8))
        )
        part = part.filter(pc.invert(theirs))
    return part


def tidy(home: Path) -> None:
    """Remove files that no longer count: what was erased from the table is gone from the disk."""
    found = store(home)
    if found.exists(NAME):
        found.vacuum(NAME, [])
