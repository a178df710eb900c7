"""Whether a world can be simulated: every impossible parameter, named by its field, before anything runs.

A floor that cannot keep up is possible and worth simulating; a shift that ends before it begins is not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from maitred.base.errors import Invalid
from maitred.canon.tables import SLA_METRICS
from maitred.floor.world import CHANNELS, POLICIES, PRIORITIES, World

Fault = tuple[str, str]
HOURS: Final = 168
MOST_WEEKLY: Final = 1e7
"""Tickets of one class in a week: beyond, a quarter-hour could hold more than its tickets have numbers for."""
EFFORTS: Final = ("lognormal", "exponential", "fixed")
SHAPES: Final = ("step", "ramp", "decay")
SWITCHABLE: Final = {
    "agent": ("speed", "quality", "accuracy", "parks", "picks", "asks_card"),
    "class": ("effort", "success", "exchanges", "transfers", "escalates", "bot"),
    "group": ("policy", "pick_bias", "load_limit", "parks"),
    "bot": ("containment", "wrong", "latency"),
}
"""What a ``Switch`` may change, of each kind of thing."""


class InvalidWorld(Invalid):
    """A world that cannot be simulated; ``errors`` holds each field and what is wrong with it."""

    kind = "invalid-world"


def check(world: World) -> None:
    """Refuse a world that cannot be simulated.

    Raises
    ------
    InvalidWorld
        Names everything that is wrong with it: ``classes[3].weekly: must not be negative, is -2.0``.
    """
    found = list(faults(world))
    if not found:
        return
    told = "; ".join(f"{field}: {what}" for field, what in found)
    count = "one fault" if len(found) == 1 else f"{len(found)} faults"
    raise InvalidWorld(
        f"World {world.name!r} has {count}: {told}",
        "correct these fields",
        tuple({"field": field, "message": what} for field, what in found),
    )


def faults(world: World) -> Iterator[Fault]:
    """Everything that is wrong with a world, as (field, what)."""
    yield from _whole(world)
    yield from _unique(world)
    for part in (_schedules, _policies, _groups, _classes, _agents, _bots, _customers, _plants):
        yield from part(world)


# ---------------------------------------------------------------- what a value may be

Rule = tuple[str, Callable[[Any], bool]]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


NOT_NEGATIVE: Rule = ("must not be negative", lambda value: _number(value) and value >= 0)
POSITIVE: Rule = ("must be above 0", lambda value: _number(value) and value > 0)
SHARE: Rule = ("must lie between 0 and 1", lambda value: _number(value) and 0 <= value <= 1)
BELOW_ONE: Rule = ("must be at least 0 and below 1", lambda value: _number(value) and 0 <= value < 1)
INSIDE: Rule = ("must lie strictly between 0 and 1", lambda value: _number(value) and 0 < value < 1)
FINITE: Rule = ("must be a finite number", _number)
GROWTH: Rule = ("must be above -1 and at most 10", lambda value: _number(value) and -1 < value <= 10)


def _ruled(at: str, one: Any, rules: Iterable[tuple[str, Rule]]) -> Iterator[Fault]:
    for name, (says, fits) in rules:
        value = getattr(one, name)
        if not fits(value):
            yield f"{at}{name}", f"{says}, is {value!r}"


def _shares(at: str, shares: Sequence[float]) -> Iterator[Fault]:
    if any(not _number(share) or share < 0 for share in shares):
        yield at, f"holds a share that is negative or no number: {tuple(shares)}"
    elif not math.isclose(sum(shares), 1.0, abs_tol=1e-6):
        yield at, f"must sum to 1, sums to {sum(shares):.6g}"


def _known(at: str, what: str, value: str, names: Iterable[str]) -> Iterator[Fault]:
    there = list(names)
    if value not in there:
        some = ", ".join(there[:6]) + (" …" if len(there) > 6 else "")
        yield at, f"no {what} is called {value!r} (there is {some or 'none'})"


def _zone(at: str, zone: str) -> Iterator[Fault]:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield at, f"{zone!r} is no time zone; write it as in Europe/Berlin"


def _spans(at: str, spans: Sequence[Any]) -> Iterator[Fault]:
    for place, span in enumerate(spans):
        here = f"{at}[{place}]"
        if not 0 <= span.weekday <= 6:
            yield f"{here}.weekday", f"must lie between 0 (Monday) and 6, is {span.weekday!r}"
        if not 0 <= span.start < span.end <= 1440:
            yield here, f"must begin before it ends, inside minutes 0 to 1440; runs from {span.start} to {span.end}"
    ordered = sorted(spans, key=lambda span: (span.weekday, span.start))
    for one, following in pairwise(ordered):
        if one.weekday == following.weekday and following.start < one.end:
            yield at, f"weekday {one.weekday}: {one.start}-{one.end} and {following.start}-{following.end} overlap"


def _dates(at: str, first: Any, last: Any) -> Iterator[Fault]:
    if first > last:
        yield at, f"must begin before it ends; runs from {first} to {last}"


def _holidays(at: str, holidays: Sequence[Any]) -> Iterator[Fault]:
    for place, one in enumerate(holidays):
        yield from _dates(f"{at}[{place}]", one.first, one.last)


# ---------------------------------------------------------------- the parts of a world


def _whole(world: World) -> Iterator[Fault]:
    rules = (
        ("holiday_factor", NOT_NEGATIVE),
        ("day_correlation", SHARE),
        ("close_days", POSITIVE),
        ("chat_slowdown", NOT_NEGATIVE),
        ("load_speedup", BELOW_ONE),
    )
    yield from _ruled("", world, rules)
    if world.days < 1:
        yield "days", f"must be at least 1, is {world.days}"
    if world.warmup < 0:
        yield "warmup", f"must not be negative, is {world.warmup}"
    if not 0 <= world.seed < 2**63:
        yield "seed", f"must lie between 0 and 2^63 - 1, is {world.seed}"
    yield from _holidays("holidays", world.holidays)


def _unique(world: World) -> Iterator[Fault]:
    """No two things of one name."""
    kinds: tuple[tuple[str, list[str]], ...] = (
        ("schedules", [one.name for one in world.schedules]),
        ("groups", [one.name for one in world.groups]),
        ("classes", [one.name for one in world.classes]),
        ("agents", [one.id for one in world.agents]),
        ("bots", [one.agent for one in world.bots]),
        ("plants", [one.id for one in world.plants]),
        ("customers.segments", [name for name, _, _ in world.customers.segments]),
    )
    for kind, names in kinds:
        for name, count in Counter(names).items():
            if count > 1:
                yield kind, f"{count} of them are called {name!r}"
            if not name:
                yield kind, "one of them has no name"


def _schedules(world: World) -> Iterator[Fault]:
    for place, one in enumerate(world.schedules):
        at = f"schedules[{place}]"
        yield from _zone(f"{at}.zone", one.zone)
        yield from _spans(f"{at}.spans", one.spans)
        yield from _holidays(f"{at}.holidays", one.holidays)
        if not one.spans:
            yield f"{at}.spans", f"schedule {one.name!r} has no hours"


def _policies(world: World) -> Iterator[Fault]:
    groups, segments = [one.name for one in world.groups], [name for name, _, _ in world.customers.segments]
    for place, one in enumerate(world.policies):
        at = f"policies[{place}]"
        yield from _known(f"{at}.schedule", "schedule", one.schedule, [other.name for other in world.schedules])
        for name in one.groups:
            yield from _known(f"{at}.groups", "group", name, groups)
        for name in one.segments:
            yield from _known(f"{at}.segments", "segment", name, segments)
        for number, target in enumerate(one.targets):
            here = f"{at}.targets[{number}]"
            yield from _known(f"{here}.metric", "metric", target.metric, SLA_METRICS)
            yield from _known(f"{here}.priority", "priority", target.priority, PRIORITIES)
            yield from _ruled(f"{here}.", target, (("seconds", POSITIVE),))
        if one.since is not None and one.until is not None:
            yield from _dates(f"{at}.until", one.since, one.until)


def _groups(world: World) -> Iterator[Fault]:
    names = [one.name for one in world.groups]
    rules = (
        ("ageing", NOT_NEGATIVE),
        ("sticky_hours", NOT_NEGATIVE),
        ("pick_bias", FINITE),
        ("load_limit", NOT_NEGATIVE),
    )
    for place, one in enumerate(world.groups):
        at = f"groups[{place}]"
        yield from _known(f"{at}.schedule", "schedule", one.schedule, [other.name for other in world.schedules])
        yield from _known(f"{at}.policy", "policy", one.policy, POLICIES)
        yield from _ruled(f"{at}.", one, rules)
        if one.escalates_to:
            yield from _known(f"{at}.escalates_to", "group", one.escalates_to, names)
        if one.escalates_to == one.name:
            yield f"{at}.escalates_to", "must be another group"


_CLASS_RULES = (
    ("weekly", NOT_NEGATIVE),
    ("effort_median", POSITIVE),
    ("effort_sigma", NOT_NEGATIVE),
    ("exchanges", NOT_NEGATIVE),
    ("reply_median", POSITIVE),
    ("reply_sigma", NOT_NEGATIVE),
    ("no_reply", SHARE),
    ("patience", NOT_NEGATIVE),
    ("success", FINITE),
    ("reopens", SHARE),
    ("recontacts", SHARE),
    ("escalates", SHARE),
    ("transfers", SHARE),
    ("bot", SHARE),
    ("trend", GROWTH),
    ("day_factor", NOT_NEGATIVE),
)


def _classes(world: World) -> Iterator[Fault]:
    groups = [one.name for one in world.groups]
    for place, one in enumerate(world.classes):
        at = f"classes[{place}]"
        yield from _ruled(f"{at}.", one, _CLASS_RULES)
        yield from _known(f"{at}.channel", "channel", one.channel, CHANNELS)
        yield from _known(f"{at}.effort_kind", "kind of effort", one.effort_kind, EFFORTS)
        yield from _known(f"{at}.group", "group", one.group, groups)
        yield from _zone(f"{at}.zone", one.zone)
        yield from _week(f"{at}.profile", one.profile, HOURS)
        if one.season:
            yield from _week(f"{at}.season", one.season, 12)
        if not one.topic:
            yield f"{at}.topic", "is empty"
        if one.weekly > MOST_WEEKLY:
            yield f"{at}.weekly", f"must not be above {MOST_WEEKLY:.0f}, is {one.weekly!r}"
        yield from _shares(f"{at}.priorities", one.priorities)
        yield from _shares(f"{at}.languages", [share for _, share in one.languages])
        if len(one.priorities) != len(PRIORITIES):
            yield f"{at}.priorities", f"must hold {len(PRIORITIES)} shares, holds {len(one.priorities)}"
        if one.reopens + one.recontacts > 1 + 1e-9:
            yield f"{at}.recontacts", f"and reopens must not exceed 1 together, are {one.reopens + one.recontacts:.6g}"
        if one.bot > 0 and not world.bots:
            yield f"{at}.bot", "a bot is offered tickets, and this world has none"
        known = {skill for agent in world.agents for skill in agent.skills}
        for skill in one.skills:
            yield from _known(f"{at}.skills", "skill of any agent", skill, sorted(known))


def _week(at: str, values: Sequence[float], length: int) -> Iterator[Fault]:
    """A profile: as many values as asked, none negative, not all zero."""
    if len(values) != length:
        yield at, f"must hold {length} values, holds {len(values)}"
    for place, value in enumerate(values):
        if not _number(value) or value < 0:
            yield f"{at}[{place}]", f"must not be negative, is {value!r}"
    if values and not any(values):
        yield at, "must not be zero everywhere"


_AGENT_RULES = (
    ("contract", NOT_NEGATIVE),
    ("ramp_weeks", NOT_NEGATIVE),
    ("absence", SHARE),
    ("speed", FINITE),
    ("quality", FINITE),
    ("accuracy", SHARE),
    ("parks", SHARE),
    ("picks", NOT_NEGATIVE),
    ("asks_card", SHARE),
)


def _agents(world: World) -> Iterator[Fault]:
    groups = [one.name for one in world.groups]
    bots = {one.agent for one in world.bots}
    for place, one in enumerate(world.agents):
        at = f"agents[{place}]"
        yield from _ruled(f"{at}.", one, _AGENT_RULES)
        yield from _zone(f"{at}.zone", one.zone)
        yield from _spans(f"{at}.shifts", one.shifts)
        for name in one.groups:
            yield from _known(f"{at}.groups", "group", name, groups)
        if one.concurrency < 1:
            yield f"{at}.concurrency", f"must be at least 1, is {one.concurrency!r}"
        if not one.is_bot and not one.shifts:
            yield f"{at}.shifts", f"agent {one.id!r} has no shifts"
        if not one.is_bot and not one.groups:
            yield f"{at}.groups", f"agent {one.id!r} is in no group"
        if one.is_bot and one.id not in bots:
            yield f"{at}.is_bot", f"agent {one.id!r} is a bot, and no entry of bots says what it does"
        for number, share in enumerate(one.behaviours):
            if not _number(share) or not 0 <= share <= 1:
                yield f"{at}.behaviours[{number}]", f"must lie between 0 and 1, is {share!r}"
        for number, (after, minutes) in enumerate(one.breaks):
            if after < 0 or minutes <= 0:
                yield (
                    f"{at}.breaks[{number}]",
                    f"must be (minutes after the start, minutes long), is {(after, minutes)}",
                )
        for number, (first, last) in enumerate(one.leave):
            yield from _dates(f"{at}.leave[{number}]", first, last)
        if one.hired is not None and one.left is not None:
            yield from _dates(f"{at}.left", one.hired, one.left)


_BOT_RULES = (
    ("latency", NOT_NEGATIVE),
    ("containment", SHARE),
    ("wrong", SHARE),
    ("handoff", NOT_NEGATIVE),
    ("cost", NOT_NEGATIVE),
)


def _bots(world: World) -> Iterator[Fault]:
    agents = {one.id: one for one in world.agents}
    for place, one in enumerate(world.bots):
        at = f"bots[{place}]"
        yield from _ruled(f"{at}.", one, _BOT_RULES)
        if one.agent not in agents:
            yield f"{at}.agent", f"no agent has the id {one.agent!r}"
        elif not agents[one.agent].is_bot:
            yield f"{at}.agent", f"agent {one.agent!r} is a person; set is_bot"


def _customers(world: World) -> Iterator[Fault]:
    one = world.customers
    rules = (
        ("per_account", POSITIVE),
        ("skew", NOT_NEGATIVE),
        ("churn", INSIDE),
        ("offer", SHARE),
        ("answer", FINITE),
        ("temper", NOT_NEGATIVE),
    )
    yield from _ruled("customers.", one, rules)
    if one.accounts < 1:
        yield "customers.accounts", f"must be at least 1, is {one.accounts!r}"
    yield from _shares("customers.segments", [share for _, share, _ in one.segments])
    for place, (name, _, revenue) in enumerate(one.segments):
        if not _number(revenue) or revenue < 0:
            yield f"customers.segments[{place}]", f"revenue of {name!r} must not be negative, is {revenue!r}"


# ---------------------------------------------------------------- what plants do to it


def _plants(world: World) -> Iterator[Fault]:
    for place, plant in enumerate(world.plants):
        at = f"plants[{place}] ({type(plant).__name__} {plant.id!r})"
        yield from _switches(at, world, plant)
        yield from _extras(at, world, plant)
        agents = [one.id for one in world.agents]
        for gap in plant.missing(world):
            for id in gap.agents:
                yield from _known(f"{at}.agents", "agent", id, agents)
            yield from _dates(f"{at}.end", gap.start, gap.end)
            if not 0 <= gap.hours[0] < gap.hours[1] <= 1440:
                yield f"{at}.hours", f"must begin before they end, inside minutes 0 to 1440; are {gap.hours}"


def _switches(at: str, world: World, plant: Any) -> Iterator[Fault]:
    names = {
        "agent": [one.id for one in world.agents],
        "class": [one.name for one in world.classes],
        "group": [one.name for one in world.groups],
        "bot": [one.agent for one in world.bots],
    }
    for one in plant.switches(world):
        yield from _known(f"{at}: switch", "kind of thing", one.kind, names)
        if one.kind in names:
            yield from _known(f"{at}: switch of {one.kind}", one.kind, one.name, names[one.kind])
            yield from _known(f"{at}: switch of {one.kind}", "parameter", one.field, SWITCHABLE[one.kind])
        if not _number(one.value):
            yield f"{at}: switch of {one.field}", f"must be a finite number, is {one.value!r}"


def _extras(at: str, world: World, plant: Any) -> Iterator[Fault]:
    classes = [one.name for one in world.classes]
    for one in plant.extras(world):
        for name in one.classes:
            yield from _known(f"{at}: extra arrivals", "class", name, classes)
        yield from _known(f"{at}.shape", "shape", one.shape, SHAPES)
        yield from _ruled(f"{at}.", one, (("volume", NOT_NEGATIVE), ("accounts", SHARE), ("tone", FINITE)))
        if one.start >= one.end:
            yield f"{at}.end", f"must come after the start; runs from {one.start} to {one.end}"
        if one.account >= world.customers.accounts:
            yield f"{at}.account", f"is {one.account}; this world holds 0 to {world.customers.accounts - 1}"
