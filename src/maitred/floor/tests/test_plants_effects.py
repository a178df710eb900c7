"""What is planted can be measured: the paired difference is clear of its standard error, of right sign and size."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maitred.floor import plants as p
from maitred.floor.plants import Planted
from maitred.floor.plants.faults import Fault
from maitred.floor.run import run
from maitred.floor.tests.planting import FIRST, MIDDLE, effect_of, floor
from maitred.floor.truth import effects
from maitred.floor.world import Span

END = MIDDLE + timedelta(days=14)


@dataclass(frozen=True)
class Case:
    """A plant, the figure that it moves, the sign, and where theory gives it the size."""

    plant: Planted
    metric: str
    sign: int
    size: float | None = None
    within: float = 0.25

    def __str__(self) -> str:
        return f"{type(self.plant).__name__} {self.metric}"


DAYS_LEFT = 21.0
RETURNS, LATES, CRASHES, SLOW = 210.0, 190.0, 200.0, 120.0
FAST = (
    Case(p.TopicSurge("t", "orders/return", MIDDLE, volume=1.5), "arrivals#1", 1, 1.5 * RETURNS * 3, 0.12),
    Case(p.NewTopic("n", "technical/loop", "technical/slow", MIDDLE, weekly=60.0), "arrivals#1", 1, 180.0, 0.15),
    Case(p.AgentChange("a", "p5", MIDDLE, quality=-2.0), "reopen_rate.transitions#1", 1),
    Case(p.MacroPublished("m", "orders/return", MIDDLE, effort=-0.5, success=-1.8), "reopen_rate.transitions#1", 1),
    Case(p.BotChange("b", "bot", MIDDLE, wrong=0.5), "durable_resolution.bot#1", -1, -0.4, 0.25),
    Case(p.Understaffed("u", "Devices", MIDDLE, share=0.25), "frt.calendar#1", 1),
    Case(p.HiddenPile("h", MIDDLE, agent="p5", share=0.4), "truth.parked", 1),
    Case(p.Seasonality("s", "orders/return", (0.5,) * 12), "arrivals#1", -1, -0.5 * RETURNS * 12 / 7, 0.15),
)
SLOWER = (
    Case(
        p.Outage("o", "technical/app_crash", MIDDLE.replace(hour=9), hours=6, volume=9.0, shape="step"), "arrivals#1", 1
    ),
    Case(p.Release("r", "technical", MIDDLE, days=14, volume=1.0), "arrivals#1", 1),
    Case(p.AgentChange("a", "p5", MIDDLE, speed=0.6), "solved#1", -1),
    Case(p.AgentChange("a", "p5", MIDDLE, quality=-2.0), "csat.rate@at_solve#1", -1),
    Case(p.Ramp("r", "p5", MIDDLE, weeks=6, speed=0.9), "solved#1", -1),
    Case(p.Burnout("b", "p5", MIDDLE, weeks=2, quality=-2.0), "reopen_rate.transitions#1", 1),
    Case(p.Training("t", ("p1", "p2"), (MIDDLE,), effort=-0.3), "truth.effort", -1),
    Case(p.Training("t", ("p5", "p6"), (MIDDLE,), quality=1.5), "reopen_rate.transitions#1", -1),
    Case(p.Coaching("c", MIDDLE, "p5", quality=1.5), "reopen_rate.transitions#1", -1),
    Case(p.MacroPublished("m", "orders/return", MIDDLE, effort=-0.5, success=-1.8), "truth.effort", -1),
    Case(p.RoutingChange("r", "Devices", MIDDLE, "pull_pick", pick_bias=3.0), "frt.calendar#1", -1),
    Case(p.PolicyChange("c", "Orders", MIDDLE, pending=0.8), "rwt.calendar#1", -1),
    Case(p.BotChange("b", "bot", MIDDLE, containment=0.9), "handoff_rate#1", -1, -0.4, 0.2),
    Case(p.MassLeave("l", "Devices", MIDDLE, END, share=0.5), "backlog#1", 1),
    Case(p.Attrition("g", MIDDLE, ("p5",)), "solved#1", -1),
    Case(p.NewHires("h", "Devices", FIRST, count=1, ramp_weeks=2), "frt.calendar#1", -1),
    Case(p.AtRiskAccount("k", 4, MIDDLE, weekly=20.0), "arrivals#1", 1, 30.0, 0.3),
    Case(p.ChurnDriver("d", FIRST, hazard=2.0), "truth.churned", 1),
    Case(p.ClockGaming("g", "p5", MIDDLE, share=0.9), "rwt.calendar#1", -1),
    Case(p.CherryPicking("y", "p5", MIDDLE, picks=3.0), "truth.effort", -1),
    Case(p.SurveySteering("v", "p1", FIRST, share=0.9), "csat.rate@at_solve#1", 1),
    Case(p.Reassignment("x", "Orders", MIDDLE, share=0.4), "transfer_rate.out#1", 1),
    Case(p.DataFault("f", "missing_days", MIDDLE, END), "truth.records", -1),
    Case(p.DataFault("f", "duplicated_events", MIDDLE, END, share=0.1), "truth.records", 1),
    Case(p.DataFault("f", "deleted_users", MIDDLE, share=0.1), "truth.records", 1),
    Case(p.SmallN("s", "p1"), "solved#1", -1),
    Case(p.PartTimers("s", ("p1",)), "solved#1", -1),
    Case(p.Holidays("s", MIDDLE, 2), "arrivals#1", -1),
    Case(p.HoursChange("w", "Office", MIDDLE, tuple(Span(day, 660, 900) for day in range(5))), "frt.calendar#1", 1),
)


def measurable(case: Case, replications: int) -> None:
    effect = effect_of(case.plant, replications)[case.metric]
    assert effect.replications == replications
    assert case.sign * effect.difference > 3 * effect.standard_error, effect
    if case.size is not None:
        slack = 3 * effect.standard_error + case.within * abs(case.size)
        assert math.isclose(effect.difference, case.size, abs_tol=slack), effect


@pytest.mark.parametrize("case", FAST, ids=str)
def test_a_planted_effect_is_measured(case: Case) -> None:
    measurable(case, 5)


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOWER, ids=str)
def test_every_kind_of_planted_effect_is_measured(case: Case) -> None:
    measurable(case, 10)


@pytest.mark.slow
def test_every_kind_has_its_measured_effect() -> None:
    assert {type(case.plant).__name__ for case in (*FAST, *SLOWER)} == {*p.PLANTS} - {"Nothing"}


def test_nothing_has_no_effect_at_all() -> None:
    found = effect_of(p.Nothing("z", MIDDLE, END), 2)
    assert found
    assert all(one.difference == 0 and one.standard_error == 0 for one in found.values())


def test_an_outage_is_not_measured_before_it_begins() -> None:
    world = floor(days=28)
    surge = p.TopicSurge("t", "orders/return", MIDDLE, volume=1.5)
    tickets = run(world.plant(surge), log=False).tickets
    caused = tickets["created"][tickets["cause"] == 0]
    start = (MIDDLE - FIRST + timedelta(days=world.warmup)) // timedelta(milliseconds=1)
    assert len(caused) > 100
    assert caused.min() >= start


def test_what_is_recorded_as_pending_changes_no_message() -> None:
    world = floor(days=28)
    plant = p.PolicyChange("c", "Orders", MIDDLE, pending=0.9, after_minutes=2)
    honest, told = run(world).tables, run(world.plant(plant)).tables
    assert told["messages"].drop(["load_seq"]).num_rows == honest["messages"].num_rows
    assert told["messages"]["sent_at"].equals(honest["messages"]["sent_at"])
    assert pauses(told["ticket_events"]) > pauses(honest["ticket_events"]) + 100


def pauses(events: pa.Table) -> int:
    found = pc.and_(pc.equal(events["field"], "status"), pc.equal(events["new_value"], "pending"))
    return int(pc.sum(found).as_py())


def test_statuses_of_a_gamed_clock_follow_one_from_another() -> None:
    events = run(floor(days=28).plant(p.ClockGaming("g", "p5", MIDDLE, share=1.0))).tables["ticket_events"]
    rows = events.filter(pc.equal(events["field"], "status")).sort_by(
        [("ticket_key", "ascending"), ("occurred_at", "ascending"), ("seq", "ascending")]
    )
    tickets, old, new = (rows[name].to_pylist() for name in ("ticket_id", "old_value", "new_value"))
    steps = zip(tickets, tickets[1:], new, old[1:], strict=False)
    assert all(reached == left for one, other, reached, left in steps if one == other and left is not None)


@pytest.mark.parametrize("fault", ["missing_days", "duplicated_events", "clock_skew", "deleted_users", "late_export"])
def test_a_fault_of_data_keeps_the_schemas_and_touches_nothing_else(fault: Fault) -> None:
    world = floor(days=28)
    plant = p.DataFault("f", fault, MIDDLE, MIDDLE + timedelta(days=2), share=0.2)
    clean, faulty = run(world).tables, run(world.plant(plant)).tables
    touched = set(plant.touched(clean))
    assert {name for name in clean if not faulty[name].equals(clean[name])} <= touched
    assert any(not faulty[name].equals(clean[name]) for name in touched)
    assert all(faulty[name].schema.equals(clean[name].schema) for name in clean)


def test_a_world_may_hold_many_plants_and_each_keeps_its_own_effect() -> None:
    surge = p.TopicSurge("t", "orders/return", MIDDLE, volume=1.5)
    other = p.AgentChange("a", "p5", MIDDLE, quality=-2.0)
    alone = effects(floor(days=28), surge, 2)[0]
    together = effects(replace(floor(days=28), plants=(other, surge)), surge, 2)[0]
    assert together.difference == pytest.approx(alone.difference, rel=0.1)
