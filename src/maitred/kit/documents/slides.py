"""The report as slides: 16:9, a slide per finding, charts with alternative text, definitions in the speaker notes.

A presentation keeps the time at which it was packed; here that is the document's own time, so that the same document
gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC
from typing import Any, TypeAlias

from maitred.kit.documents.plain import cut, plain
from maitred.kit.documents.sections import Document, Picture, Progress
from maitred.kit.documents.sheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Sheet, sheets

WIDTH, HEIGHT = 13.333, 7.5
"""Inches."""

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width, height."""

_EDGE = 0.6
_INNER = WIDTH - 2 * _EDGE
_BOTTOM = 6.8
_GAP = 0.25
_ROW = 0.36
_CARD = 1.15
_INK, _MUTED, _ACCENT, _LINE, _SUNKEN = "1D2433", "4A5368", "2F5BD8", "DFE3EC", "EEF0F5"
_LONGEST_HEADING = 150
_PACKED = (1980, 1, 1, 0, 0, 0)
_THEME = {b"4F81BD": _ACCENT, b"C0504D": "B8600A", b"9BBB59": "0B7A5E", b"8064A2": "9A3F98", b"4BACC6": "6B7287"}


def render(document: Document, progress: Progress | None = None) -> bytes:
    """The document as the bytes of a PPTX.

    Parameters
    ----------
    progress
        Told after each slide: slides done, slides in all.
    """
    from pptx import Presentation

    data = plain(document)
    planned = [sheet for section in data["sections"] for sheet in sheets(section)]
    show = Presentation()
    _made_wide(show)
    _title_slide(show, data)
    for place, sheet in enumerate(planned):
        _sheet_slide(show, data, document.charts, sheet, place + 2)
        if progress is not None:
            progress(place + 1, len(planned))
    _properties(show, document, data)
    packed = io.BytesIO()
    show.save(packed)
    return _repacked(packed.getvalue())


def _made_wide(show: Any) -> None:
    """Stretch the 4:3 model to 16:9 and give it our colours, so that slides added by hand fit in."""
    from pptx.util import Inches

    wider = Inches(WIDTH) / show.slide_width
    for sheet in (show.slide_master, *show.slide_layouts):
        for shape in sheet.placeholders:
            if shape.element.spPr.xfrm is not None:
                shape.left, shape.width = round(shape.left * wider), round(shape.width * wider)
    show.slide_width, show.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for relation in show.slide_master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            blob = relation.target_part.blob
            for old, new in _THEME.items():
                blob = blob.replace(old, new.encode())
            relation.target_part._blob = blob


def _title_slide(show: Any, data: dict[str, Any]) -> None:
    slide = show.slides.add_slide(show.slide_layouts[5])
    _bar(slide, _EDGE, 1.7, 0.9, 0.09)
    title = cut(data["title"], _LONGEST_HEADING)
    _heading(slide, data, title, 1.95, 1.9, 36 if len(title) < 80 else 28)
    _words(slide, data, [cut(data["subtitle"], 200)], (_EDGE, 3.95, _INNER, 0.8), 18, _MUTED)
    chosen = "   ·   ".join(f"{name}: {value}" for name, value in data["filters"])
    stamp = f"{data['as_of']} · {data['publication']}"
    lines = [cut(line, 220) for line in (stamp, chosen) if line]
    _words(slide, data, lines, (_EDGE, 5.6, _INNER, 0.9), 13, _MUTED)
    notes = [data["title"], data["subtitle"], *[section["heading"] for section in data["sections"]]]
    slide.notes_slide.notes_text_frame.text = "\n".join(line for line in notes if line)


def _sheet_slide(show: Any, data: dict[str, Any], charts: tuple[Picture, ...], sheet: Sheet, number: int) -> None:
    slide = show.slides.add_slide(show.slide_layouts[5])
    heading = cut(sheet.heading, _LONGEST_HEADING)
    if sheet.parts > 1:
        heading = f"{heading} ({sheet.part}/{sheet.parts})"
    size = 26 if len(heading) < 75 else 20
    height = 0.12 + _lines(heading, _INNER, size) * size * 1.3 / 72
    _heading(slide, data, heading, 0.45, height, size)
    _body(slide, data, charts, sheet, 0.45 + height + _GAP)
    foot = cut(f"{data['as_of']} · {data['publication']}", 160)
    _words(slide, data, [foot], (_EDGE, 6.95, _INNER - 1, 0.3), 10, _MUTED)
    _words(slide, data, [str(number)], (WIDTH - _EDGE - 0.9, 6.95, 0.9, 0.3), 10, _MUTED, end=True)
    slide.notes_slide.notes_text_frame.text = _notes(data, sheet)


def _body(slide: Any, data: dict[str, Any], charts: tuple[Picture, ...], sheet: Sheet, top: float) -> None:
    """Sentences across; then figures in a row over chart and table, or in a column beside a chart that is alone."""
    if sheet.texts:
        top = _texts(slide, data, sheet.texts, top)
    whole = (_EDGE, top, _INNER, _BOTTOM - top)
    column = len(sheet.figures) * (_CARD + 0.05)
    if sheet.chart is not None and sheet.table is None and 0 < column <= _BOTTOM - top:
        left, right = _halves(whole, 0.72)
        _chart(slide, data, charts[sheet.chart["number"]], sheet.chart, left)
        for place, one in enumerate(sheet.figures):
            _figure(slide, data, one, (right[0], top + place * (_CARD + 0.05), right[2]))
        return
    if sheet.figures:
        across = max(3, len(sheet.figures))
        width = (_INNER - _GAP * (across - 1)) / across
        for place, one in enumerate(sheet.figures):
            _figure(slide, data, one, (_EDGE + place * (width + _GAP), top, width))
        whole = (_EDGE, top + _CARD + _GAP, _INNER, _BOTTOM - top - _CARD - _GAP)
    left, right = _halves(whole, 0.56 if sheet.chart is not None and sheet.table is not None else 1)
    if sheet.chart is not None:
        _chart(slide, data, charts[sheet.chart["number"]], sheet.chart, left)
    if sheet.table is not None:
        _table(slide, data, sheet.table, right if sheet.chart is not None else whole)


def _halves(box: Box, share: float) -> tuple[Box, Box]:
    left, top, width, height = box
    first = width * share
    return (left, top, first, height), (left + first + _GAP, top, width - first - _GAP, height)


def _notes(data: dict[str, Any], sheet: Sheet) -> str:
    """What to say, and what the terms mean."""
    parts = [sheet.heading, *sheet.notes]
    for one in sheet.figures:
        parts.append(f"{one['label']}: " + " · ".join(t for t in (one["value"], one["interval"], one["n"]) if t))
    if sheet.table is not None:
        parts += _table_in_words(sheet.table)
    if data["definitions"]:
        parts += ["", data["words"]["definitions"], *[f"{d['term']}: {d['text']}" for d in data["definitions"]]]
    return "\n".join(parts)


def _table_in_words(table: dict[str, Any]) -> list[str]:
    """The rows that the slide has no room for; nothing if it shows all."""
    if len(table["rows"]) <= MOST_ROWS and len(table["columns"]) <= MOST_COLUMNS and not _has_long_cell(table):
        return []
    lines = [" | ".join(row) for row in (table["columns"], *table["rows"])]
    return [table["caption"], *lines] if table["caption"] else lines


def _has_long_cell(table: dict[str, Any]) -> bool:
    return any(len(cell) > LONGEST_CELL for row in (table["columns"], *table["rows"]) for cell in row)


def _heading(slide: Any, data: dict[str, Any], text: str, top: float, height: float, size: float) -> None:
    from pptx.enum.text import MSO_ANCHOR

    shape = slide.shapes.title
    _place(shape, (_EDGE, top, _INNER, height))
    _fill(shape.text_frame, data, [text], size, _INK, bold=True)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP


def _texts(slide: Any, data: dict[str, Any], texts: list[str], top: float) -> float:
    size = 16 if sum(map(len, texts)) < 260 else 13.5
    lines = sum(_lines(text, _INNER - 0.2, size) for text in texts)
    height = lines * size * 1.25 / 72 + 0.08 * len(texts) + 0.1
    _bar(slide, _EDGE, top + 0.03, 0.04, height - 0.06)
    _words(slide, data, texts, (_EDGE + 0.18, top, _INNER - 0.18, height), size, _INK)
    return top + height + _GAP


def _lines(text: str, width: float, size: float) -> int:
    """About how many lines a text takes: half its size is the mean width of a letter."""
    across = max(1, int(width * 72 / (0.52 * size)))
    return sum(-(-max(1, len(line)) // across) for line in text.split("\n"))


def _figure(slide: Any, data: dict[str, Any], one: dict[str, str], at: tuple[float, float, float]) -> None:
    """A figure under a rule: label, value, interval and n; what does not fit is in the notes."""
    left, top, width = at
    _bar(slide, left, top, width, 0.02, _INK)
    _words(slide, data, [_fitting(one["label"], width, 11)], (left, top + 0.07, width, 0.28), 11, _MUTED)
    size = 24 if len(one["value"]) * 24 * 0.6 / 72 < width else 13
    shape = _words(
        slide, data, [_fitting(one["value"], width, size)], (left, top + 0.33, width, 0.45), size, _INK, True
    )
    if one["url"]:
        _linked(shape, one["url"])
    beside = " · ".join(part for part in (one["interval"], one["n"]) if part)
    small = 10.5 if len(beside) * 10.5 * 0.52 / 72 < width else 9
    _words(slide, data, [_fitting(beside, width, small)], (left, top + 0.82, width, 0.28), small, _MUTED)


def _linked(shape: Any, url: str) -> None:
    shape.text_frame.paragraphs[0].runs[0].hyperlink.address = url


def _fitting(text: str, width: float, size: float) -> str:
    """What one line of that width holds."""
    return cut(text, max(4, int(width * 72 / (0.55 * size))))


def _chart(slide: Any, data: dict[str, Any], chart: Picture, plain_chart: dict[str, Any], box: Box) -> None:
    from pptx.util import Inches

    left, top, width, height = box
    _words(slide, data, [_fitting(plain_chart["title"], width, 12.5)], (left, top, width, 0.3), 12, _INK, bold=True)
    picture = slide.shapes.add_picture(io.BytesIO(chart.png(scale=4)), Inches(left), Inches(top + 0.4))
    room_x, room_y = Inches(width), Inches(max(height - 0.4, 0.5))
    scale = min(room_x / picture.width, room_y / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    _described(picture, plain_chart["sentence"], plain_chart["title"])


def _table(slide: Any, data: dict[str, Any], table: dict[str, Any], box: Box) -> None:
    from pptx.util import Inches

    left, top, width, height = box
    caption = table["caption"] or data["words"]["table"]
    room = max(1, int((height - 0.75) / _ROW) - 1)
    columns = table["columns"][:MOST_COLUMNS]
    rows = table["rows"][: min(MOST_ROWS, room)]
    if len(rows) < len(table["rows"]):
        shown = data["words"]["rows_shown"].format(shown=len(rows), all=len(table["rows"]))
        caption = f"{_fitting(caption, max(width - 1.8, 1), 12.5)} ({shown})"
    _words(slide, data, [_fitting(caption, width, 12.5)], (left, top, width, 0.3), 12, _INK, bold=True)
    frame = slide.shapes.add_table(
        len(rows) + 1, len(columns), Inches(left), Inches(top + 0.4), Inches(width), Inches(_ROW * (len(rows) + 1))
    )
    _described(frame, caption, caption)
    grid = frame.table
    _plain_style(grid)
    for place, cells in enumerate((columns, *rows)):
        grid.rows[place].height = Inches(_ROW)
        for column, text in enumerate(cells[:MOST_COLUMNS]):
            _cell(grid.cell(place, column), data, text, place == 0, table["numeric"][column])


def _cell(cell: Any, data: dict[str, Any], text: str, head: bool, numeric: bool) -> None:
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Inches

    shown = cut(" ".join(text.split()), LONGEST_CELL)
    size = 11 if len(shown) < 32 else 9
    _fill(cell.text_frame, data, [shown], size, _MUTED if head else _INK, bold=head, end=numeric)
    cell.margin_left = cell.margin_right = Inches(0.06)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb(_SUNKEN if head else "FFFFFF")


def _plain_style(grid: Any) -> None:
    """PowerPoint's “Light Style 1”, without its stripes."""
    properties = grid._tbl.tblPr
    properties.set("bandRow", "0")
    properties.set("firstRow", "1")
    properties.find(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId"
    ).text = "{9D7B26C5-4107-4FEC-AEDC-1716B250A1EF}"


def _described(shape: Any, text: str, name: str) -> None:
    """The alternative text, which python-pptx has no door for."""
    properties = shape._element.xpath("./*/p:cNvPr")[0]
    properties.set("descr", text)
    properties.set("name", cut(name, 60))


def _bar(slide: Any, left: float, top: float, width: float, height: float, colour: str = _ACCENT) -> None:
    from pptx.enum.shapes import MSO_SHAPE

    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, 1, 1)
    _place(bar, (left, top, width, height))
    bar.fill.solid()
    bar.fill.fore_color.rgb = _rgb(colour)
    bar.line.fill.background()
    bar.shadow.inherit = False


def _words(
    slide: Any,
    data: dict[str, Any],
    texts: list[str],
    box: Box,
    size: float,
    colour: str,
    bold: bool = False,
    end: bool = False,
) -> Any:
    shape = slide.shapes.add_textbox(0, 0, 1, 1)
    _place(shape, box)
    _fill(shape.text_frame, data, texts, size, colour, bold=bold, end=end)
    return shape


def _fill(
    frame: Any, data: dict[str, Any], texts: list[str], size: float, colour: str, bold: bool = False, end: bool = False
) -> None:
    from pptx.enum.text import MSO_AUTO_SIZE, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    turned = data["direction"] == "rtl"
    lines = [line for text in texts for line in text.split("\n")]
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if end != turned else PP_ALIGN.LEFT
        paragraph.space_after = Pt(4 if len(lines) > 1 else 0)
        if turned:
            paragraph._p.get_or_add_pPr().set("rtl", "1")
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = _rgb(colour)
        run._r.get_or_add_rPr().set("lang", data["language"])


def _place(shape: Any, box: Box) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = map(Inches, box)


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    colours: Any = RGBColor
    return colours(*bytes.fromhex(colour))


def _properties(show: Any, document: Document, data: dict[str, Any]) -> None:
    moment = document.as_of.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about = show.core_properties
    about.title, about.subject = cut(data["title"], 250), cut(data["subtitle"], 250)
    about.author = about.last_modified_by = "maitred"
    about.created = about.modified = moment
    about.language = data["language"]
    about.comments = cut(f"{data['as_of']} · {data['publication']}", 250)
    about.revision = 1


def _repacked(content: bytes) -> bytes:
    """The same parts in the same order without the time at which they were packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _PACKED)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            new.writestr(part, old.read(name))
    return packed.getvalue()
