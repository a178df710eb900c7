"""How long problems stay unsolved: resolution spans, and the time that tickets spend in each state."""

from __future__ import annotations

from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric
from maitred.metrics.catalogue.modes import MODE_TEXT, MODES

_SPANS = {
    "first_resolution": (
        "First resolution time",
        "From creation to the first solve.",
        "first_solved_at",
        "first solve",
    ),
    "full_resolution": (
        "Full resolution time",
        "From creation to the last solve; a reopened ticket is not resolved until it is solved again.",
        "last_solved_at",
        "last solve",
    ),
}
_STATES = {
    "rwt": (
        "Requester wait time",
        "rwt",
        "Time in new, open and hold: the customer waits for us or for a third party.",
    ),
    "awt": ("Agent work time", "awt", "Time in new and open: the ticket waits for us. It is not handle time."),
    "agent_wait": ("Agent wait time", "pending_time", "Time in pending: we wait for the customer."),
    "hold_time": ("On-hold time", "hold_time", "Time in hold: we wait for a third party."),
    "unsolved_time": ("Unsolved time", "unsolved_time", "Time in new, open, pending and hold together."),
}


def _span(name: str, mode: str) -> Metric:
    title, meaning, _, _ = _SPANS[name]
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
        dimensions=dimensions.at_creation("solver_id"),
        needs_history=True,
        meaning=f"{meaning} {MODE_TEXT[mode]} Tickets still open enter as right-censored at as-of, so the figure "
        "does not improve when hard tickets stay open.",
        default=mode == "business_all",
    )


def _span_at_solve(name: str, mode: str) -> Metric:
    title, meaning, solved_at, basis = _SPANS[name]
    first = name == "first_resolution"
    return Metric(
        name=name,
        variant=mode,
        attribution="solve",
        title=f"{title} of tickets solved",
        kind="duration",
        unit="seconds",
        direction="lower",
        clock=mode,
        facts="current_ticket_facts",
        at=solved_at,
        basis=basis,
        value=f"{name}_{mode}",
        dimensions=dimensions.at_first_solve() if first else dimensions.at_last_solve(),
        needs_history=True,
        meaning=f"{meaning} {MODE_TEXT[mode]} Counted when solved and of solved tickets only: it describes the work "
        "finished in a period, and says nothing about tickets that stay open.",
    )


def _episode(mode: str) -> Metric:
    return Metric(
        name="episode_resolution",
        variant=mode,
        title="Episode resolution time",
        kind="duration",
        unit="seconds",
        direction="lower",
        clock=mode,
        facts="current_episode_facts",
        at="started_at",
        basis="episode start",
        population_text="episodes (creation or reopen to solve) of tickets that are not deleted, merged or spam",
        value=f"CASE WHEN solved_at IS NOT NULL THEN episode_resolution_{mode} END",
        censored="solved_at IS NULL AND ended_at IS NULL",
        bound=f"episode_resolution_{mode}",
        dimensions=dimensions.SPELL,
        cluster=("ticket_key",),
        row=("episode",),
        meaning=f"From creation or a reopen to the next solve, once per episode. {MODE_TEXT[mode]} Episodes still "
        "running are right-censored at as-of.",
        default=mode == "business_all",
    )


def _state(name: str, mode: str) -> Metric:
    title, column, meaning = _STATES[name]
    return Metric(
        name=name,
        variant=mode,
        title=title,
        kind="duration",
        unit="seconds",
        direction="lower",
        clock=mode,
        facts="current_ticket_facts",
        at="last_solved_at",
        basis="last solve",
        population="exclusion IS NULL AND NOT is_open",
        population_text="tickets solved or closed at as-of that are not deleted, merged or spam",
        value=f"{column}_{mode}",
        dimensions=dimensions.at_last_solve(),
        needs_history=True,
        meaning=f"{meaning} {MODE_TEXT[mode]} Of solved tickets, over all their episodes.",
        default=mode == "business_all",
    )


METRICS = (
    *(_span(name, mode) for name in _SPANS for mode in MODES),
    *(_span_at_solve(name, mode) for name in _SPANS for mode in MODES),
    *(_episode(mode) for mode in MODES),
    *(_state(name, mode) for name in _STATES for mode in MODES),
)
