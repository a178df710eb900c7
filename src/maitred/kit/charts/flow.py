"""The way of tickets through the support floor: stations from left to right, and the hand-overs between them.

The layout is worked out here and depends on nothing but the stations and hand-overs: stations stand in layers by the
longest way that leads to them, a hand-over that skips layers has a place of its own in each, and hand-overs against
the stream run below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from maitred.kit.charts import marks
from maitred.kit.charts.chart import Chart, Column, Table, empty
from maitred.kit.charts.data import Edge, Node, bounded
from maitred.kit.charts.marks import Spec, quantity
from maitred.kit.charts.theme import colour
from maitred.kit.pages import words

Rows = list[dict[str, Any]]
_HALF_WIDTH, _HALF_HEIGHT = 0.32, 0.34
_PIECES = 12
_ROW = 88
Place = tuple[float, float]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each station stands (layer, row), where each long hand-over passes, and which ones run backwards."""

    places: Mapping[str, Place]
    passing: Mapping[Pair, tuple[Place, ...]]
    backward: frozenset[Pair]
    layers: int
    rows: float


def process_map(
    nodes: Sequence[Node], edges: Sequence[Edge], *, title: str, measure: str = "", note: str = ""
) -> Chart:
    """Stations with the tickets that passed and the median stay; hand-overs with their number and median time."""
    known = {one.key or one.label: one for one in nodes}
    between = [one for one in edges if one.source in known and one.target in known and (one.n or 0) > 0]
    if not known:
        return empty("process_map", title, _("No ticket passed any station."))
    plan = layout(list(known), [(one.source, one.target) for one in between])
    stations = [_station(key, one, plan) for key, one in known.items()]
    moves = _moves(between, known, plan)
    bounded(moves, sum(len(move["way"]) for move in moves))
    spec = marks.frame(stations, _map(stations, moves, plan), marks.high(plan.rows * _ROW + 30), measure)
    kept = ("label", "kind", "value", "low", "high", "n", "drill")
    data = tuple({key: row[key] for key in kept} for row in [*stations, *moves])
    columns = (Column("label", _("Station or hand-over")), Column("value", _("Median time"), "value", "seconds"),
               Column("n", _("Tickets"), "count"))  # fmt: skip
    return marks.finished("process_map", title, spec, Table(columns, data), _said(title, stations, moves), note)


def layout(keys: Sequence[str], pairs: Sequence[Pair]) -> Layout:
    """Layers by the longest way from a beginning; within a layer, what is near to what hands over to it."""
    backward = _against(keys, pairs)
    forward = [pair for pair in pairs if pair not in backward and pair[0] != pair[1]]
    layer = _layers(keys, forward)
    columns: list[list[str | tuple[str, str, int]]] = [[] for _one in range(max(layer.values()) + 1)]
    for key in keys:
        columns[layer[key]].append(key)
    before: dict[Any, list[Any]] = {key: [] for key in keys}
    for a, b in forward:
        way = [a, *((a, b, at) for at in range(layer[a] + 1, layer[b])), b]
        for passed in way[1:-1]:
            columns[passed[2]].append(passed)  # type: ignore[arg-type, index]
            before[passed] = []
        for one, other in pairwise(way):
            before[other].append(one)
    _ordered(columns, before)
    tall = max(len(column) for column in columns)
    spots = {
        one: (float(x), (tall - len(column)) / 2 + row)
        for x, column in enumerate(columns) for row, one in enumerate(column)
    }  # fmt: skip
    passing = {
        (a, b): tuple(spots[a, b, at] for at in range(layer[a] + 1, layer[b])) for a, b in forward
    }  # fmt: skip
    deeper = 0.7 if any(pair in backward or pair[0] == pair[1] for pair in pairs) else 0.0
    return Layout({key: spots[key] for key in keys}, passing, frozenset(backward), len(columns), tall + deeper)


def _ordered(columns: Sequence[list[Any]], before: Mapping[Any, Sequence[Any]]) -> None:
    """Sort each layer by the middle of what leads there; ties stay as they came, so that the picture stays."""
    for column in columns[1:]:
        rank = {one: (i - (len(other) - 1) / 2) for other in columns for i, one in enumerate(other)}
        middle = {one: sum(rank[a] for a in before[one]) / len(before[one]) if before[one] else 0.0 for one in column}
        column.sort(key=middle.__getitem__)


def _against(keys: Sequence[str], pairs: Sequence[Pair]) -> set[Pair]:
    """Hand-overs that close a circle when the stations are walked in the order given."""
    after: dict[str, list[str]] = {key: [b for a, b in pairs if a == key and b != key] for key in keys}
    done: set[str] = set()
    backward: set[Pair] = set()
    for key in keys:
        way: list[tuple[str, int]] = [(key, 0)] if key not in done else []
        walking = {key}
        while way:
            here, index = way[-1]
            if index == len(after[here]):
                done.add(here)
                walking.discard(here)
                way.pop()
                continue
            way[-1] = (here, index + 1)
            there = after[here][index]
            if there in walking:
                backward.add((here, there))
            elif there not in done:
                way.append((there, 0))
                walking.add(there)
    return backward


def _layers(keys: Sequence[str], forward: Sequence[Pair]) -> dict[str, int]:
    layer = dict.fromkeys(keys, 0)
    for _again in keys:
        for a, b in forward:
            layer[b] = max(layer[b], layer[a] + 1)
    return layer


def _station(key: str, node: Node, plan: Layout) -> dict[str, Any]:
    x, y = plan.places[key]
    told = marks.told({**marks.raw(node), "kind": "station"}, "seconds")
    return {**told, "x": x, "y": y, "x1": x - _HALF_WIDTH, "x2": x + _HALF_WIDTH, "y1": y - _HALF_HEIGHT,
            "y2": y + _HALF_HEIGHT, "often": "" if node.n is None else words.count(node.n),
            "long": "" if node.value is None else _short(node.value)}  # fmt: skip


def _moves(edges: Sequence[Edge], known: Mapping[str, Node], plan: Layout) -> Rows:
    most = max((one.n or 0 for one in edges), default=1)
    rows = []
    for index, edge in enumerate(edges):
        label = edge.label or f"{known[edge.source].label} → {known[edge.target].label}"
        told = marks.told({**marks.raw(edge), "label": label, "kind": "hand-over"}, "seconds")
        pair = (edge.source, edge.target)
        back = pair in plan.backward or edge.source == edge.target
        way = _back(plan, pair, index) if back else _forth(plan, pair)
        middle = plan.passing[pair][0] if not back and plan.passing[pair] else way[len(way) // 2]
        rows.append({**told, "id": index, "back": back, "way": way, "x": middle[0], "y": middle[1],
                     "width": 1.25 + 5.0 * (edge.n or 0) / most, "often": words.count(edge.n or 0),
                     "long": "" if edge.value is None else _short(edge.value)})  # fmt: skip
    return rows


def _forth(plan: Layout, pair: Pair) -> list[Place]:
    """From the right side of a station, through the places it passes, to the left side of another."""
    (x, y), (to_x, to_y) = plan.places[pair[0]], plan.places[pair[1]]
    stops = [(x + _HALF_WIDTH, y)]
    for px, py in plan.passing[pair]:
        stops += [(px - _HALF_WIDTH, py), (px + _HALF_WIDTH, py)]
    stops.append((to_x - _HALF_WIDTH - 0.03, to_y))
    way = [stops[0]]
    for begin, end in pairwise(stops):
        bend = (end[0] - begin[0]) / 2
        corners = (begin, (begin[0] + bend, begin[1]), (end[0] - bend, end[1]), end)
        way += [end] if begin[1] == end[1] else [_curve(corners, step / _PIECES) for step in range(1, _PIECES + 1)]
    return way


def _back(plan: Layout, pair: Pair, index: int) -> list[Place]:
    """From the lower side of a station, below everything, to the lower side of one before it."""
    source, target = plan.places[pair[0]], plan.places[pair[1]]
    deep = max(source[1], target[1]) + _HALF_HEIGHT + 0.75 if source[1] == target[1] else plan.rows - 0.45
    out, home = (0.12, -0.12) if pair[0] != pair[1] else (0.2, -0.2)
    low = source[1] + _HALF_HEIGHT, target[1] + _HALF_HEIGHT + 0.03
    corners = ((source[0] + out, low[0]), (source[0] + out, deep), (target[0] + home, deep), (target[0] + home, low[1]))
    return [_curve(corners, step / (2 * _PIECES)) for step in range(2 * _PIECES + 1)]


def _short(seconds: float) -> str:
    """A duration as short as a map needs it; the table has it in full."""
    return words.duration(round(seconds / words.HOUR) * words.HOUR if seconds >= 3 * words.HOUR else seconds)


def _curve(corners: Sequence[Place], at: float) -> Place:
    """A point of a cubic Bézier curve."""
    parts = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    x, y = (sum(weight * corner[axis] for weight, corner in zip(parts, corners, strict=True)) for axis in (0, 1))
    return round(x, 4), round(y, 4)


def _map(stations: Rows, moves: Rows, plan: Layout) -> list[Spec]:
    wide = {"domain": [-0.5, plan.layers - 0.5], "nice": False, "zero": False}
    deep = {"domain": [plan.rows - 0.5, -0.5], "nice": False, "zero": False}
    x, y = quantity("x", scale=wide, axis=None), quantity("y", scale=deep, axis=None)
    box = {"type": "rect", "color": colour("band"), "stroke": colour("accent"), "strokeWidth": 1.25, "cornerRadius": 6,
           "cursor": marks.POINTER}  # fmt: skip
    edges = {
        "x": quantity("x1", scale=wide, axis=None),
        "x2": {"field": "x2"},
        "y": quantity("y1", scale=deep, axis=None),
        "y2": {"field": "y2"},
        "tooltip": marks.tooltip(stations, _("Median stay")),
    }
    inside = {"limit": {"expr": f"width * {0.94 * 2 * _HALF_WIDTH / plan.layers:.4f}"}}
    name = {"fontWeight": 600, "fontSize": {"expr": f"width / {plan.layers} < 125 ? 10.5 : 12"}}
    return [
        *_arrows(moves, x, y),
        {"mark": box, "encoding": edges},
        marks.text({"field": "label"}, x, y, dy=-16, color=colour("ink"), **name, **inside),
        marks.text({"field": "often"}, x, y, fontSize=11.5, color=colour("ink"), **inside),
        marks.text({"field": "long"}, x, y, dy=15, fontSize=11.5, **inside),
        *_labels(moves, x, y),
    ]


def _arrows(moves: Rows, x: Spec, y: Spec) -> list[Spec]:
    ways = [
        {"id": move["id"], "x": px, "y": py, "i": i, "end": i == len(move["way"]) - 1, "width": move["width"],
         "back": move["back"]}
        for move in moves for i, (px, py) in enumerate(move["way"])
    ]  # fmt: skip
    data = {"name": "ways", "values": ways}
    own = {"type": "quantitative", "scale": None, "legend": None}
    layers: list[Spec] = []
    for back, dash, shape in ((False, [1, 0], "triangle-right"), (True, [5, 4], "triangle-up")):
        here = marks.where("back", back)
        line = {"type": "line", "color": colour("control"), "opacity": 0.7, "strokeDash": dash, "strokeJoin": "round"}
        head = {"type": "point", "shape": shape, "filled": True, "opacity": 1, "size": 90, "color": colour("control")}
        path = {
            "x": x,
            "y": y,
            "order": quantity("i"),
            "detail": {"field": "id"},
            "strokeWidth": {"field": "width", **own},
        }
        layers.append(
            {"data": data if not back else {"name": "ways"}, "transform": here, "mark": line, "encoding": path}
        )
        layers.append({"data": {"name": "ways"}, "transform": [*here, *marks.where("end", True)], "mark": head,
                       "encoding": {"x": x, "y": y}})  # fmt: skip
    return layers


def _labels(moves: Rows, x: Spec, y: Spec) -> list[Spec]:
    """How often above each hand-over, how long below it."""
    told = [{key: value for key, value in move.items() if key != "way"} for move in moves]
    tip = marks.tooltip(told, _("Median time"))
    return [
        {"data": {"values": told}, **layer, "encoding": {**layer["encoding"], "tooltip": tip}}
        for field, dy, look in (("often", -8, {"fontWeight": 600, "color": colour("ink")}), ("long", 9, {}))
        for layer in marks.over({"field": field}, x, y, dy=dy, fontSize=11.5, cursor=marks.POINTER, **look)
    ]


def _said(title: str, stations: Rows, moves: Rows) -> str:
    stays = [f"{row['label']} {marks.figure(row['value'], 'seconds', n=row['n'])}" for row in stations]
    told = f"{title}: {marks.listed(stays, 8)}"
    if moves:
        often = sorted(moves, key=lambda row: -(row["n"] or 0))
        hand = [f"{row['label']} {marks.figure(row['value'], 'seconds', n=row['n'])}" for row in often]
        told += "; " + _("most frequent hand-overs: %(rows)s") % {"rows": marks.listed(hand, 3)}
    return told + "."
