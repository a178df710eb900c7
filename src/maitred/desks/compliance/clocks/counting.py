"""Days and deadlines: where a span ends that begins at an instant, by a rule, a calendar and a zone."""

from __future__ import annotations

import calendar as almanac
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from maitred.desks.compliance.clocks.calendars import DAY, Calendar
from maitred.desks.compliance.clocks.rules import SHORT, ClockRule, Ends, Happened, Length, Start

_SECOND = timedelta(seconds=1)


def received(one: Happened, zone: ZoneInfo) -> datetime:
    """The instant of an event that counts: the helpdesk's, or the first of the letter's day where that is earlier."""
    if one.letter_on is None:
        return one.at
    return min(one.at, midnight(one.letter_on, zone))


def begun(at: datetime, start: Start, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The instant from which is counted: the receipt, or the next opening where the rule says so."""
    local = at.astimezone(zone)
    day = local.date()
    opens, closes = calendar.hours(day)
    if start.out_of_hours == "same_day" or calendar.in_hours(local):
        return at
    if calendar.is_open(day) and local.time() < opens < closes:
        return instant(day, opens, zone)
    following = calendar.next_open(day)
    return instant(following, calendar.hours(following)[0], zone)


def deadline(
    rule: ClockRule, at: datetime, calendar: Calendar, zone: ZoneInfo, length: Length | None = None,
    paused: tuple[tuple[datetime, datetime], ...] = (),
) -> datetime:  # fmt: skip
    """The last instant at which a clock that began at ``at`` is still in time.

    Parameters
    ----------
    length
        Another length than the rule's, for an extension.
    paused
        Spans during which it stood still: on the clock for minutes and hours, else in (open) days between two days.
    """
    span = length or rule.length
    if span.unit in SHORT:
        stood = sum(((until - since) for since, until in paused), timedelta())
        return at + timedelta(**{span.unit: span.n}) + stood
    local = at.astimezone(zone)
    last = last_day(local.date(), span, rule.start, calendar)
    for since, until in paused:
        last = _shifted(last, since.astimezone(zone).date(), until.astimezone(zone).date(), span, calendar)
    return _fitted(rule, last, at, calendar, zone)


def last_day(first: date, span: Length, start: Start, calendar: Calendar) -> date:
    """The last day of a span counted in days, weeks, months or open days, before closed days are looked at."""
    included = start.day_zero == "included"
    if span.unit == "business_days":
        counted = span.n - 1 if included and calendar.is_open(first) else span.n
        return calendar.forward(first, counted)
    if span.unit == "months":
        found = months_after(first, span.n)
    else:
        found = first + timedelta(days=span.n * (7 if span.unit == "weeks" else 1))
    return found - DAY if included else found


def months_after(day: date, n: int) -> date:
    """The same day of the month n months later; the last one of a shorter month.

    >>> months_after(date(2026, 1, 31), 1).isoformat()
    '2026-02-28'
    """
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, almanac.monthrange(year, month + 1)[1]))


def moment(day: date, ends: Ends, at: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The last instant of a deadline's day: its end, its closing hour, or the hour at which the clock began."""
    if ends == "end_of_day":
        return midnight(day + DAY, zone) - _SECOND
    if ends == "close_of_business":
        return instant(day, calendar.hours(day)[1], zone)
    return instant(day, at.astimezone(zone).time(), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return instant(day, time(), zone)


def instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """A local hour as an instant: of two in autumn the first; a skipped one in spring as if nothing was skipped."""
    return datetime.combine(day, hour.replace(tzinfo=None, fold=0), zone).astimezone(UTC)


def _fitted(rule: ClockRule, last: date, at: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The deadline on the last day, moved off closed days as the rule says, and never before the clock began."""
    day = last
    if not calendar.is_open(last) and rule.if_last_day_closed != "same":
        first = at.astimezone(zone).date()
        back = calendar.last_open(last, first) if rule.if_last_day_closed == "earlier" else None
        day = back or calendar.next_open(last)
    while (found := moment(day, rule.ends, at, calendar, zone)) < at:
        day = day + DAY if rule.if_last_day_closed == "same" else calendar.next_open(day)
    return found


def _shifted(last: date, since: date, until: date, span: Length, calendar: Calendar) -> date:
    if span.unit == "business_days":
        return calendar.forward(last, calendar.open_between(since, until))
    return last + (until - since)
