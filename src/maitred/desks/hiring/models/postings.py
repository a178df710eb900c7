"""Postings: a draft that changes, the editions that were published and never change, and blocks of the team's own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

PERSON = "people.Person"
PROTECT = models.PROTECT


class Posting(Record):
    """A posting. ``content`` is a ``postings.shapes.Posting``; ``reference`` stands in its public address.

    ``number`` counts published editions; ``ends_on`` is the last day of the one that is out.
    """

    NOUN = "posting"
    RETENTION = "service"
    DRAFT, PUBLISHED, CLOSED = "draft", "published", "closed"

    title = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=80)
    requisition = models.ForeignKey("hiring.Requisition", null=True, on_delete=PROTECT, related_name="+")
    content = models.JSONField()
    state = models.CharField(
        max_length=10, choices=[(one, one) for one in ("draft", "published", "closed")], default=DRAFT
    )
    reference = models.CharField(max_length=24, unique=True)
    number = models.PositiveIntegerField(default=0)
    posted_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        db_table = "hiring_posting"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="draft") | Q(posted_on__isnull=False), name="posting_posted_once_published"
            ),
        )


class PostingEdition(Record):
    """What was published: words, what checks found, against which table of rules; it never changes."""

    NOUN = "posting-edition"
    RETENTION = "service"

    posting = models.ForeignKey(Posting, on_delete=PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    findings = models.JSONField(default=list)
    rules_sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "hiring_posting_edition"
        constraints = (models.UniqueConstraint(fields=["posting", "number"], name="posting_edition_number_once"),)


class PostingBlock(Record):
    """A block of the team's own, by name, to be put into other postings."""

    NOUN = "posting-block"
    RETENTION = "service"

    name = models.CharField(max_length=80, unique=True)
    block = models.JSONField()

    class Meta:
        db_table = "hiring_posting_block"
