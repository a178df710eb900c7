"""The order in which a query is read, and what is said about what remains.

What is surest is read first and uses up its words: words that may not be used, quoted phrases, degrees, numbers with
their subject, ways of working, titles, everything that the vocabulary knows, then places. Words that are left and carry
meaning are told as not understood.
"""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from maitred.base.errors import BadInput
from maitred.insight.ranking.chips import LONGEST_QUERY, Reading
from maitred.insight.ranking.reading.blocking import block
from maitred.insight.ranking.reading.counting import read_counts
from maitred.insight.ranking.reading.linking import link
from maitred.insight.ranking.reading.naming import read_certificates, read_terms, read_titles
from maitred.insight.ranking.reading.placing import read_places
from maitred.insight.ranking.reading.schooling import read_schooling
from maitred.insight.ranking.reading.sentence import Draft, Sentence
from maitred.insight.ranking.reading.tables import words
from maitred.insight.ranking.reading.working import read_quoted, read_working

FILLERS: Final = words("filling")
"""Words that ask for nothing by themselves."""
_WORD: Final = re.compile(r"[^\W_]+(?:['.+#-][^\W_]+)*[+#]{0,2}")


def read_query(query: str) -> Reading:
    """The chips of a query."""
    if len(query) > LONGEST_QUERY:
        raise BadInput(
            f"the query has {len(query):,} characters, {LONGEST_QUERY:,} can be read",
            "say what matters in a sentence or two",
        )
    sentence = Sentence.of(query)
    read_quoted(sentence)
    _set_aside(sentence)
    read_schooling_and_blocked(sentence)
    read_counts(sentence)
    read_working(sentence)
    read_certificates(sentence)
    read_titles(sentence)
    read_terms(sentence)
    read_places(sentence)
    link(sentence)
    _warn(sentence.drafts)
    return Reading(
        query,
        tuple(draft.chip() for draft in sentence.drafts),
        tuple(sentence.blocked),
        tuple(sentence.text[start:end] for start, end in sorted([*sentence.unread, *_left(sentence)])),
    )


def read_schooling_and_blocked(sentence: Sentence) -> None:
    """Blocked words before degrees, so that "recent graduate" is no degree."""
    block(sentence)
    read_schooling(sentence)


def _set_aside(sentence: Sentence) -> None:
    """Permits to work somewhere are no place to look in: the words are told as not understood."""
    for match in _PERMIT.finditer(sentence.open):
        sentence.unread.append(match.span())
        sentence.claim(*match.span())


_PERMIT: Final = re.compile(
    r"\b(?:authori[sz](?:ed|ation)|eligib(?:le|ility)|right|permi(?:t|tted|ssion)|allowed|entitled) to work "
    r"(?:in|for|within) (?:the )?\w+|\b(?:work permit|work visa|visa|green card)(?: (?:for|in) (?:the )?\w+)?"
)


def _left(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Stretches of words that were not used and are not filling."""
    start = end = -1
    for match in _WORD.finditer(sentence.open):
        if match.group() in FILLERS or (match.group().isdigit() and len(match.group()) > 12):
            continue
        if start >= 0 and re.fullmatch(r"[\s'&/-]*", sentence.open[end : match.start()]):
            end = match.end()
            continue
        if start >= 0:
            yield start, end
        start, end = match.span()
    if start >= 0:
        yield start, end


def _warn(drafts: list[Draft]) -> None:
    """Chips that contradict each other are kept; each says so."""
    for one, other in combinations(drafts, 2):
        said = _contradiction(one, other)
        if said:
            for draft in (one, other):
                draft.warning = f"{draft.warning}; {said}" if draft.warning and said not in draft.warning else said


def _contradiction(one: Draft, other: Draft) -> str:
    if one.slot == other.slot and one.value == other.value and one.negated != other.negated:
        return "asked for and ruled out at once"
    if one.any_of is not None and one.any_of == other.any_of:
        return ""
    if one.negated or other.negated:
        return ""
    least = {draft.slot: draft.value for draft in (one, other)}
    if {"years_min", "years_max"} <= set(least) and _number(least["years_min"]) > _number(least["years_max"]):
        return "the least number of years is above the most"
    if {"lead_years_min", "years_max"} <= set(least) and _number(least["lead_years_min"]) > _number(least["years_max"]):
        return "more years of leading than years in all"
    if one.slot == other.slot and one.slot in ("remote", "employment_type", "years_min", "years_max"):
        if {one.value, other.value} == {"full_time", "permanent"} or (one.slot == "years_min" and one.of != other.of):
            return ""
        return (
            "two values that exclude each other; the stricter reading may find nobody"
            if one.value != other.value
            else ""
        )
    return ""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
