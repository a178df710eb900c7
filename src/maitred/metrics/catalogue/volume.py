"""How much work comes in, goes out and waits: arrivals, solves, net flow, backlog and its age."""

from __future__ import annotations

from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric

_BACKLOG_TEXT = "tickets unsolved at the instant that are not deleted, merged or spam"

METRICS = (
    Metric(
        name="arrivals",
        title="Tickets created",
        kind="count",
        unit="tickets",
        direction=None,
        facts="current_ticket_facts",
        at="created_at",
        basis="created",
        dimensions=dimensions.at_creation() | {"status": "status"},
        meaning="Tickets created in the period. Deleted, merged and spam tickets are left out and counted apart.",
        default=True,
    ),
    Metric(
        name="arrivals",
        variant="excluded",
        title="Tickets created and later excluded",
        kind="count",
        unit="tickets",
        direction=None,
        facts="current_ticket_facts",
        at="created_at",
        basis="created",
        population="exclusion IS NOT NULL",
        population_text="tickets that are deleted, merged or spam",
        dimensions=dimensions.at_creation() | {"exclusion": "exclusion"},
        meaning="Tickets created in the period that are deleted, merged or spam by now: the part that `arrivals` "
        "leaves out.",
    ),
    Metric(
        name="solved",
        title="Tickets solved",
        kind="count",
        unit="tickets",
        direction=None,
        facts="current_ticket_facts",
        at="last_solved_at",
        basis="last solve",
        dimensions=dimensions.at_last_solve(),
        needs_history=True,
        meaning="Tickets with a solve, each counted once, in the period of its last solve.",
        default=True,
    ),
    Metric(
        name="net_flow",
        title="Net flow",
        kind="count",
        unit="tickets",
        direction=None,
        facts="ticket_flow",
        at="happened_at",
        basis="created; last solve",
        value="step",
        population_text="arrivals and solves of tickets that are not deleted, merged or spam",
        dimensions=dimensions.SPELL | {"type": "type", "brand": "brand_id", "form": "form_id"},
        row=("step",),
        meaning="Arrivals minus solves: above zero the backlog grows. Its rows are the arrivals and the solves, so "
        "n is "
        "their number, not their difference.",
        default=True,
    ),
    Metric(
        name="backlog",
        title="Backlog",
        kind="snapshot_count",
        unit="tickets",
        direction="lower",
        facts="ticket_backlog",
        at="started_at",
        until="ended_at",
        basis="snapshot",
        population_text=_BACKLOG_TEXT,
        dimensions=dimensions.BACKLOG,
        needs_history=True,
        meaning="Tickets unsolved at an instant: the end (23:59:59 in the report zone) of the last day of the "
        "period or "
        "bucket, or as-of where that is earlier. The vendor's own snapshot is taken about 23:00.",
        default=True,
    ),
    Metric(
        name="backlog_age",
        variant="since_creation",
        title="Age of the backlog",
        kind="snapshot_duration",
        unit="seconds",
        direction="lower",
        clock="calendar",
        facts="ticket_backlog",
        at="started_at",
        until="ended_at",
        basis="snapshot",
        value="(UNIX_MICROS(snapshot_at) - UNIX_MICROS(created_at)) DIV 1000000",
        population_text=_BACKLOG_TEXT,
        dimensions=dimensions.BACKLOG,
        needs_history=True,
        meaning="Wall time since creation of the tickets unsolved at the instant. Tickets that are already solved "
        "are not "
        "in it, so a falling age may mean that old tickets were closed or that many new ones came.",
        default=True,
    ),
    Metric(
        name="backlog_age",
        variant="since_customer",
        title="Time that customers have been waiting",
        kind="duration",
        unit="seconds",
        direction="lower",
        clock="calendar",
        facts="current_ticket_facts",
        at="as_of",
        basis="as-of",
        population="exclusion IS NULL AND is_open AND waiting_reply",
        population_text="tickets unsolved at as-of on which a customer message is unanswered",
        value="(UNIX_MICROS(as_of) - UNIX_MICROS(waiting_since)) DIV 1000000",
        dimensions=dimensions.at_creation("last_assignee_id") | {"group": "group_last", "team": "group_last"},
        meaning="Wall time since the oldest unanswered customer message of each unsolved ticket, at as-of.",
    ),
)
