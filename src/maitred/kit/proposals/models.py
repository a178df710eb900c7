"""The table of proposals."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from maitred.kit.audit.records import Record


class State(models.TextChoices):
    """Where a proposal stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"


class Proposal(Record):
    """An action that somebody's assistant wants to do in their name; nothing happens until they approve it.

    ``account`` is whose name it is in; the operator at the command line has none.
    """

    NOUN = "proposal"
    PERSONAL = frozenset({"arguments", "outcome"})

    verb = models.CharField(max_length=80)
    arguments = models.JSONField()
    digest = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=120)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    expires_at = models.DateTimeField()
    answered_by = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "proposals_proposal"
        indexes = (models.Index(fields=["account", "state"], name="proposal_of_account"),)
        constraints = (
            models.UniqueConstraint(
                fields=["proposed_by", "digest"], condition=models.Q(state="waiting"), name="proposal_waits_once"
            ),
        )

    def subject(self) -> str:
        """The account in whose name it is."""
        return f"account:{self.account_id}" if self.account_id else super().subject()
