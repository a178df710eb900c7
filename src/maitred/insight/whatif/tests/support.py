"""Small organisations with known truth, and their histories as a workspace would hold them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.floor.world import (
    Agent,
    Customers,
    Group,
    Policy,
    Schedule,
    SlaPolicy,
    Span,
    Target,
    TicketClass,
    World,
)
from maitred.insight.whatif.history import History, history_from

START = date(2025, 1, 6)
WEEKS = 34


def weekdays(start: int, end: int) -> tuple[Span, ...]:
    return tuple(Span(day, start, end) for day in range(5))


def profile(start: int, end: int) -> tuple[float, ...]:
    """A hump over working hours, a little at night, less at weekends."""
    day = [
        0.06 + (1.0 + 0.5 * np.sin((hour - start) / (end - start) * np.pi)) * (start <= hour < end)
        for hour in range(24)
    ]
    return tuple(float(value * (1.0 if number < 5 else 0.15)) for number in range(7) for value in day)


def small(
    seed: int,
    *,
    weeks: int = WEEKS,
    policy: Policy = "sla_due",
    load: float = 0.8,
    agents: int = 12,
    extra: int = 0,
    chat: bool = False,
) -> World:
    """Two queues with e-mail, web and perhaps chat; parameters vary with the seed, ``load`` is close to the occupancy.

    ``extra`` more people sit in the first queue.
    """
    rng = np.random.default_rng(seed)
    zone = "Europe/Berlin"
    hours = Schedule("office", zone, weekdays(8 * 60, 18 * 60))
    bias = 1.5 if policy == "pull_pick" else 0.0
    groups = tuple(Group(name, "office", policy=policy, pick_bias=bias) for name in ("Support", "Billing"))
    in_first = agents * 7 // 12
    people = []
    for k in range(agents + extra):
        group = "Support" if k < in_first or k >= agents else "Billing"
        shift = (8 * 60, 16 * 60 + 30) if k % 2 else (9 * 60 + 30, 18 * 60)
        people.append(
            Agent(
                id=f"p{k:03d}",
                name=f"Person {k}",
                groups=(group,),
                shifts=weekdays(*shift),
                zone=zone,
                speed=float(rng.normal(0, 0.18)) if k < agents else 0.0,
                absence=0.04,
                breaks=((240, 45),),
            )
        )
    medians = {"Support": float(rng.uniform(500, 800)), "Billing": float(rng.uniform(400, 700))}
    classes = []
    for group in ("Support", "Billing"):
        mean = medians[group] * np.exp(0.5 * 0.7**2)
        exchanges = float(rng.uniform(0.4, 0.9))
        pace = sum(np.exp(-one.speed) for one in people[:agents] if group in one.groups)
        capacity = pace * 5 * 7.75 * 3600 * 0.96
        tickets = load * capacity / (mean * (1 + exchanges * 0.92) * 1.08)
        shares = (("email", 0.6), ("web", 0.25), ("chat", 0.15)) if chat else (("email", 0.65), ("web", 0.35))
        for channel, share in shares:
            classes.append(
                TicketClass(
                    name=f"{group} {channel}",
                    channel=channel,  # type: ignore[arg-type]
                    topic=group,
                    group=group,
                    weekly=float(tickets * share),
                    profile=profile(8, 18),
                    zone=zone,
                    effort_median=medians[group],
                    effort_sigma=0.7,
                    exchanges=exchanges,
                    patience=600.0 if channel == "chat" else 0.0,
                    reply_median=120.0 if channel == "chat" else 14_400.0,
                    recontacts=0.1,
                    transfers=0.03,
                    escalates=0.0,
                )
            )
    targets = tuple(
        Target(metric, priority, seconds)
        for metric, scale in (("first_reply", 1), ("next_reply", 2))
        for priority, seconds in (
            ("low", 28_800 * scale),
            ("normal", 14_400 * scale),
            ("high", 3_600 * scale),
            ("urgent", 1_800 * scale),
        )
    )
    return World(
        name="small",
        start=START,
        days=weeks * 7,
        seed=seed,
        groups=groups,
        classes=tuple(classes),
        agents=tuple(people),
        schedules=(hours,),
        policies=(SlaPolicy("standard", "office", targets),),
        customers=Customers(accounts=150),
        warmup=21,
    )


def end_of(world: World) -> datetime:
    return datetime(world.start.year, world.start.month, world.start.day, tzinfo=UTC) + timedelta(days=world.days)


def history(world: World, *, measured: bool = True) -> History:
    """The canonical tables of one run; without handling times when ``measured`` is false."""
    tables = dict(world.run().tables)
    if not measured:
        for name in ("time_entries", "calls", "engagements"):
            tables[name] = tables[name].slice(0, 0)
    return history_from(tables, as_of=end_of(world))


def rows(table: pa.Table, **columns: str) -> pa.Table:
    """Rows whose columns have these values."""
    for name, value in columns.items():
        table = table.filter(pc.equal(table[name], value))
    return table
