"""The table of kept answers: one row per caller and key, written in the deed's own transaction."""

from __future__ import annotations

from django.db import models


class Reply(models.Model):
    """What a call with a key was answered; ``answer`` is sealed, since it may hold what is shown only once."""

    actor = models.CharField(max_length=120)
    key = models.CharField(max_length=200)
    verb = models.CharField(max_length=80)
    arguments = models.CharField(max_length=64)
    answer = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "replies_reply"
        constraints = (models.UniqueConstraint(fields=["actor", "key"], name="reply_once"),)
