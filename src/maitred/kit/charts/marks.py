"""Pieces of Vega-Lite that the kinds of charts share: the frame, tooltips, axes, labels, the rows behind the marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from maitred.kit.charts.chart import STEP, Chart, Column, Table
from maitred.kit.charts.data import Datum, Unit
from maitred.kit.charts.theme import colour, config
from maitred.kit.pages import words

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
Spec = dict[str, Any]
POINTER = {"expr": "datum.drill ? 'pointer' : 'default'"}
DASH = [5, 4]
"""The dash of a line that is not the thing itself: a limit, a target, the past."""


def frame(
    rows: Sequence[Mapping[str, Any]], layers: Sequence[Spec], height: int, measure: str = "", sentence: str = "",
    left: int = 1, right: int = 12, top: int = 4, bottom: int = 4, **more: Any,
) -> Spec:  # fmt: skip
    """A specification that fills the width of its box and a fixed height; ``measure`` stands as a line above the plot.

    The plot leaves room by itself for what stands beside it: axes, and marks and texts beyond its edges.
    """
    spec: Spec = {
        "$schema": SCHEMA,
        "description": sentence,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": left, "right": right, "top": top, "bottom": bottom},
        "data": {"values": [dict(row) for row in rows]},
        "layer": list(layers),
        "config": config(),
        **more,
    }
    if measure:
        spec["title"] = {"text": measure}
    return spec


def high(pixels: float) -> int:
    """The next height that a page can keep a place for."""
    return -(-int(pixels) // STEP) * STEP


def raw(datum: Datum) -> dict[str, Any]:
    """A datum as the row of an export: base units, nothing written out."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(datum).items()}


def told(row: Mapping[str, Any], unit: Unit) -> dict[str, Any]:
    """A row with the words of its tooltip."""
    return {
        **row,
        "shown": words.value(row.get("value"), unit, row.get("low"), row.get("high")),
        "between": words.interval(row.get("low"), row.get("high"), unit),
        "counted": "" if row.get("n") is None else words.count(row["n"]),
    }


def tooltip(rows: Sequence[Mapping[str, Any]], value: str = "", *more: tuple[str, str]) -> list[Spec]:
    """What a pointer over a mark is told; lines that no row fills are left out."""
    lines = [("label", "title"), ("shown", value or _("Value")), ("between", _("95% interval")), ("counted", _("n"))]
    lines += more
    return [
        {"field": field, "title": title, "type": "nominal"}
        for field, title in lines
        if field == "label" or any(row.get(field) for row in rows)
    ]


def columns(rows: Sequence[Mapping[str, Any]], head: str, value: str, unit: Unit, *more: Column) -> tuple[Column, ...]:
    """The usual columns; those that no row fills are left out."""
    found = [Column("label", head), Column("value", value, "value", unit), *more]
    if any(row.get("low") is not None or row.get("high") is not None for row in rows):
        found.insert(2, Column("low", _("95% interval"), "interval", unit))
    if any(row.get("n") is not None for row in rows):
        found.append(Column("n", _("n"), "count"))
    return tuple(found)


def finished(kind: str, title: str, spec: Spec, table: Table, sentence: str, note: str = "") -> Chart:
    """The chart of a specification; the sentence is its description too."""
    return Chart(kind, title, {**spec, "description": sentence}, table, sentence, "drawn", note, int(spec["height"]))


def quantity(field: str, **more: Any) -> Spec:
    return {"field": field, "type": "quantitative", "title": None, **more}


def names(field: str, labels: Sequence[str], **more: Any) -> Spec:
    """A position by name, in the order given; the same domain in every layer."""
    return {"field": field, "type": "nominal", "title": None, "sort": None, "scale": {"domain": list(labels)}, **more}


def where(field: str, *values: str | int | bool) -> list[Spec]:
    """Only rows with one of our own values: what users wrote must not become part of an expression."""
    return [{"filter": {"field": field, "oneOf": list(values)}}]


def known(*fields: str) -> list[Spec]:
    return [{"filter": {"field": field, "valid": True}} for field in fields]


def dot(colour_name: str, size: float = 64, shape: str = "circle", **more: Any) -> Spec:
    """A filled point with an edge in the colour of the ground, so that neighbours stay apart."""
    return {"type": "point", "filled": True, "opacity": 1, "size": size, "shape": shape, "color": colour(colour_name),
            "stroke": colour("surface"), "strokeWidth": 1.5, "cursor": POINTER, **more}  # fmt: skip


def hollow(colour_name: str, size: float = 64, shape: str = "circle", **more: Any) -> Spec:
    """A point with nothing in it: not finished, or of another time."""
    return {"type": "point", "filled": False, "opacity": 1, "size": size, "shape": shape, "fill": colour("surface"),
            "stroke": colour(colour_name), "strokeWidth": 2, "cursor": POINTER, **more}  # fmt: skip


def text(content: Any, x: Spec, y: Spec, **mark: Any) -> Spec:
    """A piece of text; ``content`` is a text or ``{"field": ...}``."""
    shown = {"value": content} if isinstance(content, str) else {"type": "nominal", **content}
    return {"mark": {"type": "text", **mark}, "encoding": {"x": x, "y": y, "text": shown}}


def over(content: Any, x: Spec, y: Spec, **mark: Any) -> list[Spec]:
    """A text that stays readable over lines: its shadow in the ground's colour first, then itself."""
    ground = {"stroke": colour("surface"), "strokeWidth": 4, "strokeJoin": "round", "color": colour("surface")}
    return [text(content, x, y, **{**mark, **ground}), text(content, x, y, **mark)]


def distinct(labels: Iterable[str]) -> list[str]:
    """Names for positions: one that occurs again gets its number, so that two rows never share a place."""
    seen: Counter[str] = Counter()
    found = []
    for label in labels:
        seen[label] += 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found


def latest(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The last row that has a value."""
    return next((row for row in reversed(rows) if row.get("value") is not None), None)


def figure(value: float | None, unit: Unit, low: float | None = None, high_end: float | None = None,
           n: int | None = None) -> str:  # fmt: skip
    """A value with its interval and n as a sentence names it: 42 min (38–47 min, n 1,986)."""
    inside = [words.interval(low, high_end, unit), "" if n is None else words.n(n)]
    behind = ", ".join(one for one in inside if one)
    return words.value(value, unit, low, high_end) + (f" ({behind})" if behind else "")


def listed(items: Sequence[str], most: int = 5) -> str:
    """The first items of a list, and how many more there are."""
    shown = "; ".join(items[:most])
    return shown if len(items) <= most else _("%(items)s; and %(n)s more") % {"items": shown, "n": len(items) - most}
