"""Postal addresses of known people, found by their words: the street line with its number, in part or as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from maitred.sync.screen.folding import Word, words_of
from maitred.sync.screen.spans import Span

_SHORT = {
    "street": "st", "str": "st", "strasse": "st", "road": "rd", "avenue": "ave", "av": "ave", "avenida": "ave",
    "drive": "dr",
    "lane": "ln", "boulevard": "blvd", "court": "ct", "place": "pl", "square": "sq", "apartment": "apt", "suite": "ste",
    "north": "n", "south": "s", "east": "e", "west": "w", "floor": "fl", "highway": "hwy", "parkway": "pkwy",
    "calle": "c",
    "flat": "apt", "unit": "apt", "terrace": "ter", "close": "cl", "crescent": "cres",
}  # fmt: skip
_GAP = re.compile(r"[\s,.;:/#()\-–’'|]{1,4}|")
_STRASSE = re.compile(r"(?:strasse|str)$")


class KnownPlaces:
    """The addresses of one record."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = [
            tuple(_plain(word.folded) for word in words_of(address)) for address in addresses if address.strip()
        ]

    def spans(self, text: str, words: Sequence[Word]) -> Iterator[Span]:
        """Yield where an address stands, as far as its words stand side by side."""
        if not self._addresses:
            return
        plain = [_plain(word.folded) for word in words]
        for number, address in enumerate(self._addresses):
            wanted = set(address)
            at = 0
            while at < len(plain):
                if plain[at] not in wanted:
                    at += 1
                    continue
                last = _last(text, words, plain, at, wanted)
                if _tells(plain[at : last + 1], address):
                    yield Span(words[at].start, words[last].end, "ADDRESS", "identity", 1.0, f"address {number}")
                at = last + 1


def _last(text: str, words: Sequence[Word], plain: Sequence[str], at: int, wanted: set[str]) -> int:
    while at + 1 < len(words) and plain[at + 1] in wanted and _GAP.fullmatch(text[words[at].end : words[at + 1].start]):
        at += 1
    return at


def _tells(run: Sequence[str], address: Sequence[str]) -> bool:
    """Say whether the words point at the address: a number with a street, a long postcode, or most of the words."""
    letters = [word for word in run if word.isalpha()]
    numbers = [word for word in run if not word.isalpha()]
    if len(set(run)) >= 3 and len(set(run)) * 2 > len(set(address)):
        return True
    if any(len(word) >= 5 for word in numbers):
        return True
    return bool(numbers) and any(len(word) >= 3 and word not in _SHORT.values() for word in letters)


def _plain(word: str) -> str:
    return _STRASSE.sub("st", _SHORT.get(word, word))
