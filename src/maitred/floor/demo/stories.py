"""The stories that a visitor can find in the demonstration organisation: what was planted, when, and where it shows.

Days are counted back from the end of the world, so that today's visitor finds them fresh. Decoys look like something
and are nothing: no finding may point at them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from maitred.floor.demo import company
from maitred.floor.plants import (
    AgentChange,
    AtRiskAccount,
    BotChange,
    CherryPicking,
    HiddenPile,
    Holidays,
    MacroPublished,
    NewTopic,
    Nothing,
    Outage,
    PartTimers,
    Planted,
    PolicyChange,
    Seasonality,
    SmallN,
    TopicSurge,
    Training,
    Understaffed,
)
from maitred.floor.plants.planted import agent, closing, opening

if TYPE_CHECKING:
    from maitred.floor.world import Agent, World

Staff = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Story:
    """One thing to discover.

    ``telling`` is for a visitor; ``where`` names page, metric and filter; ``days_ago`` counts from the end of the
    world to its beginning (0: it was always so).
    """

    id: str
    kind: str
    title: str
    telling: str
    where: str
    days_ago: int
    decoy: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A story of one world, with its date and the thing that it is about."""

    story: Story
    since: datetime
    subject: dict[str, str]
    name: str


STORIES: Final = (
    Story(
        "outage-app",
        "Outage",
        "The app lost its planters for a morning",
        "For some hours the app reached no planter: contacts about it came in a heap, in a bad mood, and everybody who "
        "waited behind them waited longer.",
        f"/metrics/arrivals/ by day, channel mail and web; then /metrics/frt.business_all/ of {company.APP}",
        38,
    ),
    Story(
        "surge-delivery",
        "TopicSurge",
        "Parcels are late this week",
        "A carrier is behind: since a few days more than twice as many customers ask where their parcel is.",
        f"/metrics/arrivals/ of {company.ORDERS} by day; the drill shows the tickets",
        5,
    ),
    Story(
        "new-passkey",
        "NewTopic",
        "A subject nobody knew: passkeys that ask again and again",
        "After an update some customers are asked for their passkey in a loop; no macro and no topic exists for it.",
        f"/drill/arrivals/ of {company.ACCOUNTS}, words 'passkey'",
        12,
    ),
    Story(
        "person-quality",
        "AgentChange",
        "One person's solutions hold less well than they used to",
        "For five weeks the tickets that one person solves have come back more often, in every topic alike; ratings "
        "follow.",
        f"/metrics/reopen_rate.transitions/ by assignee in {company.APP}, five weeks against those before",
        35,
    ),
    Story(
        "training-waves",
        "Training",
        "A training helped those who took it",
        "Three waves of people took a course; since then their work takes less time and holds better, while others "
        "stay as they were.",
        f"/metrics/reopen_rate.transitions/ by assignee in {company.ORDERS} and {company.BILLING}, before and after",
        63,
    ),
    Story(
        "macro-refund",
        "MacroPublished",
        "A quick answer about refunds that does not answer",
        "A macro makes refund tickets faster to close, and more of them come back.",
        f"/metrics/reopen_rate.transitions/ of {company.BILLING} by week",
        30,
    ),
    Story(
        "evening-gap",
        "Understaffed",
        "Too few people in the evening",
        "Since three weeks a good part of the late shift has been missing: who writes in the afternoon waits until the "
        "next morning, and calls are lost.",
        f"/metrics/frt.business_all/ of {company.APP}, three weeks against those before; /service-levels/",
        21,
    ),
    Story(
        "hidden-pile",
        "HiddenPile",
        "A pile of tickets set aside",
        "One person sets a good part of the tickets to pending without a word to the customer: the backlog looks "
        "small and is not.",
        f"/drill/backlog/ of {company.ACCOUNTS}, status pending, oldest first",
        40,
    ),
    Story(
        "account-at-risk",
        "AtRiskAccount",
        "A large account is unhappy before its renewal",
        "It writes more from week to week, in a sharper tone, and its contract ends soon.",
        "/metrics/arrivals/ by account, six weeks against those before; renewal date of the account",
        42,
    ),
    Story(
        "bot-wrong",
        "BotChange",
        "The bot's resolutions do not last",
        "A new version of the bot closes more tickets by itself; more of those customers come back within a week.",
        "/metrics/durable_resolution.bot/ beside /metrics/handoff_rate/, by week",
        28,
    ),
    Story(
        "cherry-picker",
        "CherryPicking",
        "Somebody takes the easy ones",
        "One person's figures look splendid because hard tickets are passed on.",
        f"/metrics/transfer_rate.out/ by assignee in {company.ORDERS}",
        56,
    ),
    Story(
        "promise-shorter",
        "PolicyChange",
        "A promise got shorter",
        "Ordinary customers in Europe were promised quicker answers; waits stayed as they were, attainment fell.",
        "/service-levels/ and /metrics/sla.attainment/ by week, beside /metrics/frt.business_all/",
        49,
    ),
    Story(
        "decoy-few-hours",
        "SmallN",
        "Somebody who works two hours a week",
        "Their figures jump up and down. With so few tickets that means nothing.",
        f"/metrics/csat.rate/ by assignee in {company.ORDERS}: too few rows, no value",
        0,
        True,
    ),
    Story(
        "decoy-part-time",
        "PartTimers",
        "People on half a contract",
        "They solve fewer tickets a week because they work fewer days.",
        f"/metrics/solved/ by assignee in {company.BILLING}, beside their contracts",
        0,
        True,
    ),
    Story(
        "decoy-season",
        "Seasonality",
        "Returns have their months",
        "More planters come back in some months of every year, slowly rising and slowly falling.",
        f"/metrics/arrivals/ of {company.ORDERS} by month",
        0,
        True,
    ),
    Story(
        "decoy-holiday",
        "Holidays",
        "A day on which nobody wrote",
        "The company was closed for a day: quiet then, busier the day after. Both are as they should be.",
        "/metrics/arrivals/ by day",
        17,
        True,
    ),
    Story(
        "decoy-nothing",
        "Nothing",
        "A week in which nothing was done",
        "Whatever seems to have happened in these days happened by chance.",
        "any metric, that week against the one before",
        77,
        True,
    ),
)
"""All stories, in the order of telling; the decoys last."""
WORKDAYS_ONLY: Final = ("outage-app", "decoy-holiday")
"""Told of the Friday before when they would fall on a weekend."""


def planted(world: World, staff: Staff) -> tuple[Planted, ...]:
    """The plants behind the stories, for a world that is still bare; those that began before its first day fall out."""
    end, first = closing(world), opening(world)
    kept = []
    for story in STORIES:
        since = end - timedelta(days=story.days_ago)
        if story.days_ago and since < first + timedelta(days=7):
            continue
        if story.id in WORKDAYS_ONLY and since.weekday() > 4:
            since -= timedelta(days=since.weekday() - 4)
        kept.append(_plant(story.id, since, world, staff))
    return tuple(kept)


def _plant(id: str, since: datetime, world: World, staff: Staff) -> Planted:
    """One story as a plant."""
    orders = staff[company.ORDERS]
    match id:
        case "outage-app":
            morning = since.replace(hour=7, minute=40)
            return Outage(id, "technical/mobile", morning, hours=9.0, volume=36.0, accounts=0.4, tone=-1.0)
        case "surge-delivery":
            return TopicSurge(id, "orders/delivery_late", since, volume=1.3, tone=-0.4)
        case "new-passkey":
            like = sum(one.weekly for one in world.classes if one.topic == "account/login")
            return NewTopic(id, "technical/passkey_loop", "account/login", since, weekly=round(0.35 * like, 2))
        case "person-quality":
            return AgentChange(id, staff[company.APP][1], since, quality=-1.5, behaviours_by=FEWER)
        case "training-waves":
            waves = tuple(since + timedelta(days=days) for days in (0, 7, 14))
            return Training(id, cohort(staff), waves, effort=-0.15, quality=0.6, behaviours_by=MORE)
        case "macro-refund":
            return MacroPublished(id, "billing/refund", since, effort=-0.3, success=-1.3, title="Refund on its way")
        case "evening-gap":
            return Understaffed(id, company.APP, since, share=0.75, hours=(1020, 1200))
        case "hidden-pile":
            return HiddenPile(id, since, agent=staff[company.ACCOUNTS][1], share=0.3)
        case "account-at-risk":
            return AtRiskAccount(id, renewing(world), since, weekly=9.0, tone=-1.6)
        case "bot-wrong":
            return BotChange(id, company.BOT, since, containment=0.6, wrong=0.42)
        case "cherry-picker":
            return CherryPicking(id, orders[1], since, picks=2.0)
        case "promise-shorter":
            return PolicyChange(id, f"Standard {company.EUROPE}", since, factor=0.6)
        case "decoy-few-hours":
            return SmallN(id, few_hours(staff))
        case "decoy-part-time":
            return PartTimers(id, part_time(staff), CONTRACT)
        case "decoy-season":
            return Seasonality(id, "orders/return")
        case "decoy-holiday":
            return Holidays(id, since, name="Company day")
        case _:
            return Nothing(id, since, since + timedelta(days=7))


FEWER: Final = (-0.1, -0.35, -0.2, -0.3, -0.35, -0.2, -0.25)
MORE: Final = (0.02, 0.2, 0.1, 0.2, 0.15, 0.15, 0.05)


def cohort(staff: Staff) -> tuple[str, ...]:
    """Who is trained: a part of Orders and Billing whom no other story is about."""
    orders, billing = staff[company.ORDERS], staff[company.BILLING]
    taken = {orders[1], few_hours(staff), *part_time(staff)}
    free = tuple(id for id in (*orders, *billing) if id not in taken)
    return free[: max(2, (len(orders) + len(billing)) // 3)]


CONTRACT: Final = 0.6


def few_hours(staff: Staff) -> str:
    """Who works two hours a week."""
    return staff[company.ORDERS][-1]


def part_time(staff: Staff) -> tuple[str, ...]:
    """Who works three days a week: one in twenty, all of them in Billing."""
    return staff[company.BILLING][-max(1, sum(map(len, staff.values())) // 20) :]


def thinned(people: tuple[Agent, ...], staff: Staff) -> tuple[Agent, ...]:
    """The people with the hours that the decoys leave them, for counting how much they can answer."""
    few, part = SmallN("few", few_hours(staff)), PartTimers("part", part_time(staff), CONTRACT)
    shorter = dict.fromkeys(part.agents, part.shorter) | {few.agent: few.shorter}
    return tuple(shorter[one.id](one) if one.id in shorter else one for one in people)


def renewing(world: World) -> int:
    """The account with the most revenue among those whose contract ends within three weeks to eleven."""
    from maitred.floor.customers import population

    found = population(world)
    day = 86_400_000
    end = (world.warmup + world.days) * day
    ahead = (found.renewal - end) % (365 * day)
    soon = (ahead >= 21 * day) & (ahead <= 77 * day)
    best = sorted(range(len(found.revenue)), key=lambda place: (not soon[place], -found.revenue[place], place))
    return best[0]


def stories(world: World) -> tuple[Told, ...]:
    """The stories of a world made by ``demo``, each with its date and subject."""
    plants = {one.id: one for one in world.plants if isinstance(one, Planted)}
    found = []
    for story in STORIES:
        if story.id not in plants:
            continue
        plant = plants[story.id]
        subject = plant.subject(world)
        since, _ = plant.window(world)
        found.append(Told(story, since, subject, _called(world, subject)))
    return tuple(found)


def _called(world: World, subject: dict[str, str]) -> str:
    """The subject's name where it is a person or several, else its id."""
    if subject["type"] == "person":
        return str(agent(world, subject["id"]).name)
    if subject["type"] == "cohort":
        return ", ".join(str(agent(world, id).name) for id in subject["id"].split(","))
    return subject["id"]
