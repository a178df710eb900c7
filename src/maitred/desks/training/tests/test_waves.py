"""Waves through their verbs: power before, lots that are kept, who is refused, what is registered, and the verdict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.service_levels.tests.looking import look
from maitred.desks.training.models import Assignment, CourseEdition, Wave, WavePlan
from maitred.desks.training.sections import section
from maitred.desks.training.tests.conftest import NOW, Ask, Sign, published
from maitred.desks.training.waves.jobs import waves as assign_waves
from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import change, create, deed
from maitred.kit.documents.contributions import Asked
from maitred.kit.interventions.facts import facts
from maitred.kit.interventions.models import Registered
from maitred.kit.notices.models import Notice
from maitred.people.models import HelpdeskIdentity, Membership, Person
from maitred.people.tests.floor import ROOT, Floor

THEN = datetime(2025, 7, 6, 9, 0, tzinfo=UTC)
START = "2025-07-07"
Team = list[int]


@pytest.fixture
def then(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def team(house: Floor, home: Any) -> Team:
    """Ten people of two teams whom the lead leads, each with a user of the helpdesk."""
    made = []
    with deed(ROOT, "tests.team"):
        for place in range(10):
            person = create(Person, name=f"Person {place:02d}")
            where = house.teams["Billing" if place < 6 else "Orders"]
            create(Membership, person=person, team=where, valid_from=NOW - timedelta(days=700))
            create(HelpdeskIdentity, person=person, source_id="demo", external_id=str(1010 + place))
            made.append(person.pk)
    return made


@pytest.fixture
def taught(ask: Ask, team: Team, then: Callable[[datetime], None]) -> Any:
    """A course; the clock stands before the first wave."""
    then(THEN)
    return published(ask, "Refunds", opens_on="2025-06-01", closes_on="2026-06-30")


def given(taught: Any, team: Team, **changed: Any) -> dict[str, Any]:
    return {
        "course": taught.course.id, "people": team, "metric": "frt.business_all", "smallest_effect": 0.3,
        "start": START, "selected_on": "other", "weeks": 12, "settle": 2, "waves": 2, "seed": 7, **changed,
    }  # fmt: skip


@pytest.fixture
def running(ask: Ask, taught: Any, team: Team) -> Any:
    made = ask("lead", "training.plan_waves", **given(taught, team))
    return ask("lead", "training.schedule_waves", plan=made.id, version=made.version, knowing=True)


def test_a_preview_shows_the_lots_and_what_could_be_seen_and_writes_nothing(
    ask: Ask, taught: Any, team: Team
) -> None:  # fmt: skip
    seen = ask("lead", "training.preview_waves", **given(taught, team))
    assert not WavePlan._base_manager.exists()
    assert [len(one.people) for one in seen.waves] == [5, 5]
    assert sorted(each.person for one in seen.waves for each in one.people) == sorted(team)
    assert [sum(each.team_name == "Billing" for each in one.people) for one in seen.waves] == [3, 3]
    assert [one.start.isoformat() for one in seen.waves] == [START, "2025-09-29"]
    assert seen.waves[0].due_on == date(2025, 7, 20)
    power = seen.power
    assert (power.metric, power.basis, power.treated, power.beside) == ("frt.business_all#1", "replayed", 5, 5)
    assert power.smallest_seen is not None and power.usual is not None and power.usual > 0
    assert power.seen is (power.smallest_seen <= 0.3)
    assert ask("lead", "training.preview_waves", **given(taught, team)) == seen
    other = ask("lead", "training.preview_waves", **given(taught, team, seed=8))
    assert other.waves != seen.waves


def test_nothing_is_scheduled_that_cannot_be_seen_unless_somebody_says_so(ask: Ask, taught: Any, team: Team) -> None:
    made = ask("lead", "training.plan_waves", **given(taught, team, smallest_effect=0.001))
    assert made.power is not None and not made.power.seen
    with pytest.raises(Conflict, match="with 10 people and 12 weeks only a change of"):
        ask("lead", "training.schedule_waves", plan=made.id, version=made.version)
    assert not Registered._base_manager.exists()
    done = ask("lead", "training.schedule_waves", plan=made.id, version=made.version, knowing=True)
    assert (done.state, done.knowing) == ("running", True)


@pytest.mark.parametrize(
    ("field", "changed", "said"),
    [
        ("waves", {"waves": 6}, "leave a wave with fewer than two people"),
        ("metric", {"metric": "arrivals"}, "cannot be the goal of one person"),
        ("smallest_effect", {"smallest_effect": 5}, "share below 1"),
        ("settle", {"settle": 8, "weeks": 8}, "wait longer"),
        ("start", {"start": "2025-07-01"}, "has passed"),
        ("start", {"start": "2026-06-01"}, "start earlier"),
        ("selected_from", {"selected_on": "worst_of"}, "of which days"),
        ("selected_to", {"selected_on": "worst_of", "selected_from": "2025-06-01", "selected_to": START}, "before"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(
    ask: Ask, taught: Any, team: Team, field: str, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ask("lead", "training.preview_waves", **given(taught, team, **changed))
    assert [one["field"] for one in refused.value.errors] == [field]
    assert said in refused.value.errors[0]["message"]


def test_who_cannot_be_in_a_wave_is_named(house: Floor, ask: Ask, taught: Any, team: Team) -> None:
    def refused(people: Team) -> str:
        with pytest.raises(Invalid) as error:
            ask("lead", "training.preview_waves", **given(taught, people))
        return str(error.value.errors[0]["message"])

    with deed(ROOT, "tests.move"):
        left = Person._base_manager.get(pk=team[0])
        change(left, None, left_on=date(2025, 7, 1))
        create(Membership, person_id=team[1], team=house.teams["Orders"], valid_from=THEN - timedelta(days=9))
    assert refused(team) == "Person 00 left on 2025-07-01: leave them out"
    assert refused(team[1:]) == (
        "Person 01 is in 2 teams, Billing and Orders: lots are drawn within one team, so leave them out"
    )
    assert "nobody gives a course to themselves" in refused([*team[2:], house.people["lead"].pk])
    ask("lead", "training.assign", course=taught.course.id, people=team[2:3], due_on="2025-08-01")
    assert refused(team[2:]) == "Person 02 has Refunds already, so there is no before: leave them out"
    with pytest.raises(NotFound):
        ask("lead", "training.preview_waves", **given(taught, [*team[3:], house.people["other"].pk]))
    without = ask("lead", "training.add_course", title="Undated", minutes=5, text="x")
    ask("lead", "training.publish_course", course=without.course.id, version=without.edition_version)
    with pytest.raises(Invalid, match="Undated has no dates"):
        ask("lead", "training.preview_waves", **given(taught, team[3:], course=without.course.id))


def test_waves_are_for_those_who_lead_the_people_in_them(ask: Ask, taught: Any, team: Team, running: Any) -> None:
    for name in ("agent", "executive", "admin"):
        with pytest.raises(Denied):
            ask(name, "training.wave_plans")
    assert [one.id for one in ask("manager", "training.wave_plans").items] == [running.id]
    with pytest.raises(NotFound):
        ask("lead2", "training.show_wave_plan", plan=running.id)
    with pytest.raises(Denied):
        ask("manager", "training.give_up_waves", plan=running.id, version=running.version, reason="so")
    assert ask("executive", "interventions.list_interventions").items == ()


def test_a_scheduled_wave_is_an_intervention_with_its_units(ask: Ask, running: Any, team: Team) -> None:
    rows = facts().to_pylist()
    assert [(one["kind"], one["desk"], one["wave"]) for one in rows] == [("course", "training", 1),
                                                                        ("course", "training", 2)]  # fmt: skip
    units = [unit for one in rows for unit in one["units"]]
    assert sorted(units) == sorted(f"person:{one}" for one in team)
    assert (running.state, running.power.metric) == ("running", "frt.business_all#1")
    with pytest.raises(Conflict):
        ask("lead", "training.schedule_waves", plan=running.id, version=running.version)
    other = published(ask, "Tone", opens_on="2025-06-01", closes_on="2026-06-30")
    with pytest.raises(Invalid, match="is in waves of Refunds"):
        ask("lead", "training.preview_waves", **given(other, team))


def test_each_wave_gets_its_course_on_its_day_and_not_before(
    ask: Ask, running: Any, then: Callable[[datetime], None]
) -> None:  # fmt: skip
    _worked()
    assert not Assignment._base_manager.exists()
    then(THEN + timedelta(days=1))
    _worked()
    _worked()
    first = Wave._base_manager.get(number=1)
    assert Assignment._base_manager.filter(batch=first.batch, due_on=date(2025, 7, 20)).count() == 5
    assert Assignment._base_manager.count() == 5
    then(NOW)
    _worked()
    _worked()
    assert Assignment._base_manager.count() == 10
    assert [one.assigned for one in ask("lead", "training.show_wave_plan", plan=running.id).waves] == [True, True]
    told = [one for one in Notice._base_manager.all() if "can be judged now" in one.text]
    assert len(told) == 1


def test_a_verdict_comes_after_its_weeks_and_never_changes(
    ask: Ask, running: Any, then: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    then(NOW)
    shown = ask("lead", "training.show_wave_plan", plan=running.id)
    assert shown.due
    done = ask("lead", "training.judge_waves", plan=running.id, version=running.version)
    told = done.result
    assert told is not None
    assert told.verdict in ("no_real_change", "cannot_tell", "improved", "worse")
    assert (told.design, told.treated, told.beside, told.metric) == ("did", 5, 5, "frt.business_all#1")
    assert told.low is not None and told.high is not None and told.effect is not None
    assert told.low < told.effect < told.high
    assert told.n > 50 < told.n_before
    assert told.smallest_seen is not None and told.checks is not None and told.checks.lots_as_large is not None
    assert told.publication == 1
    assert ask("lead", "training.show_wave_plan", plan=running.id).result == told
    with pytest.raises(Conflict):
        ask("lead", "training.judge_waves", plan=running.id, version=done.version)
    assert all(one.end is not None for one in Registered._base_manager.all())
    way = ask("lead", "training.wave_way", plan=running.id)
    assert sum(one.after for one in way.stretches) * way.days == 12 * 7
    assert any(one.own is not None and one.own > 0 for one in way.stretches)


def test_what_can_be_judged_stands_on_the_start_page_of_those_who_lead_and_in_reports_only_as_counts(
    ask: Ask, running: Any, team: Team, sign: Sign, then: Callable[[datetime], None]
) -> None:  # fmt: skip
    then(NOW)
    for who in ("lead", "agent", "lead2", "executive"):
        seen = look(sign(who), "/")
        tasks = [one.get("data-task") for one in seen.all("//section[@id='training-due']//li")]
        assert tasks == ([f"wave-plan:{running.id}"] if who == "lead" else []), who
    asked = Asked(operator("tests"), 1, NOW.date(), "UTC")
    assert section(asked) is None
    told = ask("lead", "training.judge_waves", plan=running.id, version=running.version).result
    assert told is not None
    edition = CourseEdition._base_manager.get()
    for place in range(5):
        with deed(ROOT, "tests.completed"):
            create(Assignment, course=edition.course, edition=edition, person_id=team[place], batch="b",
                   due_on=NOW.date(), state="completed", completed_at=NOW, closed_at=NOW)  # fmt: skip
        if place == 3:
            few = section(asked)
            assert few is not None and len(few.blocks) == 1
    made = section(asked)
    assert made is not None
    first, second = [str(getattr(one, "text", "")) for one in made.blocks]
    assert first.startswith("5 people completed 5 courses in four weeks.")
    assert second.startswith("1 course in waves was judged in thirteen weeks: ")
    assert not any(f"Person {place:02d}" in first + second for place in range(10))


def test_looking_early_is_refused(ask: Ask, taught: Any, team: Team, then: Callable[[datetime], None]) -> None:
    then(NOW)
    made = ask("lead", "training.plan_waves", **given(taught, team, start="2026-01-06"))
    made = ask("lead", "training.schedule_waves", plan=made.id, version=made.version, knowing=True)
    with pytest.raises(Conflict, match="can be judged from 2026-03-31 on, and the data end on 2026-01-0"):
        ask("lead", "training.judge_waves", plan=made.id, version=made.version)
    given_up = ask("lead", "training.give_up_waves", plan=made.id, version=made.version, reason="the product changed")
    assert (given_up.state, given_up.why, given_up.result) == ("given_up", "the product changed", None)


def test_the_worst_of_some_days_are_recorded_as_chosen_so(ask: Ask, taught: Any, team: Team) -> None:
    picked = {"selected_on": "worst_of", "selected_from": "2025-06-01", "selected_to": "2025-06-30"}
    made = ask("lead", "training.plan_waves", **given(taught, team, **picked))
    ask("lead", "training.schedule_waves", plan=made.id, version=made.version, knowing=True)
    found = {(one.selected_on, one.selected_period) for one in Registered._base_manager.all()}
    assert found == {("worst_of", "2025-06-01..2025-06-30")}


def _worked() -> None:
    """Does the worker's daily round."""
    work: Any = SimpleNamespace(deed=lambda verb: deed(ROOT, verb), actor=ROOT)
    assign_waves(work)
