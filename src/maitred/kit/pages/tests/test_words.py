"""Numbers as people read them: units, digits that follow the interval, signs, and other languages."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from maitred.kit.pages import figures, frame, words

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("module", [words, figures, frame])
def test_the_examples_in_the_docstrings_are_true(module: object) -> None:
    outcome = doctest.testmod(module)  # type: ignore[arg-type]
    assert outcome.failed == 0
    assert outcome.attempted > 0


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"), (0.4, "0 s"), (-0.4, "0 s"), (99, "99 s"), (100, "2 min"), (5_999, "1 h 40 min"), (5_940, "99 min"),
        (7_200, "2 h"), (172_740, "47 h 59 min"), (172_800, "48 h"), (36_000_000, "10,000 h"), (-7_800, "−2 h 10 min"),
    ],
)  # fmt: skip
def test_a_duration_is_told_in_the_units_that_matter(seconds: float, told: str) -> None:
    assert words.duration(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0:00:00"), (59, "0:00:59"), (3_661, "1:01:01"), (-61, "−0:01:01"), (360_000, "100:00:00")],
)
def test_an_exact_duration_has_hours_minutes_and_seconds(seconds: float, told: str) -> None:
    assert words.duration(seconds, exact=True) == told


@given(some.integers(0, 10_000_000))
def test_an_exact_duration_can_be_read_back(seconds: int) -> None:
    hours, minutes, rest = (int(one) for one in words.duration(seconds, exact=True).split(":"))
    assert hours * 3600 + minutes * 60 + rest == seconds


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.5, 0.98, "89%"), (0.879, 0.908, "89.4%"), (0.8931, 0.8945, "89.38%"), (0.89381, 0.89384, "89.38%"),
        (None, None, "89.4%"), (0.894, 0.894, "89.4%"),
    ],
)  # fmt: skip
def test_a_share_has_the_digits_that_its_interval_warrants(low: float | None, high: float | None, told: str) -> None:
    assert words.value(0.8938, "share", low, high) == told


@pytest.mark.parametrize(
    ("low", "high", "unit", "told"),
    [
        (1_560, 7_320, "seconds", "26 min – 2 h 2 min"),
        (600, 960, "seconds", "10–16 min"),
        (30, 960, "seconds", "30 s – 16 min"),
        (3_600 * 2, 3_600 * 5, "seconds", "2–5 h"),
        (0.0, 1.0, "share", "0–100%"),
        (3, 12_345, "count", "3–12,345"),
        (None, None, "seconds", ""),
        (None, 5_400, "seconds", "up to 90 min"),
        (5_400, None, "seconds", "at least 90 min"),
    ],
)
def test_both_ends_of_an_interval_carry_their_unit(low: float | None, high: float | None, unit: str, told: str) -> None:
    assert words.interval(low, high, unit) == told


@pytest.mark.parametrize(
    ("low", "high", "unit", "told"),
    [
        (-2_880, 14_040, "seconds", "−48 min to +3 h 54 min"),
        (-2_580, 4_620, "seconds", "−43 to +77 min"),
        (-0.126, 0.103, "share", "−12.6 to +10.3"),
        (-0.05, -0.01, "share", "−5 to −1"),
    ],
)
def test_the_ends_of_a_difference_carry_their_signs(low: float, high: float, unit: str, told: str) -> None:
    assert words.interval(low, high, unit, signed=True) == told


@given(some.floats(-1e7, 1e7), some.floats(0, 1e7), some.sampled_from(["seconds", "share", "points", "count"]))
def test_the_longer_end_is_told_whole(low: float, width: float, unit: str) -> None:
    high = low + width
    assert words.interval(low, high, unit).endswith(words.value(high, unit, low, high))


@pytest.mark.parametrize(
    ("amount", "unit", "told"),
    [
        (0, "seconds", "±0 s"), (60 * 13, "seconds", "+13 min"), (-60 * 13, "seconds", "−13 min"),
        (-0.021, "share", "−2.1 points"), (2, "count", "+2"), (None, "seconds", "–"),
    ],
)  # fmt: skip
def test_a_difference_has_a_sign(amount: float | None, unit: str, told: str) -> None:
    assert words.difference(amount, unit) == told


@pytest.mark.parametrize("unit", ["seconds", "share", "points", "ratio", "score", "count"])
def test_what_is_missing_is_a_dash_in_every_unit(unit: str) -> None:
    assert words.value(None, unit) == words.difference(None, unit) == "–"


def test_counts_are_grouped_and_whole() -> None:
    assert [words.count(one) for one in (0, 999, 12_345, 9_876_543_210, -1_200)] == [
        "0", "999", "12,345", "9,876,543,210", "−1,200",
    ]  # fmt: skip
    assert words.value(2.5, "per_ticket") == "2.5"
    assert words.n(1_986) == "n 1,986"


@pytest.mark.parametrize(
    ("language", "count", "share", "day"),
    [
        ("en", "12,345", "89.4%", "5 Nov 2026"),
        ("de", "12.345", "89,4\xa0%", "5. Nov. 2026"),
    ],
)
def test_numbers_follow_the_language(language: str, count: str, share: str, day: str) -> None:
    with translation.override(language):
        assert (words.count(12_345), words.share(0.894), words.day(date(2026, 11, 5))) == (count, share, day)


def test_a_share_s_interval_says_its_sign_once_in_german_too() -> None:
    with translation.override("de"):
        assert words.interval(0.879, 0.908, "share") == "87,9–90,8\xa0%"


def test_arabic_numbers_are_written_by_its_own_rules() -> None:
    with translation.override("ar"):
        told = words.count(12_345), words.share(0.894), words.day(date(2026, 11, 5))
    assert all(told)
    assert all("-" not in one for one in told)
    assert "نوفمبر" in told[2]


def test_an_instant_is_told_in_the_organisation_s_zone() -> None:
    noon = datetime(2026, 11, 5, 13, 2, 5, tzinfo=UTC)
    assert words.moment(noon, BERLIN) == "5 Nov 2026, 14:02"
    assert words.weekday_moment(noon, BERLIN) == "Thu 5 Nov, 14:02:05"
    assert words.weekday_moment(noon, BERLIN, year=True) == "Thu 5 Nov 2026, 14:02:05"
