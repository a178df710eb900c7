"""Plants: names that are not there are refused, times are read as written, and nothing else than planted changes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import maitred.floor as floors
from maitred.floor.checking import InvalidWorld
from maitred.floor.plants import PLANTS, Planted
from maitred.floor.plants.planted import FAMILIES, closing, opening
from maitred.floor.run import Run, run
from maitred.floor.tests.planting import FIRST, MIDDLE, WORKDAYS, floor
from maitred.floor.world import Extra, Missing, Span, Switch, World

END = MIDDLE + timedelta(days=7)
GIVEN: dict[str, dict[str, Any]] = {
    "Outage": {"topic": "technical/app_crash", "at": MIDDLE},
    "TopicSurge": {"topic": "orders", "start": MIDDLE},
    "Release": {"topic": "technical", "at": MIDDLE},
    "NewTopic": {"topic": "technical/passkey_loop", "like": "technical/slow", "at": MIDDLE},
    "AgentChange": {"agent": "p5", "at": MIDDLE, "quality": -1.5},
    "Ramp": {"agent": "p5", "at": MIDDLE},
    "Burnout": {"agent": "p5", "at": MIDDLE},
    "Training": {"agents": ("p1", "p2"), "waves": (MIDDLE,), "effort": -0.2},
    "Coaching": {"agent": "p5", "at": MIDDLE},
    "MacroPublished": {"topic": "orders/return", "at": MIDDLE, "success": -1.5},
    "RoutingChange": {"group": "Orders", "at": MIDDLE, "policy": "fifo"},
    "PolicyChange": {"policy": "Orders", "at": MIDDLE, "pending": 0.6},
    "BotChange": {"bot": "bot", "at": MIDDLE, "wrong": 0.5},
    "HoursChange": {"schedule": "Office", "at": MIDDLE, "spans": tuple(Span(day, 600, 960) for day in range(5))},
    "Understaffed": {"group": "Devices", "start": MIDDLE},
    "MassLeave": {"group": "Devices", "start": MIDDLE, "end": END},
    "Attrition": {"agents": ("p1",), "at": MIDDLE},
    "NewHires": {"group": "Orders", "at": MIDDLE},
    "AtRiskAccount": {"account": 4, "start": MIDDLE},
    "ChurnDriver": {"start": MIDDLE, "segment": "business"},
    "HiddenPile": {"agent": "p5", "start": MIDDLE},
    "ClockGaming": {"agent": "p1", "start": MIDDLE},
    "CherryPicking": {"agent": "p5", "start": MIDDLE},
    "SurveySteering": {"agent": "p1", "start": MIDDLE},
    "Reassignment": {"group": "Orders", "start": MIDDLE},
    "DataFault": {"fault": "missing_days", "start": MIDDLE},
    "Nothing": {"start": MIDDLE, "end": END},
    "SmallN": {"agent": "p1"},
    "Seasonality": {"topic": "orders/return"},
    "Holidays": {"start": MIDDLE},
    "PartTimers": {"agents": ("p1",)},
}
NAMES = ("topic", "like", "agent", "group", "policy", "bot", "schedule", "segment", "fault")


def made(kind: str, **more: Any) -> Planted:
    return PLANTS[kind](**{"id": "one", **GIVEN[kind], **more})


@pytest.mark.parametrize("kind", PLANTS)
def test_every_kind_fits_the_small_floor(kind: str) -> None:
    plant = made(kind)
    world = floor().plant(plant).planted()
    parts: list[Switch | Extra | Missing] = [*plant.switches(world), *plant.extras(world), *plant.missing(world)]
    assert {one.plant for one in parts} <= {"one"}
    start, end = plant.window(world)
    assert start >= opening(world) and (end is None or end > start)
    assert plant.subject(world)["type"] and plant.subject(world)["id"]
    assert plant.concerns(world)


@pytest.mark.parametrize(("kind", "field"), [(k, f) for k in PLANTS for f in GIVEN[k] if f in NAMES])
def test_an_unknown_name_is_refused_with_its_field(kind: str, field: str) -> None:
    if kind == "NewTopic" and field == "topic":
        assert floor().plant(made(kind, topic="never/heard_of")).planted().classes[-1].topic == "never/heard_of"
        return
    with pytest.raises(InvalidWorld, match=rf"{kind} 'one': {field} names 'nowhere', which this world does not hold"):
        floor().plant(made(kind, **{field: "nowhere"})).planted()


@pytest.mark.parametrize("kind", ["Training", "Attrition", "PartTimers"])
def test_an_unknown_person_among_several_is_refused(kind: str) -> None:
    with pytest.raises(InvalidWorld, match="agents names 'p99'"):
        floor().plant(made(kind, agents=("p1", "p99"))).planted()


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("Outage", "accounts", 0.0),
        ("Outage", "volume", -1.0),
        ("AgentChange", "absence", 1.5),
        ("Understaffed", "share", 0.0),
        ("Nothing", "end", MIDDLE - timedelta(days=1)),
        ("TopicSurge", "start", "the day before yesterday"),
        ("AtRiskAccount", "account", -1),
        ("Outage", "id", ""),
    ],
)
def test_an_impossible_value_is_refused_with_its_field(kind: str, field: str, value: Any) -> None:
    with pytest.raises(InvalidWorld, match=field):
        made(kind, **{field: value})


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("AtRiskAccount", {"account": 5_000}, "account"),
        ("HiddenPile", {"group": "Orders"}, "agent"),
        ("Training", {"agents": ()}, "agents"),
        ("Training", {"waves": ()}, "waves"),
        ("Training", {"agents": (), "count": 2, "selection": "best"}, "selection"),
        ("Understaffed", {"hours": (900, 800)}, "hours"),
        ("Seasonality", {"months": (1.0, 2.0)}, "months"),
        ("HoursChange", {"spans": ()}, "spans"),
        ("MacroPublished", {"group": "Devices"}, "group"),
    ],
)
def test_what_does_not_fit_the_world_is_refused_with_its_field(kind: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidWorld, match=rf"{kind} 'one': {field}"):
        floor().plant(made(kind, **more)).planted()


@pytest.mark.parametrize(
    "at", ["2026-03-23", "2026-03-23T00:00Z", "2026-03-23T01:00+01:00", date(2026, 3, 23), MIDDLE.replace(tzinfo=None)]
)
def test_a_time_is_the_same_instant_however_it_is_written(at: Any) -> None:
    one, other = made("AgentChange", at=at), made("AgentChange", at=datetime(2026, 3, 23, tzinfo=UTC))
    assert one == other
    assert floor().plant(one).hash() == floor().plant(other).hash()


def test_lists_are_taken_as_tuples() -> None:
    assert made("Training", agents=["p1", "p2"], waves=["2026-03-23"]) == made("Training")


def test_families_that_are_expected_or_forbidden_exist() -> None:
    for kind in PLANTS:
        world = floor().plant(made(kind)).planted()
        named = {due.family for due in made(kind).expects(world)} | set(made(kind).nevers(world))
        assert named <= {*FAMILIES, "data_health"}
        assert not {due.family for due in made(kind).expects(world)} & set(made(kind).nevers(world))


def test_nothing_and_the_decoys_expect_nothing() -> None:
    decoys = [kind for kind, one in PLANTS.items() if one.DECOY]
    assert decoys == ["Nothing", "SmallN", "Seasonality", "Holidays", "PartTimers"]
    assert all(made(kind).expects(floor()) == () and made(kind).nevers(floor()) for kind in decoys)


def test_the_floor_offers_every_kind_without_loading_numba() -> None:
    code = (
        "import json, sys, maitred.floor as floor; from maitred.floor import World, Outage, PLANTS; "
        "print(json.dumps([all(getattr(floor, name) for name in PLANTS), 'numba' in sys.modules]))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == [True, False]
    with pytest.raises(AttributeError, match="no 'Earthquake'"):
        _ = floors.Earthquake


def before(one: Run, at: datetime) -> Any:
    """What was written down before an instant, without who caused it."""
    limit = round((at - FIRST + timedelta(days=one.world.warmup)) / timedelta(milliseconds=1))
    log = one.log[one.log["time"] < limit]
    return log[log["kind"] != 30]


LATER = [
    kind
    for kind in PLANTS
    if kind not in ("SmallN", "Seasonality", "PartTimers", "Holidays", "NewHires", "NewTopic", "Attrition")
]


@pytest.mark.parametrize("kind", LATER)
def test_nothing_happens_before_a_plant_begins(kind: str) -> None:
    world = floor(days=28)
    plain, planted = run(world), run(world.plant(made(kind)))
    assert np.array_equal(before(plain, MIDDLE), before(planted, MIDDLE))


@pytest.mark.parametrize("kind", ["AgentChange", "Understaffed", "MacroPublished", "HiddenPile", "Outage", "NewTopic"])
def test_base_arrivals_keep_their_identity_and_their_customers(kind: str) -> None:
    world = floor(days=28)
    plain, planted = run(world, log=False).tickets, run(world.plant(made(kind)), log=False).tickets
    base = [
        one[(one["parent"] < 0) & (one["class_"] < len(world.classes)) & (one["cause"] < 0)] for one in (plain, planted)
    ]
    for field in ("key", "created", "class_", "customer", "language"):
        assert np.array_equal(base[0][field], base[1][field])


def test_nothing_changes_no_byte() -> None:
    world = floor(days=28)
    plain, planted = run(world), run(world.plant(made("Nothing")))
    assert plain.log.tobytes() == planted.log.tobytes()
    assert plain.tickets.tobytes() == planted.tickets.tobytes()


def test_worlds_with_and_without_a_plant_have_different_names() -> None:
    hashes = {floor().plant(made(kind)).hash() for kind in PLANTS} | {floor().hash()}
    assert len(hashes) == len(PLANTS) + 1


def test_a_policy_gets_a_second_version_and_the_first_one_ends() -> None:
    world = floor().plant(made("PolicyChange", factor=0.5)).planted()
    old, new = (one for one in world.policies if one.name == "Orders")
    assert (old.until, new.since) == (MIDDLE, MIDDLE)
    assert [goal.seconds for goal in new.targets] == [goal.seconds // 2 for goal in old.targets]


def test_closed_hours_are_those_in_which_nobody_works() -> None:
    gone = made("HoursChange").missing(floor().plant(made("HoursChange")).planted())
    assert {(one.hours, one.weekdays) for one in gone} == {
        (hours, (day,)) for hours in ((480, 600), (960, 1020)) for day in range(5)
    }


def test_waves_share_their_people_in_turn() -> None:
    waves = (MIDDLE, MIDDLE + timedelta(days=7))
    cohort = made("Training", agents=("p1", "p2", "p3"), waves=waves).cohort(floor())  # type: ignore[attr-defined]
    assert [at for _, at in cohort] == [waves[0], waves[1], waves[0]]


def test_an_effect_with_a_half_life_wears_off() -> None:
    plant = made("Training", quality=1.0, effort=0.0, half_life=7.0)
    steps = [one.value for one in plant.switches(floor()) if one.name == "p1"]
    assert steps == pytest.approx([1.0, 0.5, 0.25, 0.125], abs=1e-9)


def test_the_worst_of_last_month_are_those_whose_outcomes_were_worst() -> None:
    world = with_quality(floor(), {"p5": -2.0})
    plant = made("Training", agents=(), count=1, group="Devices", selection="worst_last_month")
    assert [id for id, _ in plant.cohort(world.plant(plant).planted())] == ["p5"]  # type: ignore[attr-defined]


def test_volunteers_are_better_than_the_others_and_drawn_people_are_not_always_the_same() -> None:
    world = with_quality(floor(), {"p2": 2.0})
    plant = made("Training", agents=(), count=1, group="Orders", selection="volunteers")
    assert [id for id, _ in plant.cohort(world)] == ["p2"]  # type: ignore[attr-defined]
    chosen = {
        made("Training", agents=(), count=1, group="Orders").cohort(floor(seed))[0][0]  # type: ignore[attr-defined]
        for seed in range(20)
    }
    assert len(chosen) > 1


def with_quality(world: World, quality: dict[str, float]) -> World:
    agents = tuple(replace(one, quality=quality.get(one.id, one.quality)) for one in world.agents)
    return replace(world, agents=agents)


def test_part_of_a_contract_is_part_of_the_shifts() -> None:
    world = floor().plant(made("PartTimers", contract=0.6), PLANTS["SmallN"]("few", "p2", 90)).planted()  # type: ignore[call-arg]
    assert world.agents[0].shifts == WORKDAYS[:3]
    assert world.agents[1].shifts == (Span(0, 480, 570),)
    assert closing(world) > opening(world)
