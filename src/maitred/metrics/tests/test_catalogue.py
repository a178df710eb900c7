"""The catalogue's own promises: ids, short forms, columns that exist, and the page that is generated from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from maitred.base.errors import UsageError
from maitred.metrics import views
from maitred.metrics.catalogue import METRICS, Metric, resolve
from maitred.metrics.catalogue.document import document
from maitred.metrics.tests.unscoped import show
from maitred.warehouse.engines import Engine

PAGE = Path(__file__).parents[4] / "docs" / "metrics.md"


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("frt", "frt.business_all#1"),
        ("frt.calendar", "frt.calendar#1"),
        ("frt.handoff", "frt.handoff#1"),
        ("frt#1", "frt.business_all#1"),
        ("csat.rate", "csat.rate@at_solve#1"),
        ("csat.rate@solver", "csat.rate@solver#1"),
        ("first_resolution@solve", "first_resolution.business_all@solve#1"),
        ("sla.attainment", "sla.attainment#1"),
        ("backlog_age", "backlog_age.since_creation#1"),
        ("arrivals", "arrivals#1"),
        ("iqs", "iqs.mean#1"),
        ("escalation_rate", "escalation_rate.internal#1"),
    ],
)
def test_a_short_form_means_the_default(short: str, full: str) -> None:
    assert resolve(short).id == full


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("fcr", "fcr.no_recontact_7d#1"), ("frtt", "frt"), ("csat", "csat.response_rate#1"), ("zzzz", "list")],
)
def test_an_unknown_metric_is_refused_with_the_near_ones(wrong: str, near: str) -> None:
    with pytest.raises(UsageError, match=near.replace(".", r"\.")):
        resolve(wrong)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_every_piece_names_columns_that_its_rows_have(metric: Metric, duck: Engine) -> None:
    views.prepare(duck, metric.facts)
    there = {*duck.query(exp.select("*").from_(metric.facts).limit(0)).column_names, "as_of", "snapshot_at"}
    pieces = (metric.at, metric.until, metric.value, metric.numerator, metric.censored, metric.bound, metric.population)
    named = {column.name for piece in pieces if piece for column in parse_one(piece).find_all(exp.Column)}
    history = {"history_complete"} if metric.needs_history else set()
    assert {*named, *metric.dimensions.values(), *metric.cluster, *metric.row, *history} <= there


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_every_metric_says_what_it_means(metric: Metric) -> None:
    assert len(metric.meaning) > 40
    assert metric.meaning.endswith(".")
    assert resolve(metric.id) is metric
    assert metric.example.startswith("maitred metrics show ")


def test_the_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "write it: python -m maitred.metrics.catalogue.document"


@pytest.mark.parametrize(
    "words",
    [
        {"by": ("colour",)},
        {"where": {"colour": ["red"]}},
        {"by": ("day", "month")},
        {"by": ("group", "group")},
        {"where": {"month": ["2024-03"]}},
        {"statistic": "mean"},
        {"compare": "previous"},
        {"by": ("day",), "from_": "2024-03-01", "to": "2024-03-31", "compare": "year"},
    ],
    ids=str,
)
def test_a_question_that_makes_no_sense_is_refused(words: dict[str, object], duck: Engine) -> None:
    with pytest.raises(UsageError):
        show(duck, "frt", **words)  # type: ignore[arg-type]
