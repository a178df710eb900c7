"""A fake Zendesk: a generated account behind the exports, lists, single tickets and updates of the real interface.

Written without the connector's code. It keeps Zendesk's habits that lose records for careless readers: exports in the
order of ``generated_timestamp``, which withhold the last minute, never part a second, and may give an empty page that
is not the last; lists whose pages are led on by links; ratings that are found by the time of their creation only.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson

from maitred.connectors.doubling import JSON_TYPE, Answer, Double, Limit, Request
from maitred.connectors.zendesk import double_rows as rows
from maitred.connectors.zendesk.double_account import Account, Order, epoch
from maitred.connectors.zendesk.double_changes import Changes
from maitred.connectors.zendesk.double_search import Search
from maitred.connectors.zendesk.double_service import Row, holidays, iso
from maitred.connectors.zendesk.double_truth import truth

EMAIL, TOKEN, BEARER = "admin@desk.example", "double-token", "double-bearer"
BLIND_S = 60
_MANY = 100
_TIMED = ("ticket_events", "organizations", "ticket_metric_events")


class Zendesk(Double):
    """An account of so many tickets, the same for the same seed.

    ``page`` is the size of an export's page; ``exports_per_minute`` and ``per_minute`` are the limits of requests. With
    ``surveys`` customers rate by the newer surveys, which an account has instead of the ratings. Without
    ``service_levels`` the account keeps no log of them.
    """

    def __init__(
        self,
        tickets: int = 50,
        seed: int = 1,
        *,
        page: int = 1_000,
        exports_per_minute: int = 10,
        per_minute: int = 700,
        surveys: bool = False,
        service_levels: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.page, self.role, self.surveys, self.service_levels = page, "admin", surveys, service_levels
        self.exports, self.account = Limit(exports_per_minute), Limit(per_minute)
        self.held = Account(tickets, seed, self.clock.epoch())
        self._writing, self._changes = rows.Writing(self.held), Changes(self, self.held)
        self._routes_of_exports()
        self._routes_of_lists()
        self._routes_of_tickets()

    # ------------------------------------------------------------ for tests

    @property
    def credentials(self) -> Mapping[str, str]:
        """What an account's owner signs in with."""
        return {"email": EMAIL, "token": TOKEN}

    @property
    def tickets(self) -> Mapping[int, Row]:
        """Tickets by number; one that was looked into can be changed in place."""
        return rows.Tickets(self.held)

    @property
    def audits(self) -> Mapping[int, list[Row]]:
        """What happened to each ticket, as the export shows it."""
        return rows.Audits(self.held)

    @property
    def ratings(self) -> list[Row]:
        """All ratings of customers."""
        return [self._rating(number) for number in self.held.rated_since(0)]

    def update(
        self, number: int, values: Mapping[str, Any], actor: int, at: int, note: str | None = None, public: bool = False
    ) -> Row:
        """Change a ticket as somebody did at this second; gives the audit."""
        return rows.audit(number, self.held.update(number, values, actor, at, note, public))

    def mutate(self, change: Mapping[str, Any]) -> Any:
        """Change the account as ``double_changes.Changes`` knows."""
        return self._changes.carry_out(change)

    def truth(self) -> Any:
        """What the warehouse should hold; see ``double_truth``."""
        return truth(self.held, self.clock.epoch(), self.surveys)

    def call(self, url: str, secret: str, ticket: int, kind: str = "status_changed", **more: Any) -> int:
        """Send a signed webhook call about a ticket; gives the status of the answer (see ``Changes.call``)."""
        return self._changes.call(url, secret, ticket, kind, **more)

    # ------------------------------------------------------------ sign-in and limits

    def bucket(self, path: str) -> str:
        return "incremental" if "/incremental/" in path else "account"

    def before(self, request: Request) -> Answer | None:
        basic = "Basic " + base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") not in (basic, f"Bearer {BEARER}"):
            return Answer(401, {"error": "Couldn't authenticate you"})
        epoch, limits = self.clock.epoch(), [self.account]
        if "/incremental/" in request.path:
            limits.append(self.exports)
            if self.role != "admin":
                return Answer(403, {"error": "Forbidden"})
        if all([limit.take(epoch) for limit in limits]):  # noqa: C419 (both are used up, not only the first)
            return None
        pause = str(self.account.resets_s(epoch))
        return Answer(429, {"error": "APIRateLimitExceeded"}, {"Retry-After": pause})

    def after(self, request: Request, answer: Answer) -> Answer:
        resets = self.account.resets_s(self.clock.epoch())
        told = {
            "X-Rate-Limit": str(self.account.per_minute),
            "Ratelimit-Remaining": str(self.account.left()),
            "Ratelimit-Reset": str(resets),
        }
        if "/incremental/" in request.path:
            told["Zendesk-RateLimit-incremental-exports"] = (
                f"total={self.exports.per_minute}; remaining={self.exports.left()}; resets={resets}"
            )
        answer.headers = {**told, **answer.headers}
        return answer

    # ------------------------------------------------------------ exports

    def _routes_of_exports(self) -> None:
        self.route("GET", r"/api/v2/incremental/(tickets|users)/cursor\.json")(self._by_cursor)
        self.route("GET", rf"/api/v2/incremental/({'|'.join(_TIMED)})\.json")(self._by_time)

    def _by_cursor(self, request: Request) -> Answer:
        name, end = request.match[1], Order.key(self.clock.epoch() - BLIND_S + 1)
        pause = 0
        if "cursor" in request.query:
            told = _cursor(request.query["cursor"])
            if told is None:
                return Answer(400, {"error": "InvalidCursor", "description": "The cursor is not valid"})
            place, pause = told
        else:
            start = int(request.query["start_time"])
            if Order.key(start) >= end:
                return _too_young()
            place = Order.key(start) - 1
        empty = self.faulty("empty_page", request.path) is not None
        order = self.held.by_stamp if name == "tickets" else self.held.by_person
        keys = list(islice(order.between(place + 1, end), self.page + 1))
        given = [] if empty else keys[: self.page]
        after = _as_cursor(given[-1] if given else place, pause + 1 if empty else 0)
        numbers, more = [Order.number(key) for key in given], dict[str, Any]()
        if name == "tickets" and "metric_sets" in request.query.get("include", ""):
            more["metric_sets"] = [self.held.metric_set(number) for number in numbers]
        if name == "tickets":
            texts = [self._writing.ticket(number) for number in numbers]
        else:
            texts = [orjson.dumps(self.held.person(place)).decode() for place in numbers]
        ended = not empty and len(keys) <= self.page
        url = f"{self.url}{request.path}?cursor={after}{'&include=metric_sets' if more else ''}"
        return _export(name, texts, {**more, "after_cursor": after, "end_of_stream": ended, "after_url": url})

    def _by_time(self, request: Request) -> Answer:
        name, start, blind = request.match[1], int(request.query["start_time"]), self.clock.epoch() - BLIND_S
        if start > blind:
            return _too_young()
        given, following = self._seconds(self._timed(name, start, blind + 1))
        end = given[-1][0] if given else start
        if self.faulty("pinned_second", request.path):
            following, given, end = following or len(given) > self.page, given[: self.page], start
        comments = "comment_events" in request.query.get("include", "")
        texts = self._shown(name, [number for _, number in given], comments)
        more = "&include=comment_events" if comments else ""
        return _export(name, texts, {"count": len(given), "end_time": end, "end_of_stream": not following,
                                     "next_page": f"{self.url}{request.path}?start_time={end}{more}"})  # fmt: skip

    def _timed(self, name: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Second and number of what an export by time has, in order."""
        if name == "organizations":
            found = sorted((epoch(one["updated_at"]), key) for key, one in self.held.organizations.items())
            yield from (one for one in found if start <= one[0] < end)
        elif name == "ticket_events" or self.service_levels:
            order = self.held.by_audit if name == "ticket_events" else self.held.by_metric
            for key in order.between(Order.key(start), Order.key(end)):
                yield Order.second(key), Order.number(key)

    def _seconds(self, source: Iterator[tuple[int, int]]) -> tuple[list[tuple[int, int]], bool]:
        """A page, with all of its last second; and whether more comes after it."""
        given: list[tuple[int, int]] = []
        for one in source:
            if len(given) >= self.page and one[0] > given[-1][0]:
                return given, True
            given.append(one)
        return given, False

    def _shown(self, name: str, numbers: Sequence[int], comments: bool) -> list[str]:
        if name == "ticket_events" and comments:
            return [self._writing.audit(number) for number in numbers]
        if name == "ticket_events":
            found: Iterator[Row] = (self._writing.record(number, comments) for number in numbers)
        elif name == "organizations":
            found = (self.held.organizations[number] for number in numbers)
        else:
            found = (self.held.metric_event(number) for number in numbers)
        return [orjson.dumps(one).decode() for one in found]

    # ------------------------------------------------------------ lists

    def _routes_of_lists(self) -> None:
        for name in self.held.lists:
            self.route("GET", rf"/api/v2/{name}(?:\.json)?")(self._list)
        self.route("GET", r"/api/v2/business_hours/schedules/(\d+)/holidays\.json")(
            lambda request: Answer(200, {"holidays": holidays(int(request.match[1]))}))  # fmt: skip
        self.route("GET", r"/api/v2/satisfaction_ratings\.json")(self._ratings)
        self.route("GET", r"/api/v2/satisfaction_ratings/(\d+)\.json")(self._one_rating)
        self.route("GET", r"/api/v2/guide/survey_responses")(self._survey_responses)
        self.route("GET", r"/api/v2/deleted_tickets\.json")(self._deleted)
        self.route("GET", r"/api/v2/users/me\.json")(lambda request: Answer(200, {"user": self._me()}))
        self.route("GET", r"/api/v2/account/settings\.json")(
            lambda request: Answer(200, {"settings": {"tickets": {}, "brands": {}}}))  # fmt: skip

    def _me(self) -> Row:
        return {**self.held.person(0), "email": EMAIL, "role": self.role}

    def _list(self, request: Request) -> Answer:
        name = request.path.removeprefix("/api/v2/").removesuffix(".json")
        key = "sla_policies" if name == "slas/policies" else name.rpartition("/")[2]
        if "/" in name:
            return Answer(200, {key: self.held.lists[name], "next_page": None, "count": len(self.held.lists[name])})
        return self._paged(request, key, self.held.lists[name])

    def _rating(self, number: int) -> Row:
        found = self.held.rating(number)
        assert found is not None
        return found

    def _ratings(self, request: Request) -> Answer:
        numbers = [] if self.surveys else self.held.rated_since(int(request.query.get("start_time", "0")))
        return self._paged(request, "satisfaction_ratings", numbers, self._rating)

    def _one_rating(self, request: Request) -> Answer:
        found = None if self.surveys else self.held.rating_of(int(request.match[1]))
        if found is None:
            return _absent()
        return Answer(200, {"satisfaction_rating": found})

    def _survey_responses(self, request: Request) -> Answer:
        start = int(request.query.get("filter[created_at_start]", "0")) / 1_000
        numbers = self.held.rated_since(int(start)) if self.surveys else []
        return self._paged(request, "survey_responses", numbers, lambda one: rows.survey_response(self._rating(one)))

    def _deleted(self, request: Request) -> Answer:
        found = [rows.deleted(self.held.row(number)) for number in sorted(self.held.deleted - self.held.purged)]
        return self._paged(request, "deleted_tickets", found)

    def _paged(self, request: Request, key: str, found: Sequence[Any], shown: Any = None) -> Answer:
        """A list by cursor: the cursor is the place in the list."""
        size, place = min(int(request.query.get("page[size]", "100")), 100), int(request.query.get("page[after]", "0"))
        more = place + size < len(found)
        given = [shown(one) if shown else one for one in found[place : place + size]]
        return self.leads(request, key, given, place + size, size, more)

    def leads(self, request: Request, key: str, given: list[Any], after: int, size: int, more: bool) -> Answer:
        """A page of a list with the link that leads on from it."""
        others = "".join(f"&{name}={value}" for name, value in request.query.items() if not name.startswith("page["))
        following = f"{self.url}{request.path}?page[size]={size}&page[after]={after}{others}"
        return Answer(200, {key: given, "meta": {"has_more": more, "after_cursor": str(after)},
                            "links": {"next": following if more else None, "prev": None}})  # fmt: skip

    # ------------------------------------------------------------ single tickets

    def _routes_of_tickets(self) -> None:
        self.route("GET", r"/api/v2/tickets/show_many\.json")(self._show_many)
        self.route("GET", r"/api/v2/tickets/count\.json")(
            lambda request: Answer(200, {"count": {"value": self.held.count - len(self.held.deleted),
                                                   "refreshed_at": iso(self.clock.epoch())}}))  # fmt: skip
        self.route("GET", r"/api/v2/tickets\.json")(self._all)
        self.route("GET", r"/api/v2/tickets/(\d+)\.json")(self._one)
        self.route("GET", r"/api/v2/tickets/(\d+)/(audits|comments)\.json")(self._of_ticket)
        self._changes.routes()
        Search(self, self.held).routes()

    def _all(self, request: Request) -> Answer:
        """Tickets by number; the cursor is the last number, so that a deletion on the way moves no page."""
        size, last = min(int(request.query.get("page[size]", "100")), 100), int(request.query.get("page[after]", "0"))
        alive = (number for number in range(last + 1, self.held.count + 1) if number not in self.held.deleted)
        numbers = list(islice(alive, size + 1))
        given = [rows.listed(self.held.row(number)) for number in numbers[:size]]
        return self.leads(request, "tickets", given, numbers[:size][-1] if given else last, size, len(numbers) > size)

    def _one(self, request: Request) -> Answer:
        number = int(request.match[1])
        return Answer(200, {"ticket": rows.listed(self.held.row(number))}) if self.held.alive(number) else _absent()

    def _show_many(self, request: Request) -> Answer:
        ids = [int(one) for one in request.query["ids"].split(",")]
        if len(ids) > _MANY:
            return Answer(400, {"error": "TooManyIds"})
        found = [rows.listed(self.held.row(one)) for one in ids if self.held.alive(one)]
        if "metric_sets" in request.query.get("include", ""):
            found = [{**one, "metric_set": self.held.metric_set(one["id"])} for one in found]
        return Answer(200, {"tickets": found, "count": len(found)})

    def _of_ticket(self, request: Request) -> Answer:
        number, what = int(request.match[1]), request.match[2]
        if number not in self.held.numbers():
            return _absent()
        steps, label = self.held.steps(number), self.held.channel(number)
        if what == "audits":
            return self._paged(request, "audits", [rows.listed_audit(number, one, label) for one in steps])
        comments = [rows.listed_comment(one, label) for one in steps if one.note is not None]
        if request.query.get("sort") == "-created_at":
            comments.reverse()
        return self._paged(request, "comments", comments)


def _export(name: str, texts: Sequence[str], more: Row) -> Answer:
    """A page of records that are texts already."""
    ending = orjson.dumps(more).decode().removeprefix("{")
    return Answer(200, f'{{"{name}":[{",".join(texts)}],{ending}'.encode(), {"Content-Type": JSON_TYPE})


def _cursor(text: str) -> tuple[int, int] | None:
    """The place that a cursor stands for, and how many empty pages came there."""
    try:
        place, pause = base64.b64decode(text, validate=True).decode().split("|")
        return int(place), int(pause)
    except ValueError:
        return None


def _as_cursor(place: int, pause: int) -> str:
    return base64.b64encode(f"{place}|{pause}".encode()).decode()


def _too_young() -> Answer:
    return Answer(422, {"error": "StartTimeTooRecent", "description": "Use a start_time older than 60 seconds"})


def _absent() -> Answer:
    return Answer(404, {"error": "RecordNotFound", "description": "Not found"})
