"""Sentences about what must not count are blanked in a text before it is read, letter for letter, so that places stay.

Age, birth, family, health, origin, religion, gender, clubs and colleges of one gender or group, year of graduation.
The rule is wide on purpose: to lose a sentence costs a reader's word or two, to read it would let it count.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

_GROUPS: Final = (
    r"women(?:['’]s)?|woman(?:['’]s)?|men['’]s|mens|girls?(?:['’]s)?|boys?(?:['’]s)?|ladies(?:['’])?|"
    r"gentlemen(?:['’]s)?|"
    r"female|male|gay|lesbian|lgbt\w*|queer|trans(?:gender)?|black|latin[oax]s?|hispanic|asian|african|arab|"
    r"muslim|islamic|"
    r"christian|catholic|jewish|hindu|sikh|buddhist|veterans?|disabled|disability|deaf|mothers?|fathers?|moms?|dads?"
)
_BODIES: Final = (
    r"clubs?|society|societies|association|network|league|college|university|school|union|guild|chapter|council|forum|"
    r"circle|alliance|caucus|group|community|fellowship|church|choir|team|squad|crew|initiative|foundation|leadership|"
    r"in (?:tech\w*|business|leadership|support|management|engineering|science)"
)
_ABOUT: Final = re.compile(
    rf"(?i)\b(?:(?:{_GROUPS})\b[\w\s,&'’-]{{0,30}}?\b(?:{_BODIES})|sororit(?:y|ies)|fraternit(?:y|ies)|"
    r"(?:date|place) of birth|birth ?(?:date|day)|born (?:in|on)|d\.o\.b|years? old|aged \d|age:?\s*\d|"
    r"married|divorced|widowed|unmarried|marital|my (?:husband|wife|children|kids|son|daughter)|"
    r"(?:husband|wife|mother|father|parent) (?:of|to) (?:\w+ )?(?:\d|two|three|four|twins|young)|maternity leave|"
    r"parental leave|paternity leave|pregnan\w+|nationality|citizen(?:ship)?|religio\w+|"
    r"(?:she|he|they)\s*/\s*(?:her|him|them)s?|class of (?:19|20)\d\d|graduated (?:in |from )?|graduation year)"
)
_HINTS: Final = (
    "woman women men's men’s girl boy lady ladies gentlem male gay lesb lgbt queer trans black latin hispan "
    "asian african arab "
    "musl islam christ cathol jewish hindu sikh buddh veteran disab deaf mother father moms dads sororit "
    "fraternit birth born "
    "d.o.b aged age: marri divorc widow marital husband wife children kids daughter pregnan maternity parent paternity "
    "nationality citizen religio /her /him /them class graduat"
).split()
_PHRASES: Final = ("years old", "year old", "my son", "mens ", "/ her", "/ him", "/ them")
_ENDS: Final = ".!?;\n*\r"
_SIGNS: Final = dict.fromkeys(map(ord, "•▪►●‣◦∙○■□➢✓"), "*")
"""Bullets as one sign that costs no reader anything."""


def without(text: str) -> str:
    """The text with such sentences blanked and bullets made one sign; as long as before.

    >>> " ".join(without("Led the desk. Captain of the women's chess club. Used Zendesk.").split())
    'Led the desk. Used Zendesk.'
    """
    text = text.translate(_SIGNS)
    found = [one for low, high in _suspects(text) for one in _ABOUT.finditer(text, low, high)]
    if not found:
        return text
    letters = list(text)
    for one in found:
        low = max(text.rfind(end, 0, one.start()) for end in _ENDS) + 1
        ends = [place for end in _ENDS if (place := text.find(end, one.end())) >= 0]
        for place in range(low, min([*(end + 1 for end in ends), len(text)])):
            if letters[place] != "\n":
                letters[place] = " "
    return "".join(letters)


def _suspects(text: str) -> list[tuple[int, int]]:
    """The lines that may hold such a sentence, by a quick look for the beginnings of its words."""
    plain = text.lower()
    if len(plain) != len(text):  # a letter whose small form is longer: look at all of it
        return [(0, len(text))]
    found: list[tuple[int, int]] = []
    for last, _ in _automaton().iter(plain):
        if not found or last >= found[-1][1]:
            end = plain.find("\n", last)
            found.append((plain.rfind("\n", 0, last) + 1, len(plain) if end < 0 else end))
    return found


@cache
def _automaton() -> Any:
    import ahocorasick

    made = ahocorasick.Automaton()
    for hint in (*_HINTS, *_PHRASES):
        made.add_word(hint, hint)
    made.make_automaton()
    return made
