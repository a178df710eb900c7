"""The tables of what goes out: one row per effect, and its content, sealed and apart, since that goes sooner."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record


class Effect(Record):
    """Something that leaves the house once: a letter, a chat message, a call of a webhook.

    ``key`` is the SHA-256 of the asker's idempotency key. ``recipient`` is a pseudonym, by which an erasure finds what
    went to somebody. ``last_error`` names a class of failure and holds nothing of the reply.
    """

    NOUN = "effect"
    RETENTION = "correspondence"
    WAITING, SENDING, SENT, FAILED, UNKNOWN, CANCELLED = "waiting", "sending", "sent", "failed", "unknown", "cancelled"
    STATES = tuple((one, one) for one in ("waiting", "sending", "sent", "failed", "unknown", "cancelled"))

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64, unique=True)
    recipient = models.CharField(max_length=32, db_index=True)
    state = models.CharField(max_length=10, choices=STATES, default=WAITING)
    not_before = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True)
    lease_token = models.BigIntegerField(default=0)

    class Meta:
        db_table = "outbox_effect"
        indexes = (models.Index(fields=["not_before"], condition=Q(state="waiting"), name="outbox_effect_due"),)


class Content(models.Model):
    """What an effect carries and to whom: JSON, sealed for its row."""

    effect = models.OneToOneField(Effect, primary_key=True, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField()

    class Meta:
        db_table = "outbox_content"
