"""What other systems say that people did: kept records, and lists that wait to be repaired and confirmed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.training.models.courses import PERSON, PROTECT, Course, choices
from maitred.kit.audit.records import Record

LONGEST_NAME = 254


class RecordImport(Record):
    """A list of records that was read and is not kept yet: what each row says, and what is wrong with it.

    ``rows`` are dictionaries as ``records.Row.plain`` makes them. Once it is confirmed only the rows that could not be
    kept stay, for whoever repairs them later. Names in it are in no audit row.
    """

    NOUN = "training-import"
    HIDDEN = frozenset({"rows"})
    RETENTION = "staff"
    STAGED, CONFIRMED, DISCARDED = "staged", "confirmed", "discarded"

    name = models.CharField(max_length=200)
    form = models.CharField(max_length=8, choices=choices("csv", "xapi"))
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    rows = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=choices(STAGED, CONFIRMED, DISCARDED), default=STAGED)
    per_cent = models.BooleanField(default=False)
    passed_over = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    kept = models.PositiveIntegerField(default=0)
    doubled = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "training_import"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="staged", closed_at__isnull=True) | (~Q(state="staged") & Q(closed_at__isnull=False)),
                name="import_closed_at_an_instant",
            ),
        )


class TrainingRecord(Record):
    """That a person did something elsewhere, as a foreign system told it. ``key`` is a digest of what it says.

    ``course`` is one of ours where the title or an address of it is known, else the foreign title stands alone.
    """

    NOUN = "training-record"
    RETENTION = "staff"

    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    course = models.ForeignKey(Course, null=True, on_delete=PROTECT, related_name="records")
    title = models.CharField(max_length=LONGEST_NAME)
    outcome = models.CharField(max_length=10, choices=choices("completed", "passed", "failed"))
    at = models.DateTimeField()
    score = models.FloatField(null=True)
    source = models.ForeignKey(RecordImport, on_delete=PROTECT, related_name="records")
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "training_record"
        constraints = (
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=-1.0, score__lte=1.0), name="record_score_is_a_share"
            ),
        )
        indexes = (models.Index(fields=["person", "at"], name="record_of_person"),)

    def subject(self) -> str:
        return f"person:{self.person_id}"
