"""Facts with known content: random but coherent tickets, turns, targets, episodes and assignments, any number of them.

Vectorised, so that the same generator serves the oracle tests (hundreds of tickets) and the timings (a million).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from maitred.canon import reviews
from maitred.metrics.facts import FACTS, INSTANT

AS_OF = {"zendesk": datetime(2024, 12, 31, 18, 0, tzinfo=UTC), "helpdesk": datetime(2024, 12, 30, 6, 30, tzinfo=UTC)}
_START = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
_FACTORS = {"calendar": 4, "business_all": 1, "business_last": 1.25}
_GROUPS = np.array(["101", "102", "103", None], object)
_AGENTS = np.array(["7", "8", "9", "10", None], object)
_TEXTS = ("source_id", "external_id", "ticket_id", "kind", "scale", "score_raw", "agent_id", "group_id")
_ANSWER_FIELDS: list[pa.Field[Any]] = [
    *(pa.field(name, pa.string()) for name in _TEXTS),
    pa.field("ticket_key", pa.int64(), nullable=False),
    *(pa.field(name, INSTANT) for name in ("rated_at", "deleted_at")),
]
_ANSWERS = pa.schema(_ANSWER_FIELDS)


@dataclass(slots=True)
class World:
    """Arrow tables by name, as the clock engine would write them."""

    tables: dict[str, pa.Table]


def world(tickets: int, seed: int = 1, sources: tuple[str, ...] = ("zendesk",), relayered: float = 0.1) -> World:
    """Facts of so many tickets; ``relayered`` of them stand in layer 1, with an older, wrong row in layer 0."""
    dice = np.random.default_rng(seed)
    ticket = _tickets(tickets, dice, sources)
    tables = {
        "ticket_facts": ticket,
        "sla_facts": _targets(ticket, dice),
        "turn_facts": _turns(ticket, dice),
        "episode_facts": _episodes(ticket, dice),
        "assignment_facts": _assignments(ticket, dice),
    }
    newer = dice.random(tickets) < relayered
    built = {name: _layers(name, columns, newer, ticket) for name, columns in tables.items()}
    answers = _answers(ticket, dice)
    return World(built | {"satisfaction": answers, reviews.TABLE: _reviews(ticket, np.random.default_rng([seed, 1]))})


def _tickets(n: int, dice: np.random.Generator, sources: tuple[str, ...]) -> dict[str, Any]:
    which = dice.integers(0, len(sources), n)
    source = np.array(sources, object)[which]
    as_of = np.array([int(AS_OF[name].timestamp()) for name in sources])[which]
    created = _START + (dice.beta(1.2, 1.0, n) * (as_of - _START - 60)).astype(np.int64)
    room = as_of - created
    reply = np.exp(dice.normal(8.0, 1.6, n)).astype(np.int64) + 1
    solve = reply + np.exp(dice.normal(10.5, 1.5, n)).astype(np.int64)
    replied, solved = reply < room, solve < room
    replied &= dice.random(n) < 0.93
    reopened = solved & (dice.random(n) < 0.12) & (solve * 1.3 + 200 < room)
    reopen_at = created + (solve * 1.1).astype(np.int64) + 100
    again = reopened & (dice.random(n) < 0.8)
    last = np.where(again, created + (solve * 1.3).astype(np.int64) + 150, created + solve)
    open_ = ~solved | (reopened & ~again)
    exclusion = _or_none(dice.random(n) < 0.05, dice.choice(["deleted", "merged", "spam"], n))
    status = np.where(open_, dice.choice(["new", "open", "pending", "hold"], n), dice.choice(["solved", "closed"], n))
    status = np.where(exclusion == "deleted", "deleted", status)
    open_ = open_ & (status != "deleted")
    rated = solved & (dice.random(n) < 0.3) & (created + solve + 3600 < as_of)
    offered = rated | (solved & (dice.random(n) < 0.5))
    assigned = dice.random(n) < 0.95
    human = np.where(replied, dice.integers(1, 6, n), 0)
    bots = np.where(dice.random(n) < 0.3, dice.integers(1, 4, n), 0)
    handled = np.select([(human > 0) & (bots > 0), human > 0, bots > 0], ["mixed", "human", "bot"], "none")
    handed_over = handled == "mixed"
    waiting = open_ & (dice.random(n) < 0.4)
    solver = _or_none(solved, _AGENTS[dice.integers(0, 5, n)])
    found: dict[str, Any] = {
        "source_id": source,
        "ticket_key": np.arange(1, n + 1),
        "ticket_id": np.arange(1, n + 1).astype(str).astype(object),
        "created_at": created,
        "status": status,
        "priority": dice.choice(np.array(["low", "normal", "high", "urgent", None], object), n),
        "exclusion": exclusion,
        "is_open": open_,
        "first_reply_at": _where(replied, created + reply),
        "first_assigned_at": _where(assigned, created + np.minimum(reply // 2, room - 1)),
        "first_solved_at": _where(solved, created + solve),
        "last_solved_at": _where(solved, last),
        "first_reply_agent_id": _or_none(replied, _AGENTS[dice.integers(0, 4, n)]),
        "first_assignee_id": _or_none(assigned, _AGENTS[dice.integers(0, 4, n)]),
        "last_assignee_id": _or_none(assigned, _AGENTS[dice.integers(0, 5, n)]),
        "solver_id": solver,
        "handled_by": handled,
        "nrt_n": dice.integers(0, 3, n),
        "waiting_reply": waiting,
        "waiting_since": _where(waiting, created + room // 2),
        "public_agent_replies": human,
        "bot_replies": bots,
        "agent_comments": human + dice.integers(0, 3, n),
        "internal_notes": dice.integers(0, 3, n),
        "customer_messages": dice.integers(1, 5, n),
        "unknown_comments": np.zeros(n, np.int64),
        "touches": human + dice.poisson(1.5, n),
        "assignees": dice.integers(1, 4, n),
        "reassignments": dice.poisson(0.6, n),
        "groups": dice.integers(1, 3, n),
        "group_changes": dice.poisson(0.3, n),
        "solves": solved.astype(np.int64) + again,
        "reopens_solves": again.astype(np.int64),
        "reopens_transitions": reopened.astype(np.int64),
        "one_touch": solved & ~open_ & (human == 1) & ~reopened,
        "two_touch": solved & (human == 2),
        "multi_touch": solved & (human > 2),
        "csat_offered": offered,
        "csat_first": _or_none(rated, dice.choice(["good", "bad"], n)),
        "csat_last": _or_none(rated, dice.choice(["good", "good", "good", "bad"], n)),
        "csat_good_to_bad": np.zeros(n, bool),
        "csat_bad_to_good": np.zeros(n, bool),
        "csat_rated_at": _where(rated, created + solve + 3600),
        "csat_offered_at": _where(offered, created + solve + 1),
        "first_reopened_at": _where(reopened, reopen_at),
        "handoff_at": _where(handed_over, created + reply // 4),
        "excluded_at": _where(exclusion != None, created + room // 3),  # noqa: E711
        "channel": dice.choice(np.array(["email", "web", "chat", "phone"], object), n),
        "type": dice.choice(np.array(["question", "incident", None], object), n),
        "requester_id": _or_none(dice.random(n) < 0.97, dice.integers(1, max(2, n // 3), n).astype(str)),
        "organization_id": dice.choice(np.array(["501", "502", "503", None], object), n),
        "brand_id": dice.choice(np.array(["1", "2"], object), n),
        "form_id": dice.choice(np.array(["11", None], object), n),
        "priority_at_created": dice.choice(np.array(["low", "normal", "high", "urgent"], object), n),
        "priority_at_last_solve": dice.choice(np.array(["low", "normal", "high", "urgent"], object), n),
        "customer_messages_after_reply": dice.integers(0, 2, n),
        "agents_public": np.minimum(human, dice.integers(1, 3, n)),
        "escalations_internal": (dice.random(n) < 0.08).astype(np.int64),
        "history_complete": dice.random(n) < 0.97,
        "as_of": as_of,
    }
    for name in ("created", "first_reply", "first_solve", "last_solve", "rating"):
        found[f"group_at_{name}"] = _GROUPS[dice.integers(0, 4, n)]
    found["group_last"] = _GROUPS[dice.integers(0, 4, n)]
    for name in ("csat_agent_at_rating", "csat_agent_at_solve", "csat_agent_last_reply"):
        found[name] = _or_none(rated, _AGENTS[dice.integers(0, 5, n)])
    spans = {
        "frt": (replied, reply),
        "frt_any": (replied | (bots > 0), np.minimum(reply, reply // 3 + 1)),
        "time_to_assign": (assigned, reply // 2),
        "frt_assign": (assigned & replied, reply - reply // 2),
        "first_resolution": (solved, solve),
        "full_resolution": (solved & ~open_, last - created),
        "age": (open_, room),
        "frt_handoff": (handed_over, reply - reply // 4),
    }
    for name, (there, seconds) in spans.items():
        found |= _modes(name, there, seconds)
    everything = np.ones(n, bool)
    total = np.where(solved, solve, room)
    parts = {"new_time": total // 5, "open_time": total // 3, "pending_time": total // 4, "hold_time": total // 9}
    parts |= {"awt": parts["new_time"] + parts["open_time"]}
    parts |= {"rwt": parts["awt"] + parts["hold_time"]}
    parts |= {"unsolved_time": parts["rwt"] + parts["pending_time"]}
    for name, seconds in parts.items():
        found |= _modes(name, everything, seconds)
    for name in ("nrt_sum", "nrt_max"):
        found |= _modes(name, found["nrt_n"] > 0, reply // 2)
    return found


def _targets(ticket: dict[str, Any], dice: np.random.Generator) -> dict[str, Any]:
    found = _children(ticket, dice.integers(0, 4, len(ticket["ticket_key"])), "instance")
    n = len(found["ticket_key"])
    ended = dice.random(n) < 0.85
    verdicts = np.array(["met", "met", "met", "breached", "cancelled", "cannot_tell"], object)
    open_verdicts = np.array(["running", "overdue"], object)
    started = _parent(ticket, found, "created_at") + 10
    room = _parent(ticket, found, "as_of") - started
    target = dice.choice([3600, 14_400, 86_400], n)
    return found | {
        "metric": dice.choice(np.array(["first_reply", "next_reply", "requester_wait"], object), n),
        "policy": dice.choice(np.array(["gold", "silver", None], object), n),
        "priority": dice.choice(np.array(["low", "normal", "high"], object), n),
        "clock": dice.choice(np.array(["calendar", "business"], object), n),
        "target_first_s": target,
        "target_s": target,
        "revisions": np.zeros(n, np.int64),
        "applied_at": started,
        "revised_at": started,
        "started_at": started,
        "ended_at": _where(ended, started + (room * dice.random(n)).astype(np.int64)),
        "end_reason": np.where(ended, "reply", "open"),
        "elapsed_all_s": dice.integers(1, 90_000, n),
        "elapsed_last_s": dice.integers(1, 90_000, n),
        "breach_at_all": _where(np.zeros(n, bool), started),
        "breach_at_last": _where(np.zeros(n, bool), started),
        "verdict_all": np.where(ended, verdicts[dice.integers(0, 6, n)], open_verdicts[dice.integers(0, 2, n)]),
        "verdict_last": np.where(ended, verdicts[dice.integers(0, 6, n)], open_verdicts[dice.integers(0, 2, n)]),
        **_dimensions(ticket, found, dice),
    }


def _turns(ticket: dict[str, Any], dice: np.random.Generator) -> dict[str, Any]:
    found = _children(ticket, dice.poisson(1.3, len(ticket["ticket_key"])), "turn")
    n = len(found["ticket_key"])
    opened = _parent(ticket, found, "created_at") + dice.integers(0, 5000, n)
    wait = np.exp(dice.normal(8, 1.4, n)).astype(np.int64)
    answered = (opened + wait < _parent(ticket, found, "as_of")) & (dice.random(n) < 0.95)
    wait = np.where(answered, wait, np.maximum(_parent(ticket, found, "as_of") - opened, 0))
    return found | {
        "kind": dice.choice(np.array(["first", "next", "next"], object), n),
        "opened_at": opened,
        "answered_at": _where(answered, opened + wait),
        "answered_by": _or_none(answered, _AGENTS[dice.integers(0, 4, n)]),
        **_dimensions(ticket, found, dice),
        **_modes("wait", np.ones(n, bool), wait),
    }


def _episodes(ticket: dict[str, Any], dice: np.random.Generator) -> dict[str, Any]:
    found = _children(ticket, 1 + ticket["reopens_transitions"], "episode")
    first = found["episode"] == 1
    created, as_of = (_parent(ticket, found, name) for name in ("created_at", "as_of"))
    reopened = _micros_or(_parent(ticket, found, "first_reopened_at"), created)
    first_solve = _parent(ticket, found, "first_solved_at")
    last_solve = _parent(ticket, found, "last_solved_at")
    started = np.where(first, created, reopened)
    solved = np.where(first, ~first_solve.mask, ~last_solve.mask & ~_parent(ticket, found, "is_open"))
    at = np.where(first, first_solve.filled(0), last_solve.filled(0))
    deleted = (_parent(ticket, found, "status") == "deleted") & ~solved
    n = len(started)
    return found | {
        "started_at": started,
        "first_reply_at": _where(np.zeros(n, bool), started),
        "solved_at": _where(solved, at),
        "ended_at": _where(solved | deleted, np.where(deleted, started + 5, at)),
        "solver_id": _or_none(solved, _AGENTS[dice.integers(0, 4, n)]),
        **_dimensions(ticket, found, dice),
        **_modes("episode_frt", np.zeros(n, bool), started),
        **_modes("episode_resolution", ~deleted, np.where(solved, at, as_of) - started),
    }


def _assignments(ticket: dict[str, Any], dice: np.random.Generator) -> dict[str, Any]:
    found = _children(ticket, dice.integers(0, 4, len(ticket["ticket_key"])), "station")
    n = len(found["ticket_key"])
    started = _parent(ticket, found, "created_at") + found["station"] * 500
    return found | {
        **_dimensions(ticket, found, dice),
        "assignee_id": _AGENTS[dice.integers(0, 3, n)],
        "from_at": started,
        "to_at": _where(dice.random(n) < 0.7, started + 500),
        "handed_on_unsolved": dice.random(n) < 0.25,
    }


def _answers(ticket: dict[str, Any], dice: np.random.Generator) -> pa.Table:
    found = _children(ticket, (dice.random(len(ticket["ticket_key"])) < 0.4).astype(np.int64), "number")
    n = len(found["ticket_key"])
    kind = dice.choice(np.array(["nps", "ces", "csat"], object), n)
    score = np.where(kind == "nps", dice.integers(0, 11, n), dice.integers(1, 8, n)).astype(str).astype(object)
    score[dice.random(n) < 0.03] = "n/a"
    rated = _parent(ticket, found, "created_at") + 7200
    columns = found | {
        "external_id": np.arange(n).astype(str).astype(object),
        "kind": kind,
        "scale": np.where(kind == "nps", "0-10", "1-7"),
        "score_raw": score,
        "agent_id": _AGENTS[dice.integers(0, 5, n)],
        "group_id": _GROUPS[dice.integers(0, 4, n)],
        "rated_at": _where(dice.random(n) < 0.9, rated),
        "deleted_at": _where(dice.random(n) < 0.05, rated),
    }
    return _table(columns, _ANSWERS)


def _reviews(ticket: dict[str, Any], dice: np.random.Generator) -> pa.Table:
    found = _children(ticket, dice.poisson(0.8, len(ticket["ticket_key"])), "number")
    n = len(found["ticket_key"])
    critical = [["safe", "legal"][:k] for k in dice.integers(0, 3, n).tolist()]
    failed = [[one for one in some if dice.random() < 0.2] for some in critical]
    points = np.where([bool(one) for one in failed], 0, np.rint(100 * dice.beta(8, 2, n) * 100).astype(np.int64))
    submitted = _parent(ticket, found, "created_at") + dice.integers(3_600, 900_000, n)
    applied, kind = dice.random(n) < 0.95, dice.choice(["random", "random", "random", "targeted", "calibration"], n)
    columns = found | {
        "review_id": np.arange(1, n + 1),
        "agent_id": _AGENTS[dice.integers(0, 5, n)],
        "bot": dice.random(n) < 0.25,
        "kind": kind,
        "state": dice.choice(["submitted"] * 9 + ["void"], n),
        "scorecard_id": np.ones(n, np.int64),
        "scorecard_version": np.ones(n, np.int64),
        "points": _where(applied, points),
        "score": _where(applied, points / 100),
        "critical": _lists(critical),
        "critical_failed": _lists(failed),
        "submitted_at": submitted,
        "submitted_month": np.full(n, 202401),
    }
    return _table(columns, reviews.SCHEMA)


def _lists(values: list[list[str]]) -> Any:
    found = np.empty(len(values), object)
    found[:] = values
    return found


def _dimensions(ticket: dict[str, Any], found: dict[str, Any], dice: np.random.Generator) -> dict[str, Any]:
    n = len(found["ticket_key"])
    return {
        "group_id": _GROUPS[dice.integers(0, 4, n)],
        "assignee_id": _AGENTS[dice.integers(0, 5, n)],
        "priority": dice.choice(np.array(["low", "normal", "high"], object), n),
        "channel": _parent(ticket, found, "channel"),
        "organization_id": _parent(ticket, found, "organization_id"),
        "exclusion": _parent(ticket, found, "exclusion"),
    }


def _children(ticket: dict[str, Any], numbers: Any, name: str) -> dict[str, Any]:
    """``numbers[i]`` rows for ticket i, numbered from 1."""
    parents = np.repeat(np.arange(len(numbers)), numbers)
    starts = np.repeat(np.cumsum(numbers) - numbers, numbers)
    found = {key: ticket[key][parents] for key in ("source_id", "ticket_key", "ticket_id")}
    return found | {name: np.arange(len(parents)) - starts + 1, "parents": parents}


def _parent(ticket: dict[str, Any], found: dict[str, Any], name: str) -> Any:
    return ticket[name][found["parents"]]


def _where(there: Any, values: Any) -> Any:
    return np.ma.array(values, mask=~np.asarray(there, bool))


def _or_none(there: Any, values: Any) -> Any:
    return np.where(there, np.asarray(values).astype(object), np.array(None, object))


def _micros_or(masked: Any, other: Any) -> Any:
    return np.where(masked.mask, other, masked.filled(0))


def _modes(name: str, there: Any, seconds: Any) -> dict[str, Any]:
    return {
        f"{name}_{mode}": _where(there, np.minimum(seconds * factor / 4, 2**31 - 1).astype(np.int64))
        for mode, factor in _FACTORS.items()
    }


def _layers(name: str, columns: dict[str, Any], newer: Any, ticket: dict[str, Any]) -> pa.Table:
    """Rows in their right layer, and stale rows of layer 0 for the tickets of layer 1."""
    schema = FACTS[name]
    fresh = newer[columns["parents"]] if "parents" in columns else newer
    right = _table(columns | {"layer": fresh.astype(np.int64)}, schema)
    stale = right.filter(pa.array(fresh))
    for place, field in enumerate(schema):
        if field.name == "layer":
            stale = stale.set_column(place, field, pa.array(np.zeros(stale.num_rows), pa.int32()))
        elif field.name in ("channel", "exclusion"):
            stale = stale.set_column(place, field, pa.array(["stale"] * stale.num_rows))
    return pa.concat_tables([right, stale])


def _table(columns: dict[str, Any], schema: pa.Schema) -> pa.Table:
    return pa.table(
        [
            _array(columns[field.name], field.type)
            if field.name in columns
            else pa.nulls(len(columns["ticket_key"]), field.type)
            for field in schema
        ],
        schema=schema,
    )


def _array(values: Any, kind: pa.DataType) -> pa.Array[Any]:
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data = np.asarray(values)
    if pa.types.is_timestamp(kind):
        return pa.array(data.astype(np.int64) * 1_000_000, pa.int64(), mask=mask).cast(kind)
    if data.dtype.kind == "U":
        data = data.astype(object)
    return pa.array(data, mask=mask).cast(kind) if data.dtype != object else pa.array(data, kind, from_pandas=True)
