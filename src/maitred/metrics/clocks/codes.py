"""Numbers by which the kernel knows fields, statuses, actors, clocks and output columns."""

from __future__ import annotations

from maitred.canon.tables import SLA_METRICS, STATUSES

NULL32 = -(1 << 31)
NULL64 = -(1 << 63)

# row classes, in the order in which rows of one instant are read
CLASS_SCHEDULE, CLASS_COMMENT, CLASS_FIELD = 1, 2, 3

# fields of class 3
FIELD_STATUS, FIELD_ASSIGNEE, FIELD_GROUP, FIELD_PRIORITY, FIELD_POLICY, FIELD_RATING = 0, 1, 2, 3, 4, 5
FIELD_ESCALATED = 6
FIELD_TARGET = 10  # FIELD_TARGET + metric number: an SLA target set or cleared
FIELD_OTHER = 100  # FIELD_OTHER + n: any other field; counts as a touch only

STATUS = {name: number for number, name in enumerate(STATUSES)}
NEW, OPEN, PENDING, HOLD, SOLVED, CLOSED, DELETED, SPAM = range(8)

CUSTOMER, AGENT, BOT, SYSTEM, UNKNOWN, UNRESOLVED = range(6)
ACTOR = {"customer": CUSTOMER, "agent": AGENT, "bot": BOT, "system": SYSTEM, "unknown": UNRESOLVED}

METRIC = {name: number for number, name in enumerate(SLA_METRICS)}
(
    FIRST_REPLY,
    NEXT_REPLY,
    PERIODIC_UPDATE,
    PAUSABLE_UPDATE,
    REQUESTER_WAIT,
    AGENT_WORK,
    TOTAL_RESOLUTION,
    GROUP_OWNERSHIP,
) = range(8)
CUMULATIVE = (REQUESTER_WAIT, AGENT_WORK, TOTAL_RESOLUTION)

# rating values
RATING_NONE, RATING_OFFERED, RATING_GOOD, RATING_BAD, RATING_OTHER = 0, 1, 2, 3, 4

# ends and verdicts of SLA instances
END_REASONS = ("open", "reply", "solved", "reassigned", "cancelled", "deleted")
END_OPEN, END_REPLY, END_SOLVED, END_REASSIGNED, END_CANCELLED, END_DELETED = range(6)
VERDICTS = ("met", "breached", "overdue", "running", "cancelled", "cannot_tell")
MET, BREACHED, OVERDUE, RUNNING, CANCELLED, CANNOT_TELL = range(6)

# columns of the kernel's int32 output (one row of the matrix per column)
_TRIPLES = (
    "frt",
    "frt_any",
    "time_to_assign",
    "frt_assign",
    "first_resolution",
    "full_resolution",
    "new_time",
    "open_time",
    "pending_time",
    "hold_time",
    "awt",
    "rwt",
    "unsolved_time",
    "nrt_sum",
    "nrt_max",
    "age",
    "frt_handoff",
)
COLUMNS32: tuple[str, ...] = (
    *(f"{name}_{mode}" for name in _TRIPLES for mode in ("calendar", "business_all", "business_last")),
    "nrt_n",
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
    "customer_messages_after_reply",
    "agents_public",
    "escalations_internal",
    "status",
    "handled_by",
    "csat_offered",
    "csat_first",
    "csat_last",
    # codes into the text pool
    "priority",
    "first_reply_agent_id",
    "first_assignee_id",
    "last_assignee_id",
    "solver_id",
    "csat_agent_at_rating",
    "csat_agent_at_solve",
    "csat_agent_last_reply",
    "group_at_created",
    "group_at_first_reply",
    "group_at_first_solve",
    "group_at_last_solve",
    "group_at_rating",
    "group_last",
    "priority_at_created",
    "priority_at_last_solve",
)
COLUMNS64: tuple[str, ...] = (
    "first_reply_at",
    "first_assigned_at",
    "first_solved_at",
    "last_solved_at",
    "waiting_since",
    "csat_rated_at",
    "csat_offered_at",
    "first_reopened_at",
    "excluded_at",
    "handoff_at",
)
C32 = {name: number for number, name in enumerate(COLUMNS32)}
C64 = {name: number for number, name in enumerate(COLUMNS64)}

HANDLED = ("none", "human", "bot", "mixed")

SLA_COLUMNS = (
    "ticket",
    "metric",
    "policy",
    "priority",
    "business",
    "target_first_s",
    "target_s",
    "revisions",
    "applied_at",
    "revised_at",
    "started_at",
    "ended_at",
    "end_reason",
    "elapsed_all_s",
    "elapsed_last_s",
    "breach_at_all",
    "breach_at_last",
    "verdict_all",
    "verdict_last",
    "group_id",
    "assignee_id",
)
TURN_COLUMNS = (
    "ticket",
    "next",
    "opened_at",
    "answered_at",
    "answered_by",
    "group_id",
    "priority",
    "wait_calendar",
    "wait_business_all",
    "wait_business_last",
)
EPISODE_COLUMNS = (
    "ticket",
    "started_at",
    "first_reply_at",
    "solved_at",
    "ended_at",
    "solver_id",
    "group_id",
    "assignee_id",
    "priority",
    "episode_frt_calendar",
    "episode_frt_business_all",
    "episode_frt_business_last",
    "episode_resolution_calendar",
    "episode_resolution_business_all",
    "episode_resolution_business_last",
)
ASSIGNMENT_COLUMNS = ("ticket", "assignee_id", "group_id", "from_at", "to_at", "handed_on_unsolved", "priority")

# marks of the trace that the ledger is built from
(
    MARK_SCHEDULE,
    MARK_STATUS,
    MARK_COMMENT,
    MARK_TARGET,
    MARK_TURN_OPEN,
    MARK_TURN_END,
    MARK_ASSIGN,
    MARK_REPLY,
    MARK_GROUP,
) = range(1, 10)
TRACE_COLUMNS = ("ticket", "at", "mark", "value", "row")
