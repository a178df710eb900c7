"""Words and pieces of words of texts as numbers: tier 0, for every classifier of this room.

Texts are read without their zones, in lower case and in one form of each character, with addresses and numbers made
alike, so that a signature or another way to type a letter changes little; pieces of words bear a typing error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maitred.insight.text.zones import own_words

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_LONG_NUMBER = re.compile(r"\d{3,}")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_WORD = r"(?u)\b\w+\b"
_LONGEST = 20_000
"""Characters of a text that are read."""


def plain(text: str) -> str:
    """A text as classifiers read it.

    >>> plain("Where’s order 123456?\\n> Hello")
    "where's order 000?"
    """
    own = unicodedata.normalize("NFKC", own_words(text)[:_LONGEST]).translate(_APOSTROPHES).lower()
    return " ".join(_LONG_NUMBER.sub("000", _ADDRESS.sub(" address ", own)).split())


@dataclass(frozen=True, slots=True)
class Features:
    """What turns plain texts into rows of weights; made by ``learned``."""

    words: Any
    pieces: Any

    def rows(self, texts: Sequence[str]) -> Any:
        """A sparse row for each plain text."""
        from scipy.sparse import hstack

        return hstack([self.words.transform(texts), self.pieces.transform(texts)], format="csr")


def learned(texts: Sequence[str]) -> Features:
    """Weights of the words and pieces that occur in plain texts (TF-IDF)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared: dict[str, Any] = {"sublinear_tf": True, "lowercase": False}
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=_WORD, **shared)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **shared)
    known = texts if any(re.search(_WORD, one) for one in texts) else [*texts, "nothing"]
    return Features(words.fit(known), pieces.fit(known))
