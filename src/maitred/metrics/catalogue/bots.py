"""How much of the conversation a bot takes part in, and how often people must take over."""

from __future__ import annotations

from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric

METRICS = (
    Metric(
        name="bot_involved",
        title="Bot involvement",
        kind="share",
        unit="share",
        direction=None,
        facts="current_ticket_facts",
        at="created_at",
        basis="created",
        numerator="bot_replies > 0",
        dimensions=dimensions.at_creation(),
        meaning="Tickets on which a bot wrote to the customer, of all tickets created. Every ticket counts as "
        "eligible; filter by channel where a bot answers only some.",
        default=True,
    ),
    Metric(
        name="handoff_rate",
        title="Handoff rate",
        kind="share",
        unit="share",
        direction="lower",
        facts="current_ticket_facts",
        at="created_at",
        basis="created",
        population="exclusion IS NULL AND bot_replies > 0",
        population_text="tickets on which a bot wrote to the customer and that are not deleted, merged or spam",
        numerator="handled_by = 'mixed'",
        dimensions=dimensions.at_creation(),
        meaning="Of the tickets on which a bot wrote, those on which a person wrote to the customer as well.",
        default=True,
    ),
)
