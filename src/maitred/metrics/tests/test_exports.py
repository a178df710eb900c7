"""Exports: the same content in every form, the same bytes every time, foreign text inert, complete or not at all."""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from defusedxml import ElementTree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maitred.base.errors import NotFound, UsageError
from maitred.canon.tables import TABLES
from maitred.metrics import exports
from maitred.metrics.clocks.tests.scenarios import Scenario
from maitred.metrics.conftest import Published, published
from maitred.warehouse import spreadsheets

Corpus = Callable[[int], Published]
FORMS = ("csv", "parquet", "xlsx")
EXPORTED = ("tickets", "sla", "events", "messages", "users")
RISKY = re.compile("(^|[,;\t\r\n])[ \u00a0]*[=+\\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"^ *[-+]?[0-9]+([.][0-9]+)? *\Z")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def written(world: Published, table: str, to: Path, **options: Any) -> int:
    return exports.export(world.workspace, world.publication, table, to, **options)


def csv_rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))


def xlsx_rows(path: Path) -> list[list[str]]:
    """The cells of the only sheet as text; missing cells are empty."""
    with zipfile.ZipFile(path) as book:
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in root.iter(f"{SHEET}row"):
        cells: dict[int, str] = {}
        for cell in row:
            column = 0
            for letter in re.match("[A-Z]+", cell.attrib["r"]).group():  # type: ignore[union-attr]
                column = column * 26 + ord(letter) - 64
            cells[column] = "".join(part.text or "" for part in cell.iter() if part.tag in (f"{SHEET}t", f"{SHEET}v"))
        rows.append([cells.get(place, "") for place in range(1, max(cells, default=0) + 1)])
    return rows


def padded(rows: list[list[str]]) -> list[list[str]]:
    return [[*row, *[""] * (len(rows[0]) - len(row))] for row in rows]


@pytest.mark.parametrize("table", EXPORTED)
def test_all_forms_have_the_same_rows_and_columns(corpus: Corpus, table: str, tmp_path: Path) -> None:
    counts = {form: written(corpus(11), table, tmp_path / f"out.{form}") for form in FORMS}
    found = csv_rows(tmp_path / "out.csv")
    stored = pq.read_table(tmp_path / "out.parquet")
    assert found[0] == stored.schema.names
    assert counts == dict.fromkeys(FORMS, len(found) - 1)
    assert stored.num_rows == len(found) - 1 > 10
    assert padded(xlsx_rows(tmp_path / "out.xlsx")) == found
    cells = spreadsheets.as_cells(stored)
    texts = [["" if v is None else str(v) for v in column.to_pylist()] for column in cells.columns]
    assert [list(row) for row in zip(*texts, strict=True)] == found[1:]


def test_tickets_and_sla_open_with_the_header_of_the_specification(corpus: Corpus, tmp_path: Path) -> None:
    """Sections 8 and 9; ``sla`` has exactly its columns."""
    written(corpus(11), "tickets", tmp_path / "t.csv")
    written(corpus(11), "sla", tmp_path / "s.csv")
    header = csv_rows(tmp_path / "t.csv")[0]
    assert " ".join(header[:15]) == (
        "ticket_id created_at status priority exclusion is_open first_reply_at first_assigned_at first_solved_at "
        "last_solved_at first_reply_agent_id first_assignee_id last_assignee_id solver_id handled_by"
    )
    assert header[15:18] == ["frt.calendar", "frt.business_all", "frt.business_last"]
    assert tuple(header[: len(exports.TICKET_COLUMNS)]) == exports.TICKET_COLUMNS
    assert len(set(header)) == len(header)
    assert tuple(csv_rows(tmp_path / "s.csv")[0]) == exports.SLA_COLUMNS


def test_rows_are_sorted_by_their_keys(corpus: Corpus, tmp_path: Path) -> None:
    written(corpus(11), "tickets", tmp_path / "t.csv")
    written(corpus(11), "sla", tmp_path / "s.csv")
    written(corpus(11), "events", tmp_path / "e.csv")
    tickets = [int(row[0]) for row in csv_rows(tmp_path / "t.csv")[1:]]
    assert tickets == sorted(tickets)
    targets = [(int(row[0]), row[1], int(row[2])) for row in csv_rows(tmp_path / "s.csv")[1:]]
    assert targets == sorted(targets)
    head, *rows = csv_rows(tmp_path / "e.csv")
    keys = [(int(row[head.index("ticket_id")]), row[head.index("occurred_at")]) for row in rows]
    assert keys == sorted(keys)


def test_cells_have_the_declared_form(corpus: Corpus, tmp_path: Path) -> None:
    """Flags of the specification 0/1, other booleans true/false, instants in UTC to the second, lists as JSON."""
    written(corpus(11), "tickets", tmp_path / "t.csv")
    head, *rows = csv_rows(tmp_path / "t.csv")
    column = {name: [row[place] for row in rows] for place, name in enumerate(head)}
    for flag in ("is_open", "waiting_reply", "one_touch", "csat.offered", "csat.good_to_bad"):
        assert set(column[flag]) <= {"0", "1"}
    for instant in ("created_at", "first_reply_at", "updated_at"):
        assert all(re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?", cell) for cell in column[instant])
    assert all(isinstance(json.loads(cell), list) for cell in column["tags"])
    written(corpus(11), "messages", tmp_path / "m.csv")
    head, *rows = csv_rows(tmp_path / "m.csv")
    assert {row[head.index("is_public")] for row in rows} == {"true", "false"}


def test_events_is_another_word_for_ticket_events(corpus: Corpus, tmp_path: Path) -> None:
    written(corpus(11), "events", tmp_path / "short.csv")
    written(corpus(11), "ticket_events", tmp_path / "long.csv")
    assert (tmp_path / "short.csv").read_bytes() == (tmp_path / "long.csv").read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_two_exports_of_the_same_facts_are_the_same_bytes(corpus: Corpus, form: str, tmp_path: Path) -> None:
    for table in EXPORTED:
        for name in ("once", "again"):
            written(corpus(11), table, tmp_path / name / f"{table}.{form}")
        once, again = ((tmp_path / name / f"{table}.{form}").read_bytes() for name in ("once", "again"))
        assert once == again


def test_load_times_are_left_out_unless_asked_for(corpus: Corpus, tmp_path: Path) -> None:
    written(corpus(11), "users", tmp_path / "plain.csv")
    written(corpus(11), "users", tmp_path / "times.csv", with_load_times=True)
    plain, times = (set(csv_rows(tmp_path / f"{name}.csv")[0]) for name in ("plain", "times"))
    assert times - plain == {"load_seq", "first_seen_at", "last_synced_at", "raw_ref"}


def test_every_canonical_table_can_be_exported(corpus: Corpus, tmp_path: Path) -> None:
    """Also a table without a row has its header."""
    for table in TABLES:
        count = written(corpus(11), table, tmp_path / f"{table}.csv")
        assert len(csv_rows(tmp_path / f"{table}.csv")) == count + 1


def test_tombstones_come_only_when_asked_for(tmp_path: Path) -> None:
    """The intervals of a schedule that the vendor has removed."""
    story = Scenario().add_schedule(2, "UTC", "mon-fri 09:00-10:00").ticket("2024-06-03 14:00:00")
    story.rows["schedule"][-1][6] = True
    world = published(tmp_path / "workspace", story.write(tmp_path / "tables"))
    live = written(world, "schedule_intervals", tmp_path / "live.csv")
    everything = written(world, "schedule_intervals", tmp_path / "all.csv", include_deleted=True)
    assert everything == live + 1
    head, *rows = csv_rows(tmp_path / "all.csv")
    assert sum(row[head.index("deleted_at")] != "" for row in rows) == 1
    world.workspace.close()


def test_a_wrong_ending_table_or_source_is_refused_and_writes_nothing(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither in"):
        written(corpus(11), "tickets", tmp_path / "t.xls")
    with pytest.raises(NotFound, match="known: tickets, sla, events"):
        written(corpus(11), "secrets", tmp_path / "t.csv")
    with pytest.raises(NotFound, match="known: fivetran-zendesk"):
        written(corpus(11), "tickets", tmp_path / "t.csv", source="other")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- complete or not at all


@contextmanager
def no_file_larger_than(limit: int) -> Iterator[None]:
    """What a full disk looks like to a writer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("limit", [0, 3_000])
def test_a_full_disk_leaves_the_earlier_file_and_nothing_half_written(
    corpus: Corpus, form: str, limit: int, tmp_path: Path
) -> None:
    target = tmp_path / f"out.{form}"
    target.write_bytes(b"of yesterday")
    world = corpus(11)
    with no_file_larger_than(limit), pytest.raises(Exception, match=r"File too large|No space|rite"):
        written(world, "tickets", target)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.read_bytes() == b"of yesterday"


def test_more_rows_than_a_worksheet_holds_are_refused_and_leave_nothing(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "XLSX_ROWS", 20)
    with pytest.raises(UsageError, match=r"holds 20 rows .*\.csv or \.parquet"):
        written(corpus(11), "tickets", tmp_path / "t.xlsx")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- foreign text

TEXTS = st.text(
    st.one_of(
        st.sampled_from("=+-@\t\r\n ,;'\"0123456789.＝＋－＠\u00a0ab"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
    ),
    max_size=12,
)
QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def allowed(value: str) -> str:
    """What a cell may hold for a value: itself, or behind an apostrophe what a spreadsheet would run."""
    return f"'{value}" if RISKY.search(value) and not NUMBER.match(value) else value


def check_text(form: str, values: list[str | None], to: Path) -> list[list[str]]:
    table = pa.table({"id": list(range(len(values))), "text": pa.array(values, pa.string())})
    assert spreadsheets.write(iter([table]), to, form) == len(values)
    rows = csv_rows(to) if form == "csv" else padded(xlsx_rows(to))
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(len(values))]
    return rows[1:]


@QUICK
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=6))
def test_a_csv_parses_back_to_the_values_but_for_the_prefix(tmp_path: Path, values: list[str | None]) -> None:
    """Security page, section 4: the value, or an apostrophe and the value where it would run as a formula."""
    rows = check_text("csv", values, tmp_path / "t.csv")
    assert [row[1] for row in rows] == [allowed(value or "") for value in values]
    assert not any(RISKY.match(row[1]) and not NUMBER.match(row[1]) for row in rows)


@QUICK
@given(st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=6))
def test_a_worksheet_has_the_same_values_and_no_formula_or_link(tmp_path: Path, values: list[str | None]) -> None:
    rows = check_text("xlsx", values, tmp_path / "t.xlsx")
    cells = [row[1] if len(row) > 1 else "" for row in rows]
    assert [lines(cell) for cell in cells] == [lines(allowed(value or "")) for value in values]
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        names = book.namelist()
        links = [name for name in names if name.endswith(".rels") and b"External" in book.read(name)]
    assert "<f>" not in sheet and "<f " not in sheet and "hyperlink" not in sheet
    assert links == [] and not any("externalLink" in name for name in names)


def lines(text: str) -> str:
    """Line ends as an XML reader gives them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "\n")


@QUICK
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=6))
def test_parquet_keeps_text_as_it_is(tmp_path: Path, values: list[str | None]) -> None:
    table = pa.table({"text": pa.array(values, pa.string())})
    spreadsheets.write(iter([table]), tmp_path / "t.parquet", "parquet")
    assert pq.read_table(tmp_path / "t.parquet")["text"].to_pylist() == values


@pytest.mark.parametrize(
    "text",
    ["=1+1", "  @SUM(A1)", "+49 30 1", "-2+3", "\tx", "a,=1", "a;\u00a0-x", "a\n=cmd|' /C calc'!A0", "＝1", "--5"],
)
def test_text_that_would_run_is_made_inert(text: str) -> None:
    assert spreadsheets.inert(pa.chunked_array([[text, None]])).to_pylist() == [f"'{text}", None]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_text_of_every_arrow_type_is_made_inert(kind: Any) -> None:
    column = pa.chunked_array([pa.array(["=1", "x", None]).cast(kind)])
    assert spreadsheets.as_cells(pa.table({"text": column}))["text"].to_pylist() == ["'=1", "x", None]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_columns_own_name_is_made_inert_too(form: str, tmp_path: Path) -> None:
    spreadsheets.write(iter([pa.table({"=1+1": ["x"], "plain": ["y"]})]), tmp_path / f"t.{form}", form)
    rows = csv_rows(tmp_path / "t.csv") if form == "csv" else xlsx_rows(tmp_path / "t.xlsx")
    assert rows == [["'=1+1", "plain"], ["x", "y"]]


def test_every_way_to_begin_a_formula_is_text_to_another_reader(tmp_path: Path) -> None:
    """Each sign behind each separator, read back by openpyxl: no formula, no link, no DDE, nothing lost."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    before = ["", " ", "\u00a0 ", "a,", "a; ", "a\t", "a\n", "a\n  ", "http://x,"]
    values = [f"{start}{sign}cmd|' /C calc'!A0" for start in before for sign in "=+-@＝＋－＠"]
    table = pa.table({"text": [*values, "https://evil.example/x", "mailto:a@b.example"]})
    spreadsheets.write(iter([table]), tmp_path / "t.xlsx", "xlsx")
    spreadsheets.write(iter([table]), tmp_path / "t.csv", "csv")
    sheet = load_workbook(tmp_path / "t.xlsx").worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)
    assert [cell.value for cell in cells[: len(values)]] == [f"'{value}" for value in values]
    assert [row[0] for row in csv_rows(tmp_path / "t.csv")[1 : len(values) + 1]] == [f"'{value}" for value in values]
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        whole = b"".join(book.read(name) for name in book.namelist())
    assert not any(
        word in whole for word in (b"<f>", b"ddeLink", b"externalLink", b"hyperlink", b'TargetMode="External"')
    )


@pytest.mark.parametrize("text", ["-5", "+3.25", " -7 ", "a-b", "x=1", "mail@example.org", "1,5", ""])
def test_numbers_and_harmless_text_stay_as_they_are(text: str) -> None:
    assert spreadsheets.inert(pa.chunked_array([[text]])).to_pylist() == [text]


def test_numbers_are_number_cells_and_not_text(tmp_path: Path) -> None:
    table = pa.table({"n": pa.array([-5, None, 7], pa.int64()), "share": [0.5, -0.25, None]})
    spreadsheets.write(iter([table]), tmp_path / "t.xlsx", "xlsx")
    spreadsheets.write(iter([table]), tmp_path / "t.csv", "csv")
    assert csv_rows(tmp_path / "t.csv")[1:] == [["-5", "0.5"], ["", "-0.25"], ["7", ""]]
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2"><v>-5</v></c><c r="B2"><v>0.5</v></c>' in sheet


def test_values_of_other_types_have_one_form(tmp_path: Path) -> None:
    table = pa.table(
        {
            "at": pa.array([datetime(2024, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC)], pa.timestamp("us", tz="UTC")),
            "yes": [True],
            "names": pa.array([["=a", "ü"]], pa.list_(pa.string())),
            "hash": pa.array([b"\x00\xff"], pa.binary()),
            "word": pa.array(["x"]).dictionary_encode(),
        }
    )
    spreadsheets.write(iter([table]), tmp_path / "t.csv", "csv")
    assert csv_rows(tmp_path / "t.csv")[1] == ["2024-01-02T03:04:05Z", "true", '["=a", "ü"]', "00ff", "x"]


def test_text_longer_than_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    spreadsheets.write(iter([pa.table({"text": ["x" * 40_000]})]), tmp_path / "t.xlsx", "xlsx")
    (cell,) = xlsx_rows(tmp_path / "t.xlsx")[1]
    assert len(cell) == 32_767
    assert cell.endswith("[cut: a worksheet cell holds no more]")


def test_a_name_with_a_quote_in_it_is_only_a_name(tmp_path: Path) -> None:
    target = tmp_path / "it's (a) 'name'.csv"
    spreadsheets.write(iter([pa.table({"a": [1]})]), target, "csv")
    assert csv_rows(target) == [["a"], ["1"]]
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
