"""A figure, the list behind it and the file of that list are the same number, whoever asks and whatever is filtered."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from maitred.base.errors import Denied
from maitred.base.tests.picked import one_in
from maitred.desks.service_levels import exports
from maitred.desks.service_levels.tests.looking import LONG, csv_rows, look, pages_of, params
from maitred.kit.access.actor import Actor
from maitred.kit.verbs import run
from maitred.metrics.catalogue import METRICS, Metric
from maitred.metrics.listing import parts_of
from maitred.people.tests.floor import Floor

Sign = Callable[[str], Client]
ROLES = ("agent", "lead", "lead2", "manager", "executive")
PERIODS = (
    ("2025-01-06", "2026-01-04"), ("2025-12-08", "2026-01-04"), ("2025-07-01", "2025-09-30"),
    ("2025-03-30", "2025-03-30"), ("2019-01-01", "2019-12-31"), (None, None),
)  # fmt: skip
ZONES = ("America/New_York", "UTC", "Asia/Kathmandu")
VALUES = {
    "channel": ("email", "web", "chat", "api"),
    "priority": ("low", "normal", "high", "urgent"),
    "group": ("demo:11", "demo:12", "13", "demo:14"),
    "assignee": ("1001", "demo:1004", "1010"),
    "sla_metric": ("first_reply", "next_reply", "total_resolution"),
}


@some.composite
def questions(draw: some.DrawFn) -> dict[str, Any]:
    """Words of ``metrics.show``: any metric, period, zone and filters that it takes."""
    metric = METRICS[draw(some.sampled_from(sorted(METRICS)))]
    known = sorted(set(VALUES) & set(metric.dimensions))
    where = []
    for name in draw(some.lists(some.sampled_from(known), unique=True, max_size=2)) if known else []:
        where += [f"{name}={one}" for one in draw(some.sets(some.sampled_from(VALUES[name]), min_size=1, max_size=2))]
    start, end = draw(some.sampled_from(PERIODS))
    words = {"metric": metric.id, "where": sorted(where), "zone": draw(some.sampled_from(ZONES)), "publication": 1}
    return {**words, **({"start": start, "end": end} if start else {})}


CASES = given(questions(), some.sampled_from(ROLES), some.sampled_from([50, 200]))
_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def _agree(actor: Actor, asked: dict[str, Any], limit: int) -> None:
    """Value, n, total, the rows over all pages, the rows of the file, and the parts."""
    metric = METRICS[asked["metric"]]
    try:
        row = run("metrics.show", actor, asked).rows[0]
    except Denied:
        with pytest.raises(Denied):
            run("metrics.tickets", actor, asked)
        return
    try:
        rows = _all(actor, asked, limit, row.n)
    except Denied:
        assert row.n % 5 == 0
        assert row.value is None or row.statistic != "count" or row.value % 5 == 0 or metric.name == "net_flow"
        with pytest.raises(Denied):
            exports.table(actor, asked, "rows")
        return
    if limit == 200:  # the file takes as long as all else together
        assert len(list(exports.table(actor, asked, "rows").rows)) == row.n
    keys = [tuple(sorted((name, str(one[name])) for name in one)) for one in rows]
    assert len(set(keys)) == len(keys) == row.n
    parts = {part: _total(actor, {**asked, "part": part}) for part in parts_of(metric)}
    assert not parts or sum(parts.values()) == row.n
    _assert_value(metric, row, rows, parts)


def _all(actor: Actor, asked: dict[str, Any], limit: int, expected: int) -> list[dict[str, Any]]:
    offset: int | None = 0
    found: list[dict[str, Any]] = []
    while offset is not None:
        page = run("metrics.tickets", actor, {**asked, "offset": offset, "limit": limit})
        assert page.total == expected
        assert page.next is None or page.next == offset + limit
        found += page.rows
        offset = page.next
    return found


def _total(actor: Actor, asked: dict[str, Any]) -> int:
    return int(run("metrics.tickets", actor, {**asked, "limit": 1}).total)


def _assert_value(metric: Metric, row: Any, rows: list[dict[str, Any]], parts: dict[str, int]) -> None:
    """What can be computed again from the rows alone is computed again."""
    if row.value is None:
        return
    if metric.kind == "share":
        assert row.value == pytest.approx(parts[next(iter(parts))] / row.n)
    elif metric.kind == "mean" and row.statistic == "mean":
        assert row.value == pytest.approx(statistics.fmean(one["value"] for one in rows))
    elif row.statistic == "count" and metric.name != "net_flow":
        assert row.value == row.n
    elif row.statistic == "median" and not any(one["censored"] for one in rows):
        values = sorted(one["value"] for one in rows)
        assert values[(len(values) - 1) // 2] <= row.value <= values[len(values) // 2]


@settings(max_examples=30, deadline=None, suppress_health_check=_CHECKS)
@CASES
def test_a_figure_its_rows_and_its_file_agree(page_floor: Floor, asked: dict[str, Any], role: str, limit: int) -> None:
    _agree(page_floor.actor(role), asked, limit)


@pytest.mark.long
@pytest.mark.slow
@settings(max_examples=2_000, deadline=None, suppress_health_check=_CHECKS)
@CASES
def test_a_figure_its_rows_and_its_file_agree_in_two_thousand_cases(
    page_floor: Floor, asked: dict[str, Any], role: str, limit: int
) -> None:
    _agree(page_floor.actor(role), asked, limit)


@pytest.mark.parametrize("metric", ["frt.business_all#1", "sla.attainment#1", "backlog#1"])
def test_the_rows_of_all_groups_are_the_rows_of_the_whole(page_floor: Floor, metric: str) -> None:
    actor = page_floor.actor("manager")
    asked = {"metric": metric, "start": "2025-01-06", "end": "2026-01-04", "publication": 1}
    whole = run("metrics.show", actor, asked).rows[0]
    parts = run("metrics.show", actor, {**asked, "by": ["group"]}).rows
    assert sum(one.n for one in parts) == whole.n
    for one in parts:
        name = one.by["group"] if one.by["group"] is not None else "none"
        assert _total(actor, {**asked, "where": [f"group={name}"]}) == one.n


@pytest.mark.parametrize("role", ["agent", "manager"])
@pytest.mark.parametrize(
    "address",
    [
        f"/drill/frt.business_all/{LONG}", f"/drill/sla.attainment/{LONG}&part=missed", f"/drill/backlog/{LONG}",
        f"/drill/nrt.business_all/{LONG}&sort=-value&statistic=p90&group=demo:11",
    ],
)  # fmt: skip
def test_the_page_its_rows_and_its_file_agree(sign: Sign, role: str, address: str) -> None:
    client = sign(role)
    seen = list(pages_of(client, address))
    main, (table,) = seen[0].main, seen[0].all("//table[@data-total]")
    marks = [row.get("data-row") for one in seen for row in one.all("//tr[@data-row]")]
    (href,) = seen[0].links("//a[@data-export='csv']")
    rows = csv_rows(client, href)
    assert int(main["data-n"]) == int(table.get("data-total")) == len(marks) == len(set(marks)) == len(rows)
    assert [one.get("data-from") for page in seen for one in page.all("//table[@data-total]")] == [
        str(1 + 50 * place) for place in range(len(seen))
    ]
    assert Counter(mark.split(":")[2] for mark in marks) == Counter(row["ticket"] for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/service-levels/", "/service-levels/attainment/", "/service-levels/backlog/"])
@pytest.mark.parametrize("role", ["agent", "lead", "manager", "executive"])
def test_every_figure_of_a_page_is_its_drill(sign: Sign, role: str, path: str) -> None:
    client = sign(role)
    figures = look(client, path + LONG).all("//*[@data-metric][@data-drill]")
    assert figures or path == "/service-levels/backlog/"
    for one in figures:
        main = look(client, one.get("data-drill")).main
        shown = {name: one.get(name) for name in ("data-metric", "data-value", "data-n", "data-unit")}
        assert {name: main.get(name) for name in shown} == shown, one.get("data-drill")
        assert params(one.get("data-drill"))["period"] == "last-52w"


@pytest.mark.parametrize(
    ("address", "ledger"),
    [
        ("/drill/frt.business_all/", {}),
        ("/drill/frt.calendar/", {"mode": "calendar"}),
        ("/drill/full_resolution.business_last/", {"clock": "full_resolution", "mode": "business_last"}),
        ("/drill/sla.attainment/", {"clock": "sla."}),
        ("/drill/arrivals/", {}),
    ],
)
def test_a_row_opens_the_ledger_that_explains_it(sign: Sign, address: str, ledger: dict[str, str]) -> None:
    link = look(sign("manager"), address + LONG).links("//tr[@data-row]//a")[0]
    told = {name: word for name, word in params(link).items() if name != "period"}
    assert set(told) == set(ledger)
    assert all(word.startswith(ledger[name]) for name, word in told.items())


@pytest.mark.parametrize("metric", one_in(5, sorted(METRICS)))
def test_rows_of_any_metric_have_names_of_their_own(sign: Sign, metric: str) -> None:
    address = f"/drill/{metric.partition('#')[0]}/{LONG}"
    seen = list(pages_of(sign("manager"), address))
    marks = [row.get("data-row") for one in seen for row in one.all("//tr[@data-row]")]
    assert len(marks) == len(set(marks)) == int(seen[0].main["data-n"] if marks else 0)
