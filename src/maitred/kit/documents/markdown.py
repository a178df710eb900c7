"""A document as Markdown: for a wiki, a chat or a mail that is written by hand; charts are told in words."""

from __future__ import annotations

import re
from typing import Any

from maitred.kit.documents.plain import plain
from maitred.kit.documents.sections import Document

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~]|&(?=#?\w+;)|^[-+=](?=[-+=\s]|$))")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def render(document: Document) -> str:
    """The document as CommonMark with tables; foreign text cannot become markup."""
    data = plain(document)
    lines = [f"# {escaped(data['title'])}", ""]
    if data["subtitle"]:
        lines += [escaped(data["subtitle"]), ""]
    lines += [f"{escaped(data['as_of'])} · {escaped(data['publication'])}"]
    lines += [f"{escaped(name)}: {escaped(value)}" for name, value in data["filters"]]
    for section in data["sections"]:
        lines += ["", f"## {escaped(section['heading'])}"]
        for block in section["blocks"]:
            lines += _block(block, data)
    if data["definitions"]:
        lines += ["", f"## {data['words']['definitions']}", ""]
        lines += [f"- **{escaped(one['term'])}**: {escaped(one['text'])}" for one in data["definitions"]]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text in which nothing is markup, in one line.

    Examples
    --------
    >>> escaped("a_b [c](d)")
    'a\\\\_b \\\\[c\\\\](d)'
    """
    return _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def _block(block: dict[str, Any], data: dict[str, Any]) -> list[str]:
    kind = block["kind"]
    if kind == "break":
        return []
    if kind == "chart":
        return ["", f"*{escaped(block['title'])}*: {escaped(block['sentence'])}"]
    if kind == "table":
        head = [[escaped(cell) for cell in row] for row in (block["columns"], *block["rows"])]
        rows = [f"| {' | '.join(row)} |" for row in head]
        return ["", *([escaped(block["caption"]), ""] if block["caption"] else []), rows[0],
                f"|{'---|' * len(block['columns'])}", *rows[1:]]  # fmt: skip
    if kind == "note":
        says = data["words"].get(block["tone"], "")
        return ["", f"> {escaped(f'{says}: ' if says else '')}{escaped(block['text'])}"]
    said = ["", escaped(block["text"])] if "text" in block else [""]
    return said + [f"- {_figure(one)}" for one in block.get("figures", [])]


def _figure(figure: dict[str, str]) -> str:
    beside = " · ".join(escaped(part) for part in (figure["interval"], figure["n"]) if part)
    told = f"{escaped(figure['label'])}: {escaped(figure['value'])}" + (f" ({beside})" if beside else "")
    return f"[{told}]({figure['url']})" if figure["url"] else told
