"""The peer in pandas: the clocks ticket by ticket with groupby/apply, business time by a loop over local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from maitred.metrics.clocks.schedules import Schedule, ScheduleBook

UNSOLVED = ("new", "open", "pending", "hold")
DONE = ("solved", "closed", "deleted", "spam")
STAFF = ("agent", "admin", "light")


def run(tables: dict[str, Any], book: ScheduleBook, as_of: datetime) -> tuple[Any, Any]:
    """Ticket columns and SLA rows of some tickets, as two data frames.

    Parameters
    ----------
    tables
        Data frames of the canonical rows (``tickets, ticket_events, messages, sla_events, ticket_schedules, users``).
    """
    import pandas as pd  # type: ignore[import-untyped]

    roles = dict(zip(tables["users"]["external_id"], tables["users"]["role"], strict=True))
    schedules = {schedule.schedule_id: schedule for schedule in book.schedules}
    default = book.ids[book.default]
    by = {
        name: dict(list(tables[name].groupby("ticket_key")))
        for name in ("ticket_events", "messages", "sla_events", "ticket_schedules")
    }
    empty = {name: tables[name].iloc[:0] for name in by}
    targets: list[dict[str, Any]] = []

    def one(ticket: Any) -> Any:
        rows = {name: found.get(ticket["ticket_key"], empty[name]) for name, found in by.items()}
        columns, instances = _ticket(ticket, rows, roles, schedules, default, as_of)
        targets.extend(instances)
        return pd.Series(columns)

    return tables["tickets"].apply(one, axis=1), pd.DataFrame(targets)


def _ticket(
    ticket: Any,
    rows: dict[str, Any],
    roles: dict[str, str],
    schedules: dict[str, Schedule],
    default: str,
    as_of: datetime,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    created = ticket["created_at"].to_pydatetime()
    named = rows["ticket_schedules"].sort_values("valid_from")["schedule_id"]
    schedule = schedules[named.iloc[0] if len(named) else default]
    events = rows["ticket_events"].sort_values(["occurred_at", "seq"])
    messages = rows["messages"].assign(number=rows["messages"]["external_id"].astype("int64"))
    messages = messages.sort_values(["sent_at", "number"])

    def lengths(a: datetime | None, b: datetime | None) -> tuple[Any, Any]:
        if a is None or b is None:
            return None, None
        return int((b - a).total_seconds()), business(schedule, a, b)

    states = [("new", created)]
    for row in events[events["field"] == "status"].itertuples():
        if row.new_value != states[-1][0]:
            states.append((row.new_value, row.occurred_at.to_pydatetime()))
    solves = [at for status, at in states if status == "solved"]
    done = [at for status, at in states if status in DONE]
    assigned = events[(events["field"] == "assignee") & events["new_value"].notna()]
    out: dict[str, Any] = {"ticket_key": ticket["ticket_key"], "status": states[-1][0], "solves": len(solves)}
    times = {status: [0, 0] for status in UNSOLVED}
    for (status, a), b in zip(states, [at for _, at in states[1:]] + [as_of], strict=True):
        if status in UNSOLVED:
            for place, seconds in enumerate(lengths(a, b)):
                times[status][place] += seconds
    for status in UNSOLVED:
        out[f"{status}_time_calendar"], out[f"{status}_time_business_all"] = times[status]
    first_reply, turns = _talk(messages, roles, done)
    finished = solves[-1] if solves and states[-1][0] in ("solved", "closed") else None
    for name, end in (
        ("frt", first_reply),
        ("first_resolution", solves[0] if solves else None),
        ("full_resolution", finished),
        ("time_to_assign", assigned["occurred_at"].iloc[0].to_pydatetime() if len(assigned) else None),
    ):
        out[f"{name}_calendar"], out[f"{name}_business_all"] = lengths(created, end)
    answered = [(a, b) for a, b, how, following in turns if following and how == "reply"]
    waits = [lengths(a, b) for a, b in answered]
    out["nrt_n"] = len(waits)
    for place, mode in enumerate(("calendar", "business_all")):
        out[f"nrt_sum_{mode}"] = sum(w[place] for w in waits) if waits else None
        out[f"nrt_max_{mode}"] = max(w[place] for w in waits) if waits else None
    runs = [("first_reply", created, *_first_end(first_reply, done))]
    runs += [("next_reply", a, b, how or "open") for a, b, how, following in turns if following]
    return out, list(_targets(ticket, rows["sla_events"], runs, lengths, as_of))


def _talk(messages: Any, roles: dict[str, str], done: list[datetime]) -> tuple[datetime | None, list[Any]]:
    """First reply, and the turns as ``(opened, ended, how, is next)``."""
    first_reply, opened, replies, publics, notes, passed = None, None, 0, 0, 0, 0
    following = False
    turns: list[Any] = []
    for row in messages.itertuples():
        at = row.sent_at.to_pydatetime()
        while passed < len(done) and done[passed] < at:
            if opened is not None:
                turns.append((opened, done[passed], "solved", following))
                opened = None
            passed += 1
        if not row.is_public:
            notes += 1
            continue
        publics += 1
        if roles.get(row.author_id) in STAFF:
            if first_reply is None and not (publics == 1 and notes == 0):
                first_reply = at
            if opened is not None:
                turns.append((opened, at, "reply", following))
                opened = None
            replies += 1
        elif opened is None:
            opened, following = at, replies > 0
    if opened is not None:
        after = [at for at in done if at >= opened]
        turns.append((opened, after[0] if after else None, "solved" if after else None, following))
    return first_reply, turns


def _first_end(first_reply: datetime | None, done: list[datetime]) -> tuple[datetime | None, str]:
    if first_reply is not None and (not done or first_reply <= done[0]):
        return first_reply, "reply"
    return (done[0], "solved") if done else (None, "open")


def _targets(ticket: Any, events: Any, runs: list[Any], lengths: Any, as_of: datetime) -> Any:
    numbers: dict[str, int] = {}
    for metric, start, end, reason in runs:
        mine = events[events["metric"] == metric]
        if not len(mine):
            continue
        target, in_business = mine["target_s"].iloc[0], mine["in_business_hours"].iloc[0]
        elapsed = lengths(start, end or as_of)[1 if in_business else 0]
        numbers[metric] = numbers.get(metric, 0) + 1
        over = elapsed > target
        verdict = ("overdue" if over else "running") if reason == "open" else ("breached" if over else "met")
        yield {
            "ticket_key": ticket["ticket_key"],
            "metric": metric,
            "instance": numbers[metric],
            "end_reason": reason,
            "elapsed_all_s": elapsed,
            "verdict_all": verdict,
        }


def business(schedule: Schedule, a: datetime, b: datetime) -> int:
    """Open seconds of ``[a, b)``, local day by local day."""
    zone = ZoneInfo(schedule.zone)
    day, last = a.astimezone(zone).date(), b.astimezone(zone).date()
    total = 0.0
    while day <= last:
        if not _closed(schedule, day):
            for hours in schedule.versions[0].hours:
                if hours.weekday == day.weekday():
                    opens, closes = _instant(day, hours.start_min, zone), _instant(day, hours.end_min, zone)
                    total += max(0.0, (min(b, closes) - max(a, opens)).total_seconds())
        day += timedelta(days=1)
    return int(total)


def _closed(schedule: Schedule, day: date) -> bool:
    return any(holiday.first <= day <= holiday.last for holiday in schedule.holidays)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return (datetime.combine(day, time(0)) + timedelta(minutes=minute)).replace(tzinfo=zone).astimezone(UTC)
