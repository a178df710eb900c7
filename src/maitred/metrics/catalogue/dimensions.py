"""Which column stands for a dimension at which instant: group at creation is not group at the solve.

``team`` is the helpdesk group until teams exist in the house; ``account`` is the customer's organisation.
"""

from __future__ import annotations

IDENTIFIED = frozenset({"group", "team", "assignee", "account", "brand", "form"})
"""Dimensions whose values are vendor ids and so mean something only together with their source."""

PERIODS = ("day", "week", "month")
"""Calendar buckets of the time basis in the report time zone; every metric has them."""

_TICKET = {
    "channel": "channel",
    "account": "organization_id",
    "type": "type",
    "brand": "brand_id",
    "form": "form_id",
    "source": "source_id",
}


def _ticket(group: str, priority: str, assignee: str = "") -> dict[str, str]:
    named = {"group": group, "team": group, "priority": priority, **({"assignee": assignee} if assignee else {})}
    return named | _TICKET


def at_creation(assignee: str = "first_assignee_id") -> dict[str, str]:
    """Ticket dimensions at creation; ``assignee`` names the column of who is held to have done the work."""
    return _ticket("group_at_created", "priority_at_created", assignee)


def at_first_solve(assignee: str = "solver_id") -> dict[str, str]:
    """Ticket dimensions at the first solve (the priority is the one at creation)."""
    return _ticket("group_at_first_solve", "priority_at_created", assignee)


def at_last_solve(assignee: str = "solver_id") -> dict[str, str]:
    """Ticket dimensions at the last solve."""
    return _ticket("group_at_last_solve", "priority_at_last_solve", assignee)


def at_first_reply() -> dict[str, str]:
    """Ticket dimensions at the first human reply (the priority is the one at creation)."""
    return _ticket("group_at_first_reply", "priority_at_created", "first_reply_agent_id")


def at_rating(assignee: str, group: str = "group_at_rating") -> dict[str, str]:
    """Ticket dimensions at the last rating, for the person that the attribution rule names."""
    return _ticket(group, "priority_at_last_solve", assignee)


TURN = {
    "group": "group_id",
    "team": "group_id",
    "assignee": "answered_by",
    "priority": "priority",
    "channel": "channel",
    "account": "organization_id",
    "source": "source_id",
}
"""Dimensions of a turn: group and priority when it was answered, and who answered."""

SPELL = TURN | {"assignee": "assignee_id"}
"""Dimensions of an episode or of one stretch with one assignee."""

TARGET = SPELL | {"policy": "policy", "sla_metric": "metric", "clock": "clock"}
"""Dimensions of an SLA target instance: group and assignee at its end."""

BACKLOG = SPELL | {"type": "type", "brand": "brand_id", "form": "form_id"}
"""Dimensions of an unsolved ticket."""

ANSWER = {
    "group": "group_id",
    "team": "group_id",
    "assignee": "agent_id",
    "source": "source_id",
}
"""Dimensions of a survey answer, as the helpdesk recorded them with it."""

REVIEW = {
    "group": "group_id",
    "team": "group_id",
    "assignee": "agent_id",
    "priority": "priority",
    "channel": "channel",
    "account": "organization_id",
    "type": "type",
    "brand": "brand_id",
    "form": "form_id",
    "source": "source_id",
}
"""Dimensions of a review: who was reviewed, and its ticket at the first human reply; without one, its group now."""

NOT_OF_PEOPLE = {name: column for name, column in ANSWER.items() if name != "assignee"}
"""Dimensions of an answer that is never shown for single persons."""
