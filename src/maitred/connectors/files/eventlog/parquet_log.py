"""Event logs in Parquet: every column as text, each batch landed as the CSV of its rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import BadInput
from maitred.connectors.files.eventlog.pages import LINE, Dialect, LogChunk, unique_names, without_giants

_FEW, _MANY = 1_000, 500_000


def columns_of(path: Path) -> tuple[str, ...]:
    """Column names from the file's footer."""
    return tuple(unique_names(_opened(path).schema_arrow.names))


def pages(path: Path, keep: Collection[str] | None, page_bytes: int) -> Iterator[LogChunk]:
    """Batches of the file's rows, each of about ``page_bytes`` when written as CSV.

    Raises
    ------
    BadInput
        The file is cut off or damaged.
    """
    file = _opened(path)
    names = unique_names(file.schema_arrow.names)
    first = 1
    try:
        for batch in file.iter_batches(batch_size=_batch_rows(file, page_bytes)):
            texts = [_as_text(column) for column in batch.columns]
            yield text_page(pa.table(texts, names=names), first, keep)
            first += batch.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(f"{path.name} is damaged after row {first - 1} ({error})", "fetch the file again") from error


def text_page(rows: pa.Table, first: int, keep: Collection[str] | None) -> LogChunk:
    """A page made of a table of texts; its body is the CSV of the whole table."""
    from pyarrow import csv as arrow_csv

    sink = pa.BufferOutputStream()
    arrow_csv.write_csv(rows, sink, arrow_csv.WriteOptions(quoting_style="needed"))
    count = rows.num_rows
    kept = rows.select([name for name in rows.column_names if keep is None or name in keep])
    columns: list[Any] = kept.columns
    filled = [column.fill_null("") for column in columns]
    numbers = pa.array(np.arange(first, first + count, dtype=np.int64))
    table = pa.table([*filled, numbers], names=[*kept.column_names, LINE])
    table, bad = without_giants(table)
    return LogChunk(sink.getvalue().to_pybytes(), table, bad, [], Dialect(), first, count)


def _opened(path: Path) -> Any:
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(f"{path.name} is no whole Parquet file ({error})", "fetch the file again") from error


def _batch_rows(file: Any, page_bytes: int) -> int:
    """Rows that fill a page, judged by the uncompressed size in the footer."""
    total = sum(file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups))
    width = max(1, 2 * total // max(1, file.metadata.num_rows))
    return int(min(max(page_bytes // width, _FEW), _MANY))


def _as_text(column: Any) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        zone = "Z" if kind.tz is not None else ""
        micros = pc.cast(column, pa.timestamp("us", tz=kind.tz), safe=False)
        plain = pc.cast(pc.cast(micros, pa.int64()), pa.timestamp("us"))
        return pc.strftime(plain, format=f"%Y-%m-%dT%H:%M:%S{zone}")
    if pa.types.is_nested(kind):
        return pa.array([None if value is None else json.dumps(value, default=str) for value in column.to_pylist()])
    try:
        return pc.cast(column, pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
