"""Pages back to records: a line that cannot be read keeps its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maitred.connectors.lines import Unreadable, parse


def codes(body: bytes) -> list[str | None]:
    return [record.code if isinstance(record, Unreadable) else None for record in parse(body)]


def test_sound_lines_become_their_values_in_order() -> None:
    assert parse(b'{"id":1}\r\n\n{"id":2}') == [{"id": 1}, {"id": 2}]


def test_broken_lines_keep_their_place() -> None:
    assert codes(b'{"id":1}\n{"id":\n{"a":"\xff"}\n{"id":4}\n') == [None, "not_json", "bad_text", None]


def test_two_halves_of_a_record_are_not_glued_and_two_records_on_a_line_are_not_split() -> None:
    assert codes(b'{"a":1\n"b":2}\n{"a":1},{"b":2}\n') == ["not_json"] * 3


def test_half_a_surrogate_pair_is_read_since_the_converters_mend_it() -> None:
    assert parse(b'{"a":"\\ud83d"}') == [{"a": "\ud83d"}]


def test_nan_is_not_json() -> None:
    assert codes(b'{"a":NaN}\n{"a":"\\ud800","b":NaN}') == ["not_json", "not_json"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(body: bytes) -> None:
    lines = [line for line in body.split(b"\n") if line.strip(b" \t\r\x0b\x0c")]
    assert len(parse(body)) == len(lines)
