"""What changes the account of the fake Zendesk: requests that write, changes that a test asks for, and signed calls.

A change of a test happens now by the double's clock, whoever made it; what it does is what Zendesk does for that deed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from maitred.connectors.doubling import Answer, Request
from maitred.connectors.zendesk import double_rows as rows
from maitred.connectors.zendesk.double_account import Account
from maitred.connectors.zendesk.double_service import FIRST_CUSTOMER, Row
from maitred.connectors.zendesk.double_stories import ADMIN, AGENT

if TYPE_CHECKING:
    from maitred.connectors.zendesk.double import Zendesk

Told = Mapping[str, Any]
MERGED_TAG = "closed_by_merge"
_MANY = 100
_LATE_S = 45
_WORDS = ("new", "open", "pending", "hold", "solved")
_SCRUBBED = "SCRUBBED"


class Changes:
    """The doors by which the account of one double is changed."""

    def __init__(self, desk: Zendesk, held: Account) -> None:
        self._desk, self._held = desk, held
        self._jobs: dict[str, tuple[list[tuple[int, Row]], int]] = {}
        self._done: dict[str, list[Row]] = {}
        self._calls = 0
        self._ops: dict[str, Callable[[Told], Any]] = {
            "edit": self._edit, "create": self._create, "delete": self._delete, "undelete": self._undelete,
            "purge": self._purge,
            "scrub": self._scrub, "spam": self._spam, "merge": self._merge, "rate": self._rate, "mass": self._mass,
            "late_commit": self._late_commit, "touch": self._touch, "edit_user": self._edit_user,
            "delete_user": self._delete_user, "edit_organization": self._edit_organization,
            "configure": self._configure, "call": self._call_of,
        }  # fmt: skip

    # ------------------------------------------------------------ changes of a test

    def carry_out(self, change: Told) -> Any:
        """Carry out one change and give what it changed.

        ``edit`` (ticket, values, note, public, actor), ``create`` (requester, values, note), ``delete``, ``undelete``,
        ``scrub`` (a permanent deletion), ``spam``, ``merge`` (ticket, into), ``rate`` (ticket, score, comment),
        ``mass`` (tickets, values: all in this one second), ``late_commit`` (as ``edit``, with a stamp ``age_s`` old),
        ``touch`` (a ticket moves in the export though no field changed), ``edit_user`` (user, values),
        ``delete_user``, ``edit_organization`` (organization, values), ``configure`` (list, id, values; null removes),
        ``call`` (url, secret, ticket, kind).

        Raises
        ------
        ValueError
            There is no such change, or nothing that it could change.
        """
        known = self._ops.get(str(change.get("op")))
        if known is None:
            raise ValueError(f"{change.get('op')!r} is no change that this double knows: {', '.join(self._ops)}")
        return known(change)

    def _now(self) -> int:
        return self._desk.clock.epoch()

    def _number(self, change: Told, name: str = "ticket") -> int:
        number = int(change.get(name, 0))
        if number not in self._held.numbers():
            raise ValueError(f"there is no ticket {number}")
        return number

    def _edit(self, change: Told, at: int | None = None) -> Row:
        number, told = self._number(change), change.get("values", {})
        actor = int(change.get("actor", AGENT))
        public = bool(change.get("public", actor >= FIRST_CUSTOMER))
        self._held.update(number, told, actor, self._now() if at is None else at, change.get("note"), public)
        return self._held.row(number)

    def _late_commit(self, change: Told) -> Row:
        return self._edit(change, self._now() - int(change.get("age_s", _LATE_S)))

    def _create(self, change: Told) -> Row:
        requester = int(change.get("requester", FIRST_CUSTOMER))
        note = str(change.get("note", "Hello, this is new."))
        return self._held.row(self._held.create(requester, self._now(), change.get("values", {}), note))

    def _touch(self, change: Told) -> Row:
        self._held.touch(self._number(change), self._now())
        return self._held.row(self._number(change))

    def _delete(self, change: Told) -> Row:
        number = self._number(change)
        self._held.update(number, {"status": "deleted"}, ADMIN, self._now())
        return self._held.row(number)

    def _undelete(self, change: Told) -> Row:
        number = self._number(change)
        if number not in self._held.deleted:
            raise ValueError(f"ticket {number} is not deleted")
        moves = [move for step in self._held.steps(number) for move in step.changes if move[0] == "status"]
        self._held.update(number, {"status": moves[-1][1]}, ADMIN, self._now())
        return self._held.row(number)

    def _scrub(self, change: Told) -> Row:
        number = self._number(change)
        values = {"status": "deleted", "subject": _SCRUBBED}
        self._held.update(number, values, ADMIN, self._now())
        row = self._held.opened(number).row
        row["description"] = _SCRUBBED
        return row

    def _purge(self, change: Told) -> Row:
        """A deleted ticket is deleted for good without being told of again."""
        number = self._number(change)
        self._held.purged.add(number)
        return self._held.row(number)

    def _spam(self, change: Told) -> Row:
        row = self._delete(change)
        self._held.edit_person(row["requester_id"], {"suspended": True}, self._now())
        return row

    def _merge(self, change: Told) -> Row:
        number, into, at = self._number(change), self._number(change, "into"), self._now()
        row = self._held.opened(number).row
        there = {"from": {}, "to": {"ticket_id": into, "subject": self._held.row(into)["subject"]}, "rel": "merge"}
        here = {"from": {"ticket_ids": [number]}, "to": {}, "rel": "merge"}
        self._held.merged[number] = into
        self._held.update(number, {"status": "closed", "tags": [*row["tags"], MERGED_TAG]}, AGENT, at,
                          f"This request was closed and merged into request #{into}.", False, there)  # fmt: skip
        self._held.update(into, {}, AGENT, at, f"Request #{number} was closed and merged into this one.", False, here)
        return row

    def _rate(self, change: Told) -> Row:
        return self._held.rate(self._number(change), str(change["score"]), self._now(), change.get("comment"))

    def _mass(self, change: Told) -> Row:
        at, told = self._now(), change.get("values", {})
        numbers = [int(one) for one in change["tickets"]]
        for number in numbers:
            self._held.update(number, told, ADMIN, at)
        return {"tickets": len(numbers), "at": at}

    def _edit_user(self, change: Told) -> Row:
        return self._held.edit_person(int(change["user"]), change.get("values", {}), self._now())

    def _delete_user(self, change: Told) -> Row:
        return self._held.edit_person(int(change["user"]), {"active": False, "email": None}, self._now())

    def _edit_organization(self, change: Told) -> Row:
        identity = int(change["organization"])
        if identity not in self._held.organizations:
            raise ValueError(f"there is no organization {identity}")
        return self._held.edit_organization(identity, change.get("values", {}), self._now())

    def _configure(self, change: Told) -> Row:
        found = self._held.lists.get(str(change.get("list")))
        if found is None:
            raise ValueError(f"there is no list {change.get('list')!r}: {', '.join(self._held.lists)}")
        return self._held.configure(found, int(change["id"]), change.get("values"), self._now())

    # ------------------------------------------------------------ requests that write

    def routes(self) -> None:
        """Answer the requests that change tickets."""
        route = self._desk.route
        route("PUT", r"/api/v2/tickets/(\d+)\.json")(self._put)
        route("DELETE", r"/api/v2/tickets/(\d+)\.json")(self._remove)
        route("PUT", r"/api/v2/deleted_tickets/(\d+)/restore\.json")(self._restore)
        for method in ("GET", "POST", "PUT", "DELETE"):
            route(method, r"/api/v2/tickets/(\d+)/tags\.json")(self._tags)
        route("PUT", r"/api/v2/tickets/update_many\.json")(self._update_many)
        route("GET", r"/api/v2/job_statuses/(\w+)\.json")(self._job)

    def _put(self, request: Request) -> Answer:
        number, told = int(request.match[1]), dict(request.json["ticket"])
        if not self._held.alive(number):
            return _error(404, "RecordNotFound", "Not found")
        refused = self._refused(number, told)
        if refused is not None:
            return refused
        step = self._applied(number, told)
        ticket = rows.listed(self._held.row(number))
        return Answer(200, {"ticket": ticket, "audit": rows.listed_audit(number, step)})

    def _refused(self, number: int, told: Row) -> Answer | None:
        """Why Zendesk does not take an update; its conditions are taken out of what was told."""
        row = self._held.row(number)
        safe, stamp = told.pop("safe_update", False), told.pop("updated_stamp", None)
        if row["status"] == "closed" and set(told) - {"additional_tags", "remove_tags"}:
            return _error(422, "RecordInvalid", "Status: closed prevents ticket update")
        if safe in (True, "true") and stamp != row["updated_at"]:
            return _error(409, "UpdateConflict", "Safe Update prevented the update due to outdated ticket data.")
        if told.get("status", "open") not in _WORDS:
            return _error(422, "RecordInvalid", f"Status: {told['status']} is not valid")
        return None

    def _applied(self, number: int, told: Row) -> Any:
        comment = told.pop("comment", None) or {}
        tags: list[str] = list(told.get("tags") or self._held.row(number)["tags"])
        added, removed = told.pop("additional_tags", ()), told.pop("remove_tags", ())
        if added or removed:
            told["tags"] = sorted({*tags, *added} - set(removed))
        public = comment.get("public", True)
        return self._held.update(number, told, ADMIN, self._now(), comment.get("body"), public)

    def _remove(self, request: Request) -> Answer:
        if not self._held.alive(int(request.match[1])):
            return _error(404, "RecordNotFound", "Not found")
        self._delete({"ticket": request.match[1]})
        return Answer(204)

    def _restore(self, request: Request) -> Answer:
        if int(request.match[1]) not in self._held.deleted:
            return _error(404, "RecordNotFound", "Not found")
        self._undelete({"ticket": request.match[1]})
        return Answer(200, {})

    def _tags(self, request: Request) -> Answer:
        """Show (GET), set (POST), add (PUT) or remove (DELETE) tags; not of a closed ticket."""
        number = int(request.match[1])
        if not self._held.alive(number):
            return _error(404, "RecordNotFound", "Not found")
        now = self._held.row(number)["tags"]
        if request.method == "GET":
            return Answer(200, {"tags": now})
        told = dict(request.json)
        asked = [str(one) for one in told.pop("tags", [])]
        wanted = {"POST": set(asked), "PUT": {*now, *asked}, "DELETE": set(now) - set(asked)}[request.method]
        refused = self._refused(number, {"tags": [], **told})
        if refused is not None:
            return refused
        self._held.update(number, {"tags": sorted(wanted)}, ADMIN, self._now())
        return Answer(201 if request.method == "POST" else 200, {"tags": sorted(wanted)})

    def _update_many(self, request: Request) -> Answer:
        """Take many updates as one job, which is carried out later."""
        body = request.json
        if "ids" in request.query:
            wanted = [(int(one), dict(body["ticket"])) for one in request.query["ids"].split(",")]
        else:
            wanted = [(int(one["id"]), {key: one[key] for key in one if key != "id"}) for one in body["tickets"]]
        if len(wanted) > _MANY:
            return _error(400, "TooManyIds", "At most 100 tickets")
        key = hashlib.sha256(f"{self._now()}:{len(self._jobs)}".encode()).hexdigest()[:32]
        self._jobs[key] = wanted, 0
        return Answer(200, {"job_status": self._status(key, "queued", None)})

    def _job(self, request: Request) -> Answer:
        """How far a job is: at work at the first look, carried out at the second."""
        key = request.match[1]
        if key not in self._jobs:
            return _error(404, "RecordNotFound", "Not found")
        wanted, looks = self._jobs[key]
        self._jobs[key] = wanted, looks + 1
        if self._desk.faulty("job_failed", request.path):
            return Answer(200, {"job_status": self._status(key, "failed", None)})
        if looks == 0:
            return Answer(200, {"job_status": self._status(key, "working", None)})
        if looks == 1:
            self._done[key] = [self._carried_out(place, *one) for place, one in enumerate(wanted)]
        return Answer(200, {"job_status": self._status(key, "completed", self._done[key])})

    def _carried_out(self, place: int, number: int, told: Row) -> Row:
        refused = self._refused(number, told) if self._held.alive(number) else _error(404, "RecordNotFound", "Gone")
        if refused is not None:
            return {"index": place, "id": number, "success": False, **refused.body}
        self._applied(number, told)
        return {"index": place, "id": number, "action": "update", "status": "Updated", "success": True}

    def _status(self, key: str, status: str, results: Iterable[Row] | None) -> Row:
        total = len(self._jobs[key][0])
        return {"id": key, "url": f"{self._desk.url}/api/v2/job_statuses/{key}.json", "total": total,
                "progress": total if status == "completed" else 0, "status": status, "message": None,
                "results": results}  # fmt: skip

    # ------------------------------------------------------------ webhooks

    def _call_of(self, change: Told) -> Row:
        more = {key: change[key] for key in ("order", "at", "invocation") if key in change}
        number = self._number(change)
        kind = str(change.get("kind", "status_changed"))
        return {"status": self.call(str(change["url"]), str(change["secret"]), number, kind, **more)}

    def call(
        self, url: str, secret: str, ticket: int, kind: str = "status_changed", *, order: str = "current",
        at: str | None = None, invocation: str | None = None,
    ) -> int:  # fmt: skip
        """Send a signed call about a ticket; gives the status of the answer.

        Parameters
        ----------
        order
            ``current``: the signature covers timestamp and body; ``legacy``: body and timestamp; ``forged``: it is of
            another secret.
        at
            The timestamp; now by the double's clock where it is not given.
        invocation
            The call's own id, to repeat one.
        """
        self._calls += 1
        stamp = at or self._desk.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        detail = rows.example(self._held, ticket)
        told = {"account_id": 123456, "id": f"double-{self._calls}", "type": f"zen:event-type:ticket.{kind}",
                "subject": f"zen:ticket:{ticket}", "time": stamp, "zendesk_event_version": "2022-11-06",
                "event": {"current": detail["status"]}, "detail": detail}  # fmt: skip
        body = json.dumps(told).encode()
        signed = body + stamp.encode() if order == "legacy" else stamp.encode() + body
        key = secret + "?" if order == "forged" else secret
        signature = base64.b64encode(hmac.new(key.encode(), signed, hashlib.sha256).digest()).decode()
        headers = {"Content-Type": "application/json", "X-Zendesk-Webhook-Id": "01DOUBLE",
                   "X-Zendesk-Webhook-Invocation-Id": invocation or f"01INV{self._calls}",
                   "X-Zendesk-Webhook-Signature": signature,
                   "X-Zendesk-Webhook-Signature-Timestamp": stamp}  # fmt: skip
        return _posted(url, body, headers)


def _posted(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    parts = urlsplit(url)
    connection = (HTTPSConnection if parts.scheme == "https" else HTTPConnection)(parts.netloc, timeout=10)
    try:
        connection.request("POST", parts.path or "/", body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


def _error(status: int, error: str, description: str) -> Answer:
    return Answer(status, {"error": error, "description": description})
