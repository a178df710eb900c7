"""Practice on a masked ticket: what was said until then, the reply that the learner wrote, and how it was scored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.training.models.courses import LONGEST_TITLE, PERSON, PROTECT, choices
from maitred.kit.audit.records import Record


class Practice(Record):
    """One masked conversation for one learner. ``turns`` are dictionaries with ``side`` and ``text``, masked already.

    ``card`` is the version of a scorecard of quality as it was read: title, number, items. The source of the ticket is
    kept for whoever set it; the learner does not see it.
    """

    NOUN = "practice"
    PERSONAL = frozenset({"comment"})
    HIDDEN = frozenset({"turns", "reply", "answers"})
    RETENTION = "staff"
    GIVEN, ANSWERED, SCORED = "given", "answered", "scored"

    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    title = models.CharField(max_length=LONGEST_TITLE)
    source_id = models.CharField(max_length=64)
    ticket_id = models.CharField(max_length=64)
    turns = models.JSONField(default=list)
    card = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=choices(GIVEN, ANSWERED, SCORED), default=GIVEN)
    reply = models.CharField(max_length=8_000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    score = models.FloatField(null=True)
    comment = models.CharField(max_length=4_000, blank=True)
    scored_by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    scored_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "training_practice"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="scored", scored_at__isnull=False) | (~Q(state="scored") & Q(scored_at__isnull=True)),
                name="practice_scored_at_an_instant",
            ),
        )

    def subject(self) -> str:
        return f"person:{self.person_id}"
