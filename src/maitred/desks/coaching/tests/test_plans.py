"""Plans through their verbs: the goal before, what could be seen, that it stands still, and the verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.coaching import jobs, measuring
from maitred.desks.coaching.models import Plan
from maitred.desks.coaching.tests.conftest import NOW, Ask, Sign, at, goal
from maitred.desks.service_levels.tests.looking import look
from maitred.insight.goals import goals
from maitred.kit.audit.deeds import change, deed
from maitred.kit.interventions.facts import facts
from maitred.kit.interventions.models import Registered
from maitred.kit.notices.models import Notice
from maitred.kit.reading import reading
from maitred.kit.verbs import run
from maitred.kit.verbs.results import plain
from maitred.people.models import Membership
from maitred.people.tests.floor import ROOT, Floor

BEFORE = datetime(2025, 10, 30, 9, 0, tzinfo=UTC)
PAST = {"start": "2025-10-31", "follow_up": "2026-01-02"}
"""A plan of nine weeks whose days the generated log knows."""


@pytest.fixture
def then(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def draft(house: Floor, ask: Ask) -> Any:
    return ask("lead", "coaching.add_plan", **goal(house))


@pytest.fixture
def begun(house: Floor, ask: Ask, then: Callable[[datetime], None]) -> Any:
    """A plan that ran in the last nine weeks of the log; the clock stands at its end."""
    then(BEFORE)
    made = ask("lead", "coaching.add_plan", **goal(house, **PAST))
    made = ask("lead", "coaching.begin_plan", plan=made.id, version=made.version)
    then(NOW)
    return made


def test_a_draft_says_what_could_be_seen_before_it_begins(house: Floor, ask: Ask) -> None:
    given = {name: one for name, one in goal(house).items() if name != "goal"}
    seen = ask("lead", "coaching.preview_plan", **given)
    assert not Plan._base_manager.exists()
    assert seen.usual is not None and seen.usual > 0
    assert (seen.others, seen.bucket, seen.reason) == (4, "week", "")
    assert seen.smallest_seen is not None
    assert seen.seen == (seen.smallest_seen <= 0.15)
    picked = {"selected_on": "worst_of", "selected_from": "2025-12-01", "selected_to": "2025-12-31"}
    worst = ask("lead", "coaching.preview_plan", **{**given, **picked})
    assert (worst.smallest_seen, worst.seen, worst.reason) == (None, False, "regression_to_the_mean")


def test_the_same_question_gives_the_same_answer_to_everybody(house: Floor, ask: Ask, draft: Any) -> None:
    told = [ask(name, "coaching.foresee", plan=draft.id) for name in ("lead", "agent", "manager")]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("metric", {"metric": "no.such_metric"}),
        ("metric", {"metric": "nps"}),
        ("metric", {"metric": "arrivals"}),
        ("metric", {"metric": "transfer_rate.out"}),
        ("follow_up", {"follow_up": "2026-01-06"}),
        ("follow_up", {"follow_up": "2025-12-01"}),
        ("follow_up", {"follow_up": "2028-01-01"}),
        ("smallest_effect", {"smallest_effect": 0}),
        ("smallest_effect", {"smallest_effect": 15}),
        ("selected_from", {"selected_on": "worst_of"}),
        ("selected_to", {"selected_on": "worst_of", "selected_from": "2025-12-31", "selected_to": "2025-12-01"}),
        ("selected_to", {"selected_on": "worst_of", "selected_from": "2025-12-01", "selected_to": "2026-01-06"}),
        ("selected_on", {"selected_on": "because"}),
        ("goal", {"goal": "  "}),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(house: Floor, ask: Ask, field: str, changed: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        ask("lead", "coaching.add_plan", **goal(house, **changed))
    assert [one["field"] for one in refused.value.errors] == [field]
    assert not Plan._base_manager.exists()


def test_nobody_plans_for_themselves_a_leaver_or_somebody_elses_people(house: Floor, ask: Ask) -> None:
    with deed(ROOT, "tests.leave"):
        change(house.people["mate"], None, left_on=date(2026, 1, 4))
    for name, person, kind in (
        ("lead", "lead", Invalid), ("lead", "mate", Invalid), ("lead", "other", NotFound), ("agent", "mate", Denied),
        ("executive", "agent", Denied),
    ):  # fmt: skip
        with pytest.raises(kind):
            ask(name, "coaching.add_plan", **goal(house, person=house.people[person].pk))


def test_a_plan_that_begins_is_an_intervention_and_its_goal_stands_still(house: Floor, ask: Ask, draft: Any) -> None:
    changed = ask("lead", "coaching.change_plan", plan=draft.id, version=1, smallest_effect=0.2)
    assert changed.smallest_effect == 0.2
    begun = ask("lead", "coaching.begin_plan", plan=draft.id, version=2)
    assert (begun.state, begun.foreseen.publication) == ("running", 1)
    row = Registered._base_manager.get()
    assert (row.kind, row.desk, row.units) == ("coaching", "coaching", [f"person:{house.people['agent'].pk}"])
    assert (row.metric, row.direction, row.selected_on) == ("frt.business_all#1", "down", "volume")
    assert float(row.smallest_effect) == pytest.approx(0.2 * begun.foreseen.usual)
    assert "hour" not in row.what
    assert facts().num_rows == 1
    for given in ({"metric": "csat.rate@solver"}, {"smallest_effect": 0.01}, {"follow_up": "2026-06-01"}):
        with pytest.raises(Conflict, match="stands since it began"):
            ask("lead", "coaching.change_plan", plan=draft.id, version=begun.version, **given)
    with pytest.raises(Conflict, match="runs for the same person"):
        again = ask("lead", "coaching.add_plan", **goal(house))
        ask("lead", "coaching.begin_plan", plan=again.id, version=1)


def test_a_start_that_has_passed_is_no_start(ask: Ask, draft: Any, later: Callable[[timedelta], None]) -> None:
    later(timedelta(days=3))
    with pytest.raises(Invalid, match="start has passed"):
        ask("lead", "coaching.begin_plan", plan=draft.id, version=1)


def test_executives_do_not_learn_whom_somebody_coaches(house: Floor, ask: Ask, draft: Any) -> None:
    ask("lead", "coaching.begin_plan", plan=draft.id, version=1)
    assert ask("executive", "interventions.list_interventions").items == ()
    assert [one.kind for one in ask("manager", "interventions.list_interventions").items] == ["coaching"]


def test_nobody_judges_early(ask: Ask, draft: Any, later: Callable[[timedelta], None]) -> None:
    ask("lead", "coaching.begin_plan", plan=draft.id, version=1)
    later(timedelta(days=20))
    assert not ask("lead", "coaching.show_plan", plan=draft.id).due
    with pytest.raises(Conflict, match="looking early"):
        ask("lead", "coaching.conclude_plan", plan=draft.id, version=2)


def test_the_follow_up_has_verdict_interval_n_and_what_could_be_seen(house: Floor, ask: Ask, begun: Any) -> None:
    assert begun.state == "running" and ask("lead", "coaching.show_plan", plan=begun.id).due
    done = ask("lead", "coaching.conclude_plan", plan=begun.id, version=begun.version)
    found = done.verdict
    assert found.verdict in ("worked", "did_not", "cannot_tell")
    assert found.effect is not None and found.low < found.effect < found.high
    assert found.smallest_seen > 0
    users = [f"assignee=demo:{own}" for own in (1001, *range(1006, 1015))]
    asked = {"start": PAST["start"], "end": "2026-01-01", "where": users, "part": "ended", "zone": _zone(), "limit": 0}
    assert found.n == run("metrics.tickets", ROOT, {"metric": "frt.business_all", **asked}).total
    assert done.state == "concluded" and not done.due
    assert Registered._base_manager.get().end is not None
    with pytest.raises(Conflict):
        ask("lead", "coaching.conclude_plan", plan=begun.id, version=done.version)


def test_the_worst_are_not_said_to_be_helped_without_others(
    house: Floor, ask: Ask, then: Callable[[datetime], None]
) -> None:
    then(BEFORE)
    picked = {"selected_on": "worst_of", "selected_from": "2025-10-01", "selected_to": "2025-10-28"}
    made = ask("lead", "coaching.add_plan", **goal(house, **PAST, **picked))
    made = ask("lead", "coaching.begin_plan", plan=made.id, version=1)
    then(NOW)
    done = ask("lead", "coaching.conclude_plan", plan=made.id, version=made.version)
    assert (done.verdict.verdict, done.verdict.reason) == ("cannot_tell", "regression_to_the_mean")


def test_the_way_is_that_of_the_metric_before_and_after(ask: Ask, begun: Any) -> None:
    found = ask("agent", "coaching.way", plan=begun.id)
    assert found.bucket == "week"
    assert sum(one.after for one in found.buckets) == 9
    assert [one.first for one in found.buckets] == sorted(one.first for one in found.buckets)
    assert all(one.others is None for one in found.buckets)  # fewer than five others


def test_those_above_see_metric_and_verdict_and_not_what_was_said(house: Floor, ask: Ask, begun: Any) -> None:
    ask("lead", "coaching.add_step", plan=begun.id, what="a private step", due=at(7))
    seen = ask("manager", "coaching.show_plan", plan=begun.id)
    assert (seen.metric, seen.goal, seen.steps, seen.yours) == ("frt.business_all#1", "", (), False)
    assert "within the hour" not in json.dumps(plain(ask("manager", "coaching.plans")))
    mine = ask("agent", "coaching.show_plan", plan=begun.id)
    assert (mine.goal, [one.what for one in mine.steps]) == ("first replies within the hour", ["a private step"])
    for verb, given in (("give_up_plan", {"reason": "x"}), ("conclude_plan", {})):
        for name in ("manager", "agent"):
            with pytest.raises(Denied):
                ask(name, f"coaching.{verb}", plan=begun.id, version=begun.version, **given)


@pytest.mark.parametrize("name", ["mate", "lead2", "other", "executive", "admin", "auditor", "partner"])
def test_strangers_do_not_learn_of_a_plan(ask: Ask, draft: Any, name: str) -> None:
    for verb in ("show_plan", "foresee", "way"):
        with pytest.raises((NotFound, Denied)):
            ask(name, f"coaching.{verb}", plan=draft.id)


def test_a_plan_is_given_up_with_a_reason_and_has_no_verdict(ask: Ask, begun: Any) -> None:
    done = ask("lead", "coaching.give_up_plan", plan=begun.id, version=begun.version, reason="another team")
    assert (done.state, done.why, done.verdict) == ("given_up", "another team", None)
    with pytest.raises(Conflict):
        ask("lead", "coaching.add_step", plan=begun.id, what="x", due=at(7))


def test_a_pair_that_is_none_any_more_begins_nothing(house: Floor, ask: Ask, draft: Any) -> None:
    held = Membership._base_manager.get(person=house.people["agent"], valid_to__isnull=True)
    with deed(ROOT, "tests.move"):
        change(held, None, team=house.teams["Technical"])
    with pytest.raises(Conflict, match="does not lead"):
        ask("lead", "coaching.begin_plan", plan=draft.id, version=1)


def test_a_lead_is_told_once_that_a_follow_up_is_due(ask: Ask, begun: Any) -> None:
    work: Any = SimpleNamespace(deed=lambda verb: deed(ROOT, verb))
    jobs.remind(work)
    jobs.remind(work)
    assert [(one.account.username, one.url) for one in Notice._base_manager.select_related("account")] == [
        ("lead", f"/coaching/plan/{begun.id}/")
    ]
    (row,) = [one for one in ask("lead", "coaching.people").people if one.due]
    assert row.running == 1


def test_a_plan_that_is_due_stands_on_the_start_page_of_its_lead_alone(begun: Any, sign: Sign) -> None:
    for who in ("lead", "manager", "agent", "executive"):
        seen = look(sign(who), "/")
        tasks = [one.get("data-task") for one in seen.all("//section[@id='coaching-due']//li")]
        assert tasks == ([f"plan:{begun.id}"] if who == "lead" else []), who


def test_whoever_is_coached_for_the_same_is_nobody_to_compare_with(house: Floor, ask: Ask, draft: Any) -> None:
    wanted = measuring.of_plan(Plan._base_manager.select_related("team__parent").get(pk=draft.id))
    before = measuring.others(wanted)
    made = ask("lead", "coaching.add_plan", **goal(house, person=house.people["mate"].pk))
    ask("lead", "coaching.begin_plan", plan=made.id, version=1)
    assert set(before) - set(measuring.others(wanted)) == {house.people["mate"].pk}


def test_only_metrics_told_for_one_person_are_offered() -> None:
    offered = goals()
    assert "frt.business_all#1" in [one.id for one in offered]
    assert all("assignee" in one.dimensions and one.direction for one in offered)


def _zone() -> str:
    with reading() as found:
        return found.zone.key
