"""Pass 2 of personal data: what a text gives away by form and check digits alone, with nobody known beforehand.

For the tags on loaded text and for redaction. Cards come from the same detector as the mask before landing; here an
uncertain number counts too, since a redaction that was not needed costs less than one that was missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from maitred.sync.screen import words
from maitred.sync.screen.cards import Hit, cards_in
from maitred.sync.screen.codes import Spans, codes_in
from maitred.sync.screen.contacts import addresses_in, emails_in, urls_in
from maitred.sync.screen.credentials import secrets_in
from maitred.sync.screen.ibans import ibans_in
from maitred.sync.screen.issuers import SHORTEST
from maitred.sync.screen.labelled import labelled_in
from maitred.sync.screen.nationals import nationals_in
from maitred.sync.screen.phones import REGIONS, phones_in
from maitred.sync.screen.spans import PersonalType, Span, without_overlaps
from maitred.sync.screen.spelled import FEWEST_WORDS, spelled_in, words_in
from maitred.sync.screen.views import View, views_of

_LABEL_REACH = 60
_FEWEST_DIGITS = 4
_FEWEST_PHONE_DIGITS = 7

_CERTAIN: dict[PersonalType, float] = {"PHONE": 0.95, "ACCOUNT": 0.9, "POSTCODE": 0.9, "USERNAME": 0.8, "AGE": 0.9}


def patterns_in(text: str, regions: Sequence[str] = REGIONS) -> list[Span]:
    """Return what stands in ``text`` by form, without overlaps, in the order of the text.

    Parameters
    ----------
    text
        Plain text, or HTML: numbers cut by markup are found too.
    regions
        Countries whose telephone plans are tried where no country code stands.

    Examples
    --------
    >>> [(span.start, span.end, span.type) for span in patterns_in("ana@mail.example, 192.0.2.7")]
    [(0, 16, 'EMAIL'), (18, 27, 'IP')]
    """
    if not text:
        return []
    spans: list[Span] = []
    for view in views_of(text):
        spans += _settled(view, regions)
    return without_overlaps(spans)


def _settled(view: View, regions: Sequence[str]) -> list[Span]:
    """Return the finds of one reading; the surer kinds are asked first, and no later one may cut into them."""
    text = view.text
    digits = sum(map(text.count, "0123456789"))
    taken = Spans()
    found: list[Span] = []

    def add(kind: PersonalType, places: Iterable[tuple[int, int]]) -> None:
        for start, end in places:
            if start < end and taken.add((start, end)):
                found.append(Span(*view.stored(start, end), kind, "pattern", _CERTAIN.get(kind, 1.0)))

    add("EMAIL", emails_in(text))
    add("SECRET", secrets_in(text))
    add("URL", urls_in(text))
    if digits:
        add("IP", addresses_in(text))
        _add_numbers(add, view, digits, regions)
    elif words_in(text) >= FEWEST_WORDS:
        add("CARD", _cards(view))
    for start, end, kind in labelled_in(text):
        add(kind, [(start, end)])
    return found


def _add_numbers(
    add: Callable[[PersonalType, Iterable[tuple[int, int]]], None], view: View, digits: int, regions: Sequence[str]
) -> None:
    text = view.text
    if digits >= 8:
        add("IBAN", ibans_in(text))
    cards = _cards(view) if digits >= SHORTEST or words_in(text) >= FEWEST_WORDS else []
    add("CARD", cards)
    if cards:
        add("SECRET", _codes_beside(view, cards))
    if digits >= _FEWEST_DIGITS:
        for start, end, kind in labelled_in(text):
            if kind != "POSTCODE":
                add(kind, [(start, end)])
        add("NATIONAL_ID", nationals_in(text))
    if digits >= _FEWEST_PHONE_DIGITS:
        add("PHONE", phones_in(text, regions))


def _cards(view: View) -> list[tuple[int, int]]:
    """Return card numbers, also bare ones without any context unless a label says that they are something else."""
    plain = View(view.text, None, None)
    sure = cards_in(plain, False) + spelled_in(plain, False)
    bare = [hit for hit in cards_in(plain, True) if hit.confidence == "high" and not _labelled(view.text, hit)]
    return [(hit.start, hit.end) for hit in sure + bare]


def _labelled(text: str, hit: Hit) -> bool:
    """Say whether a bare number is called something else, is part of a word, or is of the length of record ids."""
    before = text[max(0, hit.start - _LABEL_REACH) : hit.start]
    return len(hit.digits) == SHORTEST or before[-1:].isalnum() or words.OTHER_LABEL.search(before) is not None


def _codes_beside(view: View, cards: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    taken = Spans()
    for card in cards:
        taken.add(card)
    yield from codes_in(View(view.text, None, None), taken)
