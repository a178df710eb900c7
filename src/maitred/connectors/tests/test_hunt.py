"""Converters: the whole column when it is sound, value by value when it is not, never an exception."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.connectors import converters as c
from maitred.connectors.converters import Converter, Faults

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]))
    | st.sampled_from(["2026-03-02T09:00:00Z", "12", "true", "Berlin", "", " "]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ALL: dict[str, Converter] = {
    "text": c.text,
    "ident": c.ident,
    "instant": c.instant,
    "instant_if_any": c.instant_if_any,
    "instant_or_epoch": c.instant_or_epoch,
    "day": c.day,
    "day_if_any": c.day_if_any,
    "flag": c.flag(),
    "flag with default": c.flag(False),
    "choice": c.choice({"open": "open", 2: "open"}, "other", "none"),
    "strict choice": c.choice({"open": "open"}, c.REFUSE),
    "texts": c.texts,
    "json_text": c.json_text,
    "json_object": c.json_object,
    "whole": c.whole,
    "decimal_if_any": c.decimal_if_any,
    "zone": c.zone,
    "zone_if_any": c.zone_if_any,
    "always": c.always(1),
}


def converted(convert: Converter, values: list[Any]) -> tuple[list[Any], dict[int, str]]:
    faults = Faults()
    array = convert(values, faults)
    return array.to_pylist(), {row: code for row, (code, _) in faults.rows.items()}


def iso(values: list[Any]) -> list[str | None]:
    return [None if value is None else value.strftime("%Y-%m-%dT%H:%M:%SZ") for value in values]


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=800, deadline=None)
@given(values=st.lists(ANYTHING, max_size=6))
def test_a_converter_takes_any_values_and_gives_as_many(name: str, values: list[Any]) -> None:
    faults = Faults()
    array = ALL[name](values, faults)
    assert len(array) == len(values)
    assert all(0 <= row < len(values) for row in faults.rows)
    assert isinstance(array, pa.Array)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=800, deadline=None)
@given(values=st.lists(ANYTHING, max_size=4), extra=ANYTHING)
def test_what_a_value_becomes_does_not_depend_on_its_neighbours(name: str, values: list[Any], extra: Any) -> None:
    together = ALL[name]([*values, extra], Faults()).to_pylist()
    alone = ALL[name]([extra], Faults()).to_pylist()
    assert repr(together[-1]) == repr(alone[0])  # repr, since NaN is not itself


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00:00.999Z", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00:00.000+0000", "2026-03-02T09:00:00Z"),
        ("2015-08-21T14:54:46+05:30", "2015-08-21T09:24:46Z"),
        ("2024-03-08 21:30:00", "2024-03-08T21:30:00Z"),
        ("2024-03-08 21:30:00 UTC", "2024-03-08T21:30:00Z"),
        ("2024-03-31T02:30:00+01:00", "2024-03-31T01:30:00Z"),
        ("2024-03-08", "2024-03-08T00:00:00Z"),
        (1772442001, "2026-03-02T09:00:01Z"),
        (1772442001.9, "2026-03-02T09:00:01Z"),
        (None, None),
        ("", None),
    ],
)
def test_times_with_z_with_offset_naive_and_in_seconds(written: Any, read: str | None) -> None:
    assert iso(converted(c.instant, [written])[0]) == [read]
    assert iso(converted(c.instant, [written, "2026-03-02 09:00", "2026-03-02T09:00:00Z"])[0])[0] == read


@pytest.mark.parametrize(
    "written", ["tomorrow", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", True, []]
)
def test_what_is_no_time_is_bad_where_a_clock_depends_on_it_and_dropped_elsewhere(written: Any) -> None:
    values, bad = converted(c.instant, ["2026-03-02T09:00:00Z", written])
    assert (values[1], bad) == (None, {1: "bad_time"})
    faults = Faults()
    assert c.instant_if_any([written], faults).to_pylist() == [None]
    assert (faults.rows, faults.dropped) == ({}, {"a time that cannot be read": 1})


def test_nul_and_half_surrogates_are_replaced_and_noted_while_emoji_and_right_to_left_stay() -> None:
    faults = Faults()
    read = c.text(["a\0b", "\ud800x", "🙂", "שלום"], faults).to_pylist()
    assert read == ["a\ufffdb", "\ufffdx", "🙂", "שלום"]
    assert (faults.mended, faults.rows) == (2, {})


def test_a_text_of_more_than_ten_megabytes_is_too_big_and_its_neighbours_stay() -> None:
    values, bad = converted(c.text, ["ok", "x" * (c.LARGEST_TEXT + 1), "é" * (c.LARGEST_TEXT // 2)])
    assert values[0] == "ok" and values[1] is None and values[2] is not None
    assert bad == {1: "too_big"}


def test_a_text_column_takes_numbers_but_no_objects() -> None:
    assert converted(c.text, [1, True, 1.5, None, "x"]) == (["1", "true", "1.5", None, "x"], {})
    assert converted(c.text, ["x", {"a": 1}]) == (["x", None], {1: "bad_type"})


def test_ids_keep_every_digit_whether_numbers_or_texts() -> None:
    assert converted(c.ident, [360001000117, None]) == (["360001000117", None], {})
    assert converted(c.ident, ["0012", " 7 ", ""]) == (["0012", "7", None], {})
    assert converted(c.ident, [2**63, 2**64 + 1, "a"]) == (["9223372036854775808", "18446744073709551617", "a"], {})
    assert converted(c.ident, [36.0, 1]) == (["36", "1"], {})
    assert converted(c.ident, [1.5, 1]) == ([None, "1"], {0: "bad_type"})
    assert converted(c.ident, [True, 1]) == ([None, "1"], {0: "bad_type"})


def test_flags_are_read_in_every_spelling() -> None:
    spelled = [True, False, "true", "FALSE", "t", "0", 1, None]
    assert converted(c.flag(), spelled) == ([True, False, True, False, True, False, True, None], {})
    assert converted(c.flag(True), [None, "maybe"]) == ([True, True], {1: "bad_type"})


def test_an_unknown_word_takes_the_default_and_is_noted_once_per_value() -> None:
    faults = Faults()
    read = c.choice({"open": "open", 2: "open"}, "other", "none")(["Open", "2", 2, "odd", "odd", None, ""], faults)
    assert read.to_pylist() == ["open", "open", "open", "other", "other", "none", "none"]
    assert faults.new_values == {("odd", "other"): 2}


def test_where_no_default_will_do_an_unknown_word_is_set_aside() -> None:
    assert converted(c.choice({"open": "open"}, c.REFUSE), ["open", "odd"]) == (["open", None], {1: "bad_enum"})


def test_lists_of_texts() -> None:
    assert converted(c.texts, [["a", "b"], None, []]) == ([["a", "b"], [], []], {})
    assert converted(c.texts, ["acme.com, acme.de", ["x", None, 1]]) == ([["acme.com", "acme.de"], ["x", "1"]], {})
    assert converted(c.texts, [7]) == ([[]], {0: "bad_type"})


def test_objects_become_json_with_sorted_keys_and_without_nulls() -> None:
    assert converted(c.json_object, [{"b": 1, "a": None, "c": "x\0"}, None]) == (['{"b":1,"c":"x\ufffd"}', "{}"], {})
    assert converted(c.json_object, [[1]]) == (["{}"], {0: "bad_type"})


def test_an_unknown_zone_is_never_utc() -> None:
    assert converted(c.zone, ["Berlin", "Atlantis", None]) == (["Europe/Berlin", None, None], {1: "unknown_zone"})
    assert converted(c.zone_if_any, ["Chennai", "Atlantis"]) == (["Asia/Kolkata", None], {})
