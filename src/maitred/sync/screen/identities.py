"""Pass 1 of personal data: who is known from the helpdesk's own records is found in a text however they are written.

A name is found in any case, without its accents, with initials ("J. Ortiz"), turned round ("Ortiz, Jo"), alone or in
part, with a possessive, and with one slip of the keyboard in a word of five letters or more. Names that are everyday
words ("Will", "May") need a capital and a place where a name stands. Telephone and account numbers are compared by
their digits, addresses by their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from maitred.sync.screen.folding import Word, everyday, words_of
from maitred.sync.screen.known_numbers import KnownNumbers
from maitred.sync.screen.known_places import KnownPlaces
from maitred.sync.screen.spans import Span, without_overlaps

_PARTICLES = frozenset(
    "de da do dos das del della di du des la le les van von der den ter ten zu zur bin bint ibn al el y e i "
    "af av and und the "
    "mr mrs ms miss dr prof sir jr sr ii iii iv herr frau señor senor sra mme mlle".split()
)
_BETWEEN = re.compile(
    r"(?:[ \t\u00a0\u2009\u202f]{0,2}|\.?[ \t\u00a0]{0,2}|,[ \t\u00a0]{0,2}|[ \t]?\r?\n[ \t]?|[-‐‑'’ʼ.])"
)
_POSSESSIVE = re.compile(r"['’ʼ](?:[sS](?![^\W_])|(?![^\W_]))")
_CUE = re.compile(
    r"(?:(?:\b(?:hi|hello|hey|dear|thanks|thank you|cheers|regards|sincerely|mr|mrs|ms|miss|dr|prof|sir|madam|"
    r"name|is|am|i'm|"
    r"called|from|by|to|with|for|agent|colleague|manager|customer|user|contact|ask|ask for|told|and|cc|bcc|"
    r"attn|hallo|liebe|"
    r"lieber|hola|bonjour|love|yours|signed|spoke to|speak to|talk to)\.?)[ \t,:]{1,3}|"
    r"(?:^|[\r\n>|]|[-–—]{1,2} ?)[ \t]*|[,:@(\"“*][ \t]?)$",
    re.IGNORECASE,
)
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;][\"')\]]*\s+|[\r\n]\s*)$")
_AFTER_NAME = re.compile(r"['’]s\b|[ \t]*(?:,|$|[\r\n]|:|\)|[-–—] )")
_NOT_AFTER = re.compile(
    r"(?:\b(?:in|on|by|until|till|since|before|after|early|late|mid|this|next|last|of|from|to|and|or|through|during)\s)$",
    re.IGNORECASE,
)
_VERB_BEHIND = re.compile(
    r"\s+(?:you|i|we|he|she|it|they|this|that|the|there|my|your|be|not|someone|"
    r"anyone)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(r"(?:^|[\r\n])\s*(?:hi|hello|hey|dear|good \w+)[ \w]{0,20},\s*$", re.IGNORECASE)
_MONTHS = frozenset("april may june august summer autumn".split())
_SHORTEST_SLIP = 5
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """Who and what is on the record of a ticket: requester, agents, organisation and people in copy."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.names or self.emails or self.phones or self.addresses or self.accounts)


def identities_in(text: str, known: Known) -> list[Span]:
    """Return where somebody known stands in a text, without overlaps.

    Examples
    --------
    >>> known = Known(names=("Jo Ortiz",), phones=("+49 30 901820",))
    >>> text = "Ortiz, Jo called from 030 90 18 20; J. Ortiz's bill"
    >>> [text[span.start : span.end] for span in identities_in(text, known)]
    ['Ortiz, Jo', '030 90 18 20', "J. Ortiz's"]
    """
    return _finder(known).spans(text) if known and text else []


@lru_cache(maxsize=256)
def _finder(known: Known) -> _Finder:
    return _Finder(known)


@dataclass(frozen=True, slots=True)
class _Part:
    """One word of one name: which name, at which place; a particle or an initial never stands alone."""

    name: int
    place: int
    alone: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    word: Word
    parts: tuple[_Part, ...]
    slipped: bool = False
    initial: bool = False


class _Finder:
    """What is looked for on behalf of one record."""

    def __init__(self, known: Known) -> None:
        self._parts: dict[str, list[_Part]] = {}
        self._slips: dict[str, set[str]] = {}
        self._initials: dict[str, list[_Part]] = {}
        for number, name in enumerate(known.names):
            self._learn(number, name)
        self._emails = tuple(email.strip().lower() for email in known.emails if "@" in email)
        self._numbers = KnownNumbers(known.phones, known.accounts)
        self._places = KnownPlaces(known.addresses)

    def spans(self, text: str) -> list[Span]:
        words = words_of(text)
        found: list[Span] = []
        if self._parts:
            found += self._names(text, words)
        if self._emails:
            found += self._mails(text)
        found += self._numbers.spans(text)
        found += self._places.spans(text, words)
        return without_overlaps(found)

    def _learn(self, number: int, name: str) -> None:
        place = 0
        pieces = [piece for piece in re.split(r"[\s,]+", name.strip()) if piece]
        for piece in pieces:
            for word in _forms(piece):
                # "van" in "Jan van Dijk" says nothing; "Lê" or "Đỗ" at the end is a family.
                alone = len(word) > 1 and (word not in _PARTICLES or piece is pieces[-1] or len(pieces) < 3)
                part = _Part(number, place, alone)
                self._parts.setdefault(word, []).append(part)
                self._initials.setdefault(word[0], []).append(part)
                if len(word) >= _SHORTEST_SLIP and alone:
                    for key in {word, *_shorter(word)}:
                        self._slips.setdefault(key, set()).add(word)
                place += 1

    def _names(self, text: str, words: Sequence[Word]) -> Iterator[Span]:
        hits = [self._hit(word) for word in words]
        at = 0
        while at < len(hits):
            run = self._run(text, hits, at)
            if not run:
                at += 1
                continue
            span = self._span(text, list(run))
            if span is not None:
                yield span
            at += len(run)

    def _hit(self, word: Word) -> _Hit | None:
        parts = self._parts.get(word.folded)
        if parts:
            return _Hit(word, tuple(parts))
        if len(word.folded) == 1 and word.capital and word.folded in self._initials:
            return _Hit(word, tuple(self._initials[word.folded]), initial=True)
        if len(word.folded) >= _SHORTEST_SLIP - 1 and self._slips:
            meant = self._meant(word.folded)
            if meant:
                return _Hit(word, tuple(part for name in meant for part in self._parts[name]), slipped=True)
            # "Ortizs" for "Ortiz's": the apostrophe is what people leave out first.
            if word.folded.endswith("s") and word.folded[:-1] in self._parts:
                return _Hit(word, tuple(self._parts[word.folded[:-1]]), slipped=True)
        return None

    def _meant(self, word: str) -> list[str]:
        near: set[str] = set()
        for key in (word, *_shorter(word)):
            near |= self._slips.get(key, set())
        return sorted(name for name in near if _one_slip(word, name))

    def _run(self, text: str, hits: Sequence[_Hit | None], at: int) -> list[_Hit]:
        """Return the longest row of hits from here that can be one written name."""
        first = hits[at]
        if first is None:
            return []
        run = [first]
        names = {part.name for part in first.parts}
        places = {(part.name, part.place) for part in first.parts} if len(first.parts) == 1 else set()
        for hit in hits[at + 1 : at + 8]:
            if hit is None or not _BETWEEN.fullmatch(text[run[-1].word.end : hit.word.start]):
                break
            shared = names & {part.name for part in hit.parts if (part.name, part.place) not in places}
            if not shared or hit.word.folded in {
                one.word.folded for one in run if not one.initial and len(one.word.folded) > 1
            }:
                break
            names = shared
            if len(hit.parts) == 1:
                places.add((hit.parts[0].name, hit.parts[0].place))
            run.append(hit)
        return run

    def _span(self, text: str, run: list[_Hit]) -> Span | None:
        while run and not self._ends_well(run):
            run.pop()
        full = [hit for hit in run if not hit.initial and any(part.alone for part in hit.parts)]
        if not full or not self._believed(text, run, full):
            return None
        names = set.intersection(*({part.name for part in hit.parts} for hit in run)) or {full[0].parts[0].name}
        start, end = run[0].word.start, run[-1].word.end
        if run[-1].initial and text[end : end + 1] == ".":
            end += 1
        possessive = _POSSESSIVE.match(text, end)
        if possessive and (possessive[0][1:] or text[end - 1] in "sSxXzZ"):
            end = possessive.end()
        return Span(
            start, end, "PERSON", "identity", 0.9 if all(hit.slipped for hit in full) else 1.0, f"name {min(names)}"
        )

    def _ends_well(self, run: list[_Hit]) -> bool:
        """A row may end on a name or an initial, not on a particle."""
        last = run[-1]
        if last.initial:
            return len(run) > 1
        return any(part.alone for part in last.parts)

    def _believed(self, text: str, run: Sequence[_Hit], full: Sequence[_Hit]) -> bool:
        """Say whether the row is a name rather than ordinary words, or words that are one letter from a name."""
        telling = [hit for hit in full if not _is_everyday(text, hit.word)]
        if telling:
            return any(len(hit.word.folded) > 2 or hit.word.capital or len(full) > 1 for hit in telling)
        if len(full) > 1:
            return any(not hit.slipped for hit in full)
        word = full[0].word
        return word.capital and ((len(run) > 1 and not full[0].slipped) or _stands_as_a_name(text, word))

    def _mails(self, text: str) -> Iterator[Span]:
        lower = text.lower()
        if len(lower) != len(text):
            lower = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
        for number, email in enumerate(self._emails):
            at = lower.find(email)
            while at >= 0:
                end = at + len(email)
                if not (lower[at - 1 : at].isalnum() and at) and not lower[end : end + 1].isalnum():
                    yield Span(at, end, "EMAIL", "identity", 1.0, f"email {number}")
                at = lower.find(email, end)


def _is_everyday(text: str, word: Word) -> bool:
    """Say whether a word as it is written is an ordinary one; "Vân" is not, though "van" is."""
    return text[word.start : word.end].lower() in everyday()


def _stands_as_a_name(text: str, word: Word) -> bool:
    """Say whether a capitalised everyday word stands where a name stands."""
    before, after = text[max(0, word.start - 24) : word.start], text[word.end : word.end + 8]
    if word.folded in _MONTHS and (_NOT_AFTER.search(before) or re.match(r"\s\d", after)):
        return False
    if _VERB_BEHIND.match(text, word.end, word.end + 12) and (
        _SENTENCE_START.search(before) or _GREETING.search(before)
    ):
        return False
    if _AFTER_NAME.match(after) and (_CUE.search(before) or not _SENTENCE_START.search(before)):
        return True
    return _SENTENCE_START.search(before) is None


def _forms(piece: str) -> list[str]:
    """Return the words of one piece of a name, also without its hyphen and with its umlauts spelt out."""
    words = [word.folded for word in words_of(piece)]
    others = ["".join(words)] if len(words) > 1 else []
    if not piece.isascii():
        others += [word.folded for word in words_of(piece.lower().translate(_SPELT_OUT))]
    return list(dict.fromkeys(words + others))


def _shorter(word: str) -> Iterable[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _one_slip(left: str, right: str) -> bool:
    """Say whether one letter was added, left out, changed or swapped with its neighbour.

    Examples
    --------
    >>> _one_slip("garcai", "garcia"), _one_slip("garca", "garcia"), _one_slip("gracai", "garcia")
    (True, True, False)
    """
    if abs(len(left) - len(right)) > 1 or left == right:
        return left == right
    at = 0
    while at < min(len(left), len(right)) and left[at] == right[at]:
        at += 1
    if len(left) == len(right):
        swapped = left[at : at + 2] == right[at : at + 2][::-1] and left[at + 2 :] == right[at + 2 :]
        return left[at + 1 :] == right[at + 1 :] or swapped
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[at + 1 :] == shorter[at:]
