"""django-helpdesk's tickets in canonical form: each comes with its follow-ups, of which everything else is made.

The API tells neither when a ticket was opened nor when it changed. By form, mail and API it is opened together with its
first follow-up, which repeats its description; so the times of the first and the last follow-up are taken.

Statuses are exact, since every change is a follow-up and every ticket begins as open. Assignee, queue and priority are
known as they are today only: their events are derived, and as uncertain as the ticket is long. ``on_hold`` leaves no
trace of when, so it is kept beside the status.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.decoded import Decoded
from maitred.connectors.page import Field, Page, Record

TABLES = ("tickets", "ticket_events", "messages", "users", "groups", "time_entries")
STATUSES = {1: "open", 2: "open", 3: "solved", 4: "closed", 5: "closed"}
PRIORITIES = {1: "urgent", 2: "high", 3: "normal", 4: "low", 5: "low"}
_OPENED_AS = 1
_DURATION = re.compile(r"(?:(\d{1,6}) )?(\d{1,3}):(\d\d):(\d\d)(?:\.\d+)?")
_SECOND = 1_000_000
Rows = Iterator[tuple[Any, ...]]


def decode(stream: str, records: Sequence[object]) -> Decoded:
    """Canonical rows of a page of tickets; what cannot be read is set aside.

    Raises
    ------
    KeyError
        The stream is unknown. Records never make it raise.
    """
    if stream != "tickets":
        raise KeyError(stream)
    page = Page(records)
    _set_aside(page)
    page.add("tickets", TICKETS)
    for table, fields, rows in (
        ("ticket_events", EVENTS, _events),
        ("messages", MESSAGES, _messages),
        ("users", USERS, _users),
        ("groups", GROUPS, _groups),
        ("time_entries", TIME_ENTRIES, _time_entries),
    ):
        page.add_parts(table, fields, [(line, *row) for line, one in page.readable() for row in rows(one)])
    return page.finish()


def followups(ticket: Record) -> list[Record]:
    """The follow-ups that can be read, in the order in which they were made."""
    found = ticket.get("followup_set")
    sound = [one for one in found if _flaw(one) is None] if isinstance(found, list) else []
    return sorted(sound, key=lambda one: (c.micros_of(one["date"]), len(str(one["id"])), str(one["id"])))


def _set_aside(page: Page) -> None:
    """Name the follow-ups that cannot be read; the rest of their tickets can."""
    for line, ticket in page.readable():
        parts = ticket.get("followup_set")
        for part in parts if isinstance(parts, list) else ():
            flaw = _flaw(part)
            if flaw is not None:
                page.bad(line, "bad_type" if flaw == "object" else "missing_key", "followup_set", f"it has no {flaw}")


def _flaw(followup: Any) -> str | None:
    if not isinstance(followup, dict):
        return "object"
    if c.id_text(followup.get("id")) is None:
        return "id"
    date = followup.get("date")
    return None if isinstance(date, str) and c.micros_of(date) is not None else "date"


# ---------------------------------------------------------------- tickets


def _opened(ticket: Record) -> Any:
    parts = followups(ticket)
    return parts[0]["date"] if parts else None


def _changed(ticket: Record) -> Any:
    parts = followups(ticket)
    return parts[-1]["date"] if parts else None


def _requester(ticket: Record) -> str | None:
    """Customers have no number: they are known by the hash of their address."""
    address = ticket.get("submitter_email")
    if not isinstance(address, str) or not address.strip():
        return None
    return "email:" + hashlib.sha256(address.strip().lower().encode("utf-8", "replace")).hexdigest()[:32]


def _channel(ticket: Record) -> str:
    parts = followups(ticket)
    return "email" if parts and parts[0].get("message_id") else "web"


def _custom(ticket: Record) -> Any:
    kept = {key: value for key, value in ticket.items() if key.startswith("custom_") and value is not None}
    return {**kept, "on_hold": ticket.get("on_hold") is True}


TICKETS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", ".", c.of(_changed, c.instant)),
    Field("number", "id", c.ident),
    Field("subject", "title", c.text),
    Field("status_raw", "status", c.text),
    Field("status", "status", c.choice(STATUSES, "open")),
    Field("priority_raw", "priority", c.text),
    Field("priority", "priority", c.choice(PRIORITIES, None)),
    Field("channel", ".", c.of(_channel, c.text)),
    Field("requester_id", ".", c.of(_requester, c.text)),
    Field("assignee_id", "assigned_to", c.ident),
    Field("group_id", "queue", c.ident),
    Field("merged_into_id", "merged_to", c.ident),
    Field("created_at", ".", c.of(_opened, c.instant)),
    Field("updated_at", ".", c.of(_changed, c.instant)),
    Field("due_at", "due_date", c.instant_if_any),
    Field("custom", ".", c.of(_custom, c.json_object)),
    Field("history_from", ".", c.of(_opened, c.instant)),
)


# ---------------------------------------------------------------- what happened

EVENTS = (
    Field("external_id", "id", c.text),
    Field("ticket_id", "ticket", c.ident),
    Field("source_updated_at", "date", c.instant),
    Field("occurred_at", "date", c.instant),
    Field("seq", "id", c.whole),
    Field("actor_id", "user", c.text),
    Field("actor_type", "user", c.text),
    Field("field", "new_status", c.text),
    Field("old_value", "new_status", c.text),
    Field("new_value", "new_status", c.text),
    Field("old_raw", "new_status", c.text),
    Field("new_raw", "new_status", c.text),
    Field("provenance", "new_status", c.text),
    Field("uncertainty_s", "date", c.whole),
    Field("batch_id", "id", c.text),
)


def _events(ticket: Record) -> Rows:
    """The opening with the values that are known of it, then each change of status."""
    parts = followups(ticket)
    ticket_id, opened, changed = ticket.get("id"), parts[0]["date"], parts[-1]["date"]
    lasted = _seconds(parts)
    actor = (_requester(ticket), "customer")
    begun = (
        ("created", None, None, 0),
        ("status", "open", _OPENED_AS, 0),
        ("priority", _word(PRIORITIES, ticket.get("priority")), ticket.get("priority"), lasted),
        ("assignee", c.id_text(ticket.get("assigned_to")), None, lasted),
        ("group", c.id_text(ticket.get("queue")), None, lasted),
        ("requester", _requester(ticket), None, 0),
    )
    for seq, (field, value, raw, uncertain) in enumerate(begun):
        if value is not None or field == "created":
            first = c.id_text(ticket_id)  # numbers of tickets and of follow-ups may be the same
            key = f"{first}:created" if field == "created" else f"{first}:created:{field}"
            stated = changed if uncertain else opened
            kind = "native" if field == "created" else "derived"
            yield key, ticket_id, stated, opened, seq, *actor, field, None, value, None, raw, kind, uncertain, None
    yield from _statuses(ticket, parts, len(begun))


def _statuses(ticket: Record, parts: Sequence[Record], first: int) -> Rows:
    """Changes of status, each with the one before it; numbered on, since several may share an instant."""
    old, old_raw = "open", _OPENED_AS
    for seq, part in enumerate(parts, first):
        raw = part.get("new_status")
        new = _word(STATUSES, raw) or "open"
        if raw is None or not c.is_plain(raw) or new == old:
            continue
        key, date = c.id_text(part["id"]), part["date"]
        who, ticket_id = _author(part, _requester(ticket)), ticket.get("id")
        yield (f"{key}:status", ticket_id, date, date, seq, *who, "status", old, new, old_raw, raw, "native", 0, key)
        old, old_raw = new, raw


def _seconds(parts: Sequence[Record]) -> int:
    """From the first follow-up to the last."""
    return int(((c.micros_of(parts[-1]["date"]) or 0) - (c.micros_of(parts[0]["date"]) or 0)) // _SECOND)


def _author(followup: Record, requester: str | None) -> tuple[str | None, str]:
    """Who made a follow-up: whoever wrote the mail it came by, else a user, who is taken for staff, else nobody."""
    if followup.get("message_id"):
        return requester, "customer"
    user = c.id_text(followup.get("user"))
    return (user, "agent") if user is not None else (None, "system")


def _word(words: dict[int, str], value: Any) -> str | None:
    found = c.word_of(words, value)
    return found if isinstance(found, str) else None


# ---------------------------------------------------------------- what was said

MESSAGES = (
    Field("external_id", "id", c.text),
    Field("ticket_id", "ticket", c.ident),
    Field("source_updated_at", "date", c.instant),
    Field("author_id", "user", c.text),
    Field("author_type", "user", c.text),
    Field("direction", "public", c.text),
    Field("is_public", "public", c.flag()),
    Field("sent_at", "date", c.instant),
    Field("body_text", "comment", c.text),
    Field("attachments_count", "followupattachment_set", c.whole),
    Field("is_first", "id", c.flag()),
    Field("automated", "user", c.flag()),
)


def _messages(ticket: Record) -> Rows:
    """What the customer asked first, then what follow-ups say."""
    parts = followups(ticket)
    opening, requester, ticket_id = _is_opening(ticket, parts[0]), _requester(ticket), ticket.get("id")
    asked, date = ticket.get("description"), parts[0]["date"]
    if _says(asked):
        key = c.id_text(parts[0]["id"]) if opening else f"{c.id_text(ticket_id)}:description"
        files = _files(parts[0]) if opening else 0
        yield key, ticket_id, date, requester, "customer", "in", True, date, asked, files, True, False
    for part in parts[1:] if opening else parts:
        body, date, public = part.get("comment"), part["date"], part.get("public") is True
        author, kind = _author(part, requester)
        direction = "internal" if not public else "in" if kind == "customer" else "out"
        automated = kind == "system"
        if _says(body):
            key = c.id_text(part["id"])
            yield key, ticket_id, date, author, kind, direction, public, date, body, _files(part), False, automated


def _is_opening(ticket: Record, first: Record) -> bool:
    """Whether the first follow-up is the opening itself: it came by mail, or repeats the description."""
    asked, said = ticket.get("description"), first.get("comment")
    repeats = isinstance(asked, str) and isinstance(said, str) and asked.split() == said.split()
    return repeats or bool(first.get("message_id"))


def _says(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _files(followup: Record) -> int:
    found = followup.get("followupattachment_set")
    return len(found) if isinstance(found, list) else 0


TIME_ENTRIES = (
    Field("external_id", "id", c.text),
    Field("ticket_id", "ticket", c.ident),
    Field("source_updated_at", "date", c.instant),
    Field("user_id", "user", c.ident),
    Field("spent_s", "time_spent", c.whole),
    Field("executed_at", "date", c.instant),
)


def _time_entries(ticket: Record) -> Rows:
    for part in followups(ticket):
        spent = part.get("time_spent")
        found = _DURATION.fullmatch(spent) if isinstance(spent, str) else None
        if found and c.id_text(part.get("user")) is not None:
            days, hours, minutes, seconds = (int(number or 0) for number in found.groups())
            total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
            yield c.id_text(part["id"]), ticket.get("id"), part["date"], part.get("user"), total, part["date"]


# ---------------------------------------------------------------- who and where

USERS = (
    Field("external_id", "id", c.text),
    Field("source_updated_at", "date", c.instant),
    Field("email", "submitter_email", c.text),
    Field("role", "user", c.text),
    Field("active", "", c.always(True)),
    Field("suspended", "", c.always(False)),
)
GROUPS = (
    Field("external_id", "queue", c.ident),
    Field("source_updated_at", "date", c.instant),
    Field("name", "queue", c.text),
    Field("is_queue", "", c.always(True)),
)


def _users(ticket: Record) -> Rows:
    """The customer by the address, staff by their number; as of the ticket's opening, since nothing of them changes."""
    parts = followups(ticket)
    requester = _requester(ticket)
    if requester is not None:
        yield requester, parts[0]["date"], ticket["submitter_email"].strip().lower(), "end_user"
    numbers = [c.id_text(ticket.get("assigned_to")), *(c.id_text(one.get("user")) for one in parts)]
    for number in dict.fromkeys(one for one in numbers if one is not None):
        yield number, parts[0]["date"], None, "agent"


def _groups(ticket: Record) -> Rows:
    queue = c.id_text(ticket.get("queue"))
    if queue is not None:
        yield queue, followups(ticket)[0]["date"], f"Queue {queue}"
