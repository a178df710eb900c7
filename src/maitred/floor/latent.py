"""Latent truths of agents at an instant: parameters and the switches that change them, looked up for many at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

import numba as nb
import numpy as np
from numpy.typing import NDArray

from maitred.floor.logbook import Kind
from maitred.floor.run import Run
from maitred.floor.streams import Purpose, uniform
from maitred.floor.world import World

ITEMS = ("greeting", "acknowledgement", "apology", "ownership", "next_step", "time_promise", "closing")
"""What a reply may show, in the order of ``Agent.behaviours``; bit 0 is the greeting."""
_AGENT_BITS = 44  # agent << 44 | ms: 500 years of milliseconds


def origin(world: World) -> datetime:
    """Midnight at which the hidden days begin: instant 0 of every log."""
    return datetime.combine(world.start - timedelta(days=world.warmup), time(), UTC)


def ms_of(world: World, instant: datetime) -> int:
    """An instant as milliseconds from the origin."""
    return round((instant - origin(world)) / timedelta(milliseconds=1))


class Course:
    """One parameter of every agent over time: the value before anything, and the steps after it."""

    def __init__(
        self, base: NDArray[np.float64], steps: Iterable[tuple[int, int, NDArray[np.float64] | float]]
    ) -> None:
        entries = [(agent << _AGENT_BITS, value) for agent, value in enumerate(base)]
        entries += [((agent << _AGENT_BITS) + max(0, at) + 1, value) for agent, at, value in steps]
        entries.sort(key=lambda entry: entry[0])
        self._keys = np.array([key for key, _ in entries], np.int64)
        self._values = np.array([value for _, value in entries], np.float64)

    def at(self, agents: NDArray[np.int32], ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """The value of each agent at each instant; shape (n,) or (n, items)."""
        wanted = (agents.astype(np.int64) << _AGENT_BITS) + ms + 1
        found: NDArray[np.float64] = self._values[np.searchsorted(self._keys, wanted, side="right") - 1]
        return found


def course(world: World, field: str) -> Course:
    """``quality``, ``speed``, ``accuracy``, ``parks``, ``picks`` or ``asks_card`` of every agent over time."""
    places = {agent.id: place for place, agent in enumerate(world.agents)}
    switches = [
        (places[one.name], ms_of(world, one.at), one.value)
        for plant in world.plants
        for one in plant.switches(world)
        if one.kind == "agent" and one.field == field
    ]
    base = np.array([getattr(agent, field) for agent in world.agents], np.float64)
    return Course(base, sorted(switches, key=lambda step: step[1]))


def manners(world: World) -> Course:
    """The chance of each behaviour of every agent over time; values of shape (7,)."""
    places = {agent.id: place for place, agent in enumerate(world.agents)}
    base = np.array([agent.behaviours for agent in world.agents], np.float64).reshape(-1, len(ITEMS))
    steps: list[tuple[int, int, NDArray[np.float64] | float]] = []
    for plant in world.plants:
        windows = plant.behaviours(world) if hasattr(plant, "behaviours") else ()
        for one in windows:
            agent = places[one.agent]
            steps.append((agent, ms_of(world, one.start), np.array(one.chances, np.float64)))
            steps.append((agent, ms_of(world, one.end), base[agent]))
    return Course(base, steps)


def replies(log: NDArray[np.void]) -> NDArray[np.int64]:
    """Positions in the log of the public messages of agents and bots."""
    return np.flatnonzero((log["kind"] == Kind.AGENT_MESSAGE) & (log["actor"] >= 0))


def shown(run: Run, log: NDArray[np.void], places: NDArray[np.int64]) -> NDArray[np.uint8]:
    """What some replies show: a bit for each of ``ITEMS``, drawn by ticket and turn, so that all who ask agree."""
    rows = log[places]
    chances = manners(run.world).at(rows["actor"], rows["time"])
    keys = run.tickets["key"][rows["ticket"]]
    return _shown(np.uint64(run.world.seed), keys, rows["turn"], chances)


@nb.njit(cache=True)
def _shown(
    seed: np.uint64, keys: NDArray[np.uint64], turns: NDArray[np.int32], chances: NDArray[np.float64]
) -> NDArray[np.uint8]:
    bits = np.zeros(len(keys), np.uint8)
    for place in range(len(keys)):
        for item in range(chances.shape[1]):
            if uniform(seed, Purpose.TEXT, keys[place], turns[place] * 16 + item) < chances[place, item]:
                bits[place] |= np.uint8(1 << item)
    return bits
