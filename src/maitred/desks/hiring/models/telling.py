"""What candidates say of themselves of their own will, sealed; the audit of fairness reads it and nothing else does."""

from __future__ import annotations

from django.db import models

from maitred.desks.hiring.models.pipeline import LONGEST_LINE, LONGEST_WORDS, PERSON, PROTECT, Candidate, choices
from maitred.kit.audit.records import Record


class SelfTold(Record):
    """What somebody ticked about themselves: JSON, sealed; one of each profile, removed when they say so."""

    NOUN = "self-identification"
    HIDDEN = frozenset({"sealed", "profile"})
    RETENTION = "candidates"

    profile = models.BigIntegerField(unique=True)
    sealed = models.TextField(blank=True)

    class Meta:
        db_table = "hiring_self_told"

    def subject(self) -> str:
        return f"profile:{self.profile}"


class Objection(Record):
    """What a candidate asks for by their own link: that somebody looks again, or another way than the ranking."""

    NOUN = "candidate-objection"
    PERSONAL = frozenset({"words", "answer"})
    RETENTION = "decisions"
    OPEN, UPHELD, CHANGED, TAKEN_BACK = "open", "upheld", "changed", "taken_back"

    candidate = models.ForeignKey(Candidate, on_delete=PROTECT, related_name="objections")
    about = models.CharField(max_length=12, choices=choices("decision", "ranking"))
    words = models.CharField(max_length=LONGEST_WORDS)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=choices(OPEN, UPHELD, CHANGED, TAKEN_BACK), default=OPEN)
    answer = models.CharField(max_length=LONGEST_LINE, blank=True)
    settled_by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hiring_objection"
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "about"], condition=models.Q(state="open"), name="objection_open_once"
            ),
        )

    def subject(self) -> str:
        return self.candidate.subject()
