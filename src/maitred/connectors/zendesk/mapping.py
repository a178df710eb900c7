"""Zendesk's records in canonical form: which field becomes which column, for live sync, webhooks and file imports
alike.

``decode`` is pure and total. Each stream has a literal field table here or, for what happened to tickets, in
``events``, for service levels, schedules and ratings in ``service``.

Deliberate: a deleted ticket keeps its row, with status ``deleted`` and ``delete_kind`` soft or hard but no
``deleted_at``,
because Zendesk keeps it in its export as a status. A ticket's ``description`` is not a message: it is the first
comment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.decoded import Decoded
from maitred.connectors.page import Field, Page, Record
from maitred.connectors.streams import ZENDESK
from maitred.connectors.zendesk import events, service
from maitred.connectors.zendesk.words import CHANNELS, PRIORITIES, ROLES, STATUSES

STREAMS: dict[str, tuple[str, ...]] = {name: stream.feeds for name, stream in ZENDESK.items()}
"""Stream to the canonical tables that it feeds."""


def decode(stream: str, records: Sequence[object]) -> Decoded:
    """Canonical rows of one page of a Zendesk stream.

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


def _custom_fields(ticket: Record) -> Any:
    """``custom_fields [{id, value}]`` by id, with the custom status beside them, since a view needs its label."""
    pairs = ticket.get("custom_fields")
    if pairs is None:
        pairs = ticket.get("fields")
    custom: dict[str, Any] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, dict) and pair.get("value") is not None and (key := c.id_text(pair.get("id"))):
            custom[key] = pair["value"]
    if isinstance(pairs, dict):
        custom = dict(pairs)
    status = c.id_text(ticket.get("custom_status_id"))
    if status is not None:
        custom["custom_status_id"] = status
    return custom


def _delete_kind(ticket: Record) -> str | None:
    if ticket.get("status") != "deleted":
        return None
    return "hard" if ticket.get("subject") == "SCRUBBED" and ticket.get("description") in ("SCRUBBED", None) else "soft"


def _sideloaded_metrics(ticket: Record) -> Any:
    metrics = ticket.get("metric_set") or ticket.get("metrics")
    return metrics if isinstance(metrics, dict) else None


def _rating_hint(ticket: Record) -> Any:
    rating = ticket.get("satisfaction_rating")
    if not isinstance(rating, dict):
        return None
    return c.plain_json({key: rating.get(key) for key in ("id", "score", "comment")})


TICKETS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "generated_timestamp|updated_at|created_at", c.instant),
    Field("delete_kind", ".", c.of(_delete_kind, c.text)),
    Field("number", "id", c.ident),
    Field("subject", "subject|raw_subject", c.text),
    Field("status_raw", "status", c.text),
    Field("status", "status", c.choice(STATUSES, "open")),
    Field("priority_raw", "priority", c.text),
    Field("priority", "priority", c.choice(PRIORITIES, None)),
    Field("type", "type", c.text),
    Field("channel_raw", "via.channel", c.text),
    Field("channel", "via.channel", c.choice(CHANNELS, "other", "other")),
    Field("requester_id", "requester_id", c.ident),
    Field("submitter_id", "submitter_id", c.ident),
    Field("assignee_id", "assignee_id", c.ident),
    Field("group_id", "group_id", c.ident),
    Field("organization_id", "organization_id", c.ident),
    Field("brand_id", "brand_id", c.ident),
    Field("form_id", "ticket_form_id", c.ident),
    Field("parent_id", "problem_id", c.ident),
    Field("tags", "tags", c.texts),
    Field("created_at", "created_at", c.instant),
    Field("updated_at", "updated_at|created_at", c.instant),
    Field("due_at", "due_at", c.instant_if_any),
    Field("vendor_solved_at", "metric_set.solved_at", c.instant_if_any),
    Field("vendor_values", ".", c.of(_sideloaded_metrics, c.json_text)),
    Field("satisfaction_hint", ".", c.of(_rating_hint, c.text)),
    Field("custom", ".", c.of(_custom_fields, c.json_object)),
)


def _role(user: Record) -> Any:
    role = user.get("role")
    if _is_bot(user):
        return "bot"
    return "light" if role == "agent" and user.get("role_type") == 1 else role


def _is_bot(user: Record) -> bool:
    """An account marks its bots by the tag ``bot`` or by the user field ``is_bot``."""
    tags, fields = user.get("tags"), user.get("user_fields")
    tagged = isinstance(tags, list) and "bot" in tags
    return tagged or (isinstance(fields, dict) and fields.get("is_bot") in (True, "true", "1", "yes"))


USERS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("name", "name", c.text),
    Field("email", "email", c.text),
    Field("phone", "phone", c.text),
    Field("role", ".", c.of(_role, c.choice({**ROLES, "light": "light", "bot": "bot"}, "end_user", "end_user"))),
    Field("active", "active", c.flag(True)),
    Field("organization_id", "organization_id", c.ident),
    Field("group_default_id", "default_group_id", c.ident),
    Field("time_zone", "iana_time_zone|time_zone", c.zone_if_any),
    Field("time_zone_raw", "time_zone", c.text),
    Field("locale", "locale", c.text),
    Field("created_at", "created_at", c.instant_if_any),
    Field("last_login_at", "last_login_at", c.instant_if_any),
    Field("suspended", "suspended", c.flag(False)),
    Field("tags", "tags", c.texts),
    Field("custom", "user_fields", c.json_object),
)


def _deletion(record: Record) -> Any:
    """When a record was deleted, for the kinds of record that say so by ``deleted: true`` or ``deleted_at``."""
    if record.get("deleted") is True:
        return record.get("deleted_at") or record.get("updated_at") or record.get("created_at")
    return record.get("deleted_at")


_DELETED = (
    Field("deleted_at", ".", c.of(_deletion, c.instant_if_any)),
    Field("delete_kind", ".", c.of(lambda record: "soft" if _deletion(record) else None, c.text)),
)
GROUPS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    *_DELETED,
    Field("name", "name", c.text),
    Field("is_queue", "", c.always(False)),
)
GROUP_MEMBERS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("user_id", "user_id", c.ident),
    Field("group_id", "group_id", c.ident),
    Field("is_default", "default", c.flag()),
    Field("valid_from", "created_at", c.instant_or_epoch),
)
ORGANIZATIONS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    *_DELETED,
    Field("name", "name", c.text),
    Field("domains", "domain_names", c.texts),
    Field("tier", "organization_fields.tier|organization_fields.account_tier", c.text),
    Field("health_score", "organization_fields.health_score", c.text),
    Field("industry", "organization_fields.industry", c.text),
    Field("plan", "organization_fields.plan", c.text),
    Field("arr", "organization_fields.arr|organization_fields.annual_recurring_revenue", c.decimal_if_any),
    Field("currency", "organization_fields.currency", c.text),
    Field("renewal_date", "organization_fields.renewal_date|organization_fields.renewal", c.day_if_any),
    Field("owner_id", "organization_fields.owner_id|organization_fields.account_owner", c.ident),
    Field("tags", "tags", c.texts),
    Field("custom", "organization_fields", c.json_object),
    Field("known_at", "updated_at|created_at", c.instant_if_any),
)

_ENVELOPE = frozenset(("id", "url", "name", "title", "position", "active", "created_at", "updated_at", "deleted_at"))


def _definition(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in _ENVELOPE}


SETTINGS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    *_DELETED,
    Field("name", "name|title|agent_label", c.text),
    Field("active", "active", c.flag()),
    Field("position", "position", c.whole),
    Field("definition", ".", c.of(_definition, c.json_text)),
)
"""Brands, forms, fields, statuses, views and macros: the name, and the rest of the record as its definition."""

Decoder = Callable[[Page], None]


def _rows(table: str, fields: tuple[Field, ...]) -> Decoder:
    def decoder(page: Page) -> None:
        page.add(table, fields)

    return decoder


_DECODERS: dict[str, Decoder] = {
    "tickets": _rows("tickets", TICKETS),
    "users": _rows("users", USERS),
    "groups": _rows("groups", GROUPS),
    "group_memberships": _rows("group_members", GROUP_MEMBERS),
    "organizations": _rows("organizations", ORGANIZATIONS),
    **{
        name: _rows(name, SETTINGS)
        for name in ("brands", "ticket_forms", "ticket_fields", "custom_statuses", "views", "macros")
    },
    "ticket_events": events.decode_audits,
    "ticket_audits": events.decode_audits,
    "ticket_comments": events.decode_comments,
    "schedules": service.decode_schedules,
    "holidays": service.decode_holidays,
    "slas_policies": service.decode_policies,
    "ticket_metric_events": service.decode_metric_events,
    "satisfaction_ratings": service.decode_ratings,
    "survey_responses": service.decode_survey_responses,
}
_ALIASES = {alias: name for name, stream in ZENDESK.items() for alias in stream.aliases}
