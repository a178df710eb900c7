"""Screens one text: what may be stored of it, and what was masked. Every other door of the screen ends here.

The text is read again until nothing more is found, so that screening a screened text changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from maitred.sync.screen import words
from maitred.sync.screen.cards import Hit, cards_in
from maitred.sync.screen.codes import Spans, codes_in, masks_in, tracks_in
from maitred.sync.screen.findings import Confidence, Finding, Kind, Screened
from maitred.sync.screen.issuers import SHORTEST, STARTS
from maitred.sync.screen.spelled import FEWEST_WORDS, spelled_in, words_in
from maitred.sync.screen.views import TAG, views_of

REMOVED = "[removed]"

_GAP = "[^0-9A-Za-z]*+"
_SECOND = {two[0]: "".join(sorted(other[1] for other in STARTS if other[0] == two[0])) for two in sorted(STARTS)}
_PLAIN_ROW = re.compile(
    rf"[{''.join(_SECOND)}](?<![0-9][0-9])(?:"
    + "|".join(f"(?<={first}){_GAP}[{seconds}]" for first, seconds in _SECOND.items())
    + rf")(?:{_GAP}[0-9]){{{SHORTEST - 2}}}"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DIGIT = re.compile(r"\d")
_THREE_OR_FOUR = re.compile(r"\s*\d{3,4}\s*")


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    put: str
    kind: Kind
    confidence: Confidence


def screen_text(value: str, field: str = "") -> Screened:
    """Mask card numbers and drop what must not stand beside them.

    Parameters
    ----------
    value
        Any text: plain, HTML, or text with JSON escapes inside.
    field
        Where the text stands, as a dotted path (``comment.body``, ``custom.card_number``); a name that speaks of cards
        is evidence.

    Returns
    -------
    Screened
        The text that may be stored (the same object when nothing was found) and one finding per kind and confidence.

    Examples
    --------
    >>> screen_text("My card 4111-1111-1111-1111, cvv 123").text
    'My card [card •••• 1111], cvv [removed]'
    >>> screen_text("Order 4111111111111112").findings
    ()
    """
    if not _worth_reading(value, field):
        return Screened(value, ())
    counts: Counter[tuple[Kind, Confidence]] = Counter()
    text = value
    while edits := _edits(text, field):
        counts.update((edit.kind, edit.confidence) for edit in edits)
        text = _applied(text, edits)
    found = (Finding(field, kind, count, confidence) for (kind, confidence), count in sorted(counts.items()))
    return Screened(text, tuple(found))


def code_alone(value: str) -> bool:
    """Say whether a value is nothing but three or four digits."""
    return _THREE_OR_FOUR.fullmatch(value) is not None


def plain_field(field: str) -> str:
    """Return a field path as lower-case words, its steps apart: ``payment.ccNum`` becomes ``payment . cc num``."""
    steps = (re.sub(r"[\W_]+", " ", _CAMEL.sub(" ", step)).strip().lower() for step in field.split("."))
    return " . ".join(filter(None, steps))


@lru_cache(maxsize=4096)
def field_says_card(field: str) -> bool:
    """Say whether a field's name is about payment cards.

    Examples
    --------
    >>> [field_says_card(name) for name in ("custom.cardNumber", "pan", "sim_card", "company")]
    [True, True, False, False]
    """
    plain = plain_field(field)
    if words.FIELD_EXTRA.search(plain):
        return True
    return any(not words.OTHER_CARD.search(plain[: found.start()]) for found in words.field_pattern().finditer(plain))


@lru_cache(maxsize=4096)
def field_is_code(field: str) -> bool:
    """Say whether a field holds a card's security code by its name."""
    return words.CODE_FIELD.search(plain_field(field)) is not None


def _worth_reading(value: str, field: str) -> bool:
    """Cheap test that every text with something to mask passes: enough digits, or enough number words, or a code."""
    if len(value) < SHORTEST:
        return bool(field) and code_alone(value) and field_is_code(field)
    return digits_may_matter(value) or "[card •" in value or words_in(value) >= FEWEST_WORDS


def digits_may_matter(value: str) -> bool:
    """Cheap test that every text with a card in digits passes: enough of them, in plain text in a fitting row."""
    if not value.isascii():
        return len(_DIGIT.findall(value)) >= SHORTEST
    if sum(map(value.count, "0123456789")) < SHORTEST:
        return False
    return any(sign in value for sign in "<&%\\;") or _PLAIN_ROW.search(value) is not None


def _edits(text: str, field: str) -> list[_Edit]:
    if field_is_code(field) and code_alone(text):
        return [_Edit(0, len(text), REMOVED, "security_code", "high")]
    says_card = field_says_card(field) if field else False
    views = views_of(text)
    tracks = [
        _Edit(*span, REMOVED, "track", "high")
        for number, view in enumerate(views)
        for span in tracks_in(view, raw=number == 0)
    ]
    # The decoded reading goes first: "%20" between two digits is a space, not the digits 2 and 0.
    cards = [
        _Edit(hit.start, hit.end, _mask(hit, text), "card", hit.confidence)
        for view in reversed(views)
        for hit in cards_in(view, says_card) + spelled_in(view, says_card)
    ]
    taken = Spans()
    edits = [edit for edit in tracks + cards if taken.add((edit.start, edit.end))]
    for span in masks_in(text):
        taken.add(span)
    codes = [
        _Edit(*span, REMOVED, "security_code", "high")
        for view in views
        if taken.ends()
        for span in codes_in(view, taken)
    ]
    edits += [edit for edit in codes if taken.add((edit.start, edit.end))]
    return sorted(edits, key=lambda edit: edit.start)


def _mask(hit: Hit, text: str) -> str:
    """Return what is put for a card; tags that stood among its digits stay, so that the page around keeps its shape."""
    return f"[card •••• {hit.digits[-4:]}]" + "".join(TAG.findall(text[hit.start : hit.end]))


def _applied(text: str, edits: list[_Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.put]
        done = edit.end
    return "".join([*pieces, text[done:]])
