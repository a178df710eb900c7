"""A fake Salesforce: a generated organisation behind the queries, jobs and updates of the real interface.

Written without the connector's code. It keeps Salesforce's habits that catch careless readers: tokens that end, fields
that a user may not see, queries that are forgotten, jobs that fail or repeat their header, a recycle bin, a list of
deletions that reaches back fifteen days, and a day's requests that end without a time to come back.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl

from maitred.connectors.doubling import Answer, Double, Request
from maitred.connectors.salesforce import double_soql as soql
from maitred.connectors.salesforce.double_account import (
    AGENTS,
    FIELDS,
    ORGANISATION,
    PATHS,
    PRIORITIES,
    QUEUES,
    USER,
    Organisation,
)
from maitred.connectors.salesforce.double_soql import Row, written

CLIENT, SECRET, PERSON = "double-app", "double-secret", "reader@desk.example"
BASE = "/services/data/v65.0"
_ASSERTED = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_IDLE_S = 15 * 60
_OPEN = 10
"""So many queries are remembered at once; the oldest is forgotten for a new one."""
_BIN_S = 15 * 86_400
_CHANGEABLE = ("Status", "Priority", "OwnerId", "Subject", "Type", "Order_Number__c")


@dataclass(slots=True)
class _Told:
    """A query whose pages are being followed, or a job: its rows as they were when it was asked."""

    query: soql.Query
    rows: list[Row]
    used: datetime
    left: int = 0
    state: str = "UploadComplete"
    parts: set[int] = field(default_factory=set)


class Salesforce(Double):
    """An organisation of so many cases, the same for the same seed.

    ``page`` is the size of a query's page, ``token_s`` how long a token holds, ``quota`` the day's requests, ``looks``
    how often a job is still in progress when it is looked at, ``repeats`` whether each part of its results has the
    header. ``hidden`` fields by object, ``missing`` and ``forbidden`` objects can be set at any time.
    """

    def __init__(
        self,
        tickets: int = 50,
        seed: int = 1,
        *,
        page: int = 2_000,
        token_s: float = 7_200,
        quota: int = 100_000,
        looks: int = 1,
        repeats: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.page, self.token_s, self.quota, self.looks, self.repeats = page, token_s, quota, looks, repeats
        self.used = 0
        self.tracks = True
        self.hidden: dict[str, set[str]] = {}
        self.missing: set[str] = set()
        self.forbidden: set[str] = set()
        self.organisation = Organisation(tickets, seed, self.clock.epoch())
        self._tokens: dict[str, datetime] = {}
        self._number = 0
        self._queries: dict[str, _Told] = {}
        self._jobs: dict[str, _Told] = {}
        self._seed = seed
        self._routes_of_reading()
        self._routes_of_jobs()
        self._routes_of_writing()

    # ------------------------------------------------------------ sign-in and limits

    def before(self, request: Request) -> Answer | None:
        if request.path in ("/services/data/", "/services/oauth2/token"):
            return None
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token, self.clock.now()) <= self.clock.now():
            return _error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if self.used >= self.quota:
            return _error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.used += 1
        return None

    def after(self, request: Request, answer: Answer) -> Answer:
        answer.headers.setdefault("Sforce-Limit-Info", f"api-usage={self.used}/{self.quota}")
        return answer

    def expire(self) -> None:
        """No token that was given so far holds any more."""
        self._tokens.clear()

    def _token(self, request: Request) -> Answer:
        told = dict(parse_qsl(request.body.decode()))
        if told.get("grant_type") == _ASSERTED:
            good = self._asserted(told.get("assertion", ""))
        else:
            pair = (told.get("grant_type"), told.get("client_id"), told.get("client_secret"))
            good = pair == ("client_credentials", CLIENT, SECRET)
        if not good:
            return Answer(400, {"error": "invalid_grant", "error_description": "authentication failure"})
        self._number += 1
        token = f"00Ddouble!{self._number}"
        self._tokens[token] = datetime.fromtimestamp(
            self.clock.now().timestamp() + self.token_s, self.clock.now().tzinfo
        )
        return Answer(200, {"access_token": token, "instance_url": self.url, "token_type": "Bearer", "scope": "api"})

    def _asserted(self, assertion: str) -> bool:
        """What an assertion claims; whether its signature holds is not looked at."""
        try:
            head, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in assertion.split(".")[:2])
        except ValueError:
            return False
        named = (claims.get("iss"), claims.get("sub"), claims.get("aud"))
        return head.get("alg") == "RS256" and named == (CLIENT, PERSON, "https://login.salesforce.com")

    # ------------------------------------------------------------ reading

    def _routes_of_reading(self) -> None:
        self.route("POST", "/services/oauth2/token")(self._token)
        self.route("GET", "/services/data/")(lambda request: Answer(200, [
            {"label": "Spring", "url": f"/services/data/v{one}", "version": one} for one in ("9.0", "64.0", "65.0")
        ]))  # fmt: skip
        about = {"user_id": USER, "organization_id": ORGANISATION, "preferred_username": PERSON}
        self.route("GET", "/services/oauth2/userinfo")(lambda request: Answer(200, about))
        self.route("GET", f"{BASE}/limits")(lambda request: Answer(200, {
            "DailyApiRequests": {"Max": self.quota, "Remaining": self.quota - self.used}
        }))  # fmt: skip
        self.route("GET", f"{BASE}/sobjects/(\\w+)/describe")(self._describe)
        self.route("GET", f"{BASE}/(query|queryAll)")(self._query)
        self.route("GET", f"{BASE}/query(?:All)?/([0-9A-Za-z]+)-(\\d+)")(self._more)
        self.route("GET", f"{BASE}/sobjects/Case/deleted/")(self._deleted)

    def _describe(self, request: Request) -> Answer:
        name = request.match.group(1)
        if name in self.missing or name not in FIELDS:
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        if name in self.forbidden:
            return _error(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id")
        fields: list[Row] = [
            {"name": one, "type": _type_of(one)} for one in FIELDS[name] if one not in self.hidden.get(name, ())
        ]
        for one in fields:
            if one["name"] == "Priority":
                one["picklistValues"] = [{"value": value, "active": True} for value in PRIORITIES]
        return Answer(200, {"name": name, "queryable": True, "fields": fields})

    def _read(self, text: str) -> tuple[soql.Query, list[Row]] | Answer:
        """A query and all its rows, those of the recycle bin included."""
        try:
            query = soql.read(text)
        except (soql.Malformed, ValueError) as error:
            return _error(400, "MALFORMED_QUERY", str(error))
        if query.name in self.missing or query.name not in FIELDS:
            return _error(400, "INVALID_TYPE", f"sObject type '{query.name}' is not supported.")
        if query.name in self.forbidden:
            return _error(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id")
        known = (set(FIELDS[query.name]) | PATHS) - self.hidden.get(query.name, set())
        unknown = [one for one in query.named if one not in known]
        if unknown:
            return _error(400, "INVALID_FIELD", f"No such column '{unknown[0]}' on entity '{query.name}'.")
        rows = list(self.organisation.rows[query.name].values())
        if query.name == "CaseHistory":
            rows = [row for row in rows if self.tracks and row["CaseId"] in self.organisation.rows["Case"]]
        return query, query.of(rows)

    def _query(self, request: Request) -> Answer:
        found = self._read(request.query.get("q", ""))
        if isinstance(found, Answer):
            return found
        query, rows = found
        if request.match.group(1) == "query":
            rows = [row for row in rows if not row.get("IsDeleted")]
        if not query.fields:
            return Answer(200, {"totalSize": len(rows), "done": True, "records": []})
        self._number += 1
        key = f"01g{self._number:012d}AAA"
        # the rows as they are now: what changes later is not in the pages that follow
        self._queries[key] = _Told(query, [dict(row) for row in rows], self.clock.now())
        if len(self._queries) > _OPEN:
            del self._queries[next(iter(self._queries))]
        return self._page(key, 0)

    def _more(self, request: Request) -> Answer:
        key, place = request.match.group(1), int(request.match.group(2))
        told = self._queries.get(key)
        idle = told is not None and (self.clock.now() - told.used).total_seconds() > _IDLE_S
        if told is None or idle or self.faulty("locator_expired", request.path):
            self._queries.pop(key, None)
            return _error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(key, place)

    def _page(self, key: str, place: int) -> Answer:
        told, following = self._queries[key], place + self.page
        told.used = self.clock.now()
        records = [_shown(told.query, row) for row in told.rows[place:following]]
        body: Row = {"totalSize": len(told.rows), "done": following >= len(told.rows), "records": records}
        if not body["done"]:
            body["nextRecordsUrl"] = f"{BASE}/query/{key}-{following}"
        return Answer(200, body)

    def _deleted(self, request: Request) -> Answer:
        start, end = (datetime.fromisoformat(request.query[key]).timestamp() for key in ("start", "end"))
        now = self.clock.now().timestamp()
        if now - start > _BIN_S:
            return _error(400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
        if end - start <= 60:
            return _error(400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate")
        found = [(key, at) for key, at in self.organisation.gone if start // 60 * 60 <= at <= end]
        if self.faulty("exceeded_id_limit", request.path):
            return _error(400, "EXCEEDED_ID_LIMIT", "exceeded number of ids")
        return Answer(200, {
            "deletedRecords": [{"id": key, "deletedDate": written(at)} for key, at in found],
            "earliestDateAvailable": written(now - _BIN_S), "latestDateCovered": written(min(end, now)),
        })  # fmt: skip

    # ------------------------------------------------------------ jobs

    def _routes_of_jobs(self) -> None:
        self.route("POST", f"{BASE}/jobs/query")(self._make_job)
        self.route("GET", f"{BASE}/jobs/query/(\\w+)")(self._look_at_job)
        self.route("GET", f"{BASE}/jobs/query/(\\w+)/results")(self._results)

    def _make_job(self, request: Request) -> Answer:
        found = self._read(request.json["query"])
        if isinstance(found, Answer):
            return found
        query, rows = found
        if request.json["operation"] == "query":
            rows = [row for row in rows if not row.get("IsDeleted")]
        rows = [dict(row) for row in rows]
        random.Random(self._seed).shuffle(rows)  # noqa: S311 (jobs promise no order)
        self._number += 1
        key = f"750{self._number:012d}AAA"
        told = self._jobs[key] = _Told(query, rows, self.clock.now(), self.looks)
        return Answer(200, self._job(key, told))

    def _look_at_job(self, request: Request) -> Answer:
        told = self._jobs.get(request.match.group(1))
        if told is None:
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        if self.faulty("bulk_failed", request.path):
            told.state = "Failed"
        elif self.faulty("bulk_aborted", request.path):
            told.state = "Aborted"
        elif told.state in ("UploadComplete", "InProgress"):
            told.state = "InProgress" if told.left > 0 else "JobComplete"
            told.left -= 1
        return Answer(200, self._job(request.match.group(1), told))

    def _job(self, key: str, told: _Told) -> Row:
        return {"id": key, "operation": "queryAll", "object": told.query.name, "state": told.state,
                "contentType": "CSV", "numberRecordsProcessed": len(told.rows)}  # fmt: skip

    def _results(self, request: Request) -> Answer:
        told = self._jobs.get(request.match.group(1))
        if told is None or told.state != "JobComplete" or self.faulty("results_gone", request.path):
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        size, place = int(request.query.get("maxRecords", "50000")), int(request.query.get("locator", "0"))
        rows = told.rows[place : place + size]
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        if place == 0 or self.repeats:
            writer.writerow(told.query.fields)
        writer.writerows([_in_a_table(row.get(one)) for one in told.query.fields] for row in rows)
        following = str(place + size) if place + size < len(told.rows) else "null"
        return Answer(200, text.getvalue(), {
            "Content-Type": "text/csv", "Sforce-Locator": following, "Sforce-NumberOfRecords": str(len(rows)),
        })  # fmt: skip

    # ------------------------------------------------------------ writing

    def _routes_of_writing(self) -> None:
        self.route("PATCH", f"{BASE}/sobjects/Case/(\\w+)")(self._change)
        self.route("POST", f"{BASE}/sobjects/CaseComment")(self._comment)

    def _change(self, request: Request) -> Answer:
        row = self.organisation.rows["Case"].get(request.match.group(1))
        if row is None or row["IsDeleted"]:
            return _error(404, "ENTITY_IS_DELETED", "entity is deleted")
        if self.faulty("locked", request.path):
            return _error(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        until = request.headers.get("if-unmodified-since")
        if until and datetime.fromisoformat(row["LastModifiedDate"]) > parsedate_to_datetime(until):
            return Answer(412, b"")
        values = dict(request.json)
        unknown = [one for one in values if one not in _CHANGEABLE]
        if unknown:
            return _error(400, "INVALID_FIELD_FOR_INSERT_UPDATE", f"Unable to create/update fields: {unknown[0]}")
        if "OwnerId" in values and values["OwnerId"] not in (*QUEUES, *AGENTS):
            return _error(400, "INVALID_CROSS_REFERENCE_KEY", "Owner ID: id value of incorrect type")
        if request.headers.get("sforce-auto-assign", "true").lower() != "false":
            values["OwnerId"] = QUEUES[0]  # the assignment rules take the case away
        self.organisation.change(row["Id"], values, USER, self.clock.epoch())
        return Answer(204, b"")

    def _comment(self, request: Request) -> Answer:
        told = request.json
        if told["ParentId"] not in self.organisation.rows["Case"]:
            return _error(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        public = bool(told.get("IsPublished", False))
        key = self.organisation.comment(told["ParentId"], USER, told["CommentBody"], self.clock.epoch(), public)
        return Answer(201, {"id": key, "success": True, "errors": []})

    # ------------------------------------------------------------ truth and change

    def truth(self) -> Any:
        """Cases by id, changes and messages of each, from what happened and not from the rows."""
        return self.organisation.truth()

    def mutate(self, change: Mapping[str, Any]) -> Any:
        """``create``, ``edit`` (``values``), ``late`` (the same, stamped ``before_s`` ago), ``mass``, ``comment``,
        ``delete``, ``undelete``, ``purge``, ``merge`` (``into``), ``expire``."""
        org, now, case = self.organisation, self.clock.epoch(), str(change.get("case", ""))
        values = dict(change.get("values") or {})
        deeds: dict[str, Callable[[], Any]] = {
            "create": lambda: org.create(now, email="new@example.org"),
            "edit": lambda: org.change(case, values, AGENTS[0], now),
            "late": lambda: org.change(case, values, AGENTS[0], now - int(change.get("before_s", 60))),
            "mass": lambda: org.change_all(values, AGENTS[0], now),
            "comment": lambda: org.comment(case, AGENTS[0], str(change.get("text", "Noted")), now),
            "delete": lambda: org.delete(case, now),
            "undelete": lambda: org.undelete(case, now),
            "purge": lambda: org.purge(case, now),
            "merge": lambda: org.delete(case, now, str(change.get("into"))),
            "expire": self.expire,
        }
        if change.get("op") not in deeds:
            raise ValueError(f"{change.get('op')!r} is no change that this double knows")
        with self.lock:
            return {"done": deeds[str(change["op"])]()}


def _shown(query: soql.Query, row: Row) -> Row:
    """A row as replies have it: fields of other objects are objects of their own."""
    shown: Row = {"attributes": {"type": query.name, "url": f"{BASE}/sobjects/{query.name}/{row['Id']}"}}
    for one in query.fields:
        leads, _, rest = one.partition(".")
        shown[leads] = {"attributes": {"type": leads}, rest: row.get(one)} if rest else row.get(one)
    return shown


def _type_of(field: str) -> str:
    """What a field is, by its name."""
    if field in ("Incoming", "HasAttachment") or (field.startswith("Is") and field[2:3].isupper()):
        return "boolean"
    if field == "ARR__c":
        return "currency"
    stamp = field.endswith(("Date", "Modstamp")) and field not in ("ActivityDate", "RecurrenceStartDate")
    return "datetime" if stamp else "string"


def _in_a_table(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace(".000+0000", ".000Z")


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(status, [{"message": message, "errorCode": code}])
