"""The log of searches, whose rows form a chain and are never changed, and searches that somebody keeps."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

LONGEST_QUERY = 2_000
LONGEST_NAME = 120
ENGINES = ("embedded", "sql", "spark")


class SearchRun(Record):
    """One search as it was made: what was asked, of which index by which weights, who was shown in which order.

    ``results`` and ``cannot_tell`` are pairs of the random key of a profile and its score: the row names nobody.
    ``hash`` is of ``previous`` and of everything else; ``number`` has no gaps.
    """

    NOUN = "search"
    RETENTION = "decisions"

    number = models.PositiveBigIntegerField(unique=True)
    code = models.CharField(max_length=24, unique=True)
    at = models.DateTimeField()
    viewer = models.CharField(max_length=120)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    edits = models.JSONField(default=list)
    musts = models.JSONField(default=list)
    chips = models.JSONField(default=list)
    blocked = models.JSONField(default=list)
    not_understood = models.JSONField(default=list)
    requisition = models.ForeignKey("hiring.Requisition", null=True, on_delete=models.PROTECT, related_name="+")
    ranked = models.BooleanField(default=True)
    engine = models.CharField(max_length=8, choices=[(one, one) for one in ENGINES])
    weights_name = models.CharField(max_length=40)
    weights_sha256 = models.CharField(max_length=64)
    index_version = models.PositiveBigIntegerField()
    index_rows = models.PositiveBigIntegerField()
    as_of = models.DateField()
    limit = models.PositiveIntegerField()
    considered = models.PositiveBigIntegerField()
    removed = models.JSONField(default=list)
    partial = models.BooleanField(default=False)
    max_score = models.PositiveIntegerField()
    results = models.JSONField(default=list)
    cannot_tell = models.JSONField(default=list)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "hiring_search_run"
        constraints = (models.CheckConstraint(condition=Q(number__gte=1), name="search_run_counts_from_1"),)


class SavedSearch(Record):
    """A search that somebody keeps, and whether they want to hear of new people; ``seen`` are keys already told of."""

    NOUN = "saved-search"
    RETENTION = "operation"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY)
    edits = models.JSONField(default=list)
    alert = models.BooleanField(default=False)
    seen = models.JSONField(default=list)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hiring_saved_search"
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="saved_search_name_once_an_owner"),)
        indexes = (models.Index(fields=["alert"], name="saved_search_alert"),)

    def subject(self) -> str:
        return f"account:{self.owner_id}"
