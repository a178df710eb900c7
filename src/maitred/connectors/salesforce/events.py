"""What happened to Salesforce cases: field history, e-mails, comments.

A change of owner comes as two rows, one with names and one with ids; only ids are read. Initial values are not in the
history and are not invented here. Values of the history are cut at 255 characters by the vendor.
"""

from __future__ import annotations

from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.html_text import text_of_html
from maitred.connectors.page import Field, Page, Record
from maitred.connectors.salesforce import ids
from maitred.connectors.salesforce.words import ORIGINS, PRIORITIES, STATUSES, is_true, status_of

EVENTS = (
    Field("external_id", "Id", c.text),
    Field("ticket_id", "CaseId", ids.ident),
    Field("source_updated_at", "CreatedDate", c.instant),
    Field("occurred_at", "CreatedDate", c.instant),
    Field("seq", "Field", c.whole),
    Field("actor_id", "CreatedById", ids.ident),
    Field("actor_type", "CreatedById", c.text),
    Field("field", "Field", c.text),
    Field("old_value", "OldValue", c.text),
    Field("new_value", "NewValue", c.text),
    Field("old_raw", "OldValue", c.text),
    Field("new_raw", "NewValue", c.text),
    Field("batch_id", "Id", c.text),
    Field("provenance", "", c.always("native")),
    Field("uncertainty_s", "", c.always(0)),
)
SCHEDULES = (
    Field("external_id", "Id", c.text),
    Field("ticket_id", "CaseId", ids.ident),
    Field("source_updated_at", "CreatedDate", c.instant),
    Field("schedule_id", "NewValue", c.text),
    Field("valid_from", "CreatedDate", c.instant),
)
MESSAGES = (
    Field("external_id", "Id", c.text),
    Field("source_updated_at", "SystemModstamp", c.instant),
    Field("deleted_at", "IsDeleted", c.instant_if_any),
    Field("delete_kind", "IsDeleted", c.text),
    Field("ticket_id", "ParentId", ids.ident),
    Field("author_id", "CreatedById", ids.ident),
    Field("author_type", "CreatedById", c.text),
    Field("direction", "Incoming", c.text),
    Field("is_public", "IsPublished", c.flag(True)),
    Field("channel", "Origin", c.text),
    Field("sent_at", "MessageDate|CreatedDate", c.instant),
    Field("body_text", "TextBody", c.text),
    Field("attachments_count", "HasAttachment", c.whole),
    Field("in_reply_to", "ReplyToEmailMessageId", ids.ident),
    Field("is_first", "Id", c.flag(False)),
    Field("automated", "", c.always(False)),
)
STRANGERS = (
    Field("external_id", "SuppliedEmail", c.text),
    Field("source_updated_at", "SystemModstamp", c.instant),
    Field("name", "SuppliedName", c.text),
    Field("email", "SuppliedEmail", c.text),
    Field("role", "", c.always("end_user")),
    Field("active", "", c.always(True)),
    Field("suspended", "", c.always(False)),
)
"""People who are known by an e-mail address only."""

_OWNER_FIELDS = frozenset(("Owner", "ownerAssignment", "ownerAccepted", "ownerEscalated"))
_WORDS: dict[str, tuple[str, dict[Any, str | None], str | None]] = {
    "Status": ("status", STATUSES, "open"),
    "Priority": ("priority", PRIORITIES, None),
}
_TEXTS = {"Type": "type", "Subject": "subject"}
_REFERENCES = {
    "Contact": ("requester", ids.CONTACT),
    "Account": ("organization", ids.ACCOUNT),
    "RecordType": ("brand", ids.RECORD_TYPE),
    "BusinessHours": ("schedule", ids.BUSINESS_HOURS),
}
Change = tuple[str, str | None, str | None]


def decode_history(page: Page) -> None:
    """``CaseHistory`` rows as events; rows of names and of fields without a canonical counterpart stay in landing."""
    rows: list[tuple[Any, ...]] = []
    schedules: list[tuple[Any, ...]] = []
    for line, row in page.readable():
        identity = c.id_text(row.get("Id"))
        if identity is None:
            page.bad(line, "missing_key", "Id", "Id is missing or not an id")
            continue
        if not isinstance(row.get("Field"), str):
            page.bad(line, "missing_key", "Field", "Field is missing or not a text")
            continue
        identity = ids.expand(identity)
        changes = _changes(row, page)
        at, case, actor = row.get("CreatedDate"), row.get("CaseId"), row.get("CreatedById")
        actor_type = "system" if actor is None else "unknown"
        for field, old, new in changes:
            if old == new and field != "created":
                continue
            event = identity if len(changes) == 1 else f"{identity}:{field}"
            seq = 0 if field == "created" else 1
            old_raw, new_raw = _raw(row.get("OldValue")), _raw(row.get("NewValue"))
            rows.append(
                (line, event, case, at, at, seq, actor, actor_type, field, old, new, old_raw, new_raw, identity)
            )
            if field == "schedule" and new is not None:
                schedules.append((line, identity, case, at, new, at))
    page.add_parts("ticket_events", EVENTS, rows)
    page.add_parts("ticket_schedules", SCHEDULES, schedules)


def _raw(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else c.plain_text(value)


def _changes(row: Record, page: Page) -> list[Change]:
    """What one row changed, in canonical terms: none, one, or (owner from queue to person) two fields."""
    name, old, new = row["Field"], row.get("OldValue"), row.get("NewValue")
    if name == "created":
        return [("created", None, None)]
    if name in _OWNER_FIELDS:
        return _owner_changes(row, old, new)
    if name in _WORDS:
        field, words, default = _WORDS[name]
        return [(field, _word(words, default, old, field, page), _word(words, default, new, field, page))]
    if name in _TEXTS:
        return [(_TEXTS[name], _text(old), _text(new))]
    if name in _REFERENCES:
        field, prefix = _REFERENCES[name]
        return _reference(field, prefix, old, new)
    if name == "IsEscalated":
        return [("escalated", _text(old), _text(new))]
    if name.endswith("__c"):
        return [(f"custom:{name}", _text(old), _text(new))]
    return []


def _owner_changes(row: Record, old: Any, new: Any) -> list[Change]:
    if row.get("DataType") not in (None, "EntityId") or not any(ids.is_id(value) for value in (old, new)):
        return []
    changes = []
    for field, prefix in (("group", ids.QUEUE), ("assignee", ids.USER)):
        before, after = ids.of_kind(old, prefix), ids.of_kind(new, prefix)
        if before != after:
            changes.append((field, before, after))
    return changes


def _reference(field: str, prefix: str, old: Any, new: Any) -> list[Change]:
    """Looked-up records come as two rows as well; the row of names is left out."""
    before, after = ids.of_kind(old, prefix), ids.of_kind(new, prefix)
    return [(field, before, after)] if before or after else []


def _word(words: dict[Any, str | None], default: str | None, value: Any, field: str, page: Page) -> str | None:
    if value is None or value == "":
        return None
    word = c.word_of(words, status_of(value) if field == "status" else value) if c.is_plain(value) else None
    if isinstance(word, str):
        return word
    page.notice(
        f"new_enum: ticket_events.{field} has the unknown value {c.shown(value)!r}, read as {default or 'nothing'}"
    )
    return default


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else c.plain_text(value)


def add_descriptions(page: Page) -> None:
    """The description of each case, where it has one, as its first message, by the requester."""
    rows = []
    for line, case in page.readable():
        body = case.get("Description")
        if not isinstance(body, str) or not body.strip():
            continue
        identity = ids.expand(c.id_text(case.get("Id")) or "")
        requester = case.get("ContactId") or ids.by_email(case.get("SuppliedEmail"))
        updated = case.get("SystemModstamp") or case.get("LastModifiedDate") or case.get("CreatedDate")
        rows.append(
            (
                *(line, f"{identity}:description", updated, None, None, identity, requester or case.get("CreatedById")),
                *("customer" if requester else "unknown", "in", True, _channel(case.get("Origin"))),
                *(case.get("CreatedDate"), body, 0, None, True),
            )
        )
    page.add_parts("messages", MESSAGES, rows)


def _channel(origin: Any) -> str:
    word = c.word_of(ORIGINS, origin) if c.is_plain(origin) else None
    return word if isinstance(word, str) else "other"


_DRAFT = "5"


def decode_emails(page: Page) -> None:
    """E-mails of cases. Drafts and mails of other records give no row."""
    page.keep(_is_case_mail)
    rows, people = [], []
    for line, mail in page.readable():
        incoming = is_true(mail.get("Incoming"))
        updated = mail.get("SystemModstamp") or mail.get("CreatedDate")
        sender = ids.by_email(mail.get("FromAddress")) if incoming else None
        author_type = "unknown"
        if incoming:
            author_type = "customer" if sender else "unknown"
        if sender:
            people.append((line, sender, updated, mail.get("FromName"), mail.get("FromAddress")))
        rows.append(
            (
                *(line, _identity(mail), updated, *_deletion(mail, updated), mail.get("ParentId")),
                *(sender or mail.get("CreatedById"), author_type, "in" if incoming else "out", True, "email"),
                *(
                    mail.get("MessageDate") or mail.get("CreatedDate"),
                    _body(mail),
                    1 if is_true(mail.get("HasAttachment")) else 0,
                ),
                *(mail.get("ReplyToEmailMessageId"), False),
            )
        )
    page.add_parts("messages", MESSAGES, rows)
    page.add_parts("users", STRANGERS, people)


def _is_case_mail(mail: Record) -> bool:
    parent = mail.get("ParentId")
    about_case = parent is None or not isinstance(parent, str) or parent.startswith(ids.CASE)
    if parent is None and isinstance(mail.get("RelatedToId"), str):
        about_case = mail["RelatedToId"].startswith(ids.CASE)
    return about_case and mail.get("Status") not in (_DRAFT, int(_DRAFT))


def decode_comments(page: Page) -> None:
    """Comments: not published means internal; who wrote a published one says later whether it came in or went out."""
    rows = []
    for line, comment in page.readable():
        public = comment.get("IsPublished")
        internal = public is not None and not is_true(public)
        updated = comment.get("SystemModstamp") or comment.get("CreatedDate")
        rows.append(
            (
                *(line, _identity(comment), updated, *_deletion(comment, updated), comment.get("ParentId")),
                *(comment.get("CreatedById"), "unknown", "internal" if internal else "out", not internal, "web"),
                *(comment.get("CreatedDate"), comment.get("CommentBody") or "", 0, None, False),
            )
        )
    page.add_parts("messages", MESSAGES, rows)


def _identity(record: Record) -> str | None:
    found = c.id_text(record.get("Id"))
    return None if found is None else ids.expand(found)


def _deletion(record: Record, updated: Any) -> tuple[Any, str | None]:
    return (updated, "soft") if is_true(record.get("IsDeleted")) else (None, None)


def _body(mail: Record) -> Any:
    text = mail.get("TextBody")
    if text is not None and text != "":
        return text
    html = mail.get("HtmlBody")
    return text_of_html(html) if isinstance(html, str) else ""
