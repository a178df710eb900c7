"""What the screen reports: that something was masked, where and how often, never the value itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DETECTOR_VERSION = "cards-1"
"""Raised with every change of the rules, so that a retro-scan knows which text was judged by which rules."""

Kind = Literal["card", "security_code", "track"]
Confidence = Literal["high", "medium"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of thing masked in one field; ``count`` is how many, ``medium`` ones are listed for review."""

    field: str
    kind: Kind
    count: int
    confidence: Confidence
    detector_version: str = DETECTOR_VERSION


@dataclass(frozen=True, slots=True)
class Screened:
    """A text that may be stored, and what was masked in it."""

    text: str
    findings: tuple[Finding, ...]
