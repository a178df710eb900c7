"""Texts made comparable without moving a letter: every offset in the folded text is an offset in the original."""

import unicodedata
from functools import lru_cache
from typing import Final

_SPACES: Final = dict.fromkeys(map(ord, "\t\n\r\v\f\u00a0\u2009\u202f\u200b\ufeff"), " ")
_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_QUOTES: Final = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u00b4`"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb"), '"'),
}
_PLAIN: Final = {**_SPACES, **_DASHES, **_QUOTES}


def straight(text: str) -> str:
    """The text with one kind of space, dash and quotation mark, letter for letter."""
    return text.translate(_PLAIN)


def fold(text: str) -> str:
    """Lower case, without accents, with one kind of space, dash and quotation mark; exactly as long as `text`."""
    plain = text.translate(_PLAIN)
    if plain.isascii():
        return plain.lower()
    return "".join(map(_folded, plain))


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    base = unicodedata.normalize("NFKD", letter)
    kept = [part for part in base if not unicodedata.combining(part)]
    return kept[0].lower()[0] if len(kept) == 1 else letter.lower()[0]
