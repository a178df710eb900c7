"""The report on paper: what people wrote is read as it stands, every reader can use it, and twice is the same bytes."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from maitred.base.errors import MaitredError
from maitred.kit.documents import pdf
from maitred.kit.documents.plain import printable
from maitred.kit.documents.sections import ChartBlock, Document, Note, Section, Sentence, TableBlock
from maitred.kit.documents.tests.examples import FIRST_REPLY, HOSTILE, FixedPicture, hostile, weekly


def test_markup_of_every_kind_is_read_as_it_stands() -> None:
    words = _squeezed(_text(pdf.render(hostile())))
    # title, subtitle, publication, filter name and value, contents; heading, sentence, 4 + 4 of the figures,
    # paragraph, 2 charts with title and sentence, caption, column, cell, note; term and text.
    assert words.count(_squeezed(HOSTILE)) >= 5 + 3 + 3 * (1 + 1 + 4 + 1 + 4 + 4 + 3 + 1) + 2


@pytest.mark.parametrize(
    "text",
    [
        "#eval(\"read('paper.typ')\")",
        "$ sum_(i=0)^n $",
        "= heading\n- item\n+ item\n/ term: x",
        "@nobody <somewhere> https://example.org",
        "``` raw ``` // comment /* other */",
        "\\u{41} ~ -- --- ... 'quoted' \"quoted\"",
        "[content] {code} #[x] #{y}",
    ],
)
def test_no_piece_of_typst_runs(text: str) -> None:
    report = replace(weekly(1), sections=(Section("x", (TableBlock(("a",), ((text,),)),)),))
    assert _squeezed(text) in _squeezed(_text(pdf.render(report)))


def test_control_characters_and_halves_of_pairs_are_left_out() -> None:
    words = _text(pdf.render(hostile("a\x00b\x07c\x1bd\ud800e\ufefff\u202eg")))
    assert "abcdefg" in words
    assert printable("a\x00b\x07c\x1bd\ud800e\ufefff\u202eg") == "abcdefg"


def test_a_character_that_no_font_has_is_replaced_and_said() -> None:
    words = _text(pdf.render(hostile("Kunde \U000f1234\u0378 und \u4e00")))
    assert "Kunde" in words
    assert "no font of this machine has" in words
    assert "no font of this machine has" not in _text(pdf.render(weekly(1)))


def test_a_very_long_word_stays_inside_its_page() -> None:
    word = "W" * 1_500
    report = replace(
        weekly(1), title=word, sections=(Section(word, (Sentence(word), TableBlock((word,), ((word,),)))),)
    )
    assert _text(pdf.render(report)).count("W") >= 5 * 1_500


def test_a_sentence_longer_than_a_page_is_not_cut() -> None:
    long = "It goes on. " * 1_000
    words = _text(pdf.render(replace(weekly(1), sections=(Section("x", (Sentence(long), Note(long))),))))
    assert words.count("goes on") == 2_000


def test_it_is_tagged_titled_and_in_its_language() -> None:
    reader = _read(pdf.render(replace(weekly(1), language="de")))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/Lang"] == "de"
    assert reader.metadata is not None
    assert reader.metadata.title == weekly(1).title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data()
    assert "Seite 1 von" in reader.pages[0].extract_text()


def test_every_chart_carries_its_sentence() -> None:
    reader = _read(pdf.render(weekly(3)))
    sentences = [value for value in _alternatives(reader) if value == FixedPicture().sentence]
    assert len(sentences) == 3


def test_a_chart_without_a_picture_leaves_its_sentence() -> None:
    empty = FixedPicture(sentence="Too few tickets (n 4, needs 30).", state="suppressed")
    report = replace(weekly(1), sections=(Section("x", (ChartBlock(empty),)),))
    rendered = pdf.render(report)
    assert "Too few tickets (n 4, needs 30)." in _text(rendered)
    assert list(_alternatives(_read(rendered))) == []


def test_header_rows_are_repeated_on_every_page_of_a_table() -> None:
    rows = tuple((f"ticket {n}", str(n)) for n in range(150))
    report = replace(weekly(1), sections=(Section("Long", (TableBlock(("Subject", "Number"), rows),)),))
    pages = [page.extract_text() for page in _read(pdf.render(report)).pages]
    holding = [page for page in pages if re.search(r"ticket \d+", page)]
    assert len(holding) > 2
    assert all("Subject" in page for page in holding)


def test_the_same_report_is_the_same_bytes_and_another_time_is_not() -> None:
    first = pdf.render(weekly(2))
    pdf.render(hostile())
    assert pdf.render(weekly(2)) == first
    later = replace(weekly(2), as_of=weekly(2).as_of.replace(day=29))
    assert pdf.render(later) != first


def test_fonts_are_embedded_with_and_without_those_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    bare = typst.Compiler(root=str(Path(pdf.__file__).parent), font_paths=typst.Fonts(include_system_fonts=False))
    usual = _fonts(pdf.render(weekly(1)))
    monkeypatch.setattr(pdf, "_compiler", lambda: bare)
    poor = _fonts(pdf.render(weekly(1)))
    assert all(usual.values())
    assert all(poor.values())
    assert any("Libertinus" in name for name in poor)


@pytest.mark.parametrize("address", ["http://127.0.0.1/x.png", "/etc/hostname", "../../x.png", "file:///etc/hostname"])
def test_a_chart_that_wants_something_from_outside_is_refused(address: str) -> None:
    class Reaching(FixedPicture):
        def svg(self, theme: str = "light") -> str:
            return (
                '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
                f'<image href="{address}" width="9" height="9"/></svg>'
            )

    report = replace(weekly(1), sections=(Section("x", (ChartBlock(Reaching()),)),))
    with pytest.raises(MaitredError, match="cannot be set"):
        pdf.render(report)


def test_figures_lead_to_their_rows_and_a_script_leads_nowhere() -> None:
    assert any(uri.startswith("https://desk.example.org/drill/") for uri in _links(weekly(1)))
    assert not any("javascript" in uri for uri in _links(hostile()))


def test_a_path_of_the_console_leads_there_once_its_address_is_known() -> None:
    figure = replace(FIRST_REPLY, url="/drill/csat.rate@solver/?pub=41")
    report = replace(weekly(1), sections=(Section("x", (Sentence("y", (figure,)),)),))
    assert _links(report) == []
    there = replace(report, address="https://desk.example.org")
    assert _links(there) == ["https://desk.example.org/drill/csat.rate@solver/?pub=41"]


def test_progress_counts_charts_and_the_setting() -> None:
    steps: list[tuple[int, int]] = []
    pdf.render(weekly(2), lambda done, of: steps.append((done, of)))
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_arabic_runs_from_right_to_left() -> None:
    reader = _read(pdf.render(replace(weekly(1), language="ar", title="تقرير أسبوعي")))
    assert reader.trailer["/Root"]["/Lang"] == "ar"
    words = "".join(one.extract_text() for one in reader.pages)
    assert "55 min" in words


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="no pdftoppm")
def test_pages_can_be_drawn_and_nothing_touches_the_edge(tmp_path: Path) -> None:
    from PIL import Image

    for name, report in (("weekly", weekly(4)), ("hostile", hostile()), ("long", hostile("W" * 900))):
        (tmp_path / f"{name}.pdf").write_bytes(pdf.render(report))
        subprocess.run(["pdftoppm", "-r", "50", "-png", f"{name}.pdf", name], cwd=tmp_path, check=True)
        pages = sorted(tmp_path.glob(f"{name}-*.png"))
        assert pages
        for page in pages:
            with Image.open(page) as picture:
                grey = picture.convert("L")
                edge = [grey.crop(box) for box in _edges(grey.size)]
                assert min(_darkest(strip) for strip in edge) > 250, f"{name}: ink at the edge of {page.name}"
                assert _darkest(grey) < 120, f"{name}: {page.name} is blank"


def _darkest(picture: Any) -> int:
    return int(picture.getextrema()[0])


def _edges(size: tuple[int, int]) -> tuple[tuple[int, int, int, int], ...]:
    width, height = size
    margin = 24
    return (0, 0, margin, height), (width - margin, 0, width, height), (0, 0, width, margin // 2)


def _read(content: bytes) -> Any:
    return PdfReader(io.BytesIO(content))


def _text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in _read(content).pages)


def _squeezed(text: str) -> str:
    """Without spaces, line ends, and the places to break that long words get."""
    return re.sub(r"[\s\u200b]", "", text)


def _alternatives(reader: Any) -> list[str]:
    found = (reader.get_object(number) for number in range(1, reader.trailer["/Size"]))
    return [str(one["/Alt"]) for one in found if isinstance(one, dict) and "/Alt" in one]


def _fonts(content: bytes) -> dict[str, bool]:
    """Each font of a PDF and whether it is embedded."""
    found = {}
    for page in _read(content).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            found[str(inner["/BaseFont"])] = any(key in descriptor for key in ("/FontFile2", "/FontFile3"))
    return found


def _links(report: Document) -> list[str]:
    uris = []
    for page in _read(pdf.render(report)).pages:
        for note in page.get("/Annots", []):
            action = note.get_object().get("/A", {})
            if "/URI" in action:
                uris.append(str(action["/URI"]))
    return uris
