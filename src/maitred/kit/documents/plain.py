"""A document as plain values for a template: text that can be printed, links that may be followed, columns of numbers.

Every printer starts from here, so that what is dropped from foreign text is dropped once and alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from maitred.kit.documents.sections import (
    Block,
    ChartBlock,
    Document,
    Figure,
    FigureRow,
    Note,
    PageBreak,
    Paragraph,
    Sentence,
    TableBlock,
)
from maitred.kit.documents.wording import direction, language_code, stamp, words

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufff0-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NUMBER = re.compile(
    "[-+\u2212\u2248<>\u2264\u2265~]?\\s*[$€£]?[0-9]"
    "(?:[0-9.,:%()\\s\u2013\u2212+/-]|of|von|h|min|s|d|pts?|points?|[A-Z]{3}|[$€£])*|[-\u2013\u2014]?"
)
"""Also durations, intervals and amounts."""
_SCHEMES = frozenset({"http", "https", "mailto"})


def plain(document: Document) -> dict[str, Any]:
    """The document as strings, lists and mappings; charts are numbered in reading order."""
    said = words(document.language)
    as_of, publication = stamp(document.as_of, printable(document.publication), document.zone, document.language)
    numbers = iter(range(len(document.charts)))
    return {
        "title": one_line(document.title),
        "subtitle": printable(document.subtitle),
        "as_of": as_of,
        "publication": publication,
        "language": language_code(document.language),
        "direction": direction(document.language),
        "filters": [[one_line(name), one_line(value)] for name, value in document.filters],
        "words": {name: getattr(said, name) for name in said.__slots__},
        "sections": [
            {
                "heading": one_line(section.heading),
                "blocks": [_block(block, numbers, document.address) for block in section.blocks],
            }
            for section in document.sections
        ],
        "compact": document.compact,
        "definitions": [{"term": one_line(d.term), "text": printable(d.text)} for d in document.definitions],
    }


def printable(text: str) -> str:
    """Text without what no paper has: control characters, marks that turn the reading direction, halves of pairs.

    Examples
    --------
    >>> printable("a\\x07b\\u202ec\\r\\nd")
    'abc\\nd'
    """
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Printable text in one line."""
    return " ".join(printable(text).split())


def link(url: str, address: str = "") -> str:
    """The address if it may be followed from paper or a letter (http, https, mailto), else nothing.

    Examples
    --------
    >>> link("/drill/csat/?pub=41", "https://desk.example.org/")
    'https://desk.example.org/drill/csat/?pub=41'
    >>> link("javascript:alert(1)"), link("/drill/csat/"), link("//elsewhere.example")
    ('', '', '')
    """
    target = printable(url).strip()
    if target.startswith("/") and not target.startswith(("//", "/\\")) and address:
        target = address.rstrip("/") + target
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or not (parts.netloc or parts.scheme == "mailto") or re.search(r"\s", target):
        return ""
    return target


def cut(text: str, most: int) -> str:
    """Text of at most that many characters; what is cut ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def numeric_columns(table: TableBlock) -> list[bool]:
    """Which columns hold numbers alone, or nothing."""
    columns = [[row[place].strip() for row in table.rows if place < len(row)] for place in range(len(table.columns))]
    return [any(cells) and all(_NUMBER.fullmatch(cell) for cell in cells) for cells in columns]


def _block(block: Block, numbers: Iterator[int], address: str) -> dict[str, Any]:
    match block:
        case Sentence():
            return {"kind": block.kind, "text": printable(block.text), "figures": _figures(block.figures, address)}
        case Paragraph():
            return {"kind": block.kind, "text": printable(block.text)}
        case FigureRow():
            return {"kind": block.kind, "figures": _figures(block.figures, address)}
        case ChartBlock():
            return _chart(block, next(numbers))
        case TableBlock():
            return _table(block)
        case Note():
            return {"kind": block.kind, "text": printable(block.text), "tone": block.tone}
        case PageBreak():
            return {"kind": block.kind}


def _figures(figures: Iterable[Figure], address: str) -> list[dict[str, str]]:
    return [
        {
            "label": one_line(one.label),
            "value": one_line(one.value_text),
            "interval": one_line(one.interval_text),
            "n": one_line(one.n_text),
            "url": link(one.url, address),
        }
        for one in figures
    ]


def _chart(block: ChartBlock, number: int) -> dict[str, Any]:
    chart = block.chart
    return {
        "kind": block.kind,
        "number": number,
        "drawn": chart.state == "drawn",
        "title": one_line(chart.title),
        "sentence": one_line(chart.sentence),
    }


def _table(block: TableBlock) -> dict[str, Any]:
    width = len(block.columns)
    return {
        "kind": block.kind,
        "columns": [one_line(name) for name in block.columns],
        "rows": [[printable(cell) for cell in (*row, *[""] * width)[:width]] for row in block.rows],
        "numeric": numeric_columns(block),
        "caption": one_line(block.caption),
    }
