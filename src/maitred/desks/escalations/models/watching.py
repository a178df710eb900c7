"""Who is on call, what rules watch for, and which tickets were foreseen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from maitred.desks.escalations.models.cases import PERSON, PROTECT, TEAM, Case, choices
from maitred.kit.audit.records import Record


class Shift(Record):
    """Somebody on call for a team and those below it; ``place`` 1 is asked first."""

    NOUN = "on-call"
    RETENTION = "staff"

    team = models.ForeignKey(TEAM, on_delete=PROTECT, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    place = models.PositiveSmallIntegerField(default=1)

    class Meta:
        db_table = "escalations_shift"
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="on_call_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(place__gte=1), name="on_call_counts_from_1"),
        )
        indexes = (models.Index(fields=["team", "start", "end"], name="on_call_of_team"),)

    def subject(self) -> str:
        return f"person:{self.person_id}"


class Policy(Record):
    """How the desk watches: one row for the house. Minutes until somebody has said "mine", by severity."""

    NOUN = "escalation-policy"
    RETENTION = "governance"

    one = models.BooleanField(default=True, unique=True)
    critical_minutes = models.PositiveIntegerField(default=15)
    high_minutes = models.PositiveIntegerField(default=60)
    normal_minutes = models.PositiveIntegerField(default=240)
    low_minutes = models.PositiveIntegerField(default=1440)
    forgotten_hours = models.FloatField(default=8.0)
    forgotten_a_day = models.PositiveSmallIntegerField(default=5)
    reopened_times = models.PositiveSmallIntegerField(default=3)
    alerts_a_day = models.PositiveSmallIntegerField(default=5)
    hold_out = models.FloatField(default=0.0)
    salt = models.CharField(max_length=32, blank=True)
    risk = models.JSONField(default=dict)
    """The last look: what was learned, the table beside simple rules, or why there is no chance."""

    class Meta:
        db_table = "escalations_policy"
        constraints = (
            models.CheckConstraint(condition=Q(one=True), name="escalation_policy_is_one"),
            models.CheckConstraint(
                condition=Q(hold_out__gte=0, hold_out__lte=0.2), name="escalation_hold_out_up_to_a_fifth"
            ),
        )


class Alert(Record):
    """A ticket that was foreseen, or kept back by lot so that what alerts bring can be told. Once per ticket."""

    NOUN = "escalation-alert"
    RETENTION = "service"
    NEW, TAKEN, SNOOZED, DISAGREED, HELD, RAISED, OVER = (
        "new", "taken", "snoozed", "disagreed", "held", "raised", "over",
    )  # fmt: skip
    STATES = (NEW, TAKEN, SNOOZED, DISAGREED, HELD, RAISED, OVER)

    source_id = models.CharField(max_length=64)
    ticket_id = models.CharField(max_length=64)
    rule = models.CharField(max_length=12, choices=choices("risk", "forgotten", "reopened"))
    team = models.ForeignKey(TEAM, null=True, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    probability = models.FloatField(null=True)
    harm = models.FloatField(default=1.0)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=choices(*STATES), default=NEW)
    held_out = models.BooleanField(default=False)
    until = models.DateTimeField(null=True)
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "escalations_alert"
        constraints = (
            models.UniqueConstraint(fields=["source_id", "ticket_id", "rule"], name="escalation_alert_once"),
            models.CheckConstraint(
                condition=Q(probability__isnull=True) | Q(probability__gte=0, probability__lte=1),
                name="escalation_alert_chance",
            ),
            models.CheckConstraint(condition=~Q(state="held") | Q(held_out=True), name="escalation_held_by_lot"),
            models.CheckConstraint(
                condition=~Q(state="snoozed") | Q(until__isnull=False), name="escalation_snoozed_until"
            ),
        )
        indexes = (models.Index(fields=["state", "at"], name="escalation_alert_state"),)
