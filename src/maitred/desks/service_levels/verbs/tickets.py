"""One ticket: its head, what was said, what happened. Whoever may not see it does not learn that it exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from maitred.base.errors import NotFound
from maitred.kit.access import fields
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit.deeds import deed, note
from maitred.kit.reading import published
from maitred.kit.verbs import question
from maitred.kit.verbs.words import LARGEST
from maitred.metrics import ticket_records
from maitred.metrics.asking import Asker
from maitred.metrics.explaining import visible_ticket
from maitred.people.reach import tickets_scope

GROUP = "tickets"

Id = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Publication = Annotated[int, Field(ge=1, le=LARGEST)]


@dataclass(frozen=True, slots=True)
class TicketHead:
    """A ticket as its helpdesk knows it; ``names`` are those of the ids in it."""

    source: str
    ticket: str
    publication: int
    subject: str | None
    status: str | None
    priority: str | None
    type: str | None
    channel: str | None
    created_at: str | None
    updated_at: str | None
    tags: tuple[str, ...]
    requester: Any
    assignee: str | None
    group: str | None
    account: str | None
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message: who wrote it, when, for whom to see, and its words as plain text."""

    id: str | None
    at: str | None
    author: Any
    author_type: str | None
    public: bool
    channel: str | None
    text: Any
    attachments: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said on a ticket, in order; ``more`` says that it goes on."""

    source: str
    ticket: str
    messages: tuple[Message, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a field; ``provenance`` says whether it was recorded or derived."""

    at: str | None
    actor: str | None
    actor_type: str | None
    field: str | None
    old: str | None
    new: str | None
    via: str | None
    provenance: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What was changed on a ticket, in order; ``more`` says that it goes on."""

    source: str
    ticket: str
    changes: tuple[Change, ...]
    more: bool


@question(needs=Right.TICKETS_READ, example={"source": "demo", "ticket": "10042"})
def head(actor: Actor, source: Id, ticket: Id, publication: Publication | None = None) -> TicketHead:
    """Show a ticket's head: subject, state, people."""
    with _seen(actor, source, ticket, publication) as ask:
        found = ticket_records.head(ask, source, ticket) or {}
        users = ticket_records.people(ask, [found.get("requester_id"), found.get("assignee_id")])
        groups = ask.labels("group", [found.get("group_id")])
        accounts = ask.labels("account", [found.get("organization_id")])
        number = ask.publication.number
    requester, assignee = found.get("requester_id"), found.get("assignee_id")
    group, account = found.get("group_id"), found.get("organization_id")
    return TicketHead(
        source, ticket, number, found.get("subject"), found.get("status"), found.get("priority"), found.get("type"),
        found.get("channel"), found.get("created_at"), found.get("updated_at"), tuple(found.get("tags") or ()),
        fields.shown(actor, "customer.name", users.get(requester or "", requester)),
        users.get(assignee or "", assignee), groups.get(group or "", group), accounts.get(account or "", account),
        found.get("merged_into_id"),
    )  # fmt: skip


@question(needs=Right.TICKETS_READ, example={"source": "demo", "ticket": "10042"})
def conversation(actor: Actor, source: Id, ticket: Id, publication: Publication | None = None) -> Conversation:
    """Show what was said on a ticket. Reading it is audited."""
    with _seen(actor, source, ticket, publication) as ask:
        rows = ticket_records.messages(ask, source, ticket)
        names = ticket_records.people(ask, [row.get("author_id") for row in rows])
        kinds = ticket_records.kinds(ask, source, [row.get("author_id") for row in rows])
    rows = [row | {"author_type": _kind(row, kinds)} for row in rows]
    with deed(actor, "tickets.conversation"):
        note("read", "ticket", f"{source}:{ticket}", messages=len(rows))
    return Conversation(
        source, ticket, tuple(_message(actor, row, names) for row in rows), len(rows) == ticket_records.MOST
    )


@question(needs=Right.TICKETS_READ, example={"source": "demo", "ticket": "10042"})
def events(actor: Actor, source: Id, ticket: Id, publication: Publication | None = None) -> Changes:
    """Show what was changed on a ticket, field by field."""
    with _seen(actor, source, ticket, publication) as ask:
        rows = ticket_records.events(ask, source, ticket)
        actors = ticket_records.people(ask, [row.get("actor_id") for row in rows])
        held = [row[name] for row in rows if row.get("field") == "assignee" for name in ("old_value", "new_value")]
        owners = ticket_records.people(ask, held)
        moved = [row[name] for row in rows if row.get("field") == "group" for name in ("old_value", "new_value")]
        groups = ask.labels("group", moved)
    known = {"assignee": owners, "group": groups}
    found = tuple(
        Change(
            row.get("occurred_at"), actors.get(row.get("actor_id") or "", row.get("actor_id")), row.get("actor_type"),
            row.get("field"), _named(known, row, "old_value"), _named(known, row, "new_value"), row.get("via"),
            row.get("provenance"),
        )
        for row in rows
    )  # fmt: skip
    return Changes(source, ticket, found, len(rows) == ticket_records.MOST)


def _named(known: dict[str, Any], row: dict[str, Any], name: str) -> str | None:
    value: str | None = row.get(name)
    names: Mapping[str, str] = known.get(row.get("field") or "", {})
    return names.get(value or "", value)


def _kind(row: dict[str, Any], kinds: Mapping[str, str]) -> str | None:
    """What the author is: as the record says, else as the list of users says."""
    told = row.get("author_type")
    return told if told not in (None, "unknown") else kinds.get(row.get("author_id") or "", told)


def _message(actor: Actor, row: dict[str, Any], names: Any) -> Message:
    author = names.get(row.get("author_id") or "", row.get("author_id"))
    if row.get("author_type") == "customer":
        author = fields.shown(actor, "customer.name", author)
    text = fields.shown(actor, "message.body", row.get("body_text"))
    return Message(
        row.get("external_id"), row.get("sent_at"), author, row.get("author_type"), bool(row.get("is_public")),
        row.get("channel"), text, int(row.get("attachments_count") or 0),
    )  # fmt: skip


@contextmanager
def _seen(actor: Actor, source: str, ticket: str, publication: int | None) -> Iterator[Asker]:
    """The publication, once it is sure that this ticket may be seen."""
    scope = tickets_scope(actor)
    with published(publication) as ask:
        if source not in ask.publication.sources or not visible_ticket(ask.engine, scope, source, ticket):
            raise NotFound(f"there is no ticket {ticket} that you may see", "check the number, or ask who may see it")
        yield ask
