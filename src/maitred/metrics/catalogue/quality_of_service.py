"""Whether the problem was really solved, and with how much back and forth: reopens, contact resolution, touches."""

from __future__ import annotations

from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric

_SOLVED_TEXT = "tickets with a solve at least 7 days before as-of that are not deleted, merged or spam"
_QUIET = (
    "NOT COALESCE(UNIX_MICROS(first_reopened_at) - UNIX_MICROS(first_solved_at) <= 604800000000, FALSE)"
    " AND NOT COALESCE(UNIX_MICROS(next_contact_at) - UNIX_MICROS(first_solved_at) <= 604800000000, FALSE)"
)
_ANY_CONTACT = (
    "Until contact reasons exist in the house, any new ticket of that customer in those 7 days counts as a new contact."
)


def _after_solve(
    name: str, variant: str, title: str, numerator: str, meaning: str, *, higher: bool, recontact: bool = False
) -> Metric:
    return Metric(
        name=name,
        variant=variant,
        title=title,
        kind="share",
        unit="share",
        direction="higher" if higher else "lower",
        facts="ticket_recontact" if recontact else "current_ticket_facts",
        at="first_solved_at",
        basis="first solve",
        population_text=_SOLVED_TEXT,
        numerator=numerator,
        maturity_days=7,
        dimensions=dimensions.at_first_solve(),
        needs_history=True,
        meaning=meaning,
        default=True,
    )


def _per_ticket(name: str, title: str, value: str, meaning: str) -> Metric:
    return Metric(
        name=name,
        title=title,
        kind="mean",
        unit="per_ticket",
        direction="lower",
        facts="current_ticket_facts",
        at="last_solved_at",
        basis="last solve",
        population="exclusion IS NULL AND NOT is_open",
        population_text="tickets solved or closed at as-of that are not deleted, merged or spam",
        value=value,
        dimensions=dimensions.at_last_solve(),
        meaning=meaning,
        default=True,
    )


METRICS = (
    _after_solve(
        "reopen_rate",
        "transitions",
        "Reopen rate",
        "reopens_transitions >= 1",
        "Solved tickets that went back from solved to new or open at least once, whatever the reason (a thank-you "
        "too). Tickets solved within 7 days before as-of are left out: they have not had the time to be reopened.",
        higher=False,
    ),
    _after_solve(
        "reopen_rate",
        "solves",
        "Solved-again rate",
        "reopens_solves >= 1",
        "Solved tickets that were solved more than once, the vendor's way of counting reopens. Tickets solved within 7 "
        "days before as-of are left out.",
        higher=False,
    ),
    Metric(
        name="one_touch_rate",
        title="One-touch rate",
        kind="share",
        unit="share",
        direction="higher",
        facts="current_ticket_facts",
        at="last_solved_at",
        basis="last solve",
        population="exclusion IS NULL AND NOT is_open",
        population_text="tickets solved or closed at as-of that are not deleted, merged or spam",
        numerator="one_touch",
        dimensions=dimensions.at_last_solve(),
        needs_history=True,
        meaning="Solved with exactly one public human reply and never reopened. Tickets without a human reply count in "
        "the denominator.",
        default=True,
    ),
    _after_solve(
        "fcr",
        "no_recontact_7d",
        "First contact resolution: no new contact in 7 days",
        _QUIET,
        "Solved, and in the 7 days after the first solve neither reopened nor followed by a new ticket of the same "
        f"customer on any channel. {_ANY_CONTACT}",
        higher=True,
        recontact=True,
    ),
    _after_solve(
        "fcr",
        "one_reply",
        "First contact resolution: one reply",
        "public_agent_replies = 1",
        "Solved with exactly one public human reply.",
        higher=True,
    ),
    _after_solve(
        "fcr",
        "no_customer_reply",
        "First contact resolution: customer did not write again",
        "first_reply_at IS NOT NULL AND customer_messages_after_reply = 0",
        "Solved, answered, and without a customer message after the first human reply. A thank-you counts as a "
        "message.",
        higher=True,
    ),
    _after_solve(
        "fcr",
        "one_teammate_closed_once",
        "First contact resolution: one teammate, closed once",
        "agents_public = 1 AND solves = 1",
        "Solved exactly once with public replies by one human only.",
        higher=True,
    ),
    _after_solve(
        "durable_resolution",
        "bot",
        "Durable resolution by bot",
        f"handled_by = 'bot' AND {_QUIET}",
        "Tickets on which only a bot wrote to the customer, solved, and neither reopened nor followed by a new "
        f"ticket of that customer within 7 days; of all tickets solved, so bot and human parts add up. {_ANY_CONTACT}",
        higher=True,
        recontact=True,
    ),
    _after_solve(
        "durable_resolution",
        "human",
        "Durable resolution by people",
        f"handled_by = 'human' AND {_QUIET}",
        "Tickets on which only people wrote to the customer, solved, and neither reopened nor followed by a new "
        f"ticket of that customer within 7 days; of all tickets solved, so bot and human parts add up. {_ANY_CONTACT}",
        higher=True,
        recontact=True,
    ),
    _per_ticket(
        "touches",
        "Touches per ticket",
        "touches",
        "Distinct moments at which a human agent did something to the ticket.",
    ),
    _per_ticket(
        "public_replies",
        "Public replies per ticket",
        "public_agent_replies",
        "Public messages by human agents to the customer, per solved ticket.",
    ),
    _per_ticket(
        "messages",
        "Messages per ticket",
        "public_agent_replies + bot_replies + customer_messages",
        "Public messages by customer, agents and bots together.",
    ),
)
