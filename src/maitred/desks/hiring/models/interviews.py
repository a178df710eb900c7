"""Structured interviews: the same questions to everybody, scorecards apart, a debrief once all have scored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.hiring.models.pipeline import LONGEST_WORDS, PERSON, PROTECT, Candidate, choices
from maitred.kit.audit.records import Record

RECOMMENDATIONS = ("strong_no", "no", "yes", "strong_yes")


class Interview(Record):
    """One interview of a candidate. ``kit`` is a copy of what is asked: competencies, questions, texts of the scale."""

    NOUN = "interview"
    PERSONAL = frozenset({"summary"})
    RETENTION = "candidates"
    PLANNED, DEBRIEFED, CANCELLED = "planned", "debriefed", "cancelled"

    candidate = models.ForeignKey(Candidate, on_delete=PROTECT, related_name="interviews")
    kit = models.JSONField()
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField(default=60)
    state = models.CharField(max_length=10, choices=choices(PLANNED, DEBRIEFED, CANCELLED), default=PLANNED)
    by = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    summary = models.CharField(max_length=LONGEST_WORDS, blank=True)
    debriefed_at = models.DateTimeField(null=True)
    debriefed_by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "hiring_interview"
        constraints = (
            models.CheckConstraint(condition=Q(minutes__gte=5), name="interview_takes_time"),
            models.CheckConstraint(
                condition=~Q(state="debriefed") | Q(debriefed_at__isnull=False), name="interview_debriefed_at"
            ),
        )

    def subject(self) -> str:
        return self.candidate.subject()


class Scorecard(Record):
    """What one interviewer found; nobody else reads it before all of the panel have sent theirs.

    ``scores`` are dictionaries by competency with ``value`` (1 to 5) and ``evidence``.
    """

    NOUN = "interview-scorecard"
    PERSONAL = frozenset({"scores", "words"})
    RETENTION = "candidates"

    interview = models.ForeignKey(Interview, on_delete=PROTECT, related_name="scorecards")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    scores = models.JSONField(default=dict)
    recommendation = models.CharField(max_length=10, choices=choices(*RECOMMENDATIONS), blank=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hiring_scorecard"
        constraints = (
            models.UniqueConstraint(fields=["interview", "person"], name="scorecard_once_per_interviewer"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | ~Q(recommendation=""), name="scorecard_sent_recommends"
            ),
        )

    def subject(self) -> str:
        return self.interview.candidate.subject()
