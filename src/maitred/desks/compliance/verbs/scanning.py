"""Scans for card numbers: ask for one, and read what it found; the number itself is shown nowhere."""

from __future__ import annotations

from maitred.desks.compliance import access
from maitred.desks.compliance.models import Scan, ScanFinding
from maitred.desks.compliance.shapes import FindingShown, ScanId, ScanListed, Scans, ScanShown, Store
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.jobs.queue import enqueue
from maitred.kit.verbs import action, question

_MOST = 500


@action(needs=Right.COMPLIANCE_WRITE, example={"store": "all"})
def scan(actor: Actor, store: Store = "all") -> ScanListed:
    """Ask the worker to look through what is kept for card numbers.

    Parameters
    ----------
    store
        Only tables, landing, database, logs, exports, indexes, media or backups; everything unless given.
    """
    row = deeds.create(Scan, store=store)
    enqueue("compliance.scan", {"scan": row.pk}, actor=actor)
    return listed(row)


@question(needs=Right.COMPLIANCE_EVIDENCE, example={})
def scans(actor: Actor) -> Scans:
    """List the latest scans: over what, by which rules, how many numbers each found."""
    return Scans(tuple(listed(row) for row in access.visible_scans(actor).order_by("-pk")[:50]))


@question(needs=Right.COMPLIANCE_EVIDENCE, example={"scan": 1})
def show_scan(actor: Actor, scan: ScanId) -> ScanShown:
    """Show a scan with the places of its findings; of a card number only the last four digits."""
    row = access.access_scan(actor, scan)
    return shown(row)


def shown(row: Scan) -> ScanShown:
    """A scan with its findings."""
    return ScanShown(listed(row), tuple(_finding(one) for one in access.findings_of(row)[:_MOST]))


def listed(row: Scan) -> ScanListed:
    """A scan in a list."""
    return ScanListed(row.pk, row.store, row.state, row.detector, row.created_at, row.finished_at, row.items,
                      row.volume, row.found, tuple(row.unread))  # fmt: skip


def _finding(one: ScanFinding) -> FindingShown:
    return FindingShown(one.store, one.place, one.field, one.record, one.kind, one.confidence, one.count, one.masked)
