"""Names and addresses of unknown people are found by what introduces them, and ordinary capitals are no names."""

from __future__ import annotations

import pytest

from maitred.insight.text.personal import personal_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, my name is Ngozi Okafor and I wait.", ["Ngozi Okafor"]),
        ("I spoke to Mr. Wakefield on Monday", ["Mr. Wakefield"]),
        ("Where is it?\r\nKind regards,\r\nJürgen Müller\r\n", ["Jürgen Müller"]),
        ("Hi Yuto,\nplease wait", ["Yuto"]),
        ("Please send it to 12 Mill Street, Leeds instead", ["12 Mill Street, Leeds"]),
        ("Ich wohne Lindenstraße 5, 10115 Berlin", ["Lindenstraße 5, 10115 Berlin"]),
        ("I changed Russian Ruble at Western Union in New York", []),
        ("My name is wrong on the card. I am Very Angry.", []),
        ("Can I use Apple Pay with Google? I am not sure", []),
    ],
)
def test_what_introduces_a_person_gives_the_name_away(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in personal_in(text)] == expected


def test_a_long_text_of_capitals_is_read_in_one_go() -> None:
    assert len(personal_in("Aa Bb, " * 3000)) == 3000
