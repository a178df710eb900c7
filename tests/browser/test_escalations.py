"""Escalations in a real browser: a forgotten customer is taken over, promised, followed up, closed and learned from."""

from __future__ import annotations

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
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("escalations") / "workspace"
    with served(home, days=28) as running:
        command(home, "escalations", "change-policy", "--version", "1", "--forgotten-hours", "0.5")
        command(home, "escalations", "look-now")
        command(home, "worker", "--once")
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


@pytest.fixture(scope="module")
def learned(site: Served, browser: Browser) -> list[str]:
    """The whole way without a script: the first row of the board to the list of the month. The addresses passed."""
    one = watched(browser.new_context(**LOOKS["light"], java_script_enabled=False))
    page = one.page
    page.context.set_default_timeout(60_000)
    sign_in(page, site.origin, *site.accounts["manager"])
    page.goto(f"{site.origin}/escalations/")
    page.locator("#declared li a").first.click()
    case = page.url.removeprefix(site.origin)
    page.get_by_role("button", name="This is mine").click()
    page.locator("#f-what").fill("call them with a date")
    page.get_by_role("button", name="Promise it").click()
    assert page.locator("#promises li[data-state='open']").count() == 1
    page.get_by_label("What shows it").fill("called at ten")
    page.get_by_role("button", name="Kept").click()
    page.get_by_role("button", name="Acknowledge: done").click()
    page.locator("#e-cause").select_option("forgotten")
    page.locator("#e-outcome").select_option("satisfied")
    page.locator("#e-resolution").fill("They have their date")
    page.get_by_role("button", name="Close it").click()
    page.get_by_role("link", name="Write the review").click()
    page.locator("#f-happened").fill("It came in on Friday evening")
    page.locator("#f-why").fill("Nobody was on call")
    page.get_by_role("button", name="Keep the review").click()
    review = page.url.removeprefix(site.origin)
    page.goto(f"{site.origin}/escalations/learned/")
    assert page.locator("#month tbody tr").count() == 1
    page.context.close()
    return ["/escalations/", "/escalations/raise/", case, review, "/escalations/on-call/", "/escalations/learned/",
            "/escalations/guides/", "/escalations/watching/"]  # fmt: skip


def test_a_forgotten_customer_goes_the_whole_way(learned: list[str]) -> None:
    assert learned[2].startswith("/escalations/") and learned[3].startswith("/escalations/learned/")


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_no_page_is_cut_off_or_too_small_to_press(
    site: Served, browser: Browser, learned: list[str], look: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one: Watched = watched(browser.new_context(**LOOKS[look]))
    one.page.context.set_default_timeout(60_000)
    sign_in(one.page, site.origin, *site.accounts["manager"])
    for path in learned:
        one.open(f"{site.origin}{path}")
        assert (path, one.overflow(), one.small_targets()) == (path, 0, [])
        found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
        assert (path, [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]) == (path, [])
    one.assert_clean()
    one.page.context.close()
