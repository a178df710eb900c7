"""Words of a text in the form in which names are compared: case, accents and special letters folded, offsets kept.

A word is a run of letters or of digits with the marks that combine with them; what joins two words (a hyphen, an
apostrophe, a space) stays between them. The list of everyday words is made from this project's own texts.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0b82\u0bbe-\u0bcd\u0c00-\u0c04"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f"
)
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}\u00ad\u200b-\u200d\u2060\ufeff])*|\d+")
_SPECIAL = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_AMBIGUOUS = (
    "will may hope mark bill grace rose joy faith frank jack rob drew art ray sandy penny dawn summer autumn "
    "april june "
    "august eve ivy lily violet iris hazel olive amber crystal ruby jade pearl pat sue gene guy hunter chase "
    "chance cash "
    "page king prince young brown green white black gray grey long short price love may rich wood woods field "
    "fields hill "
    "hall cook baker miller smith carter fisher mason taylor bishop walker day moon star stone rivers lake parks banks "
    "bush west north east may major best good strong small little sharp swift wise noble gold silver wolf fox "
    "bird bell "
    "ford bond mills marks bills rod dean don max miles skip victor dick nick christian angel destiny melody harmony "
    "mercy constance patience charity honor dusty rusty sunny misty candy sunshine ginger basil kitty star bob buck "
    "chip chuck cliff clay dale dean earl forest glen heath lance link pierce reed rusty sterling tanner trip "
    "wade ward "
    "warren case cross field book ball love loving blank person van an in so to no do go the"
)


@dataclass(frozen=True, slots=True, repr=False)
class Word:
    """A word where it stands, and folded; ``capital`` is true for one that opens with a capital letter."""

    start: int
    end: int
    folded: str
    capital: bool


def words_of(text: str) -> list[Word]:
    """Return the words of a text in order.

    Examples
    --------
    >>> [(word.folded, word.capital) for word in words_of("Émile O’Brien-Søn")]
    [('emile', True), ('o', True), ('brien', True), ('son', True)]
    """
    return [Word(*found.span(), folded(found[0]), _opens_high(found[0])) for found in _WORD.finditer(text)]


def _opens_high(word: str) -> bool:
    """Scripts without capitals count as capital: there the letter case says nothing against a name."""
    return word[0].lower() == word[0].upper() or word[0].isupper()


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """Return a word without case, accents and invisible signs; digits of any script become ASCII.

    Examples
    --------
    >>> folded("MÜLLER"), folded("Łukasz"), folded("Straße")
    ('muller', 'lukasz', 'strasse')
    """
    if word.isascii():
        return word.lower()
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", word.casefold())
        if unicodedata.category(sign) not in ("Mn", "Cf")
    )
    plain = bare.translate(_SPECIAL)
    return "".join(str(unicodedata.decimal(sign)) for sign in plain) if plain.isdecimal() else plain


@cache
def everyday() -> frozenset[str]:
    """Return words that are ordinary before they are anybody's name."""
    raw = files("maitred.sync.screen").joinpath("everyday.txt.gz").read_bytes()
    return frozenset(gzip.decompress(raw).decode().split()) | frozenset(_AMBIGUOUS.split())
