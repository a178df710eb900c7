"""The posting as a tagged PDF, through the typesetter that prints reports."""

from __future__ import annotations

from datetime import datetime

from maitred.desks.hiring.postings.outline import Outline
from maitred.kit.documents import pdf
from maitred.kit.documents.sections import Block, Document, Note, Paragraph, Section, TableBlock


def paper(one: Outline, at: datetime, state: str) -> bytes:
    """The bytes of a PDF/UA file; ``state`` says in the footer whether it is a draft or published."""
    head = Section("In short", (_facts(one.facts),)) if one.facts else None
    sections = [head] if head is not None else []
    for each in one.sections:
        blocks: list[Block] = [_facts(each.facts)] if each.facts else []
        blocks += [Paragraph(paragraph) for paragraph in each.paragraphs]
        blocks += [Paragraph(f"• {bullet}") for bullet in each.bullets]
        sections.append(Section(each.heading, tuple(blocks)))
    if one.sources:
        sections.append(Section("Sources", tuple(Note(source) for source in one.sources)))
    made = Document(one.title or "Posting", "", at, state, "UTC", (), "en", tuple(sections), compact=True)
    return pdf.render(made)


def _facts(facts: tuple[tuple[str, str], ...]) -> TableBlock:
    return TableBlock(("What", "Says"), tuple(facts))
