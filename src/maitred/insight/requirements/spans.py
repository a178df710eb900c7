"""Spans of requirements, words with their places, and tags as annotated sentences have them (BIO)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

KINDS = ("skill", "qualification", "experience")
_WORD = re.compile(r"\w+(?:['’]\w+|[-/+#.]\w+)*[+#]?|[^\w\s]")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that is asked for, with the words that say it."""

    kind: str
    text: str
    start: int
    end: int

    def told(self) -> dict[str, Any]:
        """As the command line says it."""
        return {"kind": self.kind, "text": self.text, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Word:
    """A word or sign of a text, with its place."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Words and signs of a text in order.

    Examples
    --------
    >>> [one.text for one in words("CRM tools, e.g. C++")]
    ['CRM', 'tools', ',', 'e.g', '.', 'C', '+', '+']
    """
    return [Word(hit[0], hit.start(), hit.end()) for hit in _WORD.finditer(text)]


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Sentences and lines of a text, each with where it begins."""
    start = 0
    for hit in _SENTENCE.finditer(text):
        if text[start : hit.start()].strip():
            yield start, text[start : hit.start()]
        start = hit.end()
    if text[start:].strip():
        yield start, text[start:]


def spans_of(tags: Sequence[str]) -> set[tuple[str, int, int]]:
    """Kind, first word and the word after the last, of BIO tags; other kinds than ours are left out.

    Examples
    --------
    >>> sorted(spans_of(["B-Skill", "I-Skill", "O", "B-Experience"]))
    [('experience', 3, 4), ('skill', 0, 2)]
    """
    found = set()
    start, kind = 0, ""
    for place, tag in enumerate([*tags, "O"]):
        head, _dash, name = tag.partition("-")
        if kind and (head != "I" or name.casefold() != kind):
            found.add((kind, start, place))
            kind = ""
        if head == "B" or (head == "I" and not kind):
            start, kind = place, name.casefold()
    return {one for one in found if one[0] in KINDS}


def tags_of(found: Iterable[tuple[str, int, int]], count: int) -> list[str]:
    """BIO tags of spans by words."""
    tags = ["O"] * count
    for kind, start, end in found:
        tags[start] = f"B-{kind.capitalize()}"
        tags[start + 1 : end] = [f"I-{kind.capitalize()}"] * (end - start - 1)
    return tags
