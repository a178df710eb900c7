"""What is personal in a text is found whole and in place, however written; ordinary numbers stay what they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.sync.screen import Known, Span, identities_in, patterns_in
from maitred.sync.screen.tests import planted
from maitred.sync.screen.tests.planted import Planted

PUBLISHED = """
219-09-9999|046 454 286, my SIN|AB 12 34 56 C|943 476 5919 is my NHS number|1234567T|86095742719, Steuer-ID
1237 010180, SV-Nr.|756.9217.0769.85|12345678Z|X1234567L|2 95 10 99 126 111 93|123456789, NIF|111222333, BSN
85.07.30-033.28|44051401359, PESEL|811218-9876|211062-5629, CPR|131052-308T|710319/2745|33392005961, OIB
1630615123457, CNP|10000000146, TC kimlik|123 456 782, TFN|111.444.777-35|12.345.678-5|BOXW310820HNERXN09
2341 2341 2346, Aadhaar|8001015009087, ID number|S1234567D|971013-9019902|11010519491231002X|039337423, teudat zehut
"""
"""Numbers that the offices of the countries, or books about the numbers, print as examples."""

KNOWN = Known(
    names=("Ana María Ruiz", "Will Hope", "Seán O'Brien-Smith", "Jürgen Müller", "Vân Lê"),
    emails=("Ana.Ruiz@mail.example",),
    phones=("+49 (0)30 901820",),
    addresses=("12 Main Street, Springfield, IL 62701",),
    accounts=("ACC-12345",),
)
ODD = st.text(alphabet="aZ éß\u0301\u200b\u200f🙂שم\r\n\t.,'-@/:[]<>&;\\0٣9", max_size=60)


def found(text: str, spans: Sequence[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def share(items: Sequence[Planted], find: Callable[[Planted], list[Span]]) -> float:
    exact = sum(
        [(span.start, span.end, span.type) for span in find(one)] == [(one.start, one.end, one.type)] for one in items
    )
    return exact / len(items)


def test_planted_data_is_found_whole_and_nothing_beside_it() -> None:
    assert share(planted.structured(7, 1500), lambda one: patterns_in(one.text)) >= 0.998


def test_people_on_the_record_are_found_however_they_are_written() -> None:
    assert share(planted.identities(7, 1500), lambda one: identities_in(one.text, one.known)) >= 0.998


def test_order_numbers_dates_and_amounts_are_nobodys_data() -> None:
    assert sum(len(patterns_in(text)) for text in planted.clean(7, 1500)) <= 3


@pytest.mark.parametrize(
    "example", [example.strip() for line in PUBLISHED.split("\n") for example in line.split("|") if example]
)
def test_published_example_numbers_are_official_numbers(example: str) -> None:
    number, _, word = example.partition(",")
    text = f"Hello, here it is: {number} {word}."
    assert [(text[span.start : span.end], span.type) for span in patterns_in(text)] == [
        (number if " is " not in number else number.split(" is ")[0], "NATIONAL_ID")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi, Will you help? I hope so.", []),
        ("Thanks Will", ["Will"]),
        ("A. M. Ruiz wrote", ["A. M. Ruiz"]),
        ("Ruiz, Ana's order", ["Ruiz, Ana's"]),
        ("sean obrien smith", ["sean obrien smith"]),
        ("JUERGEN MUELLER and jurgen mulelr", ["JUERGEN MUELLER", "jurgen mulelr"]),
        ("vân lê and the van, do it", ["vân lê"]),
        ("Ana\r\nRuiz", ["Ana\r\nRuiz"]),
        ("ana.ruiz@MAIL.example.", ["ana.ruiz@MAIL.example"]),
        ("0049 30 90-18-20, 030/901820 and 30901821", ["0049 30 90-18-20", "030/901820"]),
        ("12 main st. in Springfield", ["12 main st"]),
        ("acc 12345 or #12345, not 123456", ["acc 12345", "12345"]),
    ],
)
def test_a_known_person_is_found_in_all_these_forms(text: str, expected: list[str]) -> None:
    assert found(text, identities_in(text, KNOWN)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my password is hunter2 and the password is wrong", ["hunter2"]),
        ("std::vector at 10:30:45, fe80::1%eth0", ["fe80::1%eth0"]),
        ("Done.It works, see www.shop.example/a(b).", ["www.shop.example/a(b)"]),
        ("I am 34 years old, born 3 May 1980", ["34", "3 May 1980"]),
        ("4111111111111111 but order 4111111111111111", ["4111111111111111"]),
        ("call <b>030</b> 901 820 0 today", ["030</b> 901 820 0"]),
        ("٠٣٠ ٩٠١ ٨٢٠ ٠", ["٠٣٠ ٩٠١ ٨٢٠ ٠"]),
        ("zip 12345, SW1A 1AA", ["12345", "SW1A 1AA"]),
    ],
)
def test_form_and_neighbouring_words_give_it_away(text: str, expected: list[str]) -> None:
    assert found(text, patterns_in(text)) == expected


@given(ODD, ODD, st.sampled_from(["ana.ruiz@mail.example", "DE89370400440532013000", "Ana Ruiz", "+49 30 901820"]))
def test_spans_lie_in_the_text_in_order_and_hold_what_was_planted(before: str, after: str, it: str) -> None:
    text = f"{before} {it} {after}"
    for spans in (identities_in(text, KNOWN), patterns_in(text)):
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert all(left.end <= right.start for left, right in pairwise(spans))
    at = len(before) + 1
    both = identities_in(text, KNOWN) + patterns_in(text)
    assert any(span.start <= at and at + len(it) <= span.end for span in both)


def test_a_name_in_decomposed_letters_is_the_same_name() -> None:
    text = unicodedata.normalize("NFD", "Jürgen Müller")
    assert found(text, identities_in(text, KNOWN)) == [text]


def test_no_carrier_of_foreign_text_shows_it_in_a_traceback() -> None:
    assert "Ruiz" not in repr(KNOWN)
    assert "Ruiz" not in repr(identities_in("Ana Ruiz", KNOWN))
