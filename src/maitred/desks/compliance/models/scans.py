"""Scans for card numbers: when, over what, by which rules, and where something was found; never what."""

from __future__ import annotations

from django.db import models

from maitred.desks.compliance.models.cases import PROTECT, choices
from maitred.kit.audit.records import Record

STORES = ("all", "tables", "landing", "database", "logs", "exports", "indexes", "media", "backups", "other")


class Scan(Record):
    """One scan. ``items`` is how many files, tables and columns were read, ``volume`` how many bytes."""

    NOUN = "scan"
    RETENTION = "governance"
    STATES = ("asked", "done")

    store = models.CharField(max_length=12, choices=choices(*STORES), default="all")
    state = models.CharField(max_length=8, choices=choices(*STATES), default="asked")
    detector = models.CharField(max_length=40, blank=True)
    finished_at = models.DateTimeField(null=True)
    items = models.PositiveIntegerField(default=0)
    volume = models.PositiveBigIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    unread = models.JSONField(default=list)

    class Meta:
        db_table = "compliance_scan"


class ScanFinding(Record):
    """A place with something that should not be kept: how many, what kind, how sure; ``masked`` shows four digits."""

    NOUN = "scan-finding"
    RETENTION = "governance"

    scan = models.ForeignKey(Scan, on_delete=PROTECT, related_name="findings")
    store = models.CharField(max_length=12)
    place = models.CharField(max_length=400)
    field = models.CharField(max_length=200, blank=True)
    record = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=16)
    confidence = models.CharField(max_length=8)
    count = models.PositiveIntegerField()
    masked = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "compliance_scan_finding"
