"""One line that somebody is told."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

KINDS = ("shared", "ready", "failed", "due", "feedback", "changed", "other")
LONGEST_TEXT = 200
LONGEST_URL = 400


class Notice(models.Model):
    """What one account is told. ``text`` never holds anything about another person; ``url`` is a place of ours."""

    NOUN: ClassVar[str] = "notice"

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=[(one, one) for one in KINDS])
    text = models.CharField(max_length=LONGEST_TEXT)
    url = models.CharField(max_length=LONGEST_URL, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notices_notice"
        indexes = (
            models.Index(fields=["account", "id"], name="notice_of_account"),
            models.Index(fields=["account"], condition=Q(read_at__isnull=True), name="notice_unread"),
        )
