"""How tickets of Zendesk are changed: one request per ticket, which Zendesk itself refuses once the ticket moved on.

Tags, fields and the note go together in one safe update. It replaces all tags, and may, since it only takes place if
the ticket still has those that were seen. Zendesk tells changes apart by whole seconds: a ticket that was changed in
the very second in which it was seen is looked at once more when that second has passed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from maitred.connectors.live import Account, Api, Op, Refused, Seen, Sent
from maitred.connectors.page import Record

MANY = 100
YOUNG = timedelta(seconds=2)
"""How long after a change another may still get the same stamp, as far as the clocks of Zendesk's servers differ."""
_NAMES = {"status": "status", "priority": "priority", "type": "type", "subject": "subject",
          "assignee": "assignee_id", "group": "group_id"}  # fmt: skip
_IDS = ("assignee", "group")
_SETTABLE = ("open", "pending", "hold", "solved")
_LATER = (0, 401, 408, 429)
"""Statuses that say nothing against the change itself: it is sent again."""
MOVED = "the ticket was changed in Zendesk since it was seen"
_LOCKED = {
    "closed": "the ticket is closed, and Zendesk no longer changes the fields of a closed ticket",
    "deleted": "the ticket is deleted",
}


@dataclass(frozen=True, slots=True)
class _JustChanged(Seen):
    """A ticket whose stamp may yet be that of another change, until this moment of the machine's own counting."""

    until: float = 0.0


@dataclass(frozen=True, slots=True)
class ZendeskWriter:
    """The ``Writer`` of Zendesk; ``pause`` waits until a stamp is older than its second."""

    pause: Callable[[float], None] = time.sleep

    def see(self, api: Api, account: Account, tickets: Sequence[str]) -> Mapping[str, Seen]:
        """The tickets as they are now, a hundred with each request."""
        asked = [ticket for ticket in tickets if ticket.isascii() and ticket.isdigit()]
        seen: dict[str, Seen] = {}
        for place in range(0, len(asked), MANY):
            ids = ",".join(asked[place : place + MANY])
            reply = api.get("api/v2/tickets/show_many.json", {"ids": ids}, bucket="account")
            for ticket in _object(reply.body).get("tickets") or []:
                seen[str(ticket["id"])] = _seen(ticket, reply.server_time)
        return seen

    def requests(self, ops: Sequence[Op]) -> int:
        """One that reads, one that writes."""
        return 2 if ops else 1

    def unfit(self, seen: Seen, ops: Sequence[Op]) -> str:
        """Which field or value Zendesk does not take, such as a status that nobody may set."""
        try:
            _change(seen, ops, "")
        except ValueError as error:
            return str(error)
        return ""

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        """Carry out all changes of a ticket at once, if it still has the stamp that was seen.

        Raises
        ------
        Refused
            No answer came, or one that leaves open whether the change was made.
        """
        if seen.locked:
            return Sent("failed", seen.locked)
        try:
            change = _change(seen, ops, marker)
        except ValueError as error:
            return Sent("failed", str(error))
        if isinstance(seen, _JustChanged) and not self._still(api, account, seen):
            return Sent("conflict", MOVED)
        body = {"ticket": {**change, "safe_update": True, "updated_stamp": seen.stamp}}
        try:
            reply = api.send("PUT", f"api/v2/tickets/{seen.ticket}.json", body, accept=(200, 409))
        except Refused as refusal:
            if refusal.sent or refusal.status in _LATER:
                raise
            return Sent("failed", _why(refusal))
        if reply.status == 409:
            return Sent("conflict", MOVED)
        told = _object(reply.body)
        return Sent("sent", stamp=str(_object(told.get("ticket")).get("updated_at") or ""), note=_note(told, marker))

    def _still(self, api: Api, account: Account, seen: _JustChanged) -> bool:
        """Whether the ticket is as it was seen, once its stamp can no longer be that of another change."""
        left = seen.until - time.monotonic()
        if left > 0:
            self.pause(left)
        now = self.see(api, account, [seen.ticket]).get(seen.ticket)
        return now is not None and (now.stamp, now.values, now.locked) == (seen.stamp, seen.values, seen.locked)

    def note(self, api: Api, account: Account, ticket: str, marker: str) -> str | None:
        """Look for the marker in the ticket's internal comments, newest first."""
        path: str | None = f"api/v2/tickets/{ticket}/comments.json"
        where: dict[str, Any] | None = {"page[size]": MANY, "sort": "-created_at"}
        while path:
            reply = api.get(path, where)
            for comment in _object(reply.body).get("comments") or []:
                if comment.get("public") is False and marker in _text(comment):
                    return str(comment["id"])
            links, meta = reply.body.get("links") or {}, reply.body.get("meta") or {}
            path = (links.get("next") if meta.get("has_more") else None) or reply.body.get("next_page")
            where = None
        return None


def _seen(ticket: Record, at: datetime) -> Seen:
    values: dict[str, Any] = {name: ticket.get(key) for name, key in _NAMES.items()}
    for name in _IDS:
        values[name] = None if values[name] is None else str(values[name])
    values["tags"] = sorted(ticket.get("tags") or [])
    for one in ticket.get("custom_fields") or []:
        values[f"custom:{one['id']}"] = one.get("value")
    told = (str(ticket["id"]), str(ticket["updated_at"]), values, _LOCKED.get(str(ticket.get("status"))))
    left = min(datetime.fromisoformat(told[1]).astimezone(UTC) + YOUNG - at, YOUNG).total_seconds()
    return _JustChanged(*told, time.monotonic() + left) if left > 0 else Seen(*told)


def _change(seen: Seen, ops: Sequence[Op], marker: str) -> Record:
    """The body of the update.

    Raises
    ------
    ValueError
        Zendesk has no such field, or does not take this value.
    """
    change: Record = {}
    tags = {tag.casefold(): tag for tag in seen.values.get("tags") or ()}
    for op in ops:
        if op.kind == "add_tags":
            tags = {**{_tag(tag).casefold(): tag for tag in op.value}, **tags}
        elif op.kind == "remove_tags":
            gone = {tag.casefold() for tag in op.value}
            tags = {key: tag for key, tag in tags.items() if key not in gone}
        elif op.kind == "note":
            change["comment"] = {"body": f"{op.value}\n\n{marker}", "public": False}
        elif op.field.startswith("custom:"):
            key = op.field.removeprefix("custom:")
            if not key.isdigit():
                raise ValueError(f"{op.field} is no field of a ticket that Zendesk changes")
            change.setdefault("custom_fields", []).append({"id": int(key), "value": op.value})
        else:
            change[_named(op)] = _value(op)
    if any(op.kind in ("add_tags", "remove_tags") for op in ops):
        change["tags"] = sorted(tags.values())
    return change


def _tag(tag: str) -> str:
    if any(sign.isspace() or sign == "," for sign in tag):
        raise ValueError(f"{tag!r} is no tag of Zendesk: it has no spaces or commas in tags")
    return tag


def _named(op: Op) -> str:
    if op.field not in _NAMES:
        raise ValueError(f"{op.field} is no field of a ticket that Zendesk changes")
    return _NAMES[op.field]


def _value(op: Op) -> Any:
    if op.field == "status" and op.value not in _SETTABLE:
        raise ValueError(f"Zendesk does not let a ticket be set to {op.value!r}: it takes {', '.join(_SETTABLE)}")
    if op.field in _IDS and op.value is not None:
        if not str(op.value).isdigit():
            raise ValueError(f"{op.value!r} is no id of Zendesk")
        return int(op.value)
    return op.value


def _note(body: Record, marker: str) -> str | None:
    """The id of the comment that the update wrote, from the audit in its answer."""
    for event in (body.get("audit") or {}).get("events") or []:
        if event.get("type") == "Comment" and marker in _text(event):
            return str(event["id"])
    return None


def _text(comment: Record) -> str:
    return str(comment.get("plain_body") or comment.get("body") or "")


def _object(body: Any) -> Record:
    return body if isinstance(body, dict) else {}


def _why(refusal: Refused) -> str:
    told = refusal.body if isinstance(refusal.body, dict) else {}
    reason = told.get("description") or told.get("error")
    return f"{refusal.what}: {reason}" if isinstance(reason, str) else refusal.what
