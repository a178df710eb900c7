"""A stretch of a text that is personal data: where it stands, of what type, who found it and how sure.

For whoever masks, tags or redacts. Offsets are Unicode code points of the original text, half open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from maitred.sync.screen.codes import Spans

PersonalType = Literal[
    "PERSON",
    "ADDRESS",
    "POSTCODE",
    "PLACE",
    "EMAIL",
    "PHONE",
    "CARD",
    "IBAN",
    "IP",
    "URL",
    "NATIONAL_ID",
    "DRIVER_LICENCE",
    "PASSPORT",
    "DATE_OF_BIRTH",
    "AGE",
    "ACCOUNT",
    "USERNAME",
    "ORGANIZATION",
    "SECRET",
]
Origin = Literal["identity", "pattern", "tagger", "plugin"]

_RANK: dict[Origin, int] = {"identity": 0, "pattern": 1, "plugin": 2, "tagger": 3}


@dataclass(frozen=True, slots=True, repr=False)
class Span:
    """One find; it has no ``repr``, as no traceback may show where somebody's data stands beside their text.

    Attributes
    ----------
    start, end
        Half open, in code points of the original text.
    type
        What kind of data it is.
    source
        The pass that found it.
    p
        How sure the pass is, from 0 to 1; rules state their own habit, it is no calibrated probability.
    about
        Which known identity it is about ("name 0"), so that "Ana" and "Ana Ruiz" get one placeholder; else empty.
    """

    start: int
    end: int
    type: PersonalType
    source: Origin
    p: float = 1.0
    about: str = ""


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in the order of the text; of two that overlap the longer stays, then the earlier pass.

    Examples
    --------
    >>> kept = without_overlaps([Span(0, 3, "PERSON", "tagger"), Span(0, 8, "EMAIL", "pattern")])
    >>> [(span.start, span.end, span.type) for span in kept]
    [(0, 8, 'EMAIL')]
    """
    ordered = sorted(spans, key=lambda span: (span.start - span.end, _RANK[span.source], -span.p, span.start))
    if len(ordered) < 2:
        return ordered
    taken = Spans()
    return sorted((span for span in ordered if taken.add((span.start, span.end))), key=lambda span: span.start)
