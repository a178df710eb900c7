"""A number that somebody doubts: the helpdesk shows another, and the console says which rule makes the difference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from maitred.metrics.tests.test_reconciliation import imported, values, zendesk_folder
from tests.browser.served import command, serving
from tests.browser.watching import sign_in
from tests.house import House
from tests.journeys.walking import CHROMIUM, Walk, a_browser, walking, with_second_factor

pytest.importorskip("playwright.sync_api")
PASSWORD = "a long word nobody guesses"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium")]

AGENT = "3"
VENDOR = {
    **{number: values(60, 120) for number in range(1, 21)},
    **{number: values(62, 121) for number in range(21, 26)},
    26: values(600, None),
}
"""First reply and resolution in minutes, as the helpdesk gives them; ours are 60 and 120 throughout."""


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    home = tmp_path / "workspace"
    house = House(home)
    assert house.run("init").code == 0
    imported(home, zendesk_folder(tmp_path / "export", VENDOR)).close()
    command(home, "user", "add", "marta", "--role", "manager", "--password", "-", given=PASSWORD)
    house.ask("people", "link-identity", "1", "--source", "zendesk", "--external-id", AGENT)
    with (
        serving(home) as port,
        a_browser() as browser,
        walking(browser, f"http://127.0.0.1:{port}", tmp_path / "doubted-number") as one,
    ):
        yield one


def test_from_a_doubted_number_to_the_rule_that_explains_it(walk: Walk) -> None:
    page = walk.page
    sign_in(page, walk.origin, "marta", PASSWORD)
    with_second_factor(page, walk.origin)
    page.goto(walk.origin + "/")
    walk.click(page.get_by_role("link", name="Speed & SLA").first)
    walk.click(page.get_by_role("link", name="Against the helpdesk"))
    assert "equal the helpdesk's" in walk.heading
    walk.click(page.get_by_role("link", name="rounding").first)
    rows = page.locator("tr[data-row]")
    assert page.locator("table[data-total]").get_attribute("data-total") == str(rows.count())
    assert {one.strip() for one in rows.locator("td:last-child").all_inner_texts()} == {"rounding"}
    walk.click(rows.locator("a").first)
    table = page.locator("section", has=page.get_by_role("heading", name="Against the helpdesk")).locator("tbody")
    assert "1:00:00" in table.inner_text()
    assert "1:02:00" in table.inner_text()
    assert "rounding" in table.inner_text()
    assert walk.clicks == 4
