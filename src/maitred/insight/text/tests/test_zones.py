"""Zones: each rule on a message of its own, and what holds for any text."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.insight.text.zones import own_words, shares, zones

CASES = tomllib.loads(Path(__file__).with_name("zones.toml").read_text(encoding="utf-8"))["case"]
PARTS = [
    "\r\n",
    "\n",
    "\r",
    "> q\u0301uote",
    "Thanks,",
    "👩‍👩‍👧 Zoë",
    "--",
    "On Monday, X wrote:",
    "שלום עולם",
    "From: a",
    "To: b",
    " ",
]


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_only_what_the_author_newly_wrote_is_left(case: dict[str, Any]) -> None:
    assert own_words(case["text"]).strip() == case["own"]
    assert list(dict.fromkeys(one.kind for one in zones(case["text"]))) == case["kinds"]


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PARTS), max_size=12).map("".join)))
def test_zones_are_apart_and_blank_out_nothing_else(text: str) -> None:
    found = zones(text)
    own = own_words(text)
    at = 0
    for one in found:
        assert at <= one.start < one.end <= len(text)
        assert own[at : one.start] == text[at : one.start] and not own[one.start : one.end].strip()
        at = one.end
    assert own[at:] == text[at:] and len(own) == len(text)


def test_line_ends_change_nothing() -> None:
    for case in CASES:
        assert own_words(case["text"].replace("\n", "\r\n")).replace("\r\n", "\n").strip() == case["own"]


def test_the_share_of_each_zone_is_told() -> None:
    found = shares(["Where is it?", "> quoted 123"])
    assert found["quote"] == 0.5 and found["signature"] == 0


def test_a_text_of_a_megabyte_is_read() -> None:
    assert len(own_words("card " * 200_000)) == 1_000_000
    assert not own_words("> card\n" * 100_000).strip()
