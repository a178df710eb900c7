"""How long customers wait for an answer: first replies, replies to later messages, first assignment."""

from __future__ import annotations

from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric
from maitred.metrics.catalogue.modes import MODE_TEXT, MODES

_UNANSWERED = (
    "Open tickets without one enter as right-censored at as-of; a ticket that ended without one has no value and is "
    "counted as excluded."
)
_TO_FIRST = {
    "frt": (
        "First reply time",
        "From creation to the first public reply by a human agent. A bot's message or an internal note is no reply, "
        "and an agent's opening message is not one either.",
        "first_reply_agent_id",
    ),
    "frt_any": (
        "First response time, bot or human",
        "From creation to the first public message by an agent or a bot, so what an automatic answer hides shows when "
        "it is read beside `frt`.",
        "first_reply_agent_id",
    ),
    "time_to_assign": (
        "Time to first assignment",
        "From creation until a person is assigned for the first time.",
        "first_assignee_id",
    ),
}


def _first(name: str, mode: str) -> Metric:
    title, meaning, assignee = _TO_FIRST[name]
    return Metric(
        name=name,
        variant=mode,
        title=title,
        kind="duration",
        unit="seconds",
        direction="lower",
        clock=mode,
        facts="current_ticket_facts",
        at="created_at",
        basis="created",
        value=f"{name}_{mode}",
        censored="is_open",
        bound=f"age_{mode}",
        dimensions=dimensions.at_creation(assignee),
        meaning=f"{meaning} {MODE_TEXT[mode]} {_UNANSWERED}",
        default=mode == "business_all",
    )


def _after_assignment(mode: str) -> Metric:
    return Metric(
        name="frt_assign",
        variant=mode,
        title="First reply time after assignment",
        kind="duration",
        unit="seconds",
        direction="lower",
        clock=mode,
        facts="current_ticket_facts",
        at="created_at",
        basis="created",
        value=f"frt_assign_{mode}",
        dimensions=dimensions.at_creation(),
        needs_history=True,
        meaning=f"From the first assignment to the first public message of that same agent. {MODE_TEXT[mode]} Tickets "
        "on which that agent never wrote have no value and are counted as excluded.",
        default=mode == "business_all",
    )


def _after_handoff(mode: str) -> Metric:
    return Metric(
        name="frt",
        variant="handoff" if mode == "business_all" else f"handoff_{mode}",
        title="First reply time after handoff",
        kind="duration",
        unit="seconds",
        direction="lower",
        clock=mode,
        facts="current_ticket_facts",
        at="handoff_at",
        basis="handoff",
        population_text="tickets that a bot handed to a person and that are not deleted, merged or spam",
        value=f"frt_handoff_{mode}",
        dimensions=dimensions.at_creation("first_reply_agent_id"),
        meaning="From the last bot message before the first human public reply to that reply: the wait that a "
        f"person could have shortened. {MODE_TEXT[mode]} Tickets never handed over have no handoff and no row.",
    )


def _next(mode: str) -> Metric:
    return Metric(
        name="nrt",
        variant=mode,
        title="Next reply time",
        kind="duration",
        unit="seconds",
        direction="lower",
        clock=mode,
        facts="current_turn_facts",
        at="COALESCE(answered_at, as_of)",
        basis="answered; open turns: as-of",
        population="exclusion IS NULL AND kind = 'next'",
        population_text="customer turns after the first human reply, on tickets that are not deleted, merged or spam",
        value=f"CASE WHEN answered_at IS NOT NULL THEN wait_{mode} END",
        censored="answered_at IS NULL",
        bound=f"wait_{mode}",
        dimensions=dimensions.TURN,
        cluster=("ticket_key",),
        row=("turn",),
        meaning="From the oldest unanswered customer message to the public human reply, once per turn; a turn "
        f"dropped by a solve has no row. {MODE_TEXT[mode]} Turns still open are right-censored at as-of.",
        default=mode == "business_all",
    )


METRICS = (
    *(_first(name, mode) for name in _TO_FIRST for mode in MODES),
    *(_after_assignment(mode) for mode in MODES),
    *(_after_handoff(mode) for mode in MODES),
    *(_next(mode) for mode in MODES),
)
