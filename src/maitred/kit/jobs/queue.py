"""The queue: a wish goes in within the asker's deed; a worker takes it, and settles it only while it holds it.

For verbs (``enqueue``, ``cancel``, ``retry``) and for the worker (the rest). Every change of a job is a compare-and-set
on its state or on the token of its lease.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, Model, QuerySet

from maitred.base import clock, faults
from maitred.base.errors import Conflict, Invalid, LeaseLost
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds
from maitred.kit.jobs import leases
from maitred.kit.jobs.leases import EXPIRY, Held
from maitred.kit.jobs.models import Job, Lease
from maitred.kit.jobs.registry import kinds

M = TypeVar("M", bound=Model)

OPEN = (Job.QUEUED, Job.RUNNING)
_LONGEST = 200


def enqueue(
    kind: str, arguments: Mapping[str, Any], *, actor: Actor, run_at: datetime | None = None, key: str | None = None
) -> int:
    """Ask for a job, inside a deed: it is there when the deed is, or not at all.

    Parameters
    ----------
    kind
        A registered kind.
    arguments
        What its handler takes, as JSON has it: ids and small plain values, no personal data.
    actor
        Who asks; the worker acts on their behalf.
    run_at
        Not before this instant; at once when left out.
    key
        Asked for again under the same key, the job that is there is the answer, finished or not. Keys are kept as long
        as finished jobs are (30 days).

    Returns
    -------
    int
        The job's id.

    Raises
    ------
    Invalid
        No such kind.
    MaitredError
        Called outside of a deed.
    """
    deeds.current()
    if kind not in kinds():
        raise Invalid(f"there is no kind of job {kind!r}", f"known are {', '.join(sorted(kinds()))}")
    made, new = insert(kind, arguments, actor=actor.name, account=actor.account, run_at=run_at, key=key)
    if new:
        deeds.note("enqueue", "job", made.pk, work=kind)
    return made.pk


def insert(
    kind: str,
    arguments: Mapping[str, Any],
    *,
    actor: str,
    account: int | None = None,
    run_at: datetime | None = None,
    key: str | None = None,
) -> tuple[Job, bool]:
    """The row itself, and whether it is new; for ``enqueue`` and for schedules, which act without a deed."""
    now = clock.now()
    values = {
        "kind": kind,
        "arguments": dict(arguments),
        "run_at": run_at or now,
        "max_attempts": kinds()[kind].attempts if kind in kinds() else 1,
        "actor": actor,
        "account": account,
        "created_at": now,
    }
    if key is None:
        return Job._base_manager.create(**values), True
    return Job._base_manager.get_or_create(key=key[:_LONGEST], defaults=values)


def claim(holder: str, expiry: float = EXPIRY) -> Job | None:
    """Take the job that has been due longest; of two workers that try at once, one gets it."""
    if not _due().exists():
        return None
    with transaction.atomic():
        row = unlocked(_due())
        held = leases.take(lease_name(row.pk), holder, expiry=expiry, floor=row.lease_token) if row else None
        if row is None or held is None:
            return None
        taken = {"state": Job.RUNNING, "lease_token": held.token, "started_at": clock.now(), "error": ""}
        hit = _at(row, Job.QUEUED).update(**taken, attempts=F("attempts") + 1)
        if not hit:
            return None
        faults.step("jobs.claim")
    row.refresh_from_db()
    return row


def reclaim(holder: str) -> int:
    """Give back the jobs whose worker is gone or silent, and shut their late writes out; returns how many."""
    running = {lease_name(row.pk): row for row in Job._base_manager.filter(state=Job.RUNNING)}
    held = {one.name: one for one in Lease._base_manager.filter(name__in=running)}
    return sum(_orphaned(row, holder) for name, row in running.items() if leases.free(held.get(name)))


def settle(
    job: Job, state: str, *, error: str = "", run_at: datetime | None = None, attempts: int | None = None
) -> None:
    """Write what became of a running job, by the one who holds it.

    Raises
    ------
    LeaseLost
        The job is another's by now; nothing was written.
    """
    values = {
        "state": state,
        "error": error[:_LONGEST],
        "run_at": run_at or job.run_at,
        "attempts": job.attempts if attempts is None else attempts,
        "finished_at": None if state in OPEN else clock.now(),
    }
    with transaction.atomic():
        if not _at(job, Job.RUNNING).update(**values):
            raise lost(job)
        leases.drop(held_of(job))
        faults.step("jobs.settle")


def progress(job: Job, done: int, total: int, what: str) -> None:
    """Write how far a running job is, by the one who holds it; raises ``LeaseLost`` where that is another."""
    if not _at(job, Job.RUNNING).update(progress_done=done, progress_total=total, progress_what=what[:80]):
        raise lost(job)


def cancel(job: Job) -> str:
    """Cancel a queued job, or ask the worker to stop a running one at its next check; returns the state it has then.

    Raises
    ------
    Conflict
        It is over already, or changed while this was decided.
    """
    now = clock.now()
    if job.state == Job.QUEUED:
        hit = _at(job, Job.QUEUED).update(state=Job.CANCELLED, cancel_asked=True, finished_at=now)
    else:
        hit = _at(job, Job.RUNNING).update(cancel_asked=True)
    if not hit:
        raise Conflict(f"job {job.pk} is not waiting or running any more", "read it again and decide")
    return Job.CANCELLED if job.state == Job.QUEUED else Job.RUNNING


def retry(job: Job) -> None:
    """Put a failed or cancelled job into the queue again, with as many attempts as its kind has.

    Raises
    ------
    Conflict
        It is neither failed nor cancelled.
    """
    again = {"state": Job.QUEUED, "run_at": clock.now(), "attempts": 0, "cancel_asked": False, "finished_at": None}
    if not Job._base_manager.filter(pk=job.pk, state__in=(Job.FAILED, Job.CANCELLED)).update(**again):
        raise Conflict(f"job {job.pk} is neither failed nor cancelled", "read it again and decide")


def drop_finished(before: datetime) -> int:
    """Forget the jobs that ended before an instant; returns how many."""
    count, _ = Job._base_manager.exclude(state__in=OPEN).filter(finished_at__lt=before).delete()
    return count


def unlocked(rows: QuerySet[M]) -> M | None:
    """The first row that no other transaction works on, locked where the database can (SQLite locks as a whole)."""
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def lease_name(job: int) -> str:
    return f"job:{job}"


def held_of(job: Job) -> Held:
    """The lease under which a job that was claimed is done."""
    return Held(lease_name(job.pk), job.lease_token)


def lost(job: Job) -> LeaseLost:
    """The error of a worker that comes too late."""
    what = f"job {job.pk} ({job.kind}) is another worker's by now"
    return LeaseLost(what, "nothing was written; start this worker anew")


def _due() -> QuerySet[Job]:
    return Job._base_manager.filter(state=Job.QUEUED, run_at__lte=clock.now()).order_by("run_at", "pk")


def _at(job: Job, state: str) -> QuerySet[Job]:
    return Job._base_manager.filter(pk=job.pk, state=state, lease_token=job.lease_token)


def _orphaned(seen: Job, holder: str) -> bool:
    with transaction.atomic():
        row = unlocked(_at(seen, Job.RUNNING))
        held = leases.take(lease_name(seen.pk), holder, floor=seen.lease_token) if row else None
        if row is None or held is None:
            return False
        _at(row, Job.RUNNING).update(lease_token=held.token, **_after_a_death(row))
        leases.drop(held)
        faults.step("jobs.reclaim")
    return True


def _after_a_death(row: Job) -> dict[str, Any]:
    now = clock.now()
    if row.cancel_asked:
        return {"state": Job.CANCELLED, "finished_at": now}
    if row.attempts >= row.max_attempts:
        why = f"its worker ended before it did, {row.attempts} times"
        return {"state": Job.FAILED, "finished_at": now, "error": why}
    return {"state": Job.QUEUED, "run_at": now, "error": "its worker ended before it did"}


def overdue(now: datetime, by: timedelta) -> int:
    """How many jobs have been due for longer than that."""
    return Job._base_manager.filter(state=Job.QUEUED, run_at__lt=now - by).count()
