"""Which terms of a vocabulary a text names, and where: one pass of an Aho-Corasick automaton, whole words only."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from maitred.insight.ranking.reading.folding import fold, straight
from maitred.insight.ranking.reading.tables import Term

_INSIDE: Final = re.compile(r"[a-z0-9]")
_SEPARATORS: Final = str.maketrans("-_", "  ")
_NEXT_WORD: Final = re.compile(r"\W*([a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Found:
    """A term and the slice of the text that names it."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    term: Term
    length: int
    exact: str
    unless: frozenset[str]


def find_terms(text: str, vocabulary: tuple[Term, ...]) -> list[Found]:
    """The terms that `text` names, in order, longest first, never overlapping.

    Case does not matter, nor does a hyphen for a space; an alias written ``=Word`` needs its capitals, and one written
    ``word^at,in`` is no name of the term when one of these words follows.
    """
    automaton = _automaton(vocabulary)
    folded = fold(text).translate(_SEPARATORS)
    plain = straight(text)
    hits: list[tuple[int, int, Term]] = []
    for last, patterns in automaton.iter(folded):
        end = last + 1
        for pattern in patterns:
            start = end - pattern.length
            if _whole(folded, start, end) and _allowed(pattern, plain, folded, start, end):
                hits.append((start, end, pattern.term))
                break
    return _longest(hits)


def _whole(folded: str, start: int, end: int) -> bool:
    before = start == 0 or not (folded[start - 1].isalnum() and folded[start].isalnum())
    return before and (end == len(folded) or not (folded[end].isalnum() and folded[end - 1].isalnum()))


def _allowed(pattern: _Pattern, plain: str, folded: str, start: int, end: int) -> bool:
    if pattern.exact and plain[start:end] != pattern.exact:
        return False
    if pattern.unless:
        following = _NEXT_WORD.match(folded, end)
        return not (following and following.group(1) in pattern.unless)
    return True


def _longest(hits: list[tuple[int, int, Term]]) -> list[Found]:
    found: list[Found] = []
    free = 0
    for start, end, term in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if start >= free:
            found.append(Found(term, start, end))
            free = end
    return found


_BUILT: dict[int, tuple[tuple[Term, ...], Any]] = {}


def _automaton(vocabulary: tuple[Term, ...]) -> Any:
    """The automaton of a vocabulary, made once; the vocabulary is kept beside it so that its identity stays "
    "its own."""
    kept = _BUILT.get(id(vocabulary))
    if kept is None:
        kept = _BUILT[id(vocabulary)] = (vocabulary, _build(vocabulary))
    return kept[1]


def _build(vocabulary: tuple[Term, ...]) -> Any:
    import ahocorasick

    patterns: dict[str, list[_Pattern]] = {}
    for term in vocabulary:
        for alias in (term.label, *term.aliases):
            written, _, unless = alias.partition("^")
            exact = written[1:] if written.startswith("=") else ""
            key = fold(exact or written).translate(_SEPARATORS)
            if not exact and alias == term.label and _is_guarded(term):
                continue
            pattern = _Pattern(term, len(key), exact, frozenset(unless.split(",")) if unless else frozenset())
            patterns.setdefault(key, []).append(pattern)
    automaton = ahocorasick.Automaton()
    for key, several in patterns.items():
        automaton.add_word(key, tuple(several))
    automaton.make_automaton()
    return automaton


@cache
def _is_guarded(term: Term) -> bool:
    """Whether an alias says that the label itself is a common word and must not match as it stands."""
    label = fold(term.label)
    return any(
        fold(alias.partition("^")[0].lstrip("=")) == label and (alias[0] == "=" or "^" in alias)
        for alias in term.aliases
    )
