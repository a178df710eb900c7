"""Who is told what when: templates, and the messages of a case's communication plan."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.escalations.models.cases import LONGEST_TEXT, PERSON, PROTECT, Case, choices
from maitred.kit.audit.records import Record

AUDIENCES = ("customer", "colleague", "product", "executive")


class Template(Record):
    """Words for one audience; ``{customer}``, ``{owner}``, ``{ticket}`` and ``{promise}`` are filled in."""

    NOUN = "escalation-template"
    RETENTION = "service"

    name = models.CharField(max_length=120, unique=True)
    audience = models.CharField(max_length=12, choices=choices(*AUDIENCES))
    text = models.CharField(max_length=LONGEST_TEXT)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "escalations_template"


class Message(Record):
    """One planned word to somebody: until when, its words, and when it was said. Nothing is sent from here."""

    NOUN = "escalation-message"
    PERSONAL = frozenset({"text"})
    RETENTION = "service"
    PLANNED, TOLD, DROPPED = "planned", "told", "dropped"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    audience = models.CharField(max_length=12, choices=choices(*AUDIENCES))
    text = models.CharField(max_length=LONGEST_TEXT)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=choices(PLANNED, TOLD, DROPPED), default=PLANNED)
    told_at = models.DateTimeField(null=True)
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "escalations_message"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="told", told_at__isnull=False) | (~Q(state="told") & Q(told_at__isnull=True)),
                name="escalation_message_told_at_an_instant",
            ),
        )

    def subject(self) -> str:
        return f"escalation:{self.case_id}"
