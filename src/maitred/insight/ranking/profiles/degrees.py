"""The level of a degree by its name, in a few languages; names of schools and years are never looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_WORDS: Final = (
    (
        5,
        r"ph\.?\s?d|d\.?phil|ed\.?d\.?|doctor(?:ate|al)?(?: of| in| degree)?|juris doctor|doktor(?:at)?|doctorat|"
        r"doctorado|doutorado|dottorato",
    ),
    (
        4,
        r"master(?:['’]?s)?|mba|m\.b\.a\.?|m\.?sc\.?|m\.?eng\.?|m\.?phil\.?|m\.ed\.?|magister|maestr[ií]a|"
        r"m[áa]ster|mestrado|"
        r"laurea magistrale|dipl\.?-?\s?(?:ing|kfm|kff|inf)\w*\.?|diplom(?=\s|$|-)|magistère|postgraduate degree",
    ),
    (
        3,
        r"bachelor(?:['’]?s)?|bba|b\.?sc\.?|b\.?eng\.?|b\.?com\.?|b\.?tech\.?|b\.b\.a\.?|b\.ed\.?|licence|"
        r"licenciatura|licenciad[oa]|grado (?:en|universitario)|"
        r"graduação|laurea(?: triennale)?|undergraduate degree|university degree|college degree|staatsexamen",
    ),
    (
        2,
        r"associate(?:['’]?s)?(?= degree| of| in|\s*$|['’,])|associate degree|foundation degree|hnd|hnc|bts|dut|"
        r"community college degree|"
        r"t[ée]cnico superior|formación profesional de grado superior|a\.a\.s?\.?|a\.s\.",
    ),
    (
        1,
        r"high[-_ ]?school(?: diploma| degree)?|secondary school|secondary education|g\.?e\.?d\.?(?=\s|$|,)|"
        r"abitur|fachabitur|baccalaur[ée]at|bachillerato|"
        r"a[- ]levels?|gcses?|matura|ensino médio|diploma di maturità|realschul\w*|hauptschul\w*|mittlere reife|"
        r"leaving certificate|vwo|havo",
    ),
    (0, r"none|no degree|no formal education|kein abschluss|sin estudios"),
)
_FOUND: Final = [(rank, re.compile(rf"(?i)(?<![\w.])(?:{words})(?!\w)")) for rank, words in _WORDS]
_SHORT: Final = [
    (4, re.compile(r"(?<![\w.])(?:M\.?A\.?|M\.?S\.?|MIM|MPA)(?![\w'’])")),
    (3, re.compile(r"(?<![\w.])(?:B\.?A\.?|B\.?S\.?|A\.B\.|BFA)(?![\w'’])")),
    (2, re.compile(r"(?<![\w.])(?:AA|AS|AAS)(?![\w'’])")),
]
_EXACT: Final = {
    "doctorate": 5,
    "md": 5,
    "jd": 5,
    "ms": 4,
    "ma": 4,
    "bs": 3,
    "ba": 3,
    "ab": 3,
    "aa": 2,
    "as": 2,
    "aas": 2,
    "diploma": 1,
    "hs": 1,
}
_UNFINISHED: Final = re.compile(
    r"(?i)in progress|expected|incomplete|not completed|dropped|coursework|some college|ongoing|candidate for|"
    r"abgebrochen|laufend|en cours|en curso"
)


@dataclass(frozen=True, slots=True)
class Degree:
    """A degree in a text: its rank and its place."""

    rank: int
    start: int
    end: int


@lru_cache(maxsize=16_384)
def degree_in(text: str) -> Degree | None:
    """The highest degree that a short text names and does not call unfinished.

    >>> degree_in("Bachelor of Arts").rank, degree_in("MSc").rank, degree_in("Master's, in progress")
    (3, 4, None)
    """
    if _UNFINISHED.search(text):
        return None
    exact = _EXACT.get(text.strip(" .").replace(".", "").casefold())
    if exact is not None:
        return Degree(exact, 0, len(text))
    for rank, pattern in (*_FOUND[:2], _SHORT[0], _FOUND[2], _SHORT[1], _FOUND[3], _SHORT[2], *_FOUND[4:]):
        found = pattern.search(text)
        if found:
            return Degree(rank, found.start(), found.end())
    return None


def degrees_between(text: str, low: int, high: int) -> Iterator[Degree]:
    """The highest degree of each line between two places."""
    position = low
    for line in text[low:high].split("\n"):
        found = degree_in(line) if line.strip() and len(line) < 300 else None
        if found is not None:
            yield Degree(found.rank, position + found.start, position + found.end)
        position += len(line) + 1
