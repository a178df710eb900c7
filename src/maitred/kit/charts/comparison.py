"""Charts that compare: dots with their intervals, before and after, a value with its target.

An interval says how sure a value is; nothing here names a best or a worst, and no difference gets a colour of its own
unless a test or a target was handed in that says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from maitred.kit.charts import marks, scales
from maitred.kit.charts.chart import Chart, Column, Table, empty
from maitred.kit.charts.data import Better, Change, Goal, Row, Unit, bounded
from maitred.kit.charts.marks import DASH, Spec, names, quantity
from maitred.kit.charts.theme import colour
from maitred.kit.pages import words

Rows = list[dict[str, Any]]
MOST_ROWS = 40
"""More rows than this are no longer compared by eye; the table then says how many are left out."""


def dots_with_intervals(
    rows: Sequence[Row], *, title: str, unit: Unit, measure: str = "", target: float | None = None,
    better: Better = "", head: str = "", note: str = "",
) -> Chart:  # fmt: skip
    """A dot and an interval for each row, the target as a line, n at the right.

    Parameters
    ----------
    better
        With a target: which side of it is the good one. A row whose whole interval misses it is drawn as a triangle.
    """
    kept, note = shortened(bounded(rows), note)
    data = labelled(kept)
    if marks.latest(data) is None:
        return empty("dots_with_intervals", title, _("No group has a value."))
    for row in data:
        row["missed"] = _missed(row, target, better)
    told = [{**marks.told(row, unit), "behind": "" if row["n"] is None else words.n(row["n"])} for row in data]
    numbers = [row[key] for row in data for key in ("value", "low", "high")]
    axis = scales.values([*numbers, target], unit)
    labels = [row["label"] for row in data]
    spec = marks.frame(told, _dot_layers(told, labels, axis, unit, target), rows_high(len(data), 36), measure)
    table = Table(marks.columns(data, head or _("Group"), _("Value"), unit), tuple(data))
    return marks.finished("dots_with_intervals", title, spec, table, _compared(title, data, unit, target), note)


def slope(
    rows: Sequence[Change], *, title: str, unit: Unit, before: str, after: str, measure: str = "", head: str = "",
    note: str = "",
) -> Chart:  # fmt: skip
    """Each row before and after, joined by a line; a line is strong only where its verdict says that it changed."""
    kept, note = shortened(bounded(rows, 2 * len(rows)), note, most=20)
    data = labelled(kept)
    if not any(row["value"] is not None or row["before"] is not None for row in data):
        return empty("slope", title, _("No group has a value."))
    axis = scales.values([row[key] for row in data for key in ("before", "value")], unit)
    height = marks.high(max(280, 22 * len(data) + 100))
    ends = _ends(data, axis, unit, height - 90)
    spec = marks.frame(ends, _slope_layers(ends, axis), height, measure)
    spec["encoding"] = {
        "x": {
            "field": "side",
            "type": "nominal",
            "sort": None,
            "title": None,
            "scale": {"domain": ["before", "after"], "padding": 0.9},
            "axis": {
                "labelExpr": scales.looked_up_names({"before": before, "after": after}),
                "orient": "top",
                "labelAngle": 0,
                "labelColor": colour("ink"),
                "labelFontWeight": 600,
            },
        },
    }
    columns = (
        Column("label", head or _("Group")),
        Column("before", before, "value", unit),
        Column("value", after, "value", unit),
        *marks.columns(data, "", "", unit)[2:],
    )
    return marks.finished("slope", title, spec, Table(columns, tuple(data)), _moved(title, data, unit, before, after),
                          note)  # fmt: skip


def bullet(rows: Sequence[Goal], *, title: str, unit: Unit, measure: str = "", head: str = "", note: str = "") -> Chart:
    """A bar for each value and a mark for the target that was set for it; each row has a scale of its own from zero."""
    kept, note = shortened(bounded(rows), note)
    data = labelled(kept)
    if marks.latest(data) is None:
        return empty("bullet", title, _("No goal has a value."))
    told = [{**marks.told(row, unit), "aim": words.value(row["target"], unit), "standing": _standing(row, unit),
             **_on_own_scale(row)} for row in data]  # fmt: skip
    scale = {"domain": [0, 1], "nice": False}
    labels = [row["label"] for row in data]
    y = names("label", labels, axis={"grid": False, "labelColor": colour("ink")})
    tip = marks.tooltip(told, "", ("aim", _("Target")))
    track = {"type": "bar", "height": 18, "color": colour("sunken"), "cornerRadiusEnd": 3}
    layers: list[Spec] = [
        {"mark": track, "encoding": {"y": y, "x": {"value": 0}, "x2": {"value": "width"}, "tooltip": tip}},
        {
            "mark": {
                "type": "bar",
                "height": 8,
                "color": colour("accent"),
                "cursor": marks.POINTER,
                "cornerRadiusEnd": 2,
            },
            "encoding": {"y": y, "x": quantity("reached", scale=scale, axis=None), "tooltip": tip},
        },
        {
            "transform": marks.known("aimed"),
            "mark": {"type": "tick", "thickness": 3, "size": 24, "opacity": 1, "color": colour("ink")},
            "encoding": {"y": y, "x": quantity("aimed", scale=scale, axis=None), "tooltip": tip},
        },
        marks.text({"field": "standing"}, {"value": "width"}, y, align="left", dx=10, limit=130),
    ]
    spec = marks.frame(told, layers, marks.high(max(80, len(data) * 34 + 36)), measure)
    found = marks.columns(data, head or _("Goal"), _("Value"), unit)
    table = Table((*found[:2], Column("target", _("Target"), "value", unit), *found[2:]), tuple(data))
    said = [
        f"{row['label']} {marks.figure(row['value'], unit, row['low'], row['high'], row['n'])}"
        + (_(", target %(target)s") % {"target": words.value(row["target"], unit)} if row["target"] is not None else "")
        for row in data
    ]
    return marks.finished("bullet", title, spec, table, f"{title}: {marks.listed(said, 6)}.", note)


def shortened(rows: Sequence[Any], note: str, most: int = MOST_ROWS) -> tuple[Sequence[Any], str]:
    """As many rows as can be compared by eye, and a note about the others."""
    if len(rows) <= most:
        return rows, note
    told = _("The first %(n)s of %(all)s are shown.") % {"n": most, "all": words.count(len(rows))}
    return rows[:most], f"{note} {told}".strip()


def labelled(rows: Sequence[Any]) -> Rows:
    """Rows under names that occur once each."""
    labels = marks.distinct(row.label for row in rows)
    return [{**marks.raw(row), "label": label} for row, label in zip(rows, labels, strict=True)]


def rows_high(count: int, each: int) -> int:
    return marks.high(max(120, count * each + 70))


def _missed(row: Mapping[str, Any], target: float | None, better: Better) -> bool:
    if target is None or row["value"] is None:
        return False
    if better == "higher":
        return row["high"] is not None and row["high"] < target
    return better == "lower" and row["low"] is not None and row["low"] > target


def _dot_layers(rows: Rows, labels: Sequence[str], axis: scales.Axis, unit: Unit, target: float | None) -> list[Spec]:
    y = names("label", labels, axis={"grid": True, "labelColor": colour("ink"), "labelLimit": 160})
    x = quantity("value", scale=axis.scale(), axis=axis.axis())
    tip = marks.tooltip(rows)
    layers: list[Spec] = []
    if target is not None:
        at = {"datum": target, "type": "quantitative"}
        said = _("target %(value)s") % {"value": words.value(target, unit)}
        right = axis.place(target) > 0.75
        layers = [
            {"data": {"values": [{}]}, "mark": {"type": "rule", "color": colour("ink"), "strokeDash": DASH,
             "strokeWidth": 1.25}, "encoding": {"x": at}},
            {"data": {"values": [{"label": said}]},
             **marks.text({"field": "label"}, at, {"value": 0}, dy=-6, align="right" if right else "left",
                          color=colour("ink"), baseline="bottom", fontSize=11.5)},
        ]  # fmt: skip
    for missed, name, shape, size in ((False, "accent", "circle", 90), (True, "out", "triangle-up", 130)):
        here = {"transform": [*marks.where("missed", missed), *marks.known("value")]}
        layers.append(
            {**here, "mark": {"type": "rule", "color": colour(name), "strokeWidth": 2.5, "strokeCap": "round"},
             "encoding": {"y": y, "x": quantity("low"), "x2": {"field": "high"}, "tooltip": tip}}
        )  # fmt: skip
        layers.append({**here, "mark": marks.dot(name, size, shape), "encoding": {"y": y, "x": x, "tooltip": tip}})
    above = {"transform": marks.known("value")}
    values = marks.over({"field": "shown"}, x, y, dy=-13, fontSize=11.5, color=colour("ink"))
    layers += [{**above, **layer} for layer in values]
    layers.append(marks.text({"field": "behind"}, {"value": "width"}, y, align="left", dx=10))
    return layers


def _compared(title: str, rows: Rows, unit: Unit, target: float | None) -> str:
    said = [
        f"{row['label']} {marks.figure(row['value'], unit, row['low'], row['high'], row['n'])}"
        for row in rows if row["value"] is not None
    ]  # fmt: skip
    told = f"{title}: {marks.listed(said, 6)}"
    missed = [row["label"] for row in rows if row["missed"]]
    if target is not None:
        aim = words.value(target, unit)
        told += "; " + (
            _("target %(target)s, missed with certainty by %(labels)s")
            % {"target": aim, "labels": marks.listed(missed)}
            if missed
            else _("target %(target)s") % {"target": aim}
        )
    return told + "."


def _ends(rows: Rows, axis: scales.Axis, unit: Unit, plot: int) -> Rows:
    """Two points a row; their values stand at the outer sides and do not touch, the name on the right."""
    found = []
    for key, side in (("before", "before"), ("value", "after")):
        there = [row for row in rows if row[key] is not None]
        places = scales.spread([axis.place(row[key]) for row in there], 17 / plot)
        for row, place in zip(there, places, strict=True):
            amount = words.value(row[key], unit)
            found.append(
                {"label": row["label"], "side": side, "value": row[key], "verdict": row["verdict"],
                 "drill": row["drill"], "shown": amount, "counted": "" if row["n"] is None else words.count(row["n"]),
                 "between": words.interval(row["low"], row["high"], unit) if side == "after" else "",
                 "name": amount if side == "before" and row["value"] is not None else f"{amount}  {row['label']}",
                 "place": axis.low + place * (axis.high - axis.low)}
            )  # fmt: skip
    return found


def _slope_layers(rows: Rows, axis: scales.Axis) -> list[Spec]:
    y = quantity("value", scale=axis.scale(), axis=None)
    looks = (("muted", [3, 3], "circle", ("unknown", "same")), ("accent", [1, 0], "circle", ("better",)),
             ("out", [1, 0], "triangle-up", ("worse",)))  # fmt: skip
    layers: list[Spec] = []
    for name, dash, shape, verdicts in looks:
        here = {"transform": marks.where("verdict", *verdicts)}
        width = 1.5 if name == "muted" else 2.5
        line = {"type": "line", "color": colour(name), "strokeWidth": width, "strokeDash": dash}
        layers.append({**here, "mark": line, "encoding": {"y": y, "detail": {"field": "label"}}})
        layers.append(
            {**here, "mark": marks.dot(name, 80, shape), "encoding": {"y": y, "tooltip": marks.tooltip(rows)}}
        )
    place = quantity("place", scale=axis.scale(), axis=None)
    for side, align, dx in (("before", "right", -12), ("after", "left", 12)):
        said = {"align": align, "dx": dx, "color": colour("ink"), "limit": {"expr": "width * 0.32 - 12"}}
        layers.append({"transform": marks.where("side", side), "mark": {"type": "text", **said},
                       "encoding": {"y": place, "text": {"field": "name", "type": "nominal"}}})  # fmt: skip
    return layers


def _moved(title: str, rows: Rows, unit: Unit, before: str, after: str) -> str:
    said = [
        _("%(label)s from %(before)s to %(after)s")
        % {"label": row["label"], "before": words.value(row["before"], unit),
           "after": marks.figure(row["value"], unit, row["low"], row["high"], row["n"])}
        for row in rows
    ]  # fmt: skip
    return _("%(title)s, %(before)s to %(after)s: %(rows)s.") % {
        "title": title, "before": before, "after": after, "rows": marks.listed(said, 6),
    }  # fmt: skip


def _on_own_scale(row: Mapping[str, Any]) -> dict[str, float | None]:
    most = 1.2 * max([row[key] for key in ("value", "target") if row[key] is not None], default=1.0) or 1.0
    return {
        "reached": None if row["value"] is None else row["value"] / most,
        "aimed": None if row["target"] is None else row["target"] / most,
    }


def _standing(row: Mapping[str, Any], unit: Unit) -> str:
    shown = words.value(row["value"], unit, row["low"], row["high"])
    if row["target"] is None:
        return shown
    if row["value"] is None:
        return _("target %(target)s") % {"target": words.value(row["target"], unit)}
    return _("%(value)s of %(target)s") % {"value": shown, "target": words.value(row["target"], unit)}
