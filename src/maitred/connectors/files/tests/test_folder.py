"""A folder of exported files: which stream is which, and records page by page whatever state a file is in."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import BadInput
from maitred.connectors.files import split
from maitred.connectors.files.folder import RawPage, StreamFile, pages, parse, scan, unknown
from maitred.connectors.lines import Unreadable
from maitred.connectors.salesforce.mapping import decode as decode_salesforce
from maitred.connectors.tests.samples import maitred_shared_data

TICKETS = [{"id": n, "subject": f"Parcel {n} „kaputt“", "tags": ["a", "b"]} for n in range(1, 8)]
JSONL = "".join(json.dumps(ticket, ensure_ascii=False) + "\n" for ticket in TICKETS).encode()


def read(folder: Path, name: str, content: bytes, vendor: str = "zendesk", size: int = 5000) -> list[RawPage]:
    """The pages of one file put into a folder."""
    (folder / name).write_bytes(content)
    (file,) = scan(folder, vendor)
    return list(pages(file, size))


def records(found: list[RawPage]) -> list[Any]:
    return [record for page in found for record in parse(page.body)]


def faults(found: list[RawPage]) -> list[tuple[str, str]]:
    return [(bad.code, bad.message) for page in found for bad in page.bad]


PACKED = {
    "tickets.jsonl": JSONL,
    "tickets.ndjson": JSONL,
    "tickets.jsonl.gz": gzip.compress(JSONL),
    "tickets.jsonl.zst": zstandard.compress(JSONL),
    "Tickets.JSONL.GZ": gzip.compress(JSONL[:40]) + gzip.compress(JSONL[40:]) + b"\0" * 512,
    "tickets_2.jsonl.zst": zstandard.compress(JSONL[:40]) + zstandard.compress(JSONL[40:]),
    "tickets.json": json.dumps(TICKETS).encode(),
    "incremental_tickets_cursor.json": json.dumps(
        {"count": 7, "tickets": TICKETS, "end_of_stream": True}, indent=1
    ).encode(),
    "tickets.json.gz": gzip.compress(json.dumps({"tickets": TICKETS, "meta": {"a": [1]}}).encode()),
}


@pytest.mark.parametrize("name", PACKED)
def test_every_form_of_a_file_gives_the_same_records(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, name, PACKED[name], size=3)
    assert records(found) == TICKETS
    assert [(page.first_record, page.rows, page.stream) for page in found] == [
        (1, 3, "tickets"),
        (4, 3, "tickets"),
        (7, 1, "tickets"),
    ]
    assert faults(found) == []
    assert all(page.body.count(b"\n") == page.rows for page in found)


def test_lines_are_handed_over_untouched(tmp_path: Path) -> None:
    content = b'{"id": 1,  "x":1.10}\r\n\n   \n{"id":2}'
    (page,) = read(tmp_path, "tickets.jsonl", content)
    assert page.body == b'{"id": 1,  "x":1.10}\r\n{"id":2}\n'


def test_a_byte_order_mark_is_no_part_of_a_record(tmp_path: Path) -> None:
    assert records(read(tmp_path, "tickets.jsonl", b"\xef\xbb\xbf" + JSONL)) == TICKETS
    (tmp_path / "tickets.jsonl").unlink()
    assert records(read(tmp_path, "tickets.json", b"\xef\xbb\xbf" + json.dumps(TICKETS).encode())) == TICKETS


def test_broken_lines_stay_in_the_page_in_their_place_so_that_nothing_is_lost(tmp_path: Path) -> None:
    found = read(tmp_path, "tickets.jsonl", b'{"id":1}\n{"id":\n{"s":"\xff"}\n{"id":4}\n{"id": 5, "subj')
    kinds = [record.code if isinstance(record, Unreadable) else record for record in records(found)]
    assert kinds == [{"id": 1}, "not_json", "bad_text", {"id": 4}, "not_json"]
    assert found[0].rows == 5 and faults(found) == []


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
def test_a_cut_off_file_gives_everything_before_the_cut_and_says_where(tmp_path: Path, ending: str) -> None:
    lines = "".join(json.dumps({"id": n, "noise": str(n**13)}) + "\n" for n in range(2000)).encode()
    packed = (
        gzip.compress(lines)
        if ending.endswith("gz")
        else zstandard.ZstdCompressor(write_content_size=False).compress(lines)
    )
    found = read(tmp_path, f"tickets.{ending}", packed[: len(packed) // 2], size=500)
    kept = records(found)
    assert ending.endswith("zst") or len(kept) > 500
    assert kept == [{"id": n, "noise": str(n**13)} for n in range(len(kept))]
    ((code, message),) = faults(found)
    assert code == "not_json" and f"record {len(kept) + 1} of tickets.{ending}" in message and "ends early" in message


def test_a_damaged_gzip_file_gives_every_record_before_the_damage(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": n, "noise": str(n**13)}) + "\n" for n in range(5000)).encode()
    packed = bytearray(gzip.compress(lines))
    packed[len(packed) // 2 :] = b"\xff" * 500
    found = read(tmp_path, "tickets.jsonl.gz", bytes(packed))
    kept = [record for record in records(found) if isinstance(record, dict)]
    assert len(kept) > 2000 and kept == [{"id": n, "noise": str(n**13)} for n in range(len(kept))]
    assert [code for code, _ in faults(found)] == ["not_json"]


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
@pytest.mark.parametrize("content", [b"", b"not packed at all"])
def test_a_file_that_is_not_packed_as_its_name_says_is_named(tmp_path: Path, ending: str, content: bytes) -> None:
    found = read(tmp_path, f"tickets.{ending}", content)
    assert [page.rows for page in found] == [0]
    assert [code for code, _ in faults(found)] == ["not_json"]


def test_a_record_that_is_too_long_is_left_out_and_the_next_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split, "LONGEST_RECORD", 1000)
    long = b'{"id":2,"x":"' + b"x" * 600_000 + b'"}\n'
    found = read(tmp_path, "tickets.jsonl", b'{"id":1}\n' + long + b'{"id":3}\n')
    assert records(found) == [{"id": 1}, {"id": 3}]
    assert [(bad.line, bad.code) for bad in found[0].bad] == [(1, "too_big")]


def test_one_broken_element_of_an_array_does_not_hide_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, "tickets.json", b'[{"id":1},{"id":2,"x":nope},{"id":"]}\\""} , 7,\n{"id":\n3}]')
    kinds = [record.code if isinstance(record, Unreadable) else record for record in records(found)]
    assert kinds == [{"id": 1}, "not_json", {"id": ']}"'}, 7, {"id": 3}]


@pytest.mark.parametrize(
    "cut", [b'[{"id":1},{"id":2,"x":"abc', b'{"count":2,"tickets":[{"id":1},', b'{"tickets":[{"id":1}],"next_page":"ht']
)
def test_a_cut_off_array_or_page_keeps_its_whole_elements(tmp_path: Path, cut: bytes) -> None:
    found = read(tmp_path, "tickets.json", cut)
    assert records(found) == [{"id": 1}]
    assert [code for code, _ in faults(found)] == ["not_json"]


@pytest.mark.parametrize("content", [b"", b"  \n", b"[]", b'{"tickets":[]}'])
def test_a_file_without_records_gives_no_page(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, "tickets.json", content) == []


def test_a_single_object_and_objects_one_after_another_are_records(tmp_path: Path) -> None:
    assert records(read(tmp_path, "tickets.json", b'{"id":1,"tags":["a"]}')) == [{"id": 1, "tags": ["a"]}]
    assert records(read(tmp_path, "tickets.json", b'{"id":1}\n{"id":2}\n{"tickets":[{"id":3}]}')) == [
        {"id": 1},
        {"id": 2},
        {"id": 3},
    ]


def test_something_else_than_json_is_one_fault(tmp_path: Path) -> None:
    found = read(tmp_path, "tickets.json", b"<html>Sign in</html>")
    assert records(found) == [] and [code for code, _ in faults(found)] == ["not_json"]


def test_invalid_bytes_inside_an_array_stay_with_their_record(tmp_path: Path) -> None:
    found = read(tmp_path, "tickets.json", b'[{"id":1},{"s":"\xff"}]')
    assert records(found)[0] == {"id": 1}
    assert records(found)[1] == Unreadable("bad_text", "the record is not UTF-8 text (byte 7)")


def test_an_array_of_any_size_is_read_in_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "tickets.json").open("w") as file:
        file.write('{"tickets":[')
        file.write(",\n".join(json.dumps({"id": n, "text": "x" * 1000}) for n in range(20_000)))
        file.write("]}")
    (file_of_stream,) = scan(tmp_path, "zendesk")
    tracemalloc.start()
    rows = sum(page.rows for page in pages(file_of_stream, 500))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 20_000
    assert peak < 8 * 1024 * 1024


CASES = (
    '"Id","Status","Description","IsClosed"\r\n'
    '"5008d00000AbCdEAAV","Closed","Hello, my parcel\n""4711"" is lost.","true"\r\n'
)


def test_a_bulk_file_becomes_objects_with_nulls_for_empty_fields(tmp_path: Path) -> None:
    found = read(tmp_path, "Case.csv", (CASES + '"5008d00000AbCdFAAV","","","false"\n').encode(), "salesforce")
    assert records(found) == [
        {
            "Id": "5008d00000AbCdEAAV",
            "Status": "Closed",
            "Description": 'Hello, my parcel\n"4711" is lost.',
            "IsClosed": "true",
        },
        {"Id": "5008d00000AbCdFAAV", "Status": None, "Description": None, "IsClosed": "false"},
    ]


def test_the_sample_bulk_part_is_read_and_decodes_once_the_creation_date_is_there(tmp_path: Path) -> None:
    part = (maitred_shared_data() / "api/salesforce/own/bulk2_result_part1.csv").read_bytes()
    (record,) = records(read(tmp_path, "Case_part1.csv", part, "salesforce"))
    assert record["Description"] == 'Hello, my parcel\n"4711" is lost.'
    assert decode_salesforce("Case", [record]).bad[0].code == "missing_key"  # the part was selected without CreatedDate
    decoded = decode_salesforce("Case", [{**record, "CreatedDate": "2026-03-02T08:15:30.000Z"}])
    assert decoded.bad == [] and decoded.tables["tickets"].column("status").to_pylist() == ["solved"]


def test_a_repeated_header_is_no_row_and_other_delimiters_are_seen(tmp_path: Path) -> None:
    assert records(read(tmp_path, "Case.csv", b"Id;Status\r\n1;New\r\nId;Status\r\n2;Closed\r\n", "salesforce")) == [
        {"Id": "1", "Status": "New"},
        {"Id": "2", "Status": "Closed"},
    ]


def test_rows_that_are_no_rows_are_named_and_the_others_kept(tmp_path: Path) -> None:
    content = b'Id,Status\n1,New\n2\n3,"Clo"sed"\n4,\xff\n5,New\n6,"cut'
    found = read(tmp_path, "Case.csv", content, "salesforce")
    assert [record["Id"] for record in records(found)] == ["1", "5"]
    assert [code for code, _ in faults(found)] == ["bad_row", "bad_row", "bad_text", "bad_row"]
    assert "record 2 of Case.csv: the row has 1 fields, the header 2" in faults(found)[0][1]


def test_a_long_description_is_no_obstacle(tmp_path: Path) -> None:
    (record,) = records(read(tmp_path, "Case.csv", b"Id,Description\n1," + b"x" * 300_000 + b"\n", "salesforce"))
    assert len(record["Description"]) == 300_000


def names(folder: Path, vendor: str, *files: str) -> list[tuple[str, str]]:
    """(stream, file) of what is found when these files are in a folder."""
    for name in files:
        (folder / name).write_bytes(b"{}\n")
    return [(file.stream, file.name) for file in scan(folder, vendor)]


def test_streams_are_found_under_their_aliases_in_the_order_of_reading(tmp_path: Path) -> None:
    found = names(
        tmp_path,
        "zendesk",
        "tickets.jsonl",
        "tickets_02.jsonl",
        "sla_policies.json",
        "audits.jsonl",
        "users.jsonl.zst",
        "holidays.json",
    )
    assert found == [
        ("users", "users.jsonl.zst"),
        ("holidays", "holidays.json"),
        ("slas_policies", "sla_policies.json"),
        ("tickets", "tickets.jsonl"),
        ("tickets", "tickets_02.jsonl"),
        ("ticket_audits", "audits.jsonl"),
    ]


def test_salesforce_objects_in_any_case_and_form(tmp_path: Path) -> None:
    found = names(
        tmp_path, "salesforce", "Case.csv", "casehistory.jsonl", "query_case_page1.json", "EmailMessage.csv.gz"
    )
    assert found == [
        ("Case", "Case.csv"),
        ("Case", "query_case_page1.json"),
        ("CaseHistory", "casehistory.jsonl"),
        ("EmailMessage", "EmailMessage.csv.gz"),
    ]


def test_unknown_files_are_named_and_folders_hidden_files_and_settings_are_not(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    names(
        tmp_path, "freshdesk", "tickets.jsonl", "README.md", "tickets.csv", "weather.jsonl", ".DS_Store", "import.toml"
    )
    assert unknown(tmp_path, "freshdesk") == ["README.md", "tickets.csv", "weather.jsonl"]


def test_a_folder_without_streams_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no file in .* is a stream of zendesk: expected are .*ticket_events.* \.jsonl"):
        scan(tmp_path, "zendesk")
    (tmp_path / "weather.csv").write_text("a,b\n")
    with pytest.raises(BadInput, match=r"stream of salesforce: expected are .*CaseHistory.*\.csv"):
        scan(tmp_path, "salesforce")


def test_a_missing_folder_a_file_and_an_unknown_helpdesk_are_refused(tmp_path: Path) -> None:
    (tmp_path / "tickets.jsonl").write_bytes(JSONL)
    with pytest.raises(BadInput, match="is not a folder"):
        scan(tmp_path / "nowhere", "zendesk")
    with pytest.raises(BadInput, match="is not a folder"):
        scan(tmp_path / "tickets.jsonl", "zendesk")
    with pytest.raises(BadInput, match="not a helpdesk that can be imported"):
        scan(tmp_path, "carrier pigeon")


def test_a_file_that_vanished_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"tickets\.jsonl cannot be read"):
        list(pages(StreamFile("zendesk", "tickets", tmp_path / "tickets.jsonl", "jsonl")))


PIECES = st.lists(
    st.sampled_from(
        [b"{", b"}", b"[", b"]", b'"', b",", b":", b"1", b'{"id":1}', b'"tickets"', b"\\", b"\n", b"\xff", b"nope"]
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(content=PIECES.map(b"".join), kind=st.sampled_from(["jsonl", "json", "csv"]))
def test_any_content_is_read_to_its_end_without_an_exception(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, kind: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"Case.{kind}"
    path.write_bytes(content)
    found = list(pages(StreamFile("salesforce", "Case", path, kind), 3))
    assert all(len(parse(page.body)) == page.rows for page in found)
    assert [page.first_record for page in found] == [
        1 + sum(p.rows + len(p.bad) for p in found[:n]) for n in range(len(found))
    ]
