"""What is to change on a ticket, in plain values: whether it makes sense, what it would do, and whether it is so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maitred.base.errors import Invalid
from maitred.connectors.live import Op, Seen

MARK = "[maitred:"
LABEL = ":label"
"""Ends the name under which a ticket's values tell a field's value in the helpdesk's own word, where it has one."""
OWNERS = ("assignee", "group")
"""Fields that a helpdesk may change together: who has a ticket."""
_EMPTY: tuple[Any, ...] = (None, "", [], ())


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants changed on one ticket.

    Attributes
    ----------
    reason
        Why, in the words of whoever wants it.
    key
        By which the change of this ticket is known: it is sent once, however often it is planned and whatever became of
        it. Made up where it is empty.
    seen
        Values by canonical field as they were when the wish arose; where the helpdesk has others, it is a conflict.
    """

    ticket: str
    ops: tuple[Op, ...]
    reason: str = ""
    key: str = ""
    seen: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after; tags as lists, a note as nothing before and its text after."""

    field: str
    before: Any
    after: Any


def check(changes: Sequence[Change]) -> None:
    """Make sure that each change can be meant as it is written.

    Raises
    ------
    Invalid
        It names each ticket and what is wrong there.
    """
    errors: list[dict[str, str]] = []
    met: set[str] = set()
    for change in changes:
        wrong = _wrong(change)
        if change.ticket in met:
            wrong.append("the ticket is named twice: put all that is to change on it into one change")
        met.add(change.ticket)
        errors += [{"field": change.ticket or "(no ticket)", "message": text} for text in wrong]
    if errors:
        first = errors[0]
        raise Invalid(
            f"{len(errors)} of the changes cannot be planned; ticket {first['field']}: {first['message']}",
            "correct them and plan again",
            tuple(errors),
        )


def _wrong(change: Change) -> list[str]:
    wrong = []
    if not change.ticket:
        wrong.append("it names no ticket")
    if not change.ops:
        wrong.append("nothing is to change")
    fields = [op.field for op in change.ops if op.kind == "set"]
    wrong += [f"{name} is set twice" for name in sorted({name for name in fields if fields.count(name) > 1})]
    notes = [op for op in change.ops if op.kind == "note"]
    if len(notes) > 1:
        wrong.append("it has two notes: write one")
    tags: dict[str, set[str]] = {"add_tags": set(), "remove_tags": set()}
    for op in change.ops:
        if op.kind == "note":
            wrong += _wrong_note(op.value)
        elif op.kind == "set":
            if op.field in ("tags", "note", "") or op.field.endswith(LABEL):
                wrong.append(f"{op.field or 'no field'} cannot be set: tags are added and removed, notes written")
        elif not isinstance(op.value, list | tuple) or not all(isinstance(tag, str) and tag for tag in op.value):
            wrong.append("tags are a list of words")
        else:
            tags[op.kind] |= {tag.casefold() for tag in op.value}
    both = sorted(tags["add_tags"] & tags["remove_tags"])
    if both:
        wrong.append(f"it adds and removes {', '.join(both)}")
    return wrong


def _wrong_note(text: Any) -> list[str]:
    if not isinstance(text, str) or not text.strip():
        return ["its note is empty"]
    return [f"its note holds {MARK!r}, by which maitred knows its own notes"] if MARK in text else []


def effective(ops: Sequence[Op], values: Mapping[str, Any]) -> tuple[Op, ...]:
    """What of it would change something on a ticket that has these values; tags that come off as they are spelt there.

    Helpdesks do not tell capitals from small letters in tags, and may change them.
    """
    left = []
    for op in ops:
        if op.kind == "note":
            left.append(op)
        elif op.kind == "set":
            if not holds(values, op.field, op.value):
                left.append(op)
        else:
            here = {tag.casefold(): tag for tag in values.get("tags") or ()}
            named = {tag.casefold(): tag for tag in op.value}
            if op.kind == "add_tags":
                tags = [tag for key, tag in named.items() if key not in here]
            else:
                tags = [here[key] for key in named if key in here]
            if tags:
                left.append(Op(op.kind, "tags", tags))
    return tuple(left)


def holds(values: Mapping[str, Any], field: str, value: Any) -> bool:
    """Whether a ticket's field has this value, in our word or in the helpdesk's own."""
    return same(values.get(field), value) or (field + LABEL in values and same(values[field + LABEL], value))


def differences(ops: Sequence[Op], values: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Before and after, field by field."""
    found = [Difference(op.field, values.get(op.field), op.value) for op in ops if op.kind == "set"]
    if any(op.kind in ("add_tags", "remove_tags") for op in ops):
        before = sorted(values.get("tags") or ())
        after = set(before)
        for op in ops:
            if op.kind == "add_tags":
                after |= set(op.value)
            elif op.kind == "remove_tags":
                after -= set(op.value)
        found.append(Difference("tags", before, sorted(after)))
    return (*found, *(Difference("note", None, op.value) for op in ops if op.kind == "note"))


def moved(ops: Sequence[Op], before: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Which fields that are to be set have other values than before, in words; empty where none has.

    Tags are added and removed one by one, so that others' tags are in nobody's way. Who has a ticket is one thing, as
    its assignee and its group.
    """
    names = [name for op in ops if op.kind == "set" for name in _around(op.field) if name in before]
    return apart({name: before[name] for name in names}, values)


def apart(before: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Which of these values a ticket no longer has, in words."""
    told = {
        name.removesuffix(LABEL): f"was {words(value)} and is {words(values.get(name))}"
        for name, value in before.items()
        if not same(value, values.get(name))
    }
    return ", ".join(f"{name} {text}" for name, text in told.items())


def touched(ops: Sequence[Op], seen: Seen) -> dict[str, Any]:
    """The values of the fields that are to change, and of those that may change with them."""
    names = [op.field for op in ops if op.kind != "note"]
    names += [name for op in ops if op.kind == "set" for name in _around(op.field) if name in seen.values]
    return {name: seen.values.get(name) for name in dict.fromkeys(names)}


def cleared(ops: Sequence[Op], before: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[Op, ...]:
    """What a change of a ticket's owner took away besides: a new group its assignee, or a new assignee its group."""
    named = {op.field for op in ops if op.kind == "set"}
    if not named & set(OWNERS):
        return ()
    return tuple(
        Op("set", name, None)
        for name in OWNERS
        if name not in named and not same(before.get(name), None) and same(values.get(name), None)
    )


def _around(field: str) -> tuple[str, ...]:
    """The names of values that belong to a field."""
    return (*OWNERS,) if field in OWNERS else (field, field + LABEL)


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same to a helpdesk: nothing is nothing, order is none, 7 is "7"."""
    if one in _EMPTY or other in _EMPTY:
        return one in _EMPTY and other in _EMPTY
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return sorted(map(str, one)) == sorted(map(str, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return str(one).lower() == str(other).lower()
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return str(one) == str(other)


def words(value: Any) -> str:
    """A value for a sentence."""
    if value in _EMPTY:
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def derived_key(plan_id: str, change: Change) -> str:
    """By which a change without a key of its own is known."""
    body = json.dumps([plan_id, change.ticket, dumped(change.ops)], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def marker(account: str, ticket: str, key: str) -> str:
    """What a note ends with, so that it is known again."""
    return f"{MARK}{hashlib.sha256(f'{account}:{ticket}:{key}'.encode()).hexdigest()[:8]}]"


def dumped(ops: Sequence[Op]) -> list[dict[str, Any]]:
    return [
        {"kind": op.kind, "field": op.field, "value": list(op.value) if isinstance(op.value, tuple) else op.value}
        for op in ops
    ]


def restored(rows: Sequence[Mapping[str, Any]]) -> tuple[Op, ...]:
    """The counterpart of ``dumped``."""
    return tuple(Op(row["kind"], row["field"], row["value"]) for row in rows)
