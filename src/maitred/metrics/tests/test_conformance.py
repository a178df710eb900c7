"""DuckDB and a Spark Connect server give the same rows: values, ends of intervals, counts, verdicts, drill-downs."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from maitred.base.tests.picked import one_in
from maitred.metrics.catalogue import METRICS, Metric, resolve
from maitred.metrics.catalogue.dimensions import PERIODS
from maitred.metrics.tests.unscoped import show, tickets
from maitred.warehouse.engines import Engine

EVERY = [*METRICS.values()]
SAMPLE = (
    "frt",
    "nrt",
    "full_resolution",
    "sla.attainment",
    "csat.rate",
    "net_flow",
    "backlog",
    "touches",
    "nps",
    "iqs",
)
SPAN: dict[str, Any] = {"from_": "2024-02-01", "to": "2024-12-15"}
REPORT: dict[str, Any] = {"zone": "Europe/Lisbon"}


def assert_same(duck: Engine, sail: Engine, metric: Metric, **words: Any) -> None:
    first, second = (show(engine, metric, metric.statistics, **REPORT, **words) for engine in (duck, sail))
    assert first.rows == second.rows
    assert first.rows


def assert_same_rows(duck: Engine, sail: Engine, metric: Metric, **words: Any) -> pa.Table:
    first, second = (tickets(engine, metric, **REPORT, **words) for engine in (duck, sail))
    assert first.total == second.total
    assert first.rows.schema == second.rows.schema
    assert first.rows.equals(second.rows)
    return first.rows


def sorted_by(metric: Metric) -> tuple[str, ...]:
    return () if metric.kind == "snapshot_duration" else ("month",)


@pytest.mark.parametrize("metric_id", SAMPLE)
def test_both_engines_agree_on_a_metric_by_month_and_group(metric_id: str, duck: Engine, sail: Engine) -> None:
    metric = resolve(metric_id)
    assert_same(duck, sail, metric, by=(*sorted_by(metric), "group"), where={"source": ["zendesk", "helpdesk"]}, **SPAN)


@pytest.mark.parametrize("metric_id", ["frt", "sla.attainment", "backlog_age"])
def test_both_engines_list_the_same_rows_in_the_same_order(metric_id: str, duck: Engine, sail: Engine) -> None:
    assert (
        assert_same_rows(
            duck, sail, resolve(metric_id), by=("group", "week") if metric_id == "frt" else ("group",), **SPAN
        ).num_rows
        > 20
    )


@pytest.mark.parametrize("dimension", [*resolve("sla.attainment").dimensions, *PERIODS])
def test_both_engines_agree_on_every_dimension(dimension: str, duck: Engine, sail: Engine) -> None:
    assert_same(duck, sail, resolve("sla.attainment"), by=(dimension,), **SPAN)


@pytest.mark.parametrize("dimension", [*resolve("arrivals").dimensions, *PERIODS])
def test_both_engines_agree_on_every_dimension_of_a_ticket(dimension: str, duck: Engine, sail: Engine) -> None:
    assert_same(duck, sail, resolve("arrivals"), by=(dimension,), **SPAN)


@pytest.mark.parametrize(
    "where",
    [
        {"channel": ["email"]},
        {"channel": ["email", "none"]},
        {"group": ["zendesk:101", "helpdesk:102", "103"]},
        {"priority": ["it's; DROP TABLE x --"]},
        {"account": ["none"], "assignee": ["7", "8"]},
    ],
    ids=str,
)
def test_both_engines_agree_on_filters(where: dict[str, list[str]], duck: Engine, sail: Engine) -> None:
    assert_same(duck, sail, resolve("frt"), where=where, **SPAN)
    assert_same_rows(duck, sail, resolve("frt"), where=where, **SPAN)


def test_both_engines_agree_on_a_comparison(duck: Engine, sail: Engine) -> None:
    for metric_id in ("frt", "csat.rate", "arrivals"):
        assert_same(
            duck, sail, resolve(metric_id), by=("channel",), from_="2024-08-01", to="2024-10-31", compare="previous"
        )


@pytest.mark.parametrize("metric", one_in(4, EVERY, lambda metric: metric.id))
def test_both_engines_agree_on_every_metric(metric: Metric, duck: Engine, sail: Engine) -> None:
    span: dict[str, Any] = {} if metric.basis == "as-of" else SPAN
    assert_same(duck, sail, metric, **span)
    assert_same(duck, sail, metric, by=(*sorted_by(metric), "group"), **span)
    person = "assignee" if "assignee" in metric.dimensions else "source"
    assert_same(duck, sail, metric, by=(person,), where={"source": ["zendesk"], "group": ["101", "none"]}, **span)
    assert_same_rows(duck, sail, metric, **span)
