"""Charts: one function for each kind, which gives specification, drawing, table and sentence from the same rows."""

from maitred.kit.charts.cache import Key, remembered
from maitred.kit.charts.chart import Chart, Column, Table, empty, suppressed
from maitred.kit.charts.comparison import bullet, dots_with_intervals, slope
from maitred.kit.charts.data import (
    Annotation,
    Bin,
    Cell,
    Change,
    Curve,
    Datum,
    Edge,
    Goal,
    Mark,
    Node,
    Part,
    Point,
    Row,
    Span,
    Stack,
    Step,
    Tick,
    Unit,
)
from maitred.kit.charts.flow import process_map
from maitred.kit.charts.hours import heat_map, timeline_strip
from maitred.kit.charts.parts import distribution, pareto, stacked_states, waterfall
from maitred.kit.charts.series import control_chart, fan, sparkline
from maitred.kit.charts.theme import Theme
from maitred.kit.charts.waiting import survival

__all__ = [
    "Annotation", "Bin", "Cell", "Change", "Chart", "Column", "Curve", "Datum", "Edge", "Goal", "Key", "Mark", "Node",
    "Part", "Point", "Row", "Span", "Stack", "Step", "Table", "Theme", "Tick", "Unit", "bullet", "control_chart",
    "distribution", "dots_with_intervals", "empty", "fan", "heat_map", "pareto", "process_map", "remembered", "slope",
    "sparkline", "stacked_states", "suppressed", "survival", "timeline_strip", "waterfall",
]  # fmt: skip
