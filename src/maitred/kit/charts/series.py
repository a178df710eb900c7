"""Charts of time: the control chart, the forecast as a fan, the sparkline.

Buckets stand side by side at equal distances. A bucket without a value is a gap, and the last one, while it is not
over, is hollow and marked "so far".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from maitred.kit.charts import marks, scales
from maitred.kit.charts.chart import Chart, Column, Table, empty
from maitred.kit.charts.data import Annotation, Point, Unit, bounded
from maitred.kit.charts.marks import DASH, Spec, quantity
from maitred.kit.charts.theme import colour
from maitred.kit.pages import words

Limit = float | Sequence[float | None] | None
Rows = list[dict[str, Any]]
_PLOT = 215
"""About how many pixels of a control chart's height are the plot; labels at its edge keep apart by it."""


def control_chart(
    points: Sequence[Point], *, title: str, unit: Unit, measure: str = "", centre: Limit = None, lower: Limit = None,
    upper: Limit = None, annotations: Sequence[Annotation] = (), previous: Sequence[float | None] = (),
    unfinished_last: bool = False, note: str = "",
) -> Chart:  # fmt: skip
    """Values over time with their usual range.

    Parameters
    ----------
    centre, lower, upper
        One number for all buckets, or one for each (shares with a changing n). The unfinished bucket is never judged.
    previous
        The values of the period before, bucket for bucket.

    Returns
    -------
    Chart
        Empty where no bucket has a value.
    """
    held = bounded(points, len(points) * (2 if previous else 1))
    rows = _judged(held, centre, lower, upper, previous, unfinished_last)
    if marks.latest(rows) is None:
        return empty("control_chart", title, _("Nothing was measured in this period."))
    told = [marks.told(row, unit) for row in rows]
    numbers = [row[key] for row in rows for key in ("value", "lower", "upper", "centre", "previous")]
    axis, time = scales.values(numbers, unit), scales.buckets(held)
    layers = [
        *_range(rows, centre, lower, upper), *_noted(annotations, time, axis), *_before(previous),
        *_line(told, time, axis), *_edge(rows, axis, unit, bool(previous)),
    ]  # fmt: skip
    spec = marks.frame(told, layers, 320, measure)
    spec["encoding"] = {"x": quantity("i", scale=time.scale(), axis=time.axis())}
    data = tuple({**row, "noted": _remarks(row, annotations)} for row in rows)
    table = Table(_columns(rows, unit, any(row["noted"] for row in data)), data)
    return marks.finished("control_chart", title, spec, table, _said(title, rows, unit), note)


def fan(
    points: Sequence[Point], quantiles: Mapping[float, Sequence[float | None]], *, title: str, unit: Unit,
    measure: str = "", note: str = "",
) -> Chart:  # fmt: skip
    """What was, and how far what comes may lie apart.

    Parameters
    ----------
    points
        All buckets, past and future; those to come have no value.
    quantiles
        For each quantile (0.05, 0.25, 0.5, 0.75, 0.95) its value per bucket, ``None`` in the past; in pairs around 0.5.
    """
    held = bounded(points, len(points) * (1 + len(quantiles)))
    ordered = sorted(quantiles)
    names = {one: f"q{index}" for index, one in enumerate(ordered)}
    rows = [{**marks.raw(one), "i": i, **{names[at]: quantiles[at][i] for at in ordered}} for i, one in enumerate(held)]
    if not any(row.get(key) is not None for row in rows for key in ("value", *names.values())):
        return empty("fan", title, _("Nothing was measured, and nothing can be forecast."))
    pairs = [(low, high) for low, high in zip(ordered, reversed(ordered), strict=True) if low < high]
    told = [_expected(row, pairs, names, unit) for row in rows]
    numbers = [row.get(key) for row in rows for key in ("value", *names.values())]
    axis, time = scales.values(numbers, unit), scales.buckets(held)
    spec = marks.frame(told, _fan_layers(told, pairs, names, axis, unit), 280, measure)
    spec["encoding"] = {"x": quantity("i", scale=time.scale(), axis=time.axis())}
    columns = (
        Column("label", _("Period")),
        Column("value", _("Measured"), "value", unit),
        *(Column(names[at], words.share(at, 0), "value", unit) for at in ordered),
        *_counted(rows),
    )
    table = Table(columns, tuple(rows))
    return marks.finished("fan", title, spec, table, _foreseen(title, rows, pairs, names, unit), note)


def sparkline(points: Sequence[Point], *, title: str, unit: Unit, lower: float | None = None,
              upper: float | None = None) -> Chart:  # fmt: skip
    """A line as small as a word, with its usual range where it is known and its last value as a point."""
    rows = [{**marks.raw(one), "i": i} for i, one in enumerate(bounded(points))]
    last = marks.latest(rows)
    if last is None:
        return empty("sparkline", title, _("Nothing was measured in this period."))
    told = [marks.told(row, unit) for row in rows]
    axis = scales.values([*(row["value"] for row in rows), lower, upper], unit, room=0.15)
    y = quantity("value", scale=axis.scale(), axis=None)
    tip = marks.tooltip(told)
    layers: list[Spec] = []
    if lower is not None and upper is not None:
        band = {"y": {"datum": lower, "type": "quantitative"}, "y2": {"datum": upper}, "x": {"value": 0},
                "x2": {"value": "width"}}  # fmt: skip
        layers.append({"data": {"values": [{}]}, "mark": {"type": "rect", "color": colour("band")}, "encoding": band})
    layers += [
        {"mark": {"type": "line", "strokeWidth": 1.75, "color": colour("accent")}, "encoding": {"y": y}},
        {
            "mark": marks.dot("accent", 1, opacity=0, strokeWidth=10, strokeOpacity=0),
            "encoding": {"y": y, "tooltip": tip},
        },
        {
            "transform": marks.where("i", last["i"]),
            "mark": marks.dot("accent", 40),
            "encoding": {"y": y, "tooltip": tip},
        },
    ]
    spec = marks.frame(told, layers, 40, left=4, right=6, top=4, bottom=4)
    spec["encoding"] = {"x": quantity("i", scale={"domain": [0, max(1, len(rows) - 1)], "nice": False}, axis=None)}
    columns = marks.columns(rows, _("Period"), _("Value"), unit)
    said = _("%(title)s, %(first)s to %(last)s: last %(figure)s") % {
        "title": title, "first": rows[0]["label"], "last": rows[-1]["label"], "figure": _figure(last, unit),
    }  # fmt: skip
    return marks.finished("sparkline", title, spec, Table(columns, tuple(rows)), said)


def _judged(
    points: Sequence[Point], centre: Limit, lower: Limit, upper: Limit, previous: Sequence[float | None],
    unfinished_last: bool,
) -> Rows:  # fmt: skip
    rows = []
    for i, point in enumerate(points):
        low, high = _at(lower, i), _at(upper, i)
        beyond = point.value is not None and (
            (low is not None and point.value < low) or (high is not None and point.value > high)
        )
        state = "so far" if unfinished_last and i == len(points) - 1 else "beyond" if beyond else "usual"
        rows.append(
            {**marks.raw(point), "i": i, "state": state, "lower": low, "centre": _at(centre, i), "upper": high,
             "previous": previous[i] if i < len(previous) else None}
        )  # fmt: skip
    return rows


def _at(limit: Limit, index: int) -> float | None:
    if limit is None or isinstance(limit, (int, float)):
        return limit
    return limit[index] if index < len(limit) else None


def _range(rows: Rows, centre: Limit, lower: Limit, upper: Limit) -> list[Spec]:
    """The usual range as a pale band between its limits; level or stepped, as the limits are."""
    layers: list[Spec] = []
    if lower is not None and upper is not None:
        layers.append({"mark": {"type": "area", "interpolate": "step", "color": colour("band"), "opacity": 0.7},
                       "encoding": {"y": quantity("lower"), "y2": {"field": "upper"}}})  # fmt: skip
    for key, limit in (("lower", lower), ("centre", centre), ("upper", upper)):
        if limit is not None:
            mark = {"type": "line", "interpolate": "step", "color": colour("limit"), "strokeWidth": 1.25}
            dashed = mark if key == "centre" else {**mark, "strokeDash": DASH}
            layers.append({"mark": dashed, "encoding": {"y": quantity(key)}})
    return layers


def _noted(annotations: Sequence[Annotation], time: scales.Axis, axis: scales.Axis) -> list[Spec]:
    """A rule for each thing that happened, its words at the top; near ones stand on lines below each other."""
    rules: list[Spec] = []
    texts: list[Spec] = []
    line, before = 0, -1e9
    for one in sorted(annotations, key=lambda item: item.index):
        line = line + 1 if time.place(one.index) - time.place(before) < 0.3 and line < 2 else 0
        before = one.index
        x = quantity("i", scale=time.scale(), axis=time.axis())
        here = {"data": {"values": [{"i": one.index, "label": one.text}]}}
        right = time.place(one.index) > 0.6
        said = {"align": "right" if right else "left", "dx": -5 if right else 5, "limit": 220, "baseline": "top",
                "color": colour("ink"), "fontSize": 11.5}  # fmt: skip
        rule = {"type": "rule", "color": colour("ink"), "strokeWidth": 1, "strokeDash": [2, 3]}
        rules.append({**here, "mark": rule, "encoding": {"x": x}})
        texts += [{**here, **layer} for layer in marks.over({"field": "label"}, x, {"value": 2 + 16 * line}, **said)]
    return [*rules, *texts]


def _before(previous: Sequence[float | None]) -> list[Spec]:
    if not previous:
        return []
    mark = {"type": "line", "strokeDash": [3, 3], "strokeWidth": 1.25, "color": colour("muted"), "opacity": 0.75}
    return [{"mark": mark, "encoding": {"y": quantity("previous")}}]


def _line(rows: Rows, time: scales.Axis, axis: scales.Axis) -> list[Spec]:
    y = quantity("value", scale=axis.scale(), axis=axis.axis())
    tip = marks.tooltip(rows)
    size = 64 if len(rows) <= 60 else 30
    line = {"type": "line", "strokeWidth": 2, "color": colour("accent")}
    layers: list[Spec] = [{"transform": marks.where("state", "usual", "beyond"), "mark": line, "encoding": {"y": y}}]
    if rows[-1]["state"] == "so far":
        last = marks.where("i", len(rows) - 2, len(rows) - 1)
        layers.append({"transform": last, "mark": {**line, "strokeDash": [2, 3]}, "encoding": {"y": y}})
    layers += [
        {"transform": [*marks.where("state", "usual"), *marks.known("value")], "mark": marks.dot("accent", size),
         "encoding": {"y": y, "tooltip": tip}},
        {"transform": marks.where("state", "beyond"), "mark": marks.dot("out", size * 1.8, "triangle-up"),
         "encoding": {"y": y, "tooltip": tip}},
    ]  # fmt: skip
    if rows[-1]["state"] == "so far" and rows[-1]["value"] is not None:
        here = {"transform": marks.where("state", "so far")}
        said = {"align": "right", "dy": 18, "color": colour("muted"), "fontSize": 11.5}
        x = quantity("i", scale=time.scale(), axis=time.axis())
        layers.append({**here, "mark": marks.hollow("accent", size), "encoding": {"y": y, "tooltip": tip}})
        layers += [{**here, **layer} for layer in marks.over(_("so far"), x, y, **said)]
    return layers


def _edge(rows: Rows, axis: scales.Axis, unit: Unit, previous: bool) -> list[Spec]:
    """The names of the lines, at their right ends, kept apart."""
    names = {"upper": _("limit %(value)s"), "centre": _("usual %(value)s"), "lower": _("limit %(value)s")}
    ends = []
    for key, pattern in names.items():
        value = next((row[key] for row in reversed(rows) if row[key] is not None), None)
        if value is not None:
            ends.append((pattern % {"value": words.value(value, unit)}, value))
    last = next((row["previous"] for row in reversed(rows) if row["previous"] is not None), None)
    if previous and last is not None:
        ends.append((_("period before"), last))
    return at_right(ends, axis, _PLOT)


def at_right(ends: Sequence[tuple[str, float]], axis: scales.Axis, plot: int, **mark: Any) -> list[Spec]:
    """Names at the right edge of a plot, each as near to its value as its neighbours let it be."""
    places = scales.spread([axis.place(value) for _name, value in ends], 15 / plot)
    return [
        {"data": {"values": [{"label": name}]},
         **marks.text({"field": "label"}, {"value": "width"},
                      {"datum": axis.low + place * (axis.high - axis.low), "type": "quantitative"},
                      align="left", dx=8, fontSize=11.5, limit=112, **mark)}
        for (name, _value), place in zip(ends, places, strict=True)
    ]  # fmt: skip


def _remarks(row: Mapping[str, Any], annotations: Sequence[Annotation]) -> str:
    """What the drawing says about a bucket by shape and by words."""
    states = {"so far": _("so far"), "beyond": _("beyond the limits")}
    state = [states[row["state"]]] if row["state"] in states and row["value"] is not None else []
    return ", ".join([*state, *(one.text for one in annotations if one.index == row["i"])])


def _columns(rows: Rows, unit: Unit, noted: bool) -> tuple[Column, ...]:
    limits = (("lower", _("Lower limit")), ("centre", _("Usual")), ("upper", _("Upper limit")))
    more = [Column(key, name, "value", unit) for key, name in limits if any(row[key] is not None for row in rows)]
    if any(row["previous"] is not None for row in rows):
        more.append(Column("previous", _("Period before"), "value", unit))
    found = marks.columns(rows, _("Period"), _("Value"), unit, *more)
    return (*found, Column("noted", _("Note"))) if noted else found


def _said(title: str, rows: Rows, unit: Unit) -> str:
    judged = [row for row in rows if row["state"] != "so far"]
    last = marks.latest(judged) or marks.latest(rows) or rows[-1]
    said = _("%(title)s, %(first)s to %(last)s: %(figure)s on %(label)s") % {
        "title": title, "first": rows[0]["label"], "last": rows[-1]["label"], "figure": _figure(last, unit),
        "label": last["label"],
    }  # fmt: skip
    if last["centre"] is not None:
        said += _(", usually %(centre)s") % {"centre": words.value(last["centre"], unit)}
    beyond = [row["label"] for row in judged if row["state"] == "beyond"]
    if any(row["lower"] is not None or row["upper"] is not None for row in rows):
        told = (
            _("%(n)s of %(all)s beyond the limits (%(labels)s)") if beyond else _("none of %(all)s beyond the limits")
        )
        measured = sum(row["value"] is not None for row in judged)
        labels = marks.listed(beyond)
        said += "; " + told % {"n": len(beyond), "all": measured, "labels": labels}
    return said + "."


def _figure(row: Mapping[str, Any], unit: Unit) -> str:
    return marks.figure(row["value"], unit, row["low"], row["high"], row["n"])


def _counted(rows: Rows) -> tuple[Column, ...]:
    return (Column("n", _("n"), "count"),) if any(row["n"] is not None for row in rows) else ()


def _expected(row: dict[str, Any], pairs: Sequence[tuple[float, float]], names: Mapping[float, str],
              unit: Unit) -> dict[str, Any]:  # fmt: skip
    """A row with the words of its tooltip: what was measured, or the widest range of what is to come."""
    told = marks.told(row, unit)
    if row["value"] is None and pairs:
        low, high = pairs[0]
        told["between"] = words.interval(row[names[low]], row[names[high]], unit)
        told["shown"] = words.value(row[names[0.5]], unit) if 0.5 in names else ""
    return told


def _fan_layers(rows: Rows, pairs: Sequence[tuple[float, float]], names: Mapping[float, str], axis: scales.Axis,
                unit: Unit) -> list[Spec]:  # fmt: skip
    y = quantity("value", scale=axis.scale(), axis=axis.axis())
    tip = marks.tooltip(rows)
    layers: list[Spec] = [
        {"transform": marks.known(names[low], names[high]),
         "mark": {"type": "area", "color": colour("accent"), "opacity": 0.16, "clip": True},
         "encoding": {"y": quantity(names[low]), "y2": {"field": names[high]}}}
        for low, high in pairs
    ]  # fmt: skip
    ends = []
    for pair in pairs[:1]:
        for at, pattern in zip(pair, (_("low %(value)s"), _("high %(value)s")), strict=True):
            value = next((row[names[at]] for row in reversed(rows) if row[names[at]] is not None), None)
            if value is not None:
                ends.append((pattern % {"value": words.value(value, unit)}, value))
    if 0.5 in names:
        middle = {"type": "line", "strokeDash": DASH, "strokeWidth": 2, "color": colour("accent")}
        layers.append({"mark": middle, "encoding": {"y": quantity(names[0.5])}})
        layers.append({"transform": marks.known(names[0.5]), "mark": marks.hollow("accent", 40),
                       "encoding": {"y": quantity(names[0.5]), "tooltip": tip}})  # fmt: skip
        value = next((row[names[0.5]] for row in reversed(rows) if row[names[0.5]] is not None), None)
        if value is not None:
            ends.append((_("about %(value)s") % {"value": words.value(value, unit)}, value))
    layers += [
        {"mark": {"type": "line", "strokeWidth": 2, "color": colour("accent")}, "encoding": {"y": y}},
        {"transform": marks.known("value"), "mark": marks.dot("accent", 48), "encoding": {"y": y, "tooltip": tip}},
    ]
    return [*layers, *at_right(ends, axis, _PLOT - 40)]


def _foreseen(title: str, rows: Rows, pairs: Sequence[tuple[float, float]], names: Mapping[float, str],
              unit: Unit) -> str:  # fmt: skip
    last = marks.latest(rows)
    said = [title]
    if last is not None:
        said.append(
            _("last measured %(figure)s on %(label)s") % {"figure": _figure(last, unit), "label": last["label"]}
        )
    to_come = [row for row in rows if row["value"] is None and 0.5 in names and row[names[0.5]] is not None]
    if to_come and pairs:
        low, high = pairs[0]
        end = to_come[-1]
        said.append(
            _("about %(value)s on %(label)s (%(interval)s in %(share)s of such forecasts)")
            % {"value": words.value(end[names[0.5]], unit), "label": end["label"],
               "interval": words.interval(end[names[low]], end[names[high]], unit),
               "share": words.share(high - low, 0)}
        )  # fmt: skip
    return f"{said[0]}: " + "; ".join(said[1:]) + "."
