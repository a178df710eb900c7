"""The three schedule modes of every clock, and what each says in words."""

from __future__ import annotations

from maitred.metrics.facts import MODES

MODE_TEXT = {
    "calendar": "Wall time.",
    "business_all": "Business time; each part of the span is measured by the schedule in force then.",
    "business_last": "Business time by the vendor's rule: the schedule in force at the end measures the whole span.",
}

__all__ = ["MODES", "MODE_TEXT"]
