"""Charts of the clock: the hours of a week as a map, and the life of one ticket as a strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from babel.dates import get_day_names
from django.utils.translation import gettext as _

from maitred.kit.charts import marks, scales
from maitred.kit.charts.chart import Chart, Column, Table, empty
from maitred.kit.charts.data import Cell, Span, Tick, Unit, bounded
from maitred.kit.charts.marks import Spec, names, quantity
from maitred.kit.charts.theme import colour
from maitred.kit.pages import words

Rows = list[dict[str, Any]]
_STEPS = tuple(scales.HOUR * n for n in (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 1440, 4320, 8760))
_TURNS = {"ours": "c0", "customer": "c1", "held": "c3", "nobody": "c4"}
_SHAPES = {"customer": ("triangle-down", "c1"), "staff": ("circle", "accent"), "system": ("diamond", "muted")}


def heat_map(cells: Sequence[Cell], *, title: str, unit: Unit, measure: str = "", note: str = "") -> Chart:
    """A value for each hour of the week, Monday first; an hour without a value is left hollow."""
    rows = [_hour(one) for one in sorted(bounded(cells), key=lambda cell: (cell.day, cell.hour))]
    valued = [row for row in rows if row["value"] is not None]
    if not valued:
        return empty("heat_map", title, _("Nothing was measured in any hour."))
    told = [marks.told(row, unit) for row in rows]
    hours = list(range(min(row["hour"] for row in rows), max(row["hour"] for row in rows) + 1))
    days = [day for day in range(7) if any(row["day"] == day for row in rows)]
    axis = scales.values([row["value"] for row in valued], unit, about=3, room=0.0)
    spec = marks.frame(told, _cells(told, hours, days, axis), marks.high(len(days) * 26 + 100), measure)
    columns = marks.columns(rows, _("Hour"), _("Value"), unit)
    most = max(valued, key=lambda row: row["value"])
    least = min(valued, key=lambda row: row["value"])
    said = _("%(title)s: highest %(most)s on %(when)s, lowest %(least)s on %(then)s.") % {
        "title": title, "most": _figure(most, unit), "when": most["label"], "least": _figure(least, unit),
        "then": least["label"],
    }  # fmt: skip
    return marks.finished("heat_map", title, spec, Table(columns, tuple(rows)), said, note)


def timeline_strip(
    intervals: Sequence[Span], ticks: Sequence[Tick] = (), *, title: str, zone: tzinfo = UTC, measure: str = "",
    note: str = "",
) -> Chart:  # fmt: skip
    """One ticket's clock: a lane for each state it was in, and its messages above."""
    held = bounded(intervals, len(intervals) + len(ticks))
    if not held:
        return empty("timeline_strip", title, _("This ticket has no history yet."))
    begin = min([*(one.start for one in held), *(one.at for one in ticks)])
    until = max([*(one.end for one in held), *(one.at for one in ticks)])
    rows = [_span(one, begin, zone) for one in held]
    said = [_message(one, begin, zone) for one in sorted(ticks, key=lambda tick: tick.at)]
    time = _times(begin, until, zone)
    lanes = [*([_("Messages")] if said else []), *dict.fromkeys(one.state for one in held)]
    height = marks.high(len(lanes) * 30 + 50)
    spec = marks.frame([*rows, *said], _lanes(lanes, rows, said, time), max(120, height), measure)
    columns = (Column("label", _("What")), Column("begins", _("From")), Column("ends", _("To")),
               Column("value", _("Duration"), "value", "seconds"))  # fmt: skip
    table = Table(columns, tuple(sorted([*rows, *said], key=lambda row: row["start"])))
    return marks.finished("timeline_strip", title, spec, table, _lived(title, rows, said), note)


def _hour(cell: Cell) -> dict[str, Any]:
    name = get_day_names("abbreviated", locale=words.locale())[cell.day]
    label = cell.label or f"{name} {cell.hour:02d}–{(cell.hour + 1) % 24:02d}"
    return {**marks.raw(cell), "label": label}


def _cells(rows: Rows, hours: Sequence[int], days: Sequence[int], axis: scales.Axis) -> list[Spec]:
    day_names = get_day_names("abbreviated", locale=words.locale())
    y = {"field": "day", "type": "ordinal", "title": None, "sort": None,
         "scale": {"domain": list(days), "padding": 0.08},
         "axis": {"grid": False, "labelExpr": scales.looked_up(days, [day_names[day] for day in days])}}  # fmt: skip
    named = [hour for hour in hours if hour % (3 if len(hours) > 12 else 2) == 0]
    x = {
        "field": "hour",
        "type": "ordinal",
        "title": None,
        "sort": None,
        "scale": {"domain": list(hours), "padding": 0.06},
        "axis": {
            "values": named,
            "labelAngle": 0,
            "labelExpr": scales.looked_up(named, [f"{one:02d}:00" for one in named]),
        },
    }
    legend = {"values": list(axis.ticks), "labelExpr": scales.looked_up(axis.ticks, axis.labels), "gradientLength": 160,
              "gradientThickness": 8, "orient": "top", "offset": 12}  # fmt: skip
    shade = {"domain": [axis.low, axis.high], "range": [colour("faint"), colour("accent")], "interpolate": "lab"}
    tip = marks.tooltip(rows)
    return [
        {"transform": [{"filter": {"not": {"field": "value", "valid": True}}}],
         "mark": {"type": "rect", "fillOpacity": 0, "stroke": colour("line"), "strokeWidth": 1, "cornerRadius": 2},
         "encoding": {"x": x, "y": y, "tooltip": tip}},
        {"transform": marks.known("value"), "mark": {"type": "rect", "cornerRadius": 2, "cursor": marks.POINTER},
         "encoding": {"x": x, "y": y, "color": quantity("value", scale=shade, legend=legend), "tooltip": tip}},
    ]  # fmt: skip


def _figure(row: Mapping[str, Any], unit: Unit) -> str:
    return marks.figure(row["value"], unit, row["low"], row["high"], row["n"])


def _span(one: Span, begin: datetime, zone: tzinfo) -> dict[str, Any]:
    return {
        "label": one.state,
        "lane": one.state,
        "kind": "span",
        "whose": one.whose,
        "start": (one.start - begin).total_seconds(),
        "end": (one.end - begin).total_seconds(),
        "value": (one.end - one.start).total_seconds(),
        "low": None,
        "high": None,
        "n": 1,
        "drill": one.drill,
        "begins": _written(one.start, zone),
        "ends": _written(one.end, zone),
        "shown": words.duration((one.end - one.start).total_seconds()),
    }


def _message(one: Tick, begin: datetime, zone: tzinfo) -> dict[str, Any]:
    return {
        "label": one.label,
        "lane": _("Messages"),
        "kind": one.side,
        "whose": "",
        "start": (one.at - begin).total_seconds(),
        "end": None,
        "value": None,
        "low": None,
        "high": None,
        "n": 1,
        "drill": "",
        "begins": _written(one.at, zone),
        "ends": None,
        "shown": "",
    }


def _written(instant: datetime, zone: tzinfo) -> str:
    local = instant.astimezone(zone)
    return f"{scales.day(local.date())}, {local:%H:%M}"


def _times(begin: datetime, until: datetime, zone: tzinfo) -> scales.Axis:
    """Round hours, or days where the strip is long, counted from the ticket's beginning; one form for all."""
    length = max(60.0, (until - begin).total_seconds())
    step = next((one for one in _STEPS if length / one <= 7), _STEPS[-1])
    midnight = begin.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [midnight + timedelta(seconds=step * n) for n in range(int((length + 86_400) // step) + 2)]
    ticks, labels = [], []
    one_day = begin.astimezone(zone).date() == until.astimezone(zone).date()
    for moment in moments:
        at = (moment.astimezone(UTC) - begin.astimezone(UTC)).total_seconds()
        if 0 <= at <= length:
            ticks.append(at)
            labels.append(_named(moment, step, one_day))
    return scales.Axis(0.0, length, tuple(ticks), tuple(labels))


def _named(moment: datetime, step: int, one_day: bool) -> str:
    if one_day:
        return f"{moment:%H:%M}"
    return scales.day(moment.date()) if step >= 24 * scales.HOUR else f"{scales.day(moment.date())}, {moment:%H:%M}"


def _lanes(lanes: Sequence[str], rows: Rows, said: Rows, time: scales.Axis) -> list[Spec]:
    y = names("lane", lanes, axis={"grid": True, "labelColor": colour("ink"), "labelLimit": 170})
    x = quantity("start", scale=time.scale(), axis=time.axis())
    tip = [{"field": "label", "title": "title", "type": "nominal"},
           *({"field": key, "title": name, "type": "nominal"} for key, name in
             (("begins", _("From")), ("ends", _("To")), ("shown", _("Duration"))))]  # fmt: skip
    turns = {"domain": list(_TURNS), "range": [colour(name) for name in _TURNS.values()]}
    fill = {"field": "whose", "type": "nominal", "legend": None, "sort": None, "scale": turns}
    layers: list[Spec] = [
        {"transform": marks.where("kind", "span"),
         "mark": {"type": "bar", "height": 16, "cornerRadius": 2, "cursor": marks.POINTER, "minBandSize": 2},
         "encoding": {"y": y, "x": x, "x2": {"field": "end"}, "color": fill, "tooltip": tip}}
    ]  # fmt: skip
    for side, (shape, name) in _SHAPES.items():
        if any(row["kind"] == side for row in said):
            layers.append(
                {
                    "transform": marks.where("kind", side),
                    "mark": marks.dot(name, 110 if side == "customer" else 80, shape),
                    "encoding": {"y": y, "x": x, "tooltip": tip[:2]},
                }
            )
    return layers


def _lived(title: str, rows: Rows, said: Rows) -> str:
    spent: dict[str, float] = {}
    for row in rows:
        spent[row["label"]] = spent.get(row["label"], 0.0) + row["value"]
    parts = [f"{state} {words.duration(seconds)}" for state, seconds in spent.items()]
    told = f"{title}, {rows[0]['begins']} – {max(rows, key=lambda row: row['end'])['ends']}: {', '.join(parts)}"
    return f"{told}; {_('messages')}: {words.n(len(said))}." if said else f"{told}."
