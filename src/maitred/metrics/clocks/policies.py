"""Which service-level target each ticket had, where a helpdesk told its policies but not what it applied.

For the clock engine: policies as API objects become the rows that a log of applied targets would have had. The first
policy by position whose conditions hold wins; its targets for the ticket's priority are applied at creation, and again
whenever the priority or another field that some policy asks for changes. All tickets of a batch are matched at once,
one condition at a time. A policy with a condition that is not understood is left out and named by ``notices``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.tables import INSTANT, SLA_METRICS

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MINIMUM_S = 15
"""No helpdesk accepts a shorter target; a shorter one in the data is read as this."""
ALWAYS = -(1 << 62), 1 << 62
_LAST = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Condition:
    """``field`` holds (``wanted``) or does not hold one of ``values``; an empty value is the empty text."""

    field: str
    values: frozenset[str]
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """Seconds for one metric and priority (None: any), in force for changes with ``since <= second < until``."""

    metric: str
    priority: str | None
    seconds: int
    business: bool
    since: int = ALWAYS[0]
    until: int = ALWAYS[1]


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy; ``unreadable`` says which of its conditions is not understood, and then it never matches."""

    policy_id: str
    name: str
    every: tuple[Condition, ...] = ()
    some: tuple[Condition, ...] = ()
    targets: tuple[Target, ...] = ()
    since: int = ALWAYS[0]
    until: int = ALWAYS[1]
    unreadable: str = ""

    def conditions(self) -> tuple[Condition, ...]:
        return (*self.every, *self.some)


# ---------------------------------------------------------------- policies

POLICY_COLUMNS = ("external_id", "name", "position", "filter", "active", "valid_from", "valid_to", "deleted_at")
TARGET_COLUMNS = (
    *("policy_id", "metric", "priority", "target_s", "business_hours", "valid_from", "valid_to", "deleted_at"),
)


def read_policies(policies: Iterable[Mapping[str, Any]], targets: Iterable[Mapping[str, Any]]) -> list[Policy]:
    """Policies in the order in which they are tried.

    Parameters
    ----------
    policies, targets
        Rows of ``sla_policies`` and ``sla_targets`` (``POLICY_COLUMNS``, ``TARGET_COLUMNS``). Without any targets (a
        source that tells what it applied) there is nothing to derive, hence no policies.

    Returns
    -------
    list of Policy
        By position; a policy that asks for nothing at all in the way of Freshdesk's default comes last.
    """
    by_policy: dict[str, list[Target]] = {}
    for row in targets:
        if row["metric"] in SLA_METRICS and row["target_s"] is not None:
            seconds = max(MINIMUM_S, int(row["target_s"]))
            target = Target(row["metric"], row["priority"], seconds, bool(row["business_hours"]), *_span(row))
            by_policy.setdefault(row["policy_id"], []).append(target)
    if not by_policy:
        return []
    found = []
    for row in policies:
        key = row["external_id"]
        if row["active"] is False or (row["filter"] is None and key not in by_policy):
            continue
        position = (_is_default(row["filter"]), row["position"] is None, row["position"] or 0, len(key), key)
        mine = tuple(sorted(by_policy.get(key, ()), key=_by_priority))
        every, some, unreadable = _conditions(row["filter"])
        found.append((position, Policy(key, row["name"] or key, every, some, mine, *_span(row), unreadable)))
    return [policy for _, policy in sorted(found, key=lambda pair: pair[0])]


def notices(policies: Iterable[Policy]) -> list[str]:
    """One sentence for each policy that is left out."""
    return [f"SLA policy {p.name!r} is not applied: {p.unreadable}" for p in policies if p.unreadable]


def ticket_columns(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Columns of ``tickets`` that the conditions need beyond those that the clock engine reads."""
    fields = _fields(policies)
    chosen = {_MORE[name] for name in fields if name in _MORE}
    return tuple(sorted(chosen | ({"custom"} if any(name.startswith("custom:") for name in fields) else set())))


def _span(row: Mapping[str, Any]) -> tuple[int, int]:
    """From when until when a row holds; what a complete list no longer names has ended, and held until then."""
    ends = [_second(row[name]) for name in ("valid_to", "deleted_at") if row[name] is not None]
    since = row["valid_from"]
    return ALWAYS[0] if since is None else _second(since), min(ends, default=ALWAYS[1])


def _second(instant: datetime) -> int:
    return int(instant.timestamp() // 1)


def _by_priority(target: Target) -> tuple[str, str, int]:
    """Targets for any priority first, so that the one for the ticket's own priority replaces them."""
    return target.metric, target.priority or "", target.since


# ---------------------------------------------------------------- conditions

_ZENDESK = {
    "priority": "priority",
    "type": "type",
    "group_id": "group",
    "assignee_id": "assignee",
    "organization_id": "organization",
    "brand_id": "brand",
    "ticket_form_id": "form",
    "requester_id": "requester",
    "current_tags": "tags",
    "via_id": "via",
}
_CUSTOM = ("custom_fields_", "ticket_fields_")
_OPERATORS = {
    **dict.fromkeys(("is", "includes", "value_is", "is_any_of"), True),
    **dict.fromkeys(("is_not", "not_includes", "value_is_not"), False),
}
_PRESENCE = {"present": False, "is_present": False, "not_present": True, "is_not_present": True}
_VIA = {"0": ("web",), "4": ("email", "mail"), "5": ("api",), "29": ("chat",)}
"""Numbers of channels whose words in records are certain."""
_FRESHDESK = {
    "company_ids": "organization",
    "group_ids": "group",
    "ticket_types": "type",
    "product_ids": "product",
    "sources": "via",
}
_HAVE = {
    "priority": "priority",
    "type": "type",
    "group": "group_id",
    "assignee": "assignee_id",
    "organization": "organization_id",
    "brand": "brand_id",
    "form": "form_id",
    "requester": "requester_id",
    "tags": "tags",
}
_MORE = {"via": "channel_raw", "product": "product_id"}


class _Unknown(Exception):
    """A condition that is not understood."""


def _is_default(text: str | None) -> bool:
    return text is None or json.loads(text) in ({}, None)


def _conditions(text: str | None) -> tuple[tuple[Condition, ...], tuple[Condition, ...], str]:
    """Conditions that must all hold, those of which one must hold, and what is not understood."""
    document = json.loads(text) if text else {}
    try:
        if not isinstance(document, dict):
            raise _Unknown("its filter is not an object")
        if "all" in document or "any" in document:
            every, some = (tuple(_condition(c) for c in document.get(key) or ()) for key in ("all", "any"))
            return every, some, ""
        return tuple(_applicable(key, value) for key, value in document.items() if value not in (None, [])), (), ""
    except _Unknown as unknown:
        return (), (), str(unknown)


def _condition(entry: Any) -> Condition:
    """One of Zendesk's conditions, ``{field, operator, value}``."""
    if not isinstance(entry, dict):
        raise _Unknown("a condition is not an object")
    key, operator = entry.get("field"), entry.get("operator")
    name = _ZENDESK.get(key) if isinstance(key, str) else None
    if name is None and isinstance(key, str) and key.startswith(_CUSTOM):
        name = f"custom:{key[len(_CUSTOM[0]) :]}"
    if name is None:
        raise _Unknown(f"its condition on {key} is not understood")
    if operator in _PRESENCE:
        return Condition(name, frozenset({""}), _PRESENCE[operator])
    if operator not in _OPERATORS:
        raise _Unknown(f"the operator {operator} of its condition on {key} is not understood")
    values = _values(entry.get("value"), split=name == "tags")
    if name == "via":
        if not values <= _VIA.keys():
            raise _Unknown(f"the channel {', '.join(sorted(values - _VIA.keys()))} of its condition is not understood")
        values = frozenset(word for value in values for word in _VIA[value])
    return Condition(name, values, _OPERATORS[operator])


def _applicable(key: str, value: Any) -> Condition:
    """One entry of Freshdesk's ``applicable_to``: the ticket has one of the listed values."""
    if key not in _FRESHDESK or isinstance(value, dict):
        raise _Unknown(f"its condition on {key} is not understood")
    return Condition(_FRESHDESK[key], _values(value, split=False))


def _values(value: Any, *, split: bool) -> frozenset[str]:
    entries = value if isinstance(value, list) else str(value or "").split() if split else [value]
    return frozenset(_word(entry) for entry in entries) or frozenset({""})


def _word(value: Any) -> str:
    if value is None:
        return ""
    text = str(value).strip().casefold()
    return "" if text == "none" and not isinstance(value, str) else text


def _held(text: str | None, name: str) -> frozenset[str]:
    """What a ticket's field holds: one word, or those of a list."""
    if text is None or not text.strip():
        return frozenset({""})
    if text.startswith("["):
        return frozenset(_word(entry) for entry in json.loads(text)) or frozenset({""})
    return frozenset(text.casefold().split()) if name == "tags" else frozenset({_word(text)})


def _fields(policies: Iterable[Policy]) -> list[str]:
    """The fields whose change may change the target, the priority first."""
    asked = {c.field for policy in policies if not policy.unreadable for c in policy.conditions()}
    return ["priority", *sorted(asked - {"priority"})]


# ---------------------------------------------------------------- tickets


@dataclass(slots=True)
class _Points:
    """The instants at which a ticket's target is settled anew: ticket number and second, by ticket and time."""

    ticket: Ints
    at: Ints
    words: dict[str, list[str]] = field(default_factory=dict)
    held: dict[str, list[frozenset[str]]] = field(default_factory=dict)  # by code; the last one is the empty field's
    codes: dict[str, Ints] = field(default_factory=dict)  # -1 where the field is empty

    def kept(self, chosen: Flags) -> _Points:
        codes = {name: code[chosen] for name, code in self.codes.items()}
        return _Points(self.ticket[chosen], self.at[chosen], self.words, self.held, codes)

    def first(self) -> Flags:
        """Which points are the first of their ticket."""
        return np.r_[True, self.ticket[1:] != self.ticket[:-1]] if len(self.ticket) else np.zeros(0, np.bool_)

    def holds(self, condition: Condition) -> Flags:
        name = condition.field
        truth: Flags = np.array([not condition.values.isdisjoint(held) for held in self.held[name]])[self.codes[name]]
        return truth if condition.wanted else ~truth


def completed(tables: dict[str, pa.Table], policies: Sequence[Policy]) -> dict[str, pa.Table]:
    """The clock engine's input with the rows of ``applied`` added; without policies it is the input itself."""
    if not policies:
        return tables
    whole = dict(tables)
    for name, rows in applied(tables, policies).items():
        given = tables.get(name)
        if given is None or not given.num_rows:
            whole[name] = rows
        elif rows.num_rows:
            columns = [_like(rows[column.name], column.type) for column in given.schema]
            whole[name] = pa.concat_tables([given, pa.Table.from_arrays(columns, schema=given.schema)])
    return whole


def applied(tables: dict[str, pa.Table], policies: Sequence[Policy]) -> dict[str, pa.Table]:
    """What the policies apply to the tickets that tell no applied or cleared target themselves.

    Parameters
    ----------
    tables
        The clock engine's input (``engine.INPUTS``), ``tickets`` with the columns of ``ticket_columns`` besides.

    Returns
    -------
    dict
        ``sla_events``: targets applied and cleared. ``ticket_events``: the policy's name where it changed (field
        ``sla_policy``) and, for a ticket without any history, its group since creation, because the engine reads the
        group from the ticket itself only while there is no history.
    """
    tickets = _without_own(tables)
    readable = [policy for policy in policies if not policy.unreadable]
    if not readable or not tickets.num_rows:
        return {"sla_events": _target_rows([]), "ticket_events": _event_rows([])}
    keys = tickets["ticket_key"].to_numpy()
    history = _History(tables.get("ticket_events"), keys, _seconds(tickets["created_at"]))
    points = _points(tickets, history, _fields(readable))
    chosen = _chosen(points, readable)
    asked = [metric for metric in SLA_METRICS if any(t.metric == metric for p in readable for t in p.targets)]
    events = _policy_rows(points, chosen, readable, history, keys)
    targets = [part for metric in asked for part in _metric_rows(points, chosen, readable, metric, keys)]
    events.append(_groups(tickets, history, keys, np.concatenate([part[0] for part in (*events, *targets)])))
    return {"sla_events": _target_rows(targets), "ticket_events": _event_rows(events)}


def _without_own(tables: dict[str, pa.Table]) -> pa.Table:
    """Tickets without a target of their own, by key."""
    tickets = tables["tickets"]
    known = tables.get("sla_events")
    if known is not None and known.num_rows:
        told = known.filter(pc.is_in(known["type"], value_set=pa.array(["applied", "cleared"])))["ticket_key"]
        if len(told):
            own = pc.is_in(tickets["ticket_key"], value_set=pc.unique(told))
            tickets = tickets.filter(pc.invert(own))
    keys = tickets["ticket_key"].to_numpy()
    if len(keys) > 1 and not bool(np.all(keys[1:] > keys[:-1])):
        tickets = tickets.take(pa.array(np.argsort(keys, kind="stable")))
    return tickets


class _History:
    """The field changes of the tickets at hand, by ticket number, second and place inside the second."""

    def __init__(self, events: pa.Table | None, keys: Ints, created: Ints) -> None:
        self.created = created
        self.n = len(keys)
        if events is None or not events.num_rows:
            self.ticket, self.at, self.seq = (np.zeros(0, np.int64) for _ in range(3))
            self.field = self.value = pa.array([], pa.string())
        else:
            key = events["ticket_key"].to_numpy()
            place = np.searchsorted(keys, key)
            place[place == len(keys)] = 0
            mine = np.flatnonzero(keys[place] == key)
            rows = events if len(mine) == len(key) else events.take(pa.array(mine))
            self.ticket = place[mine].astype(np.int64)
            self.at = np.maximum(_seconds(rows["occurred_at"]), created[self.ticket])
            self.seq = rows["seq"].to_numpy().astype(np.int64)
            self.field, self.value = _flat(rows["field"]), _flat(rows["new_value"])
        lowest = min(int(created.min()), int(self.at.min())) if len(self.at) else int(created.min())
        highest = max(int(created.max()), int(self.at.max())) if len(self.at) else int(created.max())
        self.lowest, self.span = lowest, highest - lowest + 1

    def when(self, ticket: Ints, at: Ints) -> Ints:
        """One number that sorts by ticket and time."""
        return ticket * self.span + (at - self.lowest)

    def of(self, name: str) -> Ints:
        """Row numbers of a field's changes, in order."""
        rows: Ints = np.flatnonzero(self.named(name))
        order = np.lexsort((self.seq[rows], self.when(self.ticket[rows], self.at[rows])))
        return np.asarray(rows[order], np.int64)

    def named(self, *names: str) -> Flags:
        found: Flags = pc.is_in(self.field, value_set=pa.array(names)).to_numpy(zero_copy_only=False)
        return found

    def told_from_creation(self) -> Flags:
        """Tickets whose log tells the creation with the values of that moment: a field it leaves out was empty."""
        told, valued = np.zeros(self.n, np.bool_), np.zeros(self.n, np.bool_)
        born = self.named("created")
        told[self.ticket[born]] = True
        valued[self.ticket[~born & (self.at <= self.created[self.ticket])]] = True
        return told & valued


def _points(tickets: pa.Table, history: _History, fields: Sequence[str]) -> _Points:
    """Creation of each ticket, and every second at which one of the fields took another value."""
    asked = np.flatnonzero(history.named(*fields))
    everyone = np.arange(history.n, dtype=np.int64)
    when = history.when(everyone, history.created)
    if len(asked):
        when = np.unique(np.r_[when, history.when(history.ticket[asked], history.at[asked])])
    points = _Points(when // history.span, when % history.span + history.lowest)
    told = history.told_from_creation() if len(asked) else np.zeros(history.n, np.bool_)
    changed = points.first()
    for name in fields:
        codes = _in_force(points, when, tickets, history, name, told)
        changed[1:] |= codes[1:] != codes[:-1]
    return points if bool(changed.all()) else points.kept(changed)


def _in_force(points: _Points, when: Ints, tickets: pa.Table, history: _History, name: str, told: Flags) -> Ints:
    """Fill in the value of a field at every point: the last change up to then, else what it was at creation."""
    column = _current(tickets, name)
    rows = history.of(name)
    if len(rows):
        column = pa.concat_arrays([column, _text(history.value.take(pa.array(rows)))])
    encoded = column.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    now = codes[: history.n][points.ticket]
    if len(rows):
        ticket, value = history.ticket[rows], codes[history.n :]
        last = np.searchsorted(history.when(ticket, history.at[rows]), when, side="right") - 1
        before = (last >= 0) & (ticket[last] == points.ticket)
        follow = np.minimum(last + 1, len(rows) - 1)
        later = ~before & (last + 1 < len(rows)) & (ticket[follow] == points.ticket)
        at_first = np.where(told[points.ticket], -1, value[follow])
        now = np.where(before, value[last], np.where(later, at_first, now))
    points.words[name] = encoded.dictionary.to_pylist()
    points.held[name] = [_held(word, name) for word in (*points.words[name], None)]
    points.codes[name] = now
    return np.asarray(now, np.int64)


def _current(tickets: pa.Table, name: str) -> pa.Array:
    """What the ticket itself says of a field."""
    if name.startswith("custom:"):
        key = name.removeprefix("custom:")
        return pa.array([_custom(text, key) for text in tickets["custom"].to_pylist()], pa.string())
    column = tickets[_HAVE.get(name) or _MORE[name]]
    if pa.types.is_list(column.type):
        column = pc.binary_join(column, " ")
    return _text(column)


def _custom(text: str | None, key: str) -> str | None:
    value = json.loads(text).get(key) if text and key in text else None
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _chosen(points: _Points, policies: Sequence[Policy]) -> Ints:
    """Number of the first policy that matches at each point; -1 for none."""
    chosen = np.full(len(points.at), -1, np.int64)
    for number in range(len(policies) - 1, -1, -1):
        policy = policies[number]
        matches = (points.at >= policy.since) & (points.at < policy.until)
        for condition in policy.every:
            matches &= points.holds(condition)
        if policy.some:
            matches &= np.logical_or.reduce([points.holds(condition) for condition in policy.some])
        chosen[matches] = number
    return chosen


# ---------------------------------------------------------------- rows

Part = tuple[Any, ...]


def _metric_rows(points: _Points, chosen: Ints, policies: Sequence[Policy], metric: str, keys: Ints) -> list[Part]:
    """Targets of one metric: applied at every point that has one, cleared at those after it that have none."""
    value = np.full(len(chosen), -1, np.int64)
    priority = {word: code for code, word in enumerate(points.words["priority"])}
    for number, policy in enumerate(policies):
        targets = [target for target in policy.targets if target.metric == metric]
        mine = np.flatnonzero(chosen == number) if targets else np.zeros(0, np.int64)
        for target in targets if len(mine) else ():
            wanted = -2 if target.priority is None else priority.get(target.priority, -2)
            if target.priority is not None and wanted == -2:
                continue
            at = points.at[mine]
            fits = (at >= target.since) & (at < target.until)
            if target.priority is not None:
                fits &= points.codes["priority"][mine] == wanted
            value[mine[fits]] = 2 * target.seconds + target.business
    has = value >= 0
    count = np.cumsum(has)
    start = np.maximum.accumulate(np.where(points.first(), np.arange(len(has)), 0))
    had: Flags = count - has > (count - has)[start]
    parts = []
    for kind, rows in (("applied", np.flatnonzero(has)), ("cleared", np.flatnonzero(~has & had))):
        seconds = pa.array(value[rows] // 2) if kind == "applied" else pa.nulls(len(rows), pa.int64())
        business = pa.array(value[rows] % 2 == 1) if kind == "applied" else pa.nulls(len(rows), pa.bool_())
        parts.append((keys[points.ticket[rows]], points.at[rows], metric, kind, seconds, business))
    return parts


def _policy_rows(
    points: _Points, chosen: Ints, policies: Sequence[Policy], history: _History, keys: Ints
) -> list[Part]:
    """The name of the policy wherever another one comes into force; not for tickets that tell it themselves."""
    before = np.r_[-1, chosen[:-1]] if len(chosen) else chosen
    before = np.where(points.first(), -1, before)
    named = np.zeros(history.n, np.bool_)
    named[history.ticket[history.named("sla_policy")]] = True
    rows = np.flatnonzero((chosen != before) & ~named[points.ticket])
    names = pa.array([policy.name for policy in policies])
    number = chosen[rows]
    values = names.take(pa.array(np.where(number < 0, 0, number), mask=number < 0))
    return [(keys[points.ticket[rows]], points.at[rows], "sla_policy", values)]


def _groups(tickets: pa.Table, history: _History, keys: Ints, given: Ints) -> Part:
    """The group, from creation on, of tickets that are given rows here and have no change of a field of their own."""
    bare = np.zeros(history.n, np.bool_)
    bare[np.searchsorted(keys, given)] = True
    bare[history.ticket[~history.named("created", "schedule", "macro")]] = False
    rows = np.flatnonzero(bare & tickets["group_id"].is_valid().to_numpy())
    return keys[rows], history.created[rows], "group", _text(tickets["group_id"].take(pa.array(rows)))


def _target_rows(parts: Sequence[Part]) -> pa.Table:
    n = sum(len(part[0]) for part in parts)
    columns = {
        "ticket_key": _numbers(parts, 0),
        "at": _instants(_numbers(parts, 1)),
        "actor_id": pa.nulls(n, pa.string()),
        "metric": _repeated(parts, 2),
        "type": _repeated(parts, 3),
        "target_s": pa.chunked_array([part[4] for part in parts], pa.int64()),
        "in_business_hours": pa.chunked_array([part[5] for part in parts], pa.bool_()),
    }
    return pa.table(columns)


def _event_rows(parts: Sequence[Part]) -> pa.Table:
    n = sum(len(part[0]) for part in parts)
    columns = {
        "ticket_key": _numbers(parts, 0),
        "occurred_at": _instants(_numbers(parts, 1)),
        "seq": pa.array(np.full(n, _LAST, np.int32)),
        "actor_id": pa.nulls(n, pa.string()),
        "actor_type": pa.repeat("system", n),
        "field": _repeated(parts, 2),
        "new_value": pa.chunked_array([part[3] for part in parts], pa.string()),
    }
    return pa.table(columns)


def _numbers(parts: Sequence[Part], place: int) -> pa.Array:
    return pa.array(np.concatenate([part[place] for part in parts]) if parts else np.zeros(0, np.int64))


def _repeated(parts: Sequence[Part], place: int) -> Any:
    return pa.chunked_array([pa.repeat(part[place], len(part[0])) for part in parts], pa.string())


def _instants(seconds: pa.Array) -> pa.Array:
    return pc.multiply(seconds, 1_000_000).view(INSTANT)


def _seconds(column: Any) -> Ints:
    seconds: Ints = np.floor_divide(pc.cast(column, pa.int64()).to_numpy(), 1_000_000)
    return seconds


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _text(column: Any) -> pa.Array:
    array = _flat(column)
    return pc.cast(array, pa.string())


def _like(column: Any, kind: pa.DataType) -> Any:
    array = _flat(column)
    if pa.types.is_dictionary(kind) and not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    return array if array.type == kind else pc.cast(array, kind)
