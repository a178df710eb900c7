"""Evidence as it would have been at an earlier instant: what a detector may have known then, and nothing more."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from maitred.insight.evidence.tables import (
    NEVER,
    Codes,
    Days,
    Evidence,
    Flags,
    Ints,
    Names,
    People,
    Solves,
    Spans,
    Targets,
    Tickets,
    Turns,
    Words,
)

Table = TypeVar("Table")
Number = TypeVar("Number", np.int64, np.int32)


def cut(evidence: Evidence, at: int) -> Evidence:
    """The evidence as if it had been gathered at an instant.

    Rows known at ``at`` or later are dropped, later instants become ``NEVER`` and what is known with them is blank.
    Tickets, people, words, tags, topics and macros keep their positions (they stand in the order in which they
    became known); groups, accounts, policies and schedules stay whole.

    Parameters
    ----------
    evidence
        Gathered at ``at`` or later.
    at
        Seconds UTC; what happened in this very second is not known yet.

    Examples
    --------
    >>> from maitred.insight.evidence.tests.made import made
    >>> len(cut(made(tickets=[{"created": 10}, {"created": 20}]), 20).tickets)
    1
    """
    targets = _targets(evidence.targets, at)
    groups_of = spans_until(evidence.groups_of, at)
    tickets = _tickets(evidence.tickets, targets, groups_of, at)
    topics, topics_known_at, topic_names = _topics(evidence, len(tickets), at)
    people = _people(evidence.people, at)
    macros = rows(evidence.macros, evidence.macros.used_at < at)
    shorter = replace(
        evidence,
        as_of=at,
        days=_days(evidence.days, at),
        tickets=tickets,
        solves=_solves(evidence.solves, at),
        turns=_turns(evidence.turns, groups_of, at),
        statuses=spans_until(evidence.statuses, at),
        groups_of=groups_of,
        assignees=spans_until(evidence.assignees, at),
        ratings=rows(evidence.ratings, evidence.ratings.rated_at < at),
        offers=rows(evidence.offers, evidence.offers.offered_at < at),
        reviews=rows(evidence.reviews, evidence.reviews.submitted_at < at),
        messages=rows(evidence.messages, evidence.messages.sent_at < at),
        macros=macros,
        targets=targets,
        tags=_words(evidence.tags, len(tickets)),
        words=_words(evidence.words, len(tickets)),
        topics=topics,
        topic_names=topic_names,
        topics_known_at=topics_known_at,
        people=people,
        members=spans_until(evidence.members, at),
        macro_names=_prefix(evidence.macro_names, int(macros.macro.max(initial=-1)) + 1),
        schedules=replace(evidence.schedules, of_ticket=spans_until(evidence.schedules.of_ticket, at)),
    )
    return replace(shorter, newest=newest_of(shorter))


def newest_of(evidence: Evidence) -> int:
    """The newest ticket, message, change of status, group or assignee, rating or macro; 0 where there is nothing."""
    columns = (
        *(evidence.tickets.created, evidence.messages.sent_at, evidence.statuses.from_at),
        *(evidence.groups_of.from_at, evidence.assignees.from_at, evidence.ratings.rated_at, evidence.macros.used_at),
    )
    return max(int(column.max(initial=0)) for column in columns)


def value_at(spans: Spans, ticket: Ints, at: Ints) -> Codes:
    """The value of a field of each ticket at an instant of its own; -1 where the ticket had none yet.

    Parameters
    ----------
    spans
        Stretches by ``from_at``.
    ticket, at
        As long as each other: whose value, and when (what began in this very second counts).
    """
    if not len(spans.ticket) or not len(ticket):
        return np.full(len(ticket), -1, dtype=np.int32)
    order = np.lexsort((spans.from_at, spans.ticket))
    owner, begins = spans.ticket[order], spans.from_at[order]
    asked = np.lexsort((at, ticket))
    # one merged order of beginnings and questions: beginnings first among equals
    owners = np.concatenate([owner, ticket[asked]])
    instants = np.concatenate([begins, at[asked]])
    kind = np.concatenate([np.zeros(len(owner), np.int8), np.ones(len(asked), np.int8)])
    merged = np.lexsort((kind, instants, owners))
    last = np.maximum.accumulate(np.where(merged < len(owner), merged, -1))
    found = np.full(len(ticket), -1, dtype=np.int64)
    questions = merged >= len(owner)
    found[asked[merged[questions] - len(owner)]] = last[questions]
    value = spans.value[order][np.maximum(found, 0)]
    mine = (found >= 0) & (owner[np.maximum(found, 0)] == ticket)
    return np.where(mine, value, -1).astype(np.int32)


def first_policies(targets: Targets, tickets: int) -> Codes:
    """The SLA policy of the first target of each ticket, -1 without targets."""
    policy = np.full(tickets, -1, dtype=np.int32)
    inside = targets.ticket < tickets
    policy[targets.ticket[inside][::-1]] = targets.policy[inside][::-1]
    return policy


def first_groups(groups_of: Spans, tickets: int) -> Codes:
    """The first group of each ticket, -1 where it had none."""
    group = np.full(tickets, -1, dtype=np.int32)
    named = (groups_of.value >= 0) & (groups_of.ticket < tickets)
    group[groups_of.ticket[named][::-1]] = groups_of.value[named][::-1]
    return group


def spans_until(spans: Spans, at: int) -> Spans:
    """The stretches that began before an instant; what ended later has not ended."""
    kept = rows(spans, spans.from_at < at)
    return replace(kept, to_at=later_is_never(kept.to_at, at))


def later_is_never(instants: Ints, at: int) -> Ints:
    """Instants, with ``NEVER`` for those at ``at`` or later."""
    return np.where(instants < at, instants, NEVER).astype(np.int64)


def rows(table: Table, kept: Flags | Ints) -> Table:
    """A table of equally long arrays, with some of its rows (flags or positions)."""
    columns: dict[str, Any] = {column.name: getattr(table, column.name)[kept] for column in fields(cast(Any, table))}
    return type(table)(**columns)


def no_spans() -> Spans:
    """No stretches."""
    none = np.empty(0, dtype=np.int64)
    return Spans(none, none.astype(np.int32), none, none, none.astype(np.int32))


def _tickets(tickets: Tickets, targets: Targets, groups_of: Spans, at: int) -> Tickets:
    kept = rows(tickets, tickets.created < at)
    replied = kept.first_reply_at < at
    return replace(
        kept,
        group=first_groups(groups_of, len(kept)) if len(groups_of.ticket) else kept.group,
        policy=first_policies(targets, len(kept)) if len(targets.ticket) else kept.policy,
        excluded_at=later_is_never(kept.excluded_at, at),
        first_reply_at=later_is_never(kept.first_reply_at, at),
        first_reply_s=_where(replied, kept.first_reply_s),
        first_reply_calendar_s=_where(replied, kept.first_reply_calendar_s),
        first_reply_agent=_where(replied, kept.first_reply_agent),
        first_reply_group=_where(replied, kept.first_reply_group),
    )


def _where(known: Flags, values: NDArray[Number]) -> NDArray[Number]:
    return np.where(known, values, values.dtype.type(-1))


def _solves(solves: Solves, at: int) -> Solves:
    kept = rows(solves, solves.solved_at < at)
    return replace(kept, reopened_at=later_is_never(kept.reopened_at, at))


def _turns(turns: Turns, groups_of: Spans, at: int) -> Turns:
    kept = rows(turns, turns.opened_at < at)
    answered = kept.answered_at < at
    group = kept.group.copy()
    if len(groups_of.ticket):
        waiting = ~answered
        group[waiting] = value_at(groups_of, kept.ticket[waiting], np.full(int(waiting.sum()), at - 1, dtype=np.int64))
    return replace(
        kept,
        answered_at=later_is_never(kept.answered_at, at),
        agent=_where(answered, kept.agent),
        group=group,
        seconds=_where(answered, kept.seconds),
        calendar_s=_where(answered, kept.calendar_s),
        ended_at=later_is_never(kept.ended_at, at),
    )


def _targets(targets: Targets, at: int) -> Targets:
    kept = rows(targets, targets.started_at < at)
    return replace(kept, ended_at=later_is_never(kept.ended_at, at))


def _words(words: Words, tickets: int) -> Words:
    starts = words.starts[: tickets + 1]
    codes = words.codes[: int(starts[-1]) if len(starts) else 0]
    return Words(starts, codes, words.names[: int(codes.max(initial=-1)) + 1])


def _topics(evidence: Evidence, tickets: int, at: int) -> tuple[Codes, Ints, tuple[str, ...]]:
    known_at = evidence.topics_known_at[:tickets]
    known = known_at < at
    topics = _where(known, evidence.topics[:tickets])
    return topics, later_is_never(known_at, at), evidence.topic_names[: int(topics.max(initial=-1)) + 1]


def _people(people: People, at: int) -> People:
    n = int(np.searchsorted(people.created_at, at, side="left"))
    trained = people.trained_at[:n] < at
    dated = people.trained_at[:n] < NEVER
    return People(
        names=_prefix(people.names, n),
        staff=people.staff[:n],
        bot=people.bot[:n],
        suspended_at=later_is_never(people.suspended_at[:n], at),
        created_at=people.created_at[:n],
        training=tuple(
            course if known else "" for course, known in zip(people.training[:n], trained | ~dated, strict=True)
        ),
        trained_at=later_is_never(people.trained_at[:n], at),
    )


def _prefix(names: Names, n: int) -> Names:
    return Names(names.ids[:n], names.external[:n], names.names[:n])


def _days(days: Days, at: int) -> Days:
    n = max(1, int(np.searchsorted(days.starts, at, side="right")))
    return replace(days, starts=days.starts[:n], off=days.off[:n])
