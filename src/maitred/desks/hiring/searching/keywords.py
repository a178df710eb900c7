"""Quoted phrases: looked for in the documents of the vault, of the people who rank best, until the page is full.

The documents are sealed, so that there is no index of their words: each one is opened, searched and forgotten. That is
bounded: at most ``MOST_OPENED`` people are looked at, and a page that is not full by then says that it is partial.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from maitred.insight.ranking.index import Hit
from maitred.insight.ranking.profiles.jobs import passages_of
from maitred.insight.ranking.scoring.asked import Asked

MOST_OPENED = 400
_BATCH = 25
_ANY_DAY = date(2000, 1, 1)

Documents = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]


def asks_for_words(asked: Asked) -> bool:
    """Whether a query has a phrase, wanted or refused."""
    return any(chip["slot"] == "keyword" for chip in asked.chips)


def with_words(hits: Sequence[Hit], asked: Asked, limit: int, documents: Documents) -> tuple[list[Hit], bool]:
    """The first of the hits whose documents have the phrases, and whether the bound ended it."""
    found: list[Hit] = []
    for start in range(0, len(hits), _BATCH):
        part = hits[start : start + _BATCH]
        opened = documents([one.key for one in part])
        found += [one for one in part if one.key in opened and fits(opened[one.key], asked)]
        if len(found) >= limit:
            return found[:limit], False
    return found, len(hits) >= MOST_OPENED


def fits(document: Mapping[str, Any], asked: Asked) -> bool:
    """Whether a document has a phrase of every group, and none that is refused."""
    refused = [chip for chip in asked.chips if chip["slot"] == "keyword" and chip.get("not")]
    texts = list(passages(document))
    wanted = all(any(_has(texts, asked.chips[place]) for place in group) for group in asked.keywords)
    return wanted and not any(_has(texts, chip) for chip in refused)


def passages(document: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a document that extraction may read; name, contact and the rest of the head are not among them."""
    found = passages_of(document, _ANY_DAY)
    yield from (job.title.said for job in found.jobs if job.title is not None)
    yield from (book.text.said for book in found.books)
    yield from (one.said for one in found.education)


def _has(texts: Sequence[str], chip: Mapping[str, Any]) -> bool:
    value = chip["value"]
    phrase = str(value.get("text") or value.get("label") or "") if isinstance(value, Mapping) else str(value)
    return any(_pattern(phrase).search(text) for text in texts)


@lru_cache(maxsize=256)
def _pattern(phrase: str) -> re.Pattern[str]:
    """The words of a phrase one after another, whole, whatever stands between them and however they are written."""
    words = r"\s+".join(re.escape(one) for one in phrase.split())
    return re.compile(rf"(?<!\w){words}(?!\w)" if words else r"(?!)", re.IGNORECASE)
