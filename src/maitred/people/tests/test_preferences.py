"""One's own preferences: what is kept, what means nothing, and when it is quiet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from maitred.base.errors import Conflict, Invalid
from maitred.kit.verbs import run
from maitred.people.preferences import quiet
from maitred.people.tests.floor import Floor, build


@pytest.fixture
def floor(db: None) -> Floor:
    return build()


def test_preferences_are_ones_own_and_what_is_left_out_stays(floor: Floor) -> None:
    agent = floor.actor("agent")
    before = run("people.own_settings", agent, {})
    assert (before.density, before.digest_hour, before.quiet_hours, before.shortcuts) == (
        "comfortable",
        "08:00",
        "",
        True,
    )
    wanted = {
        "language": "de", "time_zone": "Europe/Berlin", "theme": "dark", "density": "compact", "digest_hour": "7:30",
        "quiet_hours": "20:00 - 7:00", "shortcuts": False,
    }  # fmt: skip
    run("people.change_settings", agent, {"version": 1, **wanted})
    kept = run("people.change_settings", agent, {"version": 2, "theme": "light"})
    assert (kept.language, kept.time_zone, kept.theme, kept.density) == ("de", "Europe/Berlin", "light", "compact")
    assert (kept.digest_hour, kept.quiet_hours, kept.shortcuts) == ("07:30", "20:00-07:00", False)
    assert run("people.own_settings", floor.actor("mate"), {}).density == "comfortable"


def test_an_empty_word_goes_back_to_what_is_usual(floor: Floor) -> None:
    agent = floor.actor("agent")
    run("people.change_settings", agent, {"version": 1, "language": "ar", "quiet_hours": "20:00-07:00"})
    empty = {"language": "", "time_zone": "", "digest_hour": "", "quiet_hours": ""}
    kept = run("people.change_settings", agent, {"version": 2, **empty})
    assert (kept.language, kept.time_zone, kept.digest_hour, kept.quiet_hours) == ("", "", "", "")


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("language", "xx"),
        ("language", "de-CH"),
        ("time_zone", "Berlin"),
        ("time_zone", "../../etc/passwd"),
        ("digest_hour", "24:00"),
        ("digest_hour", "eight"),
        ("quiet_hours", "20:00"),
        ("quiet_hours", "20:00-20:00"),
        ("quiet_hours", "20:00-07:60"),
        ("density", "tiny"),
        ("theme", "pink"),
    ],
)
def test_what_means_nothing_is_refused_and_named(floor: Floor, field: str, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        run("people.change_settings", floor.actor("agent"), {"version": 1, field: word})
    assert refused.value.errors[0]["field"] == field


def test_a_stale_version_changes_nothing(floor: Floor) -> None:
    agent = floor.actor("agent")
    run("people.change_settings", agent, {"version": 1, "density": "compact"})
    with pytest.raises(Conflict):
        run("people.change_settings", agent, {"version": 1, "density": "comfortable"})


@pytest.mark.parametrize(
    ("hours", "zone", "at", "expected"),
    [
        ("", "Europe/Berlin", (3, 0), False),
        ("20:00-07:00", "UTC", (19, 59), False),
        ("20:00-07:00", "UTC", (20, 0), True),
        ("20:00-07:00", "UTC", (3, 0), True),
        ("20:00-07:00", "UTC", (7, 0), False),
        ("12:00-13:00", "", (12, 30), True),
        ("12:00-13:00", "Asia/Kolkata", (7, 0), True),
        ("12:00-13:00", "Asia/Kolkata", (12, 30), False),
    ],
)
def test_quiet_hours_are_those_of_the_own_zone(hours: str, zone: str, at: tuple[int, int], expected: Any) -> None:
    assert quiet(hours, zone, datetime(2026, 1, 5, *at, tzinfo=UTC)) is expected
