"""The report as a tagged PDF: A4, PDF/UA-1 by the typesetter's own check, fonts embedded, the same bytes each time.

Text reaches the template as strings of a JSON file, never as markup. Characters that no font here has are replaced and
the last page says so, since one of them would make the whole document inaccessible.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from maitred.base.errors import MaitredError
from maitred.kit.documents.plain import cut, plain, printable
from maitred.kit.documents.sections import Document, Progress

STANDARD = "ua-1"
GONE = "\ufffd"

_HERE = Path(__file__).parent
_REFUSED = re.compile(r'the text (?:contains the disallowed codepoint )?`"(.*?)"`', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_READ = ("as_of", "publication", "filters", "sections", "definitions")
_KEYS = frozenset({"kind", "tone", "url"})
_MOST_TRIES = 40
_SHORT_TITLE = 110
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_ONE_AT_A_TIME = threading.Lock()


def render(document: Document, progress: Progress | None = None) -> bytes:
    """The document as the bytes of a PDF.

    Parameters
    ----------
    progress
        Told after each chart and after the typesetting: steps done, steps in all.

    Raises
    ------
    MaitredError
        The typesetter refuses the document, as when a chart's SVG wants something from outside.
    """
    charts = document.charts
    files: dict[str, str] = {}
    for place, chart in enumerate(charts):
        if chart.state == "drawn":
            files[f"chart-{place}.svg"] = printable(chart.svg(theme="light"))
        _tell(progress, place + 1, len(charts) + 1)
    pdf = _legible(_data(document), files, document.as_of)
    _tell(progress, len(charts) + 1, len(charts) + 1)
    return pdf


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)


def _data(document: Document) -> dict[str, Any]:
    data = plain(document)
    data["short"] = cut(data["title"], _SHORT_TITLE)
    data["date"] = list(document.as_of.astimezone(UTC).timetuple()[:6])
    data["remark"] = ""
    for section in data["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "table":
                block["widths"] = _widths(block["columns"], block["rows"])
    return {**data, **_isolated({name: data[name] for name in _READ})} if data["direction"] == "rtl" else data


def _isolated(value: Any, key: str = "") -> Any:
    """Every text in a direction of its own, so that “55 min” stays in order between Arabic words."""
    if isinstance(value, dict):
        return {name: _isolated(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_isolated(inner, key) for inner in value]
    return f"\u2068{value}\u2069" if isinstance(value, str) and value and key not in _KEYS else value


def _widths(columns: list[str], rows: list[list[str]]) -> list[float]:
    """Shares of the width by what the cells hold; no column starves, none takes all."""
    widths = []
    for place, name in enumerate(columns):
        lengths = sorted(len(row[place]) for row in rows) or [0]
        typical = lengths[int(0.9 * (len(lengths) - 1))]
        widths.append(float(min(max(typical, max(map(len, name.split()), default=0), 5), 40) + 3))
    return widths


def _legible(data: dict[str, Any], charts: Mapping[str, str], as_of: datetime) -> bytes:
    """Typeset; on a character that cannot be shown, find all of those, replace them and say so."""
    from typst import TypstError

    unseen: set[str] = set()
    for _ in range(_MOST_TRIES):
        files = _files(data, charts, unseen)
        try:
            return _compiled(files, as_of)
        except TypstError as error:
            refused = _refused(error.message)
            if not refused - unseen:
                raise MaitredError(
                    f"the report cannot be set: {error.message}", "look at the charts it holds"
                ) from error
            if not unseen:
                unseen = {one for one in _unusual(files) if not _is_shown(one)}
            unseen |= refused
    raise MaitredError("the report cannot be set: too many characters that no font has", "install the Noto fonts")


def _files(data: dict[str, Any], charts: Mapping[str, str], unseen: set[str]) -> dict[str, str]:
    table = str.maketrans(dict.fromkeys(unseen, GONE))
    remark = data["words"]["no_glyph"] if unseen else ""
    text = json.dumps({**data, "remark": remark}, ensure_ascii=False, sort_keys=True)
    return {"data.json": text.translate(table), **{name: svg.translate(table) for name, svg in charts.items()}}


def _compiled(files: Mapping[str, str], as_of: datetime) -> bytes:
    return _typeset({"main.typ": _template(), **{name: text.encode() for name, text in files.items()}}, as_of)


def _typeset(inputs: Mapping[str, bytes], at: datetime) -> bytes:
    with _ONE_AT_A_TIME:
        pdf = _compiler().compile(
            input=dict(inputs), format="pdf", pdf_standards=[STANDARD], timestamp=int(at.timestamp())
        )
    assert isinstance(pdf, bytes)
    return pdf


def _refused(message: str) -> set[str]:
    """The characters that the typesetter names; empty if it refuses something else."""
    found = _REFUSED.search(message)
    if found is None:
        return set()
    text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1])
    return {one for one in text if not one.isascii()}


def _unusual(files: Mapping[str, str]) -> list[str]:
    return sorted({one for text in files.values() for one in text if ord(one) > 0x24F} - {GONE})


@cache
def _is_shown(character: str) -> bool:
    from typst import TypstError

    try:
        _typeset({"main.typ": _probe(character)}, _ANY_TIME)
    except TypstError:
        return False
    return True


def _probe(character: str) -> bytes:
    return (
        '#set document(title: "probe")\n'
        '#set text(font: ("Noto Sans", "Noto Sans Arabic", "DejaVu Sans", "Libertinus Serif"))\n'
        f"#str.from-unicode({ord(character)})"
    ).encode()


@cache
def _template() -> bytes:
    return (_HERE / "paper.typ").read_bytes()


@cache
def _compiler() -> Any:
    """One compiler for the process: it keeps the fonts, which take a tenth of a second to find."""
    import typst

    return typst.Compiler(root=str(_HERE), font_paths=typst.Fonts())
