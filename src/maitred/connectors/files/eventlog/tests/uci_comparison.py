"""Our counts of reopenings and reassignments against the counters that the UCI incident log carries itself.

For ``docs/uci-incidents.md``: every step of a counter of the log, and every count of ours, is in exactly one class.
Ours are counted from the decoded events by the rules of the metrics: all changes of one instant are one update, so the
last value of a minute counts (the log knows no seconds).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from statistics import mean, median
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

UNKNOWN = ("?", "")


@dataclass(slots=True)
class Comparison:
    """One counter: per ticket ours and theirs, and the classes of the single steps."""

    ours: list[int] = dataclasses.field(default_factory=list)
    theirs: list[int] = dataclasses.field(default_factory=list)
    classes: Counter[str] = dataclasses.field(default_factory=Counter)

    @property
    def figures(self) -> dict[str, float]:
        pairs = list(zip(self.ours, self.theirs, strict=True))
        return {
            "tickets": len(pairs),
            "tickets equal": sum(one == other for one, other in pairs),
            "ours": sum(self.ours),
            "theirs": sum(self.theirs),
            "median ours": median(self.ours),
            "median theirs": median(self.theirs),
            "mean ours": round(mean(self.ours), 3),
            "mean theirs": round(mean(self.theirs), 3),
        }


def compare(events: pa.Table, rows: pa.Table) -> dict[str, Comparison]:
    """Compare decoded ``ticket_events`` with the counters in the log's own rows."""
    steps = _our_steps(events)
    result = {"reopens": Comparison(), "group changes": Comparison(), "reassignments": Comparison()}
    for case, updates in _cases(rows):
        ours = steps.get(case, {})
        _compare_reopens(result["reopens"], updates, ours.get("status", {}))
        _compare_groups(result["group changes"], updates, ours.get("group", {}))
        _compare_assignees(result["reassignments"], updates, ours.get("assignee", {}))
    return result


class Update(NamedTuple):
    """One row of the log: when it happened, and the values before and after it (those before: of the row before).

    ``skipped``: the log lacks updates before the row. ``short_state``, ``short_group``: the minute saw another value,
    too, so that one of them held for less than a minute.
    """

    minute: int
    state: tuple[str, str]
    group: tuple[str, str]
    assignee: tuple[str, str]
    reopened: int
    reassigned: int
    skipped: bool
    short_state: bool
    short_group: bool


def _cases(rows: pa.Table) -> Iterator[tuple[str, list[Update]]]:
    names = [
        "number",
        "sys_updated_at",
        "sys_mod_count",
        "ident_state",
        "assignment_group",
        "assigned_to",
        "reopen_count",
        "reassignment_count",
        "opened_at",
    ]
    lines: list[tuple[Any, ...]] = list(zip(*(rows.column(name).to_pylist() for name in names), strict=True))
    lines.sort(key=lambda line: (line[0], minute_of(line[1]), int(line[2])))
    for case, group in groupby(lines, key=lambda line: line[0]):
        yield case, list(_updates(list(group)))


def _updates(lines: list[tuple[Any, ...]]) -> Iterator[Update]:
    before = ("", "", "-1", "", "", "", "0", "0", "")
    seen: dict[int, set[tuple[str, str]]] = {}
    for line in lines:
        seen.setdefault(_happened(line), set()).add((line[3], line[4]))
    for line in lines:
        yield Update(
            _happened(line),
            (before[3], line[3]),
            (before[4], line[4]),
            (before[5], line[5]),
            int(line[6]) - int(before[6]),
            int(line[7]) - int(before[7]),
            int(line[2]) - int(before[2]) > 1,
            len({state for state, _ in seen[_happened(line)]}) > 1,
            len({group for _, group in seen[_happened(line)]}) > 1,
        )
        before = line


def _happened(line: tuple[Any, ...]) -> int:
    """The minute of a row; what is dated before the incident was opened happened when it was opened."""
    return max(minute_of(line[1]), minute_of(line[8]))


@cache
def minute_of(text: str) -> int:
    """Minutes since 1970 of ``29/2/2016 01:16``."""
    return int(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC).timestamp()) // 60


Steps = dict[int, tuple[str, str]]
"""Minute -> value before and after it, for minutes that changed the field."""


def _our_steps(events: pa.Table) -> dict[str, dict[str, Steps]]:
    """Per ticket and field what changed in which minute; the first value of a field is no step."""
    minutes: Any = pc.divide(events.column("occurred_at").cast(pa.int64()), 60_000_000)
    names = [events.column(name).to_pylist() for name in ("ticket_id", "field", "new_value")]
    told = list(zip(*names, minutes.to_pylist(), strict=True))
    created = {ticket: minute for ticket, field, _, minute in told if field == "created"}
    last: dict[tuple[str, str], dict[int, str | None]] = {}
    for ticket, field, value, minute in told:
        last.setdefault((ticket, field), {})[max(minute, created[ticket])] = value
    steps: dict[str, dict[str, Steps]] = {}
    for (ticket, field), values in last.items():
        before: str | None = None
        for minute in sorted(values):
            value = values[minute]
            if before is not None and value is not None and value != before:
                steps.setdefault(ticket, {}).setdefault(field, {})[minute] = (before, value)
            before = value if value is not None else before
    return steps


def _compare_reopens(found: Comparison, updates: list[Update], steps: Steps) -> None:
    ours = {minute for minute, (old, new) in steps.items() if old == "solved" and new in ("new", "open")}
    found.ours.append(len(ours))
    found.theirs.append(sum(update.reopened for update in updates))
    for update in updates:
        counted = update.reopened
        if update.minute in ours and update.state[0] == "Resolved" and update.state[1] in ("New", "Active"):
            ours.discard(update.minute)
            found.classes["both" if counted else "ours only: Resolved to New, which the log does not count"] += 1
            counted -= 1
        for _ in range(max(counted, 0)):
            found.classes[_reopen_class(update)] += 1
    found.classes["unexplained"] += len(ours)


def _reopen_class(update: Update) -> str:
    match update.state:
        case ("Closed", _):
            return "log only: reopened from Closed"
        case ("Resolved", state) if state.startswith("Awaiting"):
            return "log only: from Resolved to a waiting state"
        case ("Resolved", "Active" | "New") if update.short_state:
            return "log only: reopened and resolved inside one minute"
    return "unexplained"


def _compare_groups(found: Comparison, updates: list[Update], steps: Steps) -> None:
    left = dict(steps)
    found.ours.append(len(steps))
    found.theirs.append(sum(update.reassigned for update in updates))
    known = ""
    for update in updates:
        old, new = update.group
        counted = update.reassigned
        if new not in UNKNOWN and left.get(update.minute, ("", ""))[1] == new and known not in ("", new):
            del left[update.minute]
            found.classes["both" if counted else "ours only"] += 1
            counted -= 1
        for _ in range(max(counted, 0)):
            found.classes[_group_class(update, known)] += 1
        known = new if new not in UNKNOWN else known
    found.classes["unexplained"] += len(left)


def _group_class(update: Update, known: str) -> str:
    old, new = update.group
    if old not in UNKNOWN and new in UNKNOWN:
        return "log only: group emptied (unknown to us, not cleared)"
    if old in UNKNOWN and new not in UNKNOWN:
        return "log only: first group" if known == "" else "log only: same group again after an empty one"
    if old == new or (old in UNKNOWN and new in UNKNOWN):
        return (
            "log only: counter moved, group unchanged, updates missing before the row"
            if update.skipped
            else "log only: counter moved, group unchanged"
        )
    return "log only: several groups inside one minute" if update.short_group else "unexplained"


def _compare_assignees(found: Comparison, updates: list[Update], steps: Steps) -> None:
    left = dict(steps)
    found.ours.append(len(steps))
    found.theirs.append(sum(update.reassigned for update in updates))
    known = ""
    for update in updates:
        new = update.assignee[1]
        counted = update.reassigned
        if new not in UNKNOWN and left.get(update.minute, ("", ""))[1] == new and known not in ("", new):
            del left[update.minute]
            found.classes["both" if counted else "ours only: another assignee in the same group"] += 1
            counted -= 1
        for _ in range(max(counted, 0)):
            found.classes["log only: the group moved, no other assignee became known"] += 1
        known = new if new not in UNKNOWN else known
    found.classes["unexplained"] += len(left)
