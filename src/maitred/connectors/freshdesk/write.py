"""How tickets of Freshdesk are changed: read again right before, one update without a lock, then the note, then read.

Freshdesk itself refuses nothing because the ticket has moved on. What is left is to compare the ticket with what was
seen in the moment before, and to merge tags into those that it has then, since an update replaces all of them. A status
may also be given by its number, since an account has statuses of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.freshdesk.paging import BASE
from maitred.connectors.freshdesk.read import conversations
from maitred.connectors.freshdesk.words import PRIORITIES, STATUSES
from maitred.connectors.live import Account, Api, Op, Refused, Seen, Sent
from maitred.connectors.page import Record

_NAMES = {"status": "status", "priority": "priority", "type": "type", "subject": "subject",
          "assignee": "responder_id", "group": "group_id"}  # fmt: skip
_IDS = ("assignee", "group")
_NEVER_EMPTY = ("status", "priority", "subject")
_STATUSES = {"open": 2, "pending": 3, "solved": 4, "closed": 5, "hold": 7}
_PRIORITIES = {"low": 1, "normal": 2, "high": 3, "urgent": 4}
_MOVED = "the ticket was changed in Freshdesk since it was seen"


class FreshdeskWriter:
    """The ``Writer`` of Freshdesk."""

    def see(self, api: Api, account: Account, tickets: Sequence[str]) -> Mapping[str, Seen]:
        """The tickets as they are now, one request each."""
        seen: dict[str, Seen] = {}
        for ticket in tickets:
            reply = api.get(f"{BASE}/tickets/{ticket}", accept=(200, 404))
            if reply.status == 200:
                seen[str(reply.body["id"])] = _seen(reply.body)
        return seen

    def requests(self, ops: Sequence[Op]) -> int:
        """Three that read (when seen, right before, afterwards), one for all fields and tags, one for the note."""
        noted = any(op.kind == "note" for op in ops)
        changed = any(op.kind != "note" for op in ops)
        return 3 + changed + noted if ops else 1

    def unfit(self, seen: Seen, ops: Sequence[Op]) -> str:
        """Which field or value Freshdesk does not take."""
        try:
            _change(seen, ops)
        except ValueError as error:
            return str(error)
        return ""

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        """Carry out the change if the ticket still is as it was seen; the note goes by itself, never with a status.

        Raises
        ------
        Refused
            No answer came, or one that leaves open whether all of the change was made.
        """
        if seen.locked:
            return Sent("failed", seen.locked)
        now = self.see(api, account, [seen.ticket]).get(seen.ticket)
        if now is None or (now.stamp, now.values, now.locked) != (seen.stamp, seen.values, None):
            return Sent("conflict", (now and now.locked) or _MOVED)
        try:
            change = _change(now, ops)
        except ValueError as error:
            return Sent("failed", str(error))
        if change:
            try:
                api.send("PUT", f"{BASE}/tickets/{seen.ticket}", change)
            except Refused as refusal:
                return _failed(refusal)
        note = None
        text = [str(op.value) for op in ops if op.kind == "note"]
        if text:
            body = {"body": _html("\n\n".join([*text, marker])), "private": True}
            try:
                note = str(api.send("POST", f"{BASE}/tickets/{seen.ticket}/notes", body).body["id"])
            except Refused as refusal:
                if change:  # the fields are changed, the note is not there: what is so is found out by reading
                    refusal.sent = True
                return _failed(refusal)
        after = self.see(api, account, [seen.ticket]).get(seen.ticket)
        return Sent("sent", _astray(after, ops), after.stamp if after else "", note)

    def note(self, api: Api, account: Account, ticket: str, marker: str) -> str | None:
        """Look for the marker in the ticket's private notes."""
        for step in conversations(api, ticket).walk():
            for entry in step.records:
                if entry.get("private") is True and marker in str(entry.get("body_text") or entry.get("body") or ""):
                    return str(entry["id"])
        return None


def _seen(ticket: Record) -> Seen:
    values: dict[str, Any] = {name: ticket.get(key) for name, key in _NAMES.items()}
    for name in _IDS:
        values[name] = None if values[name] is None else str(values[name])
    values["status:label"] = None if ticket.get("status") is None else str(ticket["status"])
    values["status"] = _word(STATUSES, ticket.get("status")) or "open"
    values["priority"] = _word(PRIORITIES, ticket.get("priority"))
    values["tags"] = sorted(ticket.get("tags") or [])
    for key, value in (ticket.get("custom_fields") or {}).items():
        values[f"custom:{key}"] = value
    locked = "the ticket is in Freshdesk's bin" if ticket.get("deleted") is True else None
    if ticket.get("spam") is True:
        locked = "the ticket is marked as spam in Freshdesk"
    return Seen(str(ticket["id"]), str(ticket["updated_at"]), values, locked)


def _word(words: Mapping[Any, str | None], number: Any) -> str | None:
    word = c.word_of(words, number)
    return word if isinstance(word, str) else None


def _change(now: Seen, ops: Sequence[Op]) -> Record:
    """The fields to write, tags merged into those that the ticket has now.

    Raises
    ------
    ValueError
        Freshdesk has no such field, or does not take this value.
    """
    change: Record = {}
    tags = {str(tag).casefold(): tag for tag in now.values["tags"]}
    for op in ops:
        if op.kind == "add_tags":
            tags = {**{str(tag).casefold(): tag for tag in op.value}, **tags}
        elif op.kind == "remove_tags":
            tags = {key: tag for key, tag in tags.items() if key not in {str(one).casefold() for one in op.value}}
        elif op.kind == "set" and op.field.startswith("custom:") and op.field in now.values:
            change.setdefault("custom_fields", {})[op.field.removeprefix("custom:")] = op.value
        elif op.kind == "set":
            if op.field not in _NAMES:
                raise ValueError(f"{op.field} is no field of a ticket that Freshdesk changes")
            change[_NAMES[op.field]] = _value(op)
    wanted = sorted(tags.values())
    return {**change, "tags": wanted} if wanted != now.values["tags"] else change


def _value(op: Op) -> Any:
    if op.value in (None, "") and op.field in _NEVER_EMPTY:
        raise ValueError(f"a ticket of Freshdesk needs a {op.field}")
    if op.field in _IDS and op.value is not None:
        if not str(op.value).isdigit():
            raise ValueError(f"{op.value!r} is no id of Freshdesk")
        return int(op.value)
    if op.field == "status":
        return int(op.value) if str(op.value).isdigit() else _number(_STATUSES, op)
    return _number(_PRIORITIES, op) if op.field == "priority" else op.value


def _number(words: Mapping[str, int], op: Op) -> int:
    if op.value not in words:
        raise ValueError(f"Freshdesk has no {op.field} that means {op.value!r}: it takes {', '.join(words)}")
    return words[op.value]


def _astray(after: Seen | None, ops: Sequence[Op]) -> str:
    """Which fields are not as they were set, right after it; empty where all are."""
    values = after.values if after else {}
    fields = [
        op.field
        for op in ops
        if op.kind == "set" and str(op.value) not in (str(values.get(op.field)), str(values.get(f"{op.field}:label")))
    ]
    return f"a rule or somebody changed {', '.join(fields)} at once" if fields else ""


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _failed(refusal: Refused) -> Sent:
    """What Freshdesk turned down for good; anything else is passed on.

    Raises
    ------
    Refused
        It is not known what became of the request, or it may be made again later.
    """
    if refusal.sent or refusal.status in (0, 401, 429):
        raise refusal
    told = refusal.body if isinstance(refusal.body, dict) else {}
    errors = [f"{one.get('field')}: {one.get('message')}" for one in told.get("errors") or [] if isinstance(one, dict)]
    reason = "; ".join(errors) or told.get("message") or told.get("description")
    return Sent("failed", f"{refusal.what}: {reason}" if reason else refusal.what)
