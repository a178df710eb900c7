"""What may happen to a ticket of the fake Zendesk: a thousand stories, each told of many tickets.

Tickets of one story differ in their number, their customer and their time. So what an export shows of a ticket is
written once for each story, with gaps, and a page of a thousand costs milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from maitred.connectors.zendesk.double_service import TRADE, Row, Step

ADMIN, AGENT, GROUP = 360001000001, 360001000100, 360002000000
AGENTS, GROUPS = 6, 3
SYSTEM, AUTOMATION = -1, 3601
SHOP, CARRIER, FORM = 360008, 27642, 360010
STORIES = 1_024
CHANNELS = {"Mail": "email", "Web form": "web", "Chat": "chat"}
REQUESTER = 0
"""Stands for a ticket's customer among the actors of its story."""
_WORD = (1 << 64) - 1

Change = tuple[Any, Any, Any]


class Deed(NamedTuple):
    """One update of a story, so many seconds after the ticket was opened."""

    after: int
    actor: int
    changes: tuple[Change, ...]
    note: str | None = None
    public: bool = True


class Story(NamedTuple):
    """How a ticket goes: what it is opened with, and what is done then."""

    channel: str
    brand: int
    group: int
    priority: str | None
    deeds: tuple[Deed, ...]
    rated: int | None
    """When the customer rates."""

    def opened(self, number: int, requester: int, home: int | None) -> tuple[Change, ...]:
        """The fields that a ticket of this story is opened with."""
        return (
            ("subject", None, f"Question {number}"), ("status", None, "new"), ("group_id", None, self.group),
            ("requester_id", None, requester), ("tags", None, ["shop"]), ("brand_id", None, self.brand),
            ("ticket_form_id", None, FORM), *((("priority", None, self.priority),) if self.priority else ()),
            *((("organization_id", None, home),) if home else ()),
        )  # fmt: skip

    def steps(self, number: int, serial: int, created: int, requester: int, home: int | None) -> list[Step]:
        """The story told of one ticket, to its end."""
        first = Step(serial, created, requester, self.opened(number, requester, home), _hello(number), True, True)
        later = (
            Step(serial + place, created + after, actor or requester, changes, note, public)
            for place, (after, actor, changes, note, public) in enumerate(self.deeds, 1)
        )
        return [first, *later]


def mixed(seed: int, number: int) -> int:
    """64 bits that look drawn, the same for the same two numbers."""
    value = (number * 0x9E3779B97F4A7C15 + seed * 0xBF58476D1CE4E5B9 + 0x94D049BB133111EB) & _WORD
    value = ((value ^ (value >> 31)) * 0xD6E8FEB86659FD93) & _WORD
    value = ((value ^ (value >> 29)) * 0xBF58476D1CE4E5B9) & _WORD
    return value ^ (value >> 32)


def stories(seed: int) -> list[Story]:
    """The stories of an account."""
    return [_story(seed, place) for place in range(STORIES)]


def _hello(number: int) -> str:
    return f"Hello, this is question {number}."


def _story(seed: int, place: int) -> Story:
    draw, more = mixed(seed + 1_000_003, place), mixed(seed + 2_000_003, place)
    channel = tuple(CHANNELS)[draw % 3]
    priority = (None, "low", "normal", "normal", "high", "urgent")[(draw >> 8) % 6]
    group, agent = GROUP + (draw >> 16) % GROUPS, AGENT + (draw >> 20) % AGENTS
    answered, waited = (more & 0xFFFF) % 28_800, (more >> 16 & 0xFFFFF) % 172_800
    chance, again, mark = (more >> 36 & 0xFFF) % 100, (more >> 48 & 0xFF) % 100, (more >> 56) % 100
    deeds: list[Deed] = []

    def then(seconds: int, actor: int, *changes: Change, note: str | None = None, public: bool = True) -> None:
        since = deeds[-1].after if deeds else 0
        deeds.append(Deed(since + seconds, actor, changes, note, public))

    if place % 8 == 5:
        then(1, SYSTEM, ("tags", ["shop"], ["shop", "sorted"]))
    then(300 + (draw >> 48) % 14_400, agent, ("assignee_id", None, agent), ("status", "new", "open"),
         ("type", None, ("question", "incident", "problem")[(draw >> 40) % 3]))  # fmt: skip
    if mark < 25:
        then(90, AGENT + (draw >> 24) % AGENTS, note="Seen something like it before.", public=False)
    elif mark > 90:
        other = AGENT + (agent - AGENT + 1) % AGENTS
        then(600, agent, ("group_id", group, GROUP + (group - GROUP + 1) % GROUPS), ("assignee_id", agent, other))
        agent = other
    if mark % 10 == 3 and priority != "urgent":
        then(60, agent, ("priority", priority, "urgent"), (CARRIER, None, "DHL"))
    status = "pending" if chance < 60 else "hold" if chance < 75 else "open"
    moved = () if status == "open" else (("status", "open", status),)
    then(120 + answered, agent, *moved, note=f"A first answer of {answered} words.")
    if chance < 45:
        then(600 + waited, REQUESTER, ("status", "pending", "open"), note="More about it.")
        status = "open"
    rated = None
    if again < 80 and _ends_rated(then, agent, again, chance, status, answered):
        rated = deeds[-1].after
    if place % 16 == 15 and again < 80:
        then(4 * 86_400, SYSTEM, ("status", "solved", "closed"))
    return Story(channel, TRADE if place % 10 == 9 else SHOP, group, priority, tuple(deeds), rated)


def _ends_rated(then: Callable[..., None], agent: int, again: int, chance: int, status: str, answered: int) -> bool:
    """Solved, at times once more, and at times rated; whether it is."""
    then(1_800 + answered // 2, agent, ("status", status, "solved"), note="That settles it.")
    if again < 15:
        then(7_200, REQUESTER, ("status", "solved", "open"), note="It is still broken.")
        then(3_600 + answered, agent, ("status", "open", "solved"), note="Now it works.")
    rates = again % 4 == 1
    if rates:
        score = "bad" if again < 15 or chance > 90 else "good"
        then(5_400, REQUESTER, ("satisfaction_score", None, score))
    return rates


# ---------------------------------------------------------------- texts with gaps

NUMBER, CUSTOMER, HOME, SERIAL = 7_000_000_000_001, 7_000_000_000_002, 7_000_000_000_003, 8_000_000_000
OPENED, MOVED = 4_000_000_000, 4_000_086_400
"""Numbers and seconds of a ticket that does not exist: where they stand in a text is a gap."""
_GAPS = re.compile(
    r"700000000000[123]|7000000009001|908000000000|10380000000\d\d|40000(?:00000|86400)|2096-10-0[23]T07:06:40Z"
)
_SLOTS = {"7000000000001": 0, "7000000000002": 1, "7000000000003": 2, "4000000000": 3, "2096-10-02T07:06:40Z": 4,
          "4000086400": 5, "2096-10-03T07:06:40Z": 6, "7000000009001": 7, "908000000000": 8}  # fmt: skip
_FIRST_CHILD, _CHILDREN = 1_038_000_000_000, 9


class Text(NamedTuple):
    """A JSON text with gaps, and which values fill them."""

    form: str
    chosen: Callable[[tuple[Any, ...]], Any]
    children: int

    def filled(self, values: tuple[Any, ...]) -> str:
        """The text for these values: number, customer, organisation, opened and changed (each as second and as text),
        the rating's id, the update's id and the ids of its parts."""
        filled: str = self.form % self.chosen(values)
        return filled


def text_of(record: Row) -> Text:
    """The text of a record that was made with the numbers above."""
    written = orjson.dumps(record).decode()
    found = [_slot(one) for one in _GAPS.findall(written)]
    children = max([0, *(slot - _CHILDREN + 1 for slot in found)])
    return Text(_GAPS.sub("%s", written.replace("%", "%%")), itemgetter(*found), children)


def _slot(gap: str) -> int:
    known = _SLOTS.get(gap)
    return _CHILDREN + int(gap) - _FIRST_CHILD if known is None else known
