"""Tables as files: what is read back is what was handed in, and nothing in a cell runs."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import UsageError
from maitred.kit.documents.sections import Facts
from maitred.kit.documents.tabular import Column, Form, Table, write
from maitred.warehouse import spreadsheets

FACTS = Facts(
    "Missed first replies",
    datetime(2026, 11, 28, 13, 2, tzinfo=UTC),
    "41",
    "Europe/Berlin",
    (("Team", "Technical"), ("Period", "=last 28 days")),
)
COLUMNS = (
    Column("ticket", "Ticket", "", "The number in the helpdesk."),
    Column("subject", "Subject", "", "As the customer wrote it."),
    Column("took_s", "Took", "seconds", "Business hours until the first public reply."),
    Column("met", "Share met", "share", "Targets met of those due."),
    Column("late", "Late", "", "", "flag"),
    Column("asked_at", "Asked", "", "When the customer wrote."),
    Column("due_on", "Due", "", "", "date"),
)
AT = datetime(2026, 11, 10, 9, 30, tzinfo=timezone(timedelta(hours=1)))
ROWS: tuple[dict[str, Any], ...] = (
    {
        "ticket": "#48200",
        "subject": '=HYPERLINK("http://x.example","win")',
        "took_s": 8400,
        "met": 0.894,
        "late": True,
        "asked_at": AT,
        "due_on": date(2026, 11, 12),
    },
    {"ticket": "#48201", "subject": "Export fails, again\nsecond line; -2+3", "took_s": -5, "met": 1.0, "late": False},
    {"ticket": "# heading", "subject": "  ＝1+1", "took_s": None, "met": None},
)
RISKY = (
    "=1+1",
    "+49 30 1",
    "-x",
    "@sum",
    "\tx",
    "\rx",
    "\nx",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "a;=1",
    "a\n=1",
    " \u00a0=1",
)


def test_csv_reads_back_with_the_mark_before_formulas_alone() -> None:
    rows = list(csv.DictReader(io.StringIO(_text(ROWS))))
    assert [row["ticket"] for row in rows] == ["#48200", "#48201", "# heading"]
    assert rows[0]["subject"] == "'" + ROWS[0]["subject"]
    assert rows[1]["subject"] == "'" + ROWS[1]["subject"]
    assert rows[2]["subject"] == "'" + ROWS[2]["subject"]
    assert rows[0]["asked_at"] == "2026-11-10T08:30:00Z"
    assert (rows[0]["took_s"], rows[1]["took_s"], rows[2]["took_s"]) == ("8400", "-5", "")
    assert (rows[0]["late"], rows[0]["due_on"]) == ("true", "2026-11-12")


def test_no_line_of_a_csv_starts_as_a_remark() -> None:
    one_line_each = [{**row, "subject": "x"} for row in ROWS]
    text = _text(one_line_each)
    assert not [line for line in text.splitlines() if line.startswith("#")]
    assert text.splitlines()[0].startswith("ticket,subject,took_s,met,")


def test_the_mark_of_utf_8_is_there_only_if_asked_for() -> None:
    assert _written(ROWS, "csv", bom=True) == b"\xef\xbb\xbf" + _written(ROWS, "csv")


def test_a_workbook_has_typed_cells_and_explains_itself() -> None:
    book = openpyxl.load_workbook(io.BytesIO(_written(ROWS, "xlsx")))
    assert book.sheetnames == ["data", "definitions", "filters & publication"]
    data = list(book["data"].iter_rows())
    assert [cell.value for cell in data[0]] == ["Ticket", "Subject", "Took", "Share met", "Late", "Asked (UTC)", "Due"]
    first = [cell.value for cell in data[1]]
    assert first[2:] == [8400, 0.894, True, datetime(2026, 11, 10, 8, 30), datetime(2026, 11, 12)]
    assert first[1] == "'" + ROWS[0]["subject"]
    assert data[1][3].number_format == "0.0%"
    assert [cell.value for cell in data[3]][2:] == [None] * 5
    definitions = [[cell.value for cell in row] for row in book["definitions"].iter_rows()]
    assert ["Took", "took_s", "seconds", "whole", "Business hours until the first public reply."] in definitions
    said = {row[0].value: row[1].value for row in book["filters & publication"].iter_rows()}
    assert said["publication"] == "41"
    assert said["as of"] == "2026-11-28T13:02:00Z"
    assert said["filter: Team"] == "Technical"
    assert said["filter: Period"] == "'=last 28 days"
    assert said["rows"] == "3"


@pytest.mark.parametrize("text", RISKY)
def test_what_a_spreadsheet_would_run_is_marked_and_no_cell_is_a_formula(text: str) -> None:
    rows = [{"ticket": text, "subject": text}]
    read = list(csv.reader(io.StringIO(_text(rows), newline="")))[1]
    assert read[:2] == ["'" + text, "'" + text]
    content = _written(rows, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for row in book["data"].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert str(cells[len(COLUMNS)].value).startswith("'")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "external" in name.lower() or "/worksheets/_rels" in name]
    assert _parquet(rows).column("subject").to_pylist() == [text]


def test_parquet_keeps_values_types_and_meaning() -> None:
    table = _parquet(ROWS)
    read = table.to_pylist()
    assert [row["subject"] for row in read] == [row["subject"] for row in ROWS]
    assert read[0]["asked_at"] == AT
    assert read[1]["took_s"] == -5
    field = table.schema.field("took_s")
    assert field.metadata[b"unit"] == b"seconds"
    assert field.metadata[b"definition"] == b"Business hours until the first public reply."
    said = json.loads(table.schema.metadata[b"maitred"])
    assert said["filters"] == [["Team", "Technical"], ["Period", "=last 28 days"]]
    assert said["publication"] == "41"


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_the_same_rows_are_the_same_bytes(form: Form) -> None:
    assert _written(ROWS, form) == _written(ROWS, form)


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_table_without_rows_still_has_its_header(form: Form) -> None:
    content = _written((), form)
    heads: dict[str, Any] = {
        "csv": lambda: next(csv.reader(io.StringIO(content.decode()))),
        "parquet": lambda: pq.read_table(io.BytesIO(content)).schema.names,
        "xlsx": lambda: [
            column.key
            for column, cell in zip(
                COLUMNS, next(openpyxl.load_workbook(io.BytesIO(content))["data"].rows), strict=True
            )
            if cell.value == column.label
        ],
    }
    assert heads[form]() == [column.key for column in COLUMNS]


def test_whole_numbers_before_fractions_need_their_kind_said() -> None:
    rows = [{"x": 1}] * 5_000 + [{"x": 0.5}]
    with pytest.raises(UsageError, match="column x holds a value that is not of kind whole"):
        write(Table("t", (Column("x", "X"),), rows), "csv", io.BytesIO(), FACTS)
    assert write(Table("t", (Column("x", "X", kind="number"),), rows), "csv", io.BytesIO(), FACTS) == 5_001


def test_numbers_that_a_cell_cannot_hold_become_text() -> None:
    rows = [{"x": 2**60, "y": float("inf"), "z": date(1850, 1, 1)}]
    columns = (Column("x", "X"), Column("y", "Y"), Column("z", "Z"))
    out = io.BytesIO()
    write(Table("t", columns, rows), "xlsx", out, FACTS)
    values = [cell.value for cell in list(openpyxl.load_workbook(io.BytesIO(out.getvalue()))["data"].rows)[1]]
    assert values == [str(2**60), "inf", "1850-01-01"]


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(UsageError, match="no export as ods"):
        write(Table("t", COLUMNS, ROWS), "ods", io.BytesIO(), FACTS)  # type: ignore[arg-type]


def test_a_worksheet_says_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "XLSX_ROWS", 2)
    with pytest.raises(UsageError, match="a worksheet holds 2 rows"):
        _written(ROWS, "xlsx")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=1, max_size=5))
def test_any_text_comes_back(texts: list[str]) -> None:
    rows = [{"ticket": "t", "subject": text} for text in texts]
    read = [row["subject"] for row in csv.DictReader(io.StringIO(_text(rows), newline=""))]
    assert [_unmarked(value, text) for value, text in zip(read, texts, strict=True)] == texts
    assert _parquet(rows).column("subject").to_pylist() == texts


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_long_table_is_never_held_at_once(form: Form) -> None:
    def rows() -> Iterator[Mapping[str, Any]]:
        return ({"ticket": f"t{n}", "subject": "word " * 20, "took_s": n} for n in range(120_000))

    class Nowhere(io.RawIOBase):
        size = 0

        def writable(self) -> bool:
            return True

        def write(self, content: Any) -> int:
            self.size += len(content)
            return len(content)

        def tell(self) -> int:
            return self.size

    out: Any = Nowhere() if form != "xlsx" else io.BytesIO()
    tracemalloc.start()
    try:
        assert write(Table("t", COLUMNS, rows()), form, out, FACTS) == 120_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


def _written(rows: Any, form: Form, bom: bool = False) -> bytes:
    out = io.BytesIO()
    assert write(Table("missed", COLUMNS, rows), form, out, FACTS, bom=bom) == len(rows)
    return out.getvalue()


def _text(rows: Any) -> str:
    return _written(rows, "csv").decode()


def _parquet(rows: Any) -> Any:
    return pq.read_table(io.BytesIO(_written(rows, "parquet")))


def _unmarked(value: str, text: str) -> str:
    return value[1:] if value == "'" + text else value
