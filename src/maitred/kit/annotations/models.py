"""An annotation: what happened on a day, for which teams and topics, and who sees the note."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from maitred.kit.access.sharing import SHARING
from maitred.kit.audit.records import Record

KINDS = ("release", "campaign", "outage", "policy", "staffing", "training", "holiday", "other")


class Annotation(Record):
    """One note on time charts. ``teams`` and ``topics`` say which charts it concerns; empty ones concern all."""

    NOUN = "annotation"
    PERSONAL = frozenset({"text"})
    RETENTION = "governance"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    kind = models.CharField(max_length=10, choices=[(one, one) for one in KINDS])
    text = models.CharField(max_length=200)
    teams = models.JSONField(default=list)
    topics = models.JSONField(default=list)
    sharing = models.CharField(max_length=12, choices=[(one, one) for one in SHARING], default="private")
    team = models.ForeignKey("people.Team", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "annotations_annotation"
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gt=F("first_day")), name="annotation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(sharing="team", team__isnull=False) | (~Q(sharing="team") & Q(team__isnull=True)),
                name="annotation_has_a_team_when_shared_with_one",
            ),
        )
        indexes = (models.Index(fields=["first_day", "last_day"], name="annotation_days"),)

    def subject(self) -> str:
        return f"account:{self.owner_id}"
