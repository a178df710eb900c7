"""A small floor to plant things in: two desks and a second tier, eight people and a bot, six weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

from maitred.floor.plants import Planted
from maitred.floor.truth import Effect, effects
from maitred.floor.world import Agent, Bot, Customers, Group, Schedule, SlaPolicy, Span, Target, TicketClass, World

START = date(2026, 3, 2)
FIRST = datetime(2026, 3, 2, tzinfo=UTC)
MIDDLE = FIRST + timedelta(days=21)
WORKDAYS = tuple(Span(day, 480, 1020) for day in range(5))
OFFICE = tuple(1.0 if day < 5 and 8 <= hour < 17 else 0.1 for day in range(7) for hour in range(24))
DOORS = tuple(1.0 if day < 5 and 9 <= hour < 16 else 0.0 for day in range(7) for hour in range(24))


def floor(seed: int = 11, days: int = 42) -> World:
    """The floor without plants; about eighty per cent busy."""
    return World(
        name="Small floor",
        start=START,
        days=days,
        seed=seed,
        groups=(
            Group("Orders", "Office", "priority"),
            Group("Devices", "Office", "priority", escalates_to="Experts"),
            Group("Experts", "Office", "fifo", tier=2),
        ),
        classes=(
            _class("orders/return", "email", "Orders", 210, 300),
            _class("orders/delivery_late", "web", "Orders", 190, 260, bot=0.6),
            _class("orders/wrong_item", "chat", "Orders", 60, 240, DOORS, patience=600.0, reply_median=40.0),
            _class("technical/app_crash", "email", "Devices", 200, 420, success=1.4),
            _class("technical/slow", "web", "Devices", 120, 400, success=1.6, escalates=0.05),
        ),
        agents=(
            *(_agent(f"p{number}", ("Orders",)) for number in (1, 2, 3, 4)),
            *(_agent(f"p{number}", ("Devices",)) for number in (5, 6, 7)),
            _agent("p8", ("Experts", "Devices")),
            Agent(
                "bot",
                "Bot",
                ("Orders",),
                tuple(Span(day, 0, 1440) for day in range(7)),
                breaks=(),
                absence=0.0,
                is_bot=True,
                concurrency=1000,
            ),
        ),
        schedules=(Schedule("Office", "UTC", WORKDAYS),),
        policies=(
            SlaPolicy("Orders", "Office", (Target("first_reply", "normal", 14_400),), ("Orders",)),
            SlaPolicy("Devices", "Office", (Target("first_reply", "normal", 14_400),), ("Devices", "Experts")),
        ),
        bots=(Bot("bot", wrong=0.1, containment=0.5),),
        customers=Customers(accounts=120, per_account=10.0, churn=0.05),
        warmup=7,
    )


def _class(
    topic: str,
    channel: str,
    group: str,
    weekly: float,
    effort: float,
    profile: tuple[float, ...] = OFFICE,
    **more: float,
) -> TicketClass:
    given = {"success": 1.8, "escalates": 0.0, "reply_median": 7_200.0, **more}
    return TicketClass(
        f"{topic}/{channel}",
        channel,  # type: ignore[arg-type]
        topic,
        group,
        weekly,
        profile,
        effort_median=effort,
        **given,  # type: ignore[arg-type]
    )


def _agent(id: str, groups: tuple[str, ...]) -> Agent:
    return Agent(id, f"Person {id[1:]}", groups, WORKDAYS, absence=0.0, hired=date(2020, 1, 1))


@cache
def effect_of(plant: Planted, replications: int = 6, days: int = 42) -> dict[str, Effect]:
    """The measured effects of a plant in the small floor, by metric (the first population of each)."""
    found: dict[str, Effect] = {}
    for one in effects(floor(days=days), plant, replications):
        found.setdefault(one.metric, one)
    return found
