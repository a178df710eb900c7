"""Charts of a whole and its parts: where time goes, what makes up most, why two numbers differ, how times spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from maitred.kit.charts import marks, scales
from maitred.kit.charts.chart import Chart, Column, Table, empty
from maitred.kit.charts.comparison import labelled, rows_high, shortened
from maitred.kit.charts.data import Better, Bin, Datum, Mark, Part, Row, Stack, Unit, bounded
from maitred.kit.charts.marks import DASH, Spec, names, quantity
from maitred.kit.charts.theme import colour, series
from maitred.kit.pages import words

Rows = list[dict[str, Any]]
_VITAL = 0.8


def stacked_states(
    rows: Sequence[Stack], *, title: str, unit: Unit = "seconds", measure: str = "", head: str = "", note: str = ""
) -> Chart:
    """What each row's time is made of, as shares that add up to the whole; the states keep one order and one colour."""
    kept, note = shortened(bounded(rows, sum(len(one.parts) for one in rows)), note, most=24)
    data = _split(kept, unit)
    if not data:
        return empty("stacked_states", title, _("No time was spent in any state."))
    states = list(dict.fromkeys(row["state"] for row in data))
    labels = list(dict.fromkeys(row["label"] for row in data))
    told = [_part_told(row, unit) for row in data]
    axis = scales.values([0, 1], "share", zero=True, about=4, room=0)
    y = names("label", labels, axis={"grid": False, "labelColor": colour("ink"), "labelLimit": 160})
    x = quantity("start", scale=axis.scale(), axis=axis.axis(grid=False))
    tip = [
        {"field": "label", "title": "title", "type": "nominal"},
        {"field": "state", "title": _("State"), "type": "nominal"},
        *(
            {"field": key, "title": name, "type": "nominal"}
            for key, name in (("part", _("Share")), ("shown", _("Value")), ("counted", _("n")))
            if any(row[key] for row in told)
        ),
    ]
    colours = {"domain": states, "range": [series(index) for index in range(len(states))]}
    legend = {"columns": {"expr": "width < 320 ? 2 : width < 560 ? 3 : 8"}}
    fill = {"field": "state", "type": "nominal", "scale": colours, "title": None, "sort": None, "legend": legend}
    bar = {"type": "bar", "height": 22, "stroke": colour("surface"), "strokeWidth": 1.5, "cursor": marks.POINTER}
    inside = {
        "mark": {"type": "text", "color": colour("on_accent"), "fontSize": 11.5, "fontWeight": 600},
        "transform": marks.where("roomy", True),
        "encoding": {"y": y, "x": quantity("middle"), "text": {"field": "part", "type": "nominal"}},
    }
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"y": y, "x": x, "x2": {"field": "end"}, "color": fill, "tooltip": tip}},
        inside,
    ]
    spec = marks.frame(told, layers, rows_high(len(labels), 34) + marks.high(1) * (len(labels) < 3), measure)
    columns = (
        Column("label", head or _("Group")), Column("state", _("State")), Column("share", _("Share"), "share"),
        *((Column("value", _("Value"), "value", unit),) if unit != "share" else ()),
        *((Column("n", _("n"), "count"),) if any(row["n"] is not None for row in data) else ()),
    )  # fmt: skip
    return marks.finished("stacked_states", title, spec, Table(columns, tuple(data)), _made_of(title, data, unit), note)


def pareto(rows: Sequence[Row], *, title: str, unit: Unit = "count", measure: str = "", head: str = "",
           note: str = "") -> Chart:  # fmt: skip
    """The largest first, with the share of the whole that they make up together; the first four fifths are strong."""
    whole = sum(row.value or 0.0 for row in rows)
    ordered = sorted((row for row in rows if row.value is not None), key=lambda row: (-(row.value or 0.0), row.label))
    if not ordered or whole <= 0:
        return empty("pareto", title, _("Nothing was counted."))
    kept, note = shortened(bounded(ordered, 2 * len(ordered)), note, most=24)
    data = _cumulated(labelled(kept), whole)
    told = [{**marks.told(row, unit), "together": words.share(row["cumulated"], 0)} for row in data]
    labels = [row["label"] for row in data]
    axis = scales.values([row["value"] for row in data], unit, zero=True, room=0.02)
    y = names("label", labels, axis={"grid": False, "labelColor": colour("ink"), "labelLimit": 180})
    tip = marks.tooltip(told, "", ("together", _("Together")))
    layers: list[Spec] = []
    for vital, name in ((True, "accent"), (False, "quiet")):
        bar = {"type": "bar", "height": 20, "color": colour(name), "cornerRadiusEnd": 3, "cursor": marks.POINTER}
        x = quantity("value", scale=axis.scale(), axis=axis.axis(grid=False))
        layers.append(
            {"transform": marks.where("vital", vital), "mark": bar, "encoding": {"y": y, "x": x, "tooltip": tip}}
        )
    layers += [
        marks.text({"field": "shown"}, {"value": "width"}, y, align="right", dx=48, color=colour("ink")),
        marks.text({"field": "together"}, {"value": "width"}, y, align="right", dx=108),
        {
            "data": {"values": [{}]},
            **marks.text(
                _("together"), {"value": "width"}, {"value": 0}, align="right", dx=108, dy=-2, baseline="bottom"
            ),
        },
    ]
    spec = marks.frame(told, layers, rows_high(len(data), 30), measure)
    found = marks.columns(data, head or _("Cause"), _("Value"), unit)
    table = Table(
        (*found[:2], Column("part", _("Share"), "share"), Column("cumulated", _("Together"), "share"), *found[2:]),
        tuple(data),
    )
    vital_rows = [row for row in data if row["vital"]]
    said = _("%(title)s: %(rows)s; the first %(n)s of %(all)s make up %(share)s.") % {
        "title": title, "n": len(vital_rows), "all": len(ordered), "share": words.share(vital_rows[-1]["cumulated"], 0),
        "rows": marks.listed([f"{row['label']} {marks.figure(row['value'], unit, n=row['n'])}" for row in vital_rows]),
    }  # fmt: skip
    return marks.finished("pareto", title, spec, table, said, note)


def waterfall(
    parts: Sequence[Part], *, title: str, unit: Unit, start: Datum, end: Datum, measure: str = "",
    better: Better = "", head: str = "", note: str = "",
) -> Chart:  # fmt: skip
    """How the first number becomes the second: each part begins where the one before ended.

    Both numbers are drawn as levels and not as bars, so that the axis need not begin at zero.

    Parameters
    ----------
    better
        Which direction is good for the customer; parts in the other one are drawn as such.
    """
    if start.value is None or end.value is None or not parts:
        return empty("waterfall", title, _("There are no two numbers to compare."))
    data = _floating(bounded(parts), start, end, better)
    told = [{**marks.told(row, unit), "written": _written(row, unit)} for row in data]
    for row in told:
        row["shown"] = row["written"]
    labels = [row["label"] for row in data]
    axis = scales.values([row[key] for row in data for key in ("from", "to")], unit)
    y = names("label", labels, axis={"grid": False, "labelColor": colour("ink"), "labelLimit": 180})
    tip = marks.tooltip(told)
    x = quantity("to", scale=axis.scale(), axis=axis.axis(gridDash=[2, 3]))
    looks = (("worse", "out"), ("better", "ok"), ("neutral", "accent"))
    layers: list[Spec] = [
        {"transform": marks.where("kind", kind),
         "mark": {"type": "bar", "height": 20, "color": colour(name), "cornerRadius": 2, "cursor": marks.POINTER},
         "encoding": {"y": y, "x": x, "x2": {"field": "from"}, "tooltip": tip}}
        for kind, name in looks
    ]  # fmt: skip
    level = {"type": "tick", "thickness": 4, "size": 24, "opacity": 1, "color": colour("ink"), "cursor": marks.POINTER}
    layers.append(
        {"transform": marks.where("kind", "total"), "mark": level, "encoding": {"y": y, "x": x, "tooltip": tip}}
    )
    layers.append(marks.text({"field": "written"}, {"value": "width"}, y, align="left", dx=10, color=colour("ink")))
    spec = marks.frame(told, layers, rows_high(len(data), 32), measure)
    found = marks.columns(data, head or _("Part"), _("Value"), unit)
    said = _("%(title)s: from %(start)s to %(end)s; %(parts)s.") % {
        "title": title, "start": _total(start, unit), "end": _total(end, unit),
        "parts": marks.listed([f"{row['label']} {_written(row, unit)}" for row in data[1:-1]]),
    }  # fmt: skip
    return marks.finished("waterfall", title, spec, Table(found, tuple(data)), said, note)


def distribution(
    bins: Sequence[Bin], *, title: str, unit: Unit, marked: Sequence[Mark] = (), measure: str = "", note: str = ""
) -> Chart:
    """How often each value occurs, with rules at the values that matter (median, p90, target)."""
    rows = [{**marks.raw(one), "label": one.label or words.interval(one.start, one.end, unit)} for one in bounded(bins)]
    total = sum(row["value"] or 0.0 for row in rows)
    if total <= 0:
        return empty("distribution", title, _("Nothing was measured in this period."))
    told = [marks.told(row, "count") for row in rows]
    x_axis = scales.values([edge for one in bins for edge in (one.start, one.end)], unit, about=7, room=0.0)
    y_axis = scales.values([row["value"] for row in rows], "count", zero=True, about=4, room=0.02)
    tip = marks.tooltip(told, _("Count"))
    bar = {"type": "rect", "color": colour("accent"), "stroke": colour("surface"), "strokeWidth": 1,
           "cursor": marks.POINTER}  # fmt: skip
    x = quantity("start", scale=x_axis.scale(), axis=x_axis.axis())
    y = quantity("value", scale=y_axis.scale(), axis=y_axis.axis())
    layers: list[Spec] = [
        {"transform": marks.known("value"), "mark": bar,
         "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"datum": 0}, "tooltip": tip}},
        *_ruled(marked, x_axis, unit),
    ]  # fmt: skip
    spec = marks.frame(told, layers, 280, measure)
    table = Table((Column("label", _("Value")), Column("value", _("Count"), "count")), tuple(rows))
    said = [_("%(label)s %(value)s") % {"label": one.label, "value": words.value(one.value, unit)} for one in marked]
    peak = max(rows, key=lambda row: row["value"] or 0.0)
    said.append(_("most often %(label)s (%(n)s)") % {"label": peak["label"], "n": words.count(peak["value"])})
    sentence = f"{title} ({words.n(round(total))}): {'; '.join(said)}."
    return marks.finished("distribution", title, spec, table, sentence, note)


def _split(stacks: Sequence[Stack], unit: Unit) -> Rows:
    rows = []
    for label, stack in zip(marks.distinct(one.label for one in stacks), stacks, strict=True):
        whole = sum(max(0.0, part.value or 0.0) for part in stack.parts)
        start = 0.0
        for part in stack.parts:
            if part.value is None or whole <= 0 or part.value < 0:
                continue
            end = start + part.value / whole
            rows.append({**marks.raw(part), "label": label, "state": part.label, "share": part.value / whole,
                         "start": start, "end": end})  # fmt: skip
            start = end
    return rows


def _part_told(row: Mapping[str, Any], unit: Unit) -> dict[str, Any]:
    return {
        **row, "part": words.share(row["share"], 0), "middle": (row["start"] + row["end"]) / 2,
        "roomy": row["share"] >= 0.09, "shown": words.value(row["value"], unit) if unit != "share" else "",
        "counted": "" if row["n"] is None else words.count(row["n"]),
    }  # fmt: skip


def _made_of(title: str, rows: Rows, unit: Unit) -> str:
    said = []
    for label in dict.fromkeys(row["label"] for row in rows):
        own = sorted((row for row in rows if row["label"] == label), key=lambda row: -row["share"])
        parts = [
            f"{row['state']} {words.share(row['share'], 0)}" + ("" if row["n"] is None else f" ({words.n(row['n'])})")
            for row in own[:2]
        ]
        said.append(f"{label}: {', '.join(parts)}")
    return _("%(title)s, the largest parts: %(rows)s.") % {"title": title, "rows": marks.listed(said, 4)}


def _cumulated(rows: Rows, whole: float) -> Rows:
    so_far = 0.0
    for row in rows:
        row["vital"] = so_far < _VITAL - 1e-9
        row["part"] = row["value"] / whole
        so_far += row["part"]
        row["cumulated"] = min(1.0, so_far)
    return rows


def _floating(parts: Sequence[Part], start: Datum, end: Datum, better: Better) -> Rows:
    labels = marks.distinct([start.label, *(part.label for part in parts), end.label])
    assert start.value is not None
    at = start.value
    rows: Rows = [{**marks.raw(start), "label": labels[0], "kind": "total", "from": start.value, "to": start.value}]
    for label, part in zip(labels[1:], parts, strict=False):
        to = at + (part.value or 0.0)
        rows.append({**marks.raw(part), "label": label, "kind": _side(part.value, better), "from": at, "to": to})
        at = to
    return [*rows, {**marks.raw(end), "label": labels[-1], "kind": "total", "from": end.value, "to": end.value}]


def _side(value: float | None, better: Better) -> str:
    if not value or not better:
        return "neutral"
    return "better" if (value > 0) == (better == "higher") else "worse"


def _written(row: Mapping[str, Any], unit: Unit) -> str:
    if row["kind"] == "total":
        return words.value(row["value"], unit, row["low"], row["high"])
    return words.difference(row["value"], unit, row["low"], row["high"])


def _total(one: Datum, unit: Unit) -> str:
    return f"{one.label} {marks.figure(one.value, unit, one.low, one.high, one.n)}"


def _ruled(marked: Sequence[Mark], axis: scales.Axis, unit: Unit) -> list[Spec]:
    layers: list[Spec] = []
    for index, one in enumerate(sorted(marked, key=lambda mark: mark.value)):
        x = {"datum": one.value, "type": "quantitative"}
        said = f"{one.label} {words.value(one.value, unit)}"
        right = axis.place(one.value) > 0.7
        rule = {"type": "rule", "color": colour("ink"), "strokeWidth": 1.5, "strokeDash": [] if index == 0 else DASH}
        ground = {"type": "rule", "color": colour("surface"), "strokeWidth": 4.5}  # ink on a bar would be too faint
        layers += [{"data": {"values": [{}]}, "mark": mark, "encoding": {"x": x}} for mark in (ground, rule)]
        layers += [
            {"data": {"values": [{"label": said}]}, **layer}
            for layer in marks.over(
                {"field": "label"},
                x,
                {"value": 4 + 17 * index},
                baseline="top",
                dx=-6 if right else 6,
                align="right" if right else "left",
                color=colour("ink"),
                limit=200,
            )
        ]
    return layers
