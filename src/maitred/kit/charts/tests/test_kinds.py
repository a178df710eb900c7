"""Every kind of chart says the same in marks, table and sentence, and what a user wrote stays text in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from maitred.base.errors import Invalid
from maitred.kit import charts
from maitred.kit.charts import (
    Bin,
    Cell,
    Change,
    Chart,
    Curve,
    Datum,
    Edge,
    Goal,
    Node,
    Part,
    Point,
    Row,
    Span,
    Stack,
    Step,
)
from maitred.kit.charts.chart import STEP
from maitred.kit.charts.marks import SCHEMA
from maitred.kit.charts.tests.gallery import KINDS
from maitred.kit.charts.theme import Colour
from maitred.kit.pages import words

HOSTILE = '</script><img src=x onerror=alert(1)>=HYPERLINK("x")\'\\' + "\u2028" + "{{7*7}}" + "W" * 90
AT = datetime(2026, 11, 10, tzinfo=UTC)
NOTHING: dict[str, Callable[[], Chart]] = {
    "control_chart": lambda: charts.control_chart([Point("a", None)], title="T", unit="count"),
    "dots_with_intervals": lambda: charts.dots_with_intervals([Row("a", None)], title="T", unit="count"),
    "stacked_states": lambda: charts.stacked_states([Stack("a", (Datum("s", 0.0),))], title="T"),
    "heat_map": lambda: charts.heat_map([Cell("", None)], title="T", unit="count"),
    "fan": lambda: charts.fan([Point("a", None)], {0.5: [None]}, title="T", unit="count"),
    "slope": lambda: charts.slope([Change("a", None)], title="T", unit="count", before="b", after="c"),
    "pareto": lambda: charts.pareto([Row("a", None)], title="T"),
    "survival": lambda: charts.survival([], title="T"),
    "process_map": lambda: charts.process_map([], [], title="T"),
    "waterfall": lambda: charts.waterfall([], title="T", unit="count", start=Datum("a", None), end=Datum("b", 1)),
    "distribution": lambda: charts.distribution([Bin("", 0)], title="T", unit="count"),
    "timeline_strip": lambda: charts.timeline_strip([], title="T"),
    "sparkline": lambda: charts.sparkline([Point("a", None)], title="T", unit="count"),
    "bullet": lambda: charts.bullet([Goal("a", None)], title="T", unit="count"),
}
FOREIGN: dict[str, Callable[[str], Chart]] = {
    "control_chart": lambda x: charts.control_chart(
        [Point(x, 1, n=3), Point(x, 2)],
        title=x,
        unit="count",
        measure=x,
        centre=1,
        lower=0,
        upper=1.5,
        annotations=[charts.Annotation(0, x)],
    ),
    "dots_with_intervals": lambda x: charts.dots_with_intervals(
        [Row(x, 1, 0, 2, 3), Row(x, 2)], title=x, unit="count", measure=x
    ),
    "stacked_states": lambda x: charts.stacked_states([Stack(x, (Datum(x, 3.0), Datum("b", 1.0)))], title=x),
    "heat_map": lambda x: charts.heat_map([Cell(x, 1), Cell(x, 2, hour=1)], title=x, unit="count"),
    "fan": lambda x: charts.fan(
        [Point(x, 1), Point(x, None)], {0.1: [None, 0], 0.5: [None, 1], 0.9: [None, 2]}, title=x, unit="count"
    ),
    "slope": lambda x: charts.slope([Change(x, 1, before=2)], title=x, unit="count", before=x, after=x + "2"),
    "pareto": lambda x: charts.pareto([Row(x, 5), Row(x, 3)], title=x),
    "survival": lambda x: charts.survival([Curve(x, (Step("", 1, n=9), Step("", 0.4, 0.2, 0.6, 4, time=60)))], title=x),
    "process_map": lambda x: charts.process_map(
        [Node(x, 60, n=5, key="a"), Node(x, 50, key="b")], [Edge(x, 5, n=4, source="a", target="b")], title=x
    ),
    "waterfall": lambda x: charts.waterfall([Part(x, 1)], title=x, unit="count", start=Datum(x, 1), end=Datum(x, 2)),
    "distribution": lambda x: charts.distribution(
        [Bin(x, 4, start=0, end=1)], title=x, unit="count", marked=[charts.Mark(x, 0.5)]
    ),
    "timeline_strip": lambda x: charts.timeline_strip(
        [Span(x, AT, AT + timedelta(hours=1))], [charts.Tick(x, AT)], title=x
    ),
    "sparkline": lambda x: charts.sparkline([Point(x, 1), Point(x, 2)], title=x, unit="count"),
    "bullet": lambda x: charts.bullet([Goal(x, 1, target=2)], title=x, unit="count"),
}


@pytest.fixture(scope="module")
def gallery() -> dict[str, Chart]:
    return {name: make() for name, make in KINDS.items()}


@pytest.fixture(scope="module")
def valid() -> Callable[[Mapping[str, Any]], list[str]]:
    import altair
    import jsonschema  # type: ignore[import-untyped]

    schema = altair.load_schema()
    judge = jsonschema.Draft7Validator({**schema, "$ref": "#/definitions/TopLevelLayerSpec"})
    return lambda spec: [error.message[:200] for error in judge.iter_errors(spec)]


def _strings(spec: Any) -> Iterator[str]:
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key != "values":
                yield from _strings(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from _strings(value)
    elif isinstance(spec, str):
        yield spec


def _drawn(chart: Chart) -> list[dict[str, Any]]:
    spec = chart.web()
    found = list(spec["data"]["values"])
    for layer in spec["layer"]:
        found += layer.get("data", {}).get("values", [])
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_of_the_table_are_the_data_of_the_marks(gallery: dict[str, Chart], kind: str) -> None:
    chart = gallery[kind]
    drawn = _drawn(chart)
    keys = ("label", "value", "low", "high", "n", "drill")
    for row in chart.rows():
        own = {key: row[key] for key in keys if kind != "slope" or key in ("label", "value", "drill")}
        assert any(all(mark.get(key) == value for key, value in own.items()) for mark in drawn), own
    assert len(chart.table.lines()) == len(chart.rows())


@pytest.mark.parametrize("kind", KINDS)
def test_the_sentence_names_a_value_and_its_n(gallery: dict[str, Chart], kind: str) -> None:
    chart = gallery[kind]
    assert chart.sentence.startswith(chart.title)
    assert any(char.isdigit() for char in chart.sentence)
    assert "n " in chart.sentence
    assert chart.web()["description"] == chart.sentence


@pytest.mark.parametrize("kind", KINDS)
def test_the_specification_fits_the_schema_and_has_its_colours_in_both_themes(
    gallery: dict[str, Chart], valid: Callable[[Mapping[str, Any]], list[str]], kind: str
) -> None:
    light, dark = gallery[kind].web("light"), gallery[kind].web("dark")
    assert valid(light) == []
    assert light["$schema"] == SCHEMA
    assert light["height"] == gallery[kind].height
    assert light["height"] % STEP == 0
    assert not [one for one in _strings(light) if isinstance(one, Colour)]
    assert light["config"]["background"] == "transparent"
    assert light["config"] != dark["config"]
    assert json.loads(json.dumps(light)) == light


def test_the_schema_of_the_checks_is_one_that_the_drawing_knows() -> None:
    import altair
    import vl_convert

    from maitred.kit.charts.drawing import VEGA_LITE

    assert altair.SCHEMA_VERSION.removeprefix("v").startswith(VEGA_LITE)
    assert VEGA_LITE in vl_convert.get_vegalite_versions()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_show_is_said_and_not_drawn(kind: str) -> None:
    chart = NOTHING[kind]()
    assert (chart.state, chart.kind) == ("empty", kind)
    assert chart.note
    assert chart.rows() == []
    assert chart.web() == {"usermeta": {"state": "empty", "kind": kind, "sentence": chart.sentence, "note": chart.note}}
    assert (chart.svg(), chart.png()) == ("", b"")


def test_a_suppressed_chart_carries_no_value() -> None:
    chart = charts.suppressed("dots_with_intervals", "By agent", "fewer than 10 rows")
    assert chart.state == "suppressed"
    assert chart.rows() == []
    assert set(chart.web("dark")) == {"usermeta"}
    assert chart.sentence == "By agent: fewer than 10 rows"


@pytest.mark.parametrize("kind", KINDS)
def test_text_of_users_stays_text(valid: Callable[[Mapping[str, Any]], list[str]], kind: str) -> None:
    chart = FOREIGN[kind](HOSTILE)
    spec = chart.web()
    assert valid(spec) == []
    assert chart.state == "drawn"
    said = {key: value for key, value in spec.items() if key not in ("description", "usermeta")}
    for text in _strings(said):
        if "onerror" in text and not text.startswith(HOSTILE):
            named, _end = json.JSONDecoder().raw_decode(text)  # an axis names its places from a list of JSON strings
            assert any(str(one).startswith(HOSTILE) for one in named)


@pytest.mark.parametrize("name", ["c0", "accent", "@accent", "surface"])
def test_a_group_named_like_a_colour_stays_a_group(name: str) -> None:
    chart = charts.stacked_states([Stack(name, (Datum(name, 3.0, n=3),))], title=name)
    assert chart.web()["data"]["values"][0]["state"] == name
    assert chart.web()["layer"][0]["encoding"]["color"]["scale"]["domain"] == [name]


def test_a_missing_value_is_a_gap_and_never_zero(gallery: dict[str, Chart]) -> None:
    for kind in ("control_chart", "dots_with_intervals", "heat_map", "sparkline", "bullet"):
        chart = gallery[kind]
        missing = [row for row in chart.rows() if row["value"] is None]
        assert missing, kind
        labels = {row["label"] for row in missing}
        assert all(mark["value"] is None for mark in _drawn(chart) if mark.get("label") in labels and "value" in mark)
        shown = [line for line in chart.table.lines() if line.head in labels]
        assert all(words.NOTHING in [cell for cell, _numeric in line.cells] for line in shown)


def test_the_unfinished_bucket_is_hollow_and_never_judged() -> None:
    points = [Point("Mon", 10), Point("Tue", 99), Point("Wed", 500)]
    chart = charts.control_chart(points, title="T", unit="count", lower=0, upper=50, unfinished_last=True)
    assert [row["state"] for row in chart.rows()] == ["usual", "beyond", "so far"]
    assert "1 of 2 beyond the limits (Tue)" in chart.sentence
    assert "500" not in chart.sentence
    assert [line.cells[-1][0] for line in chart.table.lines()] == ["", "beyond the limits", "so far"]
    layers = chart.web()["layer"]
    hollow = [one for one in layers if one["mark"].get("filled") is False]
    assert [one["transform"] for one in hollow] == [[{"filter": {"field": "state", "oneOf": ["so far"]}}]]
    assert [one for one in layers if one["encoding"].get("text") == {"value": "so far"}]


def test_limits_may_differ_from_bucket_to_bucket() -> None:
    chart = charts.control_chart([Point("a", 5), Point("b", 5)], title="T", unit="count", lower=[1, 6], upper=[9, 9])
    assert [row["state"] for row in chart.rows()] == ["usual", "beyond"]


def test_points_beyond_the_limits_differ_by_shape_and_colour(gallery: dict[str, Chart]) -> None:
    looks = {
        (one["mark"]["shape"], one["mark"]["color"])
        for one in gallery["control_chart"].web()["layer"] if one["mark"]["type"] == "point" and one["mark"]["filled"]
    }  # fmt: skip
    assert len({shape for shape, _colour in looks}) == len({colour for _shape, colour in looks}) == 2


def test_the_parts_of_a_whole_add_up() -> None:
    rows = KINDS["stacked_states"]().rows()
    for label in {row["label"] for row in rows}:
        own = [row for row in rows if row["label"] == label]
        assert sum(row["share"] for row in own) == pytest.approx(1)
        assert own[-1]["end"] == pytest.approx(1)


def test_the_largest_come_first_and_cumulate_to_the_whole() -> None:
    rows = charts.pareto([Row("b", 10), Row("a", 70), Row("c", 20)], title="T").rows()
    assert [(row["label"], round(row["cumulated"], 2), row["vital"]) for row in rows] == [
        ("a", 0.7, True), ("c", 0.9, True), ("b", 1.0, False),
    ]  # fmt: skip


def test_each_part_of_a_difference_begins_where_the_one_before_ended() -> None:
    rows = KINDS["waterfall"]().rows()
    for before, after in pairwise(rows[:-1]):
        assert after["from"] == before["to"]
    assert rows[-2]["to"] == rows[-1]["value"]
    assert [row["kind"] for row in rows] == ["total", "worse", "worse", "worse", "better", "worse", "total"]


def test_a_row_misses_its_target_only_with_its_whole_interval() -> None:
    rows = [Row("sure", 0.8, 0.7, 0.85, 90), Row("unsure", 0.88, 0.8, 0.95, 30), Row("good", 0.95, 0.93, 0.97, 400)]
    chart = charts.dots_with_intervals(rows, title="T", unit="share", target=0.9, better="higher")
    assert [row["missed"] for row in chart.rows()] == [True, False, False]
    assert "missed with certainty by sure" in chart.sentence


def test_two_rows_of_one_name_keep_places_of_their_own() -> None:
    chart = charts.dots_with_intervals([Row("Ana", 1, n=1), Row("Ana", 2, n=2)], title="T", unit="count")
    assert [row["label"] for row in chart.rows()] == ["Ana", "Ana (2)"]


def test_more_groups_than_the_eye_compares_are_named_in_the_note() -> None:
    chart = charts.dots_with_intervals([Row(str(i), i) for i in range(90)], title="T", unit="count")
    assert len(chart.rows()) == 40
    assert chart.note == "The first 40 of 90 are shown."


def test_more_points_than_a_chart_can_show_are_refused() -> None:
    with pytest.raises(Invalid, match="2000 points"):
        charts.sparkline([Point(str(i), i) for i in range(2001)], title="T", unit="count")


@pytest.mark.parametrize(
    "address", ["https://elsewhere/", "//elsewhere/", "/\\elsewhere", "javascript:alert(1)", "drill"]
)
def test_a_drill_leads_nowhere_but_into_the_console(address: str) -> None:
    with pytest.raises(Invalid, match="outside the console"):
        Row("a", 1, drill=address)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(Invalid, match="not a number"):
        Row("a", float("nan"))
