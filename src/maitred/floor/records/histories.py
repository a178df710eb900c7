"""Canonical rows of what happened to tickets: events, messages, promised targets, hours, time spent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.floor.logbook import SYSTEM, Kind
from maitred.floor.records import ids
from maitred.floor.records.bodies import bodies
from maitred.floor.records.columns import chosen, conform, flags, instants
from maitred.floor.records.steps import FIELD_NAMES, OFFERED, Field, Ints, Steps
from maitred.floor.records.words import RULE_VIA, VIAS

_SEQ_SPAN = 1 << 30  # as the decoder of the vendor's export cuts step numbers
_EVENTS = (*(field for field in Field if field < Field.TARGET), Field.MERGED)


def ticket_events(steps: Steps) -> pa.Table:
    """One row per change, creation first; rules (a) to (f) of the canonical record."""
    mine = steps.where(*_EVENTS)
    row, number = steps.row[mine], steps.number[mine]
    born = steps.field[mine] == Field.CREATED
    batch = ids.texts(steps.audit[row])
    at = instants(steps.second[row])
    new = chosen(steps.context.words.text, np.where(steps.field[mine] == Field.MERGED, -1, steps.new[mine]))
    old = chosen(steps.context.words.text, np.where(steps.told[mine], steps.old[mine], -1))
    merged = steps.field[mine] == Field.MERGED
    if merged.any():
        targets = ids.texts(np.where(merged, steps.new[mine], -1))
        new = pc.coalesce(new, targets)
    columns: dict[str, Any] = {
        "external_id": _named(ids.texts(number), batch, born, merged),
        "source_updated_at": at,
        "ticket_key": pa.array(steps.ticket_numbers[steps.rank[row]]),
        "ticket_id": ids.texts(steps.ticket_numbers[steps.rank[row]]),
        "occurred_at": at,
        "seq": pa.array(np.where(born, 0, np.where(merged, _SEQ_SPAN, 1 + number % _SEQ_SPAN)).astype(np.int32)),
        "actor_id": actor_ids(steps, row),
        "actor_type": chosen(pa.array(["unknown", "system"]), (steps.actor[row] == SYSTEM).astype(np.int8)),
        "via": chosen(pa.array([via.word for via in VIAS]), steps.via[row]),
        "rule_id": ids.texts(rules(steps)[row]),
        "field": chosen(pa.array(FIELD_NAMES), np.minimum(steps.field[mine], len(FIELD_NAMES) - 1)),
        "old_value": old,
        "new_value": new,
        "old_raw": old,
        "new_raw": new,
        "provenance": pa.repeat("native", len(mine)),
        "uncertainty_s": pa.array(np.zeros(len(mine), np.int64)),
        "batch_id": batch,
    }
    return conform("ticket_events", steps.context.register.source, len(mine), columns)


def _named(numbers: pa.Array, batch: pa.Array, born: Any, merged: Any) -> pa.Array:
    """A creation and a merge bear the number of their audit."""
    named = pc.if_else(flags(born), pc.binary_join_element_wise(batch, "created", ":"), numbers)
    return (
        pc.if_else(flags(merged), pc.binary_join_element_wise(batch, "merged", ":"), named) if merged.any() else named
    )


def is_public(steps: Steps, row: Ints) -> NDArray[np.bool_]:
    """Whether customers see the messages of some records."""
    public: NDArray[np.bool_] = ~np.isin(steps.kind[row], (Kind.AGENT_NOTE, Kind.MERGED))
    return public


def actor_ids(steps: Steps, row: Ints) -> pa.Array:
    """Who did each of some records, ``-1`` for the helpdesk itself."""
    return pc.fill_null(ids.texts(steps.updater[row]), "-1")


def rules(steps: Steps) -> Ints:
    """The rule behind each record of the helpdesk itself, -1 for what people do; the same for all of an audit."""
    kind, new = steps.kind, steps.after
    rule = np.full(len(kind), ids.RULE + 4, np.int64)
    rule[kind == Kind.STATUS] = ids.RULE
    rule[(kind == Kind.STATUS) & (new == 4)] = ids.RULE + 1
    rule[kind == Kind.ABANDONED] = ids.RULE + 2
    rule[kind == OFFERED] = ids.RULE + 3
    rule[steps.actor != SYSTEM] = -1
    if not len(rule):
        return rule
    opens = np.r_[True, steps.audit[1:] != steps.audit[:-1]]
    found: Ints = rule[np.flatnonzero(opens)][np.cumsum(opens) - 1]
    return found


def messages(steps: Steps, bodies_of: pa.Array | None = None) -> pa.Table:
    """One row per message; its ticket's first one is the customer's ask."""
    mine = steps.where(Field.MESSAGE)
    row = steps.row[mine]
    at = instants(steps.second[row])
    author = steps.actor[row]
    first = steps.kind[row] == Kind.CREATED
    public = is_public(steps, row)
    mailed = steps.via[row] == 0
    way = np.where(~public, 2, np.where(first | mailed, 0, 1))
    columns = {
        "external_id": ids.texts(steps.number[mine]),
        "source_updated_at": at,
        "ticket_key": pa.array(steps.ticket_numbers[steps.rank[row]]),
        "ticket_id": ids.texts(steps.ticket_numbers[steps.rank[row]]),
        "author_id": actor_ids(steps, row),
        "author_type": chosen(pa.array(["unknown", "system"]), (author == SYSTEM).astype(np.int8)),
        "direction": chosen(pa.array(["in", "out", "internal"]), way),
        "is_public": flags(public),
        "channel": chosen(pa.array([via.channel for via in VIAS]), steps.via[row]),
        "sent_at": at,
        "body_text": bodies(steps, mine) if bodies_of is None else bodies_of,
        "attachments_count": pa.array(np.zeros(len(mine), np.int32)),
        "is_first": flags(first),
        "automated": flags((steps.via[row] == RULE_VIA) | (author == SYSTEM)),
    }
    return conform("messages", steps.context.register.source, len(mine), columns)


def sla_events(steps: Steps) -> pa.Table:
    """The targets that were set on tickets and that ended."""
    mine = steps.where(Field.TARGET)
    row, goals = steps.row[mine], steps.context.goals.goals
    at = instants(steps.second[row])
    seconds = [None if goal.minutes is None else int(goal.minutes * 60) for goal in goals]
    business = [None if goal.seconds is None else goal.business for goal in goals]
    kinds = ["cleared" if goal.seconds is None else "applied" for goal in goals]
    place = steps.new[mine]
    columns = {
        "external_id": ids.texts(steps.number[mine]),
        "source_updated_at": at,
        "ticket_key": pa.array(steps.ticket_numbers[steps.rank[row]]),
        "ticket_id": ids.texts(steps.ticket_numbers[steps.rank[row]]),
        "metric": chosen(pa.array([goal.metric for goal in goals], pa.string()), place),
        "instance": pa.array(np.zeros(len(mine), np.int32)),
        "type": chosen(pa.array(kinds, pa.string()), place),
        "at": at,
        "actor_id": actor_ids(steps, row),
        "target_s": chosen(pa.array(seconds, pa.int64()), place),
        "in_business_hours": chosen(pa.array(business, pa.bool_()), place),
        "provenance": pa.repeat("native", len(mine)),
    }
    return conform("sla_events", steps.context.register.source, len(mine), columns)


def ticket_schedules(steps: Steps) -> pa.Table:
    """Whose hours count for a ticket."""
    mine = steps.where(Field.SCHEDULE)
    row = steps.row[mine]
    at = instants(steps.second[row])
    columns = {
        "external_id": ids.texts(steps.number[mine]),
        "source_updated_at": at,
        "ticket_key": pa.array(steps.ticket_numbers[steps.rank[row]]),
        "ticket_id": ids.texts(steps.ticket_numbers[steps.rank[row]]),
        "schedule_id": chosen(steps.context.words.text, steps.new[mine]),
        "valid_from": at,
    }
    return conform("ticket_schedules", steps.context.register.source, len(mine), columns)


def worked(steps: Steps) -> Ints:
    """Steps that end a person's work on a ticket: an answer, a note, or parking it without a word."""
    bots = np.array([agent.is_bot for agent in steps.context.register.world.agents], np.bool_)
    mine = steps.where(Field.MESSAGE, Field.STATUS)
    row = steps.row[mine]
    person = steps.actor[row] >= 0
    person[person] = ~bots[steps.actor[row][person]]
    wrote = np.isin(steps.kind[row], (Kind.AGENT_MESSAGE, Kind.AGENT_NOTE, Kind.STATUS))
    found: Ints = mine[person & wrote & (steps.value[row] > 0)]
    return found


def time_entries(steps: Steps) -> pa.Table:
    """What agents spent on each answer and note; bots keep no time sheets."""
    mine = worked(steps)
    row = steps.row[mine]
    spent = steps.value[row]
    columns = {
        "external_id": ids.texts(steps.number[mine]),
        "source_updated_at": instants(steps.second[row]),
        "ticket_key": pa.array(steps.ticket_numbers[steps.rank[row]]),
        "ticket_id": ids.texts(steps.ticket_numbers[steps.rank[row]]),
        "user_id": ids.texts(steps.updater[row]),
        "spent_s": pa.array(spent),
        "started_at": instants(steps.second[row] - spent),
        "executed_at": instants(steps.second[row]),
    }
    return conform("time_entries", steps.context.register.source, len(mine), columns)
