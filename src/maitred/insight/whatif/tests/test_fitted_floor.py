"""One small organisation from its history to an answer: fit, backtest, what-if, and when there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pytest

from maitred.floor.fitted import FittedWorld, drawn, with_values
from maitred.insight.whatif import (
    Backtest,
    History,
    NotEnoughData,
    Refused,
    WhatIf,
    backtest,
    charts,
    fit,
    history_of,
    what_if,
)
from maitred.insight.whatif.history import emptied
from maitred.insight.whatif.levers import Effort, People, Routing, Targets, Volume
from maitred.insight.whatif.tests.support import end_of, history, small

WORLD = small(7, weeks=24, load=0.85)


@pytest.fixture(scope="module")
def told() -> History:
    return history(WORLD)


@pytest.fixture(scope="module")
def tested(told: History) -> Backtest:
    found = backtest(told, replications=12, workers=1)
    assert isinstance(found, Backtest)
    return found


@pytest.fixture(scope="module")
def fitted(told: History) -> FittedWorld:
    found = fit(told)
    assert isinstance(found, FittedWorld)
    return found


def test_a_fit_finds_volume_work_routing_and_shifts(fitted: FittedWorld) -> None:
    assert fitted.effort == "measured"
    assert [one.policy for one in fitted.routing] == ["sla_due", "sla_due"]
    assert all(one.explained > 0.9 for one in fitted.routing)
    assert sum(one.weekly for one in fitted.world.classes) == pytest.approx(
        sum(one.weekly for one in WORLD.classes), rel=0.05
    )
    for mine, true in zip(fitted.world.agents, WORLD.agents, strict=True):
        assert set(mine.shifts) == set(true.shifts)
        assert mine.groups == true.groups


def test_every_parameter_says_how_it_was_got(fitted: FittedWorld) -> None:
    for one in fitted.parameters:
        assert one.low <= one.value <= one.high, one
        assert one.how in ("counted", "measured", "estimated", "tuned", "assumed", "told")
    document = orjson.loads(orjson.dumps(fitted.document()))
    assert {"parameters", "routing", "effort", "notes"} <= document.keys()


def test_without_handling_times_effort_is_estimated_and_says_so(told: History, fitted: FittedWorld) -> None:
    blind = fit(emptied(told, "time_entries", "calls", "engagements"))
    assert isinstance(blind, FittedWorld)
    assert blind.effort == "estimated"
    assert any("estimated" in note for note in blind.notes)
    assert {one.how for one in blind.parameters if one.name == "effort_median"} == {"estimated"}
    for mine, seen in zip(blind.world.classes, fitted.world.classes, strict=True):
        assert mine.effort_median == pytest.approx(seen.effort_median, rel=0.2)


@pytest.mark.slow
@pytest.mark.long
def test_a_fit_knows_nothing_of_what_happened_later(told: History) -> None:
    until = end_of(WORLD) - timedelta(weeks=8)
    whole = fit(told, until=until)
    cut = {name: getattr(told, name) for name in ("tickets", "ticket_events", "messages", "time_entries")}
    columns = {
        "tickets": "created_at",
        "ticket_events": "occurred_at",
        "messages": "sent_at",
        "time_entries": "executed_at",
    }
    early = {
        name: table.filter(np.array([value < until for value in table[columns[name]].to_pylist()]))
        for name, table in cut.items()
    }
    assert fit(replace(told, **early, as_of=until)) == whole


def test_eight_weeks_are_needed(told: History) -> None:
    found = fit(told, until=end_of(WORLD) - timedelta(weeks=19))
    assert isinstance(found, NotEnoughData)
    assert found.needed == 8 and found.n < 8
    short = backtest(told, at_change=end_of(WORLD) - timedelta(weeks=19))
    assert isinstance(short, NotEnoughData)


def test_an_empty_workspace_has_not_enough_data() -> None:
    nothing = history_of(lambda table, columns: None, as_of=datetime(2025, 6, 1, tzinfo=UTC))
    assert isinstance(fit(nothing), NotEnoughData)
    assert isinstance(backtest(nothing), NotEnoughData)


def test_the_floor_tells_weeks_it_has_not_seen(tested: Backtest) -> None:
    total = tested.queue("total")
    assert total.verdict in ("calibrated", "not_calibrated")
    inside, known = (sum(part) for part in zip(*(one.inside_90() for one in total.bands[:2]), strict=True))
    assert known == 16 and inside >= 10
    assert total.lines[2].passed, "the backlog is within a fifth"
    assert tested.fitted.last == tested.first - timedelta(days=1)


def test_a_backtest_is_a_plain_value_with_charts(tested: Backtest) -> None:
    document = orjson.loads(orjson.dumps(tested.document()))
    assert [one["queue"] for one in document["conditional"]] == ["Support", "Billing", "total"]
    assert len(document["charts"]) == 3 * 6
    for one in charts(tested, ("conditional", "full")):
        assert len(one.weeks) == len(one.actual) == len(one.low) == 8


@pytest.mark.slow
@pytest.mark.long
def test_replications_do_not_depend_on_who_ran_them(told: History, tested: Backtest) -> None:
    again = backtest(told, replications=12, workers=2)
    assert isinstance(again, Backtest)
    assert orjson.dumps(again.document()) == orjson.dumps(tested.document())


def passed(tested: Backtest) -> Backtest:
    """The same backtest with all queues through the gate, for what comes after it."""
    return replace(
        tested, conditional=tuple(replace(one, verdict="calibrated", failing="") for one in tested.conditional)
    )


def answer(fitted: FittedWorld, told: History, tested: Backtest, change: object, replications: int = 6) -> WhatIf:
    found = what_if(
        *(fitted, change),  # type: ignore[arg-type]
        history=told,
        backtest=passed(tested),
        weeks=4,
        replications=replications,
        draws=3,
        workers=1,
    )
    assert isinstance(found, WhatIf)
    return found


def test_a_change_that_changes_nothing_has_no_effect_at_all(
    fitted: FittedWorld, told: History, tested: Backtest
) -> None:
    same = answer(fitted, told, tested, Routing("Support", "sla_due"))
    for effect in same.effects:
        assert all(one.difference == 0.0 or np.isnan(one.difference) for one in effect.differences)
    assert not same.extrapolated


def test_more_people_answer_sooner_and_only_there(fitted: FittedWorld, told: History, tested: Backtest) -> None:
    more = answer(fitted, told, tested, People("Support", 2))
    assert more.queue("Support").of("median").high < 0
    assert more.queue("Support").of("occupancy").difference < -0.05
    assert abs(more.queue("Billing").of("median").difference) < abs(more.queue("Support").of("median").difference)
    assert orjson.dumps(more.document())


def test_beyond_thirty_percent_an_answer_is_extrapolated(fitted: FittedWorld, told: History, tested: Backtest) -> None:
    assert answer(fitted, told, tested, Volume(0.6), 4).extrapolated
    assert not answer(fitted, told, tested, Effort(0.9, "Support"), 4).extrapolated


def test_a_laxer_target_is_also_measured_by_the_laxer_target(
    fitted: FittedWorld, told: History, tested: Backtest
) -> None:
    lax = answer(fitted, told, tested, Targets("Support", 1.3), 4)
    assert lax.queue("Support").of("sla").difference >= 0


def test_a_queue_that_failed_answers_with_what_failed(fitted: FittedWorld, told: History, tested: Backtest) -> None:
    failed = replace(
        tested,
        conditional=tuple(
            replace(one, verdict="not_calibrated", failing="backlog_wape", helps=("a roster",))
            for one in tested.conditional
        ),
    )
    found = what_if(fitted, People("Support", 1), history=told, backtest=failed)
    assert found == Refused("Support", "backlog_wape", ("a roster",))
    assert what_if(fitted, Volume(1.1), history=told, backtest=failed) == Refused(
        "total", "backlog_wape", ("a roster",)
    )


def test_an_old_backtest_opens_nothing(fitted: FittedWorld, told: History, tested: Backtest) -> None:
    late = fitted.last + timedelta(days=30)
    found = what_if(fitted, People("Support", 1), history=told, backtest=passed(tested), today=late)
    assert isinstance(found, Refused)
    assert found.verdict == "expired"


def test_parameter_draws_spread_as_wide_as_their_intervals(fitted: FittedWorld) -> None:
    one = next(parameter for parameter in fitted.parameters if parameter.name == "weekly")
    values = [drawn(fitted, number).world.classes[0].weekly for number in range(1, 200)]
    assert drawn(fitted, 0) is fitted
    assert np.std(values) == pytest.approx((one.high - one.low) / (2 * 1.96), rel=0.2)
    moved = with_values(fitted, {(one.of, "weekly"): 1.0})
    assert moved.world.classes[0].weekly == 1.0
