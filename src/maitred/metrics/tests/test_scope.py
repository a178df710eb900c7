"""What a scope shows: the rows of its groups or people at the metric's instant, and never a name outside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
import pytest

from maitred.base.errors import Denied
from maitred.base.tests.picked import one_in
from maitred.metrics import queries
from maitred.metrics.catalogue import METRICS, Metric, resolve
from maitred.metrics.explaining import GROUP_COLUMNS, PEOPLE_COLUMNS, may_see, visible_ticket, visible_tickets
from maitred.metrics.queries import show, tickets
from maitred.metrics.results import Result
from maitred.metrics.scope import Scope
from maitred.metrics.tests.oracle import Oracle, column_of
from maitred.warehouse.engines import Engine

SPAN: dict[str, Any] = {"from_": "2024-02-01", "to": "2024-12-15"}
EVERYTHING = Scope.everything()
GROUPS = {("zendesk", "101"), ("helpdesk", "102"), ("helpdesk", "103")}
PEOPLE = {("zendesk", "7"), ("helpdesk", "9")}
LEAD = Scope.of(groups=GROUPS, people_dimensions=PEOPLE)
BOTH = Scope.of(groups=GROUPS, people=PEOPLE)
SAMPLE = (
    "frt",
    "nrt",
    "sla.attainment",
    "csat.rate",
    "net_flow",
    "backlog",
    "backlog_age",
    "transfer_rate",
    "ces.top",
    "iqs",
)
ONE_CLOCK = [metric for metric in METRICS.values() if metric.clock in ("", "business_all")]


def counts(result: Result) -> list[tuple[Any, ...]]:
    return [(dict(row.by), row.statistic, row.value, row.n, row.excluded, row.censored) for row in result.rows]


def span(metric: Metric) -> dict[str, Any]:
    return {} if metric.basis == "as-of" else SPAN


def inside(metric: Metric, rows: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    def among(dimension: str, ids: frozenset[tuple[str, str]] | None) -> pd.Series:
        if dimension not in metric.dimensions:
            return pd.Series(False, index=rows.index)
        pairs = zip(rows.source_id, rows[column_of(metric.id, dimension)], strict=True)
        return pd.Series([pair in (ids or ()) for pair in pairs], index=rows.index, dtype=bool)

    mine = among("assignee", scope.people)
    return rows[mine if metric.of_people else among("group", scope.groups) | mine]


def slowly(metrics: Iterable[Metric]) -> list[Any]:
    """Each metric by its id; all but a sample are slow tests."""
    fast, all_ = {resolve(metric_id).id for metric_id in SAMPLE}, list(metrics)
    return [
        *(pytest.param(m, id=m.id) for m in all_ if m.id in fast),
        *one_in(4, [m for m in all_ if m.id not in fast], lambda m: m.id),
    ]


@pytest.mark.parametrize("metric", slowly(metric for metric in METRICS.values() if not metric.of_people))
def test_a_scope_of_groups_means_what_a_filter_by_them_means(metric: Metric, duck: Engine) -> None:
    where = {"group": [f"{source}:{group}" for source, group in sorted(GROUPS)]}
    filtered = show(duck, metric, where=where, scope=EVERYTHING, **span(metric))
    assert counts(show(duck, metric, scope=LEAD, **span(metric))) == counts(filtered)
    assert filtered.rows[0].n > 0


@pytest.mark.parametrize("metric", slowly(m for m in ONE_CLOCK if not m.kind.startswith("snapshot")))
def test_a_row_is_seen_for_its_group_or_for_its_assignee(metric: Metric, duck: Engine, oracle: Oracle) -> None:
    row = show(duck, metric, scope=BOTH).rows[0]
    expected = inside(metric, oracle.rows(metric.id), BOTH)
    assert (row.n, row.excluded) == (int((~expected.out).sum()), int(expected.out.sum()))
    assert row.n > 0


@pytest.mark.parametrize("metric_id", SAMPLE)
def test_the_rows_behind_a_scoped_figure_are_as_many_as_it_counts(metric_id: str, duck: Engine) -> None:
    metric = resolve(metric_id)
    behind = tickets(duck, metric, scope=BOTH, **SPAN)
    assert behind.total == behind.rows.num_rows == show(duck, metric, scope=BOTH, **SPAN).rows[0].n
    assert behind.total < tickets(duck, metric, scope=EVERYTHING, **SPAN).total
    page = tickets(duck, metric, limit=3, scope=BOTH, **SPAN)
    assert (page.total, page.rows.num_rows) == (behind.total, 3)


@pytest.mark.parametrize("metric_id", ["frt", "nrt", "sla.attainment", "backlog", "transfer_rate"])
def test_both_engines_agree_within_a_scope(metric_id: str, duck: Engine, sail: Engine) -> None:
    metric = resolve(metric_id)
    words: dict[str, Any] = {"by": ("group",), "where": {"source": ["zendesk", "helpdesk"]}, "scope": BOTH, **SPAN}
    first, second = (show(engine, metric, **words) for engine in (duck, sail))
    assert first == second
    assert tickets(duck, metric, **words).rows.equals(tickets(sail, metric, **words).rows)


@pytest.mark.parametrize("metric_id", ["frt", "backlog"])
def test_both_engines_agree_on_people_and_on_counts_only(metric_id: str, duck: Engine, sail: Engine) -> None:
    for words in ({"by": ("assignee",), "scope": BOTH}, {"by": ("month", "group"), "scope": Scope.organisation(3, 5)}):
        first, second = (show(engine, metric_id, **words, **SPAN) for engine in (duck, sail))  # type: ignore[arg-type]
        assert first == second
        assert first.rows


def test_a_group_of_one_source_does_not_open_the_same_number_of_another(duck: Engine) -> None:
    found = tickets(duck, "arrivals", by=("group",), scope=Scope.of(groups=[("zendesk", "101")]))
    assert set(found.rows["group"].to_pylist()) == {"zendesk:101"}


def test_ids_of_a_scope_are_never_read_as_sql(duck: Engine) -> None:
    hostile = Scope.of(
        groups=[("zendesk", "x') OR 1=1 --"), ("' OR ''='", "101")], people=[("zendesk", "7' OR '1'='1")]
    )
    assert show(duck, "frt", scope=hostile).rows[0].n == 0


def test_a_filter_only_narrows_a_scope(duck: Engine) -> None:
    outside = {"group": ["zendesk:102"]}
    assert show(duck, "arrivals", where=outside, scope=LEAD).rows[0].n == 0
    assert show(duck, "arrivals", where={"group": ["none"]}, scope=LEAD).rows[0].n == 0


def test_the_past_of_a_comparison_is_scoped_as_well(duck: Engine) -> None:
    words: dict[str, Any] = {"from_": "2024-08-01", "to": "2024-10-31", "compare": "previous"}
    past = show(duck, "arrivals", from_="2024-05-01", to="2024-07-31", scope=LEAD).rows[0]
    compared = show(duck, "arrivals", scope=LEAD, **words).rows[0].comparison
    assert compared is not None
    assert compared.before_n == past.n


def test_only_people_that_may_be_named_are_rows_of_a_cut(duck: Engine) -> None:
    rows = show(duck, "arrivals", by=("assignee",), scope=LEAD).rows
    assert {row.by["assignee"] for row in rows} == {"zendesk:7", "helpdesk:9", None}
    assert show(duck, "arrivals", where={"assignee": ["zendesk:7"]}, scope=LEAD).rows[0].n > 0
    everyone = show(duck, "arrivals", by=("assignee",), scope=EVERYTHING).rows
    assert len(everyone) > 3


@pytest.mark.parametrize("person", ["8", "zendesk:8", "helpdesk:7"])
def test_a_person_outside_cannot_be_filtered_by(person: str, duck: Engine) -> None:
    with pytest.raises(Denied, match="not among the people"):
        show(duck, "frt", where={"assignee": ["zendesk:7", person]}, scope=LEAD)


def test_a_number_that_two_sources_know_counts_only_where_the_person_may_be_named(duck: Engine) -> None:
    short = show(duck, "arrivals", where={"assignee": ["7"]}, scope=LEAD).rows[0].n
    assert short == show(duck, "arrivals", where={"assignee": ["zendesk:7"]}, scope=LEAD).rows[0].n


@pytest.mark.parametrize("scope", [Scope.organisation(), Scope.of(groups=GROUPS)], ids=["organisation", "groups"])
def test_nobody_is_named_to_whom_may_name_nobody(scope: Scope, duck: Engine) -> None:
    for words in ({"by": ("assignee",)}, {"where": {"assignee": ["7"]}}, {"where": {"assignee": ["none"]}}):
        with pytest.raises(Denied, match="single persons"):
            show(duck, "frt", scope=scope, **words)  # type: ignore[arg-type]


def test_rows_that_are_people_are_not_listed_to_whom_may_name_nobody(duck: Engine) -> None:
    with pytest.raises(Denied, match="is a person"):
        tickets(duck, "transfer_rate", scope=Scope.of(groups=GROUPS))
    assert tickets(duck, "transfer_rate", scope=LEAD).total > 0


def test_a_metric_that_is_never_of_people_is_refused_to_a_person(duck: Engine) -> None:
    myself = Scope.of(people=[("zendesk", "7")])
    with pytest.raises(Denied, match="nps"):
        show(duck, "nps", scope=myself)
    assert show(duck, "ces.top", scope=myself).rows[0].n > 0
    assert show(duck, "nps", scope=BOTH).rows[0].n == show(duck, "nps", scope=LEAD).rows[0].n


def test_a_scope_of_nothing_is_refused_rather_than_answered_with_zero(duck: Engine) -> None:
    with pytest.raises(Denied):
        show(duck, "frt", scope=Scope.of())


def test_half_a_scope_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="both groups and people or neither"):
        Scope(frozenset(GROUPS), None)
    with pytest.raises(ValueError, match="both groups and people or neither"):
        Scope(None, frozenset(PEOPLE))


def test_a_question_without_a_scope_is_no_question(duck: Engine) -> None:
    for ask in (queries.show, queries.tickets):
        with pytest.raises(TypeError, match="scope"):
            ask(duck, "frt")  # type: ignore[call-arg]


def test_a_ticket_opens_for_any_group_or_person_of_its_facts(duck: Engine, oracle: Oracle) -> None:
    group, person = ("zendesk", "101"), ("zendesk", "7")
    mine, groups_only = Scope.of([group], [person]), Scope.of([group], people_dimensions=[person])
    seen = set()
    refs = [*oracle.frames["ticket_facts"][["source_id", "ticket_id"]].itertuples(index=False, name=None)]
    together = visible_tickets(duck, mine, refs)
    for row in oracle.frames["ticket_facts"].iloc[::45].to_dict("records"):
        source, ticket = row["source_id"], row["ticket_id"]
        grouped = any((source, row[name]) == group for name in GROUP_COLUMNS)
        expected = grouped or any((source, row[name]) == person for name in PEOPLE_COLUMNS)
        assert may_see(mine, row) is visible_ticket(duck, mine, source, ticket) is expected
        assert ((source, ticket) in together) is expected
        assert may_see(groups_only, row) is grouped
        seen.add((grouped, expected))
    assert seen == {(True, True), (False, True), (False, False)}


def test_a_ticket_of_nowhere_is_as_invisible_as_one_of_others(duck: Engine, oracle: Oracle) -> None:
    row = oracle.frames["ticket_facts"].iloc[0]
    assert visible_ticket(duck, EVERYTHING, row.source_id, row.ticket_id)
    assert not visible_ticket(duck, EVERYTHING, row.source_id, "999999")
    assert not visible_ticket(duck, EVERYTHING, "elsewhere", row.ticket_id)
    assert not visible_ticket(duck, Scope.organisation(), row.source_id, row.ticket_id)
    named = [(row.source_id, row.ticket_id), (row.source_id, "999999"), ("elsewhere", row.ticket_id)]
    assert visible_tickets(duck, EVERYTHING, named) == {(row.source_id, row.ticket_id)}
    assert visible_tickets(duck, Scope.organisation(), named) == visible_tickets(duck, EVERYTHING, ()) == frozenset()
    assert not may_see(Scope.organisation(), row.to_dict())


def test_the_newest_layer_of_a_ticket_decides(small_world: Any, duck: Engine) -> None:
    table: pa.Table = small_world.tables["ticket_facts"]
    newer = [row for row in table.to_pylist() if row["layer"] == 1][:5]
    only = Scope.of(groups=[("zendesk", "101")])
    assert newer
    assert all(visible_ticket(duck, only, row["source_id"], row["ticket_id"]) is may_see(only, row) for row in newer)
