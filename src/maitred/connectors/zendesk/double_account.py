"""The account that the fake Zendesk holds: tickets and what happened to them, people, organisations, ratings, settings.

Of what nobody changed only the order is kept: what happened to a ticket follows from its number and the seed whenever
it is asked for. So a million tickets are there in seconds, and a page of them in milliseconds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from maitred.connectors.zendesk.double_service import (
    FIRST_CUSTOMER,
    METRICS,
    POLICIES,
    SCHEDULES,
    TRADE,
    MetricEvent,
    Row,
    Service,
    Step,
    iso,
    measures,
)
from maitred.connectors.zendesk.double_stories import (
    ADMIN,
    AGENT,
    AGENTS,
    CARRIER,
    CHANNELS,
    FORM,
    GROUP,
    GROUPS,
    SHOP,
    STORIES,
    Story,
    mixed,
    stories,
)

ORGANIZATION = 360003000000
STEPS = 32
"""No generated ticket has more updates."""
RATING, METRIC = 9_000, 363_000_000_000
_PLACES = 512
_CREATED = 1_759_276_800
_SPAN_S = 60 * 86_400
_QUIET_S = 120
_BLOCK, _TICKETS_KEPT = 2_000, 40_000
_LOW = 32
"""A place in an order is a second followed by so many bits of a number."""
STATUS_IDS = {"new": 1900001, "open": 1900002, "pending": 1900003, "hold": 1900004, "solved": 1900005}
_LABELS = tuple(CHANNELS)


Blocks = Iterator[tuple[int, list[int]]]


class Order:
    """Numbers in the order of their seconds: those from the beginning stand still, those that changed move.

    ``blocks`` are the keys from the beginning, each block with a key before which no later block has one: they are
    taken as far as somebody reads.
    """

    def __init__(self, blocks: Blocks, moved: Callable[[int], bool] = lambda number: False) -> None:
        self._blocks, self._moved = blocks, moved
        self._still, self._waiting, self._late = array("Q"), list[int](), list[int]()

    @staticmethod
    def key(second: int, number: int = 0) -> int:
        return second << _LOW | number

    @staticmethod
    def number(key: int) -> int:
        return key & ((1 << _LOW) - 1)

    @staticmethod
    def second(key: int) -> int:
        return key >> _LOW

    def add(self, second: int, number: int) -> None:
        insort(self._late, self.key(second, number))

    def remove(self, second: int, number: int) -> None:
        place = bisect_left(self._late, self.key(second, number))
        if place < len(self._late) and self._late[place] == self.key(second, number):
            del self._late[place]

    def between(self, start: int, end: int) -> Iterator[int]:
        """Keys from ``start`` on and before ``end``, in order."""
        still, late = self._still, self._late
        while (not still or still[-1] < start) and self._extend():
            pass
        here, there = bisect_left(still, start), bisect_left(late, start)
        while True:
            while here == len(still) and self._extend():
                pass
            one = still[here] if here < len(still) else end
            other = late[there] if there < len(late) else end
            if one >= end and other >= end:
                return
            if one <= other:
                here += 1
                if not self._moved(self.number(one)):
                    yield one
            else:
                there += 1
                yield other

    def _extend(self) -> bool:
        """Take another block; False where there is none."""
        block = next(self._blocks, None)
        if block is None and not self._waiting:
            return False
        horizon, keys = block or (1 << 63, [])
        self._waiting += keys
        self._waiting.sort()
        place = bisect_left(self._waiting, horizon)
        self._still.extend(self._waiting[:place])
        del self._waiting[:place]
        return True


@dataclass(slots=True)
class Ticket:
    """A ticket that somebody changed or looked into: its row as it is now, and all that happened to it."""

    row: Row
    steps: list[Step]


class Account:
    """So many tickets up to a second, the same for the same seed; ``tickets`` holds those that have changed since."""

    def __init__(self, tickets: int, seed: int, now: int) -> None:
        self.generated, self.seed, self.begun = tickets, seed, now
        self.count = tickets
        self.changed: dict[int, Ticket] = {}
        self.deleted: set[int] = set()
        self.merged: dict[int, int] = {}
        self.purged = set[int]()
        """Deleted tickets that are no longer in the bin."""
        self.ratings: dict[int, Row] = {}
        self.surveys: dict[str, Row] = {}
        self.customers = max(tickets // 3, 1)
        self.people: dict[int, Row] = {}
        self.organizations = _organizations(min(max(tickets // 50, 2), 5_000))
        self.lists = _lists()
        self._serial = (tickets + 1) * STEPS
        self._owners: dict[int, int] = {}
        self._stamps: dict[int, int] = {}
        self.stories = stories(seed)
        self.by_stamp = Order(self._blocks(self._stamp_keys), self._stamps.__contains__)
        self.by_audit = Order(self._blocks(self._audit_keys))
        self._rated, self._rated_since = array("Q"), list[int]()
        self._person_stamps: dict[int, int] = {}
        people = [Order.key(_CREATED + place, place) for place in range(AGENTS + 1 + self.customers)]
        self.by_person = Order(iter([(1 << 63, people)]), self._person_stamps.__contains__)
        self._measured: dict[int, list[MetricEvent]] = {}
        self._lines: dict[int, list[MetricEvent]] = {}
        self.by_metric = Order(self._blocks(self._metric_keys), lambda place: place // (4 * _PLACES) in self.changed)

    def _blocks(self, keys: Callable[[int], list[int]]) -> Blocks:
        """Keys of the generated tickets, who come in the order of their creation: nothing happens before it."""
        for first in range(1, self.generated + 1, _BLOCK):
            after = min(first + _BLOCK, self.generated + 1)
            found = [key for number in range(first, after) for key in keys(number)]
            yield Order.key(self._created(after)) if after <= self.generated else 1 << 63, found

    # ------------------------------------------------------------ what is generated

    def told(self, number: int) -> tuple[Story, int, int, int | None]:
        """Of a generated ticket: its story, when it was opened, by whom, and the customer's organisation."""
        draw = mixed(self.seed, number)
        customer = (draw >> 10) % self.customers
        return self.stories[draw % STORIES], self._created(number), FIRST_CUSTOMER + customer, self._home(customer)

    def told_whole(self, number: int) -> bool:
        """Whether nobody changed a generated ticket, and its story had come to its end when the account was opened."""
        if number in self.changed:
            return False
        story, created, _, _ = self.told(number)
        return created + story.deeds[-1].after <= self.begun - _QUIET_S

    def _happened(self, number: int) -> list[Step]:
        """What happened to a generated ticket until the account was opened."""
        story, created, requester, home = self.told(number)
        last = self.begun - _QUIET_S
        steps = story.steps(number, number * STEPS, created, requester, home)
        return steps if steps[-1].at <= last else [step for step in steps if step.at <= last]

    def _audit_keys(self, number: int) -> list[int]:
        story, created, _, _ = self.told(number)
        last, serial = self.begun - _QUIET_S, number * STEPS
        times = [created, *(created + deed.after for deed in story.deeds if created + deed.after <= last)]
        return [at << _LOW | serial + place for place, at in enumerate(times)]

    def _stamp_keys(self, number: int) -> list[int]:
        return [self._audit_keys(number)[-1] >> _LOW << _LOW | number]

    def born(self, number: int) -> int:
        """The second in which a ticket was opened."""
        return self._created(number) if number <= self.generated else epoch(self.changed[number].row["created_at"])

    def _created(self, number: int) -> int:
        return self.begun - _SPAN_S + (number - 1) * (_SPAN_S - 7_200) // max(self.generated, 1)

    def _home(self, customer: int) -> int | None:
        place = customer % (3 * len(self.organizations))
        return ORGANIZATION + place if place < len(self.organizations) else None

    def channel(self, number: int) -> str:
        """The label of where a ticket came in."""
        return self.told(number)[0].channel if number <= self.generated else _LABELS[1]

    # ------------------------------------------------------------ tickets and what happened to them

    def numbers(self) -> range:
        return range(1, self.count + 1)

    def alive(self, number: int) -> bool:
        """Whether there is such a ticket, and it is not deleted."""
        return 1 <= number <= self.count and number not in self.deleted

    def steps(self, number: int) -> list[Step]:
        """All that happened to a ticket, first to last."""
        found = self.changed.get(number)
        return found.steps if found else self._happened(number)

    def row(self, number: int) -> Row:
        """A ticket as it is now."""
        found = self.changed.get(number)
        if found is not None:
            return found.row
        return self._folded(number, self._happened(number))

    def _folded(self, number: int, steps: list[Step]) -> Row:
        return folded(number, self.channel(number), steps)

    def opened(self, number: int) -> Ticket:
        """A ticket to be changed: its row and its history are kept from now on."""
        found = self.changed.get(number)
        if found is None:
            steps = self._happened(number)
            found = Ticket(self._folded(number, steps), steps)
            stamp = found.row["generated_timestamp"]
            self.changed[number] = found
            self._stamps[number] = stamp
            self.by_stamp.add(stamp, number)
            self._measure(number)
        return found

    def create(self, requester: int, at: int, values: Mapping[str, Any], note: str) -> int:
        """A ticket that somebody opens at this second; gives its number."""
        self.count += 1
        number = self.count
        given = {"subject": f"Question {number}", "status": "new", "group_id": GROUP, "tags": ["shop"],
                 "brand_id": SHOP, "ticket_form_id": FORM, **values, "requester_id": requester}  # fmt: skip
        ticket = Ticket(
            {**_ticket(number, at, self.channel(number)), "description": note, "submitter_id": requester}, []
        )
        self.changed[number] = ticket
        for key, value in given.items():
            _put(ticket.row, key, value)
        changes = tuple((key, None, value) for key, value in given.items() if value not in (None, []))
        self._keep(number, Step(self._next(), at, requester, changes, note, True, True))
        return number

    def update(
        self, number: int, values: Mapping[str, Any], actor: int, at: int, note: str | None = None,
        public: bool = False, source: Row | None = None,
    ) -> Step:  # fmt: skip
        """Change a ticket as somebody did at this second; what changes nothing leaves it alone."""
        ticket, changes = self.opened(number), list[tuple[Any, Any, Any]]()
        for key, after in _flat(values):
            before = _got(ticket.row, key)
            if before != after:
                changes.append((key, before, after))
                _put(ticket.row, key, after)
        step = Step(self._next(), at, actor, tuple(changes), note, public, False, source)
        if changes or note is not None:
            self._keep(number, step)
        return step

    def touch(self, number: int, at: int) -> None:
        """Move a ticket in the export without any change of a field, as the helpdesk itself does at times."""
        ticket = self.opened(number)
        self.by_stamp.remove(self._stamps[number], number)
        ticket.row["generated_timestamp"] = self._stamps[number] = at
        self.by_stamp.add(at, number)

    def _keep(self, number: int, step: Step) -> None:
        """Write down what happened; a step that came late takes its place among the others."""
        ticket = self.changed[number]
        insort(ticket.steps, step, key=lambda one: one.at)
        self.by_audit.add(step.at, step.serial)
        self._owners[step.serial] = number
        ticket.row["updated_at"] = iso(max(step.at, ticket.steps[-1].at))
        if number in self._stamps:
            self.by_stamp.remove(self._stamps[number], number)
        stamp = max(step.at, self._stamps.get(number, 0))
        self._stamps[number] = ticket.row["generated_timestamp"] = stamp
        self.by_stamp.add(stamp, number)
        (self.deleted.add if ticket.row["status"] == "deleted" else self.deleted.discard)(number)
        self._measure(number)

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def step_of(self, serial: int) -> tuple[int, Step]:
        """The ticket of an update, and the update."""
        number = self._owners.get(serial) or serial // STEPS
        if number in self.changed:
            return number, next(step for step in self.changed[number].steps if step.serial == serial)
        return number, self._happened(number)[serial % STEPS]

    # ------------------------------------------------------------ service levels

    def service(self, number: int) -> Service:
        """The clocks of a ticket, by the brand that it came in for."""
        steps = self.steps(number)
        brand = next((after for key, _, after in steps[0].changes if key == "brand_id"), SHOP)
        return Service(brand, steps)

    def _metric_keys(self, number: int) -> list[int]:
        return [event[0] << _LOW | self._place(number, event) for event in self.service(number).events()]

    def _place(self, number: int, event: MetricEvent) -> int:
        return (number * 4 + METRICS.index(event.metric)) * _PLACES + event.place

    def _measure(self, number: int) -> None:
        """Put the lines of a ticket that changed where they belong now."""
        for event in self._measured.pop(number, ()):
            self.by_metric.remove(event.at, self._place(number, event))
        self._measured[number] = self.service(number).events()
        for event in self._measured[number]:
            self.by_metric.add(event.at, self._place(number, event))

    def metric_event(self, place: int) -> Row:
        """A line of the service-level log by its place."""
        number, inside = divmod(place, 4 * _PLACES)
        lines = self._measured.get(number) or self._lines_of(number)
        metric, count = METRICS[inside // _PLACES], inside % _PLACES
        event = next(one for one in lines if one.metric == metric and one.place == count)
        return event.row(number, METRIC + place)

    def _lines_of(self, number: int) -> list[MetricEvent]:
        """The lines of a ticket; since they lie hours apart, those of the tickets of some days are kept."""
        found = self._lines.get(number)
        if found is None:
            if len(self._lines) >= _TICKETS_KEPT:
                del self._lines[next(iter(self._lines))]
            found = self._lines[number] = self.service(number).events()
        return found

    def metric_events(self, number: int) -> Iterator[Row]:
        """All lines of one ticket, those to come included."""
        for event in self.service(number).events():
            yield event.row(number, METRIC + self._place(number, event))

    def metric_set(self, number: int) -> Row:
        """Zendesk's own figures of a ticket."""
        return {"id": 5_000_000 + number, "ticket_id": number, **measures(self.steps(number))}

    # ------------------------------------------------------------ ratings

    def rating(self, number: int) -> Row | None:
        """The rating of a ticket."""
        if number in self.ratings or number > self.generated:
            return self.ratings.get(number)
        rated = [step for step in self.steps(number) if _rates(step)]
        return self._rating_row(number, rated[0]) if rated else None

    def _rating_keys(self) -> Iterator[int]:
        for number in range(1, self.generated + 1):
            story, created, _, _ = self.told(number)
            if story.rated is not None and created + story.rated <= self.begun - _QUIET_S:
                yield created + story.rated << _LOW | number

    def _rating_row(self, number: int, step: Step) -> Row:
        row = self.row(number)
        return {"id": RATING + number, "url": f"/api/v2/satisfaction_ratings/{RATING + number}.json",
                "ticket_id": number, "score": step.changes[0][2], "comment": None, "reason": None, "reason_id": None,
                "assignee_id": row["assignee_id"], "group_id": row["group_id"], "requester_id": row["requester_id"],
                "created_at": iso(step.at), "updated_at": iso(step.at)}  # fmt: skip

    def rating_of(self, identity: int) -> Row | None:
        """A rating by its own id."""
        number = identity - RATING
        return self.rating(number) if number in self.numbers() else None

    def rate(self, number: int, score: str, at: int, comment: str | None = None) -> Row:
        """A customer's rating, the first or another; it keeps the time of its creation."""
        ticket, known = self.opened(number), self.rating(number)
        step = Step(self._next(), at, ticket.row["requester_id"],
                    (("satisfaction_score", known["score"] if known else None, score),))  # fmt: skip
        found = {**(known or self._rating_row(number, step)), "score": score, "comment": comment,
                 "updated_at": iso(at)}  # fmt: skip
        if known is None:
            self._rated_since.append(number)
        self.ratings[number] = found
        ticket.row["satisfaction_rating"] = {"id": found["id"], "score": score, "comment": comment, "reason": None}
        self._keep(number, step)
        return found

    def rated_since(self, start: int) -> list[int]:
        """Numbers of tickets whose rating was created in this second or later."""
        if not self._rated:
            self._rated.extend(sorted(self._rating_keys()))
        place = bisect_left(self._rated, Order.key(start))
        later = [number for number in self._rated_since if epoch(self.ratings[number]["created_at"]) >= start]
        return [*(Order.number(key) for key in self._rated[place:]), *later]

    # ------------------------------------------------------------ people

    def person(self, place: int) -> Row:
        """A user by place: the admin, the agents, then customers."""
        return self.people.get(place) or self._person(place)

    def place_of(self, identity: int) -> int:
        """The place of a user by id.

        Raises
        ------
        ValueError
            There is no such user.
        """
        customer = identity - FIRST_CUSTOMER
        staff = 0 if identity == ADMIN else identity - AGENT + 1
        place = staff if customer < 0 else AGENTS + 1 + customer
        if not 0 <= place < AGENTS + 1 + self.customers:
            raise ValueError(f"there is no user {identity}")
        return place

    def edit_person(self, identity: int, values: Mapping[str, Any], at: int) -> Row:
        """Change a user at this second."""
        place = self.place_of(identity)
        found = {**self.person(place), **values, "updated_at": iso(at)}
        self.by_person.remove(self._person_stamps.get(place, 0), place)
        self.people[place], self._person_stamps[place] = found, at
        self.by_person.add(at, place)
        return found

    def edit_organization(self, identity: int, values: Mapping[str, Any], at: int) -> Row:
        """Change an organisation at this second; its own fields are changed one by one."""
        known = self.organizations[identity]
        fields = {**known["organization_fields"], **values.get("organization_fields", {})}
        found = {**known, **values, "organization_fields": fields, "updated_at": iso(at)}
        self.organizations[identity] = found
        return found

    def configure(self, found: list[Row], identity: int, values: Mapping[str, Any] | None, at: int) -> Row:
        """Change, add or (without values) remove an entry of a list."""
        known = next((one for one in found if one["id"] == identity), None)
        place = len(found) if known is None else found.index(known)
        del found[place : place + 1]
        entry = {**(known or {"id": identity, "created_at": iso(at)}), **(values or {}), "updated_at": iso(at)}
        if values is not None:
            found.insert(place, entry)
        return entry

    def _person(self, place: int) -> Row:
        customer = place - AGENTS - 1
        staff = customer < 0
        identity = FIRST_CUSTOMER + customer if not staff else ADMIN if place == 0 else AGENT + place - 1
        at = _CREATED + place
        return {
            "id": identity, "url": f"/api/v2/users/{identity}.json", "name": f"Person {place}",
            "email": f"p{identity}@desk.example", "phone": None,
            "role": "end-user" if not staff else "agent" if place else "admin",
            "role_type": 0 if staff else None, "active": True, "suspended": False, "verified": True,
            "time_zone": "Berlin", "iana_time_zone": "Europe/Berlin", "locale": "en-US", "tags": [],
            "user_fields": {"tier": "gold"} if place % 5 == 0 else {},
            "organization_id": None if staff else self._home(customer),
            "default_group_id": GROUP + (place - 1) % GROUPS if staff and place else None,
            "last_login_at": iso(self.begun - place % 86_400) if staff else None,
            "created_at": iso(at), "updated_at": iso(at),
        }  # fmt: skip


def folded(number: int, label: str, steps: list[Step]) -> Row:
    """A ticket's row after all that happened to it."""
    row = _ticket(number, steps[0].at, label)
    for step in steps:
        for key, _, after in step.changes:
            _put(row, key, after)
    row["description"] = steps[0].note or ""
    last = steps[-1].at
    row["updated_at"], row["generated_timestamp"] = iso(last), last
    row["submitter_id"] = row["requester_id"]
    if (score := row.pop("satisfaction_score", None)) is not None:
        row["satisfaction_rating"] = {"id": RATING + number, "score": score, "comment": None, "reason": None}
    return row


def _rates(step: Step) -> bool:
    return bool(step.changes) and step.changes[0][0] == "satisfaction_score"


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _ticket(number: int, created: int, label: str) -> Row:
    return {
        "id": number, "url": f"/api/v2/tickets/{number}.json", "external_id": None,
        "via": {"channel": CHANNELS[label], "source": {"from": {}, "to": {}, "rel": None}}, "created_at": iso(created),
        "updated_at": "", "generated_timestamp": 0, "type": None, "subject": None, "raw_subject": None,
        "description": "", "priority": None, "status": "new", "custom_status_id": STATUS_IDS["new"],
        "requester_id": None, "submitter_id": None, "assignee_id": None, "group_id": None, "organization_id": None,
        "brand_id": SHOP, "ticket_form_id": None, "problem_id": None, "due_at": None, "is_public": True, "tags": [],
        "custom_fields": [{"id": CARRIER, "value": None}, {"id": CARRIER + 6, "value": None}],
        "satisfaction_rating": {"score": "unoffered"},
    }  # fmt: skip


def _put(row: Row, key: Any, value: Any) -> None:
    if isinstance(key, int):
        for one in row["custom_fields"]:
            if one["id"] == key:
                one["value"] = value
                return
        row["custom_fields"].append({"id": key, "value": value})
        return
    row[key] = value
    if key == "status":
        row["custom_status_id"] = STATUS_IDS.get(value, row["custom_status_id"])
    elif key == "subject":
        row["raw_subject"] = value


def _got(row: Row, key: Any) -> Any:
    if isinstance(key, int):
        return next((one["value"] for one in row["custom_fields"] if one["id"] == key), None)
    return row.get(key)


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Fields of an update, each custom field for itself."""
    for key, value in values.items():
        if key == "custom_fields":
            yield from ((int(one["id"]), one["value"]) for one in value)
        else:
            yield key, value


def _organizations(count: int) -> dict[int, Row]:
    found = {}
    for place in range(count):
        identity, at = ORGANIZATION + place, iso(_CREATED + 60 * place)
        plan = ("free", "team", "enterprise")[place % 3]
        found[identity] = {
            "id": identity, "url": f"/api/v2/organizations/{identity}.json", "name": f"Customer {place}",
            "domain_names": [f"c{place}.example"], "details": "", "notes": "", "group_id": None, "tags": [plan],
            "organization_fields": {"plan": plan, "arr": 1_200 * (place % 40), "currency": "EUR",
                                    "renewal_date": f"2026-{1 + place % 12:02}-01T00:00:00+00:00",
                                    "industry": "retail" if place % 2 else "software"},
            "shared_tickets": False, "created_at": at, "updated_at": at, "deleted_at": None,
        }  # fmt: skip
    return found


def _lists() -> dict[str, list[Row]]:
    dated = {"created_at": iso(_CREATED), "updated_at": iso(_CREATED)}
    carriers = [{"name": name, "value": name} for name in ("DHL", "UPS", "DPD")]
    first = [{"field": "status", "operator": "less_than", "value": "solved"}]
    return {
        "custom_statuses": [
            {"id": identity, "status_category": word, "agent_label": word.capitalize(), "end_user_label": word,
             "active": True, "default": True, **dated} for word, identity in STATUS_IDS.items()
        ] + [{"id": 1900006, "status_category": "hold", "agent_label": "Waiting on carrier", "end_user_label": "hold",
              "active": True, "default": False, **dated}],
        "ticket_forms": [{"id": FORM + place, "name": name, "position": place + 1, "active": True,
                          "ticket_field_ids": [CARRIER], **dated} for place, name in enumerate(("Help", "Return"))],
        "ticket_fields": [
            {"id": CARRIER, "title": "Carrier", "type": "tagger", "active": True, "position": 9,
             "custom_field_options": carriers, **dated},
            {"id": CARRIER + 6, "title": "Order", "type": "text", "active": True, "position": 10, **dated},
        ],
        "brands": [{"id": SHOP, "name": "Shop", "active": True, "default": True, **dated},
                   {"id": TRADE, "name": "Trade", "active": True, "default": False, **dated}],
        "views": [{"id": 3700 + place, "title": f"View {place}", "active": True, "position": place,
                   "conditions": {"all": first, "any": []}, **dated} for place in range(150)],
        "macros": [{"id": 3800 + place, "title": f"Macro {place}", "active": place != 1, "position": place,
                    "actions": [{"field": "status", "value": "pending"}], **dated} for place in range(3)],
        "groups": [{"id": GROUP + place, "name": f"Team {place}", "description": "", "default": place == 0,
                    "deleted": False, "is_public": True, **dated} for place in range(GROUPS)],
        "group_memberships": [{"id": 770_000 + place, "user_id": AGENT + place, "group_id": GROUP + place % GROUPS,
                               "default": True, **dated} for place in range(AGENTS)],
        "business_hours/schedules": [dict(one) for one in SCHEDULES],
        "slas/policies": [dict(one) for one in POLICIES],
    }  # fmt: skip
