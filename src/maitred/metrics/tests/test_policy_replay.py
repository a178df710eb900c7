"""The same policy changes nothing, another what plain arithmetic says, and what exists once only is counted apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import Denied, UsageError
from maitred.floor.log import TARGETS, write_log
from maitred.metrics.asking import Asker, asking
from maitred.metrics.conftest import Published, published
from maitred.metrics.intervals import wilson
from maitred.metrics.policy_replay import Replayed, paired_newcombe, replay
from maitred.metrics.policy_text import read_policy
from maitred.metrics.scope import Scope
from maitred.metrics.tests.promised import AGENTS, CUSTOMER, Happened, asked, target
from maitred.metrics.windows import window

EVERYTHING, ALWAYS = Scope.everything(), window(None, None)
TICKETS = 300
RECORDED = json.dumps(
    {
        "targets": {
            "first_reply": {priority: minutes for priority, (minutes, _) in TARGETS.items()},
            "next_reply": {priority: minutes for priority, (_, minutes) in TARGETS.items()},
        }
    }
)


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("floor")
    write_log(folder / "tables", TICKETS, seed=3, texts=False)
    made = published(folder / "workspace", folder / "tables")
    with asking(made.workspace, made.publication) as ask:
        yield ask
    made.workspace.close()


def facts(ask: Asker, **only: Any) -> list[dict[str, Any]]:
    """Decided instances of the published facts, for plain arithmetic."""
    rows = ask.workspace.store.scan("sla_facts", ask.publication.tables["sla_facts"], [*FIELDS]).to_pylist()
    decided = [one for one in rows if one["verdict_all"] in ("met", "breached", "overdue") and not one["exclusion"]]
    return [one for one in decided if all(one[name] == value for name, value in only.items())]


FIELDS = ("ticket_id", "metric", "priority", "group_id", "elapsed_all_s", "verdict_all", "exclusion", "ended_at")


def row(found: Replayed, metric: str | None = None, priority: str | None = None) -> Any:
    return next(one for one in found.rows if (one.metric, one.priority) == (metric, priority))


def test_the_recorded_policy_replayed_changes_no_verdict(floor: Asker) -> None:
    for period in (ALWAYS, window("2025-04-01", "2025-06-30")):
        found = replay(floor, read_policy(RECORDED), period, {}, scope=EVERYTHING)
        total = row(found)
        days = (None, None) if period is ALWAYS else ("2025-04-01", "2025-06-30")
        (shown,) = floor.show("sla.attainment", from_=days[0], to=days[1], scope=EVERYTHING).rows
        assert (total.n, total.recorded.value) == (shown.n, shown.value)
        assert (total.recorded.low, total.recorded.high) == pytest.approx((shown.low, shown.high))
        assert (total.newly_met, total.newly_missed, total.only_recorded, total.only_b) == (0, 0, 0, 0)
        assert (total.verdict, found.changed.num_rows) == ("no_change", 0)


def test_another_target_is_met_by_those_who_took_at_most_that_long(floor: Asker) -> None:
    """With the same clock, a verdict under B is the recorded seconds against B's target."""
    found = replay(floor, read_policy("targets.first_reply = {urgent = 60, others = 45}"), ALWAYS, {}, scope=EVERYTHING)
    for priority in ("urgent", "low"):
        limit = 3_600 if priority == "urgent" else 2_700
        known = [one for one in facts(floor, metric="first_reply", priority=priority) if one["ended_at"] is not None]
        met = sum(one["elapsed_all_s"] <= limit for one in known)
        shown = row(found, "first_reply", priority)
        assert (shown.n, shown.b.value) == (len(known), met / len(known))
        assert shown.difference.value == pytest.approx(shown.b.value - shown.recorded.value)
        assert shown.difference.low < shown.difference.value < shown.difference.high
    urgent, low = row(found, "first_reply", "urgent"), row(found, "first_reply", "low")
    assert urgent.newly_missed == low.newly_met == 0
    assert urgent.newly_met == sum(1 for one in found.changed.to_pylist() if one["change"] == "newly_met")
    assert low.verdict == "change"


def test_a_metric_that_b_does_not_promise_is_counted_apart(floor: Asker) -> None:
    found = replay(floor, read_policy("targets.first_reply = 60"), ALWAYS, {}, scope=EVERYTHING)
    following = row(found, "next_reply")
    assert (following.n, following.only_recorded, following.verdict) == (
        0, len(facts(floor, metric="next_reply")), "not_enough_data",
    )  # fmt: skip
    assert following.recorded.value is None


def test_a_promise_that_nobody_made_would_newly_exist(floor: Asker) -> None:
    found = replay(floor, read_policy("targets.total_resolution = 600"), ALWAYS, {}, scope=EVERYTHING)
    shown = row(found, "total_resolution")
    assert (shown.n, shown.only_recorded) == (0, 0)
    assert shown.only_b > TICKETS * 0.9


def test_a_group_may_have_its_own_target(floor: Asker) -> None:
    text = "targets.first_reply = 1\n[groups.Billing.targets]\nfirst_reply = 500000"
    found = replay(floor, read_policy(text), ALWAYS, {"group": ["11"]}, scope=EVERYTHING)
    assert row(found, "first_reply").b.value == 1
    others = replay(floor, read_policy(text), ALWAYS, {"group": ["12"]}, scope=EVERYTHING)
    assert row(others, "first_reply").b.value < 0.2


def test_other_hours_change_what_counts(floor: Asker) -> None:
    """A schedule that is never open makes every business target one that is met."""
    never = '[schedule]\nzone = "UTC"\n[schedule.hours]\nsun = "00:00-00:01"\n[targets]\nfirst_reply = 60'
    assert row(replay(floor, read_policy(never), ALWAYS, {}, scope=EVERYTHING), "first_reply").b.value == 1
    named = replay(
        floor, read_policy('schedule = "Evening desk"\n' + "targets.first_reply = 60"), ALWAYS, {}, scope=EVERYTHING
    )
    usual = replay(floor, read_policy("targets.first_reply = 60"), ALWAYS, {}, scope=EVERYTHING)
    assert row(named, "first_reply", "high").b.value != row(usual, "first_reply", "high").b.value


def test_filters_and_scope_are_those_of_the_metric(floor: Asker) -> None:
    source = next(iter(floor.publication.sources))
    for where in ({"group": ["11", f"{source}:13"]}, {"priority": ["high"], "sla_metric": ["next_reply"]},
                  {"assignee": ["none"]}, {"clock": ["business"]}, {"channel": ["email"]}):  # fmt: skip
        found = replay(floor, read_policy(RECORDED), ALWAYS, where, scope=EVERYTHING)
        (shown,) = floor.show("sla.attainment", where=where, scope=EVERYTHING).rows
        assert (row(found).n if found.rows else 0) == shown.n
    mine = Scope.of([(source, "12")])
    (shown,) = floor.show("sla.attainment", scope=mine).rows
    assert row(replay(floor, read_policy(RECORDED), ALWAYS, {}, scope=mine)).n == shown.n
    with pytest.raises(Denied):
        replay(floor, read_policy(RECORDED), ALWAYS, {}, scope=Scope.of())
    with pytest.raises(UsageError, match="no dimension"):
        replay(floor, read_policy(RECORDED), ALWAYS, {"shoe": ["1"]}, scope=EVERYTHING)


def test_above_a_limit_a_part_of_the_tickets_is_replayed_and_said_so(floor: Asker) -> None:
    seen: list[tuple[int, int]] = []
    found = replay(
        floor, read_policy(RECORDED), ALWAYS, {}, scope=EVERYTHING, most=100, progress=lambda *told: seen.append(told)
    )
    assert (found.tickets, found.tickets_of, seen[-1]) == (100, TICKETS, (100, 100))
    assert row(found).tickets <= 100


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("targets.first_reply = 1\ngroups.Nowhere.targets.first_reply = 5", "groups.Nowhere: no group"),
        ('schedule = "Night"\ntargets.first_reply = 1', "Evening desk"),
    ],
)
def test_a_group_or_schedule_that_is_unknown_is_refused(floor: Asker, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        replay(floor, read_policy(text), ALWAYS, {}, scope=EVERYTHING)


def test_what_is_decided_under_one_policy_only_is_not_compared(tmp_path: Path) -> None:
    """A ticket that waits since a day: overdue under an hour, still running under a year."""
    story: list[Happened] = [
        ("2026-03-30 00:00:00", "comment", "?", CUSTOMER),
        ("2026-03-30 00:00:00", "status", "new", CUSTOMER),
        ("2026-03-30 00:00:00", "first_reply_time", target(60), CUSTOMER),
        ("2026-03-30 00:00:00", "assignee_id", AGENTS[0], CUSTOMER),
    ]
    with asked(tmp_path, {1: ("2026-03-30 00:00:00", story)}) as ask:
        found = replay(ask, read_policy("targets.first_reply = 500000"), ALWAYS, {}, scope=EVERYTHING)
    assert (row(found).n, row(found).undecided) == (0, 1)


def test_an_edge_case_corpus_is_replayed_whole(corpus: Callable[[int], Published]) -> None:
    made = corpus(11)
    with asking(made.workspace, made.publication) as ask:
        found = replay(ask, read_policy("clock = 'calendar'\ntargets.first_reply = 60"), ALWAYS, {}, scope=EVERYTHING)
        decided = ask.show("sla.attainment", scope=EVERYTHING).rows[0].n
    total = row(found)
    assert total.n + total.only_recorded + total.undecided >= decided
    assert total.n > 0


counts = st.integers(0, 60)


@given(counts, counts, counts, counts)
def test_the_paired_interval_holds_the_difference_and_turns_with_the_sides(
    kept: int, better: int, worse: int, missed: int
) -> None:
    n = kept + better + worse + missed
    if n == 0:
        return
    a, b = wilson(kept + worse, n), wilson(kept + better, n)
    found = paired_newcombe(kept, better, worse, missed, a, b)
    turned = paired_newcombe(kept, worse, better, missed, b, a)
    assert found.low is not None and found.high is not None and turned.low is not None and turned.high is not None
    assert found.low <= (better - worse) / n + 1e-12 and found.high >= (better - worse) / n - 1e-12
    assert (-turned.high, -turned.low) == pytest.approx((found.low, found.high))
