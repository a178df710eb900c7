"""A real incident log, from its file to why one ticket took so long: four clicks after signing in.

The log carries no messages and no targets, so that lateness is the time to the last resolution: the longest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.served import command, serving
from tests.browser.watching import sign_in
from tests.house import REPOSITORY, House, maitred_shared_data
from tests.journeys.walking import CHROMIUM, Walk, a_browser, walking, with_second_factor

pytest.importorskip("playwright.sync_api")
LOG = maitred_shared_data() / "eventlogs" / "uci_incidents" / "incident_event_log_first60.csv.gz"
MAP = REPOSITORY / "docs" / "examples" / "uci_incidents.toml"
PASSWORD = "a long word nobody guesses"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium"),
    pytest.mark.skipif(not LOG.is_file(), reason="the UCI incident log is not among the shared test data"),
]


@pytest.fixture(scope="module")
def tickets(house: House) -> list[dict[str, str]]:
    """The log is imported, its groups belong to the one team, and somebody may sign in."""
    words = ("--case", "number", "--activity", "ident_state", "--time", "sys_updated_at", "--map", str(MAP))
    house.ask("import", "eventlog", str(LOG), *words)
    command(house.home, "user", "add", "marta", "--role", "manager", "--password", "-", given=PASSWORD)
    rows = house.exported("tickets")
    for group in sorted({row["group_id"] for row in rows} - {""}):
        house.ask("people", "link-group", "1", "--source", "eventlog", "--external-id", group)
    return rows


@pytest.fixture
def walk(house: House, tickets: list[dict[str, str]], tmp_path: Path) -> Iterator[Walk]:
    with serving(house.home) as port, a_browser() as browser:
        origin = f"http://127.0.0.1:{port}"
        with walking(browser, origin, tmp_path / "late-ticket") as one:
            yield one


def test_from_the_file_to_the_reason_in_four_clicks(walk: Walk, tickets: list[dict[str, str]]) -> None:
    page = walk.page
    sign_in(page, walk.origin, "marta", PASSWORD)
    with_second_factor(page, walk.origin)
    page.goto(walk.origin + "/")
    walk.choose("period", "last-52w")
    walk.click(page.locator(".tile", has_text="Full resolution").locator("a.number"))
    walk.choose("sort", "-value")
    assert page.locator("table[data-total]").get_attribute("data-total") == page.locator("main").get_attribute("data-n")
    walk.click(page.locator("tr[data-row] a").first)

    assert walk.clicks == 4
    longest = max(_within(tickets), key=lambda row: int(row["full_resolution.calendar"]))
    assert f"#{longest['ticket_id']}" in walk.heading
    seconds = int(longest["full_resolution.calendar"])
    assert _total(page) == f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def _within(tickets: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those that the last 52 weeks of the log hold: it ends on 15 February 2017, and the last day is not over."""
    return [
        row for row in tickets if row["full_resolution.calendar"] and "2016-02-17" <= row["created_at"] < "2017-02-15"
    ]


def _total(page: Any) -> str:
    """The running total where the ledger ends, which is the value of the clock."""
    cells = page.locator("table.ledger tbody tr").last.locator("td")
    return str(cells.nth(3).inner_text())
