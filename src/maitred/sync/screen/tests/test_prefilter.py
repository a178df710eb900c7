"""The promise that makes the fast doors safe: whatever the detector would mask, the prefilter lets through.

The texts are put together from the pieces that matter (heads and tails of card numbers, gaps, coded digits, words,
labels, stripe marks) and from arbitrary characters, so that a good part of them holds something to mask.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.sync.screen import prefilter, screen_json_lines, screen_text
from maitred.sync.screen.columns import text_suspects
from maitred.sync.screen.jsonlines import line_suspects, screen_line_fully
from maitred.sync.screen.views import DIGITS
from maitred.sync.screen.words import CODE_LABELS, CONTEXT, FIELD, LABEL_KEYS, VALUE_KEYS, all_spoken

CARDS = (
    "4111111111111111",
    "4222222222222",
    "5555555555554444",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "6759649826438453",
    "6240008631401148",
    "2223003122003222",
)
GAPS = (
    *"  -./\n\t\u00a0\u2013\u200b\ufeff,;:+_|*<>&%\\\"'",
    "&nbsp;",
    "&#160;",
    "&amp;nbsp;",
    "&shy",
    "<b>",
    "</td>\n<td>",
    "<!-- 1 -->",
    r"\n",
    r"\\n",
    r"\u00a0",
    r"\u003cb\u003e",
    "%20",
    "%2d",
    " - ",
    "é",
    "卡",
)
PHRASES = (
    *(word.strip("*").replace("_", " ") for word in (CONTEXT + CODE_LABELS + FIELD).split()),
    *all_spoken(),
    "order",
    "IMEI",
    "cc",
    "CB no",
    "pan",
    "12/27",
    "exp",
    "123",
    "1234",
    "%B",
    "^DOE/J^2712",
    ";",
    "=27121010000?",
    "[card •••• 1111]",
    "2026-10-01 12:34",
    "+44 20 7946 0958",
)
ALPHABETS = ("０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "෦෧෨෩෪෫෬෭෮෯")
FIELDS = st.sampled_from(("", "body", "card_number", "custom.ccNum", "cvv", "subject"))


@st.composite
def coded_digit(draw: st.DrawFn, digit: str) -> str:
    """Write a digit in one of the ways that the detector reads."""
    forms = (
        "&#{0};",
        "&#x{0:x};",
        "&amp;#0{0};",
        "&#{0}",
        "\\u{0:04x}",
        "\\\\u{0:04X}",
        "%{0:02x}",
        "<i>{1}</i>",
        "{1}\u200b",
    )
    form = draw(st.integers(0, len(forms) + len(ALPHABETS) - 1))
    if form < len(forms):
        return forms[form].format(ord(digit), digit)
    return ALPHABETS[form - len(forms)][int(digit)]


@st.composite
def card(draw: st.DrawFn) -> str:
    """Write a card number with gaps at some places and some digits coded."""
    number = draw(st.sampled_from(CARDS))
    plainness = draw(st.integers(0, 3))
    out = []
    for place, digit in enumerate(number):
        out.append(digit if plainness or draw(st.booleans()) else draw(coded_digit(digit)))
        if place % 4 == 3 and plainness > 1:
            out.append(draw(st.sampled_from(GAPS)) if plainness == 3 else "-")
    return "".join(out)


def spoken(number: str) -> str:
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return " ".join(words[int(digit)] for digit in number)


PIECE = st.one_of(
    card(),
    card(),
    st.sampled_from([spoken(number) for number in CARDS]),
    st.sampled_from(PHRASES),
    st.sampled_from(PHRASES),
    st.sampled_from(GAPS),
    st.integers(0, 10**6).map(str),
    st.text(max_size=4),
)
TEXT = st.builds(
    lambda pieces, gaps: "".join(piece + gap for piece, gap in zip(pieces, gaps, strict=False)),
    st.lists(PIECE, min_size=1, max_size=7),
    st.lists(st.sampled_from(("", " ", " ", ": ", "-", "\n")), min_size=7, max_size=7),
)


def storable(text: str) -> str:
    """Take out lone surrogates, which no Arrow string can hold."""
    return text.encode(errors="ignore").decode()


CELLS = st.lists(TEXT.map(storable), min_size=1, max_size=12)


def assert_no_cell_is_passed_over(texts: list[str], field: str) -> None:
    suspects = set(text_suspects(pa.array([text.encode() for text in texts]), field))
    for row, text in enumerate(texts):
        if row not in suspects:
            assert screen_text(text, field).findings == (), text


def test_a_spelled_number_right_behind_a_short_label_is_read() -> None:
    spelled = "four" + " one" * 15
    assert_no_cell_is_passed_over([spelled, f"cc {spelled}", f"Cc: {spelled}", f"pan no {spelled}"], "")


@pytest.mark.parametrize("before", ["\n", "\r\n", "\t", "é", "x%0a"])
@pytest.mark.parametrize("style", range(4))
def test_a_short_label_right_behind_an_escaped_sign_is_read(before: str, style: int) -> None:
    spelled = "four" + " one" * 15
    record = {spelled: f"4111111111111111{before}cc {spelled}", "note": f"hello{before}pan no {spelled}"}
    assert_no_line_is_passed_over([written(record, style)])


@settings(max_examples=40, deadline=None)
@given(texts=CELLS, field=FIELDS)
def test_no_cell_that_holds_something_is_passed_over(texts: list[str], field: str) -> None:
    assert_no_cell_is_passed_over(texts, field)


@pytest.mark.slow
@pytest.mark.long
@settings(max_examples=2000, deadline=None)
@given(texts=CELLS, field=FIELDS)
def test_no_cell_that_holds_something_is_passed_over_in_many(texts: list[str], field: str) -> None:
    assert_no_cell_is_passed_over(texts, field)


@st.composite
def record(draw: st.DrawFn) -> dict[str, Any]:
    """Make a nested record whose keys and neighbours may speak of cards."""
    keys = st.one_of(
        st.sampled_from(
            [
                *sorted(LABEL_KEYS | VALUE_KEYS),
                "body",
                "card_number",
                "cardNumber",
                "card",
                "ccNum",
                "pan",
                "userPan",
                "cvv",
                "security_code",
                "a\\",
                "a:",
            ]
        ),
        TEXT.map(storable),
    )
    leaves = st.one_of(
        TEXT.map(storable),
        TEXT.map(storable),
        st.sampled_from([int(number) for number in CARDS] + [123, 4417938221199, 1.5, None, True]),
        st.sampled_from(["cvv", "Card number", "PAN", "123", "0123", ": 4111 1111 1111 1111"]),
    )
    values = st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
        max_leaves=6,
    )
    return draw(st.dictionaries(keys, values, min_size=1, max_size=4))


def written(record: dict[str, Any], style: int) -> bytes:
    """Write a record as different servers do: compact, spaced, ASCII only, with markup escaped."""
    if style == 0:
        return orjson.dumps(record)
    if style == 1:
        return json.dumps(record, ensure_ascii=False).encode()
    text = json.dumps(record, separators=(",", ":") if style == 2 else None)
    for sign in "<>&'=":
        text = text.replace(sign, rf"\u{ord(sign):04x}" if style == 2 else rf"\u{ord(sign):04X}")
    return text.encode()


CHUNKS = st.builds(
    lambda records, style: [written(record, style) for record in records],
    st.lists(record(), min_size=1, max_size=5),
    st.integers(0, 3),
)


def assert_no_line_is_passed_over(lines: list[bytes]) -> None:
    suspects = set(line_suspects(b"\n".join(lines)))
    for number, line in enumerate(lines):
        if number not in suspects:
            assert screen_line_fully(line) == (line, []), line


@settings(max_examples=12, deadline=None)
@given(lines=CHUNKS)
def test_no_line_that_holds_something_is_passed_over(lines: list[bytes]) -> None:
    assert_no_line_is_passed_over(lines)


@pytest.mark.slow
@pytest.mark.long
@settings(max_examples=2000, deadline=None)
@given(lines=CHUNKS)
def test_no_line_that_holds_something_is_passed_over_in_many(lines: list[bytes]) -> None:
    assert_no_line_is_passed_over(lines)


@settings(max_examples=12, deadline=None)
@given(texts=st.lists(TEXT.map(lambda text: storable(text).replace("\n", " ")), min_size=1, max_size=12))
def test_no_line_that_is_no_json_is_passed_over(texts: list[str]) -> None:
    assert_no_line_is_passed_over([text.encode() for text in texts])


@settings(max_examples=200, deadline=None)
@given(text=TEXT, field=FIELDS)
def test_screening_again_changes_nothing(text: str, field: str) -> None:
    once = screen_text(text, field)
    assert screen_text(once.text, field).findings == ()
    assert screen_text(once.text, field).text is once.text


def assert_lines_stay_as_screened(lines: list[bytes]) -> None:
    once, _ = screen_json_lines(b"\n".join(lines))
    assert screen_json_lines(once) == (once, [])
    for before, after in zip(lines, once.split(b"\n"), strict=True):
        assert type(json.loads(before)) is type(json.loads(after))


@settings(max_examples=12, deadline=None)
@given(lines=CHUNKS)
def test_screening_lines_again_changes_nothing_and_leaves_json(lines: list[bytes]) -> None:
    assert_lines_stay_as_screened(lines)


@pytest.mark.slow
@pytest.mark.long
@settings(max_examples=2000, deadline=None)
@given(lines=CHUNKS)
def test_screening_lines_again_changes_nothing_in_many(lines: list[bytes]) -> None:
    assert_lines_stay_as_screened(lines)


@settings(max_examples=100, deadline=None)
@given(
    number=st.sampled_from(CARDS),
    gap=st.sampled_from(GAPS),
    at=st.integers(1, 12),
    word=st.sampled_from(("card ", "Visa: ", "<b>Karte</b> ")),
)
def test_no_digit_run_of_a_masked_card_is_left(number: str, gap: str, at: int, word: str) -> None:
    screened = screen_text(f"{word}{number[:at]}{gap}{number[at:]} thanks")
    if gap not in {"é", "卡"}:
        assert screened.findings
        rest = re.sub(r"<[^>]*>", "", screened.text.replace(f"[card •••• {number[-4:]}]", ""))
        assert not any(sign.isdecimal() for sign in rest)


def test_every_digit_of_every_script_gets_through_however_it_is_written() -> None:
    forms = ("{0}", "&#{1};", "&#x{1:x};", "&#X{1:X};", "\\u{1:04x}")
    texts = [form.format(chr(code), code) for code in DIGITS for form in forms if code <= 0xFFFF or form != forms[-1]]
    texts += [json.dumps(chr(code)) for code in DIGITS]
    passed = prefilter.first_look(pa.array([text.encode() for text in texts]))
    assert [text for text, through in zip(texts, passed.to_pylist(), strict=True) if not through] == []


def test_every_context_word_is_known_to_the_second_look() -> None:
    words = [word.strip("*").replace("_", " ") for word in CONTEXT.split()]
    cells = [f"{word} 4111111111111111 {form}" for word in words for form in ("", word.upper())]
    cells += [json.dumps(cell) for cell in cells]
    data = pa.array([cell.encode() for cell in cells])
    assert pc.all(pc.and_(prefilter.first_look(data), prefilter.second_look(data))).as_py()
