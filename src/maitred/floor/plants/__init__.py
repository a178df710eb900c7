"""What can be planted in a world on purpose, so that a finding, an estimate or a what-if can be judged against truth.

``PLANTS`` holds every kind by name. Each kind changes as little as it can: draws of everything else stay as they were,
so the difference between a world with and without it is caused by it alone (``floor.truth.effects``).
"""

from __future__ import annotations

from maitred.floor.plants.accounts import AtRiskAccount, ChurnDriver
from maitred.floor.plants.capacity import Attrition, MassLeave, NewHires, Understaffed
from maitred.floor.plants.decoys import Holidays, Nothing, PartTimers, Seasonality, SmallN
from maitred.floor.plants.demand import NewTopic, Outage, Release, TopicSurge
from maitred.floor.plants.faults import DataFault
from maitred.floor.plants.habits import CherryPicking, ClockGaming, HiddenPile, Reassignment, SurveySteering
from maitred.floor.plants.learning import Coaching, MacroPublished, Training
from maitred.floor.plants.persons import AgentChange, Burnout, Ramp
from maitred.floor.plants.planted import (
    Behaviour,
    Concern,
    Expectation,
    Hazard,
    Planted,
    classes,
    closing,
    opening,
    under,
)
from maitred.floor.plants.rules import BotChange, HoursChange, PolicyChange, RoutingChange
from maitred.floor.world import World

PLANTS: dict[str, type[Planted]] = {
    kind.__name__: kind
    for kind in (
        Outage,
        TopicSurge,
        Release,
        NewTopic,
        AgentChange,
        Ramp,
        Burnout,
        Training,
        Coaching,
        MacroPublished,
        RoutingChange,
        PolicyChange,
        BotChange,
        HoursChange,
        Understaffed,
        MassLeave,
        Attrition,
        NewHires,
        AtRiskAccount,
        ChurnDriver,
        HiddenPile,
        ClockGaming,
        CherryPicking,
        SurveySteering,
        Reassignment,
        DataFault,
        Nothing,
        SmallN,
        Seasonality,
        Holidays,
        PartTimers,
    )
}
"""Every kind of plant by its name, as plant files write it."""

__all__ = [
    "PLANTS",
    "AgentChange",
    "AtRiskAccount",
    "Attrition",
    "Behaviour",
    "BotChange",
    "Burnout",
    "CherryPicking",
    "ChurnDriver",
    "ClockGaming",
    "Coaching",
    "Concern",
    "DataFault",
    "Expectation",
    "Hazard",
    "HiddenPile",
    "Holidays",
    "HoursChange",
    "MacroPublished",
    "MassLeave",
    "NewHires",
    "NewTopic",
    "Nothing",
    "Outage",
    "PartTimers",
    "Planted",
    "PolicyChange",
    "Ramp",
    "Reassignment",
    "Release",
    "RoutingChange",
    "Seasonality",
    "SmallN",
    "SurveySteering",
    "TopicSurge",
    "Training",
    "Understaffed",
    "behaviours",
    "classes",
    "closing",
    "hazards",
    "opening",
    "tones",
    "under",
]


def _planted(world: World) -> list[tuple[int, Planted]]:
    return [(place, one) for place, one in enumerate(world.plants) if isinstance(one, Planted)]


def hazards(world: World) -> tuple[Hazard, ...]:
    """All shifts of the monthly log-odds of leaving."""
    return tuple(found for _, one in _planted(world) for found in one.hazards(world))


def behaviours(world: World) -> tuple[Behaviour, ...]:
    """All windows in which people write in another way than usual; later ones rule."""
    return tuple(found for _, one in _planted(world) for found in one.behaviours(world))


def tones(world: World) -> list[float]:
    """By position of the plant: the shift of latent satisfaction of tickets that it caused."""
    found = []
    for one in world.plants:
        extras = one.extras(world)
        found.append(extras[0].tone if extras else 0.0)
    return found
