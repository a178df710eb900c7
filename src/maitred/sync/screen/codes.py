"""Finds what must not be kept beside a card number: its security code, and the contents of its magnetic stripe.

A code is only looked for near a card (found now or masked before), since three digits alone are nothing. Stripe data is
recognised by its own marks (ISO/IEC 7813: track 1 ``%B number ^ name ^ data ?``, track 2 ``; number = data ?``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from maitred.sync.screen import words
from maitred.sync.screen.issuers import issuer_of, luhn_holds
from maitred.sync.screen.views import MASK, View

BESIDE = 160
"""How far, in stored characters, a security code may stand from the card number."""

Span = tuple[int, int]


class Spans:
    """Spans without overlaps, kept in order so that a neighbour is found quickly in a text with thousands of them."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, span: Span) -> bool:
        """Take a span in unless it overlaps one that is there; say whether it was taken."""
        if self.near(span, 0):
            return False
        place = bisect_left(self._starts, span[0])
        self._starts.insert(place, span[0])
        self._ends.insert(place, span[1])
        return True

    def near(self, span: Span, reach: int) -> bool:
        """Say whether any span stands less than ``reach`` characters away, or overlaps when ``reach`` is 0."""
        place = bisect_left(self._starts, span[1] + reach)
        return place > 0 and self._ends[place - 1] > span[0] - reach

    def ends(self) -> list[int]:
        """Return where the spans end, in order."""
        return self._ends


_TRACK_1 = re.compile(
    r"%[Bb]\s?(?P<number>[0-9][0-9 ]{11,23}[0-9])\s?\^(?P<name>[^\^\n]{2,40})\^[0-9A-Za-z =*]{0,80}\??"
)
_TRACK_2 = re.compile(r";(?P<number>[0-9]{13,19})=(?P<data>[0-9]{4,40})[0-9A-Za-z*]{0,24}\??")
_EXPIRING = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}")
_CODE = r"(?P<code>[0-9](?:[ .\-\u00a0\u200b]?[0-9]){2,3})(?![0-9]|[ ./\-\u00a0\u200b][0-9])"
_FORWARD = re.compile(rf"{words.code_pattern()}[^0-9\[]{{0,24}}?{_CODE}", re.ASCII | re.IGNORECASE)
_BACKWARD = re.compile(
    rf"(?<![0-9/\-.])(?P<code>[0-9]{{3,4}})(?:[^\w\[]|_){{1,3}}(?:(?:is|as|ist|est|es)[\W_]{{1,3}})?"
    rf"(?:(?:the|my|der|le|el|il|o|de)[\W_]{{1,3}})?{words.code_pattern()}",
    re.ASCII | re.IGNORECASE,
)
_AFTER_EXPIRY = re.compile(
    r"[^0-9A-Za-z]{1,4}(?:exp[a-z]{0,8}[^0-9A-Za-z]{0,3})?(?:0[1-9]|1[0-2])\s?[/\-.|]\s?(?:20)?[2-4][0-9]"
    r"[^0-9A-Za-z]{1,4}(?P<code>[0-9]{3,4})(?![0-9]|[/\-.][0-9])",
    re.IGNORECASE,
)


@cache
def _spoken_code() -> re.Pattern[str]:
    word = words.exact(words.all_spoken())
    label = words.code_pattern()
    return re.compile(
        rf"{label}[^0-9\[]{{0,24}}?(?P<code>{word}(?:[\W_]{{1,3}}{word}){{2,3}})", re.ASCII | re.IGNORECASE
    )


def tracks_in(view: View, raw: bool) -> list[Span]:
    """Return the stored spans of stripe data; in decoded text (not ``raw``) the number must pass the tests as well."""
    spans = [
        view.stored(*found.span())
        for found in _TRACK_1.finditer(view.text)
        if raw or _is_card(found["number"].replace(" ", ""))
    ]
    spans += [
        view.stored(*found.span())
        for found in _TRACK_2.finditer(view.text)
        if (raw and _EXPIRING.match(found["data"])) or _is_card(found["number"])
    ]
    return spans


def codes_in(view: View, cards: Spans) -> list[Span]:
    """Return the stored spans of security codes beside ``cards`` (spans in the stored text)."""
    labelled = []
    for found in _labelled(view.text):
        span = view.stored(*found.span("code"))
        if cards.near(view.stored(*found.span()), BESIDE) and not cards.near(span, 0):
            labelled.append(span)
    return labelled + _behind_expiry(view, cards)


def masks_in(text: str) -> list[Span]:
    """Return where cards were masked by an earlier run; a code beside one is a card's code as well."""
    return [found.span() for found in MASK.finditer(text)]


def _labelled(text: str) -> Iterator[re.Match[str]]:
    claimed = Spans()
    for pattern in (_FORWARD, _spoken_code(), _BACKWARD):
        for found in pattern.finditer(text):
            if claimed.add(found.span()):
                yield found


def _behind_expiry(view: View, cards: Spans) -> list[Span]:
    """A number, an expiry date and three digits in a row need no label."""
    spans = []
    ends = {end: place for place, end in enumerate(view.ends)} if view.ends is not None else None
    for end in cards.ends():
        place = end if ends is None else ends.get(end, -2) + 1
        found = _AFTER_EXPIRY.match(view.text, place) if place > 0 else None
        if found:
            spans.append(view.stored(*found.span("code")))
    return spans


def _is_card(digits: str) -> bool:
    return issuer_of(digits) is not None and luhn_holds(digits)
