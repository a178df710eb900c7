"""A table as CSV, XLSX or Parquet: exactly the rows that are handed in, and what they mean beside them.

CSV and Parquet carry the keys of the columns and instants in UTC. A workbook is for people: labels, typed cells and
three sheets, of which the second explains the columns and the third says what was chosen. Rows are taken as they come
and never held all at once. The same rows and facts give the same bytes.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from numbers import Integral, Real
from typing import IO, Any, Literal, TypeAlias

import pyarrow as pa

from maitred.base import clock
from maitred.base.errors import UsageError
from maitred.kit.documents.sections import Facts
from maitred.warehouse import spreadsheets

Form: TypeAlias = Literal["csv", "xlsx", "parquet"]
Kind: TypeAlias = Literal["text", "whole", "number", "flag", "date", "instant"]

FORMS: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""Each form with its media type."""

_BATCH = 4_000
_TO_QUOTE = re.compile('[",\r\n]|^#')
_BOM = b"\xef\xbb\xbf"
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  (a workbook's times have no zone)
_FIRST_DATE = date(1900, 3, 1)
"""Before it Excel counts a day that never was."""
_TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", "UTC"),
}
_TAKES: dict[Kind, set[Kind]] = {"number": {"whole", "number"}}
"""Arrow itself would cut fractions off without a word."""
_FORMATS: dict[str, str] = {
    "whole": "0",
    "number": "General",
    "share": "0.0%",
    "date": "yyyy-mm-dd",
    "instant": "yyyy-mm-dd hh:mm:ss",
}
_WIDTHS: dict[Kind, int] = {"text": 28, "whole": 12, "number": 14, "flag": 9, "date": 12, "instant": 20}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where its values stand in a row, how it is called, measured and defined.

    ``kind`` is judged by the first rows if it is left out; name it where those may be empty or whole by chance.
    """

    key: str
    label: str
    unit: str = ""
    definition: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and rows by the columns' keys; a key that is missing is an empty cell."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Mapping[str, Any]]


def write(table: Table, form: Form, stream: IO[bytes], facts: Facts, *, bom: bool = False) -> int:
    """Write a table; returns the number of rows.

    Parameters
    ----------
    stream
        Takes the bytes; needs only ``write`` for CSV.
    facts
        Title, as-of, publication and filters: a sheet of the workbook, metadata of Parquet, nothing in CSV.
    bom
        Begin a CSV with the mark by which Excel knows UTF-8.

    Raises
    ------
    UsageError
        An unknown form, a value that is not of its column's kind, or more rows than a worksheet holds.
    """
    writers: dict[str, Callable[[], int]] = {
        "csv": lambda: _csv(table, stream, bom),
        "xlsx": lambda: _xlsx(table, stream, facts),
        "parquet": lambda: _parquet(table, stream, facts),
    }
    if form not in writers:
        raise UsageError(f"there is no export as {form}", f"choose one of {', '.join(writers)}")
    return writers[form]()


def _csv(table: Table, stream: IO[bytes], bom: bool) -> int:
    if bom:
        stream.write(_BOM)
    count = 0
    for place, batch in enumerate(_batches(table)):
        cells = spreadsheets.as_cells(batch)
        if place == 0:
            stream.write(_line(cells.schema.names).encode())
        stream.write("".join(map(_line, _rows(cells))).encode())
        count += batch.num_rows
    return count


def _line(cells: Iterable[Any]) -> str:
    return ",".join(map(_field, cells)) + "\n"


def _field(value: Any) -> str:
    """One cell; quoted also if it starts with ``#``, so that no record looks like a remark, and around a lone CR."""
    if value is None:
        return ""
    text = str(value)
    if _TO_QUOTE.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def _parquet(table: Table, stream: IO[bytes], facts: Facts) -> int:
    import pyarrow.parquet as pq

    count = 0
    writer = None
    try:
        for batch in _batches(table):
            if writer is None:
                schema = _described(batch.schema, table, facts)
                writer = pq.ParquetWriter(stream, schema, compression="zstd")
            writer.write_table(batch.cast(writer.schema))
            count += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    return count


def _described(schema: pa.Schema, table: Table, facts: Facts) -> pa.Schema:
    fields = [
        field.with_metadata({"label": column.label, "unit": column.unit, "definition": column.definition})
        for field, column in zip(schema, table.columns, strict=True)
    ]
    return pa.schema(fields, metadata={"maitred": json.dumps(dict(_said(table, facts)), ensure_ascii=False)})


def _said(table: Table, facts: Facts) -> list[tuple[str, Any]]:
    return [
        ("table", table.name),
        ("title", facts.title),
        ("as_of", clock.iso(facts.as_of)),
        ("zone", facts.zone),
        ("publication", facts.publication),
        ("filters", [list(pair) for pair in facts.filters]),
    ]


def _xlsx(table: Table, stream: IO[bytes], facts: Facts) -> int:
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="maitred-export.") as room:
        book = xlsxwriter.Workbook(
            stream,
            {
                "constant_memory": True,
                "tmpdir": room,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        book.set_properties({"created": _CREATED, "title": facts.title[:250], "author": "maitred"})
        sheets = [book.add_worksheet(name) for name in ("data", "definitions", "filters & publication")]
        try:
            kinds, count = _data_sheet(book, sheets[0], table)
            _definitions_sheet(book, sheets[1], table, kinds)
            _facts_sheet(book, sheets[2], table, facts, count)
            book.close()
        finally:
            for sheet in sheets:
                sheet._opt_close()  # their files of rows, in the folder that goes away now
    return count


def _data_sheet(book: Any, sheet: Any, table: Table) -> tuple[list[Kind], int]:
    kinds: list[Kind] = []
    formats: list[Any] = []
    count = 0
    for place, batch in enumerate(_batches(table)):
        if place == 0:
            kinds = [_kind_of(field.type) for field in batch.schema]
            formats = [_format(book, kind, c.unit) for kind, c in zip(kinds, table.columns, strict=True)]
            _heads(book, sheet, [_headline(c, k) for c, k in zip(table.columns, kinds, strict=True)])
            for column, kind in enumerate(kinds):
                sheet.set_column(column, column, _WIDTHS[kind])
        if count + batch.num_rows > spreadsheets.XLSX_ROWS:
            raise UsageError(
                f"a worksheet holds {spreadsheets.XLSX_ROWS} rows and this export has more", "export as csv or parquet"
            )
        for row, values in enumerate(_rows(_with_inert_text(batch)), start=count + 1):
            for column, value in enumerate(values):
                _write_cell(sheet, row, column, value, formats[column])
        count += batch.num_rows
    if table.columns:
        sheet.autofilter(0, 0, count, len(table.columns) - 1)
    return kinds, count


def _headline(column: Column, kind: Kind) -> str:
    return f"{column.label} (UTC)" if kind == "instant" else column.label


def _with_inert_text(batch: pa.Table) -> pa.Table:
    columns = [spreadsheets.inert(c) if pa.types.is_string(c.type) else c for c in batch.columns]
    return pa.table(columns, names=batch.schema.names)


def _write_cell(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, int | float):
        _write_number(sheet, row, column, value, form)
    elif isinstance(value, date):
        _write_date(sheet, row, column, value, form)
    else:
        sheet.write_string(row, column, spreadsheets.fitting(value), form)


def _write_number(sheet: Any, row: int, column: int, value: float, form: Any) -> None:
    """A number as a number; what a cell would round or has no form for, as text."""
    exact = value == value and abs(value) != float("inf") and (isinstance(value, float) or abs(value) <= 2**53)
    if exact:
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, str(value))


def _write_date(sheet: Any, row: int, column: int, value: date, form: Any) -> None:
    day = value.date() if isinstance(value, datetime) else value
    if day < _FIRST_DATE:
        sheet.write_string(row, column, clock.iso(value) if isinstance(value, datetime) else value.isoformat())
    else:
        sheet.write_datetime(row, column, value.replace(tzinfo=None) if isinstance(value, datetime) else value, form)


def _definitions_sheet(book: Any, sheet: Any, table: Table, kinds: list[Kind]) -> None:
    _heads(book, sheet, ["column", "key", "unit", "kind", "definition"])
    for column, width in enumerate((32, 24, 12, 10, 90)):
        sheet.set_column(column, column, width)
    lines = [(_headline(c, k), c.key, c.unit, k, c.definition) for c, k in zip(table.columns, kinds, strict=True)]
    _text_lines(sheet, lines)


def _facts_sheet(book: Any, sheet: Any, table: Table, facts: Facts, count: int) -> None:
    _heads(book, sheet, ["what", "value"])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    lines = [
        ("table", table.name),
        ("title", facts.title),
        ("as of", clock.iso(facts.as_of)),
        ("zone", facts.zone),
        ("publication", facts.publication),
        ("rows", str(count)),
        *((f"filter: {name}", value) for name, value in facts.filters),
    ]
    _text_lines(sheet, lines)


def _text_lines(sheet: Any, lines: Iterable[tuple[str, ...]]) -> None:
    for row, line in enumerate(lines, start=1):
        for column, text in enumerate(_inert(line)):
            sheet.write_string(row, column, spreadsheets.fitting(text))


def _heads(book: Any, sheet: Any, names: Iterable[str]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF0F5"})
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(_inert(tuple(names))):
        sheet.write_string(0, column, spreadsheets.fitting(name), bold)


def _inert(texts: tuple[str, ...]) -> list[str]:
    inert: list[str] = spreadsheets.inert(pa.chunked_array([pa.array(texts, pa.string())])).to_pylist()
    return inert


def _format(book: Any, kind: Kind, unit: str) -> Any:
    name = "share" if unit == "share" and kind == "number" else kind
    return book.add_format({"num_format": _FORMATS[name]}) if name in _FORMATS else None


def _batches(table: Table) -> Iterator[pa.Table]:
    """The rows in pieces of one schema; the first piece may be empty, so that there is always a header."""
    rows = iter(table.rows)
    schema: pa.Schema | None = None
    while (piece := list(islice(rows, _BATCH))) or schema is None:
        if schema is None:
            kinds = [column.kind or _judged(column.key, piece) for column in table.columns]
            schema = pa.schema([(c.key, _TYPES[k]) for c, k in zip(table.columns, kinds, strict=True)])
        arrays = [_array(column, [row.get(column.key) for row in piece], schema) for column in table.columns]
        yield pa.table(arrays, schema=schema)


def _judged(key: str, rows: list[Mapping[str, Any]]) -> Kind:
    """The kind of a column by its values; what is mixed or empty is text."""
    kinds = {_kind_of_value(value) for value in (row.get(key) for row in rows) if value is not None}
    if kinds == {"whole", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else "text"


def _kind_of_value(value: Any) -> Kind:
    # A flag is a whole number to Python and an instant is a date: the narrower one is asked first.
    kinds: tuple[tuple[type, Kind], ...] = (
        (bool, "flag"),
        (Integral, "whole"),
        (Real, "number"),
        (datetime, "instant"),
        (date, "date"),
    )
    return next((kind for type_, kind in kinds if isinstance(value, type_)), "text")


def _array(column: Column, values: list[Any], schema: pa.Schema) -> pa.ChunkedArray:
    type_ = schema.field(column.key).type
    kind = _kind_of(type_)
    if kind == "text":
        values = [None if value is None else _text(value) for value in values]
    elif not {_kind_of_value(value) for value in values if value is not None} <= _TAKES.get(kind, {kind}):
        raise _misfit(column, kind)
    try:
        return pa.chunked_array([pa.array(values, type_)])
    except (pa.ArrowInvalid, OverflowError) as error:
        raise _misfit(column, kind) from error


def _misfit(column: Column, kind: Kind) -> UsageError:
    return UsageError(f"column {column.key} holds a value that is not of kind {kind}", "name the column's kind")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _kind_of(kind: pa.DataType) -> Kind:
    return next(name for name, type_ in _TYPES.items() if type_ == kind)


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)
