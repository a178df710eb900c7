"""A floor that was fitted to a real team: its parameters with their intervals, and the worlds that are made of them.

The estimators live in ``insight.whatif``; here is what they fill in, so that a fitted floor runs wherever the floor
runs. *Conditional* means the arrivals and the presence that really were: only the floor model is judged. *Full* means
the forecast arrivals and the planned presence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np

from maitred.floor.streams import Purpose, normal
from maitred.floor.world import Policy, World

How = Literal["counted", "measured", "estimated", "tuned", "assumed", "told"]
"""How a value was got: counted events, measured durations, inferred, tuned by simulation, a stated default, told."""
Scale = Literal["log", "logit", "plain"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One fitted number.

    Parameters
    ----------
    of
        The class, group or agent that it belongs to; empty: the whole floor.
    name
        The field of ``floor.world`` that it fills, or a scalar of this module.
    value, low, high
        Estimate and 95 % interval (equal where the value was told or assumed).
    n
        Observations behind it.
    how
        How it was got.
    scale
        On which scale the interval is symmetric.
    """

    of: str
    name: str
    value: float
    low: float
    high: float
    n: int
    how: How
    scale: Scale = "log"
    note: str = ""

    def document(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "how": self.how,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Routing:
    """Which routing policy explains the choices of a group's people best; ``explained`` is the share of choices."""

    group: str
    policy: Policy
    explained: float
    runner_up: Policy
    runner_up_explained: float
    n: int


@dataclass(frozen=True)
class FittedWorld:
    """A fitted floor.

    Attributes
    ----------
    world
        Classes, groups, people and promises with the fitted values; its start and length are placeholders.
    parameters
        Every fitted number with interval, n and how it was got.
    routing
        What was found out about each group's routing.
    effort
        ``measured`` from recorded handling times, or ``estimated`` from gaps between actions.
    first, last
        First and last day (inclusive) of the weeks that were fitted.
    shrinkage
        Share of the shown presence that does not serve tickets.
    notes
        What a reader has to know, in sentences.
    """

    world: World
    parameters: tuple[Parameter, ...]
    routing: tuple[Routing, ...]
    effort: Literal["measured", "estimated"]
    first: date
    last: date
    shrinkage: float = 0.0
    effort_scale: float = 1.0
    notes: tuple[str, ...] = ()
    excluded: tuple[date, ...] = ()
    """Days with incidents, which taught nothing about ordinary volume."""

    def document(self) -> dict[str, Any]:
        """Plain values for ``--json``."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "effort": self.effort,
            "shrinkage": self.shrinkage,
            "effort_scale": self.effort_scale,
            "groups": [group.name for group in self.world.groups],
            "agents": len(self.world.agents),
            "classes": [one.name for one in self.world.classes],
            "routing": [
                {
                    "group": one.group,
                    "policy": one.policy,
                    "explained": one.explained,
                    "runner_up": one.runner_up,
                    "runner_up_explained": one.runner_up_explained,
                    "n": one.n,
                }
                for one in self.routing
            ],
            "parameters": [one.document() for one in self.parameters],
            "excluded_days": [day.isoformat() for day in self.excluded],
            "notes": list(self.notes),
        }


def forecast(fitted: FittedWorld, start: date, days: int, seed: int, *, warmup: int = 28) -> World:
    """The full mode: arrivals as forecast, presence as planned.

    The hidden shrinkage becomes shifts lost and the effort scale slows everybody, as they do in the conditional mode.
    """
    return replace(scaled(fitted), start=start, days=days, seed=seed, warmup=warmup)


def scaled(fitted: FittedWorld) -> World:
    """The world with the tuned scalars worked into its people's speed.

    Time that is not spent on tickets and work that takes longer than it seems have the same effect on a queue: a
    person serves ``(1 - shrinkage) / effort_scale`` as much.
    """
    shift = float(np.log(fitted.effort_scale / (1.0 - fitted.shrinkage)))
    agents = tuple(replace(agent, speed=agent.speed + shift) for agent in fitted.world.agents)
    return replace(fitted.world, agents=agents)


def drawn(fitted: FittedWorld, number: int, seed: int = 1) -> FittedWorld:
    """The fit as it might have come out: each parameter drawn from its sampling distribution; number 0 is the fit.

    Parameters
    ----------
    number
        Of the draw; equal numbers give equal draws, whatever else is drawn.

    Notes
    -----
    A parametric bootstrap: normal on the parameter's own scale with the width of its interval.
    """
    if number == 0:
        return fitted
    moved: dict[tuple[str, str], float] = {}
    for place, one in enumerate(fitted.parameters):
        if one.high > one.low:
            z = float(normal(np.uint64(seed), int(Purpose.ORGANISATION), number, place))
            moved[one.of, one.name] = _moved(one, z)
    return with_values(fitted, moved)


def with_values(fitted: FittedWorld, values: dict[tuple[str, str], float]) -> FittedWorld:
    """The fit with some parameters at other values; those that no field of the world holds are left out."""
    world = fitted.world
    classes = tuple(replace(one, **_fields(one, one.name, values)) for one in world.classes)
    agents = tuple(replace(one, **_fields(one, one.id, values)) for one in world.agents)
    return replace(
        fitted,
        world=replace(world, classes=classes, agents=agents),
        shrinkage=min(0.9, max(-0.9, values.get(("", "shrinkage"), fitted.shrinkage))),
        effort_scale=values.get(("", "effort_scale"), fitted.effort_scale),
    )


_SETTABLE = frozenset(
    {
        *("weekly", "effort_median", "effort_sigma", "exchanges", "reply_median", "no_reply", "patience", "success"),
        *("escalates", "transfers", "day_factor", "speed", "absence"),
    }
)


def _fields(one: Any, name: str, values: dict[tuple[str, str], float]) -> dict[str, Any]:
    return {key: value for (of, key), value in values.items() if of == name and key in _SETTABLE and hasattr(one, key)}


def _moved(one: Parameter, z: float) -> float:
    forth, back = _SCALES[one.scale]
    low, high = forth(one.low), forth(one.high)
    return float(back(forth(one.value) + z * (high - low) / (2 * 1.96)))


def _logit(value: float) -> float:
    kept = min(1 - 1e-6, max(1e-6, value))
    return float(np.log(kept / (1 - kept)))


_SCALES: dict[Scale, tuple[Any, Any]] = {
    "log": (lambda value: float(np.log(max(value, 1e-9))), lambda value: float(np.exp(value))),
    "logit": (_logit, lambda value: float(1 / (1 + np.exp(-value)))),
    "plain": (float, float),
}
