"""What was changed on purpose, so that one code path can judge it and charts can show it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from maitred.canon.interventions import KINDS, SELECTED_ON
from maitred.kit.audit.records import Record


class Registered(Record):
    """One intervention in the shape of ``canon.interventions``."""

    NOUN = "intervention"
    PERSONAL = frozenset({"what"})
    RETENTION = "governance"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=models.PROTECT, related_name="+")
    desk = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=16, choices=[(one, one) for one in KINDS])
    what = models.CharField(max_length=400)
    units = models.JSONField(default=list)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    wave = models.PositiveIntegerField(default=1)
    selected_on = models.CharField(max_length=12, choices=[(one, one) for one in SELECTED_ON])
    selected_period = models.CharField(max_length=40, blank=True)
    metric = models.CharField(max_length=120, blank=True)
    direction = models.CharField(max_length=4, blank=True)
    smallest_effect = models.CharField(max_length=24, blank=True)
    publication = models.BigIntegerField(null=True)

    class Meta:
        db_table = "interventions_registered"
        constraints = (
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gt=F("start")), name="intervention_ends_after_start"
            ),
        )

    def subject(self) -> str:
        return f"person:{self.person_id}"
