"""Foreign words: what is plain is mapped, what is not maps to nothing."""

from __future__ import annotations

import pytest

from maitred.connectors.files.eventlog.words import channel_of, flag_of, priorities_of


@pytest.mark.parametrize(
    ("word", "priority"),
    [
        ("Critical", "urgent"),
        ("1 - Critical", "urgent"),
        ("2 – High", "high"),
        ("3 - Moderate", "normal"),
        ("4 - Low", "low"),
        ("5 - Planning", "low"),
        ("P1", "urgent"),
        ("Sev 2", "high"),
        ("medium priority", "normal"),
        ("3", "normal"),
        ("3.0", "normal"),
        ("Value 2", None),
        ("soon", None),
    ],
)
def test_priorities_map_only_when_their_meaning_is_plain(word: str, priority: str | None) -> None:
    assert priorities_of([word]) == {word: priority}


def test_numbers_are_ranks_only_when_all_of_them_lie_in_one_to_five() -> None:
    assert priorities_of(["1", "2", "10"]) == {"1": None, "2": None, "10": None}
    assert priorities_of(["0", "High"]) == {"0": None, "High": "high"}


def test_channels_and_flags_by_word() -> None:
    assert [channel_of(word) for word in ("Phone", "E-Mail", "Self-service", "Fax")] == ["phone", "email", "web", None]
    assert [flag_of(word) for word in ("TRUE", "no", "1", "maybe")] == [True, False, True, None]
