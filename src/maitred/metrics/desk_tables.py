"""Facts that desks give: what people decided, as tables of the publication beside those of the clock engine.

A desk hands over all its rows; only the months that changed are written, and a publication is made only where something
did, with every other table and every source as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon import reviews
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace
from maitred.warehouse.store import Spec


@dataclass(frozen=True, slots=True)
class DeskTable:
    """One table of a desk: its schema, what names a row, and the month by which rows are put into files."""

    schema: pa.Schema
    key: str
    partition: str

    @property
    def columns(self) -> list[str]:
        """The columns that an export shows."""
        return [name for name in self.schema.names if name not in ("ticket_key", self.partition)]


DESK_TABLES: dict[str, DeskTable] = {reviews.TABLE: DeskTable(reviews.SCHEMA, "review_id", "submitted_month")}
"""Every table that a desk gives, by its name."""


def specs() -> list[Spec]:
    """How these tables are stored."""
    return [
        Spec(name, table.schema, table.partition, ("ticket_key", table.key), ("ticket_key",))
        for name, table in DESK_TABLES.items()
    ]


def publish_rows(
    workspace: Workspace, name: str, make: Callable[[], pa.Table], *, wait: float = 60.0
) -> Publication | None:
    """Make the rows that ``make`` gives the whole of a desk's table and publish it.

    Killed at any moment, readers see the publication before or the one after, and the same call again completes it.

    Returns
    -------
    Publication or None
        The new publication; None where the rows are those published already, or where nothing is published yet.

    Raises
    ------
    LeaseHeld
        Another process writes to the workspace for longer than ``wait`` seconds.
    """
    if not _changed(workspace, name, make()):
        return None
    from maitred.metrics.refresh import republished

    with workspace.writing(f"facts of {name}", wait):
        rows = make()  # once more, so that of two writers the later one does not bring back older rows
        months = _changed(workspace, name, rows)
        if not months:
            return None
        partition = DESK_TABLES[name].partition
        fresh = rows.filter(pc.is_in(rows[partition], value_set=pa.array(months, rows.schema.field(partition).type)))
        workspace.store.commit_files(name, workspace.store.write_files(name, fresh), months)
        return republished(workspace)


def published_rows(workspace: Workspace, publication: Publication, name: str) -> pa.Table:
    """All rows of a desk's table as published, in the order of their key; none where that publication has no table."""
    table = DESK_TABLES[name]
    if name not in publication.tables:
        return table.schema.empty_table()
    parts = workspace.store.batches(name, publication.tables[name])
    return _ordered(pa.concat_tables([table.schema.empty_table(), *parts]), table)


def _changed(workspace: Workspace, name: str, rows: pa.Table) -> list[int]:
    """The months whose rows are not those published; none where nothing is published that they could be read with."""
    publication = workspace.publication()
    if publication is None:
        return []
    table = DESK_TABLES[name]
    was, now = (_by_month(one, table) for one in (published_rows(workspace, publication, name), _ordered(rows, table)))
    return sorted(month for month in {*was, *now} if month not in was or month not in now or was[month] != now[month])


def _by_month(rows: pa.Table, table: DeskTable) -> dict[int, pa.Table]:
    months = pc.unique(rows[table.partition]).to_pylist()
    return {month: rows.filter(pc.equal(rows[table.partition], month)).combine_chunks() for month in months}


def _ordered(rows: pa.Table, table: DeskTable) -> pa.Table:
    return rows.cast(table.schema).sort_by(table.key)
