"""A decision: what was seen, what was chosen, by whom, and the verdict on its review date."""

from __future__ import annotations

from django.db import models

from maitred.kit.audit.records import Record

VERDICTS = ("improved", "no_change", "worse", "cannot_tell")


class Decision(Record):
    """One decision. ``seen`` pins what the page showed: publication, finding, metric ids with versions."""

    NOUN = "decision"
    PERSONAL = frozenset({"question", "chosen", "alternatives", "verdict_note"})
    RETENTION = "governance"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=models.PROTECT, related_name="+")
    desk = models.CharField(max_length=40, blank=True)
    question = models.CharField(max_length=400)
    chosen = models.CharField(max_length=400)
    alternatives = models.JSONField(default=list)
    publication = models.BigIntegerField(null=True)
    finding = models.CharField(max_length=120, blank=True)
    metrics = models.JSONField(default=list)
    review_on = models.DateField()
    verdict = models.CharField(max_length=12, blank=True, choices=[(one, one) for one in VERDICTS])
    verdict_note = models.CharField(max_length=400, blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "decisions_decision"
        indexes = (models.Index(fields=["review_on", "verdict"], name="decision_due"),)

    def subject(self) -> str:
        return f"person:{self.person_id}"
