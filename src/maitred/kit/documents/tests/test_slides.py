"""The report as slides: inside their frame, described, what is left out in the notes, twice the same bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

from pptx import Presentation

from maitred.kit.documents import slides
from maitred.kit.documents.sections import (
    ChartBlock,
    Document,
    FigureRow,
    PageBreak,
    Paragraph,
    Section,
    Sentence,
    TableBlock,
)
from maitred.kit.documents.tests.examples import BACKLOG, HOSTILE, WITHIN, FixedPicture, hostile, weekly


def test_a_slide_per_finding_after_the_title() -> None:
    show = _opened(weekly(1))
    titles = [slide.shapes.title.text for slide in show.slides]
    assert titles == [weekly(1).title, *[section.heading for section in weekly(1).sections]]
    assert show.slide_width / show.slide_height == 16 / 9 or abs(show.slide_width / show.slide_height - 16 / 9) < 0.001


def test_every_chart_and_table_is_described() -> None:
    described = [
        shape._element.xpath("./*/p:cNvPr")[0].get("descr")
        for slide in _opened(weekly(3)).slides
        for shape in slide.shapes
        if shape.shape_type == 13 or shape.has_table
    ]
    assert described.count(FixedPicture().sentence) == 3
    assert all(described)


def test_nothing_lies_outside_its_slide_even_when_texts_are_long() -> None:
    for report in (weekly(3), hostile(), hostile("Wort " * 200)):
        show = _opened(report)
        for slide in show.slides:
            for shape in slide.shapes:
                assert shape.left >= 0
                assert shape.top >= 0
                assert shape.left + shape.width <= show.slide_width + 1_000
                assert shape.top + shape.height <= show.slide_height, shape.name


def test_markup_stays_text_and_the_notes_have_all_of_it() -> None:
    show = _opened(hostile())
    notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in show.slides)
    # Subtitle; of each section heading (twice, on two slides), texts, figures, charts, paragraph, table; definitions.
    assert notes.count(HOSTILE) >= 1 + 3 * (1 + 2 * 3 + 4 + 1 + 1 + 2)
    assert show.slides[0].shapes.title.text == HOSTILE
    assert not [link for link in _links(show) if "javascript" in link]
    assert [link for link in _links(_opened(weekly(1))) if link.startswith("https://desk.example.org/")]


def test_control_characters_do_not_break_the_file() -> None:
    show = _opened(hostile("a\x00b\x07c\x0bd\ud800e"))
    assert "abc" in show.slides[0].shapes.title.text


def test_what_a_slide_has_no_room_for_is_in_its_notes() -> None:
    rows = tuple((f"team {n}", str(n)) for n in range(40))
    long = "A paragraph that nobody reads on a wall. " * 20
    section = Section("Long", (Paragraph(long), TableBlock(("Team", "Tickets"), rows, "All teams")))
    slide = _opened(replace(weekly(1), sections=(section,))).slides[1]
    said = slide.notes_slide.notes_text_frame.text
    assert long.strip() in said
    assert "team 39 | 39" in said
    shown = next(shape for shape in slide.shapes if shape.has_table)
    assert len(shown.table.rows) == 9
    assert any("8 of 40 rows shown" in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_more_than_fits_goes_on_a_further_slide() -> None:
    blocks = (
        ChartBlock(FixedPicture()),
        ChartBlock(FixedPicture()),
        FigureRow((WITHIN, BACKLOG, WITHIN)),
        FigureRow((WITHIN, BACKLOG)),
        PageBreak(),
        PageBreak(),
        Sentence("The end."),
    )
    show = _opened(replace(weekly(1), sections=(Section("Much", blocks),)))
    titles = [slide.shapes.title.text for slide in show.slides][1:]
    assert titles == ["Much (1/4)", "Much (2/4)", "Much (3/4)", "Much (4/4)"]
    pictures = [sum(shape.shape_type == 13 for shape in slide.shapes) for slide in show.slides]
    assert pictures == [0, 1, 1, 0, 0]


def test_definitions_are_in_the_notes_of_every_finding() -> None:
    for slide in list(_opened(weekly(1)).slides)[1:]:
        assert weekly(1).definitions[0].text in slide.notes_slide.notes_text_frame.text


def test_the_same_report_is_the_same_bytes_and_keeps_no_other_time() -> None:
    first = slides.render(weekly(2))
    assert slides.render(weekly(2)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = _opened(weekly(2)).core_properties
    assert about.created == about.modified == weekly(2).as_of.replace(tzinfo=None)


def test_arabic_paragraphs_run_from_right_to_left() -> None:
    show = _opened(replace(weekly(1), language="ar"))
    paragraph = show.slides[1].shapes.title.text_frame.paragraphs[0]
    assert paragraph._p.pPr.get("rtl") == "1"


def test_progress_counts_slides() -> None:
    steps: list[tuple[int, int]] = []
    slides.render(weekly(1), lambda done, of: steps.append((done, of)))
    assert steps == [(1, 3), (2, 3), (3, 3)]


def _opened(report: Document) -> Any:
    return Presentation(io.BytesIO(slides.render(report)))


def _links(show: Any) -> list[str]:
    return [
        run.hyperlink.address
        for slide in show.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
        if run.hyperlink.address
    ]
