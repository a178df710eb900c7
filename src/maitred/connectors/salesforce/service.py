"""Salesforce's hours and promises: business hours, holidays, milestones, entitlements.

The API does not say which business hours a holiday belongs to: a holiday without ``BusinessHoursId`` gets the
schedule ``*``, which stands for every schedule of the source. Milestone fields are not verified.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.page import Field, Page, Record
from maitred.connectors.salesforce import ids
from maitred.connectors.salesforce.words import is_true

EVERY_SCHEDULE = "*"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

SCHEDULES = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp|LastModifiedDate|CreatedDate", c.instant_or_epoch),
    Field("name", "Name", c.text),
    Field("tz", "TimeZoneSidKey", c.zone),
    Field("tz_raw", "TimeZoneSidKey", c.text),
    Field("is_default", "IsDefault", c.flag(False)),
    Field("created_at", "CreatedDate", c.instant_if_any),
    Field("valid_from", "CreatedDate", c.instant_or_epoch),
)
INTERVALS = (
    Field("external_id", "Id", c.text),
    Field("source_updated_at", "SystemModstamp", c.instant_or_epoch),
    Field("schedule_id", "Id", ids.ident),
    Field("weekday", "StartTime", c.whole),
    Field("start_min", "StartTime", c.whole),
    Field("end_min", "EndTime", c.whole),
)


def decode_business_hours(page: Page) -> None:
    """Business hours with their weekly intervals; an unknown zone or an unreadable hour refuses the whole record."""
    for line, hours in list(page.readable()):
        if _week(hours) is None:
            page.refuse(line, "bad_value", "StartTime", "a day's StartTime and EndTime are not times in order")
    page.add("schedules", SCHEDULES)
    rows = []
    for line, hours in page.readable():
        identity = ids.expand(c.id_text(hours.get("Id")) or "")
        updated = hours.get("SystemModstamp") or hours.get("LastModifiedDate") or hours.get("CreatedDate")
        for weekday, start, end in _week(hours) or ():
            rows.append((line, f"{identity}:{weekday}:{start}", updated, identity, weekday, start, end))
    page.add_parts("schedule_intervals", INTERVALS, rows)


def _week(hours: Record) -> list[tuple[int, int, int]] | None:
    """(weekday from Monday 0, start minute, end minute); both ends midnight means open all day, both null closed."""
    week = []
    for weekday, day in enumerate(DAYS):
        opens, closes = hours.get(f"{day}StartTime"), hours.get(f"{day}EndTime")
        if not opens and not closes:
            continue
        start, end = _minute(opens), _minute(closes)
        if start is None or end is None:
            return None
        end = end or 1440
        if start >= end:
            return None
        week.append((weekday, start, end))
    return week


_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::\d{2}(?:\.\d+)?)?Z?")


def _minute(value: Any) -> int | None:
    """``09:00:00.000Z`` as minutes since the local midnight (the Z is the vendor's habit, not a zone)."""
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(found.group(1)) * 60 + int(found.group(2)) if found else None


HOLIDAYS = (
    Field("external_id", "Id", c.text),
    Field("source_updated_at", "SystemModstamp", c.instant_or_epoch),
    Field("schedule_id", "BusinessHoursId", ids.ident),
    Field("name", "Name", c.text),
    Field("start_date", "ActivityDate", c.day),
    Field("end_date", "ActivityDate", c.day),
)
_YEARS_AHEAD = 10


def decode_holidays(page: Page) -> None:
    """Holidays, those of every year written out; holidays of a few hours and other recurrences are noted and left
    out."""
    rows: list[tuple[Any, ...]] = []
    for line, holiday in page.readable():
        identity = c.id_text(holiday.get("Id"))
        if identity is None:
            page.bad(line, "missing_key", "Id", "Id is missing or not an id")
            continue
        if holiday.get("IsAllDay") is not None and not is_true(holiday.get("IsAllDay")):
            page.notice("schedule_holidays: a holiday of some hours only was left out")
            continue
        days = _days(holiday, page)
        if not days:
            page.bad(line, "missing_key", "ActivityDate", "ActivityDate is missing or not a day")
        schedule = holiday.get("BusinessHoursId") or holiday.get("schedule_id") or EVERY_SCHEDULE
        for day in days:
            event = f"{ids.expand(identity)}:{day}"
            rows.append((line, event, holiday.get("SystemModstamp"), schedule, holiday.get("Name"), day, day))
    page.add_parts("schedule_holidays", HOLIDAYS, rows)


def _days(holiday: Record, page: Page) -> list[str]:
    first = _day(holiday.get("ActivityDate")) or _day(holiday.get("RecurrenceStartDate"))
    if first is None:
        return []
    if not is_true(holiday.get("IsRecurrence")):
        return [first.isoformat()]
    month = (
        c.word_of(_MONTHS, holiday.get("RecurrenceMonthOfYear"))
        if holiday.get("RecurrenceMonthOfYear")
        else first.month
    )
    number = c.number_of(holiday.get("RecurrenceDayOfMonth")) or first.day
    if holiday.get("RecurrenceType") not in (None, "RecursYearly") or not isinstance(month, int):
        page.notice("schedule_holidays: a recurrence other than once a year was read as its first day only")
        return [first.isoformat()]
    last = _day(holiday.get("RecurrenceEndDateOnly"))
    years = range(first.year, min(last.year if last else first.year + _YEARS_AHEAD, first.year + 50) + 1)
    days = [found for year in years if (found := _date(year, month, int(number)))]
    return [day.isoformat() for day in days if day >= first and (last is None or day <= last)]


_MONTHS: dict[Any, int] = {
    name: number
    for number, name in enumerate(
        (
            *("january", "february", "march", "april", "may", "june"),
            *("july", "august", "september", "october", "november", "december"),
        ),
        start=1,
    )
}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except (TypeError, ValueError, KeyError):
        return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


MILESTONES = (
    Field("external_id", "Id", c.text),
    Field("source_updated_at", "SystemModstamp", c.instant),
    Field("deleted_at", "IsDeleted", c.instant_if_any),
    Field("delete_kind", "IsDeleted", c.text),
    Field("ticket_id", "CaseId", ids.ident),
    Field("metric", "MilestoneType.Name", c.text),
    Field("policy_id", "MilestoneTypeId", ids.ident),
    Field("policy_name", "MilestoneType.Name", c.text),
    Field("in_business_hours", "BusinessHoursId", c.flag()),
    Field("type", "CompletionDate", c.text),
    Field("at", "StartDate|TargetDate|CompletionDate", c.instant),
    Field("target_s", "TargetResponseInMins", c.whole),
    Field("vendor_elapsed_cal_s", "ElapsedTimeInMins", c.whole),
    Field("vendor_elapsed_bus_s", "ElapsedTimeInMins", c.whole),
    Field("instance", "", c.always(1)),
    Field("provenance", "", c.always("native")),
)


def decode_milestones(page: Page) -> None:
    """A milestone of a case as applied at its start, fulfilled at its completion, breached at its target."""
    rows = []
    for line, milestone in page.readable():
        identity = c.id_text(milestone.get("Id"))
        if identity is None:
            page.bad(line, "missing_key", "Id", "Id is missing or not an id")
            continue
        updated = milestone.get("SystemModstamp") or milestone.get("LastModifiedDate") or milestone.get("CreatedDate")
        gone = (updated, "soft") if is_true(milestone.get("IsDeleted")) else (None, None)
        name = _milestone_name(milestone)
        shared = (
            *(updated, *gone, milestone.get("CaseId"), _metric(name, page)),
            *(milestone.get("MilestoneTypeId"), name, bool(milestone.get("BusinessHoursId"))),
        )
        for kind, at, target, elapsed in _steps(milestone):
            clocks = (None, elapsed) if milestone.get("BusinessHoursId") else (elapsed, None)
            rows.append((line, f"{ids.expand(identity)}:{kind}", *shared, kind, at, target, *clocks))
    page.add_parts("sla_events", MILESTONES, rows)


def _milestone_name(milestone: Record) -> Any:
    kind = milestone.get("MilestoneType")
    name = kind.get("Name") if isinstance(kind, dict) else milestone.get("MilestoneType.Name")
    return name if isinstance(name, str) else None


def _metric(name: Any, page: Page) -> str:
    """Milestone types are the account's own; the name tells, and what it does not tell counts as resolution."""
    plain = name.lower() if isinstance(name, str) else ""
    if "first" in plain:
        return "first_reply"
    if "respon" in plain or "reply" in plain:
        return "next_reply" if "next" in plain or "each" in plain or "every" in plain else "first_reply"
    if not any(word in plain for word in ("resol", "clos", "complet")):
        page.notice(
            f"new_enum: sla_events.metric has the unknown milestone {c.shown(name)!r}, read as total_resolution"
        )
    return "total_resolution"


def _steps(milestone: Record) -> list[tuple[str, Any, int | None, int | None]]:
    """(type, instant, target seconds, elapsed seconds) of what has happened to a milestone."""
    start = milestone.get("StartDate") or milestone.get("CreatedDate")
    steps: list[tuple[str, Any, int | None, int | None]] = [("applied", start, _target_seconds(milestone), None)]
    if milestone.get("CompletionDate"):
        minutes = c.number_of(milestone.get("ElapsedTimeInMins"))
        steps.append(("fulfilled", milestone["CompletionDate"], None, None if minutes is None else int(minutes * 60)))
    if is_true(milestone.get("IsViolated")) and milestone.get("TargetDate"):
        steps.append(("breached", milestone["TargetDate"], None, None))
    return steps


def _target_seconds(milestone: Record) -> int | None:
    minutes = c.number_of(milestone.get("TargetResponseInMins"))
    if minutes is not None:
        return int(minutes * 60)
    start, target = c.micros_of(milestone.get("StartDate")), c.micros_of(milestone.get("TargetDate"))
    return None if start is None or target is None else (target - start) // 1_000_000


ENTITLEMENTS = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp|LastModifiedDate|CreatedDate", c.instant_or_epoch),
    Field("name", "Name", c.text),
    Field("active", "Status", c.of(lambda status: None if status is None else status == "Active", c.flag())),
    Field("valid_from", "StartDate|CreatedDate", c.instant_or_epoch),
    Field("valid_to", "EndDate", c.instant_if_any),
)


def decode_entitlements(page: Page) -> None:
    """Entitlements as service-level policies; their targets are in the milestones."""
    page.add("sla_policies", ENTITLEMENTS)
