"""How long the work on tickets took: recorded where helpdesks record it, else read from the gaps between actions.

An estimate from gaps is a weak number and says so wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.tables import TABLES
from maitred.metrics.asking import Asker

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
How = Literal["measured", "estimated"]

COVERED = 0.5
"""Share of tickets that people worked on which must have recorded effort, for it to be used."""
CUT = 2_700.0
"""Gaps from 45 minutes on are breaks or other business."""
FEWEST = 60
_SAMPLE = 1_000
_RECORDED = (("time_entries", "executed_at", ("spent_s",)), ("calls", "ended_at", ("talk_s", "wrap_s")),
             ("engagements", "ended_at", ("talk_s", "wrap_s")))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actions:
    """Work on tickets: place of the ticket, instant, seconds; each shape (n,)."""

    ticket: Ints
    at: Ints
    seconds: Floats


_NONE = Actions(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def actions(
    ask: Asker, source: str, since: datetime, keys: Ints, channels: Sequence[str]
) -> tuple[How | None, Actions]:
    """The work on the tickets of one source since an instant.

    Parameters
    ----------
    keys, channels
        Keys of the tickets that are read, ascending, and the channel of each.

    Returns
    -------
    how, actions
        ``measured`` from time entries, calls and chats; ``estimated`` from gaps; None where neither can be.
    """
    told = _recorded(ask, source, since, keys)
    ticket, person, at = _messages(ask, source, since, keys)
    touched = len(np.unique(ticket))
    if len(told.ticket) and len(np.unique(told.ticket)) >= COVERED * touched:
        return "measured", told
    each = typical(person, at, [channels[one] for one in ticket.tolist()])
    if each is None:
        return None, _NONE
    return "estimated", Actions(ticket, at, np.array([each[channels[one]] for one in ticket.tolist()], np.float64))


def typical(person: Ints, at: Ints, channels: Sequence[str]) -> dict[str, float] | None:
    """Mean seconds of one action by channel, from gaps of the same person; None with too few of them.

    A channel with fewer than 60 gaps takes the mean of all. The model of gaps (work, and sometimes idle time on top)
    is that of fitted floors.
    """
    from maitred.insight.whatif.delays import inferred

    order = np.lexsort((at, person))
    gap = np.diff(at[order]).astype(np.float64)
    same = np.diff(person[order]) == 0
    named = np.array(list(channels), object)[order][1:]
    fair = same & (gap >= 1.0) & (gap < CUT)
    if fair.sum() < FEWEST:
        return None

    def mean(gaps: Floats) -> float:
        step = max(1, len(gaps) // _SAMPLE)
        work = inferred(np.sort(gaps)[::step], CUT)
        # a gap is work and perhaps idle time, so the mean gap is the most that work can take
        return min(float(work.median * np.exp(0.5 * work.sigma**2)), float(gaps.mean()))

    every = mean(gap[fair])
    found = dict.fromkeys(sorted(set(channels)), every)
    for name in found:
        own = fair & (named == name)
        if own.sum() >= FEWEST:
            found[name] = mean(gap[own])
    return found


def _recorded(ask: Asker, source: str, since: datetime, keys: Ints) -> Actions:
    parts = []
    for table, when, columns in _RECORDED:
        rows = _rows(ask, table, source, since, when, ("ticket_key", when, *columns))
        seconds = sum((_floats(rows[name]) for name in columns), np.zeros(rows.num_rows))
        place, there = _places(keys, rows["ticket_key"])
        fair = seconds[there] > 0
        parts.append((place[fair], _instants(rows[when])[there][fair], seconds[there][fair]))
    ticket, at, seconds = (np.concatenate([part[number] for part in parts]) for number in range(3))
    return Actions(ticket, at, seconds)


def _messages(ask: Asker, source: str, since: datetime, keys: Ints) -> tuple[Ints, Ints, Ints]:
    """What people wrote: place of the ticket, number of the person, instant."""
    rows = _rows(ask, "messages", source, since, "sent_at", ("ticket_key", "author_id", "author_type", "sent_at"))
    rows = rows.filter(pc.is_in(rows["author_id"], value_set=pa.array(sorted(_humans(ask, source)), pa.string())))
    rows = rows.filter(pc.invert(pc.is_in(rows["author_type"], value_set=pa.array(["bot", "system", "customer"]))))
    place, there = _places(keys, rows["ticket_key"])
    codes = pc.dictionary_encode(pc.fill_null(rows["author_id"], "")).combine_chunks().indices
    person = np.asarray(codes.to_numpy(zero_copy_only=False), np.int64)[there]
    return place, person, _instants(rows["sent_at"])[there]


def _humans(ask: Asker, source: str) -> set[str]:
    """Ids of the people of a helpdesk who answer: its agents and admins without the bots."""
    known = ask.workspace.ledger.source(source)
    bots = {str(one) for one in (known.settings.get("bots", ()) if known is not None else ())}
    rows = ask.users().rows
    mine = rows.filter(
        pc.and_(pc.equal(rows["source_id"], source), pc.is_in(rows["role"], value_set=pa.array(["agent", "admin"])))
    )
    return {one for one in mine["external_id"].to_pylist() if one and one not in bots}


def _rows(ask: Asker, table: str, source: str, since: datetime, when: str, columns: Sequence[str]) -> pa.Table:
    """Rows of a canonical table of one source since an instant; a table or column that is not there is empty."""
    schema = TABLES[table].schema
    version = ask.publication.tables.get(table)
    if version is None:
        return pa.schema([schema.field(name) for name in columns]).empty_table()
    mine = (pc.field("source_id") == source) & (pc.field(when) >= pa.scalar(since, schema.field(when).type))
    if "deleted_at" in schema.names:
        mine = mine & pc.field("deleted_at").is_null()
    return ask.workspace.store.scan(table, version, list(columns), where=mine)


def _places(keys: Ints, column: pa.ChunkedArray) -> tuple[Ints, NDArray[np.bool_]]:
    wanted = np.asarray(pc.fill_null(column, -1).to_numpy(), np.int64)
    place = np.searchsorted(keys, wanted)
    there = place < len(keys)
    there[there] = keys[place[there]] == wanted[there]
    return place[there].astype(np.int64), there


def _instants(column: pa.ChunkedArray) -> Ints:
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), 0).to_numpy(), np.int64) // 1_000_000


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(pc.cast(column, pa.float64()), 0.0).to_numpy(), np.float64)
