"""What the fake Zendesk promises its customers, and how each promise went: opening hours, targets, metric events.

The arithmetic is the double's own, so that verdicts can be held against it. A target is missed when the clock goes
beyond it; what runs while a ticket waits is one clock over all its reopenings, with one instance.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Row = dict[str, Any]
FIRST_CUSTOMER = 360001500000
"""Ids from here on are customers'; below are the staff's, and -1 is the system."""
TRADE = 360009
"""The brand whose tickets have a policy of their own."""
_DATED = {"created_at": "2025-10-01T00:00:00Z", "updated_at": "2025-10-01T00:00:00Z"}
_FOREVER = 1 << 60
_DAY_ZERO = date(1970, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = date(2025, 9, 1), date(2028, 1, 1)
_OPENS_MIN, _CLOSES_MIN = 540, 1_020
HOLIDAYS = {66001: (("New Year", "2026-01-01", "2026-01-01"), ("Stocktaking", "2026-02-16", "2026-02-17"),
                    ("May Day", "2026-05-01", "2026-05-01")),
            66002: (("May Day", "2026-05-04", "2026-05-04"),)}  # fmt: skip
SCHEDULES: tuple[Row, ...] = (
    {"id": 66001, "name": "Office", "time_zone": "Berlin", **_DATED,
     "intervals": [{"start_time": day * 1_440 + _OPENS_MIN, "end_time": day * 1_440 + _CLOSES_MIN}
                   for day in range(1, 6)]},
    {"id": 66002, "name": "Late desk", "time_zone": "London", **_DATED,
     "intervals": [{"start_time": day * 1_440 + 780, "end_time": day * 1_440 + 1_320} for day in range(7)]},
)  # fmt: skip
"""The first is the account's own: every clock here runs by it."""
_TARGETS = {
    113: {"first_reply_time": {"urgent": (60, False), "high": (120, False)},
          "requester_wait_time": {"urgent": (480, False), "high": (1_440, False)}},
    114: {"first_reply_time": {"urgent": (60, True), "high": (120, True), "normal": (480, True)},
          "next_reply_time": {"urgent": (120, True), "high": (240, True), "normal": (960, True)},
          "agent_work_time": {"urgent": (240, True), "high": (480, True)},
          "requester_wait_time": {"high": (960, True), "normal": (2_880, False)}},
}  # fmt: skip
"""Minutes, and whether by opening hours, of each policy by metric and priority."""
_TITLES = {113: "Trade", 114: "Standard"}
_FILTERS: dict[int, list[Row]] = {113: [{"field": "brand_id", "operator": "is", "value": str(TRADE)}], 114: []}
POLICIES: tuple[Row, ...] = tuple(
    {"id": policy, "title": _TITLES[policy], "description": None, "position": place + 1, **_DATED,
     "filter": {"all": _FILTERS[policy], "any": []},
     "policy_metrics": [{"priority": priority, "metric": metric, "target": minutes, "target_in_seconds": minutes * 60,
                         "business_hours": business}
                        for metric, by_priority in targets.items()
                        for priority, (minutes, business) in by_priority.items()]}
    for place, (policy, targets) in enumerate(_TARGETS.items())
)  # fmt: skip


def iso(second: int) -> str:
    """A second since 1970 as Zendesk writes it."""
    day, rest = divmod(second, 86_400)
    return f"{_day(day)}T{rest // 3_600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


@lru_cache(maxsize=4_096)
def _day(day: int) -> str:
    return date.fromordinal(_DAY_ZERO + day).isoformat()


class Step(NamedTuple):
    """What one update did to a ticket: fields before and after, and the comment that came with it."""

    serial: int
    at: int
    actor: int
    changes: tuple[tuple[Any, Any, Any], ...]
    note: str | None = None
    public: bool = True
    create: bool = False
    source: Row | None = None


class MetricEvent(NamedTuple):
    """One line of the service-level log; ``place`` counts within metric and ticket."""

    at: int
    metric: str
    place: int
    instance: int
    type: str
    about: Any
    """The promise that was made, or the clock that was read."""

    def row(self, ticket: int, identity: int) -> Row:
        """The line as Zendesk writes it."""
        return {"id": identity, "ticket_id": ticket, "metric": self.metric, "instance_id": self.instance,
                "type": self.type, "time": iso(self.at), **self._more()}  # fmt: skip

    def _more(self) -> Row:
        if self.type == "apply_sla":
            policy, minutes, business = self.about
            told = {"id": policy, "title": _TITLES[policy], "description": None}
            return {"sla": {"target": minutes, "target_in_seconds": minutes * 60, "business_hours": business,
                            "policy": told}}  # fmt: skip
        if self.type == "update_status":
            calendar, business = (self.about.elapsed(self.at, by_hours) // 60 for by_hours in (False, True))
            return {"status": {"calendar": calendar, "business": business}}
        return {"deleted": False} if self.type == "breach" else {}


class Verdict(NamedTuple):
    """How one promise went."""

    metric: str
    instance: int
    policy: int
    target_s: int
    business: bool
    verdict: str
    breached_at: int | None
    elapsed_s: int


class Hours:
    """Opening hours over some years, as a sum of open seconds that rises with time."""

    def __init__(self, zone: str, holidays: Sequence[tuple[str, str, str]]) -> None:
        self._opens: list[int] = []
        self._before: list[int] = []
        self._open_s = (_CLOSES_MIN - _OPENS_MIN) * 60
        closed = [(date.fromisoformat(first), date.fromisoformat(last)) for _, first, last in holidays]
        day = _FIRST_DAY
        while day < _LAST_DAY:
            if day.weekday() < 5 and not any(first <= day <= last for first, last in closed):
                opens = datetime(day.year, day.month, day.day, _OPENS_MIN // 60, tzinfo=ZoneInfo(zone))
                self._before.append(len(self._opens) * self._open_s)
                self._opens.append(int(opens.timestamp()))
            day += timedelta(days=1)

    def until(self, second: int) -> int:
        """Open seconds up to this second."""
        place = bisect_right(self._opens, second) - 1
        return 0 if place < 0 else self._before[place] + min(second - self._opens[place], self._open_s)

    def reached(self, since: int, seconds: int) -> int:
        """When so many open seconds have passed."""
        wanted = self.until(since) + seconds
        place = min(max(-(-wanted // self._open_s) - 1, 0), len(self._opens) - 1)
        return self._opens[place] + wanted - self._before[place]


OFFICE = Hours("Europe/Berlin", HOLIDAYS[66001])


@dataclass(slots=True)
class _Clock:
    """One instance of a metric: the spans in which it runs, and the targets that were set on it."""

    metric: str
    instance: int
    spans: list[tuple[int, int]]
    targets: list[tuple[int, int, int, bool]]
    """From when, policy, seconds, by opening hours."""
    ended: int | None = None
    cancelled: bool = False

    def elapsed(self, until: int, business: bool) -> int:
        count = OFFICE.until if business else _itself
        return sum(count(min(end, until)) - count(start) for start, end in self.spans if start < until)

    def breach(self) -> int | None:
        """When a target in force was passed first."""
        for place, (since, _, target, business) in enumerate(self.targets):
            last = place + 1 == len(self.targets)
            until = (self.ended if self.ended is not None else _FOREVER) if last else self.targets[place + 1][0]
            passed = self._passed(target, business, until)
            if passed is not None:
                return max(since, passed)
        return None

    def _passed(self, target: int, business: bool, until: int) -> int | None:
        spent = 0
        for start, end in self.spans:
            end = min(end, until)
            if end <= start:
                continue
            reached = OFFICE.reached(start, target - spent) if business else start + target - spent
            span = _span(start, end, business) if end < _FOREVER else target + 1
            if spent + span > target:
                return reached
            spent += span
        return None


def _itself(second: int) -> int:
    return second


def _span(start: int, end: int, business: bool) -> int:
    return OFFICE.until(end) - OFFICE.until(start) if business else end - start


METRICS = ("reply_time", "agent_work_time", "requester_wait_time")
_FIRST = itemgetter(0)
_RUNS = {"agent_work_time": ("new", "open"), "requester_wait_time": ("new", "open", "hold")}
_DONE = ("solved", "closed", "deleted")


class Service:
    """What the service-level log says of one ticket, from what happened to it."""

    def __init__(self, brand: int, steps: Sequence[Step]) -> None:
        self._brand, self._steps = brand, steps
        self._lines: list[tuple[int, str, int, str, Any]] = []
        self._status = "new"
        self._priority: str | None = None
        self.clocks = self._run()

    def events(self) -> list[MetricEvent]:
        """The log's lines in the order of time, those to come included."""
        lines = list(self._lines)
        for clock in self.clocks:
            breached = clock.breach()
            if breached is not None:
                lines.append((breached, clock.metric, clock.instance, "breach", None))
        counted = dict.fromkeys(METRICS, -1)
        found = []
        for at, metric, instance, kind, about in sorted(lines, key=_FIRST):
            counted[metric] += 1
            found.append(MetricEvent(at, metric, counted[metric], instance, kind, about))
        return found

    def verdicts(self, now: int) -> Iterator[Verdict]:
        """How each promise went by now."""
        for clock in self.clocks:
            if not clock.targets:
                continue
            _, policy, target, business = clock.targets[-1]
            breached = clock.breach()
            late = breached is not None and breached < now
            if clock.cancelled:
                said = "breached" if late else "cancelled"
            elif clock.ended is not None:
                said = "breached" if late else "met"
            else:
                said = "overdue" if late else "running"
            elapsed = clock.elapsed(now if clock.ended is None else clock.ended, business)
            name = {"reply_time": "first_reply" if clock.instance == 1 else "next_reply"}.get(clock.metric)
            yield Verdict(name or clock.metric.removesuffix("_time"), clock.instance, policy, target, business, said,
                          breached if late else None, elapsed)  # fmt: skip

    # ------------------------------------------------------------ the run through what happened

    def _run(self) -> list[_Clock]:
        created = self._steps[0]
        self._priority = next((after for key, _, after in created.changes if key == "priority"), None)
        self._say(created.at, "reply_time", 0, "measure")
        self._turn: _Clock | None = self._opened(created.at, "reply_time", 1)
        self._waits = [self._opened(created.at, metric, 1) for metric in _RUNS]
        clocks = [self._turn, *self._waits]
        turns = 1
        for step in self._steps[1:]:
            for key, _, after in step.changes:
                if key == "status":
                    self._moved(step.at, after)
                elif key == "priority":
                    self._revised(step.at, after)
            if step.note is None or not step.public or step.actor < 0:
                continue
            if step.actor < FIRST_CUSTOMER:
                self._end_turn(step.at)
            elif self._turn is None and self._status not in _DONE:
                turns += 1
                self._turn = self._opened(step.at, "reply_time", turns)
                clocks.append(self._turn)
        return clocks

    def _opened(self, at: int, metric: str, instance: int) -> _Clock:
        self._say(at, metric, instance, "activate")
        clock = _Clock(metric, instance, [(at, _FOREVER)], [])
        self._promise(at, clock)
        return clock

    def _promise(self, at: int, clock: _Clock) -> None:
        name = {"reply_time": "first_reply_time" if clock.instance == 1 else "next_reply_time"}.get(clock.metric)
        policy = 113 if self._brand == TRADE else 114
        promised = _TARGETS[policy].get(name or clock.metric, {}).get(self._priority or "")
        if promised is not None:
            minutes, business = promised
            clock.targets.append((at, policy, minutes * 60, business))
            self._say(at, clock.metric, clock.instance, "apply_sla", (policy, minutes, business))

    def _moved(self, at: int, status: str) -> None:
        was, self._status = self._status, status
        if status in _DONE and was not in _DONE:
            self._end_turn(at, cancelled=status == "deleted")
        for clock in self._waits:
            runs = _RUNS[clock.metric]
            if was in runs and status not in runs:
                self._stop(at, clock, status)
            elif was not in runs and status in runs:
                clock.spans.append((at, _FOREVER))
                clock.ended, clock.cancelled = None, False
                self._say(at, clock.metric, 1, "resume")
            elif was not in runs and status in _DONE and was not in _DONE:
                self._end(at, clock, status)

    def _stop(self, at: int, clock: _Clock, status: str) -> None:
        clock.spans[-1] = (clock.spans[-1][0], at)
        if status in _DONE:
            self._end(at, clock, status)
        else:
            self._say(at, clock.metric, 1, "pause")
            self._measure(at, clock)

    def _end(self, at: int, clock: _Clock, status: str) -> None:
        clock.ended, clock.cancelled = at, status == "deleted"
        self._say(at, clock.metric, 1, "cancel" if clock.cancelled else "fulfill")
        self._measure(at, clock)

    def _end_turn(self, at: int, cancelled: bool = False) -> None:
        clock = self._turn
        if clock is None:
            return
        self._turn = None
        clock.spans[-1] = (clock.spans[-1][0], at)
        clock.ended, clock.cancelled = at, cancelled
        self._say(at, clock.metric, clock.instance, "cancel" if cancelled else "fulfill")
        self._measure(at, clock)

    def _revised(self, at: int, priority: str | None) -> None:
        self._priority = priority
        for clock in (self._turn, *self._waits):
            if clock is not None and clock.ended is None:
                self._promise(at, clock)

    def _measure(self, at: int, clock: _Clock) -> None:
        self._say(at, clock.metric, clock.instance, "update_status", clock)

    def _say(self, at: int, metric: str, instance: int, kind: str, more: Any = None) -> None:
        self._lines.append((at, metric, instance, kind, more))


def measures(steps: Sequence[Step]) -> Row:
    """Zendesk's own figures of a ticket, as of the last that happened to it: minutes by the clock and of open hours."""
    created, stays = steps[0].at, dict.fromkeys(("new", "open", "pending", "hold"), (0, 0))
    moves = [(step.at, change[2]) for step in steps for change in step.changes if change[0] == "status"]
    for (since, status), (until, _) in pairwise(moves):
        if status in stays:
            spent = until - since, OFFICE.until(until) - OFFICE.until(since)
            stays[status] = stays[status][0] + spent[0], stays[status][1] + spent[1]
    solves = [at for at, status in moves if status == "solved"]
    replies = [step.at for step in steps if step.note is not None and step.public and 0 < step.actor < FIRST_CUSTOMER]
    assigned = [step.at for step in steps for change in step.changes if change[0] == "assignee_id" and change[2]]
    ended = solves if moves[-1][1] in _DONE else []
    waits = [stays[status] for status in ("new", "open", "hold")]
    return {
        "reopens": max(len(solves) - 1, 0), "replies": len(replies), "assignee_stations": len(assigned),
        "initially_assigned_at": _moment(assigned[:1]), "solved_at": _moment(ended[-1:]),
        "reply_time_in_minutes": _minutes(_since(created, replies[:1])),
        "first_resolution_time_in_minutes": _minutes(_since(created, solves[:1])),
        "full_resolution_time_in_minutes": _minutes(_since(created, ended[-1:])),
        "agent_wait_time_in_minutes": _minutes(stays["pending"]), "on_hold_time_in_minutes": _minutes(stays["hold"]),
        "requester_wait_time_in_minutes": _minutes((sum(one[0] for one in waits), sum(one[1] for one in waits))),
    }  # fmt: skip


def _since(created: int, at: Sequence[int]) -> tuple[int, int] | None:
    return (at[0] - created, OFFICE.until(at[0]) - OFFICE.until(created)) if at else None


def _minutes(spent: tuple[int, int] | None) -> Row:
    calendar, business = (None, None) if spent is None else (spent[0] // 60, spent[1] // 60)
    return {"calendar": calendar, "business": business}


def _moment(at: Sequence[int]) -> str | None:
    return iso(at[0]) if at else None


def holidays(schedule: int) -> list[Row]:
    """The holidays of a schedule as Zendesk lists them: numbered within the schedule."""
    return [{"id": place + 1, "name": name, "start_date": first, "end_date": last}
            for place, (name, first, last) in enumerate(HOLIDAYS.get(schedule, ()))]  # fmt: skip


def told(policy: Mapping[str, Any]) -> Row:
    """A policy in canonical words: title and targets in seconds."""
    return {"name": policy["title"], "targets": sorted(
        [one["metric"].removesuffix("_time"), one["priority"], one["target_in_seconds"], one["business_hours"]]
        for one in policy["policy_metrics"])}  # fmt: skip
