"""Jobs in the experience zone of a plain text: the line with dates, the title beside it, and what follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from maitred.insight.ranking.profiles.ranges import Range, ranges_in

MOST: Final = 80
LONGEST_TITLE: Final = 90
SURE: Final = 1840
"""From here on no other piece is asked."""
_BULLET: Final = re.compile(r"\s*[-*•▪►·‣o]\s+")
_SEPARATOR: Final = re.compile(
    r"\s+[|•·–—]\s*|\s*[|•·]\s+|\s+-\s+|,\s+|\s+(?:at|@|bei|chez|en|para)\s+|\t+|\s{3,}|\s*[()\[\]]\s*|:\s+|;\s+"
)
_EDGE: Final = " \t\r-–—|•·,;:()[]*_"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, by its place in the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One job of a text: its dates, its title if one was found, and the range of the text that is about it."""

    dates: Range
    title: Piece | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    kind: str


def entries_in(text: str, low: int, high: int, sureness: Callable[[str], int]) -> list[Entry]:
    """The jobs between two places of a text.

    Parameters
    ----------
    sureness
        How surely a piece of text is the title of a job: 0 where it is none.
    """
    lines = list(_lines(text, low, high))
    dated = [(at, found) for at, line in enumerate(lines) for found in _dated(text, line)][:MOST]
    taken: set[int] = {at for at, _ in dated}
    begun: list[tuple[int, Range, Piece | None]] = []
    for place, (at, found) in enumerate(dated):
        title, used = _title(text, lines, at, found, taken, sureness)
        first = lines[min(at, used)].start if used is not None else lines[at].start
        if place and dated[place - 1][0] == at:
            first = found.start
        if used is not None:
            taken.add(used)
        begun.append((first, found, title))
    ends = [*(first for first, _, _ in begun[1:]), high] if begun else []
    return [Entry(found, title, first, max(first, end)) for (first, found, title), end in zip(begun, ends, strict=True)]


def _lines(text: str, low: int, high: int) -> Iterator[_Line]:
    position = low
    for line in text[low:high].split("\n"):
        kind = "blank" if not line.strip() else ("bullet" if _BULLET.match(line) else "line")
        yield _Line(position, position + len(line), kind)
        position += len(line) + 1


def _dated(text: str, line: _Line) -> list[Range]:
    if line.kind == "blank" or line.end - line.start > 300:
        return []
    if line.kind == "bullet" and line.end - line.start > 120:
        return []
    return list(ranges_in(text, line.start, line.end))


def _title(
    text: str, lines: list[_Line], at: int, found: Range, taken: set[int], sureness: Callable[[str], int]
) -> tuple[Piece | None, int | None]:
    """The likeliest title on the line of the dates or beside it, and the number of its line."""
    best: Piece | None = None
    line_of_best: int | None = None
    most = 0
    for near, discount in ((at, 0), (at - 1, 40), (at + 1, 60), (at - 2, 120)):
        if not 0 <= near < len(lines) or (near != at and (near in taken or lines[near].kind != "line")):
            continue
        if near == at - 2 and lines[at - 1].kind != "line":
            continue
        for piece in _pieces(text, lines[near], found if near == at else None):
            sure = sureness(text[piece.start : piece.end]) - discount
            if sure > most:
                best, line_of_best, most = piece, near, sure
                if most >= SURE:
                    return best, line_of_best
    return best, line_of_best


def _pieces(text: str, line: _Line, without: Range | None) -> Iterator[Piece]:
    spans = [(line.start, line.end)]
    if without is not None:
        spans = [(line.start, without.start), (without.end, line.end)]
    for low, high in spans:
        position = low
        cuts = list(_SEPARATOR.finditer(text, low, high))
        for cut in cuts:
            if piece := _trimmed(text, position, cut.start()):
                yield piece
            position = cut.end()
        if cuts and (piece := _trimmed(text, position, high)):
            yield piece
        if whole := _trimmed(text, low, high):
            yield whole


def _trimmed(text: str, low: int, high: int) -> Piece | None:
    while low < high and text[low] in _EDGE:
        low += 1
    while high > low and text[high - 1] in _EDGE:
        high -= 1
    return Piece(low, high) if 2 < high - low <= LONGEST_TITLE else None
