"""The canonical tables as Arrow schemas: the one shape into which every helpdesk's records are brought.

Types: instants are ``timestamp[us, UTC]``, ids are the vendor's id as text, JSON is text with sorted keys.
Every table opens with the common columns; ``TICKET_BOUND`` tables also carry ``ticket_key`` (see ``canon.keys``).
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
FLAG = pa.bool_()
INT4 = pa.int32()
INT8 = pa.int64()
FLOAT8 = pa.float64()
DATE = pa.date32()
TEXTS = pa.list_(pa.string())
HASH16 = pa.binary(16)

_TYPES = {"s": TEXT, "b": FLAG, "i4": INT4, "i8": INT8, "f8": FLOAT8, "t": INSTANT, "d": DATE, "l": TEXTS, "j": TEXT}

COMMON = pa.schema(
    [
        pa.field("source_id", TEXT, nullable=False),
        pa.field("external_id", TEXT, nullable=False),
        pa.field("source_updated_at", INSTANT, nullable=False),
        pa.field("raw_hash", pa.binary(), nullable=False),
        pa.field("load_seq", INT8, nullable=False),
        pa.field("first_seen_at", INSTANT, nullable=False),
        pa.field("last_synced_at", INSTANT, nullable=False),
        pa.field("deleted_at", INSTANT),
        pa.field("delete_kind", TEXT),
        pa.field("raw_ref", TEXT),
    ]
)
BOOKKEEPING = ("raw_hash", "load_seq", "first_seen_at", "last_synced_at", "raw_ref")
"""Columns about our loading, not about the record; left out of exports and of the canonical hash."""

STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted", "spam")
PRIORITIES = ("low", "normal", "high", "urgent")
CHANNELS = ("email", "web", "chat", "phone", "social", "messaging", "api", "other")
ACTOR_TYPES = ("customer", "agent", "bot", "system", "unknown")
SLA_METRICS = (
    "first_reply",
    "next_reply",
    "periodic_update",
    "pausable_update",
    "requester_wait",
    "agent_work",
    "total_resolution",
    "group_ownership",
)


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table.

    ``partition`` names the int32 month column (``YYYYMM``) and ``partition_of`` the instant that it is cut from.
    The primary key is ``(source_id, external_id)``.
    """

    name: str
    schema: pa.Schema
    partition: str | None = None
    partition_of: str | None = None

    @property
    def ticket_bound(self) -> bool:
        return "ticket_key" in self.schema.names


def _fields(spec: str) -> list[pa.Field]:
    """Read ``name type[!]`` pairs separated by commas; ``!`` means not null."""
    fields = []
    for part in spec.split(","):
        name, kind = part.split()
        fields.append(pa.field(name, _TYPES[kind.rstrip("!")], nullable=not kind.endswith("!")))
    return fields


def _table(name: str, spec: str, *, month: tuple[str, str] | None = None, bound: bool = False) -> Table:
    fields = list(COMMON)
    if bound:
        fields.append(pa.field("ticket_key", INT8, nullable=False))
    fields += _fields(spec)
    if month is not None:
        fields.append(pa.field(month[0], INT4, nullable=False))
    return Table(name, pa.schema(fields), *(month or (None, None)))


_ALL = (
    _table(
        "tickets",
        "number s, subject s, status_raw s!, status s!, priority_raw s, priority s, type s, channel_raw s,"
        "channel s!, requester_id s, submitter_id s, assignee_id s, group_id s, organization_id s, brand_id s,"
        "form_id s, product_id s, parent_id s, merged_into_id s, tags l!, is_escalated b, created_at t!,"
        "updated_at t!, due_at t, vendor_first_reply_due_at t, vendor_first_replied_at t, vendor_solved_at t,"
        "vendor_closed_at t, vendor_values j, satisfaction_hint s, custom j!, history_from t",
        month=("created_month", "created_at"),
        bound=True,
    ),
    _table(
        "ticket_events",
        "ticket_id s!, occurred_at t!, seq i4!, actor_id s, actor_type s!, via s, rule_id s, field s!, old_value s,"
        "new_value s, old_raw s, new_raw s, provenance s!, uncertainty_s i8!, batch_id s",
        month=("occurred_month", "occurred_at"),
        bound=True,
    ),
    _table(
        "messages",
        "ticket_id s!, author_id s, author_type s!, direction s!, is_public b!, channel s, sent_at t!,"
        "body_text s!, body_html_ref s, attachments_count i4!, attachments j, in_reply_to s, is_first b!,"
        "automated b!, redacted_at t",
        month=("sent_month", "sent_at"),
        bound=True,
    ),
    _table(
        "users",
        "name s, email s, phone s, role s!, active b!, organization_id s, group_default_id s, time_zone s,"
        "time_zone_raw s, locale s, created_at t, last_login_at t, suspended b!, tags l!, custom j!",
    ),
    _table("groups", "name s, is_queue b!"),
    _table("group_members", "user_id s!, group_id s!, is_default b, valid_from t!, valid_to t"),
    _table(
        "organizations",
        "name s!, domains l!, tier s, health_score s, industry s, plan s, arr f8, currency s, renewal_date d,"
        "owner_id s, parent_id s, tags l!, custom j!, known_at t",
    ),
    _table(
        "satisfaction",
        "ticket_id s, requester_id s, agent_id s, group_id s, kind s!, scale s!, score_raw s!, score_5 f8, is_good b,"
        "comment s, reason s, offered_at t, rated_at t, revised_at t",
        bound=True,
    ),
    _table("sla_policies", "name s, position i4, filter j, active b, valid_from t!, valid_to t"),
    _table(
        "sla_targets",
        "policy_id s!, metric s!, priority s, target_s i8!, business_hours b!, schedule_id s, valid_from t!,valid_to t",
    ),
    _table(
        "sla_events",
        "ticket_id s!, metric s!, instance i4!, type s!, at t!, actor_id s, policy_id s, policy_name s, target_s i8,"
        "in_business_hours b, vendor_elapsed_cal_s i8, vendor_elapsed_bus_s i8, provenance s!",
        month=("at_month", "at"),
        bound=True,
    ),
    _table("schedules", "name s, tz s!, tz_raw s, is_default b!, created_at t, valid_from t!, valid_to t"),
    _table("schedule_intervals", "schedule_id s!, weekday i4!, start_min i4!, end_min i4!, valid_from t, valid_to t"),
    _table("schedule_versions", "schedule_id s!, changed_at t!, intervals_before j, intervals_after j"),
    _table("schedule_holidays", "schedule_id s!, name s, start_date d!, end_date d!"),
    _table("ticket_schedules", "ticket_id s!, schedule_id s!, valid_from t!", bound=True),
    _table("ticket_tags", "ticket_id s!, tag s!", bound=True),
    _table(
        "time_entries",
        "ticket_id s!, user_id s!, spent_s i8!, started_at t, executed_at t, billable b, note s",
        bound=True,
    ),
    *(
        _table(name, "name s, active b, position i4, definition j")
        for name in ("brands", "ticket_forms", "ticket_fields", "custom_statuses", "views", "macros")
    ),
    *(
        _table(
            name,
            "ticket_id s, agent_id s, channel s, started_at t, answered_at t, ended_at t, wait_s i8, talk_s i8,"
            "wrap_s i8, outcome s",
            bound=True,
        )
        for name in ("calls", "engagements")
    ),
    _table("tombstones", "table_name s!, reason s!, seen_at t!, evidence j"),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
"""Every canonical table by its name."""
