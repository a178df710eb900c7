"""What pages say of a connection: one state, what to do about it, and where reading stands in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from maitred.connectors import registry
from maitred.connectors.live import Account
from maitred.desks.helpdesks.pages import guides, places, wording
from maitred.desks.helpdesks.pages.wording import Facts

BERLIN = ZoneInfo("Europe/Berlin")
NEWEST = datetime(2026, 11, 29, 8, 57, tzinfo=UTC)
FINE = Facts("connected", "Zendesk", complete=True, lag_s=180.0, newest=NEWEST, tickets=4_812, first_done=True)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({}, "current"),
        ({"running": True, "complete": False}, "current"),
        ({"lag_s": 3 * 3600.0}, "stale"),
        ({"complete": False}, "incomplete"),
        ({"asks": True, "complete": False}, "asking"),
        ({"enabled": False, "lag_s": 9e9}, "paused"),
        ({"connected": "refused", "enabled": False}, "refused"),
        ({"connected": "proving"}, "proving"),
        ({"first_done": False}, "backfilling"),
        ({"first_done": False, "tickets": 0}, "waiting"),
        ({"first_done": False, "tickets": 0, "why": "no answer came"}, "incomplete"),
    ],
)
def test_what_needs_somebody_comes_before_what_goes_by_itself(changed: dict[str, Any], name: str) -> None:
    assert wording.named(replace(FINE, **changed)) == name


def test_an_up_to_date_connection_says_its_lag() -> None:
    assert wording.state(FINE, BERLIN).sentence == "Nothing older than 3 min is missing."


def test_known_gaps_are_part_of_the_sentence() -> None:
    said = wording.state(replace(FINE, gaps=3), BERLIN).sentence
    assert said == "Nothing older than 3 min is missing, but for 3 known gaps."


def test_a_first_reading_says_how_much_and_how_long() -> None:
    told = wording.state(
        replace(FINE, first_done=False, tickets=412_000, expected=1_000_000, per_second=41.0, running=True), BERLIN
    )
    assert told.progress is not None
    assert told.progress.text == "412,000 of 1,000,000 tickets, about 4 h left"
    assert (told.progress.value, told.progress.max) == (412_000, 1_000_000)


def test_a_helpdesk_that_does_not_count_gets_no_invented_end() -> None:
    told = wording.state(replace(FINE, first_done=False, tickets=80), BERLIN)
    assert told.progress is not None
    assert (told.progress.max, "left" in told.progress.text) == (0, False)


def test_a_refusal_says_why_and_where_to_mend_it() -> None:
    told = wording.state(replace(FINE, connected="refused", why="the token was revoked"), BERLIN, "/anew/")
    assert told.sentence == "Zendesk no longer lets maitred in. Figures are as of 29 Nov 2026, 09:57."
    assert "the token was revoked" in told.remedy
    assert told.remedy_href == "/anew/"
    assert wording.state(replace(FINE, connected="refused"), BERLIN).remedy_label == ""


def test_the_heading_of_the_list_is_what_needs_somebody() -> None:
    fine, old = wording.state(FINE, BERLIN), wording.state(replace(FINE, lag_s=7_200.0), BERLIN)
    assert wording.heading([]) == "No helpdesk is connected yet"
    assert wording.heading([("Support", fine)]) == "Support is up to date"
    assert wording.heading([("Support", fine), ("Shop", fine)]) == "All 2 helpdesks are up to date"
    assert wording.heading([("Support", fine), ("Shop", old)]) == "Shop needs you: stale"
    assert wording.heading([("Support", old), ("Shop", old)]) == "2 helpdesks need you"


@pytest.mark.parametrize(
    ("kind", "cursor", "told"),
    [
        ("cursor", None, "at the beginning"),
        ("full", {"v": 1}, "read whole each time"),
        ("cursor", {"v": 1, "start": 1_772_442_000}, "up to 2 Mar 2026, 10:00"),
        ("keyset", {"v": 1, "at": "2026-03-02T09:00:00Z", "id": "500"}, "up to 2 Mar 2026, 10:00"),
        ("keyset", {"v": 1, "bulk": {"month": "2025-07", "until": "x"}}, "in the job for 2025-07"),
        ("keyset", {"v": 1, "marks": {"live": "2026-03-02T09:00:00Z"}}, "up to 2 Mar 2026, 10:00"),
        (
            "keyset",
            {"v": 1, "marks": {}, "place": {"pass": "deleted", "since": "2026-03-02T09:00:00Z"}},
            "deleted tickets changed since 2 Mar 2026, 10:00",
        ),
        ("children", {"v": 1, "last": "4711"}, "after ticket 4711"),
        ("file_day", {"v": 1, "day": "2026-03-02"}, "up to 2 Mar 2026"),
        ("cursor", {"v": 1, "after": "MTc3MjQ0MjAwMC4w"}, "at a mark given on 29 Nov 2026, 09:57"),
        ("cursor", {"v": 1, "start": "nonsense"}, "at a mark given on 29 Nov 2026, 09:57"),
    ],
)
def test_a_cursor_is_told_as_a_place(kind: str, cursor: dict[str, Any] | None, told: str) -> None:
    assert places.place(kind, cursor, NEWEST, BERLIN) == told


@pytest.mark.parametrize("vendor", sorted(guides.GUIDES))
def test_every_stream_that_is_read_has_a_name_and_every_secret_a_field(vendor: str) -> None:
    connector = registry.connector(vendor)
    account = Account("a", vendor, guides.GUIDES[vendor].address, {})
    unnamed = [one.name for one in connector.streams(account) if places.stream_name(one.name) == one.name]
    assert unnamed == []
    assert {*connector.credentials} <= {one.name for one in guides.GUIDES[vendor].secrets}


def test_each_connector_of_the_house_has_its_guide() -> None:
    assert {*guides.GUIDES} <= {*registry.vendors()}
