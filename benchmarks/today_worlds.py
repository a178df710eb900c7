"""Practice worlds for Today: organisations drawn from ranges, with problems planted over all families, or with none.

A seed names a world wholly: people, volume, channels, time zones, length, whether tickets bear topics as tags, what is
planted when and how large, and which harmless oddities stand beside. Every fifth world has nothing wrong in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import numpy as np
import today_plants as own

from maitred.floor import plants as floor
from maitred.floor.demo import company
from maitred.floor.demo.size import Size, bare, leaves, staff
from maitred.floor.plants.planted import Planted
from maitred.floor.world import Agent, TicketClass, World

TUNING: Final = tuple(range(1, 21))
"""Seeds to tune detectors on; figures are reported on others."""
REPORTED: Final = tuple(range(101, 141))
QUIET_EVERY: Final = 5
FIRST: Final = 71
"""No problem begins before this day: detectors learn for sixty."""
LEFT: Final = 28
"""Days that are left at least when a problem begins."""
ZONES: Final[tuple[dict[str, str], ...]] = (
    {},
    {"Europe/Berlin": "America/Chicago", "America/New_York": "America/Chicago", "Australia/Sydney": "America/New_York"},
    {"Europe/Berlin": "Asia/Kolkata", "America/New_York": "Europe/London", "Australia/Sydney": "Asia/Kolkata"},
    {"Europe/Berlin": "Europe/London", "America/New_York": "Europe/London", "Australia/Sydney": "Europe/Paris"},
)
"""Where the three offices are."""
DROPPED: Final = ((), ("phone",), ("chat", "phone"), ("social",), ("phone", "social"))
"""Channels that an organisation does not offer."""
BUSY: Final = 0.62
"""Share of present time that work takes: with more, leave in a small team is a problem that nobody planted."""
SEPARATE: Final = 32
"""People from whom on all six groups are there; smaller organisations have three."""
FOLDED: Final = {
    company.BILLING: company.ORDERS,
    company.GUIDANCE: company.ACCOUNTS,
    company.SPECIALISTS: company.APP,
}
FEWER: Final = (-0.1, -0.35, -0.2, -0.3, -0.35, -0.2, -0.25)


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice world: ``tagged`` is the share of tickets that bear their topic as a tag."""

    seed: int
    world: World
    tagged: float
    quiet: bool
    main: dict[str, str]
    """The family of each planted problem by its id."""


def practice(seed: int) -> Practice:
    """The practice world of a seed."""
    dice = np.random.default_rng([seed, 20_261])
    agents = round(float(np.exp(dice.uniform(np.log(12), np.log(60)))))
    days = int(dice.integers(180, 271))
    start = date(2025, 1, 6) + timedelta(days=int(dice.integers(0, 300)))
    each = float(dice.uniform(2.5, 6.0))
    tickets = int(min(agents * each * days, 32_000))
    size = Size(agents, days, tickets, int(agents * dice.uniform(6, 25)), float(dice.uniform(6, 15)), BUSY)
    world = bare(size, seed, start, days)
    world = rested(folded(world) if agents < SEPARATE else world)
    world = without_channels(world, DROPPED[int(dice.integers(len(DROPPED)))])
    world = moved(world, ZONES[int(dice.integers(len(ZONES)))])
    world = replace(world, name=f"Practice {seed}", customers=replace(world.customers, answer=0.0))
    tagged = (1.0, 0.5, 0.0)[int(dice.integers(3))]
    quiet = seed % QUIET_EVERY == 0
    main: dict[str, str] = {}
    if not quiet:
        chosen = problems(world, dice, seed)
        main = {plant.id: family for family, plant in chosen}
        world = world.plant(*(plant for _, plant in chosen))
    return Practice(seed, world.plant(*decoys(world, dice)), tagged, quiet, main)


def rested(world: World) -> World:
    """The world with leave in single weeks, taken in turn, and seldom ill: nothing happens that was not planted."""
    groups = enumerate(staff(world.agents).values())
    turns = {id: (nth, place, len(ids)) for nth, ids in groups for place, id in enumerate(ids)}

    def week(first: date, last: date) -> tuple[date, date]:
        return first, min(last, first + timedelta(days=4))

    def resting(one: Agent) -> Agent:
        if one.id not in turns:
            return one
        leave = tuple(week(*away) for away in leaves(*turns[one.id], world.start, world.days))
        return replace(one, leave=leave, absence=min(one.absence, 0.02))

    return replace(world, agents=tuple(map(resting, world.agents)))


def folded(world: World) -> World:
    """The world with three groups, each with the people, hours and tickets of two."""
    zones = {one.name: company.ZONES[one.schedule] for one in world.groups}

    def named(groups: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(FOLDED.get(name, name) for name in groups))

    def zone(group: str) -> str:
        return zones[FOLDED.get(group, group)]

    return replace(
        world,
        groups=tuple(replace(one, escalates_to="", tier=1) for one in world.groups if one.name not in FOLDED),
        classes=tuple(
            replace(one, group=FOLDED.get(one.group, one.group), zone=zone(one.group), escalates=0.0)
            for one in world.classes
        ),
        agents=tuple(
            one
            if one.is_bot and not one.groups
            else replace(one, groups=named(one.groups), zone=one.zone if one.is_bot else zone(one.groups[0]), tier=1)
            for one in world.agents
        ),
        policies=tuple(policy for policy in world.policies if named(policy.groups) == policy.groups)
        + tuple(
            replace(policy, groups=named(policy.groups))
            for policy in world.policies
            if named(policy.groups) != policy.groups and policy.schedule != company.PACIFIC
        ),
    )


def without_channels(world: World, gone: tuple[str, ...]) -> World:
    """The world without some channels; each group's other tickets grow by the work that is gone."""

    def work(one: TicketClass) -> float:
        return one.weekly * one.effort_median * (1 + one.exchanges)

    def grown(one: TicketClass) -> TicketClass:
        mine = [other for other in world.classes if other.group == one.group]
        kept = sum(work(other) for other in mine if other.channel not in gone)
        return replace(one, weekly=one.weekly * sum(map(work, mine)) / kept)

    return replace(world, classes=tuple(grown(one) for one in world.classes if one.channel not in gone))


def moved(world: World, zones: dict[str, str]) -> World:
    """The world with its offices in other time zones."""
    return replace(
        world,
        classes=tuple(replace(one, zone=zones.get(one.zone, one.zone)) for one in world.classes),
        agents=tuple(replace(one, zone=zones.get(one.zone, one.zone)) for one in world.agents),
        schedules=tuple(replace(one, zone=zones.get(one.zone, one.zone)) for one in world.schedules),
    )


class Drawn:
    """What is still free in a world, so that no two problems fall on the same group, person or topic."""

    def __init__(self, world: World, dice: np.random.Generator) -> None:
        self.world, self.dice = world, dice
        self.staff = {name: list(ids) for name, ids in staff(world.agents).items()}
        self.groups = [name for name, ids in self.staff.items() if len(ids) >= 2 and name != company.SPECIALISTS]
        self.topics = sorted({one.topic for one in world.classes if one.group != company.SPECIALISTS})
        self.taken: list[str] = []

    def between(self, low: float, high: float) -> float:
        return round(float(self.dice.uniform(low, high)), 3)

    def day(self, left: int = LEFT) -> datetime:
        """A weekday's midnight between the earliest and the latest beginning."""
        number = int(self.dice.integers(FIRST, self.world.days - left))
        at = datetime.combine(self.world.start + timedelta(days=number), time(), UTC)
        return at + timedelta(days=(7 - at.weekday()) % 7 if at.weekday() > 4 else 0)

    def group(self) -> str:
        name = self.groups.pop(int(self.dice.integers(len(self.groups))))
        self.topics = [topic for topic in self.topics if self.home(topic) != name]
        self.staff[name] = []
        return name

    def person(self) -> str:
        """Somebody who solves enough to be judged, from a group in which nothing else is planted."""
        there = [id for name in self.groups for id in self.staff[name]]
        id = there[int(self.dice.integers(len(there)))]
        for ids in self.staff.values():
            if id in ids:
                ids.remove(id)
        return id

    def topic(self, share: float = 0.02) -> str:
        """A topic with enough tickets whose group is free."""
        whole = sum(one.weekly for one in self.world.classes)
        weekly = {
            topic: sum(one.weekly for one in self.world.classes if one.topic == topic) / whole for topic in self.topics
        }
        wide = [topic for topic in self.topics if weekly[topic] >= share] or self.topics
        topic = wide[int(self.dice.integers(len(wide)))]
        self.topics.remove(topic)
        return topic

    def home(self, topic: str) -> str:
        return next(one.group for one in self.world.classes if one.topic == topic)


def _speed(free: Drawn, id: str) -> Planted:
    start = free.day()
    return floor.MassLeave(
        id, free.group(), start, start + timedelta(days=int(free.dice.integers(8, 26))), free.between(0.25, 0.55)
    )


def _backlog(free: Drawn, id: str) -> Planted:
    return own.Creep(id, free.group(), free.day(60), free.between(0.6, 1.4))


def _staffing_gap(free: Drawn, id: str) -> Planted:
    group = free.group()
    desk = next(one for one in company.DESKS if one.name == group)
    last = max(end for _, end in desk.shifts)
    return floor.Understaffed(id, group, free.day(), share=free.between(0.6, 1.0), hours=(last - 210, last))


def _volume(free: Drawn, id: str) -> Planted:
    start = free.day()
    end = start + timedelta(days=int(free.dice.integers(10, 28)))
    return own.VolumeJump(id, start, end, free.group(), free.between(0.35, 1.0))


def _topic_surge(free: Drawn, id: str) -> Planted:
    start, topic = free.day(), free.topic()
    match int(free.dice.integers(3)):
        case 0:
            morning = start.replace(hour=8)
            return floor.Outage(id, topic, morning, hours=free.between(6, 48), volume=free.between(12, 30))
        case 1:
            end = start + timedelta(days=int(free.dice.integers(5, 40)))
            return floor.TopicSurge(id, topic, start, end, free.between(0.8, 2.5))
        case _:
            return floor.Release(id, topic, start, free.between(8, 25), free.between(1.2, 3.0))


def _topic_new(free: Drawn, id: str) -> Planted:
    like = free.topic(0.0)
    weekly = sum(one.weekly for one in free.world.classes) * free.between(0.01, 0.04)
    name = company.NEW_TOPICS[int(free.dice.integers(len(company.NEW_TOPICS)))]
    return floor.NewTopic(id, name, like, free.day(), weekly=round(weekly, 2))


def _reopen(free: Drawn, id: str) -> Planted:
    return own.MacroUsed(id, free.topic(0.03), free.day(), -0.25, -free.between(1.2, 2.4), title="Answer in one go")


def _satisfaction(free: Drawn, id: str) -> Planted:
    return own.Displeased(id, free.group(), free.day(), free.between(0.2, 0.45))


def _agent_quality(free: Drawn, id: str) -> Planted:
    weeks = 0.0 if free.dice.integers(2) == 0 else 3.0
    worse = -free.between(1.3, 2.6)
    return floor.AgentChange(
        id, free.person(), free.day(), quality=worse, behaviours_by=FEWER, shape="ramp", weeks=weeks
    )


def _case_selection(free: Drawn, id: str) -> Planted:
    return floor.CherryPicking(id, free.person(), free.day(), picks=free.between(1.5, 3.5))


def _parked(free: Drawn, id: str) -> Planted:
    share = free.between(0.08, 0.25)
    if free.dice.random() < 0.6:
        return own.Pile(id, free.day(), agent=free.person(), share=share)
    return own.Pile(id, free.day(), group=free.group(), share=0.5 * share)


def _account_risk(free: Drawn, id: str) -> Planted:
    start = free.day(45)
    end = start + timedelta(days=60)
    return floor.AtRiskAccount(
        id, renewing(free.world, start), start, end, weekly=free.between(8, 20), tone=-free.between(1.2, 2.2)
    )


def _sensitive_data(free: Drawn, id: str) -> Planted:
    if free.dice.random() < 0.5:
        return own.AsksCard(id, free.person(), free.day(), free.between(0.05, 0.2))
    return own.CardForm(id, free.topic(), free.day(), free.between(0.15, 0.4))


def _bot_resolution(free: Drawn, id: str) -> Planted:
    return floor.BotChange(
        id, company.BOT, free.day(), containment=free.between(0.5, 0.7), wrong=free.between(0.35, 0.55)
    )


def _sla_setup(free: Drawn, id: str) -> Planted:
    group = free.group()
    mine = next(one.schedule for one in free.world.groups if one.name == group)
    other = {company.EUROPE: company.PACIFIC, company.AMERICAS: company.EUROPE, company.PACIFIC: company.AMERICAS}
    return own.WrongHours(id, group, other[mine], free.day())


def _improvement(free: Drawn, id: str) -> Planted:
    group = max(free.groups, key=lambda name: len(free.staff[name]))
    cohort = tuple(free.staff[group][: max(2, round(len(free.staff[group]) * 0.6))])
    return own.Course(id, cohort, (free.day(50),), quality=free.between(1.0, 1.8), effort=-free.between(0.1, 0.3))


KINDS: Final[dict[str, Callable[[Drawn, str], Planted]]] = {
    "speed": _speed,
    "backlog": _backlog,
    "staffing_gap": _staffing_gap,
    "volume": _volume,
    "topic_surge": _topic_surge,
    "topic_new": _topic_new,
    "reopen": _reopen,
    "satisfaction": _satisfaction,
    "agent_quality": _agent_quality,
    "case_selection": _case_selection,
    "parked": _parked,
    "account_risk": _account_risk,
    "sensitive_data": _sensitive_data,
    "bot_resolution": _bot_resolution,
    "sla_setup": _sla_setup,
    "improvement": _improvement,
}
"""How each family's problem is drawn; ``workload`` has no plant yet."""
BY_GROUP: Final = ("speed", "backlog", "staffing_gap", "volume", "satisfaction", "sla_setup", "parked", "improvement")


def problems(world: World, dice: np.random.Generator, seed: int) -> list[tuple[str, Planted]]:
    """Three to six problems of as many families; neighbouring seeds take turns, so that all families come up."""
    free, count = Drawn(world, dice), int(dice.integers(3, 7))
    names = list(KINDS)
    shuffled = np.random.default_rng(seed // 4).permutation(len(names))
    turn = seed % 4
    order = [names[place] for place in np.roll(shuffled, -4 * turn)]
    chosen: list[str] = []
    most = min(3, len(free.groups) - 1)
    for name in order:
        crowded = name in BY_GROUP and sum(one in BY_GROUP for one in chosen) >= most
        if len(chosen) < count and not crowded:
            chosen.append(name)
    chosen.sort(key=lambda name: name not in BY_GROUP)
    return [(name, KINDS[name](free, f"{name}-{place}")) for place, name in enumerate(chosen)]


def renewing(world: World, at: datetime) -> int:
    """A large account whose contract ends within three weeks to three months of an instant."""
    from maitred.floor.customers import population
    from maitred.floor.latent import ms_of

    found = population(world)
    day = 86_400_000
    ahead = (found.renewal - ms_of(world, at)) % (365 * day)
    soon = (ahead >= 21 * day) & (ahead <= 90 * day)
    order = sorted(range(len(found.revenue)), key=lambda place: (not soon[place], -found.revenue[place], place))
    return order[0]


def decoys(world: World, dice: np.random.Generator) -> tuple[Planted, ...]:
    """Harmless oddities: somebody with few hours, part-timers, a season, a holiday, somebody new, an idle window."""
    there = staff(world.agents)
    from maitred.floor.demo.stories import CONTRACT, few_hours, part_time

    free = Drawn(world, dice)
    used = {str(getattr(plant, "agent", "")) for plant in world.plants if isinstance(plant, Planted)}
    used |= {id for plant in world.plants for id in getattr(plant, "agents", ())}
    found: list[Planted] = []
    if few_hours(there) not in used and dice.random() < 0.8:
        found.append(floor.SmallN("decoy-few-hours", few_hours(there)))
    part = tuple(id for id in part_time(there) if id not in used)
    if part and dice.random() < 0.8:
        found.append(floor.PartTimers("decoy-part-time", part, CONTRACT))
    if dice.random() < 0.6:
        found.append(floor.Seasonality("decoy-season", free.topic(0.0)))
    if dice.random() < 0.8:
        found.append(floor.Holidays("decoy-holiday", free.day(), name="Company day"))
    if dice.random() < 0.5:
        found.append(floor.NewHires("decoy-new", free.groups[int(dice.integers(len(free.groups)))], free.day(), 1))
    start = free.day()
    found.append(floor.Nothing("decoy-nothing", start, start + timedelta(days=7)))
    return tuple(found)
