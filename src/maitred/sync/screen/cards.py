"""Finds card numbers in one reading of a text: which digit runs, on what evidence, and how sure.

A hit needs all three: the Luhn check digit; a range that an issuer gives out, with the right length; and context, which
is a word such as "card" within 60 characters, a field name that says so, the way cards are written in groups, or an
expiry date right behind. Chance alone passes the first test for one long number in ten, so the others matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from maitred.sync.screen import ibans, words
from maitred.sync.screen.findings import Confidence
from maitred.sync.screen.issuers import LONGEST, SHORTEST, STARTS, issuer_of, luhn_holds, may_be_issued
from maitred.sync.screen.views import INVISIBLE, View

REACH = 60
"""How far, in characters, a context word may stand from the number."""

_MOST_VISIBLE = 3
_MOST_BETWEEN = 8
_LABEL_REACH = 60

_GROUP = re.compile(r"[0-9]+")
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_DASHES = re.compile(r"[\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u00ad]")
_PLAIN_GAP = re.compile(r"|[ \-./_·•|*]| [\-./|] ")
_EXPIRY = re.compile(
    r"[\W_]{1,4}(?:exp[a-z]{0,8}[\W_]{0,3})?(?:0[1-9]|1[0-2])\s?[/\-.|]\s?(?:20)?[2-4][0-9](?![0-9])", re.IGNORECASE
)
_CODE_BEHIND = re.compile(
    rf"[^0-9]{{1,24}}?{words.code_pattern()}[^0-9]{{0,12}}[0-9]{{3,4}}(?![0-9])", re.ASCII | re.IGNORECASE
)
_COMPACT_EXPIRY = re.compile(r"(?:0[1-9]|1[0-2])[2-4][0-9]")
_MOMENT = re.compile(
    r"(?<![0-9])(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
    r"|(?:0?[1-9]|[12][0-9]|3[01])([./\-])(?:0?[1-9]|1[0-2])\1(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}([./\-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12][0-9]|3[01]))(?![0-9])"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOKEN = re.compile(r"[0-9A-Za-z]+")
_HASH_LENGTHS = frozenset({24, 32, 40, 48, 56, 64, 96, 128})
_CARD_GROUPS = frozenset(
    {
        (4, 3, 3, 3),
        (4, 6, 4),
        (4, 4, 4, 2),
        (4, 6, 5),
        (4, 4, 4, 3),
        (4, 4, 4, 4),
        (4, 4, 4, 5),
        (4, 4, 4, 4, 1),
        (4, 4, 4, 4, 2),
        (4, 4, 4, 4, 3),
    }
)


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """A card number found: where it stands in the stored text, its digits and how sure the detector is.

    It has no ``repr``, and neither have the other carriers of foreign text here: tracebacks must not show a number.
    """

    start: int
    end: int
    digits: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class _Group:
    start: int
    end: int


@dataclass(frozen=True, slots=True, repr=False)
class _Window:
    """Neighbouring groups of a chain, ``first`` to ``last`` inclusive, that read as an issuer's number."""

    chain: tuple[_Group, ...]
    first: int
    last: int
    digits: str
    firm: bool

    @property
    def start(self) -> int:
        return self.chain[self.first].start

    @property
    def end(self) -> int:
        return self.chain[self.last].end

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(group.end - group.start for group in self.chain[self.first : self.last + 1])


@dataclass(frozen=True, slots=True)
class _Judged:
    window: _Window
    confidence: Confidence
    grouped: bool


def cards_in(view: View, field_says_card: bool) -> list[Hit]:
    """Return the card numbers of one reading, without overlaps, in the order of the text."""
    hits = []
    for chain in _chains(view.text):
        windows = (window for first in range(len(chain)) for window in _windows(view.text, chain, first))
        judged = [found for window in windows if (found := _judge(view.text, window, field_says_card)) is not None]
        for found in _without_overlaps(judged):
            span = view.stored(found.window.start, found.window.end)
            hits.append(Hit(*span, found.window.digits, found.confidence))
    return hits


def context_near(text: str, start: int, end: int) -> bool:
    """Say whether a word about payment cards stands within ``REACH`` characters of the span."""
    for low, high in ((max(0, start - REACH), start), (end, end + REACH)):
        part = text[low:high]
        for found in words.context_pattern().finditer(part):
            if not words.OTHER_CARD.search(part[: found.start()]):
                return True
    return bool(words.SHORT_LABEL.search(text[max(0, start - 16) : start]))


def gap_joins(gap: str) -> bool:
    """Say whether the characters between two digit groups still let them be one number."""
    if len(gap) > _MOST_BETWEEN or any(sign.isalnum() for sign in gap):
        return False
    # A plus sign opens the next telephone number; alone it is a space in a web form.
    if "+" in gap and gap != "+":
        return False
    return len(gap) <= _MOST_VISIBLE or sum(sign not in INVISIBLE for sign in gap) <= _MOST_VISIBLE


def _chains(text: str) -> Iterator[tuple[_Group, ...]]:
    chain: list[_Group] = []
    for found in _GROUP.finditer(text):
        if chain and not gap_joins(text[chain[-1].end : found.start()]):
            yield tuple(chain)
            chain = []
        chain.append(_Group(found.start(), found.end()))
    if chain:
        yield tuple(chain)


def _windows(text: str, chain: tuple[_Group, ...], first: int) -> Iterator[_Window]:
    """Yield the runs of groups from ``first`` on whose digits some issuer may have given out."""
    digits = ""
    for last in range(first, len(chain)):
        digits += text[chain[last].start : chain[last].end]
        if len(digits) > LONGEST or (len(digits) > 1 and digits[:2] not in STARTS):
            return
        if len(digits) < SHORTEST or not may_be_issued(digits[:2], len(digits)) or not luhn_holds(digits):
            continue
        issuer = issuer_of(digits)
        if issuer is not None and len(set(digits)) > 1:
            yield _Window(chain, first, last, digits, issuer.firm)


def _judge(text: str, window: _Window, field_says_card: bool) -> _Judged | None:
    if _is_something_else(text, window):
        return None
    # Thirteen digits are common in record ids and rare on cards: only words can make them a hit.
    telling = len(window.digits) > SHORTEST
    grouped = telling and _written_like_a_card(text, window)
    dated = telling and _EXPIRY.match(text, window.end) is not None
    labelled = any(words.OTHER_LABEL.search(text[max(0, at - _LABEL_REACH) : at]) for at in _label_places(text, window))
    if labelled and not field_says_card:
        proved = grouped or dated or (telling and _CODE_BEHIND.match(text, window.end) is not None)
        return _Judged(window, "medium", grouped) if proved else None
    if field_says_card or context_near(text, window.start, window.end):
        return _Judged(window, "high" if window.firm else "medium", grouped)
    if window.firm and (grouped or dated):
        return _Judged(window, "medium", grouped)
    return None


def _label_places(text: str, window: _Window) -> list[int]:
    """Return where a label may end: before the number, and before equal groups that lead up to it."""
    places = [window.start]
    if 0 < window.first < window.last:
        before = window.chain[window.first - 1]
        if set(_gaps(text, window)) == {_plain_gap(text[before.end : window.start])}:
            places.append(window.chain[0].start)
    return places


def _is_something_else(text: str, window: _Window) -> bool:
    return (
        _is_telephone(text, window)
        or _is_fraction(text, window)
        or _is_amount(text, window)
        or _is_place(text, window)
        or _is_moment(text, window)
        or _is_list(text, window)
        or _is_in_hash(text, window)
        or _is_in_iban(text, window)
    )


def _is_telephone(text: str, window: _Window) -> bool:
    if len(window.digits) > 15 or window.start == 0 or text[window.start - 1] not in "+＋":
        return False
    # Behind a letter the plus sign is a space in a web form.
    return window.start == 1 or not (text[window.start - 2].isalnum() or text[window.start - 2] == "=")


def _is_fraction(text: str, window: _Window) -> bool:
    """Digits behind "0." are decimals of a measure, as in a score or a coordinate."""
    if window.sizes in _CARD_GROUPS or set(_gaps(text, window)) == {"."}:
        return False
    return re.search(r"(?<![0-9])[0-9]{1,3}\.$", text[: window.start][-5:]) is not None


def _is_amount(text: str, window: _Window) -> bool:
    gaps = set(_gaps(text, window))
    return gaps in ({","}, {"."}, {"'"}) and window.sizes[0] <= 3 and set(window.sizes[1:]) == {3}


def _is_place(text: str, window: _Window) -> bool:
    """Two decimal numbers side by side, such as a latitude and a longitude."""
    gaps, sizes = _gaps(text, window), window.sizes
    return len(gaps) == 3 and gaps[0] == gaps[2] == "." != gaps[1] and max(sizes[0], sizes[2]) <= 3


def _is_moment(text: str, window: _Window) -> bool:
    if window.sizes in _CARD_GROUPS or len(set(_gaps(text, window))) < 2:
        return False
    return _MOMENT.search(text, window.start, window.end) is not None


def _is_list(text: str, window: _Window) -> bool:
    """Numbers of all sizes with the comma, bar or line end of a list between them, or more equal ones beside."""
    gaps = _gaps(text, window)
    if len(gaps) < 2 or len(set(gaps)) > 1 or not re.fullmatch(r"\s*[,;|\n\t]\s*", gaps[0]):
        return False
    if len(set(window.sizes)) == 1 or window.sizes in _CARD_GROUPS:
        return window.sizes[0] > 1 and _has_neighbour(text, window, gaps[0])
    return True


def _has_neighbour(text: str, window: _Window, gap: str) -> bool:
    """Say whether another group of at least two digits stands beside the number in the same way."""
    chain = window.chain
    sides = []
    if window.first > 0:
        sides.append((chain[window.first - 1], text[chain[window.first - 1].end : window.start]))
    if window.last + 1 < len(chain):
        sides.append((chain[window.last + 1], text[window.end : chain[window.last + 1].start]))
    return any(group.end - group.start > 1 and _plain_gap(between) == gap for group, between in sides)


def _is_in_hash(text: str, window: _Window) -> bool:
    near = max(0, window.start - 36)
    for found in _UUID.finditer(text, near, window.end + 36):
        if found.start() < window.end and window.start < found.end():
            return True
    if window.first != window.last:
        return False
    for found in _TOKEN.finditer(text, max(0, window.start - 128), window.end + 128):
        if found.start() <= window.start < found.end():
            token = found[0]
            letters = re.sub(r"[0-9]", "", token)
            return bool(letters) and len(token) in _HASH_LENGTHS and re.fullmatch(r"[a-f]+|[A-F]+", letters) is not None
    return False


def _is_in_iban(text: str, window: _Window) -> bool:
    near = max(0, window.start - 44)
    for found in ibans.WRITTEN.finditer(text, near, window.end + 34):
        if found.start() < window.end and window.start < found.end() and ibans.opens_with_iban(found[0]):
            return True
    return False


def _gaps(text: str, window: _Window) -> list[str]:
    """Return what stands between the groups: invisible signs dropped, kinds of space and of dash made one."""
    groups = window.chain[window.first : window.last + 1]
    return [_plain_gap(text[left.end : right.start]) for left, right in pairwise(groups)]


def _plain_gap(gap: str) -> str:
    gap = "".join(sign for sign in gap if sign not in INVISIBLE)
    if "\n" in gap or "\r" in gap:
        return "\n"
    return _DASHES.sub("-", _SPACES.sub(" ", gap))


def _written_like_a_card(text: str, window: _Window) -> bool:
    if window.sizes not in _CARD_GROUPS:
        return False
    gaps = set(_gaps(text, window))
    if len(gaps) != 1:
        return False
    gap = gaps.pop()
    return _PLAIN_GAP.fullmatch(gap) is not None and not _goes_on(text, window, gap)


def _goes_on(text: str, window: _Window, gap: str) -> bool:
    """Say whether equal groups stand beside the number in the same way: then it is a list of numbers, not a card."""
    chain = window.chain
    if window.first > 0:
        before = chain[window.first - 1]
        joined = _plain_gap(text[before.end : window.start]) == gap
        if joined and before.end - before.start == 4 and not _ends_a_card(text, window):
            return True
    if window.last + 1 < len(chain):
        behind = chain[window.last + 1]
        joined = _plain_gap(text[window.end : behind.start]) == gap
        digits = text[behind.start : behind.end]
        if joined and len(digits) == 4 and not _COMPACT_EXPIRY.fullmatch(digits):
            return not _starts_a_card(text, window)
    return False


def _ends_a_card(text: str, window: _Window) -> bool:
    return any(
        other.last == window.first - 1 and other.sizes in _CARD_GROUPS
        for first in range(max(0, window.first - 5), window.first)
        for other in _windows(text, window.chain, first)
    )


def _starts_a_card(text: str, window: _Window) -> bool:
    return any(other.sizes in _CARD_GROUPS for other in _windows(text, window.chain, window.last + 1))


def _without_overlaps(judged: list[_Judged]) -> list[_Judged]:
    """Keep the best of overlapping readings; one inside another yields, so that no digits are left over."""
    whole = [found for found in judged if not any(_inside(found.window, other.window) for other in judged)]
    ranked = sorted(
        whole,
        key=lambda found: (
            found.confidence != "high",
            not found.grouped,
            -len(found.window.digits),
            found.window.start,
        ),
    )
    taken: set[int] = set()
    kept: list[_Judged] = []
    for found in ranked:
        groups = range(found.window.first, found.window.last + 1)
        if taken.isdisjoint(groups):
            taken.update(groups)
            kept.append(found)
    return sorted(kept, key=lambda found: found.window.start)


def _inside(window: _Window, other: _Window) -> bool:
    return other.first <= window.first and window.last <= other.last and window is not other
