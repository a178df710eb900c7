"""Canonical rows out of what a log says: events, messages, tickets, people and groups.

For ``decode``. Ids are built from the case, the field and the instant, so that a second import of the same rows gives
the same ids, and a longer export of the same log adds to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.keys import ticket_keys
from maitred.connectors.columns import conform
from maitred.connectors.files.eventlog.columns import Array, Coded, Columns, Flags, Ints, equals, take
from maitred.connectors.files.eventlog.effects import CLEARED, Changes, Field, first_known, happening, last_known
from maitred.connectors.files.eventlog.frame import Frame
from maitred.connectors.files.eventlog.learn import Learned
from maitred.connectors.files.eventlog.mapping import BODY, CUSTOM, HISTORY, Activity, Mapping
from maitred.connectors.files.eventlog.roles import Roles
from maitred.connectors.files.eventlog.words import channel_of

INSTANT = pa.timestamp("us", tz="UTC")
NAMELESS_AGENT = "agent:unnamed"
NAMELESS_BOT = "bot:unnamed"
_TEXTS = ("number", "submitter_id", "product_id", "parent_id", "merged_into_id")
_TIMES = ("due_at", "vendor_first_reply_due_at", "vendor_first_replied_at", "vendor_solved_at", "vendor_closed_at")


@dataclass(frozen=True, slots=True)
class Log:
    """A part of a log on its way into canonical rows."""

    frame: Frame
    roles: Roles
    mapping: Mapping
    learned: Learned
    keys: Array

    @classmethod
    def of(cls, frame: Frame, roles: Roles, mapping: Mapping, learned: Learned) -> Log:
        return cls(frame, roles, mapping, learned, ticket_keys(frame.cases))

    def created(self) -> Ints:
        """Seconds at which each case began: its ``created_at`` column, else its first row."""
        first = self.frame.seconds[self.frame.starts]
        told = self.frame.instants.get("created_at")
        if told is None:
            return first
        place = first_known(told, self.frame)
        return np.where(place >= 0, told[place], first)

    def actors(self) -> Coded:
        """Who did each row."""
        if self.roles.actor is None:
            return Coded(pa.array([], pa.string()), np.full(len(self.frame.rows), -1, np.int64))
        return self.frame.coded(self.roles.actor)

    def ids(self, cases: Ints, field: Array | str, seconds: Ints, numbers: Ints, places: int = 1) -> Array:
        """External ids: case, field, seconds since 1970 and a running number (``places`` digits at least)."""
        number: Any = pc.cast(pa.array(numbers), pa.string())
        number = number if places == 1 else pc.utf8_lpad(number, places, "0")
        parts: Any = (take(self.frame.cases, cases), field, pc.cast(pa.array(seconds), pa.string()), number, "|")
        joined: Array = pc.binary_join_element_wise(*parts)
        return joined


def event_rows(log: Log, changes: Iterable[Changes]) -> pa.Table:
    """The table ``ticket_events``: one ``created`` per case, then every change, ordered by case and time."""
    frame = log.frame
    changes = list(changes)
    cases = len(frame.cases)
    places = np.concatenate([frame.starts, *(change.rows for change in changes)])
    field = np.repeat(np.arange(len(changes) + 1), [cases, *(len(change.rows) for change in changes)])
    seconds = np.concatenate([log.created(), *(frame.seconds[change.rows] for change in changes)])
    # A case's creation comes first inside its instant, whichever row told of it.
    turn = np.where(field == 0, -1, places)
    by = np.lexsort((field, turn, seconds, frame.case[places]))
    places, field, seconds = places[by], field[by], seconds[by]
    case = frame.case[places]
    names = take(pa.array(["created", *(change.field for change in changes)]), field)
    uncertain = np.concatenate([np.zeros(cases, np.int64), *(change.uncertainty for change in changes)])[by]
    actor_id, actor_type = _actor_of_events(log, places, (field == 0) & (seconds != frame.seconds[places]))

    def told(part: str) -> Array:
        return _joined([pa.nulls(cases, pa.string()), *(getattr(change, part) for change in changes)], by)

    return conform(
        "ticket_events",
        {
            "external_id": log.ids(case, names, seconds, _running(case, seconds, field)),
            "source_updated_at": _instants(seconds),
            "ticket_key": log.keys.take(case),
            "ticket_id": take(frame.cases, case),
            "occurred_at": _instants(seconds),
            "seq": pa.array(_running(case, seconds), pa.int32()),
            "actor_id": actor_id,
            "actor_type": actor_type,
            "field": names,
            "old_value": told("old"),
            "new_value": told("new"),
            "old_raw": told("old_raw"),
            "new_raw": told("new_raw"),
            "provenance": take(pa.array(["export", "snapshot_diff"]), (uncertain > 0).astype(np.int64)),
            "uncertainty_s": pa.array(uncertain),
        },
        pa.array(frame.lines[places]),
    )


def _actor_of_events(log: Log, places: Ints, apart: Flags) -> tuple[Array, Array]:
    """Actor and what the log itself says of his kind; ``apart``: events that no row of the log tells of."""
    actors = log.actors()
    codes = np.where(apart, -1, actors.codes[places])
    bots = np.array([text in log.learned.bots for text in actors.texts] + [False], np.bool_)
    nobody = 0 if log.roles.actor is None else 1
    kind = np.where(codes < 0, np.where(apart, 0, nobody), np.where(bots[codes], 2, 0))
    return take(actors.values, codes), take(pa.array(["unknown", "system", "bot"]), kind)


def message_rows(log: Log) -> pa.Table | None:
    """The table ``messages``: one per row whose activity the map calls a message; null when it calls none so."""
    frame, mapping = log.frame, log.mapping
    activity = frame.coded(log.roles.activity)
    kinds = ["agent_public", "agent_private", "customer", "bot"]
    means = [mapping.activities.get(text, Activity()).message for text in activity.texts]
    table = np.array([kinds.index(kind) if kind is not None else -1 for kind in means] + [-1], np.int64)
    kind = np.where(happening(frame, log.roles, log.learned), table[activity.codes], -1)
    rows = np.flatnonzero(kind >= 0)
    if not any(does.message for does in mapping.activities.values()):
        return None
    kind, case, seconds = kind[rows], frame.case[rows], frame.seconds[rows]
    author, author_type = _authors(log, rows, kind)
    body = mapping.column(BODY)
    texts: Any = frame.coded(body).at(rows).fill_null("") if body is not None else pa.repeat("", len(rows))
    public: Any = pa.array(kind != kinds.index("agent_private"))
    return conform(
        "messages",
        {
            "external_id": log.ids(case, "message", seconds, _running(case, seconds), places=4),
            "source_updated_at": _instants(seconds),
            "ticket_key": log.keys.take(case),
            "ticket_id": take(frame.cases, case),
            "author_id": author,
            "author_type": author_type,
            "direction": take(pa.array(["out", "internal", "in", "out"]), kind),
            "is_public": public,
            "channel": _channels(log)[1].take(case),
            "sent_at": _instants(seconds),
            "body_text": texts,
            "attachments_count": pa.array(np.zeros(len(rows), np.int32)),
            "is_first": pa.array(np.append(True, case[1:] != case[:-1])[: len(rows)]),
            "automated": pa.array(equals(author_type, "bot")),
        },
        pa.array(frame.lines[rows]),
    )


def _authors(log: Log, rows: Ints, kind: Ints) -> tuple[Array, Array]:
    """Who wrote each message.

    The map's word on a message decides which side wrote it; only what a listed bot writes for the agents is a bot's.
    Where the actor cannot be that side (missing, or staff or a bot that entered what a customer said), a stand-in of
    the right side is the author, so that a reply stays a reply.
    """
    frame, learned = log.frame, log.learned
    actors = log.actors()
    who: Any = actors.at(rows)
    named = actors.codes[rows] >= 0
    bots, agents = (_in(actors, group)[actors.codes[rows]] for group in (learned.bots, learned.agents))
    is_customer = kind == 2
    is_bot = ~is_customer & (bots | (kind == 3))
    stands_in = np.where(is_customer, agents | bots | ~named, np.where(is_bot, ~bots, ~named))
    requester = _requesters(log).take(frame.case[rows])
    instead: Any = pc.if_else(
        pa.array(is_customer),
        pc.coalesce(requester, _nameless_customers(log, frame.case[rows])),
        take(pa.array([NAMELESS_AGENT, NAMELESS_BOT]), is_bot.astype(np.int64)),
    )
    sides = take(pa.array(["agent", "customer", "bot"]), np.where(is_bot, 2, np.where(is_customer, 1, 0)))
    return pc.if_else(pa.array(stands_in), instead, who), sides


def _in(coded: Coded, group: frozenset[str]) -> Flags:
    return np.array([text in group for text in coded.texts] + [False], np.bool_)


def _requesters(log: Log) -> Array:
    """The requester that the map's column names for each case, or null."""
    column = log.mapping.column("requester")
    if column is None:
        return pa.nulls(len(log.frame.cases), pa.string())
    coded = log.frame.coded(column)
    place = last_known(coded.codes, log.frame)
    return take(coded.values, np.where(place >= 0, coded.codes[place], -1))


def _nameless_customers(log: Log, cases: Ints) -> Array:
    parts: Any = (pa.repeat("customer", len(cases)), take(log.frame.cases, cases), ":")
    joined: Array = pc.binary_join_element_wise(*parts)
    return joined


def _channels(log: Log) -> tuple[Array, Array]:
    """Foreign and canonical channel of each case; null where the log tells none."""
    column = log.mapping.column("channel")
    if column is None:
        return pa.nulls(len(log.frame.cases), pa.string()), pa.nulls(len(log.frame.cases), pa.string())
    raw = log.frame.coded(column)
    place = last_known(raw.codes, log.frame)
    codes = np.where(place >= 0, raw.codes[place], -1)
    known = raw.translated({text: channel_of(text) or "other" for text in raw.texts})
    return take(raw.values, codes), take(known.values, np.where(place >= 0, known.codes[place], -1))


def ticket_rows(log: Log, fields: list[Field], messages: pa.Table | None) -> pa.Table:
    """The table ``tickets``: what was last known of each case."""
    frame = log.frame
    created = log.created()
    updated = np.maximum(frame.seconds[frame.ends], created)
    told = frame.instants.get("updated_at")
    if told is not None:
        place = last_known(told, frame)
        updated = np.where(place >= 0, told[place], updated)
    last = {field.name: field.last(frame) for field in fields}
    columns: dict[str, Any] = {
        "external_id": frame.cases,
        "source_updated_at": _instants(updated),
        "ticket_key": log.keys,
        **_static(log),
        **{HISTORY[name]: values[0] for name, values in last.items() if name in HISTORY},
        **_status(log, last.get("status")),
        "created_at": _instants(created),
        "updated_at": _instants(updated),
        "history_from": _instants(created),
        "custom": _custom(log, {name: values[1] for name, values in last.items() if name.startswith(CUSTOM)}),
    }
    columns["priority_raw"] = _last_text(log, log.mapping.column("priority"))
    if "is_escalated" in columns:
        columns["is_escalated"] = columns["is_escalated"].cast(pa.bool_())
    if "requester_id" not in columns:
        columns["requester_id"] = _first_customers(log, messages)
    return conform("tickets", columns, pa.array(frame.lines[frame.ends]))


def _status(log: Log, last: tuple[Array, Array] | None) -> dict[str, Any]:
    """A case that did nothing with a status yet is ``new``; one whose status nobody tells is ``open``."""
    unknown = "new" if log.mapping.tells_status and log.mapping.mode == "activity" else "open"
    if last is None:
        told: Any = pa.repeat(unknown, len(log.frame.cases))
        return {"status": told, "status_raw": told}
    status: Any = last[0].fill_null(unknown)
    return {"status": status, "status_raw": pc.coalesce(last[1], status)}


def _static(log: Log) -> dict[str, Any]:
    """Columns without history: the last known value of each case."""
    columns: dict[str, Any] = {name: _last_text(log, log.mapping.column(name)) for name in _TEXTS}
    for name in _TIMES:
        told = log.frame.instants.get(name)
        if told is not None:
            place = last_known(told, log.frame)
            columns[name] = _instants(np.where(place >= 0, told[place], -1))
    raw, channel = _channels(log)
    columns |= {"channel_raw": raw, "channel": channel.fill_null("other")}
    tags = log.mapping.column("tags")
    if tags is not None:
        texts = _last_text(log, tags).to_pylist()
        words = [[] if text is None else [word.strip() for word in _split(text) if word.strip()] for text in texts]
        columns["tags"] = pa.array(words, pa.list_(pa.string()))
    if columns["number"].null_count:
        columns["number"] = pc.coalesce(columns["number"], log.frame.cases)
    return columns


def _split(text: str) -> list[str]:
    return text.replace(";", ",").replace("|", ",").split(",")


def _last_text(log: Log, column: str | None) -> Array:
    if column is None:
        return pa.nulls(len(log.frame.cases), pa.string())
    coded = log.frame.coded(column)
    place = last_known(coded.codes, log.frame)
    return take(coded.values, np.where(place >= 0, coded.codes[place], -1))


def _custom(log: Log, fields: dict[str, Array]) -> Array:
    if not fields:
        return pa.repeat("{}", len(log.frame.cases))
    names = sorted(name.removeprefix(CUSTOM) for name in fields)
    columns = [fields[CUSTOM + name].to_pylist() for name in names]
    rows = zip(*columns, strict=True)
    return pa.array(
        [orjson.dumps({n: v for n, v in zip(names, row, strict=True) if v is not None}).decode() for row in rows]
    )


def _first_customers(log: Log, messages: pa.Table | None) -> Array:
    """The writer of each case's first customer message, for logs that name no requester."""
    found = np.full(len(log.frame.cases), -1, np.int64)
    if messages is None or not messages.num_rows:
        return pa.nulls(len(log.frame.cases), pa.string())
    sides: Any = messages.column("author_type").combine_chunks()
    rows = np.flatnonzero(equals(sides, "customer"))[::-1]
    cases: Any = pc.index_in(messages.column("ticket_id"), log.frame.cases)
    found[cases.to_numpy()[rows]] = rows
    authors: Any = messages.column("author_id").combine_chunks()
    return take(authors, found)


def user_rows(log: Log, fields: list[Field], messages: pa.Table | None) -> pa.Table:
    """The table ``users``: everybody whom this part of the log names.

    Role: ``bot`` if the map lists him or he only writes bot messages; ``end_user`` if he only asks; everybody else who
    acts in a helpdesk's log is taken for staff.
    """
    seen = _Seen()
    actors, frame = log.actors(), log.frame
    seen.note(actors, frame.seconds, frame.lines)
    for field in fields:
        if field.name in ("assignee", "requester"):
            seen.note(field.canonical, frame.seconds, frame.lines)
    if messages is not None:
        seconds: Any = pc.divide(messages.column("sent_at").cast(pa.int64()), 1_000_000)
        seen.note(Columns(messages)["author_id"], seconds.to_numpy(), messages.column("_line").to_numpy())
    ids = sorted(seen.latest)
    learned = log.learned
    customers = learned.customers | {text for text in ids if text.startswith("customer:")}
    roles = [
        "bot"
        if one in learned.bots or one == NAMELESS_BOT
        else ("end_user" if one in customers and one not in learned.agents else "agent")
        for one in ids
    ]
    count = len(ids)
    return conform(
        "users",
        {
            "external_id": pa.array(ids, pa.string()),
            "source_updated_at": seen.instants(ids),
            "name": pa.array(ids, pa.string()),
            "role": pa.array(roles, pa.string()),
            "active": pa.repeat(True, count),
            "suspended": pa.repeat(False, count),
        },
        [seen.line[one] for one in ids],
    )


def group_rows(log: Log, fields: list[Field]) -> pa.Table:
    """The table ``groups``: every group that tickets were in."""
    seen = _Seen()
    for field in fields:
        if field.name == "group":
            seen.note(field.canonical, log.frame.seconds, log.frame.lines)
    ids = sorted(seen.latest)
    return conform(
        "groups",
        {
            "external_id": pa.array(ids, pa.string()),
            "source_updated_at": seen.instants(ids),
            "name": pa.array(ids, pa.string()),
            "is_queue": pa.repeat(False, len(ids)),
        },
        [seen.line[one] for one in ids],
    )


class _Seen:
    """When each id was met last (seconds), and the first row that names it."""

    def __init__(self) -> None:
        self.latest: dict[str, int] = {}
        self.line: dict[str, int] = {}

    def note(self, who: Coded, seconds: Ints, lines: Ints) -> None:
        latest = np.full(len(who.values) + 1, -1, np.int64)
        first = np.full(len(who.values) + 1, np.iinfo(np.int64).max, np.int64)
        np.maximum.at(latest, who.codes, seconds)
        np.minimum.at(first, who.codes, lines)
        for text, second, line in zip(who.texts, latest.tolist(), first.tolist(), strict=False):
            if text != CLEARED and second >= 0:
                self.latest[text] = max(second, self.latest.get(text, 0))
                self.line[text] = min(line, self.line.get(text, line))

    def instants(self, ids: list[str]) -> Array:
        return _instants(np.array([self.latest[one] for one in ids], np.int64))


def _instants(seconds: Ints) -> Array:
    """Seconds as instants; -1 is null."""
    micros: Any = pa.array(seconds * 1_000_000, pa.int64(), mask=seconds < 0)
    instants: Array = micros.cast(INSTANT)
    return instants


def _joined(parts: list[Array], by: Ints) -> Array:
    whole: Any = pa.concat_arrays(parts)
    taken: Array = whole.take(by)
    return taken


def _running(case: Ints, seconds: Ints, kind: Ints | None = None) -> Ints:
    """For rows sorted by case and time each row's number, from 0, inside its instant (and its kind, if given)."""
    count = len(case)
    if not count:
        return np.zeros(0, np.int64)
    new = np.append(True, (case[1:] != case[:-1]) | (seconds[1:] != seconds[:-1]))
    by = np.arange(count)
    if kind is not None:
        key = np.cumsum(new) * (int(kind.max()) + 1) + kind
        by = np.argsort(key, kind="stable")
        new = np.append(True, key[by][1:] != key[by][:-1])
    starts = np.flatnonzero(new)
    numbers = np.empty(count, np.int64)
    numbers[by] = np.arange(count) - np.repeat(starts, np.diff(np.append(starts, count)))
    return numbers
