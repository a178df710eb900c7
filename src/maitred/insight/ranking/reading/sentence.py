"""One query while it is read: its words, which of them are used up, and the chips found so far."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from maitred.insight.ranking.chips import Blocked, Chip, Value
from maitred.insight.ranking.reading.folding import fold
from maitred.insight.ranking.reading.titles import Word, words

USED: Final = "\x01"
"""What stands in `Sentence.open` for letters that are used up."""


@dataclass(slots=True)
class Draft:
    """A chip that may still change."""

    slot: str
    value: Value
    start: int
    end: int
    must: bool = False
    negated: bool = False
    any_of: int | None = None
    assumed: tuple[str, ...] = ()
    of: str = ""
    alternatives: tuple[Mapping[str, Any], ...] = ()
    or_equivalent: bool = False
    warning: str = ""
    marks: dict[str, Any] = field(default_factory=dict)

    def chip(self) -> Chip:
        """The finished chip."""
        return Chip(
            self.slot,
            self.value,
            self.start,
            self.end,
            self.must,
            self.negated,
            self.any_of,
            self.assumed,
            self.of,
            self.alternatives,
            self.or_equivalent,
            self.warning,
        )


@dataclass(slots=True)
class Sentence:
    """A query in forms of one length: as written, folded, and both with used letters blanked."""

    text: str
    folded: str
    open: str
    written: str
    drafts: list[Draft] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    unread: list[tuple[int, int]] = field(default_factory=list)
    """Slices that no slot can hold and no chip may be made of."""

    @classmethod
    def of(cls, text: str) -> "Sentence":
        """A query that nothing has been read of."""
        folded = fold(text)
        return cls(text, folded, folded, text)

    def claim(self, start: int, end: int) -> None:
        """These letters are used up."""
        blank = USED * (end - start)
        self.open = self.open[:start] + blank + self.open[end:]
        self.written = self.written[:start] + blank + self.written[end:]

    def release(self, start: int, end: int) -> None:
        """These letters are free again."""
        self.open = self.open[:start] + self.folded[start:end] + self.open[end:]
        self.written = self.written[:start] + self.text[start:end] + self.written[end:]

    def is_open(self, start: int, end: int) -> bool:
        """Whether no letter of a slice is used up."""
        return USED not in self.open[start:end]

    def add(self, slot: str, value: Value, start: int, end: int, **rest: Any) -> Draft:
        """A chip from a slice, which is used up by it."""
        draft = Draft(slot, value, start, end, **rest)
        self.drafts.append(draft)
        self.claim(start, end)
        return draft

    def says(self, parts: tuple[str, ...]) -> bool:
        """Whether the folded query contains one of some parts of words; a quick look before a slow one."""
        folded = self.folded
        return any(part in folded for part in parts)

    def open_words(self) -> list[Word]:
        """The words that are not used up; a used stretch stands as one sign between them."""
        return [word for word in words(_USED_RUN.sub(_one_sign, self.open)) if word.text]


_USED_RUN: Final = re.compile(USED + "+")


def _one_sign(run: re.Match[str]) -> str:
    return USED + " " * (len(run.group()) - 1)


_COUNTS: Final = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "twenty five": 25,
    "twenty-five": 25,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "a hundred": 100,
    "one hundred": 100,
    "hundred": 100,
    "a couple of": 2,
    "a couple": 2,
    "couple of": 2,
    "half a dozen": 6,
    "a dozen": 12,
    "dozen": 12,
    "a": 1,
    "an": 1,
}
NUMBER: Final = (
    r"(?:\d{1,4}(?:[.,]\d)?(?![\d.,]*\d)|"
    + "|".join(
        re.escape(one).replace("\\ ", r"\s") for one in sorted(_COUNTS, key=len, reverse=True) if one not in ("a", "an")
    )
    + r")"
)
"""A count in digits or words, as part of a pattern."""


def count(written: str) -> int:
    """The whole number of a match of `NUMBER`; halves are rounded down."""
    said = written.strip()
    if said in _COUNTS:
        return _COUNTS[said]
    return int(float(said.replace(",", ".")))


AT_LEAST: Final = r"""
    at\s+least|a\s+minimum\s+of|minimum(?:\s+of)?|min\.?(?:\s+of)?|(?:no|not)\s+(?:less|fewer)\s+than|more\s+than|
    over|above|
    upwards\s+of|in\s+excess\s+of|from|>=?|≥|approximately|approx\.?|around|about|~|roughly|circa|c\.
"""
AT_MOST: Final = r"""
    up\s+to|at\s+most|a\s+maximum\s+of|maximum(?:\s+of)?|max\.?(?:\s+of)?|(?:no|not)\s+more\s+than|less\s+than|
    fewer\s+than|under|below|<=?|≤|not\s+over|not\s+exceeding
"""
"""What makes a count the least or the most, for patterns that ignore white space."""
