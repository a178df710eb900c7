"""Worlds as files: the same world comes back, and every mistake is named by file, table and field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.floor.checking import InvalidWorld
from maitred.floor.plants import Attrition, BotChange, HoursChange, NewTopic, Outage, RoutingChange, Understaffed
from maitred.floor.tests.worlds import small_world
from maitred.floor.world import Agent, Holiday, Span, TicketClass, World
from maitred.floor.worldfile import parse, read, write

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
SHARES = st.floats(0.0, 1.0)
DATES = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def classes(draw: Any) -> TicketClass:
    low = draw(st.floats(0.0, 0.25))
    return TicketClass(
        "one",
        draw(st.sampled_from(("email", "chat", "phone", "social"))),
        draw(NAMES),
        "Front",
        draw(st.floats(0.0, 1e5)),
        tuple(draw(st.lists(st.floats(0.01, 9.0), min_size=168, max_size=168))),
        zone=draw(st.sampled_from(("UTC", "Asia/Kathmandu", "Australia/Lord_Howe"))),
        priorities=(low, 0.5, 0.25, 0.25 - low),
        effort_kind=draw(st.sampled_from(("lognormal", "exponential", "fixed"))),
        patience=draw(st.floats(0.0, 1e5)),
        trend=draw(st.floats(-0.9, 1.0)),
        season=draw(st.one_of(st.just(()), st.tuples(*[st.floats(0.1, 2.0)] * 12))),
        starts=draw(st.none() | st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))),
    )


@st.composite
def agents(draw: Any) -> Agent:
    first, last = sorted((draw(DATES), draw(DATES)))
    start = draw(st.integers(0, 1439))
    return Agent(
        "extra",
        draw(NAMES),
        ("Back",),
        (Span(draw(st.integers(0, 6)), start, draw(st.integers(start + 1, 1440))),),
        skills=("api",),
        hired=draw(st.none() | st.just(first)),
        left=draw(st.none() | st.just(last)),
        leave=((first, last),),
        absence=draw(SHARES),
        speed=draw(st.floats(-2.0, 2.0)),
    )


@settings(max_examples=40, deadline=None)
@given(classes(), agents(), st.integers(0, 2**63 - 1), NAMES, DATES)
def test_a_world_comes_back_as_it_was_written(
    one: TicketClass, agent: Agent, seed: int, name: str, closed: date
) -> None:
    base = small_world(name=name, seed=seed, holidays=(Holiday(name, closed, closed),))
    world = replace(base, classes=(*base.classes, one), agents=(*base.agents, agent))
    assert parse(write(world)) == world
    assert parse(write(world)).hash() == world.hash()


def test_plants_come_back_as_they_were_written() -> None:
    world = small_world().plant(
        Outage("o1", topic="billing", at="2025-03-20T09:00+01:00", shape="decay"),
        RoutingChange("r1", group="Front", at="2025-03-25", policy="pull_pick", pick_bias=0.4),
        HoursChange("h1", schedule="Berlin", at="2025-04-01", spans=(Span(0, 600, 900),)),
        Understaffed("u1", group="Front", start="2025-03-20", hours=(540, 720), weekdays=(0, 4)),
        Attrition("x1", at="2025-04-01", agents=("p1", "p2")),
        NewTopic("n1", topic="billing/vat", like="billing/refund", at="2025-03-28"),
        BotChange("b1", bot="robot", at="2025-03-28", containment=0.9),
    )
    assert parse(write(world)) == world


def test_a_file_is_read_by_the_door_of_world(tmp_path: Path) -> None:
    path = tmp_path / "world.toml"
    path.write_text(write(small_world()))
    assert World.from_toml(path) == small_world()


def told(text: str) -> str:
    with pytest.raises(InvalidWorld) as refused:
        parse(text)
    return str(refused.value)


WHOLE = write(small_world())


@pytest.mark.parametrize(
    ("there", "instead", "says"),
    [
        ("days = 56", "days = 56.5", "days: must be a whole number, is 56.5"),
        ("days = 56", "dayz = 56", "dayz: is no field of a world; 'days' is known"),
        ("days = 56", "", "days: is missing"),
        ("start = 2025-03-03", 'start = "soon"', "start: must be a date such as 2026-03-02, is 'soon'"),
        ("weekly = 40.0", "weekly = true", "classes[1].weekly: must be a number, is True"),
        ("weekly = 40.0", "weekly = -40.0", "classes[1].weekly: must not be negative, is -40.0"),
        ("weekly = 40.0", "weakly = 40.0", "classes[1].weakly: is no field of a TicketClass; 'weekly' is known"),
        ('channel = "chat"', 'channel = "fax"', "classes[1].channel: must be one of email, web"),
        ("[customers]", "[customer]", "customer: is no field of a world; 'customers' is known"),
        ("skew = 1.0", "skew = {}", "customers.skew: must be a number, is a table"),
        ("warmup = 7", "warmup = 7\nwarmup = 8", "is no TOML"),
    ],
)
def test_a_mistake_is_named_by_table_and_field(there: str, instead: str, says: str) -> None:
    assert there in WHOLE
    assert says in told(WHOLE.replace(there, instead, 1))


def test_all_mistakes_are_told_at_once() -> None:
    text = WHOLE.replace("days = 56", "days = 1.5").replace("weekly = 40.0", 'weekly = "many"')
    assert "days: must be" in told(text)
    assert "classes[1].weekly: must be" in told(text)


def test_a_plant_of_no_known_kind_is_named_with_one_that_may_be_meant() -> None:
    assert "plants[0].kind: is 'Outrage'; one of Outage" in told(WHOLE + '\n[[plants]]\nkind = "Outrage"\nid = "o"\n')


def test_a_plant_tells_its_own_mistakes() -> None:
    text = WHOLE + '\n[[plants]]\nkind = "Outage"\nid = "o"\ntopic = "billing"\nat = 2025-03-20\nhours = -3\n'
    assert "hours is -3" in told(text)
    absent = text.replace("hours = -3", "hours = 3").replace('"billing"', '"weather"')
    assert "weather" in told(absent)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    with pytest.raises(InvalidWorld, match="broken.toml: cannot be read"):
        read(path)
    path.write_bytes(b"\xff")
    with pytest.raises(InvalidWorld, match="broken.toml: is not UTF-8"):
        read(path)
    path.write_text(WHOLE.replace("days = 56", "days = 0"))
    with pytest.raises(InvalidWorld, match=r"broken.toml: .*days: must be at least 1"):
        read(path)
