"""The roster in a real browser: pages of people, teams, bots and groups in light, dark and on a phone; its forms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.served import Served, command, served
from tests.browser.watching import Watched, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser  # type: ignore[import-not-found]

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow, pytest.mark.long, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium"),
]  # fmt: skip

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}


_STATES = "[...document.querySelectorAll('[data-chart-state]')].map(one => one.dataset.chartState)"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roster") / "workspace"


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[Served]:
    with served(home, days=40) as running:
        yield running


@pytest.fixture(scope="module")
def addresses(home: Path, site: Served) -> list[str]:
    """The pages of the roster with somebody, some team and the bot of the demonstration in them."""
    people = json.loads(command(home, "roster", "people", "--json"))["people"]
    human = next(one for one in people if one["kind"] == "human" and one["load"])
    bot = next(one["person"] for one in people if one["kind"] == "bot")
    team = human["places"][0]["team"]
    return ["/roster/", f"/roster/person/{human['person']}/", f"/roster/team/{team}/", f"/roster/bot/{bot}/?price=0.99",
            "/roster/compare/?measure=durable", "/roster/compare/?measure=first_reply"]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


@pytest.fixture
def at(site: Served, browser: Browser) -> Iterator[Any]:
    """A watched page of somebody signed in, in a look; closed and found clean at the end."""
    held: list[Watched] = []

    def get(role: str, look: str = "light") -> Watched:
        one = watched(browser.new_context(**LOOKS[look]))
        one.page.context.set_default_timeout(60_000)
        sign_in(one.page, site.origin, *site.accounts[role])
        held.append(one)
        return one

    yield get
    for one in held:
        one.assert_clean()
        one.page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_fits_and_draws(site: Served, addresses: list[str], at: Any, look: str) -> None:
    one = at("manager", look)
    for address in addresses:
        one.open(site.origin + address)
        one.page.wait_for_load_state("networkidle")
        assert one.page.locator("h1").count() == 1, address
        assert one.overflow() <= 0, address
        assert one.small_targets() == [], address
        states = one.page.evaluate(_STATES)
        assert "failed" not in states, address
        one.assert_clean()


def test_a_lead_enters_leave_and_the_roster_shows_it(site: Served, at: Any) -> None:
    page = at("lead").page
    page.goto(f"{site.origin}/roster/")
    own = page.locator("tr[data-person] a").first
    own.click()
    page.wait_for_url(re.compile(r"/roster/person/\d+/$"))
    page.locator("summary", has_text="Enter leave").click()
    page.fill("#leave-first", "2030-07-01")
    page.fill("#leave-last", "2030-06-01")
    page.get_by_role("button", name="Enter the leave").click()
    assert page.locator("#leave .errorlist").inner_text().startswith("The leave ends on")
    page.fill("#leave-last", "2030-07-05")
    page.get_by_role("button", name="Enter the leave").click()
    assert "1 Jul 2030" in page.locator("#roster").inner_text()
