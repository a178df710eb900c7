"""Speed & SLA answers compared with plain Python over the export, and that everybody sees their own part of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import fsum
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from maitred.base.errors import Denied, UsageError
from maitred.floor.log import write_log
from maitred.kit.access.actor import Actor
from maitred.kit.reading import opened
from maitred.kit.secrets.keyring import Keyring
from maitred.kit.verbs import run
from maitred.metrics import flow
from maitred.metrics.exports import export
from maitred.metrics.pipeline import import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.people.tests.floor import ROOT, Floor, build
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import create as found_workspace

AUTUMN: dict[str, Any] = {"start": "2025-10-06", "end": "2025-11-30"}
NOVEMBER: dict[str, Any] = {"start": "2025-11-03", "end": "2025-11-30"}
CARE = ["group=11", "group=12"]
"""The groups of the lead's teams."""
ELSEWHERE = ["group=13", "group=14", *(f"assignee={person}" for person in (1001, 1002, 1003))]
"""What the lead's people do in other groups."""
Ticket = dict[str, str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace that stays open from test to test: a publication never changes."""
    folder = tmp_path_factory.mktemp("speed")
    write_log(folder / "log", 1_200, seed=3, texts=False)
    found_workspace(folder / "workspace")
    workspace = open_workspace(folder / "workspace")
    import_and_publish(workspace, KINDS["fivetran-zendesk"](), folder / "log", name="demo")
    workspace.close()
    Keyring(folder / "workspace" / "keys").create()
    yield folder / "workspace"
    opened.forget()


@pytest.fixture
def floor(db: None, home: Path, settings: Any) -> Floor:
    settings.MAITRED_HOME = home
    return build()


def ask(verb: str, actor: Actor = ROOT, **words: Any) -> Any:
    return run(f"service_levels.{verb}", actor, words)


@cache
def exported(home: Path) -> tuple[Ticket, ...]:
    workspace = open_workspace(home)
    publication = workspace.publication()
    assert publication is not None
    written = home.parent / "tickets.csv"
    export(workspace, publication, "tickets", written)
    workspace.close()
    with written.open(encoding="utf-8") as rows:
        return tuple(one for one in csv.DictReader(rows) if not one["exclusion"])


def within(instant: str, start: str, end: str) -> bool:
    return bool(instant) and start <= instant[:10] <= end


def share_slower(tickets: list[Ticket], threshold: float) -> float:
    return sum(int(one["frt.business_all"]) > threshold for one in tickets) / len(tickets)


# trend


def test_a_trend_shows_what_the_metric_shows(floor: Floor) -> None:
    found = ask("trend", metric="sla.attainment", **NOVEMBER)
    rows = {
        row.by["day"]: row
        for row in run("metrics.show", ROOT, {"metric": "sla.attainment", "by": ["day"], **NOVEMBER}).rows
    }
    assert (found.bucket, found.chart, len(found.points)) == ("day", "p", 28)
    for point in found.points:
        row = rows.get(point.start)
        assert (point.value, point.low, point.high) == ((row.value, row.low, row.high) if row else (None, None, None))


def test_counts_of_a_trend_are_those_of_the_export(floor: Floor, home: Path) -> None:
    found = ask("trend", metric="arrivals", **AUTUMN)
    assert found.chart == "u" and found.baseline_points >= 20 and found.learned_from == "before"
    for point in found.points:
        assert point.value == sum(one["created_at"][:10] == point.start for one in exported(home))
        assert point.closed == (point.value == 0)
        assert not point.closed or point.centre is None
    assert found.verdict in ("change", "no_change")


def test_a_long_period_is_shown_by_week(floor: Floor) -> None:
    found = ask("trend", metric="arrivals", start="2025-08-04", end="2025-11-30")
    assert found.bucket == "week"
    assert [date.fromisoformat(point.start).weekday() for point in found.points] == [0] * len(found.points)
    assert (
        sum(point.value for point in found.points)
        == run("metrics.show", ROOT, {"metric": "arrivals", "start": "2025-08-04", "end": "2025-11-30"}).rows[0].value
    )


def test_what_is_not_over_yet_is_shown_and_not_judged(floor: Floor) -> None:
    found = ask("trend", metric="arrivals")
    last = found.points[-1]
    assert last.unfinished and last.centre is None and not last.signal
    assert not any(point.unfinished for point in found.points[:-1])
    cut = ask("trend", metric="arrivals", start="2025-08-04", end="2025-11-27", bucket="week")
    assert [point.start for point in cut.points if point.unfinished] == ["2025-11-24"]


def test_without_days_before_it_a_period_is_its_own_baseline(floor: Floor) -> None:
    made = ask("trend", metric="arrivals", start="2025-01-13", end="2025-03-09", bucket="day")
    assert made.learned_from == "whole" and made.baseline_points >= 20


def test_nothing_at_all_has_no_limits(floor: Floor) -> None:
    quiet = ask("trend", metric="arrivals", where=["channel=nowhere"], **NOVEMBER)
    assert (quiet.verdict, quiet.since, quiet.centre) == ("cannot_tell", None, None)


def test_a_trend_needs_a_period_that_has_begun(floor: Floor) -> None:
    with pytest.raises(UsageError, match="nothing is known yet"):
        ask("trend", metric="frt", start="2030-01-01")
    with pytest.raises(UsageError, match="too many"):
        ask("trend", metric="frt", start="2020-01-01", end="2025-12-01", bucket="day")


# what changed


@pytest.mark.parametrize("metric", ["frt", "sla.attainment", "csat.rate", "touches", "arrivals", "nrt", "net_flow"])
def test_parts_add_up_to_the_difference(floor: Floor, metric: str) -> None:
    found = ask("what_changed", metric=metric, by="channel", **AUTUMN)
    assert found.parts
    assert fsum(part.total for part in found.parts) == pytest.approx(found.measured_difference, abs=1e-9)
    assert found.measured_now - found.measured_before == pytest.approx(found.measured_difference, abs=1e-9)
    if found.mix is not None:
        assert found.mix + found.rate == pytest.approx(found.measured_difference, abs=1e-9)
    for part in found.parts:
        assert part.total_low is None or part.total_low <= part.total + 1e-9 <= part.total_high + 2e-9


def test_the_split_of_a_duration_is_that_of_the_export(floor: Floor, home: Path) -> None:
    found = ask("what_changed", metric="frt", by="priority", where=["priority=normal", "priority=high"], **AUTUMN)
    halves = []
    for start, end in ((found.before_start, found.before_end), (found.start, found.end)):
        halves.append(
            [
                one
                for one in exported(home)
                if within(one["created_at"], start, end)
                and one["frt.business_all"]
                and one["priority"] in ("normal", "high")
            ]
        )
    before, now = halves
    assert found.measure == "share_slower"
    assert found.threshold == pytest.approx(median(int(one["frt.business_all"]) for one in before), abs=1)
    assert found.measured_before == pytest.approx(share_slower(before, found.threshold), abs=0.02)
    assert found.measured_now == pytest.approx(share_slower(now, found.threshold), abs=0.02)
    figure = run("metrics.show", ROOT, {"metric": "frt", "compare": "previous", "where": ["priority=normal",
                 "priority=high"], **AUTUMN}).rows[0]  # fmt: skip
    assert (found.now, found.before, found.difference, found.low, found.high) == (
        figure.value, figure.before, figure.difference, figure.difference_low, figure.difference_high,
    )  # fmt: skip


def test_parts_of_a_count_are_differences_of_counts(floor: Floor, home: Path) -> None:
    found = ask("what_changed", metric="arrivals", by="channel", **AUTUMN)
    for part in found.parts:
        for n, start, end in (
            (part.n_now, found.start, found.end),
            (part.n_before, found.before_start, found.before_end),
        ):
            tickets = run("metrics.show", ROOT, {"metric": "arrivals", "where": [f"channel={part.category}"],
                          "start": start, "end": end}).rows[0]  # fmt: skip
            assert n == tickets.value
        assert part.total == part.n_now - part.n_before
    assert found.difference == found.measured_difference


def test_changes_are_not_split_by_person_day_or_snapshot(floor: Floor) -> None:
    for metric, by in (("frt", "assignee"), ("frt", "day"), ("backlog", "group")):
        with pytest.raises(UsageError):
            ask("what_changed", metric=metric, by=by, **AUTUMN)


def test_too_little_data_has_no_parts_and_says_why(floor: Floor) -> None:
    found = ask("what_changed", metric="frt", start="2025-11-02", end="2025-11-02")
    assert found.parts == () and found.reason and found.measured_difference is None


# where time goes


def test_shares_of_time_add_up_to_one(floor: Floor, home: Path) -> None:
    found = ask("time_by_state", by="group", **AUTUMN)
    solved = [
        one for one in exported(home) if within(one["last_solved_at"], *AUTUMN.values()) and one["is_open"] == "0"
    ]
    assert found.total.n == len(solved) == sum(row.n for row in found.rows)
    assert found.total.hours * 3600 == pytest.approx(sum(int(one["unsolved_time.calendar"]) for one in solved))
    assert found.total.hours == pytest.approx(fsum(row.hours for row in found.rows))
    for row in (found.total, *found.rows):
        assert [one.state for one in row.states] == list(flow.STATES)
        assert fsum(one.share for one in row.states) == pytest.approx(1)
        assert fsum(one.hours for one in row.states) == pytest.approx(row.hours)
    waiting = next(one for one in found.total.states if one.state == "customer")
    assert waiting.median == pytest.approx(median(int(one["pending_time.calendar"]) for one in solved), abs=1)
    assert found.approximated


def test_states_cannot_be_cut_by_day(floor: Floor) -> None:
    with pytest.raises(UsageError):
        ask("time_by_state", by="week", **AUTUMN)


# backlog


def test_the_backlog_by_age_is_the_backlog(floor: Floor, home: Path) -> None:
    found = ask("backlog_ages", by="priority", **NOVEMBER)
    as_of = datetime.fromisoformat(found.as_of)
    opened_tickets = [one for one in exported(home) if one["is_open"] == "1"]
    assert found.total.n == len(opened_tickets) == sum(row.n for row in found.rows) > 0
    young = [
        one
        for one in opened_tickets
        if as_of - datetime.strptime(one["created_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) < timedelta(days=1)
    ]
    assert found.total.ages[0] == len(young)
    assert run("metrics.show", ROOT, {"metric": "backlog"}).rows[0].value == found.total.n
    days = run("metrics.show", ROOT, {"metric": "backlog", "by": ["day"], **NOVEMBER}).rows
    assert [(one.day, one.n) for one in found.series] == [(row.by["day"], row.value) for row in days]
    assert len(found.series) == 28


# the way


def test_every_solved_ticket_starts_and_is_solved(floor: Floor, home: Path) -> None:
    solved = [
        one for one in exported(home) if within(one["last_solved_at"], *AUTUMN.values()) and one["is_open"] == "0"
    ]
    found = ask("process_map", of="status", **AUTUMN)
    stations = {one.id: one for one in found.stations}
    assert found.tickets == len(solved) == stations["solved"].tickets == stations["started"].tickets
    again = sum(step.n for step in found.steps if step.station == "solved")
    assert again == sum(int(one["reopens.transitions"]) for one in solved)
    parked = [one for one in solved if int(one["pending_time.calendar"]) > 0]
    assert stations["pending"].tickets >= len(parked) > 0
    groups = ask("process_map", of="group", **AUTUMN)
    assert {one.name for one in groups.stations} >= {"Billing", "Orders", "Technical", "started", "solved"}
    assert (groups.tickets, groups.steps_left) == (len(solved), 0)


# how long


def test_the_curve_counts_open_tickets(floor: Floor, home: Path) -> None:
    found = ask("survival", metric="full_resolution", **AUTUMN)
    mine = [one for one in exported(home) if within(one["created_at"], *AUTUMN.values())]
    ended = [int(one["full_resolution.business_all"]) for one in mine if one["full_resolution.business_all"]]
    assert (found.n, found.ended) == (len(ended) + found.censored, len(ended))
    assert found.censored == sum(one["is_open"] == "1" for one in mine)
    figure = run("metrics.show", ROOT, {"metric": "full_resolution", **AUTUMN}).rows[0]
    assert (found.median, found.median_low) == (pytest.approx(figure.value, abs=60), pytest.approx(figure.low, rel=0.1))
    assert found.at_risk[0].n == found.n
    assert all(step.low is None or step.low <= step.value <= step.high for step in found.steps)


def test_bins_hold_every_ticket_that_ended(floor: Floor, home: Path) -> None:
    found = ask("distribution", metric="frt", **AUTUMN)
    ended = [
        int(one["frt.business_all"])
        for one in exported(home)
        if within(one["created_at"], *AUTUMN.values()) and one["frt.business_all"]
    ]
    assert sum(one.n for one in found.bins) == len(ended) == found.n - found.censored
    assert len(found.bins) <= 40
    figure = run("metrics.show", ROOT, {"metric": "frt", **AUTUMN}).rows[0]
    assert (found.median, found.median_low, found.median_high) == (figure.value, figure.low, figure.high)
    for one in found.bins:
        assert one.n == sum(one.low <= value and (one.high is None or value < one.high) for value in ended)


def test_a_share_has_no_curve(floor: Floor) -> None:
    with pytest.raises(UsageError):
        ask("survival", metric="csat.rate")


# who sees what

SCOPED: dict[str, dict[str, Any]] = {
    "trend": {"metric": "arrivals", **NOVEMBER},
    "what_changed": {"metric": "frt", "by": "priority", **AUTUMN},
    "time_by_state": AUTUMN,
    "backlog_ages": {"by": "priority", **NOVEMBER},
    "process_map": {"of": "status", **AUTUMN},
    "survival": {"metric": "frt", **AUTUMN},
    "distribution": {"metric": "frt", **AUTUMN},
}


@pytest.mark.parametrize("verb", SCOPED)
def test_a_lead_sees_the_tickets_of_the_own_groups_and_people(floor: Floor, verb: str) -> None:
    mine = ask(verb, floor.actor("lead"), **SCOPED[verb])
    whole = ask(verb, floor.actor("manager"), **SCOPED[verb])
    groups, people = (ask(verb, floor.actor("manager"), where=where, **SCOPED[verb]) for where in (CARE, ELSEWHERE))
    assert counted(mine) == counted(groups) + counted(people)
    assert 0 < counted(groups) <= counted(mine) < counted(whole)


def counted(answer: Any) -> float:
    """How many tickets an answer is about."""
    for name in ("n", "n_now", "tickets"):
        if hasattr(answer, name):
            return float(getattr(answer, name))
    if hasattr(answer, "total"):
        return float(answer.total.n)
    return fsum(point.value or 0 for point in answer.points)


def test_an_executive_sees_coarse_numbers_or_none(floor: Floor) -> None:
    executive = floor.actor("executive")
    for verb in ("process_map", "survival", "distribution"):
        with pytest.raises(Denied):
            ask(verb, executive, **SCOPED[verb])
    states = ask("time_by_state", executive, by="group", **AUTUMN)
    assert states.total.n % 5 == 0 and states.total.hours == round(states.total.hours)
    ages = ask("backlog_ages", executive, by="priority", **NOVEMBER)
    assert all(age is None or age % 5 == 0 for row in ages.rows for age in row.ages)
    changed = ask("what_changed", executive, metric="frt", by="group", **AUTUMN)
    assert changed.coarse and all(part.n_now % 5 == 0 and part.n_before % 5 == 0 for part in changed.parts)
    arrivals = ask("what_changed", executive, metric="arrivals", by="group", **AUTUMN)
    assert all(part.n_now % 5 == 0 and part.total % 5 == 0 for part in arrivals.parts)
    shown = ask("trend", executive, metric="arrivals", **NOVEMBER)
    assert all(point.value is None or point.value % 5 == 0 for point in shown.points)


def test_an_executive_is_told_nothing_of_a_person(floor: Floor) -> None:
    executive = floor.actor("executive")
    for verb in ("trend", "what_changed", "time_by_state", "backlog_ages"):
        with pytest.raises(Denied):
            ask(verb, executive, where=["assignee=1001"], **SCOPED[verb])


def test_what_is_hidden_as_a_figure_is_hidden_in_parts(floor: Floor) -> None:
    """No part is shown alone that the figure by the same dimension does not show."""
    executive = floor.actor("executive")
    by_what: tuple[tuple[str, list[str]], ...] = (("group", []), ("priority", ["channel=api"]))
    for by, where in by_what:
        changed = ask("what_changed", executive, metric="frt", by=by, where=where, **AUTUMN)
        rows = run("metrics.show", executive, {"metric": "frt", "by": [by], "where": where, **AUTUMN}).rows
        spoken = {row.by[by] for row in rows if row.n}
        assert {part.category for part in changed.parts if not part.other} <= spoken
