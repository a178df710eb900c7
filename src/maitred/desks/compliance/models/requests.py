"""Requests of data subjects: what is asked for under which article, how identity was proved, what was answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.compliance.models.cases import PROTECT, Case, choices
from maitred.kit.audit.records import Record

ARTICLES = {
    "access": "15", "rectification": "16", "erasure": "17", "restriction": "18", "portability": "20",
    "objection": "21", "no_automated_decision": "22",
}  # fmt: skip
STATES = ("received", "verified", "fulfilled", "refused")
METHODS = ("signed_in", "known_address", "questions", "document_seen", "representative")


class DataRequest(Record):
    """A request. Of a proof of identity only its method and result are kept, never a copy."""

    NOUN = "data-request"
    PERSONAL = frozenset({"subject_name", "subject_contact", "wants", "answer"})
    RETENTION = "governance"

    case = models.OneToOneField(Case, on_delete=PROTECT, related_name="request")
    kind = models.CharField(max_length=24, choices=choices(*ARTICLES))
    state = models.CharField(max_length=10, choices=choices(*STATES), default="received")
    channel = models.CharField(max_length=40)
    subject_name = models.CharField(max_length=200, blank=True)
    subject_contact = models.CharField(max_length=200, blank=True)
    wants = models.CharField(max_length=4_000, blank=True)
    method = models.CharField(max_length=16, choices=choices(*METHODS), blank=True)
    proved = models.BooleanField(null=True)
    extended = models.BooleanField(default=False)
    answer = models.CharField(max_length=8_000, blank=True)
    recipients = models.JSONField(default=list)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "compliance_request"
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("received", "verified"), answered_at__isnull=True)
                | (Q(state__in=("fulfilled", "refused")) & Q(answered_at__isnull=False)),
                name="data_request_answered_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state="fulfilled") | Q(proved=True), name="data_request_fulfilled_to_who_proved_it"
            ),
        )

    def subject(self) -> str:
        return f"data-request:{self.pk}"
