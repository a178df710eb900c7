"""What was learned: a review after a case, and what somebody will change because of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.escalations.models.cases import LONGEST_LINE, LONGEST_TEXT, PERSON, PROTECT, Case, choices
from maitred.kit.audit.records import Record


class PostMortem(Record):
    """The review of a resolved case: what happened, why, what is learned. It blames nobody."""

    NOUN = "post-mortem"
    PERSONAL = frozenset({"happened", "why", "learned"})
    RETENTION = "governance"
    DRAFT, FINISHED = "draft", "finished"

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="post_mortem")
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    happened = models.CharField(max_length=LONGEST_TEXT)
    why = models.CharField(max_length=LONGEST_TEXT)
    learned = models.CharField(max_length=LONGEST_TEXT, blank=True)
    state = models.CharField(max_length=10, choices=choices(DRAFT, FINISHED), default=DRAFT)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "escalations_post_mortem"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="finished", finished_at__isnull=False) | Q(state="draft", finished_at__isnull=True),
                name="post_mortem_finished_at_an_instant",
            ),
        )

    def subject(self) -> str:
        return f"escalation:{self.case_id}"


class Action(Record):
    """What is changed because of a case: somebody's promise to colleagues, and, where it is a change, registered."""

    NOUN = "post-mortem-action"
    PERSONAL = frozenset({"what"})
    RETENTION = "governance"

    post_mortem = models.ForeignKey(PostMortem, on_delete=models.CASCADE, related_name="actions")
    what = models.CharField(max_length=LONGEST_LINE)
    commitment = models.OneToOneField("commitments.Commitment", on_delete=PROTECT, related_name="+")
    intervention = models.ForeignKey("interventions.Registered", null=True, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "escalations_action"

    def subject(self) -> str:
        return f"escalation:{self.post_mortem.case_id}"
