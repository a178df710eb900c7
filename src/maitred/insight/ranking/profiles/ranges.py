"""Ranges of dates as they stand in texts: "Jan 2018 – Present", "03/2015-06/2018", "2012 bis 2015"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from maitred.insight.ranking.profiles.dates import MONTH_NAMES

_MONTH: Final = "(?:" + "|".join(sorted(map(re.escape, MONTH_NAMES), key=len, reverse=True)) + ")"
_DATE: Final = (
    rf"(?:{_MONTH}\.?,?\s+(?:de\s+)?(?:\d{{1,2}},\s+)?\d{{4}}|\d{{4}}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?|"
    rf"\d{{1,2}}[-/.]\d{{4}}|\d{{4}})"
)
_NOW: Final = (
    r"(?:to\s+date|till\s+date|present|current|now|today|ongoing|heute|jetzt|aktuell|laufend|à\s+ce\s+jour|"
    r"aujourd['’]hui|actuellement|actuel|présent|actualidad|actualmente|actual|presente|hoy|atualmente|atual|hoje|oggi|"
    r"attuale|heden|nu|obecnie)"
)
_TO: Final = r"(?:\s*(?:-|–|—|‑|~|→)+\s*|\s+(?:to|until|till|through|bis|au|à|jusqu['’]à|a|al|hasta|até|tot|do)\s+)"
DATE_RANGE: Final = re.compile(
    rf"(?i)(?<![\w/.-])(?:from\s+|von\s+|de\s+|since\s+|depuis\s+|seit\s+)?(?P<start>{_DATE}){_TO}"
    rf"(?P<end>{_DATE}|{_NOW})(?![\w/])"
)
SINCE: Final = re.compile(rf"(?i)(?<![\w/.-])(?:since|seit|depuis|desde)\s+(?P<start>{_DATE})(?![\w/])")
_YEAR: Final = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Range:
    """A range in a text: where it stands, and its two dates as they are written."""

    start: int
    end: int
    began: str
    ended: str


def ranges_in(text: str, low: int, high: int) -> Iterator[Range]:
    """Every range between two places of a text."""
    if _YEAR.search(text, low, high) is None:
        return
    found = list(DATE_RANGE.finditer(text, low, high))
    for one in found:
        yield Range(one.start(), one.end(), one["start"], one["end"])
    if not found:
        for one in SINCE.finditer(text, low, high):
            yield Range(one.start(), one.end(), one["start"], "")
