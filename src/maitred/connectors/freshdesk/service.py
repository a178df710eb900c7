"""Freshdesk's promises and how they went: service-level policies, business hours, ratings, time entries."""

from __future__ import annotations

import re
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.freshdesk.words import PRIORITIES, WEEKDAYS
from maitred.connectors.page import Field, Page, Record

POLICIES = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("name", "name", c.text),
    Field("position", "position", c.whole),
    Field("filter", "applicable_to", c.json_text),
    Field("active", "active", c.flag(True)),
    Field("valid_from", "created_at", c.instant_or_epoch),
)
TARGETS = (
    Field("external_id", "sla_target", c.text),
    Field("source_updated_at", "updated_at", c.instant_or_epoch),
    Field("policy_id", "id", c.ident),
    Field("metric", "sla_target", c.text),
    Field("priority", "sla_target", c.text),
    Field("target_s", "sla_target", c.whole),
    Field("business_hours", "sla_target.business_hours", c.flag(False)),
    Field("valid_from", "created_at", c.instant_or_epoch),
)
_TARGETS = {
    "respond_within": "first_reply",
    "next_respond_within": "next_reply",
    "resolve_within": "total_resolution",
}


def decode_policies(page: Page) -> None:
    """Policies, and their targets in seconds per priority."""
    page.add("sla_policies", POLICIES)
    rows = []
    for line, policy in page.readable():
        targets = policy.get("sla_target")
        for key, target in targets.items() if isinstance(targets, dict) else ():
            priority = PRIORITIES.get(_number_in(key)) if isinstance(target, dict) else None
            if priority is None:
                page.bad(line, "bad_value", "sla_target", f"{c.shown(key)} is not a priority with targets")
            else:
                rows += [(line, *row) for row in _targets(policy, priority, target)]
    page.add_parts("sla_targets", TARGETS, rows)


def _targets(policy: Record, priority: str, target: Record) -> list[tuple[Any, ...]]:
    identity = c.id_text(policy.get("id"))
    updated = policy.get("updated_at") or policy.get("created_at")
    return [
        (
            *(f"{identity}:{metric}:{priority}", updated, identity, metric, priority),
            *(target[key], target.get("business_hours"), policy.get("created_at")),
        )
        for key, metric in _TARGETS.items()
        if target.get(key) is not None
    ]


def _number_in(key: str) -> int | None:
    found = re.fullmatch(r"priority_(\d)", key)
    return int(found.group(1)) if found else None


SCHEDULES = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("name", "name", c.text),
    Field("tz", "time_zone", c.zone),
    Field("tz_raw", "time_zone", c.text),
    Field("is_default", "is_default", c.flag(False)),
    Field("created_at", "created_at", c.instant_if_any),
    Field("valid_from", "created_at", c.instant_or_epoch),
)
INTERVALS = (
    Field("external_id", "business_hours", c.text),
    Field("source_updated_at", "updated_at", c.instant_or_epoch),
    Field("schedule_id", "id", c.ident),
    Field("weekday", "business_hours", c.whole),
    Field("start_min", "business_hours.start_time", c.whole),
    Field("end_min", "business_hours.end_time", c.whole),
)
HOLIDAYS = (
    Field("external_id", "holidays", c.text),
    Field("source_updated_at", "updated_at", c.instant_or_epoch),
    Field("schedule_id", "id", c.ident),
    Field("name", "holidays.name", c.text),
    Field("start_date", "holidays.date", c.day),
    Field("end_date", "holidays.date", c.day),
)


def decode_business_hours(page: Page) -> None:
    """Business hours with their weekly intervals; an unknown zone or an unreadable hour refuses the whole record."""
    for line, hours in list(page.readable()):
        if _week(hours) is None:
            page.refuse(line, "bad_value", "business_hours", 'a day needs start_time before end_time, as in "8:00 am"')
    page.add("schedules", SCHEDULES)
    intervals, holidays = [], []
    for line, hours in page.readable():
        identity = c.id_text(hours.get("id"))
        updated = hours.get("updated_at") or hours.get("created_at")
        for weekday, start, end in _week(hours) or ():
            intervals.append((line, f"{identity}:{weekday}:{start}", updated, identity, weekday, start, end))
        listed = hours.get("holidays") or hours.get("list_of_holidays")
        for holiday in listed if isinstance(listed, list) else ():
            if isinstance(holiday, dict) and holiday.get("date") is not None:
                date = holiday["date"]
                holidays.append(
                    (line, f"{identity}:{c.shown(date)}", updated, identity, holiday.get("name"), date, date)
                )
    page.add_parts("schedule_intervals", INTERVALS, intervals)
    page.add_parts("schedule_holidays", HOLIDAYS, holidays)


def _week(hours: Record) -> list[tuple[int, int, int]] | None:
    """(weekday from Monday 0, start minute, end minute) of a record, or None when a day cannot be read."""
    days = hours.get("business_hours")
    if days is None:
        return []
    if not isinstance(days, dict):
        return None
    week = []
    for weekday, name in enumerate(WEEKDAYS):
        span = days.get(name)
        if span is None:
            continue
        start = _minute(span.get("start_time")) if isinstance(span, dict) else None
        end = _minute(span.get("end_time")) if isinstance(span, dict) else None
        if start is None or end is None:
            return None
        end = end or 1440  # "12:00 am" as an end is the midnight that closes the day
        if start >= end:
            return None
        week.append((weekday, start, end))
    return week


_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*(am|pm)?", re.IGNORECASE)


def _minute(value: Any) -> int | None:
    """``8:00 am`` or ``17:30`` as minutes since midnight."""
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    hour, minute, half = int(found.group(1)), int(found.group(2)), (found.group(3) or "").lower()
    if minute > 59 or hour > (12 if half else 24):
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + minute


def _score(ratings: Any) -> Any:
    return ratings.get("default_question") if isinstance(ratings, dict) else None


def _step(ratings: Any) -> int | None:
    """-3 (extremely unhappy) to 3 (extremely happy) of 103 .. 100 .. -103."""
    score = c.number_of(_score(ratings))
    if score is None or not 100 <= abs(score) <= 103:
        return None
    return int(abs(score) - 100) * (1 if score > 0 else -1)


def _score_5(ratings: Any) -> float | None:
    step = _step(ratings)
    return None if step is None else 1 + (step + 3) * 2 / 3


def _is_good(ratings: Any) -> bool | None:
    step = _step(ratings)
    return None if not step else step > 0


def _revised_at(rating: Record) -> Any:
    updated = rating.get("updated_at")
    return updated if updated != rating.get("created_at") else None


RATINGS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant),
    Field("ticket_id", "ticket_id", c.ident),
    Field("requester_id", "user_id", c.ident),
    Field("agent_id", "agent_id", c.ident),
    Field("group_id", "group_id", c.ident),
    Field("kind", "", c.always("csat")),
    Field("scale", "", c.always("-103..103")),
    Field("score_raw", "ratings.default_question", c.text),
    Field("score_5", "ratings", c.of(_score_5, c.decimal_if_any)),
    Field("is_good", "ratings", c.of(_is_good, c.flag())),
    Field("comment", "feedback", c.text),
    Field("rated_at", "updated_at|created_at", c.instant),
    Field("revised_at", ".", c.of(_revised_at, c.instant_if_any)),
)


def decode_ratings(page: Page) -> None:
    """Satisfaction ratings; a score outside the known scale is kept raw and noted, with neither number nor verdict."""
    page.add("satisfaction", RATINGS)
    for _, rating in page.readable():
        if _step(rating.get("ratings")) is None:
            page.notice(
                f"new_enum: satisfaction.score_5 has the unknown score {c.shown(_score(rating.get('ratings')))!r}"
            )


def seconds_spent(value: Any) -> Any:
    """``HH:MM`` as seconds; numbers are seconds already; anything else is left for the converter to refuse."""
    found = re.fullmatch(r"(\d{1,6}):([0-5]\d)", value.strip()) if isinstance(value, str) else None
    return (int(found.group(1)) * 60 + int(found.group(2))) * 60 if found else value
