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
    "classes",
    "closing",
    "opening",
    "under",
]
