"""The tables of the audit log. Rows are only ever added; triggers refuse anything else."""

from __future__ import annotations

from django.db import models


class AuditRow(models.Model):
    """One deed. ``hash`` = SHA-256 of ``prev`` and the canonical form of all other columns."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=120)
    on_behalf_of = models.CharField(max_length=120, blank=True)
    verb = models.CharField(max_length=80, db_index=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=120, blank=True)
    diff = models.TextField(blank=True)
    reason = models.CharField(max_length=80, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    account = models.BigIntegerField(null=True, db_index=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_row"
        indexes = (models.Index(fields=["object_type", "object_id"], name="audit_row_object"),)


class AuditHead(models.Model):
    """A signed statement of how far the chain went at an instant."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    install = models.CharField(max_length=64)
    counts = models.TextField()
    signature = models.CharField(max_length=128)

    class Meta:
        db_table = "audit_head"


class SealedText(models.Model):
    """Free text of a deed, sealed with its subject's key; the audit row names it and its digest."""

    id = models.CharField(max_length=32, primary_key=True)
    subject = models.CharField(max_length=32, db_index=True)
    sealed = models.TextField()

    class Meta:
        db_table = "audit_text"


class SubjectKey(models.Model):
    """The key of one subject's texts, itself sealed; erasure destroys this row and the chain stays whole."""

    subject = models.CharField(max_length=32, primary_key=True)
    sealed = models.TextField()

    class Meta:
        db_table = "audit_subject_key"
