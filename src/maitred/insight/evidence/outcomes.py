"""What came of tickets: first replies, turns, targets and ratings, each known from its own instant on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import SLA_METRICS
from maitred.insight.evidence.calendar import Clock
from maitred.insight.evidence.changes import Changed, in_time, left_unsolved, spans_of
from maitred.insight.evidence.cutting import rows, value_at
from maitred.insight.evidence.history import Log
from maitred.insight.evidence.reading import (
    FactScan,
    Found,
    Scan,
    encoded,
    flat,
    mapped,
    positions,
    read,
    seconds,
    truths,
    whole,
)
from maitred.insight.evidence.reference import policy_places
from maitred.insight.evidence.tables import (
    AGENT,
    CUSTOMER,
    NEVER,
    Codes,
    Flags,
    Ints,
    Messages,
    Names,
    Offers,
    Ratings,
    Solves,
    Spans,
    Targets,
    Turns,
)

PAUSING = ("pausable_update", "requester_wait", "agent_work")
CUMULATIVE = ("requester_wait", "agent_work", "total_resolution")


@dataclass(frozen=True, slots=True)
class Courses:
    """Status, group and assignee of every ticket over time, and the clock that they are measured with."""

    created: Ints
    requester: Codes
    statuses: Spans
    groups_of: Spans
    assignees: Spans
    clock: Clock
    as_of: int


def turns_of(facts: FactScan, found: Found, people: pa.Array, groups: Names, messages: Messages, c: Courses) -> Turns:
    """Answered turns as the clock engine counts them; turns without an answer from messages and statuses."""
    told = facts(
        "turn_facts",
        (
            *("ticket_key", "opened_at", "answered_at", "answered_by", "group_id"),
            *("wait_calendar", "wait_business_all"),
        ),
    )
    told = told.filter(told["answered_at"].is_valid())
    ticket = found.of(told["ticket_key"])
    opened, answered = seconds(told["opened_at"]), seconds(told["answered_at"])
    calendar = whole(told["wait_calendar"])
    business = whole(told["wait_business_all"])
    waiting, since, until = _unanswered(messages, c, ticket, opened, answered)
    last = np.where(until == NEVER, c.as_of, until)
    none = np.full(len(waiting), -1, dtype=np.int64)
    never = np.full(len(waiting), NEVER, dtype=np.int64)
    owner = np.concatenate([ticket, waiting])
    opened_at = np.concatenate([opened, since])
    first = np.full(len(c.created), NEVER, dtype=np.int64)
    np.minimum.at(first, owner, opened_at)
    turns = Turns(
        ticket=owner,
        first=opened_at == first[owner],
        opened_at=opened_at,
        answered_at=np.concatenate([answered, never]),
        agent=np.concatenate([positions(told["answered_by"], people), none.astype(np.int32)]),
        group=np.concatenate(
            [positions(told["group_id"], groups.external), value_at(c.groups_of, waiting, last)]
        ).astype(np.int32),
        seconds=np.concatenate([np.where(business < 0, calendar, business), none]),
        calendar_s=np.concatenate([calendar, none]),
        ended_at=np.concatenate([answered, until]),
    )
    return in_time(turns, "opened_at")


def _unanswered(messages: Messages, c: Courses, ticket: Ints, opened: Ints, answered: Ints) -> tuple[Ints, Ints, Ints]:
    """Turns that nobody has answered: ticket, begin and end (solved without an answer, or ``NEVER``).

    Strangers who write into another's ticket wait for nothing.
    """
    stranger = (messages.author < 0) & (c.requester[messages.ticket] >= 0)
    mine = (messages.kind == CUSTOMER) & messages.public & ~stranger
    asked, at = messages.ticket[mine], np.maximum(messages.sent_at[mine], c.created[messages.ticket[mine]])
    ended = left_unsolved(c.statuses, asked, at)
    status = value_at(c.statuses, asked, at)
    spans = Spans(ticket, np.arange(len(ticket), dtype=np.int32), opened, answered, ticket.astype(np.int32))
    within = value_at(spans, asked, at)
    inside = (within >= 0) & (at <= answered[np.maximum(within, 0)]) if len(answered) else within >= 0
    kept = (status < 4) & ~inside & (ended > at)
    asked, at, ended = asked[kept], at[kept], ended[kept]
    order = np.lexsort((at, ended, asked))
    asked, at, ended = asked[order], at[order], ended[order]
    previous = value_at(spans, asked, at)
    head = np.ones(len(asked), dtype=np.bool_)
    head[1:] = (asked[1:] != asked[:-1]) | (ended[1:] != ended[:-1]) | (previous[1:] != previous[:-1])
    return asked[head], at[head], ended[head]


def targets_of(facts: FactScan, found: Found, policies: Names, c: Courses) -> Targets:
    """SLA targets from the instant at which they were set.

    What does not pause is due when its clock would run out, which is known from the beginning; what pauses where it was
    missed, or where it would be missed if nothing paused it from as-of on. Clocks over the whole ticket end when it is
    first solved.
    """
    told = _revised(
        facts(
            "sla_facts",
            (
                *("ticket_key", "metric", "policy", "clock", "target_first_s", "target_s", "revised_at", "revisions"),
                *("applied_at", "started_at", "ended_at", "elapsed_all_s", "breach_at_all"),
            ),
        )
    )
    ticket = found.of(told["ticket_key"])
    metric = positions(told["metric"], SLA_METRICS)
    target, began = whole(told["target_s"]), seconds(told["started_at"])
    start = np.maximum(began, np.minimum(seconds(told["applied_at"]), c.as_of))
    end, missed = seconds(told["ended_at"]), seconds(told["breach_at_all"])
    over = np.isin(metric, [SLA_METRICS.index(one) for one in CUMULATIVE])
    pausing = np.isin(metric, [SLA_METRICS.index(one) for one in PAUSING])
    end = np.where(over, np.minimum(end, left_unsolved(c.statuses, ticket, start)), end)
    business = truths(pc.equal(told["clock"].cast(pa.string()), "business"))
    due = _due(c.clock, ticket, began, target, business)
    left = np.maximum(0, target - whole(told["elapsed_all_s"], 0))
    later = _due(c.clock, ticket, np.full(len(ticket), c.as_of, dtype=np.int64), left, business)
    paused = np.where(missed < NEVER, missed, np.where(end < NEVER, NEVER, later))
    targets = Targets(
        ticket=ticket,
        metric=metric,
        policy=policy_places(told["policy"], policies),
        group=value_at(c.groups_of, ticket, start),
        seconds=target,
        started_at=start,
        due_at=np.where(pausing, paused, due).astype(np.int64),
        ended_at=end.astype(np.int64),
    )
    order = np.lexsort((metric, ticket, start))
    return rows(targets, order)


def _revised(told: pa.Table) -> pa.Table:
    """A target that was changed ends there, and another begins with what it was changed to."""
    told = told.filter(told["started_at"].is_valid())
    changed = told.filter(pc.greater(told["revisions"], 0))
    if not changed.num_rows:
        return told
    place = {
        name: told.schema.get_field_index(name) for name in ("target_s", "ended_at", "breach_at_all", "applied_at")
    }
    nothing = pa.nulls(changed.num_rows, told.schema.field("breach_at_all").type)
    before = changed.set_column(place["target_s"], told.schema.field("target_s"), changed["target_first_s"])
    before = before.set_column(place["ended_at"], told.schema.field("ended_at"), changed["revised_at"])
    before = before.set_column(place["breach_at_all"], told.schema.field("breach_at_all"), nothing)
    after = changed.set_column(place["applied_at"], told.schema.field("applied_at"), changed["revised_at"])
    return pa.concat_tables([told.filter(pc.equal(told["revisions"], 0)), before, after])


def _due(clock: Clock, ticket: Ints, since: Ints, target: Ints, business: Flags) -> Ints:
    """When so many seconds have passed; business time on the schedule that the ticket had at the beginning."""
    due = since + target
    if not clock.opens:
        return due
    schedule = value_at(clock.of_ticket, ticket, since)
    for place in range(len(clock.opens)):
        mine = business & (schedule == place)
        due[mine] = clock.reached(place, since[mine], target[mine])
    return due


def ratings_of(scan: Scan, found: Found, log: Log, solves: Solves, c: Courses) -> tuple[Ratings, Offers]:
    """Answered satisfaction surveys and offers: from the change log, else from the list of ratings."""
    listed = read(scan, "satisfaction", ("ticket_key", "kind", "is_good", "offered_at", "rated_at"))
    listed = listed.filter(pc.equal(listed["kind"], "csat"))
    place = found.of(listed["ticket_key"])
    listed, place = listed.filter(pa.array(place >= 0)), place[place >= 0]
    words, code = encoded(log.new)
    texts = [one or "" for one in words.to_pylist()]
    said = mapped([1 if one.startswith("good") else 0 if one.startswith("bad") else -1 for one in texts], code)
    offered = mapped([1 if one == "offered" else -1 for one in texts], code) == 1
    ticket, at, good = _verdicts(log.ticket[said >= 0], log.at[said >= 0], said[said >= 0] == 1)
    told = np.zeros(len(c.created), dtype=np.bool_)
    told[ticket] = True
    rated = seconds(listed["rated_at"])
    extra = (rated <= c.as_of) & ~told[place] & listed["is_good"].is_valid().to_numpy()
    ticket = np.concatenate([ticket, place[extra]])
    at = np.concatenate([at, rated[extra]])
    good = np.concatenate([good, truths(listed["is_good"])[extra]])
    order = np.lexsort((ticket, at))
    ticket, at, good = ticket[order], at[order], good[order]
    last = _last_solve(solves, ticket, at)
    agent = np.where(last >= 0, solves.agent[last], value_at(c.assignees, ticket, at)).astype(np.int32)
    group = np.where(last >= 0, solves.group[last], value_at(c.groups_of, ticket, at)).astype(np.int32)
    asked = seconds(listed["offered_at"])
    offers = _offers(
        np.concatenate([place[asked <= c.as_of], log.ticket[offered]]),
        np.concatenate([asked[asked <= c.as_of], log.at[offered]]),
    )
    return Ratings(ticket, agent, group, good, at), offers


def _verdicts(ticket: Ints, at: Ints, good: Flags) -> tuple[Ints, Ints, Flags]:
    """Ratings ticket by ticket, without those that only add a comment to the same verdict."""
    new = np.ones(len(ticket), dtype=np.bool_)
    new[1:] = (ticket[1:] != ticket[:-1]) | (good[1:] != good[:-1])
    return ticket[new], at[new], good[new]


def _offers(ticket: Ints, at: Ints) -> Offers:
    """One offer per ticket and day: the list and the log tell the same ones."""
    order = np.lexsort((at, ticket))
    ticket, at = ticket[order], at[order]
    new = np.ones(len(ticket), dtype=np.bool_)
    new[1:] = (ticket[1:] != ticket[:-1]) | (at[1:] - at[:-1] > 86_400)
    return in_time(Offers(ticket[new], at[new]), "offered_at")


def _last_solve(solves: Solves, ticket: Ints, at: Ints) -> Ints:
    """The position of the last solve of each ticket up to an instant, -1 where there is none."""
    if not len(solves.ticket):
        return np.full(len(ticket), -1, dtype=np.int64)
    place = np.arange(len(solves.ticket), dtype=np.int32)
    spans = Spans(solves.ticket, place, solves.solved_at, solves.solved_at, place)
    return value_at(spans, ticket, at).astype(np.int64)


def schedules_of_tickets(scan: Scan, found: Found, ids: Any, default: int, created: Ints, as_of: int) -> Spans:
    """Which schedule each ticket runs on since when: the default one until another is told."""
    told = read(scan, "ticket_schedules", ("ticket_key", "schedule_id", "valid_from"))
    ticket, at, value = found.of(told["ticket_key"]), seconds(told["valid_from"]), positions(told["schedule_id"], ids)
    kept = (ticket >= 0) & (at <= as_of) & (value >= 0)
    count = int(kept.sum())
    nobody = np.full(count, -1, dtype=np.int32)
    changed = Changed(ticket[kept], at[kept], np.zeros(count, dtype=np.int64), value[kept], nobody, nobody)
    return by_time(spans_of(changed, created, np.full(len(created), default, dtype=np.int32), default))


def by_time(spans: Spans) -> Spans:
    """Stretches that have a value, by time."""
    return in_time(rows(spans, spans.value >= 0), "from_at")


def kinds_of(rows_: pa.Table, author: Any, staff: Flags, bot: Flags, is_requester: Flags) -> Any:
    """Who wrote each message: what the source says, else what the author is, else whose ticket it is."""
    hint = positions(rows_["author_type"], ("customer", "agent", "bot", "system"))
    known = author >= 0
    place = np.maximum(author, 0)
    nobody = flat(rows_["author_id"]).is_null().to_numpy(zero_copy_only=False)
    public = truths(rows_["is_public"])
    guess = np.where(public, CUSTOMER, AGENT)
    kind = np.where(nobody, 3, guess)
    if len(staff):
        kind = np.where(known, np.where(bot[place], 2, np.where(staff[place], AGENT, CUSTOMER)), kind)
    kind = np.where(is_requester & ~known, CUSTOMER, kind)
    return np.where(hint >= 0, hint, kind).astype(np.int32)
