"""The screen against some thousands of labelled messages; the labels are checked first, by rules written apart."""

from __future__ import annotations

import html
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pytest

from maitred.sync.screen import screen_column, screen_text
from maitred.sync.screen.tests.corpus import DECOYS, LANGUAGES, SCHEMES, SPOKEN, Message, messages

FAST = tuple(messages(seed=20_261_001, count=3_000))


def bare_digits(text: str, language: str) -> str:
    """Return every digit a reader sees in a text, in a row: tags gone, entities and escapes read, words as digits."""
    text = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), html.unescape(html.unescape(text)))
    text = re.sub(r"%([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), re.sub(r"<[^>]*>", "", text))
    spoken = {word: str(digit) for digit, word in enumerate(SPOKEN[language])}
    text = re.sub(r"[^\W\d_]+", lambda found: spoken.get(found[0], found[0]), text)
    return "".join(str(unicodedata.digit(sign)) for sign in text if unicodedata.category(sign) == "Nd")


def doubled_sum(number: str) -> int:
    """Return the Luhn sum the long way round."""
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(number[::-1])]
    return sum(value // 10 + value % 10 for value in doubled)


def score(corpus: Sequence[Message], screened: Sequence[str]) -> tuple[float, float]:
    """Return recall and precision over masked numbers; a number of which twelve digits are left was not masked."""
    hits = wrong = cards = 0
    for message, text in zip(corpus, screened, strict=True):
        left = bare_digits(text, message.language)
        right = sum(f"[card •••• {card[-4:]}]" in text and card[:-4] not in left for card in message.cards)
        hits += right
        wrong += text.count("[card ••••") - right
        cards += len(message.cards)
    return hits / cards, hits / (hits + wrong)


def test_every_planted_card_is_one_and_can_be_read_in_its_message() -> None:
    prefixes = {(prefix, length) for _, starts, length, _ in SCHEMES for prefix in starts}
    planted = [(message, card) for message in FAST for card in message.cards]
    assert len(planted) > 1_000
    for message, card in planted:
        assert doubled_sum(card) % 10 == 0
        assert any(card.startswith(prefix) and len(card) == length for prefix, length in prefixes)
        assert card in bare_digits(message.text, message.language), message


def test_every_decoy_is_what_it_says() -> None:
    checked: Counter[str] = Counter()
    for message in FAST:
        if message.cards:
            continue
        (decoy,) = message.decoys
        digits = re.sub(r"\D", "", decoy)
        checked[message.kind] += 1
        if message.kind == "imei":
            assert doubled_sum(digits) % 10 == 0 and len(digits) == 15
        elif message.kind == "isbn":
            isbn = digits[-13:]
            assert sum(int(sign) * (1, 3)[place % 2] for place, sign in enumerate(isbn)) % 10 == 0
        elif message.kind == "iban":
            bare = decoy.replace(" ", "")
            assert int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1
        elif message.kind == "hexadecimal" and len(decoy) == 36:
            assert str(uuid.UUID(decoy)) == decoy
        elif message.kind == "order like a card":
            assert doubled_sum(re.sub(r"\D", "", decoy)) % 10 == 0
            assert "card" not in decoy
    assert set(checked) == set(DECOYS)


def test_the_corpus_spans_all_languages_schemes_and_dresses() -> None:
    with_card = [message for message in FAST if message.cards]
    assert {message.language for message in with_card} == set(LANGUAGES)
    assert {message.kind.split(",")[0] for message in with_card} == {name for name, *_ in SCHEMES}
    assert {message.kind.split(", ")[1] for message in with_card} >= {"bare", "tags", "entities", "spoken", "percent"}
    assert sum(bool(message.codes) for message in with_card) > 200


def test_recall_and_precision_hold_on_a_sample() -> None:
    recall, precision = score(FAST, [screen_text(message.text).text for message in FAST])
    assert recall >= 0.999
    assert precision >= 0.995


def test_security_codes_are_gone_and_other_numbers_are_there() -> None:
    kept = codes = gone = 0
    for message in FAST:
        text = screen_text(message.text).text
        kept += all(decoy in text for decoy in message.decoys)
        if message.codes:
            codes += 1
            gone += "[removed]" in text
    assert gone / codes >= 0.999
    assert kept / len(FAST) >= 0.999


def test_screening_twice_changes_nothing() -> None:
    for message in FAST:
        once = screen_text(message.text).text
        assert screen_text(once).text is once


def test_a_column_gives_what_its_cells_give_one_by_one() -> None:
    column = pa.array([message.text for message in FAST] * 2)
    screened, found = screen_column(column, "body")
    assert screened.to_pylist() == [screen_text(message.text).text for message in FAST] * 2
    assert sum(finding.kind == "card" for _, finding in found) > 2_000


@pytest.mark.slow
def test_recall_and_precision_hold_on_twenty_thousand() -> None:
    corpus = tuple(messages(seed=7, count=20_000))
    screened, _ = screen_column(pa.array([message.text for message in corpus]), "body")
    recall, precision = score(corpus, [str(text) for text in screened.to_pylist()])
    assert recall >= 0.999
    assert precision >= 0.995
