"""The truth beside a practice world: what was planted, whom it is about, when it can be known, what follows.

``truth(practice, run)`` is one document; ``today_scoring`` reads it and nothing else of the world.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import numpy as np
import today_plants as own
import today_series as figures
from today_worlds import Practice

from maitred.floor import plants as floor
from maitred.floor.demo import company
from maitred.floor.plants.planted import FAMILIES, Planted, agent, under
from maitred.floor.records import ids, numbers
from maitred.floor.run import Run
from maitred.floor.world import World

Subjects = list[list[str]]
CAUSES: Final[dict[str, tuple[str, ...]]] = {
    "speed": ("staffing", "capacity"),
    "backlog": ("capacity", "volume", "staffing"),
    "staffing_gap": ("staffing", "capacity"),
    "volume": ("volume", "customers", "incident"),
    "topic_surge": ("incident", "product", "volume", "customers"),
    "topic_new": ("product", "incident", "volume", "customers"),
    "reopen": ("macro", "product", "configuration"),
    "satisfaction": ("customers", "product"),
    "agent_quality": ("agent",),
    "case_selection": ("selection", "agent"),
    "parked": ("parking", "agent"),
    "account_risk": ("account", "customers", "product"),
    "sensitive_data": ("agent", "configuration", "customers"),
    "bot_resolution": ("bot",),
    "sla_setup": ("configuration",),
    "improvement": ("training",),
}
ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "speed": ("change_roster", "rebalance", "simulate", "open_hiring_request"),
    "backlog": ("simulate", "rebalance", "change_roster", "open_hiring_request"),
    "staffing_gap": ("change_roster", "simulate", "open_hiring_request"),
    "volume": ("simulate", "rebalance", "change_roster"),
    "topic_surge": ("open_incident", "post_macro", "draft_product_issue", "write_article", "rebalance"),
    "topic_new": ("open_incident", "draft_product_issue", "write_article", "add_topic", "post_macro"),
    "reopen": ("review_macro", "sample_reviews"),
    "satisfaction": ("sample_reviews", "start_project"),
    "agent_quality": ("plan_one_to_one", "sample_reviews", "coach"),
    "case_selection": ("change_routing", "plan_one_to_one"),
    "parked": ("open_tickets", "reopen_tickets", "plan_one_to_one"),
    "account_risk": ("escalate", "take_over", "inform_account_owner"),
    "sensitive_data": ("redact", "change_form", "coach", "notify_compliance"),
    "bot_resolution": ("audit_bot", "change_bot_scope", "roll_back_bot"),
    "sla_setup": ("fix_schedule", "recompute_sla"),
    "improvement": ("confirm_effect", "extend_training", "share_practice"),
}
SERVICE: Final = ("speed", "backlog", "staffing_gap", "volume", "workload", "satisfaction", "improvement", "parked")
NEAR: Final = ("speed", "backlog", "staffing_gap")
OUTCOME: Final = ("reopen", "satisfaction", "speed", "backlog", "workload", "volume", "improvement")
HARM_DAYS: Final = 28


def truth(practice: Practice, present: Run) -> dict[str, Any]:
    """The whole document; one more run for each planted problem.

    Parameters
    ----------
    present
        The run of ``practice.world``.
    """
    plants = [one for one in present.world.plants if isinstance(one, Planted)]
    return {
        "seed": practice.seed,
        "quiet": practice.quiet,
        "first": practice.world.start.isoformat(),
        "days": practice.world.days,
        "agents": sum(not one.is_bot for one in practice.world.agents),
        "tickets": int((numbers(present) >= 0).sum()),
        "tagged": practice.tagged,
        "problems": [
            problem(practice, present, place, one) for place, one in enumerate(plants) if one.id in practice.main
        ],
        "decoys": [
            decoy(present, one) for one in plants if one.id not in practice.main and not isinstance(one, floor.Nothing)
        ],
    }


def problem(practice: Practice, present: Run, place: int, plant: Planted) -> dict[str, Any]:
    """One planted problem."""
    world, family = present.world, practice.main[plant.id]
    absent = own.simulated(figures.muted(practice.world, plant.id))
    start, end = plant.window(world)
    with_it, without = figures.series(present, plant, place), figures.series(absent, plant, place)
    onset = own.day_of(world, start)
    seen = [
        figures.detectable(*both, onset) for both in ((with_it, without), figures.piled(present, absent, plant)) if both
    ]
    known = min((day for day in seen if day is not None), default=None)
    last = HARM_DAYS if end is None else min(HARM_DAYS, max(7, (end - start).days + 3))
    days = min(last, world.days - onset)
    return {
        "id": plant.id,
        "kind": type(plant).__name__,
        "family": family,
        "subjects": subjects(world, plant),
        "tickets": [str(one) for one in topic_tickets(present, plant)],
        "start": start.date().isoformat(),
        "end": end.date().isoformat() if end and end < figures.first_day(world) + timedelta(days=world.days) else None,
        "detectable": None if known is None else (world.start + timedelta(days=known)).isoformat(),
        "causes": list(CAUSES[family]),
        "actions": list(ACTIONS[family]),
        "consequences": consequences(world, plant),
        "harm": round(max(0.0, figures.waiting(present, absent, start, days)) + lost(world, plant), 2),
        "figure": {"kind": with_it.kind, "with": with_it.document(), "without": without.document()},
    }


def group_id(world: World, name: str) -> list[str]:
    return ["group", str(ids.GROUP + [one.name for one in world.groups].index(name))]


def person_id(world: World, id: str) -> list[str]:
    return ["agent", str(ids.AGENT + [one.id for one in world.agents].index(id))]


def topic_of(plant: Planted) -> str:
    """The topic that a problem is about; empty if it is about none."""
    return str(getattr(plant, "topic", ""))


def subjects(world: World, plant: Planted) -> Subjects:
    """Whom the problem is about, as findings may name it; ``*`` stands for any of its type."""
    match plant:
        case own.WrongHours():
            return [group_id(world, plant.group), ["schedule", "*"], ["sla_policy", "*"]]
        case own.Course():
            there = [person_id(world, id) for id, _ in plant.cohort(world)]
            home = agent(world, plant.cohort(world)[0][0]).groups[0]
            return [["training", "*"], ["cohort", "*"], group_id(world, home), *there]
        case own.MacroUsed():
            return [["macro", plant.number]]
        case floor.AtRiskAccount():
            return [["account", str(ids.ORGANIZATION + plant.account)]]
        case floor.BotChange():
            return [["bot", person_id(world, plant.bot)[1]]]
        case own.CardForm():
            return [["workspace", "*"]]
    if getattr(plant, "agent", ""):
        return [person_id(world, plant.agent)]  # type: ignore[attr-defined]
    return [group_id(world, plant.group)] if getattr(plant, "group", "") else []  # type: ignore[attr-defined]


def topic_tickets(present: Run, plant: Planted) -> list[int]:
    """Tickets of the problem's topic from its beginning on; a topic finding is recognised by them."""
    topic = topic_of(plant)
    if not topic:
        return []
    start, _ = plant.window(present.world)
    from maitred.floor.latent import ms_of

    mine = np.array([under(one.topic, topic) for one in present.world.classes])[present.tickets["class_"]]
    mine &= present.tickets["created"] >= ms_of(present.world, start) - 14 * figures.DAY
    shown = numbers(present)[mine]
    return [int(one) for one in shown[shown >= 0]]


def homes(world: World, plant: Planted) -> list[str]:
    """Groups in which a problem is felt: its own, those of its topic, the person's."""
    found = [plant.group] if getattr(plant, "group", "") else []  # type: ignore[attr-defined]
    if topic_of(plant):
        found += sorted({one.group for one in world.classes if under(one.topic, topic_of(plant))})
    if getattr(plant, "agent", ""):
        found.append(agent(world, plant.agent).groups[0])  # type: ignore[attr-defined]
    if isinstance(plant, own.Course):
        found += sorted({agent(world, id).groups[0] for id, _ in plant.cohort(world)})
    return list(dict.fromkeys(found))


def helping(world: World, groups: list[str]) -> list[str]:
    """Groups whose people also work in these, or in which the people of these also work."""
    near = {
        *(desk.second for desk in company.DESKS if desk.name in groups),
        *(desk.name for desk in company.DESKS if desk.second in groups),
        company.SPECIALISTS,
    }
    return sorted((near - set(groups)) & {one.name for one in world.groups})


def consequences(world: World, plant: Planted) -> list[dict[str, Any]]:
    """What follows directly: families by subjects that are no false alarm while the problem lasts."""
    groups = homes(world, plant)
    own_groups = [group_id(world, name) for name in groups]
    near = [group_id(world, name) for name in helping(world, groups)]
    people = [person_id(world, one.id) for one in world.agents if one.groups and one.groups[0] in groups]
    wide = [["workspace", "*"], ["channel", "*"], ["sla_policy", "*"]]
    late = [{"families": list(SERVICE), "subjects": own_groups}, {"families": list(NEAR), "subjects": near}]
    late += [{"families": ["speed", "volume", "satisfaction"], "subjects": wide}]
    late += [{"families": ["workload"], "subjects": people}]
    match plant:
        case floor.MassLeave() | floor.Understaffed() | own.Creep() | own.VolumeJump():
            return (
                [*late, {"families": ["topic_surge"], "subjects": [["topic", "*"]]}]
                if hasattr(plant, "volume")
                else late
            )
        case floor.Outage() | floor.TopicSurge() | floor.Release() | floor.NewTopic():
            return [*late, {"families": ["reopen", "topic_surge", "topic_new"], "subjects": [["topic", "="]]}]
        case floor.AgentChange():
            return [{"families": list(OUTCOME), "subjects": [*subjects(world, plant), *own_groups]}]
        case floor.CherryPicking():
            return [{"families": ["speed", "workload"], "subjects": [*subjects(world, plant), *own_groups]}]
        case own.Pile():
            return [{"families": list(SERVICE), "subjects": [*subjects(world, plant), *own_groups]}]
        case floor.MacroPublished():
            return [
                {"families": list(OUTCOME), "subjects": [*own_groups, ["topic", "="], ["macro", "*"]]},
                {"families": list(NEAR), "subjects": near},
            ]
        case own.Displeased():
            return [
                {"families": ["satisfaction"], "subjects": [*own_groups, *wide, ["topic", "*"], *people]},
                {"families": ["agent_quality"], "subjects": []},
            ]
        case floor.AtRiskAccount():
            return [{"families": ["volume", "satisfaction"], "subjects": [["workspace", "*"]]}]
        case own.AsksCard() | own.CardForm():
            return [
                {"families": ["sensitive_data"], "subjects": [["workspace", "*"], ["topic", "*"], ["channel", "*"]]}
            ]
        case floor.BotChange():
            return [{"families": list(OUTCOME), "subjects": [*wide, ["bot", "*"], ["topic", "*"]]}]
        case own.WrongHours():
            return [{"families": ["speed", "backlog", "staffing_gap"], "subjects": [*own_groups, ["sla_policy", "*"]]}]
        case _:
            return [{"families": [*OUTCOME, "improvement"], "subjects": [*subjects(world, plant), *own_groups]}]


def lost(world: World, plant: Planted) -> float:
    """Customer-hours a week that the expected loss of an account stands for, at 25 an hour."""
    if not isinstance(plant, floor.AtRiskAccount):
        return 0.0
    from maitred.floor.customers import population

    monthly = 1 / (1 + np.exp(-(np.log(world.customers.churn / (1 - world.customers.churn)) + plant.hazard)))
    revenue = float(population(world).revenue[plant.account])
    return revenue * float(monthly - world.customers.churn) * 7 / 30.4 / 25


def decoy(present: Run, plant: Planted) -> dict[str, Any]:
    """One harmless oddity: no finding of these families may name it, or begin in its window."""
    world = present.world
    start, end = plant.window(world)
    named: Subjects = []
    families = list(plant.nevers(world)) or list(FAMILIES)
    match plant:
        case floor.SmallN():
            named = [person_id(world, plant.agent)]
        case floor.PartTimers():
            named = [person_id(world, id) for id in plant.agents]
        case floor.NewHires():
            named = [person_id(world, one.id) for one in world.agents if one.id.startswith(f"{plant.id}-")]
            families = ["agent_quality", "workload", "case_selection"]
        case floor.Holidays():
            end = start + timedelta(days=plant.days + 1)
    return {
        "id": plant.id,
        "families": families,
        "subjects": named,
        "tickets": [str(one) for one in topic_tickets(present, plant)] if isinstance(plant, floor.Seasonality) else [],
        "window": [start.date().isoformat(), end.date().isoformat()]
        if end and isinstance(plant, floor.Holidays)
        else None,
    }
