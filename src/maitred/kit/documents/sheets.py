"""Which part of a section goes on which slide: few sentences, four figures, a chart, a short table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from maitred.kit.documents.plain import cut

MOST_FIGURES = 4
MOST_LETTERS = 420
LONGEST_SENTENCE = 300
MOST_ROWS = 8
MOST_COLUMNS = 6
LONGEST_CELL = 60


@dataclass(slots=True)
class Sheet:
    """One slide below its heading; ``notes`` says in full what the slide says in short."""

    heading: str
    texts: list[str] = field(default_factory=list)
    figures: list[dict[str, str]] = field(default_factory=list)
    chart: dict[str, Any] | None = None
    table: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
    part: int = 1
    parts: int = 1

    @property
    def empty(self) -> bool:
        return not (self.texts or self.figures or self.chart or self.table)


def sheets(section: dict[str, Any]) -> list[Sheet]:
    """The slides of a plain section, in reading order; at least one."""
    found = [Sheet(section["heading"])]
    for block in section["blocks"]:
        for piece in _pieces(block):
            if not _fits(found[-1], piece):
                found.append(Sheet(section["heading"]))
            _put(found[-1], piece)
    while len(found) > 1 and found[-1].empty:
        found[-2].notes += found.pop().notes
    for place, sheet in enumerate(found):
        sheet.part, sheet.parts = place + 1, len(found)
    return found


def _pieces(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A block as pieces that fit on one slide each."""
    if block["kind"] in ("sentence", "note"):
        yield {**block, "kind": "text"}
    elif block["kind"] == "chart" and not block["drawn"]:
        yield {"kind": "text", "text": f"{block['title']}: {block['sentence']}"}
    elif block["kind"] != "figures":
        yield block
    figures = block.get("figures", [])
    for start in range(0, len(figures), MOST_FIGURES):
        yield {"kind": "figures", "figures": figures[start : start + MOST_FIGURES]}


def _fits(sheet: Sheet, piece: dict[str, Any]) -> bool:
    kind = piece["kind"]
    if kind == "break":
        return sheet.empty
    if kind == "text":
        length = len(cut(piece["text"], LONGEST_SENTENCE))
        return not sheet.texts or sum(map(len, sheet.texts)) + length <= MOST_LETTERS
    if kind == "figures":
        return len(sheet.figures) + len(piece["figures"]) <= MOST_FIGURES
    if kind == "chart":
        return sheet.chart is None
    return kind != "table" or sheet.table is None


def _put(sheet: Sheet, piece: dict[str, Any]) -> None:
    kind = piece["kind"]
    if kind == "text":
        sheet.texts.append(cut(piece["text"], LONGEST_SENTENCE))
        sheet.notes.append(piece["text"])
    elif kind == "paragraph":
        sheet.notes.append(piece["text"])
    elif kind == "figures":
        sheet.figures += piece["figures"]
    elif kind == "chart":
        sheet.chart = piece
        sheet.notes.append(piece["sentence"])
    elif kind == "table":
        sheet.table = piece
