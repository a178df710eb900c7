"""A small organisation for tests: two groups, six people, a bot, four classes; every part may be replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from maitred.floor.world import (
    Agent,
    Bot,
    Customers,
    Group,
    Schedule,
    SlaPolicy,
    Span,
    Target,
    TicketClass,
    World,
)

WEEKDAYS = tuple(Span(day, 540, 1020) for day in range(5))
OFFICE = tuple(4.0 if day < 5 and 9 <= hour < 17 else 0.0 for day in range(7) for hour in range(24))
WAVES = tuple(float(2 + hour % 24 + day) for day in range(7) for hour in range(24))
FLAT = (1.0,) * 168


def small_world(**changes: Any) -> World:
    """Two groups in two zones over eight weeks; keyword arguments replace fields of the world."""
    world = World(
        name="Small",
        start=date(2025, 3, 3),
        days=56,
        seed=11,
        groups=(Group("Front", "Berlin", escalates_to="Back"), Group("Back", "Berlin", tier=2)),
        classes=(
            TicketClass("mail", "email", "billing/refund", "Front", 60.0, WAVES, zone="Europe/Berlin"),
            TicketClass("chat", "chat", "billing/refund", "Front", 40.0, OFFICE, zone="Europe/Berlin", patience=300.0),
            TicketClass("call", "phone", "account/login", "Front", 30.0, OFFICE, zone="America/New_York", bot=0.2),
            TicketClass("form", "web", "product/sso", "Back", 20.0, FLAT, skills=("api",)),
        ),
        agents=(
            *(Agent(f"p{n}", f"Person {n}", ("Front",), WEEKDAYS, zone="Europe/Berlin") for n in range(4)),
            *(Agent(f"p{n}", f"Person {n}", ("Back", "Front"), WEEKDAYS, skills=("api",)) for n in (4, 5)),
            Agent("robot", "Robot", (), (), is_bot=True),
        ),
        schedules=(Schedule("Berlin", "Europe/Berlin", WEEKDAYS),),
        policies=(SlaPolicy("Standard", "Berlin", (Target("first_reply", "normal", 14_400),)),),
        bots=(Bot("robot"),),
        customers=Customers(accounts=60, per_account=8.0),
        warmup=7,
    )
    return replace(world, **changes)
