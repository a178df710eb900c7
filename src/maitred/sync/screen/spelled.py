"""Finds card numbers that are spoken out: "my card is four one one one ..." in eight languages, digits mixed in.

Only beside a word about cards, and only with at least four number words in a row; then the same tests as for digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maitred.sync.screen import words
from maitred.sync.screen.cards import Hit, context_near, gap_joins
from maitred.sync.screen.issuers import LONGEST, SHORTEST, issuer_of, luhn_holds, may_be_issued
from maitred.sync.screen.views import View

FEWEST_WORDS = 4
"""So many number words stand in a row in every hit; the prefilter relies on it."""

_WORD = re.compile(r"[^\W\d_]+")
_WORD_OR_DIGITS = re.compile(r"[^\W\d_]+|[0-9]+")
_MOST_SPOKEN = 24
_TENS = frozenset("23456789")


@dataclass(frozen=True, slots=True, repr=False)
class _Token:
    start: int
    end: int
    digits: str
    spoken: bool
    times: int = 1


def spelled_in(view: View, field_says_card: bool) -> list[Hit]:
    """Return the spoken card numbers of one reading, without overlaps."""
    if not _words_follow_words(view.text):
        return []
    hits: list[Hit] = []
    for language in words.NUMBER_WORDS:
        for chain in _chains(view.text, language):
            for start, end, digits in _numbers(chain):
                span = view.stored(start, end)
                free = all(span[1] <= other.start or other.end <= span[0] for other in hits)
                if free and (field_says_card or context_near(view.text, start, end)):
                    hits.append(Hit(*span, digits, "medium"))
    return sorted(hits, key=lambda hit: hit.start)


def words_in(text: str) -> int:
    """Count the words that can stand in a spelled-out number of any language."""
    spoken = words.all_spoken()
    return sum(word in spoken for word in _WORD.findall(text.lower()))


def _words_follow_words(text: str) -> bool:
    """Say, at little cost, whether number words of any language come in a row long enough."""
    spoken = words.all_spoken()
    run = 0
    for word in _WORD.findall(text.lower()):
        run = run + 1 if word in spoken else 0
        if run == FEWEST_WORDS:
            return True
    return False


def _chains(text: str, language: str) -> list[list[_Token]]:
    """Return the runs of number words and digits that only signs stand between."""
    chains: list[list[_Token]] = []
    end = -1
    for found in _WORD_OR_DIGITS.finditer(text):
        token = _token(found, language)
        if token is None:
            end = -1
            continue
        if end < 0 or end == token.start or not gap_joins(text[end : token.start]):
            chains.append([])
        chains[-1].append(token)
        end = token.end
    return [chain for chain in chains if sum(token.spoken for token in chain) >= FEWEST_WORDS]


def _token(found: re.Match[str], language: str) -> _Token | None:
    start, end, text = found.start(), found.end(), found[0].lower()
    if text[0].isdecimal():
        return _Token(start, end, text, spoken=False)
    if text in (values := words.number_words(language)):
        return _Token(start, end, values[text], spoken=True)
    if text in (times := words.TIMES.get(language, {})):
        return _Token(start, end, "", spoken=True, times=times[text])
    return None


def _numbers(chain: list[_Token]) -> list[tuple[int, int, str]]:
    """Return start, end and digits of the runs of tokens that pass as card numbers, the earliest and longest first."""
    found: list[tuple[int, int, str]] = []
    first = 0
    while first < len(chain):
        best = None
        for last in range(first, min(len(chain), first + _MOST_SPOKEN)):
            part = chain[first : last + 1]
            digits = _read_out(part)
            if len(digits) > LONGEST:
                break
            if _passes(digits) and _words_in_a_row(part) >= FEWEST_WORDS:
                best = (last, digits)
        if best is None:
            first += 1
        else:
            found.append((chain[first].start, chain[best[0]].end, best[1]))
            first = best[0] + 1
    return found


def _read_out(tokens: list[_Token]) -> str:
    """Say the digits: "double four" is 44, "forty one" is 41."""
    digits, times, after_tens = "", 1, False
    for token in tokens:
        if not token.digits:
            times = token.times
            continue
        if after_tens and token.spoken and len(token.digits) == 1 and token.digits != "0":
            digits = digits[:-1] + token.digits
        else:
            digits += token.digits * times
        after_tens = token.spoken and len(token.digits) == 2 and token.digits[1] == "0" and token.digits[0] in _TENS
        times = 1
    return digits


def _words_in_a_row(tokens: list[_Token]) -> int:
    longest = run = 0
    for token in tokens:
        run = run + 1 if token.spoken else 0
        longest = max(longest, run)
    return longest


def _passes(digits: str) -> bool:
    return (
        SHORTEST <= len(digits) <= LONGEST
        and may_be_issued(digits[:2], len(digits))
        and len(set(digits)) > 1
        and issuer_of(digits) is not None
        and luhn_holds(digits)
    )
