"""From landed pages to the canonical tables: decode, set aside what cannot be a row, merge, then mark as loaded.

A batch is merged table by table and only then marked; a crash in between merges the same rows again, which changes
nothing. Every record of a page ends up loaded, superseded or quarantined, and the three add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base import clock, faults
from maitred.base.errors import MaitredError
from maitred.canon.tables import BOOKKEEPING, TABLES
from maitred.connectors import registry
from maitred.connectors.columns import LINE
from maitred.connectors.decoded import Bad, Decoded
from maitred.sync import meaning, merges, ours
from maitred.sync.decoding import Decoder, decoded, hashed
from maitred.sync.ledger import LandedPage, Source
from maitred.sync.workspace import Workspace
from maitred.warehouse import merging

BATCH_ROWS = 1_000_000
Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Loaded:
    """What a load did.

    ``changed`` holds, per canonical table that changed, the ticket keys whose facts may have changed (int64, sorted),
    ``tables`` the names of all tables that changed, ``gone`` rows that a full list no longer names.
    """

    changed: list[Any] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)

    def keys(self) -> Any:
        """All changed ticket keys; shape (n,), sorted, distinct."""
        return distinct(np.concatenate(self.changed)) if self.changed else np.empty(0, np.int64)


def distinct(keys: Any) -> Any:
    """Sorted distinct numbers; by sorting, which is several times faster here than ``np.unique``'s hashing."""
    if len(keys) > 1 and not bool(np.all(keys[1:] >= keys[:-1])):
        keys = np.sort(keys)
    return keys[np.r_[True, keys[1:] != keys[:-1]]] if len(keys) else keys


def load(
    workspace: Workspace,
    source: Source,
    decode: Decoder,
    form: str,
    *,
    order: Sequence[str],
    full_lists: Sequence[str] = (),
    kind: str | None = None,
    batch_rows: int = BATCH_ROWS,
    progress: Progress = lambda stream, rows: None,
) -> Loaded:
    """Load every landed page of a source.

    Parameters
    ----------
    decode
        Turns the bytes of a page of a stream into canonical rows.
    order
        Streams in the order in which they are loaded (tickets before what belongs to them).
    full_lists
        Canonical tables that the pages of this load state completely, so that absence means removal.
    kind
        The word of ``kinds.KINDS`` whose ``decode`` this is, where helping processes are worth their start.
    batch_rows
        Records that are decoded and merged at a time: bounds memory.
    """
    done = Loaded()
    _retry_orphans(workspace, source)
    pages = workspace.ledger.unloaded(source.source_id)
    rank = {stream: place for place, stream in enumerate(order)}
    pages.sort(key=lambda page: (rank.get(page.stream, len(rank)), page.seq))
    named: dict[str, list[Any]] = {name: [] for name in full_lists}
    mine, merged = ours.of(workspace, source), merges.Merges()
    for batch in _batches(pages, batch_rows):
        _load_batch(workspace, source, batch, decode, form, kind, done, named, mine, merged)
        for page in batch:
            progress(page.stream, page.rows)
    for name, keys in named.items():
        if keys:
            remove_missing(workspace, source, name, pa.concat_arrays(keys), done)
    merged.settle(workspace, source, done)
    meaning.settle(workspace, source, done)
    return done


def _batches(pages: Sequence[LandedPage], most: int) -> Iterator[list[LandedPage]]:
    batch: list[LandedPage] = []
    rows = 0
    for page in pages:
        if batch and (rows + page.rows > most or batch[0].stream != page.stream):
            yield batch
            batch, rows = [], 0
        batch.append(page)
        rows += page.rows
    if batch:
        yield batch


@dataclass(slots=True)
class _Counted:
    page: LandedPage
    bad: list[Bad]


def _load_batch(
    workspace: Workspace,
    source: Source,
    batch: Sequence[LandedPage],
    decode: Decoder,
    form: str,
    kind: str | None,
    done: Loaded,
    named: dict[str, list[Any]],
    mine: ours.Ours,
    merged: merges.Merges,
) -> None:
    gathered: dict[str, list[pa.Table]] = {}
    counted: dict[int, _Counted] = {}
    known = _Known(workspace, source)
    for page, found in decoded(workspace.landing, batch, decode, form, kind):
        faults.step("load.decode")
        done.notices.extend(notice for notice in found.notices if notice not in done.notices)
        entry = counted[page.seq] = _Counted(page, list(found.bad))
        for name, rows in sorted(found.tables.items(), key=lambda item: item[0] != "tickets"):
            rows, orphans = known.split(name, mine.told_apart(name, meaning.meant(name, rows, meaning.map_of(source))))
            entry.bad.extend(orphans)
            if rows.num_rows:
                merged.look(name, rows)
                gathered.setdefault(name, []).append(booked(source.source_id, name, rows, page))
                if name in named:
                    named[name].append(rows["external_id"].combine_chunks())
    changed_lines = {page.seq: [] for page in batch}  # type: dict[int, list[Any]]
    for name in sorted(gathered, key=lambda table: table != "tickets"):
        _merge(workspace, name, pa.concat_tables(gathered.pop(name)), done, changed_lines)
    for seq, entry in counted.items():  # a record of which a part was set aside is not counted as loaded as well
        if entry.bad and changed_lines[seq]:
            lines = np.concatenate(changed_lines[seq])
            changed_lines[seq] = [lines[~np.isin(lines, [bad.line for bad in entry.bad])]]
    _mark(workspace, source, counted, changed_lines)


def load_whole(workspace: Workspace, source: Source, pages: Sequence[LandedPage], parts: Iterable[Decoded]) -> Loaded:
    """Load records that only make sense together (an event log), decoded in parts of whole cases.

    ``_line`` and ``Bad.line`` count the records of the file from 1; a page holds those from its ``first_row`` on.
    """
    done = Loaded()
    counted = {page.seq: _Counted(page, []) for page in pages}
    changed_lines: dict[int, list[Any]] = {page.seq: [] for page in pages}
    starts = np.array([page.first_row for page in pages])
    for part in parts:
        done.notices.extend(notice for notice in part.notices if notice not in done.notices)
        for bad in part.bad:
            page = pages[max(0, int(np.searchsorted(starts, bad.line, side="right")) - 1)]
            counted[page.seq].bad.append(replace(bad, line=bad.line - page.first_row))
        for name, rows in sorted(hashed(part).tables.items(), key=lambda item: item[0] != "tickets"):
            home = np.searchsorted(starts, rows[LINE].to_numpy(), side="right") - 1
            shares = [rows.filter(pa.array(home == place)) for place in range(len(pages))]
            booked_rows = [
                booked(source.source_id, name, r, p) for r, p in zip(shares, pages, strict=True) if r.num_rows
            ]
            if booked_rows:
                _merge(workspace, name, pa.concat_tables(booked_rows), done, changed_lines)
    _mark(workspace, source, counted, changed_lines)
    return done


def _mark(
    workspace: Workspace, source: Source, counted: dict[int, _Counted], changed_lines: dict[int, list[Any]]
) -> None:
    faults.step("load.mark")
    counts: list[tuple[int, int, int]] = []
    bad: list[tuple[Any, ...]] = []
    for seq, entry in counted.items():
        lines = changed_lines[seq]
        counts.append((seq, len(distinct(np.concatenate(lines))) if lines else 0, len({b.line for b in entry.bad})))
        page = entry.page
        bad.extend(
            (source.source_id, page.stream, seq, page.file, page.first_row + b.line, b.key, b.code, b.field, b.message)
            for b in entry.bad
        )
    workspace.ledger.mark_loaded(counts, bad, list(counted))


def _merge(workspace: Workspace, name: str, rows: pa.Table, done: Loaded, changed_lines: dict[int, list[Any]]) -> None:
    merged = workspace.store.merge(name, rows, moving=_may_move(name, rows))
    if merged.changed is None:
        return
    done.tables.add(name)
    if "ticket_key" in merged.changed.schema.names:
        done.changed.append(distinct(merged.changed["ticket_key"].to_numpy()))
    seqs = merged.changed["load_seq"].to_numpy()
    lines = merged.changed[LINE].to_numpy()
    for seq in distinct(seqs):
        changed_lines[int(seq)].append(lines[seqs == seq])


def _may_move(name: str, rows: pa.Table) -> bool:
    """Whether some of the rows may have belonged to another ticket: a message that was edited since it was sent."""
    if name != "messages":
        return False
    return bool(pc.any(pc.greater(rows["source_updated_at"], rows["sent_at"])).as_py())


def booked(source_id: str, name: str, rows: pa.Table, page: LandedPage) -> pa.Table:
    """Hashed rows with the load bookkeeping and the partition month, in the table's schema plus ``_line``."""
    table = TABLES[name]
    n = rows.num_rows
    moment = pa.scalar(clock.now(), pa.timestamp("us", tz="UTC"))
    lines = pc.cast(rows[LINE], pa.string())
    columns: dict[str, Any] = {
        "source_id": pa.repeat(source_id, n),
        "load_seq": pa.repeat(pa.scalar(page.seq, pa.int64()), n),
        "first_seen_at": pa.repeat(moment, n),
        "last_synced_at": pa.repeat(moment, n),
        "raw_ref": pc.binary_join_element_wise(pa.repeat(page.sha256[:16], n), lines, ":"),
    }
    if table.partition is not None and table.partition_of is not None:
        columns[table.partition] = _months(rows[table.partition_of])
    arrays = [columns[f.name] if f.name in columns else rows[f.name] for f in table.schema]
    return pa.table([*arrays, rows[LINE]], schema=table.schema.append(pa.field(LINE, pa.int64())))


def _months(instants: Any) -> Any:
    """``YYYYMM`` of instants in UTC."""
    return pc.cast(pc.add(pc.multiply(pc.year(instants), 100), pc.month(instants)), pa.int32())


class _Known:
    """The ticket keys that exist, to tell rows of tickets that never appeared."""

    def __init__(self, workspace: Workspace, source: Source) -> None:
        self._workspace, self._source = workspace, source
        self._keys: Any = None
        self._stored: Any = None
        self._fresh: list[Any] = []

    def split(self, name: str, rows: pa.Table) -> tuple[pa.Table, list[Bad]]:
        """Rows of known tickets, and the others as ``orphan``."""
        if name == "tickets":
            self._fresh.append(rows["ticket_key"].to_numpy())
            self._keys = None
        if name == "tickets" or not TABLES[name].ticket_bound or "ticket_id" not in rows.schema.names:
            return rows, []
        if self._keys is None:
            if self._stored is None:
                self._stored = ticket_keys_of(self._workspace, self._source.source_id)
            self._keys = distinct(np.concatenate([self._stored, *self._fresh]))
        wanted = rows["ticket_key"].to_numpy()
        place = np.searchsorted(self._keys, wanted)
        place[place == len(self._keys)] = 0
        known = self._keys[place] == wanted if len(self._keys) else np.zeros(len(wanted), np.bool_)
        free = pc.is_null(rows["ticket_id"]).to_numpy()
        known |= free
        if bool(known.all()):
            return rows, []
        lost = rows.filter(pa.array(~known))
        field_name = "ticket_id"
        bad = [
            Bad(line, "orphan", field_name, f"ticket_id {ticket} names a ticket that has not appeared", ticket)
            for line, ticket in zip(lost[LINE].to_pylist(), lost["ticket_id"].to_pylist(), strict=True)
        ]
        return rows.filter(pa.array(known)), bad


def ticket_keys_of(workspace: Workspace, source_id: str) -> Any:
    """All ticket keys of a source as loaded so far; shape (n,), sorted."""
    rows = workspace.store.scan("tickets", None, ["ticket_key"], where=pc.field("source_id") == source_id)
    return np.sort(rows["ticket_key"].to_numpy())


def _retry_orphans(workspace: Workspace, source: Source) -> None:
    """Pages whose missing ticket has come meanwhile are loaded again."""
    from maitred.canon.keys import ticket_key

    orphans = workspace.ledger.orphans(source.source_id)
    if not orphans:
        return
    known = ticket_keys_of(workspace, source.source_id)
    streams = _streams_of_tickets(source.kind)
    pending = any(page.stream in streams for page in workspace.ledger.unloaded(source.source_id))
    found = {page for page, ticket in orphans if pending or ticket_key(ticket) in known}
    workspace.ledger.retry(sorted(found))


def _streams_of_tickets(kind: str) -> set[str]:
    """Names of the streams, or files, that tickets come from."""
    try:
        feeds = registry.feeds(kind)
    except MaitredError:  # files of a form that no helpdesk has
        feeds = {}
    return {"ticket", "tickets", *(name for name, about in feeds.items() if "tickets" in about.feeds)}


def remove_missing(workspace: Workspace, source: Source, name: str, named: pa.Array, done: Loaded) -> int:
    """Rows of a complete list that the list no longer names are marked as deleted; returns how many."""
    if not workspace.store.exists(name):
        return 0
    mine = (pc.field("source_id") == source.source_id) & pc.field("deleted_at").is_null()
    stored = stored_rows(workspace, name, mine)
    missing = stored.filter(pc.invert(pc.is_in(stored["external_id"], value_set=named)))
    if missing.num_rows:
        mark_gone(workspace, name, missing, "soft", done)
    return int(missing.num_rows)


def stored_rows(workspace: Workspace, name: str, where: Any) -> pa.Table:
    """Rows of a canonical table with all their columns, as loaded so far."""
    table = TABLES[name]
    names = [column for column in table.schema.names if column != table.partition]
    rows = workspace.store.scan(name, None, names, where=where)
    if table.partition is None or table.partition_of is None:
        return rows
    field = table.schema.field(table.partition)
    place = table.schema.get_field_index(table.partition)
    return rows.add_column(place, field, _months(rows[table.partition_of]))


def hash_rows(rows: pa.Table) -> pa.Table:
    """Rows in a table's schema with the hash of their content made anew, ready to be merged as line 0 of their page."""
    content = [name for name in rows.schema.names if name not in BOOKKEEPING and name != "source_id"]
    place = rows.schema.get_field_index("raw_hash")
    rows = rows.set_column(place, rows.schema.field(place), merging.content_hash(rows, content))
    return rows.append_column(LINE, pa.repeat(pa.scalar(0, pa.int64()), rows.num_rows))


def mark_gone(workspace: Workspace, name: str, rows: pa.Table, kind: str, done: Loaded) -> None:
    """Mark stored rows (all their columns) as deleted, in the same version of the source as they have."""
    n = rows.num_rows
    moment = pa.scalar(clock.now(), pa.timestamp("us", tz="UTC"))
    for column, value in (("deleted_at", moment), ("delete_kind", pa.scalar(kind))):
        place = rows.schema.get_field_index(column)
        rows = rows.set_column(place, rows.schema.field(place), pa.repeat(value, n))
    merge_again(workspace, name, rows, done)


def merge_again(workspace: Workspace, name: str, rows: pa.Table, done: Loaded) -> None:
    """Bring in stored rows (all their columns) that were changed here, in the source's version that they have."""
    place = rows.schema.get_field_index("load_seq")
    rows = rows.set_column(place, rows.schema.field(place), pc.add(rows["load_seq"], 1))
    merged = workspace.store.merge(name, hash_rows(rows))
    done.tables.add(name)
    if merged.changed is not None and "ticket_key" in merged.changed.schema.names:
        done.changed.append(distinct(merged.changed["ticket_key"].to_numpy()))
