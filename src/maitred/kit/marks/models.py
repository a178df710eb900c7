"""Marks on tickets, and the journal of each time that some were put on many at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from maitred.kit.audit.records import Record

KINDS = ("label", "note")
LONGEST = 400


class Journal(Record):
    """One time that marks were applied: what, by whom, on which selection, and whether it was taken back."""

    NOUN = "mark-journal"
    PERSONAL = frozenset({"text"})
    RETENTION = "service"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=[(one, one) for one in KINDS])
    text = models.CharField(max_length=LONGEST)
    selection = models.JSONField(default=dict)
    publication = models.BigIntegerField()
    added = models.PositiveIntegerField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "marks_journal"

    def subject(self) -> str:
        return f"account:{self.owner_id}"


class Mark(Record):
    """A label or a note on a ticket. It lives here only; the helpdesk knows nothing of it."""

    NOUN = "mark"
    PERSONAL = frozenset({"text"})
    RETENTION = "service"

    source_id = models.CharField(max_length=64)
    ticket_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=[(one, one) for one in KINDS])
    text = models.CharField(max_length=LONGEST)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "marks_mark"
        constraints = (
            models.UniqueConstraint(fields=["source_id", "ticket_id", "kind", "text"], name="mark_once_per_ticket"),
        )

    def subject(self) -> str:
        return f"account:{self.author_id}"
