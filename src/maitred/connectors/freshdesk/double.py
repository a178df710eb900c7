"""A fake Freshdesk: a generated account behind the lists, single tickets, notes and updates of the real interface.

Written without the connector's code. It keeps Freshdesk's habits that lose records for careless readers: thirty days
where no date is asked for, a wall at page 300, a list that is sorted anew with each request, deleted and spam tickets
in filters of their own, included parts that cost more, 404 without a body, tags that replace all tags, and no lock.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from maitred.connectors.doubling import Answer, Double, Limit, Request
from maitred.connectors.freshdesk import double_shown as shown
from maitred.connectors.freshdesk.double_account import ADMIN, FIELDS, Helpdesk, Row, Ticket

KEY = "double-key"
PLANS = {"trial": (50, 20), "growth": (200, 20), "pro": (400, 100), "enterprise": (700, 200)}
"""Requests a minute of each plan, and how many of them may list tickets."""
LIST, LISTING = "/api/v2/tickets", "tickets"
INCLUDE_COSTS = 2
"""What each included part of a list costs beside the request; one of a single ticket costs one."""
_RECENT_S, _DAY_S = 30 * 86_400, 86_400
_ORDERS = {"created_at": "created", "updated_at": "updated", "status": "status"}
_NEEDED = ("status", "priority", "tags", "subject")
_INCLUDES = ("stats", "requester", "description")
Choice = Callable[[Any], bool]


class Freshdesk(Double):
    """An account of so many tickets, the same for the same seed.

    Parameters
    ----------
    plan
        Whose limits hold, unless ``per_minute`` and ``lists_per_minute`` name others.
    wall
        The last page of tickets that is shown.
    export
        The daily files of activities: ``off`` (403), ``on`` (up to yesterday), ``late`` (yesterday's is 404 still).

    Attributes
    ----------
    lost_days
        Days, as ``YYYY-MM-DD``, whose file never gets ready.
    missing
        Paths of lists that this plan or key has no right to (403).
    """

    def __init__(
        self,
        tickets: int = 50,
        seed: int = 1,
        *,
        plan: str = "enterprise",
        per_minute: int | None = None,
        lists_per_minute: int | None = None,
        wall: int = 300,
        export: str = "off",
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.desk = Helpdesk(tickets, seed, self.clock.epoch())
        self.wall, self.export = wall, export
        self.account = Limit(per_minute or PLANS[plan][0])
        self.listing = Limit(lists_per_minute or PLANS[plan][1])
        self.lists = shown.lists()
        self.lost_days: set[str] = set()
        self.missing: set[str] = set()
        self._kept: dict[tuple[Any, ...], Sequence[Any]] = {}
        self._kept_at = -1
        self._routes_of_reading()
        self._routes_of_writing()

    # ------------------------------------------------------------ sign-in and limits

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"key": KEY}

    def bucket(self, path: str) -> str:
        return LISTING if path == LIST else "account"

    def before(self, request: Request) -> Answer | None:
        if request.headers.get("authorization") != "Basic " + base64.b64encode(f"{KEY}:X".encode()).decode():
            return Answer(401, {"code": "invalid_credentials", "message": "You have to be logged in"})
        epoch, cost = self.clock.epoch(), _cost(request)
        within = self.account.take(epoch)
        self.account.used += cost - 1
        if not within or self.account.used > self.account.per_minute:
            return self._turned_away("account", LISTING)
        if request.path == LIST and not self.listing.take(epoch):
            return self._turned_away(LISTING)
        if request.path.removeprefix("/api/v2/") in self.missing:
            return _denied()
        return None

    def _turned_away(self, *buckets: str) -> Answer:
        """No more requests of these buckets in this minute; the account's own end closes all of them."""
        seconds = self.account.resets_s(self.clock.epoch())
        for bucket in buckets:
            self._closed[bucket] = self.clock.now() + timedelta(seconds=seconds)
        text = "You have exceeded the limit of requests per minute"
        return Answer(429, {"code": "too_many_requests", "message": text}, {"Retry-After": str(seconds)})

    def after(self, request: Request, answer: Answer) -> Answer:
        told = {
            "X-RateLimit-Total": str(self.account.per_minute),
            "X-RateLimit-Remaining": str(self.account.left()),
            "X-RateLimit-Used-CurrentRequest": str(_cost(request)),
        }
        answer.headers = {**told, **answer.headers}
        return answer

    # ------------------------------------------------------------ reading

    def _routes_of_reading(self) -> None:
        for name in self.lists:
            self.route("GET", f"/api/v2/{name}")(self._list)
        self.route("GET", r"/api/v2/agents/me")(lambda request: Answer(200, self.lists["agents"][0]))
        self.route("GET", LIST)(self._tickets)
        self.route("GET", r"/api/v2/tickets/(\d+)")(self._ticket)
        self.route("GET", r"/api/v2/tickets/(\d+)/conversations")(self._conversations)
        self.route("GET", r"/api/v2/contacts")(self._contacts)
        self.route("GET", r"/api/v2/surveys/satisfaction_ratings")(self._ratings)
        self.route("GET", r"/api/v2/time_entries")(self._time_entries)
        self.route("GET", r"/api/v2/export/ticket_activities")(self._activities)

    def _list(self, request: Request) -> Answer:
        return self._paged(request, self.lists[request.path.removeprefix("/api/v2/")], dict)

    def _tickets(self, request: Request) -> Answer:
        query = request.query
        state, order = query.get("filter", "live"), query.get("order_by", "created_at")
        include = query["include"].split(",") if "include" in query else []
        if state not in ("live", "deleted", "spam"):
            return _invalid("filter", "It should be one of these values: 'new_and_my_open,watching,spam,deleted'")
        if order not in _ORDERS or not set(include) <= set(_INCLUDES):
            return _invalid("order_by" if order not in _ORDERS else "include", "It is none of the possible values")
        if int(query.get("page", "1")) > self.wall:
            return _invalid("page", f"You cannot access tickets beyond the {self.wall}th page")
        rows = self._sorted(state, _ORDERS[order], query.get("updated_since"))
        if query.get("order_type", "desc") == "desc":
            rows = rows[::-1]
        return self._paged(request, rows, lambda one: self._with_requester(one, include))

    def _sorted(self, state: str, order: str, since: str | None) -> Sequence[Ticket]:
        """Tickets of a filter in the order of this moment, those with equal stamps by their number."""
        rows = self._remembered(
            ("tickets", state, order),
            lambda: sorted(
                (one for one in self.desk.tickets.values() if one.state == state),
                key=lambda one: (getattr(one, order), one.number),
            ),
        )
        stamp = "created" if since is None else "updated"
        second = self.clock.epoch() - _RECENT_S if since is None else datetime.fromisoformat(since).timestamp()
        if stamp == order:
            return rows[bisect_left(rows, second, key=attrgetter(stamp)) :]
        return [one for one in rows if getattr(one, stamp) >= second]

    def _with_requester(self, one: Ticket, include: Sequence[str]) -> Row:
        row = shown.ticket(one, include)
        known = self.desk.contacts.get(one.requester)
        return {**row, "requester": shown.requester(known)} if "requester" in include and known else row

    def _ticket(self, request: Request) -> Answer:
        ticket = self.desk.tickets.get(int(request.match[1]))
        if ticket is None:
            return Answer(404)
        include = request.query.get("include", "").split(",")
        row = self._with_requester(ticket, [*include, "description"])
        if "conversations" in include:
            row["conversations"] = [shown.entry(ticket.number, one) for one in ticket.talk[:10]]
        answer = Answer(200, {**row, "deleted": ticket.state == "deleted", "attachments": []})
        self._meddled(request)
        return answer

    def _conversations(self, request: Request) -> Answer:
        ticket = self.desk.tickets.get(int(request.match[1]))
        if ticket is None:
            return Answer(404)
        answer = self._paged(request, ticket.talk, lambda one: shown.entry(ticket.number, one))
        self._meddled(request)
        return answer

    def _meddled(self, request: Request) -> None:
        """Somebody changes the account right after this answer: the fault ``meddle``, whose value is a change."""
        fault = self.faulty("meddle", request.path)
        if fault is not None:
            self.mutate(fault.value)

    def _contacts(self, request: Request) -> Answer:
        """By name, so that a contact that leaves the list pulls those behind it forward."""
        if "updated_since" in request.query:
            return _invalid("updated_since", "Unexpected/invalid field in request")
        state, since = request.query.get("state"), request.query.get("_updated_since", shown.instant(0))
        states = (state,) if state else ("verified", "unverified")
        chosen = _since("updated", since)
        rows = self._remembered(
            ("contacts", state, since),
            lambda: sorted(
                (one for one in self.desk.contacts.values() if one.state in states and chosen(one)),
                key=lambda one: (one.name, one.number),
            ),
        )
        return self._paged(request, rows, shown.contact)

    def _ratings(self, request: Request) -> Answer:
        """Newest first."""
        since = request.query.get("created_since", shown.instant(0))
        chosen = _since("created", since)
        rows = self._remembered(
            ("ratings", since),
            lambda: sorted(
                (one for one in self.desk.ratings.values() if chosen(one)), key=lambda one: (-one.created, one.number)
            ),
        )
        return self._paged(request, rows, shown.rating)

    def _time_entries(self, request: Request) -> Answer:
        since = request.query.get("executed_after", shown.instant(0))
        chosen = _since("at", since)
        rows = self._remembered(("spent", since), lambda: [one for one in self.desk.spent if chosen(one)])
        return self._paged(request, rows, shown.spent)

    def _activities(self, request: Request) -> Answer:
        if self.export == "off":
            return _denied()
        text = request.query.get("created_at", "")
        day = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) // _DAY_S
        ready = self.clock.epoch() // _DAY_S - (1 if self.export == "late" else 0)
        if day >= ready or text in self.lost_days:
            return Answer(404)
        return Answer(200, {"activities_data": [shown.activity(one) for one in self.desk.days.get(day, ())]})

    def _remembered(self, key: tuple[Any, ...], build: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        """A list as it stands now; built once for as long as nothing in the account changes."""
        if self._kept_at != self.desk.changes:
            self._kept, self._kept_at = {}, self.desk.changes
        if key not in self._kept:
            self._kept[key] = build()
        return self._kept[key]

    def _paged(self, request: Request, rows: Sequence[Any], show: Callable[[Any], Row]) -> Answer:
        """A page, and the ``Link`` to the next one; nothing on it by the fault ``empty_page``, though it is no last."""
        size, page = int(request.query.get("per_page", "30")), int(request.query.get("page", "1"))
        if not 1 <= size <= 100 or page < 1:
            return _invalid("per_page", "It should be a Positive Integer less than or equal to 100")
        rest = rows[(page - 1) * size : page * size]
        given = [] if self.faulty("empty_page", request.path) else [show(one) for one in rest]
        headers = {}
        if page * size < len(rows):
            following = urlencode({**request.query, "page": page + 1})
            headers["Link"] = f'<{self.url}{request.path}?{following}>; rel="next"'
        return Answer(200, given, headers)

    # ------------------------------------------------------------ writing

    def _routes_of_writing(self) -> None:
        self.route("PUT", r"/api/v2/tickets/(\d+)")(self._put)
        self.route("POST", r"/api/v2/tickets/(\d+)/notes")(self._note)

    def _put(self, request: Request) -> Answer:
        ticket = self.desk.tickets.get(int(request.match[1]))
        if ticket is None or ticket.state == "deleted":
            return Answer(404)
        values = dict(request.json)
        for name, value in values.items():
            if name not in FIELDS:
                return _invalid(name, "Unexpected/invalid field in request", "invalid_field")
            wrong = self._wrong(name, value)
            if wrong:
                return _invalid(name, wrong)
        if "tags" in values:
            values["tags"] = sorted(set(values["tags"]))
        self.desk.change(ticket, values, ADMIN, self.clock.epoch())
        answer = Answer(200, self._with_requester(ticket, ["description"]))
        self._meddled(request)
        return answer

    def _wrong(self, name: str, value: Any) -> str:
        """Why Freshdesk does not take this value; empty where it does."""
        if value is None:
            return "It should not be blank as this is a mandatory field" if name in _NEEDED else ""
        known: dict[str, set[Any]] = {
            "status": {int(one) for one in self.lists["ticket_fields"][0]["choices"]},
            "priority": {1, 2, 3, 4},
            "responder_id": {one["id"] for one in self.lists["agents"]},
            "group_id": {one["id"] for one in self.lists["groups"]},
        }
        if name in known:
            return "" if value in known[name] else "It should be one of the possible values"
        fields = {one["name"] for one in self.lists["ticket_fields"]}
        return "Unexpected/invalid field in request" if name == "custom_fields" and set(value) - fields else ""

    def _note(self, request: Request) -> Answer:
        ticket, told = self.desk.tickets.get(int(request.match[1])), request.json
        if ticket is None or ticket.state == "deleted":
            return Answer(404)
        if set(told) - {"body", "private", "incoming", "notify_emails", "user_id"} or not told.get("body"):
            return _invalid("body", "Unexpected/invalid field in request", "invalid_field")
        text = unescape(re.sub(r"<[^>]+>", "", told["body"].replace("<br>", "\n")))
        private = told.get("private", True)
        entry = self.desk.say(ticket, self.clock.epoch(), ADMIN, text, private=private, source=2)
        return Answer(201, shown.entry(ticket.number, entry))

    # ------------------------------------------------------------ control

    def mutate(self, change: Mapping[str, Any]) -> Any:
        """Change the account now, by the double's clock.

        ``op``: ``create`` (requester), ``edit`` (ticket, values), ``late_edit`` (and ``behind_s``: the stamp lies so
        far back), ``mass_update`` (tickets, values: all in one second), ``delete``, ``undelete``, ``spam``, ``unspam``,
        ``purge``, ``merge`` (into), ``reply`` (text; ``by``: agent, customer or note), ``rate`` (score), ``contact``
        (contact, and a name or a state).
        """
        op, now = str(change.get("op")), self.clock.epoch()
        if op == "create":
            requester = int(change.get("requester") or min(self.desk.contacts))
            number = max(self.desk.tickets, default=0) + 1
            return shown.ticket(self.desk.create(number, requester, now), ("stats", "description"))
        if op == "mass_update":
            for number in change["tickets"]:
                self.desk.change(self._known(number), change.get("values", {}), ADMIN, now)
            return {"changed": len(change["tickets"])}
        if op == "contact":
            return self._contact_changed(change, now)
        ticket = self._known(change.get("ticket", 0))
        if not self._happen(op, ticket, change, now):
            return super().mutate(change)
        return shown.ticket(ticket, ("stats", "description"))

    def _happen(self, op: str, ticket: Ticket, change: Mapping[str, Any], now: int) -> bool:
        """Do it to one ticket; False where there is no such thing."""
        desk, states = self.desk, {"delete": "deleted", "undelete": "live", "spam": "spam", "unspam": "live"}
        if op in ("edit", "late_edit"):
            stamp = now - int(change.get("behind_s", 300)) if op == "late_edit" else None
            desk.change(ticket, change.get("values", {}), ADMIN, now, stamp)
        elif op in states:
            desk.turn(ticket, states[op], now)
        elif op == "purge":
            desk.purge(ticket.number)
        elif op == "merge":
            desk.merge(ticket, self._known(change["into"]), now)
        elif op == "reply":
            by, text = change.get("by", "agent"), str(change.get("text", "One more word"))
            user = ticket.requester if by == "customer" else ADMIN
            private = by == "note"
            desk.say(ticket, now, user, text, incoming=by == "customer", private=private, source=2 if private else 0)
        elif op == "rate":
            desk.rate(ticket.number, int(change["score"]), now)
        else:
            return False
        return True

    def _known(self, number: Any) -> Ticket:
        ticket = self.desk.tickets.get(int(number))
        if ticket is None:
            raise ValueError(f"there is no ticket {number}")
        return ticket

    def _contact_changed(self, change: Mapping[str, Any], now: int) -> Row:
        contact = self.desk.contacts.get(int(change.get("contact", 0)))
        if contact is None:
            raise ValueError(f"there is no contact {change.get('contact')}")
        contact.name, contact.state = change.get("name", contact.name), change.get("state", contact.state)
        contact.updated = now
        self.desk.changes += 1
        return shown.contact(contact)

    def truth(self) -> Any:
        """What the warehouse should hold; see ``double_account.Helpdesk.truth``."""
        return self.desk.truth()


def _cost(request: Request) -> int:
    """What a request costs: one, and more for each included part."""
    parts = [part for part in request.query.get("include", "").split(",") if part]
    return 1 + len(parts) * (INCLUDE_COSTS if request.path == LIST else 1)


def _since(stamp: str, text: str) -> Choice:
    second = datetime.fromisoformat(text).timestamp()
    return lambda one: getattr(one, stamp) >= second


def _invalid(field: str, message: str, code: str = "invalid_value") -> Answer:
    error = {"field": field, "message": message, "code": code}
    return Answer(400, {"description": "Validation failed", "errors": [error]})


def _denied() -> Answer:
    return Answer(403, {"code": "access_denied", "message": "You are not authorized to perform this action."})
