"""The report as one HTML file that needs nothing else: charts inside, a style sheet for paper, no script at all."""

from __future__ import annotations

from typing import Any

from maitred.kit.documents.pictures import as_data, inlined
from maitred.kit.documents.plain import plain, printable
from maitred.kit.documents.sections import Document, Picture
from maitred.kit.documents.templating import filled, style, with_cells


def render(document: Document) -> str:
    """The document as a whole HTML page."""
    data = plain(document)
    for section in data["sections"]:
        section["blocks"] = [_block(block, document.charts, data) for block in section["blocks"]]
    return filled("page.html", {"doc": data, "style": style("page.css")})


def _block(block: dict[str, Any], charts: tuple[Picture, ...], data: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] == "table":
        return with_cells(block, block["rows"])
    if block["kind"] == "note":
        return {**block, "says": data["words"].get(block["tone"], "")}
    if block["kind"] == "chart" and block["drawn"]:
        svg = printable(charts[block["number"]].svg(theme="light"))
        inline = inlined(svg, block["number"])
        return {**block, "inline": inline, "source": "" if inline else as_data(svg)}
    return block
