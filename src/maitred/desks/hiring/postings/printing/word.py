"""The posting as a Word document: headings, lists and a table of facts, with the language and the title set."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from maitred.desks.hiring.postings.outline import Outline

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def docx(one: Outline, at: datetime) -> bytes:
    """The bytes of a DOCX file; the same posting at the same instant gives the same bytes."""
    from docx import Document

    made: Any = Document()
    made.core_properties.title = _clean(one.title)
    made.core_properties.author = "maitred"
    made.core_properties.language = "en"
    made.core_properties.created = made.core_properties.modified = at.replace(tzinfo=None, microsecond=0)
    made.add_heading(_clean(one.title), level=0)
    _facts(made, one.facts)
    for section in one.sections:
        made.add_heading(_clean(section.heading), level=1)
        _facts(made, section.facts)
        for paragraph in section.paragraphs:
            made.add_paragraph(_clean(paragraph))
        for bullet in section.bullets:
            made.add_paragraph(_clean(bullet), style="List Bullet")
    for source in one.sources:
        made.add_paragraph(source).italic = True
    kept = io.BytesIO()
    made.save(kept)
    return _same_bytes(kept.getvalue())


def _facts(made: Any, facts: tuple[tuple[str, str], ...]) -> None:
    for label, value in facts:
        paragraph = made.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(_clean(value))


def _clean(text: str) -> str:
    """Text without the signs that XML cannot hold."""
    return "".join(one for one in text if one in "\t\n" or ord(one) >= 32)


def _same_bytes(raw: bytes) -> bytes:
    """The archive with one time for every file in it, so that nothing but the content differs."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            info = zipfile.ZipInfo(item.filename, _EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(item.filename))
    return made.getvalue()
