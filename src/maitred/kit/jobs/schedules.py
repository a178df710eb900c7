"""What comes round by the clock: when next, in the schedule's own time zone, and what is due now.

A local time that the clock skips in spring runs once, at the first instant after the gap; one that the clock shows
twice in autumn runs once, at the first of the two. An expression whose hour begins with ``*`` follows elapsed hours
instead: it runs in every real hour. After downtime a schedule is caught up with once, however much was missed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from django.db import IntegrityError, transaction

from maitred.base import clock, faults
from maitred.base.errors import Invalid
from maitred.kit.audit import deeds
from maitred.kit.jobs import queue
from maitred.kit.jobs.models import Job, Schedule
from maitred.kit.jobs.registry import Kind, Round, kinds
from maitred.kit.jobs.running import worker_actor

_FIELDS = 5
_MINUTE = timedelta(minutes=1)


def following(expression: str, time_zone: str, after: datetime) -> datetime:
    """The first instant after ``after`` that an expression names.

    Parameters
    ----------
    expression
        Five fields as cron has them: minute, hour, day of month, month, day of week.
    time_zone
        An IANA name.

    Returns
    -------
    datetime
        Aware, in UTC.

    Raises
    ------
    Invalid
        The expression or the zone is none, or no day ever fits.
    """
    zone = _zone(time_zone)
    try:
        return _elapsed(expression, zone, after) if _hourly(expression) else _local(expression, zone, after)
    except (CronSimError, StopIteration) as error:
        raise _invalid("expression", f"{expression!r} names no time") from error


def fire_due() -> int:
    """Enqueue what is due; returns how many. Of two workers that see the same instant, one enqueues it."""
    now = clock.now()
    due = Schedule._base_manager.filter(enabled=True, next_run_at__lte=now).order_by("next_run_at")
    return sum(_fired(one, now) for one in due)


def ensure_rounds() -> None:
    """Make the schedules that kinds bring with them and that are not there yet; people may change them afterwards."""
    there = set(Schedule._base_manager.values_list("name", flat=True))
    for kind in kinds().values():
        if kind.round is not None and kind.name not in there:
            _make(kind, kind.round)


def _make(kind: Kind, round: Round) -> None:
    try:
        with deeds.deed(worker_actor(), "jobs.make_schedule"):
            deeds.create(
                Schedule,
                name=kind.name,
                kind=kind.name,
                expression=round.expression,
                time_zone=round.time_zone,
                next_run_at=following(round.expression, round.time_zone, clock.now()),
            )
    except IntegrityError:  # another worker was first; its schedule is the one
        return


def _fired(schedule: Schedule, now: datetime) -> bool:
    ahead = following(schedule.expression, schedule.time_zone, now)
    with transaction.atomic():
        at = Schedule._base_manager.filter(pk=schedule.pk, enabled=True, next_run_at=schedule.next_run_at)
        if not at.update(next_run_at=ahead):
            return False
        faults.step("jobs.schedule")
        if _still_open(schedule):
            return False
        key = f"{_prefix(schedule)}{clock.iso(schedule.next_run_at)}"
        _, new = queue.insert(schedule.kind, schedule.arguments, actor=f"schedule:{schedule.name}", key=key)
    return new


def _still_open(schedule: Schedule) -> bool:
    """Whether the last round is not over yet: rounds do not pile up."""
    return Job._base_manager.filter(key__startswith=_prefix(schedule), state__in=queue.OPEN).exists()


def _prefix(schedule: Schedule) -> str:
    return f"schedule:{schedule.pk}:"


def _hourly(expression: str) -> bool:
    fields = expression.split()
    if len(fields) != _FIELDS:
        raise _invalid("expression", f"{expression!r} has not five fields")
    return fields[1].startswith("*")


def _elapsed(expression: str, zone: ZoneInfo, after: datetime) -> datetime:
    return next(CronSim(expression, after.astimezone(zone))).astimezone(UTC)


def _local(expression: str, zone: ZoneInfo, after: datetime) -> datetime:
    """By the clock on the wall; a second showing of an hour begins before ``after`` and is passed over."""
    walls = CronSim(expression, after.astimezone(zone).replace(tzinfo=None))
    while True:
        instant = _instant(next(walls), zone)
        if instant > after:
            return instant


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    while True:
        instant = wall.replace(tzinfo=zone).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == wall:
            return instant
        wall += _MINUTE


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise _invalid("time_zone", f"{name!r} is no time zone") from error


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "invalid"},))
