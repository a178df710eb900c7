"""Tables written as CSV, Parquet or XLSX: complete or not at all, foreign text inert, the same rows the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import UsageError

XLSX_ROWS = 1_048_575
XLSX_TEXT = 32_767
_CUT = " [cut: a worksheet cell holds no more]"
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  (the same rows give the same bytes)
_FORMULA = "(^|[,;\\t\\r\\n])[ \u00a0]*[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]"
_NUMBER = r"^[ ]*[-+]?[0-9]+([.][0-9]+)?[ ]*$"


def write(tables: Iterator[pa.Table], to: Path, form: str) -> int:
    """Write tables of one schema, one after another, to a file that appears only when it is whole; returns the rows.

    Raises
    ------
    UsageError
        More rows than a worksheet holds.
    """
    beside = to.with_name(f".{to.name}.part")
    try:
        count = {"csv": _csv, "parquet": _parquet, "xlsx": _xlsx}[form](tables, beside)
        beside.replace(to)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return count


def inert(column: Any) -> Any:
    """Text with a leading apostrophe where a spreadsheet would take it for a formula; plain numbers stay."""
    risky = pc.and_(pc.match_substring_regex(column, _FORMULA), pc.invert(pc.match_substring_regex(column, _NUMBER)))
    if not pc.any(risky).as_py():
        return column
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def as_cells(table: pa.Table) -> pa.Table:
    """Every column as text or number cells: ISO 8601 instants, true/false, lists as JSON, inert text."""
    names = inert(pa.chunked_array([pa.array(table.schema.names, pa.string())])).to_pylist()
    return pa.table([_cells(column) for column in table.columns], names=names)


def _cells(column: Any) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_timestamp(kind):
        seconds = pc.cast(pc.cast(column, pa.timestamp("us")), pa.timestamp("s"), safe=False)
        return pc.binary_join_element_wise(pc.replace_substring(pc.cast(seconds, pa.string()), " ", "T"), "", "Z")
    if pa.types.is_string(kind):
        return inert(column)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return inert(pc.cast(column, pa.string()))
    if pa.types.is_boolean(kind) or pa.types.is_date(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_list(kind):
        texts = [None if v is None else json.dumps(v, ensure_ascii=False) for v in column.to_pylist()]
        return inert(pa.chunked_array([pa.array(texts, pa.string())]))
    if pa.types.is_binary(kind):
        return pa.chunked_array([pa.array([None if v is None else v.hex() for v in column.to_pylist()], pa.string())])
    return column


def _csv(tables: Iterator[pa.Table], to: Path) -> int:
    from maitred.warehouse.merging import session

    count = 0
    con = session()
    with to.open("wb") as out:
        for place, table in enumerate(tables):
            cells = as_cells(table)
            count += cells.num_rows
            if place == 0:
                out.write(_csv_header(cells.schema.names))
            if not cells.num_rows:
                continue
            con.register("cells", cells)
            piece = to.with_name(f"{to.name}.piece")
            try:
                con.execute(f"COPY (SELECT * FROM cells) TO '{_quoted(piece)}' (FORMAT csv, HEADER false)")
                with piece.open("rb") as source:
                    while block := source.read(1 << 22):
                        out.write(block)
            finally:
                piece.unlink(missing_ok=True)
                con.unregister("cells")
    return count


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _csv_header(names: list[str]) -> bytes:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(names)
    return out.getvalue().encode()


def _parquet(tables: Iterator[pa.Table], to: Path) -> int:
    import pyarrow.parquet as pq

    count = 0
    writer = None
    try:
        for table in tables:
            plain = pa.table(
                [pc.cast(c, c.type.value_type) if pa.types.is_dictionary(c.type) else c for c in table.columns],
                names=table.schema.names,
            )
            if writer is None:
                writer = pq.ParquetWriter(to, plain.schema, compression="zstd")
            writer.write_table(plain.cast(writer.schema))
            count += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return count


def _xlsx(tables: Iterator[pa.Table], to: Path) -> int:
    import tempfile

    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(prefix=f"{to.name}.", dir=to.parent) as room:
        options = {
            "constant_memory": True,
            "tmpdir": room,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(str(to), options)
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet("export")
        try:
            count = _xlsx_rows(tables, sheet)
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error
        finally:
            sheet._opt_close()  # its file of rows, in the folder that goes away now
    return count


def _xlsx_rows(tables: Iterator[pa.Table], sheet: Any) -> int:
    row = 0
    for place, table in enumerate(tables):
        cells = as_cells(table)
        if place == 0:
            for column, name in enumerate(cells.schema.names):
                sheet.write_string(0, column, name)
        for values in zip(*(column.to_pylist() for column in cells.columns), strict=True):
            row += 1
            if row > XLSX_ROWS:
                raise UsageError(
                    f"a worksheet holds {XLSX_ROWS} rows and this export has more", "export to .csv or .parquet"
                )
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, fitting(value))
                elif value is not None:
                    sheet.write_number(row, column, value)
    return row


def fitting(text: str) -> str:
    """Text as a worksheet cell can hold it; what is cut off says so."""
    return text if len(text) <= XLSX_TEXT else text[: XLSX_TEXT - len(_CUT)] + _CUT
