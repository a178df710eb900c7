"""Letters to people who might fit: drafts that a person sends, and who wants none, for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.hiring.models.pipeline import LONGEST_TITLE, LONGEST_WORDS, PERSON, PROTECT, Candidate, choices
from maitred.kit.audit.records import Record

LONGEST_SUBJECT = 150


class OutreachTemplate(Record):
    """A letter with places to fill: ``{first_name}``, ``{title}``, ``{team}``, ``{site}``, ``{pay}``, ``{sender}``."""

    NOUN = "outreach-template"
    RETENTION = "service"

    title = models.CharField(max_length=LONGEST_TITLE, unique=True)
    subject_line = models.CharField(max_length=LONGEST_SUBJECT)
    body = models.CharField(max_length=LONGEST_WORDS)
    retired = models.BooleanField(default=False)

    class Meta:
        db_table = "hiring_outreach_template"


class Outreach(Record):
    """A letter to a candidate: a draft until a person sends it. ``attempt`` counts what went to them, 1 or 2."""

    NOUN = "outreach"
    PERSONAL = frozenset({"subject_line", "body"})
    RETENTION = "candidates"
    DRAFT, SENT, DISCARDED = "draft", "sent", "discarded"

    candidate = models.ForeignKey(Candidate, on_delete=PROTECT, related_name="letters")
    recipient = models.CharField(max_length=32, blank=True, db_index=True)
    subject_line = models.CharField(max_length=LONGEST_SUBJECT)
    body = models.CharField(max_length=LONGEST_WORDS * 2)
    state = models.CharField(max_length=10, choices=choices(DRAFT, SENT, DISCARDED), default=DRAFT)
    attempt = models.PositiveIntegerField(null=True)
    effect = models.BigIntegerField(null=True)
    by = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    replied_on = models.DateField(null=True)

    class Meta:
        db_table = "hiring_outreach"
        constraints = (
            models.UniqueConstraint(
                fields=["recipient", "attempt"], condition=Q(state="sent"), name="outreach_each_try_once"
            ),
            models.CheckConstraint(
                condition=(~Q(state="sent") & Q(attempt__isnull=True, sent_at__isnull=True))
                | Q(state="sent", attempt__in=(1, 2), sent_at__isnull=False),
                name="outreach_two_tries",
            ),
        )

    def subject(self) -> str:
        return self.candidate.subject()


class OptOut(Record):
    """Who wants no letter, as a keyed digest of the address: kept for ever, and no address in it."""

    NOUN = "opt-out"
    HIDDEN = frozenset({"digest"})
    RETENTION = "kept"

    digest = models.CharField(max_length=32, unique=True)

    class Meta:
        db_table = "hiring_opt_out"
