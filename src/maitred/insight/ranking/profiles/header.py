"""The one thing that is read in the header of a plain résumé: a city, written with its region or country.

A line is split at its separators and only a piece such as "Austin, TX" or "Location: Dublin, Ireland" counts. The name
(the first line), streets, numbers and postcodes are never looked up: many a name is also a city.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from maitred.insight.ranking import places

_PIECES: Final = re.compile(r"\s*[|•·;\t]\s*|\s{3,}|\s+[-–—]\s+")
_LABEL: Final = re.compile(
    r"(?i)\s*(?:location|city|based in|lives in|address|home|residence|wohnort|ort|anschrift|adresse|ville|lieu|ciudad|"
    r"ubicación|dirección|cidade|localização|città|residenza|woonplaats)\s*[:\-]?\s+"
)
_POSTCODE: Final = re.compile(r"\b(?=[A-Z]{0,2}\d)[A-Z\d]{2,4}\s?\d?[A-Z\d]{2,3}\b(?:-\d{4})?|\b\d{4,6}(?:-\d{3,4})?\b")
_NO_PLACE: Final = re.compile(r"[@/:\d]")


@dataclass(frozen=True, slots=True)
class City:
    """A city as it is told: its name with region and country, and where it stands."""

    city: str
    region: str
    country: str
    field: str
    start: int
    end: int
    source: str = ""


@lru_cache(maxsize=65_536)
def city_row(city: str, region: str, country: str) -> int:
    """The row of a city in the gazetteer, -1 where it is unknown."""
    return places.city_row(city, region, country)


def city_in_header(text: str, until: int) -> City | None:
    """The first city of the header that the gazetteer knows."""
    position = 0
    first = True
    for line in text[:until].split("\n")[:40]:
        if line.strip():
            if not first:
                for low, high in _pieces(line):
                    found = _city(text, position + low, position + high)
                    if found is not None:
                        return found
            first = False
        position += len(line) + 1
    return None


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    position = 0
    for cut in [*_PIECES.finditer(line), None]:
        end = len(line) if cut is None else cut.start()
        if end > position:
            yield position, end
        position = len(line) if cut is None else cut.end()


def _city(text: str, low: int, high: int) -> City | None:
    labelled = _LABEL.match(text, low, high)
    if labelled:
        low = labelled.end()
    parts: list[tuple[int, int, str]] = []
    position = low
    for part in text[low:high].split(","):
        plain = _POSTCODE.sub("", part).strip(" .\r")
        if plain and not _NO_PLACE.search(plain):
            begun = text.index(plain, position) if plain in text[position : position + len(part)] else position
            parts.append((begun, begun + len(plain), plain))
        position += len(part) + 1
    if len(parts) < 2 and not (labelled and parts):
        return None
    told = [words for _, _, words in parts]
    for at in range(len(parts)):
        rest = told[at + 1 :]
        if not rest and not labelled:
            break
        region, country = (rest[0] if rest else "", rest[1] if len(rest) > 1 else "")
        for one, other in ((region, country), ("", region)):
            if city_row(told[at], one, other) >= 0:
                return City(told[at], one, other, "text", parts[at][0], parts[at][1], text)
    return None
