"""A planted world as the arrays that the engine reads: classes, groups, people as bitsets, targets, switches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maitred.floor import layout
from maitred.floor.layout import (
    BUCKETS,
    FAR,
    LANE_CHAT,
    LANE_PHONE,
    LANE_SLOW,
    LANES,
    ROW_BREADTH,
    ROW_GROUPS,
    ROW_HELD,
    ROW_TALKS,
    Floor,
)
from maitred.floor.logbook import RECORD, TICKET, Kind
from maitred.floor.openings import open_intervals
from maitred.floor.presence import FIELDS, KINDS
from maitred.floor.streams import finish
from maitred.floor.world import (
    CHANNELS,
    POLICIES,
    PRIORITIES,
    Agent,
    Group,
    SlaPolicy,
    Switch,
    TicketClass,
    World,
)

EFFORTS = ("lognormal", "exponential", "fixed")
EXPECTATIONS = {"email": 28_800, "web": 28_800, "chat": 90, "messaging": 900, "phone": 60, "social": 3_600}
"""Seconds of waiting that a customer of a channel finds ordinary."""
MOST = 64
"""Groups, segments or sets of skills: one word of bits each."""
ROOMS = 16
"""Most conversations at once that are simulated for one person."""
RECORDS, SPARE = 16, 1.15
"""Log records and later tickets for each arrival that are made room for; more room is made when needed."""
DAY = 86_400_000


def compile_world(
    world: World, log: bool, arrivals: NDArray[np.void] | None = None, presence: NDArray[np.void] | None = None
) -> Floor:
    """The arrays of a world, ready to run from its origin.

    Raises
    ------
    InvalidWorld
        More than 64 groups, customer segments or sets of skills.
    """
    if arrivals is None:
        from maitred.floor.arrivals import arrivals as draw

        arrivals = draw(world)
    if presence is None:
        from maitred.floor.shifts import presence as roster

        presence = roster(world)
    return _Compiler(world).floor(log, arrivals, presence)


def origin_of(world: World) -> datetime:
    """The instant from which a world counts its milliseconds."""
    return datetime.combine(world.start, datetime.min.time(), UTC) - timedelta(days=world.warmup)


def grow(floor: Floor) -> None:
    """Twice the room in whatever is nearly full."""
    state, arrays = floor.state[0], floor.arrays
    burst = int(state["burst"] + state["owned"])
    used = {name: int(state[name]) for name in ("tickets", "logged", "heap", "nodes")}
    if len(arrays["log"]) - used["logged"] <= 8 * burst:
        arrays["log"] = _longer(arrays["log"], used["logged"], 8 * burst)
    if len(arrays["tickets"]) - used["tickets"] <= 8:
        arrays["tickets"] = _longer(arrays["tickets"], used["tickets"], 64)
        arrays["live"] = _longer(arrays["live"], used["tickets"], 64)
    if len(arrays["heap"]) - used["heap"] <= 4 * burst + used["nodes"]:
        arrays["heap"] = _longer(arrays["heap"], used["heap"], 4 * burst + used["nodes"])
    if len(arrays["nodes"]) - used["nodes"] <= 4 * burst:
        arrays["nodes"] = _longer(arrays["nodes"], used["nodes"], 4 * burst)
    for name, kind in (("closing", "close"), ("lapsing", "lapse")):
        head, tail = int(state[f"{kind}_head"]), int(state[f"{kind}_tail"])
        if len(arrays[name]) - (tail - head) <= burst + 8:
            arrays[name] = _wider(arrays[name], head, tail, burst)
    floor.connect()


def _longer(array: NDArray[np.void], used: int, burst: int) -> NDArray[np.void]:
    wider = np.empty(2 * len(array) + 2 * burst, array.dtype)
    wider[:used] = array[:used]
    return wider


def _wider(ring: NDArray[np.void], head: int, tail: int, burst: int) -> NDArray[np.void]:
    size = 1 << (2 * max(len(ring), burst)).bit_length()
    wider = np.empty(size, ring.dtype)
    places = np.arange(head, tail)
    wider[places & (size - 1)] = ring[places & (len(ring) - 1)]
    return wider


class _Compiler:
    """Names of a world as positions, and the arrays that are made with them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.origin = origin_of(world)
        self.end = (world.warmup + world.days) * DAY
        self.groups = {group.name: place for place, group in enumerate(world.groups)}
        self.classes = {one.name: place for place, one in enumerate(world.classes)}
        self.agents = {agent.id: place for place, agent in enumerate(world.agents)}
        self.segments = {name: place for place, (name, _, _) in enumerate(world.customers.segments)}
        self.needs: list[frozenset[str]] = [frozenset()]
        for one in world.classes:
            if frozenset(one.skills) not in self.needs:
                self.needs.append(frozenset(one.skills))
        self.links: list[int] = []
        self.shares: list[float] = []
        self.people = [place for place, agent in enumerate(world.agents) if not agent.is_bot]
        self._limit()

    def _limit(self) -> None:
        counts = (("groups", self.groups), ("customer segments", self.segments), ("sets of skills", self.needs))
        for what, found in counts:
            if len(found) > MOST:
                from maitred.floor.checking import InvalidWorld

                raise InvalidWorld(f"{len(found)} {what}", f"use at most {MOST}")

    def floor(self, log: bool, arrivals: NDArray[np.void], presence: NDArray[np.void]) -> Floor:
        world = self.world
        room = max([1, *(min(world.agents[place].concurrency, ROOMS) for place in self.people)])
        classes, groups, agents = self._classes(), self._groups(), self._agents(presence)
        lists = len(world.groups) * len(self.needs) * LANES
        tickets = int(len(arrivals) * SPARE) + 256
        burst = 64 + len(world.agents) * (room + 2)
        slots = np.zeros(len(world.agents) * room, layout.SLOT)
        slots["ticket"] = -1
        queues = np.full(lists * BUCKETS, -1, np.int32).repeat(2).view(layout.QUEUE)
        policies, targets, opens = self._policies()
        around = self._around()
        arrays = {
            "tickets": np.empty(tickets, TICKET),
            "live": np.empty(tickets, layout.LIVE),
            "log": np.empty(tickets * RECORDS + 16 * burst if log else 16 * burst, RECORD),
            "heap": np.empty(16 * burst + tickets // 16, layout.HEAP_ENTRY),
            "slices": np.full(layout.SLICES, -1, np.int32),
            "nodes": np.empty(8 * burst + tickets // 16, layout.NODE),
            "agents": agents,
            "slots": slots,
            "words": self._words(groups, agents),
            "groups": groups,
            "waiting": np.zeros(len(world.groups) * LANES, np.uint64),
            "full": np.zeros(lists, np.uint64),
            "queues": queues,
            "classes": classes,
            "needs": self._needs_of(),
            "links": np.array(self.links or [0], np.int32),
            "shares": np.array(self.shares or [0.0]),
            "around": around,
            "policies": policies,
            "targets": targets,
            "opens": opens,
            "arrivals": arrivals.astype(layout.ARRIVAL, copy=False),
            "presence": presence.astype(layout.PRESENCE, copy=False),
            "starts": _next_starts(presence),
            "switches": self._switches(),
            "bots": self._bots(),
            "closing": np.empty(1 << (tickets // 32 + 4 * burst).bit_length(), layout.TIMER),
            "lapsing": np.empty(1 << (tickets // 32 + 4 * burst).bit_length(), layout.TIMER),
            "segments": self._segments(),
            "purposes": _purposes(world.seed),
        }
        rows = {name: np.ascontiguousarray(array).view(layout.ROWS[name]) for name, array in arrays.items()}
        floor = Floor(self._state(log, arrivals, room), rows)
        floor.connect()
        return floor

    def _state(self, log: bool, arrivals: NDArray[np.void], room: int) -> NDArray[np.void]:
        world = self.world
        state = np.zeros(1, layout.STATE)
        now = min(0, int(arrivals["time"][0])) - 1 if len(arrivals) else -1
        numbers: dict[str, float] = {
            "now": now,
            "queue_since": now,
            "end": self.end,
            "logging": int(log),
            "words": self._width(),
            "needs": len(self.needs),
            "groups": len(world.groups),
            "agents": len(world.agents),
            "bots": len(world.bots),
            "room": room,
            "burst": 64 + len(world.agents) * (room + 2),
            "close_ms": max(1, round(world.close_days * DAY)),
            "relieved": -1,
            "free": -1,
            "slice": now >> layout.SLICE_SHIFT,
            "opened": now >> layout.SLICE_SHIFT << layout.SLICE_SHIFT,
            "by_segment": int(any(policy.segments for policy in world.policies)),
            "slowdown": world.chat_slowdown,
            "load": world.load_speedup,
        }
        for name, value in numbers.items():
            state[name] = value
        return state

    def _width(self) -> int:
        return max(1, -(-len(self.world.agents) // 64))

    def _at(self, instant: datetime | date | None, missing: int) -> int:
        if instant is None:
            return missing
        if not isinstance(instant, datetime):
            instant = datetime.combine(instant, datetime.min.time(), UTC)
        return int((instant - self.origin) / timedelta(milliseconds=1))

    # ------------------------------------------------------------ classes and groups

    def _classes(self) -> NDArray[np.void]:
        made = np.zeros(len(self.world.classes), layout.CLASS)
        for place, one in enumerate(self.world.classes):
            made[place] = self._class(one)
        return made

    def _class(self, one: TicketClass) -> tuple[Any, ...]:
        low, normal, high = (float(sum(one.priorities[:step]) / sum(one.priorities)) for step in (1, 2, 3))
        kin = [other for other in self.world.classes if other.topic == one.topic]
        weights = np.array([max(other.weekly, 1e-9) for other in kin])
        kin_at = self._link([self.classes[other.name] for other in kin], np.cumsum(weights) / weights.sum())
        return (
            one.effort_median * 1000.0,
            one.effort_sigma,
            1.0,
            one.exchanges,
            one.reply_median * 1000.0,
            one.reply_sigma,
            one.no_reply,
            one.patience * 1000.0,
            one.success,
            one.reopens,
            one.recontacts,
            one.escalates,
            one.transfers,
            one.bot,
            EXPECTATIONS[one.channel] * 1000.0,
            low,
            normal,
            high,
            CHANNELS.index(one.channel),
            _lane(one),
            self.groups[one.group],
            self.needs.index(frozenset(one.skills)),
            EFFORTS.index(one.effort_kind),
            kin_at,
            len(kin),
            0,
        )

    def _link(self, places: Sequence[int], shares: Iterable[float] = ()) -> int:
        """Append positions to ``links``; where they begin."""
        at = len(self.links)
        self.links += places
        self.shares += list(shares) or [0.0] * len(places)
        return at

    def _groups(self) -> NDArray[np.void]:
        made = np.zeros(len(self.world.groups), layout.GROUP)
        for place, group in enumerate(self.world.groups):
            members = [agent for agent in self.people if group.name in self.world.agents[agent].groups]
            low, high = (min(members) // 64, max(members) // 64 + 1) if members else (0, 0)
            made[place] = self._group(group, low, high)
        return made

    def _group(self, group: Group, low: int, high: int) -> tuple[Any, ...]:
        return (
            group.ageing,
            group.pick_bias,
            0.0,
            0.0,
            0,
            round(group.sticky_hours * 3_600_000),
            POLICIES.index(group.policy),
            self.groups[group.escalates_to] if group.escalates_to else -1,
            group.load_limit,
            low * 64,
            low,
            high,
        )

    def _around(self) -> NDArray[np.int32]:
        """For each (group, lane): the other groups of its tier with people and, if there are any, that lane."""
        groups = self.world.groups
        staffed = {name for place in self.people for name in self.world.agents[place].groups}
        lanes = {(one.group, _lane(one)) for one in self.world.classes}
        made = np.zeros((len(groups) * LANES, 2), np.int32)
        for place, group in enumerate(groups):
            others = [other.name for other in groups if other is not group and other.tier == group.tier]
            others = [name for name in others if name in staffed]
            for lane in range(LANES):
                fitting = [name for name in others if (name, lane) in lanes]
                chosen = fitting or others
                made[place * LANES + lane] = self._link([self.groups[name] for name in chosen]), len(chosen)
        return made.reshape(-1)

    def _needs_of(self) -> NDArray[np.int32]:
        made = np.zeros((len(self.world.groups), len(self.needs)), np.int32)
        for place, group in enumerate(self.world.groups):
            members = [self.world.agents[at] for at in self.people if group.name in self.world.agents[at].groups]
            for need, skills in enumerate(self.needs):
                if any(skills <= set(member.skills) for member in members):
                    made[place, need] = need
        return made.reshape(-1)

    # ------------------------------------------------------------ people

    def _agents(self, presence: NDArray[np.void]) -> NDArray[np.void]:
        made = np.zeros(len(self.world.agents), layout.AGENT)
        on = presence[presence["kind"] == int(Kind.SHIFT_ON)]
        people, places = np.unique(on["agent"], return_index=True)
        first = dict(zip(people.tolist(), on["time"][places].tolist(), strict=True))
        for place, agent in enumerate(self.world.agents):
            self._agent(made[place], agent)
            made[place]["next_on"] = first.get(place, FAR)
        return made

    def _agent(self, row: np.void, agent: Agent) -> None:
        row["speed"], row["quality"] = agent.speed, agent.quality
        row["parks"], row["picks"], row["asks_card"] = agent.parks, agent.picks, agent.asks_card
        row["ramp"] = agent.ramp_weeks * 7 * DAY if agent.hired is not None else 0.0
        row["hired"] = self._at(agent.hired, 0)
        row["needs"] = sum(1 << need for need, skills in enumerate(self.needs) if skills <= set(agent.skills))
        groups = [] if agent.is_bot else [self.groups[name] for name in agent.groups]
        row["groups_at"], row["groups"] = self._link(groups), len(groups)
        row["room"] = 0 if agent.is_bot else max(1, min(agent.concurrency, ROOMS))
        for name in ("mail", "paused", "head", "tail"):
            row[name] = -1
        row["bot"] = int(agent.is_bot)

    def _words(self, groups: NDArray[np.void], agents: NDArray[np.void]) -> NDArray[np.uint64]:
        count = len(groups)
        words = np.zeros((ROW_GROUPS + 2 * count + len(self.needs), self._width()), np.uint64)

        def put(row: int, place: int) -> None:
            words[row, place >> 6] |= np.uint64(1 << (place & 63))

        for place in self.people:
            agent = self.world.agents[place]
            put(ROW_HELD, place)
            put(ROW_TALKS, place)
            put(ROW_BREADTH + min(3, max(0, len(agent.skills) + len(agent.groups) - 1)), place)
            for name in agent.groups:
                put(ROW_GROUPS + self.groups[name], place)
            for need in range(len(self.needs)):
                if int(agents[place]["needs"]) >> need & 1:
                    put(ROW_GROUPS + 2 * count + need, place)
        return words.reshape(-1)

    def _bots(self) -> NDArray[np.void]:
        made = np.zeros(len(self.world.bots), layout.BOT)
        for place, bot in enumerate(self.world.bots):
            latency, handoff = bot.latency * 1000.0, bot.handoff * 1000.0
            made[place] = latency, bot.containment, bot.wrong, handoff, self.agents[bot.agent]
        return made

    # ------------------------------------------------------------ promises

    def _policies(self) -> tuple[NDArray[np.void], NDArray[np.int32], NDArray[np.void]]:
        calendars = {schedule.name: schedule for schedule in self.world.schedules}
        opens: list[tuple[int, int, int]] = []
        where: dict[str, tuple[int, int]] = {}
        made = np.zeros(len(self.world.policies), layout.POLICY)
        targets = np.zeros((max(1, len(made)), 2, len(PRIORITIES)), np.int32)
        for place, policy in enumerate(self.world.policies):
            if policy.schedule not in where:
                found = open_intervals(calendars[policy.schedule], self.origin, self.end + 60 * DAY)
                where[policy.schedule] = len(opens), len(found)
                opens += found
            made[place] = (
                _bits(self.groups[name] for name in policy.groups) or 2**64 - 1,
                _bits(self.segments[name] for name in policy.segments) or 2**64 - 1,
                self._at(policy.since, -FAR),
                self._at(policy.until, FAR),
                *where[policy.schedule],
            )
            targets[place] = _targets(policy)
        return made, targets.reshape(-1), np.array(opens or [(0, 0, 0)], layout.OPENING)

    def _segments(self) -> NDArray[np.int8]:
        if not any(policy.segments for policy in self.world.policies):
            return np.zeros(1, np.int8)
        from maitred.floor.customers import population

        people = population(self.world)
        return np.ascontiguousarray(people.segment[people.account], np.int8)

    # ------------------------------------------------------------ switches

    def _switches(self) -> NDArray[np.void]:
        found = planted_switches(self.world)
        places = {"agent": self.agents, "class": self.classes, "group": self.groups}
        places["bot"] = {bot.agent: place for place, bot in enumerate(self.world.bots)}
        plants = {plant.id: place for place, plant in enumerate(self.world.plants)}
        made = np.zeros(len(found), layout.SWITCH)
        for at, switch in enumerate(found):
            made[at] = (
                self._at(switch.at, 0),
                switch.value,
                KINDS.index(switch.kind),
                places[switch.kind][switch.name],
                FIELDS[switch.kind].index(switch.field),
                plants.get(switch.plant, -1),
            )
        return made


def planted_switches(world: World) -> list[Switch]:
    """All switches of a world by time, then in order of planting; a ``SWITCHED`` record gives the place here."""
    found = [switch for plant in world.plants for switch in plant.switches(world)]
    return sorted(found, key=lambda switch: switch.at)


def _lane(one: TicketClass) -> int:
    if one.channel == "phone":
        return LANE_PHONE
    return LANE_CHAT if one.channel in ("chat", "messaging") else LANE_SLOW


def _bits(places: Iterable[int]) -> int:
    return sum(1 << place for place in places)


def _targets(policy: SlaPolicy) -> NDArray[np.int32]:
    """(first or next reply, priority) -> seconds, negative around the clock; a next reply falls back on the first."""
    made = np.zeros((2, len(PRIORITIES)), np.int32)
    for place, metric in enumerate(("first_reply", "next_reply")):
        for target in policy.targets:
            if target.metric == metric:
                seconds = target.seconds if target.business_hours else -target.seconds
                made[place, PRIORITIES.index(target.priority)] = seconds
    made[1] = np.where(made[1] == 0, made[0], made[1])
    return made


def _purposes(seed: int) -> NDArray[np.uint64]:
    """Seed and purpose mixed ahead, as ``streams.mix64`` begins."""

    gamma = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        begun = finish(np.uint64(seed % 2**64) + gamma)
        return np.array([finish((begun ^ np.uint64(purpose)) + gamma) for purpose in range(layout.PURPOSES)], np.uint64)


def _next_starts(presence: NDArray[np.void]) -> NDArray[np.int64]:
    """For each row of presence the agent's next start of a shift after it."""
    people = presence["agent"].astype(np.int64)
    places = people * (len(presence) + 1) + np.arange(len(presence))
    on = presence["kind"] == int(Kind.SHIFT_ON)
    starts = np.argsort(places[on], kind="stable")
    sorted_places = places[on][starts]
    times = np.append(presence["time"][on][starts], FAR)
    whose = np.append(people[on][starts], -1)
    following = np.searchsorted(sorted_places, places, side="right")
    return np.where(whose[following] == people, times[following], FAR).astype(np.int64)
