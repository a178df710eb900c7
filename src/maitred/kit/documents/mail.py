"""The report as a letter: a text that is complete by itself, and one column of HTML with its charts attached.

Nothing is loaded from elsewhere and every figure leads to its rows. What it gives is what ``outbox.posting.post_mail``
takes. Long tables are cut in the HTML, and a letter above 100 kB ends early and says so; the text part has all of it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from maitred.kit.documents.plain import cut, plain
from maitred.kit.documents.sections import Document, Picture, Progress
from maitred.kit.documents.templating import filled, with_cells
from maitred.kit.outbox.posting import Attachment

MOST_BYTES = 100_000
"""Of the HTML part: some mail programs cut off what is longer."""
MOST_ROWS = 20
_SCALE = 2
_LONGEST_SUBJECT = 200
_TONES = {
    "info": ("#2f5bd8", "#e9eefc"),
    "ok": ("#0b6b52", "#e3f5ef"),
    "warn": ("#8a5300", "#fff3df"),
    "crit": ("#b3261e", "#fdecea"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What ``post_mail`` needs besides the address; the subject is the finding."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def render(document: Document, progress: Progress | None = None) -> Letter:
    """The document as a letter.

    Parameters
    ----------
    progress
        Told after each chart: charts done, charts in all.
    """
    data = plain(document)
    text = _text(data)
    pictures: dict[int, Attachment] = {}
    for place, chart in enumerate(document.charts):
        if chart.state == "drawn":
            pictures[place] = _attached(chart, place)
        if progress is not None:
            progress(place + 1, len(document.charts))
    html, shown = _html(data)
    kept = tuple(picture for place, picture in pictures.items() if place in shown)
    return Letter(cut(data["title"], _LONGEST_SUBJECT), text, html, kept)


def _attached(chart: Picture, number: int) -> Attachment:
    return Attachment(f"chart-{number + 1}.png", "image/png", chart.png(scale=_SCALE), cid=_cid(number))


def _cid(number: int) -> str:
    return f"chart-{number + 1}@maitred"


def _html(data: dict[str, Any]) -> tuple[str, set[int]]:
    """The HTML with as many sections as fit, and the charts that it shows."""
    sections = [
        {**section, "blocks": [_block(block, data) for block in section["blocks"]]} for section in data["sections"]
    ]
    kept = len(sections)
    html = _filled(data, sections, cut_off=False)
    if not _is_small(html):
        sizes = range(len(sections))
        kept = bisect_left(sizes, True, key=lambda most: not _is_small(_filled(data, sections[: most + 1], True)))
        html = _filled(data, sections[:kept], cut_off=True)
    charts = {block["number"] for section in sections[:kept] for block in section["blocks"] if block["kind"] == "chart"}
    return html, charts


def _is_small(html: str) -> bool:
    return len(html.encode()) <= MOST_BYTES


def _filled(data: dict[str, Any], sections: list[dict[str, Any]], cut_off: bool) -> str:
    return filled("mail.html", {"doc": data, "sections": sections, "cut": cut_off})


def _block(block: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] == "table":
        rows = block["rows"][:MOST_ROWS]
        shown = data["words"]["rows_shown"].format(shown=len(rows), all=len(block["rows"]))
        return {**with_cells(block, rows), "shown": shown if len(rows) < len(block["rows"]) else ""}
    if block["kind"] == "note":
        edge, ground = _TONES[block["tone"]]
        return {**block, "says": data["words"].get(block["tone"], ""), "edge": edge, "ground": ground}
    if block["kind"] == "chart":
        return {**block, "cid": _cid(block["number"]) if block["drawn"] else ""}
    return block


def _text(data: dict[str, Any]) -> str:
    """Everything in words: tables as lines, charts as their sentence, figures with their address."""
    parts = [data["title"], data["subtitle"], f"{data['as_of']} · {data['publication']}"]
    parts += [f"{name}: {value}" for name, value in data["filters"]]
    lines = [part for part in parts if part]
    for section in data["sections"]:
        lines += ["", "", section["heading"], "=" * min(len(section["heading"]), 72)]
        for block in section["blocks"]:
            lines += _block_lines(block, data)
    if data["definitions"]:
        lines += ["", "", data["words"]["definitions"], "=" * len(data["words"]["definitions"])]
        lines += [f"{one['term']}: {one['text']}" for one in data["definitions"]]
    return "\n".join(lines) + "\n"


def _block_lines(block: dict[str, Any], data: dict[str, Any]) -> list[str]:
    kind = block["kind"]
    if kind == "break":
        return []
    if kind == "chart":
        return ["", f"{block['title']}: {block['sentence']}"]
    if kind == "table":
        caption = [block["caption"]] if block["caption"] else []
        return [
            "",
            *caption,
            *[" | ".join(" ".join(c.split()) for c in row) for row in (block["columns"], *block["rows"])],
        ]
    if kind == "note":
        says = data["words"].get(block["tone"], "")
        return ["", f"{says}: {block['text']}" if says else block["text"]]
    said = ["", block["text"]] if "text" in block else [""]
    return said + [line for figure in block.get("figures", []) for line in _figure_lines(figure)]


def _figure_lines(figure: dict[str, str]) -> list[str]:
    beside = " · ".join(part for part in (figure["interval"], figure["n"]) if part)
    line = f"- {figure['label']}: {figure['value']}" + (f" ({beside})" if beside else "")
    return [line, f"  {figure['url']}"] if figure["url"] else [line]
