"""Which jobs and schedules an actor may meet: the reach of operation is all or nothing."""

from __future__ import annotations

from django.db.models import QuerySet

from maitred.base.errors import NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.jobs.models import Job, Schedule


def visible_jobs(actor: Actor) -> QuerySet[Job]:
    """Every job, for those who see the operation of the house."""
    return Job._base_manager.all() if _sees(actor) else Job._base_manager.none()


def visible_schedules(actor: Actor) -> QuerySet[Schedule]:
    """Every schedule, for the same."""
    return Schedule._base_manager.all() if _sees(actor) else Schedule._base_manager.none()


def access_job(actor: Actor, job: int) -> Job:
    """One job.

    Raises
    ------
    NotFound
        It does not exist, or not for this actor.
    """
    found = visible_jobs(actor).filter(pk=job).first()
    if found is None:
        raise NotFound(f"there is no job {job}", "list the jobs to see which there are")
    return found


def access_schedule(actor: Actor, schedule: int) -> Schedule:
    """One schedule; raises ``NotFound`` as ``access_job`` does."""
    found = visible_schedules(actor).filter(pk=schedule).first()
    if found is None:
        raise NotFound(f"there is no schedule {schedule}", "list the schedules to see which there are")
    return found


def _sees(actor: Actor) -> bool:
    return reach(actor, Right.OPERATION_READ) is Reach.ALL
