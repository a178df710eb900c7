"""Impossible worlds are refused, with every field that is wrong and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from maitred.floor import checking
from maitred.floor.checking import InvalidWorld, check
from maitred.floor.plants import NewHires, Outage
from maitred.floor.presence import FIELDS
from maitred.floor.tests.worlds import small_world
from maitred.floor.world import Holiday, Span, World


def with_class(place: int, **changes: Any) -> World:
    world = small_world()
    classes = list(world.classes)
    classes[place] = replace(classes[place], **changes)
    return replace(world, classes=tuple(classes))


def with_agent(place: int, **changes: Any) -> World:
    world = small_world()
    agents = list(world.agents)
    agents[place] = replace(agents[place], **changes)
    return replace(world, agents=tuple(agents))


def fields(world: World) -> list[str]:
    with pytest.raises(InvalidWorld) as refused:
        check(world)
    return [error["field"] for error in refused.value.errors]


def test_a_sound_world_passes_also_with_plants() -> None:
    assert [*checking.faults(small_world())] == []
    planted = small_world().plant(
        Outage("o1", topic="billing", at="2025-03-20T09:00Z"), NewHires("h1", group="Back", at="2025-03-20")
    )
    assert [*checking.faults(planted.planted())] == []


def test_the_message_names_field_and_value() -> None:
    with pytest.raises(InvalidWorld, match=r"classes\[3\]\.weekly: must not be negative, is -2"):
        check(with_class(3, weekly=-2))


@pytest.mark.parametrize(
    ("world", "field"),
    [
        (with_class(0, profile=(1.0,) * 24), "classes[0].profile"),
        (with_class(0, profile=(0.0,) * 168), "classes[0].profile"),
        (with_class(1, season=(1.0,) * 11), "classes[1].season"),
        (with_class(1, group="Nowhere"), "classes[1].group"),
        (with_class(1, zone="Europe/Nowhere"), "classes[1].zone"),
        (with_class(1, skills=("alchemy",)), "classes[1].skills"),
        (with_class(1, priorities=(0.5, 0.5, 0.5, 0.5)), "classes[1].priorities"),
        (with_class(1, languages=(("en", 0.5), ("de", 0.2))), "classes[1].languages"),
        (with_class(1, channel="telegraph"), "classes[1].channel"),
        (with_class(1, reopens=0.8, recontacts=0.4), "classes[1].recontacts"),
        (with_class(1, weekly=float("nan")), "classes[1].weekly"),
        (with_class(2, weekly=1e9), "classes[2].weekly"),
        (with_agent(2, shifts=()), "agents[2].shifts"),
        (with_agent(2, shifts=(Span(0, 600, 540),)), "agents[2].shifts[0]"),
        (with_agent(2, shifts=(Span(0, 500, 700), Span(0, 600, 800))), "agents[2].shifts"),
        (with_agent(2, shifts=(Span(7, 500, 700),)), "agents[2].shifts[0].weekday"),
        (with_agent(2, groups=("Nowhere",)), "agents[2].groups"),
        (with_agent(2, leave=((date(2025, 4, 2), date(2025, 4, 1)),)), "agents[2].leave[0]"),
        (with_agent(2, hired=date(2025, 4, 2), left=date(2025, 4, 1)), "agents[2].left"),
        (with_agent(2, concurrency=0), "agents[2].concurrency"),
        (with_agent(2, absence=1.4), "agents[2].absence"),
        (with_agent(6, is_bot=False), "bots[0].agent"),
        (small_world(bots=()), "agents[6].is_bot"),
        (small_world(bots=()), "classes[2].bot"),
        (small_world(days=0), "days"),
        (small_world(holidays=(Holiday("x", date(2025, 4, 2), date(2025, 4, 1)),)), "holidays[0]"),
        (small_world(schedules=()), "groups[0].schedule"),
        (replace(small_world(), schedules=(replace(small_world().schedules[0], spans=()),)), "schedules[0].spans"),
        (replace(small_world(), groups=small_world().groups[:1] * 2), "groups"),
        (
            replace(small_world(), groups=(replace(small_world().groups[0], escalates_to="Front"),)),
            "groups[0].escalates_to",
        ),
        (replace(small_world(), customers=replace(small_world().customers, churn=0.0)), "customers.churn"),
        (
            small_world(customers=replace(small_world().customers, segments=(("a", 0.5, 1.0), ("b", 0.6, 1.0)))),
            "customers.segments",
        ),
        (
            replace(small_world(), policies=(replace(small_world().policies[0], segments=("gold",)),)),
            "policies[0].segments",
        ),
        (
            small_world().plant(Outage("o1", "billing", at="2025-03-20"), Outage("o1", "billing", at="2025-03-21")),
            "plants",
        ),
    ],
)
def test_an_impossible_field_is_named(world: World, field: str) -> None:
    assert field in fields(world)


def test_all_faults_are_told_at_once() -> None:
    world = replace(with_class(0, weekly=-1.0, escalates=2.0), days=0, close_days=0.0)
    assert {"classes[0].weekly", "classes[0].escalates", "days", "close_days"} <= set(fields(world))


def test_a_floor_that_cannot_keep_up_is_no_error() -> None:
    assert [*checking.faults(with_class(0, weekly=100_000.0))] == []


def test_a_policy_that_ends_before_it_begins_is_refused() -> None:
    policy = replace(
        small_world().policies[0], since=datetime(2025, 4, 2, tzinfo=UTC), until=datetime(2025, 4, 1, tzinfo=UTC)
    )
    assert fields(small_world(policies=(policy,))) == ["policies[0].until"]


def test_what_may_be_switched_is_what_the_engine_switches() -> None:
    assert checking.SWITCHABLE == FIELDS
