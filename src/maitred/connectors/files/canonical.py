"""A folder of canonical tables as Parquet files: what the simulated floor writes, and what another program may bring.

One file per table, ``tickets.parquet`` and so on, with the columns of ``canon.tables`` apart from the load bookkeeping
(source, hash, load sequence, partition month), which the loader adds and which is left aside where a file has it. A row
that lacks what may not be missing, or says a word that the canonical record does not know, is set aside by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import BadInput
from maitred.canon.tables import ACTOR_TYPES, CHANNELS, PRIORITIES, SLA_METRICS, STATUSES, TABLES
from maitred.connectors.columns import LINE, conform, decoded_schema
from maitred.connectors.decoded import Bad, Decoded
from maitred.connectors.files import tables

PAGE_ROWS = 100_000
ORDER: tuple[str, ...] = (
    "organizations",
    "groups",
    "users",
    *(
        name
        for name in TABLES
        if name not in ("organizations", "groups", "users", "tickets", "ticket_events", "messages", "tombstones")
        and not TABLES[name].ticket_bound
    ),
    "tickets",
    *(name for name in TABLES if TABLES[name].ticket_bound and name != "tickets"),
)
"""The tables that can be brought, in the order in which they are loaded: tickets before what belongs to them."""
FULL_LISTS = ("schedules", "schedule_intervals", "schedule_holidays", "sla_policies", "sla_targets")
_WORDS: dict[str, dict[str, Sequence[str]]] = {
    "tickets": {"status": STATUSES, "priority": PRIORITIES, "channel": CHANNELS},
    "ticket_events": {"actor_type": ACTOR_TYPES},
    "messages": {"author_type": ACTOR_TYPES},
    "sla_events": {"metric": SLA_METRICS},
    "sla_targets": {"metric": SLA_METRICS},
}
_FILLED = frozenset(("ticket_key", "custom", LINE))


@dataclass(frozen=True, slots=True)
class CanonicalPage:
    """Consecutive rows of a file; ``first_row`` counts them from 1."""

    stream: str
    file: str
    first_row: int
    rows: pa.Table


def scan(directory: Path) -> tuple[list[tables.TableFile], list[str]]:
    """The table files of a folder in the order of ``ORDER``, and a notice for what is left alone.

    Raises
    ------
    BadInput
        The folder is missing, empty, or holds no canonical table.
    """
    found, notices = tables.scan(directory, ORDER, "canonical")
    others = [file.path.name for file in found if file.path.suffix.lower() != ".parquet"]
    if others:
        raise BadInput(f"{others[0]} is not a Parquet file", "canonical tables are read from Parquet files only")
    return found, notices


def pages(file: tables.TableFile) -> Iterator[CanonicalPage]:
    """The rows of a file, ``PAGE_ROWS`` at a time, with the columns of its table in their types.

    The same file gives the same pages.

    Raises
    ------
    BadInput
        It is no whole Parquet file, a needed column is missing, one is unknown, or a value does not fit its type.
    """
    import pyarrow.parquet as pq

    name = file.path.name
    try:
        with pq.ParquetFile(file.path) as source:
            wanted = _columns(file.stream, name, source.schema_arrow.names)
            first_row = 1
            for batch in source.iter_batches(batch_size=PAGE_ROWS, columns=[field.name for field in wanted]):
                rows = _typed(name, first_row, pa.Table.from_batches([batch]), wanted)
                yield CanonicalPage(file.stream, name, first_row, rows)
                first_row += rows.num_rows
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{name} is not a whole Parquet file ({error})", "copy it again from its source") from error


def slices(batches: Iterable[Mapping[str, pa.Table]]) -> Iterator[CanonicalPage]:
    """The pages of tables that are in memory, some rows at a time; a table's name stands for its file.

    The same batches give the same pages. Tables without rows, and those that are no part of the record, give none.

    Raises
    ------
    BadInput
        A needed column is missing, one is unknown, or a value does not fit its type.
    """
    given: dict[str, int] = {}
    for batch in batches:
        for stream in (name for name in ORDER if name in batch):
            whole = batch[stream]
            wanted = _columns(stream, stream, whole.schema.names)
            for start in range(0, whole.num_rows, PAGE_ROWS):
                first_row = given.get(stream, 0) + 1
                part = whole.slice(start, PAGE_ROWS)
                given[stream] = first_row + part.num_rows - 1
                yield CanonicalPage(stream, stream, first_row, _typed(stream, first_row, part, wanted))


def _columns(stream: str, name: str, given: Sequence[str]) -> list[Any]:
    """The fields of the table that the file has."""
    table = TABLES[stream]
    unknown = sorted(set(given) - set(table.schema.names))
    if unknown:
        raise BadInput(f"{name} has a column {unknown[0]} that {stream} does not know", "take it out or rename it")
    wanted = decoded_schema(stream)
    missing = [f.name for f in wanted if not f.nullable and f.name not in (*given, *_FILLED)]
    if missing:
        raise BadInput(f"{name} has no column {missing[0]}", f"{stream} needs {', '.join(missing)}")
    return [field for field in wanted if field.name in given and field.name not in ("ticket_key", LINE)]


def _typed(name: str, first_row: int, rows: pa.Table, wanted: Sequence[Any]) -> pa.Table:
    """Rows in the canonical types; nullable all over, since a null that may not be is for ``decode`` to name."""
    arrays = []
    for field in wanted:
        column: Any = rows[field.name]
        if column.type != field.type:
            try:
                column = pc.cast(column, field.type)
            except pa.ArrowException as error:
                where = f"{name}, rows from {first_row}: column {field.name}"
                raise BadInput(f"{where} is no {field.type} ({error})", "write it in its canonical type") from error
        arrays.append(column)
    return pa.table(arrays, schema=pa.schema([pa.field(field.name, field.type) for field in wanted]))


def as_body(rows: pa.Table) -> bytes:
    """Rows of a page as an Arrow stream, the form in which they are landed."""
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, rows.schema) as stream:
        stream.write_table(rows)
    body: bytes = out.getvalue().to_pybytes()
    return body


def decode(stream: str, body: bytes) -> Decoded:
    """Rows of a landed page in exactly the schema of ``columns.decoded_schema``, and those that are set aside."""
    rows = pa.ipc.open_stream(body).read_all()
    lines: Any = pa.array(range(rows.num_rows), pa.int64())
    bad = _faults(stream, rows)
    if bad:
        kept = pc.invert(pc.is_in(lines, value_set=pa.array(sorted({one.line for one in bad}), pa.int64())))
        rows, lines = rows.filter(kept), lines.filter(kept)
    columns = {name: rows[name] for name in rows.schema.names}
    return Decoded({stream: conform(stream, columns, lines)} if rows.num_rows else {}, bad)


def _faults(stream: str, rows: pa.Table) -> list[Bad]:
    """Rows without what may not be missing, and rows with a word that is none of the canonical record's."""
    found: dict[int, Bad] = {}
    for field in decoded_schema(stream):
        if field.name in rows.schema.names and not field.nullable and rows[field.name].null_count:
            for line in pc.indices_nonzero(pc.is_null(rows[field.name])).to_pylist():
                found.setdefault(line, Bad(line, "missing_key", field.name, f"{field.name} is missing"))
    for name, words in _WORDS.get(stream, {}).items():
        if name not in rows.schema.names:
            continue
        known = pc.or_(pc.is_in(rows[name], value_set=pa.array(words)), pc.is_null(rows[name]))
        if pc.all(known).as_py() in (True, None):
            continue
        for line in pc.indices_nonzero(pc.invert(known)).to_pylist():
            value = str(rows[name][line].as_py())[:60]
            found.setdefault(line, Bad(line, "bad_enum", name, f"{name} {value!r} is not one of {', '.join(words)}"))
    keys = rows["external_id"]
    return [Bad(b.line, b.code, b.field, b.message, keys[b.line].as_py()) for _, b in sorted(found.items())]
