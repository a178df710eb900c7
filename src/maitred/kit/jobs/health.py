"""Does work get done? For ``doctor`` and the readiness door."""

from __future__ import annotations

from datetime import datetime, timedelta

from maitred.base import clock
from maitred.base.checks import Check
from maitred.kit.jobs import queue
from maitred.kit.jobs.models import Job, Lease

_PATIENCE = timedelta(minutes=5)
_RECENT = timedelta(days=1)


def checks() -> tuple[Check, ...]:
    """Whether jobs wait for a worker, and whether some were given up within a day."""
    now = clock.now()
    return _waiting(now), _given_up(now)


def lease_age_s(now: datetime) -> float:
    """Seconds by which the longest expired lease of a running job is overdue; 0 while all are alive."""
    names = [queue.lease_name(one) for one in Job._base_manager.filter(state=Job.RUNNING).values_list("pk", flat=True)]
    ends = Lease._base_manager.filter(name__in=names, expires_at__lt=now).values_list("expires_at", flat=True)
    return max(((now - end).total_seconds() for end in ends if end is not None), default=0.0)


def _waiting(now: datetime) -> Check:
    late = queue.overdue(now, _PATIENCE)
    if not late:
        return Check("worker", True, "no job waits for a worker")
    return Check("worker", False, f"{late} jobs have been due for 5 minutes or more: start one with `maitred worker`")


def _given_up(now: datetime) -> Check:
    count = Job._base_manager.filter(state=Job.FAILED, finished_at__gt=now - _RECENT).count()
    if not count:
        return Check("jobs", True, "no job was given up within a day")
    return Check("jobs", False, f"{count} jobs were given up within a day: look at `maitred jobs list --state failed`")
