"""Axes, colours, the layout of the map of stations, what is remembered, and the template of a figure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as some

from maitred.kit import charts
from maitred.kit.charts import Key, Point, Row, bundle, cache, scales
from maitred.kit.charts.data import Unit
from maitred.kit.charts.flow import layout
from maitred.kit.charts.tests.gallery import KINDS
from maitred.kit.charts.theme import SERIES, TOKENS, Theme

STATIC = Path(__file__).parents[1] / "static" / "charts"
NUMBERS = some.floats(-1e7, 1e7, allow_nan=False)


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_reach_their_contrast(theme: Theme) -> None:
    tokens = TOKENS[theme]
    for ground in ("surface", "band"):
        for text in ("ink", "muted"):
            assert contrast(tokens[text], tokens[ground]) >= 4.5, (text, ground)
        for mark in ("accent", "out", "limit", "ok"):
            assert contrast(tokens[mark], tokens[ground]) >= 3, (mark, ground)
    for mark in ("control", "quiet", *(f"c{i}" for i in range(SERIES))):
        assert contrast(tokens[mark], tokens["surface"]) >= 3, mark
    for index in range(SERIES):
        assert contrast(tokens["on_accent"], tokens[f"c{index}"]) >= 4.4, index
        assert contrast(tokens[f"c{index}"], tokens["surface"]) >= 4.4, index


def test_both_themes_have_the_same_colours() -> None:
    assert set(TOKENS["light"]) == set(TOKENS["dark"])


@given(some.lists(NUMBERS, min_size=1, max_size=9), some.sampled_from(["seconds", "share", "count", "points", "ratio"]))
def test_an_axis_holds_all_numbers_and_names_few_distinct_places(numbers: list[float], unit: Unit) -> None:
    axis = scales.values(numbers, unit)
    assert axis.low <= min(numbers) <= max(numbers) <= axis.high
    assert axis.low < axis.high
    assert len(axis.ticks) <= 14
    assert len(set(axis.ticks)) == len(axis.ticks) == len(axis.labels)
    assert all(axis.low - 1e-6 <= tick <= axis.high + 1e-6 for tick in axis.ticks)


@pytest.mark.parametrize(
    ("numbers", "unit", "labels"),
    [
        ([0, 3300], "seconds", ("0", "10 min", "20 min", "30 min", "40 min", "50 min")),
        ([3600, 4 * 3600], "seconds", ("1 h", "2 h", "3 h", "4 h")),
        ([0, 100], "seconds", ("0", "30 s", "60 s", "90 s")),
        ([0.78, 0.97], "share", ("80%", "85%", "90%", "95%")),
        ([0, 4], "count", ("0", "1", "2", "3", "4")),
        ([0, 12_000], "count", ("0", "2,000", "4,000", "6,000", "8,000", "10,000", "12,000")),
    ],
)
def test_axes_are_named_as_people_speak(numbers: list[float], unit: Unit, labels: tuple[str, ...]) -> None:
    assert scales.values(numbers, unit).labels == labels


def test_an_axis_of_values_need_not_begin_at_zero_and_one_of_bars_does() -> None:
    assert scales.values([90, 100], "count").low > 80
    assert scales.values([90, 100], "count", zero=True).low == 0


def test_days_have_one_form_and_the_year_where_it_changes() -> None:
    points = [Point("", 1, at=date(2026, 12, 22) + timedelta(days=i)) for i in range(21)]
    assert scales.buckets(points, about=3).labels == ("22 Dec", "29 Dec", "5 Jan 2027")


@given(some.lists(some.floats(0, 1), max_size=12), some.floats(0.01, 0.05))
def test_labels_keep_apart_and_in_order(places: list[float], gap: float) -> None:
    moved = scales.spread(places, gap)
    order = sorted(range(len(places)), key=lambda index: places[index])
    assert all(moved[b] - moved[a] >= gap - 1e-9 for a, b in pairwise(order))


def test_stations_stand_to_the_right_of_what_leads_to_them() -> None:
    pairs = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "b"), ("c", "c")]
    plan = layout(["a", "b", "c"], pairs)
    assert [plan.places[key][0] for key in "abc"] == [0, 1, 2]
    assert plan.backward == {("c", "b")}
    assert len(plan.passing["a", "c"]) == 1
    assert plan.passing["a", "c"][0] not in plan.places.values()
    assert layout(["a", "b", "c"], pairs) == plan


def test_what_was_made_is_remembered_and_the_oldest_forgotten() -> None:
    cache.forget()
    made: list[str] = []

    def ask(name: str) -> str:
        def make() -> str:
            made.append(name)
            return name.upper()

        return charts.remembered(Key(name, 7, "team=1", "dark"), make)

    assert [ask("a"), ask("a"), ask("b")] == ["A", "A", "B"]
    assert made == ["a", "b"]
    for i in range(cache.MOST):
        ask(str(i))
    ask("a")
    assert made[-1] == "a"
    cache.forget()


def test_readers_who_see_different_rows_do_not_share_a_chart() -> None:
    cache.forget()
    assert charts.remembered(Key("x", 1, "team=1"), lambda: 1) == 1
    assert charts.remembered(Key("x", 1, "team=2"), lambda: 2) == 2
    cache.forget()


def test_a_figure_has_its_marks_and_its_table_with_links() -> None:
    chart = KINDS["dots_with_intervals"]()
    page = render_to_string(
        "charts/figure.html", {"chart": chart, "url": "/charts/x.json?team=1&by=a", "heading": "Why"}
    )
    assert 'data-chart="/charts/x.json?team=1&amp;by=a" data-chart-state="pending"' in page
    assert re.search(r'<div class="chart-box chart-h8" role="img" aria-label="First reply [^"]+" dir="ltr">', page)
    assert '<th scope="row"><a href="/drill/billing"><bdi>Billing</bdi></a></th>' in page
    assert page.count("<tr>") == 1 + len(chart.rows())
    assert "style=" not in page
    assert "<script" not in page


def test_a_figure_without_a_drawing_says_why_and_has_no_table() -> None:
    chart = charts.suppressed("bullet", "By agent", "fewer than 10 rows")
    page = render_to_string("charts/figure.html", {"chart": chart, "url": "/x"})
    assert 'data-chart-state="suppressed"' in page
    assert "<p>fewer than 10 rows</p>" in page
    assert "<table" not in page


def test_names_of_users_are_escaped_in_a_figure() -> None:
    chart = charts.dots_with_intervals([Row("<b>&\"'", 1, n=2)], title="<i>", unit="count", note="<u>")
    page = render_to_string("charts/figure.html", {"chart": chart, "url": "/x?<s>", "heading": "<em>"})
    assert not re.search(r"<(b|i|u|s|em)>", page)


def test_every_height_has_its_class_in_the_style_sheet() -> None:
    sheet = (STATIC / "charts.css").read_text()
    assert re.findall(r"\.chart-h(\d+) \{ block-size: (\d+)px", sheet) == [(str(i), str(i * 40)) for i in range(1, 49)]
    tallest = charts.dots_with_intervals([Row(str(i), i) for i in range(90)], title="T", unit="count")
    assert tallest.height <= 48 * 40


def test_the_script_of_the_libraries_is_made_once_for_each_version(tmp_path: Path) -> None:
    place = tmp_path / bundle.NAME
    assert not bundle.current(tmp_path)
    place.parent.mkdir(parents=True)
    place.write_text("/* Vega-Lite 1.0 from vl-convert 0.1 */\n")
    assert not bundle.current(tmp_path)


@pytest.mark.slow
def test_the_script_of_the_libraries_goes_where_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = tmp_path / "sealed"
    sealed.write_text("a file where a folder should be")
    monkeypatch.setattr(bundle, "PACKAGED", sealed)
    spare = tmp_path / "spare"
    assert bundle.ensure(spare) == spare
    assert b"window.vegaEmbed" in (spare / bundle.NAME).read_bytes()
    made = (spare / bundle.NAME).stat().st_mtime_ns
    assert bundle.ensure(spare) == spare
    assert (spare / bundle.NAME).stat().st_mtime_ns == made


@pytest.mark.parametrize("kind", ["sparkline", "bullet"])
def test_a_chart_can_be_put_on_paper(kind: str) -> None:
    chart = KINDS[kind]()
    assert chart.svg().startswith("<svg")
    assert chart.png(1).startswith(b"\x89PNG")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_put_on_paper_in_both_themes(kind: str) -> None:
    chart = KINDS[kind]()
    light, dark = chart.svg("light"), chart.svg("dark")
    assert light != dark
    assert "NaN" not in light
    assert chart.png().startswith(b"\x89PNG")
