"""Reconciling an account: every id is held against the helpdesk's own, what is gone is marked, what is missing fetched.

Nothing is marked as gone from the absence in a list alone: the helpdesk is asked for each such ticket. More than 2 % of
the tickets are not marked in one go unless somebody accepts it. What still does not add up afterwards is a gap, told
with both values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base import clock
from maitred.canon.tables import TABLES
from maitred.connectors import registry
from maitred.connectors.columns import LINE
from maitred.connectors.live import Binned, Refused
from maitred.sync import daily
from maitred.sync.ledger import Source
from maitred.sync.loading import Loaded, mark_gone, stored_rows
from maitred.sync.workspace import Workspace

if TYPE_CHECKING:
    from maitred.sync.engine import Run

MOST_GONE = 0.02
FEW = 5
"""So many tickets may go whatever share they are."""
AT_ONCE = 100
MOST_REFETCHED = 20_000
TICKETS_AT_ONCE = 200_000
FOLDED = {"status": "status", "assignee": "assignee_id", "group": "group_id", "priority": "priority"}
"""Fields whose history has to end at the ticket's present value, with the ticket's column."""


def reconcile(run: Run, accept_mass_delete: bool = False) -> None:
    """Compare, mark, fetch, and tell what remains; the run loads and publishes afterwards.

    Raises
    ------
    Refused
        The helpdesk could not be asked to the end; nothing is marked as gone then.
    """
    run.load_and_publish()
    run.standings.remember(counted=run.connector.count(run.api, run.account), counted_at=clock.iso(clock.now()))
    days = daily.differing(run)
    _ids(run, accept_mass_delete)
    lost, refetched = daily.missing(run, days)
    _refetch(run, lost)
    _histories(run)
    run.load_and_publish()
    daily.settle(run, days, refetched)
    run.standings.remember(reconciled_at=clock.iso(clock.now()))


# ---------------------------------------------------------------- ids


def _ids(run: Run, accept_mass_delete: bool) -> None:
    slug = run.account.slug
    theirs = _gathered(run)
    ours = tickets_of(run.workspace, slug, ["external_id", "deleted_at", "delete_kind"])
    there = pc.and_(pc.is_null(ours["deleted_at"]), pc.is_null(ours["delete_kind"]))
    live = ours.filter(there)["external_id"]  # one that the helpdesk itself told to be deleted is in no list of its ids
    known = ours["external_id"].combine_chunks()
    new = theirs.filter(pc.invert(pc.is_in(theirs, value_set=known)))
    back = pc.is_in(known, value_set=theirs)
    returned = known.filter(pc.and_(back, pc.invert(pc.is_null(ours["deleted_at"].combine_chunks()))))
    lost = live.filter(pc.invert(pc.is_in(live, value_set=theirs))).to_pylist()
    gone = _absent(run, lost)
    kept = sorted(set(lost) - set(gone))
    if len(gone) > max(FEW, MOST_GONE * len(live)) and not accept_mass_delete:
        message = f"the helpdesk no longer has {len(gone)} of {len(live)} tickets; none is marked until it is accepted"
        run.standings.gap("tickets", "mass", "mass-delete", message)
        run.outcome.notices.append(message)
        run.outcome.refusal = run.outcome.refusal or message
    else:
        run.standings.resolve("mass-delete")
        run.gone += gone
    run.gone += _purged(run, ours, theirs)
    _refetch(run, [*new.to_pylist(), *returned.to_pylist(), *kept])


def _purged(run: Run, ours: pa.Table, theirs: pa.Array) -> list[str]:
    """Deleted tickets that the helpdesk keeps no longer; they are in no list of its ids, and do not come again."""
    connector = run.connector
    soft = pc.and_(pc.is_null(ours["deleted_at"]), pc.fill_null(pc.equal(ours["delete_kind"], "soft"), False))
    binned = ours.filter(soft)["external_id"]
    asked = binned.filter(pc.invert(pc.is_in(binned, value_set=theirs))).to_pylist()
    if not asked or not isinstance(connector, Binned):
        return []
    try:
        kept = set(connector.binned(run.reading(), asked))
    except Refused as refusal:
        run.outcome.notices.append(f"whether deleted tickets are still kept was not told: {refusal}")
        return []
    return [one for one in asked if one not in kept]


def _gathered(run: Run) -> pa.Array:
    """Every id at the source."""
    parts: list[pa.Array] = []
    for ids in run.connector.ids(run.reading()):
        parts.append(pa.array(ids, pa.string()))
        run.progress("ids", len(ids))
        run.give_way()
    return pc.unique(pa.concat_arrays(parts)) if parts else pa.array([], pa.string())


def _absent(run: Run, tickets: Sequence[str]) -> list[str]:
    """Those of which the helpdesk itself says that it does not have them."""
    gone: list[str] = []
    for place in range(0, len(tickets), AT_ONCE):
        gone += run.connector.absent(run.reading(), list(tickets[place : place + AT_ONCE]))
        run.give_way()
    return gone


def _refetch(run: Run, tickets: Sequence[str]) -> None:
    """Fetch tickets anew, most of them once; more than a night's worth is left to the next one."""
    chosen = list(dict.fromkeys(tickets))[:MOST_REFETCHED]
    for place in range(0, len(chosen), AT_ONCE):
        for stream, fetched in run.connector.refetch(run.reading(), chosen[place : place + AT_ONCE]):
            run.keep(stream, fetched.records)
            run.progress("refetched", len(fetched.records))
        run.give_way()


# ---------------------------------------------------------------- histories


def _histories(run: Run) -> None:
    """Tickets whose history does not lead to what they are now: fetched anew, then told where it remains so."""
    if not _has_history(run):
        return
    run.load_and_publish()
    odd = sorted({ticket for ticket, _, _ in _differing(run)})
    if odd:
        try:
            _refetch(run, odd)
        except Refused as refusal:
            run.outcome.notices.append(f"histories were not fetched anew: {refusal}")
        run.load_and_publish()
    left = list(_differing(run)) if odd else []
    run.standings.resolve("history", [f"{ticket}:{what}" for ticket, what, _ in left])
    for ticket, what, message in left:
        run.standings.gap("ticket_events", f"{ticket}:{what}", "history", message)


def _has_history(run: Run) -> bool:
    """Whether a stream of its own tells what happened to tickets, and was read to its end."""
    feeds = registry.feeds(run.account.vendor)
    return any(
        each.complete and feeds[each.stream].feeds[:1] == ("ticket_events",)
        for each in run.outcome.streams
        if each.stream in feeds
    )


def _differing(run: Run) -> Iterator[tuple[str, str, str]]:
    """Ticket, field (or ``created``) and what is wrong, some tickets at a time.

    A field without any event has not changed as far as anybody told; it contradicts nothing.
    """
    tickets = tickets_of(run.workspace, run.account.slug, ["ticket_key", "external_id", "deleted_at", *FOLDED.values()])
    tickets = tickets.filter(pc.is_null(tickets["deleted_at"])).sort_by("ticket_key")
    for place in range(0, tickets.num_rows, TICKETS_AT_ONCE):
        some = tickets.slice(place, TICKETS_AT_ONCE)
        yield from _differing_among(run.workspace, run.account.slug, some)


def _differing_among(workspace: Workspace, slug: str, tickets: pa.Table) -> Iterator[tuple[str, str, str]]:
    keys = tickets["ticket_key"]
    wanted = (
        (pc.field("source_id") == slug)
        & pc.field("deleted_at").is_null()
        & pc.field("field").isin(["created", *FOLDED])
    )
    events = _scanned(
        workspace,
        "ticket_events",
        ["ticket_key", "field", "new_value", "occurred_at", "seq"],
        low=keys[0].as_py(),
        high=keys[-1].as_py(),
        where=wanted,
    )
    events = events.sort_by([("ticket_key", "ascending"), ("occurred_at", "ascending"), ("seq", "ascending")])
    last = events.group_by(["ticket_key", "field"], use_threads=False).aggregate([("new_value", "last")])
    ids = dict(zip(keys.to_pylist(), tickets["external_id"].to_pylist(), strict=True))
    created = last.filter(pc.equal(last["field"], "created"))["ticket_key"].combine_chunks()
    for key in keys.filter(pc.invert(pc.is_in(keys, value_set=created))).to_pylist():
        yield ids[key], "created", f"ticket {ids[key]} has no history from its creation on"
    for name, column in FOLDED.items():
        told = last.filter(pc.equal(last["field"], name)).select(["ticket_key", "new_value_last"])
        both = tickets.select(["ticket_key", column]).join(told, "ticket_key", join_type="inner")
        same = pc.equal(pc.fill_null(both[column], ""), pc.fill_null(both["new_value_last"], ""))
        for row in both.filter(pc.invert(same)).to_pylist():
            ticket, ends, now = ids[row["ticket_key"]], row["new_value_last"] or "nothing", row[column] or "nothing"
            yield (
                ticket,
                name,
                f"the history of ticket {ticket} ends at {name} {ends}, the ticket says {now}",
            )


# ---------------------------------------------------------------- marking


def mark(workspace: Workspace, source: Source, tickets: Sequence[str], loaded: Loaded) -> int:
    """Mark tickets that the helpdesk no longer has, with a tombstone each; returns how many were marked."""
    mine = (pc.field("source_id") == source.source_id) & pc.field("deleted_at").is_null()
    named = mine & pc.field("external_id").isin(list(tickets))
    rows = stored_rows(workspace, "tickets", named)
    if not rows.num_rows:
        return 0
    mark_gone(workspace, "tickets", rows, "hard", loaded)
    workspace.store.merge("tombstones", _tombstones(source, rows))
    loaded.tables.add("tombstones")
    return int(rows.num_rows)


def _tombstones(source: Source, tickets: pa.Table) -> pa.Table:
    schema, n = TABLES["tombstones"].schema, tickets.num_rows
    moment = pa.scalar(clock.now(), pa.timestamp("us", tz="UTC"))
    columns: dict[str, Any] = {
        **{name: tickets[name] for name in ("raw_hash", "load_seq", "raw_ref")},
        "external_id": pc.binary_join_element_wise("tickets", tickets["external_id"], ":"),
        "source_id": pa.repeat(source.source_id, n),
        "table_name": pa.repeat("tickets", n),
        "reason": pa.repeat("reconcile_missing", n),
        **{name: pa.repeat(moment, n) for name in ("source_updated_at", "first_seen_at", "last_synced_at", "seen_at")},
    }
    arrays = [columns.get(field.name, pa.nulls(n, field.type)) for field in schema]
    lines = pa.array(np.zeros(n, np.int64))
    return pa.table([*arrays, lines], schema=schema.append(pa.field(LINE, pa.int64())))


def tickets_of(workspace: Workspace, slug: str, columns: Sequence[str]) -> pa.Table:
    """Columns of an account's published tickets."""
    return _scanned(workspace, "tickets", columns, where=pc.field("source_id") == slug)


def _scanned(workspace: Workspace, name: str, columns: Sequence[str], **bounds: Any) -> pa.Table:
    """Columns of the newest publication."""
    published = workspace.publication()
    if published is None or name not in published.tables:
        return pa.schema([TABLES[name].schema.field(column) for column in columns]).empty_table()
    return workspace.store.scan(name, published.tables[name], columns, **bounds)
