"""Log files of every kind and state: what can be kept is kept, what cannot is named, nothing is silent."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from maitred.base.errors import BadInput
from maitred.connectors.files.eventlog.pages import Dialect, LogChunk, rows_of, sniff
from maitred.connectors.files.eventlog.reader import inspect, read
from maitred.connectors.files.eventlog.records import records, whole_until

CSV = "case,activity,time\n1,New,2016-01-01\n1,Résolu,2016-01-02\n2,New,2016-01-03\n"
XES = b"""<?xml version="1.0"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="u"/>
<global scope="event"><string key="concept:name" value="global"/></global>
<string key="concept:name" value="the log"/>
<trace><string key="concept:name" value="c1"/>
<event><string key="concept:name" value="A"><string key="inner" value="no"/></string>
<date key="time:timestamp" value="2016-01-01T00:00:00+01:00"/></event>
<event><string key="concept:name" value="B"/><string key="org:resource" value="Bob"/>
<date key="time:timestamp" value="2016-01-02T00:00:00+01:00"/></event>
<string key="late" value="7"/></trace>
<trace><string key="concept:name" value="c2"/><event><string key="concept:name" value="A"/></event></trace>
</log>"""


@pytest.fixture
def log(tmp_path: Path) -> Any:
    """Writes a file and gives its path."""

    def write(body: bytes | str, name: str = "log.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return path

    return write


def only(path: Path, **options: Any) -> LogChunk:
    (page,) = read(path, **options)
    return page


def rows(page: LogChunk) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in page.rows.to_pylist()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends_are_detected(log: Any, encoding: str, mark: str, end: str) -> None:
    path = log(CSV.replace(",", mark).replace("\n", end).encode(encoding))
    assert rows(only(path))[1] == ("1", "Résolu", "2016-01-02", 2)
    source = inspect(path)
    assert source.dialect.delimiter == mark
    assert {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "cp1252"}[
        encoding[:6].removesuffix("-")
    ] in source.described


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_pages_hold_the_files_own_bytes_and_each_decodes_alone(
    log: Any, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    text = "case,activity,time\r\n" + "".join(f'{n},"a ""{n}"",\r\nü",{n}\r\n' for n in range(200))
    raw = text.encode(encoding)
    path = log(pack(raw))
    pages = list(read(path, page_bytes=700))
    assert len(pages) > 5
    header = len("case,activity,time\r\n".encode(encoding))
    assert pages[0].body + b"".join(page.body[header:] for page in pages[1:]) == raw
    again = [rows_of(page.body, page.dialect, first_line=page.first_line) for page in pages]
    assert [page.rows for page in again] == [page.rows for page in pages]
    whole = pa.concat_tables([page.rows for page in pages])
    assert whole.column("_line").to_pylist() == list(range(1, 201))
    assert whole.column("activity")[7].as_py() == 'a "7",\r\nü'
    assert [sniff(page.body).encoding for page in pages] == [page.dialect.encoding for page in pages]


def test_a_second_reading_gives_the_same_pages(log: Any) -> None:
    path = log(CSV * 50)
    assert [page.body for page in read(path, page_bytes=300)] == [page.body for page in read(path, page_bytes=300)]


def test_ragged_rows_are_set_aside_by_number(log: Any) -> None:
    page = only(log("a,b,c\n1,2,3\n4,5\n\n6,7,8,9\n10,11,12\n"))
    assert rows(page) == [("1", "2", "3", 1), ("10", "11", "12", 4)]
    assert [(bad.line, bad.code) for bad in page.bad] == [(2, "bad_row"), (3, "bad_row")]
    assert page.bad[0].message == "row 2: 2 fields where the header has 3"
    assert page.records == 4


def test_a_file_cut_in_the_middle_of_a_row_says_so(log: Any) -> None:
    page = only(log("a,b,c\n1,2,3\n4,5"))
    assert rows(page) == [("1", "2", "3", 1)]
    assert "row 2" in page.bad[0].message
    assert "the file ends in the middle of it" in page.bad[0].message


def test_a_quote_that_never_closes_costs_its_own_line_only(log: Any) -> None:
    page = only(log('a,b,c\n1,"x\ny",3\n4,"never,6\n7,"ok",9\n10,5" disk,12\n'))
    assert rows(page) == [("1", "x\ny", "3", 1), ("7", "ok", "9", 3), ("10", '5" disk', "12", 4)]
    assert [(bad.line, bad.field) for bad in page.bad] == [(2, "quote")]


def test_broken_and_ragged_rows_keep_their_numbers(log: Any) -> None:
    page = only(log('a,b\n1,"x\n2\n3,4\n5,"y\n6,7,8\n9,10\n'))
    assert rows(page) == [("3", "4", 3), ("9", "10", 6)]
    assert [bad.line for bad in page.bad] == [1, 2, 4, 5]


def test_nul_and_foreign_bytes_are_replaced_and_named_by_row_and_field(log: Any) -> None:
    page = only(log("a,b\n1,é\n2,éééééééééééé\n".encode() + b"3,x\0y\n4,x\xffy\n"))
    assert rows(page)[2:] == [("3", "x\ufffdy", 3), ("4", "x\ufffdy", 4)]
    (notice,) = page.notices
    assert "column b" in notice
    assert "first: row 3" in notice
    assert "NUL" in notice


@pytest.mark.parametrize("field", [b"x" * 10_000_000, b'"' + b"x\n" * 5_000_001 + b'"'], ids=["plain", "quoted"])
def test_a_ten_megabyte_field_is_set_aside_as_too_big(log: Any, field: bytes) -> None:
    page = only(log(b"a,b,c\n1,2,3\n4," + field + b",6\n7,8,9\n"))
    assert rows(page) == [("1", "2", "3", 1), ("7", "8", "9", 3)]
    assert [(bad.line, bad.code, bad.field) for bad in page.bad] == [(2, "too_big", "b")]


def test_a_wrong_delimiter_is_refused_naming_those_tried(log: Any) -> None:
    with pytest.raises(BadInput, match="only one column") as refusal:
        inspect(log("case~activity\n1~a\n"))
    assert "semicolon" in str(refusal.value)


def test_the_delimiter_under_which_the_wanted_columns_exist_wins(log: Any) -> None:
    path = log("case;activity, with comma, and more;time\n1;a,b,c,d;2\n")
    assert inspect(path, ["case", "time"]).columns == ("case", "activity, with comma, and more", "time")


def test_a_missing_column_is_refused_naming_it_its_asker_and_the_columns_there(log: Any) -> None:
    with pytest.raises(BadInput) as refusal:
        list(read(log(CSV), {"case": "--case", "resource": "--actor"}))
    assert "no column 'resource', which --actor names" in refusal.value.what
    assert refusal.value.remedy == "its columns are: case, activity, time"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"case,activity\n", "a header and no rows"),
        (b"PK\x03\x04 something", "archive or a workbook"),
        ("case,a\n".encode("utf-32"), "UTF-32"),
        (gzip.compress(b"", mtime=0), "is empty"),
    ],
)
def test_files_without_a_log_are_refused(log: Any, body: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        list(read(log(body)))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(BadInput, match="cannot be read"):
            inspect(path)


def test_equal_and_empty_column_names_are_told_apart(log: Any) -> None:
    assert inspect(log("a,a,,b \n1,2,3,4\n")).columns == ("a", "a.1", "column_3", "b")


def test_only_the_wanted_columns_are_read(log: Any) -> None:
    page = only(log(CSV), keep=["time", "case"])
    assert page.rows.column_names == ["case", "time", "_line"]
    assert page.body == CSV.encode()


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_gzip_file_keeps_the_rows_before_the_damage(log: Any, damage: str) -> None:
    lines = "".join(f"{n},act {n * 7919 % 1000},2016\n" for n in range(5000))
    packed = bytearray(gzip.compress(("case,activity,time\n" + lines).encode()))
    if damage == "cut":
        del packed[len(packed) // 2 :]
    else:
        packed[len(packed) // 2 :] = bytes(200)
    pages = list(read(log(bytes(packed), "log.csv.gz")))
    kept = sum(page.rows.num_rows for page in pages)
    assert 1000 < kept < 5000
    assert pages[-1].bad[-1].field == "file"
    assert "breaks off after row" in pages[-1].bad[-1].message


def test_several_gzip_streams_in_one_file_are_one_log(log: Any) -> None:
    assert only(log(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))).rows.num_rows == 2


def test_xes_events_carry_their_traces_attributes(log: Any) -> None:
    for body in (XES, gzip.compress(XES), XES.decode().replace('<?xml version="1.0"?>', "").encode("utf-16")):
        page = only(log(body, "log.xes"))
        first, second, third = page.rows.to_pylist()
        assert first["case:concept:name"] == "c1"
        assert (first["concept:name"], first["time:timestamp"]) == ("A", "2016-01-01T00:00:00+01:00")
        assert (second["org:resource"], second["case:late"]) == ("Bob", "7")
        assert (third["case:concept:name"], third["time:timestamp"], third["_line"]) == ("c2", "", 3)
        assert "inner" not in first
        assert rows_of(page.body, page.dialect).rows.select(page.rows.column_names) == page.rows


def test_a_xes_file_that_breaks_off_keeps_the_events_before(log: Any) -> None:
    page = only(log(XES[: XES.index(b'<trace><string key="concept:name" value="c2"')], "log.xes"))
    assert page.rows.num_rows == 2
    assert "breaks off after row 2" in page.bad[0].message
    first_trace = only(log(XES[: XES.index(b'<string key="late"')], "log.xes"))
    assert first_trace.rows.column("case:concept:name").to_pylist() == ["c1", "c1"]


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE log [<!ENTITY a "b">]><log><trace><event/></trace></log>',
        b'<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>',
        b"<log></log>",
        b"<log><trace>",
    ],
)
def test_hostile_and_empty_xes_files_are_refused(log: Any, body: bytes) -> None:
    with pytest.raises(BadInput, match=r"XML entities|no event"):
        list(read(log(body, "log.xes")))


def test_xes_pages_stay_small(log: Any) -> None:
    trace = XES[XES.index(b"<trace>") : XES.index(b"</log>")]
    pages = list(read(log(b"<log>" + trace * 200 + b"</log>", "log.xes"), page_bytes=1000))
    assert len(pages) > 10
    assert [page.first_line for page in pages[:2]] == [1, 1 + pages[0].records]
    assert sum(page.records for page in pages) == 600


def test_parquet_columns_become_text_and_pages_their_csv(log: Any, tmp_path: Path) -> None:
    moments = [datetime(2016, 1, 1, 10), datetime(2016, 1, 2, 10), None]
    table = pa.table(
        {
            "case": pa.array([1, 2, None]),
            "zoned": pa.array(moments, pa.timestamp("ns", "Europe/Berlin")),
            "naive": pa.array(moments, pa.timestamp("s")),
            "word": pa.array(["a,b", 'say "x"', None]).dictionary_encode(),
            "list": pa.array([[1], [], None]),
            "flag": pa.array([True, False, None]),
        }
    )
    path = tmp_path / "log.parquet"
    parquet.write_table(table, path)
    page = only(path)
    assert rows(page)[0] == ("1", "2016-01-01T10:00:00.000000Z", "2016-01-01T10:00:00.000000", "a,b", "[1]", "true", 1)
    assert rows(page)[2] == ("", "", "", "", "", "", 3)
    assert rows_of(page.body, Dialect()).rows == page.rows


def test_a_cut_parquet_file_is_refused(log: Any, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": ["1"], "b": ["2"]}), tmp_path / "whole")
    with pytest.raises(BadInput, match="no whole Parquet file"):
        inspect(log((tmp_path / "whole").read_bytes()[:-9], "cut.parquet"))


def test_memory_does_not_grow_with_the_file(log: Any) -> None:
    path = log(gzip.compress(b"case,activity,time\n" + b"1,something long enough to matter,2016-01-01\n" * 400_000))
    tracemalloc.start()
    count = sum(page.records for page in read(path, page_bytes=1_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 400_000
    assert peak < 12_000_000  # the unpacked file has 18 MB


FIELD = st.text(st.sampled_from('ab,"\n\r; '), max_size=6)


@given(st.lists(st.lists(FIELD, min_size=2, max_size=2), min_size=1, max_size=8), st.integers(1, 60))
def test_any_well_written_csv_comes_back_however_it_is_cut(table: list[list[str]], size: int) -> None:
    written = [",".join('"' + field.replace('"', '""') + '"' for field in row).encode() + b"\n" for row in table]
    body = b"".join(written)
    assert [body[record.start : record.end] for record in records(body, b",", final=True)] == written
    ends = {sum(map(len, written[:count])) for count in range(len(written) + 1)}
    assert whole_until(body[:size], b",", final=False) in ends
    page = rows_of(b"a,b\n" + body, Dialect())
    assert [list(row[:2]) for row in rows(page)] == table


@given(st.binary(max_size=200), st.integers(1, 50))
def test_no_bytes_whatsoever_make_the_reader_fail(body: bytes, cut: int) -> None:
    page = rows_of(b"a,b\n" + body, Dialect())
    assert page.records == page.rows.num_rows + len({bad.line for bad in page.bad})
    assert 0 <= whole_until(body[:cut], b",", final=False) <= cut
