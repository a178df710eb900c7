"""Cases: a customer who must not be lost, whose it is, until when somebody says "mine", and how it ended."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

PERSON: Final = "people.Person"
TEAM: Final = "people.Team"
PROTECT: Final = models.PROTECT
LONGEST_LINE: Final = 400
LONGEST_TEXT: Final = 4_000
KINDS: Final = ("internal", "customer")
"""A complaint is a row of its own elsewhere; ``Case.complaint`` names it."""
DECLARED_BY: Final = ("customer", "agent", "rule", "prediction")
SEVERITIES: Final = ("low", "normal", "high", "critical")
CAUSES: Final = ("slow", "forgotten", "wrong_answer", "product", "promise_broken", "policy", "tone", "outside", "other")
OUTCOMES: Final = ("satisfied", "accepted", "left", "unknown")
STEPS: Final = ("acknowledge", "own", "next_step", "time")


def choices(*names: str) -> list[tuple[str, str]]:
    """Names as choices of a field."""
    return [(one, one) for one in names]


class Case(Record):
    """One customer's escalation, whatever number of tickets it has. ``owner`` is asked until ``acknowledged_at``."""

    NOUN = "escalation"
    PERSONAL = frozenset({"title", "customer", "what", "resolution"})
    RETENTION = "service"
    DECLARED, ACTIVE, RESOLVED = "declared", "active", "resolved"
    OPEN = (DECLARED, ACTIVE)

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=choices(*KINDS))
    declared_by = models.CharField(max_length=12, choices=choices(*DECLARED_BY))
    severity = models.CharField(max_length=10, choices=choices(*SEVERITIES), default="normal")
    state = models.CharField(max_length=10, choices=choices(DECLARED, ACTIVE, RESOLVED), default=DECLARED)
    team = models.ForeignKey(TEAM, null=True, on_delete=PROTECT, related_name="+")
    raised_by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    owner = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    deputy = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    source_id = models.CharField(max_length=64, blank=True)
    account_id = models.CharField(max_length=64, blank=True)
    requester_id = models.CharField(max_length=64, blank=True)
    customer = models.CharField(max_length=120, blank=True)
    what = models.CharField(max_length=LONGEST_TEXT, blank=True)
    protected = models.BooleanField(default=False)
    acknowledge_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    asked = models.PositiveSmallIntegerField(default=1)
    resolved_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=16, choices=choices(*CAUSES), blank=True)
    outcome = models.CharField(max_length=10, choices=choices(*OUTCOMES), blank=True)
    resolution = models.CharField(max_length=LONGEST_TEXT, blank=True)
    issue_url = models.CharField(max_length=LONGEST_LINE, blank=True)
    issue_title = models.CharField(max_length=200, blank=True)
    complaint = models.CharField(max_length=64, blank=True)
    finding = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "escalations_case"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False) & ~Q(cause="") & ~Q(outcome="")
                & ~Q(resolution="") | ~Q(state="resolved") & Q(resolved_at__isnull=True),
                name="escalation_closed_with_its_cause",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(acknowledged_at__isnull=False, owner__isnull=False),
                name="escalation_active_is_somebodys",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["state", "acknowledge_by"], name="escalation_state"),
            models.Index(fields=["source_id", "account_id"], name="escalation_account"),
        )

    def subject(self) -> str:
        return f"escalation:{self.pk}"


class CaseTicket(Record):
    """A ticket of a case. ``gone_at``: since when the helpdesk does not have it any more; it stays here."""

    NOUN = "escalation-ticket"
    RETENTION = "service"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tickets")
    source_id = models.CharField(max_length=64)
    ticket_id = models.CharField(max_length=64)
    gone_at = models.DateTimeField(null=True)
    gone_why = models.CharField(max_length=12, choices=choices("missing", "deleted", "merged"), blank=True)

    class Meta:
        db_table = "escalations_case_ticket"
        constraints = (
            models.UniqueConstraint(fields=["case", "source_id", "ticket_id"], name="escalation_ticket_once"),
            models.CheckConstraint(
                condition=Q(gone_at__isnull=True, gone_why="") | (Q(gone_at__isnull=False) & ~Q(gone_why="")),
                name="escalation_ticket_gone_with_why",
            ),
        )
        indexes = (models.Index(fields=["source_id", "ticket_id"], name="escalation_of_ticket"),)


class CaseNote(Record):
    """A line of a case's own timeline: written, or made by what happened."""

    NOUN = "escalation-note"
    PERSONAL = frozenset({"text"})
    RETENTION = "service"
    KINDS = ("note", "raised", "taken", "passed_on", "handed_over", "told", "step", "swarm", "issue", "closed",
             "reopened", "gone", "severity")  # fmt: skip

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=choices(*KINDS))
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)

    class Meta:
        db_table = "escalations_note"

    def subject(self) -> str:
        return f"escalation:{self.case_id}"


class CasePromise(Record):
    """A promise to the customer that belongs to a case: the commitment itself stands in the list of all promises."""

    NOUN = "escalation-promise"
    RETENTION = "service"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="promises")
    commitment = models.OneToOneField("commitments.Commitment", on_delete=PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "escalations_promise"


class Step(Record):
    """A step of the conflict guide that was done."""

    NOUN = "escalation-step"
    PERSONAL = frozenset({"note"})
    RETENTION = "service"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=12, choices=choices(*STEPS))
    note = models.CharField(max_length=LONGEST_LINE, blank=True)
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "escalations_step"
        constraints = (models.UniqueConstraint(fields=["case", "step"], name="escalation_step_once"),)

    def subject(self) -> str:
        return f"escalation:{self.case_id}"


class Invite(Record):
    """Somebody asked to help with a case, with one question; they join or say no."""

    NOUN = "escalation-invite"
    PERSONAL = frozenset({"question"})
    RETENTION = "service"
    INVITED, JOINED, DECLINED = "invited", "joined", "declined"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="invites")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    question = models.CharField(max_length=LONGEST_LINE)
    state = models.CharField(max_length=10, choices=choices(INVITED, JOINED, DECLINED), default=INVITED)

    class Meta:
        db_table = "escalations_invite"
        constraints = (models.UniqueConstraint(fields=["case", "person"], name="escalation_invited_once"),)

    def subject(self) -> str:
        return f"person:{self.person_id}"
