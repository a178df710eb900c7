"""Freshdesk's records in canonical form: which field becomes which column, for live sync, webhooks and file imports
alike.

``decode`` is pure and total. Each stream has a literal field table here or, for what happened to tickets, in
``events``, for service levels, hours and ratings in ``service``.

Deliberate: a deleted or spam ticket keeps its row, with that status, its ``delete_kind`` and no ``deleted_at``. The
ticket's
description is always its first message, even without the text, since without it the first answer would pass for an
opening.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.decoded import Decoded
from maitred.connectors.freshdesk import events, service
from maitred.connectors.freshdesk.words import PRIORITIES, SOURCES, STATUSES
from maitred.connectors.page import Field, Page, Record
from maitred.connectors.streams import FRESHDESK

STREAMS: dict[str, tuple[str, ...]] = {name: stream.feeds for name, stream in FRESHDESK.items()}
"""Stream to the canonical tables that it feeds."""


def decode(stream: str, records: Sequence[object]) -> Decoded:
    """Canonical rows of one page of a Freshdesk stream.

    Parameters
    ----------
    stream
        A name of ``STREAMS`` or one of its aliases.
    records
        Parsed JSON values, one per record of the page.

    Returns
    -------
    Decoded
        Rows per canonical table (each exactly ``columns.decoded_schema``), records set aside, notices.

    Raises
    ------
    KeyError
        The stream is unknown. Records never make it raise.
    """
    decoder = _DECODERS[_ALIASES.get(stream, stream)]
    page = Page(records)
    decoder(page)
    return page.finish()


def _status(ticket: Record) -> Any:
    """Deletion and spam are flags beside the status number."""
    if ticket.get("deleted") is True:
        return "deleted"
    return "spam" if ticket.get("spam") is True else ticket.get("status")


def _delete_kind(ticket: Record) -> str | None:
    if ticket.get("deleted") is True:
        return "soft"
    return "spam" if ticket.get("spam") is True else None


def _escalated(ticket: Record) -> bool:
    return any(ticket.get(key) is True for key in ("is_escalated", "isescalated", "fr_escalated"))


def _vendor_values(ticket: Record) -> Any:
    stats = ticket.get("stats")
    kept = {key: ticket[key] for key in ("is_escalated", "fr_escalated", "nr_escalated") if key in ticket}
    return {**kept, "stats": stats} if isinstance(stats, dict) else kept


def _parent(ticket: Record) -> Any:
    """A child ticket (association type 2) names its parent as the one associated ticket; shape not verified."""
    associated = ticket.get("associated_tickets_list")
    if ticket.get("association_type") == 2 and isinstance(associated, list) and associated:
        return associated[0]
    return None


TICKETS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant),
    Field("delete_kind", ".", c.of(_delete_kind, c.text)),
    Field("number", "id", c.ident),
    Field("subject", "subject", c.text),
    Field("status_raw", "status", c.text),
    Field("status", ".", c.of(_status, c.choice({**STATUSES, "deleted": "deleted", "spam": "spam"}, "open"))),
    Field("priority_raw", "priority", c.text),
    Field("priority", "priority", c.choice(PRIORITIES, None)),
    Field("type", "type|ticket_type", c.text),
    Field("channel_raw", "source", c.text),
    Field("channel", "source", c.choice(SOURCES, "other", "other")),
    Field("requester_id", "requester_id", c.ident),
    Field("assignee_id", "responder_id", c.ident),
    Field("group_id", "group_id", c.ident),
    Field("organization_id", "company_id", c.ident),
    Field("product_id", "product_id", c.ident),
    Field("parent_id", ".", c.of(_parent, c.ident)),
    Field("tags", "tags", c.texts),
    Field("is_escalated", ".", c.of(_escalated, c.flag())),
    Field("created_at", "created_at", c.instant),
    Field("updated_at", "updated_at|created_at", c.instant),
    Field("due_at", "due_by", c.instant_if_any),
    Field("vendor_first_reply_due_at", "fr_due_by|frDueBy", c.instant_if_any),
    Field("vendor_first_replied_at", "stats.first_responded_at", c.instant_if_any),
    Field("vendor_solved_at", "stats.resolved_at", c.instant_if_any),
    Field("vendor_closed_at", "stats.closed_at", c.instant_if_any),
    Field("vendor_values", ".", c.of(_vendor_values, c.json_text)),
    Field("custom", "custom_fields|custom_field", c.json_object),
)


def decode_tickets(page: Page) -> None:
    """A ticket, its description as first message, and what its ``stats`` prove about its last changes of status."""
    page.add("tickets", TICKETS)
    events.add_descriptions(page)
    events.add_proven_changes(page)


def _agent_role(agent: Record) -> str:
    kind = agent.get("type")
    return "light" if kind in ("collaborator", "light_agent") else "agent"


def _contact_role(contact: Record) -> str:
    return "agent" if contact.get("helpdesk_agent") is True or isinstance(contact.get("agent"), dict) else "end_user"


AGENTS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|contact.updated_at|created_at", c.instant_or_epoch),
    Field("name", "contact.name|name", c.text),
    Field("email", "contact.email|email", c.text),
    Field("phone", "contact.phone|contact.mobile", c.text),
    Field("role", ".", c.of(_agent_role, c.text)),
    Field("active", "contact.active", c.flag(True)),
    Field("time_zone", "contact.time_zone", c.zone_if_any),
    Field("time_zone_raw", "contact.time_zone", c.text),
    Field("locale", "contact.language", c.text),
    Field("created_at", "created_at", c.instant_if_any),
    Field("last_login_at", "contact.last_login_at|last_active_at", c.instant_if_any),
    Field("suspended", "deactivated", c.flag(False)),
)


def _contact_deletion(contact: Record) -> Any:
    return contact.get("updated_at") if contact.get("deleted") is True else None


CONTACTS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("deleted_at", ".", c.of(_contact_deletion, c.instant_if_any)),
    Field("delete_kind", ".", c.of(lambda contact: "soft" if contact.get("deleted") is True else None, c.text)),
    Field("name", "name", c.text),
    Field("email", "email", c.text),
    Field("phone", "phone|mobile", c.text),
    Field("role", ".", c.of(_contact_role, c.text)),
    Field("active", "active", c.flag(True)),
    Field("organization_id", "company_id", c.ident),
    Field("time_zone", "time_zone", c.zone_if_any),
    Field("time_zone_raw", "time_zone", c.text),
    Field("locale", "language", c.text),
    Field("created_at", "created_at", c.instant_if_any),
    Field("suspended", "blocked", c.flag(False)),
    Field("tags", "tags", c.texts),
    Field("custom", "custom_fields|custom_field", c.json_object),
)
COMPANIES = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("name", "name", c.text),
    Field("domains", "domains", c.texts),
    Field("tier", "account_tier", c.text),
    Field("health_score", "health_score", c.text),
    Field("industry", "industry", c.text),
    Field("plan", "custom_fields.plan|custom_fields.cf_plan", c.text),
    Field("arr", "custom_fields.arr|custom_fields.cf_arr", c.decimal_if_any),
    Field("currency", "custom_fields.currency|custom_fields.cf_currency", c.text),
    Field("renewal_date", "renewal_date", c.day_if_any),
    Field("custom", "custom_fields|custom_field", c.json_object),
    Field("known_at", "updated_at|created_at", c.instant_if_any),
)
GROUPS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("name", "name", c.text),
    Field("is_queue", "", c.always(False)),
)
GROUP_MEMBERS = (
    Field("external_id", "agent_ids", c.text),
    Field("source_updated_at", "updated_at", c.instant_or_epoch),
    Field("user_id", "agent_ids", c.ident),
    Field("group_id", "id", c.ident),
    Field("valid_from", "created_at", c.instant_or_epoch),
)


def decode_groups(page: Page) -> None:
    """Groups and, where the list shows ``agent_ids``, their members."""
    page.add("groups", GROUPS)
    rows = []
    for line, group in page.readable():
        identity = c.id_text(group.get("id"))
        agents = group.get("agent_ids")
        updated = group.get("updated_at") or group.get("created_at")
        for agent in agents if isinstance(agents, list) else ():
            rows.append((line, f"{identity}:{c.id_text(agent)}", updated, agent, identity, group.get("created_at")))
    page.add_parts("group_members", GROUP_MEMBERS, rows)


_ENVELOPE = frozenset(("id", "name", "label", "position", "created_at", "updated_at"))


def _definition(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in _ENVELOPE}


SETTINGS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("name", "label|name", c.text),
    Field("position", "position", c.whole),
    Field("definition", ".", c.of(_definition, c.json_text)),
)
"""Ticket fields (with their choices, which name the account's own statuses) and products."""

TIME_ENTRIES = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant),
    Field("ticket_id", "ticket_id", c.ident),
    Field("user_id", "agent_id", c.ident),
    Field("spent_s", "time_spent", c.of(service.seconds_spent, c.whole)),
    Field("started_at", "start_time", c.instant_if_any),
    Field("executed_at", "executed_at", c.instant_if_any),
    Field("billable", "billable", c.flag()),
    Field("note", "note", c.text),
)

Decoder = Callable[[Page], None]


def _rows(table: str, fields: tuple[Field, ...]) -> Decoder:
    def decoder(page: Page) -> None:
        page.add(table, fields)

    return decoder


_DECODERS: dict[str, Decoder] = {
    "tickets": decode_tickets,
    "conversations": events.decode_conversations,
    "ticket_activities": events.decode_activities,
    "agents": _rows("users", AGENTS),
    "contacts": _rows("users", CONTACTS),
    "companies": _rows("organizations", COMPANIES),
    "groups": decode_groups,
    "ticket_fields": _rows("ticket_fields", SETTINGS),
    "products": _rows("brands", SETTINGS),
    "time_entries": _rows("time_entries", TIME_ENTRIES),
    "satisfaction_ratings": service.decode_ratings,
    "sla_policies": service.decode_policies,
    "business_hours": service.decode_business_hours,
}
_ALIASES = {alias: name for name, stream in FRESHDESK.items() for alias in stream.aliases}
