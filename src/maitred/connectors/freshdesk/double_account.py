"""The account that the fake Freshdesk holds: its people, its tickets, and what happens to them.

Kept small, as seconds and numbers, so that a hundred thousand tickets are made in seconds; ``double_shown`` makes of it
what Freshdesk shows. What should be read from it is told by ``truth``, without the connector's code.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Activity = tuple[int, int, int | None, Mapping[str, Any]]
"""Second, ticket, who did it (None: the system), and what."""
AGENTS = tuple(82_001_000_001 + place for place in range(6))
ADMIN, FORMER = AGENTS[0], AGENTS[-1]
"""Whose key is used, and who has left: deleted as an agent, and still named by the tickets of that time."""
GROUPS = (82_002_000_001, 82_002_000_002)
COMPANIES = tuple(82_003_000_001 + place for place in range(40))
PRODUCTS = (82_004_000_001, 82_004_000_002)
CUSTOMER = 82_001_100_000
OPEN, PENDING, RESOLVED, CLOSED, WORKSHOP = 2, 3, 4, 5, 9
STATUSES = {2: "Open", 3: "Pending", 4: "Resolved", 5: "Closed", 6: "Waiting on Customer",
            7: "Waiting on Third Party", WORKSHOP: "In the workshop"}  # fmt: skip
_MEANT = {2: "open", 3: "pending", 4: "solved", 5: "closed", 6: "pending", 7: "hold"}
_URGENCY = {1: "low", 2: "normal", 3: "high", 4: "urgent"}
_STATES = {30: "deleted", 29: "blocked", 28: "unverified"}
SCORES = (103, 102, 101, 100, -101, -102, -103)
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
SPAN_S = 60 * _DAY_S


@dataclass(slots=True)
class Entry:
    """A reply or a note of a ticket."""

    number: int
    at: int
    user: int | None
    text: str
    incoming: bool = False
    private: bool = False
    source: int = 0


@dataclass(slots=True)
class Ticket:
    """A ticket; ``state`` is live, deleted or spam. Times are seconds since 1970."""

    number: int
    requester: int
    created: int
    updated: int
    source: int
    priority: int
    group: int | None
    product: int | None
    company: int | None
    text: str
    subject: str
    status: int = OPEN
    agent: int | None = None
    kind: str | None = None
    tags: list[str] = field(default_factory=list)
    custom: Row = field(default_factory=lambda: {"cf_carrier": None})
    state: str = "live"
    talk: list[Entry] = field(default_factory=list)
    first_responded: int | None = None
    agent_responded: int | None = None
    requester_responded: int | None = None
    status_updated: int | None = None
    reopened: int | None = None
    resolved: int | None = None
    closed: int | None = None
    pending_since: int | None = None


FIELDS = {"status": "status", "priority": "priority", "responder_id": "agent", "group_id": "group", "type": "kind",
          "subject": "subject", "tags": "tags", "custom_fields": "custom", "product_id": "product"}  # fmt: skip
"""Names of Freshdesk, and where this account keeps them."""


@dataclass(slots=True)
class Contact:
    """A customer; ``state`` is verified, unverified, deleted or blocked."""

    number: int
    name: str
    company: int | None
    created: int
    updated: int
    state: str = "verified"


@dataclass(slots=True)
class Rating:
    """What a customer thought of a ticket."""

    number: int
    ticket: int
    user: int
    agent: int | None
    group: int | None
    score: int
    created: int
    updated: int
    feedback: str | None = None


@dataclass(slots=True)
class Spent:
    """Time worked on a ticket, in minutes."""

    number: int
    ticket: int
    agent: int
    minutes: int
    at: int


class Helpdesk:
    """An account with so many tickets, the same for the same seed; ``now`` is the second at which it is made."""

    def __init__(self, tickets: int, seed: int, now: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311
        self._number = 82_900_000_000
        self.changes = 0
        """Counted up at each change, so that what was sorted before is known to be old."""
        self.tickets: dict[int, Ticket] = {}
        self.ratings: dict[int, Rating] = {}
        self.spent: list[Spent] = []
        self.days: defaultdict[int, list[Activity]] = defaultdict(list)
        """What happened, by the number of the day since 1970."""
        begun = now - SPAN_S
        count = max(tickets // 3, 1)
        self.contacts = {
            CUSTOMER + place: Contact(
                CUSTOMER + place, f"Customer {place:07d}", COMPANIES[place % 40] if place % 4 else None,
                begun - place % 1_000 * _HOUR_S, begun - place % 500 * _HOUR_S,
                _STATES.get(place % 31, "verified"),
            )
            for place in range(count)
        }  # fmt: skip
        for number in range(1, tickets + 1):
            self._live(number, begun + (number - 1) * (SPAN_S - _HOUR_S) // max(tickets, 1), now - _MINUTE_S)

    # ------------------------------------------------------------ the making of it

    def _live(self, number: int, begun: int, until: int) -> None:
        """A ticket's life as a support floor would have it, as far as it comes before ``until``."""
        luck = self._draw.random
        ticket = self.create(number, CUSTOMER + int(luck() * len(self.contacts)), begun)
        agent, at = AGENTS[int(luck() * 6)], begun + _MINUTE_S + int(luck() * _HOUR_S)
        if luck() < 0.1 or at > until:
            return
        self.change(ticket, {"responder_id": agent}, agent, at)
        at += _MINUTE_S + int(luck() * 8 * _HOUR_S)
        if at > until:
            return
        self.say(ticket, at, agent, f"An answer to question {number}")
        if luck() < 0.3:
            self.say(ticket, at, agent, f"A thought on question {number}", private=True, source=2)
        if luck() < 0.4:
            self.change(ticket, {"status": PENDING if luck() < 0.8 else WORKSHOP}, agent, at)
            at += _MINUTE_S + int(luck() * 20 * _HOUR_S)
            if at > until:
                return
            self.say(ticket, at, ticket.requester, f"More on question {number}", incoming=True)
            self.change(ticket, {"status": OPEN}, None, at)
        self._end(ticket, agent, at + _MINUTE_S + int(luck() * 10 * _HOUR_S), until)

    def _end(self, ticket: Ticket, agent: int, at: int, until: int) -> None:
        luck = self._draw.random
        if at > until or luck() < 0.15:
            return
        self.change(ticket, {"status": RESOLVED}, agent, at)
        self.spent.append(Spent(self._next(), ticket.number, agent, 5 + int(luck() * 90), at))
        chance = luck()
        if chance < 0.2 and at + _HOUR_S <= until:
            self.rate(ticket.number, SCORES[int(luck() * 7)], at + _HOUR_S)
        elif chance < 0.3 and at + _HOUR_S <= until:
            self.change(ticket, {"status": OPEN}, None, at + _HOUR_S)
        elif chance < 0.7 and at + 2 * _DAY_S <= until:
            self.change(ticket, {"status": CLOSED}, None, at + 2 * _DAY_S)
        if luck() < 0.02:
            self.turn(ticket, "deleted" if luck() < 0.6 else "spam", ticket.updated)

    def _next(self) -> int:
        self._number += 1
        return self._number

    # ------------------------------------------------------------ what happens

    def create(self, number: int, requester: int, at: int) -> Ticket:
        """A new ticket."""
        luck = self._draw.random
        ticket = Ticket(
            number, requester, at, at, (1, 2, 3, 7, 10)[int(luck() * 5)], 1 + int(luck() * 4), GROUPS[int(luck() * 2)],
            PRODUCTS[0] if luck() < 0.5 else None, self.contacts[requester].company,
            f"Hello, this is question {number}.", f"Question {number}",
        )  # fmt: skip
        ticket.status_updated = at
        if luck() < 0.3:
            ticket.tags.append("shop")
        self.tickets[number] = ticket
        self._happened(at, number, requester, {"new_ticket": True, "status": "Open", "priority": ticket.priority})
        return ticket

    def change(
        self, ticket: Ticket, values: Mapping[str, Any], actor: int | None, at: int, stamp: int | None = None
    ) -> None:
        """Change fields by Freshdesk's names; ``stamp`` is what the list sorts by, where it is not ``at``."""
        told: Row = {}
        for name, value in values.items():
            kept = FIELDS[name]
            if kept == "custom":
                value = {**ticket.custom, **value}
            if getattr(ticket, kept) == value:
                continue
            setattr(ticket, kept, value)
            if kept == "status":
                self._status(ticket, value, at)
            told |= _told(name, value)
        if told:
            self._happened(at, ticket.number, actor, told)
        ticket.updated = at if stamp is None else stamp
        self.changes += 1

    def _status(self, ticket: Ticket, status: int, at: int) -> None:
        ticket.status_updated = at
        ticket.pending_since = at if status == PENDING else None
        if status == RESOLVED:
            ticket.resolved = at
        elif status == CLOSED:
            ticket.closed, ticket.resolved = at, ticket.resolved or at
        elif ticket.resolved is not None:
            ticket.reopened, ticket.resolved, ticket.closed = at, None, None

    def say(
        self,
        ticket: Ticket,
        at: int,
        user: int | None,
        text: str,
        *,
        incoming: bool = False,
        private: bool = False,
        source: int = 0,
    ) -> Entry:
        """A reply or a note."""
        entry = Entry(self._next(), at, user, text, incoming, private, source)
        ticket.talk.append(entry)
        if incoming:
            ticket.requester_responded = at
        elif not private:
            ticket.agent_responded, ticket.first_responded = at, ticket.first_responded or at
        self._happened(at, ticket.number, user, {"note": {"id": entry.number, "type": 4 if private else 0}})
        ticket.updated = at
        return entry

    def turn(self, ticket: Ticket, state: str, at: int) -> None:
        """Put a ticket into the bin, among the spam, or back."""
        was, ticket.state = ticket.state, state
        told = {"deleted": state == "deleted"} if "deleted" in (was, state) else {"spam": state == "spam"}
        self._happened(at, ticket.number, ADMIN, told)
        ticket.updated = at

    def purge(self, number: int) -> None:
        """Delete a ticket for good, with all that hangs on it."""
        del self.tickets[number]
        self.ratings = {key: one for key, one in self.ratings.items() if one.ticket != number}
        self.spent = [one for one in self.spent if one.ticket != number]
        self.changes += 1

    def merge(self, loser: Ticket, into: Ticket, at: int) -> None:
        """Merge a ticket into another: it is closed, with a note on both sides."""
        note = f"This ticket is closed and merged into ticket {into.number}"
        self.say(loser, at, ADMIN, note, private=True, source=2)
        self.change(loser, {"status": CLOSED}, ADMIN, at)
        self.say(into, at, ADMIN, f"Ticket {loser.number} is merged into this ticket", private=True, source=2)

    def rate(self, number: int, score: int, at: int) -> Rating:
        """A customer's verdict; a second one of the same ticket replaces the first."""
        ticket, known = self.tickets[number], self.ratings.get(number)
        self.changes += 1
        if known is not None:
            known.score, known.updated = score, at
            return known
        rating = Rating(self._next(), number, ticket.requester, ticket.agent, ticket.group, score, at, at)
        self.ratings[number] = rating
        return rating

    def _happened(self, at: int, ticket: int, actor: int | None, told: Mapping[str, Any]) -> None:
        self.days[at // _DAY_S].append((at, ticket, actor, told))
        self.changes += 1

    # ------------------------------------------------------------ what is so

    def truth(self) -> Row:
        """Tickets, messages, ratings and contacts in canonical form, by their ids."""
        alive = self.tickets.values()
        return {
            "tickets": {str(one.number): _ticket_truth(one) for one in alive},
            "messages": dict(part for one in alive for part in _messages(one)),
            "ratings": {str(one.number): _rating_truth(one) for one in self.ratings.values()},
            "contacts": {
                str(one.number): {
                    "name": one.name,
                    "suspended": one.state == "blocked",
                    "deleted": one.state == "deleted",
                }
                for one in self.contacts.values()
            },
        }


def _told(name: str, value: Any) -> Row:
    """A change as the export of activities names it."""
    if name == "status":
        return {"status": STATUSES[value]}
    renamed = {"responder_id": "agent_id", "type": "ticket_type"}
    return {} if name == "custom_fields" else {renamed.get(name, name): value}


def _ticket_truth(ticket: Ticket) -> Row:
    return {
        "status": ticket.state if ticket.state != "live" else _MEANT.get(ticket.status, "open"),
        "priority": _URGENCY[ticket.priority],
        "group_id": _text(ticket.group),
        "assignee_id": _text(ticket.agent),
        "requester_id": str(ticket.requester),
        "tags": list(ticket.tags),
        "deleted": ticket.state == "deleted",
    }


def _messages(ticket: Ticket) -> Iterable[tuple[str, list[Any]]]:
    """Each message's ticket, direction, whether customers see it, and its text."""
    number = str(ticket.number)
    yield f"{number}:description", [number, "out" if ticket.source == 10 else "in", True, ticket.text]
    for entry in ticket.talk:
        direction = "internal" if entry.private else "in" if entry.incoming else "out"
        yield str(entry.number), [number, direction, not entry.private, entry.text]


def _rating_truth(rating: Rating) -> Row:
    good = None if rating.score == 100 else rating.score > 100
    return {"ticket_id": str(rating.ticket), "score_raw": str(rating.score), "is_good": good}


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
