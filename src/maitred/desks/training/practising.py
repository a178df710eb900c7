"""A conversation made fit to practise on: cut before the reply, names and numbers masked; and what a score comes to.

Masking knows the people of the ticket by name and errs towards too much. It cannot know a name that stands nowhere in
the ticket's records, which is why whoever gives the practice reads the masked text first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maitred.insight import scoring
from maitred.kit.safety.personal import scrub

SHORTEST = 3
"""Letters that a part of a name needs to be looked for by itself."""
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_NUMBER = re.compile(r"(?<!\w)[#]?\d[\d./-]{4,}\d(?!\w)|(?<!\w)(?=\w*\d\w*\d)[A-Z0-9]{2,}(?:-[A-Z0-9]+)+(?!\w)")


@dataclass(frozen=True, slots=True)
class Said:
    """One public message: ``customer`` or ``team``, and its words."""

    side: str
    text: str


def until_reply(rows: Sequence[Said]) -> list[Said]:
    """What was said until the first reply of the team to what the customer wrote; all where there is none."""
    asked = False
    for place, one in enumerate(rows):
        if one.side == "customer":
            asked = True
        elif asked:
            return list(rows[:place])
    return list(rows)


def masked(rows: Iterable[Said], names: Mapping[str, str]) -> list[Said]:
    """Messages without mail addresses, telephone, card and other long numbers, links, secrets and known names.

    Parameters
    ----------
    names
        What stands for whom: a name of the ticket's people with the word that replaces it.
    """
    words = _words(names)
    pattern = _pattern(words)
    return [Said(one.side, _masked(one.text, words, pattern)) for one in rows]


def score(items: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> float | None:
    """From 0 to 100, as reviews are scored; an item without an answer does not apply.

    >>> score([{"key": "a", "title": "A", "kind": "yes_no", "weight": 60}, {"key": "b", "title": "B", "kind": "scale",
    ... "weight": 40, "minimum": 1, "maximum": 3}], {"a": "yes", "b": 2})
    80.0
    """
    given = {key: answer for key, answer in answers.items() if answer is not None}
    found = scoring.score(scoring.items_of(items), given).score
    return None if found is None else round(found, 6)


def problem_of(item: Mapping[str, Any], answer: Any) -> str:
    """What is wrong with an answer to an item; empty where it fits."""
    if answer is None:
        return f"{item['title']} is not answered"
    if isinstance(answer, bool):
        answer = "" if item["kind"] == "yes_no" else math.nan
    return scoring.problem_of(scoring.item_of(item), answer)


def _words(names: Mapping[str, str]) -> dict[str, str]:
    """Names and their parts, as they are looked for, with what replaces them."""
    found: dict[str, str] = {}
    for name, word in names.items():
        for part in (name, *re.split(r"[\s,.@_-]+", name)):
            if len(part.strip()) >= SHORTEST:
                found.setdefault(part.strip().casefold(), word)
    return found


def _masked(text: str, words: Mapping[str, str], pattern: re.Pattern[str] | None) -> str:
    text = _LINK.sub("[link]", scrub(text))
    if pattern is not None:
        text = pattern.sub(lambda found: words.get(found[1].casefold(), "[name]"), text)
    return _NUMBER.sub("[number]", text)


def _pattern(words: Mapping[str, str]) -> re.Pattern[str] | None:
    """All of them at once, the longest first, so that nothing is looked for in what replaced another."""
    if not words:
        return None
    told = "|".join(re.escape(one) for one in sorted(words, key=lambda one: (-len(one), one)))
    return re.compile(rf"(?<![\w\[])({told})(?:'s|’s)?(?![\w\]])", re.IGNORECASE)
