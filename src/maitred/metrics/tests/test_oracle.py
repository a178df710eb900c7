"""Every metric of the catalogue against the plain second opinion, in total, by dimension and by calendar bucket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pytest

from maitred.metrics.catalogue import METRICS, Metric, resolve
from maitred.metrics.results import Row
from maitred.metrics.tests.oracle import Oracle, bucket_of, column_of, figure
from maitred.metrics.tests.unscoped import show, tickets
from maitred.warehouse.engines import Engine

ZONE = "America/New_York"
FROM, TO = "2024-03-05", "2024-11-20"
PERIODS = ("day", "week", "month")
SPANNED = [metric for metric in METRICS.values() if not metric.kind.startswith("snapshot")]
ONE_CLOCK = [metric for metric in SPANNED if metric.clock in ("", "business_all")]
ALL_YEAR = ("backlog_age.since_customer#1",)


def inside(metric: Metric, rows: pd.DataFrame) -> pd.DataFrame:
    days = rows["at"].map(lambda at: bucket_of(at, "day", ZONE))
    return rows if metric.id in ALL_YEAR else rows[(days >= FROM) & (days <= TO)]


def period(metric: Metric) -> dict[str, Any]:
    return {} if metric.id in ALL_YEAR else {"from_": FROM, "to": TO}


def assert_agree(row: Row, metric: Metric, rows: pd.DataFrame) -> None:
    kept = rows[~rows.out]
    assert (row.n, row.excluded) == (len(kept), int(rows.out.sum()))
    assert row.censored == int(kept.running.sum())
    if row.verdict == "not_enough_data":
        assert row.needed is not None
        assert row.n < row.needed
        assert (row.value, row.low, row.high) == (None, None, None)
    else:
        expected = figure(rows, row.statistic, metric.unit == "seconds")
        assert row.value == (pytest.approx(expected, rel=1e-12) if expected is not None else None)


def cut(metric: Metric, rows: pd.DataFrame, by: Sequence[str]) -> dict[tuple[str | None, ...], pd.DataFrame]:
    def label(name: str, row: dict[str, Any]) -> str | None:
        if name in PERIODS:
            return bucket_of(row["at"], name, ZONE)
        value = row[column_of(metric.id, name)]
        if value is None or pd.isna(value):
            return None
        return f"{row['source_id']}:{value}" if name in ("group", "team", "assignee", "account", "brand") else value

    places: dict[tuple[str | None, ...], list[int]] = {}
    needed = rows[
        list(dict.fromkeys(["source_id", "at", *(column_of(metric.id, name) for name in by if name not in PERIODS)]))
    ]
    for place, row in enumerate(needed.to_dict("records")):
        places.setdefault(tuple(label(name, row) for name in by), []).append(place)
    return {key: rows.iloc[found] for key, found in places.items()}


@pytest.mark.parametrize("metric", SPANNED, ids=lambda metric: metric.id)
def test_a_figure_equals_the_second_opinion_in_total(metric: Metric, duck: Engine, oracle: Oracle) -> None:
    result = show(duck, metric, metric.statistics, by=(), zone=ZONE, **period(metric))
    assert [row.statistic for row in result.rows] == list(metric.statistics)
    for row in result.rows:
        assert row.n > 0
        assert_agree(row, metric, inside(metric, oracle.rows(metric.id)))


@pytest.mark.parametrize("metric", ONE_CLOCK, ids=lambda metric: metric.id)
def test_a_figure_equals_the_second_opinion_by_dimension(metric: Metric, duck: Engine, oracle: Oracle) -> None:
    rows = inside(metric, oracle.rows(metric.id))
    dimension = "assignee" if metric.kind == "count" else "group"
    expected = cut(metric, rows, (dimension,))
    result = show(duck, metric, by=(dimension,), zone=ZONE, **period(metric))
    assert {(row.by[dimension],) for row in result.rows} == set(expected)
    for row in result.rows:
        assert_agree(row, metric, expected[row.by[dimension],])


@pytest.mark.parametrize(
    "metric_id", ["frt", "nrt", "csat.rate", "sla.attainment", "solved", "touches", "fcr.no_recontact_7d"]
)
@pytest.mark.parametrize("bucket", ["week", "month"])
def test_calendar_buckets_follow_the_report_zone(metric_id: str, bucket: str, duck: Engine, oracle: Oracle) -> None:
    metric = resolve(metric_id)
    expected = cut(metric, inside(metric, oracle.rows(metric.id)), (bucket, "priority"))
    result = show(duck, metric, by=(bucket, "priority"), zone=ZONE, **period(metric))
    assert {(row.by[bucket], row.by["priority"]) for row in result.rows} == set(expected)
    for row in result.rows:
        assert_agree(row, metric, expected[row.by[bucket], row.by["priority"]])


@pytest.mark.parametrize(
    "metric_id", ["frt", "solved", "csat.rate@solver", "arrivals", "net_flow", "transfer_rate.out"]
)
def test_several_values_of_one_dimension_mean_any_of_them(metric_id: str, duck: Engine, oracle: Oracle) -> None:
    metric = resolve(metric_id)
    rows = inside(metric, oracle.rows(metric.id))
    group = rows[column_of(metric.id, "group")]
    rows = rows[
        rows.channel.isin(["email", "chat"]) & ((group.eq("101") & rows.source_id.eq("zendesk")) | group.isna())
    ]
    where = {"channel": ["email", "chat"], "group": ["zendesk:101", "none"]}
    assert_agree(show(duck, metric, where=where, zone=ZONE, **period(metric)).rows[0], metric, rows)


@pytest.mark.parametrize(
    "metric", [*ONE_CLOCK, resolve("backlog"), resolve("backlog_age")], ids=lambda metric: metric.id
)
def test_the_drill_down_has_as_many_rows_as_the_figure_counts(metric: Metric, duck: Engine) -> None:
    where = {"source": ["zendesk"]}
    row = show(duck, metric, where=where, zone=ZONE, **period(metric)).rows[0]
    behind = tickets(duck, metric, where=where, zone=ZONE, **period(metric))
    assert (behind.total, behind.rows.num_rows) == (row.n, row.n)
    keys = behind.rows.select(["source_id", "ticket_id", *metric.row])
    assert keys.group_by(keys.column_names).aggregate([]).num_rows == row.n
    assert behind.rows["censored"].to_pylist().count(True) == row.censored


def test_a_drill_down_page_knows_the_total_and_its_place(duck: Engine) -> None:
    everything = tickets(duck, "frt")
    page = tickets(duck, "frt", limit=50, offset=100)
    assert (page.total, page.rows.num_rows) == (everything.total, 50)
    assert page.rows.equals(everything.rows.slice(100, 50).combine_chunks())


@pytest.mark.parametrize(
    "day", ["2024-11-03", *(pytest.param(one, marks=pytest.mark.slow) for one in ("2024-06-30", "2024-12-30"))]
)
def test_the_backlog_of_a_day_is_what_was_unsolved_at_its_end(day: str, duck: Engine, oracle: Oracle) -> None:
    rows = oracle.backlog(day, ZONE)
    total = show(duck, "backlog", to=day, zone=ZONE).rows[0]
    assert (total.value, total.n, total.excluded) == (
        int((~rows.out).sum()),
        int((~rows.out).sum()),
        int(rows.out.sum()),
    )
    assert show(duck, "backlog", to=day, zone=ZONE).rows == show(duck, "backlog", from_=day, to=day, zone=ZONE).rows
    by_day = show(duck, "backlog", from_="2024-06-01", to=day, by=("day",), zone=ZONE).rows
    assert by_day[-1].value == total.value
    ages = show(duck, "backlog_age", "median", to=day, zone=ZONE).rows[0]
    assert_agree(ages, resolve("backlog_age"), rows)


def test_the_backlog_by_group_adds_up_to_the_backlog(duck: Engine) -> None:
    parts = show(duck, "backlog", to="2024-09-30", by=("group",)).rows
    whole = show(duck, "backlog", to="2024-09-30").rows[0]
    assert len(parts) > 3
    assert sum(int(row.value or 0) for row in parts) == whole.value
    assert sum(row.excluded for row in parts) == whole.excluded


def test_a_snapshot_after_as_of_is_taken_at_as_of(duck: Engine) -> None:
    late = show(duck, "backlog", to="2025-06-30").rows[0]
    assert late == show(duck, "backlog").rows[0]
