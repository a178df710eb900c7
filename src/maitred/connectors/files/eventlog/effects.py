"""What each row of a log says about its ticket, field by field, and where that differs from what was known before.

For ``decode``. A field's value comes from its column (if the map names one) and from what the row's activity does
(which wins). A value that is missing is unknown: it neither clears the field nor counts as a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from maitred.connectors.files.eventlog.columns import Array, Coded, Flags, Ints, equals, take
from maitred.connectors.files.eventlog.frame import Frame, status_column, statuses
from maitred.connectors.files.eventlog.learn import Learned
from maitred.connectors.files.eventlog.mapping import ACTOR, CUSTOM, HISTORY, Activity, Mapping
from maitred.connectors.files.eventlog.roles import LIFECYCLE, Roles
from maitred.connectors.files.eventlog.words import flag_of

ACTIVITY_FIELD = "custom:activity"
LIFECYCLE_FIELD = "custom:lifecycle"
CLEARED = ""
"""Stands for "nobody", "none" among canonical values; becomes null on the way out."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field over the sorted rows: its canonical value and the foreign word for it; -1 where unknown."""

    name: str
    canonical: Coded
    raw: Coded

    def last(self, frame: Frame) -> tuple[Array, Array]:
        """Last known canonical and foreign value of each case."""
        place = last_known(self.canonical.codes, frame)
        return _or_null(self.canonical, place), _or_null(self.raw, place)


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows at which a field changed. ``before``: the row with the value before, -1 where none was known."""

    field: str
    rows: Ints
    before: Ints
    old: Array
    new: Array
    old_raw: Array
    new_raw: Array
    uncertainty: Ints


def fields_of(frame: Frame, roles: Roles, mapping: Mapping, learned: Learned) -> list[Field]:
    """Every field that the map gives a value to, in the order of changes inside one row."""
    happens = happening(frame, roles, learned)
    names = [*HISTORY, *(name for name in mapping.columns if name.startswith(CUSTOM))]
    found = [_field(name, frame, roles, mapping, learned, happens) for name in names]
    return [field for field in found if field is not None]


def happening(frame: Frame, roles: Roles, learned: Learned) -> Flags:
    """Rows at which their activity happens: all, or with a standard lifecycle the ``complete`` ones.

    An activity that never completes in the whole log happens at each of its rows.
    """
    if not learned.lifecycle:
        return np.ones(len(frame.rows), np.bool_)
    transition, activity = frame.coded(LIFECYCLE), frame.coded(roles.activity)
    complete = np.array([text.lower() == "complete" for text in transition.texts] + [True], np.bool_)
    completes = np.array([text in learned.completed for text in activity.texts] + [False], np.bool_)
    return np.asarray(complete[transition.codes] | ~completes[activity.codes], np.bool_)


def changes_of(field: Field, frame: Frame, *, snapshot: bool) -> Changes:
    """Where a field's canonical value becomes known or differs from the last known one of the case.

    In a snapshot log a change after rows with an unknown value happened somewhere since the last known one: that
    span is its uncertainty.
    """
    codes = field.canonical.codes
    known = np.flatnonzero(codes >= 0)
    same_case = np.append(False, frame.case[known][1:] == frame.case[known][:-1])[: len(known)]
    before = np.where(same_case, np.append(-1, known[:-1])[: len(known)], -1)
    nothing = np.append(equals(field.canonical.values, CLEARED), False)
    changed = np.where(before < 0, ~nothing[codes[known]], codes[before] != codes[known])
    rows, before = known[changed], before[changed]
    return Changes(
        field.name,
        rows,
        before,
        _or_null(field.canonical, before),
        _or_null(field.canonical, rows),
        _or_null(field.raw, before),
        _or_null(field.raw, rows),
        _uncertainty(frame, rows, before) if snapshot else np.zeros(len(rows), np.int64),
    )


def trail(frame: Frame, roles: Roles, mapping: Mapping, learned: Learned) -> list[Changes]:
    """What the rows were called: every row as an event of its activity, old = the previous activity.

    Lifecycle steps other than ``complete`` stand under a field of their own. In a snapshot log the activity is a
    column like others, so only its changes count; where it is the status, nothing is left to tell.
    """
    activity = frame.coded(roles.activity)
    if mapping.mode == "snapshot":
        told = status_column(roles, mapping) == roles.activity
        return [] if told else [changes_of(Field(ACTIVITY_FIELD, activity, activity), frame, snapshot=True)]
    happens = happening(frame, roles, learned)
    steps = [_each(ACTIVITY_FIELD, activity, np.flatnonzero(happens), frame)]
    if not happens.all():
        transition = frame.coded(LIFECYCLE)
        texts = [f"{step.lower()}: {name}" for step in transition.texts for name in activity.texts]
        step = Coded(pa.array(texts, pa.string()), transition.codes * len(activity.values) + activity.codes)
        steps.append(_each(LIFECYCLE_FIELD, step, np.flatnonzero(~happens), frame))
    return steps


def last_known(codes: Ints, frame: Frame) -> Ints:
    """For each case the last row with a known code, or -1."""
    place = np.full(len(frame.cases), -1, np.int64)
    known = np.flatnonzero(codes >= 0)
    place[frame.case[known]] = known
    return place


def first_known(codes: Ints, frame: Frame) -> Ints:
    """For each case the first row with a known code, or -1."""
    place = np.full(len(frame.cases), -1, np.int64)
    known = np.flatnonzero(codes >= 0)[::-1]
    place[frame.case[known]] = known
    return place


def _each(name: str, values: Coded, rows: Ints, frame: Frame) -> Changes:
    same_case = np.append(False, frame.case[rows][1:] == frame.case[rows][:-1])[: len(rows)]
    before = np.where(same_case, np.append(-1, rows[:-1])[: len(rows)], -1)
    old, new = _or_null(values, before), _or_null(values, rows)
    return Changes(name, rows, before, old, new, old, new, np.zeros(len(rows), np.int64))


def _field(name: str, frame: Frame, roles: Roles, mapping: Mapping, learned: Learned, happens: Flags) -> Field | None:
    column = status_column(roles, mapping) if name == "status" else mapping.column(name)
    by_column = frame.coded(column) if column is not None else None
    by_activity = _by_activity(name, frame, roles, mapping, happens)
    if by_column is None:
        return by_activity
    canonical = by_column.translated(_meanings(name, by_column, mapping, learned))
    raw = Coded(by_column.values, np.where(canonical.codes < 0, -1, by_column.codes))
    if by_activity is None:
        return Field(name, canonical, raw)
    acts = by_activity.canonical.codes >= 0
    return Field(name, _first_of(acts, by_activity.canonical, canonical), _first_of(acts, by_activity.raw, raw))


def _meanings(name: str, coded: Coded, mapping: Mapping, learned: Learned) -> dict[str, str | None]:
    if name == "status":
        return statuses(coded, mapping)
    if name == "priority":
        return learned.priorities
    if name == "escalated":
        return {text: None if (flag := flag_of(text)) is None else str(flag).lower() for text in coded.texts}
    return {text: text for text in coded.texts}


def _by_activity(name: str, frame: Frame, roles: Roles, mapping: Mapping, happens: Flags) -> Field | None:
    """What the activities of the rows do to a field, or null when none does anything to it."""
    if name not in ("status", "assignee", "group", "priority") or (
        mapping.mode == "snapshot" and not mapping.activities
    ):
        return None
    activity = frame.coded(roles.activity)
    wanted = [_does(name, text, mapping) for text in activity.texts]
    if all(value is None for value in wanted):
        return None
    values = list(dict.fromkeys(value for value in wanted if value is not None and value != ACTOR))
    table = np.array([values.index(value) if value in values else -1 for value in wanted] + [-1], np.int64)
    codes = np.where(happens, table[activity.codes], -1)
    canonical = Coded(pa.array(values, pa.string()), codes)
    raw = Coded(activity.values, np.where(codes >= 0, activity.codes, -1)) if name == "status" else canonical
    if name == "assignee" and roles.actor is not None:
        takes = np.array([value == ACTOR for value in wanted] + [False], np.bool_)[activity.codes] & happens
        actor = frame.coded(roles.actor)
        canonical = raw = _first_of(takes & (actor.codes >= 0), actor, canonical)
    return Field(name, canonical, raw)


def _does(name: str, activity: str, mapping: Mapping) -> str | None:
    acts = mapping.activities.get(activity, Activity())
    if name == "status":
        by_status = None if mapping.column("status") is not None else mapping.status.get(activity)
        return acts.status if acts.status is not None else by_status
    return {"assignee": acts.assignee, "group": acts.group, "priority": acts.priority}[name]


def _first_of(which: Flags, one: Coded, other: Coded) -> Coded:
    """``one`` where ``which``, else ``other``; equal values of the two share a code."""
    values: Any = pa.concat_arrays([one.values, other.values]).dictionary_encode()
    codes = values.indices.to_numpy().astype(np.int64)
    mine, others = np.append(codes[: len(one.values)], -1), np.append(codes[len(one.values) :], -1)
    return Coded(values.dictionary, np.where(which, mine[one.codes], others[other.codes]))


def _uncertainty(frame: Frame, rows: Ints, before: Ints) -> Ints:
    gap = (before >= 0) & (rows - before > 1)
    return np.where(gap, frame.seconds[rows] - frame.seconds[before], 0)


def _or_null(values: Coded, rows: Ints) -> Array:
    """Values of rows; null for the row -1 and for what was cleared."""
    cleared = np.append(equals(values.values, CLEARED), False)
    codes = np.where(rows < 0, -1, values.codes[rows]) if len(values.codes) else np.full(len(rows), -1, np.int64)
    return take(values.values, np.where(cleared[codes], -1, codes))
