"""What Today keeps: the looks, what became of each finding, what people said of it, and whom to tell."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

STATES = ("open", "acknowledged", "snoozed", "assigned", "done", "dismissed")
REASONS = ("not_true", "known", "too_small", "not_mine")
CHANNELS = ("mail", "slack", "teams")
LONGEST_TITLE = 400


class Look(Record):
    """One look at one publication: its findings in order and what was looked at, as ``design`` calls it one day."""

    NOUN = "look"
    HIDDEN = frozenset({"document"})
    RETENTION = "operation"

    publication = models.PositiveBigIntegerField(unique=True)
    as_of = models.DateTimeField()
    document = models.JSONField()

    class Meta:
        db_table = "today_look"


class Finding(Record):
    """One cause, from its first sight on, and what people decided about it.

    ``person`` is whom it is about, where it is about somebody. ``harm`` is what it was last seen to cost, ``harm_then``
    what it cost when somebody decided; customer-hours a week.
    """

    NOUN = "finding"
    PERSONAL = frozenset({"title", "subject_name"})
    HIDDEN = frozenset({"document"})
    RETENTION = "service"

    id = models.CharField(max_length=64, primary_key=True)
    family = models.CharField(max_length=40)
    detector = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=200)
    subject_name = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=LONGEST_TITLE)
    since = models.DateField()
    harm = models.FloatField()
    document = models.JSONField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    state = models.CharField(max_length=12, choices=[(one, one) for one in STATES], default="open")
    why = models.CharField(max_length=12, choices=[(one, one) for one in REASONS], blank=True)
    until = models.DateTimeField(null=True)
    harm_then = models.FloatField(null=True)
    assignee = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    commitment = models.ForeignKey("commitments.Commitment", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "today_finding"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="assigned", assignee__isnull=False) | ~Q(state="assigned"),
                name="finding_assigned_to_somebody",
            ),
        )
        indexes = (models.Index(fields=["family", "subject_type", "subject_id"], name="finding_of_subject"),)

    def subject(self) -> str:
        return f"person:{self.person_id}" if self.person_id else f"finding:{self.pk}"


class Feedback(Record):
    """What one account says of a finding: whether it was of use, and if not, why."""

    NOUN = "feedback"
    RETENTION = "service"

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="feedback")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    detector = models.CharField(max_length=80)
    useful = models.BooleanField()
    reason = models.CharField(max_length=12, choices=[(one, one) for one in REASONS], blank=True)

    class Meta:
        db_table = "today_feedback"
        constraints = (
            models.UniqueConstraint(fields=["finding", "account"], name="feedback_once_per_account"),
            models.CheckConstraint(
                condition=Q(useful=True, reason="") | (Q(useful=False) & ~Q(reason="")),
                name="feedback_has_a_reason_when_not_useful",
            ),
        )
        indexes = (models.Index(fields=["detector"], name="feedback_of_detector"),)


class Alert(Record):
    """One wish to be told at once: of which findings, from which harm on, by which way, how often, when not.

    The address of a chat room is a stored secret named after the rule.
    """

    NOUN = "alert"
    RETENTION = "operation"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    family = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=200, blank=True)
    least_harm = models.FloatField(default=0.0)
    channel = models.CharField(max_length=8, choices=[(one, one) for one in CHANNELS])
    budget = models.PositiveSmallIntegerField(default=5)
    quiet_hours = models.CharField(max_length=11, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        db_table = "today_alert"

    def subject(self) -> str:
        return f"account:{self.owner_id}"

    @property
    def secret(self) -> str:
        """The name under which the room's address is kept."""
        return f"today-alert-{self.pk}"


class Told(Record):
    """That an alert told of a finding, on which day, and what the finding cost then."""

    NOUN = "told"
    RETENTION = "operation"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="told")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    harm = models.FloatField()

    class Meta:
        db_table = "today_told"
        indexes = (models.Index(fields=["alert", "day"], name="told_of_day"),)


class Digest(Record):
    """What one account wants of the daily letter; its hour, zone and quiet hours are those of the account."""

    NOUN = "digest"
    RETENTION = "operation"

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    daily = models.BooleanField(default=True)
    when_empty = models.BooleanField(default=False)
    sent_on = models.DateField(null=True)

    class Meta:
        db_table = "today_digest"

    def subject(self) -> str:
        return f"account:{self.account_id}"
