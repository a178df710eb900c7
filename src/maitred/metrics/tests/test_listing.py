"""A page of rows found in kept rows is the engine's own: every metric, order, part, filter and scope, two sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import Denied, UsageError
from maitred.metrics import kept, listing, queries
from maitred.metrics.catalogue import METRICS, Metric
from maitred.metrics.listing import parts_of
from maitred.metrics.scope import Scope
from maitred.warehouse.engines import DeltaPin, Engine, open_engine

GROUPS = {("zendesk", "101"), ("helpdesk", "102"), ("helpdesk", "103")}
PEOPLE = {("zendesk", "7"), ("helpdesk", "9")}
SCOPES = (Scope.everything(), Scope.of(GROUPS, PEOPLE, PEOPLE))
SPANS = (("2024-02-01", "2024-03-15"), ("2024-03-20", "2024-11-05"), (None, None))
FILTERS: tuple[dict[str, list[str]], ...] = ({}, {"channel": ["email", "none"]}, {"priority": ["high", "urgent"]})


@pytest.fixture(scope="module")
def keeping(pins: list[DeltaPin]) -> Iterator[Engine]:
    engine = open_engine("duckdb")
    engine.register(pins)
    found = kept.keep(engine)
    yield engine
    found.forget()
    engine.close()


def listed(engine: Engine, metric: Metric, span: Any, **words: Any) -> Any:
    """Rows and total, or the kind of the refusal."""
    try:
        found = queries.tickets(engine, metric, span[0], span[1], zone="Europe/Lisbon", **words)
    except (UsageError, Denied) as error:
        return type(error)
    return found.total, found.rows.to_pylist()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_page_of_rows_is_the_same(data: Any, keeping: Engine, duck: Engine) -> None:
    metric = data.draw(st.sampled_from(list(METRICS.values())))
    words: dict[str, Any] = {
        "where": data.draw(st.sampled_from(FILTERS)),
        "limit": data.draw(st.sampled_from((1, 7, 50))),
        "offset": data.draw(st.sampled_from((0, 3, 50, 10_000))),
        "sort": data.draw(st.sampled_from(listing.ORDERS)),
        "part": data.draw(st.sampled_from((None, *parts_of(metric)))),
        "scope": data.draw(st.sampled_from(SCOPES)),
    }
    span = data.draw(st.sampled_from(SPANS))
    assert listed(keeping, metric, span, **words) == listed(duck, metric, span, **words)


def test_pages_side_by_side_give_every_row_once(keeping: Engine) -> None:
    def page(offset: int, limit: int) -> Any:
        return listed(keeping, METRICS["nrt.business_all#1"], SPANS[1], scope=SCOPES[0], limit=limit, offset=offset)

    total, whole = page(0, listing.MOST)
    assert total == len(whole) > 20
    parts = [row for offset in range(0, total, 7) for row in page(offset, 7)[1]]
    assert parts == whole


def test_an_unknown_order_or_part_is_refused_also_where_rows_are_only_counted(keeping: Engine) -> None:
    metric = METRICS["frt.business_all#1"]
    assert listed(keeping, metric, SPANS[0], scope=SCOPES[0], limit=0, sort="colour") is UsageError
    assert listed(keeping, metric, SPANS[0], scope=SCOPES[0], limit=0, part="met") is UsageError
