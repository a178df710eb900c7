"""JSON lines: nothing but what must go is touched, and lines that are no JSON are read as text."""

from __future__ import annotations

import json
import random

import pytest

from maitred.sync.screen import Finding, screen_json_line, screen_json_lines

CLEAN = (
    b'{"id": 4417938221199,"created_at":"2026-07-20 23:55:29.123","n":1.50,"big":123456789012345678901234567890,'
    b'"body":"Order 4111111111111111 \\u003cb\\u003ewas\\u003c/b\\u003e late","tags":["a","b"],"x":null,"x":true}'
)


def screened(line: str) -> str:
    return screen_json_line(line.encode())[0].decode()


def test_a_clean_line_and_a_clean_chunk_come_back_as_the_same_object() -> None:
    chunk = b"\n".join([CLEAN] * 200)
    assert screen_json_line(CLEAN)[0] is CLEAN
    assert screen_json_lines(CLEAN)[0] is CLEAN
    assert screen_json_lines(chunk)[0] is chunk
    assert screen_json_lines(b"") == (b"", [])


def test_only_the_masked_text_changes_in_its_line() -> None:
    line = CLEAN.replace(b"was", b"card 4111 1111 1111 1111")
    mask = "card [card •••• 1111]".encode()
    out, findings = screen_json_line(line)
    decoded = CLEAN.decode().replace(r"\u003c", "<").replace(r"\u003e", ">").encode()
    assert out == decoded.replace(b"was", mask)
    assert findings == [Finding("body", "card", 1, "high")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r'{"a":"card \u0034111 1111 1111 1111"}', '{"a":"card [card •••• 1111]"}'),
        (r'{"a":"card 4111\n1111\u00a01111\t1111"}', '{"a":"card [card •••• 1111]"}'),
        (r'{"a":"c\u0061rd 4111111111111111"}', '{"a":"card [card •••• 1111]"}'),
        (r'{"a":"card \ud835\udfd2111 1111 1111 1111"}', '{"a":"card [card •••• 1111]"}'),
        (r'{"a":"card \uff14111 1111 1111 1111"}', '{"a":"card [card •••• 1111]"}'),
        (r'{"a":"card 4111\u003cb\u003e1111 1111 1111"}', '{"a":"card [card •••• 1111]<b>"}'),
        (r'{"a":"{\"card_number\":4111111111111111}"}', r'{"a":"{\"card_number\":[card •••• 1111]}"}'),
        (r'{"a":": 4111 1111 1111 1111"}', '{"a":": [card •••• 1111]"}'),
        (r'{"card 4111 1111 1111 1111":1}', '{"card [card •••• 1111]":1}'),
        ('{"card_number": 4111111111111111, "n": 1}', '{"card_number": "[card •••• 1111]", "n": 1}'),
        ('{"card_number":4111111111111111.0}', '{"card_number":"[card •••• 1111]"}'),
        ('{"card":{"number":4111111111111111}}', '{"card":{"number":"[card •••• 1111]"}}'),
        ('{"cards":[4111111111111111,7]}', '{"cards":["[card •••• 1111]",7]}'),
        ('{"ccNum":"4111111111111111"}', '{"ccNum":"[card •••• 1111]"}'),
        ('{"brand":"visa","number":4111111111111111}', '{"brand":"visa","number":"[card •••• 1111]"}'),
        ('{"value":"4111111111111111","name":"Card no"}', '{"value":"[card •••• 1111]","name":"Card no"}'),
        ('[{"field_name":"pan","value":"4111111111111111"}]', '[{"field_name":"pan","value":"[card •••• 1111]"}]'),
    ],
)
def test_a_card_is_masked_wherever_it_stands_in_a_line(line: str, expected: str) -> None:
    assert screened(line) == expected
    assert json.loads(screened(line))
    filler = b"\n".join([CLEAN] * 100)
    out, findings = screen_json_lines(filler + b"\n" + line.encode() + b"\n" + filler)
    assert out == filler + b"\n" + expected.encode() + b"\n" + filler
    assert {number for number, _ in findings} == {100}


@pytest.mark.parametrize(
    "line",
    [
        '{"id":4111111111111111,"text":"paid by card"}',
        '{"order_id":"4111111111111111","card_brand":"visa"}',
        '{"subject":"my card","ids":[4111111111111111,4222222222222]}',
        '{"sim_card":"4111111111111111"}',
        '{"minutes":480,"seconds":28800,"a":[1,2,3,4,5,6,7,8,9,10,11,12,13,14]}',
        '{"security_code":"1234","note":"sign-in"}',
    ],
)
def test_record_numbers_stay(line: str) -> None:
    assert screened(line) == line


def test_security_codes_in_members_of_their_own_go_with_the_card() -> None:
    line = '{"card_number":"4111111111111111","exp":"12/27","cvv":"123","security_code":1234,"n":123}'
    assert screened(line) == (
        '{"card_number":"[card •••• 1111]","exp":"12/27","cvv":"[removed]","security_code":"[removed]","n":123}'
    )
    assert screened('{"cvv":123}') == '{"cvv":"[removed]"}'
    assert screened('{"name":"CVV","value":"123"}') == '{"name":"CVV","value":"[removed]"}'


def test_the_finding_names_the_path_and_holds_no_number_even_from_a_key() -> None:
    _, findings = screen_json_line(b'{"card 4111 1111 1111 1111":{"card_no":"4111111111111111"}}')
    assert all("1111" not in finding.field for finding in findings)
    _, findings = screen_json_line(b'{"comments":[{"body":"card 4111111111111111"}]}')
    assert [finding.field for finding in findings] == ["comments.body"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"card 4111 1111 1111 1111", "card [card •••• 1111]".encode()),
        (b'{"a":"card 4111 1111 1111 1111', '{"a":"card [card •••• 1111]'.encode()),
        (b'\xff{"a":"card 4111 1111 1111 1111"}', b"\xff" + '{"a":"card [card •••• 1111]"}'.encode()),
        (b'{"card":4111111111111111,"x":}', '{"card":[card •••• 1111],"x":}'.encode()),
        (b'{"a":"\\ud800 card 4111111111111111"}', b'{"a":"\\ud800 card [card \\u2022\\u2022\\u2022\\u2022 1111]"}'),
        (b'{"a":NaN,"card":4111111111111111}', '{"a":NaN,"card":"[card •••• 1111]"}'.encode()),
    ],
)
def test_a_line_that_is_damaged_is_masked_all_the_same(line: bytes, expected: bytes) -> None:
    assert screen_json_line(line)[0] == expected
    filler = CLEAN + b"\n"
    assert screen_json_lines(filler * 100 + line)[0] == filler * 100 + expected


def test_line_ends_and_empty_lines_stay() -> None:
    chunk = CLEAN + b"\r\n\n" + b'{"a":"card 4111111111111111"}\r\n' + CLEAN + b"\n"
    out, findings = screen_json_lines(chunk)
    assert out == chunk.replace(b'4111111111111111"}', '[card •••• 1111]"}'.encode())
    assert [number for number, _ in findings] == [2]


def test_a_chunk_gives_what_its_lines_give_one_by_one() -> None:
    draw = random.Random(5)
    texts = ["card 4111 1111 1111 1111", "hello", "Visa 5555555555554444 cvc 123", "order 4111111111111111", "1 2 3"]
    lines = [
        json.dumps(
            {"id": draw.randrange(10**13), "body": draw.choice(texts)}, ensure_ascii=draw.random() < 0.5
        ).encode()
        for _ in range(2000)
    ]
    out, findings = screen_json_lines(b"\n".join(lines))
    one_by_one = [screen_json_line(line) for line in lines]
    assert out == b"\n".join(line for line, _ in one_by_one)
    assert findings == [(number, finding) for number, (_, found) in enumerate(one_by_one) for finding in found]
