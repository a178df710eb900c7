"""Words that keep people away (C22) and questions about past pay (C21): the lists, and where they stand in a text.

The list of words serves postings and the queries of search alike: in a posting each is a warning with a better way to
say it; in a query it is taken out and named.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """A word with its place in a text, what it is about and what to say instead."""

    text: str
    start: int
    end: int
    about: str
    say: str


def terms(text: str) -> list[Found]:
    """Words about age, gender, origin, health and family, and mosts of years, in their order.

    Examples
    --------
    >>> [(one.text, one.about) for one in terms("A young, energetic native speaker")]
    [('young', 'age'), ('energetic', 'age'), ('native speaker', 'origin')]
    """
    found = [
        Found(hit[0], hit.start(), hit.end(), about, say)
        for about, say, pattern in _terms() for hit in pattern.finditer(text)
    ]  # fmt: skip
    return _apart(found)


def questions(text: str) -> list[Found]:
    """Questions about past or present pay, in English and German.

    Examples
    --------
    >>> [one.text for one in questions("State your current salary and what you expect.")]
    ['current salary']
    """
    say = "ask what somebody expects, or say the range; what they earn elsewhere is not asked"
    found = [
        Found(hit[0], hit.start(), hit.end(), language, say)
        for language, pattern in _questions() for hit in pattern.finditer(text) if not _denied(text, hit.start())
    ]  # fmt: skip
    return _apart(found)


_DENIAL = re.compile(
    r"(?:do not|don't|never|will not|won't|not|no need to|without|nicht|kein\w*)\b[^.!?\n]{0,40}$", re.IGNORECASE
)


def _denied(text: str, start: int) -> bool:
    """Whether a question is named to say that it is not asked."""
    return bool(_DENIAL.search(text[max(0, start - 80) : start]))


def _apart(found: list[Found]) -> list[Found]:
    """In order, the longer one where two overlap."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start, each.start - each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


@cache
def _terms() -> list[tuple[str, str, re.Pattern[str]]]:
    return [(one["about"], one["say"], _pattern(one["patterns"])) for one in _read()["term"]]


@cache
def _questions() -> list[tuple[str, re.Pattern[str]]]:
    return [(one["language"], _pattern(one["patterns"])) for one in _read()["question"]]


def _pattern(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w])", re.IGNORECASE)


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf-8"))
