"""The ledger: every second of one clock of one ticket, with the reason why it counted or did not.

Built from the marks that the kernel leaves on its walk, never from a second reading of the events; its seconds are
added up and compared with the kernel's figure in every mode, so that an explanation cannot differ from the number it
explains.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from maitred.base.errors import MaitredError, NotFound
from maitred.canon.tables import SLA_METRICS, STATUSES
from maitred.metrics.clocks import codes
from maitred.metrics.clocks.engine import Computed, Reference
from maitred.metrics.clocks.schedules import Schedule, ScheduleBook
from maitred.metrics.facts import MODES

STATUS_CLOCKS: dict[str, tuple[str, ...]] = {
    "new_time": ("new",),
    "open_time": ("open",),
    "pending_time": ("pending",),
    "hold_time": ("hold",),
    "awt": ("new", "open"),
    "rwt": ("new", "open", "hold"),
    "unsolved_time": ("new", "open", "hold", "pending"),
}
RUNS: dict[str, tuple[str, ...]] = {
    "pausable_update": ("new", "open", "hold"),
    "requester_wait": ("new", "open", "hold"),
    "agent_work": ("new", "open"),
    "total_resolution": ("new", "open", "hold", "pending"),
    "group_ownership": ("new", "open"),
}
_CUMULATIVE = frozenset(("requester_wait", "agent_work", "total_resolution"))
SPAN_CLOCKS = ("frt", "frt_any", "time_to_assign", "frt_assign", "first_resolution", "full_resolution")
CLOCKS = (*SPAN_CLOCKS, *STATUS_CLOCKS, "nrt")
_STOPS = {
    "frt": "reply",
    "frt_any": "reply",
    "time_to_assign": "assigned",
    "frt_assign": "reply",
    "first_resolution": "solved",
    "full_resolution": "solved",
    "nrt": "reply",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One stretch of a clock; ``to`` is None on the row that stops it. Instants are epoch seconds."""

    seq: int
    at: int
    clock: str
    event: str
    reason: str
    state: str
    schedule_id: str | None
    schedule_version: int | None
    start: int
    to: int | None
    seconds: int
    cumulative: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A clock of a ticket in one mode: its figure and the rows that add up to it."""

    metric: str
    mode: str
    seconds: int | None
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch that one clock covers: where it runs, the status then, why it starts and stops."""

    start: int
    end: int
    state: str
    begins: str
    ends: str
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class _Reply:
    """A public message by the helpdesk's side."""

    at: int
    kind: str
    author: str
    told: str


@dataclass(slots=True)
class Story:
    """What the kernel's marks say about one ticket.

    ``clamped`` names what was dated before creation and therefore happens at creation: ``status``, ``comment``,
    ``assignee``, ``target``. ``targets`` are (instant, metric, target in seconds or None where it is cleared).
    """

    created: int
    as_of: int
    statuses: list[tuple[int, int, str]] = field(default_factory=list)
    schedules: list[tuple[int, int]] = field(default_factory=list)
    replies: list[_Reply] = field(default_factory=list)
    targets: list[tuple[int, str, int | None]] = field(default_factory=list)
    assigned: list[tuple[int, str]] = field(default_factory=list)
    clamped: set[str] = field(default_factory=set)

    def begins(self, at: int, what: str, kind: str) -> str:
        """A reason, with ``clamped`` where the event behind it was dated before creation."""
        return f"{what}, clamped" if at == self.created and kind in self.clamped else what


def story(computed: Computed, ref: Reference) -> Story:
    """Read the marks of the only ticket of a traced computation."""
    ticket = computed.facts["ticket_facts"].to_pylist()[0]
    pool = computed.rows["pool"]
    rows = computed.rows["rows"]
    as_of = int(ref.as_of.timestamp())
    told = Story(int(ticket["created_at"].timestamp()), as_of)
    marks = [] if computed.trace is None else computed.trace.T.tolist()
    status, since = _first_status(marks, ticket), told.created
    for _, at, mark, value, row in marks:
        early = row >= 0 and int(rows["original"][row]) < told.created
        if early and mark in _CLAMPED:
            told.clamped.add(_CLAMPED[mark])
        if mark == codes.MARK_SCHEDULE:
            told.schedules.append((at, value))
        elif mark == codes.MARK_STATUS:
            told.statuses.append((since, at, status))
            status, since = STATUSES[value], at
        elif mark == codes.MARK_COMMENT and value // 10 and value % 10 in (codes.AGENT, codes.BOT):
            told.replies.append(_reply(at, value % 10, pool[int(rows["actor"][row])].as_py(), int(rows["tie"][row])))
        elif mark == codes.MARK_ASSIGN and value >= 0:
            told.assigned.append((at, pool[int(value)].as_py()))
        elif mark == codes.MARK_TARGET:
            target = int(rows["value"][row])
            told.targets.append((at, SLA_METRICS[value], None if target < 0 else target // 2))
    told.statuses.append((since, as_of, status))
    return told


_CLAMPED = {
    codes.MARK_STATUS: "status",
    codes.MARK_COMMENT: "comment",
    codes.MARK_ASSIGN: "assignee",
    codes.MARK_TARGET: "target",
}


def _reply(at: int, who: int, author: str, comment: int) -> _Reply:
    kind = "bot" if who == codes.BOT else "agent"
    return _Reply(at, kind, author, f"reply by {kind} {author} (comment {comment})")


def _replied(told: Story, at: int, kinds: Sequence[str] = ("agent",), author: str | None = None) -> str:
    """Which reply stopped a clock."""
    found = (r.told for r in told.replies if r.at == at and r.kind in kinds and author in (None, r.author))
    return told.begins(at, next(found, "reply"), "comment")


def _first_status(marks: Sequence[Sequence[int]], ticket: dict[str, Any]) -> str:
    changed = any(mark[2] == codes.MARK_STATUS for mark in marks)
    return "new" if changed or ticket["status"] == "new" else str(ticket["status"])


def explain(computed: Computed, ref: Reference, metric: str) -> list[Explained]:
    """The ledger of one clock in all modes.

    Parameters
    ----------
    computed
        A traced computation of exactly one ticket.
    metric
        A clock (``frt``, ``rwt``, ``nrt`` ...) or an SLA target (``sla.first_reply``); for the latter, and for ``nrt``,
        the rows of all instances follow one another.

    Raises
    ------
    NotFound
        There is no such clock.
    MaitredError
        The rows do not add up to the figure (a defect of the product, never of the data).
    """
    told = story(computed, ref)
    ticket = computed.facts["ticket_facts"].to_pylist()[0]
    groups: list[list[_Span]]
    if metric in SPAN_CLOCKS:
        groups = [list(_plain(metric, told, ticket))]
    elif metric in STATUS_CLOCKS:
        groups = [list(_by_status(STATUS_CLOCKS[metric], told.created, told.as_of, told, ""))]
    elif metric == "nrt":
        groups = [list(_turns(told, computed))]
    elif metric.startswith("sla.") and metric[4:] in SLA_METRICS:
        return _explain_targets(told, ref, computed, metric[4:])
    else:
        raise NotFound(f"there is no clock {metric}", f"known: {', '.join(CLOCKS)}, sla.{', sla.'.join(SLA_METRICS)}")
    figures = _figures(ticket, metric)
    return [_checked(metric, mode, figures[mode], _rows(metric, mode, groups[0], told, ref.book)) for mode in MODES]


def _figures(ticket: dict[str, Any], metric: str) -> dict[str, int | None]:
    name = "nrt_sum" if metric == "nrt" else metric
    return {mode: ticket[f"{name}_{mode}"] for mode in MODES}


def _checked(metric: str, mode: str, figure: int | None, rows: Sequence[Row]) -> Explained:
    if figure is None:
        return Explained(metric, mode, None)
    total = sum(row.seconds for row in rows)
    if total != figure:
        raise MaitredError(
            f"the ledger of {metric} ({mode}) adds up to {total} s and the figure is {figure} s",
            "report this as a defect with the ticket's history",
        )
    return Explained(metric, mode, figure, tuple(rows))


def _plain(metric: str, told: Story, ticket: dict[str, Any]) -> Iterator[_Span]:
    seconds = ticket[f"{metric}_calendar"]
    if seconds is None:
        return
    start = told.assigned[0][0] if metric == "frt_assign" else told.created
    end = start + seconds
    begin = told.begins(start, "assigned", "assignee") if metric == "frt_assign" else "created"
    if metric == "time_to_assign":
        stop = told.begins(end, f"assigned to {told.assigned[0][1]}", "assignee")
    elif metric == "frt_assign":
        stop = _replied(told, end, author=told.assigned[0][1])
    elif _STOPS[metric] == "reply":
        stop = _replied(told, end, ("agent", "bot") if metric == "frt_any" else ("agent",))
    else:
        stop = told.begins(end, "solved", "status")
    yield from _cut_by_status(told, start, end, begin, stop)


def _turns(told: Story, computed: Computed) -> Iterator[_Span]:
    for turn in computed.facts["turn_facts"].to_pylist():
        if turn["kind"] == "next" and turn["answered_at"] is not None:
            start, end = int(turn["opened_at"].timestamp()), int(turn["answered_at"].timestamp())
            begin = told.begins(start, "customer wrote", "comment")
            yield from _cut_by_status(told, start, end, begin, _replied(told, end))


def _cut_by_status(told: Story, start: int, end: int, begins: str, ends: str) -> Iterator[_Span]:
    """A clock that runs whatever the status: one span (the status is told where it starts)."""
    yield _Span(start, end, _status_at(told, start), begins, ends)


def _status_at(told: Story, at: int) -> str:
    for since, until, status in told.statuses:
        if since <= at < until:
            return status
    return told.statuses[-1][2]


def _by_status(runs: Sequence[str], start: int, end: int, told: Story, stop: str) -> Iterator[_Span]:
    """A clock that adds up the intervals of some statuses."""
    for since, until, status in told.statuses:
        a, b = max(since, start), min(until, end)
        if status in runs and b > a:
            open_end = b == told.as_of
            ends = "as_of" if open_end else (stop if b == end and stop else _leaves(told, b))
            yield _Span(a, b, status, told.begins(a, f"status:{status}", "status"), ends, open_end)


def _leaves(told: Story, at: int) -> str:
    return next((f"status:{status}" for since, _, status in told.statuses if since == at), "status")


def _explain_targets(told: Story, ref: Reference, computed: Computed, metric: str) -> list[Explained]:
    found: list[Explained] = []
    for instance in computed.facts["sla_facts"].to_pylist():
        if instance["metric"] != metric:
            continue
        start = int(instance["started_at"].timestamp())
        ended = instance["ended_at"]
        end = told.as_of if ended is None else int(ended.timestamp())
        stop = "as_of" if ended is None else _ENDS.get(instance["end_reason"], str(instance["end_reason"]))
        if stop == "reply":
            stop = _replied(told, end)
        notes = _target_notes(told, instance, start, end)
        runs = RUNS.get(metric)
        if runs is None:
            spans = [_Span(start, end, _status_at(told, start), "started", stop, ended is None)]
        else:
            spans = list(_by_status(runs, start, end, told, stop))
        name = f"sla.{metric}#{instance['instance']}"
        modes = {"business_all": "elapsed_all_s", "business_last": "elapsed_last_s"}
        if instance["clock"] == "calendar":
            rows = _rows(name, "calendar", spans, told, ref.book, notes)
            found.append(_checked(name, "calendar", instance["elapsed_all_s"], rows))
            continue
        found.extend(
            _checked(name, mode, instance[column], _rows(name, mode, spans, told, ref.book, notes))
            for mode, column in modes.items()
        )
    return found


_ENDS = {"cancelled": "target_cleared"}
_DONE = ("solved", "closed")


def _target_notes(told: Story, instance: dict[str, Any], start: int, end: int) -> list[tuple[int, str]]:
    """When the target of an instance was set and revised, in order."""
    metric = instance["metric"]
    applied = max(start, int(instance["applied_at"].timestamp()))
    target = instance["target_first_s"]
    notes = {applied: told.begins(applied, f"target_set:{target} s", "target")}
    for at, name, value in told.targets:
        stopped = metric in _CUMULATIVE and _status_at(told, at) in _DONE
        if name == metric and applied < at < end and value not in (None, target) and not stopped:
            notes[at] = f"target_revised:{value} s"
            target = value
    return sorted(notes.items())


# ---------------------------------------------------------------- rows


def _rows(
    metric: str,
    mode: str,
    spans: Sequence[_Span],
    told: Story,
    book: ScheduleBook,
    notes: Sequence[tuple[int, str]] = (),
) -> list[Row]:
    rows: list[Row] = []
    cumulative = 0
    for number, span in enumerate(spans):
        pieces = list(_noted(_pieces(mode, span, told, book), span, book, notes))
        for place, (start, end, schedule, opened, reason) in enumerate(pieces):
            seconds = end - start if opened else 0
            cumulative += seconds
            event = "run" if opened else "pause"
            told_reason = reason
            if place == 0:
                event = "start" if number == 0 else "resume"
                told_reason = f"{span.begins}, {reason}" if reason else span.begins
            version = None if schedule is None else _version(book.schedules[schedule], start)
            name = None if schedule is None else book.ids[schedule]
            rows.append(
                Row(
                    len(rows) + 1,
                    start,
                    metric,
                    event,
                    told_reason,
                    span.state,
                    name,
                    version,
                    start,
                    end,
                    seconds,
                    cumulative,
                )
            )
        last = number == len(spans) - 1
        schedule = _schedule_at(told, span.end) if mode != "calendar" else None
        event = "cap" if span.open_end else ("stop" if last else "pause")
        rows.append(
            Row(
                len(rows) + 1,
                span.end,
                metric,
                event,
                span.ends,
                span.state,
                None if schedule is None else book.ids[schedule],
                None if schedule is None else _version(book.schedules[schedule], span.end),
                span.end,
                None,
                0,
                cumulative,
            )
        )
    return rows


_Piece = tuple[int, int, int | None, bool, str]


def _noted(
    pieces: Iterator[_Piece], span: _Span, book: ScheduleBook, notes: Sequence[tuple[int, str]]
) -> Iterator[_Piece]:
    """The pieces, cut where another version of the hours begins or something is to be noted."""
    for start, end, schedule, counts, reason in pieces:
        told = [note for note in notes if start <= note[0] < end]
        if schedule is not None:
            hours = book.schedules[schedule]
            told += [
                (at, f"schedule_version:{_version(hours, at)}")
                for at in _starts(hours)
                if start <= at < end and at > span.start
            ]
        cuts = sorted({start, end, *(at for at, _ in told)})
        for a, b in pairwise(cuts):
            why = [text for at, text in told if at == a]
            parts = reason.split(", ")
            base = ", ".join(part for part in parts if a == start or not part.startswith("schedule_change:"))
            yield a, b, schedule, counts, ", ".join(filter(None, (*why, base)))


def _pieces(mode: str, span: _Span, told: Story, book: ScheduleBook) -> Iterator[_Piece]:
    """Stretches of a span that count or do not: ``(start, end, schedule, counts, reason)``."""
    if mode == "calendar":
        if span.end > span.start:
            yield span.start, span.end, None, True, ""
        return
    if mode == "business_last":
        schedule = _schedule_at(told, span.end)
        yield from _open_and_closed(book, schedule, span.start, span.end, "")
        return
    for place, (at, number) in enumerate(told.schedules):
        start = span.start if place == 0 else max(span.start, at)
        end = told.schedules[place + 1][0] if place + 1 < len(told.schedules) else span.end
        end = min(end, span.end)
        changed = place > 0 and at > span.start
        if end > start:
            reason = f"schedule_change:{book.ids[number]}" if changed and number >= 0 else ""
            yield from _open_and_closed(book, number if number >= 0 else None, start, end, reason)


def _schedule_at(told: Story, at: int) -> int | None:
    number = told.schedules[0][1]
    for since, value in told.schedules[1:]:
        if since <= at:
            number = value
    return None if number < 0 else number


def _open_and_closed(book: ScheduleBook, schedule: int | None, start: int, end: int, why: str) -> Iterator[_Piece]:
    if schedule is None:
        yield start, end, None, False, ", ".join(filter(None, (why, "no_schedule")))
        return
    lo, hi = int(book.offset[schedule]), int(book.offset[schedule + 1])
    at = start
    place = max(lo, lo + int(np.searchsorted(book.opens[lo:hi], start, side="right")) - 1)
    while at < end:
        while place < hi and int(book.closes[place]) <= at:
            place += 1
        opens = int(book.opens[place]) if place < hi else end
        reasons = [why] if why else []
        why = ""
        if place < hi and opens <= at:
            until = min(int(book.closes[place]), end)
            yield at, until, schedule, True, ", ".join([*reasons, "open_hours"])
        else:
            until = min(opens, end)
            yield at, until, schedule, False, ", ".join([*reasons, *_why_closed(book.schedules[schedule], at, until)])
        at = until


def _why_closed(schedule: Schedule, start: int, end: int) -> list[str]:
    zone = ZoneInfo(schedule.zone)
    first = datetime.fromtimestamp(start, zone).date()
    last = datetime.fromtimestamp(end - 1, zone).date()
    names = [
        f"holiday:{holiday.name or holiday.first}"
        for holiday in schedule.holidays
        if holiday.first <= last
        and holiday.last >= first
        and _would_be_open(schedule, holiday.first, holiday.last, first, last)
    ]
    return [*dict.fromkeys(names), "closed_hours"]


def _would_be_open(schedule: Schedule, first: date, last: date, low: date, high: date) -> bool:
    """Whether a holiday falls on a day that the schedule would work."""
    weekdays = {hours.weekday for version in schedule.versions for hours in version.hours}
    day = max(first, low)
    while day <= min(last, high):
        if day.weekday() in weekdays:
            return True
        day += timedelta(days=1)
    return False


def _starts(schedule: Schedule) -> list[int]:
    return [int(v.valid_from.timestamp()) for v in schedule.versions if v.valid_from is not None]


def _version(schedule: Schedule, at: int) -> int:
    """Number of the version in force, counted from 1."""
    return bisect_right(_starts(schedule), at) + 1


def instant(seconds: int) -> str:
    """Epoch seconds as ``YYYY-MM-DDTHH:MM:SSZ``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
