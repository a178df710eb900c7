"""Canonical rows of tickets as they stand at the instant of the telling: head, tags, ratings, calls and sessions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.floor.logbook import Kind
from maitred.floor.records import ids
from maitred.floor.records.bodies import subjects
from maitred.floor.records.columns import chosen, conform, instants
from maitred.floor.records.steps import OFFERED, RATED, Field, Ints, Steps
from maitred.floor.records.words import RATINGS, VIAS
from maitred.floor.world import CHANNELS


def updated(steps: Steps) -> Ints:
    """Epoch second of the last step of each ticket."""
    found = np.zeros(steps.count, np.int64)
    found[steps.rank] = steps.second
    return found


def states(steps: Steps) -> Ints:
    """State of each ticket's tags."""
    return steps.final(Field.TAGS) - steps.context.words.tags


def tickets(steps: Steps) -> pa.Table:
    """One row per ticket; its fields are what its events end with."""
    words, n = steps.context.words, steps.count
    numbers = ids.texts(steps.ticket_numbers)
    last = instants(updated(steps))
    status = chosen(words.text, steps.final(Field.STATUS))
    priority = chosen(words.text, steps.final(Field.PRIORITY))
    requester = chosen(words.text, steps.final(Field.REQUESTER))
    columns: dict[str, Any] = {
        "external_id": numbers,
        "source_updated_at": last,
        "ticket_key": pa.array(steps.ticket_numbers),
        "number": numbers,
        "subject": subjects(steps),
        "status_raw": status,
        "status": status,
        "priority_raw": priority,
        "priority": priority,
        "channel_raw": chosen(pa.array([via.word for via in VIAS]), steps.channel),
        "channel": chosen(pa.array([via.channel for via in VIAS]), steps.channel),
        "requester_id": requester,
        "submitter_id": requester,
        "assignee_id": chosen(words.text, steps.final(Field.ASSIGNEE)),
        "group_id": chosen(words.text, steps.final(Field.GROUP)),
        "organization_id": chosen(words.text, steps.final(Field.ORGANIZATION)),
        "tags": _tag_lists(steps),
        "created_at": instants(steps.second[np.flatnonzero(steps.kind == Kind.CREATED)]),
        "updated_at": last,
        "custom": pa.repeat("{}", n),
    }
    return conform("tickets", steps.context.register.source, n, columns)


def _tag_lists(steps: Steps) -> pa.Array:
    return pa.array(steps.context.tags.states(), pa.list_(pa.string())).take(pa.array(states(steps)))


def ticket_tags(steps: Steps) -> pa.Table:
    """One row per tag of a ticket."""
    lists = _tag_lists(steps)
    names = lists.flatten()
    rank = pc.list_parent_indices(lists).to_numpy()
    numbers = ids.texts(steps.ticket_numbers[rank])
    columns = {
        "external_id": pc.binary_join_element_wise(numbers, names, ":"),
        "source_updated_at": instants(updated(steps)[rank]),
        "ticket_key": pa.array(steps.ticket_numbers[rank]),
        "ticket_id": numbers,
        "tag": names,
    }
    return conform("ticket_tags", steps.context.register.source, len(names), columns)


def ratings(steps: Steps) -> tuple[Ints, Ints, Ints, Ints]:
    """Surveys that were offered: ticket inside the range, place of the score in ``RATINGS``, seconds of offer, answer.

    The answer's second is -1 where there is none yet.
    """
    offered, rated = (np.flatnonzero(steps.kind == kind) for kind in (OFFERED, RATED))
    rank = steps.rank[offered]
    score = np.ones(steps.count, np.int64)
    answered = np.full(steps.count, -1, np.int64)
    score[steps.rank[rated]] = steps.after[rated]
    answered[steps.rank[rated]] = steps.second[rated]
    return rank, score[rank], steps.second[offered], answered[rank]


def satisfaction(steps: Steps) -> pa.Table:
    """One row per offered survey, answered or not."""
    rank, score, offered, answered = ratings(steps)
    words = steps.context.words
    run_tickets = steps.tickets[rank]
    when = instants(np.where(answered < 0, offered, answered))
    good = score == RATINGS.index("good")
    undecided = answered < 0
    number = (steps.ticket_numbers[rank] << ids.STEP_BITS) + (1 << ids.STEP_BITS) - 1
    revised = np.where(answered == offered, -1, answered)
    columns = {
        "external_id": ids.texts(number),
        "source_updated_at": when,
        "ticket_key": pa.array(steps.ticket_numbers[rank]),
        "ticket_id": ids.texts(steps.ticket_numbers[rank]),
        "requester_id": chosen(words.text, words.requester + run_tickets["customer"].astype(np.int64)),
        "agent_id": ids.texts(ids.of(ids.AGENT, run_tickets["solver"])),
        "group_id": ids.texts(ids.of(ids.GROUP, run_tickets["group"].astype(np.int32))),
        "kind": pa.repeat("csat", len(rank)),
        "scale": pa.repeat("good_bad", len(rank)),
        "score_raw": chosen(pa.array(RATINGS), score),
        "score_5": pa.array(np.where(good, 5.0, 1.0), mask=undecided),
        "is_good": pa.array(good, mask=undecided),
        "offered_at": instants(offered),
        "rated_at": instants(answered),
        "revised_at": instants(revised),
    }
    return conform("satisfaction", steps.context.register.source, len(rank), columns)


def _live(steps: Steps, name: str, *channels: str) -> pa.Table:
    """Calls and sessions: waiting until a person takes over, then talking until their first answer is given."""
    wanted = np.isin(steps.channel, [CHANNELS.index(channel) for channel in channels])
    taken = _first(steps, np.flatnonzero((steps.kind == Kind.ASSIGNED) & (steps.after >= 0)))
    left = _first(steps, np.flatnonzero(steps.kind == Kind.ABANDONED))
    answer = _first(steps, np.flatnonzero((steps.kind == Kind.AGENT_MESSAGE) & (steps.actor >= 0)))
    rank = np.flatnonzero(wanted)
    began = steps.second[steps.kind == Kind.CREATED][rank]
    answered = np.where(left[rank] >= 0, -1, _at(steps, taken[rank]))
    ended = np.where(left[rank] >= 0, _at(steps, left[rank]), _at(steps, answer[rank]))
    talked = np.where(answered >= 0, np.maximum(0, ended - answered), -1)
    talked[ended < 0] = -1
    waited = np.where(answered >= 0, answered - began, np.where(left[rank] >= 0, ended - began, -1))
    outcome = np.where(left[rank] >= 0, 1, np.where(answered >= 0, 0, -1))
    numbers = ids.texts(steps.ticket_numbers[rank])
    who = np.where(answered >= 0, steps.after[np.maximum(taken[rank], 0)], -1)
    columns = {
        "external_id": numbers,
        "source_updated_at": instants(np.maximum(began, ended)),
        "ticket_key": pa.array(steps.ticket_numbers[rank]),
        "ticket_id": numbers,
        "agent_id": ids.texts(ids.of(ids.AGENT, who.astype(np.int32))),
        "channel": chosen(pa.array(CHANNELS), steps.channel[rank]),
        "started_at": instants(began),
        "answered_at": instants(answered),
        "ended_at": instants(ended),
        "wait_s": pa.array(waited, mask=waited < 0),
        "talk_s": pa.array(talked, mask=talked < 0),
        "outcome": chosen(pa.array(["answered", "abandoned"]), outcome),
    }
    return conform(name, steps.context.register.source, len(rank), columns)


def calls(steps: Steps) -> pa.Table:
    """Telephone calls."""
    return _live(steps, "calls", "phone")


def engagements(steps: Steps) -> pa.Table:
    """Chats and conversations in messengers."""
    return _live(steps, "engagements", "chat", "messaging")


def _first(steps: Steps, rows: Ints) -> Ints:
    """The first of some records for each ticket, -1 for none."""
    found = np.full(steps.count, -1, np.int64)
    found[steps.rank[rows[::-1]]] = rows[::-1]
    return found


def _at(steps: Steps, rows: Ints) -> Ints:
    return np.where(rows < 0, -1, steps.second[np.maximum(rows, 0)])
