"""Exports: exactly what is published, as CSV, Parquet or XLSX; two exports of the same facts are the same bytes.

``tickets`` and ``sla`` open with the columns of the specification, in its order and form; every other table has its
canonical columns. Rows are sorted by key. Foreign text that a spreadsheet would run as a formula is made inert.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import NotFound, UsageError
from maitred.canon.tables import BOOKKEEPING, TABLES
from maitred.metrics import reading
from maitred.metrics.desk_tables import DESK_TABLES, published_rows
from maitred.metrics.facts import MODES, SPANS, STATUS_CLOCKS, TURN_CLOCKS
from maitred.metrics.folding import folded
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace
from maitred.warehouse import spreadsheets


def _clocks(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name}.{mode}" for name in names for mode in MODES)


TICKET_COLUMNS: tuple[str, ...] = (
    "ticket_id",
    "created_at",
    "status",
    "priority",
    "exclusion",
    "is_open",
    "first_reply_at",
    "first_assigned_at",
    "first_solved_at",
    "last_solved_at",
    "first_reply_agent_id",
    "first_assignee_id",
    "last_assignee_id",
    "solver_id",
    "handled_by",
    *_clocks(SPANS),
    *_clocks(STATUS_CLOCKS),
    "nrt_n",
    *_clocks(TURN_CLOCKS),
    "waiting_reply",
    "waiting_since",
    "public_agent_replies",
    "bot_replies",
    "agent_comments",
    "internal_notes",
    "customer_messages",
    "unknown_comments",
    "touches",
    "assignees",
    "reassignments",
    "groups",
    "group_changes",
    "solves",
    "reopens.solves",
    "reopens.transitions",
    "one_touch",
    "two_touch",
    "multi_touch",
    "csat.offered",
    "csat.first",
    "csat.last",
    "csat.good_to_bad",
    "csat.bad_to_good",
    "csat.agent_at_rating",
    "csat.agent_at_solve",
    "csat.agent_last_reply",
)
"""Header of ``export tickets``; further canonical columns follow."""

SLA_COLUMNS: tuple[str, ...] = (
    "ticket_id",
    "metric",
    "instance",
    "policy",
    "priority",
    "clock",
    "target_first_s",
    "target_s",
    "revisions",
    "applied_at",
    "revised_at",
    "started_at",
    "ended_at",
    "end_reason",
    "elapsed_all_s",
    "elapsed_last_s",
    "breach_at_all",
    "breach_at_last",
    "verdict_all",
    "verdict_last",
    "exclusion",
)
"""Header of ``export sla``."""

ALIASES = {"events": "ticket_events"}
"""Short names of tables, as they are spoken."""

_TICKET_EXTRA = tuple(
    name
    for name in TABLES["tickets"].schema.names
    if name not in {*BOOKKEEPING, "external_id", "created_at", "status", "priority", "ticket_key", "created_month"}
)


def export(
    workspace: Workspace,
    publication: Publication,
    table: str,
    to: Path,
    *,
    source: str | None = None,
    include_deleted: bool = False,
    with_load_times: bool = False,
    computed: Mapping[str, pa.Table] | None = None,
) -> int:
    """Write a table to a file, complete or not at all; returns the number of rows.

    ``computed`` holds facts to use instead of the stored ones, as ``source/table`` (see ``spark_clocks``).

    Raises
    ------
    UsageError
        The file's ending is none of csv, parquet, xlsx.
    NotFound
        The table or source does not exist.
    """
    table = ALIASES.get(table, table)
    form = to.suffix.lower().removeprefix(".")
    if form not in ("csv", "parquet", "xlsx"):
        raise UsageError(f"{to.name} ends neither in .csv, .parquet nor .xlsx", "choose one of these endings")
    sources = sorted(publication.sources)
    if source is not None:
        if source not in sources:
            raise NotFound(f"source {source} is not published", f"known: {', '.join(sources) or 'none'}")
        sources = [source]
    if table == "tickets":
        tables = _tickets(workspace, publication, sources, include_deleted, computed)
    elif table == "sla":
        tables = _sla(workspace, publication, sources, include_deleted, computed)
    elif table in TABLES:
        tables = _canonical(workspace, publication, table, sources, include_deleted, with_load_times)
    elif table in DESK_TABLES:
        tables = _of_desk(workspace, publication, table, sources)
    else:
        raise NotFound(
            f"there is no table {table}",
            f"known: tickets, sla, events, {', '.join(n for n in (*TABLES, *DESK_TABLES) if n != 'tickets')}",
        )
    to.parent.mkdir(parents=True, exist_ok=True)
    return spreadsheets.write(tables, to, form)


def _tickets(
    workspace: Workspace,
    publication: Publication,
    sources: Sequence[str],
    include_deleted: bool,
    computed: Mapping[str, pa.Table] | None,
) -> Iterator[pa.Table]:
    stored = [column.replace(".", "_") for column in TICKET_COLUMNS]
    yield _head(TICKET_COLUMNS, stored, "ticket_facts", _TICKET_EXTRA)
    for source in sources:
        for low, high in reading.key_slices(workspace, publication, source):
            facts = _facts(workspace, publication, "ticket_facts", stored, source, low, high, computed)
            columns = ["ticket_key", *_TICKET_EXTRA]
            canonical = workspace.store.scan(
                "tickets",
                publication.tables["tickets"],
                columns,
                low=low,
                high=high,
                where=pc.field("source_id") == source,
            )
            facts = facts.sort_by("ticket_key")
            canonical = canonical.sort_by("ticket_key").filter(
                pc.is_in(canonical.sort_by("ticket_key")["ticket_key"], value_set=facts["ticket_key"].combine_chunks())
            )
            if not include_deleted:
                live = pc.is_null(canonical["deleted_at"])
                facts, canonical = facts.filter(live), canonical.filter(live)
            arrays = [_flag01(facts[name]) for name in stored] + [canonical[name] for name in _TICKET_EXTRA]
            yield pa.table(arrays, names=[*TICKET_COLUMNS, *_TICKET_EXTRA])


def _facts(
    workspace: Workspace,
    publication: Publication,
    name: str,
    columns: Sequence[str],
    source: str,
    low: int,
    high: int,
    computed: Mapping[str, pa.Table] | None,
) -> pa.Table:
    if computed is None:
        return reading.facts(workspace, publication, name, columns, source, low=low, high=high)
    rows = computed[f"{source}/{name}"]
    inside = pc.and_(pc.greater_equal(rows["ticket_key"], low), pc.less_equal(rows["ticket_key"], high))
    return rows.filter(inside).select([*dict.fromkeys([*columns, "ticket_key"])])


def _head(names: Sequence[str], stored: Sequence[str], table: str, extra: Sequence[str]) -> pa.Table:
    """An empty table with the header, so that an export without rows still has it."""
    from maitred.metrics.facts import FACTS

    columns = [_flag01(pa.chunked_array([], FACTS[table].field(name).type)) for name in stored]
    columns += [pa.chunked_array([], TABLES["tickets"].schema.field(name).type) for name in extra]
    return pa.table(columns, names=[*names, *extra])


def _sla(
    workspace: Workspace,
    publication: Publication,
    sources: Sequence[str],
    include_deleted: bool,
    computed: Mapping[str, pa.Table] | None,
) -> Iterator[pa.Table]:
    yield _head(SLA_COLUMNS, SLA_COLUMNS, "sla_facts", ())
    for source in sources:
        gone = workspace.store.scan(
            "tickets",
            publication.tables["tickets"],
            ["ticket_key"],
            where=(pc.field("source_id") == source) & pc.field("deleted_at").is_valid(),
        )["ticket_key"].combine_chunks()
        for low, high in reading.key_slices(workspace, publication, source):
            facts = _facts(workspace, publication, "sla_facts", SLA_COLUMNS, source, low, high, computed)
            if len(gone) and not include_deleted:
                facts = facts.filter(pc.invert(pc.is_in(facts["ticket_key"], value_set=gone)))
            order = [("ticket_key", "ascending"), ("metric", "ascending"), ("instance", "ascending")]
            yield facts.sort_by(order).select(SLA_COLUMNS)


def _of_desk(workspace: Workspace, publication: Publication, name: str, sources: Sequence[str]) -> Iterator[pa.Table]:
    """What a desk gave, about tickets of some sources."""
    rows = published_rows(workspace, publication, name)
    yield rows.filter(pc.is_in(rows["source_id"], value_set=pa.array(sources))).select(DESK_TABLES[name].columns)


def _canonical(
    workspace: Workspace,
    publication: Publication,
    name: str,
    sources: Sequence[str],
    include_deleted: bool,
    with_load_times: bool,
) -> Iterator[pa.Table]:
    table = TABLES[name]
    hidden = {"ticket_key", table.partition, *(BOOKKEEPING if not with_load_times else ("raw_hash",))}
    columns = [c for c in table.schema.names if c not in hidden]
    yield table.schema.empty_table().select(columns)
    if name not in publication.tables:
        return
    for source in sources:
        where = pc.field("source_id") == source
        if not include_deleted:
            where = where & pc.field("deleted_at").is_null()
        for low, high in _canonical_slices(workspace, publication, name, source, where):
            wanted = [*columns, "ticket_key"] if table.ticket_bound else columns
            rows = workspace.store.scan(name, publication.tables[name], wanted, low=low, high=high, where=where)
            yield (folded(rows) if name == "ticket_events" else _ordered(name, rows)).select(columns)


def _ordered(name: str, rows: pa.Table) -> pa.Table:
    keys = [n for n in ("ticket_key", "occurred_at", "sent_at", "at", "seq", "external_id") if n in rows.schema.names]
    return rows.sort_by([(key, "ascending") for key in keys])


def _canonical_slices(
    workspace: Workspace, publication: Publication, name: str, source: str, where: Any
) -> Iterator[tuple[int | None, int | None]]:
    if not TABLES[name].ticket_bound:
        yield None, None
        return
    import numpy as np

    rows = workspace.store.scan(name, publication.tables[name], ["ticket_key"], where=where)
    keys = np.sort(rows["ticket_key"].to_numpy())
    start = 0
    while start < len(keys):
        low = int(keys[start])
        high = int(keys[min(start + 2 * reading.SLICE, len(keys)) - 1])
        yield low, high
        start = int(np.searchsorted(keys, high, side="right"))


def _flag01(column: Any) -> Any:
    return pc.cast(column, pa.int8()) if pa.types.is_boolean(column.type) else column
