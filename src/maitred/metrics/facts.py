"""The facts that the clock engine writes: one row per ticket, SLA instance, turn, episode, assignment.

Durations are whole seconds; instants ``timestamp[us, UTC]`` at whole seconds; every duration stands in three modes
(``calendar``, ``business_all``, ``business_last``). Dimensions are those of an instant (at creation, at the first
reply, ...), never today's. Facts tables are *layered*: below lies the last full state, above it the
tickets recomputed since. Source number ``n`` owns the layers ``2 n`` (below) and ``2 n + 1`` (above): a row of an even
layer is hidden when an odd layer of ``ticket_facts`` has the ticket.
"""

from __future__ import annotations

import pyarrow as pa

MODES = ("calendar", "business_all", "business_last")
INSTANT = pa.timestamp("us", tz="UTC")
SECONDS = pa.int32()

SPANS = ("frt", "frt_any", "time_to_assign", "frt_assign", "first_resolution", "full_resolution")
STATUS_CLOCKS = ("new_time", "open_time", "pending_time", "hold_time", "awt", "rwt", "unsolved_time")
TURN_CLOCKS = ("nrt_sum", "nrt_max")

KEY = [
    pa.field("layer", pa.int32(), nullable=False),
    pa.field("source_id", pa.string(), nullable=False),
    pa.field("ticket_key", pa.int64(), nullable=False),
    pa.field("ticket_id", pa.string(), nullable=False),
]


def triple(name: str) -> list[pa.Field]:
    """The three columns of one clock: ``frt_calendar``, ``frt_business_all``, ``frt_business_last``."""
    return [pa.field(f"{name}_{mode}", SECONDS) for mode in MODES]


def _texts(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.string()) for name in names]


def _instants(*names: str) -> list[pa.Field]:
    return [pa.field(name, INSTANT) for name in names]


def _counts(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.int32(), nullable=False) for name in names]


def _flags(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.bool_(), nullable=False) for name in names]


def _triples(*names: str) -> list[pa.Field]:
    return [column for name in names for column in triple(name)]


TICKET_FACTS = pa.schema(
    [
        *KEY,
        pa.field("created_at", INSTANT, nullable=False),
        *_texts("status", "priority", "exclusion"),
        *_flags("is_open"),
        *_instants("first_reply_at", "first_assigned_at", "first_solved_at", "last_solved_at"),
        *_texts("first_reply_agent_id", "first_assignee_id", "last_assignee_id", "solver_id", "handled_by"),
        *_triples(*SPANS, *STATUS_CLOCKS),
        *_counts("nrt_n"),
        *_triples(*TURN_CLOCKS),
        *_flags("waiting_reply"),
        *_instants("waiting_since"),
        *_counts(
            "public_agent_replies",
            "bot_replies",
            "agent_comments",
            "internal_notes",
            "customer_messages",
            "unknown_comments",
            "touches",
            "assignees",
            "reassignments",
            "groups",
            "group_changes",
            "solves",
            "reopens_solves",
            "reopens_transitions",
        ),
        *_flags("one_touch", "two_touch", "multi_touch", "csat_offered"),
        *_texts("csat_first", "csat_last"),
        *_flags("csat_good_to_bad", "csat_bad_to_good"),
        *_texts("csat_agent_at_rating", "csat_agent_at_solve", "csat_agent_last_reply"),
        # beyond the export: instants, dimensions and helpers of the aggregate metrics
        *_instants("csat_rated_at", "csat_offered_at", "first_reopened_at", "excluded_at", "handoff_at"),
        *_triples("age", "frt_handoff"),
        *_texts("channel", "type", "requester_id", "organization_id", "brand_id", "form_id"),
        *_texts(
            "group_at_created",
            "group_at_first_reply",
            "group_at_first_solve",
            "group_at_last_solve",
            "group_at_rating",
            "group_last",
        ),
        *_texts("priority_at_created", "priority_at_last_solve"),
        *_counts("customer_messages_after_reply", "agents_public", "escalations_internal"),
        *_flags("history_complete"),
        pa.field("as_of", INSTANT, nullable=False),
    ]
)
"""One row per ticket; ``exclusion`` is null for tickets of the population.

``age`` is creation to as-of of open tickets: where their spans are cut off (censored). ``handoff_at`` is the last bot
message before the first human reply, ``frt_handoff`` the time from there to that reply.
"""

SLA_FACTS = pa.schema(
    [
        *KEY,
        pa.field("metric", pa.string(), nullable=False),
        pa.field("instance", pa.int32(), nullable=False),
        *_texts("policy", "priority"),
        pa.field("clock", pa.string(), nullable=False),
        pa.field("target_first_s", pa.int64(), nullable=False),
        pa.field("target_s", pa.int64(), nullable=False),
        *_counts("revisions"),
        *_instants("applied_at", "revised_at", "started_at", "ended_at"),
        pa.field("end_reason", pa.string(), nullable=False),
        pa.field("elapsed_all_s", pa.int64()),
        pa.field("elapsed_last_s", pa.int64()),
        *_instants("breach_at_all", "breach_at_last"),
        pa.field("verdict_all", pa.string(), nullable=False),
        pa.field("verdict_last", pa.string(), nullable=False),
        *_texts("exclusion", "group_id", "assignee_id", "channel", "organization_id"),
    ]
)
"""One row per SLA target instance; group and assignee are those at the end (or as-of while it runs)."""

TURN_FACTS = pa.schema(
    [
        *KEY,
        pa.field("turn", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("opened_at", INSTANT, nullable=False),
        *_instants("answered_at"),
        *_texts("answered_by", "group_id", "priority", "channel", "organization_id", "exclusion"),
        *triple("wait"),
    ]
)
"""One row per answered turn, and one per turn open at as-of (``answered_at`` null, ``wait_*`` so far: censored)."""

EPISODE_FACTS = pa.schema(
    [
        *KEY,
        pa.field("episode", pa.int32(), nullable=False),
        pa.field("started_at", INSTANT, nullable=False),
        *_instants("first_reply_at", "solved_at", "ended_at"),
        *_texts("solver_id", "group_id", "assignee_id", "priority", "channel", "organization_id", "exclusion"),
        *triple("episode_frt"),
        *triple("episode_resolution"),
    ]
)
"""One row per episode (creation or reopen to solve). ``ended_at`` = solve, closing or deletion; null while unsolved.

``episode_resolution`` of an episode that is still unsolved is the time so far (censored: ``solved_at`` is null).
"""

ASSIGNMENT_FACTS = pa.schema(
    [
        *KEY,
        pa.field("station", pa.int32(), nullable=False),
        *_texts("assignee_id", "group_id"),
        pa.field("from_at", INSTANT, nullable=False),
        *_instants("to_at"),
        *_flags("handed_on_unsolved"),
        *_texts("priority", "channel", "organization_id", "exclusion"),
    ]
)
"""One row per stretch with one non-null assignee; ``handed_on_unsolved`` when another person or group took it over."""

FACTS: dict[str, pa.Schema] = {
    "ticket_facts": TICKET_FACTS,
    "sla_facts": SLA_FACTS,
    "turn_facts": TURN_FACTS,
    "episode_facts": EPISODE_FACTS,
    "assignment_facts": ASSIGNMENT_FACTS,
}
"""Every facts table by its name."""
