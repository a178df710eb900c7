"""The zone table: every Rails name stands for a zone that exists, and an unknown name is never UTC."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maitred.canon.zones import RAILS_ZONES, iana_zone


@pytest.mark.parametrize("name", sorted(RAILS_ZONES))
def test_every_rails_name_resolves_to_a_zone_that_exists(name: str) -> None:
    iana = iana_zone(name)
    assert iana is not None
    assert ZoneInfo(iana).key == iana


def test_the_table_is_as_long_as_the_rails_list() -> None:
    assert len(RAILS_ZONES) >= 150


@pytest.mark.parametrize(
    ("rails", "iana"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("Berlin", "Europe/Berlin"),
        ("Chennai", "Asia/Kolkata"),
        ("Chatham Is.", "Pacific/Chatham"),
        ("Nuku'alofa", "Pacific/Tongatapu"),
        ("Kyev", "Europe/Kyiv"),
        (" Brisbane ", "Australia/Brisbane"),
    ],
)
def test_well_known_rails_names(rails: str, iana: str) -> None:
    assert iana_zone(rails) == iana


@pytest.mark.parametrize(
    ("rails", "hours"),
    [
        ("Hawaii", -10),
        ("Arizona", -7),
        ("Saskatchewan", -6),
        ("Cape Verde Is.", -1),
        ("Kathmandu", 5.75),
        ("Samoa", 13),
    ],
)
def test_zones_without_summer_time_have_the_offset_of_their_name(rails: str, hours: float) -> None:
    iana = iana_zone(rails)
    assert iana is not None
    for month in (1, 7):
        assert datetime(2025, month, 1, tzinfo=ZoneInfo(iana)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/UTC", "Asia/Calcutta"])
def test_an_iana_name_is_accepted_as_it_is(name: str) -> None:
    assert iana_zone(name) == name


@pytest.mark.parametrize(
    "name", ["", " ", "Atlantis", "Europe", "../etc/passwd", "a\0b", "\ud800", "right/UTC", "localtime"]
)
def test_an_unknown_name_is_unknown_and_never_utc(name: str) -> None:
    assert iana_zone(name) is None
