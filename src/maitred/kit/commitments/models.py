"""A promise: by whom, to whom, what, until when, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

STATES = ("open", "kept", "broken", "withdrawn")
TO = ("customer", "colleague", "product", "executive", "authority")


class Commitment(Record):
    """One promise. ``due_at`` is the present date; earlier ones stay in ``earlier``."""

    NOUN = "commitment"
    PERSONAL = frozenset({"what", "to_whom", "proof"})
    RETENTION = "service"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=models.PROTECT, related_name="+")
    desk = models.CharField(max_length=40, blank=True)
    to_kind = models.CharField(max_length=12, choices=[(one, one) for one in TO])
    to_whom = models.CharField(max_length=120)
    what = models.CharField(max_length=400)
    due_at = models.DateTimeField()
    earlier = models.JSONField(default=list)
    source_id = models.CharField(max_length=64, blank=True)
    ticket_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=[(one, one) for one in STATES], default="open")
    closed_at = models.DateTimeField(null=True)
    proof = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "commitments_commitment"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="commitment_closed_when_not_open",
            ),
        )
        indexes = (models.Index(fields=["person", "state", "due_at"], name="commitment_of_person"),)

    def subject(self) -> str:
        return f"person:{self.person_id}"
