"""What is asked and done about jobs: which there are, how far they are, again, no more, and when they come round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.jobs import queue
from maitred.kit.jobs.access import access_job, access_schedule, visible_jobs, visible_schedules
from maitred.kit.jobs.models import Job, Schedule
from maitred.kit.jobs.schedules import following
from maitred.kit.verbs import Cursor, Limit, Names, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST

State = Literal["queued", "running", "done", "failed", "cancelled"]
JobId = Annotated[int, Field(ge=1, le=LARGEST, description="The job."), Names("job")]
ScheduleId = Annotated[int, Field(ge=1, le=LARGEST, description="The schedule."), Names("schedule")]
Expression = Annotated[str, StringConstraints(strip_whitespace=True, min_length=9, max_length=120)]
TimeZone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: ``done`` of ``total`` (0: not known) of what."""

    done: int
    total: int
    what: str


@dataclass(frozen=True, slots=True)
class JobShown:
    """A job; ``error`` names the kind of failure and the place, never a value."""

    id: int
    kind: str
    state: State
    run_at: datetime
    attempts: int
    max_attempts: int
    progress: Progress
    error: str
    asked_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobDetail:
    """A job and the arguments it was asked for with."""

    job: JobShown
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """A kind of job that comes round, and when next."""

    id: int
    name: str
    kind: str
    expression: str
    time_zone: str
    enabled: bool
    next_run_at: datetime
    version: int


@question(needs=Right.OPERATION_READ, example={"job": 1})
def show(actor: Actor, job: JobId) -> JobDetail:
    """Show one job with its arguments."""
    row = access_job(actor, job)
    return JobDetail(_job(row), row.arguments)


@action(needs=Right.OPERATION_WRITE, example={"job": 1, "state": "failed"})
def retry(actor: Actor, job: JobId, state: Literal["failed", "cancelled"]) -> JobShown:
    """Put a failed or cancelled job into the queue again.

    Parameters
    ----------
    job
        The job.
    state
        The state it was seen in; refused when it is another by now.
    """
    row = _seen(actor, job, state)
    queue.retry(row)
    deeds.note("retry", "job", row.pk, work=row.kind)
    return _job(access_job(actor, job))


@action(needs=Right.OPERATION_WRITE, example={"job": 1, "state": "queued"})
def cancel(actor: Actor, job: JobId, state: Literal["queued", "running"]) -> JobShown:
    """Cancel a job: a waiting one at once, a running one at its next check.

    Parameters
    ----------
    job
        The job.
    state
        The state it was seen in; refused when it is another by now.
    """
    row = _seen(actor, job, state)
    queue.cancel(row)
    deeds.note("cancel", "job", row.pk, work=row.kind)
    return _job(access_job(actor, job))


@question(needs=Right.OPERATION_READ, example={})
def schedules(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[ScheduleShown]:
    """List what comes round by the clock, and when next."""
    return paged(visible_schedules(actor), actor, "schedules", cursor, limit, _schedule)


@action(
    needs=Right.OPERATION_WRITE,
    example={"schedule": 1, "expression": "30 6 * * 1-5", "time_zone": "Europe/Berlin", "version": 1},
)
def set_schedule(
    actor: Actor, schedule: ScheduleId, expression: Expression, version: Version, time_zone: TimeZone = "UTC"
) -> ScheduleShown:
    """Set when a schedule comes round, and let it run.

    A local time that the clock skips runs once, right after the gap; one that the clock shows twice runs once.

    Parameters
    ----------
    schedule
        The schedule.
    expression
        Minute, hour, day of month, month, day of week, as cron has them.
    time_zone
        An IANA name, such as Europe/Berlin.
    """
    row = access_schedule(actor, schedule)
    ahead = following(expression, time_zone, clock.now())
    set_to = {"expression": expression, "time_zone": time_zone, "enabled": True, "next_run_at": ahead}
    return _schedule(deeds.change(row, version, **set_to))


@action(needs=Right.OPERATION_WRITE, example={"schedule": 1, "version": 1})
def pause_schedule(actor: Actor, schedule: ScheduleId, version: Version) -> ScheduleShown:
    """Let a schedule rest until it is set again."""
    return _schedule(deeds.change(access_schedule(actor, schedule), version, enabled=False))


@question(needs=Right.OPERATION_READ, example={"state": "failed"})
def list(
    actor: Actor, state: State | None = None, newest: bool = False, cursor: Cursor = None, limit: Limit = 50
) -> Page[JobShown]:
    """List jobs, the oldest first.

    Parameters
    ----------
    state
        Only jobs in this state; all when left out.
    newest
        The newest first instead.
    """
    rows = visible_jobs(actor)
    found = rows if state is None else rows.filter(state=state)
    return paged(found, actor, f"jobs:{state}:{newest}", cursor, limit, _job, newest=newest)


def _seen(actor: Actor, job: int, state: str) -> Job:
    row = access_job(actor, job)
    if row.state != state:
        raise Conflict(f"job {job} is {row.state} by now, not {state}", "read it again and decide")
    return row


def _job(row: Job) -> JobShown:
    return JobShown(
        id=row.pk,
        kind=row.kind,
        state=row.state,  # type: ignore[arg-type]
        run_at=row.run_at,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        progress=Progress(row.progress_done, row.progress_total, row.progress_what),
        error=row.error,
        asked_by=row.actor,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _schedule(row: Schedule) -> ScheduleShown:
    names = ("id", "name", "kind", "expression", "time_zone", "enabled", "next_run_at", "version")
    return ScheduleShown(**{name: getattr(row, name) for name in names})
