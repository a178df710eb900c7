"""Every value that a field of a ticket can take, once as text and once as JSON, known by its place in one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from maitred.canon.tables import STATUSES
from maitred.floor.records import ids
from maitred.floor.world import CHANNELS, PRIORITIES, World

RATINGS = ("unoffered", "offered", "good", "bad")
FLAGS = ("escalated", "manager_requested", "complaint", "abandoned", "closed_by_merge")
"""Tags that say what happened to a ticket; bit by bit in the state of its tags."""
FLAG_STATES = 1 << len(FLAGS)


@dataclass(frozen=True, slots=True)
class Via:
    """A channel: the word of records, the label of the event export, the canonical channel."""

    word: str
    label: str
    channel: str


VIAS = (
    Via("email", "Mail", "email"),
    Via("web", "Web form", "web"),
    Via("chat", "Chat", "chat"),
    Via("native_messaging", "native_messaging", "messaging"),
    Via("voice", "Voice", "phone"),
    Via("twitter", "Twitter", "social"),
    Via("rule", "Rule", "other"),
)
"""In the order of ``world.CHANNELS``; the last is what the helpdesk does by itself."""
RULE_VIA = len(VIAS) - 1
assert [via.channel for via in VIAS[:-1]] == list(CHANNELS)


@dataclass(frozen=True, slots=True)
class Words:
    """Texts and their JSON; the attributes are the places at which the values of a field begin."""

    text: pa.Array
    json: pa.Array
    status: int
    priority: int
    agent: int
    group: int
    requester: int
    organization: int
    tags: int
    policy: int
    schedule: int
    rating: int


@dataclass(frozen=True, slots=True)
class Tags:
    """The states of a ticket's tags: ``(segment * (topics + 1) + topic + 1) * FLAG_STATES + flags``."""

    segments: tuple[str, ...]
    topics: tuple[str, ...]

    @property
    def per_segment(self) -> int:
        return (len(self.topics) + 1) * FLAG_STATES

    def states(self) -> list[list[str]]:
        """The tags of every state, sorted."""
        return [
            sorted(
                {segment, *([topic] if topic else ()), *(name for bit, name in enumerate(FLAGS) if flags >> bit & 1)}
            )
            for segment in self.segments
            for topic in ("", *self.topics)
            for flags in range(FLAG_STATES)
        ]


def tag(topic: str) -> str:
    """A topic as a tag: without blanks."""
    return "_".join(topic.split())


def topics(world: World) -> tuple[str, ...]:
    """The topics of a world, each once, in the order of its classes."""
    return tuple(dict.fromkeys(one.topic for one in world.classes))


def tags(world: World) -> Tags:
    """The tags that tickets of a world can carry."""
    segments = tuple(tag(name) for name, _, _ in world.customers.segments)
    return Tags(segments, tuple(tag(topic) for topic in topics(world)))


def words(world: World, customers: int, accounts: int) -> Words:
    """All values of a world."""
    text: list[str] = []
    json: list[str] = []
    begins: list[int] = []

    def spoken(values: Iterable[str]) -> None:
        begins.append(len(text))
        for value in values:
            text.append(value)
            json.append(orjson.dumps(value).decode())

    def numbered(first: int, count: int) -> None:
        begins.append(len(text))
        values = [str(first + place) for place in range(count)]
        text.extend(values)
        json.extend(values)

    spoken(STATUSES)
    spoken(PRIORITIES)
    numbered(ids.AGENT, len(world.agents))
    numbered(ids.GROUP, len(world.groups))
    numbered(ids.CUSTOMER, customers)
    numbered(ids.ORGANIZATION, accounts)
    begins.append(len(text))
    lists = [orjson.dumps(state).decode() for state in tags(world).states()]
    text.extend(lists)
    json.extend(lists)
    spoken(policy.name for policy in world.policies)
    numbered(ids.SCHEDULE, len(world.schedules))
    spoken(RATINGS)
    return Words(pa.array(text, pa.string()), pa.array(json, pa.string()), *begins)


def places(names: Iterable[str], wanted: Iterable[str]) -> NDArray[np.int64]:
    """Position of each wanted name, -1 where there is none."""
    known = {name: place for place, name in enumerate(names)}
    return np.array([known.get(name, -1) for name in wanted], np.int64)
