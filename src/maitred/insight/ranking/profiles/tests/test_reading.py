"""Files are read line by line; what cannot be read is refused by line and reason, and nothing can fill the machine."""

from __future__ import annotations

import gzip
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from maitred.base.errors import BadInput
from maitred.insight.ranking.profiles import Read, Refused, extract, read
from maitred.insight.ranking.profiles.planting import NEWEST

JOB = {"position": "Support Agent", "startDate": "2020-01", "endDate": "2020-12"}


def _write(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), encoding="utf-8")
    return path


def _refused(path: Path) -> list[tuple[int, str]]:
    return [(one.line, one.why) for one in read(path) if isinstance(one, Refused)]


def test_lines_are_profiles_and_bad_ones_are_named(tmp_path: Path) -> None:
    bad = ["{", "[1]", "null", '{"meta": {"id": {}}, "work": []}', "{}", '{"work": ["\\ud800"]}', "[" * 100_000]
    path = _write(tmp_path / "a.jsonl", {"meta": {"id": "p1"}, "work": [JOB]}, *bad, {"work": [JOB]})
    found = list(read(path))
    assert [one.line for one in found] == list(range(1, 10))
    assert next(one.id for one in found if isinstance(one, Read)) == "p1"
    assert len(_refused(path)) == 7
    assert all(why for _, why in _refused(path))


def test_a_profile_without_an_id_gets_one_of_its_content(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jsonl", {"work": [JOB]}, {"work": [JOB]}, {"work": [JOB, JOB]})
    ids = [one.id for one in read(path) if isinstance(one, Read)]
    assert ids[0] == ids[1] != ids[2]


def test_a_line_of_any_length_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"x": "' + "a" * 3_000_000 + '"}\n' + json.dumps({"work": [JOB]}))
    assert [type(one) for one in read(path)] == [Refused, Read]


def test_packed_files_are_read_and_a_bomb_is_not(tmp_path: Path) -> None:
    good = tmp_path / "a.jsonl.gz"
    good.write_bytes(gzip.compress(json.dumps({"work": [JOB]}).encode()))
    assert [type(one) for one in read(good)] == [Read]
    bomb = tmp_path / "b.jsonl.gz"
    with gzip.open(bomb, "wb", compresslevel=9) as file:
        for _ in range(120):
            file.write(b"\n" * 1_000_000)
    begun = time.monotonic()
    assert "unpacks" in _refused(bomb)[0][1]
    assert time.monotonic() - begun < 60
    cut = tmp_path / "c.jsonl.gz"
    cut.write_bytes(good.read_bytes()[:-12])
    assert "damaged" in _refused(cut)[-1][1]


def test_a_zip_is_not_read_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(BadInput):
        list(read(tmp_path / "a.zip"))
    assert "suffix" in _refused(tmp_path)[0][1]


def test_a_table_is_read_by_its_columns(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "a.csv",
        "id,title,company,start,end,title_2,company_2,start_2,end_2,city,region,country,skills,tools,education,"
        "shoe size,last_modified",
        'p1,Support Manager,Acme,2020-01,,Support Agent,"Bee, Ltd",2018-01,2019-12,Austin,TX,US,coaching;training,'
        "Zendesk;Jira,Bachelor,44,2020-12-31",
        "p2,one cell too few",
        'p3,"Support Agent\nnight shift",Acme,2020-01,2020-12,,,,,,,,,,,,',
    )
    found = list(read(path))
    assert [(one.line, type(one)) for one in found] == [(2, Read), (3, Refused), (4, Read)]
    first = found[0]
    assert isinstance(first, Read)
    assert first.document["extra"] == {"shoe size": "44"}
    features = extract(first.document, as_of=NEWEST)
    assert features.features.months_support == 36
    assert {(one.field, one.text) for one in features.evidence} >= {("title", "Support Manager"), ("tools", "Zendesk")}


def test_texts_are_read_whole_and_empty_or_foreign_bytes_refused(tmp_path: Path) -> None:
    (tmp_path / "cv-0001.txt").write_text("A\n\nEXPERIENCE\nSupport Agent 2019 - 2020")
    (tmp_path / "cv-0002.txt").write_text(" \n ")
    (tmp_path / "cv-0003.txt").write_bytes(b"caf\xe9")
    (tmp_path / "Jane Doe.txt").write_text("B\n\nEXPERIENCE\nSupport Agent 2019 - 2020")
    found = {one.file: one for one in read(tmp_path)}
    assert isinstance(found["cv-0001.txt"], Read) and found["cv-0001.txt"].id == "cv-0001"
    assert isinstance(found["Jane Doe.txt"], Read) and "jane" not in found["Jane Doe.txt"].id.lower()
    assert isinstance(found["cv-0002.txt"], Refused) and isinstance(found["cv-0003.txt"], Refused)


def _pdf(pages: int, text: str = "") -> bytes:
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(600, 800)
        if text:
            font = DictionaryObject(
                {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                 NameObject("/BaseFont"): NameObject("/Helvetica")}
            )  # fmt: skip
            page[NameObject("/Resources")] = DictionaryObject(
                {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
            )
            stream = DecodedStreamObject()
            lines = "".join(f"({line}) Tj 0 -14 Td\n" for line in text.split("\n"))
            stream.set_data(f"BT /F1 11 Tf 40 760 Td\n{lines}ET".encode())
            page[NameObject("/Contents")] = writer._add_object(stream)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def test_the_text_layer_of_a_pdf_is_read_and_an_image_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "cv-0001.pdf"
    path.write_bytes(_pdf(1, "Somebody\nEXPERIENCE\nSupport Agent, Acme, 2019-01 - 2019-12\nZendesk"))
    (one,) = read(path)
    assert isinstance(one, Read)
    found = extract(one.document, as_of=NEWEST)
    assert found.features.months_support == 12
    assert all(one.document["text"][part.start : part.end] == part.text for part in found.evidence)
    path.write_bytes(_pdf(1))
    assert "no text layer" in _refused(path)[0][1]


def test_a_pdf_of_two_thousand_pages_or_of_garbage_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cv-0001.pdf"
    path.write_bytes(_pdf(2000))
    begun = time.monotonic()
    assert "2,000 pages" in _refused(path)[0][1]
    assert time.monotonic() - begun < 20
    for content in (b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 50, _pdf(1, "x")[:200]):
        path.write_bytes(content)
        assert len(_refused(path)) == 1
