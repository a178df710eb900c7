"""The clock engine inside Spark: the same function over the same rows, by ``mapInArrow``, with the same facts.

Rows of all input tables travel as one stream of (table, columns of all tables), hashed by ticket, so that each
partition holds whole tickets and computes them exactly as this machine would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import TABLES
from maitred.metrics.asking import pins
from maitred.metrics.clocks import engine as clocks
from maitred.metrics.clocks import policies
from maitred.metrics.facts import FACTS
from maitred.metrics.refresh import read_policies, reference
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace
from maitred.warehouse.engines import Engine, open_engine

TABLE = "input_table"
_EXPORTED = {"tickets": "ticket_facts", "sla": "sla_facts"}


def compute_in_spark(
    workspace: Workspace,
    publication: Publication,
    source_id: str,
    name: str,
    engine: Engine,
    partitions: int | None = None,
) -> pa.Table:
    """One facts table of a source, computed by the engine's workers.

    Parameters
    ----------
    name
        A facts table (``ticket_facts``, ``sla_facts`` ...).
    engine
        A Spark engine with the publication's tables registered.
    """
    source = workspace.ledger.source(source_id)
    assert source is not None
    as_of = datetime.fromisoformat(publication.sources[source_id]["as_of"])
    ref = reference(workspace, source, as_of, publication.tables)
    schema = FACTS[name]
    rules = read_policies(workspace, source_id, publication.tables)
    query, columns = stream(source_id, publication.tables, policies.ticket_columns(rules))

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        rows = list(batches)
        if not rows:
            return
        tables = policies.completed(_apart(pa.Table.from_batches(rows), columns), rules)
        facts = clocks.compute(tables, ref).facts[name]
        plain = pa.table([_plain(c) for c in facts.columns], names=facts.schema.names).cast(schema)
        yield from plain.combine_chunks().to_batches()

    return engine.map_in_arrow(query, run, schema, key=["ticket_key"], partitions=partitions)


def stream(
    source_id: str, versions: Mapping[str, int], more: tuple[str, ...] = ()
) -> tuple[Any, dict[str, tuple[str, ...]]]:
    """The query that puts all input rows of a source into one relation, and the columns of each table.

    ``more`` are further columns of ``tickets``, which service-level policies ask for.
    """
    from sqlglot import exp, parse_one

    present = {name: columns for name, columns in clocks.INPUTS.items() if name in versions}
    if "tickets" in present:
        present["tickets"] = (*present["tickets"], *more)
    everything: dict[str, Any] = {}
    for name, columns in present.items():
        for column in columns:
            if column != "ticket_key":
                everything[f"{name}__{column}"] = TABLES[name].schema.field(column).type
    parts = []
    for name in present:
        chosen = [f"'{name}' AS {TABLE}", "ticket_key"]
        for flat, kind in everything.items():
            table, _, column = flat.partition("__")
            chosen.append(f'"{column}" AS {flat}' if table == name else f"CAST(NULL AS {_sql_type(kind)}) AS {flat}")
        where = "source_id = :source" + ("" if name == "tickets" else " AND deleted_at IS NULL")
        parts.append(f"SELECT {', '.join(chosen)} FROM {name} WHERE {where}")
    query = parse_one(" UNION ALL ".join(parts).replace(":source", exp.Literal.string(source_id).sql()))
    return query, present


def _sql_type(kind: Any) -> str:
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ"
    if pa.types.is_boolean(kind):
        return "BOOLEAN"
    if pa.types.is_int64(kind):
        return "BIGINT"
    if pa.types.is_int32(kind):
        return "INT"
    return "ARRAY<TEXT>" if pa.types.is_list(kind) else "TEXT"


def _apart(rows: pa.Table, columns: Mapping[str, tuple[str, ...]]) -> dict[str, pa.Table]:
    """The tables again, from their common relation."""
    tables = {}
    for name, names in columns.items():
        mine = rows.filter(pc.equal(rows[TABLE], name))
        arrays = [mine["ticket_key"] if column == "ticket_key" else mine[f"{name}__{column}"] for column in names]
        kinds = [TABLES[name].schema.field(column).type for column in names]
        tables[name] = pa.table(
            [pc.cast(_plain(a), kind) for a, kind in zip(arrays, kinds, strict=True)], names=list(names)
        )
    return tables


def _plain(column: Any) -> Any:
    return pc.cast(column, column.type.value_type) if pa.types.is_dictionary(column.type) else column


@contextmanager
def recomputed(
    workspace: Workspace, publication: Publication, table: str, engine: str | None
) -> Iterator[dict[str, pa.Table] | None]:
    """Facts of each source as a Spark server computes them, for ``export --engine spark=...``; None for DuckDB."""
    facts = _EXPORTED.get(table)
    spec = engine or workspace.settings.get("engine", "duckdb")
    if spec == "duckdb" or facts is None:
        yield None
        return
    opened = open_engine(spec)
    try:
        opened.register(pins(workspace, publication))
        yield {
            f"{source}/{facts}": compute_in_spark(workspace, publication, source, facts, opened)
            for source in sorted(publication.sources)
        }
    finally:
        opened.close()
