"""Rules as they were when a case was opened under them, who looked at them, and days that differ from the calendar."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q

from maitred.desks.compliance.models.cases import PERSON, PROTECT, choices
from maitred.kit.audit.records import Record


class KeptPack(Record):
    """The file of a pack as a case was opened under it, by its pin, so that deadlines never move by themselves."""

    NOUN = "kept-pack"
    RETENTION = "governance"

    pin = models.CharField(max_length=100, unique=True)
    content = models.TextField()

    class Meta:
        db_table = "compliance_pack"


class PackReview(Record):
    """That the organisation's own lawyer looked at a version of a pack, and answers for it."""

    NOUN = "pack-review"
    RETENTION = "governance"

    pin = models.CharField(max_length=100, unique=True)
    reviewed_by = models.CharField(max_length=120)
    reviewed_on = models.DateField()
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "compliance_review"


class OwnDay(Record):
    """A day on which the organisation is closed, open or closes early, unlike its calendar, known from a day on."""

    NOUN = "own-day"
    RETENTION = "governance"
    KINDS = ("closed", "open", "half")

    calendar = models.CharField(max_length=8)
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=choices(*KINDS))
    closes = models.TimeField(null=True)
    name = models.CharField(max_length=120)
    valid_from = models.DateField()

    class Meta:
        db_table = "compliance_day"
        constraints = (
            models.UniqueConstraint(fields=["calendar", "day"], name="own_day_once"),
            models.CheckConstraint(
                condition=Q(kind="half", closes__isnull=False) | (~Q(kind="half") & Q(closes__isnull=True)),
                name="own_half_day_closes_at_an_hour",
            ),
        )

    @property
    def hour(self) -> time | None:
        """When a half day closes."""
        return self.closes
