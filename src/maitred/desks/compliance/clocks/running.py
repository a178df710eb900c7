"""A clock of a case: when it began, what stopped, paused or extended it, what it came to, and when to warn.

Every step stands in the ledger with its event and its clause, so that a deadline can be told and checked by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from maitred.desks.compliance.clocks.calendars import DAY, Calendar
from maitred.desks.compliance.clocks.counting import begun, deadline, instant, last_day, moment, received
from maitred.desks.compliance.clocks.rules import SHORT, Ahead, ClockRule, Extension, Happened, Length, VoidRule

Status = Literal["waiting", "running", "warned", "met", "met_late", "overdue", "paused", "void"]
Kind = Literal[
    "received", "started", "stopped", "reopened", "paused", "resumed", "extended", "told_late", "void", "due"
]
Spans = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a clock's ledger."""

    kind: Kind
    at: datetime
    event: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that has to be given; ``late_by`` is how long ago it should have been."""

    level: str
    at: datetime
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock at an instant. ``waiting`` has no start yet; ``breached`` stays true once it ran over.

    ``late_by`` is how long after its deadline it stopped, or that it runs over until now. ``levels`` are the instants
    at which to warn; ``level`` the last of them that was reached while it ran.
    """

    rule: str
    clause: str
    status: Status
    started_at: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    late_by: timedelta | None = None
    breached: bool = False
    level: str = ""
    reason: str = ""
    levels: tuple[tuple[str, datetime], ...] = ()
    ledger: tuple[Entry, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in ("running", "warned", "overdue", "paused")


def run_clocks(
    rules: Sequence[ClockRule], events: Iterable[Happened], calendar: Calendar, zone: ZoneInfo, now: datetime
) -> tuple[Clock, ...]:
    """All clocks of a pack, in its order; an extension looks at the deadline of the clock it names."""
    known = sorted((one for one in events if one.at <= now), key=lambda one: (one.at, one.name, one.key))
    plain = {one.id: _base(one, known, calendar, zone) for one in rules}
    return tuple(run_clock(one, known, calendar, zone, now, plain) for one in rules)


def run_clock(
    rule: ClockRule, events: Iterable[Happened], calendar: Calendar, zone: ZoneInfo, now: datetime,
    others: Mapping[str, datetime | None] | None = None,
) -> Clock:  # fmt: skip
    """One clock as it stands at ``now``.

    Parameters
    ----------
    events
        Of the case, in any order; those after ``now`` are not known yet.
    others
        Deadlines of the pack's clocks without any extension, by their ids.
    """
    known = sorted((one for one in events if one.at <= now), key=lambda one: (one.at, one.name, one.key))
    first = _first(rule, known, zone)
    if first is None:
        return Clock(rule.id, rule.clause, "waiting")
    at = received(first, zone)
    start = begun(at, rule.start, calendar, zone)
    ledger = [Entry("received", received(one, zone), one.name, rule.clause)
              for one in known if one.name == rule.start.event]  # fmt: skip
    ledger.append(Entry("started", start, first.name, rule.clause))
    base = (others or {}).get(rule.id) or deadline(rule, start, calendar, zone)
    plain = {**(others or {}), rule.id: base}
    length, extended = _extended(rule, known, plain)
    ledger += extended
    paused, standing, stood = _pauses(rule, known, start, now)
    ledger += stood
    due, counted = (base if length is None else deadline(rule, start, calendar, zone, length)), 0
    for since, _until in paused:  # standing still after the end moves nothing
        if since > due:
            break
        counted += 1
        due = deadline(rule, start, calendar, zone, length, paused[:counted])
    standing = standing and counted == len(paused)
    ledger.append(Entry("due", due, "", rule.clause))
    spoiled = _void(rule, known, start, calendar, zone)
    if spoiled is not None:
        ledger.append(spoiled)
        return Clock(rule.id, rule.clause, "void", start, due, reason=f"{spoiled.event}, {spoiled.clause}",
                     ledger=_told(ledger))  # fmt: skip
    stopped, breached, stops = _stopped(rule, known, start, due, now)
    ledger += stops
    levels = tuple((one.level, _level(one, start, due, calendar, zone)) for one in rule.warn)
    reached = [name for name, when in sorted(levels, key=lambda one: one[1]) if when <= (stopped or now)]
    status, late = _status(stopped, due, now, standing, bool(reached), breached)
    return Clock(rule.id, rule.clause, status, start, due, stopped, late, breached or status in ("overdue", "met_late"),
                 reached[-1] if reached else "", "", levels, _told(ledger))  # fmt: skip


def warnings_due(clock: Clock, given: Collection[str], now: datetime) -> tuple[Warned, ...]:
    """What has to be said by now and was not: each level once, whatever stopped whoever should have said it."""
    until = clock.stopped_at or now
    if clock.status in ("void", "waiting"):
        return ()
    return tuple(Warned(level, at, max(timedelta(), now - at))
                 for level, at in sorted(clock.levels, key=lambda one: one[1])
                 if at <= now and at <= until and level not in given)  # fmt: skip


def _base(rule: ClockRule, known: Sequence[Happened], calendar: Calendar, zone: ZoneInfo) -> datetime | None:
    first = _first(rule, known, zone)
    if first is None:
        return None
    return deadline(rule, begun(received(first, zone), rule.start, calendar, zone), calendar, zone)


def _first(rule: ClockRule, known: Sequence[Happened], zone: ZoneInfo) -> Happened | None:
    """Of all receipts, also those that came with merged tickets, the earliest."""
    starts = [one for one in known if one.name == rule.start.event]
    return min(starts, key=lambda one: received(one, zone), default=None)


def _extended(
    rule: ClockRule, known: Sequence[Happened], plain: Mapping[str, datetime | None]
) -> tuple[Length | None, list[Entry]]:  # fmt: skip
    length, told = None, []
    for one in known:
        found = next((each for each in rule.extend if each.event == one.name), None)
        if found is None:
            continue
        if _in_time(found, one, plain):
            length = found.to
            told.append(Entry("extended", one.at, one.name, found.clause or rule.clause))
        else:
            told.append(Entry("told_late", one.at, one.name, found.clause or rule.clause))
    return length, told


def _in_time(found: Extension, one: Happened, plain: Mapping[str, datetime | None]) -> bool:
    until = plain.get(found.tell_by)
    return until is None or one.at <= until


def _pauses(
    rule: ClockRule, known: Sequence[Happened], start: datetime, now: datetime
) -> tuple[Spans, bool, list[Entry]]:  # fmt: skip
    """The spans in which it stood still, whether it stands still now, and the lines about it."""
    spans: list[tuple[datetime, datetime]] = []
    told: list[Entry] = []
    since: datetime | None = None
    by: str = ""
    for one in known:
        if one.at < start or not rule.pause:
            continue
        begins = next((each for each in rule.pause if each.begins == one.name), None)
        if since is None and begins is not None:
            since, by = one.at, begins.ends
            told.append(Entry("paused", one.at, one.name, begins.clause))
        elif since is not None and one.name == by:
            spans.append((since, one.at))
            clause = next(each.clause for each in rule.pause if each.ends == one.name)
            told.append(Entry("resumed", one.at, one.name, clause))
            since = None
    if since is not None:
        spans.append((since, now))
    return tuple(spans), since is not None, told


def _void(
    rule: ClockRule, known: Sequence[Happened], start: datetime, calendar: Calendar, zone: ZoneInfo
) -> Entry | None:  # fmt: skip
    for one in known:
        for each in rule.void:
            if each.event == one.name and one.at <= _window(rule, each, start, calendar, zone, one.at):
                return Entry("void", one.at, one.name, each.clause)
    return None


def _window(
    rule: ClockRule, void: VoidRule, start: datetime, calendar: Calendar, zone: ZoneInfo, at: datetime
) -> datetime:  # fmt: skip
    if void.within is None:
        return at
    day = last_day(start.astimezone(zone).date(), void.within, rule.start, calendar)
    return moment(day, void.ends, start, calendar, zone)


def _stopped(
    rule: ClockRule, known: Sequence[Happened], start: datetime, due: datetime, now: datetime
) -> tuple[datetime | None, bool, list[Entry]]:  # fmt: skip
    """When it stopped; a case that is opened again runs on with its old start, and a breach stays one."""
    stopped: datetime | None = None
    breached = False
    told: list[Entry] = []
    for one in known:
        if one.at < start:
            continue
        if stopped is None and one.name in rule.stop:
            stopped, breached = one.at, breached or one.at > due
            told.append(Entry("stopped", one.at, one.name, rule.clause))
        elif stopped is not None and one.name == rule.reopen:
            stopped = None
            told.append(Entry("reopened", one.at, one.name, rule.clause))
    return stopped, breached, told


def _status(
    stopped: datetime | None, due: datetime, now: datetime, standing: bool, warned: bool, breached: bool
) -> tuple[Status, timedelta | None]:  # fmt: skip
    if stopped is not None:
        late = stopped > due
        return ("met_late", max(timedelta(), stopped - due)) if late or breached else ("met", None)
    if standing and now <= due:
        return "paused", None
    if now > due:
        return "overdue", now - due
    return ("warned" if warned else "running"), None


def _level(one: Ahead, start: datetime, due: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The instant of a warning, to the second."""
    if one.before is None:
        seconds = int((due - start).total_seconds() * (one.share or 0.0))
        return start + timedelta(seconds=seconds)
    if one.before.unit in SHORT:
        return max(start, due - timedelta(**{one.before.unit: one.before.n}))
    local = due.astimezone(zone)
    if one.before.unit == "business_days":
        day = calendar.backward(local.date(), one.before.n)
    else:
        day = local.date() - DAY * one.before.n * (7 if one.before.unit == "weeks" else 1)
    return max(start, instant(day, local.time(), zone))


def _told(ledger: Sequence[Entry]) -> tuple[Entry, ...]:
    order = {"received": 0, "started": 1}
    return tuple(sorted(ledger, key=lambda one: (one.at, order.get(one.kind, 2))))
