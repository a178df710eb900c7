"""A report as Markdown: sections in order, figures with interval and n, and foreign text that cannot become markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.kit.documents import markdown
from maitred.kit.documents.sections import FigureRow, Note, PageBreak, Paragraph, Section, Sentence, TableBlock
from maitred.kit.documents.tests.examples import BACKLOG, FIRST_REPLY, FixedPicture, hostile, weekly

_MARKUP = re.compile(r"(?<!\\)(?:\\\\)*([`*_\[\]<>#|])")


def test_headings_stand_in_order() -> None:
    text = markdown.render(weekly(2))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    told = weekly(2)
    assert headings[0] == f"# {told.title}"
    assert headings[1:-1] == [f"## {section.heading}" for section in told.sections]
    assert headings[-1].startswith("## ")
    assert text.endswith("\n") and not text.endswith("\n\n")


def test_a_figure_has_value_interval_and_n_and_leads_to_its_rows() -> None:
    text = markdown.render(weekly(1))
    assert "- [First reply, median: 55 min (52–58 min · n 1 986)](https://desk.example.org/drill/frt.business" in text
    assert "- Backlog: 318 (at 09:00, 41 older than 7 d)" in text


def test_charts_are_told_in_words_and_pages_are_not_broken() -> None:
    text = markdown.render(weekly(2))
    assert f"*{FixedPicture().title}*: {FixedPicture().sentence}" in text
    assert "break" not in text


def test_a_table_has_as_many_cells_in_every_row() -> None:
    rows = [line for line in markdown.render(weekly(1)).splitlines() if line.startswith("|")]
    assert rows[1] == "|---|---|---|---|---|"
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}


def test_foreign_text_is_never_markup() -> None:
    told = markdown.render(hostile())
    assert "javascript:" not in re.findall(r"\]\(([^)]*)\)", told)
    for line in told.splitlines():
        bare = re.sub(r"^(#{1,2} |- |> |\|.*\|$|\*(?=[^*]))", "", line)
        if not line.startswith(("|", "*", "- **")):
            assert not _MARKUP.search(bare), line
    assert "<script" not in told.replace("\\<", "")


@pytest.mark.parametrize(
    "text",
    ["# no heading", "- no row", "1. no row", "1) no row", "+ no row", "> no note", "~~~", "=== ", "---", "&amp;"],
)
def test_a_paragraph_stays_a_paragraph(text: str) -> None:
    (section,) = weekly(1).sections[:1]
    document = type(weekly(1))(
        **{name: getattr(weekly(1), name) for name in weekly(1).__slots__}
        | {"sections": (Section(section.heading, (Paragraph(text),)),), "definitions": ()}
    )
    told = markdown.render(document).splitlines()[-1]
    assert told.startswith("\\") or re.match(r"\d+\\[.)]", told), told


@pytest.mark.parametrize("text", ["-5 points", "2.1 times", "R&D", "+12 min", "a - b", "=1+1"])
def test_what_is_no_markup_is_left_as_it_is(text: str) -> None:
    assert markdown.escaped(text) == text


@given(st.text(max_size=80))
def test_escaped_text_is_one_line_and_reads_as_it_was(text: str) -> None:
    told = markdown.escaped(text)
    assert "\n" not in told
    assert not _MARKUP.search(told.replace("\\\\", ""))
    assert re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", told) == " ".join(text.split())


def test_every_block_has_a_form() -> None:
    blocks = (
        Sentence("said", (FIRST_REPLY,)), Paragraph("told"), FigureRow((BACKLOG,)), PageBreak(),
        TableBlock(("a", "b"), (("1", "2"),), "caption"), Note("careful", "warn"),
    )  # fmt: skip
    told = weekly(1)
    document = type(told)(
        **{name: getattr(told, name) for name in told.__slots__} | {"sections": (Section("all", blocks),)}
    )
    text = markdown.render(document)
    for part in ("said", "told", "Backlog: 318", "caption", "| 1 | 2 |", "careful"):
        assert part in text
