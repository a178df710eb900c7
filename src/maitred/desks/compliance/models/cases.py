"""Cases with their events and clocks: what is due under which rule, when, and what was said about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

PERSON, TEAM = "people.Person", "people.Team"
PROTECT = models.PROTECT
KINDS = ("complaint", "request", "breach")
STATUSES = ("waiting", "running", "warned", "met", "met_late", "overdue", "paused", "void")
OPEN = ("running", "warned", "overdue", "paused")


def choices(*names: str) -> list[tuple[str, str]]:
    """Names as Django takes them."""
    return [(one, one) for one in names]


class Case(Record):
    """What rules look at: its ``reference`` can be told to anybody, ``packs`` are the pins it was opened under.

    ``facts`` are what packs ask for (``complaint.kind`` …); ``team`` says whose managers see it, ``owner`` who handles
    it, ``subject`` whom it is about: they and their direct line have no part in it.
    """

    NOUN = "compliance-case"
    RETENTION = "governance"

    kind = models.CharField(max_length=12, choices=choices(*KINDS))
    reference = models.CharField(max_length=16, unique=True)
    packs = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    team = models.ForeignKey(TEAM, null=True, on_delete=PROTECT, related_name="+")
    owner = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    subject_person = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    received_at = models.DateTimeField()
    letter_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "compliance_case"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="case_has_a_kind"),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(subject_person__isnull=True) | ~Q(owner=models.F("subject_person")),
                name="case_owner_is_not_its_subject",
            ),
        )
        indexes = (models.Index(fields=["closed_at", "received_at"], name="case_open"),)


class CaseEvent(Record):
    """Something that happened in a case, as clocks know it (``complaint.received``); never changed afterwards."""

    NOUN = "case-event"
    PERSONAL = frozenset({"note"})
    RETENTION = "governance"

    case = models.ForeignKey(Case, on_delete=PROTECT, related_name="events")
    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    letter_on = models.DateField(null=True)
    key = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=4_000, blank=True)
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "compliance_event"
        indexes = (models.Index(fields=["case", "at"], name="case_event_in_order"),)

    def subject(self) -> str:
        return f"compliance-case:{self.case_id}"


class CaseClock(Record):
    """A clock of a case as it stood when it was last looked at; pages compute it anew from the events."""

    NOUN = "case-clock"
    RETENTION = "governance"
    OPEN = OPEN

    case = models.ForeignKey(Case, on_delete=PROTECT, related_name="clocks")
    pack = models.CharField(max_length=60)
    pin = models.CharField(max_length=100)
    clock = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=choices(*STATUSES))
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    breached = models.BooleanField(default=False)
    calendar = models.CharField(max_length=80)

    class Meta:
        db_table = "compliance_clock"
        constraints = (
            models.UniqueConstraint(fields=["case", "pack", "clock"], name="case_clock_once"),
            models.CheckConstraint(
                condition=Q(status="waiting") | (Q(started_at__isnull=False) & Q(due_at__isnull=False)),
                name="case_clock_started_has_an_end",
            ),
        )
        indexes = (models.Index(fields=["status", "due_at"], name="case_clock_due"),)


class ClockWarning(Record):
    """That a level of a clock was warned of, once: how many seconds too late, and how many people were told."""

    NOUN = "clock-warning"
    RETENTION = "governance"

    clock = models.ForeignKey(CaseClock, on_delete=PROTECT, related_name="warnings")
    level = models.CharField(max_length=40)
    at = models.DateTimeField()
    late_s = models.PositiveBigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "compliance_warning"
        constraints = (models.UniqueConstraint(fields=["clock", "level"], name="clock_warning_once"),)


class ClockChange(Record):
    """That a deadline moved: from when to when, and why (a calendar, another version of a pack, an event)."""

    NOUN = "clock-change"
    RETENTION = "governance"
    REASONS = ("calendar", "pack", "event")

    clock = models.ForeignKey(CaseClock, on_delete=PROTECT, related_name="changes")
    was = models.DateTimeField(null=True)
    now = models.DateTimeField(null=True)
    why = models.CharField(max_length=10, choices=choices(*REASONS))
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "compliance_change"
