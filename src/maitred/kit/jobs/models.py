"""The tables of work: what is to be done, who holds it at the moment, and what comes round by the clock."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record


class Lease(models.Model):
    """Who holds a name until when; each taking counts the token up, which tells a late holder from the present one."""

    name = models.CharField(max_length=120, primary_key=True)
    holder = models.CharField(max_length=200, blank=True)
    token = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jobs_lease"


class Job(models.Model):
    """A piece of work. ``lease_token`` is the token of its last taking: whoever writes for the job must name it."""

    QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
    STATES = ((QUEUED, QUEUED), (RUNNING, RUNNING), (DONE, DONE), (FAILED, FAILED), (CANCELLED, CANCELLED))

    kind = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=STATES, default=QUEUED)
    run_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=1)
    key = models.CharField(max_length=200, null=True, unique=True)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    progress_what = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=200, blank=True)
    lease_token = models.BigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    actor = models.CharField(max_length=120)
    account = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jobs_job"
        indexes = (models.Index(fields=["run_at"], condition=Q(state="queued"), name="jobs_job_due"),)


class Schedule(Record):
    """A kind of job that comes round by a cron expression in a time zone. The worker alone moves ``next_run_at``."""

    NOUN = "schedule"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    expression = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField()

    class Meta:
        db_table = "jobs_schedule"
