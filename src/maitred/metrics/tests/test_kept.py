"""Answers from kept rows are the engine's own: every metric, cut, filter, scope and period, over two sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import Denied
from maitred.base.tests.picked import one_in
from maitred.metrics import flow, kept, views
from maitred.metrics.catalogue import METRICS, Metric, resolve
from maitred.metrics.composition import Question, sources_of
from maitred.metrics.samples import Sample, samples
from maitred.metrics.scope import Scope
from maitred.metrics.shelf import Shelf
from maitred.metrics.windows import window
from maitred.warehouse.engines import DeltaPin, Engine, open_engine

GROUPS = {("zendesk", "101"), ("helpdesk", "102"), ("helpdesk", "103")}
PEOPLE = {("zendesk", "7"), ("helpdesk", "9")}
SCOPES = (Scope.everything(), Scope.of(GROUPS, PEOPLE, PEOPLE), Scope.of(groups=GROUPS, people_dimensions=PEOPLE))
FLOWS = (flow.TIME_BY_STATE, flow.BACKLOG_AGES, flow.steps("group"), flow.steps("status"))
KEPT = [*METRICS.values(), *FLOWS]
SPANS = ((None, None), ("2024-02-01", "2024-03-15"), ("2024-03-20", "2024-11-05"), ("2024-06-01", "2024-06-01"))
FILTERS: tuple[dict[str, list[str]], ...] = (
    {},
    {"channel": ["email", "none"]},
    {"group": ["zendesk:101", "helpdesk:102", "103"]},
    {"priority": ["it's; DROP TABLE x --"]},
    {"group": ["none"], "priority": ["high", "urgent"]},
    {"assignee": ["zendesk:7", "9"]},
)


@pytest.fixture(scope="module")
def keeping(pins: list[DeltaPin]) -> Iterator[Engine]:
    engine = open_engine("duckdb")
    engine.register(pins)
    found = kept.keep(engine)
    yield engine
    found.forget()
    engine.close()


def question(engine: Engine, metric: Metric, span: Any, by: tuple[str, ...], where: Any, scope: Scope) -> Question:
    flow.prepare(engine, metric.facts)
    views.prepare(engine, metric.facts)
    sources = engine.remembered("sources", partial(sources_of, engine))
    return Question(metric, window(span[0], span[1], "Europe/Lisbon"), sources, scope, by, where)


def told(sample: Sample) -> tuple[Any, ...]:
    """A sample as plain values; of clusters only which rows share one, in the order of values."""
    rows = sorted(zip(sample.values.tolist(), sample.events.tolist(), sample.censored.tolist(), strict=True))
    sizes = None
    if sample.clusters is not None:
        sizes = sorted(np.unique(sample.clusters, return_counts=True)[1].tolist())
    return rows, sample.excluded, sizes, sample.sums


@pytest.mark.parametrize(
    "metric",
    [
        *(pytest.param(one, id=one.id) for one in KEPT[::6]),
        *one_in(4, [one for place, one in enumerate(KEPT) if place % 6], lambda one: one.id),
    ],
)
def test_each_metric_has_the_same_samples(metric: Metric, keeping: Engine, duck: Engine) -> None:
    by = tuple(name for name in ("group", "state", "age") if name in metric.dimensions)[:1]
    for span, cut in ((SPANS[0], ()), (SPANS[2], ("month", *by))):
        asked = question(keeping, metric, span, cut, {}, Scope.everything())
        again = question(duck, metric, span, cut, {}, Scope.everything())
        first, second = samples(keeping, asked), samples(duck, again)
        assert {key: told(one) for key, one in first.items()} == {key: told(one) for key, one in second.items()}


@settings(max_examples=30, deadline=None)
@given(
    metric=st.sampled_from(
        [resolve(one) for one in ("frt", "nrt", "sla.attainment", "backlog", "net_flow", "touches")]
    ),
    span=st.sampled_from(SPANS[1:]),
    by=st.sampled_from(((), ("group",), ("day",), ("priority", "week"), ("account",), ("assignee",))),
    where=st.sampled_from(FILTERS),
    scope=st.sampled_from(SCOPES),
)
def test_cuts_filters_and_scopes_mean_the_same(
    metric: Metric, span: Any, by: tuple[str, ...], where: Any, scope: Scope, keeping: Engine, duck: Engine
) -> None:
    words: Any = (metric, span, by, where, scope)
    try:
        again = question(duck, *words)
    except Denied:
        with pytest.raises(Denied):
            question(keeping, *words)
        return
    first, second = samples(keeping, question(keeping, *words)), samples(duck, again)
    assert {key: told(one) for key, one in first.items()} == {key: told(one) for key, one in second.items()}


def test_what_takes_too_much_room_goes_the_longest_unused_first(keeping: Engine) -> None:
    asked = question(keeping, resolve("frt"), SPANS[0], (), {}, Scope.everything())
    rows = kept._read(keeping, asked, ["channel"])
    assert rows is not None
    shelf = Shelf(most=2 * rows.bytes)
    for number, name in enumerate(("a", "b", "c")):
        shelf.put((number, name), replace(rows))
    assert [shelf.taken((number, name)) is None for number, name in enumerate("abc")] == [True, False, False]
    shelf.drop(1)
    assert shelf.taken((1, "b")) is None
