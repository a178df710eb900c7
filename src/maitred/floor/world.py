"""The organisation that the floor simulates, as plain values: who asks, who answers, when, and under which promises.

Everything here is a parameter; nothing is drawn. ``World.hash()`` names a world: equal worlds, seeds and engine
versions give equal bytes. Times of day are minutes of the local day, weekdays count from Monday = 0, durations are
seconds.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import orjson

if TYPE_CHECKING:
    from maitred.floor.run import Run

Channel = Literal["email", "web", "chat", "messaging", "phone", "social"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
"""``email``, ``web`` and ``social`` wait in a backlog; ``chat``, ``messaging`` and ``phone`` are live."""
LIVE = ("chat", "messaging", "phone")
PRIORITIES = ("low", "normal", "high", "urgent")
Policy = Literal[
    "fifo",
    "priority",
    "priority_ageing",
    "sla_due",
    "sla_risk",
    "least_loaded",
    "round_robin",
    "skill_first",
    "sticky",
    "pull_pick",
    "load_limit",
]
POLICIES: tuple[Policy, ...] = get_args(Policy)
"""The routing policies; a position here is the opcode of the engine, so the order is append-only."""
EffortKind = Literal["lognormal", "exponential", "fixed"]


@dataclass(frozen=True, slots=True)
class Span:
    """A weekly interval of local time; ``end`` up to 1440 and after ``start``."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """Closed days, both inclusive."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Schedule:
    """Business hours: of a service-level policy and of the teams that follow it."""

    name: str
    zone: str
    spans: tuple[Span, ...]
    holidays: tuple[Holiday, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A promise in seconds; ``metric`` is a word of ``canon.tables.SLA_METRICS``."""

    metric: str
    priority: str
    seconds: int
    business_hours: bool = True


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """One version of a policy; the first that fits a new ticket, in order, applies."""

    name: str
    schedule: str
    targets: tuple[Target, ...]
    groups: tuple[str, ...] = ()
    """Group names it holds for; empty: all."""
    segments: tuple[str, ...] = ()
    """Customer segments it holds for; empty: all."""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A team's queue in the helpdesk; one backlog per priority behind it."""

    name: str
    schedule: str
    policy: Policy = "sla_due"
    ageing: float = 1.0
    """Points of priority per hour of waiting (``priority_ageing``); a step of priority is 10 points."""
    sticky_hours: float = 4.0
    """A returning ticket waits for its last agent when they are on shift within so many hours."""
    pick_bias: float = 0.0
    """``pull_pick``: how strongly agents prefer easy tickets, 0 none."""
    load_limit: int = 0
    """``load_limit``: most open tickets a person may hold, 0 none."""
    escalates_to: str = ""
    """The group of the next tier; empty: none."""
    tier: int = 1


@dataclass(frozen=True, slots=True)
class TicketClass:
    """The unit of arrival: one channel, one topic, one first group.

    ``weekly`` is the expected number of tickets in an ordinary week; ``profile`` spreads it over the 168 hours of the
    local week (non-negative, any scale). ``effort_median`` and ``effort_sigma`` describe one handling segment.
    """

    name: str
    channel: Channel
    topic: str
    group: str
    weekly: float
    profile: tuple[float, ...]
    zone: str = "UTC"
    priorities: tuple[float, float, float, float] = (0.2, 0.6, 0.15, 0.05)
    effort_kind: EffortKind = "lognormal"
    effort_median: float = 420.0
    effort_sigma: float = 0.8
    exchanges: float = 0.8
    """Mean number of times the agent asks back before solving (geometric)."""
    reply_median: float = 14_400.0
    """Median delay of a customer's answer; log-sd ``reply_sigma``."""
    reply_sigma: float = 1.3
    no_reply: float = 0.08
    """Share of asked-back tickets that the customer never answers."""
    patience: float = 0.0
    """Mean patience while waiting (exponential), 0 = endless; live: hangs up, else: writes again."""
    success: float = 2.2
    """Log-odds of a good outcome for an average agent."""
    reopens: float = 0.6
    """Of bad outcomes: share that reopen the ticket; ``recontacts`` come as a new ticket, the rest stays silent."""
    recontacts: float = 0.2
    escalates: float = 0.04
    """Share of segments after which the next tier is asked."""
    transfers: float = 0.03
    """Share of first segments that find out that another group is right."""
    bot: float = 0.0
    """Share offered to the bot first."""
    skills: tuple[str, ...] = ()
    languages: tuple[tuple[str, float], ...] = (("en", 1.0),)
    trend: float = 0.0
    """Yearly growth of the intensity, 0.1 = 10 %."""
    season: tuple[float, ...] = ()
    """Twelve monthly factors; empty: none."""
    starts: datetime | None = None
    """Nothing arrives before; a topic that is new."""
    day_factor: float = 0.12
    """Coefficient of variation of the day's intensity (gamma, mean 1); 0 makes arrivals Poisson."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A person or a bot, with the truths that no helpdesk knows.

    ``speed`` is a log multiplier of effort (below 0 is faster), ``quality`` a logit shift of a good outcome.
    """

    id: str
    name: str
    groups: tuple[str, ...]
    shifts: tuple[Span, ...]
    zone: str = "UTC"
    tier: int = 1
    skills: tuple[str, ...] = ()
    concurrency: int = 2
    """Chats or messages at once; e-mail and phone are one at a time."""
    contract: float = 1.0
    hired: date | None = None
    left: date | None = None
    ramp_weeks: float = 0.0
    breaks: tuple[tuple[int, int], ...] = ((240, 45),)
    """(minutes after the shift's start, minutes long)."""
    leave: tuple[tuple[date, date], ...] = ()
    absence: float = 0.03
    """Share of shifts lost to sickness."""
    speed: float = 0.0
    quality: float = 0.0
    accuracy: float = 0.95
    behaviours: tuple[float, float, float, float, float, float, float] = (0.95, 0.6, 0.4, 0.6, 0.7, 0.3, 0.85)
    """Chance of greeting, acknowledgement, apology, ownership, next step, time promise, closing in a reply."""
    parks: float = 0.0
    """Share of segments that end with the ticket parked as pending without a word to the customer."""
    picks: float = 0.0
    """How strongly this person prefers easy tickets and passes hard ones on."""
    asks_card: float = 0.0
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Bot:
    """What a bot agent does; its ``Agent`` row has ``is_bot`` and serves around the clock."""

    agent: str
    latency: float = 20.0
    containment: float = 0.45
    """Share of offered tickets it answers and closes."""
    wrong: float = 0.15
    """Share of those that were not solved: the customer comes back within a week."""
    handoff: float = 60.0
    cost: float = 0.99


@dataclass(frozen=True, slots=True)
class Customers:
    """The people who write, and the accounts they belong to."""

    accounts: int = 200
    per_account: float = 15.0
    segments: tuple[tuple[str, float, float], ...] = (
        ("enterprise", 0.1, 60_000.0),
        ("business", 0.3, 9_000.0),
        ("starter", 0.6, 900.0),
    )
    """(name, share of accounts, median yearly revenue)."""
    currency: str = "EUR"
    skew: float = 1.0
    """Log-sd of how often accounts write."""
    churn: float = 0.012
    """Baseline monthly hazard."""
    offer: float = 0.8
    """Share of solved tickets that are offered a rating."""
    answer: float = -1.0
    """Log-odds that an offered rating is answered at typical satisfaction."""
    temper: float = 0.5


@dataclass(frozen=True, slots=True)
class Switch:
    """At an instant, one parameter of one thing takes a new value.

    ``kind`` and ``field``: agent (speed, quality, accuracy, parks, picks, asks_card), class (effort, success,
    exchanges, transfers, escalates, bot: ``effort`` is a factor, the others take the place of the value), group
    (policy as opcode, pick_bias, load_limit, parks), bot (containment, wrong, latency).
    """

    at: datetime
    kind: Literal["agent", "class", "group", "bot"]
    name: str
    field: str
    value: float
    plant: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """Additional arrivals, an independent stream beside the ordinary one, which keeps its identity and order.

    ``volume`` is the factor of the classes' intensity that comes on top (1.0 doubles it); ``shape`` is ``step``,
    ``ramp`` (grows to it) or ``decay`` (starts there, dies away). ``accounts`` is the share of accounts that it hits,
    ``account`` one account's number.
    """

    plant: str
    classes: tuple[str, ...]
    start: datetime
    end: datetime
    volume: float
    shape: Literal["step", "ramp", "decay"] = "step"
    accounts: float = 1.0
    account: int = -1
    tone: float = 0.0
    """Shift of the customers' mood, in the units of latent satisfaction."""


@dataclass(frozen=True, slots=True)
class Missing:
    """People who do not work in a window: their shifts are not there."""

    plant: str
    agents: tuple[str, ...]
    start: datetime
    end: datetime
    hours: tuple[int, int] = (0, 1440)
    """Only this part of the local day."""
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


class Plant(Protocol):
    """Something done to a world on purpose; see ``floor.plants``."""

    @property
    def id(self) -> str: ...

    def switches(self, world: World) -> tuple[Switch, ...]: ...

    def extras(self, world: World) -> tuple[Extra, ...]: ...

    def missing(self, world: World) -> tuple[Missing, ...]: ...

    def alter(self, world: World) -> World:
        """The world with whatever cannot be said by the three above (a new class, another policy version)."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """One organisation over ``days`` from ``start`` (midnight UTC), with ``warmup`` hidden days before."""

    name: str
    start: date
    days: int
    seed: int
    groups: tuple[Group, ...]
    classes: tuple[TicketClass, ...]
    agents: tuple[Agent, ...]
    schedules: tuple[Schedule, ...]
    policies: tuple[SlaPolicy, ...] = ()
    bots: tuple[Bot, ...] = ()
    customers: Customers = field(default_factory=Customers)
    holidays: tuple[Holiday, ...] = ()
    """Days on which fewer customers write (factor ``holiday_factor``)."""
    holiday_factor: float = 0.35
    day_correlation: float = 0.6
    """Correlation (of normal scores) between the classes' day factors on one day."""
    warmup: int = 30
    close_days: float = 4.0
    """Solved tickets close after so many days; a later answer opens a follow-up ticket."""
    chat_slowdown: float = 0.15
    """Each further parallel chat makes all of them slower by this share."""
    load_speedup: float = 0.0
    """Speed-up (and a quarter of it as loss of quality, in logits) above 90 % occupancy; 0 is off."""
    plants: tuple[Plant, ...] = ()

    @classmethod
    def demo(
        cls, size: str = "small", seed: int = 1, *, days: int | None = None, until: datetime | None = None
    ) -> World:
        """The demonstration organisation (``floor.demo``); ``until`` is the end of its last day."""
        from maitred.floor.demo import demo

        return demo(size, seed, days=days, until=until)

    @classmethod
    def from_toml(cls, path: Path) -> World:
        """A world from a file (``floor.worldfile``).

        Raises
        ------
        InvalidWorld
            A field is unknown or impossible; the message names the file and the field.
        """
        from maitred.floor.worldfile import read

        return read(path)

    def plant(self, *plants: Plant) -> World:
        """This world with more planted in it.

        >>> from datetime import date
        >>> World("Quiet", date(2025, 1, 6), 7, 1, (), (), (), ()).plant().plants
        ()
        """
        return replace(self, plants=self.plants + plants)

    def planted(self) -> World:
        """The world as its plants alter it (``Plant.alter``), in the order of planting."""
        world = self
        for one in self.plants:
            world = one.alter(world)
        return world

    def hash(self) -> str:
        """32 hexadecimal digits that name this world and its plants, whatever the seed."""
        document: dict[str, Any] = asdict(self)
        del document["seed"]
        document["plants"] = [[type(one).__name__, document["plants"][place]] for place, one in enumerate(self.plants)]
        return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]

    def run(self, *, texts: bool = False) -> Run:
        """Simulate this world once.

        Raises
        ------
        InvalidWorld
            A parameter is impossible; the message names the field.
        """
        from maitred.floor.run import run

        return run(self, texts=texts)
