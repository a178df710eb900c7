"""Personal data in the texts of the floor: exactly what the bits ask for, in exact spans, from reserved ranges only."""

from __future__ import annotations

import re

import numpy as np
import pytest

from maitred.floor.tests.test_texts import SLUGS, bodies, spans_by_message, turns
from maitred.floor.texts import SPAN_KINDS, Pii, Role, emails, names, phones, write
from maitred.floor.texts.personal import TEST_CARDS

LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){11,}")
LENGTHS = {"DE": 22, "GB": 22, "NL": 18, "ES": 24, "FR": 27}
FORMS = {
    "email": r"[a-z.]+\d+@example\.(org|com|net)",
    "phone": r"(\+1[ -]|\()?\d{3}\)?[ -]555[ -]01\d\d",
    "address": r"[^\n]*\d+[^\n]*",
    "card": r"[\d -]{14,19}",
    "iban": r"(DE|GB|NL|ES|FR)[0-9A-Z ]{16,40}",
    "order": r"\d{7}|ORD-\d{6}|A\d{8}|\d{16}",
    "password": r"[A-Za-z]+\d+[!?#*_$%]",
    "name": r"[^\W\d_]+( [^\W\d_]+)?",
}


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        figure = int(digit) * (1 + place % 2)
        total += figure - 9 if figure > 9 else figure
    return total % 10 == 0


def mod97(iban: str) -> int:
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97


@pytest.mark.parametrize("language", range(4))
def test_a_customer_writes_exactly_the_kinds_of_the_bits(language: int) -> None:
    some = turns(6000, 21, role=Role.CUSTOMER, language=language)
    found = spans_by_message(write(some, 3, SLUGS), 6000)
    for bits, spans in zip(some.pii, found, strict=True):
        kinds = {kind for kind, _ in spans}
        assert kinds == {name for place, name in enumerate(SPAN_KINDS) if bits >> place & 1}


def test_each_span_is_of_its_kind_and_from_a_reserved_range() -> None:
    found = spans_by_message(write(turns(30_000, 22), 3, SLUGS), 30_000)
    seen = {kind: [text for spans in found for kind_, text in spans if kind_ == kind] for kind in SPAN_KINDS}
    for kind, texts in seen.items():
        assert len(set(texts)) > 20, kind
        assert not [text for text in texts if not re.fullmatch(FORMS[kind], text)], kind
    cards = {re.sub(r"\D", "", text) for text in seen["card"]}
    assert cards <= set(TEST_CARDS)
    assert all(luhn(card) for card in cards)
    accounts = {text.replace(" ", "") for text in seen["iban"]}
    assert {len(account) - LENGTHS[account[:2]] for account in accounts} == {0}
    assert {mod97(account) for account in accounts} == {1}
    assert not any(luhn(order) for order in seen["order"] if re.fullmatch(r"\d{16}", order))


def test_who_a_span_names_is_the_person_of_the_turn() -> None:
    some = turns(3000, 23, role=Role.CUSTOMER, pii=int(Pii.NAME | Pii.EMAIL | Pii.PHONE))
    found = spans_by_message(write(some, 3, SLUGS), 3000)
    expected = {
        "name": names("customer", some.customer).to_pylist(),
        "email": emails("customer", some.customer).to_pylist(),
        "phone": phones("customer", some.customer).to_pylist(),
    }
    for place, spans in enumerate(found):
        assert sorted(spans) == sorted((kind, texts[place]) for kind, texts in expected.items())


def test_names_that_agents_write_have_spans_too() -> None:
    some = turns(2000, 24, role=Role.AGENT, behaviours=1, length=2, agent=7, quoted=0)
    some.intent[:] = np.where(some.intent == 7, 2, some.intent)
    texts = write(some, 3, SLUGS)
    agent, customers = names("agent", [7]).to_pylist()[0], names("customer", some.customer).to_pylist()
    signed = 0
    for text, customer, spans in zip(texts.bodies.to_pylist(), customers, spans_by_message(texts, 2000), strict=True):
        assert spans[0][0] == "name"
        assert customer.startswith(spans[0][1])
        signed += agent in text
        assert (agent in text) == (("name", agent) in spans[1:])
    assert signed > 1000


def test_without_bits_a_customer_gives_nothing_away() -> None:
    some = turns(8000, 25, role=Role.CUSTOMER, pii=0)
    texts = write(some, 3, SLUGS)
    assert texts.spans.num_rows == 0
    assert not [text for text in texts.bodies.to_pylist() if re.search(r"@|555[ -]01|[A-Z]{2}\d\d ?\d{4} |ORD-", text)]


def test_long_numbers_outside_of_spans_are_no_cards() -> None:
    some = turns(30_000, 26)
    texts = write(some, 3, SLUGS)
    written = texts.bodies.to_pylist()
    for span in reversed(texts.spans.to_pylist()):
        text = written[span["message"]]
        written[span["message"]] = text[: span["start"]] + "*" * (span["end"] - span["start"]) + text[span["end"] :]
    decoys = [re.sub(r"\D", "", number) for text in written for number in LONG_NUMBER.findall(text)]
    assert len(decoys) > 500
    assert not [number for number in decoys if luhn(number) and not number.startswith("0")]
    assert sum(number[0] in "45" for number in decoys) > 50
    assert sum(luhn(number) for number in decoys) > 50


def test_an_order_number_is_the_same_in_all_messages_of_a_ticket() -> None:
    some = turns(400, 27, ticket=77, pii=int(Pii.ORDER), role=Role.CUSTOMER)
    found = spans_by_message(write(some, 3, SLUGS), 400)
    assert len({text for spans in found for _, text in spans}) == 1
    assert all(len(spans) >= 1 for spans in found)


def test_spans_are_counted_in_code_points_not_in_bytes() -> None:
    some = turns(3000, 28, role=Role.CUSTOMER, pii=int(Pii.PASSWORD), language=3)
    texts = bodies(some)
    found = spans_by_message(write(some, 3, SLUGS), 3000)
    wide = [spans for text, spans in zip(texts, found, strict=True) if len(text) != len(text.encode())]
    assert len(wide) > 1000
    assert all(re.fullmatch(FORMS["password"], spans[0][1]) for spans in wide)
