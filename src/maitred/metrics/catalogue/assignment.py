"""How often work changes hands: reassignments, group changes, stations, tickets handed on, escalations."""

from __future__ import annotations

from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric


def _per_assigned(name: str, title: str, value: str, meaning: str) -> Metric:
    return Metric(
        name=name,
        title=title,
        kind="mean",
        unit="per_ticket",
        direction="lower",
        facts="current_ticket_facts",
        at="first_assigned_at",
        basis="first assignment",
        population_text="tickets that were assigned to somebody and are not deleted, merged or spam",
        value=value,
        dimensions=dimensions.at_creation(),
        needs_history=True,
        meaning=meaning,
        default=True,
    )


METRICS = (
    _per_assigned(
        "reassignments",
        "Reassignments per ticket",
        "reassignments",
        "Changes from one assigned person to another, per assigned ticket.",
    ),
    _per_assigned(
        "group_changes",
        "Group changes per ticket",
        "group_changes",
        "Changes from one group to another, per assigned ticket.",
    ),
    _per_assigned("stations", "People per ticket", "assignees", "Different people to whom the ticket was assigned."),
    Metric(
        name="transfer_rate",
        variant="out",
        title="Tickets handed on",
        kind="share",
        unit="share",
        direction=None,
        facts="ticket_stations",
        at="first_from_at",
        basis="first assignment to the person",
        population_text="pairs of a ticket and a person it was assigned to; tickets deleted, merged or spam left out",
        numerator="handed_on_unsolved",
        dimensions=dimensions.SPELL,
        cluster=("ticket_key",),
        row=("assignee_id",),
        needs_history=False,
        meaning="Of the tickets assigned to a person, those that went on unsolved to another person or group. Each "
        "pair of ticket and person counts once. Handing on can be right; it is not a fault by itself.",
        default=True,
    ),
    Metric(
        name="escalation_rate",
        variant="internal",
        title="Internal escalation rate",
        kind="share",
        unit="share",
        direction="lower",
        facts="current_ticket_facts",
        at="created_at",
        basis="created",
        numerator="escalations_internal >= 1",
        dimensions=dimensions.at_creation(),
        needs_history=True,
        meaning="Tickets with at least one recorded escalation inside the organisation, of all tickets created.",
        default=True,
    ),
)
