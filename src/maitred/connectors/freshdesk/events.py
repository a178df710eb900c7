"""What happened to Freshdesk tickets: their messages, what their ``stats`` prove, and the activity export.

Nothing is invented between two known states. ``stats`` hold the *last* instant of each kind of change; those are exact
(``derived``, uncertainty 0), and their ids carry the instant, so that a later change is a further event and not a new
version.
"""

from __future__ import annotations

import hashlib
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.freshdesk.words import CONVERSATION_SOURCES, OUTBOUND_EMAIL, PRIORITIES, SOURCES, STATUSES
from maitred.connectors.html_text import text_of_html
from maitred.connectors.page import Field, Page, Record

MESSAGES = (
    Field("external_id", "id", c.text),
    Field("ticket_id", "ticket_id", c.ident),
    Field("source_updated_at", "updated_at", c.instant),
    Field("author_id", "user_id", c.ident),
    Field("author_type", "incoming", c.text),
    Field("direction", "incoming", c.text),
    Field("is_public", "private", c.flag(True)),
    Field("channel", "source", c.text),
    Field("sent_at", "created_at", c.instant),
    Field("body_text", "body_text", c.text),
    Field("attachments_count", "attachments", c.whole),
    Field("attachments", "attachments", c.text),
    Field("is_first", "id", c.flag(False)),
    Field("automated", "", c.always(False)),
)
EVENTS = (
    Field("external_id", "id", c.text),
    Field("ticket_id", "ticket_id", c.ident),
    Field("source_updated_at", "performed_at", c.instant),
    Field("occurred_at", "performed_at", c.instant),
    Field("seq", "activity", c.whole),
    Field("actor_id", "performer_id", c.ident),
    Field("actor_type", "performer_type", c.text),
    Field("rule_id", "activity.automation", c.text),
    Field("field", "activity", c.text),
    Field("new_value", "activity", c.text),
    Field("new_raw", "activity", c.text),
    Field("provenance", "activity", c.text),
    Field("uncertainty_s", "", c.always(0)),
    Field("batch_id", "id", c.text),
)


_AFTER_RECORDED = 1000  # inside one instant what is derived comes after what the vendor recorded, and drops as a repeat


def add_descriptions(page: Page) -> None:
    """The description of each ticket as its first message, by the requester unless the ticket is an outbound e-mail."""
    rows = []
    for line, ticket in page.readable():
        by_agent = ticket.get("source") == OUTBOUND_EMAIL
        author, author_type, direction = (
            ("responder_id", "agent", "out") if by_agent else ("requester_id", "customer", "in")
        )
        created = ticket.get("created_at")
        body = _description(ticket)
        updated = ticket.get("updated_at") or created
        if body is None:  # one second before anything else, so that a version with the text always wins
            micros = c.micros_of(created)
            updated = updated if micros is None else micros // 1_000_000 - 1
        files = _files(ticket)
        rows.append(
            (
                *(line, f"{c.id_text(ticket.get('id'))}:description", ticket.get("id"), updated),
                *(ticket.get(author), author_type, direction, True, _channel(SOURCES, ticket.get("source")), created),
                *(body or "", len(files), _attachments(files), True),
            )
        )
    page.add_parts("messages", MESSAGES, rows)


def _description(ticket: Record) -> str | None:
    for key in ("description_text", "description"):
        text = ticket.get(key)
        if isinstance(text, str):
            return text if key == "description_text" else text_of_html(text)
    return None


def decode_conversations(page: Page) -> None:
    """Replies and notes: incoming is a customer's, private is internal, everything else goes out."""
    rows = []
    for line, entry in page.readable():
        if entry.get("ticket_id") is None:
            page.bad(line, "orphan", "ticket_id", "a conversation needs the ticket_id that it was listed for")
            continue
        private = entry.get("private") is True
        incoming = entry.get("incoming") is True and not private
        files = _files(entry)
        identity = c.id_text(entry.get("id"))
        rows.append(
            (
                *(line, identity, entry["ticket_id"], entry.get("updated_at") or entry.get("created_at")),
                *(
                    entry.get("user_id"),
                    _author_type(entry, incoming),
                    "internal" if private else "in" if incoming else "out",
                ),
                *(not private, _channel(CONVERSATION_SOURCES, entry.get("source")), entry.get("created_at")),
                *(_body(entry), len(files), _attachments(files), False),
            )
        )
    page.add_parts("messages", MESSAGES, rows)


def _author_type(entry: Record, incoming: bool) -> str:
    if entry.get("user_id") is None:
        return "system"
    return "customer" if incoming else "agent"


def _body(entry: Record) -> Any:
    text = entry.get("body_text")
    if text is not None:
        return text
    html = entry.get("body")
    return text_of_html(html) if isinstance(html, str) else ""


def _channel(words: dict[Any, str | None], source: Any) -> str:
    word = c.word_of(words, source) if c.is_plain(source) else None
    return word if isinstance(word, str) else "other"


def _files(record: Record) -> list[Record]:
    files = record.get("attachments")
    return [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []


def _attachments(files: list[Record]) -> str | None:
    kept = ("id", "name", "content_type", "size", "file_size")
    return c.plain_json([{key: file[key] for key in kept if key in file} for file in files]) if files else None


def add_proven_changes(page: Page) -> None:
    """Changes of status whose instants ``stats`` proves."""
    rows = []
    for line, ticket in page.readable():
        stats = ticket.get("stats")
        if isinstance(stats, dict):
            rows += [(line, *row) for row in _proven(ticket, stats)]
    page.add_parts("ticket_events", EVENTS, rows)


def _proven(ticket: Record, stats: Record) -> list[tuple[Any, ...]]:
    """Rows of (instant, status) in the order in which one instant is read, each instant and status once."""
    identity = c.id_text(ticket.get("id"))
    status = c.word_of(STATUSES, ticket.get("status")) if c.is_plain(ticket.get("status")) else None
    current = status if isinstance(status, str) else None
    found: dict[tuple[int, str], int] = {}
    for seq, (key, word) in enumerate(_CLAIMS, start=_AFTER_RECORDED):
        at = stats.get(key)
        claimed = word or current
        if at is None or claimed is None or (key == "pending_since" and current != "pending"):
            continue
        micros = c.micros_of(at)
        if micros is not None:
            found.setdefault((micros // 1_000_000, claimed), seq)
    rows = []
    for (second, word), seq in found.items():
        event = f"{identity}:stats:{word}:{second}"
        rows.append(
            (event, identity, second, second, seq, None, "unknown", None, "status", word, None, "derived", event)
        )
    return rows


_CLAIMS = (
    ("reopened_at", "open"),
    ("pending_since", "pending"),
    ("resolved_at", "solved"),
    ("closed_at", "closed"),
    ("status_updated_at", ""),
)
"""What each of the ``stats`` says the status became; the last one says since when it is what it is."""


def decode_activities(page: Page) -> None:
    """The daily activity export. Its records have no ids, so each is known by the hash of its content; shape not
    verified."""
    rows: list[tuple[Any, ...]] = []
    for line, record in page.readable():
        activity = record.get("activity")
        if not isinstance(activity, dict):
            page.bad(line, "missing_key", "activity", "the record has no activity")
            continue
        batch = hashlib.sha256(c.plain_text(record).encode(errors="replace")).hexdigest()[:32]
        at = _performed_at(record.get("performed_at"))
        actor, actor_type, rule = _performer(record, activity)
        for seq, (field, value, raw) in enumerate(_changes(activity, page)):
            shown = raw if isinstance(raw, str) or raw is None else c.plain_text(raw)
            rows.append(
                (
                    *(line, f"{batch}:{field}", record.get("ticket_id"), at, at, seq, actor, actor_type, rule),
                    *(field, value, shown, "export", batch),
                )
            )
    page.add_parts("ticket_events", EVENTS, rows)


def _performer(record: Record, activity: Record) -> tuple[Any, str, str | None]:
    automation = activity.get("automation")
    rule = automation.get("rule") if isinstance(automation, dict) else None
    if record.get("performer_type") == "system" or rule is not None:
        return None, "system", None if rule is None else c.plain_text(rule)
    return record.get("performer_id"), "unknown", None


def _performed_at(value: Any) -> Any:
    """``DD-MM-YYYY HH:MM:SS +0000`` as ISO 8601; anything else as it is."""
    if not isinstance(value, str) or len(value) < 19 or value[2] != "-" or value[5] != "-":
        return value
    zone = value[19:].strip()
    return f"{value[6:10]}-{value[3:5]}-{value[:2]}T{value[11:19]}{zone}"


def _changes(activity: Record, page: Page) -> list[tuple[str, str | None, Any]]:
    """(field, canonical value, raw value) of one activity, creation first."""
    changes: list[tuple[str, str | None, Any]] = []
    if activity.get("new_ticket") is True:
        changes.append(("created", None, None))
    for key, (field, words, default) in _WORDS.items():
        if activity.get(key) is not None:
            changes.append((field, _word(words, default, activity[key], field, page), activity[key]))
    for key, field in _IDS.items():
        if key in activity:
            changes.append((field, _identity(activity[key]), activity[key]))
    for key, field in _TEXTS.items():
        if key in activity:
            changes.append((field, _text(activity[key]), activity[key]))
    for key, word in (("deleted", "deleted"), ("spam", "spam")):
        if activity.get(key) is True:
            changes.append(("status", word, True))
    return changes


_WORDS: dict[str, tuple[str, dict[Any, str | None], str | None]] = {
    "status": ("status", STATUSES, "open"),
    "priority": ("priority", PRIORITIES, None),
}
_IDS = {"agent_id": "assignee", "group_id": "group", "requester_id": "requester", "company_id": "organization"}
_TEXTS = {"ticket_type": "type", "subject": "subject", "tags": "tags"}


def _word(words: dict[Any, str | None], default: str | None, value: Any, field: str, page: Page) -> str | None:
    word = c.word_of(words, value) if c.is_plain(value) else None
    if isinstance(word, str):
        return word
    page.notice(
        f"new_enum: ticket_events.{field} has the unknown value {c.shown(value)!r}, read as {default or 'nothing'}"
    )
    return default


def _identity(value: Any) -> str | None:
    """An id; none, 0 and -1 mean that nobody holds the ticket."""
    found = c.id_text(value)
    return None if found in (None, "-1", "0") or (found or "").lower() == "none" else found


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else c.plain_text(value)
