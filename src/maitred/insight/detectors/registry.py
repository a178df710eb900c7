"""Which detectors there are: those of this folder, and those that other packages offer by entry point.

A package adds its own by the entry point group ``maitred.detectors``; each entry is a ``Detector`` or a tuple of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final

from maitred.base.errors import MaitredError
from maitred.insight.detectors.finding import Detector

GROUP: Final = "maitred.detectors"
MODULES: Final = (
    *("topic_surge", "topic_new", "sla_setup", "staffing_gap", "volume", "backlog", "speed", "parked", "workload"),
    *("case_selection", "agent_quality", "reopen", "satisfaction", "bot_resolution", "account_risk", "sensitive_data"),
    *("improvement", "quality", "sla_due", "promises", "data_health"),
)
"""Modules of this folder that hold ``DETECTORS``."""


@lru_cache(maxsize=1)
def detectors() -> tuple[Detector, ...]:
    """Every detector, ours first, each name once.

    Raises
    ------
    MaitredError
        An entry point gives something else than detectors, or a name that is taken.
    """
    found: dict[str, Detector] = {}
    for name in MODULES:
        ours: Iterable[Detector] = import_module(f"maitred.insight.detectors.{name}").DETECTORS
        for one in ours:
            found[one.name] = one
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        for one in _offered(entry.name, entry.load()):
            if one.name in found:
                raise MaitredError(f"two detectors are named {one.name}", f"rename that of {entry.name}")
            found[one.name] = one
    return tuple(found.values())


def _offered(name: str, value: object) -> tuple[Detector, ...]:
    offered = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(one, Detector) for one in offered):
        raise MaitredError(f"the entry point {name} of {GROUP} gives no detector", "let it name a Detector or a tuple")
    return offered
