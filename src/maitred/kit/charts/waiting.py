"""How long until it happens: shares still waiting over time, with bands and the numbers at risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from maitred.kit.charts import marks, scales
from maitred.kit.charts.chart import Chart, Column, Table, empty
from maitred.kit.charts.data import Curve, bounded
from maitred.kit.charts.marks import Spec, quantity
from maitred.kit.charts.series import at_right
from maitred.kit.charts.theme import colour, series
from maitred.kit.pages import words

Rows = list[dict[str, Any]]
_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3], [12, 3], [6, 2, 2, 2])


def survival(curves: Sequence[Curve], *, title: str, measure: str = "", head: str = "", note: str = "") -> Chart:
    """Kaplan-Meier curves as steps; below them, how many were still at risk at each named time."""
    held = bounded(curves, sum(len(one.steps) for one in curves))
    labels = marks.distinct(one.label for one in held)
    rows = [
        {**marks.raw(step), "label": label, "curve": label, "line": line}
        for line, (label, curve) in enumerate(zip(labels, held, strict=True))
        for step in curve.steps
        if step.value is not None
    ]
    if not rows:
        return empty("survival", title, _("Nobody was followed in this period."))
    axis = scales.values([0, 1], "share", zero=True, about=4, room=0.0)
    time = scales.values([0, *(row["time"] for row in rows)], "seconds", zero=True, about=6, room=0.01)
    told = [{**marks.told(row, "share"), "when": words.duration(row["time"])} for row in rows]
    below = 20 * len(held) + 40
    spec = marks.frame(told, _curves(told, labels, axis, time), marks.high(260 + below), measure)
    spec["encoding"] = {"x": quantity("time", scale=time.scale(), axis=time.axis())}
    spec["layer"] += _at_risk(rows, labels, time)
    columns = (
        Column("curve", head or _("Group")), Column("time", _("After"), "value", "seconds"),
        Column("value", _("Still waiting"), "value", "share"), Column("low", _("95% interval"), "interval", "share"),
        Column("n", _("At risk"), "count"),
    )  # fmt: skip
    return marks.finished("survival", title, spec, Table(columns, tuple(rows)), _said(title, held, labels), note)


def _curves(rows: Rows, labels: Sequence[str], axis: scales.Axis, time: scales.Axis) -> list[Spec]:
    y = quantity("value", scale=axis.scale(), axis=axis.axis())
    tip = marks.tooltip(rows, _("Still waiting"), ("when", _("After")))
    layers: list[Spec] = []
    ends = []
    for index, label in enumerate(labels):
        here = {"transform": marks.where("line", index)}
        band = {"type": "area", "interpolate": "step-after", "color": series(index), "opacity": 0.14}
        line = {"type": "line", "interpolate": "step-after", "color": series(index), "strokeWidth": 2,
                "strokeDash": _DASHES[index % len(_DASHES)]}  # fmt: skip
        layers.append({"transform": [*here["transform"], *marks.known("low", "high")], "mark": band,
                       "encoding": {"y": quantity("low"), "y2": {"field": "high"}}})  # fmt: skip
        layers.append({**here, "mark": line, "encoding": {"y": y}})
        reach = {"type": "point", "filled": True, "size": 120, "opacity": 0, "cursor": marks.POINTER}
        layers.append({**here, "mark": reach, "encoding": {"y": y, "tooltip": tip}})
        last = [row for row in rows if row["curve"] == label][-1:]
        ends += [(label, row["value"], index) for row in last]
    places = scales.spread([axis.place(value) for _label, value, _index in ends], 15 / 180)
    for (label, _value, index), place in zip(ends, places, strict=True):
        spot = axis.low + place * (axis.high - axis.low)
        layers += at_right([(label, spot)], axis, 180, color=series(index), fontWeight=600)
    return layers


def _at_risk(rows: Rows, labels: Sequence[str], time: scales.Axis) -> list[Spec]:
    """A small table under the axis: for each curve how many were still at risk at the named times."""
    layers: list[Spec] = []
    for line, label in enumerate(labels):
        own = [row for row in rows if row["curve"] == label]
        counts = [{"time": tick, "count": _standing(own, tick)} for tick in time.ticks]
        y = {"value": {"expr": f"height + {62 + 20 * line}"}}
        shown = [{**one, "count": words.count(one["count"])} for one in counts if one["count"] is not None]
        layers.append({"data": {"values": shown}, "mark": {"type": "text", "color": series(line), "fontSize": 11.5},
                       "encoding": {"y": y, "text": {"field": "count", "type": "nominal"}}})  # fmt: skip
        side = {"align": "left", "dx": 14, "fontSize": 11.5, "color": series(line), "limit": 112}
        layers.append({"data": {"values": [{"label": label}]},
                       **marks.text({"field": "label"}, {"value": "width"}, y, **side)})  # fmt: skip
    head = {"type": "text", "align": "left", "fontSize": 11.5, "color": colour("muted")}
    layers.append({"data": {"values": [{}]}, "mark": head,
                   "encoding": {"x": {"value": -4}, "y": {"value": {"expr": "height + 42"}},
                                "text": {"value": _("At risk")}}})  # fmt: skip
    return layers


def _standing(rows: Rows, time: float) -> int | None:
    """At risk at a time: what the next step still counts; nothing is said beyond the last one."""
    return next((row["n"] for row in rows if row["time"] >= time - 1e-9), None)


def _said(title: str, curves: Sequence[Curve], labels: Sequence[str]) -> str:
    said = []
    for label, curve in zip(labels, curves, strict=True):
        steps = [step for step in curve.steps if step.value is not None]
        if not steps:
            continue
        last = steps[-1]
        begun = "" if steps[0].n is None else f" ({words.n(steps[0].n)})"
        median = _("median %(time)s") % {"time": words.duration(curve.median)} if curve.median is not None else (
            _("median not reached"))  # fmt: skip
        said.append(
            _("%(label)s%(n)s %(median)s, %(value)s still waiting after %(time)s")
            % {
                "label": label,
                "n": begun,
                "median": median,
                "value": marks.figure(last.value, "share", last.low, last.high),
                "time": words.duration(last.time),
            }
        )
    return f"{title}: {'; '.join(said)}."
