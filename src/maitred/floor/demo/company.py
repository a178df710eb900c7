"""Quillfern, a company that does not exist: what it sells, who answers its customers, when, and what they ask about.

It makes planters that water themselves and the app that looks after the plants, for homes and for offices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Final

from maitred.floor.plants.planted import drawn
from maitred.floor.world import Agent, Channel, Holiday, Schedule, SlaPolicy, Span, Target

NAME: Final = "Quillfern"
BOT: Final = "sprout"
BOT_NAME: Final = "Sprout"
ORDERS, BILLING, ACCOUNTS = "Orders and delivery", "Billing", "Accounts"
APP, GUIDANCE, SPECIALISTS = "App and devices", "Plant guidance", "Specialists"
EUROPE, AMERICAS, PACIFIC = "Europe", "Americas", "Pacific"
ZONES: Final = {EUROPE: "Europe/Berlin", AMERICAS: "America/New_York", PACIFIC: "Australia/Sydney"}
WORKDAYS: Final = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Team:
    """A team of the house: its place in the tree and the helpdesk groups that it answers for."""

    name: str
    parent: str = ""
    groups: tuple[str, ...] = ()


TEAMS: Final = (
    Team("Customer care"),
    Team("Product support"),
    *(Team(name, "Customer care", (name,)) for name in (ORDERS, BILLING, ACCOUNTS)),
    *(Team(name, "Product support", (name,)) for name in (APP, GUIDANCE, SPECIALISTS)),
)
"""Two branches of the team tree; a group is answered for by the team of its name."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One group: when it is open, how many of a hundred people work there, who helps out, in which shifts."""

    name: str
    schedule: str
    share: float
    second: str
    shifts: tuple[tuple[int, int], ...]
    languages: tuple[tuple[str, float], ...]
    live: tuple[int, int]
    """Hours of the local day in which it takes calls and chats."""


_HALF_EUROPE = (("en", 0.38), ("de", 0.36), ("fr", 0.15), ("es", 0.11))
DESKS: Final = (
    Desk(ORDERS, EUROPE, 0.28, BILLING, ((480, 990), (690, 1200)), _HALF_EUROPE, (9, 19)),
    Desk(BILLING, EUROPE, 0.17, ORDERS, ((480, 990), (600, 1110)), _HALF_EUROPE, (9, 18)),
    Desk(ACCOUNTS, AMERICAS, 0.15, GUIDANCE, ((480, 990), (600, 1110)), (("en", 0.82), ("es", 0.18)), (9, 18)),
    Desk(APP, EUROPE, 0.23, SPECIALISTS, ((480, 990), (690, 1200)), _HALF_EUROPE, (9, 19)),
    Desk(GUIDANCE, PACIFIC, 0.10, ACCOUNTS, ((510, 1020), (570, 1080)), (("en", 0.9), ("fr", 0.1)), (9, 17)),
    Desk(SPECIALISTS, EUROPE, 0.07, APP, ((510, 1020),), _HALF_EUROPE, (9, 17)),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What customers ask about: where it goes, how much of it, how hard it is."""

    topic: str
    group: str
    share: float
    minutes: float
    """Median handling of one segment, before the whole is fitted to the staff."""
    exchanges: float = 0.7
    success: float = 2.35
    escalates: float = 0.0
    bot: float = 0.0
    skills: tuple[str, ...] = ()


SUBJECTS: Final = (
    Subject("orders/delivery_late", ORDERS, 0.090, 6, 0.5, bot=0.5),
    Subject("orders/wrong_item", ORDERS, 0.050, 9, 0.9),
    Subject("orders/return", ORDERS, 0.070, 7, 0.7, bot=0.3),
    Subject("orders/address_change", ORDERS, 0.035, 4, 0.3, 3.0),
    Subject("billing/invoice", BILLING, 0.060, 7, 0.5, 2.6, bot=0.3),
    Subject("billing/refund", BILLING, 0.060, 9, 0.7, 2.2),
    Subject("billing/payment_failed", BILLING, 0.050, 8, 0.8, 2.2),
    Subject("billing/plan_change", BILLING, 0.035, 8, 0.6),
    Subject("account/login", ACCOUNTS, 0.055, 7, 0.7, 2.3, 0.02, 0.5),
    Subject("account/password_reset", ACCOUNTS, 0.050, 4, 0.3, 2.8, bot=0.6),
    Subject("account/delete_data", ACCOUNTS, 0.010, 12, 0.4, 2.6, 0.03),
    Subject("account/invite_user", ACCOUNTS, 0.025, 6, 0.4, 2.8),
    Subject("technical/app_crash", APP, 0.060, 12, 1.2, 1.9, 0.06),
    Subject("technical/slow", APP, 0.040, 12, 1.1, 1.8, 0.06),
    Subject("technical/integration", APP, 0.045, 16, 1.3, 2.0, 0.10, skills=("api",)),
    Subject("technical/export", APP, 0.025, 10, 0.8, 2.3, 0.04),
    Subject("technical/mobile", APP, 0.050, 11, 1.1, 2.0, 0.05),
    Subject("product/how_to", GUIDANCE, 0.095, 8, 0.6, 2.6, 0.01, 0.4),
    Subject("product/feature_request", GUIDANCE, 0.040, 6, 0.2, 2.6),
    Subject("product/sso_setup", SPECIALISTS, 0.020, 18, 1.4, 2.2),
)
NEW_TOPICS: Final = ("technical/passkey_loop", "orders/parcel_locker", "billing/vat_number", "product/ai_summary")

CHANNEL_MIX: Final[dict[str, tuple[tuple[Channel, float], ...]]] = {
    "orders": (("email", 0.38), ("web", 0.22), ("chat", 0.20), ("phone", 0.15), ("social", 0.05)),
    "billing": (("email", 0.52), ("web", 0.25), ("chat", 0.10), ("phone", 0.13)),
    "account": (("email", 0.35), ("web", 0.32), ("chat", 0.28), ("phone", 0.05)),
    "technical": (("email", 0.38), ("web", 0.34), ("chat", 0.19), ("phone", 0.09)),
    "product": (("email", 0.50), ("web", 0.42), ("social", 0.08)),
}
BOT_CHANNELS: Final = ("web", "chat")
PRIORITY_MIX: Final = {
    "orders": (0.20, 0.62, 0.15, 0.03),
    "billing": (0.18, 0.62, 0.17, 0.03),
    "account": (0.15, 0.60, 0.20, 0.05),
    "technical": (0.10, 0.58, 0.25, 0.07),
    "product": (0.40, 0.52, 0.07, 0.01),
}

_DAY = (4, 3, 2, 2, 3, 6, 14, 32, 62, 88, 96, 90, 76, 80, 88, 84, 74, 62, 50, 42, 36, 28, 16, 8)
_WEEK = (1.18, 1.08, 1.02, 1.0, 0.92, 0.42, 0.36)


def profile(channel: Channel, live: tuple[int, int]) -> tuple[float, ...]:
    """The 168 hours of a week: mail at all hours, calls and chats while the doors are open."""
    first, last = live
    if channel in ("chat", "phone", "messaging"):
        day = tuple(float(_DAY[hour]) if first <= hour < last else 0.0 for hour in range(24))
        return tuple(load * weight for weight in (*_WEEK[:5], 0.0, 0.0) for load in day)
    return tuple(load * weight for weight in _WEEK for load in _DAY)


def closed_days(first: date, last: date) -> tuple[Holiday, ...]:
    """The days of the year on which Quillfern is closed, between two dates."""
    found = []
    for year in range(first.year, last.year + 1):
        for name, month, day, days in (
            ("New Year", 1, 1, 1),
            ("Labour Day", 5, 1, 1),
            ("Winter holidays", 12, 25, 2),
        ):
            start = date(year, month, day)
            if first <= start <= last:
                found.append(Holiday(name, start, date(year, month, day + days - 1)))
    return tuple(found)


def schedules(closed: tuple[Holiday, ...]) -> tuple[Schedule, ...]:
    """Opening hours in three time zones."""
    hours = {EUROPE: (480, 1200), AMERICAS: (480, 1110), PACIFIC: (510, 1080)}
    return tuple(
        Schedule(name, ZONES[name], tuple(Span(day, *hours[name]) for day in WORKDAYS), closed) for name in ZONES
    )


PREMIUM, STANDARD = ("enterprise",), ("business", "starter")
_HOURS: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "Premium": {"urgent": (0.5, 8), "high": (1, 16), "normal": (2, 24), "low": (4, 40)},
    "Standard": {"urgent": (1, 12), "high": (2, 24), "normal": (4, 40), "low": (8, 60)},
}


def policies() -> tuple[SlaPolicy, ...]:
    """Promises by segment and priority, in the business hours of the group that a ticket comes to first."""
    found = []
    for schedule in ZONES:
        groups = tuple(one.name for one in DESKS if one.schedule == schedule)
        for kind, segments in (("Premium", PREMIUM), ("Standard", STANDARD)):
            targets = tuple(
                Target(metric, priority, round(hours * 3600))
                for priority, (first, whole) in _HOURS[kind].items()
                for metric, hours in (("first_reply", first), ("next_reply", first), ("total_resolution", whole))
            )
            found.append(SlaPolicy(f"{kind} {schedule}", schedule, targets, groups, segments))
    return tuple(found)


def names(count: int) -> list[str]:
    """Names of people, those that the texts sign with; a thousand people share a few of them."""
    import numpy as np

    from maitred.floor.texts import names as written

    return [str(name) for name in written("agent", np.arange(count)).to_pylist()]


NORMAL: Final = NormalDist()


def spread(what: str, ids: list[str], deviation: float) -> list[float]:
    """Standard normal numbers times a deviation, one for each id, rounded so that no platform differs."""
    return [round(deviation * NORMAL.inv_cdf(lot), 4) for lot in drawn(0, f"quillfern {what}", ids)]


def bot() -> Agent:
    """The bot as the helpdesk lists it: everywhere, around the clock."""
    always = tuple(Span(day, 0, 1440) for day in range(7))
    groups = tuple(one.name for one in DESKS)
    return Agent(BOT, BOT_NAME, groups, always, breaks=(), absence=0.0, is_bot=True, concurrency=1_000_000)
