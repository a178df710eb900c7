"""The demonstration organisation at four sizes: people, volumes and accounts fitted to each other.

Each group's volume follows from the hours of its people, so that all are about equally busy at any size; the effort of
a ticket follows from the number of tickets that a size promises.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from maitred.floor.demo import company
from maitred.floor.demo.company import DESKS, SUBJECTS, Desk, Subject
from maitred.floor.demo.stories import few_hours, part_time, planted, thinned
from maitred.floor.plants.planted import drawn
from maitred.floor.world import Agent, Bot, Channel, Customers, Group, Span, TicketClass, World

UNTIL: Final = datetime(2026, 10, 5, tzinfo=UTC)
"""End of the last day unless told otherwise; a Monday, so that the last week is whole."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the organisation is: people, days, tickets that are to be seen, accounts."""

    agents: int
    days: int
    tickets: int
    accounts: int
    per_account: float
    busy: float
    """Share of present time that the work of ordinary tickets takes; small teams need more slack."""


SIZES: Final = {
    "small": Size(12, 90, 10_000, 400, 12.0, 0.78),
    "medium": Size(60, 365, 235_000, 4_000, 15.0, 0.79),
    "large": Size(300, 365, 1_200_000, 15_000, 18.0, 0.80),
    "xl": Size(2_000, 730, 10_000_000, 60_000, 20.0, 0.81),
}

FOLLOWING: Final = 1.035
"""Tickets in all for each one that arrives by itself: re-contacts, follow-ups and what was planted."""
SIGMA: Final = 0.8
PRESENT: Final = 0.97
CONTAINED: Final = 0.45
SMALL_STAFF: Final = {
    company.ORDERS: 3,
    company.BILLING: 2,
    company.ACCOUNTS: 2,
    company.APP: 2,
    company.GUIDANCE: 2,
    company.SPECIALISTS: 1,
}


def demo(size: str = "small", seed: int = 1, *, days: int | None = None, until: datetime | None = None) -> World:
    """The demonstration organisation with its stories planted.

    Parameters
    ----------
    size
        ``small`` (12 people, 90 days, about 10,000 tickets), ``medium`` (60, 365, 235,000), ``large`` (300, 365,
        1.2 million) or ``xl`` (2,000, 730, 10 million).
    seed
        Of all draws; the organisation itself is the same for every seed.
    days
        Another number of days; tickets follow in proportion. Stories that would begin before the first day are left
        out.
    until
        The end of its last day: the midnight (UTC) at or before this instant. Stories are dated from here.

    Raises
    ------
    InvalidWorld
        No such size, or fewer than 14 days.
    """
    from maitred.floor.checking import InvalidWorld

    if size not in SIZES:
        raise InvalidWorld(f"size is {size!r}", f"take one of {', '.join(SIZES)}")
    chosen = SIZES[size]
    length = chosen.days if days is None else days
    if length < 14:
        raise InvalidWorld(f"days is {length}", "take at least 14, so that something can be seen")
    end = datetime.combine((until or UNTIL).astimezone(UTC).date(), time(), UTC)
    world = bare(chosen, seed, (end - timedelta(days=length)).date(), length)
    return world.plant(*planted(world, staff(world.agents)))


def bare(size: Size, seed: int, start: date, days: int) -> World:
    """The organisation before anything is planted."""
    closed = company.closed_days(start - timedelta(days=60), start + timedelta(days=days))
    people = agents(size, start, days)
    daily = size.tickets / size.days / FOLLOWING
    return World(
        name=company.NAME,
        start=start,
        days=days,
        seed=seed,
        groups=groups(),
        classes=classes(thinned(people, staff(people)), daily * 7, size.busy, start, days),
        agents=(*people, company.bot()),
        schedules=company.schedules(closed),
        policies=company.policies(),
        bots=(Bot(company.BOT, latency=15.0, containment=CONTAINED, wrong=0.12, handoff=45.0),),
        customers=Customers(accounts=size.accounts, per_account=size.per_account),
        holidays=closed,
    )


def groups() -> tuple[Group, ...]:
    """The queues: five teams and the second tier behind three of them."""
    above = {company.ACCOUNTS, company.APP, company.GUIDANCE}
    return tuple(
        Group(
            one.name,
            one.schedule,
            policy="sla_due",
            escalates_to=company.SPECIALISTS if one.name in above else "",
            tier=2 if one.name == company.SPECIALISTS else 1,
        )
        for one in DESKS
    )


def headcount(total: int) -> dict[str, int]:
    """People of each group, by largest remainder."""
    if total == SIZES["small"].agents:
        return dict(SMALL_STAFF)
    exact = {one.name: one.share * total for one in DESKS}
    count = {name: math.floor(share) for name, share in exact.items()}
    left = sorted(exact, key=lambda name: count[name] - exact[name])
    for name in left[: total - sum(count.values())]:
        count[name] += 1
    return count


def agents(size: Size, start: date, days: int) -> tuple[Agent, ...]:
    """Everybody who answers, in the order of the groups."""
    count = headcount(size.agents)
    width = 3 if size.agents < 1000 else 4
    ids = [f"p{number + 1:0{width}d}" for number in range(size.agents)]
    speeds, qualities = company.spread("speed", ids, 0.15), company.spread("quality", ids, 0.22)
    lots, names = drawn(0, "quillfern hired", ids), company.names(size.agents)
    found: list[Agent] = []
    for desk in DESKS:
        for place in range(count[desk.name]):
            number = len(found)
            found.append(
                replace(
                    _person(desk, place, number, lots[number], start, days),
                    id=ids[number],
                    name=names[number],
                    speed=speeds[number],
                    quality=qualities[number],
                )
            )
    there = staff(tuple(found))
    long = {few_hours(there), *part_time(there)}
    turns = {id: (nth, place, len(ids)) for nth, ids in enumerate(there.values()) for place, id in enumerate(ids)}
    return tuple(
        replace(one, leave=leaves(*turns[one.id], start, days), hired=_settled(one, long, start)) for one in found
    )


def _person(desk: Desk, place: int, number: int, lot: float, start: date, days: int) -> Agent:
    first, last = desk.shifts[place % len(desk.shifts)]
    late = number % 12 == 7 and number > 12 and days > 180
    joined = round(days * (0.15 + 0.6 * lot)) if late else -round(900 * lot) - 120
    knows = desk.name == company.SPECIALISTS or (desk.name == company.APP and place % 3 != 2)
    return Agent(
        "",
        "",
        (desk.name, desk.second),
        tuple(Span(day, first, last) for day in company.WORKDAYS),
        zone=company.ZONES[desk.schedule],
        tier=2 if desk.name == company.SPECIALISTS else 1,
        skills=("api",) if knows else (),
        concurrency=2 + number % 2,
        hired=start + timedelta(days=joined),
        ramp_weeks=8.0 if late else 0.0,
        accuracy=0.93 + 0.01 * (number % 6),
    )


def _settled(one: Agent, part_time: set[str], start: date) -> date | None:
    """Those who serve as decoys have been there for long."""
    return start - timedelta(days=400) if one.id in part_time else one.hired


HALF: Final = timedelta(weeks=26)
EPOCH: Final = date(2020, 1, 6)


def leaves(group: int, place: int, of: int, start: date, days: int) -> tuple[tuple[date, date], ...]:
    """Days off in each half-year, spread over it so that the people of a group are away in turn.

    Twelve and five days; in a group of two or three nobody is away for longer than a week.
    """
    end = start + timedelta(days=days)
    first = EPOCH + ((start - timedelta(days=60) - EPOCH) // HALF) * HALF
    found = []
    while first < end:
        turn = (first - EPOCH) // HALF
        few = of <= 3
        week = ((3 * place + group) if few else (26 * place // of + 4 * group)) + 5 * turn
        for length, later in ((5, 0), (5, 9), (5, 18)) if few else ((12, 0), (5, 13)):
            away = first + timedelta(weeks=(week + later) % 26)
            if away < end:
                found.append((away, away + timedelta(days=length - 1)))
        first += HALF
    return tuple(sorted(found))


def capacity(people: tuple[Agent, ...], name: str, start: date, days: int) -> float:
    """Minutes a week in which the people of a group are there, leave and illness taken off."""
    return sum(_minutes(one, start, days) for one in people if one.groups[0] == name)


def _minutes(one: Agent, start: date, days: int) -> float:
    week = sum(span.end - span.start - sum(long for _, long in one.breaks) for span in one.shifts)
    end = start + timedelta(days=days)
    away = sum(max(0, (min(last + timedelta(days=1), end) - max(first, start)).days) for first, last in one.leave)
    since = max(0, (one.hired - start).days) if one.hired else 0
    return week * (1 - one.absence) * max(0.0, 1 - (away + since) / days)


def effort(subject: Subject, channel: Channel) -> float:
    """Minutes of handling that one ticket takes in the mean, in the measure of ``Subject.minutes``."""
    segments = 1 + exchanges(subject, channel)
    solved_by_bot = CONTAINED * subject.bot if channel in company.BOT_CHANNELS else 0.0
    return subject.minutes * pace(channel) * segments * math.exp(SIGMA**2 / 2) * (1 - solved_by_bot)


def exchanges(subject: Subject, channel: Channel) -> float:
    """How often the agent asks back: callers answer at once."""
    return {"phone": 0.0, "chat": 0.5}.get(channel, 1.0) * subject.exchanges


def pace(channel: Channel) -> float:
    """Effort of a segment against that of a mail."""
    return {"phone": 1.3, "chat": 0.8, "social": 0.6}.get(channel, 1.0)


def classes(people: tuple[Agent, ...], weekly: float, busy: float, start: date, days: int) -> tuple[TicketClass, ...]:
    """One class for each subject and channel, as many tickets as the group's people can answer."""
    cells = [
        (subject, channel, subject.share * share)
        for subject in SUBJECTS
        for channel, share in company.CHANNEL_MIX[subject.topic.split("/")[0]]
        if subject.group != company.SPECIALISTS or channel in ("email", "web")
    ]
    count = {name: len(ids) for name, ids in staff(people).items()}
    staffed = {name: capacity(people, name, start, days) * (1 - ALONE / count[name]) for name in count}
    work = {
        name: sum(share * effort(subject, channel) for subject, channel, share in cells if subject.group == name)
        for name in staffed
    }
    ours = {name: staffed[name] * DRAW[name] / work[name] for name in staffed}
    scale = weekly / sum(ours[subject.group] * share for subject, _, share in cells)
    longer = busy / scale
    desks = {desk.name: desk for desk in DESKS}
    return tuple(
        _class(subject, channel, scale * ours[subject.group] * share, longer, desks[subject.group])
        for subject, channel, share in cells
    )


DRAW: Final = {
    company.ORDERS: 1.0,
    company.BILLING: 1.0,
    company.ACCOUNTS: 1.0,
    company.APP: 1.0,
    company.GUIDANCE: 1.0,
    company.SPECIALISTS: 0.35,
}
"""Share of a group's time that its own topics take; specialists spend the rest on what others pass up."""


ALONE: Final = 0.45
"""Share of one person's time that a group keeps free, so that it can bear one of them being away."""


def _class(subject: Subject, channel: Channel, weekly: float, longer: float, desk: Desk) -> TicketClass:
    area = subject.topic.split("/")[0]
    reply = {"chat": 45.0, "phone": 30.0, "social": 7_200.0}.get(channel, 14_400.0)
    patience = {"chat": 480.0, "phone": 300.0, "social": 28_800.0}.get(channel, 172_800.0)
    return TicketClass(
        f"{subject.topic}/{channel}",
        channel,
        subject.topic,
        subject.group,
        round(weekly, 4),
        company.profile(channel, desk.live),
        zone=company.ZONES[desk.schedule],
        priorities=company.PRIORITY_MIX[area],
        effort_median=round(60 * subject.minutes * pace(channel) * longer, 2),
        effort_sigma=SIGMA,
        exchanges=round(exchanges(subject, channel), 3),
        reply_median=reply,
        reply_sigma=0.7 if channel in ("chat", "phone") else 1.3,
        patience=patience,
        success=subject.success,
        reopens=0.88,
        recontacts=0.1,
        escalates=subject.escalates,
        transfers=0.02,
        bot=subject.bot if channel in company.BOT_CHANNELS else 0.0,
        skills=subject.skills,
        languages=desk.languages,
        trend=0.04,
    )


def staff(people: tuple[Agent, ...]) -> dict[str, tuple[str, ...]]:
    """Ids of the people of each group, in their order; a person belongs to the first group they name."""
    return {
        desk.name: tuple(one.id for one in people if not one.is_bot and one.groups[0] == desk.name) for desk in DESKS
    }
