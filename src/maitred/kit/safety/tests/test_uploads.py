"""What a browser may hand in, and every trap that must leave the quarantine empty."""

from __future__ import annotations

import gzip
import io
import multiprocessing
import resource
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maitred.kit.safety import uploads
from maitred.kit.safety.archives import path_fault
from maitred.kit.safety.uploads import Limits, UploadRefused, members, quarantine, sheet_rows, xml_records

CSV = b"id,text\n1,hello\n2,\xc3\xbc\n"
SMALL = Limits(file_bytes=5_000_000, unpacked_bytes=20_000_000, ratio=200, members=50)


def taken(folder: Path, data: bytes, name: str, limits: Limits = SMALL) -> uploads.Quarantined:
    return quarantine((data[at : at + 65_536] for at in range(0, len(data), 65_536)), name, folder, limits)


def assert_refused(folder: Path, data: bytes, name: str, reason: str, limits: Limits = SMALL) -> None:
    before = set(folder.iterdir())
    started = time.process_time()
    with pytest.raises(UploadRefused) as refusal:
        taken(folder, data, name, limits)
    assert refusal.value.reason == reason, str(refusal.value)
    assert time.process_time() - started < 1, "a trap is refused before it is unpacked"
    assert set(folder.iterdir()) == before
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 300


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(*entries: tarfile.TarInfo | tuple[str, bytes], form: int = tarfile.PAX_FORMAT, pack: bool = True) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz" if pack else "w", format=form) as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                archive.addfile(info, io.BytesIO(entry[1]))
    return out.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def repacked(data: bytes, changed: dict[str, bytes | None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    merged: dict[str, bytes | None] = {**files, **changed}
    return zipped({name: content for name, content in merged.items() if content is not None})


def parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"id": [1]}), out)
    return out.getvalue()


GENUINE: dict[str, Callable[[], bytes]] = {
    "t.csv": lambda: CSV,
    "T.TSV": lambda: b"id\ttext\n",
    "latin.csv": lambda: "id;größe\n".encode("cp1252"),
    "sixteen.csv": lambda: "id,ü\n".encode("utf-16"),
    "brackets.csv": lambda: b"[Ticket] id,text\n1,x\n",
    "o.json": lambda: b' {"a": [1, 2]}',
    "pretty.json": lambda: b'{\n  "a": 1\n}\n',
    "list.json": lambda: b"[1, 2, 3]",
    "long.json": lambda: b'[{"a": "' + b"x" * 100_000 + b'"}]',
    "e.jsonl": lambda: b'{"a": 1}\n{"a": 2}\n',
    "one.ndjson": lambda: b'{"a": 1}\n',
    "x.xml": lambda: b'<?xml version="1.0"?><log><e/></log>',
    "l.xes": lambda: b"\n<log/>",
    "p.parquet": parquet,
    "d.pdf": lambda: b"%PDF-1.7\n%\xe2\xe3\n",
    "w.xlsx": lambda: workbook([["id"], [1]]),
    "z.zip": lambda: zipped({"a/b.csv": CSV, "c.json": b"{}"}),
    "t.tar": lambda: tarred(("a.csv", CSV), pack=False),
    "t.tar.gz": lambda: tarred(("a.csv", CSV), ("é" * 120 + ".csv", CSV)),
    "g.tgz": lambda: tarred(("x" * 150 + ".csv", CSV), form=tarfile.GNU_FORMAT),
    "c.csv.gz": lambda: gzip.compress(CSV),
}


@pytest.mark.parametrize("name", GENUINE)
def test_a_genuine_file_is_taken_under_a_name_of_ours(tmp_path: Path, name: str) -> None:
    data = GENUINE[name]()
    kept = taken(tmp_path, data, f"../{name}")
    assert kept.path.read_bytes() == data
    assert kept.path.parent == tmp_path and kept.path.suffix == ".upload" and kept.path.stem.isalnum()
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert (kept.shown_name, kept.size) == (name, len(data))


@pytest.mark.parametrize(
    "declared",
    ["x.csv", "x.json", "x.jsonl", "x.xml", "x.parquet", "x.pdf", "x.xlsx", "x.zip", "x.tar", "x.tar.gz", "x.gz"],
)
def test_a_file_that_lies_about_its_kind_is_refused(tmp_path: Path, declared: str) -> None:
    fitting = {
        "x.csv": ("csv", "tsv"),
        "x.json": ("json", "one.ndjson"),
        "x.jsonl": ("jsonl", "ndjson", "o.json", "list.json", "long.json"),
        "x.xml": ("xml", "xes"),
        "x.tar.gz": ("tar.gz", "tgz"),
        "x.gz": ("csv.gz",),
    }.get(declared, (declared.removeprefix("x."),))
    for name, make in GENUINE.items():
        # A workbook is a zip: calling itself one is no lie.
        if not name.lower().endswith(fitting) and (declared, name) != ("x.zip", "w.xlsx"):
            assert_refused(tmp_path, make(), declared, "kind")


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"\x7fELF\x02\x01\x01\x00",
            b"MZ\x90\x00",
            b"\x89PNG\r\n\x1a\n\x00",
            b"a,b\n\x00\x01\x02",
            b"\x1b[31mred",
            b"PAR1xxxxPAR0",
        ),
        *(
            b"<html><script>x</script>",
            b" <!DOCTYPE html><p>",
            b"<svg onload=x>",
            b"%PDF-1.4",
            b"#!/bin/sh\n\x00",
            b"Rar!\x1a\x07\x00",
        ),
        *(b"7z\xbc\xaf\x27\x1c", b"BZh91AY", b"\xfd7zXZ\x00", b"\xff\xfea"),
    ],
)
def test_what_is_no_table_of_text_is_no_csv(tmp_path: Path, data: bytes) -> None:
    assert_refused(tmp_path, data, "t.csv", "kind")


@pytest.mark.parametrize(
    "name", ["run.exe", "page.html", "a.svg", "t.csv.exe", "", "csv", "t.csv/", "b.xlsm", "macro.xls"]
)
def test_an_ending_that_is_not_taken_is_refused(tmp_path: Path, name: str) -> None:
    assert_refused(tmp_path, CSV, name, "kind")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path, b"", "t.csv", "kind")


def test_a_file_beyond_the_size_is_refused_as_soon_as_it_is(tmp_path: Path) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"a,b\n" * 16_384

    with pytest.raises(UploadRefused, match="5 MB"):
        quarantine(endless(), "t.csv", tmp_path, SMALL)
    assert sent == 5_000_000 // 65_536 + 1
    assert list(tmp_path.iterdir()) == []


def test_a_sender_who_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield CSV
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        quarantine(broken(), "t.csv", tmp_path, SMALL)
    assert list(tmp_path.iterdir()) == []


BAD_NAMES = [
    *(
        "/etc/passwd",
        "\\windows\\x",
        "../x",
        "a/../../x",
        "..\\x",
        "a\\..\\x",
        "..",
        "C:\\x",
        "c:x",
        "a:stream",
        "a\nb",
        "a\x1bb",
    ),
    *(
        "CON",
        "nul.txt",
        "aux",
        "com1.csv",
        "LPT9",
        "a/PRN.csv",
        "COM¹",
        "x.",
        "x ",
        "a/b. /c",
        "．．/x",
        "／etc",
        "x" * 1_025,
        "conin$",
    ),
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_member_whose_name_leads_elsewhere_refuses_the_archive(tmp_path: Path, name: str) -> None:
    assert path_fault(name) is not None
    assert_refused(tmp_path, zipped({"ok.csv": CSV, name: CSV}), "z.zip", "path")
    assert_refused(tmp_path, tarred(("ok.csv", CSV), (name, CSV)), "t.tar.gz", "path")


@pytest.mark.parametrize(
    "name", ["a.csv", "a/b/c.csv", "./a.csv", "con-tact.csv", "console.csv", "..a", "a..b", "ü.csv", "a/"]
)
def test_an_ordinary_name_is_no_fault(name: str) -> None:
    assert path_fault(name) is None


def test_a_nul_in_a_members_name_is_seen_though_zipfile_hides_it(tmp_path: Path) -> None:
    assert_refused(tmp_path, zipped({"a.csvXb": CSV}).replace(b"a.csvXb", b"a.csv\0b"), "z.zip", "path")


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path, zipped({"a.csv": CSV, "A.CSV": CSV}), "z.zip", "path")
    assert_refused(tmp_path, tarred(("a.csv", CSV), ("A.csv", CSV)), "t.tgz", "path")


def link(name: str, kind: bytes, target: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.FIFOTYPE,
        tarfile.CONTTYPE,
        tarfile.GNUTYPE_SPARSE,
        b"Z",
    ],
)
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_a_link_or_device_in_a_tar_is_refused(tmp_path: Path, kind: bytes, form: int) -> None:
    assert_refused(tmp_path, tarred(("a.csv", CSV), link("b", kind), form=form), "t.tar.gz", "path")


@pytest.mark.parametrize("mode", [0o120777, 0o060644, 0o020644, 0o010644, 0o140644])
def test_a_link_or_device_in_a_zip_is_refused(tmp_path: Path, mode: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link.csv")
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/passwd")
    assert_refused(tmp_path, out.getvalue(), "z.zip", "path")


BOMB = bytes(8_000_000)


def test_a_member_that_packs_too_well_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path, zipped({"a.csv": BOMB}), "z.zip", "bomb")
    assert_refused(tmp_path, gzip.compress(BOMB), "a.csv.gz", "bomb")
    assert_refused(tmp_path, tarred(("a.csv", BOMB)), "t.tar.gz", "bomb")


def test_many_members_that_each_pack_too_little_to_notice_are_refused_together(tmp_path: Path) -> None:
    assert_refused(tmp_path, zipped({f"{n}.csv": bytes(900_000) for n in range(40)}), "z.zip", "bomb")


def test_more_unpacked_bytes_than_may_be_are_refused_at_any_ratio(tmp_path: Path) -> None:
    import random

    data = random.Random(1).randbytes(30_000) * 100  # packs about thirtyfold
    limits = Limits(5_000_000, 2_500_000, 200, 50)
    assert_refused(tmp_path, zipped({"a.csv": data}), "z.zip", "bomb", limits)
    assert_refused(tmp_path, gzip.compress(data), "a.csv.gz", "bomb", limits)
    assert_refused(tmp_path, tarred(("a.csv", data)), "t.tar.gz", "bomb", limits)


def test_a_zip_that_lies_about_a_members_size_is_cut_there(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": b"x" * 500_000}))
    directory = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, directory + 24, 100)
    with pytest.raises(UploadRefused):
        kept = taken(tmp_path, bytes(data), "z.zip")
        for member in members(kept.path, kept.kind):
            assert len(member.stream.read()) <= 100


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    """One packed kernel under many names: each entry alone has an honest ratio."""
    data = bytearray(zipped({"a.csv": CSV * 9_000, "b.csv": CSV * 9_000}, zipfile.ZIP_STORED))
    second = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 10)
    assert_refused(tmp_path, bytes(data), "z.zip", "bomb")


@pytest.mark.parametrize("count", [51, 3_000])
def test_too_many_members_are_refused(tmp_path: Path, count: int) -> None:
    assert_refused(tmp_path, zipped({f"{n}.csv": b"" for n in range(count)}), "z.zip", "members")
    assert_refused(tmp_path, tarred(*((f"{n}.csv", b"") for n in range(count))), "t.tar.gz", "members")
    assert_refused(tmp_path, tarred(*((f"{n}.csv", b"") for n in range(count)), pack=False), "t.tar", "members")


def test_a_directory_that_hides_its_length_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({f"{n}.csv": b"" for n in range(60)}))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<2H", data, end + 8, 5, 5)
    assert_refused(tmp_path, bytes(data), "z.zip", "damaged")


@pytest.mark.parametrize("prefix", [b"MZ\x90", CSV, b"%PDF-1.4\n", b"<html>"])
def test_an_archive_behind_something_else_is_no_zip(tmp_path: Path, prefix: bytes) -> None:
    assert_refused(tmp_path, prefix + zipped({"a.csv": CSV}), "z.zip", "kind")


def test_an_archive_with_something_before_its_directory_or_a_second_one_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path, zipped({"a.csv": CSV}) + zipped({"b.csv": CSV}), "z.zip", "damaged")
    plain = zipped({"a.csv": CSV})
    assert_refused(tmp_path, plain + b"tail", "z.zip", "damaged")
    end = plain.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + bytes(16)
    assert_refused(tmp_path, plain[:end] + locator + plain[end:], "z.zip", "damaged")


INNER = {
    "a.zip": zipped({"x": b"x"}),
    "b.csv": zipped({"x": b"x"}),
    "c.gz": gzip.compress(b"x"),
    "d.tar": tarred(("x", b"x"), pack=False),
    "e.bz2": b"BZh91AY&SY",
    "f.xz": b"\xfd7zXZ\x00\x00",
    "g.zst": b"\x28\xb5\x2f\xfd\x00",
    "h.xlsx": workbook([["x"]]),
}


@pytest.mark.parametrize("name", INNER)
def test_an_archive_within_an_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert_refused(tmp_path, zipped({"ok.csv": CSV, name: INNER[name]}), "z.zip", "nested")
    assert_refused(tmp_path, tarred(("ok.csv", CSV), (name, INNER[name])), "t.tar.gz", "nested")
    if name != "d.tar":
        assert_refused(tmp_path, gzip.compress(INNER[name]), "x.csv.gz", "nested")


def test_an_encrypted_or_oddly_packed_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": CSV}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    assert_refused(tmp_path, bytes(data), "z.zip", "encrypted")
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert_refused(tmp_path, zipped({"a.csv": CSV * 50}, method), "z.zip", "coding")


def test_a_tar_header_that_gives_another_size_or_is_endless_is_refused(tmp_path: Path) -> None:
    for headers in ({"size": "9999999"}, {"GNU.sparse.major": "1"}, {"comment": "x" * 70_000}):
        info = tarfile.TarInfo("a.csv")
        info.pax_headers = headers
        with pytest.raises(UploadRefused):
            taken(tmp_path, tarred(info), "t.tar.gz")
    long = tarfile.TarInfo("././@LongLink")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 2**40
    assert_refused(tmp_path, long.tobuf(tarfile.GNU_FORMAT) + bytes(1024), "t.tar", "bomb")


@pytest.mark.parametrize("name", ["z.zip", "w.xlsx", "t.tar", "t.tar.gz", "c.csv.gz"])
def test_an_archive_that_was_cut_off_is_refused_or_ends_in_a_refusal(tmp_path: Path, name: str) -> None:
    data = GENUINE[name]()
    most = 1_000 if name == "t.tar" else len(data) - 1  # behind its last member a tar has zeros alone
    for cut in range(20, most, max(1, len(data) // 40)):
        with pytest.raises(UploadRefused):
            taken(tmp_path, data[:cut], name)
    assert list(tmp_path.iterdir()) == []


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["z.zip", "t.tar", "t.tar.gz", "c.csv.gz"]),
    st.integers(0, 4_000),
    st.binary(min_size=1, max_size=6),
)
def test_a_damaged_archive_gives_a_refusal_or_its_members_and_nothing_else(
    tmp_path: Path, name: str, at: int, put: bytes
) -> None:
    data = bytearray(GENUINE[name]())
    data[at % len(data) : at % len(data) + len(put)] = put
    try:
        kept = taken(tmp_path, bytes(data), name)
        read = [len(member.stream.read()) for member in members(kept.path, kept.kind, SMALL)]
    except UploadRefused:
        return
    assert sum(read) <= SMALL.unpacked_bytes


@pytest.mark.parametrize("name", ["z.zip", "t.tar", "t.tar.gz"])
def test_the_members_of_an_accepted_archive_are_read_one_after_another(tmp_path: Path, name: str) -> None:
    files = {"a.csv": CSV, "d/b.json": b"{}", "empty.csv": b""}
    data = (
        zipped({"d/": b"", **files})
        if name == "z.zip"
        else tarred(link("d", tarfile.DIRTYPE, ""), *files.items(), pack=name != "t.tar")
    )
    kept = taken(tmp_path, data, name)
    assert {member.name: member.stream.read() for member in members(kept.path, kept.kind)} == files


def test_a_single_packed_file_is_one_member(tmp_path: Path) -> None:
    kept = taken(tmp_path, gzip.compress(CSV[:8]) + gzip.compress(CSV[8:]), "t.csv.gz")
    assert [member.stream.read() for member in members(kept.path, kept.kind)] == [CSV]


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l><e>&b;</e></l>'
OUTSIDE = b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l><e>&x;</e></l>'


@pytest.mark.parametrize(
    "document",
    [
        LAUGHS,
        OUTSIDE,
        b'<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd"><l/>',
        b"<l><e></l>",
        b"<l>",
        b"",
        b"<l/>x",
        b"<l>&x;</l>",
        b'<?xml version="1.0" encoding="x"?><l/>',
    ],
)
def test_xml_with_entities_a_type_or_a_break_is_refused(document: bytes) -> None:
    with pytest.raises(UploadRefused) as refusal:
        list(xml_records(io.BytesIO(document)))
    assert refusal.value.reason == "xml"


@pytest.mark.parametrize(
    "inner",
    [b"<a>" * 40_000, b"<a/>" * 60_000, b"x" * 5_000_000, b"<a b='" + b"x" * 5_000_000],
    ids=["deep", "wide", "text", "attribute"],
)
def test_one_endless_record_is_refused(inner: bytes) -> None:
    with pytest.raises(UploadRefused) as refusal:
        list(xml_records(io.BytesIO(b"<l><e>" + inner)))
    assert refusal.value.reason == "bomb"


def test_the_records_of_a_document_come_one_after_another() -> None:
    document = b"<l>" + b"".join(b"<e n='%d'><f>t</f></e>" % n for n in range(30_000)) + b"</l>"
    assert [element.get("n") for element in xml_records(io.BytesIO(document))] == [str(n) for n in range(30_000)]


def test_the_rows_of_a_workbook_are_values(tmp_path: Path) -> None:
    kept = taken(tmp_path, workbook([["id", "text"], [1, "=1+1"], [None, "x"]]), "w.xlsx")
    rows = list(sheet_rows(kept.path))
    assert rows[0] == ("id", "text")
    assert len(rows) == 3


@pytest.mark.parametrize(
    "part",
    ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml", "xl/styles.xml"],
)
@pytest.mark.parametrize("content", [LAUGHS, OUTSIDE, b"<broken"], ids=["laughs", "outside", "broken"])
def test_a_workbook_with_a_trap_in_any_part_is_refused_when_it_is_read(
    tmp_path: Path, part: str, content: bytes
) -> None:
    kept = taken(tmp_path, repacked(workbook([["a"]]), {part: content}), "w.xlsx")
    with pytest.raises(UploadRefused):
        list(sheet_rows(kept.path))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"xl/workbook.xml": None}, "kind"),
        ({"[Content_Types].xml": None}, "kind"),
        ({"xl/vbaProject.bin": b"x"}, "kind"),
        ({"../x": b"x"}, "path"),
        ({"xl/media/x.bin": bytes(9_000_000)}, "bomb"),
    ],
)
def test_a_workbook_with_a_part_too_few_or_too_many_is_refused(
    tmp_path: Path, changed: dict[str, bytes | None], reason: str
) -> None:
    assert_refused(tmp_path, repacked(workbook([["a"]]), changed), "w.xlsx", reason)


def test_a_workbook_with_too_much_shared_text_is_refused(tmp_path: Path) -> None:
    import random

    text = "".join(f"<si><t>{n}</t></si>" for n in random.Random(1).choices(range(10**9), k=700_000)).encode()
    assert len(text) > uploads.LARGEST_SHEET_PART
    assert_refused(tmp_path, repacked(workbook([["a"]]), {"xl/sharedStrings.xml": text}), "w.xlsx", "bomb", Limits())


def test_a_cell_far_to_the_right_is_refused(tmp_path: Path) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
    )
    kept = taken(tmp_path, repacked(workbook([["a"]]), {"xl/worksheets/sheet1.xml": sheet}), "w.xlsx")
    with pytest.raises(UploadRefused, match="columns"):
        list(sheet_rows(kept.path))


def _rise(folder: str, size: int, packed: bool, answers: multiprocessing.Queue[float]) -> None:
    """How many bytes the peak of memory rises while an upload is taken and read; runs in a process of its own."""
    chunks: Iterator[bytes]
    piece = b"1,hello,world,2026-05-04T12:00:00Z,open\n" * 26_000
    chunks = (piece for _ in range(size // len(piece)))
    name = "t.csv"
    quarantine([CSV], "warm.csv", Path(folder))
    if packed:
        import random

        name, line = "z.zip", random.Random(1).randbytes(15_000).hex().encode()
        with (
            zipfile.ZipFile(Path(folder) / "made", "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("a.csv", "w") as out,
        ):
            for _ in range(size // len(line)):
                out.write(line)
        source = (Path(folder) / "made").open("rb")
        chunks = iter(lambda: source.read(65_536), b"")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = quarantine(chunks, name, Path(folder))
    if packed:
        for member in members(kept.path, kept.kind):
            while member.stream.read(65_536):
                pass
    answers.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)


@pytest.mark.parametrize(
    ("size", "packed"),
    [
        pytest.param(40_000_000, False, id="a file"),
        pytest.param(190_000_000, False, id="the largest file", marks=pytest.mark.slow),
        pytest.param(400_000_000, True, id="a large zip", marks=pytest.mark.slow),
    ],
)
def test_memory_rises_by_less_than_fifty_megabytes(tmp_path: Path, size: int, packed: bool) -> None:
    spawning = multiprocessing.get_context("spawn")
    answers = spawning.Queue()
    child = spawning.Process(target=_rise, args=(str(tmp_path), size, packed, answers))
    child.start()
    rise = answers.get(timeout=60)
    child.join(20)
    assert rise <= 50_000_000
