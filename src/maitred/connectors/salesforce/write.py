"""How cases of Salesforce are changed: one update that Salesforce refuses once the case moved on, then the note.

Salesforce compares whole seconds only, so that the case is also read again right before, and once more where it was
changed within that second. The organisation's assignment rules are kept from giving it to somebody else. Its own words
for status and priority are looked up.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.live import Account, Api, Op, Reading, Refused, Seen, Sent
from maitred.connectors.page import Record
from maitred.connectors.salesforce import ids
from maitred.connectors.salesforce.asking import (
    ACCOUNT,
    Asking,
    among,
    described,
    errors,
    parsed,
    quoted,
    records_of,
    soql,
)
from maitred.connectors.salesforce.words import PRIORITIES, STATUSES, is_true, status_of

BY_ID = 100
YOUNG = timedelta(seconds=2)
"""How long after a change another may still get the same stamp, as far as the clocks of the servers differ."""
MOVED = "the case was changed in Salesforce since it was seen"
_LATER = (0, 401, 408, 429)
"""Statuses that say nothing against the change itself: it is sent again."""
_TRIES = 3
_TEXTS = {"type": "Type", "subject": "Subject"}
_BINNED = "the case is in Salesforce's recycle bin"


@dataclass(frozen=True, slots=True)
class _Here:
    """What queries need to know of where they are asked."""

    api: Api
    account: Account

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.account.settings

    def todo(self, limit: int) -> list[str]:
        return []


@dataclass(frozen=True, slots=True)
class SalesforceWriter:
    """The ``Writer`` of Salesforce; ``pause`` waits for a case that somebody else holds, or has just changed."""

    pause: Callable[[float], None] = time.sleep

    def see(self, api: Api, account: Account, tickets: Sequence[str]) -> Mapping[str, Seen]:
        """The cases as they are now, a hundred with each request."""
        asking = Asking(_reading(api, account), "Case")
        cases = [case for case in (ids.of_kind(ticket, ids.CASE) for ticket in tickets) if case]
        seen: dict[str, Seen] = {}
        for begin in range(0, len(cases), BY_ID):
            for one, _ in self._looked(asking, cases[begin : begin + BY_ID]):
                seen[one.ticket] = one
        return seen

    def _looked(self, asking: Asking, cases: Sequence[str]) -> list[tuple[Seen, datetime]]:
        """The cases as they are now, and when that was."""
        replies = asking.scan(among("Id", cases))
        return [(_seen(case), reply.server_time) for reply in replies for case in records_of(reply)]

    def requests(self, ops: Sequence[Op]) -> int:
        """Three that read (when seen, right before, afterwards), one or two that write, one per word looked up."""
        noted = any(op.kind == "note" for op in ops)
        fields = [op for op in ops if op.kind == "set"]
        looked_up = {op.field for op in fields if op.field in ("status", "priority")}
        return 3 + noted + bool(fields) + len(looked_up) if ops else 1

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        """Carry out the change if the case still has the stamp that was seen.

        Raises
        ------
        Refused
            No answer came, or one that leaves open whether all of the change was made.
        """
        if seen.locked:
            return Sent("failed", seen.locked)
        asking = Asking(_reading(api, account), "Case")
        try:
            change = _change(asking, seen, ops)
        except ValueError as error:
            return Sent("failed", str(error))
        now = self._now(asking, seen.ticket)
        if now is None or now.locked or (now.stamp, now.values) != (seen.stamp, seen.values):
            return Sent("conflict", (now and now.locked) or MOVED)
        if change:
            refusal = self._updated(asking, seen, change)
            if refusal is not None:
                return refusal
        noted = self._noted(asking, seen, ops, marker, after_fields=bool(change))
        if isinstance(noted, Sent):
            return noted
        after = self.see(api, account, [seen.ticket]).get(seen.ticket)
        return Sent("sent", stamp=after.stamp if after else "", note=noted)

    def _now(self, asking: Asking, case: str) -> Seen | None:
        """The case as it is now, seen at a moment when another change would get another stamp."""
        found = self._looked(asking, [case])
        left = min(parsed(found[0][0].stamp) + YOUNG - found[0][1], YOUNG).total_seconds() if found else 0
        if left > 0:
            self.pause(left)
            found = self._looked(asking, [case])
        return found[0][0] if found else None

    def _noted(
        self, asking: Asking, seen: Seen, ops: Sequence[Op], marker: str, *, after_fields: bool
    ) -> str | Sent | None:
        """Write the note; its id, or what became of it where it was not written."""
        notes = [str(op.value) for op in ops if op.kind == "note"]
        if not notes:
            return None
        body = {"ParentId": seen.ticket, "CommentBody": "\n\n".join([*notes, marker]), "IsPublished": False}
        try:
            reply = asking.api.send("POST", f"{asking.base}/sobjects/CaseComment", body)
        except Refused as refused:
            if after_fields:  # the fields are changed, the note is not there: what is so is found out by reading
                refused.sent = True
            if _passing(refused):
                raise
            return Sent("failed", _why(refused))
        return str(reply.body["id"]) if isinstance(reply.body, dict) and reply.body.get("id") else None

    def note(self, api: Api, account: Account, ticket: str, marker: str) -> str | None:
        """Look for the marker in the case's comments that are not published."""
        asking = Asking(_reading(api, account), "CaseComment")
        for reply in asking.scan(f"ParentId = {quoted(ticket)}", deleted=False):
            for comment in records_of(reply):
                if not is_true(comment.get("IsPublished")) and marker in str(comment.get("CommentBody") or ""):
                    return str(comment["Id"])
        return None

    def _updated(self, asking: Asking, seen: Seen, change: Record) -> Sent | None:
        """Change the fields; what became of it where it was not carried out."""
        headers = {"If-Unmodified-Since": _second(seen.stamp), "Sforce-Auto-Assign": "false"}
        path = f"{asking.base}/sobjects/Case/{seen.ticket}"
        for attempt in range(_TRIES):
            try:
                reply = asking.api.send("PATCH", path, change, headers=headers, accept=(200, 204, 400, 404, 412))
            except Refused as refusal:
                if _passing(refusal):
                    raise
                return Sent("failed", _why(refusal))
            if reply.status in (200, 204):
                return None
            if reply.status == 412:
                return Sent("conflict", MOVED)
            if "UNABLE_TO_LOCK_ROW" not in errors(reply):
                return Sent("failed", _told(reply.body) or f"Salesforce answered {reply.status}")
            if attempt + 1 < _TRIES:
                self.pause(0.5 + random.random())  # noqa: S311
        return Sent("failed", "somebody else held the case each time")


def _passing(refusal: Refused) -> bool:
    """Whether a refusal leaves open what became of the change, or says nothing against it."""
    return refusal.sent or refusal.status in _LATER or refusal.reason == "exhausted"


def _reading(api: Api, account: Account) -> Reading:
    return _Here(api, account)


def _seen(case: Record) -> Seen:
    closed = case.get("IsClosed")
    status = c.word_of(STATUSES, status_of(case.get("Status"), None if closed is None else is_true(closed)))
    priority = c.word_of(PRIORITIES, case.get("Priority")) if case.get("Priority") else None
    values: dict[str, Any] = {
        "status": status if isinstance(status, str) else "open",
        "priority": priority if isinstance(priority, str) else None,
        "status:label": case.get("Status"),
        "priority:label": case.get("Priority"),
        **{name: case.get(key) for name, key in _TEXTS.items()},
        "assignee": ids.of_kind(case.get("OwnerId"), ids.USER),
        "group": ids.of_kind(case.get("OwnerId"), ids.QUEUE),
        "tags": [],
        **{f"custom:{key}": value for key, value in case.items() if key.endswith("__c")},
    }
    locked = _BINNED if is_true(case.get("IsDeleted")) else None
    return Seen(ids.expand(str(case["Id"])), str(case["SystemModstamp"]), values, locked)


def _change(asking: Asking, seen: Seen, ops: Sequence[Op]) -> Record:
    """The fields to write.

    Raises
    ------
    ValueError
        Salesforce has no such field, or no such value.
    """
    change: Record = {}
    owners: dict[str, Any] = {}
    for op in ops:
        if op.kind in ("add_tags", "remove_tags") or op.field == "tags":
            raise ValueError("cases of Salesforce have no tags")
        if op.kind == "note":
            continue
        if op.field in ("assignee", "group"):
            owners[op.field] = op.value
        elif op.field == "status":
            change["Status"] = _status(asking, op.value)
        elif op.field == "priority":
            change["Priority"] = _priority(asking, op.value)
        elif op.field in _TEXTS:
            change[_TEXTS[op.field]] = op.value
        elif f"{op.field}" in seen.values and op.field.startswith("custom:"):
            change[op.field.removeprefix("custom:")] = op.value
        else:
            raise ValueError(f"{op.field} is no field of a case that can be changed")
    if owners:
        change["OwnerId"] = _owner(owners)
    return change


def _owner(owners: Mapping[str, Any]) -> str:
    wanted = {field: value for field, value in owners.items() if value is not None}
    if len(wanted) != 1:
        raise ValueError("a case of Salesforce is owned by one person or one queue: name one of them")
    field, value = next(iter(wanted.items()))
    found = ids.of_kind(value, ids.USER if field == "assignee" else ids.QUEUE)
    if found is None:
        raise ValueError(f"{value!r} is no {'user' if field == 'assignee' else 'queue'} of Salesforce")
    return found


def _status(asking: Asking, wanted: Any) -> str:
    """The organisation's own label for a status: the wanted one itself, or the first that means it."""
    query = soql(("MasterLabel", "ApiName", "IsClosed", "SortOrder"), "CaseStatus", (), "ORDER BY SortOrder")
    labels = records_of(asking.api.get(f"{asking.base}/query", {"q": query}, bucket=ACCOUNT))
    meant = [
        str(one.get("ApiName") or one["MasterLabel"])
        for one in labels
        if wanted == one.get("MasterLabel")
        or c.word_of(STATUSES, status_of(one.get("MasterLabel"), is_true(one.get("IsClosed")))) == wanted
    ]
    if not meant:
        raise ValueError(f"this organisation has no status that means {wanted!r}")
    return meant[0]


def _priority(asking: Asking, wanted: Any) -> str | None:
    if wanted is None:
        return None
    fields = {str(one["name"]): one for one in described(asking.api, asking.base, "Case")}
    words = [str(one["value"]) for one in fields.get("Priority", {}).get("picklistValues") or [] if one.get("active")]
    meant = [word for word in words if wanted == word or c.word_of(PRIORITIES, word) == wanted]
    if not meant:
        raise ValueError(f"this organisation has no priority that means {wanted!r}")
    return meant[0]


def _second(stamp: str) -> str:
    instant = parsed(stamp)
    whole = instant.replace(microsecond=0) + (timedelta(seconds=1) if instant.microsecond else timedelta())
    return format_datetime(whole, usegmt=True)


def _why(refusal: Refused) -> str:
    told = _told(refusal.body)
    return f"{refusal.what}: {told}" if told else refusal.what


def _told(body: Any) -> str:
    """The message of the first error of a reply."""
    first = body[0] if isinstance(body, list) and body else None
    return str(first.get("message") or first.get("errorCode") or "") if isinstance(first, dict) else ""
