"""Periods and buckets in the report zone, checked instant by instant against zoneinfo."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from sqlglot import exp

from maitred.base.errors import UsageError
from maitred.metrics.tests.oracle import bucket_of
from maitred.metrics.windows import Period, bucket_label, bucket_sql, buckets, earlier, midnight, window
from maitred.warehouse.engines import open_engine

LATEST = datetime(2025, 3, 1, tzinfo=UTC)
ZONES = ["UTC", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata", "Pacific/Apia"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("bounded", [True, False])
def test_every_instant_falls_in_the_bucket_that_its_local_date_says(zone: str, bounded: bool) -> None:
    start = datetime(2024, 1, 2, tzinfo=UTC)
    instants = [start + timedelta(seconds=1_777 * step) for step in range(0, 20_000, 11)]
    engine = open_engine()
    span = window("2024-01-01", "2025-02-28", zone) if bounded else window(None, None, zone)
    periods: tuple[Period, ...] = ("day", "week", "month")
    texts = [exp.Tuple(expressions=[exp.Literal.string(instant.isoformat())]) for instant in instants]
    source = exp.values(texts, alias="v", columns=["text"])
    at = exp.cast(exp.column("text"), "timestamptz")
    chosen = [exp.alias_(bucket_sql(period, at.copy(), span, LATEST), period) for period in periods]
    found: pa.Table = engine.query(exp.select("text", *chosen).from_(source))
    for row in found.to_pylist():
        instant = datetime.fromisoformat(row["text"])
        for period in periods:
            assert bucket_label(period, row[period]) == bucket_of(instant, period, zone)


def bucket_starts() -> list[tuple[date, str]]:
    return [(date(2024, 9, 8), "America/Santiago"), (date(2024, 3, 31), "Europe/Lisbon"), (date(2024, 5, 5), "UTC")]


@pytest.mark.parametrize(("day", "zone"), bucket_starts())
def test_a_day_starts_at_its_first_instant_even_where_midnight_is_missing(day: date, zone: str) -> None:
    first = midnight(day, ZoneInfo(zone))
    assert first.astimezone(ZoneInfo(zone)).date() == day
    assert (first - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == day - timedelta(days=1)


def test_both_ends_of_a_window_are_inside() -> None:
    span = window("2024-03-01", "2024-03-31", "America/New_York")
    assert span.start == datetime(2024, 3, 1, 5, tzinfo=UTC)
    assert span.end == datetime(2024, 4, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("compare", "first", "last"),
    [
        ("previous", "2024-02-01", "2024-02-29"),
        ("year", "2023-03-01", "2023-03-29"),
        ("2022-01-01..2022-01-31", "2022-01-01", "2022-01-31"),
    ],
)
def test_an_earlier_period_is_as_long_or_as_named(compare: str, first: str, last: str) -> None:
    found = earlier(window("2024-03-01", "2024-03-29"), compare)
    assert (str(found.first), str(found.last)) == (first, last)


def test_a_leap_day_compares_with_the_last_of_february() -> None:
    assert earlier(window("2024-02-29", "2024-02-29"), "year").first == date(2023, 2, 28)


@pytest.mark.parametrize(
    ("first", "last", "zone"),
    [
        ("2024-02-30", None, "UTC"),
        ("last week", None, "UTC"),
        ("2024-03-02", "2024-03-01", "UTC"),
        (None, None, "Mars/Olympus"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(first: str | None, last: str | None, zone: str) -> None:
    with pytest.raises(UsageError):
        window(first, last, zone)


def test_comparing_with_the_previous_period_needs_a_period() -> None:
    with pytest.raises(UsageError, match="needs a period"):
        earlier(window(None, "2024-03-01"), "previous")


def test_buckets_cover_every_day_and_end_with_the_span() -> None:
    found = buckets("week", date(2024, 1, 30), date(2024, 2, 13))
    assert found == [
        ("2024-01-29", date(2024, 2, 4)),
        ("2024-02-05", date(2024, 2, 11)),
        ("2024-02-12", date(2024, 2, 13)),
    ]
