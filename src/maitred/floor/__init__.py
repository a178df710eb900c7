"""A simulated support organisation with known truth: for demonstrations, for tests of figures, for what-if questions.

``World`` says who asks and who answers, plants say what is done to it on purpose, ``World.run`` simulates it. Nothing
is imported until it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maitred.floor.plants import PLANTS as PLANTS
    from maitred.floor.plants import AgentChange as AgentChange
    from maitred.floor.plants import AtRiskAccount as AtRiskAccount
    from maitred.floor.plants import Attrition as Attrition
    from maitred.floor.plants import BotChange as BotChange
    from maitred.floor.plants import Burnout as Burnout
    from maitred.floor.plants import CherryPicking as CherryPicking
    from maitred.floor.plants import ChurnDriver as ChurnDriver
    from maitred.floor.plants import ClockGaming as ClockGaming
    from maitred.floor.plants import Coaching as Coaching
    from maitred.floor.plants import DataFault as DataFault
    from maitred.floor.plants import HiddenPile as HiddenPile
    from maitred.floor.plants import Holidays as Holidays
    from maitred.floor.plants import HoursChange as HoursChange
    from maitred.floor.plants import MacroPublished as MacroPublished
    from maitred.floor.plants import MassLeave as MassLeave
    from maitred.floor.plants import NewHires as NewHires
    from maitred.floor.plants import NewTopic as NewTopic
    from maitred.floor.plants import Nothing as Nothing
    from maitred.floor.plants import Outage as Outage
    from maitred.floor.plants import PartTimers as PartTimers
    from maitred.floor.plants import PolicyChange as PolicyChange
    from maitred.floor.plants import Ramp as Ramp
    from maitred.floor.plants import Reassignment as Reassignment
    from maitred.floor.plants import Release as Release
    from maitred.floor.plants import RoutingChange as RoutingChange
    from maitred.floor.plants import Seasonality as Seasonality
    from maitred.floor.plants import SmallN as SmallN
    from maitred.floor.plants import SurveySteering as SurveySteering
    from maitred.floor.plants import TopicSurge as TopicSurge
    from maitred.floor.plants import Training as Training
    from maitred.floor.plants import Understaffed as Understaffed
    from maitred.floor.run import Run as Run
    from maitred.floor.world import World as World

_ELSEWHERE = {"World": "maitred.floor.world", "Run": "maitred.floor.run"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name.startswith("__"):
        raise AttributeError(name)
    if name in _ELSEWHERE:
        return getattr(import_module(_ELSEWHERE[name]), name)
    plants = import_module("maitred.floor.plants")
    if name == "PLANTS" or name in plants.PLANTS:
        return getattr(plants, name)
    raise AttributeError(f"maitred.floor has no {name!r}")
