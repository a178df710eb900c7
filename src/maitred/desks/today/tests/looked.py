"""Findings written by hand, and the look that holds them: what the detectors would have said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from maitred.desks.today import looks
from maitred.desks.today.models import Look
from maitred.kit.audit.deeds import deed
from maitred.people.tests.floor import ROOT

AS_OF = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
BILLING = {"type": "group", "id": "demo:11", "external_id": "11", "name": "Billing"}
TECHNICAL = {"type": "group", "id": "demo:13", "external_id": "13", "name": "Technical"}
AGENT = {"type": "agent", "id": "demo:1001", "external_id": "1001", "name": "Agent"}
OTHER = {"type": "agent", "id": "demo:1004", "external_id": "1004", "name": "Other"}
TOPIC = {"type": "topic", "id": "export fails", "external_id": "export fails", "name": "Export fails"}


@dataclass
class Day:
    """A look as ``insight`` gives it."""

    as_of: str = "2026-01-05T06:00:00Z"
    findings: Sequence[dict[str, Any]] = ()
    checked: Sequence[dict[str, Any]] = field(default_factory=lambda: [
        {"family": "speed", "series": f"frt/{group}", "n": 120} for group in range(41)
    ])  # fmt: skip
    learning: bool = False
    notes: tuple[str, ...] = ()


def finding(name: str, subject: dict[str, Any] = BILLING, rank: int = 1, **changed: Any) -> dict[str, Any]:
    """One finding as a document."""
    harm = changed.pop("harm", 212.0)
    where = {"group": subject["id"]} if subject["type"] == "group" else {}
    where = {"assignee": subject["id"]} if subject["type"] == "agent" else where
    return {
        "id": name, "family": "speed", "detector": "speed.first_reply_shift#1", "rank": rank, "shown": True,
        "title": f"First reply in {subject['name']} takes 2.1 times as long since 10 November", "subject": subject,
        "metric": "frt.business_all#1", "since": "2025-11-10",
        "effect": {"value": 2.1, "low": 1.8, "high": 2.5, "unit": "ratio"}, "n": 143,
        "harm": {"value": harm, "unit": "customer_hours_per_week", "parts": {"waiting": harm, "revenue": 0.0}},
        "confidence": 0.98,
        "cause": {"kind": "staffing", "text": "2 of 6 people have not worked since 9 November", "confidence": 0.8},
        "evidence": {
            "query": {"metric": "frt.business_all#1", "where": where, "from": "2025-11-10"}, "count": 143,
            "same_rows": True,
            "tickets": [str(one) for one in range(1, 31)],
            "related": [{"family": "backlog", "detector": "backlog.growth#1", "subject": subject,
                         "title": f"Open work in {subject['name']} grows"}],
        },
        "actions": [{"id": "change_roster", "label": "Move two people", "dry_run": True},
                    {"id": "simulate", "label": "See what it would bring"}],
        "news": False, "parts": [], "publication": "2026-01-05T06:00:00Z", **changed,
    }  # fmt: skip


def keep(*findings: dict[str, Any], publication: int = 1, **day: Any) -> Look:
    """Store a look at those findings."""
    with deed(ROOT, "tests.look"):
        return looks.keep(publication, Day(findings=findings, **day))
