"""The register of complaints: one row a complaint, with what each stage asks for, and the tickets it belongs to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.compliance.models.cases import PERSON, PROTECT, Case, choices
from maitred.kit.audit.records import Record

LONG = 8_000
STATES = ("received", "acknowledged", "assessed", "investigated", "decided", "rejected_open", "closed")
ORIGINS = ("button", "rule", "letter")
KINDS = ("general", "psd", "emd")
LEVELS = ("low", "medium", "high")
CAUSES = (
    "people", "process", "product", "information", "system", "supplier", "policy", "unclear",
)  # fmt: skip
OUTCOMES = ("upheld", "partly_upheld", "rejected")
ENDINGS = ("accepted", "exhausted", "withdrawn", "silence", "merged")


class Complaint(Record):
    """A complaint. Who complains is known to handlers alone; what it costs them is nothing, by constraint.

    ``remedy`` may say that none was stated. ``vulnerability`` is shown by the rules of fields. ``rejected_open`` is a
    complaint whose decision the complainant did not accept: it is not closed.
    """

    NOUN = "complaint"
    PERSONAL = frozenset({
        "description", "complainant_name", "complainant_contact", "vulnerability", "facts_found", "reasons", "redress",
        "acknowledged_text", "decision_text", "status_line", "immediate_action", "evidence", "end_note",
    })  # fmt: skip
    RETENTION = "governance"
    STATES = STATES

    case = models.OneToOneField(Case, on_delete=PROTECT, related_name="complaint")
    state = models.CharField(max_length=16, choices=choices(*STATES), default="received")
    origin = models.CharField(max_length=8, choices=choices(*ORIGINS))
    kind = models.CharField(max_length=8, choices=choices(*KINDS), default="general")
    description = models.TextField(max_length=LONG)
    remedy = models.CharField(max_length=1_000)
    product = models.CharField(max_length=120)
    channel = models.CharField(max_length=40)
    immediate_action = models.CharField(max_length=1_000, blank=True)
    complainant_name = models.CharField(max_length=200, blank=True)
    complainant_contact = models.CharField(max_length=200, blank=True)
    fee = models.PositiveIntegerField(default=0)
    status_line = models.CharField(max_length=400, blank=True)
    updated_at = models.DateTimeField(null=True)

    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_channel = models.CharField(max_length=40, blank=True)
    acknowledged_text = models.TextField(max_length=LONG, blank=True)

    severity = models.CharField(max_length=8, choices=choices(*LEVELS), blank=True)
    safety = models.BooleanField(null=True)
    complexity = models.CharField(max_length=8, choices=choices(*LEVELS), blank=True)
    impact = models.CharField(max_length=1_000, blank=True)
    immediate = models.BooleanField(null=True)
    vulnerability = models.CharField(max_length=1_000, blank=True)
    assessed_at = models.DateTimeField(null=True)

    facts_found = models.TextField(max_length=LONG, blank=True)
    evidence = models.JSONField(default=list)
    root_cause = models.CharField(max_length=16, choices=choices(*CAUSES), blank=True)
    investigator = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    investigated_at = models.DateTimeField(null=True)

    decision = models.CharField(max_length=16, choices=choices(*OUTCOMES), blank=True)
    reasons = models.TextField(max_length=LONG, blank=True)
    redress = models.CharField(max_length=1_000, blank=True)
    alternatives = models.CharField(max_length=1_000, blank=True)
    recourse = models.CharField(max_length=1_000, blank=True)
    decision_text = models.TextField(max_length=LONG, blank=True)
    decided_at = models.DateTimeField(null=True)

    ending = models.CharField(max_length=12, choices=choices(*ENDINGS), blank=True)
    consent = models.BooleanField(default=False)
    end_note = models.CharField(max_length=1_000, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=PROTECT, related_name="+")
    split_from = models.ForeignKey("self", null=True, on_delete=PROTECT, related_name="+")
    account = models.ForeignKey("people.Account", null=True, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "compliance_complaint"
        constraints = (
            models.CheckConstraint(condition=Q(fee=0), name="complaining_costs_nothing"),
            models.CheckConstraint(condition=~Q(remedy=""), name="complaint_states_a_remedy"),
            models.CheckConstraint(
                condition=Q(state="closed") & ~Q(ending="") | ~Q(state="closed") & Q(ending=""),
                name="complaint_closed_with_an_ending",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("received", "acknowledged", "closed")) | Q(assessed_at__isnull=False),
                name="complaint_assessed_before_it_is_investigated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("decided", "rejected_open")) | Q(decided_at__isnull=False),
                name="complaint_decided_at_an_instant",
            ),
        )
        indexes = (models.Index(fields=["state"], name="complaint_state"),)


class ComplaintTicket(Record):
    """A ticket that a complaint belongs to."""

    NOUN = "complaint-ticket"
    RETENTION = "governance"

    complaint = models.ForeignKey(Complaint, on_delete=PROTECT, related_name="tickets")
    source_id = models.CharField(max_length=64)
    ticket_id = models.CharField(max_length=64)

    class Meta:
        db_table = "compliance_ticket"
        constraints = (
            models.UniqueConstraint(fields=["complaint", "source_id", "ticket_id"], name="complaint_ticket_once"),
        )


class ComplaintProposal(Record):
    """What a rule takes for a complaint; a person confirms or dismisses it. It names the rule, never the words."""

    NOUN = "complaint-proposal"
    RETENTION = "governance"
    RULES = ("words", "csat_comment", "regulator_address")
    OPEN, CONFIRMED, DISMISSED = "open", "confirmed", "dismissed"

    source_id = models.CharField(max_length=64)
    ticket_id = models.CharField(max_length=64)
    rule = models.CharField(max_length=20, choices=choices(*RULES))
    group = models.CharField(max_length=64, blank=True)
    team = models.ForeignKey("people.Team", null=True, on_delete=PROTECT, related_name="+")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=choices(OPEN, CONFIRMED, DISMISSED), default=OPEN)
    complaint = models.ForeignKey(Complaint, null=True, on_delete=PROTECT, related_name="+")
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "compliance_proposal"
        constraints = (
            models.UniqueConstraint(fields=["source_id", "ticket_id"], name="complaint_proposed_once_a_ticket"),
            models.CheckConstraint(
                condition=Q(state="confirmed", complaint__isnull=False)
                | (~Q(state="confirmed") & Q(complaint__isnull=True)),
                name="complaint_proposal_confirmed_names_it",
            ),
        )
