"""What answers look like: verdicts, comparisons, zero days, repeatability, and facts that are missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maitred.metrics.catalogue import METRICS, Metric
from maitred.metrics.tests.conftest import write_world
from maitred.metrics.tests.synthetic import World, world
from maitred.metrics.tests.unscoped import show, tickets
from maitred.warehouse.engines import DeltaPin, Engine, open_engine

MARCH = {"from_": "2024-03-01", "to": "2024-03-31"}


@pytest.fixture(scope="module")
def bare() -> Engine:
    return open_engine()


def test_the_document_has_the_fixed_keys(duck: Engine) -> None:
    found = show(duck, "frt", by=("group",), publication=7, from_="2024-03-01", to="2024-03-31").as_json()
    assert found["metric"] == "frt.business_all#1"
    assert (found["unit"], found["publication"]) == ("seconds", 7)
    assert {"by", "value", "low", "high", "n", "excluded", "verdict"} <= set(found["rows"][0])
    assert json.loads(json.dumps(found)) == found


def test_too_few_rows_have_no_value_and_say_how_many_are_needed(duck: Engine) -> None:
    row = show(duck, "csat.rate", from_="2024-03-01", to="2024-03-02").rows[0]
    assert row.n < 10
    assert (row.value, row.low, row.high, row.verdict, row.needed) == (None, None, None, "not_enough_data", 10)


def test_people_need_more_ratings_than_groups(duck: Engine) -> None:
    rows = show(duck, "csat.rate", by=("assignee",), from_="2024-08-01", to="2024-09-30").rows
    assert {row.needed for row in rows if row.verdict == "not_enough_data"} == {30}


def test_days_without_arrivals_count_as_zero(duck: Engine) -> None:
    rows = show(
        duck,
        "arrivals",
        by=("day",),
        where={"channel": ["phone"], "priority": ["urgent"]},
        from_="2024-03-01",
        to="2024-03-31",
    ).rows
    assert [row.by["day"] for row in rows] == [f"2024-03-{day:02d}" for day in range(1, 32)]
    assert 0 in {row.value for row in rows}


def test_the_same_question_gives_the_same_interval(duck: Engine) -> None:
    words = {"by": ("channel",), "from_": "2024-08-01", "to": "2024-09-30", "compare": "previous"}
    assert show(duck, "touches", **words) == show(duck, "touches", **words)  # type: ignore[arg-type]


@pytest.mark.parametrize("metric_id", ["frt", "touches", "csat.rate", "arrivals"])
def test_a_period_against_itself_is_no_improvement(metric_id: str, duck: Engine) -> None:
    row = show(duck, metric_id, from_="2024-08-01", to="2024-10-31", compare="2024-08-01..2024-10-31").rows[0]
    assert row.comparison is not None
    assert row.comparison.value == 0
    assert row.comparison.verdict in ("no_change", "cannot_tell")


def test_a_snapshot_difference_claims_nothing(duck: Engine) -> None:
    row = show(duck, "backlog", from_="2024-08-01", to="2024-10-31", compare="previous").rows[0]
    assert row.comparison is not None
    assert (row.comparison.verdict, row.comparison.low) == ("cannot_tell", None)


def test_a_real_change_is_told_and_its_side_is_the_customers(tmp_path: Path) -> None:
    made = _twice_as_slow_from("2024-07-01", world(6000, seed=3))
    engine = open_engine()
    engine.register(write_world(made, tmp_path))
    row = show(engine, "frt", from_="2024-07-01", to="2024-08-31", compare="previous").rows[0]
    assert row.comparison is not None
    assert row.comparison.verdict == "worsened"
    back = show(engine, "frt", from_="2024-04-30", to="2024-06-30", compare="2024-07-01..2024-08-31").rows[0]
    assert back.comparison is not None
    assert back.comparison.verdict == "improved"


def test_a_quantile_that_is_not_reached_says_so(tmp_path: Path) -> None:
    made = _nobody_replied(world(200, seed=5))
    engine = open_engine()
    engine.register(write_world(made, tmp_path))
    row = show(engine, "frt", "p90").rows[0]
    assert (row.value, row.high, row.verdict) == (None, None, "cannot_tell")
    assert "not reached" in row.reason
    assert row.censored > 0


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_a_publication_without_facts_answers_with_nothing(metric: Metric, bare: Engine) -> None:
    row = show(bare, metric).rows[0]
    assert (row.n, row.excluded) == (0, 0)
    assert row.value in (None, 0)
    assert tickets(bare, metric).total == 0


def test_only_the_tables_that_a_question_names_are_opened(pins: list[DeltaPin], tmp_path: Path) -> None:
    broken = DeltaPin("sla_facts", str(tmp_path / "missing"), 0)
    engine = open_engine()
    engine.register([*(pin for pin in pins if pin.name != "sla_facts"), broken])
    assert show(engine, "frt").rows[0].n > 0


def _twice_as_slow_from(day: str, made: World) -> World:
    import pandas as pd  # type: ignore[import-untyped]
    import pyarrow as pa

    table = made.tables["ticket_facts"]
    frame = table.to_pandas()
    late = frame.created_at >= pd.Timestamp(day, tz="UTC")
    frame.loc[late, "frt_business_all"] *= 3
    return World(made.tables | {"ticket_facts": pa.Table.from_pandas(frame, table.schema, preserve_index=False)})


def _nobody_replied(made: World) -> World:
    import pyarrow as pa

    table = made.tables["ticket_facts"]
    frame = table.to_pandas()
    frame["frt_business_all"], frame["is_open"] = None, True
    frame["age_business_all"] = 1000
    return World(made.tables | {"ticket_facts": pa.Table.from_pandas(frame, table.schema, preserve_index=False)})
